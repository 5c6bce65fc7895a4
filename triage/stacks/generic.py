"""Names that many files of a program have: with one as its first frame a key takes its file, as `orders.views.get`.

`main`, `handler` or `get` alone would make one incident of the crashes of every script and every view. Only the file's
own name is taken, of those that each package has also the package's: these stay when a checkout moves. Further out such
a name needs no file: the frames before it tell enough.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

from triage.stacks.names import basename

__all__ = ("LANGUAGES", "place")

# The languages whose functions may have nothing before their names.
LANGUAGES: Final = frozenset({"python", "javascript", "ruby", "php", "lua", "julia", "r"})
# What notebooks, `tempfile` and the like name files: another name at each run.
_PASSING: Final = re.compile(r"tmp\w{6,10}|[^A-Za-z]*|ipython-input.*|[0-9a-f]{16,}")
# Functions and classes in bundles have names of a letter or two.
_SHORT: Final = 2
_FOLDER: Final = re.compile(r"[A-Za-z_]+(?:[-.][A-Za-z_]+)*")
_SEPARATORS: Final = re.compile(r"[/\\]")


class _Language(NamedTuple):
    names: frozenset[str]
    ends: tuple[str, ...]
    packaged: frozenset[str]


@cache
def _languages() -> dict[str, _Language]:
    table: dict[str, Any] = tomllib.loads(files("triage.stacks").joinpath("generic.toml").read_text("utf-8"))
    packaged = {entry["language"]: frozenset(entry["file"]) for entry in table["packaged"]}
    return {
        entry["language"]: _Language(
            frozenset(entry["function"]), tuple(entry["ends"]), packaged.get(entry["language"], frozenset())
        )
        for entry in table["names"]
    }


def place(name: str, file: str, language: str) -> str:
    """The file, by its name, that a function's normalised name needs to tell where it is; "" where it needs none.

    Parameters
    ----------
    name
        The function's normalised name.
    file
        Its file as the frame has it: a path or an address, without what a build puts into its name.
    language
        One of `LANGUAGES`.

    Examples
    --------
    >>> place("main", "/srv/app/invoices.py", "python"), place("load_invoices", "/srv/app/invoices.py", "python")
    ('invoices', '')
    >>> place("get", "C:\\\\shop\\\\orders\\\\views.py", "python"), place("main", "/tmp/ipykernel_71/219.py", "python")
    ('orders.views', '')
    """
    known = _languages()[language]
    if name not in known.names and not (language == "javascript" and len(name) <= _SHORT):
        return ""
    return _stem(file, language)


@lru_cache(maxsize=4_096)
def _stem(file: str, language: str) -> str:
    """The name of a file without its ending, behind its package where each has one of that name."""
    known = _languages()[language]
    end = next((end for end in known.ends if file.endswith(end)), None)
    stem = basename(file).removesuffix(end or "").removesuffix(".min")
    if end is None or _PASSING.fullmatch(stem):
        return ""
    if stem in known.packaged:
        folder = next(iter(_SEPARATORS.split(file)[-2:-1]), "")
        return f"{folder}.{stem}" if _FOLDER.fullmatch(folder) else stem
    return stem
