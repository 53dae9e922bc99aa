"""What classes, modules and variables of an exported file are called."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Collection, Sequence
from pathlib import PurePath
from unicodedata import normalize

from cnncalc.interop.outline import Group
from cnncalc.interop.pytorch.piece import is_piece
from cnncalc.interop.templates import Class

TAKEN = frozenset(
    name
    for names in (
        "T_destination add_module apply bfloat16 buffers call_super_init children compile cpu cuda double",
        "dump_patches eval extra_repr float forward get_buffer get_extra_state get_parameter",
        "get_submodule half ipu load_state_dict modules mtia named_buffers named_children named_modules",
        "named_parameters parameters register_backward_hook register_buffer register_forward_hook",
        "register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook",
        "register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module",
        "register_parameter register_state_dict_post_hook register_state_dict_pre_hook requires_grad_",
        "set_extra_state set_submodule share_memory state_dict to to_empty train training type xpu",
        "zero_grad append extend insert pop clear items keys update values",
    )
    for name in names.split()
)
"""What nn.Module, nn.Sequential, nn.ModuleList and nn.ModuleDict have under that name themselves."""


LONGEST_NAME = 50

OF_PIECES = frozenset({"dim"})
"""What pieces that hold modules keep under that name."""

BUILT_IN = frozenset(name for name in dir(builtins) if not name.startswith("_"))

RESERVED = frozenset(
    "self Any Sequence Tensor OrderedDict torch nn functional math operator reduce".split()  # noqa: SIM905
)
"""What a file may import, and what its methods are called with."""


def check_class_name(name: str) -> None:
    """Raises ValueError if a class of an exported file cannot be called so; nothing is any name."""
    if not name:
        return
    if not _is_word(name):
        raise ValueError(f"a class cannot be called {name!r}; write a word such as Net")
    if is_taken(name):
        raise ValueError(f"a file of PyTorch may need {name!r} for something else; choose another name")


def is_taken(name: str) -> bool:
    """Whether a name means something in a file, or may: of Python, an import, a piece."""
    return keyword.iskeyword(name) or name in BUILT_IN or name in RESERVED or is_piece(name)


def is_reserved(name: str) -> bool:
    """Whether torch.nn's containers of modules have something else of this name, or may have."""
    return name in TAKEN or name in OF_PIECES or name.startswith("_")


def is_plain(name: str) -> bool:
    """Whether a module of this name can be an attribute."""
    return _is_word(name) and name not in TAKEN and not name.startswith("_")


def _is_word(name: str) -> bool:
    """Whether Python takes a name as it is; it reads some signs of other scripts as others."""
    return name.isidentifier() and not keyword.iskeyword(name) and normalize("NFKC", name) == name


def identifier(name: str, taken: Collection[str] = ()) -> str:
    """The name of a variable or parameter for what is called so: a word that means nothing else."""
    word = "".join(sign if _is_word(f"v_{sign}") else "_" for sign in name) or "layer"
    if not word.isidentifier():
        word = f"_{word}"
    while is_taken(word) or word in taken:
        word += "_"
    return word


def class_names(classes: Sequence[Class], root_name: str) -> dict[int, str]:
    """What each class is called, by its identity: as its block, numbered where there are several."""
    names: dict[int, str] = {}
    taken = {root_name}
    for made in classes:
        if not made.groups[0].path:
            names[id(made)] = root_name
            continue
        wanted = _camel(made.block or _word(made.groups[0])) or "Part"
        if is_taken(wanted):
            wanted += "Block"
        first = next((other for other in classes if other.block and other.block == made.block), made)
        if wanted in taken and first is not made:
            wanted += _difference(first, made)
        free, number = wanted, 1
        while free in taken or is_taken(free):
            number += 1
            free = f"{wanted}{number}"
        taken.add(free)
        names[id(made)] = free
    return names


def _difference(first: Class, second: Class) -> str:
    """The switch of a block that is on for all objects of one class and off for those of another."""
    of_first = [group.use.values or {} for group in first.groups if group.use]
    of_second = [group.use.values or {} for group in second.groups if group.use]
    for name, value in of_second[0].items():
        always = isinstance(value, bool) and all(values[name] is value for values in of_second)
        if always and all(values[name] is not value for values in of_first):
            return _camel(name) if value else f"No{_camel(name)}"
    return ""


def _word(group: Group) -> str:
    """A name for what a group is, without the number of its turn."""
    parts = [part for part in group.path.split(".") if not part.isdigit()]
    return re.sub(r"[_\d]+$", "", parts[-1]) if parts else ""


def name_of_network(name: str) -> str:
    """The class of a network of this name, as `ResNet50` for `ResNet-50`, or of a file."""
    word = "Net" if name.startswith("<") else _camel(PurePath(name).stem) or "Net"
    return f"{word}Net" if is_taken(word) else word


def _camel(name: str) -> str:
    words = re.findall(r"[^\W_]+", normalize("NFKC", name).replace("'", ""))
    joined = "".join(word[:1].upper() + word[1:] for word in words)
    joined = "".join(sign for sign in joined if _is_word(f"v_{sign}"))[:LONGEST_NAME]
    return joined if not joined or joined.isidentifier() else f"_{joined}"
