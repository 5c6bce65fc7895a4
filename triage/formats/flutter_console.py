"""What comes off a Flutter console, line by line, into records: blocks, unhandled exceptions, Logger boxes, lines.

It is what the readers of log files, of machine mode and of VM-service streams share. An exception block outranks a
report of an unhandled exception, and both outrank a box. Flutter prints a block for the first exception only and one
line for each that follows; where a block before says the same, the line is another occurrence of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.formats.flutter_block import BlockParser, rest_of_footer
from triage.formats.flutter_event import append_block, append_exception
from triage.formats.flutter_exception import Blocks, ExceptionBlock
from triage.formats.flutter_lines import Line, read_line
from triage.formats.flutter_logger import Box, level_of, worst
from triage.formats.flutter_unhandled import Report
from triage.records import json_text

if TYPE_CHECKING:
    from triage.sources.source import Source

__all__ = ("Console", "byte_length")

_BARE_STACK: Final = "a stack printed without an exception heading"


class Console:
    """Turns the lines of one console into events and rows of `logs`.

    Parameters
    ----------
    source
        Where the lines come from and the records go to.
    name
        The format that events carry.
    columns
        Columns that every event of this console has, such as `session_id`.
    """

    def __init__(self, source: Source, name: str, *, columns: dict[str, Any] | None = None) -> None:
        self.columns = columns if columns is not None else {}
        self._source = source
        self._name = name
        self._blocks = BlockParser()
        self._said = Blocks()
        self._begin: tuple[int, int, Line] | None = None
        self._done: tuple[ExceptionBlock, int, int, Line] | None = None
        self._report: Report | None = None
        self._box: Box | None = None
        self._previous: Line | None = None

    def feed(self, raw: str, offset: int, end: int, *, level: str | None = None, ts: int | None = None) -> None:
        """Take one line that lies between two offsets of the file; `level` and `ts` are those of what carried it."""
        line = read_line(raw)
        if self._done and self._rest(line, end):
            return
        fed = self._blocks.feed(line)
        if fed.block is not None:
            self._settle()
            self._complete(fed.block, line, offset, end, ts)
        elif fed.state == "buffered":
            if self._begin is None:
                self._settle()
                self._begin = (offset, end, line)
            else:
                self._begin = (self._begin[0], end, self._begin[2])
        else:
            self._plain(line, offset, end, level, ts)

    def close(self) -> None:
        """Give what has begun and was not finished."""
        self._settle()
        self._emit_done()
        block = self._blocks.flush()
        if block is not None and self._begin is not None:
            begin, end, line = self._begin
            self._begin = None
            self._append(block, begin, end, line)

    def _rest(self, line: Line, end: int) -> bool:
        """Take the cut-off rest of a footer into the block that has just been finished, and let that go."""
        assert self._done is not None
        block, begin, _, head = self._done
        is_rest = block.complete and rest_of_footer(read_line(block.raw[-1]).text, line.text)
        if is_rest:
            self._done = (block, begin, end, head)
        self._emit_done()
        return is_rest

    def _complete(self, block: ExceptionBlock, line: Line, offset: int, end: int, ts: int | None) -> None:
        if self._begin is None:
            self._append(block, offset, end, line, ts)
            return
        begin, last, head = self._begin
        if self._blocks.pending:
            self._begin = (offset, end, line)
            self._append(block, begin, last, head)
        else:
            self._begin = None
            self._done = (block, begin, end, head)

    def _emit_done(self) -> None:
        if self._done:
            block, begin, end, line = self._done
            self._done = None
            self._append(block, begin, end, line)

    def _append(self, block: ExceptionBlock, begin: int, end: int, line: Line, ts: int | None = None) -> None:
        repeated = None
        if block.kind == "one_liner":
            repeated = self._said.repeated(line.pid, block)
        else:
            self._said.add(line.pid, block)
        append_block(self._source, block, repeated=repeated, **self._place(begin, end, line, ts))

    def _place(self, begin: int, end: int, line: Line, ts: int | None = None) -> dict[str, Any]:
        """The columns that say where and when."""
        ts = line.ts if line.ts is not None else ts
        return {
            **self.columns,
            "format": self._name,
            "offset": begin,
            "length": end - begin,
            "ts": ts,
            "ts_source": "log line" if ts is not None else None,
        }

    def _plain(self, line: Line, offset: int, end: int, level: str | None, ts: int | None) -> None:
        """A line outside of blocks."""
        report = self._report
        if report is not None:
            state = report.take(line, offset, end)
            if state == "taken":
                return
            if state == "ended":
                self._end_report()
        if self._box is not None and self._boxed(line, offset, end, level, ts):
            return
        if Box.opens(line.text):
            self._end_box()
            self._box = Box()
            self._box.add(line.text, self._row(line, offset, level, ts), end)
            return
        if self._report is None:
            self._report = Report.start(line, offset, end, self._previous)
            if self._report is not None:
                return
        self._previous = line
        self._log(line, offset, level, ts)

    def _log(self, line: Line, offset: int, level: str | None, ts: int | None) -> None:
        if line.raw.strip():
            row = self._row(line, offset, level, ts)
            row["level"] = worst(row["level"], None if row["level"] == "fatal" else level_of(line.text))
            self._source.records.log(**row)

    def _row(self, line: Line, offset: int, level: str | None, ts: int | None) -> dict[str, Any]:
        """The row of `logs` that a line is, its level by the prefix alone."""
        fields = {"pid": int(line.pid) if line.pid else None, "time": line.time if line.ts is None else None}
        kept = {key: value for key, value in fields.items() if value}
        return {
            "source_id": self._source.source_id,
            "offset": offset,
            "ts": line.ts if line.ts is not None else ts,
            "level": worst(line.level, level),
            "logger": line.tag or ("flutter" if line.kind else None),
            "message": line.text,
            "fields": json_text(kept) if kept else None,
            "thread": line.tid,
            "origin": "console",
            "parse_status": "ok",
        }

    def _boxed(self, line: Line, offset: int, end: int, level: str | None, ts: int | None) -> bool:
        """Whether a line went into the box that is open."""
        assert self._box is not None
        if not Box.holds(line.text):
            return False
        self._box.add(line.text, self._row(line, offset, level, ts), end)
        if self._box.closed:
            self._end_box()
        elif self._box.is_full:
            self._end_box(whole=False)
        return True

    def _end_box(self, *, whole: bool = True) -> None:
        """Write the rows of a box; closed, all have its level where that is above info, and an error is an event."""
        box, self._box = self._box, None
        if box is None:
            return
        raised = box.level if box.closed and whole and box.level in {"warning", "error", "fatal"} else None
        for line in box.lines:
            inner = line.text.lstrip("│ ")
            own = raised or (None if inner.startswith("#") else level_of(line.text))
            line.row["level"] = worst(line.row["level"], own)
            self._source.records.log(**line.row)
        stack = box.stack
        if raised in {"error", "fatal"} and "#0" in stack and box.sections:
            self._append_box(box, stack, raised)

    def _append_box(self, box: Box, stack: str, level: str | None) -> None:
        first, last = box.lines[0], box.lines[-1]
        sections = box.sections
        begin = first.row["offset"]
        ts = first.row["ts"]
        append_exception(
            self._source,
            sections[0],
            stack=stack,
            annotations={"logger.message": sections[-1] if len(sections) > 1 else None},
            notes=["an error printed by the logger package"],
            **{
                **self.columns,
                "format": self._name,
                "offset": begin,
                "length": last.end - begin,
                "ts": ts,
                "ts_source": "log line" if ts is not None else None,
                "level": level,
            },
        )

    def _end_report(self) -> None:
        """Write the report of an unhandled exception; lines that were held in vain are ordinary ones."""
        report, self._report = self._report, None
        if report is None:
            return
        message = "\n".join(report.message).strip()
        notes = [] if report.is_headed else [_BARE_STACK]
        if report.is_cut:
            notes.append(f"the stack has more rows than {len(report.rows):,}; the rest are log lines")
        append_exception(
            self._source,
            message or None,
            stack="\n".join(report.rows),
            notes=notes,
            handled=False if report.is_headed else None,
            parse_status="partial" if report.is_cut else None,
            **self._place(report.offset, report.end, report.line),
        )
        for held in report.held:
            self._log(held.line, held.offset, None, None)

    def _settle(self) -> None:
        """End whatever lower ranks have begun."""
        self._end_report()
        self._end_box(whole=False)


def byte_length(text: str, encoding: str) -> int:
    """How many bytes a line takes in the file.

    Examples
    --------
    >>> byte_length("═", "utf-8"), byte_length("abc", "utf-16-le")
    (3, 6)
    """
    if encoding == "utf-8" and text.isascii():
        return len(text)
    return len(text.encode(encoding, "replace"))
