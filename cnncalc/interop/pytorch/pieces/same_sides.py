from collections.abc import Sequence


def same_sides(
    sizes: Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int],
    dilation: int | Sequence[int],
) -> list[int]:
    """Padding for ceil(size / stride) windows, the odd cell after the input."""
    window = [
        [number] * len(sizes) if isinstance(number, int) else number
        for number in (kernel_size, stride, dilation)
    ]
    sides: list[int] = []
    for size, kernel, step, spacing in zip(sizes, *window, strict=True):
        total = max(
            (-(-size // step) - 1) * step + spacing * (kernel - 1) + 1 - size, 0
        )
        sides = [total // 2, total - total // 2, *sides]
    return sides
