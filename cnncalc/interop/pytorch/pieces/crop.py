from torch import Tensor, nn
from torch.nn import functional


class Crop(nn.Module):
    """Takes cells off all sides, or off each its own: left, right, top, bottom."""

    def __init__(self, cropping: int | tuple[int, ...]) -> None:
        super().__init__()
        self.cropping = cropping

    def forward(self, x: Tensor) -> Tensor:
        each = self.cropping
        cropping = (each,) * (2 * (x.ndim - 2)) if isinstance(each, int) else each
        return functional.pad(x, [-cells for cells in cropping])
