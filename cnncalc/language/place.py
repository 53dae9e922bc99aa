"""Where in the expansion an entry stands."""

from __future__ import annotations

from typing import NamedTuple

from cnncalc.language.origin import Origin
from cnncalc.language.scope import Scope


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

    def named(self, name: str) -> Place:
        """A place whose layers are named below `name`, counted anew."""
        return self._replace(prefix=f"{self.prefix}{name}.", counters={})
