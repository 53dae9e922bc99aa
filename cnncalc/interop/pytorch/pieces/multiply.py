import operator
from functools import reduce

from torch import Tensor, nn


class Multiply(nn.ModuleDict):
    """The product of what its branches make of one input."""

    def forward(self, x: Tensor) -> Tensor:
        made: list[Tensor] = [branch(x) for branch in self.values()]
        return reduce(operator.mul, made)
