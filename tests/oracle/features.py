"""What a random design makes use of, so that a test can count it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from cnncalc.analysis.report import Report
from cnncalc.layers import find_kind
from tests.oracle.drafts import kind_in, lists_of_entries

WRITTEN = {
    "repeat": r'"repeat": \d',
    "index of another name": r'"index": "turn"',
    "expression over the index": r"[+*] (2 \*\* )?(i|turn)\b|\]\[(i|turn)\]",
    "name with braces": r'"name": "[^"]*\{',
    "when": r'"when"',
    "when of the index": r'"when": "[^"]*\b(i|turn)\b',
    "share": r'"share"',
    "like": r'"like"',
    "indices": r'"indices"',
    "glob": r'"from": "[^"]*\*',
    "glob over groups": r'"from": "[^"]*(\.[^"]*\*|\*[^"]*\.)',
    "dotted reference": r'"from": (\[[^]]*)?"\w+\.\w',
    "bare sequence": r'"sequence": \[[^{]*\{(?!.*"name": "stage)',
    "ceil_mode": r'"ceil_mode": true',
    "output_padding": r'"output_padding": (\[[^]]*)?[1-9]',
    "dilation": r'"dilation": (\[[^]]*)?[2-9]',
    "groups": r'"groups": [2-9]',
    "connection table": r'"connection_table"',
    "asymmetric padding": r'"padding": \[(\[\d, \d\](, )?)*\[(0, [1-9]|1, [02-9]|2, [013-9])',
    "same padding": r'"padding": "same"',
    "causal padding": r'"padding": "causal"',
    "reflect": r'"reflect"',
    "replicate": r'"replicate"',
    "circular": r'"circular"',
}
"""Features that show in the text of a design, written as JSON."""


def features_of(text: str, report: Report) -> Iterator[str]:
    """The features of a design, and of its network."""
    document = yaml.safe_load(text)
    layers = json.dumps({key: document.get(key) for key in ("layers", "blocks")})
    yield from (name for name, pattern in WRITTEN.items() if re.search(pattern, layers))
    yield from (f"{len(shape) - 1}-D" for shape in report.inputs.values())
    blocks: dict[str, Any] = document.get("blocks", {})
    uses = [kind for kind in kinds_in(document["layers"]) if kind in blocks]
    bodies = [block["layers"] if isinstance(block, dict) else block for block in blocks.values()]
    nested = [kind for body in bodies for kind in kinds_in(body)]
    merges = list(merges_in(document))
    found = {
        "several inputs": len(report.inputs) > 1,
        "several outputs": len(report.outputs) > 1,
        "file params": "params" in document,
        "block": bool(blocks),
        "block with params": any(isinstance(block, dict) for block in blocks.values()),
        "block used twice": len(set(uses)) < len(uses),
        "block with other arguments": bool(blocks) and differing_uses(document, blocks),
        "group with from": any(
            "from" in entry and ("sequence" in entry or not blocks.keys().isdisjoint(entry))
            for group in lists_of_entries(document)
            for entry in group
        ),
        "branch that reads outside": any(
            body and "from" in body[0] for merge in merges for body in merge.values()
        ),
        "block in a block": any(kind in blocks for kind in nested),
        "branches": bool(merges),
        "nested branches": any(list(merges_in(branches)) for branches in merges),
        "empty branch": any([] in branches.values() for branches in merges),
        "unnamed layer": any(re.search(r"_\d+$", row.name) for row in report.layers),
        "reference ahead": refers_ahead(document["layers"]),
        "shared group": any("." in row.name and row.share for row in report.layers),
        "odd sizes": any(size % 2 for shape in report.inputs.values() for size in shape[1:]),
    }
    yield from (name for name, is_there in found.items() if is_there)


def differing_uses(document: dict[str, Any], blocks: dict[str, Any]) -> bool:
    """Whether a block is used with different arguments."""
    uses = [
        (kind, json.dumps(entry[kind]))
        for group in lists_of_entries(document)
        for entry in group
        if (kind := kind_in(entry)) in blocks
    ]
    return len({kind for kind, _ in uses}) < len(set(uses))


def kinds_in(node: Any) -> Iterator[str]:
    """The kinds of all entries in a part of a design."""
    if isinstance(node, dict):
        yield from node
        for value in node.values():
            yield from kinds_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from kinds_in(item)


def merges_in(node: Any) -> Iterator[dict[str, list[Any]]]:
    """The branches of each merge that has any."""
    if isinstance(node, dict):
        for key, value in node.items():
            kind = find_kind(key)
            if kind is not None and kind.inputs is None and isinstance(value, dict):
                branches = {name: body for name, body in value.items() if isinstance(body, list)}
                if branches:
                    yield branches
            yield from merges_in(value)
    elif isinstance(node, list):
        for item in node:
            yield from merges_in(item)


def refers_ahead(layers: list[dict[str, Any]]) -> bool:
    """Whether an entry reads one that stands below it."""
    names = [entry.get("name") for entry in layers]
    return any(
        entry.get("from") in names[place + 1 :] for place, entry in enumerate(layers) if entry.get("from")
    )
