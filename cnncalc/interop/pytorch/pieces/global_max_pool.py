from torch import Tensor, nn


class GlobalMaxPool(nn.Module):
    """The largest value of each channel."""

    def __init__(self, keepdim: bool = False) -> None:
        super().__init__()
        self.keepdim = keepdim

    def forward(self, x: Tensor) -> Tensor:
        return x.amax(dim=tuple(range(2, x.ndim)), keepdim=self.keepdim)
