"""Files of weights: what is read, and what is refused, also of files that are meant to do harm."""

from __future__ import annotations

import os
import pickle
import struct
import sys
import tracemalloc
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from cnncalc.numpy_backend.npy_header import Unreadable
from cnncalc.numpy_backend.tensors import WeightsMisfit
from cnncalc.numpy_backend.weight_files import read_weights

FLOAT32 = np.dtype("float32")
WANTED = {"a.weight": (2, 3), "a.bias": (2,)}
TENSORS = {"a.weight": np.array([[1.0, 2, 3], [4, 5, 6]]), "a.bias": np.array([0.5, -0.5])}


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def little_memory() -> Iterator[None]:
    """Fails a test in which Python's memory grows by more than 8 MiB at any time."""
    tracemalloc.start()
    yield
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 8 << 20


def header(shape: str, descr: str = "'<f4'") -> bytes:
    """The first bytes of a .npy file."""
    text = f"{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}".encode()
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text


def write_npz(**members: bytes) -> None:
    with zipfile.ZipFile("w.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"a.bias": header("(2,)") + bytes(8), **members}.items():
            archive.writestr(f"{name}.npy", data)


def refusal(path: str = "w.npz") -> str:
    with pytest.raises(ValueError) as raised:  # noqa: PT011
        read_weights(path, WANTED, FLOAT32)
    assert isinstance(raised.value, (Unreadable, WeightsMisfit))
    return str(raised.value)


# --- what is read ------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int8", ">f8"])
@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
def test_npz(save: type[np.savez], dtype: str) -> None:
    tracked = {"a.num_batches_tracked": np.array(5)}
    tensors = {name: np.asfortranarray(tensor.astype(dtype)) for name, tensor in TENSORS.items()}
    save("w.npz", **tensors, **tracked)
    read = read_weights("w.npz", WANTED, FLOAT32)
    assert list(read) == list(WANTED)
    assert {array.dtype for array in read.values()} == {FLOAT32}
    assert read["a.weight"].tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "int64"])
def test_safetensors(dtype: str) -> None:
    save_file = pytest.importorskip("safetensors.numpy").save_file
    save_file({name: tensor.astype(dtype) for name, tensor in TENSORS.items()}, "w.safetensors")
    read = read_weights(Path("w.safetensors"), WANTED, FLOAT32)
    assert list(read) == list(WANTED)
    assert {array.dtype for array in read.values()} == {FLOAT32}
    assert read["a.weight"].tolist() == [[1, 2, 3], [4, 5, 6]]


# --- what does not fit -------------------------------------------------------------------------------


def test_misfits_of_npz() -> None:
    np.savez("w.npz", **{"a.weigth": np.ones((2, 3)), "a.bias": np.ones(3)})
    assert refusal() == (
        "w.npz does not fit the network: 1 missing, 1 unknown, 1 misshapen\n"
        "  missing     `a.weight`, shape 2 x 3\n"
        "  unknown     `a.weigth`; did you mean `a.weight`?\n"
        "  misshapen   `a.bias`, shape 3; the network needs 2"
    )


def test_misfits_of_safetensors() -> None:
    save_file = pytest.importorskip("safetensors.numpy").save_file
    save_file({"a.weight": np.ones((3, 2)), "b": np.ones(3)}, "w.safetensors")
    assert refusal("w.safetensors") == (
        "w.safetensors does not fit the network: 1 missing, 1 unknown, 1 misshapen\n"
        "  missing     `a.bias`, shape 2\n"
        "  unknown     `b`\n"
        "  misshapen   `a.weight`, shape 3 x 2; the network needs 2 x 3"
    )


def test_bfloat16_in_safetensors() -> None:
    pytest.importorskip("safetensors")
    text = b'{"a.bias":{"dtype":"BF16","shape":[2],"data_offsets":[0,4]}}'
    Path("w.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + bytes(4))
    assert "unreadable  `a.bias` holds BF16, which NumPy has not; write it as float32" in refusal(
        "w.safetensors"
    )


def test_without_safetensors(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("w.safetensors").write_bytes(b"")
    monkeypatch.setitem(sys.modules, "safetensors", None)
    assert refusal("w.safetensors") == (
        "cannot read w.safetensors: it takes the package safetensors: pip install 'cnncalc[weights]'"
    )


# --- what is no file of weights ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("nowhere.npz", "cannot read nowhere.npz: there is no such file"),
        ("folder.npz", "cannot read folder.npz: it is a directory"),
        ("text.npz", "cannot read text.npz: it is not a sound zip file, as .npz files are"),
        ("empty.npz", "cannot read empty.npz: it is not a sound zip file"),
        ("w.onnx", "weights are read from .npz and .safetensors files, not from w.onnx"),
        ("w.pth", "w.pth is a pickle, which could run any code and is not loaded; write the tensors of it"),
        ("x\0.npz", "null"),
    ],
)
def test_other_files(path: str, message: str) -> None:
    Path("folder.npz").mkdir()
    Path("text.npz").write_text("text")
    for name in ("empty.npz", "w.onnx", "w.pth"):
        Path(name).touch()
    assert message in refusal(path)


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, struct.pack("<Q", 2) + b"{}" * 9, b"PK\3\4"])
def test_broken_safetensors(content: bytes) -> None:
    pytest.importorskip("safetensors")
    Path("w.safetensors").write_bytes(content)
    assert "cannot read w.safetensors: it is not a sound safetensors file" in refusal("w.safetensors")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with names")
def test_a_pipe_is_not_waited_for() -> None:
    os.mkfifo("w.npz")
    assert refusal() == "cannot read w.npz: it is not a regular file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission() -> None:
    np.savez("w.npz", **TENSORS)
    Path("w.npz").chmod(0)
    assert refusal() == "cannot read w.npz: permission denied"


# --- files that are meant to do harm -----------------------------------------------------------------


class _Harm:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, ("harmed",)


def test_pickles_are_not_loaded() -> None:
    write_npz(**{"a.weight": header("(2, 3)", "'|O'") + pickle.dumps(_Harm())})
    assert "`a.weight` cannot be read: it holds Python objects (a pickle)" in refusal()
    write_npz(**{"a.weight": pickle.dumps(_Harm())})
    assert "`a.weight` cannot be read: it is not an array in NumPy's format" in refusal()
    assert not Path("harmed").exists()


@pytest.mark.usefixtures("little_memory")
@pytest.mark.parametrize(
    ("member", "message"),
    [
        (header("(4000, 4000)") + bytes(64_000_000), "shape 4000 x 4000; the network needs 2 x 3"),
        (header("(2, 3)") + bytes(64_000_000), "its data is not as long as its shape says"),
        (header(f"({10**15}, {10**15})"), "its data is not as long as its shape says"),
        (header("(2, 3)"), "its data is not as long as its shape says"),
        (header("(-2, -3)") + bytes(24), "its shape is said to be (-2, -3)"),
        (header("(2, 3)", "'<U4000000'"), "holds str"),
        (header("(2, 3)", "'<c8'") + bytes(48), "it holds complex64, not real numbers"),
        (header("(2, 3)", "[('x', '<f4')]") + bytes(24), "not real numbers"),
        (header("(" * 5000), "it is not an array in NumPy's format"),
        (header("2"), "it is not an array in NumPy's format"),
        (b"\x93NUMPY\x02\x00" + struct.pack("<I", 2**32 - 1) + b" " * 50_000_000, "it is not an array"),
        (b"\x93NUMPY\x09\x00" + bytes(100), "it is not an array in NumPy's format"),
        (b"", "it is not an array in NumPy's format"),
    ],
    ids=range(13),
)
def test_bombs(member: bytes, message: str) -> None:
    write_npz(**{"a.weight": member})
    assert message in refusal()


def test_broken_data() -> None:
    np.savez("w.npz", **TENSORS)
    data = bytearray(Path("w.npz").read_bytes())
    data[data.index(TENSORS["a.weight"].tobytes())] ^= 1
    Path("w.npz").write_bytes(data)
    assert "Bad CRC-32" in refusal()


def test_many_members_are_not_looked_into() -> None:
    with zipfile.ZipFile("w.npz", "w") as archive:
        for number in range(5000):
            archive.writestr(f"extra_{number}.npy", b"")
    text = refusal()
    assert text.startswith("w.npz does not fit the network: 2 missing, 5,000 unknown\n")
    assert len(text.splitlines()) == 44
