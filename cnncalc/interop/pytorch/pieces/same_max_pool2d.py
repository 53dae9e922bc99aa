from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.interop.pytorch.pieces.indices_without_sides import indices_without_sides
from cnncalc.interop.pytorch.pieces.same_sides import same_sides


class SameMaxPool2d(nn.MaxPool2d):
    """A max pool padded as TensorFlow's `SAME`: ceil(size / stride) outputs."""

    def forward(self, input: Tensor) -> Any:
        sides = same_sides(
            input.shape[2:], self.kernel_size, self.stride, self.dilation
        )
        pooled = super().forward(functional.pad(input, sides, value=-torch.inf))
        if not self.return_indices:
            return pooled
        values, indices = pooled
        return values, indices_without_sides(indices, input.shape[2:], sides)
