"""The text of one class: its head, its constructor, its `forward`."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, NamedTuple

from cnncalc.interop.expressions import folded, names_in, value_of, written
from cnncalc.interop.outline import is_numbered
from cnncalc.interop.pytorch.borrowing import borrowing_in
from cnncalc.interop.pytorch.channels import Channels, sum_of
from cnncalc.interop.pytorch.constructor import Constructor, Signature
from cnncalc.interop.pytorch.contexts import name_of
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.forward import forward, reference
from cnncalc.interop.pytorch.layout import WIDTH, Bracketed, Code, call, compressed
from cnncalc.interop.pytorch.names import identifier
from cnncalc.interop.pytorch.parameters import literal, shown
from cnncalc.interop.pytorch.statements import Body, Statement, assignment
from cnncalc.interop.stacks import stack_of
from cnncalc.interop.templates import Class, HolderTemplate, LoopTemplate, Template
from cnncalc.interop.wiring import is_chain

MOST_CALLS = 12
"""A network that is one chain of more modules is written as an nn.Sequential, without `forward`."""


class Text(NamedTuple):
    """A class as written, what others need to know of it, and the pieces that it uses."""

    head: str
    signature: Signature
    body: list[str]
    pieces: set[str]

    def lines(self, docstring: Sequence[str] = ()) -> list[str]:
        """The class with its docstring."""
        return [self.head, *docstring, *_signature(self.signature), *self.body]

    @property
    def without_defaults(self) -> list[str]:
        """What stays the same with other values of its parameters."""
        return [self.head, *self.signature.parameters, *self.body]


def write_class(design: Design, made: Class, signatures: dict[int, Signature]) -> Text:
    """Writes a class. Raises Unwritable if its objects differ in what no parameter can say."""
    return _ClassWriter(design, made, signatures).text()


class _ClassWriter:
    def __init__(self, design: Design, made: Class, signatures: dict[int, Signature]) -> None:
        self.design = design
        self.made = made
        self.plan = design.wiring.plans[made.groups[0].path]
        self.constructor = Constructor(design, made, signatures)
        self.templates = design.unifier.children(made.groups)

    def text(self) -> Text:
        constructor = self.constructor
        channels = constructor.input_channels(0) if self.plan.inputs else None
        base = "nn.Module"
        if is_chain(self.plan):
            body = Body(constructor)
            statements, gives = body.members(self.templates, constructor.contexts, channels, 0)
            if not self.is_short(statements):
                base = "nn.Sequential"
        else:
            statements, gives, base = self.members(channels)
        statements += self.borrowing()
        name = self.design.class_names[id(self.made)]
        parameters, defaults = self.parameters()
        lines: list[str] = []
        if base == "nn.ModuleList":
            lines += statements[0].lines(8)
        else:
            lines.append("        super().__init__()")
            for statement in statements:
                lines += statement.lines(8)
        if base != "nn.Sequential":
            lines += ["", *forward(self.design, self.plan)]
        reads = constructor.parameters.offered[0] if constructor.parameters.offered else None
        if gives is not None and not names_in(gives) <= {*parameters, *constructor.parameters.offered}:
            gives = None  # it needs what only the constructor knows
        signature = Signature(name, parameters, reads, gives, defaults)
        return Text(f"class {name}({base}):", signature, lines, constructor.pieces)

    def borrowing(self) -> list[Statement]:
        """Layers made otherwise than another layer whose tensors they use."""
        group = self.made.groups[0]
        statements = []
        for borrower, lender, tensors in borrowing_in(self.design, self.made):
            self.constructor.pieces.add("borrow")
            modules = [reference(self.design, path, group) for path in (borrower, lender)]
            parts = tuple(("", part) for part in [*modules, *(f'"{tensor}"' for tensor in tensors)])
            statements.append(Statement(0, "", call("borrow", *parts)))
        return statements

    def is_short(self, statements: Sequence[Statement]) -> bool:
        """Whether a chain is better read as calls: the network itself, if it has few modules and no loop."""
        plainly = all(
            statement.depth == 0 and statement.before.startswith("self.") for statement in statements
        )
        return not self.made.groups[0].path and plainly and len(statements) <= MOST_CALLS

    def parameters(self) -> tuple[dict[str, list[Any]], dict[str, str]]:
        """The parameters in the order of the head, and the defaults of the last of them."""
        known = self.constructor.parameters.all()
        written_there = self.design.declared.get(self.made.block or "", ())
        declared = {identifier(name): default for name, default in written_there}
        defaults: dict[str, str] = {}
        for name in known:
            text = written(declared.get(name))
            if text is not None and name not in self.constructor.parameters.added:
                constant = folded(text, (), {})
                if constant is not None:
                    defaults[name] = literal(value_of(constant, {}))
        if self.constructor.is_root:
            defaults = {name: literal(values[0]) for name, values in known.items()}
        order = list(declared or map(identifier, self.design.free))
        offered = [name for name in known if name in self.constructor.parameters.offered]
        declared_ones = sorted((name for name in known if name in order), key=order.index)
        ordered = list(dict.fromkeys([*offered, *declared_ones, *known]))
        ordered = [name for name in ordered if name not in defaults] + [n for n in ordered if n in defaults]
        return {name: known[name] for name in ordered}, defaults

    # --- a class with a forward of its own ---

    def members(self, first: Channels) -> tuple[list[Statement], Channels, str]:
        """The submodules of a class that does more than run them one behind the other."""
        constructor = self.constructor
        if stack_of(self.plan) is not None and (code := self.repeated(first)) is not None:
            return [Statement(0, "", call("super().__init__", ("", code)))], None, "nn.ModuleList"
        flow: dict[Any, Channels] = {}
        for place, value in enumerate(self.plan.inputs):
            flow[value] = first if place == 0 else constructor.input_channels(place)
        templates = dict(_by_path("", self.templates))
        codes: dict[str, Code] = {}
        for number, made in enumerate(self.plan.calls):
            reads = [flow[value] for value in made.reads]
            template = templates.get(made.target)
            if template is not None and made.target not in codes:
                codes[made.target], gives = constructor.code(template, constructor.contexts, reads[0])
            else:
                plans = [self.design.wiring.plans[group.path] for group in self.made.groups]
                made_here = [self.design.channels(plan.calls[number].gives[0]) for plan in plans]
                wanted = list(zip(constructor.contexts, made_here, strict=True))
                gives = constructor.channels.text(wanted, [sum_of(reads), *reads])
            for value in made.gives:
                flow[value] = gives
        kept = [template for template in self.templates if not _is_empty(template)]
        names = [name_of(template) for template in kept]
        whole = {name: self.held(name, template, codes) for name, template in zip(names, kept, strict=True)}
        given = flow[self.plan.outputs[0]] if self.plan.outputs else None
        if is_numbered(names):
            listed = Bracketed("[", tuple(("", code) for code in compressed([*whole.values()])), "]")
            return [Statement(0, "", call("super().__init__", ("", listed)))], given, "nn.ModuleList"
        taken = constructor.parameters.taken()
        statements = [made for name, code in whole.items() for made in assignment(name, code, taken)]
        return statements, given, "nn.Module"

    def repeated(self, channels: Channels) -> Code | None:
        """The members of a stack as one expression, if they can be told in one."""
        unifier, constructor = self.design.unifier, self.constructor
        loops = unifier.lists([unifier.itemized(group) for group in self.made.groups], by_entry=False)
        if len(loops) > 1 or not isinstance(loops[0], LoopTemplate):
            return None
        written = constructor.attempt(
            partial(constructor.comprehension, loops[0], constructor.contexts, channels)
        )
        return None if written is None else written[0].in_brackets()

    def held(self, path: str, template: Template, codes: dict[str, Code]) -> Code:
        """The code of a member; of one that is never called itself, a dictionary of its own members."""
        if not isinstance(template, HolderTemplate):
            return codes[path]
        inner = [
            (name_of(child), self.held(f"{path}.{name_of(child)}", child, codes))
            for child in template.children
        ]
        if is_numbered([name for name, _ in inner]):
            return call("nn.ModuleList", ("", Bracketed("[", tuple(("", code) for _, code in inner), "]")))
        items = tuple((f'"{name}": ', code) for name, code in inner)
        return call("nn.ModuleDict", ("", Bracketed("{", items, "}")))


def _by_path(above: str, templates: Sequence[Template]) -> list[tuple[str, Template]]:
    """The templates by their paths, with those below what is never called itself."""
    found: list[tuple[str, Template]] = []
    for template in templates:
        path = above + name_of(template)
        if isinstance(template, HolderTemplate):
            found += _by_path(f"{path}.", template.children)
        else:
            found.append((path, template))
    return found


def _is_empty(template: Template) -> bool:
    """Whether all that a group holds are modules of others."""
    return isinstance(template, HolderTemplate) and all(map(_is_empty, template.children))


def _signature(signature: Signature) -> list[str]:
    """The head of the constructor."""
    defaults = signature.defaults
    described = [
        f"{name}: {_type(values)}" + (f" = {shown(defaults[name])}" if name in defaults else "")
        for name, values in signature.parameters.items()
    ]
    line = f"    def __init__({', '.join(['self', *described])}) -> None:"
    if len(line) <= WIDTH:
        return [line]
    inner = ", ".join(["self", *described])
    if len(inner) + 8 <= WIDTH:
        return ["    def __init__(", f"        {inner}", "    ) -> None:"]
    return [
        "    def __init__(",
        "        self,",
        *(f"        {each}," for each in described),
        "    ) -> None:",
    ]


def _type(values: Sequence[Any]) -> str:
    """The type of a parameter with these values."""
    kinds = dict.fromkeys(_type_of(value) for value in values)
    if "float" in kinds:
        kinds.pop("int", None)  # which is one to type checkers
    return " | ".join(sorted(kinds, key="None".__eq__))


def _type_of(value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(value, tuple):
        inner = " | ".join(dict.fromkeys(_type_of(item) for item in value))
        return f"tuple[{inner}, ...]"
    return type(value).__name__
