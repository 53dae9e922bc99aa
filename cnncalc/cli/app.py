"""The typer application: one module for each command, which imports what it works with when it runs."""

from __future__ import annotations

import typer

from cnncalc.cli import analyze

app = typer.Typer(
    name="cnncalc",
    help="Shapes, costs and receptive fields of CNN architectures.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(analyze.analyze)


@app.callback()
def _root() -> None:
    pass


def run() -> None:
    app()
