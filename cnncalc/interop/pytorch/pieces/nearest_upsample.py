import torch
from torch import Tensor, nn


class NearestUpsample(nn.Module):
    """Resizing by the nearest cell, to a size or by factors q / p, in whole numbers.

    Along an axis output u reads cell u * p // q; an axis that keeps its size is copied.
    """

    def __init__(
        self,
        size: tuple[int, ...] | None = None,
        factors: tuple[tuple[int, int], ...] = (),
    ) -> None:
        super().__init__()
        self.size = size
        self.factors = factors

    def forward(self, x: Tensor) -> Tensor:
        cells = x.shape[2:]
        factors = self.factors or tuple(zip(self.size or cells, cells, strict=True))
        for axis, (q, p) in enumerate(factors, start=2):
            size = x.shape[axis] * q // p
            if size != x.shape[axis]:
                x = x.index_select(axis, torch.arange(size, device=x.device) * p // q)
        return x
