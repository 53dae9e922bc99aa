"""Random valid designs over all kinds and over all that the language can say: `design(seed)` is the text.

A design grows step by step: each step is tried on the design as it is, and stays if cnncalc finds no fault.
So every design is sound for cnncalc; whether PyTorch agrees is what the judge finds out.
"""

from __future__ import annotations

import functools
from random import Random
from typing import Any

import yaml

from cnncalc.layers import FAMILY_OF, find_kind
from cnncalc.layers.base import Shape
from tests.oracle import expressed, groups, steps
from tests.oracle.drafts import Draft, copied, report_of

LONGEST = {0: 1, 1: 24, 2: 12, 3: 7}
FEATURED = tuple(FAMILY_OF)
"""Each seed has a kind that it has to bring in, so that none is rare."""


@functools.lru_cache(maxsize=64)
def design(seed: int) -> str:
    """The YAML of a valid design."""
    for attempt in range(100):
        draft = drafted(Random(f"design {seed} {attempt}"), FEATURED[seed % len(FEATURED)])
        if draft is not None:
            return text_of({"name": f"design-{seed}", **draft.document()})
    raise AssertionError(f"no design comes of seed {seed}")


def text_of(document: dict[str, Any]) -> str:
    """The document as YAML, short lists and mappings in one line."""
    plain = copied(document)  # no part of it twice, which would be written as an alias
    return yaml.safe_dump(plain, sort_keys=False, default_flow_style=None, width=110)


def drafted(random: Random, featured: str) -> Draft | None:
    """A design with a layer of the featured kind; None if none came about."""
    draft = Draft(random, inputs_of(random, featured))
    draft.params = params_of(random)
    wanted, place = random.choice((2, 4, 6, 8, 10, 12)), random.randrange(3)
    has_it, several = False, len(draft.inputs) > 1
    for step in range(wanted):
        if step >= place and not has_it:
            has_it = bring_in(draft, featured)
        if several and random.random() < 0.4:
            begin_at_another(draft)
        groups.steps_into(draft)
    has_it = has_it or bring_in(draft, featured)
    if not draft.layers or not has_it:
        return None
    finish(draft)
    return draft if report_of(draft.document()) else None


def inputs_of(random: Random, featured: str) -> dict[str, Shape]:
    """The inputs, of which the last suits the featured kind."""
    kind = find_kind(featured)
    rank = (kind.rank if kind else 0) or random.choice((0, 1, 2, 2, 2, 3))
    if featured in ("fold", "pixel_shuffle", "pixel_unshuffle", "unfold", "separable_conv2d"):
        rank = 2

    def shape(rank: int) -> Shape:
        return (random.choice((1, 2, 3, 4, 6)), *(random.randint(2, LONGEST[rank]) for _ in range(rank)))

    last = shape(rank)
    count = random.choice((1, 1, 1, 1, 2, 3))
    others = [
        last if random.random() < 0.5 else shape(random.choice((rank, rank, 0))) for _ in range(count - 1)
    ]
    if count == 1:
        return {"input": last}
    return dict(zip(random.sample(("left", "right", "image", "depth"), count), (*others, last), strict=True))


def params_of(random: Random) -> dict[str, Any]:
    every = {
        "width": random.randint(1, 4),
        "flag": random.random() < 0.5,
        "kernels": [3, 1, 2],
        "edge": "same",
    }
    return {name: every[name] for name in random.sample(list(every), random.choice((0, 0, 1, 2, 3)))}


def bring_in(draft: Draft, kind: str) -> bool:
    """A layer of this kind, by whichever step makes one."""
    ways: list[groups.Step] = [lambda into: steps.layer(into, kind)]
    if kind in steps.MERGES:
        ways = [steps.merging, groups.branching, steps.globbing]
    elif kind in steps.UNPOOLS:
        ways = [steps.unpooling]
    elif kind == "fold":
        ways = [steps.folding]
    elif kind in ("pixel_shuffle", "pixel_unshuffle", "channel_shuffle"):
        ways.append(steps.shuffling)
    elif kind == "squeeze":
        ways.append(steps.squeezing)
    elif kind == "center_crop":
        ways.append(steps.cropping)
    for _ in range(8):
        draft.random.choice(ways)(draft)
        if any(row.kind == kind for row in draft.rows):
            return True
    return False


def begin_at_another(draft: Draft) -> None:
    """A layer that reads one of the inputs which nothing has read yet."""
    read = {name for row in draft.rows for name in row.inputs}
    free = [name for name in draft.inputs if name not in read]
    if not free:
        return
    kind = draft.one("relu", "batch_norm", "tanh", "identity", "flatten")
    draft.add({kind: None, "name": draft.name("tower"), "from": draft.one(*free)})


# --- what is done once all layers are there -------------------------------------------------------------


def finish(draft: Draft) -> None:
    """Expressions over the file's parameters, conditions, references ahead, and outputs."""
    if draft.params:
        expressed.by_params(draft, draft.params, 0.3)
    if draft.chance(0.4):
        expressed.left_out(draft)
    if draft.chance(0.3):
        merge_from_afar(draft)
    if draft.chance(0.3):
        refer_ahead(draft)
    choose_outputs(draft)


def merge_from_afar(draft: Draft) -> None:
    """A merge of layers within groups, by their dotted names or a glob over them."""
    dotted = [row for row in draft.rows if "." in row.name]
    if not dotted:
        return
    row = draft.one(*dotted)
    first, _, last = row.name.rpartition(".")
    sources: Any = [row.name, *(other.name for other in draft.rows if other.output_shape == row.output_shape)]
    sources = list(dict.fromkeys(sources))[: draft.one(2, 2, 3)]
    if draft.chance(0.5):
        middle = first.split(".")
        middle[draft.random.randrange(len(middle))] = "*"
        sources = ".".join([*middle, last])
    kind = draft.one("add", "concat", "mean", "stack")
    draft.add({kind: None, "name": draft.name("afar"), "from": sources})


def refer_ahead(draft: Draft) -> None:
    """Moves a layer below one that reads it: all three around it say what they read."""
    for _ in range(6):
        layers = copied(draft.layers)
        if len(layers) < 3:
            return
        place = draft.random.randrange(1, len(layers) - 1)
        before, moved, behind = layers[place - 1 : place + 2]
        if any("repeat" in entry or "when" in entry for entry in (before, moved, behind)):
            continue
        for entry in (before, moved):
            entry.setdefault("name", draft.name("ahead"))
        moved.setdefault("from", before["name"])
        behind.setdefault("from", moved["name"])
        layers.insert(draft.random.randrange(place + 1, len(layers)), layers.pop(place))
        if draft.become(layers):
            return


def choose_outputs(draft: Draft) -> None:
    """Whatever nothing reads is an output, in nine of ten designs; some others may be, too."""
    read = {name for row in draft.rows for name in row.inputs}
    leaves = [row.name for row in draft.rows if row.name not in read]
    others = [row.name for row in draft.rows if row.name in read]
    chosen = leaves if draft.chance(0.9) else leaves[-1:]
    if others and draft.chance(0.15):
        chosen = [*chosen, draft.one(*others)]
    if chosen != [draft.rows[-1].name]:
        draft.random.shuffle(chosen)
        draft.outputs = chosen
