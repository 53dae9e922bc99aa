import torch
from torch import Tensor, nn


class Concat(nn.ModuleDict):
    """What its branches make of one input, end to end along a dim."""

    def __init__(self, branches: dict[str, nn.Module], dim: int = 1) -> None:
        super().__init__(branches)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([branch(x) for branch in self.values()], dim=self.dim)
