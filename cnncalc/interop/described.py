"""A network as an exporter gets it: what it is, and how it was written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from cnncalc.analysis.report import Report
from cnncalc.graph import Graph
from cnncalc.language.document import Placed
from cnncalc.language.expressions import Value
from cnncalc.language.place import Placing


@dataclass(frozen=True, eq=False)
class Described:
    """A network with its report.

    `placings` are what was written for each layer and each use of a block, by their names; `blocks` the
    definitions of these, and `layers` the list of layers. `varied` gives the network with another value of a
    parameter of the file, or None if it has faults then.
    """

    graph: Graph
    report: Report
    placings: Mapping[str, Placing]
    blocks: Mapping[str, Placed]
    layers: Placed | None
    varied: Callable[[str, Value], Described | None]
