from typing import Any

from torch import nn


def fetch_borrowed(layer: nn.Module, _: Any) -> None:
    """Takes what a layer borrows from its lender as it is by now."""
    lender, names = vars(layer)["lender"]
    for name in names:
        vars(layer)[name] = getattr(lender, name)
