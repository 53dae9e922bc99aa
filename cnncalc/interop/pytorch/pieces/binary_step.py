from torch import Tensor, nn


class BinaryStep(nn.Module):
    """1 from 0 on, 0 below."""

    def forward(self, x: Tensor) -> Tensor:
        return (x >= 0).to(x.dtype)
