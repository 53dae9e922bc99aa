from __future__ import annotations

import pytest

from cnncalc.analysis.receptive_field import ReceptiveField
from cnncalc.render import units
from cnncalc.render.text import clean, padded, shortened, width_of


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (1792, "1.79 k"),
        (9995, "10.0 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (138_357_544, "138 M"),
        (15_470_264_320, "15.5 G"),
        (10**21, "1000 E"),
    ],
)
def test_counts_have_three_significant_digits(number: int, text: str) -> None:
    assert units.count(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (512, "512 B"),
        (1024, "1.00 KiB"),
        (12_845_056, "12.3 MiB"),
        (1023 * 1024, "1023 KiB"),
        (2**30, "1.00 GiB"),
    ],
)
def test_bytes_are_binary(number: int, text: str) -> None:
    assert units.size(number) == text


def test_a_share_that_is_not_zero_is_never_shown_as_zero() -> None:
    assert units.share(12, 100) == "12.0 %"
    assert units.share(1, 10**9) == "<0.1 %"
    assert units.share(0, 100) == units.share(0, 0) == ""


def test_bars() -> None:
    assert units.bar(100, 100, 4) == "████"
    assert units.bar(50, 100, 3) == "█▌"
    assert units.bar(1, 10**9, 4) == "▏"
    assert units.bar(0, 100, 4) == ""
    assert units.bar(50, 100, 4, ascii=True) == "##"
    assert units.bar(1, 100, 4, ascii=True) == "."


@pytest.mark.parametrize(
    ("field", "text"),
    [
        (ReceptiveField((212, 212), (32, 32), (90, 90), "exact"), "212"),
        (ReceptiveField((7, 5), (1, 1), (0, 0), "exact"), "7x5"),
        (ReceptiveField((9, 9), (2, 2), (0, 0), "unaligned"), "~9"),
        (ReceptiveField((224, 224), (0, 0), (0, 0), "whole_input"), "all"),
        (ReceptiveField((224, 5), (0, 1), (0, 0), "whole_input"), "allx5"),
        (ReceptiveField((), (), (), "whole_input"), "all"),
    ],
)
def test_receptive_fields(field: ReceptiveField, text: str) -> None:
    assert units.field_size(field) == text


def test_fractional_strides() -> None:
    assert units.field_stride(ReceptiveField((3, 3), (0.5, 0.5), (0, 0), "exact")) == "0.5"
    assert units.field_stride(ReceptiveField((3, 3), (0, 0), (0, 0), "whole_input")) == "-"


@pytest.mark.parametrize(
    ("name", "width", "short"),
    [
        ("conv2d_1", 8, "conv2d_1"),
        ("adaptive_avg_pool2d_12", 14, "adap…pool2d_12"),
        ("classification_head_123", 14, "class…head_123"),
        ("12345678901234567890", 9, "1234…7890"),
        ("concat_1.left_of_the_deeper.conv2d_1", 20, "concat_1.lef…onv2d_1"),
    ],
)
def test_names_are_shortened_but_not_their_numbers(name: str, width: int, short: str) -> None:
    assert shortened(name, width) == short
    assert width_of(short) <= width


def test_what_a_terminal_would_obey_is_shown_as_an_escape() -> None:
    assert clean("a\x1b[31m\r\n\u202eb") == "a\\x1b[31m\\r\\n\\u202eb"
    assert clean("größe 層") == "größe 層"
    assert padded("層", 4) == "層  "
