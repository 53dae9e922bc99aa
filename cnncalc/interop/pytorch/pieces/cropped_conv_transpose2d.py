from torch import Tensor, nn
from torch.nn import functional


class CroppedConvTranspose2d(nn.ConvTranspose2d):
    """A transposed convolution, its output cut: left, right, top, bottom."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        *,
        sides: tuple[int, ...],
        output_padding: int | tuple[int, int] = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: int | tuple[int, int] = 1,
    ) -> None:
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            0,
            output_padding,
            groups,
            bias,
            dilation,
        )
        self.sides = sides

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        return functional.pad(
            super().forward(input, output_size), [-cells for cells in self.sides]
        )
