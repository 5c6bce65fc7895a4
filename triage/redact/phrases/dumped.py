"""What names the columns of rows that a dump of SQL goes on with, where its rows are read piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.phrases import inserts

__all__ = ("Statements",)

_MADE: Final = (b"CREATE TABLE", b"create table")
_ADDED: Final = (b"INSERT INTO", b"insert into", b"REPLACE INTO", b"replace into", b"INSERT OR ", b"INSERT IGNORE ")
_COPIED: Final = (b" FROM stdin", b" from stdin")
_INTO: Final = re.compile(
    rb"(?i)(?:insert|replace)[ \t]+(?:\w{2,8}[ \t]+){0,2}into[ \t]+([^\s(]{1,80})\s{0,8}"
    rb"(\([^()]{1,2000}\)\s{0,8})?values"
)
_LONGEST_LINE: Final = 2_048
# So many tables are remembered.
_MOST_TABLES: Final = 256


class Statements:
    """The statement that is open where a piece ends, and the tables that were made until there."""

    def __init__(self) -> None:
        self._tables: dict[bytes, bytes] = {}
        self._open = b""
        self.lead = b""
        """What the rows behind the piece hang on; "" for nothing."""

    def take(self, piece: bytes) -> None:
        """Read the next piece."""
        for name, statement in _tables(piece):
            if len(self._tables) < _MOST_TABLES or name in self._tables:
                self._tables[name] = statement
        added, copied = _last(piece, _ADDED), _last(piece, _COPIED)
        if copied > added:
            start = piece.rfind(b"\n", max(copied - _LONGEST_LINE, 0), copied) + 1
            end = piece.find(b"\n", copied) + 1
            self._open = piece[start:end] if end and piece.find(b"\n\\.", copied) < 0 else b""
            self.lead = self._open
        elif added >= 0:
            self._open, table = self._statement(piece, added)
            self.lead = table + self._open
        elif not self._open or piece.find(b"\n\\." if _last(self._open, _COPIED) >= 0 else b";\n") >= 0:
            self._open = self.lead = b""

    def _statement(self, piece: bytes, at: int) -> tuple[bytes, bytes]:
        """How the last statement of a piece that adds rows begins, if it goes on; and the table that its columns need.

        The next statement may add rows to the same table.
        """
        begun = _INTO.match(piece, at)
        if begun is None:
            return b"", b""
        table = b"" if begun[2] else self._tables.get(inserts.bare(begun[1]), b"")
        return (b"" if piece.rstrip().endswith(b";") else begun[0] + b"\n"), table


def _last(piece: bytes, texts: tuple[bytes, ...]) -> int:
    """Where the last of some texts stands."""
    return max(piece.rfind(text) for text in texts)


def _tables(piece: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The tables with sensitive columns that a piece makes, by name, and the statement of each."""
    for text in _MADE:
        at = piece.find(text)
        while at >= 0:
            if (table := inserts.table_at(piece, at)) is not None:
                yield inserts.bare(table[1]), table[0] + b";\n"
            at = piece.find(text, at + len(text))
