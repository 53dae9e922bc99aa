import torch
from torch import Tensor, nn


class Stack(nn.ModuleDict):
    """What its branches make of one input, side by side along a new dim."""

    def __init__(self, branches: dict[str, nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([branch(x) for branch in self.values()], dim=self.dim)
