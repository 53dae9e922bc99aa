"""The smallest design that still shows a fault: parts of it are taken away as long as the fault stays."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator
from typing import Any

import yaml

from tests.oracle.designs import text_of
from tests.oracle.drafts import kind_in

Fails = Callable[[str], bool]
Document = dict[str, Any]
Path = tuple[Any, ...]

BESIDE = ("name", "from", "when", "repeat", "share", "silence")


def smallest(text: str, fails: Fails, seconds: float = 20) -> str:
    """The smallest text found in some seconds for which `fails` is true, as it is for this one."""
    until = time.monotonic() + seconds
    document = yaml.safe_load(text)
    shrinking = True
    while shrinking:
        shrinking = False
        for smaller in simpler(document):
            if time.monotonic() > until:
                return text_of(document)
            if fails(text_of(smaller)):
                document, shrinking = smaller, True
                break
    return text_of(document)


def report_of(seed: int, text: str, faults: list[str], kept: str) -> str:
    """What is printed of a failure: the seed, the faults, the smallest YAML."""
    return "\n".join([f"seed {seed}:", *(f"  {fault}" for fault in faults[:5]), kept or text])


def simpler(document: Document) -> Iterator[Document]:
    """The documents that are a step simpler, the largest steps first."""
    layers = len(document["layers"])
    for count in dict.fromkeys((layers // 2, layers // 4, 1)):
        for start in range(layers - count, -1, -count) if count else ():
            yield _changed(document, ("layers",), lambda found, s=start, c=count: found[:s] + found[s + c :])
    for path, node in places(document):
        yield from (_changed(document, path, change) for change in changes(path, node))
    for path, entry in places(document):
        if _is_entry(path, entry) and len(path) > 1:
            yield from _bypassed(document, path, entry)


def places(node: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every part of a document with its path, the outer before the inner."""
    if path:
        yield path, node
    if isinstance(node, dict):
        for key, value in node.items():
            yield from places(value, (*path, key))
    elif isinstance(node, list):
        for index, value in enumerate(node):
            yield from places(value, (*path, index))


Change = Callable[[Any], Any]


class _Gone:
    """In place of a part: it is taken out of what holds it."""


GONE = _Gone()


def changes(path: Path, node: Any) -> Iterator[Change]:
    """What may become of a part of a document."""
    if path == ("layers",) or path == ("input",):
        return
    yield lambda _: GONE
    if isinstance(node, list) and node and all(isinstance(item, dict) for item in node):
        for size in {len(node) // 2, len(node) - 1} - {0}:
            yield lambda found, size=size: found[size:]
            yield lambda found, size=size: found[:size]
    if _is_entry(path, node):
        for inner in _groups_of(node):
            yield lambda _, inner=inner: _Spliced(inner)
    if isinstance(node, int) and not isinstance(node, bool) and node > 1:
        yield lambda _: 1
        yield lambda found: found // 2
        yield lambda found: found - 1
    if (
        isinstance(node, list)
        and node
        and all(isinstance(item, int) for item in node)
        and path[0] == "layers"
    ):
        yield lambda found: found[0]


class _Spliced:
    """In place of an entry: several of them."""

    def __init__(self, entries: list[Any]) -> None:
        self.entries = entries


def _is_entry(path: Path, node: Any) -> bool:
    return isinstance(node, dict) and isinstance(path[-1], int) and bool(node)


def _groups_of(entry: dict[str, Any]) -> Iterator[list[Any]]:
    """The layers of a sequence, or of each branch."""
    inside = entry[kind_in(entry)]
    for found in inside.values() if isinstance(inside, dict) else [inside]:
        if isinstance(found, list) and all(isinstance(item, dict) for item in found):
            yield found


def _changed(document: Document, path: Path, change: Change) -> Document:
    """A copy of a document with one part changed."""
    document = copy.deepcopy(document)
    holder: Any = document
    for key in path[:-1]:
        holder = holder[key]
    made = change(holder[path[-1]])
    if made is GONE:
        del holder[path[-1]]
    elif isinstance(made, _Spliced):
        holder[path[-1] : path[-1] + 1] = copy.deepcopy(made.entries)
    else:
        holder[path[-1]] = made
    return document


def _bypassed(document: Document, path: Path, entry: dict[str, Any]) -> Iterator[Document]:
    """Without a named layer: who read it reads what it read."""
    name, source = entry.get("name"), entry.get("from")
    if not name:
        return
    *_, holder = (_at(document, path[:-1]),)
    before = (
        holder[path[-1] - 1].get("name") if path[-1] else next(iter(document.get("inputs", {"input": 0})))
    )
    instead = source if isinstance(source, str) else before
    if instead is None:
        return
    without = _changed(document, path, lambda _: GONE)
    yield _reading(without, name, instead)


def _at(node: Any, path: Path) -> Any:
    for key in path:
        node = node[key]
    return node


def _reading(node: Any, name: str, instead: str) -> Any:
    """A copy in which every `from` and output of that name has another in its place."""
    if isinstance(node, dict):
        return {key: _reading(value, name, instead) for key, value in node.items()}
    if isinstance(node, list):
        return [_reading(value, name, instead) for value in node]
    return instead if node == name else node
