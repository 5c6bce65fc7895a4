"""Reports of Go's race detector: the accesses and where their goroutines were created. See `go`."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.go_parse import ELIDED, pair
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.records import Frame, Trace

__all__ = ("read_race",)

_ACCESS: Final = lazy(
    r"(?:Previous )?(?:atomic )?(read|write|Read|Write|race)(?: of size (\d{1,9}))? at 0x([0-9a-fA-F]{1,16}) "
    r"by (main goroutine|goroutine (\d{1,18}))"
)
_CREATED: Final = lazy(r"Goroutine (\d{1,18}) \(([^)]{1,40})\) created at:")
_RULE: Final = lazy(r"={10,}\s*$")
_NOTES: Final = ("[failed to restore the stack]", "Location is ", "Mutex ", "Heap block ", "Global ")


def read_race(block: Block) -> Report | None:
    """The report below its title line."""
    reading = _Reading()
    index = end = 1
    is_closed = False
    while (line := block[index]) is not None and index - end <= 2:
        if _RULE.match(line):
            index = end = index + 1
            is_closed = True
            break
        if line.strip():
            used = reading.take(line, block[index + 1], index)
            if not used:
                break
            index = end = index + used
        else:
            index += 1
    return reading.report(-1 if _RULE.match(block.window[-1] or "") else 0, end, is_closed=is_closed)


class _Reading:
    """Accesses and goroutines as they come."""

    def __init__(self) -> None:
        self.traces: list[Trace] = []
        self.frames: list[Frame] = []
        self.access: tuple[str, str | None, int] | None = None

    def take(self, line: str, below: str | None, index: int) -> int:
        """Read what begins at a line; how many lines that is, 0 where it is none of the report."""
        if found := _ACCESS.match(line):
            self._close()
            if self.access is None:
                self.access = (found[1].upper(), found[2], int(found[3], 16))
            role, number = "access" if self.traces else "crash", int(found[5]) if found[5] else None
            trace = Trace(role=role, thread_id=number, thread_name=found[4], state=found[1].lower())
            self.traces.append(trace)
        elif found := _CREATED.match(line):
            self._close()
            name = f"goroutine {found[1]}"
            trace = Trace(role="goroutine", thread_id=int(found[1]), thread_name=name, state=found[2])
            self.traces.append(trace)
        elif not self.traces:
            return 0
        elif frame := pair(line, below, index):
            self.frames.append(frame)
            return 2
        elif line.strip().startswith(_NOTES) or ELIDED.match(line):
            self.frames.append(Frame(frame_kind="note", function_raw=line.strip(), language="go", text_line=index))
        else:
            return 0
        return 1

    def report(self, first: int, end: int, *, is_closed: bool) -> Report | None:
        """What was read."""
        self._close()
        if not self.traces or self.access is None:
            return None
        access, size, address = self.access
        crash = replace(self.traces[0], error_type="data race", crashed=True)
        return Report(
            first=first,
            end=end,
            kind="race",
            level="error",
            traces=(crash, *self.traces[1:]),
            error_type="data race",
            access=access if access in {"READ", "WRITE"} else None,
            access_size=int(size) if size else None,
            fault_address=address,
            thread_id=crash.thread_id,
            complete=is_closed and bool(crash.frames),
        )

    def _close(self) -> None:
        """The stack that is being read ends."""
        if self.traces:
            self.traces[-1] = replace(self.traces[-1], frames=tuple(self.frames))
        self.frames = []
