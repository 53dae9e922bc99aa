from torch import Tensor, nn
from torch.nn import functional


class CroppedFold(nn.Fold):
    """Windows summed into an output that is then cut: left, right, top, bottom."""

    def __init__(
        self,
        output_size: int | tuple[int, int],
        kernel_size: int | tuple[int, int],
        dilation: int | tuple[int, int] = 1,
        stride: int | tuple[int, int] = 1,
        *,
        sides: tuple[int, int, int, int],
    ) -> None:
        height, width = (
            (output_size, output_size) if isinstance(output_size, int) else output_size
        )
        left, right, top, bottom = sides
        super().__init__(
            (top + height + bottom, left + width + right),
            kernel_size,
            dilation,
            stride=stride,
        )
        self.sides = sides

    def forward(self, input: Tensor) -> Tensor:
        return functional.pad(super().forward(input), [-cells for cells in self.sides])
