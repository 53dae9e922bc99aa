"""What the tests of the language share: networks written as text, and what becomes of them."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from cnncalc import api
from cnncalc.analysis.report import Report
from cnncalc.diagnostics import ArchitectureError, Source
from cnncalc.graph import Graph

INPUT = "input: [3, 8, 8]\n"


def network_of(text: str, **params: Any) -> api.Network:
    """A network without faults in its text."""
    reading = api.read(Source("net.yaml", dedent(text)), params)
    assert reading.diagnostics == []
    return reading.network


def graph_of(text: str, **params: Any) -> Graph:
    return network_of(text, **params).graph


def report_of(text: str, **params: Any) -> Report:
    """The report of a network without any faults."""
    return api.analyze(network_of(text, **params))


def sizes(text: str, **params: object) -> list[tuple[int, ...]]:
    """The output shapes of the layers."""
    return [layer.output_shape for layer in report_of(text, **params).layers]


def edges(text: str, **params: Any) -> dict[str, list[str]]:
    """The names of the layers, each with the names of what it reads."""
    graph = graph_of(text, **params)
    return {node.name: [graph.tensor_name(tensor) for tensor in node.inputs] for node in graph.nodes}


def chain(layers: str, **params: Any) -> list[str]:
    """The names of the layers of a list that reads one input of 3 x 8 x 8, one behind the other."""
    found = edges(f"{INPUT}layers: {layers}", **params)
    assert list(found.values()) == [[name] for name in ["input", *found][: len(found)]]
    return list(found)


def said(text: str, **params: Any) -> list[str]:
    """The faults and warnings of a network: `line:column code message`."""
    try:
        reading = api.read(Source("net.yaml", dedent(text)), params)
        found = api.examine_reading(reading).diagnostics
    except ArchitectureError as error:
        found = list(error.diagnostics)
    return [f"{fault.span.line}:{fault.span.column} {fault.code} {fault.message}" for fault in found]


def help_of(text: str, **params: Any) -> str:
    """The help of the only fault."""
    reading = api.read(Source("net.yaml", dedent(text)), params)
    (fault,) = api.examine_reading(reading).diagnostics
    return fault.help


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(dedent(text), encoding="utf-8")
