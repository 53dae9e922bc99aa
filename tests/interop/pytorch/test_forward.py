"""The `forward` of a class."""

from __future__ import annotations

import pytest

from tests.interop.exported import constructor, forward, head


def net(layers: str, top: str = "input: [4, 16, 16]") -> str:
    return f"{top}\nlayers:\n{layers}"


def layer(kind: str, name: str, reads: str = "") -> str:
    return f"  - {kind}:\n    name: {name}\n" + (f"    from: {reads}\n" if reads else "")


def conv(name: str, reads: str = "", beside: str = "padding: 1") -> str:
    kind = f"  - conv2d: {{out_channels: 4, kernel_size: 3, {beside}}}\n"
    return f"{kind}    name: {name}\n" + (f"    from: {reads}\n" if reads else "")


# --- variables -----------------------------------------------------------------------------------------


def test_one_variable_goes_through_a_chain() -> None:
    assert forward(net(conv("a") + layer("relu", "b") + conv("c"))) == (
        "x = self.a(x)\nx = self.b(x)\nreturn self.c(x)\n"
    )


def test_what_is_read_later_has_the_name_of_its_layer() -> None:
    design = net(conv("early") + conv("late") + layer("relu", "relu") + layer("add", "sum", "[relu, early]"))
    assert forward(design) == (
        "early = self.early(x)\nx = self.late(early)\nx = self.relu(x)\nreturn x + early\n"
    )


def test_the_input_may_be_read_again() -> None:
    design = net(conv("a") + conv("b") + layer("add", "sum", "[b, input]"))
    assert forward(design) == "a = self.a(x)\nb = self.b(a)\nreturn b + x\n"


def test_layers_run_when_what_they_read_is_there() -> None:
    design = net(conv("a", "b") + conv("b", "input") + layer("relu", "c", "a"))
    assert forward(design) == "x = self.b(x)\nx = self.a(x)\nreturn self.c(x)\n"


def test_names_of_variables_are_words() -> None:
    design = net(conv("1x1") + conv("my-conv") + conv("in") + layer("add", "sum", '["1x1", my-conv, in]'))
    assert forward(design) == (
        '_1x1 = self.get_submodule("1x1")(x)\n'
        'my_conv = self.get_submodule("my-conv")(_1x1)\n'
        'x = self._modules["in"](my_conv)\n'
        "return _1x1 + my_conv + x\n"
    )


# --- merges --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("merge", "expected"),
    [
        ("add", "a + b + x"),
        ("multiply", "a * b * x"),
        ("concat", "torch.cat([a, b, x], dim=1)"),
        ("stack", "torch.stack([a, b, x], dim=1)"),
    ],
)
def test_merges_are_expressions(merge: str, expected: str) -> None:
    design = net(conv("a") + conv("b", "input") + conv("c", "input") + layer(merge, "m", "[a, b, c]"))
    assert forward(design) == (f"a = self.a(x)\nb = self.b(x)\nx = self.c(x)\nreturn {expected}\n")


def test_merges_of_branches_are_modules() -> None:
    branches = "  - add:\n      left: []\n      right: [relu]\n    name: sum\n"
    design = net(conv("a") + branches + layer("add", "again", "[sum, a]"))
    assert forward(design) == "a = self.a(x)\nx = self.sum(a)\nreturn x + a\n"


def test_a_merge_of_empty_branches_needs_no_module() -> None:
    design = net("  - concat:\n      left: []\n      right: []\n    name: twice\n" + conv("a"))
    assert "torch.cat([x, x], dim=1)" in forward(design)


# --- several inputs and outputs ------------------------------------------------------------------------


def test_inputs_have_their_names_and_outputs_their_order() -> None:
    top = "inputs: {left: [4, 8, 8], right: [4, 8, 8]}\noutputs: [main, aux]"
    design = net(
        conv("a", "left") + layer("add", "both", "[a, right]") + conv("aux") + conv("main", "both"), top
    )
    assert head(design, "Net", "forward") == "(self, left: Tensor, right: Tensor) -> tuple[Tensor, Tensor]"
    assert forward(design) == (
        "x = self.a(left)\nboth = x + right\naux = self.aux(both)\nx = self.main(both)\nreturn x, aux\n"
    )


def test_inputs_that_hide_nothing() -> None:
    top = "inputs: {self: [4, 8, 8], torch: [4, 8, 8], lambda: [4, 8, 8]}"
    design = net(layer("concat", "x", "[self, torch, lambda]"), top)
    assert (
        head(design, "Net", "forward") == "(self, self_: Tensor, torch_: Tensor, lambda_: Tensor) -> Tensor"
    )
    assert forward(design) == "return torch.cat([self_, torch_, lambda_], dim=1)\n"


def test_layers_that_nobody_reads_run_nevertheless() -> None:
    design = net(conv("a") + conv("lost") + conv("b", "a"), "input: [4, 8, 8]\noutputs: [b]")
    assert forward(design) == "a = self.a(x)\nself.lost(a)\nreturn self.b(a)\n"


def test_merges_that_nobody_reads_are_left_out_or_run() -> None:
    design = net(
        conv("a") + layer("add", "lost", "[a, input]") + conv("b", "a"), "input: [4, 8, 8]\noutputs: [b]"
    )
    assert forward(design).endswith("return self.b(a)\n")


# --- groups --------------------------------------------------------------------------------------------

UNITS = """
input: [4, 16, 16]
blocks:
  unit:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - relu:
        name: relu
  fuse:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - add:
        from: [conv, stem]
        name: sum
layers:
  - conv2d: {out_channels: 4, kernel_size: 1}
    name: stem
"""


def test_a_group_gives_what_is_read_of_its_inside() -> None:
    design = UNITS + layer("unit", "a") + layer("concat", "both", "[a, a.conv]")
    assert head(design, "Unit", "forward") == "(self, x: Tensor) -> tuple[Tensor, Tensor]"
    assert forward(design, "Unit") == "conv = self.conv(x)\nx = self.relu(conv)\nreturn conv, x\n"
    made = forward(design).splitlines()
    first, second = made[1].split(" = ")[0].split(", ")
    assert made[1].endswith(" = self.a(x)")
    assert made[2] == f"return torch.cat([{second}, {first}], dim=1)"


def test_a_group_is_called_with_what_it_reads_of_the_outside() -> None:
    design = UNITS + layer("relu", "act") + layer("fuse", "a") + layer("fuse", "b")
    assert forward(design) == (
        "stem = self.stem(x)\nx = self.act(stem)\nx = self.a(x, stem)\nreturn self.b(x, stem)\n"
    )
    # it may call its inputs as it likes
    made = head(design, "Fuse", "forward").removeprefix("(self, ").removesuffix(") -> Tensor")
    main, other = [name.removesuffix(": Tensor") for name in made.split(", ")]
    assert forward(design, "Fuse") == f"x = self.conv({main})\nreturn x + {other}\n"


def test_a_shared_group_is_called_twice() -> None:
    design = UNITS + layer("unit", "a") + layer("unit", "b") + "    share: a\n"
    assert forward(design) == "x = self.stem(x)\nx = self.a(x)\nreturn self.a(x)\n"
    assert "self.b" not in constructor(design)


def test_a_group_with_some_weights_of_another() -> None:
    design = (
        UNITS
        + layer("unit", "a")
        + (
            "  - sequence:\n"
            "      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}\n"
            "        name: conv\n"
            "        share: a.conv\n"
            "      - tanh:\n"
            "        name: act\n"
            "    name: b\n"
        )
    )
    assert constructor(design).endswith('self.b = nn.ModuleDict({"act": nn.Tanh()})\n')
    assert forward(design) == "x = self.stem(x)\nx = self.a(x)\nx = self.a.conv(x)\nreturn self.b.act(x)\n"


CIRCLE = """
input: [4, 8, 8]
layers:
  - sequence:
      - conv2d: {out_channels: 4, kernel_size: 1}
        name: first
      - conv2d: {out_channels: 4, kernel_size: 1}
        name: second
        from: middle
    name: pair
  - relu:
    name: middle
    from: pair.first
  - tanh:
    name: end
    from: SOURCE
"""


def test_members_of_a_circle_are_called_one_by_one() -> None:
    assert forward(CIRCLE.replace("SOURCE", "pair") + layer("add", "sum", "[end, middle]")) == (
        "x = self.pair.first(x)\n"
        "middle = self.middle(x)\n"
        "x = self.pair.second(middle)\n"
        "x = self.end(x)\n"
        "return x + middle\n"
    )


def test_also_if_they_stand_one_behind_the_other() -> None:
    assert forward(CIRCLE.replace("SOURCE", "pair")) == (
        "x = self.pair.first(x)\nx = self.middle(x)\nx = self.pair.second(x)\nreturn self.end(x)\n"
    )


# --- layers that refer to others -----------------------------------------------------------------------


def test_unpooling_takes_indices_and_the_size_before_the_pool() -> None:
    pool, unpool = (
        "  - max_pool2d: 2\n    name: pool\n",
        "  - max_unpool2d: {indices: pool}\n    name: unpool\n",
    )
    design = net(conv("a") + pool + conv("b") + unpool)
    assert constructor(design) == (
        "self.a = nn.Conv2d(4, 4, kernel_size=3, padding=1)\n"
        "self.pool = nn.MaxPool2d(kernel_size=2, stride=2, return_indices=True)\n"
        "self.b = nn.Conv2d(4, 4, kernel_size=3, padding=1)\n"
        "self.unpool = nn.MaxUnpool2d(kernel_size=2, stride=2)\n"
    )
    assert forward(design) == (
        "a = self.a(x)\n"
        "x, pool_indices = self.pool(a)\n"
        "x = self.b(x)\n"
        "return self.unpool(x, pool_indices, output_size=a.shape)\n"
    )


def test_indices_go_from_group_to_group() -> None:
    design = """
input: [4, 16, 16]
blocks:
  encode:
    layers:
      - relu:
        name: relu
      - max_pool2d: 2
        name: pool
  decode:
    params: {stage: }
    layers:
      - max_unpool2d: {indices: "encode{stage}.pool"}
        name: unpool
      - tanh:
        name: tanh
layers:
  - encode:
    name: encode0
  - encode:
    name: encode1
  - decode: 1
    name: decode1
  - decode: 0
    name: decode0
"""
    assert head(design, "Encode", "forward") == "(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]"
    assert forward(design, "Encode") == (
        "relu = self.relu(x)\nx, pool_indices = self.pool(relu)\nreturn relu, x, pool_indices\n"
    )
    assert head(design, "Decode", "forward") == (
        "(self, x: Tensor, indices: Tensor, before_pool: Tensor) -> Tensor"
    )
    assert forward(design, "Decode") == (
        "x = self.unpool(x, indices, output_size=before_pool.shape)\nreturn self.tanh(x)\n"
    )


def test_a_crop_is_called_with_what_it_is_to_be_like() -> None:
    crop = "  - center_crop: {like: narrow}\n    from: wide\n    name: crop\n"
    design = net(conv("wide") + conv("narrow", beside="padding: 0") + crop)
    assert forward(design) == "wide = self.wide(x)\nx = self.narrow(wide)\nreturn self.crop(wide, x)\n"


# --- long lines ----------------------------------------------------------------------------------------


def test_long_merges_are_broken() -> None:
    names = [f"feature_map_number_{number}" for number in range(5)]
    convs = "".join(conv(name, "input") for name in names)
    made = forward(net(convs + layer("add", "sum", f"[{', '.join(names)}]"))).splitlines()
    assert made[-7:] == [
        "return (",
        *(f"    {'+ ' if place else ''}{name}" for place, name in enumerate([*names[:-1], "x"])),
        ")",
    ]
    made = forward(net(convs + layer("concat", "sum", f"[{', '.join(names)}]"))).splitlines()
    assert made[-1] == ")"
    assert max(map(len, made)) <= 80


def test_variables_hide_nothing_that_is_called() -> None:
    design = """
input: [4, 8, 8]
blocks:
  unit:
    layers:
      - conv2d: {out_channels: 4, kernel_size: 3, padding: 1}
        name: conv
      - conv2d: {out_channels: 4, kernel_size: 1}
        name: skip
      - relu:
        name: relu
        from: conv
layers:
  - add:
    from: [input, input]
    name: sum
  - unit:
    repeat: 4
    name: units
  - add:
    from: "units.*.skip"
    name: skips
  - add:
    from: [skips, sum]
"""
    assert forward(design) == (
        "sum_ = x + x\n*skips, _ = self.units(sum_)\nx = sum(skips)\nreturn x + sum_\n"
    )
