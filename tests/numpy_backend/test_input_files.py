"""Arrays and images as inputs."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cnncalc.numpy_backend.input_files import read_batch
from cnncalc.numpy_backend.npy_header import Unreadable


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(name="Image")
def image_module() -> Any:
    return pytest.importorskip("PIL.Image")


notes: list[str] = []


def read(*paths: str, shape: tuple[int, ...] = (3, 2, 2), resize: bool = True) -> np.ndarray:
    notes.clear()
    return read_batch(paths, shape, resize, notes.append)


def refusal(*paths: str, shape: tuple[int, ...] = (3, 2, 2)) -> str:
    with pytest.raises(Unreadable) as raised:
        read(*paths, shape=shape)
    return str(raised.value)


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


# --- arrays ------------------------------------------------------------------------------------------


def test_an_array_comes_as_it_is() -> None:
    np.save("x.npy", np.arange(12, dtype=np.uint8).reshape(3, 2, 2))
    assert read("x.npy").tolist() == [[[0, 1], [2, 3]], [[4, 5], [6, 7]], [[8, 9], [10, 11]]]
    assert notes == []


def test_several_arrays_are_a_batch() -> None:
    np.save("one.npy", np.full((3, 2, 2), 1))
    np.save("two.npy", np.full((2, 3, 2, 2), 2.5))
    assert read("one.npy", "two.npy")[:, 0, 0, 0].tolist() == [1, 2.5, 2.5]


def test_arrays_of_different_shapes_are_no_batch() -> None:
    np.save("one.npy", np.ones((3, 2, 2)))
    np.save("two.npy", np.ones((1, 3, 4, 4)))
    assert refusal("one.npy", "two.npy") == (
        "files of one batch must have one shape; one.npy is 1 x 3 x 2 x 2, two.npy is 1 x 3 x 4 x 4"
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "cannot read x.npy: it is not an array in NumPy's format"),
        (b"hello", "cannot read x.npy: it is not an array in NumPy's format"),
        (header("(3, 2, 2)"), "cannot read x.npy: the file is shorter than its shape 3 x 2 x 2 takes"),
        (header(f"({10**12}, 3, 2, 2)") + bytes(48), "cannot read x.npy: the file is shorter than its shape"),
        (header("(0, 3, 2, 2)"), "cannot read x.npy: there is nothing in an array of shape (0, 3, 2, 2)"),
    ],
)
def test_arrays_that_are_none(content: bytes, message: str) -> None:
    Path("x.npy").write_bytes(content)
    assert refusal("x.npy").startswith(message)


def test_a_pickle_is_not_loaded() -> None:
    np.save("x.npy", np.array([{}], object), allow_pickle=True)
    assert "it holds Python objects (a pickle), which could run any code" in refusal("x.npy")


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.npy", "cannot read nowhere.npy: there is no such file"),
        (".", "cannot read .: it is a directory"),
        ("x.gif", "inputs are read from .npy, .png and .jpg files, not from x.gif"),
    ],
)
def test_other_files(path: str, message: str) -> None:
    Path("x.gif").touch()
    assert refusal(path) == message


# --- images ------------------------------------------------------------------------------------------

RED_GREEN = np.array([[[255, 0, 0], [0, 255, 0]], [[0, 51, 0], [0, 0, 255]]], np.uint8)
"""Two rows of two pixels."""


def test_a_colour_image_is_channels_from_0_to_1(Image: Any) -> None:
    Image.fromarray(RED_GREEN).save("x.png")
    array = read("x.png")
    assert array.dtype == np.float32
    assert np.allclose(array, [[[1, 0], [0, 0]], [[0, 1], [0.2, 0]], [[0, 0], [0, 1]]])
    assert notes == []


def test_a_colour_image_for_one_channel_is_grey(Image: Any) -> None:
    Image.fromarray(RED_GREEN).save("x.png")
    # 0.299 R + 0.587 G + 0.114 B (ITU-R 601), which Pillow rounds to whole numbers of 255
    assert np.allclose(read("x.png", shape=(1, 2, 2)) * 255, [[[76, 150], [30, 29]]], atol=1)


def test_a_grey_image_for_three_channels(Image: Any) -> None:
    Image.fromarray(np.array([[0, 51]], np.uint8)).save("x.png")
    assert np.allclose(read("x.png", shape=(3, 1, 2)), [[[0, 0.2]]] * 3)


def test_sixteen_bits_of_grey(Image: Any) -> None:
    Image.fromarray(np.array([[0, 13107], [65535, 256]], np.uint16)).save("x.png")
    assert np.allclose(read("x.png", shape=(1, 2, 2)), [[[0, 0.2], [1, 256 / 65535]]])


def test_transparency_is_left_out(Image: Any) -> None:
    Image.fromarray(np.array([[[255, 0, 0, 7]]], np.uint8)).save("x.png")
    assert read("x.png", shape=(3, 1, 1)).tolist() == [[[1]], [[0]], [[0]]]


def test_an_image_is_brought_to_the_size_of_the_input(Image: Any) -> None:
    Image.fromarray(np.full((40, 60, 3), 51, np.uint8)).save("x.jpg", quality=100)
    array = read("x.jpg", shape=(3, 4, 5))
    assert array.shape == (3, 4, 5)
    assert np.allclose(array, 0.2, atol=0.01)
    assert notes == ["x.jpg is resized from 40 x 60 to 4 x 5"]


def test_an_image_may_keep_its_size(Image: Any) -> None:
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save("x.jpeg")
    assert read("x.jpeg", resize=False).shape == (3, 40, 60)
    assert notes == []


def test_images_lie_as_they_were_held(Image: Any) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned by a quarter: rows are columns
    Image.fromarray(np.zeros((40, 60, 3), np.uint8)).save("x.jpg", exif=exif)
    assert read("x.jpg", resize=False).shape == (3, 60, 40)


def test_images_and_arrays_are_one_batch(Image: Any) -> None:
    Image.fromarray(RED_GREEN).save("x.png")
    np.save("x.npy", np.full((3, 2, 2), 7.0))
    assert read("x.png", "x.npy").shape == (2, 3, 2, 2)


@pytest.mark.parametrize("shape", [(4, 2, 2), (3, 2), (3, 2, 2, 2), (3,)])
def test_inputs_that_no_image_is_for(Image: Any, shape: tuple[int, ...]) -> None:
    Image.fromarray(RED_GREEN).save("x.png")
    assert "an image has 1 or 3 x height x width, the network's input is" in refusal("x.png", shape=shape)


@pytest.mark.usefixtures("Image")
def test_what_is_no_image() -> None:
    Path("x.png").write_text("hello")
    assert refusal("x.png") == "cannot read x.png: it is neither a PNG nor a JPEG image"


def test_a_truncated_image(Image: Any) -> None:
    rng = np.random.default_rng(0)
    Image.fromarray(rng.integers(0, 255, (50, 50, 3), np.uint8)).save("x.png")
    Path("x.png").write_bytes(Path("x.png").read_bytes()[:2000])
    assert refusal("x.png").startswith("cannot read x.png: the image is broken (")


@pytest.mark.usefixtures("Image")
@pytest.mark.parametrize("side", [10_000, 100_000])
def test_an_image_that_is_a_bomb(side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    Path("x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", b"") + chunk(b"IEND", b""))
    assert refusal("x.png") == "cannot read x.png: an image may have 89,478,485 pixels at most"


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("x.png").touch()
    monkeypatch.setitem(sys.modules, "PIL", None)
    assert refusal("x.png") == (
        "cannot read x.png: images take the package pillow: pip install 'cnncalc[images]'"
    )
