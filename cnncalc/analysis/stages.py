"""The cost of a network by resolution, in a form in which networks of any input size can be set side by side.

Exact sizes do not align: after two halvings AlexNet has 55 x 55 positions and VGG 56 x 56. So a layer's stage
is the number of halvings that lead from the network's input to its output, to the nearest whole one:
log2(positions of the input / positions of the output) / axes. Outputs of one position (1 x 1, vectors) are
a stage of their own, the last.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from cnncalc.analysis.report import LayerReport, Report
from cnncalc.arithmetic import product
from cnncalc.layers.base import Shape

VECTOR = 10**6
"""The halvings of what has one position: more than any other has."""


class Stage(NamedTuple):
    """What the layers of one resolution cost together. `halvings` is below 0 where a network enlarges."""

    halvings: int
    sizes: tuple[Shape, ...]
    """The sizes of the layers' outputs along their axes, the largest first."""
    layers: int
    params: int
    macs: int
    flops: int
    activation_bytes: int

    def to_dict(self) -> dict[str, Any]:
        return {
            "scale": scale(self.halvings),
            **self._asdict(),
            "halvings": None if self.halvings == VECTOR else self.halvings,
            "sizes": [list(sizes) for sizes in self.sizes],
        }


def scale(halvings: int) -> str:
    """A stage's name: `1/4` after two halvings, `2/1` where sizes are doubled, `vector`."""
    if halvings == VECTOR:
        return "vector"
    return f"1/{2**halvings}" if halvings >= 0 else f"{2**-halvings}/1"


def stages_of(report: Report) -> dict[int, Stage]:
    """The stages of a network by their halvings, from the input's resolution down; each layer is in one."""
    members: dict[int, list[LayerReport]] = {}
    for layer in report.layers:
        members.setdefault(halvings(layer.network_sizes, layer.output_shape[1:]), []).append(layer)
    return {count: _stage(count, members[count]) for count in sorted(members)}


def halvings(network_sizes: Shape, sizes: Shape) -> int:
    """How often the sides of the input are halved, to the nearest whole number; VECTOR for one position."""
    positions = product(sizes)
    if positions == 1:
        return VECTOR
    axes = max(len(network_sizes), 1)
    # in integers: the h with 2**(h - 1/2) <= (input / output)**(1 / axes) < 2**(h + 1/2)
    larger, smaller, sign = product(network_sizes) ** 2, positions**2, 1
    if larger < smaller:
        larger, smaller, sign = smaller, larger, -1
    count = 0
    while larger >= smaller << (axes * (2 * count + 1)):
        count += 1
    return sign * count


def _stage(count: int, layers: Sequence[LayerReport]) -> Stage:
    sizes = {layer.output_shape[1:] for layer in layers}
    return Stage(
        count,
        tuple(sorted(sizes, key=lambda axes: (product(axes), axes), reverse=True)),
        len(layers),
        sum(layer.params for layer in layers),
        sum(layer.macs for layer in layers),
        sum(layer.flops for layer in layers),
        sum(layer.output_bytes for layer in layers),
    )
