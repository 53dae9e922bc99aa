"""`cnncalc diff`: what changed from one network to another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cnncalc.cli.common import (
    Batch,
    Dtype,
    Errors,
    Force,
    InPlace,
    InputShapes,
    OutputFile,
    Setting,
    Settings,
    check_output,
    misuse,
    read_settings,
    read_shapes,
    write,
)
from cnncalc.cli.showing import Wanted, label_of, reports_of, show, split_settings

if TYPE_CHECKING:
    from cnncalc.render.layout import Piece

Format: TypeAlias = Literal["text", "markdown", "json"]

DIFFERENT = 1

EXAMPLES = """\
Examples:

\b
  cnncalc diff vgg16 vgg16_bn
  cnncalc diff old.yaml new.yaml --format markdown      for a pull request
  cnncalc diff mine.yaml --versus width=2               as it stands, and with another width
  cnncalc diff mine.yaml --set width=1 --versus width=2,classes=10
  git show HEAD:mine.yaml | cnncalc diff - mine.yaml --exit-code

Layers are aligned along both networks by what they compute, where they stand and what they are called, so a
layer put in does not shift the others, and one with another name is renamed. The exit status is 0 whether
or not there is a difference; with --exit-code it is 1 if there is one. A fault in a network is 1 as well.
"""


def diff(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help="A file, a name of the zoo, or -.")],
    after: Annotated[
        str, typer.Argument(metavar="[AFTER]", help="Another; BEFORE once more if there is --versus.")
    ] = "",
    versus: Annotated[
        list[str],
        typer.Option(
            "--versus",
            metavar="NAME=VALUE,...",
            help="Set parameters of the second network, above those of --set. Repeatable.",
        ),
    ] = [],  # noqa: B006  # typer makes its own
    set: Settings = [],  # noqa: B006
    input: InputShapes = [],  # noqa: B006
    batch: Batch = 1,
    dtype: Dtype = "float32",
    in_place: InPlace = False,
    all: Annotated[
        bool, typer.Option("--all", help="Every layer on a line of its own, unchanged too.")
    ] = False,
    format: Annotated[
        Format,
        typer.Option("--format", "-f", help="markdown: compact, for a comment; json: exact numbers."),
    ] = "text",
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit status 1 if the networks differ.")
    ] = False,
    output: OutputFile = "",
    force: Force = False,
    errors: Errors = "full",
) -> None:
    """What changed from one network to another: layers added, removed, changed or renamed, and what each
    change costs.

    --set and --input hold for both networks.
    """
    if not after and not versus:
        misuse("a second network is needed, or --versus NAME=VALUE")
    settings = read_settings(set)
    others = read_settings([item for written in versus for item in split_settings(written)], "--versus")
    wanted = (Wanted(before, {}), Wanted(after or before, others, "--versus" if versus else "--set"))
    setting = Setting(settings, read_shapes(input), batch, dtype, in_place)
    check_output(output, force)
    old, new = reports_of(wanted, setting, errors, format == "json", output)

    from cnncalc.analysis.diff import difference_of

    labels = (label_of(before, settings if versus else {}), label_of(after or before, others))
    difference = difference_of(old, new, labels)
    if format == "json":
        from cnncalc.render.json import documents

        write(documents([difference.to_dict()]), output)
    elif format == "markdown":
        from cnncalc.render.difference_markdown import render

        write(render(difference, all), output)
    else:

        def lines(width: int, ascii: bool) -> Iterator[list[Piece]]:
            from cnncalc.render.difference_text import text_lines

            return text_lines(difference, width, ascii, all)

        show(lines, output)
    if exit_code and not difference.equal:
        raise typer.Exit(DIFFERENT)
