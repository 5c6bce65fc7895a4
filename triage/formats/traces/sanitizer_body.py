"""The lines below the header of a sanitizer's report: stacks, memory around the address, registers, what else it says.

A `Body` takes line after line and says which are of the report. Grammar of what is not a stack (see
`sanitizer_headings` and `sanitizer_frames` for these)::

    note      = "==" pid "==" words | "SCARINESS: " words | ( "HINT: " | "Hint: " | "NOTE: " | "DEDUP_TOKEN: " ) words
    location  = ( "0x" hex | "Address 0x" hex | "[0x" hex ",0x" hex ")" | "Location" ) " is " words
    objects   = "This frame has " n " object(s):" ( "[" n ", " n ") 'name' (line " n ")" [ " <== " words ] )*
    registers = "==" pid "==Register values:" ( name " = 0x" hex )*
    shadow    = ( "Shadow bytes" | "Memory tags" ) " around the buggy address" ... row* [ legend ]
    map       = "Process " ( "module" | "memory" ) " map" ... ( "0x" hex "-0x" hex path )* "End of ..."
    summary   = "SUMMARY: " tool ": " words
    end       = "==" pid "==ABORTING" | "ABORTING" | "Exiting"
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from triage.formats.traces import lambdas
from triage.formats.traces.patterns import either, lazy
from triage.formats.traces.sanitizer_frames import inlined, plain, read
from triage.formats.traces.sanitizer_headings import Heading, heading
from triage.formats.traces.sanitizer_images import Images
from triage.records import Frame, Trace, json_text

__all__ = ("SUMMARY", "Body", "Section")

SUMMARY: Final = lazy(r"\s{0,16}(?:==\d{1,10}==)?\s?SUMMARY: (\w{1,30}): (.{0,4000})")
_PID: Final = lazy(r"\s{0,4}={1,3} ?\d{1,10} ?={1,3} ?")
_SIGNAL: Final = lazy(r"The signal is caused by an? (READ|WRITE|UNKNOWN|EXECUTE) memory access")
_FACTS: Final = tuple(
    (key, lazy(pattern))
    for key, pattern in (
        ("scariness", r"\s{0,16}SCARINESS: (.{1,200})"),
        ("hint", r"\s{0,16}(?:[Hh]int|HINT|NOTE|Note): (?!libFuzzer)(.{1,1000})"),
        ("miracleptr", r"\s{0,16}MiraclePtr Status: (.{1,200})"),
        ("location", r"\s{0,40}((?:Address )?0x[0-9a-fA-F]{1,16} is .{1,1000})"),
        ("location", r"\s{0,40}(\[0x[0-9a-fA-F]{1,16}, ?0x[0-9a-fA-F]{1,16}\) is .{1,1000})"),
        ("location", r"\s{0,16}(Location is .{1,1000})"),
        ("dedup_token", r"\s{0,16}DEDUP_TOKEN: (.{1,1000})"),
        ("cause", r"\s{0,16}(?:Potential )?[Cc]ause: (.{1,200})"),
        ("cycle", r"\s{0,16}Cycle in lock order graph: (.{1,1000})"),
        ("uninitialized", r"\s{0,16}(Uninitialized bytes in .{1,400})"),
        ("object", r"\s{0,40}(\[\d{1,12}, \d{1,12}\) .{0,400} <== .{1,200})"),
        ("global", r"\s{0,16}(\[\d\] size=\d{1,20} .{1,400})"),
        ("size", r"\s{0,16}(size of the (?:de)?allocated type: .{1,200})"),
        ("intercepted", r"\s{0,16}(Intercepted call to .{1,400})"),
    )
)  # fmt: skip
_FACT: Final = either(pattern for _, pattern in _FACTS)
_KNOWN: Final = lazy(
    r"\s{0,40}(?:\w{1,30}Sanitizer(?: can not | exceeded |: reported )|Sanitizer: "
    r"|GWP-ASan cannot provide|\.{3}\s{0,4}$"
    r"|\[\d{1,12}, \d{1,12}\) '|This frame has \d{1,6} object|object passed to delete has wrong type"
    r"|\(longjmp, SEH|If you suspect a false positive|Learn more about|AddressSanitizer: while reporting a bug"
    r"|\[failed to restore the stack\]|Mutex M\d{1,12} is already destroyed|And \d{1,9} more similar thread leak"
    r"|invalid origin id|ORIGIN: |Objects leaked above:|0x[0-9a-f]{1,16} \(\d{1,20} bytes\)$|Thread: T\d"
    r"|(?:Last|Previously) (?:de)?allocated frames|record_addr:|The crash occurred |This crash |Refer to |using DbgHelp"
    r"|To change the out-of-memory limit|Combine libFuzzer with|Live Heap Allocations:|See https?://"
    r"|NOTE: libFuzzer|Hint: )"
)
_END: Final = lazy(r"\s{0,16}(?:={1,3} ?\d{1,10} ?={1,3} ?)?(?:ABORTING\s*$|Exiting\s*$|\*\*\* End GWP-ASan report)")
_SHADOW: Final = lazy(r"\s{0,16}(?:Shadow bytes|Memory tags|Tags for short granules) around ")
_SHADOW_ROW: Final = lazy(r"\s{0,16}(?:=>)?\s{0,16}(?:0x)?[0-9a-fA-F]{4,20}:[ \t0-9a-fA-F.\[\]]{0,200}$")
_SHADOW_REST: Final = lazy(r"(?:\[\d?m)?[ 0-9a-f\[\]]{1,80}$")
_MARKED: Final = lazy(r"\s{0,16}=>.{0,200}\[ ?([0-9a-f]{2}) ?\]")
_LEGEND: Final = lazy(r"\s{0,16}[A-Z][\w -]{2,40}:\s{0,40}[0-9a-f]{2}(?: [0-9a-f]{2}){0,16}\s{0,8}$|Shadow byte legend")
_REGISTER: Final = lazy(r"\s{0,4}([a-z][a-z0-9]{0,6}(?:\[\d{1,2}\])?)\s{0,4}(?:=\s{0,4}0x|\s)([0-9a-f]{1,16})(?=\s|$)")
_REGISTERS: Final = lazy(r"\s{0,16}(?:Register values:|Registers where the failure occurred)")
_MAP: Final = lazy(r"\s{0,16}Process (?:module|memory) map")
_PROSE_LINES: Final = 8


@dataclass(slots=True)
class Section:
    """One stack in the making, under its heading."""

    heading: Heading
    frames: list[Frame] = field(default_factory=list)
    last: int = -1
    # whether all frames have their addresses
    placed: bool = True

    def trace(self, **columns: object) -> Trace:
        """The stack as records know it."""
        head = self.heading
        given: dict[str, object] = {
            "role": head.role,
            "error_value": head.text or None,
            "thread_id": head.thread_id,
            "thread_name": head.thread_name,
            "state": head.state,
            "unwinder": "text",
        }
        frames = inlined(self.frames) if self.placed else tuple(self.frames)
        return Trace(frames=tuple(lambdas.named(frames)), **(given | columns))  # type: ignore[arg-type]


class Body:
    """What a report says below its header."""

    def __init__(self, *, bare: bool = False) -> None:
        self.sections = [Section(Heading("crash", ""))]
        self.facts: dict[str, list[str]] = {}
        self.images = Images()
        self.registers: dict[str, str] = {}
        self.access: Heading | None = None
        self.signal_access: str | None = None
        self.summary: tuple[str, str] | None = None
        self.ended = False
        self._bare = bare
        self._mode = ""
        self._prose = 0
        self._adjacent = False

    @property
    def done(self) -> bool:
        """Whether the report said that it is at its end."""
        return self.ended or self.summary is not None

    def take(self, line: str, index: int) -> bool:
        """Take a line if it is of the report."""
        if self._frame(line, index):
            self._adjacent, self._mode = True, ""
            return True
        self._adjacent = False
        if not line.strip():
            self._mode = "" if self._mode == "prose" else self._mode
            return False
        if self._moded(line):
            return True
        found = SUMMARY.match(line)
        if found:
            first, self.summary, self._mode = self.summary, (found[1], found[2].strip()), ""
            return first is None
        if _END.match(line):
            self.ended = True
            return True
        head = heading(line)
        if head:
            self.open(head)
            return True
        return self._note(line)

    def more(self, lines: list[str]) -> int:
        """Take the frames that go on below one that was taken, of which no places are wanted; how many."""
        if not self._adjacent:
            return 0
        current = self.sections[-1]
        current.placed = False
        count = 0
        for line in lines:
            found = plain(line, current.last + 1)
            if found is None:
                break
            frame, build_id = found
            current.frames.append(frame)
            current.last += 1
            count += 1
            if build_id and frame.module:
                self.images.built(frame.module, build_id)
        return count

    def open(self, head: Heading) -> None:
        """Begin the stack that a heading announces; the access is that of the stack that is being read."""
        self._mode = ""
        if head.access or head.size or head.address:
            self.access = self.access or head
        current = self.sections[-1]
        if head.role in {"crash", "access"} and not current.frames and len(self.sections) == 1:
            self.sections = [Section(head._replace(role="crash"))]
            return
        lost = (head.error or "").endswith("leak")
        role = "other" if lost else "access" if head.role == "crash" else head.role
        self.sections.append(Section(head._replace(role=role)))

    def fact(self, key: str, value: str) -> None:
        """Keep what the report says under a name."""
        values = self.facts.setdefault(key, [])
        if value not in values and len(values) < 50:
            values.append(value)

    def fact_rows(self) -> tuple[tuple[str, str], ...]:
        """All that was kept."""
        return tuple((key, "\n".join(values)) for key, values in self.facts.items())

    def registers_json(self) -> str | None:
        """The registers as JSON."""
        return json_text(self.registers) if self.registers else None

    def _frame(self, line: str, index: int) -> bool:
        """Take a frame; one that begins anew without a heading is of another stack if it follows at once."""
        if "#" not in line[:60] and "{{{bt" not in line:
            return False
        found = read(line, index, bare=self._bare)
        current = self.sections[-1]
        if found is None or (found.frame.frame_kind == "note" and found.number != current.last + 1):
            return False
        if found.number == 0 and current.frames:
            if not self._adjacent:
                return False
            current = Section(Heading("other", ""))
            self.sections.append(current)
        elif self.done and not current.frames and len(self.sections) == 1 and not self.images.rows():
            # behind a summary only Fuchsia's symbolizer prints the stack, below the images
            return False
        if found.number > current.last + 1:
            missing = found.number - current.last - 1
            current.frames.append(Frame(frame_kind="elided", repeat=missing, text_line=index))
        current.frames.append(found.frame)
        current.last = max(current.last, found.number)
        if found.build_id and found.frame.module:
            self.images.built(found.frame.module, found.build_id)
        return True

    def _moded(self, line: str) -> bool:
        """Take a line that belongs to what the lines before it began."""
        if self._mode == "shadow":
            # consoles leave halves of colour codes
            line = line.replace("\x1b", "")
            marked = _MARKED.match(line)
            if marked:
                self.fact("shadow_byte", marked[1])
            if _SHADOW_ROW.match(line) or _LEGEND.match(line) or _SHADOW_REST.match(line):
                return True
        elif self._mode == "registers":
            found = {
                name.replace("[", "").replace("]", ""): f"0x{value}" for name, value in _REGISTER.findall(line[:400])
            }
            self.registers |= {name: hex(int(value, 16)) for name, value in found.items()}
            if found:
                return True
        elif self._mode == "map":
            if line.lstrip().startswith("End of "):
                self._mode = ""
                return True
            if self.images.take(line, mapped=True):
                return True
        elif self._mode == "prose" and self._prose < _PROSE_LINES:
            self._prose += 1
            return not _PID.match(line)
        self._mode = ""
        return False

    def _note(self, line: str) -> bool:
        """Take what is neither of a stack nor of memory."""
        pid = _PID.match(line)
        text = line[pid.end() :] if pid else line
        if signal := _SIGNAL.search(text[:200]):
            self.signal_access = signal[1] if signal[1] != "UNKNOWN" else None
            return True
        for mode, pattern in (("shadow", _SHADOW), ("registers", _REGISTERS), ("map", _MAP)):
            if pattern.match(text):
                self._mode = mode
                return True
        if self.done and _LEGEND.match(line):
            self._mode = "shadow"
            return True
        for key, pattern in _FACTS if _FACT.match(text) else ():
            if found := pattern.match(text):
                self.fact(key, found[1].strip())
                self._mode, self._prose = ("prose", 0) if key == "miracleptr" else ("", 0)
                return True
        if pid or _KNOWN.match(line) or self.images.take(line):
            return True
        # older tools print registers, and shadow rows, without a line that announces them
        return bool(_SHADOW_ROW.match(line) and self.done)
