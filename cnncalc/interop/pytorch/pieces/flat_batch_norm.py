from torch import Tensor, nn


class FlatBatchNorm(nn.BatchNorm1d):
    """Batch norm over any number of axes."""

    def forward(self, input: Tensor) -> Tensor:
        return super().forward(input.flatten(2)).reshape(input.shape)
