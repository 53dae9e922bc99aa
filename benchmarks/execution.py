"""A forward pass of the NumPy backend against PyTorch eager, on one thread and on two.

    python benchmarks/execution.py [--rounds 15] [--threads 1 2] [--networks vgg16 ...]

VGG-16, ResNet-50 and MobileNetV2 at 224, one image, float32. Each side runs in a process of its own, with
as many threads as the other, and the two take turns of a few passes; ratios are those of the medians.
OpenBLAS chooses its kernels itself (OPENBLAS_CORETYPE is unset) and threadpoolctl says which. Needs
`pip install '.[oracle]' threadpoolctl`.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from timing import print_ratio

ROOT = Path(__file__).resolve().parents[1]
GOALS = {
    ("vgg16", 1): 1.0,
    ("resnet50", 1): 0.8,
    ("mobilenet_v2", 1): 1.1,
    ("vgg16", 2): 1.1,
    ("resnet50", 2): 1.1,
    ("mobilenet_v2", 2): 1.1,
}
WARM_UP = 2
PASSES = 5
"""Forward passes of one turn, so that neither side only ever runs with the other's data in the caches."""


class Worker:
    """A process that runs one network each time it is asked to."""

    def __init__(self, side: str, network: str, threads: int) -> None:
        environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_CORETYPE"}
        environment |= {"OPENBLAS_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
        self.process = subprocess.Popen(
            [sys.executable, __file__, "--worker", side, network],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
            text=True,
            cwd=ROOT,
        )
        self.about = self.answer()
        for _ in range(WARM_UP):
            self.run()

    def answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("a worker ended early")
        return line.strip()

    def run(self) -> list[float]:
        """The seconds of each pass of one turn."""
        assert self.process.stdin is not None
        self.process.stdin.write("run\n")
        self.process.stdin.flush()
        return [float(taken) for taken in self.answer().split()]

    def end(self) -> None:
        self.process.communicate("")


def numpy_forward(network: str) -> tuple[str, Callable[[], object]]:
    """The backend's forward pass, and the kernels it runs on."""
    import numpy as np
    from threadpoolctl import threadpool_info

    import cnncalc
    from cnncalc.numpy_backend.runner import Runner
    from cnncalc.numpy_backend.tensors import RandomTensors

    graph = cnncalc.load(network).graph
    runner = Runner(graph, RandomTensors(0, np.dtype("float32")))
    images = {
        name: np.random.default_rng(0).standard_normal((1, *shape), np.float32)
        for name, shape in graph.inputs.items()
    }
    about = ", ".join(
        f"{blas['internal_api']} {blas['version']}, {blas['architecture']} kernels, "
        f"{blas['num_threads']} threads"
        for blas in threadpool_info()
        if blas["user_api"] == "blas"
    )
    return f"NumPy {np.__version__}, {about}", lambda: runner.run(images)


def torch_forward(network: str) -> tuple[str, Callable[[], object]]:
    """PyTorch's forward pass in inference mode, with activations in place as torchvision has them."""
    import torch

    sys.path.insert(0, str(ROOT))
    from tests.oracle import networks

    module: Any = getattr(networks, network)().eval()
    for part in module.modules():
        if hasattr(part, "inplace"):
            part.inplace = True
    image = torch.randn(1, 3, 224, 224)

    def forward() -> object:
        with torch.inference_mode():
            return module(image)

    return f"PyTorch {torch.__version__}, {torch.get_num_threads()} threads", forward


def work(side: str, network: str) -> None:
    """The worker's side: says what it is, then runs once for each line it reads."""
    about, forward = {"numpy": numpy_forward, "torch": torch_forward}[side](network)
    forward()
    print(about, flush=True)
    for _ in sys.stdin:
        print(*(_seconds(forward) for _ in range(PASSES)), flush=True)


def _seconds(forward: Callable[[], object]) -> float:
    start = time.perf_counter()
    forward()
    return time.perf_counter() - start


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--networks", nargs="+", default=["vgg16", "resnet50", "mobilenet_v2"])
    parser.add_argument("--worker", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        side, network = options.worker
        return work(side, network)
    for threads in options.threads:
        for network in options.networks:
            ours, theirs = Worker("numpy", network, threads), Worker("torch", network, threads)
            if network == options.networks[0]:
                print(f"{ours.about}\nyardstick: {theirs.about}")
            turns = [(ours.run(), theirs.run()) for _ in range(options.rounds)]
            ours.end()
            theirs.end()
            mine, yardstick = (
                statistics.median(itertools.chain(*times)) for times in zip(*turns, strict=True)
            )
            name = f"{network}, {threads} thread{'s' * (threads > 1)}"
            times = f"{mine * 1000:.1f} ms against {yardstick * 1000:.1f} ms"
            print_ratio(f"{name} ({times})", mine / yardstick, GOALS[network, threads])


if __name__ == "__main__":
    main()
