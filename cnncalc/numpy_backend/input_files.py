"""Inputs of a run in files: arrays (.npy), and images (.png, .jpg) as arrays of 0 to 1."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from cnncalc.layers.shapes import written
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.npy_header import Unreadable, read_header, refuse_irregular
from cnncalc.numpy_backend.work import Shape

Note = Callable[[str], None]
"""Is told what was done to a file that its owner may not expect."""

IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg")
MODES = {1: "L", 3: "RGB"}
"""Pillow's names for images of so many channels: grey, and red, green, blue."""


def read_batch(paths: Sequence[str | Path], shape: Shape, resize: bool, note: Note) -> Array:
    """The arrays of all files for an input of this shape (C, H, W), behind one another as a batch.

    An image is brought to the height and width of the shape (if `resize`), which is told to `note`.
    Raises Unreadable.
    """
    arrays = [read_input(path, shape, resize, note) for path in paths]
    if len(arrays) == 1:
        return arrays[0]
    batches = [array[None] if array.ndim == len(shape) else array for array in arrays]
    for path, batch in zip(paths, batches, strict=True):
        if batch.shape[1:] != batches[0].shape[1:]:
            raise Unreadable(
                f"files of one batch must have one shape; {paths[0]} is {written(batches[0].shape)}, "
                f"{path} is {written(batch.shape)}"
            )
    return np.concatenate(batches)


def read_input(path: str | Path, shape: Shape, resize: bool, note: Note) -> Array:
    """The array in one file, with a batch or without."""
    path = Path(path)
    try:
        refuse_irregular(path)
        suffix = path.suffix.lower()
        if suffix == ".npy":
            return _read_npy(path)
        if suffix in IMAGE_SUFFIXES:
            return _read_image(path, shape, resize, note)
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {(error.strerror or str(error)).lower()}") from error
    except Unreadable as reason:
        raise Unreadable(f"cannot read {path}: {reason}") from reason
    raise Unreadable(f"inputs are read from .npy, .png and .jpg files, not from {path}")


def _read_npy(path: Path) -> Array:
    """The array, whose numbers are read from the file when they are used."""
    with path.open("rb") as stream:
        header = read_header(stream)
    if header.length + header.data_bytes > path.stat().st_size:
        raise Unreadable(f"the file is shorter than its shape {written(header.shape)} takes")
    if not header.data_bytes:
        raise Unreadable(f"there is nothing in an array of shape {header.shape}")
    array: Array = np.load(path, mmap_mode="r", allow_pickle=False)
    return array


# --- images ----------------------------------------------------------------------------------------


def _read_image(path: Path, shape: Shape, resize: bool, note: Note) -> Array:
    if len(shape) != 3 or shape[0] not in MODES:
        raise Unreadable(
            f"an image has 1 or 3 x height x width, the network's input is {written(shape)}; use .npy"
        )
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError as error:
        raise Unreadable("images take the package pillow: pip install 'cnncalc[images]'") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=("PNG", "JPEG")) as image:
                pixels = _upright(image)
                height, width = shape[1:]
                if resize and pixels.size != (width, height):
                    note(f"{path} is resized from {pixels.height} x {pixels.width} to {height} x {width}")
                    return _as_array(pixels, shape[0], (width, height))
                return _as_array(pixels, shape[0], pixels.size)
    except UnidentifiedImageError as error:
        raise Unreadable("it is neither a PNG nor a JPEG image") from error
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise Unreadable(f"an image may have {Image.MAX_IMAGE_PIXELS:,} pixels at most") from error
    except Exception as error:  # what a decoder finds wrong comes in many types
        raise Unreadable(f"the image is broken ({error})") from error


def _upright(image: Any) -> Any:
    """The image turned as its camera was held."""
    from PIL import ImageOps

    return ImageOps.exif_transpose(image)


def _as_array(image: Any, channels: int, size: tuple[int, int]) -> Array:
    """The pixels as C x H x W of 0 to 1, at this width and height."""
    from PIL import Image

    deep = image.mode.startswith("I")  # 16 bits of grey, which Pillow would cut off at 255
    pixels = image.convert("F" if deep else MODES[channels])
    if pixels.size != size:
        pixels = pixels.resize(size, Image.Resampling.BILINEAR)
    numbers = np.asarray(pixels, np.float32) / (65535 if deep else 255)
    if numbers.ndim == 2:
        return np.broadcast_to(numbers, (channels, *numbers.shape))
    return numbers.transpose(2, 0, 1)
