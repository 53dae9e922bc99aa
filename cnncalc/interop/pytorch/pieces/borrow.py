from torch import nn

from cnncalc.interop.pytorch.pieces.fetch_borrowed import fetch_borrowed


def borrow(layer: nn.Module, lender: nn.Module, *names: str) -> None:
    """Lets a layer use tensors of another one, which alone holds and saves them."""
    for name in names:
        delattr(layer, name)
    vars(layer)["lender"] = (lender, names)  # no submodule of the layer
    layer.register_forward_pre_hook(fetch_borrowed)
