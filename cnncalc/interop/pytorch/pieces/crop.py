from torch import Tensor, nn
from torch.nn import functional


class Crop(nn.Module):
    """Takes cells off each side, the last axis first: left, right, top, bottom."""

    def __init__(self, cropping: tuple[int, ...]) -> None:
        super().__init__()
        self.cropping = cropping

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x, [-cells for cells in self.cropping])
