from typing import Any

from torch import nn


def borrow(layer: nn.Module, lender: nn.Module, *names: str) -> None:
    """Lets a layer use tensors of another one, which alone holds and saves them."""
    for name in names:
        delattr(layer, name)
    vars(layer)["lender"] = (lender, names)  # no submodule of the layer
    layer.register_forward_pre_hook(fetch_borrowed)


def fetch_borrowed(layer: nn.Module, _: Any) -> None:
    """Takes what a layer borrows from its lender as it is by now."""
    lender, names = vars(layer)["lender"]
    for name in names:
        vars(layer)[name] = getattr(lender, name)
