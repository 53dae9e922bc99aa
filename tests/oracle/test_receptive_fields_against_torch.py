"""What each output position depends on in PyTorch against the field that a layer's movement predicts."""

from __future__ import annotations

import pytest

from cnncalc.analysis.receptive_field import input_state, moved
from cnncalc.fields import Field
from cnncalc.layers import FAMILIES, FAMILY_OF
from tests.oracle.cases import Case, case_of

pytestmark = [
    pytest.mark.oracle,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

CASES = 25
ENOUGH_POSITIONS = 8
NO_AXIS_LEFT = {
    "unfold": "its columns are windows of both axes, so no dim of the output walks along an axis",
    "fold": "its input has no spatial axes but columns",
}
SEVERAL_INPUTS = dict.fromkeys(FAMILIES["merge"], "what they join is a matter of the graph, tested there")


def prepared(name: str, seed: int) -> Case | None:
    """The case of a seed if it fits, with sizes in which windows have room."""
    case = case_of(name, seed, roomy=True)
    fits = not list(case.layer.check(case.inputs)) and len(case.inputs[0]) > 1
    return case if fits and min(case.layer.output_shape(case.inputs)) > 0 else None


@pytest.mark.parametrize("name", [name for name in FAMILY_OF if name not in NO_AXIS_LEFT | SEVERAL_INPUTS])
def test_fields(name: str) -> None:
    found = [case for seed in range(4 * CASES) if (case := prepared(name, seed))][:CASES]
    assert len(found) >= CASES // 2
    faults, compared = [], 0
    for case in found:
        wrong, count = compare(case)
        faults += wrong
        compared += count
    assert not faults, f"{len(faults)} positions\n" + "\n".join(faults[:8])
    assert compared >= ENOUGH_POSITIONS


def compare(case: Case) -> tuple[list[str], int]:
    """The faults of a case, and how many positions were looked at that lie well inside."""
    from tests.oracle.dependence import along, dependence

    shape = case.inputs[0]
    axes = len(shape) - 1
    output = case.layer.output_shape(case.inputs)
    state = moved(input_state(shape), case.layer.movement(case.inputs, output))
    state = state if len(state) == len(output) else (None,) * len(output)
    depends = dependence(case)
    faults, compared = [], 0
    for dim, field in enumerate(state):
        if field is None:
            continue
        size = shape[1 + field.axis]
        for position, column in enumerate(along(depends, axes, field.axis, dim).T):
            cells = column.nonzero().flatten().tolist()
            expected = predicted(field, position, size)
            inside = expected.start >= 0 and expected.stop <= size
            compared += inside
            if not agrees(case, field, expected, cells, inside):
                faults.append(
                    f"{case}\n    position {position} of dim {dim}: predicted {expected}, reads {cells}"
                )
    return faults, compared


def predicted(field: Field, position: int, size: int) -> range:
    """The cells that a position sees, as the field says; beyond the input too."""
    if field.whole:
        return range(size)
    turn, phase = divmod(position, len(field.sizes))
    first = turn * field.advance - field.paddings[phase]
    return range(first, first + field.sizes[phase])


def agrees(case: Case, field: Field, expected: range, cells: list[int], inside: bool) -> bool:
    if not field.aligned:
        return not cells or cells[-1] - cells[0] < field.size
    if inside:
        return (cells[0], cells[-1] + 1) == (expected.start, expected.stop) if cells else not expected
    layer = case.layer
    from_inside = getattr(layer, "padding_mode", "zeros") != "zeros" or (
        getattr(layer, "mode", "") in ("reflect", "replicate", "circular")
    )
    return from_inside or set(cells) <= set(expected)
