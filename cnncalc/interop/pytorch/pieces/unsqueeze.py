from torch import Tensor, nn


class Unsqueeze(nn.Module):
    """Puts in a dim of size 1."""

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return x.unsqueeze(self.dim)
