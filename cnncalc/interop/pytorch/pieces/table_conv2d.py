import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional


class TableConv2d(nn.Conv2d):
    """A convolution whose outputs each read the input channels in their row of a table.

    It has a kernel for each connection, row by row. `sides` is the padding: left,
    right, top, bottom.
    """

    def __init__(
        self,
        connection_table: Sequence[Sequence[int]],
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        sides: tuple[int, ...] = (),
        dilation: int | tuple[int, int] = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
    ) -> None:
        self.reads = [channel for row in connection_table for channel in row]
        self.rows = [len(row) for row in connection_table]
        count = len(self.reads)
        super().__init__(
            count,
            count,
            kernel_size,
            stride,
            dilation=dilation,
            groups=count,
            bias=False,
        )
        self.sides = sides
        self.sides_mode = "constant" if padding_mode == "zeros" else padding_mode
        self.weight = nn.Parameter(
            self.weight.detach().squeeze(1) / math.sqrt(max(self.rows))
        )
        self.bias = nn.Parameter(torch.zeros(len(connection_table))) if bias else None

    def forward(self, input: Tensor) -> Tensor:
        read = functional.pad(input[:, self.reads], self.sides, self.sides_mode)
        products = functional.conv2d(
            read,
            self.weight.unsqueeze(1),
            None,
            self.stride,
            0,
            self.dilation,
            self.groups,
        )
        sums = torch.stack(
            [row.sum(1) for row in torch.split(products, self.rows, dim=1)], dim=1
        )
        return (
            sums
            if self.bias is None
            else sums + self.bias.reshape(-1, *[1] * (sums.ndim - 2))
        )
