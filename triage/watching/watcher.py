"""The rounds of a watch: look, read, take in, find what is to be told, tell it, note that it was told.

Each step is a transaction of the state. What was read and where to go on are one; what is to be told, and that the
events were looked at, are one; then a notice waits in the state until it is acknowledged. So a kill at any moment
loses nothing, and nothing is told twice that was acknowledged; what was told and not acknowledged is told again.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final, Self

import msgspec

from triage.config import load_policy, load_rules
from triage.errors import JournalError, SourceError
from triage.formats.log_times import zone_named
from triage.incidents.decisions import Decisions
from triage.journal import Journal
from triage.stacks import keys
from triage.upward import is_inside
from triage.watching import outlet, pieces
from triage.watching.disk import Root
from triage.watching.followed import Followed, Job
from triage.watching.following import Follower
from triage.watching.ledger import Ledger
from triage.watching.notices import Masks, Notice
from triage.watching.state import State, default_path
from triage.watching.telling import Teller

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ("SETTLE", "Watcher")

SETTLE: Final = 1.0
# How long a single round waits for files that are still being written.
_PATIENCE: Final = 3.0
_PAUSE: Final = 0.1
# Decisions that move no event from one incident to another.
_STATES: Final = frozenset({"resolve", "reopen", "ignore", "note"})
_record = msgspec.msgpack.Decoder(Followed).decode
_notice = msgspec.json.Decoder(Notice).decode


class Watcher:
    """A watch with its state; close it, or use it in a `with`.

    Parameters
    ----------
    path
        A file, a folder or a pattern.
    state
        The file of the state; default: see `triage.watching.state.default_path`.
    out
        A file of one's own to which each notice is appended as a line of JSON, exactly once.
    settle
        Seconds without a change after which a file, or the end of one, is taken for whole.
    journal, config
        As for `triage.load`.
    zone
        As for `triage.ingest`.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        state: Path | None = None,
        out: Path | None = None,
        settle: float = SETTLE,
        journal: str | os.PathLike[str] | Journal | None = None,
        config: str | os.PathLike[str] | None = None,
        zone: str | None = None,
    ) -> None:
        self._zone = zone_named(zone)
        where = (state or default_path(path)).expanduser().absolute()
        self.out = None if out is None else out.expanduser().absolute()
        own = [str(where), f"{where}-journal", *([str(self.out)] if self.out else [])]
        self.root = Root(path, without=tuple(own))
        if not self.root.there() and not where.exists():
            raise SourceError(f"there is nothing at {str(path)!r}; give a file, a folder or a pattern")
        self._journal = _journal(journal, self.root.path)
        self._rules = load_rules(config, outside=[self.root.path])
        self._masks = Masks(load_policy(config, outside=[self.root.path]))
        self._state = State(where)
        self._follower = Follower(
            (_record(blob) for (blob,) in self._state.rows("SELECT record FROM files ORDER BY n")), settle=settle
        )
        self._ledger = Ledger(self._state)
        self._rekey()
        self._unread: set[int] = set()
        self._before = {seq for (seq,) in self._state.rows("SELECT seq FROM pending")}

    def round(self) -> None:
        """Look once, and have in the state what is to be told."""
        self._follower.see(self.root.scan())
        for packed in (False, True):
            while jobs := self._follower.ready(packed=packed):
                self._take(jobs)
        self._keep_records()
        self._find()

    def once(self) -> None:
        """A round, and more of them while something is still being written, but not for long."""
        until = time.monotonic() + _PATIENCE
        self.round()
        while self._follower.waits and time.monotonic() < until:
            time.sleep(_PAUSE)
            self.round()

    def skip(self) -> None:
        """In the first round of a new state: say of all that waits to be told that it was."""
        if not self._state.get("begun"):
            with self._state.changes():
                self._state.do("DELETE FROM pending", [()])
                self._state.put("begun", 1)

    @property
    def journal_unread(self) -> int:
        """How many lines of the journal could not be read, so that what they decided is not applied."""
        return len(self._journal.damaged())

    @property
    def unread(self) -> int:
        """Of how many files something could not be read, so far."""
        return len(self._unread)

    def begin(self) -> None:
        """Say that a round was done: from now on `skip` does nothing."""
        if not self._state.get("begun"):
            with self._state.changes():
                self._state.put("begun", 1)

    def notices(self) -> Iterator[Notice]:
        """What waits to be told, in its order; each is acknowledged when the next is asked for.

        With a file `out` they are in it before the first is given, and acknowledged by that.
        """
        rows = self._state.rows("SELECT seq, notice FROM pending ORDER BY seq")
        found = [_notice(blob) for _, blob in rows]
        if self.out is not None:
            self._write([blob for _, blob in rows])
            yield from found
            return
        done: list[int] = []
        last = time.monotonic()
        try:
            for notice in found:
                yield msgspec.structs.replace(notice, again=True) if notice.seq in self._before else notice
                done.append(notice.seq)
                if time.monotonic() - last > _PAUSE:
                    self._acknowledge(done)
                    done, last = [], time.monotonic()
        finally:
            self._acknowledge(done)

    def close(self) -> None:
        """Let go of the state."""
        self._state.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _take(self, jobs: list[Job]) -> None:
        """Read what is there to be read, and take it in together with where to go on."""
        with self._state.changes():
            for read in pieces.read(jobs, self._rules, self._zone):
                self._ledger.admit(read)
                self._unread |= read.unread
            self._follower.changed.update(job.record.n for job in jobs)
            self._write_records()
            self._ledger.tidy()

    def _keep_records(self) -> None:
        if self._follower.changed or self._follower.forgotten:
            with self._state.changes():
                self._write_records()

    def _write_records(self) -> None:
        follower = self._follower
        rows = ((each.n, msgspec.msgpack.encode(each)) for each in follower.records(follower.changed))
        self._state.do("INSERT OR REPLACE INTO files VALUES (?, ?)", rows)
        for table in ("files", "counts"):
            self._state.do(f"DELETE FROM {table} WHERE n = ?", [(n,) for n in follower.forgotten])  # noqa: S608
        follower.changed.clear()
        follower.forgotten.clear()

    def _find(self) -> None:
        """Find what is to be told, where there are new events or other decisions."""
        fresh = self._ledger.fresh()
        entries = self._journal.entries()
        decided = entries[-1].id + str(len(entries)) if entries else ""
        if not fresh and decided == self._state.get("decided", ""):
            return
        whole = (
            self._ledger.shifted
            or decided != self._state.get("decided", "")
            or any(entry.what not in _STATES for entry in entries)
        )
        tables = self._ledger.tables() if whole else self._ledger.about()
        with self._state.changes():
            teller = Teller(self._state, tables, Decisions(entries), fresh, whole=whole)
            found = [self._masks.masked(notice, teller.newest[notice.incident_id]) for notice in teller.found()]
            self._wait(found)
            self._ledger.looked_at()
            self._state.put("decided", decided)

    def _wait(self, notices: list[Notice]) -> None:
        """Have notices wait to be told; where the file of them ends now stands in the same transaction."""
        waiting = self._state.rows("SELECT count(*) FROM pending")[0][0]
        if self.out is not None and (not waiting or self._state.get("out") != str(self.out)):
            self._state.put("out", str(self.out))
            self._state.put("since", outlet.length(self.out))
        seq = self._state.get("seq", 0)
        rows = []
        for notice in notices:
            seq += 1
            rows.append((seq, msgspec.structs.replace(notice, seq=seq).line))
        self._state.put("seq", seq)
        self._state.do("INSERT INTO pending VALUES (?, ?)", rows)

    def _write(self, lines: list[bytes]) -> None:
        assert self.out is not None
        if not lines:
            return
        if self._state.get("out") != str(self.out):  # they waited to be told in another way
            with self._state.changes():
                self._state.put("out", str(self.out))
                self._state.put("since", outlet.length(self.out))
        outlet.write(self.out, lines, since=self._state.get("since", 0))
        with self._state.changes():
            self._state.do("DELETE FROM pending", [()])

    def _acknowledge(self, numbers: list[int]) -> None:
        if numbers:
            with self._state.changes():
                self._state.do("DELETE FROM pending WHERE seq = ?", [(seq,) for seq in numbers])
            self._before.difference_update(numbers)

    def _rekey(self) -> None:
        """With another version of the keys incidents have other ids: those of events that are there are known."""
        version = self._state.get("algo_version")
        if version not in {None, keys.ALGO_VERSION}:
            with self._state.changes():
                self._ledger.rekey(self._rules)
                names = Teller(
                    self._state, self._ledger.tables(), Decisions(self._journal.entries()), set(), whole=True
                )
                names.found()
        if version != keys.ALGO_VERSION:
            with self._state.changes():
                self._state.put("algo_version", keys.ALGO_VERSION)


def _journal(given: str | os.PathLike[str] | Journal | None, path: str) -> Journal:
    """The journal that was given, else the one that is found; never one inside what is watched."""
    if given is None:
        return Journal.found([path])
    journal = given if isinstance(given, Journal) else Journal(given)
    if journal.path is not None and is_inside(journal.path, [path]):
        raise JournalError(f"{journal.path} lies inside the input, where no journal is applied; copy it out of there")
    return journal
