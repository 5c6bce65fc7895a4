"""What a watch remembers: one SQLite file, changed by whole transactions that are on disk when they are done.

Positions, the events that rules look back on, what was told and what is to be told change together or not at all, so
that a kill at any moment leaves the state of before or of after. The file holds what the followed files hold: it is
made for its user only (0600), in a folder of the same kind (0700). One process at a time has it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from triage.errors import TriageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ("State", "default_path")

VERSION: Final = 1
_MARK: Final = 0x7472_6961  # "tria": says whose file it is
_ASKED: Final = 500  # values in one question
_TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE files (n INTEGER PRIMARY KEY, record BLOB NOT NULL);
CREATE TABLE counts (n INTEGER, digest INTEGER, count INTEGER NOT NULL, PRIMARY KEY (n, digest)) WITHOUT ROWID;
CREATE TABLE events (id INTEGER PRIMARY KEY, kind INTEGER NOT NULL);
CREATE TABLE ordinals (digest INTEGER PRIMARY KEY, count INTEGER NOT NULL);
CREATE TABLE batches (n INTEGER PRIMARY KEY AUTOINCREMENT, rows INTEGER NOT NULL, tables BLOB NOT NULL);
CREATE TABLE fresh (n INTEGER PRIMARY KEY AUTOINCREMENT, ids BLOB NOT NULL);
CREATE TABLE known (incident TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE told (kind TEXT, incident TEXT, what TEXT, first INTEGER, last INTEGER, PRIMARY KEY (kind, incident, what))
    WITHOUT ROWID;
CREATE TABLE pending (seq INTEGER PRIMARY KEY AUTOINCREMENT, notice BLOB NOT NULL);
"""


def default_path(what: str | os.PathLike[str]) -> Path:
    """Where the state of a watch lies when nobody says where: in the user's folder for state, by what is watched.

    Examples
    --------
    >>> default_path("logs").suffix
    '.watch'
    """
    digest = hashlib.blake2b(os.fsencode(os.path.abspath(what)), digest_size=8).hexdigest()  # noqa: PTH100
    if sys.platform == "win32":  # pragma: no cover - the other half runs here
        folder = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":  # pragma: no cover
        folder = Path.home() / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state")
    return folder / "triage" / "watch" / f"{digest}.watch"


class State:
    """The file, open and held until `close`.

    Parameters
    ----------
    path
        The file; it and its folder are made where they are not there.

    Raises
    ------
    TriageError
        Another process holds it, it cannot be written, or it is not the state of a watch.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     state = State(Path(folder, "a.watch"))
    ...     with state.changes():
    ...         state.put("round", 3)
    ...     state.get("round")
    ...     state.close()
    3
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            if not path.parent.is_dir():
                path.parent.mkdir(parents=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._db = sqlite3.connect(path, isolation_level=None, timeout=0.5)
        except (OSError, sqlite3.Error) as error:
            told = getattr(error, "strerror", None) or type(error).__name__
            raise TriageError(f"cannot keep state in {path}: {told}; name another place: --state FILE") from None
        try:
            self._begin()
        except sqlite3.OperationalError:
            self._db.close()
            raise TriageError(f"another watch holds {path}; end it, or name another state: --state FILE") from None
        except sqlite3.DatabaseError:
            self._db.close()
            raise self._foreign() from None

    def _begin(self) -> None:
        for setting in ("locking_mode=EXCLUSIVE", "journal_mode=TRUNCATE", "synchronous=EXTRA"):
            self._db.execute(f"PRAGMA {setting}").fetchall()
        with self.changes():
            mark = self._db.execute("PRAGMA application_id").fetchone()[0]
            tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                for statement in _TABLES.split(";")[:-1]:
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA application_id={_MARK}")
                self.put("version", VERSION)
            elif mark != _MARK or self.get("version") != VERSION:
                raise sqlite3.DatabaseError

    def _foreign(self) -> TriageError:
        return TriageError(
            f"{self.path} is not the state of a watch of this version of triage, or it is damaged; name another: "
            "--state FILE, or remove it to begin anew"
        )

    @contextmanager
    def changes(self) -> Iterator[None]:
        """All that is changed inside is on disk after it, or none of it.

        Raises
        ------
        TriageError
            It cannot be written.
        """
        if self._db.in_transaction:
            yield  # part of a larger change
            return
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        try:
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            raise TriageError(f"cannot write {self.path}: {error.args[0]}; make room, or name another state") from None

    def get(self, key: str, default: Any = None) -> Any:
        """A value by its name."""
        row = self._db.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
        return default if row is None else row[0]

    def put(self, key: str, value: Any) -> None:
        """Keep a value under a name."""
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def rows(self, question: str, *values: Any) -> list[tuple[Any, ...]]:
        """What a question gives."""
        try:
            return self._db.execute(question, values).fetchall()
        except sqlite3.DatabaseError:
            raise self._foreign() from None

    def do(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """A statement, once for each row."""
        self._db.executemany(statement, rows)

    def among(self, table: str, key: str, value: str, wanted: Iterable[int]) -> dict[int, int]:
        """Of a table the values of the keys that are wanted and there; the names are ours."""
        listed = list(wanted)
        found: dict[int, int] = {}
        for at in range(0, len(listed), _ASKED):
            some = listed[at : at + _ASKED]
            marks = ",".join("?" * len(some))
            found.update(self.rows(f"SELECT {key}, {value} FROM {table} WHERE {key} IN ({marks})", *some))  # noqa: S608
        return found

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __repr__(self) -> str:
        return f"<State: {self.path.name}>"
