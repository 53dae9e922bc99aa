"""`cnncalc run`: a network on real arrays, and a summary of what comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple, NoReturn

import typer

from cnncalc.cli.common import (
    FAULTY,
    Errors,
    ErrorStyle,
    Force,
    InputShapes,
    Setting,
    Settings,
    check_output,
    chosen_inputs,
    end_faulty,
    misuse,
    print_faults,
    read_network,
    read_settings,
    read_shapes,
    visible,
    write,
    write_file,
)
from cnncalc.cli.running import (
    AllowLarge,
    RunBatch,
    RunDtype,
    Seed,
    check_batch_and_seed,
    checked_dtype,
    too_large,
)

if TYPE_CHECKING:
    from cnncalc.analysis.report import Report
    from cnncalc.graph import Graph
    from cnncalc.layers.base import Shape
    from cnncalc.numpy_backend.counting import Array

EXAMPLES = """\
Examples:

\b
  cnncalc run lenet5                              random weights, random input
  cnncalc run vgg16 --input-file cat.jpg --weights vgg16.safetensors
  cnncalc run mine.yaml --input-file left=a.npy --input-file right=b.npy
  cnncalc run mine.yaml --seed 7 --batch 4 --output y.npy

\b
Files:
  inputs   .npy, C x H x W or N x C x H x W; .png and .jpg, as numbers from 0 to 1
           (`pip install 'cnncalc[images]'`); several files of one input are a batch
  weights  .npz and .safetensors (`pip install 'cnncalc[weights]'`), with the tensors
           named as layer.tensor: conv1.weight, bn1.running_mean
  output   .npy for one output, .npz for any number of them
"""


def run(
    network: Annotated[
        str, typer.Argument(metavar="NETWORK", help="A file, a name of the zoo, or - (standard input).")
    ],
    input_file: Annotated[
        list[str],
        typer.Option(
            metavar="FILE",
            help="An array or image to run on; for one of several inputs NAME=FILE. Repeatable.",
        ),
    ] = [],  # noqa: B006  # typer makes its own
    weights: Annotated[
        str, typer.Option(metavar="FILE", help="Weights and buffers; drawn from the seed if left out.")
    ] = "",
    output: Annotated[
        str,
        typer.Option("--output", "-o", metavar="FILE", help="Write the outputs to this .npy or .npz file."),
    ] = "",
    force: Force = False,
    seed: Seed = 0,
    batch: RunBatch = 1,
    dtype: RunDtype = "float32",
    set: Settings = [],  # noqa: B006
    input: InputShapes = [],  # noqa: B006
    resize: Annotated[
        bool, typer.Option("--resize/--no-resize", help="Bring images to the size of the network's input.")
    ] = True,
    allow_large: AllowLarge = False,
    format: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="How to write the summary.")
    ] = "text",
    errors: Errors = "full",
) -> None:
    """Run a network on real arrays, and show what comes out.

    Weights and inputs that are not given are random, and the same for the same seed.
    """
    check_batch_and_seed(batch, seed)
    check_array_file(output, force)
    setting = Setting(read_settings(set), read_shapes(input), batch, checked_dtype(dtype), in_place=True)

    task = _analyzed(network, setting, input_file, resize, errors, as_json=format == "json")
    if output.endswith(".npy") and len(task.report.outputs) > 1:
        misuse(f"the network has {len(task.report.outputs)} outputs; write them to a .npz file", "--output")
    refusal = "" if allow_large else too_large(task.report)
    if refusal:
        _end(refusal)
    result = _run(task, _read_weights(weights, task.report), seed)
    if output:
        from cnncalc.numpy_backend.output_files import writer

        write_file(writer(result.outputs, output), output)
    _show(task, result, weights, seed, format)


class _Task(NamedTuple):
    """What is to be run: a network, its analysis at the sizes of the inputs, and these unless random."""

    graph: Graph
    report: Report
    inputs: dict[str, Array] | None


class _Result(NamedTuple):
    outputs: dict[str, Array]
    seconds: float


# --- before the run --------------------------------------------------------------------------------


def check_array_file(output: str, force: bool) -> None:
    """Refuses a file for arrays that cannot be written or must not be."""
    if output and not output.endswith((".npy", ".npz")):
        misuse(f"`{visible(output)}` is not a .npy or .npz file, which arrays are written to", "--output")
    check_output(output, force)


def _analyzed(
    what: str, setting: Setting, files: Sequence[str], resize: bool, errors: ErrorStyle, as_json: bool
) -> _Task:
    """The network with its inputs, analyzed at their sizes; ends the command if it is faulty."""
    from cnncalc import api
    from cnncalc.diagnostics import ArchitectureError

    try:
        reading = read_network(what, setting.settings)
    except ArchitectureError as error:
        end_faulty(error.diagnostics, errors, as_json)
    graph = reading.network.graph
    sizes, batch, inputs = chosen_inputs(graph.inputs, setting.shapes), setting.batch, None
    if files and sizes:  # a file without inputs is faulty, which is said below
        inputs = _read_inputs(files, sizes, setting.shapes, batch, resize)
        sizes = {name: array.shape[1:] for name, array in inputs.items()}
        batch = len(next(iter(inputs.values())))
    examined = api.examine_reading(reading, sizes, batch, setting.dtype, setting.in_place)
    if any(diagnostic.is_error for diagnostic in examined.diagnostics):
        end_faulty(examined.diagnostics, errors, as_json)
    print_faults(examined.diagnostics, errors)
    return _Task(graph, examined.report, inputs)


def _read_inputs(
    files: Sequence[str], sizes: Mapping[str, Shape], shapes: Mapping[str, Shape], batch: int, resize: bool
) -> dict[str, Array]:
    """The inputs in the files, by name; `sizes` are expected, and those of `shapes` were asked for."""
    from cnncalc.layers.shapes import written
    from cnncalc.numpy_backend.input_files import read_batch
    from cnncalc.numpy_backend.run import given_inputs

    paths: dict[str, list[str]] = {}
    for file in files:
        name, path = _named(file, sizes)
        paths.setdefault(name, []).append(path)
    try:
        found = {name: read_batch(paths[name], sizes[name], resize, _note) for name in paths}
        inputs = given_inputs(found, sizes, batch)
    except ValueError as error:
        misuse(visible_lines(str(error)), "--input-file")
    for name, array in inputs.items():
        asked_for = shapes.get(name, shapes.get(""))
        if asked_for is not None and array.shape[1:] != asked_for:
            misuse(
                f"the input `{visible(name)}` is {written(array.shape[1:])}, and --input says "
                f"{written(asked_for)}",
                "--input-file",
            )
    return inputs


def _named(file: str, inputs: Mapping[str, Shape]) -> tuple[str, str]:
    """The input that a file is for, and its path."""
    name, equals, path = file.partition("=")
    if equals and name in inputs:
        return name, path
    if len(inputs) > 1:
        names = ", ".join(map(visible, inputs))
        misuse(f"the network has several inputs ({names}): write NAME=FILE", "--input-file")
    return next(iter(inputs)), file


def _note(text: str) -> None:
    typer.echo(f"note: {visible(text)}", err=True)


def visible_lines(text: str) -> str:
    """The text with escapes for what a terminal would obey, but for the ends of its lines."""
    return "\n".join(map(visible, text.split("\n")))


def _read_weights(path: str, report: Report) -> dict[str, Array] | None:
    from cnncalc.numpy_backend.run import find_weights

    try:
        return find_weights(path or None, report)
    except ValueError as error:
        misuse(visible_lines(str(error)), "--weights")
    except MemoryError:
        _end("there is too little memory for the weights")


def _end(message: str) -> NoReturn:
    typer.echo(f"Error: {message}", err=True)
    raise typer.Exit(FAULTY)


# --- the run ---------------------------------------------------------------------------------------


def _run(task: _Task, weights: dict[str, Array] | None, seed: int) -> _Result:
    from cnncalc.cli.progress import Bar
    from cnncalc.numpy_backend.run import run_analyzed
    from cnncalc.numpy_backend.runner import Failure

    start = perf_counter()
    with Bar(len(task.report.layers)) as progress:
        try:
            outputs = run_analyzed(task.graph, task.report, task.inputs, weights, seed, progress=progress)
        except Failure as failure:
            _end(f"`{visible(failure.layer)}` cannot be run: {visible(failure.reason)}")
        except MemoryError as error:
            _end(f"there is too little memory ({error}); use a smaller --input or --batch")
    return _Result(outputs, perf_counter() - start)


def _show(task: _Task, result: _Result, weights: str, seed: int, format: str) -> None:
    from cnncalc.render import outputs as render

    shown = render.Shown(
        task.report,
        [render.summary(name, output) for name, output in result.outputs.items()],
        result.seconds,
        seed,
        weights,
        task.inputs is None,
    )
    write(render.json(shown) if format == "json" else render.text(shown))
