"""Kinds and arguments as other frameworks call them, and what was meant by them."""

from __future__ import annotations

import pytest

from cnncalc.language import foreign
from cnncalc.language.document import ABOUT, STRUCTURE
from cnncalc.layers import FAMILY_OF, all_kinds
from tests.language.networks import INPUT, chain, help_of, said


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Conv2d", "conv2d"),
        ("MaxPool2d", "max_pool2d"),
        ("BatchNorm2d", "batch_norm"),
        ("batch_norm2d", "batch_norm"),
        ("ReLU", "relu"),
        ("Dense", "linear"),
        ("Conv2DTranspose", "conv_transpose2d"),
        ("GlobalAveragePooling2D", "global_avg_pool"),
        ("conv", "conv2d"),
        ("maxpol2d", "max_pool2d"),
        ("sequential", "sequence"),
    ],
)
def test_the_kind_that_was_meant(written: str, meant: str) -> None:
    (fault,) = said(f"{INPUT}layers: [relu, {{{written}: , from: nowhere, when: false}}]")
    assert fault == f"2:17 E104 unknown layer kind `{written}`"
    assert help_of(f"{INPUT}layers: [relu, {{{written}: , when: false}}]") == f"did you mean `{meant}`?"


def test_kinds_with_a_number_of_axes_need_no_telling() -> None:
    assert chain("[dropout2d]") == ["dropout2d_1"]


@pytest.mark.parametrize(
    ("arguments", "help"),
    [
        ("kernal_size: 3", "did you mean `kernel_size`?"),
        ("kernel: 3", "did you mean `kernel_size`?"),
        ("kernel_size: 3, strides: 2", "did you mean `stride`?"),
        ("kernel_size: 3, in_channels: 3", "leave it out: what a layer reads follows from the graph"),
        ("kernel_size: 3, activation: ReLU", "write the activation as the next layer: `- relu`"),
        ("kernel_size: 3, padding: smae", "did you mean `same`?"),
        ("kernel_size: 3x3", "write `[3, 3]`"),
        ("kernel_size: (3, 3)", "write `[3, 3]`"),
    ],
)
def test_a_common_mistake_in_arguments_is_one_fault_with_a_help(arguments: str, help: str) -> None:
    assert help_of(f"{INPUT}layers: [{{conv2d: {{out_channels: 8, {arguments}}}}}]") == help


def test_filters_and_units() -> None:
    text = f"{INPUT}layers: [{{conv2d: {{filters: 32, kernel: 3}}}}, {{linear: {{units: 10}}}}]"
    assert [fault.split(" ", 2)[2] for fault in said(text)] == [
        "unknown argument `filters` of conv2d",
        "unknown argument `kernel` of conv2d",
        "unknown argument `units` of linear",
    ]


def test_names_from_elsewhere_lead_to_names_that_are_here() -> None:
    known = {*FAMILY_OF, "sequence"}
    arguments = {name for kind in all_kinds().values() for name in kind.arguments}
    assert set(foreign.KINDS.values()) <= known
    assert not known & {name for name in foreign.KINDS if name in known}
    assert set(foreign.ARGUMENTS.values()) <= arguments
    assert set(foreign.KEYS.values()) <= {*STRUCTURE, *ABOUT}


def test_a_batch_in_the_input() -> None:
    text = "input: [1, 3, 224, 224]\nlayers: [relu, {conv2d: {out_channels: 4, kernel_size: 3}}]"
    assert help_of(text) == "leave the batch out: a sample of the input is [3, 224, 224]"
