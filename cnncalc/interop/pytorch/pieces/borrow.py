from torch import nn


def borrow(layer: nn.Module, lender: nn.Module, *names: str) -> None:
    """Lets a layer use tensors of another one, which alone holds and saves them."""
    for name in names:
        delattr(layer, name)
        vars(layer)[name] = getattr(lender, name)
