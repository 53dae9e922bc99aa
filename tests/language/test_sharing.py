"""`share`: layers, sequences and blocks with the weights of others, and what cannot share."""

from __future__ import annotations

import pytest

from tests.language.networks import INPUT, chain, edges, graph_of, help_of, report_of, said


def shares(text: str) -> dict[str, str | None]:
    """The layers with the names of those whose weights they use."""
    graph = graph_of(text)
    inputs = len(graph.inputs)
    return {
        node.name: None if node.share is None else graph.nodes[node.share - inputs].name
        for node in graph.nodes
    }


CONV = "{conv2d: {out_channels: 3, kernel_size: 1}"


def test_a_layer_shares_the_weights_of_another() -> None:
    text = (
        f"{INPUT}layers: [{CONV}, name: c}}, {CONV}, share: c}}, {{share: c}}, {{share: shared_1, name: d}}]"
    )
    assert shares(text) == {"c": None, "conv2d_1": "c", "shared_1": "c", "d": "c"}
    report = report_of(text)
    assert report.totals.params == 3 * 3 + 3
    assert [layer.macs for layer in report.layers] == [576] * 4


def test_a_repeated_layer_shares_in_every_turn() -> None:
    text = f"{INPUT}layers: [{CONV}, name: c}}, {{share: c, repeat: 2, name: again}}]"
    assert shares(text) == {"c": None, "again.0": "c", "again.1": "c"}


def test_a_block_shares_the_weights_of_a_block() -> None:
    block = f"blocks: {{unit: [{CONV}}}, {{add: {{main: [batch_norm], shortcut: []}}}}]}}\n"
    layers = "[unit, {unit: , share: unit_1}, {share: unit_1}, {share: unit_2, name: d}]"
    text = f"{INPUT}{block}layers: {layers}"
    assert shares(text) == {
        f"{unit}.{layer}": f"unit_1.{layer}" if unit != "unit_1" else None
        for unit in ("unit_1", "unit_2", "shared_1", "d")
        for layer in ("conv2d_1", "add_1.main.batch_norm_1", "add_1")
    }
    assert edges(text)["shared_1.conv2d_1"] == ["unit_2.add_1"]
    assert report_of(text).totals.params == 3 * 3 + 3 + 6


def test_a_block_shared_is_the_same_with_its_parameters() -> None:
    block = "blocks: {unit: {params: {k: }, layers: [{conv2d: {out_channels: 3, kernel_size: k}}]}}\n"
    report = report_of(f"{INPUT}{block}layers: [{{unit: 3, name: a}}, {{share: a}}]")
    assert [layer.output_shape for layer in report.layers] == [(3, 6, 6), (3, 4, 4)]


def test_sequences_share_their_weights() -> None:
    first, last = f"{{sequence: [{CONV}}}, relu], name: s}}", f"{{sequence: [{CONV}}}], share: s}}"
    text = f"{INPUT}layers: [{first}, {{share: s}}, {last}]"
    assert shares(text) == {
        "s.conv2d_1": None,
        "s.relu_1": None,
        "shared_1.conv2d_1": "s.conv2d_1",
        "shared_1.relu_1": "s.relu_1",
        "shared_2.conv2d_1": "s.conv2d_1",
    }


def test_repeated_groups_share_turn_by_turn() -> None:
    blocks = f"blocks: {{unit: [{CONV}}}]}}\n"
    first = "{unit: , name: a, repeat: 2}, {unit: , name: b, repeat: 2, share: a}"
    assert shares(f"{INPUT}{blocks}layers: [{first}, {{share: a}}, {{unit: , share: a.1}}]") == {
        "a.0.conv2d_1": None,
        "a.1.conv2d_1": None,
        "b.0.conv2d_1": "a.0.conv2d_1",
        "b.1.conv2d_1": "a.1.conv2d_1",
        "shared_1.0.conv2d_1": "a.0.conv2d_1",
        "shared_1.1.conv2d_1": "a.1.conv2d_1",
        "unit_1.conv2d_1": "a.1.conv2d_1",
    }


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (f"{CONV}, share: d}}", "59 E201 there is no layer `d` above to share with"),
        (f"{CONV}, share: input}}", "59 E201 there is no layer `input` above to share with"),
        (
            f"{CONV}, share: u}}",
            "59 E205 `u` is a group of layers, and a conv2d shares the weights of one layer",
        ),
        ("{share: d}", "16 E201 there is no layer `d` above to share with"),
        ("{unit: , share: c}", "24 E205 `c` has no layers within it, whose weights `unit` could share"),
        ("{unit: , share: r}", "24 E205 `r` is repeated, and each turn has weights of its own"),
        (
            "{conv2d: {out_channels: 4, kernel_size: 1}, share: c}",
            "59 E205 in `conv2d_1`: its weights have other shapes than those of `c`, which it shares",
        ),
        (
            "{relu: , share: c}",
            "24 E205 relu has no weights to share",
        ),
    ],
)
def test_weights_that_cannot_be_shared(layer: str, expected: str) -> None:
    groups = "- {unit: , name: u}\n- {unit: , name: r, repeat: 2}"
    text = f"{INPUT}blocks: {{unit: [{CONV}}}]}}\nlayers:\n- {CONV}, name: c}}\n{groups}\n-      {layer}"
    assert said(text) == [f"7:{expected}"]


def test_a_repeat_shared_leaves_out_the_same_repetitions() -> None:
    layers = "[{sequence: [{linear: 8}], repeat: 3, when: i > 0, name: a}, {share: a, name: b}]"
    assert chain(layers) == ["a.1.linear_1", "a.2.linear_1", "b.1.linear_1", "b.2.linear_1"]


def test_a_kind_without_weights_shares_none() -> None:
    text = (
        INPUT
        + "layers: [{linear: 8, name: c}, {relu: , share: c}, {conv2d: {out_channels: 2, kernel_size: 9}}]"
    )
    assert said(text) == [
        "2:48 E205 relu has no weights to share",
        "2:92 E301 in `conv2d_1`: a window of 9 does not fit an input height of 8",
    ]
    assert help_of(INPUT + "layers: [{linear: 8, name: c}, {relu: , share: c}]") == "take `share` out"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("[3, 8, 8]", "[4]", "6:38 E304 in `other`: {kind} needs an input of C x H x W, got 4"),
        ("[4]", "[3, 8, 8]", "5:24 E304 in `own`: {kind} needs an input of C x H x W, got 4"),
    ],
)
@pytest.mark.parametrize("kind", ["separable_conv2d", "depthwise_conv2d", "conv2d", "conv_transpose2d"])
def test_a_layer_that_does_not_fit_its_own_input_shares_nothing(
    kind: str, first: str, second: str, expected: str
) -> None:
    layer = f"{kind}: {{{'' if kind[0] == 'd' else 'out_channels: 4, '}kernel_size: 3}}"
    text = (
        f"inputs: {{a: {first}, b: {second}}}\noutputs: [own, other]\n\nlayers:\n"
        f"- {{from: a, name: own, {layer}}}\n- {{from: b, name: other, share: own, {layer}}}\n"
    )
    assert said(text) == [expected.format(kind=kind)]


def test_what_is_shared_stands_above() -> None:
    text = INPUT + "layers: [{linear: 8, share: later}, {linear: 8, name: later}]"
    assert said(text) == ["2:29 E201 `later` stands below, and must stand above what shares its weights"]
    assert help_of(text) == "put it above, and let the one below share"
