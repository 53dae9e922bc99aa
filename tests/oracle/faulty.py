"""Random designs with one thing broken: `faulty_design(seed)` is the text.

A layer that cannot be is put somewhere into a sound design, or an argument of one is changed so that it
cannot be. What stands behind it is as it was.
"""

from __future__ import annotations

import functools
from random import Random
from typing import Any, NamedTuple

import yaml

from cnncalc.api import examine_reading, read
from cnncalc.diagnostics import ArchitectureError, Source
from cnncalc.layers import find_kind
from cnncalc.layers.base import Shape
from tests.oracle.designs import design, text_of
from tests.oracle.drafts import Entry, copied, report_of

Breakage = tuple[str, Any]
"""A kind with the arguments that do not go with a shape."""


class Faulty(NamedTuple):
    """A faulty design; `kind` and `arguments` of the layer that cannot be, and the `shapes` that it reads."""

    text: str
    kind: str
    arguments: dict[str, Any]
    shapes: tuple[Shape, ...]


def faulty_design(seed: int) -> str:
    """The YAML of a design with one fault."""
    return faulty(seed).text


@functools.lru_cache(maxsize=64)
def faulty(seed: int) -> Faulty:
    for attempt in range(200):
        random = Random(f"faulty {seed} {attempt}")
        document = yaml.safe_load(design(seed + 1000 * attempt))
        document["name"] = f"faulty-{seed}"
        found = broken(document, random)
        if found is not None and is_refused(found.text):
            return found
    raise AssertionError(f"no faulty design comes of seed {seed}")


def is_refused(text: str) -> bool:
    try:
        diagnostics = examine_reading(read(Source("<design>", text))).diagnostics
    except ArchitectureError:
        return True
    return any(found.is_error for found in diagnostics)


def broken(document: dict[str, Any], random: Random) -> Faulty | None:
    """The document with a layer that cannot be; None where that is not found at once."""
    document.pop("outputs", None)
    sound = report_of(document)
    if sound is None:
        return None
    rows = {row.name: row for row in sound.layers}
    tensors: dict[str, Shape] = {**sound.inputs, **{name: row.output_shape for name, row in rows.items()}}
    top_level = [row for row in sound.layers if "." not in row.name]
    if random.random() < 0.2:
        merge = unequal(tensors, random)
        return None if merge is None else _put_behind(document, merge, tensors)
    row = random.choice(top_level) if top_level else None
    source = row.name if row else next(iter(sound.inputs))
    kind, arguments = breakage(tensors[source], random)
    entry = {kind: arguments, "name": "broken", "from": source}
    return _put_behind(document, entry, tensors)


def _put_behind(document: dict[str, Any], entry: Entry, tensors: dict[str, Shape]) -> Faulty:
    """The design with the entry at its end, and a layer behind, which is not to blame."""
    document = copied(document)
    document["layers"] += [entry, {"relu": None, "name": "behind"}]
    kind, arguments = next(iter(entry.items()))
    sources = entry["from"] if isinstance(entry["from"], list) else [entry["from"]]
    return Faulty(text_of(document), kind, arguments or {}, tuple(tensors[source] for source in sources))


def unequal(tensors: dict[str, Shape], random: Random) -> Entry | None:
    """A merge of two tensors that do not go together."""
    kind = random.choice(("add", "subtract", "multiply", "maximum", "mean", "concat", "stack"))
    names = list(tensors)
    for _ in range(20):
        pair = random.choice(names), random.choice(names)
        one, other = tensors[pair[0]], tensors[pair[1]]
        if len(one) == len(other) and list(find_kind(kind).make({}).check((one, other))):  # type: ignore[union-attr]
            return {kind: None, "name": "broken", "from": list(pair)}
    return None


def breakage(shape: Shape, random: Random) -> Breakage:
    """A layer that cannot read the shape, or that cannot be at all."""
    ways = [*of_any(shape, random), *refused(len(shape) - 1)]
    rank = len(shape) - 1
    if rank in (1, 2, 3):
        ways += of_windows(shape, rank, random)
    return random.choice(ways)


def of_any(shape: Shape, random: Random) -> list[Breakage]:
    channels, elements = shape[0], functools.reduce(lambda one, other: one * other, shape)
    wrong_rank = {0: 2, 1: 3, 2: 1, 3: 2}[len(shape) - 1]
    return [
        (f"conv{wrong_rank}d", {"out_channels": 2, "kernel_size": 1}),
        ("reshape", {"shape": [elements + 1, 1]}),
        ("reshape", {"shape": [-1, elements + 3]}),
        ("layer_norm", {"normalized_shape": [shape[-1] + 1]}),
        ("group_norm", {"num_groups": channels + random.choice((1, 2))}),
        ("split", {"sections": channels + 1, "index": 0}),
        ("split", {"sections": [channels, 1], "index": 0}),
        ("channel_shuffle", {"groups": channels + 1}),
        ("softmax", {"dim": len(shape) + 1}),
        ("flatten", {"start_dim": len(shape) + 2}),
        ("permute", {"dims": [*range(1, len(shape) + 2)]}),
        ("prelu", {"num_parameters": channels + 2}),
        ("unsqueeze", {"dim": len(shape) + 3}),
    ]


def of_windows(shape: Shape, rank: int, random: Random) -> list[Breakage]:
    channels, longest = shape[0], max(shape[1:])
    axis = 1 + random.randrange(rank)
    large = [1] * rank
    large[axis - 1] = shape[axis] + random.choice((1, 2, 4))
    own = [
        (f"conv{rank}d", {"out_channels": 2, "kernel_size": large}),
        (f"depthwise_conv{rank}d", {"kernel_size": large}),
        (f"conv{rank}d", {"out_channels": 2, "kernel_size": 2, "dilation": longest}),
        (f"conv{rank}d", {"out_channels": 3 * (channels + 1), "kernel_size": 1, "groups": channels + 1}),
        (f"conv{rank}d", {"out_channels": 2 * channels + 1, "kernel_size": 1, "groups": max(channels, 2)}),
        (
            f"conv{rank}d",
            {"out_channels": 1, "kernel_size": 1, "padding": longest, "padding_mode": "reflect"},
        ),
        (f"conv_transpose{rank}d", {"out_channels": 2, "kernel_size": 2, "output_padding": 3}),
        (f"conv_transpose{rank}d", {"out_channels": 2, "kernel_size": 1, "groups": channels + 1}),
        (f"max_pool{rank}d", {"kernel_size": large}),
        (f"avg_pool{rank}d", {"kernel_size": large}),
        (f"lp_pool{rank}d", {"norm_type": 2, "kernel_size": large}),
        (f"max_pool{rank}d", {"kernel_size": 2, "padding": 2}),
        (f"avg_pool{rank}d", {"kernel_size": 3, "padding": 2}),
        ("pad", {"padding": longest, "mode": "reflect"}),
        ("pad", {"padding": longest + 1, "mode": "circular"}),
        ("center_crop", {"size": [longest + 1] * rank}),
        ("crop", {"cropping": longest}),
    ]
    if rank == 2:
        own += [
            ("pixel_shuffle", {"upscale_factor": channels + 1}),
            ("pixel_unshuffle", {"downscale_factor": longest + 1}),
            ("unfold", {"kernel_size": large}),
            ("upsample", {"scale_factor": 2, "mode": "trilinear"}),
        ]
    if rank == 1:
        own.append(("fold", {"output_size": [4, 4], "kernel_size": [2, channels + 1]}))
    return own


def refused(rank: int) -> list[Breakage]:
    """Arguments that no layer takes."""
    of_rank = max(rank, 1)
    return [
        (f"conv{of_rank}d", {"out_channels": 2, "kernel_size": 0}),
        (f"conv{of_rank}d", {"out_channels": 2, "kernel_size": 1, "stride": 0}),
        (f"conv{of_rank}d", {"out_channels": 2, "kernel_size": 1, "dilation": 0}),
        (f"conv{of_rank}d", {"out_channels": 2, "kernel_size": 1, "groups": 0}),
        (f"max_pool{of_rank}d", {"kernel_size": 0}),
        (f"avg_pool{of_rank}d", {"kernel_size": 2, "stride": -1}),
        ("dropout", {"p": 1.5}),
        ("hardtanh", {"min_val": 1, "max_val": 0}),
        ("celu", {"alpha": 0}),
        ("group_norm", {"num_groups": 0}),
        ("channel_shuffle", {"groups": 0}),
    ]
