"""The body of a constructor: an attribute for each submodule, and loops for repeats."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, NamedTuple

from cnncalc.interop.expressions import named, names_in
from cnncalc.interop.expressions import template as name_template
from cnncalc.interop.outline import Item
from cnncalc.interop.pytorch.channels import Channels
from cnncalc.interop.pytorch.constructor import Constructor
from cnncalc.interop.pytorch.contexts import (
    Context,
    Contexts,
    first_of,
    in_turn,
    is_single,
    last_of,
    present_in,
    turns_in,
)
from cnncalc.interop.pytorch.layout import WIDTH, Bracketed, Code, Conditional, Repeated, call, flat, laid_out
from cnncalc.interop.pytorch.names import identifier, is_plain
from cnncalc.interop.pytorch.parameters import Unwritable, shown
from cnncalc.interop.templates import LoopTemplate, Run, Template
from cnncalc.language.nodes import Scalar

CARRIED = "in_channels"
HOISTED = "out_channels"
SHORT = 32
"""A branch of a merge in fewer characters stays where it is."""


class Statement(NamedTuple):
    depth: int
    before: str
    code: Code = ""

    def lines(self, indent: int) -> list[str]:
        return laid_out(self.code, indent + 4 * self.depth, self.before)


class Body:
    """Writes the statements for a class whose members follow one another."""

    def __init__(self, constructor: Constructor) -> None:
        self.constructor = constructor
        self.parameters = constructor.parameters
        self.lists: dict[str, tuple[str, str]] = {}
        """What the variable of an open loop goes along with: `for stage, depth in enumerate(...)`."""

    def members(
        self, templates: Sequence[Template], contexts: Contexts, channels: Channels, depth: int
    ) -> tuple[list[Statement], Channels]:
        """The members of a chain, made one behind the other."""
        statements: list[Statement] = []
        for template in templates:
            if isinstance(template, LoopTemplate):
                more, channels = self.repeat(template, contexts, channels, depth)
            else:
                more, channels = self.member(template, contexts, channels, depth)
            statements += more
        return statements, channels

    def member(
        self, template: Template, contexts: Contexts, channels: Channels, depth: int
    ) -> tuple[list[Statement], Channels]:
        assert not isinstance(template, LoopTemplate)
        constructor = self.constructor
        condition = constructor.condition(template, contexts)
        code, given = constructor.code(template, contexts, channels)
        items: Sequence[Any] = template.items
        there = present_in(contexts, items)
        if condition is None:
            return self.assigned(there, code, depth), given
        after = constructor.through(template, contexts, channels, given)
        return [Statement(depth, f"if {shown(condition)}:"), *self.assigned(there, code, depth + 1)], after

    def assigned(self, there: Sequence[tuple[Context, Item]], code: Code, depth: int) -> list[Statement]:
        names = {item.name for _, item in there}
        if len(names) > 1 or self.parameters.loops:
            return [Statement(depth, "", call("self.add_module", ("", self.name_text(there)), ("", code)))]
        return assignment(names.pop(), code, self.parameters.taken(), depth)

    def name_text(self, there: Sequence[tuple[Context, Item]]) -> str:
        """The names of the turns of a loop as one f-string."""
        _, item = there[0]
        placing = item.placing
        node = (placing.entry.siblings or {}).get("name") if placing else None
        text = None
        if placing is not None and isinstance(node, Scalar):
            free = set(self.parameters.loops)
            text = name_template(node.text, free, placing.place.scope.names)
        for candidate in (text, *self.numbered(there)):
            if candidate is not None and all(
                named(candidate, self.parameters.values(context)) == item.name for context, item in there
            ):
                return f'f"{candidate}"' if "{" in candidate else f'"{candidate}"'
        raise Unwritable

    def numbered(self, there: Sequence[tuple[Context, Item]]) -> list[str]:
        """Names that end in a number which grows with the innermost loop."""
        found = re.fullmatch(r"(.*?)(\d+)(.*)", there[0][1].name)
        if not found or not self.parameters.loops:
            return []
        before, number, after = found.groups()
        variable = self.parameters.loops[-1]
        shift = int(number) - dict(there[0][0].turns)[variable]
        return [f"{before}{{{variable} + {shift}}}{after}" if shift else f"{before}{{{variable}}}{after}"]

    # --- loops ---

    def repeat(
        self, template: LoopTemplate, contexts: Contexts, channels: Channels, depth: int
    ) -> tuple[list[Statement], Channels]:
        lists = dict(self.lists)
        written = self.constructor.attempt(partial(self.loop, template, contexts, channels, depth))
        if written is not None:
            return written
        self.lists = lists
        if template.unrolled is None:
            raise Unwritable
        statements: list[Statement] = []
        for place, turn in enumerate(template.unrolled):
            more, channels = self.members(turn, in_turn(template, contexts, place), channels, depth)
            statements += more
        return statements, channels

    def loop(
        self, template: LoopTemplate, contexts: Contexts, channels: Channels, depth: int
    ) -> tuple[list[Statement], Channels]:
        """A repeat as a loop; raises Unwritable where it cannot be one, or reads better turn by turn."""
        variable, inner = turns_in(template, contexts)
        taken = self.parameters.taken()
        if template.body is None or not _counts_up(template) or identifier(variable, taken) != variable:
            raise Unwritable
        present = present_in(contexts, template.runs)
        count = self.count(template, contexts)
        if count == "2":
            raise Unwritable
        reads = self.reads(variable, present)
        carries = channels is None or not self.parameters.holds(channels, reads)
        before = self.carry(reads, present, channels, depth) if carries else []
        self.parameters.loops.append(variable)
        body, given = self.members(template.body, inner, CARRIED if carries else channels, depth + 1)
        if carries and given != CARRIED:
            if given is None:
                raise Unwritable
            body.append(Statement(depth + 1, f"{CARRIED} = {shown(self.parameters.take(given))}"))
        body = self.hoisted(body, variable, depth + 1)
        self.parameters.loops.pop()
        after = self.behind(variable, present, carries, (given, channels))
        return [*before, Statement(depth, self.header(variable, count, body)), *body], after

    def reads(self, variable: str, present: Sequence[tuple[Context, Run]]) -> list[tuple[Context, int]]:
        """The channels that each turn reads."""
        read = self.constructor.design.channels_read
        return [
            (Context(context.number, (*context.turns, (variable, number))), read(first_of(items)))
            for context, run in present
            for number, items in run.turns
        ]

    def carry(
        self,
        reads: Sequence[tuple[Context, int]],
        present: Sequence[tuple[Context, Run]],
        channels: Channels,
        depth: int,
    ) -> list[Statement]:
        """Lets a variable hold what each turn reads; the statement that sets it for the first."""
        design = self.constructor.design
        firsts = [(context, design.channels_read(first_of(run.turns[0][1]))) for context, run in present]
        start = self.constructor.channels.text(firsts, [channels])
        if start is None:
            raise Unwritable
        self.parameters.take(start)
        self.parameters.carried.setdefault(CARRIED, {}).update(reads)
        return [] if start == CARRIED else [Statement(depth, f"{CARRIED} = {shown(start)}")]

    def behind(
        self,
        variable: str,
        present: Sequence[tuple[Context, Run]],
        carries: bool,
        candidates: Sequence[Channels],
    ) -> Channels:
        """The text of the channels behind a loop."""
        design = self.constructor.design
        ends = [(context, design.channels_given(last_of(run.turns[-1][1]))) for context, run in present]
        free = [text for text in candidates if text and text != CARRIED and variable not in names_in(text)]
        if carries:
            self.parameters.carried[CARRIED].update(ends)
            if self.parameters.loops:  # the loop around hands it on
                free = [CARRIED]
            elif not self.constructor.is_root:
                free.append(CARRIED)
        return self.constructor.channels.text(ends, free)

    def header(self, variable: str, count: str, body: Sequence[Statement]) -> str:
        if variable in self.lists:
            name, values = self.lists.pop(variable)
            return f"for {variable}, {name} in enumerate({values}):"
        mentioned = any(re.search(rf"\b{variable}\b", text_of(statement)) for statement in body)
        return f"for {variable if mentioned else '_'} in range({shown(count)}):"

    def count(self, template: LoopTemplate, contexts: Contexts) -> str:
        """How many turns a loop has. Where a list says so for each turn around, its item has its name."""
        text = self.constructor.count(template, contexts)
        run = next(run for run in template.runs if run is not None)
        node = (run.entry.siblings or {}).get("repeat")
        node = node.get("times") if node is not None and hasattr(node, "get") else node
        found = re.fullmatch(r"(\w+)\[(\w+)\]", node.text.strip()) if isinstance(node, Scalar) else None
        listed = re.fullmatch(r"(\[[^\[\]]*\])\[(\w+)\]", text)
        if not found or not listed or found[2] not in self.parameters.loops:
            return text
        name, variable = found.groups()
        taken = any(name in self.parameters.values(c) for c in contexts if c is not None)
        if (
            taken
            or variable in self.lists
            or len(listed[1].split(",")) != self.turns_around(variable, contexts)
        ):
            return text
        self.lists[variable] = (name, shown_list(listed[1]))
        self.parameters.carried[name] = {
            context: len(run.turns) for context, run in present_in(contexts, template.runs)
        }
        return name

    def turns_around(self, variable: str, contexts: Contexts) -> int:
        return 1 + max(dict(context.turns)[variable] for context in contexts if context is not None)

    def hoisted(self, body: list[Statement], variable: str, depth: int) -> list[Statement]:
        """The body with what it computes twice from the loop's variable computed once."""
        for statement in body:
            name, sign, text = statement.before.partition(" = ")
            if name != CARRIED or not sign or not re.search(rf"\b{variable}\b", text) or text.isidentifier():
                continue
            taken = any(HOISTED in names for names in self.parameters.visible)
            uses = sum(text_of(other).count(text) for other in body)
            inner = [other.before.split()[1].rstrip(",") for other in body if other.before.startswith("for ")]
            if taken or uses < 2 or any(re.search(rf"\b{name}\b", text) for name in inner):
                continue
            replaced = [
                Statement(
                    other.depth, other.before.replace(text, HOISTED), replace(other.code, text, HOISTED)
                )
                for other in body
            ]
            return [Statement(depth, f"{HOISTED} = {text}"), *replaced]
        return body


def _counts_up(template: LoopTemplate) -> bool:
    """Whether a repeat has all turns from 0 on, and more than one of them somewhere."""
    numbers = [[number for number, _ in run.turns] for run in template.runs if run is not None]
    return all(turns == [*range(len(turns))] for turns in numbers) and not is_single(template)


def assignment(name: str, code: Code, taken: Collection[str], depth: int = 0) -> list[Statement]:
    """A submodule gets its name; long branches of a merge have been made before it."""
    before, code = _branches_first(code, taken, depth, len(name))
    if is_plain(name):
        return [*before, Statement(depth, f"self.{name} = ", code)]
    if name.isidentifier():  # a name that nn.Module has for itself
        return [*before, Statement(depth, f'self._modules["{name}"] = ', code)]
    return [*before, Statement(depth, "", call("self.add_module", ("", f'"{name}"'), ("", code)))]


def _branches_first(
    code: Code, taken: Collection[str], depth: int, used: int
) -> tuple[list[Statement], Code]:
    """The branches of a merge that would not fit on its line as variables, and the merge of those."""
    indent = 16 + 4 * depth + used
    if not isinstance(code, Bracketed) or not code.items or indent + len(flat(code)) <= WIDTH:
        return [], code
    branches = code.items[0][1]
    if not isinstance(branches, Bracketed) or branches.head != "{":
        return [], code
    statements: list[Statement] = []
    items: list[tuple[str, Code]] = []
    for key, branch in branches.items:
        if len(flat(branch)) < SHORT:
            items.append((key, branch))
            continue
        name = identifier(key[1:-3], taken)
        items.append((key, name))
        if isinstance(branch, Conditional) and 11 + 4 * depth + len(name) + len(flat(branch)) > WIDTH:
            statements += [
                Statement(depth, f"{name}: nn.Module = ", branch.otherwise),
                Statement(depth, f"if {branch.condition}:"),
                Statement(depth + 1, f"{name} = ", branch.code),
            ]
        else:
            statements.append(Statement(depth, f"{name} = ", branch))
    merged = Bracketed("{", tuple(items), "}")
    return statements, Bracketed(code.head, (("", merged), *code.items[1:]), code.tail)


def text_of(statement: Statement) -> str:
    return statement.before + flat(statement.code)


def shown_list(text: str) -> str:
    return f"({text[1:-1]})" if "," in text else f"({text[1:-1]},)"


def replace(code: Code, old: str, new: str) -> Code:
    """The code with a text replaced."""
    if isinstance(code, str):
        return code.replace(old, new)
    if isinstance(code, Bracketed):
        items = tuple((before.replace(old, new), replace(item, old, new)) for before, item in code.items)
        return Bracketed(code.head, items, code.tail)
    if isinstance(code, Conditional):
        return Conditional(replace(code.code, old, new), code.condition.replace(old, new), code.otherwise)
    return Repeated(replace(code.code, old, new), code.loop.replace(old, new))
