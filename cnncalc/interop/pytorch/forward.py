"""The `forward` of a class: its calls in order, in as few variables as read well."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cnncalc.interop.flow import Value
from cnncalc.interop.outline import Group, Item, Layer, is_numbered
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.layout import WIDTH, Bracketed, Code, laid_out
from cnncalc.interop.pytorch.names import identifier, is_plain
from cnncalc.interop.stacks import Stack, stack_of
from cnncalc.interop.wiring import Call, Plan

CURRENT = "x"
"""The variable that goes from layer to layer."""

ROLES = {"indices": "indices", "input": "before_pool", "output": "like"}
"""What a tensor is called that a module is given for the layer that it refers to."""


def forward(design: Design, plan: Plan) -> list[str]:
    """The lines of the method."""
    return _Forward(design, plan).lines()


class _Forward:
    def __init__(self, design: Design, plan: Plan) -> None:
        self.design = design
        self.plan = plan
        self.names: dict[Value, str] = {}
        self.taken = {CURRENT}
        self.giver = {value: call for call in plan.calls for value in call.gives}
        self.last_use: dict[Value, int] = {}
        for place, call in enumerate(plan.calls):
            self.last_use.update(dict.fromkeys(call.reads, place))
        self.last_use.update(dict.fromkeys(plan.outputs, len(plan.calls)))
        self.lists: dict[str, int] = {}
        """Variables that hold several tensors, and how many."""
        self.current: Value | None = None
        """What `x` holds."""

    def lines(self) -> list[str]:
        inputs = self.inputs()
        stack = stack_of(self.plan)
        body = self.calls() if stack is None else self.loop(stack)
        kind = "Tensor" if len(self.plan.outputs) == 1 else self.several()
        head = f"def forward(self, {', '.join(f'{name}: Tensor' for name in inputs)}) -> {kind}:"
        if len(head) + 4 > WIDTH:
            listed = [f"        {name}: Tensor," for name in inputs]
            head = "\n".join(["def forward(", "        self,", *listed, f"    ) -> {kind}:"])
        return [f"    {head}", *(f"        {line}" for statement in body for line in _broken(statement))]

    def calls(self) -> list[str]:
        """A statement for each call, and what is returned."""
        body: list[str] = []
        for place, call in enumerate(self.plan.calls):
            expression = self.expression(call)
            targets = self.targets(place, call)
            body.append(f"{targets} = {expression}" if targets else expression)
        returned = self.listed(self.plan.outputs)
        if returned.startswith("*") and "," not in returned:
            returned = f"tuple({returned[1:]})"
        last, _, expression = body[-1].partition(" = ") if body else ("", "", "")
        if expression and last == returned:
            body[-1] = f"return {expression}"
        else:
            body.append(f"return {returned}")
        return body

    def loop(self, stack: Stack) -> list[str]:
        """The members of a stack in a loop that collects what is to be."""
        first = self.plan.calls[0]
        current = self.names[first.reads[0]]
        layer = self.new("layer")
        call = f"{layer}({', '.join(self.names[value] for value in first.reads)})"
        if stack.collected is None:
            return [f"for {layer} in self:", f"    {current} = {call}", f"return {current}"]
        name = self.new(self.name_of(first.gives[stack.collected]))
        several = self.new(f"{name}s")
        targets = f"{name}, {current}" if stack.collected < stack.carried else f"{current}, {name}"
        if stack.last_differs:
            layers, last = self.new(f"{layer}s"), self.new("last")
            return [
                f"*{layers}, {last} = self",
                f"{several} = []",
                f"for {layer} in {layers}:",
                f"    {targets} = {call}",
                f"    {several}.append({name})",
                f"return *{several}, {call.replace(layer, last, 1)}",
            ]
        body = [f"{several} = []", f"for {layer} in self:", f"    {targets} = {call}"]
        returned = f"return *{several}, {current}" if stack.ends else f"return tuple({several})"
        return [*body, f"    {several}.append({name})", returned]

    def listed(self, values: Sequence[Value]) -> str:
        """The names of values behind commas; a list of which all items follow one another is unpacked."""
        names = [self.names[value] for value in values]
        for several, count in self.lists.items():
            items = [f"{several}[{place}]" for place in range(count)]
            for start in range(len(names) - count + 1):
                if names[start : start + count] == items:
                    names[start : start + count] = [f"*{several}"]
                    break
        return ", ".join(names)

    def several(self) -> str:
        count = len(self.plan.outputs)
        return f"tuple[{', '.join(['Tensor'] * count)}]" if count <= 4 else "tuple[Tensor, ...]"

    def inputs(self) -> list[str]:
        values = self.plan.inputs
        if len(values) == 1:
            self.names[values[0]] = CURRENT
            self.current = values[0]
        roles = self.roles()
        plain = [value for value in values if value not in roles]
        made = self.design.unifier.class_of.get(self.plan.group.path)
        alone = made is None or len(made.groups) == 1  # else the numbers are those of one object
        if len(values) > 1 and len(plain) == 1:
            self.names[plain[0]] = CURRENT
            self.current = plain[0]
        for value in values:
            if value not in self.names:
                name = roles.get(value) or self.name_of(value)
                self.names[value] = self.new(name if alone else name.rstrip("_0123456789") or name)
        return [self.names[value] for value in values]

    def roles(self) -> dict[Value, str]:
        """Inputs of a class that only serve a layer that refers to another, with what they are for it."""
        if not self.plan.group.path:
            return {}
        roles: dict[Value, str] = {}
        others: set[Value] = set(self.plan.outputs)
        for call in self.plan.calls:
            module = self.design.modules[call.item.index] if isinstance(call.item, Layer) else None
            also = module.also if module else ()
            others.update(call.reads[: len(call.reads) - len(also)])
            for what, value in zip(also, call.reads[len(call.reads) - len(also) :], strict=True):
                roles.setdefault(value, ROLES[what.what])
        return {value: role for value, role in roles.items() if value not in others}

    def expression(self, call: Call) -> str:
        names = [self.names[value] for value in call.reads]
        module_text = reference(self.design, call.target, self.plan.group)
        if not isinstance(call.item, Layer):
            return f"{module_text}({', '.join(names)})"
        if call.item.index in self.design.merges:
            merge = self.design.merges[call.item.index]
            listed = self.listed(call.reads)
            if "*" in listed and merge.of_list:
                whole = merge.of_list.format(listed)
                alone = listed.removeprefix("*")
                return whole.replace(f"[{listed}]", alone) if alone.isidentifier() else whole
            return merge.expression.format(*names)
        module = self.design.modules[call.item.index]
        assert module is not None
        also = [what.text.format(name) for what, name in zip(module.also, names[1:], strict=True)]
        return f"{module_text}({', '.join([names[0], *also])})"

    def targets(self, place: int, call: Call) -> str:
        """The variables for what a call gives; none if nobody reads it."""
        if not any(value in self.last_use for value in call.gives):
            return ""
        stack = None
        if isinstance(call.item, Group) and call.item.path in self.design.wiring.plans:
            stack = stack_of(self.design.wiring.plans[call.item.path])
        if stack is not None and stack.collected is not None:
            return self.unpacked(call, place, stack)
        # of a group that gives several tensors the last is what it hands on
        flowing = 0 if isinstance(call.item, Layer) else len(call.gives) - 1
        for number, value in enumerate(call.gives):
            if value not in self.last_use:
                self.names[value] = "_"
            else:
                self.give_name(value, place, may_flow=number == flowing)
        return ", ".join(self.names[value] for value in call.gives)

    def unpacked(self, call: Call, place: int, stack: Stack) -> str:
        """The variables for what a stack gives: a list of what it collected, and what it carried last."""
        collected = call.gives[:-1] if stack.ends else call.gives
        several = self.new(f"{self.name_of(collected[0])}s")
        self.lists[several] = len(collected)
        self.names.update((value, f"{several}[{number}]") for number, value in enumerate(collected))
        if not stack.ends:
            return several
        last = call.gives[-1]
        if last not in self.last_use:
            return f"*{several}, _"
        self.give_name(last, place)
        return f"*{several}, {self.names[last]}"

    def give_name(self, value: Value, place: int, may_flow: bool = True) -> None:
        """Gives a value made at a place its name: `x` if only the next call reads it, and `x` is free."""
        free = self.current is None or self.last_use.get(self.current, -1) <= place
        if may_flow and free and self.last_use[value] <= place + 1:
            self.names[value], self.current = CURRENT, value
        else:
            self.names[value] = self.new(self.name_of(value))

    def name_of(self, value: Value) -> str:
        """What a tensor is called: as the member that gives it, or the layer if that gives several."""
        path = self.design.graph.tensor_name(value.tensor).removeprefix(self.plan.group.prefix)
        parts = [part for part in path.split(".") if not part.isdigit()] or ["part"]
        giver = self.giver.get(value)
        name = parts[0] if giver is not None and len(giver.gives) == 1 else parts[-1]
        return identifier(name if value.port == "output" else f"{name}_indices")

    def new(self, name: str) -> str:
        free, number = name, 1
        while free in self.taken:
            number += 1
            free = f"{name}_{number}"
        self.taken.add(free)
        return free


def reference(design: Design, target: str, group: Group) -> str:
    """The module at a path of names below a group, from `self` on."""
    text = "self"
    within: Item | None = group
    for part in target.split("."):
        names = design.unifier.module_names(within) if isinstance(within, Group) else []
        if is_plain(part):
            text += f".{part}"
        elif part.isdigit() and is_numbered(names):
            text += f"[{part}]"
        elif part.isidentifier():
            text += f'._modules["{part}"]'
        else:
            text += f'.get_submodule("{part}")'
        within = within.child(part) if isinstance(within, Group) else None
    return text


def _broken(statement: str) -> list[str]:
    """A long statement over several lines."""
    if len(statement) + 8 <= WIDTH:
        return [statement]
    if statement.startswith("return "):
        before, expression = "return ", statement.removeprefix("return ")
    else:
        targets, sign, expression = statement.partition(" = ")
        before = f"{targets} = " if sign else ""
        if sign and ", " in targets and len(targets) + 12 > WIDTH // 2:
            listed = [f"    {name}," for name in targets.split(", ")]
            return ["(", *listed, *_broken_expression(") = ", expression)]
        expression = expression if sign else statement
    return _broken_expression(before, expression)


def _broken_expression(before: str, expression: str) -> list[str]:
    if len(before) + len(expression) + 8 <= WIDTH:
        return [before + expression]
    code = _coded(expression)
    if not isinstance(code, str):
        return [line[8:] for line in laid_out(code, 8, before)]
    for sign in (" + ", " - ", " * ", ", "):
        parts = _parts(expression, sign)
        if len(parts) > 1:
            break
    if len(parts) == 1:
        return [f"{before}(", f"    {expression}", ")"]
    if sign == ", ":
        return [f"{before}(", *(f"    {part}," for part in parts), ")"]
    return [f"{before}(", f"    {parts[0]}", *(f"    {sign.strip()} {part}" for part in parts[1:]), ")"]


def _coded(text: str) -> Code:
    """A call or a list as code that can be laid out; anything else as it is."""
    opening = re.match(r"[\w.]*(\[\w+\])?(\.\w+)*[(\[]", text)
    if not opening or len(_parts(text[opening.end() - 1 :], " ")[0]) + opening.end() - 1 < len(text):
        return text
    inside = text[opening.end() : -1]
    return Bracketed(opening[0], tuple(("", _coded(part)) for part in _parts(inside, ", ")), text[-1])


def _parts(text: str, sign: str) -> list[str]:
    """The parts of a text between signs that stand in no brackets."""
    parts, depth, start = [], 0, 0
    for place, letter in enumerate(text):
        depth += (letter in "([{") - (letter in ")]}")
        if depth == 0 and text.startswith(sign, place):
            parts.append(text[start:place])
            start = place + len(sign)
    return [*parts, text[start:]]
