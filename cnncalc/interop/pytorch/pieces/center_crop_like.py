from torch import Tensor, nn


class CenterCropLike(nn.Module):
    """The middle of every axis, as large as those of another tensor."""

    def forward(self, x: Tensor, like: Tensor) -> Tensor:
        for axis, size in enumerate(like.shape[2:], start=2):
            x = x.narrow(axis, round((x.shape[axis] - size) / 2), size)
        return x
