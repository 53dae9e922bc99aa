"""What a run needs, and what the machine or the container has."""

from __future__ import annotations

from pathlib import Path

import pytest

from cnncalc.api import analyze
from cnncalc.numpy_backend import memory_limit
from cnncalc.numpy_backend.memory_limit import TooLarge, available_bytes, needed_bytes, refuse_too_large

MIB = 1 << 20


def machine(folder: Path, cgroup: str = "", **files: str) -> int | None:
    """What is free on a machine whose kernel shows these files below /sys/fs/cgroup."""
    (folder / "proc" / "self").mkdir(parents=True)
    (folder / "proc" / "meminfo").write_text("MemTotal: 99999 kB\nMemAvailable:    4000 kB\n")
    if cgroup:
        (folder / "proc" / "self" / "cgroup").write_text(cgroup)
    for name, text in files.items():
        path = folder / "cgroup" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return available_bytes(folder / "proc", folder / "cgroup")


def test_a_machine_without_containers(tmp_path: Path) -> None:
    assert machine(tmp_path) == 4000 * 1024


def test_a_container_of_version_2(tmp_path: Path) -> None:
    files = {
        "memory.max": "3000000\n",
        "memory.current": "1000000\n",
        "memory.stat": "anon 100\ninactive_file 400000\n",
    }
    assert machine(tmp_path, "0::/\n", **files) == 3_000_000 - 600_000


def test_the_narrowest_of_groups_within_groups(tmp_path: Path) -> None:
    files = {
        "outer/memory.max": "2000000",
        "outer/memory.current": "1500000",
        "outer/inner/memory.max": "max",
        "outer/inner/memory.current": "10",
    }
    assert machine(tmp_path, "0::/outer/inner\n", **files) == 500_000


def test_a_container_of_version_1(tmp_path: Path) -> None:
    files = {
        "memory/memory.limit_in_bytes": "1000000",
        "memory/memory.usage_in_bytes": "1200000",
        "memory/memory.stat": "inactive_file 0\ntotal_inactive_file 500000",
    }
    # the path is that of the host, of which the container sees its own part alone
    assert machine(tmp_path, "9:cpu:/\n4:memory:/docker/abc\n0::/\n", **files) == 300_000


def test_a_group_that_uses_more_than_it_may(tmp_path: Path) -> None:
    files = {"memory.max": "1000", "memory.current": "2000"}
    assert machine(tmp_path, "0::/\n", **files) == 0


def test_a_limit_larger_than_the_machine(tmp_path: Path) -> None:
    files = {"memory/memory.limit_in_bytes": str(2**63 - 4096), "memory/memory.usage_in_bytes": "5"}
    assert machine(tmp_path, "4:memory:/\n", **files) == 4000 * 1024


def test_a_machine_that_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(memory_limit.os, "sysconf", raising=False)
    assert available_bytes(tmp_path, tmp_path) is None
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: None)
    refuse_too_large(10**15, "")


def test_this_machine_has_some() -> None:
    available = available_bytes()
    assert available is None or available > MIB


@pytest.mark.parametrize(
    ("network", "options", "measured"),
    [  # growth of the resident set in a run on one thread, MiB
        ("vgg16", {}, 614),
        ("resnet50", {}, 298),
        ("resnet50", {"dtype": "float64"}, 583),
        ("mobilenet_v2", {}, 47),
        ("mobilenet_v2", {"batch": 16}, 112),
        ("mobilenet_v2", {"dtype": "float16"}, 35),
    ],
)
def test_what_is_needed_is_about_what_was_measured(
    network: str, options: dict[str, object], measured: int
) -> None:
    needed = needed_bytes(analyze(network, in_place=True, **options)) / MIB  # type: ignore[arg-type]
    assert measured <= needed <= 1.2 * measured + 16


def test_what_is_needed_grows_with_the_batch() -> None:
    one, many = (needed_bytes(analyze("vgg16", batch=batch)) for batch in (1, 101))
    assert many - one == 100 * analyze("vgg16").totals.peak_bytes


def test_a_network_without_parameters() -> None:
    needed = needed_bytes(analyze("input: [1, 4, 4]\nlayers: [relu]\n"))
    assert needed == 2 * 64 + 16 * MIB  # input and output, and what all runs may take


def test_the_refusal_says_both_figures_and_the_ways_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory_limit, "available_bytes", lambda: 2048 * MIB)
    with pytest.raises(TooLarge) as raised:
        refuse_too_large(2049 * MIB, "use less")
    assert str(raised.value) == "a run needs about 2.00 GiB, and 2.00 GiB are free; use less"
    assert (raised.value.needed, raised.value.available) == (2049 * MIB, 2048 * MIB)
    refuse_too_large(2048 * MIB, "use less")
