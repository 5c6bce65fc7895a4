"""Following what grows: new incidents, spikes and regressions as they happen; see `watch`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage.watching.notices import Notice
from triage.watching.watcher import SETTLE, Watcher

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from triage.journal import Journal

__all__ = ("Notice", "Watcher", "watch")


def watch(
    path: str | os.PathLike[str],
    *,
    state: str | os.PathLike[str] | None = None,
    interval: float = 2.0,
    once: bool = False,
    settle: float = SETTLE,
    journal: str | os.PathLike[str] | Journal | None = None,
    config: str | os.PathLike[str] | None = None,
    zone: str | None = None,
) -> Iterator[Notice]:
    """Follow files and folders that grow, and give new incidents, spikes and regressions as they happen.

    Incidents, spikes and regressions are those that `triage.load(path)` would give for all that was read. Files may be
    rotated, cut, replaced, compressed, late and out of order; each event counts once. What is there at the first call
    is new; a later call with the same state goes on where the last one was, after a kill as well.

    Parameters
    ----------
    path
        A file, a folder or a pattern.
    state
        The file that remembers; default: one for each path in the user's folder for state. It holds what the events
        hold, unmasked, and only its user may read it.
    interval
        Seconds between two looks.
    once
        End after one look.
    settle
        Seconds without a change after which a file, or the last line of one, is taken for whole.
    journal, config
        As for `triage.load`; what is decided meanwhile holds from the next look on.
    zone
        As for `triage.ingest`.

    Yields
    ------
    Notice
        Masked. It is acknowledged when the next one is asked for; one that was not is given again by the next watch
        with this state, marked `again`.

    Raises
    ------
    SourceError
        There is nothing at that path.
    TriageError
        Another watch holds the state, or it cannot be written; there is no such zone.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> text = 'Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nValueError: x\\n'
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = Path(folder, "app.log")
    ...     _ = log.write_text(text)
    ...     state = Path(folder, "state")
    ...     [each.title for each in watch(log, state=state, once=True)], list(watch(log, state=state, once=True))
    (['ValueError in f'], [])
    """
    options: dict[str, Any] = {"settle": settle, "journal": journal, "config": config, "zone": zone}
    watcher = Watcher(path, state=None if state is None else Path(state), **options)
    return _rounds(watcher, interval, once=once)


def _rounds(watcher: Watcher, interval: float, *, once: bool) -> Iterator[Notice]:
    with watcher:
        yield from watcher.notices()
        while True:
            if once:
                watcher.once()
            else:
                watcher.round()
            yield from watcher.notices()
            if once:
                return
            time.sleep(interval)
