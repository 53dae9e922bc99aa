"""What is settled before a run: when tensors die, which layers go together, how tensors lie in memory."""

from __future__ import annotations

import pytest

from cnncalc.api import load
from cnncalc.graph import Graph
from cnncalc.numpy_backend.arrays import AS_READ, Order
from cnncalc.numpy_backend.plan import Step, orders, plan

CONV = "conv2d: {out_channels: 4, kernel_size: 1}"


def graph_of(*layers: str, rest: str = "", input: str = "[4, 6, 6]") -> Graph:
    """A network of layers, each as one writes it in one line: `kind: arguments | name: x | from: y`."""
    entries = "".join("  - " + entry.replace(" | ", "\n    ") + "\n" for entry in layers)
    return load(f"input: {input}\n{rest}\nlayers:\n{entries}").graph


def steps_of(graph: Graph, together: bool = True) -> list[list[str]]:
    """The names of the layers of each step."""
    return [
        [graph.nodes[index].name for index in (step.node, *step.finishing)]
        for step in plan(graph, together).steps
    ]


def dying_of(graph: Graph, together: bool = False) -> list[set[str]]:
    return [{graph.tensor_name(tensor) for tensor in dying} for dying in plan(graph, together).dying]


# --- dying tensors -----------------------------------------------------------------------------------


def test_a_tensor_dies_with_its_last_reader() -> None:
    graph = graph_of(
        f"{CONV} | name: a",
        "relu: | name: b",
        "identity: | name: c",
        "add: | name: sum | from: [a, c]",
    )
    assert dying_of(graph) == [{"input"}, set(), {"b"}, {"a", "c"}]


def test_outputs_do_not_die_and_what_nobody_reads_dies_at_once() -> None:
    graph = graph_of(
        f"{CONV} | name: a",
        "relu: | name: unread",
        "relu: | name: b | from: a",
        "relu: | name: c",
        rest="outputs: [a, c]",
    )
    assert dying_of(graph) == [{"input"}, {"unread"}, set(), {"b"}]


def test_inputs_that_nobody_reads() -> None:
    graph = load("inputs: {a: [3], b: [3]}\nlayers:\n  - relu:\n    from: b\n  - relu\n").graph
    assert plan(graph, False).unread == (0,)
    assert dying_of(graph) == [{"b"}, {"relu_1"}]


def test_tensors_of_a_step_die_together() -> None:
    graph = graph_of(f"{CONV} | name: a", "relu: | name: b", "max_pool2d: 2 | name: c")
    assert dying_of(graph, together=True) == [{"input"}, {"b"}]
    assert plan(graph, True).steps == (Step(0, (1,)), Step(2))
    assert plan(graph, True).steps[0].last == 1


def test_a_reference_keeps_indices_and_no_tensor() -> None:
    graph = graph_of(
        "max_pool2d: 2 | name: pool",
        f"{CONV} | name: a",
        "max_unpool2d: {indices: pool} | name: first",
        "max_unpool2d: {indices: pool} | name: second | from: a",
        "center_crop: {like: pool}",
    )
    assert plan(graph, False).last_reference == {1: 3}
    assert dying_of(graph)[1] == {"pool"}


def test_a_network_input_can_be_an_output() -> None:
    graph = graph_of("relu: | name: a", "relu: | name: b", rest="outputs: [input, b]")
    assert dying_of(graph) == [set(), {"a"}]


# --- layers that go together -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first",
    [
        CONV,
        "depthwise_conv2d: 3",
        "separable_conv2d: {out_channels: 4, kernel_size: 3}",
        "conv2d: {out_channels: 4, kernel_size: 1, connection_table: [[0], [1], [2], [3]]}",
    ],
)
def test_elementwise_layers_are_done_with_the_convolution_in_front(first: str) -> None:
    graph = graph_of(
        f"{first} | name: a",
        "batch_norm: | name: b",
        "prelu: | name: c",
        "scale: | name: d",
        "dropout: 0.5 | name: e",
        "max_pool2d: 2 | name: f",
        "relu: | name: g",
    )
    assert steps_of(graph) == [["a", "b", "c", "d", "e"], ["f"], ["g"]]
    assert steps_of(graph, together=False) == [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"]]


def test_linear_and_its_activation() -> None:
    graph = graph_of("linear: 3 | name: a", "sigmoid: | name: b", "linear: 2 | name: c", input="[8]")
    assert steps_of(graph) == [["a", "b"], ["c"]]


@pytest.mark.parametrize(
    "behind",
    [
        "max_pool2d: 2",
        "softmax: 1",  # looks at other elements
        "layer_norm: {dim: 1}",
        "batch_norm: {track_running_stats: false}",  # by the statistics of what it reads
        "instance_norm: {affine: true}",
        "scale: {dim: 2}",  # a block has not all rows
        "scale: {dim: 3}",
        "conv2d: {out_channels: 4, kernel_size: 1}",
        "add: | from: [a, a]",
        "add: | from: [a, input]",
    ],
)
def test_what_is_not_done_with_blocks(behind: str) -> None:
    kind, *rest = behind.split(" | ")
    graph = graph_of(f"{CONV} | name: a", " | ".join([kind, "name: b", *rest]))
    assert steps_of(graph) == [["a"], ["b"]]


def test_norms_with_running_statistics_are_done_with_blocks() -> None:
    for norm in ("batch_norm", "instance_norm: {track_running_stats: true}", "scale: {bias: true}"):
        kind = norm if ":" in norm else norm + ":"
        assert steps_of(graph_of(f"{CONV} | name: a", f"{kind} | name: b")) == [["a", "b"]]


@pytest.mark.parametrize(
    ("layers", "rest"),
    [
        ([f"{CONV} | name: a", "relu: | name: b"], "outputs: [a, b]"),
        ([f"{CONV} | name: a", "relu: | name: b", "tanh: | name: c | from: a"], "outputs: [b, c]"),
        ([f"{CONV} | name: a", "relu: | name: b", "add: | from: [a, b]"], ""),
        # the crop asks what `a` is like
        (
            [
                "conv2d: {out_channels: 4, kernel_size: 3} | name: a",
                "relu: | name: b",
                "center_crop: {like: a} | from: input",
            ],
            "outputs: [b, center_crop_1]",
        ),
    ],
    ids=["an output", "two readers", "a sum over it", "a reference"],
)
def test_what_others_read_as_well_stays_by_itself(layers: list[str], rest: str) -> None:
    assert steps_of(graph_of(*layers, rest=rest))[:2] == [["a"], ["b"]]


def test_an_output_ends_a_step() -> None:
    graph = graph_of(f"{CONV} | name: a", "relu: | name: b", "tanh: | name: c", rest="outputs: [b, c]")
    assert steps_of(graph) == [["a", "b"], ["c"]]


def test_steps_may_skip_layers_between() -> None:
    """Of two branches that are written in turns each is done by itself."""
    graph = graph_of(
        f"{CONV} | name: a | from: input",
        f"{CONV} | name: b | from: input",
        "relu: | name: ra | from: a",
        "relu: | name: rb | from: b",
        "add: | name: sum | from: [ra, rb]",
    )
    assert steps_of(graph) == [["a", "ra"], ["b", "rb"], ["sum"]]
    assert dying_of(graph, together=True) == [set(), {"input"}, {"ra", "rb"}]


# --- memory orders -----------------------------------------------------------------------------------


def order_of(name: str, *layers: str) -> Order | None:
    graph = graph_of(f"{CONV} | name: a", *layers)
    return dict(zip((node.name for node in graph.nodes), orders(graph), strict=True))[name]


@pytest.mark.parametrize(
    ("layers", "order"),
    [
        (["relu"], None),
        (["flatten"], AS_READ),
        (["reshape: [8, 18]"], AS_READ),
        (["relu", "batch_norm", "dropout", "flatten"], AS_READ),
        (["max_pool2d: 2", "flatten"], None),  # the pool makes a new array
        (["add: | from: [a, a]", "flatten"], AS_READ),
        # a view lies as what it looks at, so that it is seen whether flatten has to copy
        (["permute: {dims: [2, 3, 1]}", "flatten"], AS_READ),
        (["permute: {dims: [0, 3, 1, 2]}", "relu", "flatten"], AS_READ),
        (["crop: 1", "flatten"], AS_READ),
        (["crop: 1", "max_pool2d: 2", "flatten"], None),
        (["permute: {dims: [2, 3, 1]}"], None),
        (["unsqueeze: 1", "squeeze", "flatten"], AS_READ),
        (["slice: {dim: 1, stop: 2}", "split: {sections: 2, index: 0}", "flatten"], AS_READ),
        (["unsqueeze: 1"], None),
    ],
    ids=str,
)
def test_how_a_convolution_s_output_lies(layers: list[str], order: Order | None) -> None:
    assert order_of("a", *(layer if ":" in layer else layer + ":" for layer in layers)) == order


def test_all_that_is_done_in_place_lies_alike() -> None:
    graph = graph_of(f"{CONV} | name: a", "relu: | name: b", "flatten: | name: c", "linear: 2 | name: d")
    assert orders(graph) == [AS_READ, AS_READ, None, None]
