"""The top level of a file, with the files it builds on laid under it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, nearest
from cnncalc.language.nodes import Mapping, Node, Scalar, Sequence, span_of
from cnncalc.language.scope import Faulty, Report, Scope, is_nothing, pairs_of, plain_value, whole_pairs
from cnncalc.language.source import parse

STRUCTURE = ("base", "params", "input", "inputs", "blocks", "layers", "outputs", "budget", "silence")
ABOUT = ("name", "title", "description", "reference", "paper", "year", "source", "notes", "published")
_KEYS = STRUCTURE + ABOUT
LONGEST_BASE_CHAIN = 8

FindBase = Callable[[str, Source], Source]
"""Finds the text of `base: NAME`, written in a source; raises ArchitectureError if there is none."""


class Placed(NamedTuple):
    """A node and the source it stands in."""

    source: Source
    key: Scalar
    node: Node


class Document(NamedTuple):
    """A file with all its bases: what stands in it wins over what stands in a base."""

    source: Source
    root: Node
    sections: dict[str, Placed]
    params: dict[str, Placed]
    blocks: dict[str, Placed]
    about: dict[str, Any]
    unknown: list[str]
    """Keys that say nothing that can be used; what seems to be missing may be meant by one of them."""


def read_document(source: Source, find_base: FindBase, report: Report) -> Document:
    """The document in a source. Faults within go to `report`; raises ArchitectureError if none can be had."""
    levels: list[tuple[Source, Node]] = []
    unknown: list[str] = []
    while True:
        root = parse(source)
        levels.append((source, root))
        base = root.get("base") if isinstance(root, Mapping) else None
        if base is None or not isinstance(root, Mapping):
            break
        if not isinstance(base, Scalar) or is_nothing(base):
            message, help = "base must be the name of a file or network", "write for example `base: vgg16`"
            report(Diagnostic("E103", message, span_of(source, base), help=help))
            unknown.append("base")
            break
        if len(levels) > LONGEST_BASE_CHAIN:
            raise ArchitectureError([_endless_base(source, base)])
        source = _found_base(base, source, find_base)
    document = Document(levels[0][0], levels[0][1], {}, {}, {}, {}, unknown)
    for level_source, level_root in reversed(levels):
        if not isinstance(level_root, Mapping):
            raise ArchitectureError([_no_mapping(level_source, level_root)])
        _lay_over(document, level_source, level_root, report)
    _check_params_known(levels, report)
    return document


def _found_base(base: Scalar, source: Source, find_base: FindBase) -> Source:
    try:
        return find_base(base.text, source)
    except ArchitectureError as error:
        first = error.diagnostics[0]
        raise ArchitectureError(
            [Diagnostic("E001", first.message, span_of(source, base), help=first.help)]
        ) from None


def _endless_base(source: Source, base: Scalar) -> Diagnostic:
    return Diagnostic(
        "E001",
        f"more than {LONGEST_BASE_CHAIN} files build on one another; perhaps in a circle",
        span_of(source, base),
        help="let the base be a file without a base of its own",
    )


def _no_mapping(source: Source, root: Node) -> Diagnostic:
    help = "start with `input: [3, 224, 224]` and `layers:`"
    if isinstance(root, Sequence):
        help = "put `layers:` above the list, and `input: [3, 224, 224]` above that"
    return Diagnostic("E108", "a file must say `input:` and `layers:`", span_of(source, root), help=help)


def _lay_over(document: Document, source: Source, root: Mapping, report: Report) -> None:
    """Adds one file to the document, over what its bases said."""
    scope = Scope(source, {}, report)
    for key, node in root.pairs():
        name = key.text
        if name not in _KEYS and not name.startswith("x-"):
            name = _key_meant(key, root, scope)
            if name not in _KEYS:
                document.unknown.append(key.text)
        if name in ABOUT:
            is_text = name == "name" and not is_nothing(node)  # also if it looks like a number
            document.about[name] = node.text if is_text and isinstance(node, Scalar) else plain_value(node)
        elif name in ("params", "blocks"):
            section = document.params if name == "params" else document.blocks
            if not is_nothing(node):
                _add_all(section, scope, node, name)
        elif name in STRUCTURE:
            other = {"input": "inputs", "inputs": "input"}.get(name, "")
            if other in document.sections:
                if document.sections[other].source is source:
                    scope.fault("E108", "`input` and `inputs` do not go together", key, "keep one of them")
                else:
                    del document.sections[other]
            document.sections[name] = Placed(source, key, node)


def _key_meant(key: Scalar, root: Mapping, scope: Scope) -> str:
    """Reports an unknown key; the one that was meant, or "" if none is near or that one is there too."""
    from cnncalc.language import foreign  # only a fault needs it

    near = foreign.meant(key.text, _KEYS, foreign.KEYS)
    help = f"did you mean `{near}`?" if near else f"keys are {', '.join(_KEYS)}; your own begin with `x-`"
    scope.fault("E108", f"unknown key `{key.text}` at the top of the file", key, help)
    return near if near and root.get(near) is None else ""


def _add_all(section: dict[str, Placed], scope: Scope, node: Node, what: str) -> None:
    try:
        pairs = pairs_of(scope, node, what)
    except Faulty:
        return
    for key, value in whole_pairs(pairs):
        if not key.text.isidentifier():
            scope.fault(
                "E108",
                f"`{key.text}` cannot be a name in {what}",
                key,
                "use letters, digits and _, a letter first",
            )
        else:
            section[key.text] = Placed(scope.source, key, value)


def _check_params_known(levels: list[tuple[Source, Node]], report: Report) -> None:
    """A file that only sets a base's parameters must not set one that the base does not have."""
    for index, (source, root) in enumerate(levels[:-1]):
        if not isinstance(root, Mapping) or root.get("layers") or root.get("blocks"):
            return
        below = {
            key.text
            for _, base_root in levels[index + 1 :]
            if isinstance(base_root, Mapping) and isinstance(base_root.get("params"), Mapping)
            for key, _ in base_root.get("params").pairs()  # type: ignore[union-attr]
        }
        own = root.get("params")
        for key, _ in whole_pairs(own.pairs()) if isinstance(own, Mapping) else ():
            if key.text not in below:
                near = nearest(key.text, below)
                help = f"did you mean `{near}`?" if near else f"its parameters are {', '.join(sorted(below))}"
                report(
                    Diagnostic(
                        "E106", f"the base has no parameter `{key.text}`", span_of(source, key), help=help
                    )
                )
