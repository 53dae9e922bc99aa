"""`cnncalc kinds`: the layer kinds, told by their own fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Any

    from cnncalc.analysis.figures import Figures
    from cnncalc.layers.arguments import Argument
    from cnncalc.layers.base import Kind, Operations, Shapes

EXAMPLES = """\
Examples:

\b
  cnncalc kinds                             all kinds, by family
  cnncalc kinds conv2d max_pool2d           what these take, and an example of each
  cnncalc kinds --format markdown           the whole reference
"""


def kinds(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[KIND]...", help="Kinds to tell all of.")
    ] = None,
    format: Annotated[
        Literal["text", "json", "markdown"],
        typer.Option("--format", "-f", help="How to write it."),
    ] = "text",
) -> None:
    """The layer kinds and their arguments."""
    from cnncalc.cli.common import write
    from cnncalc.layers import FAMILY_OF, find_kind

    for name in names or ():
        if name not in FAMILY_OF:
            _refuse(name, FAMILY_OF)
    entries = [entry_of(kind) for name in names or FAMILY_OF if (kind := find_kind(name))]
    if format == "json":
        import json

        write(json.dumps({"schema": 1, "kinds": [as_dict(entry) for entry in entries]}, indent=2) + "\n")
    elif format == "markdown":
        write("\n".join(markdown(entries)))
    elif names:
        write("\n\n\n".join("\n".join(in_full(entry, _width())) for entry in entries) + "\n")
    else:
        write("\n".join(in_short(entries, _width())) + "\n")


def _refuse(name: str, known: Iterable[str]) -> None:
    from cnncalc.cli.common import visible
    from cnncalc.diagnostics import nearest

    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else "`cnncalc kinds` lists them all"
    typer.echo(f"Error: there is no layer kind `{visible(name)}`; {hint}", err=True)
    raise typer.Exit(2)


def _width() -> int:
    from shutil import get_terminal_size

    return max(60, min(get_terminal_size().columns, 120))


# --- what there is to tell ------------------------------------------------------------------------


class ArgumentEntry(NamedTuple):
    """An argument: what it means, the values it takes, and what it is if left out (None: it is a must)."""

    name: str
    meaning: str
    values: str
    default: str | None


class Entry(NamedTuple):
    """All that is told of a kind.

    `bare` is the argument that a lone value stands for, `inputs` how many tensors it reads (None: several).
    """

    name: str
    family: str
    doc: str
    counting: str
    arguments: tuple[ArgumentEntry, ...]
    bare: str | None
    example: str
    example_inputs: Shapes
    inputs: int | None
    figures: Figures


def entry_of(kind: Kind) -> Entry:
    """What is told of a kind, with its example worked out."""
    from cnncalc.layers import FAMILY_OF

    return Entry(
        kind.name,
        FAMILY_OF[kind.name],
        kind.doc,
        " ".join((kind.layer.__doc__ or "").split()),
        tuple(_argument_entry(argument, kind.rank) for argument in kind.arguments.values()),
        kind.bare_argument,
        kind.example,
        kind.example_inputs,
        kind.inputs,
        example_figures(kind),
    )


def _argument_entry(argument: Argument, rank: int) -> ArgumentEntry:
    values = argument.reader.describe(rank)
    return ArgumentEntry(argument.name, argument.doc, values, _default(argument))


def _default(argument: Argument) -> str | None:
    from cnncalc.layers.arguments import SameAs
    from cnncalc.layers.readers import shown

    if argument.required:
        return None
    if isinstance(argument.default, SameAs):
        return f"as {argument.default.argument}"
    return shown(argument.default).strip("`")


def example_figures(kind: Kind) -> Figures:
    """The figures of a kind's example."""
    from cnncalc.analysis.figures import figures_of
    from cnncalc.diagnostics import Source
    from cnncalc.language.scope import plain_value
    from cnncalc.language.source import parse

    written = plain_value(parse(Source(kind.name, kind.example)))
    arguments = written[kind.name] if isinstance(written, dict) else {}
    if not isinstance(arguments, dict):
        arguments = {kind.bare_argument: arguments}
    layer = kind.make({name: value for name, value in arguments.items() if name in kind.arguments})
    return figures_of(layer, kind.example_inputs)


# --- in the terminal ------------------------------------------------------------------------------


def in_short(entries: Sequence[Entry], width: int) -> Iterator[str]:
    """All kinds by family, a line each; those that differ in the number of axes only share one."""
    import textwrap

    rows = [(_common_name(group), group[0]) for group in _alike(entries)]
    column = max(len(name) for name, _ in rows) + 2
    family = ""
    for name, entry in rows:
        if entry.family != family:
            yield from ([""] if family else [])
            family = entry.family
            yield family.replace("_", " ")
        doc = textwrap.wrap(entry.doc, width - column - 2)
        yield f"  {name:<{column}}{doc[0]}"
        yield from (" " * (column + 2) + line for line in doc[1:])
    yield ""
    yield "`cnncalc kinds KIND` tells the arguments of one."


def _alike(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries with neighbours put together that are one kind for 1, 2 and 3 axes."""
    groups: list[list[Entry]] = []
    for entry in entries:
        first = groups[-1][0] if groups else None
        if first and first.doc == entry.doc and _without_axes(first.name) == _without_axes(entry.name):
            groups[-1].append(entry)
        else:
            groups.append([entry])
    return groups


def _without_axes(name: str) -> str:
    return name[:-2] if name.endswith(("1d", "2d", "3d")) else name


def _common_name(group: Sequence[Entry]) -> str:
    """conv1d/2d/3d"""
    first, *others = (entry.name for entry in group)
    return "/".join([first, *(name[-2:] for name in others)])


def in_full(entry: Entry, width: int) -> Iterator[str]:
    """One kind with its arguments and its example."""
    import textwrap

    yield entry.name
    yield from textwrap.wrap(entry.doc, width)
    yield ""
    if entry.arguments:
        yield from _argument_table(entry, width)
    else:
        yield "It takes no arguments."
    yield ""
    yield "Counting"
    yield from textwrap.wrap(entry.counting, width, initial_indent="  ", subsequent_indent="  ")
    yield ""
    yield "Example"
    yield f"  - {entry.example}"
    yield ""
    for line in _example_lines(entry):
        yield from textwrap.wrap(line, width, initial_indent="  ", subsequent_indent="    ")


def _argument_table(entry: Entry, width: int) -> Iterator[str]:
    import textwrap

    # the names stand two cells further right than their heading
    names = max(len("Arguments") - 2, *(len(argument.name) for argument in entry.arguments)) + 2
    defaults = max(len("default"), *(len(argument.default or "required") for argument in entry.arguments)) + 2
    column = 2 + names + defaults
    yield f"{'Arguments':<{names + 2}}{'default':<{defaults}}meaning and values"
    for argument in entry.arguments:
        head = f"  {argument.name:<{names}}{argument.default or 'required':<{defaults}}"
        meaning = textwrap.wrap(argument.meaning, width - column)
        values = textwrap.wrap(argument.values, width - column)
        yield head + meaning[0]
        yield from (" " * column + line for line in (*meaning[1:], *values))
    if entry.bare:
        yield ""
        hint = f"A bare value is `{entry.bare}`. Wherever a value stands, so may an expression."
        yield from textwrap.wrap(hint, width)


def _example_lines(entry: Entry) -> list[str]:
    from cnncalc.layers.shapes import written

    figures = entry.figures
    own = entry.example_inputs if entry.inputs is None else entry.example_inputs[: entry.inputs]
    inputs = " and ".join(map(written, own))
    tensors = [
        f"{name} {written(shape)}" for name, shape in (*figures.weights.items(), *figures.buffers.items())
    ]
    lines = [f"{inputs} -> {written(figures.output_shape)}"]
    if entry.inputs is not None and len(entry.example_inputs) > entry.inputs:
        read, made = entry.example_inputs[entry.inputs :][:2]
        lines.append(f"the layer it names: {written(read)} -> {written(made)}")
    if tensors:
        lines.append(f"{', '.join(tensors)}: {_counted_tensors(figures)}")
    return [*lines, operations_text(figures.operations)]


def _counted_tensors(figures: Figures) -> str:
    counts = [f"{figures.params:,} parameters"]
    if figures.buffer_elements:
        counts.append(f"{figures.buffer_elements:,} buffer elements")
    return ", ".join(counts)


def operations_text(operations: Operations) -> str:
    """The operations that there are, by sort: `86,704,128 macs, 3,211,264 adds`."""
    counts = [f"{count:,} {sort}" for sort, count in operations._asdict().items() if count]
    return ", ".join(counts) or "no operations"


# --- for programs and for the docs ----------------------------------------------------------------


def as_dict(entry: Entry) -> dict[str, Any]:
    """An entry as plain data."""
    figures = entry.figures
    return {
        "name": entry.name,
        "family": entry.family,
        "doc": entry.doc,
        "counting": entry.counting,
        "arguments": [
            {**argument._asdict(), "required": argument.default is None} for argument in entry.arguments
        ],
        "bare_argument": entry.bare,
        "example": {
            "yaml": entry.example,
            "input_shapes": [list(shape) for shape in entry.example_inputs],
            "output_shape": list(figures.output_shape),
            "weights": {name: list(shape) for name, shape in figures.weights.items()},
            "params": figures.params,
            "buffers": figures.buffer_elements,
            "ops": figures.operations._asdict(),
        },
    }


def markdown(entries: Sequence[Entry]) -> Iterator[str]:
    """The reference of these kinds."""
    from cnncalc.analysis.explain_words import said_once

    family = ""
    for entry in entries:
        if entry.family != family:
            family = entry.family
            yield f"## {family.replace('_', ' ').capitalize()}"
            yield ""
        yield f"### {entry.name}"
        yield ""
        yield said_once(entry.doc, entry.counting)
        yield ""
        if entry.arguments:
            yield "| argument | default | meaning | values |"
            yield "|---|---|---|---|"
            for name, meaning, values, default in entry.arguments:
                cells = (f"`{name}`", f"`{default}`" if default else "required", meaning, values)
                yield f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
            yield ""
        yield from ("```yaml", f"- {entry.example}", "```", "")
        yield from (f"- {line}" for line in _example_lines(entry))
        yield ""
