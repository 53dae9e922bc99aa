"""The text of the pieces: what is copied into an exported file, and what it needs beside it."""

from __future__ import annotations

import ast
import re
from functools import cache
from importlib import resources
from typing import NamedTuple

PACKAGE = "cnncalc.interop.pytorch.pieces"

FOR_OTHER_RANKS = {
    "1d": {"2d": "1d", "int | tuple[int, int]": "int", "left, right, top, bottom": "left, right"},
    "3d": {
        "2d": "3d",
        "int | tuple[int, int]": "int | tuple[int, int, int]",
        "left, right, top, bottom": "left, right, top, bottom, front, back",
    },
}
"""What becomes of the text of a piece for two axes, for one and for three."""


class Piece(NamedTuple):
    """A class or function with the lines that import what it uses, and the names of the pieces it uses."""

    name: str
    imports: tuple[str, ...]
    pieces: tuple[str, ...]
    text: str


def read_piece(name: str) -> Piece:
    """The piece of a name, as `SameConv2d`."""
    source = _source(name)
    lines = source.splitlines(keepends=True)
    imports: list[str] = []
    pieces: list[str] = []
    for statement in ast.parse(source).body:
        if not isinstance(statement, (ast.Import, ast.ImportFrom)):
            return Piece(name, tuple(imports), tuple(pieces), "".join(lines[statement.lineno - 1 :]))
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(PACKAGE):
            pieces += [alias.name for alias in statement.names]
        else:
            imports.append(ast.unparse(statement))
    raise ValueError(f"the file of {name} is empty")


def _source(name: str) -> str:
    folder = resources.files(PACKAGE)
    file = folder / f"{_file_name(name)}.py"
    rank = name[-2:]
    if file.is_file() or rank not in FOR_OTHER_RANKS:
        return file.read_text("utf-8")
    text = (folder / f"{_file_name(name[:-2])}2d.py").read_text("utf-8")
    for written, instead in FOR_OTHER_RANKS[rank].items():
        text = text.replace(written, instead)
    return text


def _file_name(name: str) -> str:
    """`same_conv2d` for `SameConv2d`, `padded_lp_pool2d` for `PaddedLPPool2d`."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def is_piece(name: str) -> bool:
    """Whether there is a piece of this name, for some number of axes."""
    return name in _piece_names() or f"{name[:-2]}2d" in _piece_names()


@cache
def _piece_names() -> frozenset[str]:
    names: set[str] = set()
    for file in resources.files(PACKAGE).iterdir():
        if file.name.endswith(".py") and not file.name.startswith("_"):
            body = ast.parse(file.read_text("utf-8")).body
            names.update(part.name for part in body if isinstance(part, (ast.ClassDef, ast.FunctionDef)))
    return frozenset(names)
