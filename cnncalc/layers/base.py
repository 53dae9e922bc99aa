"""What every layer kind is made of.

A kind is one frozen dataclass (its arguments are the fields) and a `Kind` record that names it. Shapes
are `(C, ...)`, without the batch. The rules are plain arithmetic: they take shapes of ints, of NumPy
arrays or of traced numbers, and do not check. `check` says what does not fit, on ints, before a rule
is relied upon.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, NamedTuple, TypeVar, dataclass_transform

from cnncalc.geometry import Reach
from cnncalc.layers.arguments import REQUIRED, Argument, ArgumentFault, SameAs, argument
from cnncalc.layers.readers import Reference

Shape = tuple[int, ...]
Shapes = tuple[Shape, ...]
Tensors = Mapping[str, Shape]

NO_TENSORS: Tensors = {}

LayerClass = TypeVar("LayerClass")


class Operations(NamedTuple):
    """What a layer computes for one sample, by sort (divisions are muls; a bias is an add, not a mac)."""

    macs: int = 0
    adds: int = 0
    muls: int = 0
    compares: int = 0
    transcendentals: int = 0

    def times(self, factor: int) -> Operations:
        return Operations(*(count * factor for count in self))

    def plus(self, other: Operations) -> Operations:
        return Operations(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))


FREE = Operations()


class Step(NamedTuple):
    """Where one dimension of the output comes from: dimension `dim` of the input.

    `reach` is None where every position reads its own; `whole` where each reads all of them.
    """

    dim: int
    reach: Reach | None = None
    whole: bool = False


Movement = tuple[Step | None, ...] | None
"""For each dimension of the output its Step, or None if it walks along no dimension of the input.

`POINTWISE`, None as a whole, says that every output position reads just its own input position. A
dimension of the input that no Step names is taken to be mixed into the others (flatten).
"""

POINTWISE: Movement = None


class Misfit(NamedTuple):
    """A shape fault found by `check`, without its place in the file.

    `argument` (and `index` in its list) or `input` (the number of an input) say what to point at; neither
    means the layer itself. `fatal` is false if the output shape holds all the same, so that the layers
    behind are still looked at.
    """

    code: str
    message: str
    argument: str | None = None
    index: int | None = None  # type: ignore[assignment]  # hides tuple.index, which nobody needs here
    input: int | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str = ""
    fatal: bool = True


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(argument,))
def frozen_layer(cls: type[LayerClass]) -> type[LayerClass]:
    """Makes a frozen dataclass of a layer.

    What dataclasses would write anew for each class (init, equality, repr, being frozen) `Layer` has once
    for all of them: the classes of a run are made in a tenth of the time, and every start makes them.
    """
    return dataclass(init=False, eq=False, repr=False)(cls)


@frozen_layer
class Layer:
    """One layer with its arguments read. A family overrides the rules that differ from these."""

    kind: Kind

    view: ClassVar[bool] = False
    """The output is the input's memory seen otherwise, so it costs no bytes."""
    reshapes: ClassVar[bool] = False
    """The output is the input's elements in their order: a view only of an input that lies in order."""
    elementwise: ClassVar[bool] = False
    """Each output element needs only the input element in its place, so the layer can work in place."""
    keeps_of_reference: ClassVar[int] = 0
    """Bytes kept of each element of a referenced output, from its making until this layer has run."""

    def __init__(self, **values: Any) -> None:
        vars(self).update(values)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Raises ArgumentFault where the arguments do not go together."""

    def __setattr__(self, name: str, value: object) -> None:
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        values = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.kind.arguments)
        return f"{self.kind.name}({values})"

    def check(self, inputs: Shapes) -> Iterable[Misfit]:
        """What does not fit; nothing if all rules hold for these input shapes."""
        return ()

    def output_shape(self, inputs: Shapes) -> Shape:
        """The shape of the output: that of the input, if a family does not say otherwise.

        Each reference (`like`, `indices`) adds two shapes after the inputs: what the layer it names
        reads, and what that layer gives.
        """
        return inputs[0]

    def weights(self, inputs: Shapes) -> Tensors:
        """The tensors that training changes."""
        return NO_TENSORS

    def buffers(self, inputs: Shapes) -> Tensors:
        """The tensors that training does not change by gradient."""
        return NO_TENSORS

    def operations(self, inputs: Shapes, output: Shape) -> Operations:
        """What is computed for one sample. A free layer says `FREE`."""
        raise NotImplementedError

    def operations_of_batch(self, inputs: Shapes, output: Shape, batch: int) -> Operations:
        """What is computed for a batch: for each sample the same, if they do not know of each other."""
        return self.operations(inputs, output).times(batch)

    def movement(self, inputs: Shapes, output: Shape) -> Movement:
        """How the receptive field moves on through the layer; not at all, if a family does not say so."""
        return POINTWISE

    def referring(self, references: tuple[Layer | None, ...]) -> Layer:
        """The layer once its references are known (None for a network input); raises ArgumentFault."""
        return self


@dataclass(frozen=True, eq=False)
class Kind:
    """The name of a layer kind and all that is the same for its layers.

    `rank` is the number of spatial axes (0: any shape); `inputs` the number of tensors read (None: two
    or more); `example` a layer as one writes it, for input shapes `example_inputs`.
    """

    name: str
    layer: type[Layer]
    doc: str
    example: str
    example_inputs: Shapes
    rank: int = 0
    inputs: int | None = 1

    @cached_property
    def arguments(self) -> dict[str, Argument]:
        """The arguments in the order of their declaration."""
        declared = ((field.name, field.metadata.get("argument")) for field in dataclasses.fields(self.layer))
        return {name: Argument(name, *what) for name, what in declared if what}

    @cached_property
    def references(self) -> tuple[str, ...]:
        """The arguments that name another layer."""
        return tuple(
            name
            for name, declared in self.arguments.items()
            if isinstance(getattr(declared.reader, "reader", declared.reader), Reference)
        )

    @cached_property
    def bare_argument(self) -> str | None:
        """The argument that a bare value stands for: the only required one, or the first if none is."""
        required = [name for name, declared in self.arguments.items() if declared.required]
        if len(required) > 1 or not self.arguments:
            return None
        return required[0] if required else next(iter(self.arguments))

    def make(self, values: Mapping[str, Any]) -> Layer:
        """The layer with these argument values; raises ArgumentFaults with every argument that is wrong."""
        read: dict[str, Any] = {}
        faults: dict[str, ArgumentFault] = {}
        for name, declared in self.arguments.items():
            if name not in values and declared.default is REQUIRED:
                faults[name] = ArgumentFault(f"{self.name} needs `{name}`: {declared.doc}")
            elif name not in values and isinstance(declared.default, SameAs):
                read[name] = read.get(declared.default.argument)
            else:
                try:
                    read[name] = declared.reader.read(values.get(name, declared.default), self.rank)
                except ArgumentFault as fault:
                    faults[name] = fault
        if not faults:
            try:
                return self.layer(kind=self, **read)
            except ArgumentFault as fault:
                faults[fault.argument or ""] = fault
        raise ArgumentFaults(faults)


class ArgumentFaults(Exception):
    """The arguments of one layer that could not be read, each with its fault."""

    def __init__(self, faults: Mapping[str, ArgumentFault]) -> None:
        super().__init__("; ".join(f"{name}: {fault.message}" for name, fault in faults.items()))
        self.faults = faults
