"""`cnncalc export`: a network as a program for another framework."""

from __future__ import annotations

from typing import Annotated, Literal

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
    network: Annotated[str, typer.Argument(metavar="NAME", help="A file, a name of the zoo, or `-`.")],
    to: Annotated[Literal["pytorch"], typer.Option("--to", help="The framework.")],
    output: OutputFile = "",
    class_name: Annotated[
        str, typer.Option("--class-name", metavar="NAME", help="What the class of the network is called.")
    ] = "",
    set: Settings = [],  # noqa: B006  # typer copies it
    input: InputShapes = [],  # noqa: B006
    force: Force = False,
    errors: Errors = "full",
) -> None:
    """Write a network as a program: classes for its blocks, to be kept and trained."""
    check_output(output, force)
    from cnncalc.interop.pytorch.names import check_class_name

    try:
        check_class_name(class_name)
    except ValueError as error:
        misuse(visible(str(error)), "--class-name")
    found = examined(network, Setting(read_settings(set), read_shapes(input)))
    if found.sound is None or found.network is None:
        end_faulty(found.faults, errors, as_json=False)
    from cnncalc.api import program

    write(program(found.network, found.sound[1], to, class_name), output)
