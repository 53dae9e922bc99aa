"""Exported networks whose names are words of Python or PyTorch: they are built, run and keep their names.

The judge compares the keys of `state_dict()`, shapes and values of everything in them.
"""

from __future__ import annotations

import textwrap

import pytest

import cnncalc

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

OF_PYTHON = (
    "class",
    "self",
    "super",
    "int",
    "list",
    "range",
    "to",
    "x",
    "None",
    "0",
    "1x1",
    "a-b",
    "größe",
    "x²",
    "ﬁt",
    "_",
    "x_",
    "self_",
    "filter",
    "sum",
    "isinstance",
)
OF_A_FILE = (
    *("torch", "nn", "Tensor", "OrderedDict", "reduce", "operator", "math", "branch", "made", "main"),
    *("borrow", "layer", "in_channels"),
)
OF_MODULES = (
    *("train", "forward", "call", "keys", "values", "items", "update", "pop", "append", "dim", "training"),
    *("type", "half", "float", "parameters", "modules", "state_dict", "weight", "bias", "output", "net"),
    *("T_destination", "dump_patches", "__call__", "__init__", "_modules", "_parameters"),
)
NAMES = (*OF_PYTHON, *OF_A_FILE, *OF_MODULES, "add", "Add", "sequential")

PLACES = {
    "layer": """
        input: [3, 8, 8]
        layers:
          - conv2d: {out_channels: 4, kernel_size: 3}
            name: 'NAME'
          - relu
          - batch_norm
        """,
    "reference": """
        input: [3, 8, 8]
        layers:
          - conv2d: {out_channels: 4, kernel_size: 3}
            name: 'NAME'
          - conv2d: {out_channels: 4, kernel_size: 1}
            name: other
          - add:
            from: ['NAME', other]
        """,
    "branch": """
        input: [3, 8, 8]
        layers:
          - add:
              'NAME': [{conv2d: {out_channels: 3, kernel_size: 1}}]
              second: [batch_norm]
          - concat:
              second: [{conv2d: {out_channels: 2, kernel_size: 1}, name: 'NAME'}, relu]
              'NAME': []
        """,
    "merge": """
        input: [3, 8, 8]
        layers:
          - multiply:
              first: [{conv2d: {out_channels: 3, kernel_size: 1}}, sigmoid]
              'NAME': [batch_norm]
            name: 'NAME'
        """,
    "repeat": """
        input: [3, 8, 8]
        layers:
          - sequence:
              - conv2d: {out_channels: 4, kernel_size: 1}
              - batch_norm:
                name: 'NAME'
            repeat: 2
            name: 'NAME'
        """,
    "block": """
        input: [3, 8, 8]
        blocks:
          'NAME':
            params: {c: 3}
            layers: [{conv2d: {out_channels: c, kernel_size: 1}, name: conv}, relu]
        layers:
          - 'NAME': 5
          - 'NAME': 5
            name: second
          - 'NAME': 6
            repeat: 2
            name: 'NAME'
        """,
    "parameter": """
        input: [3, 8, 8]
        params: {'NAME': 4}
        blocks:
          unit:
            params: {'NAME': 3}
            layers: [{conv2d: {out_channels: "NAME", kernel_size: 1}}, relu]
        layers:
          - unit: "NAME"
          - unit: 5
        """,
    "input": """
        inputs: {'NAME': [3, 8, 8], right: [3, 8, 8]}
        layers:
          - conv2d: {out_channels: 4, kernel_size: 3}
            from: 'NAME'
            name: a
          - conv2d: {out_channels: 4, kernel_size: 3}
            from: right
            name: b
          - add:
            from: [a, b]
        outputs: [add_1, a]
        """,
    "output": """
        input: [3, 8, 8]
        layers:
          - conv2d: {out_channels: 4, kernel_size: 3}
            name: 'NAME'
          - relu
        outputs: ['NAME', relu_1]
        """,
}

IMPOSSIBLE = {
    "branch": {"dim"},  # it is an argument there
    "block": {"0", "1x1", "a-b", "x²", "add"},
    "parameter": {"0", "1x1", "a-b", "x²", "class", "None"},
}
"""What the language itself refuses."""


def network(place: str, name: str) -> str:
    return textwrap.dedent(PLACES[place]).replace("NAME", name)


NEVER = "training"
"""What no module can be called: train() and eval() of nn.Module set self.training."""

CASES = [
    pytest.param(place, name, id=f"{place} {name}")
    for place in PLACES
    for name in NAMES
    if name not in IMPOSSIBLE.get(place, ())
]


@pytest.mark.parametrize(("place", "name"), CASES)
def test_any_name_anywhere(place: str, name: str) -> None:
    from tests.oracle.judge import judge

    design = network(place, name)
    if name == NEVER and any(name in layer.name.split(".") for layer in cnncalc.analyze(design).layers):
        with pytest.raises(cnncalc.ArchitectureError, match=r"E111 .* can be called `training`"):
            cnncalc.export(design)
    else:
        assert judge(design) == []


@pytest.mark.parametrize(
    ("place", "name"), [(place, name) for place in IMPOSSIBLE for name in sorted(IMPOSSIBLE[place])]
)
def test_what_the_language_refuses(place: str, name: str) -> None:
    with pytest.raises(cnncalc.ArchitectureError):
        cnncalc.load(network(place, name))


# --- a design that has everything ----------------------------------------------------------------------

EVERYTHING = """\
name: Everything
params: {width: 4, deep: true}
inputs: {left: [3, 16, 16], right: [3, 16, 16]}
blocks:
  unit:
    params: {channels: , stride: 1, project: false}
    layers:
      - add:
          main:
            - conv2d: {out_channels: channels, kernel_size: 3, stride: stride, padding: same}
              name: conv
            - batch_norm:
              name: bn
          shortcut:
            - conv2d: {out_channels: channels, kernel_size: 1, stride: stride}
              name: projection
              when: project
        name: sum
  tower:
    - conv2d: {out_channels: width, kernel_size: 3, padding: 1}
      name: stem
    - unit: {channels: width}
      name: stage
      repeat: 2
    - unit: {channels: 2 * width, stride: 2, project: true}
      name: down
layers:
  - tower:
    from: left
    name: first
  - tower:
    from: right
    share: first
    name: second
  - concat:
    from: [first, second]
    name: both
  - max_pool2d: 2
    name: pool
  - conv2d: {out_channels: 4 * width, kernel_size: 1 + i, padding: same}
    name: middle
    repeat: 2
  - batch_norm:
    name: deeper
    when: deep
  - max_unpool2d: {indices: pool, kernel_size: 2}
    name: unpool
  - add:
    from: [unpool, both]
    name: joined
  - relu:
    name: act
  - global_avg_pool2d:
  - flatten
  - linear: 5
    name: head
  - sigmoid:
    from: act
    name: mask
outputs: [head, mask]
"""

KEYS = [
    *(
        f"first.{layer}.{tensor}"
        for layer in ("stem", "stage.0.sum.main.conv", "stage.1.sum.main.conv", "down.sum.main.conv")
        for tensor in ("weight", "bias")
    ),
    *("first.down.sum.shortcut.projection.weight", "first.down.sum.shortcut.projection.bias"),
    *(
        f"{layer}.{tensor}"
        for layer in (*(f"first.{unit}.sum.main.bn" for unit in ("stage.0", "stage.1", "down")), "deeper")
        for tensor in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")
    ),
    *("middle.0.weight", "middle.0.bias", "middle.1.weight", "middle.1.bias", "head.weight", "head.bias"),
]


def test_everything_at_once() -> None:
    from tests.oracle.judge import instance_of, judge

    assert judge(EVERYTHING) == []
    module = instance_of(cnncalc.export(EVERYTHING), "Everything")
    assert sorted(module.state_dict()) == sorted(KEYS)


def test_everything_without_what_depends() -> None:
    from tests.oracle.judge import instance_of, judge

    text = EVERYTHING.replace("deep: true", "deep: false").replace("width: 4", "width: 3")
    assert judge(text) == []
    module = instance_of(cnncalc.export(text), "Everything")
    assert sorted(module.state_dict()) == sorted(key for key in KEYS if not key.startswith("deeper"))
