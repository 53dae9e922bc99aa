"""Groups whose members are alike and run one behind the other."""

from __future__ import annotations

from cnncalc.interop.stacks import Stack, stack_of
from tests.interop.exported import class_names, class_text, forward, wiring

UNITS = """
input: [4, 8, 8]
blocks:
  unit:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - conv2d: {out_channels: 2, kernel_size: 1}
        name: skip
      - relu:
        name: relu
        from: conv
layers:
  - unit:
    repeat: TURNS
    name: units
"""
SKIPS = '  - add:\n    from: "units.*.skip"\n    name: skips\n'
LAST = "  - concat:\n    from: [skips, units]\n    name: both\n"


def stack(design: str) -> Stack | None:
    wired, _ = wiring(design)
    return stack_of(wired.plans["units"])


def test_what_members_give_beside_is_collected() -> None:
    # conv reads relu of the unit before; skip stands before relu
    assert stack(UNITS.replace("TURNS", "4") + SKIPS + LAST) == Stack(carried=1, collected=0, ends=True)


def test_a_plain_sequence_collects_nothing() -> None:
    design = "input: [4, 8, 8]\nlayers:\n  - relu:\n    repeat: 4\n    name: units\n"
    assert stack(design) == Stack(carried=0, collected=None, ends=True)


def test_two_members_are_no_stack() -> None:
    assert stack(UNITS.replace("TURNS", "2") + SKIPS + LAST) is None
    assert stack(UNITS.replace("TURNS", "3") + SKIPS + LAST) is not None


def test_members_that_are_read_only_in_part_are_no_stack() -> None:
    some = "  - add:\n    from: [units.0.skip, units.2.skip]\n    name: skips\n"
    some += "  - concat:\n    from: [units.1.conv, skips]\n"
    assert stack(UNITS.replace("TURNS", "4") + some) is None


def test_a_stack_is_a_loop() -> None:
    design = UNITS.replace("TURNS", "4") + SKIPS + LAST
    assert class_names(design) == ["Unit", "Units", "Net"]
    assert class_text(design, "Units") == (
        "class Units(nn.ModuleList):\n"
        "    def __init__(self, in_channels: int) -> None:\n"
        "        super().__init__([Unit(in_channels) for _ in range(4)])\n"
        "\n"
        "    def forward(self, x: Tensor) -> tuple[Tensor, ...]:\n"
        "        skips = []\n"
        "        for layer in self:\n"
        "            skip, x = layer(x)\n"
        "            skips.append(skip)\n"
        "        return *skips, x\n"
    )
    first, *others = forward(design).splitlines()
    last = first.removeprefix("*skips, ").removesuffix(" = self.units(x)")
    assert others == ["x = sum(skips)", f"return torch.cat([x, {last}], dim=1)"]


def test_all_that_is_collected_is_given_as_a_tuple() -> None:
    outputs = "outputs: [units.0.skip, units.1.skip, units.2.skip]\n"
    assert (
        forward(UNITS.replace("TURNS", "3") + outputs) == "*skips, _ = self.units(x)\nreturn tuple(skips)\n"
    )


LAST_DIFFERS = """
input: [4, 8, 8]
blocks:
  unit:
    params: {last: false}
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - conv2d: {out_channels: 4, kernel_size: 1}
        name: skip
      - relu:
        name: out
        from: conv
        when: not last
layers:
  - unit: {last: i == 3}
    name: units
    repeat: 4
  - add:
    from: units.*.skip
    name: total
"""


def test_the_last_member_may_give_only_what_is_collected() -> None:
    assert stack(LAST_DIFFERS) == Stack(carried=1, collected=0, ends=False, last_differs=True)
    assert class_names(LAST_DIFFERS) == ["Unit", "UnitLast", "Units", "Net"]
    assert forward(LAST_DIFFERS, "Units") == (
        "*layers, last = self\n"
        "skips = []\n"
        "for layer in layers:\n"
        "    skip, x = layer(x)\n"
        "    skips.append(skip)\n"
        "return *skips, last(x)\n"
    )
    assert forward(LAST_DIFFERS) == "skips = self.units(x)\nreturn sum(skips)\n"
