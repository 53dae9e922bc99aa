"""Every block of the README and of the pages under docs/ is run, and prints what is shown.

UPDATE_GOLDEN=1 writes outputs that differ into the pages (in full, also where there was a `...`), to be read
before they are committed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image

from tests.docs.page import HOUSE, Player, matches, needs_torch, pages


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_all_blocks_of_a_page(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    play(page, tmp_path, monkeypatch)


PAGES_WITH_TORCH = [page for page in pages() if needs_torch(page.read_text(encoding="utf-8"))]


@pytest.mark.oracle
@pytest.mark.parametrize("page", PAGES_WITH_TORCH, ids=lambda page: page.name)
def test_blocks_with_torch(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(tmp_path)  # what a page exports, it imports
    play(page, tmp_path, monkeypatch, with_torch=True)


def play(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, with_torch: bool = False) -> None:
    monkeypatch.chdir(folder)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    what_a_reader_has(page.read_text(encoding="utf-8"))
    player = Player(page.read_text(encoding="utf-8"), with_torch)
    player.play()
    wrong = player.faults
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(player.page, encoding="utf-8")
    else:
        wrong += player.differences
    if wrong:
        head = f"{page.relative_to(HOUSE)} shows what is not so (UPDATE_GOLDEN=1 renews outputs):"
        pytest.fail("\n\n".join([head, *wrong]), pytrace=False)


def what_a_reader_has(page: str) -> None:
    """The photograph and the repository that the pages speak of."""
    if "cat.jpg" in page:
        Image.linear_gradient("L").convert("RGB").resize((640, 480)).save("cat.jpg")
    if "git show" in page:
        if shutil.which("git") is None:
            pytest.skip("the page speaks of a repository, and there is no git here")
        Path("net.yaml").write_text(
            "input: [3, 8, 8]\nlayers:\n  - conv2d: {out_channels: 4, kernel_size: 3}\n"
        )
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.org"]
        for arguments in (["init", "-qb", "main"], ["add", "net.yaml"], [*identity, "commit", "-qm", "one"]):
            subprocess.run(["git", *arguments], check=True)


def test_a_player_finds_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    network = "input: [3, 8, 8]\nlayers:\n  - relu\n"
    shown = "$ cnncalc validate net.yaml\nnet.yaml: fine: 2 layers, 0 parameters, 0 MACs, output 3 x 8 x 8\n"
    page = (
        f"```yaml\n# net.yaml\n{network}```\n```console\n{shown}```\n"
        f"```yaml\n# unused.yaml\n{network}```\n"
        "```yaml\ninput: [3, 8, 8]\nlayers:\n  - max_pool2d: 9\n```\n"
        "```sh\ncnncalc analyze nothing.yaml\n```\n"
        "```python\n>>> 1 + 1\n3\n```\n"
    )
    player = Player(page)
    player.play()
    unused, pool, nothing, sum_ = player.faults
    (wrong,) = player.differences
    assert "fine: 1 layer," in wrong
    assert unused == "nothing on the page uses the file unused.yaml"
    assert "a window of 9 does not fit" in pool
    assert "nothing.yaml" in nothing
    assert "Expected:\n    3" in sum_
    assert player.page == page.replace("2 layers", "1 layer")


def test_sections_with_torch_are_played_with_the_oracle_alone() -> None:
    parts = ("a = 1\n```\n## Two", "a = 2\n```", "import numpy, torch\n```\n## Three", "b = 3\n```")
    player = Player("".join(f"```python\n{part}\n" for part in parts))
    player.play()
    assert (player.names["a"], player.names["b"]) == (1, 3)
    assert "torch" not in player.names
    assert PAGES_WITH_TORCH == [HOUSE / "docs" / "export.md"]


def test_what_counts_as_shown() -> None:
    assert matches("one\n...\nfour\n", "one\ntwo\nthree\nfour\n")
    assert matches("drawn in 18.5 ms\n", "drawn in 3 s  \n")
    assert not matches("one\nfour\n", "one\ntwo\nfour\n")
    assert not matches("one\n", "one\ntwo\n")
