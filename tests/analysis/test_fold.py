from __future__ import annotations

from cnncalc.analysis.fold import rows_of
from tests.render.reports import report_of


def test_every_layer_is_a_row_without_a_depth() -> None:
    report = report_of()
    rows = rows_of(report.layers)
    assert [row.name for row in rows] == [layer.name for layer in report.layers]
    assert [row.kind for row in rows][:2] == ["conv2d", "conv2d"]


def test_layers_of_a_block_become_one_row_and_the_sums_stay() -> None:
    report = report_of()
    for depth in range(5):
        rows = rows_of(report.layers, depth)
        assert sum(row.params for row in rows) == report.totals.params
        assert sum(row.macs for row in rows) == report.totals.macs
        assert sum(row.flops for row in rows) == report.totals.flops
        assert sum(row.output_bytes for row in rows) == report.totals.activation_bytes
    rows = rows_of(report.layers, 1)
    assert [(row.name, row.kind) for row in rows] == [
        ("stem", "conv2d"),
        ("deep", "8 layers"),
        ("flatten_1", "flatten"),
    ]
    assert rows[1].read == {"stem": (8, 7, 12)}
    assert rows[1].output_shape == (8, 7, 12)
    assert rows[1].receptive_field.size == (11, 9)


def test_equal_blocks_in_a_row_are_one_row() -> None:
    rows = rows_of(report_of().layers, 2)
    assert [(row.name, row.times, row.params) for row in rows] == [
        ("stem", 1, 80),
        ("deep.0-1", 2, 1152),
        ("flatten_1", 1, 0),
    ]


def test_unequal_blocks_and_single_layers_stay_apart() -> None:
    report = report_of(
        """
input: [4, 9, 9]
layers:
  - sequence:
      - conv2d: {out_channels: 4 + i, kernel_size: 1}
      - relu
    name: grows
    repeat: 2
  - tanh
  - tanh
"""
    )
    assert [row.name for row in rows_of(report.layers, 2)] == ["grows.0", "grows.1", "tanh_1", "tanh_2"]
