"""What stands in the wrong place of an entry: arguments beside the kind, `name` and `from` below it.

Each is reported, and the entry is read as it is meant. Imported only when there is such a fault.
"""

from __future__ import annotations

from cnncalc.diagnostics import nearest
from cnncalc.language import foreign
from cnncalc.language.entry import Entry, known_kind
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.scope import Scope, is_nothing, whole_pairs
from cnncalc.layers import find_kind


def sorted_out(
    node: Mapping,
    others: list[tuple[Scalar, Node]],
    known: set[str],
    siblings: dict[str, Node],
    scope: Scope,
) -> Entry:
    """The entry where several keys are not siblings; what does not belong there is reported."""
    whole = [key for key, _ in whole_pairs(node.pairs())]
    others = [pair for pair in others if pair[0] in whole]
    kinds = [pair for pair in others if pair[0].text in known] or others[:1]
    key, value = kinds[0]
    kind = known_kind(key, known, scope)
    for other, _ in kinds[1:]:
        scope.fault(
            "E109",
            f"a layer has one kind, and this one says `{key.text}` and `{other.text}`",
            other,
            f"write `{other.text}` as a layer of its own, after a new `-`",
        )
    arguments: list[Node] = []
    for other, other_value in others:
        if any(other is kind_key for kind_key, _ in kinds):
            continue
        near = nearest(other.text, SIBLINGS)
        if _is_argument(other.text, kind, near):
            arguments += [other, other_value]
        else:
            if near:
                siblings.setdefault(near, other_value)
            help = f"did you mean `{near}`?" if near else f"beside a kind stand {', '.join(SIBLINGS)}"
            scope.fault("E109", f"unknown key `{other.text}` beside `{key.text}`", other, help)
    if arguments:
        names = " and ".join(f"`{name.text}`" for name in arguments[::2] if isinstance(name, Scalar))
        scope.fault(
            "E109",
            f"{names} must stand below `{key.text}`, not beside it",
            arguments[0],
            f"indent further than `{key.text}`, or write `{key.text}: {{...}}` with all arguments in braces",
        )
        value = _with_arguments(kind, value, arguments)
    return Entry(node, kind, None if is_nothing(value) else value, siblings)


def _is_argument(name: str, kind_name: str, near_sibling: str | None) -> bool:
    """Whether a key beside a kind is meant as its argument. What a block takes is not known here."""
    kind = find_kind(kind_name)
    if kind is None:
        return near_sibling is None
    return name in kind.arguments or foreign.ARGUMENTS.get(foreign.folded(name)) in kind.arguments


def _with_arguments(kind_name: str, value: Node, more: list[Node]) -> Node:
    """The arguments below a kind together with those beside it."""
    kind = find_kind(kind_name)
    items: list[Node] = []
    if isinstance(value, Mapping):
        items = value.items
    elif not is_nothing(value) and kind is not None and kind.bare_argument:
        items = [Scalar(kind.bare_argument, True, value.start, value.end), value]
    return Mapping([*items, *more], (items or more)[0].start, more[-1].end)


def siblings_outside(entry: Entry, scope: Scope) -> Entry:
    """The entry as it is meant if `name`, `from` and the like stand among its arguments; they are reported.

    The siblings that it has already are at work, but for `share`, and are not repeated.
    """
    assert entry.arguments is not None
    siblings = {key: node for key, node in (entry.siblings or {}).items() if key == "share"}
    if isinstance(entry.arguments, Sequence):  # the list of inputs after a merge
        if not entry.arguments.items:
            help = f"name them (`from: [a, b]` beside `{entry.kind}`), or write a branch for each below it"
            raise scope.fault("E109", f"{entry.kind} has an empty list of inputs", entry.arguments, help)
        _report_inside("the inputs", "from", entry, entry.arguments, scope)
        return Entry(entry.node, entry.kind, None, {**siblings, "from": entry.arguments})
    assert isinstance(entry.arguments, Mapping)
    arguments: list[Node] = []
    for key, value in entry.arguments.pairs():
        if key.text in SIBLINGS:
            siblings[key.text] = value
            _report_inside(f"`{key.text}`", key.text, entry, key, scope)
        else:
            arguments += [key, value]
    start, end = entry.arguments.start, entry.arguments.end
    return Entry(entry.node, entry.kind, Mapping(arguments, start, end) if arguments else None, siblings)


def _report_inside(what: str, sibling: str, entry: Entry, node: Node, scope: Scope) -> None:
    scope.fault(
        "E109",
        f"{what} must stand beside `{entry.kind}`, not among its arguments",
        node,
        f"write `{sibling}: ...` on a line of its own, aligned with `{entry.kind}`",
    )
