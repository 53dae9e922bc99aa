"""`cnncalc export`: what it writes, and what it refuses. (`tests/oracle` runs what is written.)"""

from __future__ import annotations

import ast
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import cnncalc
from cnncalc import zoo
from cnncalc.cli.app import app
from tests.cli.test_compare import FAULTY, GOLDEN, NET

BLOCKS = """\
name: Small residual network
params: {width: 8}
input: [3, 16, 16]
blocks:
  basic:
    params: {channels: , stride: 1, project: false}
    layers:
      - add:
          main:
            - conv2d: {out_channels: channels, kernel_size: 3, stride: stride, padding: 1, bias: false}
              name: conv
            - batch_norm:
              name: bn
          shortcut:
            - conv2d: {out_channels: channels, kernel_size: 1, stride: stride, bias: false}
              name: projection
              when: project
        name: sum
      - relu:
        name: act
layers:
  - conv2d: {out_channels: width, kernel_size: 3, padding: 1}
    name: stem
  - basic: {channels: width}
    name: stage1
    repeat: 3
  - basic: {channels: 2 * width, stride: 2, project: true}
    name: stage2
  - concat:
      left: [{max_pool2d: 2}]
      right: [{avg_pool2d: 2}]
    name: both
  - flatten
  - linear: 10
    name: head
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in (("net", NET), ("blocks", BLOCKS), ("faulty", FAULTY)):
        Path(f"{name}.yaml").write_text(text)


def run(*arguments: str, input: str | None = None) -> Result:
    return CliRunner(env={"COLUMNS": "80"}).invoke(app, ["export", *arguments], input=input)


def written(*arguments: str, input: str | None = None) -> str:
    """The program for a network that is fine."""
    result = run(*arguments, "--to", "pytorch", input=input)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


# --- what is written ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "network"),
    [
        ("export_small", "net.yaml"),
        ("export_blocks", "blocks.yaml"),
        ("export_vgg16", "vgg16"),
        ("export_resnet50", "resnet50"),
    ],
)
def test_golden(name: str, network: str) -> None:
    expected = GOLDEN / f"{name}.txt"
    program = written(network)
    if os.environ.get("UPDATE_GOLDEN"):
        expected.write_text(program, encoding="utf-8")
    assert program == expected.read_text(encoding="utf-8")


def test_a_file_from_standard_input_is_as_one_on_disk() -> None:
    assert written("-", input=NET) == written("net.yaml")


def test_settings_and_inputs_are_in_the_program() -> None:
    program = written("net.yaml", "--set", "width=5", "--set", "classes=3", "--input", "2x9x10")
    assert "nn.Conv2d(2, 5, kernel_size=3)" in program
    assert "nn.Linear(280, " in program  # 5 x 7 x 8
    assert "Reads (N, 2, 9, 10); gives (N, 3)." in program


@pytest.mark.parametrize("name", ["Mine", "_Private", "Größe", "Small2"])
def test_the_class_has_the_name_that_is_asked_for(name: str) -> None:
    assert f"\n\n\nclass {name}(nn.Module):\n" in written("net.yaml", "--class-name", name)
    assert "class Small(nn.Module):" in written("net.yaml")


def test_a_network_without_a_name_is_called_as_its_file() -> None:
    Path("my net-2.yaml").write_text(NET.replace("name: Small\n", ""))
    program = written("my net-2.yaml")
    assert "class MyNet2(nn.Module):\n" in program
    assert '"""my net-2\n' in program
    assert "class Net(nn.Module):\n" in written("-", input=NET.replace("name: Small\n", ""))


def test_a_class_of_a_block_makes_room_for_that_of_the_network() -> None:
    program = written("blocks.yaml", "--class-name", "Basic")
    names = [node.name for node in ast.parse(program).body if isinstance(node, ast.ClassDef)]
    assert names[-1] == "Basic"
    assert len(set(names)) == len(names)


def test_a_base_is_resolved() -> None:
    Path("wide.yaml").write_text("base: net.yaml\nname: Wide\nparams: {width: 7}\n")
    assert written("wide.yaml") == written("net.yaml", "--set", "width=7", "--class-name", "Wide").replace(
        '"""Small\n', '"""Wide\n'
    )


def test_names_from_a_file_are_no_program() -> None:
    """What a stranger calls a network, cannot leave the docstring or the name of the class."""
    title = '\\"\\"\\"\\nimport os\\nclass X: \\"\\"\\"\\\\'
    Path("net.yaml").write_text(NET.replace("name: Small", f'name: "{title}"\ntitle: "{title}"'))
    program = written("net.yaml")
    assert not any(
        isinstance(node, ast.Import) and node.names[0].name == "os" for node in ast.walk(ast.parse(program))
    )


def test_titles_do_not_command_the_terminal() -> None:
    Path("net.yaml").write_text(NET + 'title: "a\\e[31mb\\u202e"\nreference: "http://x\\a"\n')
    assert all(line.isprintable() for line in written("net.yaml").splitlines())


def test_python_has_the_same() -> None:
    assert cnncalc.export("net.yaml", params={"width": 5}) == written("net.yaml", "--set", "width=5")
    with pytest.raises(ValueError, match="keras"):
        cnncalc.export("net.yaml", to="keras")


# --- what is written for every network of the zoo ------------------------------------------------------


def imported(program: str) -> Iterator[str]:
    """The packages that a program imports, wherever it does."""
    for node in ast.walk(ast.parse(program)):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            yield str(node.module).partition(".")[0]


@pytest.mark.parametrize("name", zoo.names())
def test_a_program_needs_pytorch_alone(name: str) -> None:
    program = written(name)
    compile(program, f"{name}.py", "exec")
    packages = set(imported(program))
    assert "torch" in packages
    assert packages - {"torch"} <= sys.stdlib_module_names


@pytest.mark.skipif(
    not (importlib.util.find_spec("ruff") or shutil.which("ruff")), reason="needs ruff: the extra `lint`"
)
def test_programs_are_clean_and_formatted() -> None:
    for name in zoo.names():
        Path(f"{name}.py").write_text(written(name), encoding="utf-8")
    Path("blocks.py").write_text(written("blocks.yaml"), encoding="utf-8")
    ruff = [sys.executable, "-m", "ruff"] if importlib.util.find_spec("ruff") else ["ruff"]
    for arguments in (["check"], ["format", "--check"]):
        ran = subprocess.run([*ruff, *arguments, "--isolated", "."], capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr


# --- files -------------------------------------------------------------------------------------------


def test_output_is_never_overwritten_unasked() -> None:
    assert written("net.yaml", "--output", "net.py") == ""
    assert Path("net.py").read_text(encoding="utf-8") == written("net.yaml")
    Path("net.py").write_text("mine")
    result = run("net.yaml", "--to", "pytorch", "--output", "net.py")
    assert result.exit_code == 2
    assert "`net.py` exists; --force overwrites it" in result.stderr
    assert Path("net.py").read_text() == "mine"
    written("net.yaml", "--output", "net.py", "--force")
    assert Path("net.py").read_text(encoding="utf-8") == written("net.yaml", "--output", "-")


def test_a_faulty_network() -> None:
    result = run("faulty.yaml", "--to", "pytorch", "--output", "net.py", "--errors", "concise")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("faulty.yaml:5:48: error[E301]: ")
    assert result.stderr.endswith("\nnothing is written to `net.py`\n")
    assert not Path("net.py").exists()
    result = run("net.yaml", "--to", "pytorch", "--input", "1x2x8")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a window of 3 does not fit an input height of 2" in result.stderr


def test_an_unknown_network() -> None:
    result = run("resnet51", "--to", "pytorch")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "did you mean `resnet" in result.stderr


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([], "a framework to write for is needed: --to pytorch"),
        (["--to", "keras"], "'--to': networks are written for pytorch so far, not for `keras`"),
        (["--to", "\x1b[31m"], "not for `\\x1b[31m`"),
        (["--class-name", "class"], "'--class-name': a class cannot be called 'class'; write a word"),
        (["--class-name", "1x"], "a class cannot be called '1x'; write a word such as Net"),
        (["--class-name", "a b"], "a class cannot be called 'a b'"),
        (["--class-name", "a\x1b[31m"], "a class cannot be called 'a\\x1b[31m'"),
        *(
            (
                ["--class-name", name],
                f"'--class-name': a file of PyTorch may need '{name}' for something else",
            )
            for name in ("super", "range", "nn", "Add", "Tensor")
        ),
        (["--output", "no/net.py"], "'--output': there is no directory `no`"),
        (["--output", "."], "`.` is a directory"),
        (["--set", "widht=2"], "'--set': net.yaml: there is no parameter `widht`; did you mean `width`?"),
        (["--input", "1xx"], "'1xx' is not a shape"),
        (["--input", "left=1x8x8"], "the network has no input `left`; it has input"),
    ],
)
def test_misuse(options: list[str], message: str) -> None:
    to = [] if not options or "--to" in options else ["--to", "pytorch"]
    result = run("net.yaml", *to, *options)
    assert (result.exit_code, result.stdout) == (2, "")
    assert message in " ".join(result.stderr.split())
