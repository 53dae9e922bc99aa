import torch
from torch import Tensor, nn
from torch.nn import functional

from cnncalc.interop.pytorch.pieces.same_sides import same_sides


class SeparableConv2d(nn.Module):
    """A convolution of each channel by itself, then a 1x1 convolution over all of them.

    `padding` is one number, one for each side (left, right, top, bottom) or "same".
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int, int, int] | str = 0,
        dilation: int | tuple[int, int] = 1,
        multiplier: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
    ) -> None:
        super().__init__()
        self.in_channels = in_channels
        self.kernel_size = (
            (kernel_size, kernel_size) if isinstance(kernel_size, int) else kernel_size
        )
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.padding_mode = "constant" if padding_mode == "zeros" else padding_mode
        between = in_channels * multiplier
        self.depthwise_weight = nn.Parameter(torch.empty(between, 1, *self.kernel_size))
        self.pointwise_weight = nn.Parameter(torch.empty(out_channels, between, 1, 1))
        self.bias = nn.Parameter(torch.zeros(out_channels)) if bias else None
        nn.init.kaiming_uniform_(self.depthwise_weight)
        nn.init.kaiming_uniform_(self.pointwise_weight)

    def forward(self, x: Tensor) -> Tensor:
        if isinstance(self.padding, str):
            sides = same_sides(
                x.shape[2:], self.kernel_size, self.stride, self.dilation
            )
        else:
            sides = (
                [self.padding] * 4
                if isinstance(self.padding, int)
                else list(self.padding)
            )
        x = functional.pad(x, sides, self.padding_mode)
        x = functional.conv2d(
            x,
            self.depthwise_weight,
            stride=self.stride,
            dilation=self.dilation,
            groups=self.in_channels,
        )
        return functional.conv2d(x, self.pointwise_weight, self.bias)
