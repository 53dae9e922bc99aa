"""Weights in files: .npz and .safetensors. Names and shapes are judged before any data is read."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib import format as npy

from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.npy_header import (
    LONGEST_HEADER,
    Unreadable,
    read_header,
    refuse_irregular,
)
from cnncalc.numpy_backend.tensors import refuse_misfits
from cnncalc.numpy_backend.work import Shape

PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl")


def read_weights(path: str | Path, wanted: Mapping[str, Shape], dtype: np.dtype[Any]) -> dict[str, Array]:
    """The wanted tensors of a file. Raises WeightsMisfit, or Unreadable if the file is no good at all."""
    path = Path(path)
    try:
        refuse_irregular(path)
        suffix = path.suffix.lower()
        if suffix == ".npz":
            return _read_npz(path, wanted, dtype)
        if suffix == ".safetensors":
            return _read_safetensors(path, wanted, dtype)
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except Unreadable as reason:
        raise Unreadable(f"cannot read {path}: {reason}") from reason
    if suffix in PICKLES:
        raise Unreadable(
            f"{path} is a pickle, which could run any code and is not loaded; write the tensors of it with "
            "safetensors.torch.save_file(model.state_dict(), 'weights.safetensors')"
        )
    raise Unreadable(f"weights are read from .npz and .safetensors files, not from {path}")


def _summary(path: Path) -> str:
    return f"{path} does not fit the network"


# --- .npz ------------------------------------------------------------------------------------------


def _read_npz(path: Path, wanted: Mapping[str, Shape], dtype: np.dtype[Any]) -> dict[str, Array]:
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
        raise Unreadable("it is not a sound zip file, as .npz files are") from error
    with archive:
        names = {name.removesuffix(".npy"): name for name in archive.namelist()}
        refuse_misfits(_summary(path), names, lambda name: _shape_within(archive, names[name]), wanted)
        return {name: _array_within(archive, names[name]).astype(dtype, copy=False) for name in wanted}


def _shape_within(archive: zipfile.ZipFile, name: str) -> Shape:
    """The shape that a member says its array has. Raises Unreadable."""
    try:
        with archive.open(name) as stream:
            header = read_header(stream)  # type: ignore[arg-type]  # it reads, and no more is asked for
    except Unreadable as reason:
        raise Unreadable(f"cannot be read: {reason}") from reason
    except Exception as error:  # what unpacking finds wrong comes in many types
        raise Unreadable(f"cannot be read: {error}") from error
    if header.length + header.data_bytes != archive.getinfo(name).file_size:
        raise Unreadable("cannot be read: its data is not as long as its shape says")
    return header.shape


def _array_within(archive: zipfile.ZipFile, name: str) -> Array:
    """The array of a member whose header has been looked at."""
    try:
        with archive.open(name) as stream:
            array: Array = npy.read_array(stream, allow_pickle=False, max_header_size=LONGEST_HEADER)
    except Exception as error:  # as above
        raise Unreadable(f"`{name}` in it is broken: {error}") from error
    return array


# --- .safetensors ----------------------------------------------------------------------------------


def _read_safetensors(path: Path, wanted: Mapping[str, Shape], dtype: np.dtype[Any]) -> dict[str, Array]:
    try:
        from safetensors import SafetensorError, safe_open
    except ImportError as error:
        raise Unreadable("it takes the package safetensors: pip install 'cnncalc[weights]'") from error
    try:
        with safe_open(path, framework="numpy") as stored:

            def shape_of(name: str) -> Shape:
                part = stored.get_slice(name)
                if part.get_dtype() not in SAFETENSORS_NUMBERS:
                    raise Unreadable(f"holds {part.get_dtype()}, which NumPy has not; write it as float32")
                return tuple(part.get_shape())

            refuse_misfits(_summary(path), stored.keys(), shape_of, wanted)
            return {name: np.asarray(stored.get_tensor(name), dtype) for name in wanted}
    except SafetensorError as error:
        raise Unreadable(f"it is not a sound safetensors file ({error})") from error


SAFETENSORS_NUMBERS = frozenset(
    ("F64", "F32", "F16", "I64", "I32", "I16", "I8", "U64", "U32", "U16", "U8", "BOOL")
)
