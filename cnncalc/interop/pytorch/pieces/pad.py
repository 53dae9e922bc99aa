from torch import Tensor, nn
from torch.nn import functional


class Pad(nn.Module):
    """A number around the input, for more axes than nn.ConstantPad3d has."""

    def __init__(self, padding: tuple[int, ...], value: float = 0) -> None:
        super().__init__()
        self.padding = padding
        self.value = value

    def forward(self, x: Tensor) -> Tensor:
        return functional.pad(x, self.padding, value=self.value)
