"""Heads of classes, what they derive from, and weights that are tied."""

from __future__ import annotations

import pytest

from tests.interop.exported import class_names, class_text, constructor, head


def chain(count: int, top: str = "input: [4, 8, 8]") -> str:
    return f"{top}\nlayers: [{', '.join(['relu'] * count)}]\n"


# --- what a class derives from -------------------------------------------------------------------------


def test_a_short_chain_of_layers_is_called_step_by_step() -> None:
    assert class_text(chain(2)) == (
        "class Net(nn.Module):\n"
        "    def __init__(self) -> None:\n"
        "        super().__init__()\n"
        "        self.relu_1 = nn.ReLU()\n"
        "        self.relu_2 = nn.ReLU()\n"
        "\n"
        "    def forward(self, x: Tensor) -> Tensor:\n"
        "        x = self.relu_1(x)\n"
        "        return self.relu_2(x)\n"
    )


def test_a_long_one_is_a_sequential() -> None:
    made = class_text(chain(30)).splitlines()
    assert made[0] == "class Net(nn.Sequential):"
    assert len(made) == 33


FORK = """
  - sequence:
      - relu:
        name: "A"
      - conv2d: {out_channels: 4, kernel_size: 1}
        name: "B"
      - add:
        from: ["A", "B"]
        name: sum
    name: fork
"""


def test_a_group_with_paths_is_a_module_of_its_own() -> None:
    design = "input: [4, 8, 8]\nlayers:" + FORK.replace('"A"', "a").replace('"B"', "b")
    assert class_text(design, "Fork") == (
        "class Fork(nn.Module):\n"
        "    def __init__(self, in_channels: int) -> None:\n"
        "        super().__init__()\n"
        "        self.a = nn.ReLU()\n"
        "        self.b = nn.Conv2d(in_channels, 4, kernel_size=1)\n"
        "\n"
        "    def forward(self, x: Tensor) -> Tensor:\n"
        "        a = self.a(x)\n"
        "        x = self.b(a)\n"
        "        return a + x\n"
    )


def test_one_whose_modules_are_numbered_is_a_list() -> None:
    design = "input: [4, 8, 8]\nlayers:" + FORK.replace('"A"', '"0"').replace('"B"', '"1"')
    assert class_text(design, "Fork") == (
        "class Fork(nn.ModuleList):\n"
        "    def __init__(self, in_channels: int) -> None:\n"
        "        super().__init__([nn.ReLU(), nn.Conv2d(in_channels, 4, kernel_size=1)])\n"
        "\n"
        "    def forward(self, x: Tensor) -> Tensor:\n"
        "        _0 = self[0](x)\n"
        "        x = self[1](_0)\n"
        "        return _0 + x\n"
    ).replace("_0", variable(design))


def variable(design: str) -> str:
    """What the first tensor of the list is called: any word."""
    name = class_text(design, "Fork").partition(" = self[0](x)")[0].split()[-1]
    assert name.isidentifier()
    assert name != "x"
    return name


# --- heads ---------------------------------------------------------------------------------------------


def heads(params: str, layers: str, uses: str) -> str:
    design = (
        f"input: [4, 8, 8]\nblocks:\n  unit:\n    params: {params}\n    layers:\n{layers}layers: [{uses}]\n"
    )
    return head(design, "Unit")


CONV = """\
      - conv2d: {out_channels: channels, kernel_size: kernel, padding: kernel // 2}
        name: conv
"""


def test_parameters_without_defaults_stand_before_those_with() -> None:
    assert heads("{kernel: 3, channels: }", CONV, "{unit: {channels: 4}}") == (
        "(self, in_channels: int, channels: int, kernel: int=3) -> None"
    )


def test_defaults_that_the_file_computes_from_its_parameters_are_no_defaults_of_the_class() -> None:
    design = "params: {base: 6}\n" + (
        "input: [4, 8, 8]\nblocks:\n  unit:\n    params: {channels: base, kernel: 1}\n    layers:\n"
        f"{CONV}layers: [unit, {{unit: {{channels: 8, kernel: 3}}}}]\n"
    )
    assert head(design, "Unit") == "(self, in_channels: int, channels: int, kernel: int=1) -> None"
    assert "self.unit_2 = Unit(6, 8, kernel=3)\n" in constructor(design)


def test_a_long_head_has_a_parameter_a_line() -> None:
    params = "{channels_of_the_convolution: , kernel_of_the_convolution: 3, with_normalization: true}"
    layers = (
        "      - conv2d:\n"
        "          out_channels: channels_of_the_convolution\n"
        "          kernel_size: kernel_of_the_convolution\n"
        "        name: conv\n"
        "      - batch_norm:\n        name: bn\n        when: with_normalization\n"
    )
    design = (
        f"input: [4, 8, 8]\nblocks:\n  unit:\n    params: {params}\n    layers:\n{layers}"
        "layers:\n  - unit: 4\n  - unit: {channels_of_the_convolution: 4, with_normalization: false}\n"
    )
    assert class_text(design, "Unit").startswith(
        "class Unit(nn.Sequential):\n"
        "    def __init__(\n"
        "        self,\n"
        "        in_channels: int,\n"
        "        channels_of_the_convolution: int,\n"
        "        kernel_of_the_convolution: int = 3,\n"
        "        with_normalization: bool = True,\n"
        "    ) -> None:\n"
        "        super().__init__()\n"
    )


def test_parameters_of_two_types() -> None:
    design = (
        "input: [4, 9, 9]\nblocks:\n  unit:\n    params: {stride: }\n    layers:\n"
        "      - max_pool2d: {kernel_size: 3, stride: stride, padding: 1}\n        name: pool\n"
        "layers:\n  - unit: {stride: 1}\n  - unit: {stride: [1, 2]}\n"
    )
    types = head(design, "Unit").partition("stride: ")[2].partition(")")[0]
    assert sorted(types.split(" | ")) == ["int", "tuple[int, ...]"]


@pytest.mark.parametrize("name", ["self", "nn", "super", "range"])
def test_parameters_hide_nothing_that_the_constructor_uses(name: str) -> None:
    design = (
        f"input: [4, 8, 8]\nblocks:\n  unit:\n    params: {{{name}: }}\n    layers:\n"
        f"      - conv2d: {{out_channels: {name}, kernel_size: 1}}\n        name: conv\n"
        f"      - relu:\n        name: relu{{i}}\n        repeat: 3\n"
        f"layers:\n  - unit: {{{name}: 2}}\n  - unit: {{{name}: 3}}\n"
    )
    assert class_names(design) == ["Unit", "Net"]
    assert head(design, "Unit") == f"(self, in_channels: int, {name}_: int) -> None"
    assert f"nn.Conv2d(in_channels, {name}_, kernel_size=1)" in constructor(design, "Unit")


def test_a_parameter_called_as_the_channels_that_are_read() -> None:
    design = (
        "input: [4, 8, 8]\nblocks:\n  unit:\n    params: {in_channels: }\n    layers:\n"
        "      - conv2d: {out_channels: in_channels, kernel_size: 1}\n        name: conv\n"
        "layers:\n  - unit: 6\n  - unit: 8\n"
    )
    made = constructor(design, "Unit")
    assert made.endswith(", in_channels, kernel_size=1)\n")
    assert not made.startswith("self.conv = nn.Conv2d(in_channels,")


# --- tied weights --------------------------------------------------------------------------------------


def test_layers_that_share_weights_but_no_arguments_borrow_them() -> None:
    design = """
input: [4, 16, 16]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
    name: conv
  - conv2d: {out_channels: 4, kernel_size: 3, padding: 2, dilation: 2}
    name: wide
    share: conv
"""
    assert constructor(design) == (
        "self.conv = nn.Conv2d(4, 4, kernel_size=3, padding=1)\n"
        "self.wide = nn.Conv2d(4, 4, kernel_size=3, padding=2, dilation=2)\n"
        'borrow(self.wide, self.conv, "weight", "bias")\n'
    )


# --- merges with arguments ------------------------------------------------------------------------------


def test_groups_whose_merges_differ_are_of_two_classes() -> None:
    design = """
input: [4, 8, 8]
blocks:
  join:
    params: {along: 1}
    layers:
      - relu:
        name: a
      - tanh:
        name: b
      - concat: {dim: along}
        from: [a, b]
layers:
  - join: {along: 1}
  - join: {along: 2}
  - join: {along: 1}
"""
    assert constructor(design) == "self.join_1 = Join()\nself.join_2 = Join2()\nself.join_3 = Join()\n"
    assert class_text(design, "Join").endswith("return torch.cat([a, x], dim=1)\n")
    assert class_text(design, "Join2").endswith("return torch.cat([a, x], dim=2)\n")


# --- modules that nothing calls ------------------------------------------------------------------------


def test_a_block_that_shares_within_itself_does_so_in_its_class() -> None:
    design = """
input: [4, 16, 16]
blocks:
  unit:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 2, dilation: 2}
        name: wide
        share: conv
layers:
  - unit:
    name: units
    repeat: 3
"""
    assert 'borrow(self.wide, self.conv, "weight", "bias")\n' in constructor(design, "Unit")
    assert "borrow" not in constructor(design)


def test_groups_that_hold_nothing_are_left_out() -> None:
    unit = (
        "      - conv2d: {out_channels: 4, kernel_size: 1}\n        name: conv\n"
        "      - relu:\n        name: relu\n"
    )
    design = (
        f"input: [4, 8, 8]\nblocks:\n  unit:\n    layers:\n{unit}layers:\n  - unit:\n    name: a\n"
        "  - unit:\n    name: b\n    share: a\n  - add:\n    from: [a.conv, b]\n"
    )
    assert constructor(design) == "self.a = Unit(4)\n"
