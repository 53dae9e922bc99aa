"""Outputs of a run in files: .npy for one array, .npz for any number of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import BinaryIO
from zipfile import ZipFile

from numpy.lib.format import write_array

from cnncalc.numpy_backend.counting import Array


def writer(outputs: Mapping[str, Array], path: str) -> Callable[[BinaryIO], None]:
    """What writes the outputs to a stream, in the format that the path's suffix names."""

    def write_one(stream: BinaryIO) -> None:
        (output,) = outputs.values()
        write_array(stream, output, allow_pickle=False)

    def write_all(stream: BinaryIO) -> None:  # as np.savez, to which a name like `file` cannot be given
        with ZipFile(stream, "w") as archive:
            for name, output in outputs.items():
                with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                    write_array(member, output, allow_pickle=False)

    return write_one if path.endswith(".npy") else write_all
