import torch
from torch import Tensor, nn
from torch.nn import functional


class PaddedAvgPool1d(nn.AvgPool1d):
    """An average pool with a padding of its own for each side: left, right.

    With ceil_mode no window starts in the padding after the input; give its
    `output_size` then.
    """

    def __init__(
        self,
        kernel_size: int,
        stride: int,
        sides: tuple[int, ...],
        output_size: tuple[int, ...] | None = None,
        count_include_pad: bool = True,
    ) -> None:
        ceil_mode = output_size is not None
        super().__init__(kernel_size, stride, ceil_mode=ceil_mode)
        self.sides = sides
        self.output_size = output_size
        self.count_sides = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        mean = super().forward(functional.pad(input, self.sides))
        if not self.count_sides:
            mean = mean / super().forward(
                functional.pad(torch.ones_like(input), self.sides)
            )
        for axis, size in enumerate(self.output_size or (), start=2):
            mean = mean.narrow(axis, 0, size)
        return mean
