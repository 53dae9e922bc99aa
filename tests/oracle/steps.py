"""Steps of a random design that add a layer or a few that belong together."""

from __future__ import annotations

import math
from typing import Any

from cnncalc.layers import FAMILIES, all_kinds, find_kind
from cnncalc.layers.base import ArgumentFaults, Layer, Shape
from tests.oracle.cases import BY_STEM, stem
from tests.oracle.drafts import Draft, Entry, entry_of, kind_in
from tests.oracle.drawing import Draw

MERGES = FAMILIES["merge"]
UNPOOLS = FAMILIES["unpooling"]
PLAIN = tuple(name for name in all_kinds() if name not in (*MERGES, *UNPOOLS))
"""Kinds that read one tensor and refer to no other layer, unless they want to."""
RARE = ("binary_step",)
"""Kinds whose output says little of what comes before: only where they are asked for."""
WEIGHTED = tuple(name for name, kind in all_kinds().items() if kind.layer.weights is not Layer.weights)


class DrawnFor(Draw):
    """Draws arguments for a layer that reads this shape."""

    def __init__(self, draft: Draft, shape: Shape) -> None:
        super().__init__(draft.random, roomy=False)
        self.fixed = shape

    def shape(self, rank: int) -> Shape:
        if rank != len(self.fixed) - 1:
            raise LookupError
        return self.fixed

    def any_rank(self) -> int:
        return len(self.fixed) - 1

    def sizes(self, rank: int) -> Shape:  # noqa: ARG002
        return self.fixed[1:]

    def channels(self) -> int:
        return self.fixed[0]


def arguments_for(draft: Draft, name: str, shape: Shape) -> dict[str, Any] | None:
    """Random arguments with which a kind takes the shape; None if these do not fit."""
    kind = find_kind(name)
    assert kind is not None
    try:
        arguments, _ = BY_STEM[stem(name)](DrawnFor(draft, shape), kind.rank)
        if "like" in arguments or "indices" in arguments:
            return None
        if arguments.get("norm_type") == 1.5 and draft.chance(0.9):  # of numbers below 0 not a number
            arguments["norm_type"] = 2
        layer = kind.make(arguments)
        fits = not list(layer.check((shape,))) and min(layer.output_shape((shape,)), default=0) > 0
    except (LookupError, ValueError, ArgumentFaults):
        return None
    return arguments if fits else None


def beside(draft: Draft, name: str) -> dict[str, Any]:
    """A name for half of all layers."""
    return {"name": draft.name(stem(name).replace("_", ""))} if draft.chance(0.5) else {}


def kinds_for(shape: Shape) -> list[str]:
    """Kinds that may read the shape: each stem once, so that there are as many pools as activations."""
    rank = len(shape) - 1
    fitting = {
        stem(name): name
        for name in PLAIN
        if name not in RARE and find_kind(name).rank in (0, rank)  # type: ignore[union-attr]
    }
    return list(fitting.values())


def layer(draft: Draft, kind: str | None = None, keep: bool = False) -> bool:
    """A layer of a kind, or of any; if `keep` one that gives the shape it reads."""
    for _ in range(12):
        shape = draft.shape
        sources = [name for name, found in draft.tensors().items() if found != shape]
        source = draft.one(*sources) if sources and draft.chance(0.12) and not keep else None
        read = shape if source is None else draft.tensors()[source]
        name = kind or draft.one(*kinds_for(read))
        arguments = arguments_for(draft, name, read)
        if arguments is None or (keep and _given(name, arguments, read) != read):
            continue
        if draft.add(_written(draft, name, arguments, source)):
            return True
    return False


def _given(name: str, arguments: dict[str, Any], shape: Shape) -> Shape:
    return find_kind(name).make(arguments).output_shape((shape,))  # type: ignore[union-attr]


def _written(draft: Draft, name: str, arguments: dict[str, Any], source: str | None = None) -> Entry:
    """The entry, now and then in its short form."""
    kind = find_kind(name)
    assert kind is not None
    bare = kind.bare_argument
    short = list(arguments) == [bare] and not isinstance(arguments.get(bare), dict) and draft.chance(0.5)
    return entry_of(name, arguments[bare] if short else arguments, **beside(draft, name), **{"from": source})


def window_kind(draft: Draft, *stems: str) -> str | None:
    """One of these kinds for as many axes as the current tensor has."""
    rank = len(draft.shape) - 1
    return f"{draft.one(*stems)}{rank}d" if rank in (1, 2, 3) else None


def windowed(draft: Draft) -> bool:
    """A convolution or pool, with its many arguments."""
    often = ("conv", "conv", "conv", "depthwise_conv", "conv_transpose", "conv_transpose")
    kind = window_kind(draft, *often, "max_pool", "avg_pool", "lp_pool")
    if len(draft.shape) == 3 and draft.chance(0.08):
        kind = "separable_conv2d"
    return kind is not None and layer(draft, kind)


# --- several that belong together ------------------------------------------------------------------


def unpooling(draft: Draft) -> bool:
    """A max pool, layers that keep the shape, and the unpool that undoes it."""
    name = window_kind(draft, "max_pool", "max_pool", "adaptive_max_pool")
    arguments = name and arguments_for(draft, name, draft.shape)
    if name is None or arguments is None:
        return False
    pool, rank = draft.name("pool"), len(draft.shape) - 1
    if not draft.add(entry_of(name, arguments, name=pool)):
        return False
    for _ in range(draft.one(0, 0, 1, 2)):
        layer(draft, draft.one("relu", "batch_norm", "sigmoid", None), keep=True)
    own = {key: arguments[key] for key in ("kernel_size", "stride", "padding") if key in arguments}
    more = own if draft.chance(0.3) else {}
    unpool = f"max_unpool{rank}d"
    return draft.add(entry_of(unpool, {"indices": pool, **more}, **beside(draft, unpool)))


def folding(draft: Draft) -> bool:
    """An unfold and the fold back, to the image it was made of."""
    shape = draft.shape
    arguments = arguments_for(draft, "unfold", shape) if len(shape) == 3 else None
    if arguments is None or not draft.add(entry_of("unfold", arguments, **beside(draft, "unfold"))):
        return False
    if draft.chance(0.4):
        layer(draft, draft.one("relu", "tanh", "batch_norm", "dropout"), keep=True)
    fold = {"output_size": list(shape[1:]), **arguments}
    return draft.add(entry_of("fold", fold, **beside(draft, "fold")))


def shuffling(draft: Draft) -> bool:
    """A layer that wants a certain number of channels or certain sizes, behind one that provides them."""
    shape = draft.shape
    rank = len(shape) - 1
    if rank not in (1, 2, 3):
        return False
    factor = draft.one(2, 2, 3)
    if rank == 2 and draft.chance(0.35):
        sizes = [size + -size % factor for size in shape[1:]]
        made = entry_of("upsample", {"size": sizes})
        return draft.add(made, entry_of("pixel_unshuffle", factor, **beside(draft, "unshuffle")))
    if rank == 2 and draft.chance(0.55):
        made = entry_of("conv2d", {"out_channels": factor**2 * draft.one(1, 2), "kernel_size": 1})
        return draft.add(made, entry_of("pixel_shuffle", factor, **beside(draft, "shuffle")))
    made = entry_of(f"conv{rank}d", {"out_channels": factor * draft.one(2, 3), "kernel_size": 1})
    return draft.add(made, entry_of("channel_shuffle", factor, **beside(draft, "shuffle")))


def cropping(draft: Draft) -> bool:
    """A crop to the sizes of another tensor."""
    tensors = draft.tensors()
    pairs = [
        (larger, smaller)
        for larger, wide in tensors.items()
        for smaller, narrow in tensors.items()
        if len(wide) == len(narrow) > 1 and larger != smaller
        if all(one >= other for one, other in zip(wide[1:], narrow[1:], strict=True))
    ]
    unequal = [pair for pair in pairs if tensors[pair[0]][1:] != tensors[pair[1]][1:]]
    if not pairs:
        return False
    larger, smaller = draft.one(*(unequal or pairs))
    crop = entry_of("center_crop", {"like": smaller}, **beside(draft, "crop"), **{"from": larger})
    return draft.add(crop)


def squeezing(draft: Draft) -> bool:
    """Dims of size 1 taken away, behind a layer that makes one."""
    if len(draft.shape) < 4 and draft.chance(0.5):
        if not draft.add(entry_of("unsqueeze", draft.one(1, 2, -1))):
            return False
    elif len(draft.shape) > 1 and not draft.add(entry_of(draft.one("global_avg_pool", "global_max_pool"))):
        return False
    return layer(draft, "squeeze")


# --- shared weights ---------------------------------------------------------------------------------


def sharing_layer(draft: Draft) -> bool:
    """A layer above once more, on another tensor that fits its weights."""
    above = [
        entry
        for entry in draft.layers
        if kind_in(entry) in WEIGHTED and entry.get("name") and "share" not in entry
    ]
    if not above:
        return False
    entry = draft.one(*above)
    kind, name = kind_in(entry), entry["name"]
    read = next((row.input_shapes[0] for row in draft.rows if row.name == name), None)
    if read is None or "repeat" in entry:
        return False
    tensors = draft.tensors()
    fitting = [
        source for source, shape in tensors.items() if len(shape) == len(read) and shape[0] == read[0]
    ] or list(tensors)
    source = {"from": draft.one(*fitting)}
    bare = draft.chance(0.3)
    written = {"share": name} if bare else {kind: entry[kind], "share": name}
    return draft.add({**written, **(beside(draft, kind)), **source})


def sharing_group(draft: Draft) -> bool:
    """A named block or sequence above once more, with its weights."""
    groups = [
        entry
        for entry in draft.layers
        if (kind_in(entry) in draft.blocks or kind_in(entry) == "sequence") and entry.get("name")
        if "share" not in entry and "{" not in entry["name"]
    ]
    if not groups:
        return False
    entry = draft.one(*groups)
    group = f"{entry['name']}."
    within = [row for row in draft.rows if row.name.startswith(group)]
    if not any(row.params for row in within):
        return False
    sources = draft.alike(within[0].input_shapes[0])
    if not sources:
        return False
    again = {key: value for key, value in entry.items() if key not in ("name", "from")}
    written = {} if draft.chance(0.3) else again
    name = {"name": draft.name("twin")} if draft.chance(0.6) else {}
    return draft.add({**written, "share": entry["name"], **name, "from": draft.one(*sources)})


# --- merges of tensors that are there ----------------------------------------------------------------


def merging(draft: Draft) -> bool:
    """A merge that reads its tensors by `from`."""
    shape = draft.shape
    tensors = draft.tensors()
    alike = [name for name in tensors if tensors[name] == shape]
    near = [name for name, found in tensors.items() if len(found) == len(shape)]
    kind = draft.one(*MERGES)
    for _ in range(6):
        pool = alike if draft.chance(0.5) else near
        if len(pool) < 2:
            continue
        count = 2 if kind == "subtract" else min(draft.one(2, 2, 2, 3, 4), len(pool))
        sources = draft.random.sample(pool, count)
        if draft.chance(0.05) and kind != "subtract":
            sources.append(sources[0])
        dim = {"dim": draft.one(1, 2, -1, -2)} if kind in ("concat", "stack") and draft.chance(0.5) else None
        if draft.add(entry_of(kind, dim, **beside(draft, kind), **{"from": sources})):
            return True
    return False


def globbing(draft: Draft) -> bool:
    """A merge of all that a pattern finds; a few layers with such names may have to be made first."""
    shape = draft.shape
    if math.prod(shape) > 400:
        return False
    stem_ = draft.name("skip") + "x"
    source = draft.rows[-1].name if draft.rows and not draft.depth else None
    made = 0
    for number in range(draft.one(2, 3)):
        kind = draft.one("relu", "tanh", "batch_norm", "identity", "scale", "sigmoid")
        read = {"from": source} if source and draft.chance(0.5) else {}
        made += draft.add(entry_of(kind, None, name=f"{stem_}{number}", **read))
    kind = draft.one("add", "concat", "mean", "maximum", "stack", "multiply")
    return made > 1 and draft.add(entry_of(kind, None, **beside(draft, kind), **{"from": f"{stem_}*"}))
