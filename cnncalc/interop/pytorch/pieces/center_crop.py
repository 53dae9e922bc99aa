from torch import Tensor, nn


class CenterCrop(nn.Module):
    """The middle of every axis, as torchvision takes it."""

    def __init__(self, size: int | tuple[int, ...]) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        sizes = (self.size,) * (x.ndim - 2) if isinstance(self.size, int) else self.size
        for axis, size in enumerate(sizes, start=2):
            x = x.narrow(axis, round((x.shape[axis] - size) / 2), size)
        return x
