"""The typer application. A command's module is imported when that command is run, and no other."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from cnncalc import __version__


class Command(NamedTuple):
    """Where a command is, and what is said of it in the list of all."""

    module: str
    help: str


COMMANDS = {
    "analyze": Command("analyze", "All figures of a network: shapes, parameters, operations, memory."),
    "compare": Command("compare", "Networks side by side: totals, ratios, cost by resolution."),
    "diff": Command("diff", "What changed from one network to another, and what it costs."),
    "run": Command("run", "Run a network on real arrays, and show what comes out."),
    "validate": Command("validate", "All faults of files, and whether they are fine."),
    "check": Command("check", "Networks held to limits: parameters, MACs, memory, and others."),
    "verify": Command("verify", "Every figure beside what happens when the network runs."),
    "explain": Command("explain", "Where a number comes from, step by step; what a code means."),
    "export": Command("export", "A network as a program for PyTorch."),
    "zoo": Command("zoo", "The networks that come with cnncalc: list, show, copy."),
    "layer": Command("layer", "The figures of one layer, without a file."),
    "kinds": Command("kinds", "The layer kinds and their arguments."),
    "schema": Command("schema", "The language as a JSON Schema, for editors."),
}

EXAMPLES = """\
Examples:

\b
  cnncalc analyze vgg16                     a network of the zoo
  cnncalc analyze mine.yaml --input 3x448x448
  cnncalc validate *.yaml
  cnncalc zoo copy vgg16 mine.yaml          start a design from it
  cnncalc layer conv2d 3x224x224 out_channels=64 kernel_size=7 stride=2 padding=3
  cnncalc kinds max_pool2d

`cnncalc COMMAND --help` tells more about each.
"""

HELP_OPTIONS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def plain_app(examples: str | None, group: type[TyperGroup] = TyperGroup) -> typer.Typer:
    """A typer application as all are here: help without rich, which takes too long to import."""
    return typer.Typer(
        cls=group,
        epilog=examples,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
        context_settings=HELP_OPTIONS,
    )


class _Commands(TyperGroup):
    """The commands of the table, each made when it is asked for."""

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002  # typer's signature
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return load(cmd_name)
        if not cmd_name.startswith("-"):
            from cnncalc.diagnostics import nearest

            near = nearest(cmd_name, COMMANDS)
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(COMMANDS)}"
            ctx.fail(f"there is no command `{cmd_name}`; {hint}")
        return None

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.help) for name, command in COMMANDS.items()])


def load(name: str) -> Any:
    """The command of this name, with the examples of its module below its help.

    A module has either a function of the command's name or, for a command with commands of its own, an
    `app`.
    """
    module = import_module(f"cnncalc.cli.{COMMANDS[name].module}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is None:
        group = plain_app(None)
        examples = getattr(module, "EXAMPLES", None)
        group.command(name, epilog=examples, context_settings=HELP_OPTIONS)(getattr(module, name))
    command = typer.main.get_command(group)
    command.name = name
    return command


app = plain_app(EXAMPLES, _Commands)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"cnncalc {__version__}")
        raise typer.Exit


@app.callback(no_args_is_help=True)
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit."),
    ] = False,
) -> None:
    """Shapes, parameters, operations, memory and receptive fields of convolutional networks.

    A network is a YAML file, the name of one in the zoo, or `-` for standard input.
    """


def run() -> None:
    """Runs the command line, and ends the process with its exit status."""
    _end_quietly_when_nobody_reads()
    try:
        typer.main.get_command(app)(prog_name="cnncalc")
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:
        sys.exit(_report_unforeseen(error))


def _end_quietly_when_nobody_reads() -> None:
    """Lets `cnncalc ... | head` end as any other program does: by the signal, without a word."""
    import signal

    if hasattr(signal, "SIGPIPE"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)


def _report_unforeseen(error: Exception) -> int:
    """Says that cnncalc itself is at fault; the exit status of that."""
    import os

    if os.environ.get("CNNCALC_DEBUG"):
        import traceback

        traceback.print_exception(error)
    what = " ".join(f"{type(error).__name__}: {error}".split())
    print(
        f"cnncalc: a fault of cnncalc itself, not of your file ({what}). Please report it with the file "
        "and what CNNCALC_DEBUG=1 prints.",
        file=sys.stderr,
    )
    return 70
