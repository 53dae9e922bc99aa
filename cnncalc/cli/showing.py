"""What commands share that set several networks against each other: their reports and output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.cli.common import (
    ErrorStyle,
    Setting,
    check_batch,
    check_stdin_once,
    end_faulty,
    examined,
    name_of,
    page_of,
    write,
)

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.diagnostics import Diagnostic
    from cnncalc.render.layout import Piece


class Wanted(NamedTuple):
    """A network as asked for, with the parameters that are set for it alone."""

    what: str
    own: dict[str, str]
    option: str = "--set"
    """The option that is to blame for a wrong parameter."""


def reports_of(
    networks: Sequence[Wanted], setting: Setting, errors: ErrorStyle, as_json: bool, output: str
) -> list[Report]:
    """The reports of all networks; if one is faulty all faults are printed, and the command ends."""
    check_batch(setting.batch)
    check_stdin_once(network.what for network in networks)
    reports: list[Report] = []
    faults: list[Diagnostic] = []
    for what, own, option in networks:
        found = examined(what, setting._replace(settings=setting.settings | own), option)
        faults += found.faults
        if found.report is not None:
            reports.append(found.report)
    if faults:
        end_faulty(list(dict.fromkeys(faults)), errors, as_json, output)
    return reports


def split_settings(written: str) -> list[str]:
    """`width=1,widths=[1, 2]` at the commas that no bracket is around."""
    parts, depth = [""], 0
    for sign in written:
        depth += (sign in "[{(") - (sign in ")}]")
        if sign == "," and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return parts


def label_of(what: str, settings: Mapping[str, str] | None = None) -> str:
    """What a network is called: as it was asked for, and with which settings."""
    written = ", ".join(f"{name}={value}" for name, value in (settings or {}).items())
    return " ".join(filter(None, (name_of(what), written)))


def show(lines: Callable[[int, bool], Iterable[Sequence[Piece]]], output: str) -> None:
    """Writes the lines that a function makes for a width and for signs that are all ASCII or not."""
    from cnncalc.render.ansi import text_of

    width, ascii, color = page_of(output)
    write(text_of(lines(width, ascii), color), output)
