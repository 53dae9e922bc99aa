"""Calls over lines, as ruff and black lay them out at 88 columns."""

from __future__ import annotations

import pytest

import cnncalc
from cnncalc.interop.pytorch.layout import (
    WIDTH,
    Bracketed,
    Code,
    Conditional,
    Repeated,
    call,
    flat,
    laid_out,
)

RELU = call("nn.ReLU")
CONV = call("nn.Conv2d", ("", "in_channels"), ("", "8"), ("kernel_size=", "3"))
LONG = call(
    "nn.Conv2d",
    ("", "in_channels"),
    ("", "out_channels"),
    ("kernel_size=", "(kernel, kernel)"),
    ("padding=", "(kernel // 2, kernel // 2)"),
    ("groups=", "in_channels // group_width"),
)
CONV_LINE = "nn.Conv2d(in_channels, 8, kernel_size=3)"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("channels", "channels"),
        (RELU, "nn.ReLU()"),
        (CONV, CONV_LINE),
        (Bracketed("{", (('"a": ', RELU), ('"b": ', "x")), "}"), '{"a": nn.ReLU(), "b": x}'),
        (Conditional(RELU, "act", "nn.Identity()"), "nn.ReLU() if act else nn.Identity()"),
        (Repeated(RELU, "for _ in range(3)"), "*(nn.ReLU() for _ in range(3))"),
    ],
)
def test_code_on_one_line(code: Code, expected: str) -> None:
    assert flat(code) == expected
    assert laid_out(code, 4, "x = ", ",") == [f"    x = {expected},"]


def test_arguments_stand_together_where_they_fit_on_one_line() -> None:
    assert laid_out(CONV, 4, f"{'a' * 50} = ") == [
        f"    {'a' * 50} = nn.Conv2d(",
        "        in_channels, 8, kernel_size=3",
        "    )",
    ]


def test_else_an_argument_a_line_with_a_comma_behind_each() -> None:
    assert laid_out(LONG, 8, "self.conv = ") == [
        "        self.conv = nn.Conv2d(",
        "            in_channels,",
        "            out_channels,",
        "            kernel_size=(kernel, kernel),",
        "            padding=(kernel // 2, kernel // 2),",
        "            groups=in_channels // group_width,",
        "        )",
    ]


def test_the_last_column_is_used() -> None:
    name = "a" * (WIDTH - len(f" = {CONV_LINE}"))
    assert laid_out(CONV, 0, f"{name} = ") == [f"{name} = {CONV_LINE}"]
    assert len(laid_out(CONV, 0, f"{name}a = ")) == 3


def test_calls_in_calls_are_broken_only_where_they_must() -> None:
    code = call("nn.Sequential", ("", call("OrderedDict", ("conv=", LONG), ("relu=", RELU))))
    assert laid_out(code, 0, "main = ") == [
        "main = nn.Sequential(",
        "    OrderedDict(",
        "        conv=nn.Conv2d(",
        "            in_channels,",
        "            out_channels,",
        "            kernel_size=(kernel, kernel),",
        "            padding=(kernel // 2, kernel // 2),",
        "            groups=in_channels // group_width,",
        "        ),",
        "        relu=nn.ReLU(),",
        "    ),",
        ")",
    ]


def test_a_choice_over_lines_stands_in_parentheses() -> None:
    code = Conditional(CONV, "channels != in_channels and stride > 1", "nn.Identity()")
    assert laid_out(code, 4, "shortcut = ") == [
        "    shortcut = (",
        f"        {CONV_LINE}",
        "        if channels != in_channels and stride > 1",
        "        else nn.Identity()",
        "    )",
    ]


def test_a_loop_over_lines() -> None:
    code = call("nn.Sequential", ("", Repeated(LONG, "for i in range(depth)")))
    lines = laid_out(code, 0)
    assert lines[:3] == ["nn.Sequential(", "    *(", "        nn.Conv2d("]
    assert lines[-4:] == ["        )", "        for i in range(depth)", "    ),", ")"]


def test_what_has_no_arguments_is_never_broken() -> None:
    assert laid_out(RELU, 0, f"{'a' * 90} = ") == [f"{'a' * 90} = nn.ReLU()"]


def test_a_long_call_of_what_nothing_reads_is_broken_as_a_call() -> None:
    text = """
input: [1, 8]
layers:
  - {adaptive_max_pool1d: 4, name: halved_by_an_adaptive_pool}
  - {max_pool1d: 2, name: pool}
  - {max_unpool1d: {indices: pool}, name: unpooled_with_indices}
  - {relu: , from: pool}
"""
    exported = cnncalc.export(cnncalc.load(text), to="pytorch")
    assert exported.endswith(
        """\
        self.unpooled_with_indices(
            pool, pool_indices, output_size=halved_by_an_adaptive_pool.shape
        )
        return self.relu_1(pool)
"""
    )
