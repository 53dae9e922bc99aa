from torch import Tensor, nn


class Subtract(nn.ModuleDict):
    """What its first branch makes of one input, less what the second makes of it."""

    def forward(self, x: Tensor) -> Tensor:
        made: list[Tensor] = [branch(x) for branch in self.values()]
        first, second = made
        return first - second
