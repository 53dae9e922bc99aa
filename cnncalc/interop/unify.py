"""Which groups are objects of one class, and what their members have in common."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from contextlib import suppress

from cnncalc.interop.outline import Group, Item, Layer, branch_names, placing_of, turns_of
from cnncalc.interop.templates import (
    BranchesTemplate,
    ChainTemplate,
    Class,
    HolderTemplate,
    LayerTemplate,
    LoopTemplate,
    Mismatch,
    Run,
    Template,
    UseTemplate,
)
from cnncalc.interop.wiring import Plan, Wiring, is_chain, is_own
from cnncalc.language.place import Turn


class Unifier:
    """Finds the classes of a network, and the templates of each."""

    def __init__(
        self,
        wiring: Wiring,
        constructors: Mapping[int, Hashable],
        is_reserved: Callable[[str], bool],
        strict: Collection[Hashable] = (),
    ) -> None:
        """`constructors` says for each node of the graph what must be equal to be written as one.

        A group in which something has a reserved name is always a class. Groups of a `strict` origin are of
        one class only if they have the same structure.
        """
        self.is_reserved = is_reserved
        self.strict = strict
        self.wiring = wiring
        self.constructors = constructors
        self.classes: list[Class] = []
        """In an order in which each stands behind those it uses."""
        self.class_of: dict[str, Class] = {}
        """By the path of a group."""

    # --- classes ---

    def find_classes(self, root: Group) -> None:
        """Sorts the groups that need a class into classes, from within outwards."""
        by_height: dict[int, list[Group]] = {}
        self._height(root, by_height)
        for height in sorted(by_height):
            for group in by_height[height]:
                self._put(group)
        self.classes.sort(key=lambda made: max(self.heights[group.path] for group in made.groups))

    def _height(self, group: Group, by_height: dict[int, list[Group]]) -> int:
        if not by_height:
            self.heights: dict[str, int] = {}
        height = 0
        for child in group.children:
            if isinstance(child, Group) and child.path not in self.wiring.aliases:
                height = max(height, self._height(child, by_height))
        if self.needs_class(group):
            height += 1
            self.heights[group.path] = height
            by_height.setdefault(height, []).append(group)
        return height

    def needs_class(self, group: Group) -> bool:
        if group.path in self.wiring.dissolved:
            return False
        if not group.path or group.use:
            return True
        plan = self.wiring.plans[group.path]
        if any(self.is_reserved(child.name) for child in group.children):
            return True
        if is_chain(plan):
            return any(isinstance(item, Run) and _is_named(item) for item in self.itemized(group))
        return not self.is_branched(plan)

    def _put(self, group: Group) -> None:
        """Puts a group into the first class that it can be written in, else into one of its own."""
        structure = self.structure(group)[1:]
        origin = group.block or _place(group) if group.path else ""
        for made in self.classes:
            known = structure in made.patterns
            if made.origin == origin and (known or self._fits(made, group)):
                break
            if known and made.block == group.block and self._fits(made, group):
                break
        else:
            made = Class(origin)
            self.classes.append(made)
        made.groups.append(group)
        made.patterns.setdefault(structure, group)
        self.class_of[group.path] = made

    def _fits(self, made: Class, group: Group) -> bool:
        if made.origin in self.strict:
            return False
        try:
            self.children([*made.patterns.values(), group])
        except Mismatch:
            return False
        return True

    def structure(self, item: Item | Run | None) -> tuple[Hashable, ...]:
        """What two items have in common that differ in numbers only."""
        if item is None:
            return ()
        if isinstance(item, Run):
            return ("run", *(tuple(map(self.structure, items)) for _, items in item.turns))
        if isinstance(item, Layer):
            return (item.name, self.written(item))
        if item.path in self.class_of:
            return (item.name, id(self.class_of[item.path]))
        calls: Hashable = None
        if item.path in self.wiring.plans:
            calls = local_calls(self.wiring.plans[item.path])
        return (item.name, calls, *map(self.structure, item.children))

    # --- templates ---

    def children(self, groups: Sequence[Group]) -> list[Template]:
        """The templates of what stands in the groups of a class."""
        plans = [self.wiring.plans[group.path] for group in groups]
        if all(is_chain(plan) for plan in plans):
            return self.lists([self.itemized(group) for group in groups], by_entry=False)
        if len({local_calls(plan) for plan in plans}) > 1:
            raise Mismatch
        names = self.common_names(groups)
        if len({tuple(map(self.written, self.merges(group))) for group in groups}) > 1:
            raise Mismatch
        return [self.item([group.child(name) for group in groups]) for name in names]

    def merges(self, group: Group) -> list[Layer]:
        """The layers in a group that are expressions of its `forward`."""
        return [child for child in group.children if isinstance(child, Layer) and not self.is_module(child)]

    def written(self, layer: Layer) -> Hashable:
        """What must be equal to be written as one; a merge has no arguments that could be parameters."""
        constructor = self.constructors[layer.index]
        return self.layer_of(layer) if constructor is None else constructor

    def layer_of(self, layer: Layer) -> Hashable:
        return self.wiring.flow.graph.nodes[layer.index].layer

    def is_module(self, item: Item) -> bool:
        """Whether an item is a module of its own: no merge, and none that uses another's."""
        if item.path in self.wiring.aliases:
            return False
        return isinstance(item, Group) or self.constructors[item.index] is not None

    def module_names(self, group: Group) -> list[str]:
        """The names of the modules in a group."""
        return [child.name for child in group.children if self.is_module(child)]

    def common_names(self, groups: Sequence[Group]) -> list[str]:
        """The names of the modules in each of some groups."""
        names = self.module_names(groups[0])
        if any(self.module_names(group) != names for group in groups):
            raise Mismatch
        return names

    def item(self, items: Sequence[Item | None]) -> Template:
        present = [item for item in items if item is not None]
        layers = [item for item in present if isinstance(item, Layer)]
        groups = [item for item in present if isinstance(item, Group)]
        if layers and groups:
            raise Mismatch
        if layers:
            if len({self.constructors[layer.index] for layer in layers}) > 1:
                raise Mismatch
            return LayerTemplate([item if isinstance(item, Layer) else None for item in items])
        optional = [item if isinstance(item, Group) else None for item in items]
        return self.group(optional, groups)

    def group(self, items: list[Group | None], groups: list[Group]) -> Template:
        classes = {id(self.class_of.get(group.path)) for group in groups}
        if len(classes) > 1:
            raise Mismatch
        used = self.class_of.get(groups[0].path)
        if used:
            return UseTemplate(items, used)
        dissolved = {group.path in self.wiring.dissolved for group in groups}
        if dissolved == {True}:
            return self.holder(items, groups)
        if len(dissolved) > 1:
            raise Mismatch
        plans = [self.wiring.plans[group.path] for group in groups]
        if all(is_chain(plan) for plan in plans):
            lists = [None if group is None else self.itemized(group) for group in items]
            return ChainTemplate(items, self.lists(lists, by_entry=False))
        if all(self.is_branched(plan) for plan in plans):
            return self.branches(items)
        raise Mismatch

    def holder(self, items: list[Group | None], groups: list[Group]) -> Template:
        names = self.common_names(groups)
        children = [self.item([group and group.child(name) for group in items]) for name in names]
        return HolderTemplate(items, children)

    def branches(self, items: list[Group | None]) -> Template:
        merges = [None if group is None else _merge(group) for group in items]
        known = [merge for merge in merges if merge is not None]
        names = branch_names(known[0])
        if len({self.layer_of(merge) for merge in known}) > 1:
            raise Mismatch
        if any(branch_names(merge) != names for merge in known):
            raise Mismatch
        branches: list[tuple[str, Template | None]] = []
        for name in names:
            children = [None if group is None else group.child(name) for group in items]
            found = any(child is not None for child in children)
            branches.append((name, self.item(children) if found else None))
        return BranchesTemplate(items, merges, branches)

    def is_branched(self, plan: Plan) -> bool:
        """Whether a group is a merge of branches that each are one module, or nothing, behind one input."""
        merge = plan.calls[-1].item if plan.calls else None
        if not isinstance(merge, Layer) or merge.name or len(plan.inputs) != 1:
            return False
        names, reads = branch_names(merge), plan.calls[-1].reads
        others = plan.calls[:-1]
        if any(map(self.is_reserved, names)):
            return False
        if len(names) != len(reads) or plan.outputs != plan.calls[-1].gives or len(others) > len(names):
            return False
        ends = {}
        for call in others:
            if call.reads != plan.inputs or len(call.gives) != 1 or not is_own(plan.group, call):
                return False
            ends[call.item.name] = call.gives[0]
        return (
            all(read == ends.pop(name, plan.inputs[0]) for name, read in zip(names, reads, strict=True))
            and not ends
        )

    # --- lists, with their repeats ---

    def itemized(self, group: Group) -> list[Item | Run]:
        """The children of a group, those of a repeat put together."""
        pairs = [(turns_of(child, group), child) for child in group.children]
        return _runs(pairs)

    def lists(self, lists: Sequence[list[Item | Run] | None], by_entry: bool) -> list[Template]:
        """Templates of lists of items; where one has less, what is left out must say `when`."""
        keyed = [None if items is None else _keyed(items, by_entry) for items in lists]
        longest = max((items for items in keyed if items is not None), key=len)
        templates: list[Template] = []
        for keys in keyed:
            if keys is not None and [key for key in longest if key in keys] != list(keys):
                raise Mismatch
        for key in longest:
            found = [None if keys is None else keys.get(key) for keys in keyed]
            left_out = any(keys is not None and key not in keys for keys in keyed)
            if left_out and not _is_optional(longest[key]):
                raise Mismatch
            if isinstance(longest[key], Run):
                templates.append(self.run(found))
            elif any(isinstance(item, Run) for item in found):
                raise Mismatch
            else:
                templates.append(self.item([item for item in found if not isinstance(item, Run)]))
        return templates

    def run(self, found: Sequence[Item | Run | None]) -> Template:
        runs = [item if isinstance(item, Run) else None for item in found]
        if any(item is not None and not isinstance(item, Run) for item in found):
            raise Mismatch
        body = unrolled = None
        with suppress(Mismatch):
            body = self.lists([items for run in runs if run for _, items in run.turns], by_entry=True)
        numbers = {tuple(number for number, _ in run.turns) for run in runs if run}
        if len(numbers) == 1:
            count = len(numbers.pop())
            with suppress(Mismatch):
                unrolled = [
                    self.lists([run and run.turns[turn][1] for run in runs], by_entry=False)
                    for turn in range(count)
                ]
        if body is None and unrolled is None:
            raise Mismatch
        return LoopTemplate(runs, body, unrolled)


def local_calls(plan: Plan) -> Hashable:
    """The calls of a plan with its values numbered from within."""
    number = {value: place for place, value in enumerate(plan.inputs)}
    calls = []
    for call in plan.calls:
        reads = tuple(number[value] for value in call.reads)
        for value in call.gives:
            number[value] = len(number)
        calls.append((call.target, reads, len(call.gives)))
    return (len(plan.inputs), tuple(calls), tuple(number[value] for value in plan.outputs))


def _place(group: Group) -> Hashable:
    """Where in the file the content of a group stands that is no block."""
    placing = placing_of(group)
    return (placing.place.blocks, id(placing.entry.node), group.path.count("."))


def _is_named(run: Run) -> bool:
    """Whether the turns of a repeat make what has names, not just numbers."""
    return any(isinstance(item, Run) or not item.name.isdigit() for _, items in run.turns for item in items)


def _merge(group: Group) -> Layer:
    return next(child for child in group.children if isinstance(child, Layer) and not child.name)


def _runs(pairs: Sequence[tuple[tuple[Turn, ...], Item]]) -> list[Item | Run]:
    """Items with the turns around them as a list in which the repeats are put together."""
    items: list[Item | Run] = []
    place = 0
    while place < len(pairs):
        turns, item = pairs[place]
        if not turns:
            items.append(item)
            place += 1
            continue
        first = turns[0]
        entry = first.entry.node
        end = place
        by_turn: dict[int, list[tuple[tuple[Turn, ...], Item]]] = {}
        while end < len(pairs) and pairs[end][0] and pairs[end][0][0].entry.node is entry:
            turn = pairs[end][0][0]
            by_turn.setdefault(turn.number, []).append((pairs[end][0][1:], pairs[end][1]))
            end += 1
        done = tuple((number, _runs(inner)) for number, inner in by_turn.items())
        items.append(Run(first.entry, first.variable, done))
        place = end
    return items


def _keyed(items: Sequence[Item | Run], by_entry: bool) -> dict[Hashable, Item | Run]:
    """The items by what identifies them: their name, or (the turns of a loop have several) their entry."""
    keyed: dict[Hashable, Item | Run] = {}
    for item in items:
        if isinstance(item, Run):
            key: Hashable = ("run", id(item.entry.node))
        elif not by_entry:
            key = item.name
        else:
            key = (type(item).__name__, id(placing_of(item).entry.node))
        while key in keyed:
            key = (key, "again")
        keyed[key] = item
    return keyed


def _is_optional(item: Item | Run) -> bool:
    """Whether an item is left out by a `when`: of its own, or, in a group, of all that is in it."""
    if isinstance(item, Run):
        return False
    siblings = (item.placing.entry.siblings if item.placing else None) or {}
    if "when" in siblings and "repeat" not in siblings:
        return True
    return isinstance(item, Group) and not item.use and all(map(_is_optional, item.children))
