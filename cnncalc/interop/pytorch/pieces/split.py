import torch
from torch import Tensor, nn


class Split(nn.Module):
    """One of the parts of a dim: equal ones, or of the sizes in `sections`."""

    def __init__(
        self, sections: int | tuple[int, ...], index: int, dim: int = 1
    ) -> None:
        super().__init__()
        self.sections = sections
        self.index = index
        self.dim = dim

    def forward(self, x: Tensor) -> Tensor:
        sections = self.sections
        sizes = (
            [x.shape[self.dim] // sections] * sections
            if isinstance(sections, int)
            else list(sections)
        )
        return torch.split(x, sizes, self.dim)[self.index]
