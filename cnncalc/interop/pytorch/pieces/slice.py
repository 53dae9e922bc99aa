from torch import Tensor, nn


class Slice(nn.Module):
    """The places of a dim from `start` to before `stop`."""

    def __init__(
        self, start: int = 0, stop: int | None = None, step: int = 1, dim: int = 1
    ) -> None:
        super().__init__()
        self.places = slice(start, stop, step)
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        index = [slice(None)] * x.ndim
        index[self.dim] = self.places
        return x[tuple(index)]
