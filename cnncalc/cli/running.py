"""What the commands that run networks share: options, their checks, and the refusal of what is too large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

from cnncalc.cli.common import check_batch, misuse, visible

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report

Seed: TypeAlias = Annotated[int, typer.Option(metavar="N", help="What random numbers are drawn from.")]
RunBatch: TypeAlias = Annotated[int, typer.Option(metavar="N", help="Samples of a random input.")]
RunDtype: TypeAlias = Annotated[
    str, typer.Option(metavar="TYPE", help="The type to compute in: float32, float64 or float16 (slow).")
]
AllowLarge: TypeAlias = Annotated[
    bool, typer.Option("--allow-large", help="Run even if there seems to be too little memory.")
]


def check_batch_and_seed(batch: int, seed: int) -> None:
    """Refuses numbers that cannot be."""
    check_batch(batch)
    if seed < 0:
        misuse(f"{seed} is less than 0", "--seed")


def checked_dtype(dtype: str) -> str:
    """The type, if NumPy can compute in it."""
    from cnncalc.numpy_backend.run import runnable_dtype

    try:
        return runnable_dtype(dtype)
    except ValueError as error:
        misuse(visible(str(error)), "--dtype")


def too_large(report: Report) -> str:
    """Why a run does not fit into the memory that is free, and the ways out; empty if it does."""
    from cnncalc.numpy_backend.memory_limit import TooLarge, needed_bytes, refuse_too_large

    ways_out = "use a smaller --input or --batch, or try it with --allow-large"
    try:
        refuse_too_large(needed_bytes(report), ways_out)
    except TooLarge as error:
        return str(error)
    return ""
