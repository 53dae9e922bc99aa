"""A file of 100,000 layers: reading it against PyYAML's C loader, and analysing it against reading it.

    python benchmarks/large_file.py

The file repeats a pattern of eight layers, as networks do; `distinct` gives every convolution arguments
of its own, so that nothing can be looked up. The yardstick runs as its users run it, with the garbage
collector on; its time with the collector off is printed beside it.
"""

from __future__ import annotations

import gc

import yaml
from timing import medians, print_ratio

from cnncalc import api
from cnncalc.analysis.examine import examine
from cnncalc.diagnostics import Source

LAYERS = 100_000
ROUNDS = 5
PATTERN = (
    "conv2d: {out_channels: 64, kernel_size: 3, padding: 1, bias: false}",
    "batch_norm",
    "relu",
    "conv2d: {out_channels: 64, kernel_size: 1}",
    "max_pool2d: {kernel_size: 3, stride: 1, padding: 1}",
    "depthwise_conv2d: {kernel_size: 3, padding: 1}",
    "batch_norm",
    "silu",
)


def architecture(layers: int, distinct: bool = False) -> str:
    lines = [f"  - {PATTERN[index % len(PATTERN)]}\n" for index in range(layers)]
    if distinct:
        lines[::2] = [
            f"  - conv2d: {{out_channels: {index % 5000 + 1}, kernel_size: 3, padding: 1}}\n"
            for index in range(len(lines[::2]))
        ]
    return "name: large\ninput: [3, 32, 32]\nlayers:\n" + "".join(lines)


def load_yaml(text: str) -> object:
    return yaml.load(text, Loader=yaml.CSafeLoader)


def load_yaml_without_collector(text: str) -> object:
    gc.disable()
    try:
        return load_yaml(text)
    finally:
        gc.enable()


def measure(name: str, text: str) -> None:
    source = Source("large.yaml", text)
    graph = api.read(source).network.graph
    taken = medians(
        {
            "yaml": lambda: load_yaml(text),
            "yaml, collector off": lambda: load_yaml_without_collector(text),
            "read": lambda: api.read(source),
            "analysis": lambda: examine(graph),
        },
        ROUNDS,
    )
    print(f"{name}: " + ", ".join(f"{work} {time:.2f} s" for work, time in taken.items()))
    print_ratio(f"{name}: read / yaml.load(CSafeLoader)", taken["read"] / taken["yaml"], 0.15)
    print_ratio(f"{name}: analysis / read", taken["analysis"] / taken["read"], 0.5)


def measure_growth() -> None:
    small, large = (api.read(Source("x", architecture(count))).network.graph for count in (1_000, LAYERS))
    taken = medians({"small": lambda: examine(small), "large": lambda: examine(large)}, ROUNDS)
    print_ratio(
        "analysis of 100k layers / 100 x that of 1k (1 is linear)",
        taken["large"] / taken["small"] / 100,
        1.25,
    )


if __name__ == "__main__":
    measure("repeating", architecture(LAYERS))
    measure("distinct", architecture(LAYERS, distinct=True))
    measure_growth()
