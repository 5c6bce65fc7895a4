"""Runs: what was asked and what came of it, in the investigation folder, one file for each.

    .triage/hypotheses/run_20261125T202512123456Z_5f0c1d2e3a4b.json

A file is written whole or not at all, first as PENDING_REVIEW, then as SUCCESS or FAILED. Whoever works on a run holds
the lock of a file beside it: a pending run whose lock is free was interrupted, and counts as FAILED. The second half of
the name is the beginning of a digest of everything that the answer depends on (prompt, schema, model, settings), so
that the same question finds its answer again, in a shared notebook without any key. Files hold masked text only: the
answer, how it was grounded and checked, what of the report was sent (sections, cuts, digests), never the report or a
key.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec
import pyarrow as pa

from triage.errors import ModelError
from triage.locking import keep, locked
from triage.tables import TABLES
from triage.times import iso

__all__ = ("FAILED", "FOLDER", "PENDING", "SUCCESS", "Run", "Runs", "named", "table")

PENDING: Final = "PENDING_REVIEW"
SUCCESS: Final = "SUCCESS"
FAILED: Final = "FAILED"
FOLDER: Final = "hypotheses"
INTERRUPTED: Final = "interrupted: the program that asked ended before the answer came; ask again"
_NAME: Final = re.compile(r"run_(\d{8}T\d{12}Z)_([0-9a-f]{12})(?:_\d+)?")
_LARGEST: Final = 4 << 20


class Run(msgspec.Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True):
    """One run.

    Attributes
    ----------
    run_id
        Time and the beginning of `question`.
    engine, model
        Who was asked: gemini, or what another provider calls itself, and the name of a model; or rules.
    status
        PENDING_REVIEW, SUCCESS or FAILED.
    created
        ISO text in UTC.
    duration_ms, attempts, input_chars, output_chars, usage
        What it took; usage in tokens: prompt, answer, thoughts, total.
    question, prompt
        SHA-256 of everything that the answer depends on, and of the prompt alone.
    sent
        Of the extract: event_id, sha256, digest, sections, cuts.
    answer
        findings, and what became of them: grounds (evidence and flags), checks.
    error, kind
        What went wrong in words, and in one word; see `client.KINDS`.
    note
        What a reader should know: that rules answered in the place of a model.
    cached
        Whether this answer was there already; not stored.
    """

    run_id: str
    incident_id: str
    engine: str
    model: str = ""
    status: str = PENDING
    created: str = ""
    duration_ms: float | None = None
    attempts: int = 0
    input_chars: int = 0
    output_chars: int = 0
    usage: dict[str, int | None] = {}
    question: str = ""
    prompt: str = ""
    sent: dict[str, Any] = {}
    answer: dict[str, Any] | None = None
    error: str = ""
    kind: str = ""
    note: str = ""
    cached: bool = False

    @property
    def telemetry(self) -> dict[str, Any]:
        """Model, inputCharsSent, outputChars, durationMs, attempts, and tokens."""
        return {
            "model": self.model,
            "inputCharsSent": self.input_chars,
            "outputChars": self.output_chars,
            "durationMs": self.duration_ms,
            "attempts": self.attempts,
            "usage": self.usage,
        }

    @property
    def text(self) -> str:
        """The run in words, masked as all of it is."""
        from triage.hypotheses.words import lines

        return "\n".join(lines(self)) + "\n"

    def changed(self, **fields: Any) -> Run:
        """The run with other fields."""
        return msgspec.structs.replace(self, **fields)

    def __repr__(self) -> str:
        told = f", {self.kind}" if self.kind else ""
        return f"<triage.Run {self.run_id}: {self.engine} {self.status}{told}, hypotheses, unverified>"


class Runs:
    """The runs of an investigation.

    Parameters
    ----------
    folder
        `.triage/hypotheses`; made by the first run. None: runs are kept in memory only.
    days, most
        Runs that are older, or more than so many, are deleted when a new one begins.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     runs = Runs(Path(folder, "hypotheses"))
    ...     with runs.working(named("rules", "inc_1", "0" * 64)) as run:
    ...         pending = [each.status for each in runs.all()]
    ...         runs.write(run.changed(status=SUCCESS))
    ...     pending, [each.status for each in runs.all()]
    (['PENDING_REVIEW'], ['SUCCESS'])
    """

    def __init__(self, folder: Path | None, *, days: int = 60, most: int = 5_000) -> None:
        self.folder = folder
        self._days = days
        self._most = most
        self._held: dict[str, Run] = {}

    def all(self) -> list[Run]:
        """Every run, oldest first; files that are no runs are passed over. Writes nothing."""
        found = dict(self._held)
        for path in self._paths():
            if (run := self._read(path)) is not None:
                found[run.run_id] = run
        return [self._settled(found[name]) for name in sorted(found)]

    def answered(self, question: str) -> Run | None:
        """The newest run that has answered the same question."""
        held = [run for run in self._held.values() if run.question == question and run.status == SUCCESS]
        for path in reversed(self._paths(question[:12])):
            run = self._read(path)
            if run is not None and run.question == question and run.status == SUCCESS:
                held.append(run)
                break
        return max(held, key=lambda run: run.run_id, default=None)

    @contextmanager
    def working(self, run: Run) -> Iterator[Run]:
        """Begin a run: written as pending, and locked until this is left; gives it with its final name.

        Raises
        ------
        ModelError
            The folder cannot be written.
        """
        if self.folder is None:
            self._held[run.run_id] = run
            yield run
            return
        with contextlib.ExitStack() as stack:
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
                self._end_interrupted()
                self.prune()
                run = self._free(run)
                lock = self._lock(run.run_id)
                stack.enter_context(locked(lock, patience=1.0))
                stack.callback(_gone, lock)
                self.write(run)
            except (OSError, TimeoutError) as error:
                told = getattr(error, "strerror", None) or type(error).__name__
                raise ModelError(f"cannot write {self.folder}: {told}; name another place: journal=PATH") from None
            yield run

    def write(self, run: Run) -> None:
        """Write a run in the place of what it was before, whole or not at all."""
        if self.folder is None:
            self._held[run.run_id] = run
            return
        data = msgspec.json.format(msgspec.json.encode(run.changed(cached=False), order="deterministic"), indent=1)
        path = self.folder / f"{run.run_id}.json"
        temporary = self.folder / f".{run.run_id}.{os.getpid()}.tmp"
        try:
            with temporary.open("wb") as file:
                file.write(data + b"\n")
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        finally:
            _gone(temporary)
        keep(self.folder)

    def prune(self, now: datetime | None = None) -> int:
        """Delete what is too old or too much, but for runs that somebody works on; gives how many."""
        paths = self._paths()
        oldest = (now or datetime.now(UTC)) - timedelta(days=self._days)
        limit = oldest.strftime("%Y%m%dT%H%M%S%fZ")
        # One more is about to begin.
        over = max(len(paths) - self._most + 1, 0)
        gone = 0
        for number, path in enumerate(paths):
            named_so = _NAME.fullmatch(path.stem)
            if named_so and (number < over or named_so[1] < limit) and self._is_free(path.stem):
                _gone(path)
                gone += 1
        return gone

    def __repr__(self) -> str:
        return f"<triage.Runs: {len(self._paths()) + len(self._held)}>"

    def _paths(self, question: str = "") -> list[Path]:
        """The files of runs, oldest first."""
        if self.folder is None:
            return []
        return sorted(path for path in self.folder.glob(f"run_*_{question}*.json") if _NAME.fullmatch(path.stem))

    def _read(self, path: Path) -> Run | None:
        """A run, None where the file is none or is gone."""
        try:
            if path.stat().st_size > _LARGEST:
                return None
            run = msgspec.json.decode(path.read_bytes(), type=Run)
        except (OSError, msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        return run if run.run_id == path.stem else None

    def _settled(self, run: Run) -> Run:
        """A run as it is to be seen: pending only while somebody works on it."""
        if run.status != PENDING or self.folder is None or not self._is_free(run.run_id):
            return run
        # Between reading it and looking at its lock it may have come to its end.
        again = self._read(self.folder / f"{run.run_id}.json") or run
        return again if again.status != PENDING else _interrupted(again)

    def _end_interrupted(self) -> None:
        """Write down which runs were interrupted."""
        for path in self._paths():
            run = self._read(path)
            if run is not None and run.status == PENDING and (settled := self._settled(run)).status == FAILED:
                self.write(settled)

    def _free(self, run: Run) -> Run:
        """The run under a name that no other has."""
        assert self.folder is not None
        name, number = run.run_id, 1
        while (self.folder / f"{run.run_id}.json").exists() or self._lock(run.run_id).exists():
            number += 1
            run = run.changed(run_id=f"{name}_{number}")
        return run

    def _lock(self, name: str) -> Path:
        assert self.folder is not None
        return self.folder / f".{name}.lock"

    def _is_free(self, name: str) -> bool:
        """Whether nobody works on a run."""
        lock = self._lock(name)
        if not lock.exists():
            return True
        try:
            with locked(lock, patience=0):
                _gone(lock)
                return True
        except TimeoutError:
            return False
        except OSError:
            return True


def named(engine: str, incident_id: str, question: str, **fields: Any) -> Run:
    """A new run, pending from now on."""
    now = datetime.now(UTC)
    created = now.isoformat(timespec="microseconds").replace("+00:00", "Z")
    name = f"run_{now:%Y%m%dT%H%M%S%f}Z_{question[:12]}"
    return Run(run_id=name, incident_id=incident_id, engine=engine, created=created, question=question, **fields)


def table(runs: Iterable[Run]) -> pa.Table:
    """Runs as the table `hypotheses`, newest first."""
    rows = [
        {
            "run_id": run.run_id,
            "incident_id": run.incident_id,
            "engine": run.engine,
            "model": run.model or None,
            "status": run.status,
            "created": iso(run.created),
            "duration_ms": run.duration_ms,
            "attempts": run.attempts,
            "input_chars": run.input_chars,
            "output_chars": run.output_chars,
            "answer": None if run.answer is None else msgspec.json.encode(run.answer).decode(),
            "error": run.error or None,
        }
        for run in sorted(runs, key=lambda run: run.run_id, reverse=True)
    ]
    return pa.Table.from_pylist(rows, schema=TABLES["hypotheses"].schema)


def _interrupted(run: Run) -> Run:
    return run.changed(status=FAILED, error=INTERRUPTED, kind="interrupted")


def _gone(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
