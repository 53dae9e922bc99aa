from torch import Tensor, nn
from torch.nn import functional


class PaddedLPPool2d(nn.LPPool2d):
    """A power-average pool with zeros at each side: left, right, top, bottom."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int],
        sides: tuple[int, ...],
    ) -> None:
        super().__init__(norm_type, kernel_size, stride)
        self.sides = sides

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(functional.pad(input, self.sides))
