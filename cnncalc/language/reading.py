"""The text of a file or of the standard input, refused with a message where it cannot be a network."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO, NoReturn

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, Span, nearest

SIZE_LIMIT = 16 * 1024 * 1024


def read_text(path: Path) -> Source:
    """The text of a file, which must be UTF-8 and of at most 16 MB."""
    name = str(path)
    try:
        with path.open("rb") as stream:
            if os.fstat(stream.fileno()).st_size > SIZE_LIMIT:
                refuse_size(Source(name, ""))
            return _read(name, stream)
    except (OSError, ValueError) as error:
        _refuse_unreadable(path, error)


def read_stdin() -> Source:
    """The text of the standard input, under the same conditions as that of a file."""
    if sys.stdin is None:
        refuse("E001", Source("<stdin>", ""), "standard input is closed", "name a file instead")
    try:
        return _read("<stdin>", sys.stdin.buffer)
    except OSError as error:
        refuse("E001", Source("<stdin>", ""), f"cannot read standard input: {_reason(error)}", "name a file")


def _read(name: str, stream: BinaryIO) -> Source:
    # The size that `stat` gives is 0 for a pipe or a device, so the reading is bounded as well.
    data = stream.read(SIZE_LIMIT + 1)
    if len(data) > SIZE_LIMIT:
        refuse_size(Source(name, ""))
    return Source(name, _decode(name, data))


def _decode(name: str, data: bytes) -> str:
    source = Source(name, "")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        refuse("E001", source, f"`{name}` is UTF-16 text, not UTF-8", "save it with the encoding UTF-8")
    if b"\0" in data:
        refuse("E001", source, f"`{name}` is a binary file, not text", "name an architecture file in YAML")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"`{name}` is not UTF-8 text: byte 0x{error.object[error.start]:02x} in line {line}"
        refuse("E001", source, message, "save it with the encoding UTF-8")


def _refuse_unreadable(path: Path, error: OSError | ValueError) -> NoReturn:
    source = Source(str(path), "")
    if isinstance(error, FileNotFoundError):
        refuse("E001", source, f"there is no file `{path}`", _similar_file(path))
    if isinstance(error, IsADirectoryError):
        refuse("E001", source, f"`{path}` is a directory, not a file", "name an architecture file in it")
    if isinstance(error, PermissionError):
        message = f"no permission to read `{path}`"
        refuse("E001", source, message, "make the file readable for you, or read a copy")
    refuse("E001", source, f"cannot read `{path}`: {_reason(error)}", "name a readable architecture file")


def _reason(error: OSError | ValueError) -> str:
    return (getattr(error, "strerror", None) or str(error)).lower()


def _similar_file(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in (".yaml", ".yml")]
    except OSError:
        return f"there is no directory `{path.parent}` either"
    similar = nearest(path.name, names)
    if similar is None:
        return "check the path; it is taken from the current directory"
    return f"did you mean `{path.with_name(similar)}`?"


def refuse_size(source: Source) -> NoReturn:
    message = f"`{source.name}` is larger than 16 MB"
    refuse("E004", source, message, "write repeated layers once, with `repeat`")


def refuse(code: str, source: Source, message: str, help: str) -> NoReturn:
    """Raise a fault that concerns the source as a whole."""
    raise ArchitectureError([Diagnostic(code, message, Span(source, 1, 1, 1, 1), help=help)])
