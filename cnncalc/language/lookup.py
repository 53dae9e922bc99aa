"""Finding the tensors that layers refer to, also those that come later, and saying which are not there."""

from __future__ import annotations

import glob
import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from cnncalc.language.nodes import Node as YamlNode
from cnncalc.language.nodes import Sequence
from cnncalc.language.references import Names, glob_matcher, is_glob, scopes_outward
from cnncalc.language.scope import Faulty, Scope, is_nothing

if TYPE_CHECKING:
    from cnncalc.graph import Node


class Ahead(NamedTuple):
    """A reference to a layer that was not there yet, to be looked up at the end."""

    text: str
    where: YamlNode
    scope: Scope
    prefix: str


class Lookup:
    """The names given so far, and the references to names not there yet.

    The reference numbered k among those ahead stands as tensor -1 - k in the nodes until the end.
    """

    def __init__(self, inputs: list[str]) -> None:
        self.names = Names()
        self.names.tensors.update((name, tensor) for tensor, name in enumerate(inputs))
        self.inputs = inputs
        self.ahead: list[Ahead] = []
        self.lost: list[Callable[[str], bool]] = []
        """Names of entries that could not be read: they, and what would stand within them, may be missing."""

    def sources(self, node: YamlNode, scope: Scope, prefix: str, sibling: str = "from") -> tuple[int, ...]:
        """The tensors that `from` names, or another key. Raises Faulty if one is not there."""
        items = node.items if isinstance(node, Sequence) else [node]
        if not items or is_nothing(node):
            help = f"name one, or leave `{sibling}` out"
            raise scope.fault("E201", f"`{sibling}` names no layer", node, help)
        found: list[int] = []
        for item in items:
            text = scope.text(item, "a reference")
            if not is_glob(text):
                found.append(self.tensor(text, item, scope, prefix))
                continue
            tensors = self.names.find_all(text, prefix)
            if not tensors:
                raise self.no_match(text, item, scope, prefix)
            found.extend(tensors)
        return tuple(found)

    def tensor(self, text: str, where: YamlNode, scope: Scope, prefix: str) -> int:
        """The tensor that a reference names, or the stand-in for one that may come later."""
        tensor = self.names.find(text, prefix)
        if tensor is None:
            self.ahead.append(Ahead(text, where, scope, prefix))
            return -len(self.ahead)
        return tensor

    def settle(self, nodes: list[Node], report: bool) -> None:
        """Looks up the references ahead in all nodes, now that all names are there."""
        for reference in self.ahead if report else ():
            if self.names.find(reference.text, reference.prefix) is None:
                self.undefined(reference.text, reference.where, reference.scope, reference.prefix)
        for index, node in enumerate(nodes):
            inputs, references = self.settled(node.inputs), self.settled(node.references)
            if inputs is None or references is None:
                nodes[index] = node._replace(layer=None, inputs=(), references=())
            elif inputs is not node.inputs or references is not node.references:
                nodes[index] = node._replace(inputs=inputs, references=references)

    def settled(self, tensors: tuple[int, ...]) -> tuple[int, ...] | None:
        """The tensors with stand-ins replaced; None if one names no layer."""
        if all(tensor >= 0 for tensor in tensors):
            return tensors
        found = [tensor if tensor >= 0 else self._found(self.ahead[-1 - tensor]) for tensor in tensors]
        return None if None in found else tuple(tensor for tensor in found if tensor is not None)

    def _found(self, reference: Ahead) -> int | None:
        return self.names.find(reference.text, reference.prefix)

    def undefined(self, text: str, where: YamlNode, scope: Scope, prefix: str, before: str = "") -> Faulty:
        """Reports a name that stands for nothing, but not if it would stand in an entry that is lost."""
        if self.is_lost(text, prefix):
            return Faulty()
        near = self.names.nearest(text, prefix)
        help = f"did you mean `{near}`?" if near else "layers are named by `name`, or by kind and number"
        return scope.fault("E201", f"there is no layer `{text}`{before}", where, help)

    def no_match(self, text: str, where: YamlNode, scope: Scope, prefix: str) -> Faulty:
        if self.is_lost(text, prefix):
            return Faulty()
        help = "`*` stands for any part of a name up to the next dot, and finds layers above this one only"
        return scope.fault("E201", f"no layer above is named like `{text}`", where, help)

    def is_lost(self, text: str, prefix: str) -> bool:
        """Whether a name, or a glob, would stand within an entry that could not be read."""
        if is_glob(text):
            return bool(self.lost)  # any of them may be what it was to find
        return any(lost(scope + text) for lost in self.lost for scope in scopes_outward(prefix))

    def lose(self, name: str) -> None:
        """Notes that the entry of this name, which may hold `{...}`, could not be read."""
        pattern = "*".join(map(glob.escape, re.split(r"\{[^}]*\}", name)))
        self.lost.append(glob_matcher(pattern, beginning=True))
