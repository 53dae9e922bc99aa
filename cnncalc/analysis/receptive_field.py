"""The receptive field of every tensor, carried along the graph.

A tensor's state has, for each of its dimensions, the `Field` of the input axis that the dimension walks
along, or None (channels, or dimensions in which the axes are mixed). An axis that no dimension walks
along is seen whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cnncalc.fields import Field
from cnncalc.layers.base import Movement, Shape, Step

State = tuple[Field | None, ...]


class ReceptiveField(NamedTuple):
    """What one position sees of the network's input: one entry for each axis of it.

    `stride` is the distance of neighbouring positions (0 on an axis that each of them sees whole),
    `padding` how far the first field reaches outside. `status`: `exact`, `whole_input` or `unaligned`.
    """

    size: tuple[int, ...]
    stride: tuple[int | float, ...]
    padding: tuple[int, ...]
    status: str


def input_state(shape: Shape) -> State:
    """The state of a network input: each position sees itself."""
    return (None, *(Field(axis) for axis in range(len(shape) - 1)))


def moved(state: State, movement: Movement) -> State:
    """The state behind a layer."""
    if movement is None:
        return state
    moved_fields: list[Field | None] = []
    for step in movement:
        field = state[step.dim] if step is not None else None
        moved_fields.append(field and step and _moved_field(field, step))
    return tuple(moved_fields)


def _moved_field(field: Field, step: Step) -> Field:
    if step.whole:
        return field._replace(whole=True)
    return field if step.reach is None else field.through(step.reach)


def joined(states: Sequence[State]) -> State:
    """The union over the inputs of a layer; shorter shapes are aligned at their last dimension."""
    first = states[0]
    if all(state is first for state in states):
        return first
    dimensions = max(map(len, states))
    aligned = [(None,) * (dimensions - len(state)) + state for state in states]
    union = tuple(_joined_fields(fields) for fields in zip(*aligned, strict=True))
    axes = [field.axis for field in union if field is not None]
    if len(set(axes)) == len(axes):
        return union
    # one path walks along an axis in one dimension, another path in another: no one of them tells where it is
    return tuple(
        field._replace(whole=True) if field is not None and axes.count(field.axis) > 1 else field
        for field in union
    )


def _joined_fields(fields: tuple[Field | None, ...]) -> Field | None:
    present = [field for field in fields if field is not None]
    if not present:
        return None
    union = present[0]
    for field in present[1:]:
        union = union.joined(field) if field.axis == union.axis else union._replace(whole=True)
    # a path that does not walk along the axis here stays where it is, or walks along it elsewhere
    lost_on_a_path = any(field is None or field.axis != union.axis for field in fields)
    return union._replace(whole=True) if lost_on_a_path else union


def described(state: State, input_sizes: Shape) -> ReceptiveField:
    """The state as figures, for a network whose inputs have at most these sizes along their axes."""
    by_axis = {field.axis: field for field in state if field is not None and not field.whole}
    size, stride, padding = [], [], []
    for axis, whole in enumerate(input_sizes):
        field = by_axis.get(axis)
        size.append(whole if field is None else field.size)
        stride.append(0 if field is None else field.stride)
        padding.append(0 if field is None else field.padding)
    if not input_sizes or len(by_axis) < len(input_sizes):
        status = "whole_input"
    else:
        status = "exact" if all(field.aligned for field in by_axis.values()) else "unaligned"
    return ReceptiveField(tuple(size), tuple(stride), tuple(padding), status)
