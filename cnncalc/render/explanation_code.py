"""The explanation of a code as text, Markdown or LaTeX."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from cnncalc.analysis.explain_codes import CodeExplanation

WIDTH = 80
_IN_BACKTICKS = re.compile(r"`([^`]*)`")
_HIDDEN_SPACE = "\x00"


def text(explanation: CodeExplanation, width: int = WIDTH) -> str:
    return "".join(f"{line}\n" for line in _lines(explanation, width))


def _lines(explanation: CodeExplanation, width: int) -> Iterator[str]:
    sort = "error" if explanation.is_error else "warning"
    yield f"{sort}[{explanation.code}]: {explanation.title}"
    for paragraph in explanation.meaning:
        yield ""
        yield from _wrapped(paragraph, width)
    yield ""
    yield "For example:"
    yield ""
    yield from (f"    {line}" for line in explanation.example.splitlines())
    yield ""
    yield from _wrapped(f"cnncalc says: {explanation.message.partition(' ')[2]}", width, "  ", "  ")
    for paragraph in explanation.why:
        yield ""
        yield from _wrapped(paragraph, width)
    yield ""
    yield "Ways out:"
    for way in explanation.ways_out:
        yield from _wrapped(way, width, "- ", "  ")


def _wrapped(paragraph: str, width: int, first: str = "", then: str = "") -> list[str]:
    """The lines of a paragraph; what is in backticks stays on one line where it can."""
    whole = _IN_BACKTICKS.sub(lambda quoted: quoted[0].replace(" ", _HIDDEN_SPACE), paragraph)
    lines = textwrap.wrap(
        whole,
        width,
        initial_indent=first,
        subsequent_indent=then,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_HIDDEN_SPACE, " ") for line in lines]


def markdown(explanation: CodeExplanation) -> str:
    message = explanation.message.partition(" ")[2]
    parts = [
        f"## {explanation.code}: {explanation.title}",
        *explanation.meaning,
        f"```yaml\n{explanation.example}```",
        f"```\n{message}\n```",
        *explanation.why,
        "\n".join(f"- {way}" for way in explanation.ways_out),
    ]
    return "\n\n".join(parts) + "\n"


def latex(explanation: CodeExplanation) -> str:
    """A section; it needs no package."""
    message = explanation.message.partition(" ")[2]
    parts = [
        rf"\section*{{{explanation.code}: {_latex(explanation.title)}}}",
        *map(_latex, explanation.meaning),
        f"\\begin{{verbatim}}\n{explanation.example}\\end{{verbatim}}",
        "\\begin{quote}\n" + _latex(message) + "\n\\end{quote}",
        *map(_latex, explanation.why),
        "\\begin{itemize}\n"
        + "\n".join(rf"  \item {_latex(way)}" for way in explanation.ways_out)
        + "\n\\end{itemize}",
    ]
    return "\n\n".join(parts) + "\n"


def _latex(paragraph: str) -> str:
    """A text of ours, its code in typewriter."""
    from cnncalc.render.latex import escaped

    pieces = _IN_BACKTICKS.split(paragraph)
    return "".join(
        rf"\texttt{{{escaped(piece)}}}" if index % 2 else escaped(piece) for index, piece in enumerate(pieces)
    )
