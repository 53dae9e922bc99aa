"""Which module of an exported network made which tensor: its hooks, call by call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from torch import Tensor, nn

from cnncalc.analysis.report import LayerReport, Report

Output = Tensor | Sequence[Tensor] | Mapping[str, Tensor]


class Call(NamedTuple):
    """One call of the module that stands for a layer; `inputs` as they were given to it."""

    row: LayerReport
    inputs: tuple[Any, ...]
    output: Tensor


class Watch:
    """The calls of the modules that carry the names of layers, in a `with` around the network's call.

    A layer that shares weights is one more call of the module that it shares them with. `seen` gets each
    call when it is done, and may give another tensor in place of the output; `before` may give another one
    in place of the first input.
    """

    def __init__(
        self,
        network: nn.Module,
        report: Report,
        seen: Callable[[Call], Tensor | None],
        before: Callable[[LayerReport, Tensor], Tensor] | None = None,
    ) -> None:
        modules = dict(network.named_modules(remove_duplicate=False))
        self.rows: dict[nn.Module, list[LayerReport]] = {}
        self.unseen: list[LayerReport] = []
        for row in report.layers:
            module = modules.get(row.name if row.share is None or row.name in modules else row.share)
            if module is None:
                self.unseen.append(row)
            else:
                self.rows.setdefault(module, []).append(row)
        self.calls = dict.fromkeys(self.rows, 0)
        self.seen, self.before = seen, before
        self.handles: list[Any] = []

    def __enter__(self) -> Watch:
        for module in self.rows:
            self.handles.append(module.register_forward_hook(self._after))
            if self.before is not None:
                self.handles.append(module.register_forward_pre_hook(self._before))
        return self

    def __exit__(self, *_: object) -> None:
        for handle in self.handles:
            handle.remove()

    def _row(self, module: nn.Module) -> LayerReport | None:
        rows, call = self.rows[module], self.calls[module]
        return rows[call] if call < len(rows) else None

    def _before(self, module: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...] | None:
        row = self._row(module)
        if self.before is None or row is None:
            return None
        return (self.before(row, inputs[0]), *inputs[1:])

    def _after(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> Any:
        row = self._row(module)
        self.calls[module] += 1
        if row is None or (isinstance(output, tuple) and len(row.inputs) > 1):
            return None  # of a merge that also gives what others read within its branches
        made = output[0] if isinstance(output, tuple) else output  # a pool with its indices
        other = self.seen(Call(row, inputs, made))
        if other is None:
            return None
        return (other, *output[1:]) if isinstance(output, tuple) else other

    def wrong_calls(self) -> list[str]:
        """Modules that were not called once for each layer that they stand for.

        What holds the branches of a merge need not be called: of a group that shares its weights in part the
        merge is an expression.
        """
        return [
            f"{rows[0].name}: called {self.calls[module]} times, and {len(rows)} layers use it"
            for module, rows in self.rows.items()
            if self.calls[module] > len(rows) or (self.calls[module] < len(rows) and len(rows[0].inputs) == 1)
        ]


def outputs_by_name(output: Output, report: Report) -> dict[str, Tensor]:
    """What a network gave, by the names of its outputs."""
    if isinstance(output, Mapping):
        return dict(output)
    tensors = [output] if isinstance(output, Tensor) else list(output)
    return dict(zip(report.outputs, tensors, strict=True))
