"""Layers that use the tensors of another layer, but are made otherwise, so that they are no one module."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.templates import Class


class Borrowing(NamedTuple):
    """One layer and its lender by their paths below a group, and the names of the tensors."""

    borrower: str
    lender: str
    tensors: tuple[str, ...]


def borrowing_in(design: Design, made: Class) -> list[Borrowing]:
    """What borrows within each object of a class: the network has what is not the same in all of another."""
    if made.groups[0].path:
        return _of_all(design, made)
    classes = design.unifier.classes
    told = {path for other in classes if _of_all(design, other) for path in (g.path for g in other.groups)}
    nodes = design.graph.nodes
    return [
        _below("", design, index)
        for index, source in design.wiring.borrowing.items()
        if not told & {_home(design, nodes[index].name, nodes[source].name)} and _tensors(design, source)
    ]


def _of_all(design: Design, made: Class) -> list[Borrowing]:
    """What all objects of a class have to borrow alike; nothing for the network itself."""
    if not made.groups[0].path:
        return []
    nodes = design.graph.nodes
    each = []
    for group in made.groups:
        each.append(
            [
                _below(group.prefix, design, index)
                for index, source in design.wiring.borrowing.items()
                if _home(design, nodes[index].name, nodes[source].name) == group.path
                and _tensors(design, source)
            ]
        )
    return each[0] if all(borrowing == each[0] for borrowing in each) else []


def _below(prefix: str, design: Design, index: int) -> Borrowing:
    nodes, source = design.graph.nodes, design.wiring.borrowing[index]
    paths = [nodes[place].name.removeprefix(prefix) for place in (index, source)]
    return Borrowing(paths[0], paths[1], _tensors(design, source))


def _tensors(design: Design, index: int) -> tuple[str, ...]:
    row = design.report.layers[index]
    return (*row.weights, *row.buffers)


def _home(design: Design, one: str, other: str) -> str:
    """The path of the innermost object of a class that has both layers in it."""
    path = one
    while path:
        path = path.rpartition(".")[0]
        if path in design.unifier.class_of and other.startswith(f"{path}."):
            break
    return path
