"""`cnncalc export`: a network as a program for another framework."""

from __future__ import annotations

from typing import Annotated

import typer

from cnncalc.cli.common import (
    Errors,
    Force,
    InputShapes,
    OutputFile,
    Setting,
    Settings,
    check_output,
    end_faulty,
    examined,
    misuse,
    read_settings,
    read_shapes,
    visible,
    write,
)

EXAMPLES = """\
Examples:

\b
  cnncalc export resnet50 --to pytorch --output resnet50.py
  cnncalc export mine.yaml --to pytorch --class-name Mine --set classes=10
  cnncalc export mine.yaml --to pytorch | less

The file needs PyTorch and nothing else. Its modules are called as the layers of the design, so the
keys of `state_dict()` are the names that `cnncalc run --weights` knows.
"""


def export(
    network: Annotated[str, typer.Argument(metavar="NETWORK", help="A file, a name of the zoo, or `-`.")],
    to: Annotated[
        str,
        typer.Option("--to", metavar="FRAMEWORK", help="The framework to write for: pytorch.  [required]"),
    ] = "",
    output: OutputFile = "",
    class_name: Annotated[
        str,
        typer.Option(
            "--class-name", metavar="NAME", help="A name for the class of the network, in place of its own."
        ),
    ] = "",
    set: Settings = [],  # noqa: B006  # typer copies it
    input: InputShapes = [],  # noqa: B006
    force: Force = False,
    errors: Errors = "full",
) -> None:
    """Write a network as a program: classes for its blocks, to be kept and trained."""
    _check_framework(to)
    check_output(output, force)
    from cnncalc.interop.pytorch.names import check_class_name

    try:
        check_class_name(class_name)
    except ValueError as error:
        misuse(visible(str(error)), "--class-name")
    found = examined(network, Setting(read_settings(set), read_shapes(input)))
    if found.sound is None or found.network is None:
        end_faulty(found.faults, errors, as_json=False, output=output)
    from cnncalc.api import program
    from cnncalc.diagnostics import ArchitectureError

    try:
        text = program(found.network, found.sound[1], to, class_name)
    except ArchitectureError as error:
        end_faulty(error.diagnostics, errors, as_json=False)
    write(text, output)


def _check_framework(to: str) -> None:
    from cnncalc.interop import WRITERS

    known = ", ".join(WRITERS)
    if not to:
        misuse(f"a framework to write for is needed: --to {known}")
    if to not in WRITERS:
        misuse(f"networks are written for {known} so far, not for `{visible(to)}`", "--to")
