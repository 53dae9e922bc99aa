"""`cnncalc explain`: where a number comes from, and what a code means."""

from __future__ import annotations

import sys
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
    check_batch,
    check_output,
    end_faulty,
    examined,
    misuse,
    read_settings,
    read_shapes,
    to_stdout,
    visible,
    wants_color,
    write,
)

if TYPE_CHECKING:
    from cnncalc.analysis.explain_codes import CodeExplanation
    from cnncalc.analysis.explain_data import Explanation
    from cnncalc.analysis.report import Report
    from cnncalc.graph import Graph

Format: TypeAlias = Literal["text", "markdown", "latex", "json"]

WIDEST = 100
NARROWEST = 40

EXAMPLES = """\
Examples:

\b
  cnncalc explain resnet50                           the totals, and what they are made of
  cnncalc explain resnet50 conv1                     all figures of a layer
  cnncalc explain resnet50 conv1 shape               one of them
  cnncalc explain vgg16 pool5 receptive_field --format latex
  cnncalc explain E301                               what a code means

\b
Figures: shape, params, buffers, macs, ops, flops, bytes, receptive_field, peak

A layer is named by its full name, or by an ending that no other layer has.
"""


def explain(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="A file, a network of the zoo, -, or a code such as E301.")
    ],
    layer: Annotated[str, typer.Argument(metavar="[LAYER]", help="A layer; the totals without.")] = "",
    figure: Annotated[str, typer.Argument(metavar="[FIGURE]", help="One figure; all without.")] = "",
    set: Settings = [],  # noqa: B006  # typer makes its own
    input: InputShapes = [],  # noqa: B006
    batch: Batch = 1,
    dtype: Dtype = "float32",
    in_place: InPlace = False,
    format: Annotated[Format, typer.Option("--format", "-f", help="How to write it.")] = "text",
    output: OutputFile = "",
    force: Force = False,
    errors: Errors = "full",
) -> None:
    """How a figure comes about: formula, numbers put in, each step, result.

    The steps are those of the rules that `analyze` runs.
    """
    check_batch(batch)
    setting = Setting(read_settings(set), read_shapes(input), batch, dtype, in_place)
    check_output(output, force)
    found: Explanation | CodeExplanation
    if _is_code(name):
        from cnncalc.analysis.explain_codes import explained_code

        if layer or setting.settings or setting.shapes:
            misuse(f"{name.upper()} is a code, and takes no layer and no settings of a network")
        found = explained_code(name.upper())
    else:
        network = examined(name, setting)
        if network.sound is None:
            end_faulty(network.faults, errors, as_json=format == "json", output=output)
        found = _explained(*network.sound, layer, figure)
    write(_written(found, format, name, output), output)


def _is_code(name: str) -> bool:
    """Whether a code is meant: a letter and three digits, and no file or network of that name."""
    if len(name) != 4 or name[0].upper() not in "EW" or not name[1:].isdecimal():
        return False
    from pathlib import Path

    from cnncalc import zoo
    from cnncalc.codes import CODES

    if name.upper() in CODES:
        return True
    if zoo.find(name) or Path(name).exists():
        return False
    misuse(f"there is no code {name.upper()}; there are {', '.join(CODES)}", "NAME")


def _explained(graph: Graph, report: Report, layer: str, figure: str) -> Explanation:
    from cnncalc.analysis.explain import UnknownName, explained

    try:
        return explained(graph, report, layer, figure)
    except UnknownName as error:
        misuse(visible(str(error)), "FIGURE" if "figure" in str(error) else "LAYER")


def _written(found: Explanation | CodeExplanation, format: Format, name: str, output: str) -> str:
    if format == "json":
        from cnncalc.render.json import documents

        return documents([found.to_dict()])
    from cnncalc.analysis.explain_codes import CodeExplanation

    if isinstance(found, CodeExplanation):
        from cnncalc.render import explanation_code

        if format == "text":
            return explanation_code.text(found, _width(output))
        return explanation_code.markdown(found) if format == "markdown" else explanation_code.latex(found)
    if format == "text":
        from shlex import quote

        from cnncalc.render.explanation import render

        color = to_stdout(output) and wants_color(sys.stdout)
        return render(found, _width(output), color, quote(name))
    if format == "markdown":
        from cnncalc.render.explanation_markdown import render as render_markdown

        return render_markdown(found)
    from cnncalc.render.explanation_latex import render as render_latex

    return render_latex(found)


def _width(output: str) -> int:
    """The columns to use: those of the terminal within reason, 80 of a pipe or file."""
    from shutil import get_terminal_size

    if not to_stdout(output):
        return 80
    return min(max(get_terminal_size((80, 24)).columns, NARROWEST), WIDEST)
