"""Window sizes and receptive fields: literal values, and index sets worked out one by one."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncalc.fields import Field
from cnncalc.geometry import (
    Reach,
    TransposedWindow,
    Window,
    adaptive_reach,
    grouped_reach,
    resizing_reach,
)
from cnncalc.tracing import Traced


@pytest.mark.parametrize(
    ("window", "size", "output_size"),
    [
        (Window(7, 2, 3, 3), 224, 112),
        (Window(3, 2), 112, 55),
        (Window(3, 2, ceil_mode=True), 112, 56),
        (Window(3, 1, 2, 2, 2), 10, 10),
        (Window(2, 2, 0, 1), 5, 3),
        (Window(5), 4, 0),
        (Window(5, 3), 2, 0),
        # PyTorch: the last window would start in the padding after the input
        (Window(2, 2, 1, 1, ceil_mode=True), 3, 2),
        (Window(2, 2, 1, 1, ceil_mode=True), 4, 3),
        (Window(1, 2, ceil_mode=True), 4, 2),
        (TransposedWindow(2, 2), 28, 56),
        (TransposedWindow(3, 2, 1, 1, output_padding=1), 10, 20),
        (TransposedWindow(3, 1, 0, 2, 4), 5, 11),
    ],
)
def test_output_size(window, size, output_size):
    assert window.output_size(size) == output_size
    assert window.output_size(np.array([size, size])).tolist() == [output_size] * 2
    assert window.output_size(Traced(size)).value == output_size


@pytest.mark.parametrize(
    ("reach", "expected"),
    [
        (Window(3, 2, 1, 0, 4).reach(), Reach(2, (1,), (8,), spacing=4)),
        (TransposedWindow(2, 2).reach(), Reach(1, (0, 0), (0, 0))),
        (TransposedWindow(3, 2, 1, 1).reach(), Reach(1, (0, 0), (0, 1))),
        # a stride over the kernel leaves every second output out
        (TransposedWindow(1, 2).reach(), Reach(1, (0, -1), (0, -1))),
        # outputs 0 and 1 get tap 0 of input 0, and tap 1 of input -1
        (TransposedWindow(2, 2, dilation=3).reach(), Reach(1, (0, 1), (0, 0), spacing=3)),
        (resizing_reach(8, 16), Reach(1, (0, 0), (0, 0))),
        (resizing_reach(8, 8, 2), Reach(1, (0,), (0,))),
        (resizing_reach(8, 16, 2), Reach(1, (1, 0), (1, 1))),
        (resizing_reach(8, 16, 4), Reach(1, (2, 1), (3, 3))),
        (resizing_reach(8, 4, 2), Reach(2, (0,), (1,))),
        (resizing_reach(5, 9, 2, align_corners=True), Reach(1, (0, 0), (0, 1))),
        # to a single output, and from a single input, PyTorch takes the first cell
        (resizing_reach(6, 1, 2, align_corners=True), Reach(6, (0,), (0,))),
        (resizing_reach(1, 2, 2, align_corners=True), Reach(1, (0, 0), (0, 0))),
        (adaptive_reach(8, 4), Reach(2, (0,), (1,))),
        (adaptive_reach(5, 2), Reach(5, (0, -2), (2, 2))),
        (adaptive_reach(2, 3), Reach(2, (0, 0, -1), (0, 1, 0))),
        # each output reads the 3 inputs of its group, of which two outputs are made
        (grouped_reach(3, 2), Reach(3, (0, 0), (2, 2))),
        (grouped_reach(2, 0), Reach(2, (0,), (1,))),
    ],
)
def test_reach(reach, expected):
    assert reach == expected


def test_patterns_too_long_to_follow_are_not_aligned():
    assert resizing_reach(2000, 3001) == Reach(1, (0,), (0,), aligned=False)
    assert resizing_reach(2000, 3001, 2) == Reach(1, (1,), (1,), aligned=False)
    assert resizing_reach(2000, 3001, 4) == Reach(1, (2,), (3,), aligned=False)
    assert grouped_reach(3, 2048) == Reach(1, (0,), (2,), aligned=False)
    # 5001 = 2*2500 + 1: windows of 3 cells; 5003 = 2*2500 + 3: some of 4
    assert adaptive_reach(5001, 2500) == Reach(2, (0,), (2,), aligned=False)
    assert adaptive_reach(5003, 2500) == Reach(2, (0,), (3,), aligned=False)
    assert TransposedWindow(5000, 2000, 1000).reach() == Reach(1, (1,), (2,), aligned=False)
    behind = Field(0).through(resizing_reach(700, 701)).through(resizing_reach(900, 901))
    assert behind.aligned is False


def test_the_recurrence_of_resnet_50s_stem_and_first_stage():
    # Araujo, Norris & Sim's table for ResNet-50 v1 block 1: after the stem 7/2, pool 11/4
    stem = Field(0).through(Window(7, 2, 3, 3).reach())
    assert (stem.size, stem.stride, stem.padding) == (7, 2, 3)
    pool = stem.through(Window(3, 2, 1, 1).reach())
    assert (pool.size, pool.stride, pool.padding) == (11, 4, 5)
    block = pool.through(Window(3, 1, 1, 1).reach())
    assert (block.size, block.stride, block.padding) == (19, 4, 9)


def test_upsampling_halves_the_stride():
    field = Field(0).through(Window(2, 2).reach()).through(Window(2, 2).reach())
    assert field.through(resizing_reach(1, 2)).stride == 2
    assert Field(0).through(TransposedWindow(2, 2).reach()).stride == 0.5
    # output 0 reads nothing; output 1 is tap 0 of input 1, or tap 1 of input 0
    assert Field(0).through(TransposedWindow(1, 3, 2, dilation=2).reach()).padding == -1
    assert Field(0).through(TransposedWindow(2, 3, 1, dilation=2).reach()).padding == 0
    # down and up again: neighbours see the same two cells
    around = Field(0).through(Window(2, 2).reach()).through(TransposedWindow(2, 2).reach())
    assert (around.size, around.stride, around.padding, around.sizes) == (2, 1, 0, (2, 2))


def test_what_a_wide_stride_leaves_out_sees_nothing():
    field = Field(0).through(TransposedWindow(1, 2).reach())
    assert (field.sizes, field.size) == ((1, 0), 1)
    left_out = field.through(Window(1, 2, -1).reach())
    assert left_out.size == 0
    assert left_out.through(Window(3, 1, 1).reach()).size == 0
    both = left_out.joined(Field(0))
    assert (both.size, both.padding, both.aligned) == (1, 0, True)


def test_joined_is_the_union_of_paths():
    wide = Field(0).through(Window(5, 1, 2, 2).reach())
    assert wide.joined(Field(0)) == wide
    assert Field(0).joined(wide) == wide
    shifted = Field(0).through(Window(2).reach())
    assert Field(0).joined(shifted) == Field(0, 1, (2,), (0,), aligned=False)
    assert Field(0)._replace(whole=True).joined(wide).whole is True


def test_joined_with_another_stride_is_the_larger_and_unaligned():
    wide = Field(0).through(Window(5, 2, 2, 2).reach())
    assert wide.joined(Field(0)) == wide._replace(aligned=False)
    assert Field(0).joined(wide) == wide._replace(aligned=False)


# --- arrays of sizes ----------------------------------------------------------------------------------


def test_arrays_of_one_value_follow_the_pattern():
    sizes = np.array([8, 8])
    assert resizing_reach(sizes, 16, 2) == Reach(1, (1, 0), (1, 1))
    assert adaptive_reach(sizes, 3) == Reach(8, (0, -2, -5), (2, 3, 2))
    assert adaptive_reach(Traced(8), 3) == Reach(8, (0, -2, -5), (2, 3, 2))


def test_arrays_take_the_largest_phase():
    reach = resizing_reach(np.array([8, 16]), 4, 2)
    assert (reach.advance.tolist(), reach.before[0].tolist()) == ([2, 4], [0, -1])
    assert (reach.extent, reach.aligned) == ((1,), False)
    assert resizing_reach(np.array([1, 16]), 4, 2, align_corners=True).aligned is False
    assert adaptive_reach(np.array([8, 12]), 4).aligned is True
    field = Field(0).through(adaptive_reach(np.array([8, 12]), 4))
    assert (field.size.tolist(), field.stride.tolist(), field.aligned) == ([2, 3], [2, 3], True)


def test_fields_of_arrays_go_through_every_reach():
    by_array = Window(3, 2, np.array([0, 1]), 1).reach()
    field = Field(0).through(by_array).through(TransposedWindow(2, 2).reach())
    assert [padding.tolist() for padding in field.paddings] == [[0, 1], [0, 1]]
    assert (field.size.tolist(), field.stride, field.aligned) == ([3, 3], 1, True)
    behind = field.through(by_array)
    assert behind.aligned is False
    assert TransposedWindow(3, 2, np.array([0, 1])).reach().aligned is False
    assert field.through(Window(3, 1, np.array([1, 1])).reach()).aligned is True
    traced = field.through(Window(3, 1, Traced(1)).reach())
    plain = field.through(Window(3, 1, 1).reach())
    assert [size.tolist() for size in traced.sizes] == [size.tolist() for size in plain.sizes]
    assert [padding.tolist() for padding in traced.paddings] == [
        padding.tolist() for padding in plain.paddings
    ]


def test_fields_of_arrays_are_joined_element_by_element():
    narrow = Field(0, np.array([2, 3]), (np.array([4, 5]),), (np.array([0, 1]),))
    wide = Field(0, np.array([2, 3]), (np.array([6, 5]),), (np.array([1, 1]),))
    both = narrow.joined(wide)
    assert (both.size.tolist(), both.padding.tolist(), both.aligned) == ([6, 5], [1, 1], True)
    larger = narrow.joined(Field(0, 2, (5,), (3,)))
    assert (larger.size.tolist(), larger.stride.tolist(), larger.padding.tolist()) == ([5, 5], [2, 3], [3, 1])
    assert larger.aligned is False


# --- index sets ---------------------------------------------------------------------------------------


class Link(NamedTuple):
    """One layer of a chain: its reach, and the cells that an output reads, far from all borders."""

    described: object
    reach: Reach
    cells: Callable[[int], list[int]]


def window_link(window: Window) -> Link:
    def cells(output: int) -> list[int]:
        start = output * window.stride - window.before
        return [start + window.dilation * tap for tap in range(window.kernel)]

    return Link(window, window.reach(), cells)


def transposed_link(window: TransposedWindow) -> Link:
    def cells(output: int) -> list[int]:
        """Input i writes tap t to i*stride + dilation*t - before."""
        taps = [output + window.before - window.dilation * tap for tap in range(window.kernel)]
        return [place // window.stride for place in taps if place % window.stride == 0]

    return Link(window, window.reach(), cells)


def resizing_link(size: int, resized: int, taps: int, align_corners: bool) -> Link:
    def cells(output: int) -> list[int]:
        if taps == 1:
            return [math.floor(Fraction(output * size, resized))]
        if align_corners:
            source = Fraction(output * (size - 1), resized - 1)
        else:
            source = Fraction(2 * output + 1, 2) * Fraction(size, resized) - Fraction(1, 2)
        return [cell for cell in range(math.floor(source) - 3, math.ceil(source) + 4) if sees(source, cell)]

    def sees(source: Fraction, cell: int) -> bool:
        """Linear and cubic kernels are 1 and 2 cells wide to each side, and zero at the cells around."""
        return cell == source or (source.denominator > 1 and abs(cell - source) < taps // 2)

    align_corners = align_corners and taps > 1
    reach = resizing_reach(size, resized, taps, align_corners)
    return Link(("resizing", size, resized, taps, align_corners), reach, cells)


def adaptive_link(size: int, pooled: int) -> Link:
    def cells(output: int) -> list[int]:
        end = math.ceil(Fraction((output + 1) * size, pooled))
        return list(range(math.floor(Fraction(output * size, pooled)), end))

    return Link(("adaptive", size, pooled), adaptive_reach(size, pooled), cells)


small, cells_around = st.integers(1, 4), st.integers(0, 3)
links = st.one_of(
    st.builds(Window, small, small, cells_around, cells_around, small).map(window_link),
    st.builds(TransposedWindow, small, small, cells_around, cells_around, small).map(transposed_link),
    st.builds(resizing_link, st.integers(2, 9), st.integers(2, 9), st.sampled_from([1, 2, 4]), st.booleans()),
    st.builds(adaptive_link, st.integers(1, 9), st.integers(1, 9)),
)
chains = st.lists(links, min_size=1, max_size=4)


def seen_by(chain: list[Link], output: int) -> set[int]:
    seen = {output}
    for link in reversed(chain):
        seen = {cell for position in seen for cell in link.cells(position)}
    return seen


def field_of(chain: list[Link]) -> Field:
    field = Field(0)
    for link in chain:
        field = field.through(link.reach)
    return field


def assert_sees(field: Field, outputs: list[set[int]]) -> None:
    """The field's phases are the outermost cells of these sets, one for each position from 0 on."""
    for position, seen in enumerate(outputs):
        block, phase = divmod(position, len(field.sizes))
        size, padding = field.sizes[phase], field.paddings[phase] - block * field.advance
        assert size == (max(seen) - min(seen) + 1 if seen else 0)
        assert not seen or padding == -min(seen)


@settings(deadline=None, max_examples=300)
@given(chains)
def test_a_chain_sees_what_its_index_sets_say(chain):
    field = field_of(chain)
    if not field.aligned:  # the pattern was too long to follow
        return
    # two periods, so that the advance is seen as well
    outputs = [seen_by(chain, output) for output in range(2 * len(field.sizes))]
    assert_sees(field, outputs)
    sizes = [max(seen) - min(seen) + 1 for seen in outputs if seen]
    assert field.size == max(sizes, default=0)
    assert not outputs[0] or field.padding == -min(outputs[0])
    assert field.stride * len(field.sizes) == pytest.approx(field.advance)


@settings(deadline=None, max_examples=300)
@given(chains, st.lists(st.tuples(small, cells_around, small), max_size=2))
def test_joined_paths_see_the_union_of_their_index_sets(trunk, windows):
    branch = [window_link(Window(kernel, 1, before, 0, dilation)) for kernel, before, dilation in windows]
    paths = [trunk, trunk + branch]
    one, other = field_of(trunk), field_of(trunk + branch)
    if not (one.aligned and other.aligned):
        return
    both = one.joined(other)
    union = [seen_by(paths[0], output) | seen_by(paths[1], output) for output in range(2 * len(both.sizes))]
    assert_sees(both, union)
