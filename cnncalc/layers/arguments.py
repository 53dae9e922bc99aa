"""What an argument of a layer kind is: a dataclass field with a reader, one line of meaning and a default."""

from __future__ import annotations

import dataclasses
from typing import Any, NamedTuple, Protocol


class ArgumentFault(Exception):
    """A value that an argument cannot take.

    `index` is the place in a list value; `argument` names the argument where the reader does not know it
    (a layer whose arguments do not go together raises it from `__post_init__`).
    """

    def __init__(
        self, message: str, help: str = "", index: int | None = None, argument: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.help = help
        self.index = index
        self.argument = argument


class Reader(Protocol):
    """Reads one argument. `words` are the strings it takes literally; others are expressions."""

    @property
    def words(self) -> tuple[str, ...]: ...

    def read(self, value: Any, rank: int) -> Any:
        """The value in its one form; raises ArgumentFault."""

    def schema(self, rank: int) -> dict[str, Any]:
        """JSON Schema of the values that are taken (expressions not counted)."""

    def describe(self, rank: int) -> str:
        """The values in a few words, for the reference and for messages."""


class Required:
    """Marks an argument that has no default."""


class SameAs(NamedTuple):
    """A default taken from another argument, which is declared before."""

    argument: str


REQUIRED = Required()


class Argument(NamedTuple):
    """One argument of a kind, as declared by a dataclass field."""

    name: str
    reader: Reader
    doc: str
    default: Any

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def argument(reader: Reader, doc: str, default: Any = REQUIRED) -> Any:
    """Declares a dataclass field that is an argument of the kind."""
    return dataclasses.field(metadata={"argument": (reader, doc, default)})
