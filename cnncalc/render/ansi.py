"""Pieces of a line in the colours of a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cnncalc.render.layout import Piece

CODES = {
    "title": "1",
    "header": "1",
    "zero": "2",
    "share": "2",
    "dim": "2",
    "added": "32",
    "removed": "31",
    "changed": "33",
    "bar params": "35",
    "bar macs": "34",
    "bar memory": "32",
}


def text_of(lines: Iterable[Sequence[Piece]], color: bool = False) -> str:
    """The lines as one text, without spaces at their ends."""
    return "".join(_line(line, color) + "\n" for line in lines)


def _line(pieces: Sequence[Piece], color: bool) -> str:
    if not color:
        return "".join(piece.text for piece in pieces).rstrip()
    kept = list(pieces)
    while kept and not kept[-1].text.strip():
        kept.pop()
    return "".join(_painted(piece) for piece in kept)


def _painted(piece: Piece) -> str:
    code = CODES.get(piece.role)
    return f"\x1b[{code}m{piece.text}\x1b[0m" if code and piece.text.strip() else piece.text
