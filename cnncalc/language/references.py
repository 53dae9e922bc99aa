"""Names of tensors, how a reference finds one, and the order of layers that refer ahead."""

from __future__ import annotations

import fnmatch
import heapq
import re
from collections.abc import Callable, Iterable, Iterator

from cnncalc.diagnostics import nearest


class Names:
    """The dotted names given so far, and the tensor each stands for.

    A layer, a repeat, a block or a branch has a name; those that hold others stand for the last tensor
    within them.
    """

    def __init__(self) -> None:
        self.tensors: dict[str, int] = {}

    def find(self, reference: str, prefix: str) -> int | None:
        """The tensor that `reference` means inside of `prefix`."""
        path = self.find_path(reference, prefix)
        return None if path is None else self.tensors[path]

    def find_path(self, reference: str, prefix: str) -> str | None:
        """The whole name that `reference` means inside of `prefix`: its own scope first, then outward."""
        return next(
            (scope + reference for scope in scopes_outward(prefix) if scope + reference in self.tensors), None
        )

    def find_all(self, pattern: str, prefix: str) -> list[int]:
        """The tensors that a glob means, in the order of the file; `*` stays within one part of a name."""
        matches = glob_matcher(pattern)
        for scope in scopes_outward(prefix):
            found = [
                tensor
                for name, tensor in self.tensors.items()
                if name.startswith(scope) and matches(name.removeprefix(scope))
            ]
            if found:
                return sorted(dict.fromkeys(found))
        return []

    def nearest(self, reference: str, prefix: str) -> str | None:
        """The name that was most likely meant, as it can be written inside of `prefix`."""
        visible = [
            name.removeprefix(scope)
            for scope in scopes_outward(prefix)
            for name in self.tensors
            if name.startswith(scope)
        ]
        return nearest(reference, visible)


def is_glob(reference: str) -> bool:
    return any(sign in reference for sign in "*?[")


def glob_matcher(pattern: str, beginning: bool = False) -> Callable[[str], bool]:
    """Whether a dotted name is one that a glob means, or, for its `beginning`, lies within one."""
    # fnmatch's expressions do not backtrack, whatever a file makes of them
    parts = [re.compile(fnmatch.translate(part)).match for part in pattern.split(".")]

    def matches(name: str) -> bool:
        words = name.split(".")
        if len(words) != len(parts) and not (beginning and len(words) > len(parts)):
            return False
        return all(part(word) for part, word in zip(parts, words, strict=False))

    return matches


def scopes_outward(prefix: str) -> Iterator[str]:
    """`a.b.` then `a.` then the empty prefix."""
    while prefix:
        yield prefix
        prefix = prefix[: prefix[:-1].rfind(".") + 1]
    yield ""


def order_of(dependencies: list[Iterable[int]]) -> list[int] | None:
    """The nodes in an order in which each comes after those it depends on, else that of the file.

    None if they depend on one another in a circle.
    """
    waiting = [len(set(needs)) for needs in dependencies]
    followers: dict[int, list[int]] = {}
    for node, needs in enumerate(dependencies):
        for need in set(needs):
            followers.setdefault(need, []).append(node)
    ready = [node for node, count in enumerate(waiting) if count == 0]
    order = []
    while ready:
        node = heapq.heappop(ready)
        order.append(node)
        for follower in followers.get(node, ()):
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    return order if len(order) == len(dependencies) else None


def circle_in(dependencies: list[Iterable[int]]) -> list[int]:
    """The nodes of one circle, each depending on the next."""
    unfinished = set(range(len(dependencies)))
    settled = True
    while settled:
        settled = False
        for node in list(unfinished):
            if not any(need in unfinished for need in dependencies[node]):
                unfinished.discard(node)
                settled = True
    node = min(unfinished)
    path: list[int] = []
    while node not in path:
        path.append(node)
        node = next(need for need in dependencies[node] if need in unfinished)
    return path[path.index(node) :]
