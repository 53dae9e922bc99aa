from torch import Tensor, nn


class Arctan(nn.Module):
    """arctan(x)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.arctan()
