"""A comparison in each format."""

from __future__ import annotations

import csv as csv_writer
import io
from collections.abc import Iterator

from cnncalc.analysis.compare import Compared, Comparison
from cnncalc.analysis.stages import VECTOR, Stage
from cnncalc.render import sheet
from cnncalc.render.comparison import sheet_of
from cnncalc.render.csv import harmless
from cnncalc.units import shape

CSV_COLUMNS = (
    *("network", "label", "halvings", "outputs", "layers", "depth", "params", "buffers", "macs", "flops"),
    *("conv_linear_output_bytes", "activation_bytes", "peak_bytes", "receptive_field", "rf_layer"),
)


def json(comparison: Comparison) -> str:
    from cnncalc.render.json import documents

    return documents([comparison.to_dict()])


def markdown(comparison: Comparison) -> str:
    return sheet.markdown(sheet_of(comparison))


def latex(comparison: Comparison) -> str:
    return sheet.latex(sheet_of(comparison))


def html(comparison: Comparison) -> str:
    return sheet.html(sheet_of(comparison))


def csv(comparison: Comparison) -> str:
    """Exact integers; of each network a row with its totals (halvings `all`), then one for each stage."""
    stream = io.StringIO()
    writer = csv_writer.writer(stream, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for network in comparison.networks:
        names = [harmless(network.report.name), harmless(network.label)]
        writer.writerow([*names, *_totals(network)])
        writer.writerows([*names, *_stage(stage)] for stage in network.stages.values())
    return stream.getvalue()


def _totals(network: Compared) -> Iterator[object]:
    report, totals, field = network.report, network.report.totals, network.receptive_field
    yield "all"
    yield " ".join(shape(output, narrow=True) for output in report.outputs.values())
    yield from (len(report.layers), network.depth)
    yield from (totals.params, totals.buffers, totals.macs, totals.flops)
    yield from (network.weighted_output_bytes, totals.activation_bytes, totals.peak_bytes)
    yield shape(field.size, narrow=True) if field else ""
    yield harmless(network.field_layer)


def _stage(stage: Stage) -> Iterator[object]:
    yield "vector" if stage.halvings == VECTOR else stage.halvings  # 1/4 would become a date
    yield " ".join(shape(sizes, narrow=True) for sizes in stage.sizes)
    yield from (stage.layers, "", stage.params, "", stage.macs, stage.flops, "", stage.activation_bytes)
    yield from ("", "", "")
