"""What an array in NumPy's own format is, read without its data: from strangers' files, too."""

from __future__ import annotations

import io
import math
import os
import stat
import warnings
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, NoReturn

import numpy as np
from numpy.lib import format as npy

LONGEST_HEADER = 10_000
NUMBERS = "biuf"
"""The kinds of dtypes (NumPy's letters) that can be computed with."""


class Unreadable(ValueError):
    """A file, or an array in it, is not what it should be."""


class Header(NamedTuple):
    """What a file says of its array."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    length: int
    """The bytes before the data."""

    @property
    def data_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(stream: BinaryIO) -> Header:
    """The header of an array of numbers. Raises Unreadable."""
    # a header may claim any length, so its parser gets no more than a sound one can have
    start = io.BytesIO(stream.read(LONGEST_HEADER))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of headers that Python 2 wrote
            version = npy.read_magic(start)
            read = {(1, 0): npy.read_array_header_1_0, (2, 0): npy.read_array_header_2_0}[version]
            shape, _, dtype = read(start)
    except Exception as error:  # the parser's own, and those of Python's that it parses with
        raise Unreadable("it is not an array in NumPy's format") from error
    if dtype.hasobject:
        raise Unreadable("it holds Python objects (a pickle), which could run any code and are not loaded")
    if dtype.kind not in NUMBERS:
        raise Unreadable(f"it holds {dtype.name}, not real numbers")
    if not all(size >= 0 for size in shape):
        raise Unreadable(f"its shape is said to be {shape}")
    return Header(shape, dtype, start.tell())


def refuse_irregular(path: Path) -> None:
    """Raises Unreadable if there is no file, or what is there is not one (a pipe would be waited for)."""
    try:
        mode = os.stat(path).st_mode
    except (OSError, ValueError) as error:
        refuse_unopened(error)
    if stat.S_ISDIR(mode):
        raise Unreadable("it is a directory")
    if not stat.S_ISREG(mode):
        raise Unreadable("it is not a regular file")


def refuse_unopened(error: OSError | ValueError) -> NoReturn:
    """Raises Unreadable for what went wrong when a file was opened or read."""
    if isinstance(error, FileNotFoundError):
        raise Unreadable("there is no such file") from error
    raise Unreadable((getattr(error, "strerror", None) or str(error)).lower()) from error
