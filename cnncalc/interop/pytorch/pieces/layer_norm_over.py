from torch import Tensor, nn


class LayerNormOver(nn.LayerNorm):
    """Layer norm over other dims than the last, such as the channels."""

    def __init__(
        self,
        normalized_shape: int | list[int],
        dims: tuple[int, ...] = (1,),
        eps: float = 1e-5,
        elementwise_affine: bool = True,
        bias: bool = True,
    ) -> None:
        super().__init__(normalized_shape, eps, elementwise_affine, bias)
        self.dims = dims

    def forward(self, input: Tensor) -> Tensor:
        last = tuple(range(-len(self.dims), 0))
        return super().forward(input.movedim(self.dims, last)).movedim(last, self.dims)
