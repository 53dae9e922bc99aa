"""Reports as JSON, laid out for people: what is short stands on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from cnncalc.render.view import View

_LINE = 96


def render(views: Sequence[View]) -> str:
    """The object of the contract for one report, a list of such objects for several."""
    return documents([view.report.to_dict() for view in views])


def documents(objects: Sequence[dict[str, Any]]) -> str:
    """One object as it is, several as a list."""
    value = objects[0] if len(objects) == 1 else list(objects)
    return "".join(_written(value, "")) + "\n"


def _written(value: Any, indent: str) -> Iterator[str]:
    compact = None if _is_large(value) else json.dumps(value)
    if compact is not None and len(compact) <= _LINE - len(indent):
        yield compact
        return
    inner = indent + "  "
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    separator = f"{opening}\n"
    for key, item in items:
        yield f"{separator}{inner}" if key is None else f"{separator}{inner}{json.dumps(key)}: "
        yield from _written(item, inner) if isinstance(item, (dict, list)) else [json.dumps(item)]
        separator = ",\n"
    yield f"\n{indent}{closing}"


def _is_large(value: Any) -> bool:
    """Whether there is no need to try it on one line."""
    if isinstance(value, dict):
        return len(value) > 6
    return isinstance(value, list) and len(value) > _LINE // 3
