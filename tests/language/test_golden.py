"""What is said of faulty files, in full: tests/golden/NAME.yaml beside what is printed, NAME.txt.

Where NAME.fixed.yaml stands beside them, it is the file after doing what each help says.
UPDATE_GOLDEN=1 writes the outputs anew, to be read before they are committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

import cnncalc
from cnncalc import api
from cnncalc.analysis.budget_faults import budget_faults
from cnncalc.codes import CODES
from cnncalc.diagnostics import ArchitectureError, Diagnostic
from cnncalc.render.diagnostics import render

GOLDEN = Path(__file__).parent.parent / "golden"
FIXED = ".fixed.yaml"
FAULTY_FILES = [path.stem for path in sorted(GOLDEN.glob("*.yaml")) if not path.name.endswith(FIXED)]
FIXED_FILES = [path.name for path in sorted(GOLDEN.glob(f"*{FIXED}"))]


@pytest.fixture(autouse=True)
def in_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(GOLDEN)


def diagnostics_of(file: str) -> list[Diagnostic]:
    try:
        reading = api.read(api.find_text(file))
        examined = api.examine_reading(reading)
        return examined.diagnostics or budget_faults(reading.network.graph, examined.report)
    except ArchitectureError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("name", FAULTY_FILES)
def test_what_is_said(name: str) -> None:
    expected = GOLDEN / f"{name}.txt"
    said = render(diagnostics_of(f"{name}.yaml"), "full") + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FIXED_FILES)
def test_a_file_that_follows_the_help_has_no_faults(file: str) -> None:
    faulty = file.replace(FIXED, ".yaml")
    before = {diagnostic.code for diagnostic in diagnostics_of(faulty)}
    after = diagnostics_of(file)
    # warnings are looked for only in what has no faults
    assert [diagnostic for diagnostic in after if diagnostic.is_error or diagnostic.code in before] == []


@pytest.mark.parametrize("name", FAULTY_FILES)
def test_every_message_stands_alone_and_has_a_way_out(name: str) -> None:
    for diagnostic in diagnostics_of(f"{name}.yaml"):
        says_what_is_possible = diagnostic.code == "E107" or " must be " in diagnostic.message
        assert diagnostic.help or says_what_is_possible, diagnostic.message
        for text in (diagnostic.message, diagnostic.help, *diagnostic.notes):
            assert "\n" not in text
            assert not text.endswith(".") or text.endswith("...")
            assert not re.match(r"[A-Z][a-z]", text), text


def codes_in_the_source() -> set[str]:
    files = (path for path in Path(cnncalc.__file__).parent.rglob("*.py") if path.name != "codes.py")
    return {code for path in files for code in re.findall(r'"([EW]\d{3})"', path.read_text(encoding="utf-8"))}


def test_the_table_holds_the_codes_of_the_source() -> None:
    assert set(CODES) == codes_in_the_source()


def test_every_code_has_a_golden_file() -> None:
    outputs = [path.read_text(encoding="utf-8") for path in GOLDEN.glob("*.txt")]
    shown = {code for output in outputs for code in re.findall(r"^(?:error|warning)\[(\w+)\]", output, re.M)}
    assert shown == set(CODES)


def test_seven_different_faults_give_seven_messages() -> None:
    codes = [diagnostic.code for diagnostic in diagnostics_of("seven.yaml")]
    assert codes == ["E101", "E104", "E301", "E302", "E201", "E303", "E105"]


def test_a_misspelt_argument_and_kind_hide_no_later_fault() -> None:
    said = [f"{d.span.line}:{d.span.column} {d.code}" for d in diagnostics_of("three.yaml")]
    assert said == ["3:31 E101", "4:5 E104", "5:44 E301"]
