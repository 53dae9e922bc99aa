"""Words for layers that cost nothing, and for how a kind counts."""

from __future__ import annotations

from cnncalc.layers import FAMILY_OF
from cnncalc.layers.base import Layer

_FREE = {
    "regularization": "in inference {kind} gives its input as it is",
    "reshape": "{kind} sees the same elements in another shape",
    "slicing": "{kind} looks at a part of its input",
    "padding": "{kind} only adds cells",
    "rearrange": "{kind} only moves elements to other places",
    "merge": "{kind} only puts its inputs together",
    "unpooling": "{kind} only puts values back where the pool found them",
    "upsampling": "mode nearest only repeats values",
}
_VIEW = {
    "regularization": "in inference its output is its input",
    "reshape": "a view, the memory of its input under another shape",
    "slicing": "a view, a part of the memory of its input",
    "padding": "a view, a part of the memory of its input",
}


def free_words(layer: Layer) -> str:
    """Why a layer computes nothing."""
    if layer.view and FAMILY_OF[layer.kind.name] == "padding":
        return f"{layer.kind.name} only takes cells off"
    why = _FREE.get(FAMILY_OF[layer.kind.name], "{kind} moves values, and computes none")
    return why.format(kind=layer.kind.name)


def view_words(layer: Layer) -> str:
    """Why the output of a view takes no memory."""
    return _VIEW.get(FAMILY_OF[layer.kind.name], "a view of the memory of its input")


def copied_words(layer: Layer) -> str:
    """What there is to say of a layer that computes nothing, and takes memory all the same."""
    if layer.view:
        return f"what {layer.kind.name} reads does not lie in order, so it has to copy (x.view would fail)"
    return f"{layer.kind.name} computes nothing, but its output is a tensor of its own"


def docs_of(layer: Layer) -> str:
    """How the kind counts, in the words of its documentation."""
    counting = " ".join((type(layer).__doc__ or "").split()).replace("`", "")
    return said_once(layer.kind.doc, counting)


def said_once(doc: str, counting: str) -> str:
    """What a kind is and how it counts; the second alone where it begins as the first does."""
    return counting if counting.split()[:2] == doc.split()[:2] else f"{doc} {counting}"
