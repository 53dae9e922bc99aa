"""The pages under docs/ that are made from the program: the kinds and the codes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from cnncalc.analysis.explain_codes import explained_code
from cnncalc.cli.kinds import entry_of, markdown
from cnncalc.codes import CODES
from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.render import explanation_code

MADE = "<!-- Made by UPDATE_GOLDEN=1 pytest tests/docs; what is written here is lost. -->\n"

ABOUT_KINDS = """
# The kinds

Every layer that a file may have, with its arguments and an example. Wherever a value stands, so may an
expression. The lines below an example are what cnncalc makes of it: the shapes that go in and come out, the
tensors that are learned, the operations. `cnncalc kinds conv2d` prints one of them in the terminal.

Operations are counted by sort: *macs* (multiply-accumulates), *adds*, *muls* (divisions too), *compares* and
*transcendentals* (exp, log, tanh, erf, roots, powers). A kind without operations moves what is there, or only
looks at it in another way.
"""

ABOUT_CODES = """
# The codes

Every fault and warning has a code, which never changes its meaning: E0 for YAML, E1 for fields and
expressions, E2 for the graph, E3 for shapes, E5 for limits, W4 for doubtful designs. Each is shown with a
short network that has it, and what cnncalc says of that. `cnncalc explain E301` prints one in the terminal.
"""


def kinds_page() -> str:
    entries = [entry_of(kind) for name in FAMILY_OF if (kind := find_kind(name))]
    return "\n".join([MADE + ABOUT_KINDS, *_families(), "", *markdown(entries)]).rstrip() + "\n"


def _families() -> Iterator[str]:
    for family in dict.fromkeys(FAMILY_OF.values()):
        names = ", ".join(f"[{name}](#{name})" for name in FAMILY_OF if FAMILY_OF[name] == family)
        yield f"- {family.replace('_', ' ')}: {names}"


def codes_page() -> str:
    sections = [explanation_code.markdown(explained_code(code)) for code in CODES]
    return "\n".join([MADE + ABOUT_CODES, *_table_of_codes(), "", *sections])


def _table_of_codes() -> Iterator[str]:
    yield "| code | |"
    yield "|---|---|"
    for code, title in CODES.items():
        yield f"| [{code}](#{anchor(f'{code}: {title}')}) | {title} |"


def anchor(heading: str) -> str:
    """The name that GitHub gives a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


GENERATED = {"kinds.md": kinds_page, "codes.md": codes_page}
