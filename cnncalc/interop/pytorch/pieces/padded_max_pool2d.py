from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.interop.pytorch.pieces.indices_without_sides import indices_without_sides


class PaddedMaxPool2d(nn.MaxPool2d):
    """A max pool with a padding of its own for each side: left, right, top, bottom."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int],
        sides: tuple[int, ...],
        dilation: int | tuple[int, int] = 1,
        return_indices: bool = False,
    ) -> None:
        super().__init__(
            kernel_size, stride, dilation=dilation, return_indices=return_indices
        )
        self.sides = sides

    def forward(self, input: Tensor) -> Any:
        pooled = super().forward(functional.pad(input, self.sides, value=-torch.inf))
        if not self.return_indices:
            return pooled
        values, indices = pooled
        return values, indices_without_sides(indices, input.shape[2:], self.sides)
