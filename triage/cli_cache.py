"""The commands of the cache: `triage cache info` and `triage cache clear`."""

from __future__ import annotations

import typer

from triage.console import say
from triage.share.printable import plural

__all__ = ("app",)

app = typer.Typer()
_cache = typer.Typer(help="What was read of event stores is kept for the next time.", no_args_is_help=True)
app.add_typer(_cache, name="cache")


@_cache.command()
def info() -> None:
    """Say where the cache is, and how much is in it."""
    from triage.store import cache

    found = cache.default().info()
    size, most = found["bytes"] / 1e6, found["most_bytes"] / 1e6
    say(f"{found['folder']}: {plural(found['entries'], 'store')}, {size:,.1f} of at most {most:,.0f} MB")


@_cache.command()
def clear() -> None:
    """Forget all that is in the cache; it is made again when it is needed."""
    from triage.store import cache

    say(f"{plural(cache.default().clear(), 'store')} forgotten")
