"""The `forward` of a class: its calls in order, in as few variables as read well."""

from __future__ import annotations

import re

from cnncalc.interop.outline import Layer
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.layout import WIDTH
from cnncalc.interop.pytorch.names import identifier, is_plain
from cnncalc.interop.wiring import Call, Plan, Value

CURRENT = "x"
"""The variable that goes from layer to layer."""

RESERVED = {"self", "torch", "nn", "functional", "math", "Tensor", CURRENT}


def forward(design: Design, plan: Plan) -> list[str]:
    """The lines of the method."""
    return _Forward(design, plan).lines()


class _Forward:
    def __init__(self, design: Design, plan: Plan) -> None:
        self.design = design
        self.plan = plan
        self.names: dict[Value, str] = {}
        self.taken = set(RESERVED)
        self.last_use: dict[Value, int] = {}
        for place, call in enumerate(plan.calls):
            self.last_use.update(dict.fromkeys(call.reads, place))
        self.last_use.update(dict.fromkeys(plan.outputs, len(plan.calls)))
        self.current: Value | None = None
        """What `x` holds."""

    def lines(self) -> list[str]:
        inputs = self.inputs()
        body: list[str] = []
        for place, call in enumerate(self.plan.calls):
            expression = self.expression(call)
            targets = self.targets(place, call)
            body.append(f"{targets} = {expression}" if targets else expression)
        returned = ", ".join(self.names[value] for value in self.plan.outputs)
        last, _, expression = body[-1].partition(" = ") if body else ("", "", "")
        if expression and last == returned:
            body[-1] = f"return {expression}"
        else:
            body.append(f"return {returned}")
        kind = "Tensor" if len(self.plan.outputs) == 1 else self.several()
        head = f"def forward(self, {', '.join(f'{name}: Tensor' for name in inputs)}) -> {kind}:"
        if len(head) + 4 > WIDTH:
            listed = [f"        {name}: Tensor," for name in inputs]
            head = "\n".join(["def forward(", "        self,", *listed, f"    ) -> {kind}:"])
        return [f"    {head}", *(f"        {line}" for statement in body for line in _broken(statement))]

    def several(self) -> str:
        count = len(self.plan.outputs)
        return f"tuple[{', '.join(['Tensor'] * count)}]" if count <= 4 else "tuple[Tensor, ...]"

    def inputs(self) -> list[str]:
        values = self.plan.inputs
        if len(values) == 1:
            self.names[values[0]] = CURRENT
            self.current = values[0]
        for value in values:
            if value not in self.names:
                self.names[value] = self.new(self.name_of(value))
        return [self.names[value] for value in values]

    def expression(self, call: Call) -> str:
        names = [self.names[value] for value in call.reads]
        if not isinstance(call.item, Layer):
            return f"{reference(call.target)}({', '.join(names)})"
        if call.item.index in self.design.merges:
            return self.design.merges[call.item.index].expression.format(*names)
        module = self.design.modules[call.item.index]
        assert module is not None
        also = [what.text.format(name) for what, name in zip(module.also, names[1:], strict=True)]
        return f"{reference(call.target)}({', '.join([names[0], *also])})"

    def targets(self, place: int, call: Call) -> str:
        """The variables for what a call gives; none if nobody reads it."""
        if not any(value in self.last_use for value in call.gives):
            return ""
        free = self.current is None or self.last_use.get(self.current, -1) <= place
        for number, value in enumerate(call.gives):
            if value not in self.last_use:
                self.names[value] = "_"
            elif number == 0 and free and self.last_use[value] <= place + 1:
                self.names[value] = CURRENT
                self.current = value
            else:
                name = self.name_of(value)
                self.names[value] = self.new(name)
        return ", ".join(self.names[value] for value in call.gives)

    def name_of(self, value: Value) -> str:
        """What a tensor is called: as the layer that makes it, or the group whose last it is."""
        path = self.design.graph.tensor_name(value.tensor)
        inside = path.removeprefix(self.plan.group.prefix)
        parts = [part for part in inside.split(".") if not part.isdigit()] or [f"part_{inside}"]
        made = self.design.graph.producer(value.tensor)
        name = parts[0] if inside != path or not self.plan.group.path else parts[-1]
        if (
            made is not None
            and len(parts) > 1
            and sum(len(c.gives) for c in self.plan.calls) > len(self.plan.calls)
        ):
            name = parts[-1]
        return identifier(name if value.port == "output" else f"{name}_indices")

    def new(self, name: str) -> str:
        free, number = name, 1
        while free in self.taken:
            number += 1
            free = f"{name}_{number}"
        self.taken.add(free)
        return free


def reference(target: str) -> str:
    """The module at a path of names, from `self` on."""
    text = "self"
    for part in target.split("."):
        if part.isdigit():
            text += f"[{part}]"
        elif is_plain(part):
            text += f".{part}"
        elif part.isidentifier():
            text += f'._modules["{part}"]'
        else:
            text += f'.get_submodule("{part}")'
    return text


def _broken(statement: str) -> list[str]:
    """A long statement with its arguments on lines of their own."""
    if len(statement) + 8 <= WIDTH:
        return [statement]
    call = re.fullmatch(r"(.*?[\w\]\)])([(\[])(.*)([)\]])", statement)
    if call and "(" not in call[3] and "[" not in call[3]:
        inside = [f"    {argument}," for argument in call[3].split(", ")]
        joined = f"    {call[3]}"
        head, tail = f"{call[1]}{call[2]}", call[4]
        return [head, joined, tail] if len(joined) + 8 <= WIDTH else [head, *inside, tail]
    before, sign, expression = statement.partition(" = ")
    if not sign:
        return [statement]
    return [f"{before} = (", f"    {expression}", ")"]
