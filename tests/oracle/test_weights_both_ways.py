"""Weights of an exported module go into `cnncalc run`, and weights by our names into the module."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from typer.testing import CliRunner

import cnncalc
from cnncalc.cli.app import app
from tests.oracle.test_exported_names import EVERYTHING

if TYPE_CHECKING:
    from torch import nn

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

BATCH = 2
NEAR = 1e-10

TIED = """\
name: Tied
input: [3, 9, 9]
layers:
  - conv2d: {out_channels: 3, kernel_size: 3, padding: 1}
    name: first
  - batch_norm
  - share: first
  - share: batch_norm_1
  - prelu
"""
STRIDED = TIED.replace(
    "- share: first", "- conv2d: {out_channels: 3, kernel_size: 3, stride: 2}\n    share: first"
)
NORMED = TIED.replace("- share: batch_norm_1", "- batch_norm: {eps: 0.5}\n    share: batch_norm_1")

NETWORKS = {
    "lenet5": (1, 32, 32),
    "resnet18": (3, 32, 32),
    "mobilenet_v2": (3, 32, 32),
    "tied.yaml": (3, 9, 9),
    "strided.yaml": (3, 9, 9),
    "normed.yaml": (3, 9, 9),
}
NAMES = [*NETWORKS]


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("tied.yaml").write_text(TIED)
    Path("strided.yaml").write_text(STRIDED)
    Path("normed.yaml").write_text(NORMED)
    Path("everything.yaml").write_text(EVERYTHING)


def command(*arguments: str) -> None:
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output


def exported(name: str, *options: str) -> nn.Module:
    from tests.oracle.judge import instance_of

    command("export", name, "--to", "pytorch", "--class-name", "Exported", "--output", "net.py", *options)
    return instance_of(Path("net.py").read_text(encoding="utf-8"), "Exported").double()


def trained(module: nn.Module, *images: Any) -> nn.Module:
    """With running statistics that are no longer those of the start."""
    import torch

    torch.manual_seed(0)
    with torch.no_grad():
        module.train()(*images)
    return module.eval()


def random_images(*shape: int) -> Any:
    return np.random.default_rng(0).standard_normal((BATCH, *shape))


def save(module: nn.Module, path: str) -> None:
    """As the documentation tells."""
    state = module.state_dict()
    if path.endswith(".npz"):
        np.savez(path, **{name: tensor.numpy() for name, tensor in state.items()})
    else:
        pytest.importorskip("safetensors.torch").save_file(state, path)


@pytest.mark.parametrize("path", ["w.npz", "w.safetensors"])
@pytest.mark.parametrize("name", NAMES)
def test_from_pytorch(name: str, path: str) -> None:
    import torch

    images = random_images(*NETWORKS[name])
    np.save("x.npy", images)
    size = "x".join(map(str, NETWORKS[name]))
    module = trained(exported(name, "--input", size), torch.from_numpy(images))
    save(module, path)
    options = ["--input", size, "--input-file", "x.npy", "--dtype", "float64", "--output", "y.npy"]
    command("run", name, "--weights", path, *options)
    with torch.no_grad():
        expected = module(torch.from_numpy(images)).numpy()
    assert_equal(np.load("y.npy"), expected)


def test_counts_of_batches_are_among_what_is_saved() -> None:
    """The test above would say nothing of them if the modules had none."""
    import torch

    module = trained(exported("tied.yaml"), torch.from_numpy(random_images(3, 9, 9)))
    assert module.state_dict()["batch_norm_1.num_batches_tracked"] == 2  # it is called twice


def test_what_is_borrowed_is_saved_once_and_copied_with_its_lender() -> None:
    import torch

    module = exported("strided.yaml")
    keys = [key for key in module.state_dict() if not key.startswith("batch_norm")]
    assert keys == ["first.weight", "first.bias", "prelu_1.weight"]
    copied = copy.deepcopy(module)
    with torch.no_grad():
        for tensor in copied.parameters():
            tensor.zero_()
    images = torch.from_numpy(random_images(3, 9, 9))
    assert not copied(images).any()
    assert module(images).any()


def test_several_inputs_and_outputs() -> None:
    import torch

    images = [random_images(3, 16, 16), 2 * random_images(3, 16, 16)]
    module = trained(exported("everything.yaml"), *map(torch.from_numpy, images))
    save(module, "w.npz")
    with torch.no_grad():
        expected = module(*map(torch.from_numpy, images))
    given = dict(zip(("left", "right"), images, strict=True))
    found = cnncalc.run("everything.yaml", given, weights="w.npz", dtype="float64")
    for ours, theirs in zip(found.values(), expected, strict=True):
        assert_equal(ours, theirs.numpy())


@pytest.mark.parametrize("name", NAMES)
def test_to_pytorch(name: str) -> None:
    """All tensors by the names of the report, and no others: `load_state_dict` is strict."""
    import torch

    generator = np.random.default_rng(1)
    report = cnncalc.analyze(name, NETWORKS[name])
    weights = {
        f"{row.name}.{tensor}": generator.uniform(0.01, 0.1, shape)
        for row in report.layers
        for tensor, shape in {**row.weights, **row.buffers}.items()
    }
    np.savez("w.npz", **weights)
    module = exported(name, "--input", "x".join(map(str, NETWORKS[name]))).eval()
    with np.load("w.npz") as stored:
        module.load_state_dict({key: torch.from_numpy(stored[key]) for key in stored.files})
    images = random_images(*NETWORKS[name])
    with torch.no_grad():
        expected = module(torch.from_numpy(images)).numpy()
    (found,) = cnncalc.run(name, images, weights="w.npz", dtype="float64").values()
    assert_equal(found, expected)


def assert_equal(found: Any, expected: Any) -> None:
    assert found.shape == expected.shape
    assert np.abs(expected).max() > 0
    assert np.abs(found - expected).max() <= NEAR * np.abs(expected).max()
