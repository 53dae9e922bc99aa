"""What holds for every kind: it is listed, described, readable, worked out by its example, and tested."""

from __future__ import annotations

import pkgutil
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

import cnncalc.layers
from cnncalc.analysis.examine import Examined
from cnncalc.analysis.figures import figures_of
from cnncalc.api import Reading, examine_reading, read
from cnncalc.diagnostics import Source
from cnncalc.language.scope import plain_value
from cnncalc.language.source import parse
from cnncalc.layers import FAMILIES, all_kinds, find_kind
from cnncalc.layers.arguments import SameAs
from cnncalc.layers.base import Kind, Shapes
from cnncalc.tracing import Traced
from tests.layers.helpers import assert_same_on_arrays

KINDS = list(all_kinds().values())
every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)

LAYERS_BEFORE = {
    f"max_unpool{rank}d": f"  - max_pool{rank}d: {{kernel_size: 2}}\n    name: pool1\n" for rank in (1, 2, 3)
}
"""What the examples of kinds with references refer to."""

ONE_OF_TWO = {"center_crop": "size", "upsample": "scale_factor"}
"""Kinds that need one of two arguments, so that none is required by itself."""

OTHER_SIZES: dict[str, Shapes] = {
    "squeeze": ((6, 3, 1),),
    "fold": ((54, 1024),),
    "multiply": ((32, 4, 6), (32, 1, 1)),
}
"""Input shapes beside the example's for kinds that do not take its sizes doubled."""


def arguments_of(kind: Kind) -> dict[str, Any]:
    """The arguments that the example of a kind gives, by name."""
    written = plain_value(parse(Source(kind.name, kind.example)))
    values = written[kind.name] if isinstance(written, dict) else {}
    return values if isinstance(values, dict) else {kind.bare_argument: values}


def example_text(kind: Kind) -> str:
    """A network of the example alone, or of the layers it needs."""
    before = LAYERS_BEFORE.get(kind.name, "")
    # with a reference the example's shapes are those of the layer, of what that one reads and what it gives
    shapes = [kind.example_inputs[1]] if before else kind.example_inputs
    names = [f"in{number}" for number in range(len(shapes))]
    inputs = ", ".join(f"{name}: {list(shape)}" for name, shape in zip(names, shapes, strict=True))
    text = f"name: {kind.name}\ninputs: {{{inputs}}}\nlayers:\n{before}"
    example = kind.example if ":" in kind.example else f"{kind.example}:"
    source = "" if before else f"    from: [{', '.join(names)}]\n"
    return f"{text}  - {example}\n{source}"


def examined(kind: Kind) -> tuple[Reading, Examined]:
    reading = read(Source("<example>", example_text(kind)))
    return reading, examine_reading(reading)


def test_families_are_what_their_files_declare():
    modules = {
        name: import_module(f"cnncalc.layers.{name}")
        for _, name, _ in pkgutil.iter_modules(cnncalc.layers.__path__)
    }
    declared = {
        name: tuple(kind.name for kind in module.KINDS)
        for name, module in modules.items()
        if hasattr(module, "KINDS")
    }
    assert {name: set(kinds) for name, kinds in declared.items()} == {
        name: set(kinds) for name, kinds in FAMILIES.items()
    }
    assert sum(map(len, declared.values())) == sum(map(len, FAMILIES.values())) == len(KINDS)


def test_an_unknown_kind_is_none():
    assert find_kind("conv4d") is None


@every_kind
def test_is_described(kind):
    assert re.fullmatch(r"\S.*\.", kind.doc), kind.doc
    assert (kind.layer.__doc__ or "").strip()
    assert not (kind.layer.__doc__ or "").startswith(f"{kind.layer.__name__}("), "dataclass's own docstring"
    for argument in kind.arguments.values():
        assert argument.doc.strip() == argument.doc != "", argument.name
        assert argument.reader.describe(kind.rank), argument.name


@every_kind
def test_is_made_of_its_required_arguments(kind):
    required = {name for name, argument in kind.arguments.items() if argument.required}
    required |= {ONE_OF_TWO[kind.name]} if kind.name in ONE_OF_TWO else set()
    values = arguments_of(kind)
    layer = kind.make({name: values[name] for name in required})
    for name, argument in kind.arguments.items():
        if isinstance(argument.default, SameAs):
            assert getattr(layer, name) == getattr(layer, argument.default.argument)
        elif not argument.required and name not in required:
            assert getattr(layer, name) == argument.reader.read(argument.default, kind.rank)


@every_kind
def test_schemas_take_the_example_and_the_defaults(kind):
    values = arguments_of(kind)
    assert values.keys() <= kind.arguments.keys()
    for name, argument in kind.arguments.items():
        schema = argument.reader.schema(kind.rank)
        Draft202012Validator.check_schema(schema)
        taken = Draft202012Validator(schema).is_valid
        if name in values:
            assert taken(values[name]), (name, values[name])
        if not argument.required and not isinstance(argument.default, SameAs):
            assert taken(argument.default), (name, argument.default)
        assert not taken({"a": "mapping"}), name


@every_kind
def test_example_is_worked_out_without_diagnostics(kind):
    reading, found = examined(kind)
    assert reading.diagnostics == []
    assert found.diagnostics == []
    row = found.report.layers[-1]
    assert row.layer.kind is kind
    assert row.input_shapes == kind.example_inputs[: len(row.input_shapes)]
    assert len(row.input_shapes) == (kind.inputs or len(kind.example_inputs))
    assert min(row.figures.output_shape) >= 1
    assert min(row.figures.operations) >= 0


@every_kind
def test_rules_take_arrays_of_sizes(kind):
    layer = examined(kind)[0].network.graph.nodes[-1].layer
    doubled = tuple(tuple(2 * size for size in shape) for shape in kind.example_inputs)
    assert_same_on_arrays(layer, kind.example_inputs, OTHER_SIZES.get(kind.name, doubled))


@every_kind
def test_rules_take_traced_numbers(kind):
    layer = examined(kind)[0].network.graph.nodes[-1].layer
    traced = tuple(tuple(Traced(size, "size") for size in shape) for shape in kind.example_inputs)
    own, of_traced = figures_of(layer, kind.example_inputs), figures_of(layer, traced)
    assert tuple(map(int, of_traced.output_shape)) == own.output_shape
    assert tuple(map(int, of_traced.operations)) == own.operations
    assert int(of_traced.params) == own.params


@every_kind
def test_is_tested_by_name(kind):
    """Somewhere beside this file its name stands quoted, if need be with `{...}` for the number of axes."""
    files = [path for path in Path(__file__).parent.glob("test_*.py") if path.name != Path(__file__).name]
    texts = "\n".join(path.read_text(encoding="utf-8") for path in files)
    by_rank = re.sub(r"\d(?=d$)", lambda digit: rf"({digit[0]}|{{\w+}})", kind.name)
    assert re.search(f'"{by_rank}"', texts), "no test names this kind"
