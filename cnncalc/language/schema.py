"""The language as a JSON Schema (draft 2020-12), by which editors complete and check files as one types.

It is made of what the kinds say about their own arguments. What only an analysis can tell (shapes,
references, names of blocks) it lets pass; `cnncalc validate` tells all of it.
"""

from __future__ import annotations

import json
from typing import Any

from cnncalc.budget import LAYER, NETWORK
from cnncalc.codes import CODES
from cnncalc.language.expressions import LONGEST_TEXT
from cnncalc.language.header import LARGEST_SIZE, MOST_DIMENSIONS
from cnncalc.language.origin import SIBLINGS
from cnncalc.language.siblings import MOST_LAYERS
from cnncalc.layers import all_kinds
from cnncalc.layers.arguments import Argument, SameAs
from cnncalc.layers.base import Kind

Schema = dict[str, Any]

DRAFT = "https://json-schema.org/draft/2020-12/schema"

_IDENTIFIER = "^[^\\W\\d]\\w*$"


def language_schema() -> Schema:
    """The schema of a whole file."""
    kinds = all_kinds()
    return {
        "$schema": DRAFT,
        "title": "cnncalc architecture",
        "description": "A convolutional network, layer by layer, for cnncalc.",
        "type": "object",
        "properties": _top_level(kinds),
        "patternProperties": {"^x-": {"description": "anything; cnncalc does not look at it"}},
        "additionalProperties": False,
        "if": {"required": ["base"]},
        "else": {"required": ["layers"], "anyOf": [{"required": ["input"]}, {"required": ["inputs"]}]},
        "$defs": {
            "expression": {
                "description": "arithmetic over the parameters in scope, for example round(64 * width)",
                "type": "string",
                "minLength": 1,
                "maxLength": LONGEST_TEXT,
            },
            "reference": {
                "description": "the name of a layer, with dots into groups; * stands for any part; or input",
                "type": ["string", "integer"],
            },
            "shape": _shape(),
            "layers": {"type": "array", "items": _to("layer")},
            "silence": _silence(),
            "limit": {
                "description": 'at most so much: 5M, 320KiB; or ">= 224", "== 10"; or a list of these',
                "anyOf": [*_limit(), {"type": "array", "items": {"anyOf": _limit()}, "minItems": 1}],
            },
            "layer": {"anyOf": [_layer_alone(kinds), _layer_with_arguments(kinds)]},
            **{f"kind.{name}": kind_schema(kind) for name, kind in kinds.items()},
        },
    }


def as_json() -> str:
    """The schema of a whole file as the text that editors read."""
    return json.dumps(language_schema(), indent=1, ensure_ascii=False) + "\n"


def kind_schema(kind: Kind) -> Schema:
    """The schema of what stands after `kind:`."""
    arguments = {name: _argument(argument, kind.rank) for name, argument in kind.arguments.items()}
    required = [name for name, argument in kind.arguments.items() if argument.required]
    by_name: Schema = {"type": "object", "properties": arguments, "additionalProperties": False}
    if required:
        by_name["required"] = required
    if kind.inputs is None:
        by_name["additionalProperties"] = {
            **_to("layers"),
            "description": "a branch from the layer before; [] is that layer itself",
        }
    forms = [by_name]
    if kind.bare_argument:
        forms.append(_values(kind.arguments[kind.bare_argument], kind.rank))
    if not required:
        forms.append({"type": "null"})
    return {"description": kind.doc, "anyOf": forms}


def with_expressions(schema: Schema) -> Schema:
    """The schema with an expression allowed wherever a value stands that an expression can give."""
    if "anyOf" in schema:
        forms = [_items_with_expressions(form) for form in schema["anyOf"]]
        return {**schema, "anyOf": [*forms, _to("expression")]}
    if schema.get("type") in ("string", "null"):
        return schema
    return {"anyOf": [_items_with_expressions(schema), _to("expression")]}


def _items_with_expressions(schema: Schema) -> Schema:
    if schema.get("type") == "array":
        return {**schema, "items": with_expressions(schema["items"])}
    if "anyOf" in schema:
        return {**schema, "anyOf": [_items_with_expressions(form) for form in schema["anyOf"]]}
    return schema


def _to(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _argument(argument: Argument, rank: int) -> Schema:
    schema: Schema = {"description": argument.doc, **_values(argument, rank)}
    if isinstance(argument.default, SameAs):
        schema["description"] += f" (as {argument.default.argument} if left out)"
    elif not argument.required:
        schema["default"] = argument.default
    return schema


def _values(argument: Argument, rank: int) -> Schema:
    return with_expressions(argument.reader.schema(rank))


def _shape() -> Schema:
    size = with_expressions({"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE})
    several = {"type": "array", "items": size, "minItems": 1, "maxItems": MOST_DIMENSIONS}
    return {
        "description": "C, H, W without the batch; [C, L] for 1-D, [C, D, H, W] for 3-D",
        "anyOf": [several, *size["anyOf"]],
    }


def _top_level(kinds: dict[str, Kind]) -> dict[str, Schema]:
    """The keys at the top of a file."""
    block = {
        "anyOf": [
            {
                "type": "object",
                "properties": {
                    "params": {**_params(), "description": "the block's parameters; no value is a must"},
                    "layers": _to("layers"),
                },
                "required": ["layers"],
                "additionalProperties": False,
            },
            _to("layers"),
        ]
    }
    names = {"pattern": _IDENTIFIER, "not": {"enum": [*kinds, "sequence"]}}
    return {
        "base": {"description": "a file or network of the zoo to build on", "type": "string"},
        "params": {**_params(), "description": "parameters; --set width=0.5 overrides them"},
        "input": {**_to("shape"), "description": "the shape of the input: C, H, W without the batch"},
        "inputs": {
            "description": "several inputs, each with its shape",
            "type": "object",
            "additionalProperties": _to("shape"),
            "minProperties": 1,
        },
        "blocks": {
            "description": "groups of layers that are used like kinds",
            "type": ["object", "null"],
            "propertyNames": names,
            "additionalProperties": block,
        },
        "layers": {**_to("layers"), "description": "the network, each layer behind the one before"},
        "outputs": {**_references(), "description": "the layers whose outputs are the network's"},
        "budget": {
            "description": "limits that `cnncalc check` holds the network to",
            "type": ["object", "null"],
            "properties": {
                **_limits(NETWORK),
                "layers": {
                    "description": "limits of single layers and groups, by name or glob; ** is every layer",
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": _limits(LAYER),
                        "additionalProperties": False,
                    },
                },
            },
            "additionalProperties": False,
        },
        "silence": {**_to("silence"), "description": "warnings not to be given of this network"},
        "name": {"description": "the name of the network", "type": ["string", "number"]},
        "title": {"description": "the title of the paper"},
        "description": {"description": "what the network is"},
        "reference": {"description": "where it is described: a link"},
        "paper": {"description": "who wrote about it, and where"},
        "year": {"description": "when it was published", "type": ["integer", "string"]},
        "source": {"description": "where the layers are taken from"},
        "notes": {"description": "what else there is to say"},
        "published": {"description": "published figures (params, macs, ...), to be compared"},
    }


def _params() -> Schema:
    return {
        "type": ["object", "null"],
        "propertyNames": {"pattern": _IDENTIFIER},
        "additionalProperties": {"type": ["number", "boolean", "string", "array", "null"]},
    }


def _limits(figures: tuple[str, ...]) -> dict[str, Schema]:
    return {figure: _to("shape") if figure == "output" else _to("limit") for figure in figures}


def _limit() -> list[Schema]:
    return [{"type": "number", "minimum": 0}, {"type": "string", "minLength": 1, "maxLength": LONGEST_TEXT}]


def _silence() -> Schema:
    code: Schema = {"enum": [code for code in CODES if code.startswith("W")]}
    return {"anyOf": [code, {"type": "array", "items": code}, {"type": "null"}]}


def _references() -> Schema:
    return {"anyOf": [_to("reference"), {"type": "array", "items": _to("reference"), "minItems": 1}]}


def _layer_alone(kinds: dict[str, Kind]) -> Schema:
    """A kind or block without arguments."""
    complete = [name for name, kind in kinds.items() if _is_complete_alone(kind)]
    others = {"type": "string", "not": {"enum": [name for name in kinds if name not in complete]}}
    return {"anyOf": [{"enum": complete}, others]}


def _is_complete_alone(kind: Kind) -> bool:
    return not any(argument.required for argument in kind.arguments.values())


def _layer_with_arguments(kinds: dict[str, Kind]) -> Schema:
    """`kind: arguments` with siblings. Any other key is taken for a block."""
    return {
        "type": "object",
        "properties": {
            **_siblings(),
            "sequence": {
                "description": "layers one behind the other, as one layer",
                "anyOf": [_to("layers"), {"type": "null"}],
            },
            **{name: _to(f"kind.{name}") for name in kinds},
        },
        "minProperties": 1,
        "maxProperties": len(SIBLINGS) + 1,
    }


def _siblings() -> dict[str, Schema]:
    times = with_expressions({"type": "integer", "minimum": 0, "maximum": MOST_LAYERS})
    counted = {
        "type": "object",
        "properties": {
            "times": {**times, "description": "how often"},
            "index": {"description": "its name in expressions", "type": "string", "default": "i"},
        },
        "required": ["times"],
        "additionalProperties": False,
    }
    return {
        "name": {"description": "by which others refer to it", "type": ["string", "integer"]},
        "from": {**_references(), "description": "what it reads, if not the layer before"},
        "when": {
            **with_expressions({"type": "boolean"}),
            "description": "left out of the network unless this is true",
        },
        "repeat": {
            "description": "how often it stands there, one behind the other; the index is i",
            "anyOf": [*times["anyOf"], counted],
        },
        "share": {**_to("reference"), "description": "the layer before whose weights it uses"},
        "silence": {**_to("silence"), "description": "warnings not to be given here"},
    }
