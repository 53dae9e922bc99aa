"""What the commands share: finding networks, options of one meaning everywhere, faults, output.

The modules that do the work are imported inside of the functions, so that a command costs at its start
only what it uses.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal, NamedTuple, NoReturn, TextIO, TypeAlias

import typer

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.api import Network, Reading
    from cnncalc.diagnostics import Diagnostic
    from cnncalc.graph import Graph
    from cnncalc.layers.base import Shape

FAULTY = 1
"""The exit status of a run that found a fault in a file; 2 is misuse, 0 all well."""

LARGEST_BATCH = 2**31 - 1
LARGEST_SIZE = 2**31 - 1
MOST_DIGITS = 1000

ErrorStyle: TypeAlias = Literal["full", "concise", "json", "github"]

Settings: TypeAlias = Annotated[
    list[str],
    typer.Option("--set", metavar="NAME=VALUE", help="Set a parameter of the network. Repeatable."),
]
InputShapes: TypeAlias = Annotated[
    list[str],
    typer.Option(
        "--input",
        "-i",
        metavar="SHAPE",
        help="Shape of the input without the batch, as 3x448x448; of one of several as left=3x64x64. "
        "Repeatable.",
    ),
]
Batch: TypeAlias = Annotated[
    int, typer.Option(metavar="N", help="Samples; operations and activations are those of all.")
]
Dtype: TypeAlias = Annotated[
    Literal["float32", "float16", "bfloat16", "float64", "int8"],
    typer.Option(help="The type of all numbers, for bytes."),
]
InPlace: TypeAlias = Annotated[
    bool, typer.Option("--in-place", help="Let elementwise layers reuse their input's memory.")
]
Errors: TypeAlias = Annotated[ErrorStyle, typer.Option("--errors", help="How faults are printed.")]
OutputFile: TypeAlias = Annotated[
    str, typer.Option("--output", "-o", metavar="FILE", help="Write to a file, not to standard output.")
]
Force: TypeAlias = Annotated[bool, typer.Option("--force", help="Let --output overwrite a file.")]


def misuse(message: str, option: str | None = None) -> NoReturn:
    """Ends the command with status 2 and the message; `option` is what was given wrongly (`--input`)."""
    raise typer.BadParameter(message, param_hint=option and f"'{option}'")


def check_batch(batch: int) -> None:
    """Refuses a number of samples that cannot be."""
    if not 1 <= batch <= LARGEST_BATCH:
        misuse(f"{batch} is not from 1 to {LARGEST_BATCH:,}", "--batch")


def check_stdin_once(networks: Iterable[str]) -> None:
    """Refuses networks of which several are on standard input."""
    if sum(what == "-" for what in networks) > 1:
        misuse("standard input can be read only once")


def name_of(what: str) -> str:
    """What a network is called that was asked for as `what`."""
    return "<stdin>" if what == "-" else what


# --- reading ---------------------------------------------------------------------------------------


def read_settings(written: Sequence[str], option: str = "--set") -> dict[str, str]:
    """The parameters that `--set NAME=VALUE` gives, the values still as YAML texts."""
    settings: dict[str, str] = {}
    for item in written:
        name, equals, value = (part.strip() for part in item.partition("="))
        if not equals or not name.isidentifier() or not value:
            misuse(f"{visible(item)!r} is not NAME=VALUE, for example width=0.5", option)
        if not value.isprintable():
            misuse(f"the value of `{name}` must be one line of printable text", option)
        if name in settings:
            misuse(f"`{name}` is set twice", option)
        settings[name] = value
    return settings


def read_network(what: str, settings: dict[str, str] | None = None, option: str = "--set") -> Reading:
    """The network in a file, of the zoo, or (`-`) on standard input, with the faults of its text.

    A fault of the settings, which an option gave, is misuse. Raises ArchitectureError if nothing can be
    read at all.
    """
    if not what.strip():
        misuse("a network is needed: a file, a name of the zoo, or `-`")
    from cnncalc import api
    from cnncalc.diagnostics import ArchitectureError

    try:
        reading = api.read(api.find_text(what), settings)
    except ArchitectureError as error:
        _refuse_settings(what, error.diagnostics, option)
        raise
    _refuse_settings(what, reading.diagnostics, option)
    return reading


def _refuse_settings(what: str, diagnostics: Iterable[Diagnostic], option: str) -> None:
    for diagnostic in diagnostics:
        if diagnostic.span.source.name == "--set":
            help = f"; {diagnostic.help}" if diagnostic.help else ""
            misuse(visible(f"{name_of(what)}: {diagnostic.message}{help}"), option)


def read_shape(written: str, option: str) -> Shape:
    """A shape as one types it, `3x224x224`."""
    parts = written.lower().replace("×", "x").split("x")
    sizes = [_size(part.strip()) for part in parts]
    if not all(sizes):
        misuse(f"{visible(written)!r} is not a shape, for example 3x224x224 (no batch)", option)
    if max(sizes) > LARGEST_SIZE:
        misuse(f"{visible(written)!r} is too large; sizes go up to {LARGEST_SIZE}", option)
    return tuple(sizes)


def _size(written: str) -> int:
    """A size of a shape; 0 if it is none."""
    if not written.isdecimal():
        return 0
    return int(written) if len(written) < MOST_DIGITS else LARGEST_SIZE + 1


def read_shapes(written: Sequence[str]) -> dict[str, Shape]:
    """The shapes of `--input`, by the name of the input; one without a name has the name ``."""
    shapes: dict[str, Shape] = {}
    for item in written:
        name, _, shape = item.rpartition("=")
        name = name.strip()
        if name in shapes:
            misuse(f"the shape of {f'`{visible(name)}`' if name else 'the input'} is given twice", "--input")
        shapes[name] = read_shape(shape, "--input")
    return shapes


def chosen_inputs(known: Mapping[str, Shape], shapes: dict[str, Shape]) -> dict[str, Shape]:
    """The input shapes to analyze with: those of the file, but for the ones that `--input` gives."""
    if not known:  # the file is faulty there, which is said anyway
        return {}
    names = ", ".join(map(visible, known))
    inputs = dict(known)
    for name, shape in shapes.items():
        if not name and len(known) > 1:
            misuse(f"the network has several inputs ({names}): write NAME=SHAPE", "--input")
        if name and name not in known:
            misuse(f"the network has no input `{visible(name)}`; it has {names}", "--input")
        inputs[name or next(iter(known))] = shape
    return inputs


# --- analyzing -------------------------------------------------------------------------------------


class Setting(NamedTuple):
    """What a network is analyzed with; `settings` are of --set, `shapes` of --input by the input's name."""

    settings: dict[str, str]
    shapes: dict[str, Shape]
    batch: int = 1
    dtype: str = "float32"
    in_place: bool = False


class Examined(NamedTuple):
    """A network and its report, as far as there are any, with all faults and warnings."""

    network: Network | None
    report: Report | None
    diagnostics: Sequence[Diagnostic]

    @property
    def faults(self) -> list[Diagnostic]:
        return [diagnostic for diagnostic in self.diagnostics if diagnostic.is_error]

    @property
    def sound(self) -> tuple[Graph, Report] | None:
        """The graph and its report; None if there are faults."""
        if self.network is None or self.report is None or self.faults:
            return None
        return self.network.graph, self.report


def examined(what: str, setting: Setting, option: str = "--set") -> Examined:
    """The analysis of a file, a network of the zoo, or (`-`) standard input.

    `option` is the one that is to blame for a wrong parameter.
    """
    from cnncalc import api
    from cnncalc.diagnostics import ArchitectureError

    try:
        reading = read_network(what, setting.settings, option)
    except ArchitectureError as error:
        return Examined(None, error.report, error.diagnostics)
    inputs = chosen_inputs(reading.network.graph.inputs, setting.shapes)
    found = api.examine_reading(reading, inputs, setting.batch, setting.dtype, setting.in_place)
    return Examined(reading.network, found.report, found.diagnostics)


# --- faults ----------------------------------------------------------------------------------------


def print_faults(diagnostics: Sequence[Diagnostic], style: ErrorStyle) -> None:
    """Prints faults and warnings on standard error."""
    if not diagnostics:
        return
    from cnncalc.render.diagnostics import render

    text = render(diagnostics, style, color=wants_color(sys.stderr))
    # what stands on standard output so far belongs before this text, also where both are one terminal
    sys.stdout.flush()
    _print(text + "\n", sys.stderr)


def end_faulty(
    diagnostics: Sequence[Diagnostic], errors: ErrorStyle, as_json: bool, output: str = ""
) -> NoReturn:
    """Ends the command with faults; `as_json` writes them on standard output, too, in place of a result.

    `output` is where the result was to be written to.
    """
    print_faults(diagnostics, errors)
    if not to_stdout(output):
        typer.echo(f"nothing is written to `{visible(output)}`", err=True)
    elif as_json:
        from cnncalc.render.diagnostics import render

        write(render(diagnostics, "json") + "\n")
    raise typer.Exit(FAULTY)


def faults_document(diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """The JSON object of faults, which stands among those of results."""
    import json

    from cnncalc.render.diagnostics import render

    document: dict[str, Any] = json.loads(render(diagnostics, "json"))
    return document


def wants_color(stream: TextIO) -> bool:
    """Whether the stream is a terminal whose user has nothing against colours."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def visible(text: str) -> str:
    """The text of a stranger with escapes for all that a terminal would obey or hide."""
    from cnncalc.render.text import clean

    return clean(text)


# --- output ----------------------------------------------------------------------------------------
#
# A command calls `check_output` before its work, and afterwards `write` or, for what is not a text,
# `write_file`.


def to_stdout(output: str) -> bool:
    """Whether `--output` means standard output, as it does if it is not given."""
    return output in ("", "-")


def check_output(output: str, force: bool) -> None:
    """Refuses an output file that cannot be written or must not be, before the work is done."""
    if to_stdout(output):
        return
    if os.path.isdir(output):
        misuse(f"`{visible(output)}` is a directory", "--output")
    if os.path.isfile(output) and not force:
        misuse(f"`{visible(output)}` exists; --force overwrites it", "--output")
    folder = os.path.dirname(output) or "."
    if not os.path.isdir(folder):
        misuse(f"there is no directory `{visible(folder)}`", "--output")


def write(text: str, output: str = "") -> None:
    """Writes a text to a file, as a whole or not at all, or to standard output."""
    if to_stdout(output):
        _print(text, sys.stdout)
    else:
        data = text.encode("utf-8", "backslashreplace")
        write_file(lambda stream: stream.write(data), output)


def write_file(write_to: Callable[[BinaryIO], object], output: str) -> None:
    """Lets a function write a file, of which all or nothing is then there."""
    path = os.path.realpath(output)  # a link stays one, and what it points to is replaced
    try:
        if os.path.exists(path) and not os.path.isfile(path):  # a device or pipe cannot be replaced
            with open(path, "wb") as stream:
                write_to(stream)
        else:
            _replace(path, write_to)
    except OSError as error:
        misuse(f"cannot write `{visible(output)}`: {error.strerror or error}", "--output")


def _replace(path: str, write_to: Callable[[BinaryIO], object]) -> None:
    temporary = os.path.join(os.path.dirname(path), f".{os.path.basename(path)}.{os.getpid()}.tmp")
    try:
        with open(temporary, "xb") as stream:
            write_to(stream)
        if os.path.exists(path):
            os.chmod(temporary, os.stat(path).st_mode & 0o777)
        os.replace(temporary, path)
    except BaseException:
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


class Page(NamedTuple):
    """What a text is laid out for: columns, only ASCII signs or all, colours or none."""

    width: int
    ascii: bool
    color: bool


def page_of(output: str) -> Page:
    """The page of a file, or of what standard output is."""
    from cnncalc.render.table import PIPED_WIDTH

    if not to_stdout(output):
        return Page(PIPED_WIDTH, ascii=False, color=False)
    ascii = not (sys.stdout.encoding or "").lower().startswith("utf")
    return Page(_stdout_width(PIPED_WIDTH), ascii, wants_color(sys.stdout))


def _stdout_width(piped: int) -> int:
    """The columns to use: those of the terminal; of a pipe always the same, unless COLUMNS says so."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdecimal() and 0 < int(columns) < 10**6:
        return int(columns)
    if not sys.stdout.isatty():
        return piped
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns or 80
    except OSError:
        return 80


def _print(text: str, stream: TextIO) -> None:
    """Prints a text; what the stream's encoding does not have comes as an escape."""
    encoding = stream.encoding or "utf-8"
    try:
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
        stream.flush()
    except OSError as error:
        # what is still in the buffer would fail once more at the end of the process
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        typer.echo(f"cannot write: {error.strerror}", err=True)
        raise typer.Exit(FAULTY) from None
