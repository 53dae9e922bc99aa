from __future__ import annotations
from typing import Annotated
import typer

def analyze(
    files: Annotated[list[str], typer.Argument(help="x")],
    input: Annotated[str, typer.Option(help="x")] = "",
    batch: Annotated[int, typer.Option(help="x")] = 1,
    dtype: Annotated[str, typer.Option(help="x")] = "float32",
    set: Annotated[list[str], typer.Option(help="x")] = [],
    depth: Annotated[int, typer.Option(help="x")] = 0,
    columns: Annotated[str, typer.Option(help="x")] = "",
    sort: Annotated[str, typer.Option(help="x")] = "",
    format: Annotated[str, typer.Option(help="x")] = "table",
    output: Annotated[str, typer.Option(help="x")] = "",
    force: Annotated[bool, typer.Option(help="x")] = False,
) -> None:
    from cnncalc import api
    r = api.examine_reading(api.read(api.find_text(files[0])))
    for d in r.diagnostics: print(d)
    for l in r.report.layers: print(l.name, l.output_shape, l.receptive_field)
    print(r.report.totals)
