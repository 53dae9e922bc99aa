import torch
from torch import Tensor, nn


class Scale(nn.Module):
    """A learned factor for each place of a dim, and a summand with `bias`."""

    def __init__(self, size: int, dim: int = 1, bias: bool = False) -> None:
        super().__init__()
        self.dim = dim
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size)) if bias else None

    def forward(self, x: Tensor) -> Tensor:
        scaled = x.movedim(self.dim, -1) * self.weight
        if self.bias is not None:
            scaled = scaled + self.bias
        return scaled.movedim(-1, self.dim)
