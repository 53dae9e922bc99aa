"""What a code (E301, W401, ...) means, with an example, why it is a fault, and the ways out.

The table of codes is `cnncalc/codes.py`; the long texts are in `code_texts/CODE.md` beside this module, one
for each. To add a code: a line in the table, and a file of four parts in Markdown, parted by empty lines:

1. one or more paragraphs: what it means;
2. a block ```` ```yaml ````: the shortest network that has the fault, and no other;
3. one or more paragraphs: why this is a fault in the example;
4. a list (`- ...`): the ways out, each a sentence or two.

`tests/analysis/test_explain_codes.py` holds the texts complete: each code has a file, and its example gives
that code. What cnncalc says of the example is not written in the file; it is found by reading the example.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cnncalc import zoo
from cnncalc.analysis.examine import examine
from cnncalc.codes import CODES
from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, in_file_order, one_line
from cnncalc.language.document import read_document
from cnncalc.language.expand import expand

TEXTS = Path(__file__).parent / "code_texts"
SCHEMA = 1


@dataclass(frozen=True)
class CodeExplanation:
    """What there is to say of a code. Paragraphs are without line breaks; `code` in them is in backticks."""

    code: str
    title: str
    meaning: tuple[str, ...]
    example: str
    """A network that has the fault, in YAML."""
    message: str
    """What is said of the example, on one line with its place."""
    why: tuple[str, ...]
    ways_out: tuple[str, ...]

    @property
    def is_error(self) -> bool:
        return self.code.startswith("E")

    def to_dict(self) -> dict[str, Any]:
        return {
            "schema": SCHEMA,
            "code": self.code,
            "title": self.title,
            "meaning": list(self.meaning),
            "example": self.example,
            "message": self.message,
            "why": list(self.why),
            "ways_out": list(self.ways_out),
        }

    def __str__(self) -> str:
        from cnncalc.render.explanation_code import text

        return text(self)

    def _repr_markdown_(self) -> str:
        """For notebooks."""
        from cnncalc.render.explanation_code import markdown

        return markdown(self)


def explained_code(code: str) -> CodeExplanation:
    """The explanation of a code; raises KeyError if there is none of this name."""
    title = CODES[code]
    text = (TEXTS / f"{code}.md").read_text(encoding="utf-8")
    before, _, rest = text.partition("```yaml\n")
    example, _, after = rest.partition("```\n")
    why, _, ways_out = after.partition("\n- ")
    return CodeExplanation(
        code,
        title,
        _paragraphs(before),
        example,
        _message(code, example),
        _paragraphs(why),
        tuple(_joined(item) for item in ways_out.split("\n- ")),
    )


def diagnostics_of(example: str, code: str) -> list[Diagnostic]:
    """What is found in the example of a code: in its text and its shapes, else of its limits."""
    from cnncalc.analysis.budget_faults import budget_faults

    found: list[Diagnostic] = []
    try:
        document = read_document(Source(f"{code}.yaml", example), _find_base, found.append)
        graph = expand(document, (), found.append)
    except ArchitectureError as error:
        return list(error.diagnostics)
    examined = examine(graph, graph.inputs)
    found += examined.diagnostics
    return list(in_file_order(found)) or budget_faults(graph, examined.report)


def _find_base(name: str, _: Source) -> Source:
    return zoo.find_source(name)


def _message(code: str, example: str) -> str:
    return next(
        one_line(diagnostic) for diagnostic in diagnostics_of(example, code) if diagnostic.code == code
    )


def _paragraphs(text: str) -> tuple[str, ...]:
    return tuple(_joined(paragraph) for paragraph in text.split("\n\n") if paragraph.strip())


def _joined(text: str) -> str:
    return " ".join(text.split())
