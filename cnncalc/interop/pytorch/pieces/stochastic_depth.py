from torch import Tensor, nn


class StochasticDepth(nn.Module):
    """In training drops samples, each with probability p, and scales up the others."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or self.p == 0:
            return x
        kept = x.new_empty(len(x), *[1] * (x.ndim - 1)).bernoulli_(1 - self.p)
        return x * kept / max(1 - self.p, 1e-12)
