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

__all__ = ("unwrapped",)


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
    depth = 0
    while depth < len(given) and given[depth].error_type in _table()[runtime]:
        depth += 1
    if not depth or depth == len(given) or given[0].role != "crash" or given[depth].role != "cause":
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


@cache
def _table() -> dict[str, frozenset[str]]:
    """The names by runtime."""
    table = tomllib.loads(files("triage.formats.traces").joinpath("wrappers.toml").read_text("utf-8"))
    return {runtime: frozenset(names) for runtime, names in table.items()}
