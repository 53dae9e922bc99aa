from torch import Tensor, nn
from torch.nn import functional


class PaddedUnfold(nn.Unfold):
    """Windows as columns, with a padding for each side: left, right, top, bottom."""

    def __init__(
        self,
        kernel_size: int | tuple[int, int],
        dilation: int | tuple[int, int] = 1,
        stride: int | tuple[int, int] = 1,
        *,
        sides: tuple[int, ...],
    ) -> None:
        super().__init__(kernel_size, dilation, stride=stride)
        self.sides = sides

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(functional.pad(input, self.sides))
