"""`cnncalc compare`: networks side by side."""

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

Format: TypeAlias = Literal["text", "json", "csv", "markdown", "latex", "html"]

EXAMPLES = """\
Examples:

\b
  cnncalc compare alexnet_torchvision vgg16          a well-known table with true numbers
  cnncalc compare alexnet_lecture vgg16_lecture      and as lectures show it
  cnncalc compare resnet18 resnet50 mobilenet_v2 --input 3x192x192
  cnncalc compare mine.yaml mobilenet_v2 --format markdown
  cnncalc compare mine.yaml --versus width=0.5 --versus width=0.25,classes=10

Ratios are to the first network. Below the totals, cost by resolution: layers are put together by how often
the sides of the input are halved on the way to their output, so that 55 x 55 of one network stands beside
56 x 56 of another.
"""


def compare(
    networks: Annotated[
        list[str],
        typer.Argument(metavar="NETWORK...", help="Files, names of the zoo, or - (standard input)."),
    ],
    versus: Annotated[
        list[str],
        typer.Option(
            "--versus",
            metavar="NAME=VALUE,...",
            help="The last network once more, with these parameters set. Repeatable.",
        ),
    ] = [],  # noqa: B006  # typer makes its own
    set: Settings = [],  # noqa: B006
    input: InputShapes = [],  # noqa: B006
    batch: Batch = 1,
    dtype: Dtype = "float32",
    in_place: InPlace = False,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = "text",
    output: OutputFile = "",
    force: Force = False,
    errors: Errors = "full",
) -> None:
    """Networks side by side: totals with ratios to the first, and where in the network the cost is.

    --set and --input hold for all of them. The exit status is 1 if a network has a fault.
    """
    settings = read_settings(set)
    wanted = [Wanted(what, {}) for what in networks]
    labels = [label_of(what) for what in networks]
    for written in versus:
        others = read_settings(split_settings(written), "--versus")
        wanted.append(Wanted(networks[-1], others, "--versus"))
        labels.append(written if len(networks) == 1 else f"{labels[len(networks) - 1]} {written}")
    if len(wanted) < 2:
        misuse("a comparison needs two networks or more, or --versus NAME=VALUE")
    setting = Setting(settings, read_shapes(input), batch, dtype, in_place)
    check_output(output, force)
    reports = reports_of(wanted, setting, errors, format == "json", output)

    from cnncalc.analysis.compare import comparison_of

    comparison = comparison_of(reports, labels)
    if format != "text":
        from cnncalc.render import comparison_formats

        write(getattr(comparison_formats, format)(comparison), output)
        return

    def lines(width: int, ascii: bool) -> Iterator[list[Piece]]:
        from cnncalc.render.comparison import sheet_of
        from cnncalc.render.sheet import text_lines

        return text_lines(sheet_of(comparison), width, ascii)

    show(lines, output)
