from torch import Tensor, nn
from torch.nn import functional


class CausalConv2d(nn.Conv2d):
    """A convolution padded before its input only: outputs see nothing after them."""

    def forward(self, input: Tensor) -> Tensor:
        sides: list[int] = []
        for kernel, spacing in zip(self.kernel_size, self.dilation, strict=True):
            sides = [spacing * (kernel - 1), 0, *sides]
        mode = "constant" if self.padding_mode == "zeros" else self.padding_mode
        padded = functional.pad(input, sides, mode)
        return functional.conv2d(
            padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups
        )
