from __future__ import annotations

import csv as csv_reader
import io
import json as json_reader

import pytest

import cnncalc
from cnncalc.analysis.compare import Comparison, comparison_of
from cnncalc.render import comparison_formats
from cnncalc.render.ansi import text_of
from cnncalc.render.comparison import names_of, sheet_of
from cnncalc.render.sheet import text_lines
from cnncalc.render.text import width_of
from cnncalc.units import change, count, ratio, size
from tests.render.reports import hostile, report_of

FORMATS = ("json", "csv", "markdown", "latex", "html")


def text(comparison: Comparison, width: int = 80) -> str:
    return text_of(text_lines(sheet_of(comparison), width))


@pytest.mark.parametrize(
    ("number", "first", "expected"),
    [
        *((23, 10, "2.3x"), (10, 10, "1x"), (1000, 999, "1.00x"), (102, 100, "1.02x"), (45, 100, "0.45x")),
        *((109, 100, "1.09x"), (110, 100, "1.1x"), (9, 100, "0.090x"), (1, 100_000, "<0.0001x")),
        *((152, 1, "152x"), (5_000, 1, "5,000x"), (999, 10, "99.9x"), (0, 5, "-"), (5, 0, "-"), (0, 0, "-")),
    ],
)
def test_ratios(number: int, first: int, expected: str) -> None:
    assert ratio(number, first) == expected


def test_four_digits() -> None:
    assert (count(13_620_576_256, 4), size(51_015_584, 4)) == ("13.62 G", "48.65 MiB")
    assert (count(999_999, 4), size(1_048_575, 4), count(999, 4)) == ("1.000 M", "1.000 MiB", "999")


def test_changes_have_a_sign() -> None:
    assert [change(1_790), change(-5), change(0), change(-2048, of_bytes=True)] == [
        *("+1.79 k", "-5", "-", "-2.00 KiB"),
    ]


def test_where_the_additional_macs_of_vgg_are() -> None:
    lines = text(cnncalc.compare("alexnet_torchvision", "vgg16")).splitlines()
    at = lines.index("VGG-16 less AlexNet (torchvision)")
    cells = {line.split()[0]: line.split()[3:5] for line in lines[at + 4 :] if line}
    # 9 * (64*128 + 128*128) * 112 * 112 = 2.77 G, where AlexNet has nothing
    assert " +2.77 G " in next(line for line in lines[at:] if line.startswith("1/2"))
    assert cells["total"] == ["+14.8", "G"]


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    "networks",
    [
        ("vgg16", "resnet18"),
        ("alexnet", "vgg16", "resnet50", "unet"),
        ("lenet5", "alexnet", "vgg16", "resnet152", "mobilenet_v2", "unet", "wavenet", "c3d", "mlp"),
    ],
)
def test_any_number_of_networks_fits(networks: tuple[str, ...], width: int) -> None:
    shown = text(cnncalc.compare(*networks), width)
    assert max(map(width_of, shown.splitlines())) <= width
    for network in networks:
        assert cnncalc.load(network).name in shown


@pytest.mark.parametrize("width", [45, 50, 54])
def test_a_narrow_terminal(width: int) -> None:
    shown = text(cnncalc.compare("alexnet_torchvision", "vgg16"), width).splitlines()
    assert max(map(width_of, shown)) <= width
    tables = [line.split() for line in shown if line.startswith("scale   network")]
    assert [title for table in tables for title in table if title not in ("scale", "network")] == [
        *("outputs", "params", "MACs", "memory"),
    ]


def test_the_sign_of_unaligned_fields_is_explained() -> None:
    assert "\n~: behind paths that met" in text(cnncalc.compare("vgg16", "unet"))
    assert "~" not in text(cnncalc.compare("vgg16", "resnet18"))


def test_names_tell_networks_apart() -> None:
    lecture = cnncalc.compare("vgg16_lecture", "vgg16", "vgg16")
    assert names_of(lecture.networks) == ["vgg16_lecture", "vgg16 (1)", "vgg16 (2)"]


def test_what_networks_without_positions_show() -> None:
    shown = text(cnncalc.compare("mlp", "lenet5"))
    (field,) = [line.split() for line in shown.splitlines() if line.startswith("receptive field  ")]
    assert field == ["receptive", "field", "all", "16", "-"]
    assert "vector  Multi" in shown


def test_batch_and_type_are_said() -> None:
    assert text(cnncalc.compare("lenet5", "mlp", batch=8, dtype="int8", in_place=True)).startswith(
        "(batch of 8, int8, in place)\n"
    )


def test_csv_has_exact_integers_and_a_row_for_each_stage() -> None:
    written = comparison_formats.csv(cnncalc.compare("vgg16", "lenet5"))
    rows = list(csv_reader.DictReader(io.StringIO(written)))
    totals = {row["network"]: row for row in rows if row["halvings"] == "all"}
    assert totals["VGG-16"]["macs"] == "15470264320"
    assert totals["VGG-16"]["receptive_field"] == "212x212"
    stages = [row for row in rows if row["network"] == "VGG-16" and row["halvings"] != "all"]
    assert [row["halvings"] for row in stages] == ["0", "1", "2", "3", "4", "5", "vector"]
    assert sum(int(row["macs"]) for row in stages) == 15_470_264_320
    assert all(None not in row for row in rows)


def test_json() -> None:
    comparison = cnncalc.compare("vgg16", "mlp")
    assert json_reader.loads(comparison_formats.json(comparison)) == comparison.to_dict()


def test_markdown_and_latex_do_not_speak_of_bars() -> None:
    comparison = cnncalc.compare("vgg16", "lenet5")
    markdown, latex = comparison_formats.markdown(comparison), comparison_formats.latex(comparison)
    assert "| depth                 |            16 |           5 |     0.31x |" in markdown
    assert markdown.endswith(" |\n")
    assert r"output & 1000 & 10 &" in latex
    assert "bar" not in markdown + latex.replace(r"\textbar", "")
    assert "a full bar is" in comparison_formats.html(comparison)


def test_strange_names_are_harmless() -> None:
    comparison = comparison_of([hostile(), report_of()], ["=1\x1b[31m<b>", "b"])
    for format in FORMATS:
        written = getattr(comparison_formats, format)(comparison)
        assert "\x1b" not in written
        assert "\u202e" not in written
    assert "<script>" not in comparison_formats.html(comparison)
    assert "\n=1" not in comparison_formats.csv(comparison)
    assert "\x1b" not in text(comparison)
