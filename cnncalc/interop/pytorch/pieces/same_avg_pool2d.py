import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.interop.pytorch.pieces.same_sides import same_sides


class SameAvgPool2d(nn.AvgPool2d):
    """An average pool padded as TensorFlow's `SAME`: ceil(size / stride) outputs."""

    def forward(self, input: Tensor) -> Tensor:
        sides = same_sides(input.shape[2:], self.kernel_size, self.stride, 1)
        mean = super().forward(functional.pad(input, sides))
        if self.count_include_pad:
            return mean
        return mean / super().forward(functional.pad(torch.ones_like(input), sides))
