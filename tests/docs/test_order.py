"""The pages stand in the reader's order, that of docs/README.md, and their links lead somewhere.

UPDATE_GOLDEN=1 makes the generated pages and the links at the foot of all pages anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tests.docs.generated import GENERATED, anchor
from tests.docs.page import HOUSE

DOCS = HOUSE / "docs"
CONTENTS = (DOCS / "README.md").read_text(encoding="utf-8")
ORDER = list(dict.fromkeys(re.findall(r"\]\(([\w-]+\.md)\)", CONTENTS)))
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def test_every_page_is_in_the_contents() -> None:
    assert sorted(ORDER) == sorted(page.name for page in DOCS.glob("*.md") if page.name != "README.md")


@pytest.mark.parametrize("name", ORDER)
def test_a_page_ends_with_its_neighbours(name: str) -> None:
    page = DOCS / name
    text = GENERATED[name]() if name in GENERATED else page.read_text(encoding="utf-8")
    wanted = f"{text.partition(FOOT)[0].rstrip()}\n\n{foot_of(name)}"
    if os.environ.get("UPDATE_GOLDEN"):
        page.write_text(wanted, encoding="utf-8")
    found = page.read_text(encoding="utf-8")
    assert found == wanted, f"renew docs/{name}: UPDATE_GOLDEN=1 pytest tests/docs/test_order.py"


FOOT = "\n---\n\n"


def foot_of(name: str) -> str:
    place = ORDER.index(name)
    before, after = ORDER[place - 1 : place], ORDER[place + 1 : place + 2]
    links = [f"← [{title(other)}]({other})" for other in before]
    links += ["[Contents](README.md)"]
    links += [f"[{title(other)}]({other}) →" for other in after]
    return f"---\n\n{' · '.join(links)}\n"


def title(name: str) -> str:
    text = GENERATED[name]() if name in GENERATED else (DOCS / name).read_text(encoding="utf-8")
    found = re.search(r"^# (.*)$", text, re.MULTILINE)
    assert found, f"docs/{name} has no title"
    return found[1]


@pytest.mark.parametrize(
    "page",
    [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))],
    ids=lambda page: str(page.relative_to(HOUSE)),
)
def test_links_lead_somewhere(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        path, _, section = target.partition("#")
        linked = page.parent / path if path else page
        assert linked.is_file(), f"{page.name} links to {target}"
        if section:
            headings = re.findall(
                r"^#+ (.*)$", FENCED.sub("", linked.read_text(encoding="utf-8")), re.MULTILINE
            )
            assert section in map(anchor, headings), f"{page.name} links to {target}"
