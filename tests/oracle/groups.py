"""Steps of a random design that add branches, sequences and blocks, with their repeats and parameters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from cnncalc.layers.base import Shape
from tests.oracle import expressed, steps
from tests.oracle.drafts import Draft, Entry, copied, entry_of, renamed

DEEPEST = 3
STRETCHING = ("add", "multiply", "maximum", "mean", "subtract")


def body(draft: Draft, count: int, params: dict[str, Any] | None = None, keep: bool = False) -> Draft:
    """A few layers that read the current tensor, as a draft of their own."""
    inner = draft.within(draft.shape, params)
    for _ in range(count):
        steps_into(inner, keep)
    return inner


def steps_into(draft: Draft, keep: bool = False) -> bool:
    """One step of a design, or of a group in it."""
    if keep:
        return steps.layer(draft, keep=True)
    return draft.one(*STEPS)(draft)  # type: ignore[no-any-return]


# --- branches ----------------------------------------------------------------------------------------


def branching(draft: Draft) -> bool:
    """A merge with named branches, of which each gives what goes with the first."""
    if draft.depth >= DEEPEST:
        return False
    first = body(draft, draft.one(1, 1, 2, 3), keep=draft.chance(0.3))
    if not first.layers:
        return False
    kind = draft.one("add", "add", "concat", "concat", *steps.MERGES)
    branches: list[list[Entry]] = [first.layers]
    for _ in range(1 if kind == "subtract" else draft.one(1, 1, 1, 2, 3)):
        branches.append(_other_branch(draft, first, kind))
    draft.random.shuffle(branches)
    names = draft.random.sample(
        ("main", "shortcut", "left", "right", "gate", "one", "three", "pool"), len(branches)
    )
    dim = {"dim": draft.one(1, 1, 2, -1)} if kind in ("concat", "stack") and draft.chance(0.4) else {}
    written = {**dim, **dict(zip(names, branches, strict=True))}
    source = draft.one(*draft.alike(draft.shape) or [None]) if draft.chance(0.1) else None
    return draft.add(entry_of(kind, written, **steps.beside(draft, kind), **{"from": source}))


def _other_branch(draft: Draft, first: Draft, kind: str) -> list[Entry]:
    """Layers whose output goes with that of the first branch."""
    wanted = first.shape
    way = draft.random.random()
    if way < 0.35 and draft.shape == wanted:
        return []
    if way < 0.55:
        return renamed(first.layers, draft)
    outside = draft.alike(wanted)
    if way < 0.65 and outside:  # a branch may read what is outside of it
        kind = draft.one("relu", "identity", "batch_norm", "scale")
        return [entry_of(kind, None, **{"from": draft.one(*outside)})]
    if way < 0.75 and kind in STRETCHING and len(draft.shape) > 1:
        gate = [entry_of("global_avg_pool"), *_with_channels(wanted[0], len(draft.shape) - 1)]
        return [*gate, entry_of("sigmoid")] if draft.chance(0.6) else gate
    channels = draft.one(1, 2, 3, 4) if kind == "concat" else wanted[0]
    return _adapted(draft, (channels, *wanted[1:]))


def _adapted(draft: Draft, wanted: Shape) -> list[Entry]:
    """Layers that bring the current tensor to a shape of as many dims."""
    rank = len(draft.shape) - 1
    if rank == 0:
        return [entry_of("linear", wanted[0])]
    more = [entry_of(draft.one("batch_norm", "relu", "tanh"))] if draft.chance(0.4) else []
    if wanted[1:] == draft.shape[1:]:
        return [*_with_channels(wanted[0], rank), *more]
    sizes = list(wanted[1:])
    if rank not in (1, 2, 3):
        return []
    resized = draft.one(
        entry_of(f"adaptive_avg_pool{rank}d", {"output_size": sizes}),
        entry_of(f"adaptive_max_pool{rank}d", {"output_size": sizes}),
        entry_of("upsample", {"size": sizes}),
    )
    return [resized, *_with_channels(wanted[0], rank), *more]


def _with_channels(channels: int, rank: int) -> list[Entry]:
    arguments = {"out_channels": channels, "kernel_size": 1}
    return [entry_of(f"conv{rank}d", arguments)] if rank in (1, 2, 3) else []


# --- sequences and repeats ------------------------------------------------------------------------------


def sequence(draft: Draft) -> bool:
    """A sequence, with or without a name, often repeated."""
    if draft.depth >= DEEPEST:
        return False
    inner = body(draft, draft.one(1, 2, 2, 3), keep=draft.chance(0.5))
    if not inner.layers:
        return False
    name = draft.name("stage") if draft.chance(0.6) else None
    return _repeated(draft, entry_of("sequence", inner.layers, name=name), 0.8)


def repeated_layer(draft: Draft) -> bool:
    """One layer several times behind itself."""
    kind = draft.one(*steps.kinds_for(draft.shape))
    arguments = steps.arguments_for(draft, kind, draft.shape)
    return arguments is not None and _repeated(
        draft, entry_of(kind, arguments, **steps.beside(draft, kind)), 1
    )


def _repeated(draft: Draft, entry: Entry, probability: float) -> bool:
    """Adds an entry, repeated if it can be; its turns may differ by their index."""
    sources = draft.alike(draft.shape)
    if sources and draft.chance(0.15):
        entry = {**entry, "from": draft.one(*sources)}
    if not draft.chance(probability):
        return draft.add(entry)
    times = draft.one(2, 2, 3)
    index = draft.one("i", "i", "turn")
    repeat = times if index == "i" else {"times": times, "index": index}
    name = entry.get("name")
    ways: list[Entry] = []
    if draft.chance(0.6):
        ways.append(expressed.by_index(draft, entry, index, times))
    ways.append(entry)
    for way in ways:
        if name and draft.chance(0.3):
            way = {**way, "name": f"{name}_{{{index} + 1}}"}
        if draft.add({**way, "repeat": repeat}):
            return True
    return draft.add(entry)


# --- blocks ------------------------------------------------------------------------------------------------


def block(draft: Draft) -> bool:
    """A new block, and its first use; or one that is there once more, with other arguments."""
    if draft.blocks and draft.chance(0.6) and used_again(draft):
        return True
    if draft.depth >= DEEPEST:
        return False
    own = {
        "channels": draft.one(2, 3, 4),
        "kernel": draft.one(1, 2, 3),
        "stride": draft.one(1, 1, 2),
        "project": draft.one(True, False),
        "grow": draft.one(1, 2),
    }
    params = {name: own[name] for name in draft.random.sample(list(own), draft.one(0, 1, 2, 2, 3))}
    inner = body(draft, draft.one(1, 2, 3), params, keep=draft.chance(0.3))
    if not inner.layers:
        return False
    depend_on(inner, params)
    name = draft.name("block")
    required = {key for key in params if draft.chance(0.5)}
    declared = {key: None if key in required else value for key, value in params.items()}
    draft.blocks[name] = {"params": declared, "layers": inner.layers} if params else inner.layers
    arguments = {key: value for key, value in params.items() if key in required}
    if _used(draft, name, arguments):
        return True
    draft.blocks.pop(name)
    return False


def depend_on(inner: Draft, params: dict[str, Any]) -> None:
    """Lets the layers of a block depend on its parameters."""
    if params:
        parametrised_convolution(inner, params)
        expressed.by_params(inner, params)


def parametrised_convolution(inner: Draft, params: dict[str, Any]) -> bool:
    """A convolution behind the layers of a block, with all the parameters that there are as arguments."""
    rank = len(inner.shape) - 1
    if rank not in (1, 2, 3):
        return False
    arguments = {
        "out_channels": "channels" if "channels" in params else 3,
        "kernel_size": "kernel" if "kernel" in params else 1,
        **({"stride": "stride"} if "stride" in params else {}),
        **({"padding": "kernel // 2"} if "kernel" in params else {}),
        **({"bias": "not project"} if "project" in params else {}),
    }
    when = {"when": "project"} if "project" in params and inner.chance(0.5) else {}
    return inner.add({f"conv{rank}d": arguments, **when})


def used_again(draft: Draft) -> bool:
    name = draft.one(*draft.blocks)
    written = draft.blocks[name]
    params = written["params"] if isinstance(written, dict) else {}
    for _ in range(3):
        arguments = {
            key: draft.one(True, False) if key == "project" else draft.one(1, 2, 3)
            for key, value in params.items()
            if value is None or draft.chance(0.5)
        }
        if _used(draft, name, arguments):
            return True
    return False


def _used(draft: Draft, name: str, arguments: dict[str, Any]) -> bool:
    given = {"name": draft.name("use")} if draft.chance(0.6) else {}
    entry = entry_of(name, copied(arguments), **given)
    return _repeated(draft, entry, 0.3)


Step = Callable[[Draft], bool]

WEIGHTS: dict[Step, int] = {
    steps.layer: 10,
    steps.windowed: 10,
    branching: 4,
    sequence: 3,
    repeated_layer: 1,
    block: 4,
    steps.merging: 3,
    steps.unpooling: 2,
    steps.folding: 1,
    steps.shuffling: 1,
    steps.cropping: 1,
    steps.squeezing: 1,
    steps.globbing: 1,
    steps.sharing_layer: 2,
    steps.sharing_group: 4,
}
STEPS: list[Step] = [step for step, weight in WEIGHTS.items() for _ in range(weight)]
