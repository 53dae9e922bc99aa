import torch
from torch import Tensor, nn


class NearestUpsample(nn.Module):
    """Resizing by the nearest cell: along an axis output u reads cell u * p // q."""

    def __init__(
        self, size: tuple[int, ...], ratios: tuple[tuple[int, int], ...]
    ) -> None:
        super().__init__()
        self.size = size
        self.ratios = ratios

    def forward(self, x: Tensor) -> Tensor:
        for axis, (size, (p, q)) in enumerate(
            zip(self.size, self.ratios, strict=True), start=2
        ):
            x = x.index_select(axis, torch.arange(size, device=x.device) * p // q)
        return x
