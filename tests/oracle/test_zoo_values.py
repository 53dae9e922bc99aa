"""Large networks of the zoo, which the judge takes without numbers: what the export makes of random ones."""

from __future__ import annotations

import pytest

import cnncalc

pytestmark = pytest.mark.oracle


@pytest.mark.parametrize(
    "name", ["resnet50", "mobilenet_v2", "vgg11", "r3d_18", "wavenet", "unet_same", "deconvnet"]
)
def test_an_exported_network_gives_what_the_backend_gives(name: str) -> None:
    import torch

    from cnncalc.numpy_backend.run import run_analyzed
    from tests.oracle.judge import instance_of
    from tests.oracle.judged_values import given, relative_difference

    network = cnncalc.load(name)
    report = cnncalc.analyze(network)
    module = instance_of(cnncalc.export(network, class_name="Net")).double().eval()
    weights, inputs = given(report, module, 1)
    with torch.no_grad():
        theirs = module(*(torch.from_numpy(x) for x in inputs.values()))
    (ours,) = run_analyzed(network.graph, report, inputs, weights, 0).values()
    assert relative_difference(ours, theirs.numpy()) < 1e-5  # ours in float32
