"""`cnncalc layer`: one layer at the prompt.

The words of the command are written as a network of one layer in YAML and read as any other, so that
nothing here reads arguments; what is found wrong is pointed at in the words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, Protocol, runtime_checkable

import typer

from cnncalc.cli.common import FAULTY, Errors

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnncalc.analysis.report import LayerReport
    from cnncalc.diagnostics import Diagnostic, Source, Span
    from cnncalc.geometry import Window
    from cnncalc.layers.base import Shape, Shapes

FLOAT32 = 4

EXAMPLES = """\
Examples:

\b
  cnncalc layer conv2d 3x224x224 out_channels=64 kernel_size=7 stride=2 padding=3
  cnncalc layer conv2d 64x32x32 out_channels=128 "kernel_size=[3, 5]" padding=same
  cnncalc layer max_pool2d 64x112x112 2            a bare value, as in a file
  cnncalc layer linear 25088 "2 ** 12"
  cnncalc layer concat 64x28x28,32x28x28           several inputs

`cnncalc kinds KIND` tells the arguments of a kind.
"""


def layer(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="The layer kind; `cnncalc kinds` lists them.")],
    shape: Annotated[
        str,
        typer.Argument(metavar="SHAPE", help="What it reads, as 3x224x224; of a merge several, with commas."),
    ],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME=VALUE]...", help="Its arguments, as in a file.")
    ] = None,
    format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="How to write it.")
    ] = "text",
    errors: Errors = "full",
) -> None:
    """All figures of one layer, without a file: shape, weights, operations, and how they come about."""
    from cnncalc.api import examine_reading, read
    from cnncalc.cli.common import print_faults, read_shape, write
    from cnncalc.diagnostics import ArchitectureError

    shapes = tuple(read_shape(part, "SHAPE") for part in shape.split(","))
    _refuse_sequence(kind)
    _refuse_references(kind, arguments or [])
    command = written_command(kind, shape, shapes, arguments or [])
    try:
        reading = read(command.yaml)
        examined = examine_reading(reading)
        diagnostics, rows = examined.diagnostics, examined.report.layers
    except ArchitectureError as error:
        diagnostics, rows = list(error.diagnostics), ()
    # of a kind that was only guessed nothing else is said
    unknown = [diagnostic for diagnostic in diagnostics if diagnostic.code == "E104"]
    moved = [command.moved(diagnostic) for diagnostic in unknown or diagnostics]
    if errors == "json" or format == "json":
        _write_json(moved, rows)
    else:
        if rows and not any(diagnostic.is_error for diagnostic in moved):
            write("".join(f"{line}\n" for line in described(rows[0])))
        print_faults(moved, errors)
    if any(diagnostic.is_error for diagnostic in moved):
        raise typer.Exit(FAULTY)


def _write_json(diagnostics: list[Diagnostic], rows: Sequence[LayerReport]) -> None:
    import json

    from cnncalc.cli.common import write
    from cnncalc.render.diagnostics import render

    if any(diagnostic.is_error for diagnostic in diagnostics):
        write(render(diagnostics, "json") + "\n")
        return
    row = rows[0]
    written = {"schema": 1, **row.to_dict(), "formulas": formulas(row)}
    write(json.dumps(written, indent=2) + "\n")


def _refuse_sequence(kind: str) -> None:
    """A sequence may hold any number of layers, and is none itself."""
    from cnncalc.cli.common import misuse

    if kind.strip(" '\"") == "sequence":
        misuse("a sequence is no layer kind, but a list of layers; write a file with it", "KIND")


def _refuse_references(kind: str, arguments: Sequence[str]) -> None:
    """Kinds that take figures from another layer cannot stand alone."""
    from cnncalc.cli.common import misuse
    from cnncalc.layers import find_kind

    known = find_kind(kind)
    given = {word.partition("=")[0].strip() for word in arguments}
    for name in known.references if known else ():
        if known and (known.arguments[name].required or name in given):
            misuse(
                f"`{name}` of {kind} names another layer of the network, so it cannot be worked out alone; "
                f"write a file, and see `cnncalc kinds {kind}`",
                "KIND",
            )


# --- the command as a network ---------------------------------------------------------------------


class Piece(NamedTuple):
    """A piece of the YAML text, and the stretch of the command that it stands for (none: its frame)."""

    text: str
    start: int | None = None
    end: int = 0


class Command(NamedTuple):
    """A network of one layer in YAML, and the command it was made of."""

    yaml: Source
    line: Source
    pieces: tuple[Piece, ...]

    def moved(self, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic as one of the command's text."""
        return diagnostic._replace(
            span=self.span(diagnostic.span),
            notes=() if diagnostic.code == "E104" else diagnostic.notes,
            related=tuple(label._replace(span=self.span(label.span)) for label in diagnostic.related),
        )

    def span(self, span: Span) -> Span:
        """The stretch of the command that a stretch of the YAML stands for."""
        start = self.place(_offset(self.yaml.text, span.line, span.column))
        end = self.place(_offset(self.yaml.text, span.end_line, span.end_column), is_end=True)
        return span._replace(
            source=self.line, line=1, column=start + 1, end_line=1, end_column=max(start + 1, end) + 1
        )

    def place(self, offset: int, is_end: bool = False) -> int:
        """The place in the command of one in the YAML."""
        before = 0
        last = 0
        for piece in self.pieces:
            after = before + len(piece.text)
            if piece.start is not None:
                inside = before < offset <= after if is_end else before <= offset < after
                if inside and piece.end - piece.start == len(piece.text):
                    return piece.start + offset - before
                if inside or (offset < after and not is_end):
                    return piece.end if is_end else piece.start
                if before < offset or not is_end:
                    last = piece.end
            before = after
        return last


def written_command(kind: str, shape: str, shapes: Shapes, arguments: Sequence[str]) -> Command:
    """The network of one layer that a command describes."""
    from cnncalc.cli.common import visible
    from cnncalc.diagnostics import Source

    words = [visible(word) for word in ("cnncalc layer", kind, shape, *arguments)]
    starts = [0]
    for word in words:
        starts.append(starts[-1] + len(word) + 1)
    pieces = [
        *_input_pieces(words[2], starts[2], shapes),
        Piece("layers:\n- "),
        Piece(words[1], starts[1], starts[1] + len(words[1])),
        Piece(":"),
        *_argument_pieces(words[3:], starts[3:]),
        Piece("\n"),
        *_from_pieces(words[2], starts[2], shapes),
    ]
    text = "".join(piece.text for piece in pieces)
    return Command(Source("command", text), Source("command", " ".join(words)), tuple(pieces))


def _input_pieces(word: str, start: int, shapes: Shapes) -> Iterator[Piece]:
    several = len(shapes) > 1
    yield Piece("inputs:\n" if several else "input: ")
    for index, (shape, (first, last)) in enumerate(zip(shapes, _parts(word, start), strict=True), start=1):
        yield Piece(f"  input{index}: " if several else "")
        yield Piece(str(list(shape)), first, last)
        yield Piece("\n")


def _from_pieces(word: str, start: int, shapes: Shapes) -> Iterator[Piece]:
    if len(shapes) == 1:
        return
    yield Piece("  from: [")
    for index, (first, last) in enumerate(_parts(word, start), start=1):
        yield Piece(f"input{index}", first, last)
        yield Piece(", " if index < len(shapes) else "]\n")


def _parts(word: str, start: int) -> Iterator[tuple[int, int]]:
    """Where the parts between commas stand."""
    for part in word.split(","):
        yield start, start + len(part)
        start += len(part) + 1


def _argument_pieces(words: Sequence[str], starts: Sequence[int]) -> Iterator[Piece]:
    from cnncalc.cli.common import misuse

    for word, start in zip(words, starts, strict=False):
        name, equals, value = word.partition("=")
        end = start + len(word)
        if name.strip().isidentifier() and equals and not value.startswith("="):
            yield Piece("\n    ")
            yield Piece(name, start, start + len(name))
            yield Piece(": ", start + len(name), start + len(name) + 1)
            yield Piece(value, end - len(value), end)
        elif len(words) == 1:
            yield Piece(" ")
            yield Piece(word, start, end)
        else:
            misuse(f"`{word}` is not NAME=VALUE, for example kernel_size=3", "[NAME=VALUE]...")


def _offset(text: str, line: int, column: int) -> int:
    """The place in a text of a line and column, both from 1."""
    lines = text.split("\n")[: line - 1]
    return sum(len(each) + 1 for each in lines) + column - 1


@runtime_checkable
class _Sliding(Protocol):
    """A layer whose windows follow from its padding."""

    padding: Any

    def windows(self, sizes: Shape) -> tuple[Window, ...]: ...


# --- what it says ---------------------------------------------------------------------------------


def described(row: LayerReport) -> Iterator[str]:
    """The figures of a layer, and how they come about."""
    from cnncalc.layers.shapes import written

    inputs = " and ".join(map(written, row.input_shapes))
    groups = (tuple(formulas(row).items()), tuple(_figure_lines(row)))
    width = max(len(name) for group in groups for name, _ in group) + 2
    yield f"{row.kind}  {inputs} -> {written(row.output_shape)}"
    for group in groups:
        yield ""
        yield from (f"  {name:<{width}}{text}" for name, text in group)


def _figure_lines(row: LayerReport) -> Iterator[tuple[str, str]]:
    """What is counted, each with its name."""
    from cnncalc.layers.shapes import written
    from cnncalc.units import exact, size

    figures = row.figures
    for title, tensors, count in (
        ("parameters", figures.weights, figures.params),
        ("buffers", figures.buffers, figures.buffer_elements),
    ):
        sizes = ", ".join(f"{name} {written(shape)}" for name, shape in tensors.items())
        if tensors or title == "parameters":
            yield title, exact(count) + (f"  ({sizes})" if sizes else "")
    operations = {sort: count for sort, count in row.operations._asdict().items() if count}
    for sort, count in operations.items():
        yield sort, exact(count)
    yield "flops", exact(row.flops) if operations else "0  (it computes nothing)"
    memory = [f"output {size(figures.output_bytes)}" + (" (a view of its input)" if row.layer.view else "")]
    if figures.params:
        memory.append(f"parameters {size(figures.params * FLOAT32)}")
    yield "float32", ", ".join(memory)
    yield "reads", _reads(row)


def _reads(row: LayerReport) -> str:
    """What one output position reads of the input: `7 x 7 cells, 2 x 2 from one output to the next`."""
    field = row.receptive_field
    if not any(field.stride):
        return "all of the input"
    text = f"{_by_axis(field.size)} cells, {_by_axis(field.stride)} from one output to the next"
    if any(field.padding):
        text += f", the first from {_by_axis(field.padding)} before the edge"
    return text + (" (the largest; outputs differ)" if field.status == "unaligned" else "")


def _by_axis(numbers: Sequence[float]) -> str:
    return " x ".join(f"{number:g}" for number in numbers)


def formulas(row: LayerReport) -> dict[str, str]:
    """For each axis of the output how its size comes about, from the very rule that gave it."""
    from cnncalc.tracing import Traced

    return {
        axis: size.derivation if isinstance(size, Traced) else str(size)
        for axis, size in zip(_axes(row.output_shape), _traced_output(row), strict=True)
    }


def _traced_output(row: LayerReport) -> Sequence[Any]:
    """The output shape, worked out on traced numbers: the values per axis as well as the input's sizes."""
    from copy import copy

    twin = copy(row.layer)
    for name in row.layer.kind.arguments:
        value = getattr(row.layer, name)
        if isinstance(value, tuple):  # a lone number is met by a traced one anyway
            object.__setattr__(twin, name, _traced(value))
    if isinstance(row.layer, _Sliding) and row.layer.padding == "same":  # its cells, not how they are found
        cells = tuple((each.before, each.after) for each in row.layer.windows(row.input_shapes[0][1:]))
        object.__setattr__(twin, "padding", _traced(cells))
    return twin.output_shape(_traced(row.input_shapes))


def _traced(value: Any) -> Any:
    """A value with each integer in it traced."""
    from cnncalc.tracing import Traced

    if type(value) is int:
        return Traced(value)
    if isinstance(value, tuple):
        items = [_traced(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value


def _axes(shape: Shape) -> tuple[str, ...]:
    from cnncalc.layers.readers import AXES

    axes = AXES.get(len(shape) - 1)
    if axes is None:
        return ("features",) if len(shape) == 1 else tuple(f"dim {dim}" for dim in range(1, len(shape) + 1))
    return ("channels", *axes)
