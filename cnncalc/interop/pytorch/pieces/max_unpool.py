import math
from collections.abc import Sequence

from torch import Tensor, nn


class MaxUnpool(nn.Module):
    """Puts values back where a max pool of any sort found them, zeros elsewhere."""

    def forward(self, x: Tensor, indices: Tensor, output_size: Sequence[int]) -> Tensor:
        if x.shape != indices.shape:
            raise ValueError(
                f"values {list(x.shape)} have indices of shape {list(indices.shape)}"
            )
        sizes = output_size[2:]
        cells = math.prod(sizes)
        # what was found in padding (-1) goes to a place behind all others
        places = indices.where(indices >= 0, cells)
        flat = x.new_zeros(*x.shape[:2], cells + 1).scatter(
            2, places.flatten(2), x.flatten(2)
        )
        return flat[..., :cells].reshape(*x.shape[:2], *sizes)
