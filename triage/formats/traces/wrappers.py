"""Exceptions that only carry another one: what they carry is what happened.

The names stand in `wrappers.toml`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from msgspec.structs import replace

from triage.records import Trace

__all__ = ("unwrapped", "wrapping")


def unwrapped(traces: Iterable[Trace], runtime: str) -> tuple[Trace, ...]:
    """Make what wrappers carry the crash; the wrappers, of the role `wrapper`, come behind the rest of the chain.

    Examples
    --------
    >>> thrown = Trace(error_type="java.util.concurrent.ExecutionException")
    >>> cause = Trace(error_type="a.RateException", role="cause", chain_no=1)
    >>> [(trace.error_type, trace.role) for trace in unwrapped([thrown, cause], "java")]
    [('a.RateException', 'crash'), ('java.util.concurrent.ExecutionException', 'wrapper')]
    """
    given = tuple(traces)
    depth = wrapping((trace.error_type for trace in given), runtime)
    if not depth or given[0].role != "crash" or given[depth].role != "cause":
        return given
    thrown = given[0]
    carried = replace(
        given[depth],
        role="crash",
        thread_id=thrown.thread_id,
        thread_name=thrown.thread_name,
        crashed=thrown.crashed,
    )
    around = (replace(trace, role="wrapper", crashed=None) for trace in given[:depth])
    chain = (carried, *given[depth + 1 :], *around)
    return tuple(replace(trace, chain_no=place) for place, trace in enumerate(chain))


def wrapping(types: Iterable[str | None], runtime: str | None) -> int:
    """How many of the first errors of a chain only carry the next, by their types; 0 where nothing is carried.

    Examples
    --------
    >>> wrapping(["System.AggregateException", "A.B"], "dotnet"), wrapping(["A.B"], "dotnet")
    (1, 0)
    """
    names = _table().get(runtime or "", frozenset())
    return next((place for place, name in enumerate(types) if name not in names), 0)


@cache
def _table() -> dict[str, frozenset[str]]:
    """The names by runtime."""
    table = tomllib.loads(files("triage.formats.traces").joinpath("wrappers.toml").read_text("utf-8"))
    return {runtime: frozenset(names) for runtime, names in table.items()}
