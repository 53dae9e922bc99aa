"""The networks that come with cnncalc: where their files are, and how a name finds one."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from cnncalc.diagnostics import ArchitectureError, Diagnostic, Source, Span, nearest


def folder() -> Path:
    """The folder of the zoo: inside of the installed package, or beside it in a checkout."""
    package = Path(__file__).parent
    installed = package / "architectures"
    return installed if installed.is_dir() else package.parent / "architectures"


def names() -> list[str]:
    """The names of all networks, sorted."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def find(name: str) -> Path | None:
    """The file of a network, with or without `.yaml` in its name; None if there is none."""
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if not stem or any(sign in stem for sign in "/\\:") or stem.startswith("."):
        return None
    path = folder() / f"{stem}.yaml"
    return path if _is_there(path) else None


def find_source(name: str, beside: Path | None = None) -> Source:
    """The text that a name means: a file if it exists (beside the given one), else one of the zoo.

    Raises ArchitectureError if there is neither.
    """
    from cnncalc.language.reading import read_text

    path = Path(name) if beside is None else beside / name
    if _is_there(path):
        return read_text(path)
    known = find(name)
    if known is not None:
        return read_text(known)
    _refuse(name)


def _is_there(path: Path) -> bool:
    try:
        return path.exists() or path.is_symlink()
    except (OSError, ValueError):  # a name too long for any file, or with a null character
        return False


def _refuse(name: str) -> NoReturn:
    stem = Path(name).name.removesuffix(".yaml").removesuffix(".yml")
    near = nearest(stem, names())
    help = f"did you mean `{near}`?" if near else "`cnncalc zoo` lists the networks that come with cnncalc"
    message = f"there is neither a file nor a network of the zoo named `{name}`"
    raise ArchitectureError([Diagnostic("E001", message, Span(Source(name, ""), 1, 1, 1, 1), help=help)])
