"""The lists of words in personal.toml: endings of networks, names of homes, what no machine is called."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Final

__all__ = ("ENDINGS", "Places", "places")

_FILE: Final = Path(__file__).with_name("personal.toml")


@dataclass(frozen=True, slots=True)
class Places:
    """The lists of words in personal.toml: see there."""

    homes: frozenset[bytes]
    internal: frozenset[bytes]
    ambiguous: frozenset[bytes]
    longer: frozenset[bytes]
    not_hosts: frozenset[bytes]
    public: frozenset[bytes]
    providers: frozenset[bytes]
    rented: frozenset[bytes]
    no_machine: frozenset[bytes]
    servers: frozenset[bytes]
    sites: frozenset[bytes]
    packages: frozenset[bytes]
    teams: frozenset[bytes]
    makers: frozenset[bytes]


@cache
def places() -> Places:
    """Read them, once."""
    data = tomllib.loads(_FILE.read_text("utf-8"))
    return Places(**{field.name: frozenset(word.encode() for word in data[field.name]) for field in fields(Places)})


ENDINGS: Final = "|".join(re.escape(ending.decode()) for ending in sorted(places().internal))
"""The endings of names inside of networks, as a part of an expression."""
