"""How the modules of a class are made."""

from __future__ import annotations

from tests.interop.exported import class_names, class_text, constructor, head

UNIT = """
params: {{wide: 2}}
input: [3, 16, 16]
blocks:
  unit:
    params: {{channels: , kernel: 3, bias: false}}
    layers:
      - conv2d: {{out_channels: channels, kernel_size: kernel, padding: kernel // 2, bias: bias}}
        name: conv
      - batch_norm:
        name: bn
layers:
{layers}
"""


def used(*uses: str) -> str:
    """A design of uses of the unit: a convolution and what normalizes it."""
    return UNIT.format(layers="\n".join(f"  - {use}" for use in uses))


# --- uses of a block -----------------------------------------------------------------------------------


def test_a_block_is_a_class_with_its_parameters() -> None:
    assert class_text(used("unit: 4", "unit: {channels: 8, kernel: 5, bias: true}"), "Unit") == (
        "class Unit(nn.Sequential):\n"
        "    def __init__(\n"
        "        self, in_channels: int, channels: int, kernel: int = 3, bias: bool = False\n"
        "    ) -> None:\n"
        "        super().__init__()\n"
        "        self.conv = nn.Conv2d(\n"
        "            in_channels, channels, kernel_size=kernel, padding=kernel // 2, bias=bias\n"
        "        )\n"
        "        self.bn = nn.BatchNorm2d(channels)\n"
    )


def test_also_if_it_is_used_once() -> None:
    once, twice = used("unit: 4"), used("unit: 4", "unit: {channels: 8, kernel: 5}")
    assert class_text(once, "Unit") == class_text(twice, "Unit")


def test_uses_leave_out_what_has_its_default() -> None:
    design = used(
        "unit: 4",
        "unit: {kernel: 5, channels: 8}",
        "unit: {channels: 8, kernel: 3, bias: true}",
        "unit: {channels: 4 * 2}",
    )
    # the channels that are read, then those made, in their places; the rest by name
    assert constructor(design) == (
        "self.unit_1 = Unit(3, 4)\n"
        "self.unit_2 = Unit(4, 8, kernel=5)\n"
        "self.unit_3 = Unit(8, 8, bias=True)\n"
        "self.unit_4 = Unit(8, 8)\n"
    )


def test_parameters_without_use_are_left_out() -> None:
    design = """
input: [4, 8, 8]
blocks:
  unit:
    params: {channels: , unused: 3, times: 1}
    layers:
      - relu:
        name: relu
layers:
  - unit: {channels: 2, unused: 5}
    name: a
"""
    assert constructor(design) == "self.a = Unit()\n"
    assert class_text(design, "Unit") == (
        "class Unit(nn.Sequential):\n"
        "    def __init__(self) -> None:\n"
        "        super().__init__()\n"
        "        self.relu = nn.ReLU()\n"
    )


def test_blocks_in_blocks_hand_on_expressions() -> None:
    design = """
input: [8, 8, 8]
blocks:
  conv_bn:
    params: {channels: , kernel: 1}
    layers:
      - conv2d: {out_channels: channels, kernel_size: kernel, padding: kernel // 2}
        name: conv
      - batch_norm:
        name: bn
  bottleneck:
    params: {channels: , squeeze: 2}
    layers:
      - conv_bn: channels // squeeze
        name: reduce
      - conv_bn: {channels: channels, kernel: 3}
        name: expand
layers:
  - bottleneck: 8
    name: a
  - bottleneck: {channels: 16, squeeze: 4}
    name: b
"""
    assert class_names(design) == ["ConvBn", "Bottleneck", "Net"]
    assert head(design, "Bottleneck") == "(self, in_channels: int, channels: int, squeeze: int=2) -> None"
    assert constructor(design, "Bottleneck") == (
        "self.reduce = ConvBn(in_channels, channels // squeeze)\n"
        "self.expand = ConvBn(channels // squeeze, channels, kernel=3)\n"
    )
    assert constructor(design) == ("self.a = Bottleneck(8, 8)\nself.b = Bottleneck(8, 16, squeeze=4)\n")


def test_defaults_that_are_computed() -> None:
    design = """
input: [4, 8, 8]
blocks:
  unit:
    params: {kernel: 2 + 1, mode: reflect, eps: 1e-3, act: true}
    layers:
      - conv2d: {out_channels: 4, kernel_size: kernel, padding: 1, padding_mode: mode}
        name: conv
      - batch_norm: {eps: eps}
        name: bn
      - relu:
        name: relu
        when: act
layers:
  - unit
  - unit: {mode: zeros, act: false}
"""
    made = head(design, "Unit")
    assert made.startswith("(self, in_channels: int, ")
    assert "kernel: int=3" in made
    assert "eps: float=0.001" in made
    assert "act: bool=True" in made
    assert "mode: str" in made


# --- what is left out ----------------------------------------------------------------------------------

OPTIONAL = """
input: [4, 8, 8]
blocks:
  unit:
    params: {channels: , project: false, act: true}
    layers:
      - add:
          main:
            - conv2d: {out_channels: channels, kernel_size: 3, padding: 1}
              name: conv
          shortcut:
            - conv2d: {out_channels: channels, kernel_size: 1}
              name: project
              when: project
        name: add
      - relu:
        name: relu
        when: act
layers:
  - unit: 4
  - unit: {channels: 8, project: true, act: false}
"""


def test_a_layer_of_a_sequence_is_made_if_its_condition_holds() -> None:
    assert constructor(OPTIONAL, "Unit").endswith("if act:\n    self.relu = nn.ReLU()\n")


def test_a_branch_that_is_left_out_is_the_identity() -> None:
    assert constructor(OPTIONAL, "Unit").startswith(
        "main = nn.Sequential(\n"
        "    OrderedDict(\n"
        "        conv=nn.Conv2d(in_channels, channels, kernel_size=3, padding=1),\n"
        "    ),\n"
        ")\n"
        "shortcut: nn.Module = nn.Identity()\n"
        "if project:\n"
        "    shortcut = nn.Sequential(\n"
        "        OrderedDict(project=nn.Conv2d(in_channels, channels, kernel_size=1)),\n"
        "    )\n"
        'self.add = Add({"main": main, "shortcut": shortcut})\n'
    )


def test_the_first_layer_of_a_block_may_be_left_out() -> None:
    # as the first bottleneck of MobileNetV2
    design = """
input: [4, 8, 8]
blocks:
  unit:
    params: {expand: 1}
    layers:
      - conv2d: {out_channels: 4 * expand, kernel_size: 1}
        name: expand
        when: expand > 1
      - depthwise_conv2d: {kernel_size: 3, padding: 1}
        name: depthwise
layers: [unit: 1, unit: 2, unit: 3]
"""
    assert constructor(design, "Unit") == (
        "if expand > 1:\n"
        "    self.expand = nn.Conv2d(in_channels, 4 * expand, kernel_size=1)\n"
        "self.depthwise = nn.Conv2d(\n"
        "    4 * expand, 4 * expand, kernel_size=3, padding=1, groups=4 * expand\n"
        ")\n"
    )
    assert constructor(design) == (
        "self.unit_1 = Unit(4)\nself.unit_2 = Unit(4, 2)\nself.unit_3 = Unit(8, 3)\n"
    )


def test_a_sequence_may_be_left_out() -> None:
    design = """
input: [4, 8, 8]
blocks:
  unit:
    params: {twice: false}
    layers:
      - relu:
        name: relu
      - sequence:
          - conv2d: {out_channels: 4, kernel_size: 1}
            name: conv
          - tanh
        name: more
        when: twice
layers: [unit, unit: true]
"""
    assert class_names(design) == ["Unit", "Net"]
    assert constructor(design, "Unit") == (
        "self.relu = nn.ReLU()\n"
        "if twice:\n"
        "    self.more = nn.Sequential(\n"
        "        OrderedDict(\n"
        "            conv=nn.Conv2d(in_channels, 4, kernel_size=1), tanh_1=nn.Tanh()\n"
        "        ),\n"
        "    )\n"
    )


# --- numbered repeats ----------------------------------------------------------------------------------


def repeated(use: str, *beside: str) -> str:
    return used(use + "".join(f"\n    {line}" for line in ("name: stage", *beside)), "unit: 2")


def test_equal_turns_are_a_loop() -> None:
    assert constructor(used("unit: 3\n    name: stage\n    repeat: 4")).startswith(
        "self.stage = nn.Sequential(*(Unit(3, 3) for _ in range(4)))\n"
    )


def test_a_first_turn_that_differs_stands_before_the_loop() -> None:
    made = constructor(repeated("unit: {channels: 8, kernel: 5 if i == 0 else 3}", "repeat: 3"))
    assert made.startswith(
        "self.stage = nn.Sequential(\n    Unit(3, 8, kernel=5), *(Unit(8, 8) for _ in range(2))\n)\n"
    )


def test_turns_that_all_differ_are_written_out() -> None:
    made = constructor(repeated("unit: {channels: 8 * 2 ** i}", "repeat: 3"))
    assert made.startswith("self.stage = nn.Sequential(Unit(3, 8), Unit(8, 16), Unit(16, 32))\n")


def test_turns_may_differ_in_the_index() -> None:
    made = constructor(repeated("unit: {channels: 3, kernel: 2 * i + 1}", "repeat: 4"))
    assert made.startswith("self.stage = nn.Sequential(*(Unit(3, 3, kernel=2 * i + 1) for i in range(4)))\n")


def test_two_turns_do_not_grow() -> None:
    made = constructor(used("unit: 8\n    name: stage\n    repeat: 2"))
    assert made == "self.stage = nn.Sequential(Unit(3, 8), Unit(8, 8))\n"


DENSE = """
input: [3, 8, 8]
blocks:
  dense_layer:
    params: {growth: }
    layers:
      - concat:
          old: []
          new:
            - conv2d: {out_channels: growth, kernel_size: 3, padding: 1}
              name: conv
        name: join
  stage:
    params: {depth: , growth: 12}
    layers:
      - dense_layer: growth
        repeat: depth
        name: layers
      - conv2d: {out_channels: 16, kernel_size: 1}
        name: squeeze
layers:
  - stage: 4
    name: first
  - stage: {depth: 3, growth: 8}
    name: second
"""


def test_channels_that_grow_from_turn_to_turn() -> None:
    # DenseNet: layer i of a block reads k0 + k * i channels (section 3 of the paper)
    assert constructor(DENSE, "Stage") == (
        "self.layers = nn.Sequential(\n"
        "    *(DenseLayer(in_channels + i * growth, growth) for i in range(depth)),\n"
        ")\n"
        "self.squeeze = nn.Conv2d(in_channels + depth * growth, 16, kernel_size=1)\n"
    )
    assert constructor(DENSE) == "self.first = Stage(3, 4)\nself.second = Stage(16, 3, growth=8)\n"
