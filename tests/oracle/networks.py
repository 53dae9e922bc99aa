"""Networks of the zoo written by hand in PyTorch. Imports PyTorch, so tests import it late."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from torch import nn


def lenet5() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(1, 6, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.Tanh(),
        nn.AvgPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.Tanh(),
        nn.Linear(120, 84),
        nn.Tanh(),
        nn.Linear(84, 10),
    )


def classifier(features: int) -> list[nn.Module]:
    """The three linear layers that AlexNet and VGG have."""
    return [
        nn.Flatten(),
        nn.Linear(features, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 1000),
    ]


def alexnet() -> nn.Module:
    """The two towers of the paper as groups."""
    return nn.Sequential(
        nn.Conv2d(3, 96, 11, stride=4),
        nn.ReLU(),
        nn.LocalResponseNorm(5),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(96, 256, 5, padding=2, groups=2),
        nn.ReLU(),
        nn.LocalResponseNorm(5),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(256, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 384, 3, padding=1, groups=2),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1, groups=2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        *classifier(256 * 6 * 6),
    )


def alexnet_torchvision() -> nn.Module:
    return nn.Sequential(
        nn.Conv2d(3, 64, 11, stride=4, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(384, 256, 3, padding=1),
        nn.ReLU(),
        nn.Conv2d(256, 256, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(3, 2),
        nn.AdaptiveAvgPool2d(6),
        *classifier(256 * 6 * 6),
    )


def vgg_features(
    convolutions: Sequence[int],
    batch_norm: bool = False,
    channels: Sequence[int] = (3, 64, 128, 256, 512, 512),
    pool: Callable[..., nn.Module] = nn.MaxPool2d,
) -> list[nn.Module]:
    layers: list[nn.Module] = []
    for stage, count in enumerate(convolutions):
        read, made = channels[stage : stage + 2]
        for _ in range(count):
            layers += [nn.Conv2d(read, made, 3, padding=1), *([nn.BatchNorm2d(made)] if batch_norm else [])]
            layers.append(nn.ReLU())
            read = made
        layers.append(pool(2, 2))
    return layers


def vgg11_bn() -> nn.Module:
    return nn.Sequential(*vgg_features((1, 1, 2, 2, 2), batch_norm=True), *classifier(512 * 7 * 7))


def vgg16() -> nn.Module:
    return nn.Sequential(*vgg_features((2, 2, 3, 3, 3)), *classifier(512 * 7 * 7))


NETWORKS = {
    "lenet5": lenet5,
    "alexnet": alexnet,
    "alexnet_torchvision": alexnet_torchvision,
    "vgg11_bn": vgg11_bn,
    "vgg16": vgg16,
}
