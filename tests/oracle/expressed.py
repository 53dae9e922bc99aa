"""Numbers of a random design written as expressions, and layers that are there or not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.oracle.drafts import Draft, Entry, copied, kind_in, lists_of_entries

Place = tuple[Any, Any]
"""A mapping or list, and the key or index of a value in it."""


def by_params(draft: Draft, params: dict[str, Any], probability: float = 0.5) -> None:
    """Writes values as expressions over parameters, as long as they give the same."""
    layers = copied(draft.layers)
    changed = False
    for holder, key in list(values_in(layers)):
        if draft.chance(probability):
            written = expression(draft, holder[key], params)
            if written is not None:
                holder[key] = written
                changed = True
    if changed:
        draft.become(layers, alike=True)


def expression(draft: Draft, value: Any, params: dict[str, Any]) -> str | None:
    """An expression that gives the value; None if no parameter lends itself to one."""
    name = draft.one(*params)
    of = params[name]
    if isinstance(value, bool) or isinstance(of, bool):
        if not (isinstance(value, bool) and isinstance(of, bool)):
            return f"{value} if {name} == {str(of).lower()} else {value + 1}" if _counts(value, of) else None
        return name if value == of else f"not {name}"
    if isinstance(of, list):
        return f"{name}[{of.index(value)}]" if value in of else None
    if isinstance(of, str) or isinstance(value, str):
        return name if value == of else None
    if value == of:
        return name
    ways = [f"{name} + {value - of}" if value > of else f"{name} - {of - value}"]
    if of > 1 and value % of == 0:
        ways.append(f"{value // of} * {name}")
    if value and of % value == 0:
        ways.append(f"{name} // {of // value}")
    if value >= of:
        ways.append(f"max({name}, {value})")
    return draft.one(*ways)  # type: ignore[no-any-return]


def _counts(value: Any, of: Any) -> bool:
    return isinstance(of, bool) and isinstance(value, int) and not isinstance(value, bool)


def by_index(draft: Draft, entry: Entry, index: str, times: int) -> Entry:
    """A copy of what is to be repeated, whose turns differ: a number or two depend on the index."""
    entry = copied(entry)
    places = [place for place in values_in([entry]) if _is_number(place[0][place[1]])]
    draft.random.shuffle(places)
    for holder, key in places[: draft.one(1, 1, 2)]:
        value = holder[key]
        numbers = [max(value + draft.one(0, 1, 2), 1) for _ in range(times)]
        holder[key] = draft.one(f"{value} + {index}", f"{value} * 2 ** {index}", f"{numbers}[{index}]")
    groups = list(lists_of_entries(entry))
    if groups and draft.chance(0.4):
        group = draft.one(*groups)
        inner = draft.one(*group)
        inner.setdefault("when", draft.one(f"{index} > 0", f"{index} == 0", f"not {index} == {times - 1}"))
    return entry


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def values_in(entries: list[Entry]) -> Iterator[Place]:
    """The places of numbers, booleans and words in the arguments of layers, within groups too."""
    for entry in entries:
        kind = kind_in(entry)
        if isinstance(entry[kind], (int, float)):
            yield entry, kind
        else:
            yield from _values(entry[kind])


def _values(node: Any) -> Iterator[Place]:
    if isinstance(node, list) and node and all(isinstance(item, dict) for item in node):
        yield from values_in(node)
    elif isinstance(node, (dict, list)):
        for key, value in node.items() if isinstance(node, dict) else enumerate(node):
            if key in ("indices", "like", "connection_table"):
                continue
            if isinstance(value, int) or value in ("same", "valid", "zeros"):
                yield node, key
            elif isinstance(value, (dict, list)):
                yield from _values(value)


def left_out(draft: Draft) -> None:
    """Makes a layer depend on a condition, if the design is sound with it or without."""
    flags = [name for name, value in draft.params.items() if isinstance(value, bool)]
    layers = copied(draft.layers)
    groups = [layers, *lists_of_entries([entry[kind_in(entry)] for entry in layers])]
    entry = draft.one(*draft.one(*groups))
    condition = draft.one(*flags, *(f"not {flag}" for flag in flags), "2 > 1", "1 in [2, 3]", "false")
    if "when" not in entry:
        entry["when"] = condition
        draft.become(layers)
