import math
from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional


def indices_without_sides(
    indices: Tensor, sizes: Sequence[int], sides: Sequence[int]
) -> Tensor:
    """Indices into a padded input as those into the input, -1 for the padding."""
    cells = torch.arange(math.prod(sizes), device=indices.device).reshape(1, 1, *sizes)
    return functional.pad(cells, list(sides), value=-1).flatten()[indices]
