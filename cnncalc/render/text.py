"""Texts as a terminal shows them. Names come from files, so they are a stranger's text."""

from __future__ import annotations

import re
import unicodedata

JOINER = "\u200d"
"""Between the parts of an emoji."""
EIGHTHS = " ▏▎▍▌▋▊▉█"


def clean(text: str) -> str:
    """The text with escapes for what a terminal would obey or hide (colours, bells, reversed writing)."""
    if text.isprintable():
        return text
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def width_of(text: str) -> int:
    """The columns that a text takes up in a terminal."""
    return len(text) if text.isascii() else sum(map(_sign_width, text))


def _sign_width(sign: str) -> int:
    if sign == JOINER or unicodedata.category(sign) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, width: int, right: bool = False) -> str:
    """The text with spaces up to a width, after it or (`right`) before it."""
    spaces = " " * (width - width_of(text))
    return spaces + text if right else text + spaces


def wrapped(text: str, width: int, indent: str = "") -> list[str]:
    """The text in lines, broken at spaces, the later ones indented; a longer word stays whole."""
    found = [""]
    for word in text.split(" "):
        start = found[-1]
        if start.strip() and width_of(start) + 1 + width_of(word) > width:
            found.append(f"{indent}{word}")
        else:
            found[-1] = f"{start} {word}" if start else word
    return found


def shortened(text: str, width: int, ellipsis: str = "…") -> str:
    """The text cut in the middle of its words, so that its numbers, which tell layers apart, remain."""
    if width_of(text) <= width:
        return text
    pieces = re.split(r"(\d+)", text[:1000])
    words = sorted(range(0, len(pieces), 2), key=lambda index: -len(pieces[index]))
    for index in words:  # the longest word gives what it can, then the next
        while len(pieces[index]) > 2 + len(ellipsis):
            pieces[index] = _less(pieces[index], ellipsis)
            if width_of("".join(pieces)) <= width:
                return "".join(pieces)
    return _cut(text, width, ellipsis)


def _less(word: str, ellipsis: str) -> str:
    """The word with one letter less in the middle."""
    head, found, tail = word.partition(ellipsis)
    if not found:
        middle = len(word) // 2
        head, tail = word[:middle], word[middle:]
        return head[: -len(ellipsis)] + ellipsis + tail[1:]
    return head[:-1] + ellipsis + tail if len(head) > len(tail) else head + ellipsis + tail[1:]


def _cut(text: str, width: int, ellipsis: str) -> str:
    """The beginning and the end of a text."""
    room = max(width - len(ellipsis), 2)
    head, tail = text[: room // 2], text[len(text) - (room - room // 2) :]
    while head and width_of(head + tail) > room:
        head = head[:-1]
    while len(tail) > 1 and width_of(head + tail) > room:
        tail = tail[1:]
    return head + ellipsis + tail


def bar(part: int, full: int, width: int, ascii: bool = False) -> str:
    """A bar that fills the width where `part` is `full`; what is not zero can be seen."""
    if part <= 0 or full <= 0:
        return ""
    if ascii:
        return "#" * min((2 * part * width + full) // (2 * full), width) or "."
    eighths = min(max((2 * 8 * part * width + full) // (2 * full), 1), 8 * width)
    return EIGHTHS[8] * (eighths // 8) + EIGHTHS[eighths % 8].strip()
