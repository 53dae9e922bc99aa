"""The public functions: from a file, a name or a text to a network, and from there to a report."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cnncalc import zoo
from cnncalc.analysis.examine import Examined, examine
from cnncalc.analysis.figures import DTYPE_BYTES
from cnncalc.analysis.report import Report
from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, Span, in_file_order
from cnncalc.graph import Graph
from cnncalc.language.document import Document, Placed, read_document
from cnncalc.language.expand import expand
from cnncalc.language.header import LARGEST_SIZE, MOST_DIMENSIONS
from cnncalc.language.nodes import Mapping as YamlMapping
from cnncalc.language.reading import read_stdin, read_text
from cnncalc.language.source import parse
from cnncalc.layers.base import Shape
from cnncalc.memory_pause import paused_garbage_collector

if TYPE_CHECKING:
    from cnncalc.analysis.compare import Comparison
    from cnncalc.analysis.diff import Difference
    from cnncalc.analysis.explain_codes import CodeExplanation
    from cnncalc.analysis.explain_data import Explanation
    from cnncalc.interop.described import Described
    from cnncalc.language.expressions import Value
    from cnncalc.language.place import Placing

LARGEST_BATCH = 2**31 - 1
MOST_FAULTS = 1000


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A network that was read: its layer graph, the document it was made of, the parameters that were set."""

    graph: Graph
    document: Document
    settings: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return self.graph.name


class Reading(NamedTuple):
    """A network as far as it could be read, with the faults of its text."""

    network: Network
    diagnostics: list[Diagnostic]


def load(what: str | Path, params: Mapping[str, Any] | None = None) -> Network:
    """The network in a file, of the zoo, or in a text (a string of several lines).

    `params` set parameters of the file. Raises ArchitectureError if the text is faulty, with its faults
    of shapes too; the shapes of a sound text are looked at by `analyze`, for the input it is given.
    Raises TypeError for anything that is neither a string nor a Path.
    """
    return _sound(read(find_text(what), params))


def analyze(
    network: Network | str | Path,
    input: Shape | Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    params: Mapping[str, Any] | None = None,
    in_place: bool = False,
) -> Report:
    """All figures of a network; `input` gives other input shapes (C, H, W) than the file.

    Raises ArchitectureError with every fault found, and ValueError for an argument that cannot be.
    """
    network = loaded(network, params)
    if dtype not in DTYPE_BYTES:
        raise ValueError(f"dtype must be one of {', '.join(DTYPE_BYTES)}, not {dtype!r}")
    if not isinstance(batch, int) or isinstance(batch, bool) or not 1 <= batch <= LARGEST_BATCH:
        raise ValueError(f"batch must be a whole number from 1 to {LARGEST_BATCH:,}, not {batch!r}")
    examined = examine(network.graph, input_shapes(network.graph, input), batch, dtype, in_place)
    errors = _errors(examined.diagnostics)
    if errors:
        raise ArchitectureError(once(errors), examined.report)
    return examined.report


def compare(
    *networks: Network | str | Path,
    input: Shape | Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    params: Mapping[str, Any] | None = None,
    in_place: bool = False,
) -> Comparison:
    """Networks side by side: totals, depth, receptive fields, and cost by resolution.

    The options are those of `analyze`, and hold for all networks. Raises what `analyze` raises.
    """
    from cnncalc.analysis.compare import comparison_of

    if not networks:
        raise ValueError("a comparison needs at least one network")
    reports = [analyze(network, input, batch, dtype, params, in_place) for network in networks]
    return comparison_of(reports, [_label(network) for network in networks])


def diff(
    before: Network | str | Path,
    after: Network | str | Path | None = None,
    input: Shape | Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    params: Mapping[str, Any] | None = None,
    versus: Mapping[str, Any] | None = None,
    in_place: bool = False,
) -> Difference:
    """What changed from one network to another, layer by layer, and what each change costs.

    `versus` sets parameters of the second network, above those that `params` sets in both; without `after`
    it is the first network once more. Raises what `analyze` raises.
    """
    from cnncalc.analysis.diff import difference_of

    other = before if after is None else after
    old = analyze(before, input, batch, dtype, params, in_place)
    new = analyze(other, input, batch, dtype, {**(params or {}), **(versus or {})}, in_place)
    return difference_of(old, new, (_label(before), _label(other)))


def explain(
    network: Network | str | Path,
    layer: str = "",
    figure: str = "",
    input: Shape | Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    params: Mapping[str, Any] | None = None,
    in_place: bool = False,
) -> Explanation | CodeExplanation:
    """How the figures of a layer, or the totals of a network, come about; or what a code (`E301`) means.

    `layer` is a name, or an ending that only one layer has; `figure` one of `analysis.explain.FIGURES`, all
    if empty. Raises ArchitectureError for a faulty network, and ValueError for a layer or figure that there
    is not.
    """
    from cnncalc.analysis.explain import explained
    from cnncalc.codes import CODES

    if isinstance(network, str) and not layer and network.upper() in CODES:
        from cnncalc.analysis.explain_codes import explained_code

        return explained_code(network.upper())
    network = loaded(network, params)
    report = analyze(network, input, batch, dtype, in_place=in_place)
    return explained(network.graph, report, layer, figure)


def export(
    network: Network | str | Path,
    to: str = "pytorch",
    class_name: str = "",
    input: Shape | Mapping[str, Shape] | None = None,
    params: Mapping[str, Any] | None = None,
) -> str:
    """The network as a program for another framework, in one file that needs nothing of cnncalc.

    `to` is `pytorch`, so far the only one; `class_name` what the class of the network is called. Raises what
    `analyze` raises, and ValueError for a framework or a name that cannot be.
    """
    network = loaded(network, params)
    return program(network, analyze(network, input), to, class_name)


def program(network: Network, report: Report, to: str, class_name: str = "") -> str:
    """The program for a network that was read and analyzed; raises ValueError as `export` does."""
    from cnncalc.interop import writer_for

    return writer_for(to)(_described(network, report), class_name)


def _described(network: Network, report: Report) -> Described:
    """A sound network with all that an exporter asks for."""
    from cnncalc.interop.described import Described

    placings: dict[str, Placing] = {}
    expand(network.document, _overrides(network.settings), _Faults().add, placings)

    def varied(name: str, value: Value) -> Described | None:
        reading = read_again(network, {name: value})
        given = None if report.inputs == network.graph.inputs else report.inputs
        examined = examine(reading.network.graph, given)
        if reading.diagnostics or _errors(examined.diagnostics):
            return None
        return _described(reading.network, examined.report)

    document = network.document
    return Described(
        network.graph, report, placings, document.blocks, document.sections.get("layers"), varied
    )


def _label(network: Network | str | Path) -> str:
    """What a network was called by; its own name where that was its text."""
    if isinstance(network, Network):
        return network.name
    return "<text>" if "\n" in str(network) or str(network).startswith("{") else str(network)


def loaded(network: Network | str | Path, params: Mapping[str, Any] | None = None) -> Network:
    """The network that is given as it is or as for `load`, with parameters set."""
    if not isinstance(network, Network):
        return load(network, params)
    return _sound(read_again(network, params)) if params else network


def find_text(what: str | Path) -> Source:
    """The source that `what` means: `-` is standard input; several lines, or braces, are the text itself."""
    if isinstance(what, Path):
        return read_text(what)
    if not isinstance(what, str):
        raise TypeError(f"a path, a name or a text is needed, not {type(what).__name__}")
    if what == "-":
        return read_stdin()
    if "\n" in what or what.startswith("{"):
        return Source("<text>", what.removeprefix("\ufeff"))
    return zoo.find_source(what)


def read(source: Source, params: Mapping[str, Any] | None = None) -> Reading:
    """Reads a network; faults are given back, not raised, unless nothing can be read at all."""
    faults = _Faults()
    with paused_garbage_collector():
        document = read_document(source, _find_base, faults.add)
        graph = expand(document, _overrides(params or {}), faults.add)
    return Reading(Network(graph, document, params or {}), faults.diagnostics)


def read_again(network: Network, params: Mapping[str, Any]) -> Reading:
    """The same network with parameters set, beside those set before."""
    faults = _Faults()
    settings = {**network.settings, **params}
    graph = expand(network.document, _overrides(settings), faults.add)
    return Reading(Network(graph, network.document, settings), faults.diagnostics)


class _Faults:
    """The faults of a reading, which ends when there are more than anyone reads."""

    def __init__(self) -> None:
        self.diagnostics: list[Diagnostic] = []

    def add(self, diagnostic: Diagnostic) -> None:
        self.diagnostics.append(diagnostic)
        if len(self.diagnostics) >= MOST_FAULTS:
            raise ArchitectureError(once(self.diagnostics))


def _sound(reading: Reading) -> Network:
    """The network of a reading; raises ArchitectureError if its text has faults."""
    if reading.diagnostics:
        examined = examine_reading(reading)
        raise ArchitectureError(examined.diagnostics, examined.report)
    return reading.network


def examine_reading(
    reading: Reading,
    inputs: Mapping[str, Shape] | None = None,
    batch: int = 1,
    dtype: str = "float32",
    in_place: bool = False,
) -> Examined:
    """The report of a reading, with the faults of text and shapes together."""
    examined = examine(reading.network.graph, inputs, batch, dtype, in_place)
    found = examined.diagnostics if not reading.diagnostics else _errors(examined.diagnostics)
    return Examined(examined.report, once(reading.diagnostics + found))


def input_shapes(graph: Graph, input: Shape | Mapping[str, Shape] | None) -> Mapping[str, Shape]:
    """The input shapes to analyze with; raises ValueError if they are not those of the network."""
    if input is None:
        return graph.inputs
    if isinstance(input, Mapping):
        given = {name: _sizes(shape) for name, shape in input.items()}
    elif len(graph.inputs) > 1:
        raise ValueError(f"the network has several inputs; name one: {', '.join(graph.inputs)}")
    else:
        given = {next(iter(graph.inputs)): _sizes(input)}
    for name in given:
        if name not in graph.inputs:
            raise ValueError(f"the network has no input {name!r}; it has {', '.join(graph.inputs)}")
    return {name: given.get(name, shape) for name, shape in graph.inputs.items()}


def _sizes(shape: Shape) -> Shape:
    """A shape as given from outside: plain ints; raises ValueError if it cannot be one."""
    try:
        sizes = tuple(operator.index(size) for size in shape)
    except TypeError:
        raise ValueError(f"a shape is a tuple of whole numbers (C, H, W), not {shape!r}") from None
    if not 1 <= len(sizes) <= MOST_DIMENSIONS or not all(1 <= size <= LARGEST_SIZE for size in sizes):
        raise ValueError(f"sizes of an input must be from 1 to {LARGEST_SIZE:,}, not {sizes}")
    return sizes


def once(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    """The diagnostics in file order; of those with one code at one place (a block used often) the first."""
    kept: dict[tuple[str, Span], Diagnostic] = {}
    for diagnostic in diagnostics:
        kept.setdefault((diagnostic.code, diagnostic.span), diagnostic)
    return list(in_file_order(kept.values())[:MOST_FAULTS])


def _errors(diagnostics: list[Diagnostic]) -> list[Diagnostic]:
    return [diagnostic for diagnostic in diagnostics if diagnostic.is_error]


def _find_base(name: str, source: Source) -> Source:
    return zoo.find_source(name, Path(source.name).parent)


def _overrides(params: Mapping[str, Any]) -> list[Placed]:
    """Parameters set from outside, as if written in a file."""
    placed = []
    for name, value in params.items():
        text = f"{name}: {value if isinstance(value, str) else _written(value)}"
        source = Source("--set", text)
        node = parse(source)
        if isinstance(node, YamlMapping):
            placed += [Placed(source, key, item) for key, item in node.pairs()]
    return placed


def _written(value: Any) -> str:
    """A Python value as YAML."""
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_written, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return str(value)
