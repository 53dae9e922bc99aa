from torch import Tensor, nn
from torch.nn import functional

from cnncalc.interop.pytorch.pieces.same_sides import same_sides


class SameConv2d(nn.Conv2d):
    """A convolution padded as TensorFlow's `SAME`: ceil(size / stride) outputs."""

    def forward(self, input: Tensor) -> Tensor:
        sides = same_sides(
            input.shape[2:], self.kernel_size, self.stride, self.dilation
        )
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        padded = functional.pad(input, sides, mode)
        return functional.conv2d(
            padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        )
