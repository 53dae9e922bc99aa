"""Where in the expansion an entry stands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cnncalc.language.entry import Entry
from cnncalc.language.expressions import Value
from cnncalc.language.origin import Origin
from cnncalc.language.scope import Scope


class Turn(NamedTuple):
    """One turn of a repeat. The names of what it makes stand directly below `container` (`""` or `a.b.`)."""

    container: str
    entry: Entry
    variable: str
    number: int


class Place(NamedTuple):
    """What the expressions of an entry see, and how its layers are named."""

    scope: Scope
    prefix: str
    counters: dict[str, int]
    caller: Origin | None = None
    blocks: tuple[str, ...] = ()
    """The blocks being expanded around the entry, the outermost first."""
    share: tuple[str, str] | None = None
    """Layers under the first prefix use the weights of those under the second."""
    silenced: frozenset[str] = frozenset()
    """The codes of warnings that the file does not want to hear of these layers."""
    turns: tuple[Turn, ...] = ()
    """The repeats around the entry, the outermost first."""

    def named(self, name: str) -> Place:
        """A place whose layers are named below `name`, counted anew."""
        return self._replace(prefix=f"{self.prefix}{name}.", counters={})


class Placing(NamedTuple):
    """What a layer, or the use of a block, was made of, for those who need to know how it was written.

    `values` are the parameters of a block; None for a layer.
    """

    entry: Entry
    place: Place
    values: Mapping[str, Value] | None = None
