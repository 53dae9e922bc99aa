"""Whether a tensor can be seen under another shape: our strides against those of torch.Tensor.view."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from cnncalc.analysis.placement import Lying, seen_under

if TYPE_CHECKING:
    import torch

pytestmark = pytest.mark.oracle

CASES = 4000


def turned_and_cut(random: Random) -> torch.Tensor:
    """A tensor that was permuted, sliced and given single positions, up to three times."""
    import torch

    sizes = [random.choice([1, 2, 3, 4, 6]) for _ in range(random.randint(1, 4))]
    x = torch.arange(torch.Size(sizes).numel()).reshape(sizes)
    for _ in range(random.randint(0, 3)):
        dim = random.randrange(x.dim())
        match random.choice(("permute", "slice", "unsqueeze")):
            case "permute":
                x = x.permute(*random.sample(range(x.dim()), x.dim()))
            case "slice":
                start = random.randrange(x.shape[dim])
                x = x[(slice(None),) * dim + (slice(start, None, random.choice([1, 1, 2, 3])),)]
            case "unsqueeze":
                x = x.unsqueeze(dim)
    return x


def other_shape(elements: int, random: Random) -> list[int]:
    sizes = []
    while elements > 1 and len(sizes) < 4:
        sizes.append(random.choice([size for size in range(1, elements + 1) if elements % size == 0]))
        elements //= sizes[-1]
    return [*sizes, elements]


def test_views() -> None:
    random, found = Random(1), [0, 0]
    for _ in range(CASES):
        x = turned_and_cut(random)
        output = other_shape(x.numel(), random)
        ours = seen_under(Lying(x.storage_offset(), tuple(x.stride())), tuple(x.shape), tuple(output))
        try:
            theirs = x.view(output)
        except RuntimeError:
            assert ours is None, (x.shape, x.stride(), output)
            found[0] += 1
            continue
        assert ours is not None, (x.shape, x.stride(), output)
        assert ours.start == theirs.storage_offset()
        distances = zip(ours.strides, theirs.stride(), output, strict=True)
        assert all(mine == other or size == 1 for mine, other, size in distances), (x.stride(), output)
        found[1] += 1
    assert min(found) > CASES // 20  # neither is rare
