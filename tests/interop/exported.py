"""Parts of exported files, for tests that compare them with the text one expects."""

from __future__ import annotations

import ast
import textwrap

import cnncalc
from cnncalc.diagnostics import Diagnostic
from cnncalc.interop.flow import Value
from cnncalc.interop.outline import Group, outline_of
from cnncalc.interop.wiring import Wiring, wiring_of
from cnncalc.language.expand import expand
from cnncalc.language.place import Placing


def class_text(design: str, name: str = "Net") -> str:
    """A class of the exported design, without its docstring; `Net` is the network."""
    text = cnncalc.export(design, class_name="Net")
    made = _class(text, name)
    lines = text.splitlines()[made.lineno - 1 : made.end_lineno]
    if ast.get_docstring(made) is not None:
        documented = made.body[0]
        assert documented.end_lineno is not None
        del lines[documented.lineno - made.lineno : documented.end_lineno - made.lineno + 1]
        lines = [line for place, line in enumerate(lines) if place != 1 or line]
    return "\n".join(lines) + "\n"


def class_names(design: str) -> list[str]:
    """The names of the classes of the exported design, in their order."""
    tree = ast.parse(cnncalc.export(design, class_name="Net"))
    return [part.name for part in tree.body if isinstance(part, ast.ClassDef)]


def constructor(design: str, name: str = "Net") -> str:
    """What a constructor does behind the call of its base's."""
    return _body(design, name, "__init__").partition("super().__init__()\n")[2]


def forward(design: str, name: str = "Net") -> str:
    """The lines of a `forward`."""
    return _body(design, name, "forward")


def head(design: str, name: str = "Net", method: str = "__init__") -> str:
    """The parameters of a method with the type that it gives."""
    made = _method(design, name, method)
    return f"({ast.unparse(made.args)}) -> {ast.unparse(made.returns) if made.returns else None}"


def outline(design: str) -> Group:
    """The tree of a design's names."""
    placings: dict[str, Placing] = {}
    faults: list[Diagnostic] = []
    graph = expand(cnncalc.load(design).document, (), faults.append, placings)
    return outline_of(graph, placings)


def wiring(design: str) -> tuple[Wiring, Group]:
    """How the groups of a design call one another, and its tree; for designs without references to layers."""
    root = outline(design)
    graph = cnncalc.load(design).graph
    reads = [tuple(Value(tensor) for tensor in node.inputs) for node in graph.nodes]
    kinds = [node.layer.kind.name if node.layer is not None else "" for node in graph.nodes]
    return wiring_of(graph, root, reads, kinds), root


def _body(design: str, name: str, method: str) -> str:
    text = cnncalc.export(design, class_name="Net")
    made = _method(design, name, method)
    lines = text.splitlines()[made.body[0].lineno - 1 : made.end_lineno]
    return textwrap.dedent("\n".join(lines)) + "\n"


def _method(design: str, name: str, method: str) -> ast.FunctionDef:
    made = _class(cnncalc.export(design, class_name="Net"), name)
    return next(part for part in made.body if isinstance(part, ast.FunctionDef) and part.name == method)


def _class(text: str, name: str) -> ast.ClassDef:
    found = [part for part in ast.parse(text).body if isinstance(part, ast.ClassDef) and part.name == name]
    assert found, f"no class {name} in\n{text}"
    return found[0]
