"""A network as one file of PyTorch."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from cnncalc.analysis.report import Report, shapes_read
from cnncalc.diagnostics import ArchitectureError, Diagnostic
from cnncalc.graph import Graph
from cnncalc.interop.described import Described
from cnncalc.interop.flow import Value
from cnncalc.interop.outline import declared_parameters, names_in_conditions, outline_of
from cnncalc.interop.pytorch.classes import Text, write_class
from cnncalc.interop.pytorch.constructor import Signature
from cnncalc.interop.pytorch.design import Design
from cnncalc.interop.pytorch.layout import WIDTH
from cnncalc.interop.pytorch.module import Merge, Module
from cnncalc.interop.pytorch.names import (
    check_class_name,
    class_names,
    identifier,
    is_reserved,
    name_of_network,
)
from cnncalc.interop.pytorch.parameters import Unwritable
from cnncalc.interop.pytorch.piece import Piece, read_piece
from cnncalc.interop.pytorch.table import MERGES, MODULES, with_indices
from cnncalc.interop.unify import Unifier
from cnncalc.interop.wiring import wiring_of

FLAG = "training"
"""What no module can be called: every one has a flag of that name."""

MOST_VARIED = 2_000
"""Layers up to which it is tried out which parameters of the file the program can have, too."""


def write(network: Described, class_name: str = "") -> str:
    """The text of the file.

    Raises ValueError if the class of the network cannot be called `class_name`, and ArchitectureError if a
    module cannot be called as its layer.
    """
    check_class_name(class_name)
    _check_names(network)
    texts = _classes(network, class_name, _free_parameters(network, class_name))
    return _file(texts, _docstring(network.report))


def _check_names(network: Described) -> None:
    """Raises ArchitectureError where a name cannot be that of a module."""
    faults = [
        Diagnostic(
            "E111",
            f"in `{node.name}`: no module of PyTorch can be called `{FLAG}`",
            node.origin.span(),
            help="give it another name; nn.Module has a flag that is called so",
        )
        for node in network.graph.nodes
        if FLAG in node.name.split(".")
    ]
    if faults:
        raise ArchitectureError(faults, network.report)


def _free_parameters(network: Described, class_name: str) -> dict[str, Any]:
    """The parameters of the file that the class of the network can take, with their values.

    Those are the numbers with whose change nothing but themselves changes in the program.
    """
    free = {name: value for name, value in network.graph.params.items() if type(value) in (int, float)}
    if len(network.graph.nodes) > MOST_VARIED:
        return {}
    lists = [*network.blocks.values(), *([network.layers] if network.layers else [])]
    for name in names_in_conditions(placed.node for placed in lists):
        free.pop(name, None)  # with another value there may be other layers
    while free:
        texts = _classes(network, class_name, free)
        parameters = texts[-1].signature.parameters
        used = {name: value for name, value in free.items() if identifier(name) in parameters}
        free = {
            name: value for name, value in used.items() if _is_free(network, class_name, texts, used, name)
        }
        if len(free) == len(used):
            break
    return free


def _is_free(
    network: Described, class_name: str, texts: Sequence[Text], free: Mapping[str, Any], name: str
) -> bool:
    """Whether the program stays the same with every other value of a parameter that is tried and can be."""
    wanted = [text.without_defaults for text in texts]
    value = free[name]
    others = (value + 1, 2 * value, value // 2) if isinstance(value, int) else (0.75 * value, 1.25 * value)
    found = False
    for other in others:
        varied = network.varied(name, other)
        if varied is not None:
            found = True
            classes = _classes(varied, class_name, {**free, name: other})
            if [text.without_defaults for text in classes] != wanted:
                return False
    return found


def _classes(network: Described, class_name: str, free: Mapping[str, Any]) -> list[Text]:
    """The classes of the file, the network last; `free` are the parameters that it takes."""
    graph, report = network.graph, network.report
    root = outline_of(graph, network.placings)
    declared = {name: declared_parameters(block) for name, block in network.blocks.items()}
    modules, merges, reads = _modules(graph, report)
    wiring = wiring_of(graph, root, reads, modules)
    constructors = {index: _pattern(module) for index, module in enumerate(modules)}
    strict: set[Any] = set()
    while True:
        unifier = Unifier(wiring, constructors, is_reserved, strict)
        unifier.find_classes(root)
        names = class_names(unifier.classes, class_name or name_of_network(graph.name))
        design = Design(graph, report, root, wiring, unifier, modules, merges, declared, names, free)
        signatures: dict[int, Signature] = {}
        texts: list[Text] = []
        try:
            for made in unifier.classes:
                texts.append(write_class(design, made, signatures))
                signatures[id(made)] = texts[-1].signature
        except Unwritable:
            assert made.origin not in strict
            strict.add(made.origin)
            continue
        return texts


def _modules(
    graph: Graph, report: Report
) -> tuple[list[Module | None], dict[int, Merge], list[tuple[Value, ...]]]:
    """For each node its module, or its merge; and the values it is called with."""
    first = len(graph.inputs)
    modules: list[Module | None] = []
    merges: dict[int, Merge] = {}
    reads: list[tuple[Value, ...]] = []
    rows = zip(graph.nodes, report.layers, shapes_read(graph, report), strict=True)
    for index, (node, row, shapes) in enumerate(rows):
        values = [Value(tensor) for tensor in node.inputs]
        if node.layer is not None and node.layer.kind.inputs is None:
            merges[index] = MERGES[row.kind](row.layer, shapes)
            modules.append(None)
        else:
            module = MODULES[row.kind](row.layer, shapes)
            modules.append(module)
            for what in module.also:
                (tensor,) = node.references
                producer = graph.producer(tensor)
                if what.what != "input":
                    values.append(Value(tensor, what.what))
                else:
                    values.append(Value(tensor if producer is None else producer.inputs[0]))
        reads.append(tuple(values))
    for value in {value for values in reads for value in values if value.port == "indices"}:
        pool = modules[value.tensor - first]
        assert pool is not None
        modules[value.tensor - first] = with_indices(pool)
    return modules, merges, reads


def _pattern(module: Module | None) -> Any:
    """What modules must have in common to be written as one."""
    if module is None:
        return None
    names = tuple(given.name for given in module.arguments)
    indices = tuple(given.value for given in module.arguments if given.name == "return_indices")
    return (module.constructor, names, indices, module.also)


def _docstring(report: Report) -> list[str]:
    """What stands at the head of the network: what it is, what it takes and what it costs."""
    name = "A network" if report.name.startswith("<") else PurePath(report.name).stem
    title = _clean(str(report.about.get("title") or name))
    lines = [*(textwrap.wrap(title, WIDTH - 7) or ["A network"]), ""]
    if reference := report.about.get("reference"):
        lines.append(_clean(str(reference)))
    shapes = [_shape(name, shape, len(report.inputs)) for name, shape in report.inputs.items()]
    given = [_shape(name, shape, len(report.outputs)) for name, shape in report.outputs.items()]
    totals = report.totals
    costs = f"{totals.params:,} parameters; for one sample {totals.macs:,} multiply-accumulates and"
    facts = (
        f"Reads {', '.join(shapes)}; gives {', '.join(given)}.",
        f"{costs} {totals.flops:,} floating-point operations in all.",
    )
    for fact in facts:
        lines += textwrap.wrap(fact, WIDTH - 4, break_on_hyphens=False)
    lines[0] = f'"""{lines[0]}'
    lines.append('"""')
    return [*(f"    {line}".rstrip() for line in lines), ""]


def _clean(text: str) -> str:
    """A text of the file as it can stand in a docstring."""
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split()).replace("\\", "/").replace('"""', "'''")


def _shape(name: str, shape: Sequence[int], of: int) -> str:
    sizes = f"(N, {', '.join(map(str, shape))})"
    return sizes if of == 1 else f"{name} {sizes}"


def _file(texts: Sequence[Text], docstring: Sequence[str]) -> str:
    """The whole file: imports, pieces, classes; the docstring is that of the network."""
    pieces: dict[str, Piece] = {}

    def collect(name: str) -> None:
        if name.startswith("nn.") or name in pieces:
            return
        piece = read_piece(name)
        for needed in piece.pieces:
            collect(needed)
        pieces[name] = piece

    for text in texts:
        for name in sorted(text.pieces):
            collect(name)
    blocks = [piece.text.strip("\n") for piece in pieces.values()]
    blocks += ["\n".join(text.lines()) for text in texts[:-1]]
    blocks.append("\n".join(texts[-1].lines(docstring)))
    imports = _imports([line for piece in pieces.values() for line in piece.imports], "\n".join(blocks))
    return "\n\n\n".join(["\n".join(imports), *blocks]) + "\n"


def _imports(lines: Sequence[str], text: str) -> list[str]:
    """The imports of pieces and classes in the usual order, each module once."""
    whole = {line for line in lines if line.startswith("import ")}
    parts: dict[str, set[str]] = {"torch": {"nn"}}
    for line in lines:
        found = re.fullmatch(r"from (\S+) import (.*)", line)
        if found:
            parts.setdefault(found[1], set()).update(found[2].split(", "))
    if "OrderedDict(" in text:
        parts.setdefault("collections", set()).add("OrderedDict")
    if re.search(r"\bTensor\b", text):
        parts["torch"].add("Tensor")
    whole |= {f"import {name}" for name in ("math", "torch") if re.search(rf"\b{name}\.\w", text)}
    froms = [f"from {module} import {', '.join(sorted(names))}" for module, names in parts.items()]
    ours = [line for line in (*whole, *froms) if line.split()[1].split(".")[0] == "torch"]
    standard = [line for line in (*whole, *froms) if line not in ours]
    return [*_sorted(standard), *([""] if standard else []), *_sorted(ours)]


def _sorted(lines: Sequence[str]) -> list[str]:
    """`import` before `from`, each by the name of its module."""
    return sorted(lines, key=lambda line: (line.startswith("from"), line.split()[1]))
