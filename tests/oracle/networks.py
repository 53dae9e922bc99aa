"""Networks of the zoo written by hand in PyTorch. Imports PyTorch, so tests import it late."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn


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


def classifier(features: int, classes: int = 1000) -> list[nn.Module]:
    """The three linear layers that AlexNet, VGG and C3D have."""
    return [
        nn.Flatten(),
        nn.Linear(features, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, 4096),
        nn.ReLU(),
        nn.Dropout(),
        nn.Linear(4096, classes),
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


class Residual(nn.Module):
    """`relu(main(x) + shortcut(x))`, or without the ReLU."""

    def __init__(self, main: nn.Module, shortcut: nn.Module | None = None, relu: bool = True) -> None:
        super().__init__()
        self.main, self.shortcut = main, shortcut or nn.Identity()
        self.relu = nn.ReLU() if relu else nn.Identity()

    def forward(self, tensor: Tensor) -> Tensor:
        return self.relu(self.main(tensor) + self.shortcut(tensor))


def conv_bn(*arguments: int, activation: type[nn.Module] | None = None, **options: int) -> list[nn.Module]:
    """A 2-D convolution without bias, batch norm, and an activation if there is one."""
    convolution = nn.Conv2d(*arguments, bias=False, **options)
    return [convolution, nn.BatchNorm2d(convolution.out_channels), *([activation()] if activation else [])]


def resnet(depths: Sequence[int], bottleneck: bool) -> nn.Module:
    layers = [*conv_bn(3, 64, 7, 2, 3, activation=nn.ReLU), nn.MaxPool2d(3, 2, 1)]
    read = 64
    for stage, depth in enumerate(depths):
        width = 64 * 2**stage
        made = 4 * width if bottleneck else width
        for block in range(depth):
            stride = 2 if stage and not block else 1
            if bottleneck:
                main = [
                    *conv_bn(read, width, 1, activation=nn.ReLU),
                    *conv_bn(width, width, 3, stride, 1, activation=nn.ReLU),
                    *conv_bn(width, made, 1),
                ]
            else:
                main = [
                    *conv_bn(read, width, 3, stride, 1, activation=nn.ReLU),
                    *conv_bn(width, made, 3, 1, 1),
                ]
            shortcut = nn.Sequential(*conv_bn(read, made, 1, stride)) if read != made else None
            layers.append(Residual(nn.Sequential(*main), shortcut))
            read = made
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(read, 1000))


def resnet18() -> nn.Module:
    return resnet((2, 2, 2, 2), bottleneck=False)


def resnet50() -> nn.Module:
    return resnet((3, 4, 6, 3), bottleneck=True)


def mobilenet_v2() -> nn.Module:
    layers = conv_bn(3, 32, 3, 2, 1, activation=nn.ReLU6)
    read = 32
    rows = [  # of Table 2: expansion, channels, blocks, stride
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    for expansion, channels, blocks, first_stride in rows:
        for stride in (first_stride, *[1] * (blocks - 1)):
            wide = expansion * read
            bottleneck = nn.Sequential(
                *(conv_bn(read, wide, 1, activation=nn.ReLU6) if expansion > 1 else []),
                *conv_bn(wide, wide, 3, stride, 1, groups=wide, activation=nn.ReLU6),
                *conv_bn(wide, channels, 1),
            )
            same = stride == 1 and read == channels
            layers.append(Residual(bottleneck, relu=False) if same else bottleneck)
            read = channels
    return nn.Sequential(
        *layers,
        *conv_bn(read, 1280, 1, activation=nn.ReLU6),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Dropout(0.2),
        nn.Linear(1280, 1000),
    )


class UNet(nn.Module):
    """Without padding, as in the paper; `skipped` are the maps that come over from the left."""

    def __init__(self) -> None:
        super().__init__()
        self.down = nn.ModuleList()
        for read, made in ((1, 64), (64, 128), (128, 256), (256, 512)):
            self.down.append(nn.ModuleList([self.double(read, made), nn.MaxPool2d(2)]))
        self.bottom = self.double(512, 1024)
        self.up = nn.ModuleList()
        for made in (512, 256, 128, 64):
            up = nn.ConvTranspose2d(2 * made, made, 2, stride=2)
            self.up.append(nn.ModuleList([up, self.double(2 * made, made)]))
        self.score = nn.Conv2d(64, 2, 1)

    @staticmethod
    def double(read: int, made: int) -> nn.Module:
        return nn.Sequential(nn.Conv2d(read, made, 3), nn.ReLU(), nn.Conv2d(made, made, 3), nn.ReLU())

    def forward(self, tensor: Tensor) -> Tensor:
        skipped = []
        for double, pool in self.down:
            skipped.append(double(tensor))
            tensor = pool(skipped[-1])
        tensor = self.bottom(tensor)
        for up, double in self.up:
            tensor = up(tensor)
            left, size = skipped.pop(), tensor.shape[-1]
            start = (left.shape[-1] - size) // 2
            left = left[:, :, start : start + size, start : start + size]
            tensor = double(torch.cat((left, tensor), 1))
        return self.score(tensor)


def c3d() -> nn.Module:
    def conv(read: int, made: int) -> list[nn.Module]:
        return [nn.Conv3d(read, made, 3, padding=1), nn.ReLU()]

    return nn.Sequential(
        *conv(3, 64),
        nn.MaxPool3d((1, 2, 2)),
        *conv(64, 128),
        nn.MaxPool3d(2),
        *conv(128, 256),
        *conv(256, 256),
        nn.MaxPool3d(2),
        *conv(256, 512),
        *conv(512, 512),
        nn.MaxPool3d(2),
        *conv(512, 512),
        *conv(512, 512),
        nn.MaxPool3d(2, padding=(0, 1, 1)),
        *classifier(512 * 1 * 4 * 4, 101),
    )


NETWORKS = {
    "lenet5": lenet5,
    "alexnet": alexnet,
    "alexnet_torchvision": alexnet_torchvision,
    "vgg11_bn": vgg11_bn,
    "vgg16": vgg16,
    "resnet18": resnet18,
    "resnet50": resnet50,
    "mobilenet_v2": mobilenet_v2,
    "unet": UNet,
    "c3d": c3d,
}
