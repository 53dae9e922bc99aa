"""Runs a network on arrays, layer by layer in the order of its graph."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from cnncalc.graph import Graph, Node
from cnncalc.layers.base import Layer, Operations
from cnncalc.numpy_backend.arrays import owner
from cnncalc.numpy_backend.counting import Array
from cnncalc.numpy_backend.executors import EXECUTORS, Executor
from cnncalc.numpy_backend.expected_power import expected_powers
from cnncalc.numpy_backend.folding import can_fold, folded
from cnncalc.numpy_backend.plan import Step, orders, plan
from cnncalc.numpy_backend.work import CannotRun, Reference, Scratch, Shape, Tensors, Work


class LayerRun(NamedTuple):
    """What happened when a layer ran."""

    name: str
    output: Array
    """(N, C, ...); to be read during the hook, as a later layer may write over it."""
    is_view: bool
    operations: Operations
    weights: Mapping[str, Array]
    buffers: Mapping[str, Array]
    live_bytes: int
    """Bytes of all tensors that were there when the layer was done, inputs of the network included."""


Hook = Callable[[LayerRun], None]
Progress = Callable[[int], None]


class Failure(Exception):
    """A layer could not be run; `layer` is its name."""

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f"{layer}: {reason}")
        self.layer = layer
        self.reason = reason


class _Call(NamedTuple):
    """An executor with the layer and the work that it is called with."""

    name: str
    execute: Executor
    layer: Layer
    work: Work

    def output(self, inputs: Sequence[Array]) -> Array:
        """What the executor makes of the inputs; raises Failure if it cannot."""
        try:
            return self.execute(self.layer, inputs, self.work)
        except CannotRun as reason:
            raise Failure(self.name, str(reason)) from reason
        except (ValueError, IndexError) as error:  # NumPy's word for arrays that do not go together
            raise Failure(self.name, f"NumPy cannot do it: {error}") from error


class Runner:
    """A network ready to run; keeps its weights, and what executors prepare of them, from run to run."""

    def __init__(self, graph: Graph, tensors: Tensors, dtype: str = "float32", in_place: bool = True) -> None:
        self.graph = graph
        self.dtype = np.dtype(dtype)
        self.in_place = in_place
        self.scratch = Scratch()
        found = _Once(tensors)
        powers = expected_powers(graph)
        self.works = [
            Work(_tensors_name(graph, node), self.dtype, found, self.scratch, order, powers[node.inputs[0]])
            for node, order in zip(graph.nodes, orders(graph), strict=True)
        ]
        self.plans = {together: plan(graph, together) for together in (False, True)}
        self.calls = {
            together: [self._calls(step) for step in plan.steps] for together, plan in self.plans.items()
        }
        for tensor in self.plans[False].last_reference:
            self.works[tensor - len(graph.inputs)].keeps_indices = True

    def run(
        self, inputs: Mapping[str, Array], on_layer: Hook | None = None, progress: Progress | None = None
    ) -> dict[str, Array]:
        """The outputs of the network, by name, for inputs (N, C, ...), by name.

        With a hook every layer is run by itself; without one elementwise layers are done on the blocks of
        the layer in front of them. `progress` is told how many layers are done. Raises Failure.
        """
        with np.errstate(all="ignore"):  # a number that overflows shows in what comes out
            return _Run(self, inputs, on_layer).outputs(progress)

    def _calls(self, step: Step) -> tuple[_Call, ...]:
        """The executor of a step, and those that are called with each block of its output."""
        calls = [
            _Call(node.name, EXECUTORS[node.layer.kind.name], node.layer, self.works[index])
            for index in (step.node, *step.finishing)
            if (node := self.graph.nodes[index]).layer is not None
        ]
        if len(calls) > 1 and can_fold(calls[0].layer, calls[1].layer):
            layer, work = folded(calls[0].layer, calls[0].work, calls[1].layer, calls[1].work)
            calls[:2] = [calls[0]._replace(layer=layer, work=work)]
        return tuple(calls)


class _Run:
    """One run: the tensors that are there at the time, by number."""

    def __init__(self, runner: Runner, inputs: Mapping[str, Array], hook: Hook | None) -> None:
        self.runner = runner
        self.graph = runner.graph
        self.plan = runner.plans[hook is None]
        self.calls = runner.calls[hook is None]
        self.hook = hook
        self.first = len(self.graph.inputs)
        self.tensors: dict[int, Array] = dict(enumerate(inputs[name] for name in self.graph.inputs))
        self.given = [weakref.ref(owner(x)) for x in self.tensors.values()]
        self.shapes: dict[int, Shape] = {number: x.shape for number, x in self.tensors.items()}
        self.indices: dict[int, Array] = {}
        for tensor in self.plan.unread:
            del self.tensors[tensor]

    def outputs(self, progress: Progress | None = None) -> dict[str, Array]:
        done = 0
        for step, calls, dying in zip(self.plan.steps, self.calls, self.plan.dying, strict=True):
            self.do(step, calls, dying)
            for tensor in dying:
                del self.tensors[tensor]
            done += 1 + len(step.finishing)
            if progress is not None:
                progress(done)
        return {self.graph.tensor_name(tensor): self.tensors[tensor] for tensor in self.graph.outputs}

    def do(self, step: Step, calls: tuple[_Call, ...], dying: tuple[int, ...]) -> None:
        """Runs a node, and those that are done with its blocks."""
        node, made = self.graph.nodes[step.node], self.first + step.last
        through = [self.first + number for number in (step.node, *step.finishing)]
        layer, work = calls[0].layer, calls[0].work
        inputs = [self.tensors[tensor] for tensor in node.inputs]
        work.start_counting()
        work.writes_over_input = False
        work.references = tuple(map(self.reference, node.references))
        in_place = self.runner.in_place and layer.elementwise
        work.reusable = self.reusable(inputs, dying) if in_place else ()
        work.finishing = partial(_finish, calls[1:]) if len(calls) > 1 else None
        output = calls[0].output(inputs)
        work.references = ()  # they hold indices, which are to die with their last reader
        self.tensors[made] = output
        self.shapes.update(dict.fromkeys(through, output.shape))
        if work.indices is not None:
            self.indices[made], work.indices = work.indices, None
        if self.hook is not None:
            self.hook(self.layer_run(node, output, inputs, work))
        for tensor in node.references:
            if self.plan.last_reference.get(tensor) == step.node:
                self.indices.pop(tensor, None)

    def reusable(self, inputs: Sequence[Array], dying: tuple[int, ...]) -> tuple[bool, ...]:
        """Which inputs nothing else looks at, now or later; a network's input is never written over."""
        staying = {id(owner(x)) for number, x in self.tensors.items() if number not in dying}
        given = {id(x()) for x in self.given}  # views of them may live longer than they do themselves
        return tuple(id(owner(x)) not in staying | given and owner(x).nbytes == x.nbytes for x in inputs)

    def reference(self, tensor: int) -> Reference:
        producer = self.graph.producer(tensor)
        read = tensor if producer is None else producer.inputs[0]
        return Reference(self.shapes[read], self.shapes[tensor], self.indices.get(tensor))

    def layer_run(self, node: Node, output: Array, inputs: Sequence[Array], work: Work) -> LayerRun:
        owners = {id(owner(x)): owner(x).nbytes for x in (*self.tensors.values(), *self.indices.values())}
        return LayerRun(
            node.name,
            output,
            not work.writes_over_input and any(owner(output) is owner(x) for x in inputs),
            work.counted,
            work.weights,
            work.buffers,
            sum(owners.values()),
        )


def _finish(calls: tuple[_Call, ...], block: Array) -> None:
    """Does elementwise layers in place, on a block of the output of the layer in front of them."""
    for call in calls:
        call.work.reusable = (True,)
        call.output((block,))


class _Once:
    """Tensors by name, each found once: layers that share weights get the same ones."""

    def __init__(self, tensors: Tensors) -> None:
        self.tensors = tensors
        self.found: dict[str, Array] = {}

    def tensor(self, layer: str, name: str, shape: Shape, mean: float, deviation: float) -> Array:
        key = f"{layer}.{name}"
        if key not in self.found:
            self.found[key] = self.tensors.tensor(layer, name, shape, mean, deviation)
        if self.found[key].shape != shape:
            raise CannotRun(f"{key} is {self.found[key].shape}, and the layer needs {shape}")
        return self.found[key]


def _tensors_name(graph: Graph, node: Node) -> str:
    """The node whose tensors a node uses: its own, or that of the layer it shares with."""
    while node.share is not None:
        source = graph.producer(node.share)
        assert source is not None
        node = source
    return node.name
