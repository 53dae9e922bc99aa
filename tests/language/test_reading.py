"""Reading files and standard input: what is text, and what is refused before it is YAML."""

from __future__ import annotations

import io
import os
import sys
import time
from pathlib import Path

import pytest

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source
from cnncalc.language.reading import read_stdin, read_text


def refused(path: Path) -> Diagnostic:
    with pytest.raises(ArchitectureError) as caught:
        read_text(path)
    (only,) = caught.value.diagnostics
    assert only.span.source.name == str(path)
    assert (only.span.line, only.span.column) == (1, 1)
    assert only.help
    return only


def written(folder: Path, content: bytes) -> Path:
    path = folder / "net.yaml"
    path.write_bytes(content)
    return path


def test_text_is_read_with_its_name(tmp_path: Path) -> None:
    path = written(tmp_path, "name: é\n".encode())
    assert read_text(path) == Source(str(path), "name: é\n")


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    assert read_text(written(tmp_path, b"\xef\xbb\xbfa: 1\n")).text == "a: 1\n"


def test_a_missing_file_suggests_a_similar_one(tmp_path: Path) -> None:
    written(tmp_path, b"a: 1\n")
    only = refused(tmp_path / "nett.yaml")
    assert (only.code, only.message) == ("E001", f"there is no file `{tmp_path / 'nett.yaml'}`")
    assert only.help == f"did you mean `{tmp_path / 'net.yaml'}`?"
    assert refused(tmp_path / "other").help == "check the path; it is taken from the current directory"
    assert "there is no directory" in refused(tmp_path / "absent" / "net.yaml").help


def test_a_directory_is_refused(tmp_path: Path) -> None:
    assert refused(tmp_path).message == f"`{tmp_path}` is a directory, not a file"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path, b"a: 1\n")
    path.chmod(0)
    assert refused(path).message == f"no permission to read `{path}`"


def test_other_faults_of_the_system_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", fail)
    assert refused(tmp_path / "net.yaml").message == f"no permission to read `{tmp_path / 'net.yaml'}`"
    monkeypatch.undo()
    assert refused(Path("a\0b")).message == "cannot read `a\0b`: embedded null byte"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"\x7fELF\0\0\0", "is a binary file, not text"),
        ("a: 1\n".encode("utf-16"), "is UTF-16 text, not UTF-8"),
        (b"a: 1\nb: \xe9\n", "is not UTF-8 text: byte 0xe9 in line 2"),
    ],
)
def test_what_is_not_utf_8_is_refused(tmp_path: Path, content: bytes, expected: str) -> None:
    only = refused(written(tmp_path, content))
    assert only.code == "E001"
    assert only.message.endswith(expected)


def test_a_large_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    with path.open("wb") as stream:
        stream.truncate(50_000_000)
    begin = time.perf_counter()
    only = refused(path)
    assert time.perf_counter() - begin < 0.1
    assert (only.code, only.message) == ("E004", f"`{path}` is larger than 16 MB")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs a device without end")
def test_a_device_without_end_is_refused() -> None:
    assert refused(Path("/dev/zero")).code == "E004"


def test_standard_input_is_read_likewise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a: 1\n")))
    assert read_stdin() == Source("<stdin>", "a: 1\n")
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\0")))
    with pytest.raises(ArchitectureError, match=r"<stdin>:1:1: E001 `<stdin>` is a binary file"):
        read_stdin()
    monkeypatch.setattr(sys, "stdin", None)
    with pytest.raises(ArchitectureError, match="standard input is closed"):
        read_stdin()
