"""Files that are none, too much, or hostile: a clear message, little time and memory, never a traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

SECONDS = 4
"""Of processor time, so that a busy machine does not fail the test; the aim is 2 on a common one."""
BYTES = 300 * 2**20

NETWORK = "input: [3, 32, 32]\nlayers:\n"


def run(arguments: Sequence[str], folder: Path, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """A run of the command line that is killed if it takes too long or too much."""

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))

    return subprocess.run(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        preexec_fn=limit,
        input=stdin,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )


def message(result: subprocess.CompletedProcess[str]) -> str:
    """The first line of what a run said that found a fault."""
    assert "Traceback" not in result.stderr
    assert result.returncode == 1, result.stderr[-2000:]
    return result.stderr.splitlines()[0]


def alias_bomb() -> str:
    lines = ["a0: &a0 [relu, relu]"]
    lines += [f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 9)}]" for level in range(1, 12)]
    return "\n".join(lines) + "\nlayers: *a11\n"


def nested_sequences(depth: int) -> str:
    return NETWORK + "  - " + "{sequence: [" * depth + "relu" + "]}" * depth + "\n"


def nested_repeats() -> str:
    return (
        NETWORK
        + "  - sequence:\n      - sequence:\n          - relu\n          - sequence:\n              - relu\n"
        + "            repeat: 1000\n        repeat: 1000\n    repeat: 1000\n"
    )


def chain_of_blocks(length: int) -> str:
    blocks = "".join(f"  b{level}: [b{level + 1}]\n" for level in range(length))
    return f"input: [3, 8, 8]\nblocks:\n{blocks}  b{length}: [relu]\nlayers: [b0]\n"


def many(count: int, line: str) -> str:
    return NETWORK + "".join(line.format(number=number) for number in range(count))


STARS = "*a" * 12 + "*b"

TEXTS = {
    "divisors of a huge size": (
        "input: [2147483647, 536870909]\nlayers:\n  - flatten\n  - split: {sections: 2, index: 0}\n",
        "error[E303]: ",
    ),
    "stars in a reference": (
        NETWORK + f"  - relu:\n    name: {'a' * 190}\n  - add:\n    from: ['{STARS}', input]\n",
        "error[E201]: ",
    ),
    "braces in the name of a lost layer": (
        NETWORK + f"  - rlu7: \n    name: '{'{i}a' * 12}'\n    repeat: 2\n  - relu:\n    from: {'a' * 60}\n",
        "error[E1",
    ),
    "long chain of blocks": (chain_of_blocks(2000), "error[E110]: blocks and branches are nested too deeply"),
    "sizes that multiply": (NETWORK + "  - upsample: 2147483647\n    repeat: 600\n", "error[E306]: "),
    "reshape to many sizes": (
        NETWORK + f"  - reshape: [{', '.join(['2147483647'] * 500)}]\n",
        "error[E103]: ",
    ),
    "channels that double": (NETWORK + "  - concat: {a: [], b: []}\n    repeat: 2000\n", "error[E306]: "),
    "a number of 400 digits": (NETWORK + f"  - leaky_relu: 1{'0' * 400}\n", "error[E103]: "),
    "a factor of 400 digits": (NETWORK + f"  - upsample: 1{'0' * 400}\n", "error[E103]: "),
    "a name of 5,000 digits": (NETWORK + f"  - relu:\n    name: a{'1' * 5000}\n", "error[E111]: "),
    "many undefined names": (
        many(5000, "  - relu:\n    name: layer_{number}\n    from: undefined_{number}\n"),
        "error[E201]: ",
    ),
    "many unknown kinds": (many(20_000, "  - convolution{number}\n"), "error[E104]: "),
    "many equal names": (many(20_000, "  - relu:\n    name: same\n"), "error[E203]: "),
    "empty": ("", "error[E006]: `bad.yaml` describes no network: it is empty"),
    "only a comment": ("# nothing\n", "error[E006]: `bad.yaml` describes no network: it is empty"),
    "a word": ("hello\n", "error[E108]: "),
    "alias bomb": (alias_bomb(), "error[E00"),
    "alias of itself": ("layers: &a [*a]\n", "error[E00"),
    "large power": (NETWORK + "  - linear: 2 ** 9999999\n", "error[E107]: "),
    "tower of powers": (NETWORK + "  - linear: 9 ** 9 ** 9 ** 9\n", "error[E107]: "),
    "shift": (NETWORK + "  - linear: 1 << 9999999\n", "error[E105]: "),
    "long text": (NETWORK + "  - linear: " + "1 + " * 100_000 + "1\n", "error[E10"),
    "many brackets": (NETWORK + "  - linear: '" + "(" * 5000 + "'\n", "error[E10"),
    "huge number": (NETWORK + "  - linear: " + "9" * 5000 + "\n", "error[E10"),
    "list that grows": (NETWORK + "  - linear: '[0] * 999999999'\n", "error[E10"),
    "repeat of a billion": (NETWORK + "  - relu:\n    repeat: 1000000000\n", "error[E107]: "),
    "nested repeats": (nested_repeats(), "error[E107]: "),
    "repeat of nothing": (
        NETWORK + "  - sequence: [{sequence: [], repeat: 200000}]\n    repeat: 200000\n",
        "error[E107]: ",
    ),
    "code": (NETWORK + '  - linear: \'__import__("os").system("touch owned")\'\n', "error[E105]: "),
    "attributes": (NETWORK + "  - linear: '().__class__.__bases__'\n", "error[E105]: "),
    "tag of code": (NETWORK + "  - linear: !!python/object/apply:os.system ['touch owned']\n", "error[E00"),
    "deep nesting": ("a: " + "[" * 100_000 + "]" * 100_000, "error[E00"),
    "nested sequences": (nested_sequences(400), "error[E00"),
    "block of itself": (
        "input: [3, 8, 8]\nblocks:\n  a: [b]\n  b: [a]\nlayers: [a]\n",
        "error[E110]: block `a` uses itself: a -> b -> a",
    ),
    "base circle": ("base: bad.yaml\n", "error[E001]: more than 8 files build on one another; perhaps in a"),
    "base of a device": ("base: /dev/zero\n", "error[E001]: "),
    "base that is not there": (
        "base: vgg61\n",
        "error[E001]: there is neither a file nor a network of the zoo",
    ),
    "escape in a name": (NETWORK + '  - "\\e[31mrelu"\n', "error[E104]: unknown layer kind `\\x1b[31mrelu`"),
    "huge input": ("input: [3, 99999999999, 8]\nlayers: [relu]\n", "error[E107]: "),
    "layers in a circle": (
        NETWORK + "  - relu: \n    name: a\n    from: b\n  - relu:\n    name: b\n    from: a\n",
        "error[E202]: layers read one another in a circle: ",
    ),
}


@pytest.mark.parametrize("name", TEXTS)
def test_hostile_files(name: str, tmp_path: Path) -> None:
    text, expected = TEXTS[name]
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    assert message(run(["validate", "bad.yaml"], tmp_path)).startswith(expected)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    "name",
    [
        "empty",
        "alias bomb",
        "large power",
        "nested repeats",
        "code",
        "base circle",
    ],
)
def test_hostile_files_are_analyzed_no_worse(name: str, tmp_path: Path) -> None:
    text, expected = TEXTS[name]
    (tmp_path / "bad.yaml").write_text(text, encoding="utf-8")
    assert message(run(["analyze", "bad.yaml"], tmp_path)).startswith(expected)
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "missing.yaml",
            "error[E001]: there is neither a file nor a network of the zoo named `missing.yaml`",
        ),
        ("vgg61", "error[E001]: there is neither a file nor a network of the zoo named `vgg61`"),
        (".", "error[E00"),
        ("/dev/zero", "error[E00"),
        ("/dev/null", "error[E00"),
        ("\x1b[31m", "error[E001]: there is neither a file nor a network of the zoo named `\\x1b[31m`"),
        ("a" * 5000, "error[E00"),
        ("loop", "error[E00"),
    ],
)
def test_what_is_no_file(path: str, expected: str, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert message(run(["validate", path], tmp_path)).startswith(expected)


def test_nearest_network_of_the_zoo_is_named(tmp_path: Path) -> None:
    assert "did you mean `lenet5`?" in run(["validate", "lenet"], tmp_path).stderr


@pytest.mark.parametrize(
    "content", [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)), b"\xff\xfeabc", b"\0" * 4096]
)
def test_binary_files(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_bytes(content)
    assert message(run(["validate", "bad.yaml"], tmp_path)).startswith("error[E00")


def test_file_that_may_not_be_read(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("input: 3\n")
    (tmp_path / "bad.yaml").chmod(0)
    if os.access(tmp_path / "bad.yaml", os.R_OK):
        pytest.skip("this user may read everything")
    assert message(run(["validate", "bad.yaml"], tmp_path)).startswith("error[E001]: ")


def test_file_of_50_megabytes(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text(NETWORK + "  - relu\n" * 6_000_000)
    assert message(run(["validate", "bad.yaml"], tmp_path)).startswith("error[E00")


def test_standard_input_without_end() -> None:
    with open("/dev/zero", "rb") as endless:
        result = subprocess.run(
            [sys.executable, "-m", "cnncalc", "validate", "-"],
            cwd=Path(__file__).parents[2],
            stdin=endless,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    assert message(result).startswith("error[E00")


@pytest.mark.parametrize("closed", [1, 2])
@pytest.mark.parametrize("arguments", [["verify", "-"], ["run", "-"], ["analyze", "-"]])
def test_closed_streams(arguments: list[str], closed: int) -> None:
    """`>&-` and `2>&-`: there is nobody to read, which is no fault."""
    result = subprocess.run(
        [sys.executable, "-m", "cnncalc", *arguments],
        cwd=Path(__file__).parents[2],
        preexec_fn=lambda: os.close(closed),
        input=NETWORK + "  - relu\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert bool(result.stdout) == (closed == 2)


def test_fifo_is_read_as_a_file(tmp_path: Path) -> None:
    result = run(["validate", "/dev/stdin"], tmp_path, stdin=NETWORK + "  - relu\n")
    assert result.stdout == "/dev/stdin: fine: 1 layer, 0 parameters, 0 MACs, output 3 x 32 x 32\n"
    assert result.returncode == 0


def test_long_chain_of_layers_meets_no_recursion_limit(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(NETWORK + "  - relu\n" * 20_000)
    result = run(["validate", "long.yaml"], tmp_path)
    assert result.stdout.startswith("long.yaml: fine: 20,000 layers, 0 parameters")
