"""How one layer is made in PyTorch, as data: the constructor of a module and its arguments."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

Value: TypeAlias = "int | float | bool | str | tuple[Value, ...] | None"


class Required:
    """What stands in the place of a default where there is none."""


REQUIRED: Final = Required()


class Given(NamedTuple):
    """An argument of a constructor. It is left out of the text where it has its default.

    `name` is PyTorch's; where a field of our layer has the same name, the text may take over the
    expression that the file gives for it.
    """

    name: str
    value: Value
    default: Value | Required = REQUIRED
    positional: bool = False
    """Written without its name."""


class Also(NamedTuple):
    """What a module is called with beside its input: something of the layer that ours refers to.

    `what` is the output of that layer, the tensor it reads, or the indices of a pool; `text` says how it is
    written into the call, as `output_size={}.shape`.
    """

    what: Literal["output", "input", "indices"]
    text: str = "{}"


class Module(NamedTuple):
    """A module of `torch.nn` (`nn.Conv2d`), or of a piece that is written into the file (`Crop`)."""

    constructor: str
    arguments: tuple[Given, ...] = ()
    also: tuple[Also, ...] = ()


class Merge(NamedTuple):
    """A layer that reads several tensors.

    `expression` is written in `forward`, with `{0}`, `{1}` for the tensors: `torch.cat([{0}, {1}], dim=1)`.
    `branches` is the piece that does the same with named branches of one input, as `Concat`; it takes a
    dictionary of them, and behind it the `arguments`. `of_list` is the expression for a list of tensors, with
    `{}` for its items, where there is one: `sum([{}])`.
    """

    expression: str
    branches: str
    arguments: tuple[Given, ...] = ()
    of_list: str = ""
