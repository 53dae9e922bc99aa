"""How numbers, words and tables stand in a constructor."""

from __future__ import annotations

from tests.interop.exported import constructor, head


def test_a_table_stands_in_rows() -> None:
    design = """
input: [6, 8, 8]
layers:
  - conv2d:
      out_channels: 4
      kernel_size: 3
      connection_table: [[0, 1, 2, 3, 4, 5], [0, 1, 2, 3, 4], [0, 2, 4], [5]]
    name: conv
"""
    assert constructor(design) == (
        "self.conv = TableConv2d(\n"
        "    [(0, 1, 2, 3, 4, 5), (0, 1, 2, 3, 4), (0, 2, 4), (5,)], kernel_size=3\n"
        ")\n"
    )


def test_words_and_fractions() -> None:
    design = """
input: [3, 8, 8]
layers:
  - conv2d: {out_channels: 4, kernel_size: 3, padding: same, padding_mode: reflect}
    name: conv
  - batch_norm: {eps: 1e-3, momentum: 0.01, affine: false}
    name: bn
  - gelu: {approximate: tanh}
    name: gelu
"""
    assert constructor(design) == (
        "self.conv = nn.Conv2d(\n"
        '    3, 4, kernel_size=3, padding="same", padding_mode="reflect"\n'
        ")\n"
        "self.bn = nn.BatchNorm2d(4, eps=0.001, momentum=0.01, affine=False)\n"
        'self.gelu = nn.GELU(approximate="tanh")\n'
    )


def test_lists_are_tuples() -> None:
    design = """
input: [3, 9, 9]
layers:
  - conv2d: {out_channels: 4, kernel_size: [1, 7], padding: [0, 3]}
    name: conv
"""
    assert constructor(design) == "self.conv = nn.Conv2d(3, 4, kernel_size=(1, 7), padding=(0, 3))\n"


INCEPTION = """
input: [4, 8, 8]
blocks:
  inception:
    params: {one: , three: }
    layers:
      - concat:
          one:
            - conv2d: {out_channels: one, kernel_size: 1}
              name: conv
          three:
            - conv2d: {out_channels: "three[0]", kernel_size: 1}
              name: reduce
            - conv2d: {out_channels: "three[1]", kernel_size: 3, padding: 1}
              name: conv
        name: join
layers:
  - inception: {one: 2, three: [3, 4]}
    name: a
  - inception: {one: 3, three: [2, 6]}
    name: b
"""


def test_channels_behind_branches_are_summed() -> None:
    made = constructor(INCEPTION)
    assert made.startswith("self.a = Inception(4, 2, ")
    assert "self.b = Inception(6, 3, " in made


def test_lists_as_parameters_are_tuples() -> None:
    assert "three: tuple[int, ...]" in head(INCEPTION, "Inception")
    assert "three=(3, 4)" in constructor(INCEPTION)
