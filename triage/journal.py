"""The journal: what people decided about incidents, as append-only lines of JSON in the investigation folder.

    .triage/journal.ndjson

is looked for upward from the working directory, as git looks for `.git`, and made in the working directory by the first
decision; never inside an input. It belongs into git, so that decisions travel with the notebook. With this line in
`.gitattributes` two people's decisions merge without a conflict:

    .triage/journal.ndjson text eol=lf merge=union

One line is one decision, its id the digest of what it says. The order of the lines means nothing and a line that is
there twice counts once: an entry names its parents (those that were the last ones when it was written), and entries
come after their parents, else by time, else by id. A line that cannot be read is kept, told of and passed over; a last
line that was torn off is closed by the next decision.
"""

from __future__ import annotations

import contextlib
import getpass
import os
import shutil
import subprocess
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from triage import upward
from triage.errors import JournalError, demand
from triage.journal_lines import FOREIGN, LONGEST, MARK, WAYS, Damaged, Entry, Side, Subject, ordered, parse
from triage.journal_lines import line as _line
from triage.journal_lines import sealed as _sealed
from triage.locking import keep, locked
from triage.times import iso

__all__ = ("FOLDER", "MARK", "NAME", "WAYS", "Damaged", "Entry", "Journal", "Side", "Subject", "ordered", "parse")

FOLDER: Final = ".triage"
NAME: Final = "journal.ndjson"
_ENDS: Final = tuple(end for end in ("/", os.sep, os.altsep) if end)


class Journal:
    """A journal on disk; reading it makes nothing.

    Parameters
    ----------
    path
        The file, or the folder that holds (or will hold) `.triage`: one that is there, or ends in a slash. None:
        decisions cannot be written.
    who
        Who decides; default: the user name of git, else that of the login; no e-mail address unless it is given.
    when
        The time of what is written, or what gives it; default: the clock.
    missing
        What to do, where there is no path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     journal = Journal(folder, who="Ada", when="2026-02-10T09:00:00Z")
    ...     entry = journal.append("note", why="seen before", subjects=[Subject(incident_id="inc_1")])
    ...     journal.entries() == [entry], journal.path.name
    (True, 'journal.ndjson')
    """

    def __init__(
        self,
        path: str | os.PathLike[str] | None,
        *,
        who: str | None = None,
        when: datetime | str | Callable[[], datetime | str] | None = None,
        missing: str = "",
    ) -> None:
        self.path = None if path is None else _file(path)
        self._who = who
        self._given = who is not None
        self._when = when
        self._named = path is not None
        self.missing = missing
        self._read: tuple[Any, list[Entry], list[Damaged]] = (None, [], [])

    @classmethod
    def found(cls, outside: Iterable[str | os.PathLike[str]] = ()) -> Journal:
        """The journal of the investigation folder above the working directory, or where it will be."""
        inputs = list(outside)
        folder = upward.find(FOLDER, outside=inputs, is_it=Path.is_dir)
        path = folder / NAME if folder else Path.cwd() / FOLDER / NAME
        if not upward.is_inside(path, inputs):
            found = cls(path)
            found._named = False
            return found
        return cls(None, missing="the working directory lies inside the input, where no journal is applied")

    @property
    def awaited(self) -> bool:
        """Whether it was named and is not there, so that what was decided there is not known."""
        try:
            return self._named and self.path is not None and not self.path.exists()
        except OSError:
            return False  # reading it says what is wrong

    def entries(self) -> list[Entry]:
        """What was decided, in the order in which it holds.

        Raises
        ------
        JournalError
            The file is there and cannot be read.
        """
        self._refresh()
        return self._read[1]

    def damaged(self) -> list[Damaged]:
        """The lines that could not be taken."""
        self._refresh()
        return self._read[2]

    def append(self, what: str, *, why: str = "", subjects: Iterable[Subject] = (), **more: Any) -> Entry:
        """Write one decision, locked and on disk when this comes back; `more` are further fields of `Entry`.

        Raises
        ------
        JournalError
            There is no place for it, or it cannot be written.
        """
        if self.path is None:
            raise JournalError(f"{self.missing or 'there is no journal'}; name one: triage.load(..., journal=PATH)")
        fields = {"who": self.who, "when": self.now(), "what": what, "why": why, "subjects": tuple(subjects), **more}
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with locked(self.path) as handle:
                data = _all(handle)
                there, damaged = _lines(data)
                self._demand_journal(there, damaged, data)
                entry = _sealed(fields | {"parents": _heads(there)})
                line = _line(entry)
                if len(line) > LONGEST:
                    raise JournalError(f"that is more than {LONGEST:,} bytes; say it shorter, or name fewer events")
                _write(handle, (b"\n" if data and not data.endswith(b"\n") else b"") + line)
            if not data:
                keep(self.path.parent)
        except TimeoutError:
            raise JournalError(f"{self.path} is held by another process; end it or wait, then decide again") from None
        except OSError as error:
            told = error.strerror or type(error).__name__
            raise JournalError(f"cannot write {self.path}: {told}; name another place: journal=PATH") from None
        return entry

    @property
    def who(self) -> str:
        """Who decides."""
        if self._who is None:
            self._who = _who(self.path)
        return self._who

    @property
    def is_signed(self) -> bool:
        """Whether who decides was given, and not asked of git or the login."""
        return self._given

    def __repr__(self) -> str:
        return f"<triage.Journal: {len(self.entries())} entries, {len(self.damaged())} damaged>"

    def now(self) -> str:
        """The time that an entry written now would have, as ISO text in UTC."""
        given = self._when() if callable(self._when) else self._when
        moment = datetime.now(UTC) if given is None else given
        if isinstance(moment, str):
            if iso(moment) is None:
                raise JournalError("`when` is no ISO time; write it as 2026-02-10T09:00:00Z")
            moment = datetime.fromisoformat(moment)
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")

    def _demand_journal(self, entries: list[Entry], damaged: list[Damaged], data: bytes) -> None:
        """Refuse a file that was named and is something else, such as an event store."""
        other = len(damaged) > 1 or any(each.reason == FOREIGN for each in damaged)
        if self._named and other and not entries and f'"{MARK}"'.encode() not in data:
            told = f"none of its lines ({len(damaged):,}) is an entry"
            raise JournalError(f"{self.path} is no journal, {told}; name another: journal=PATH")

    def _refresh(self) -> None:
        """Read the file where it is another than it was."""
        if self.path is None:
            return
        try:
            state = self.path.stat()
            stamp = (state.st_ino, state.st_size, state.st_mtime_ns)
            if stamp != self._read[0]:
                data = self.path.read_bytes()
                entries, damaged = _lines(data)
                self._demand_journal(entries, damaged, data)
                self._read = (stamp, ordered(entries), damaged)
        except (FileNotFoundError, NotADirectoryError):
            self._read = (None, [], [])
        except OSError as error:
            told = error.strerror or type(error).__name__
            raise JournalError(f"cannot read {self.path}: {told}; name another: journal=PATH") from None


def _file(given: str | os.PathLike[str]) -> Path:
    """The journal that a path stands for: a file, or the folder of an investigation."""
    demand(given, (str, os.PathLike), "a journal is a path")
    named = os.fsdecode(given)
    told = "it is no path of this system"
    with contextlib.suppress(ValueError, RuntimeError):
        try:
            path = Path(named).expanduser().absolute()
            if path.name == FOLDER:
                return path / NAME
            if "\0" not in named:
                return path / FOLDER / NAME if named.endswith(_ENDS) or path.is_dir() else path
        except OSError as error:
            told = error.strerror or type(error).__name__
    raise JournalError(f"cannot look for the journal: {told}; name another place: journal=PATH")


def _lines(data: bytes) -> tuple[list[Entry], list[Damaged]]:
    entries: list[Entry] = []
    damaged: list[Damaged] = []
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            found = parse(line.strip())
            if isinstance(found, Entry):
                entries.append(found)
            else:
                damaged.append(Damaged(number, found))
    return entries, damaged


def _heads(entries: list[Entry]) -> tuple[str, ...]:
    """Those that no other was written on."""
    named = {parent for entry in entries for parent in entry.parents}
    return tuple(sorted({entry.id for entry in entries} - named))


def _all(handle: int) -> bytes:
    os.lseek(handle, 0, os.SEEK_SET)
    parts = []
    while part := os.read(handle, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]
    os.fsync(handle)


def _who(path: Path | None) -> str:
    """The user name of git, else that of the login."""
    name = ""
    if git := shutil.which("git"):
        folder = next((each for each in (path.parents if path else ()) if each.is_dir()), Path.cwd())
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            asked = [git, "config", "--get", "user.name"]
            done = subprocess.run(asked, cwd=folder, capture_output=True, timeout=10, check=False)  # noqa: S603
            name = " ".join(done.stdout.decode("utf-8", "replace").split())
    if not name or "@" in name:
        with contextlib.suppress(OSError, KeyError, ImportError):
            name = getpass.getuser().partition("@")[0]
    return name[:200] or "unknown"
