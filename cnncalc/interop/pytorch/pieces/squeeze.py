from torch import Tensor, nn


class Squeeze(nn.Module):
    """Drops a dim of size 1, or all of them but the batch."""

    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        return x.squeeze(tuple(range(1, x.ndim)) if self.dim is None else self.dim)
