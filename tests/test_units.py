from __future__ import annotations

import pytest

from cnncalc import units
from cnncalc.analysis.receptive_field import ReceptiveField


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
