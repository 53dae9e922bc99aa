"""What the README shows is what cnncalc prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cnncalc
from cnncalc.cli.app import app

README = Path(__file__).parent.parent.joinpath("README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)
YAML = [text for language, text in BLOCKS if language == "yaml" and "layers:" in text]
PRINTED = [text for language, text in BLOCKS if not language]

BAD = """input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernal_size: 3}
  - maxpol2d: 2
  - conv2d: {out_channels: 4, kernel_size: 9}
"""


def test_the_table_is_that_of_the_first_network(tmp_path: Path) -> None:
    (tmp_path / "mynet.yaml").write_text(YAML[0])
    ran = CliRunner().invoke(app, ["analyze", str(tmp_path / "mynet.yaml")])
    assert ran.stdout.strip() == PRINTED[0].strip()


def test_the_faults_are_as_they_print(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.yaml").write_text(BAD)
    monkeypatch.chdir(tmp_path)
    ran = CliRunner().invoke(app, ["validate", "bad.yaml"])
    assert ran.exit_code == 1
    assert ran.stderr.strip() == PRINTED[2].strip()


def test_verify_prints_what_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mynet.yaml").write_text(YAML[0])
    monkeypatch.chdir(tmp_path)
    command, *printed = PRINTED[1].splitlines()
    assert command == "$ cnncalc verify mynet.yaml"
    assert CliRunner().invoke(app, ["verify", "mynet.yaml"]).stdout.splitlines() == printed


@pytest.mark.parametrize("text", YAML)
def test_every_network_shown_is_one(text: str) -> None:
    assert cnncalc.analyze(text).totals.params > 0


def test_the_residual_network_has_the_figures_of_a_count_by_hand() -> None:
    report = cnncalc.analyze(YAML[1], params={"width": 0.5})
    # stem 3*8*9; three blocks 2*8*8*9; one 8*16*9 + 16*16*9 + 8*16; batch norms 6*16 + 2*32; head 16*10 + 10
    assert report.totals.params == 216 + 3 * 1152 + 1152 + 2304 + 128 + 96 + 64 + 170
    assert cnncalc.analyze("vgg16", input=(3, 448, 448)).totals.macs == 61_818_437_632
