from functools import reduce

import torch
from torch import Tensor, nn


class Maximum(nn.ModuleDict):
    """The largest of what its branches make of one input, element by element."""

    def forward(self, x: Tensor) -> Tensor:
        made: list[Tensor] = [branch(x) for branch in self.values()]
        return reduce(torch.maximum, made)
