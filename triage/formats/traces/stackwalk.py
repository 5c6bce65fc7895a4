r"""What minidump-stackwalk prints of a dump: the form for people (Breakpad, rust-minidump), and with pipes (`-m`).

Facts: general knowledge of the two tools, and output that people paste into issues. Grammar::

    report   = "Operating system: " name version* "CPU: " words* "Crash reason:  " words "Crash address: 0x" hex
               said* thread* "Loaded modules:" image* ["Unloaded modules:" image*]
               ["Unimplemented streams encountered:" line*]
    thread   = "Thread " n [" " name] [" (crashed)" | " (requested dump, did not crash)"] [" - tid: " id]
               (frame registers* "Found by: " words)*
    pipes    = "OS|" name "|" version, "CPU|" arch "|" words "|" count, "Crash|" reason "|" address "|" thread,
               "Module|" name "|" version "|" debug file "|" debug id "|" base "|" end "|" main,
               thread "|" number "|" image "|" function "|" file "|" line "|" offset

Images and frames are read by `stackwalk_lines`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from msgspec.structs import replace

from triage.formats import platforms
from triage.formats.traces import stackwalk_lines as lines
from triage.formats.traces.apple_frames import inlined
from triage.formats.traces.gdb import call
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import BACK, Window
from triage.records import Frame, Trace, json_text

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "stackwalk"
TITLE: Final = "minidump-stackwalk output"
PLATFORM: Final = "native"
ANCHORS: Final = (
    "Operating system: ",
    "Crash reason:  ",
    "Crash address: 0x",
    "(crashed)",
    "requested dump, did not crash",
    "Found by: ",
    "OS|",
    "Crash|",
    "|0|",
)

_AHEAD: Final = 64
_HEAD: Final = lazy(
    r"[ \t>]{0,4}(Operating system|CPU|GPU|Crash reason|Crash address|Crashing instruction|Assertion|Process uptime"
    r"|Mac Crash Info|Mac Boot Args|Memory accessed by instruction|No crash|No memory accessed by instruction"
    r"|Crashing address may be the result of a flipped bit)(?::[ \t]{0,18}(.{0,2000})|$)",
    re.DOTALL,
)
_THREAD: Final = lazy(
    r"[ \t>]{0,4}Thread (\d{1,6})(?: (.{0,200}?))?[ \t]{0,3}"
    r"(\((?:crashed|requested dump, did not crash|LWP \d{1,9})\))?(?:[ \t]{0,3}-? ?\(?tid: (\d{1,10})\)?)?$",
    re.DOTALL,
)
_SECTION: Final = lazy(
    r"[ \t>]{0,4}(Loaded modules|Unloaded modules|Unimplemented streams encountered|Unknown streams encountered"
    r"|Stack contents|Possible instruction pointers):$"
)
_STREAM: Final = lazy(r"[ \t>]{0,4}Stream 0x[0-9a-fA-F]{8} ")
_DUMPED: Final = lazy(r"[ \t>]{1,8}(?:[0-9a-f]{8,16}  |\*\([^)]{1,200}\) = 0x|<no frames>)")
_HEX: Final = lazy(r"0x([0-9a-fA-F]{1,16})")
_LSB: Final = lazy(r"[ \t>]{0,4}Linux \S.{0,200} - .{0,100}\(.{0,200}\)$", re.DOTALL)
_PIPE_FRAME: Final = lazy(
    r"(\d{1,5})\|(\d{1,5})\|([^|\n]{0,300})\|(.*)\|([^|\n]{0,1000})\|(\d{0,9})\|(0x[0-9a-fA-F]{1,16}|)$", re.DOTALL
)
_PIPE_HEAD: Final = ("OS|", "CPU|", "GPU|", "Crash|", "Module|", "Assertion|")


@dataclass(slots=True)
class _Stack:
    """One thread in the making."""

    number: int
    name: str | None = None
    crashed: bool = False
    asked: bool = False
    tid: int | None = None
    frames: list[Frame] = field(default_factory=list)
    registers: dict[str, str] = field(default_factory=dict)
    # how many frames there were when the registers came
    held: int = 0


class _Walk:
    """The reading of one report of either form."""

    def __init__(self) -> None:
        self.keys: dict[str, list[str]] = {}
        self.key = ""
        self.stacks: dict[int, _Stack] = {}
        self.now: _Stack | None = None
        self.modules: list[dict[str, object]] = []
        self.main: str | None = None
        self.section = "head"

    def feed(self, index: int, line: str) -> bool | None:
        """Take a line of the form for people: True if it belongs, None if it may, False if another report begins."""
        text = line.strip(" \t>")
        if not text:
            return None
        if (found := _HEAD.match(line)) is not None:
            if (self.stacks or self.modules) and found[1] != "Process uptime":
                return False
            self.section, self.key = "head", found[1]
            self.keys.setdefault(self.key, []).extend([found[2].strip()] if found[2] and found[2].strip() else [])
            return True
        if (found := _SECTION.match(line)) is not None:
            self.section = found[1]
            return True
        if (found := _THREAD.match(line)) is not None and self.section != "Loaded modules":
            self._thread(found)
            return True
        if self.section == "frames" and self.now is not None:
            return self._framed(self.now, index, line)
        return self._listed(line, text)

    def _thread(self, found: re.Match[str]) -> None:
        """The heading of a thread."""
        words = found[3] or ""
        stack = _Stack(int(found[1]), (found[2] or "").strip() or None, "crashed)" in words, "requested" in words)
        stack.tid = int(found[4]) if found[4] else None
        self.now = self.stacks.setdefault(stack.number, stack)
        self.section = "frames"

    def _framed(self, stack: _Stack, index: int, line: str) -> bool | None:
        """A line below the heading of a thread."""
        if (how := lines.trust(line)) is not None:
            if stack.frames:
                depth = 1 if how == "inline" else 0
                stack.frames[-1] = replace(stack.frames[-1], trust=how, inline_depth=depth)
            return True
        if values := lines.registers(line):
            if stack.frames and (pointer := lines.pointer(values)) is not None:
                stack.frames[-1] = replace(stack.frames[-1], address=pointer)
            # those of the first frame that has any: inlined ones have none
            if stack.held in {0, len(stack.frames)}:
                stack.held = len(stack.frames)
                stack.registers |= values
            return True
        found = lines.frame(line)
        if found is not None:
            expected = len(stack.frames)
            if found[0] < expected:
                return None
            stack.frames.append(replace(found[1], text_line=index, trust="text"))
            return True
        return True if _DUMPED.match(line) else None

    def _listed(self, line: str, text: str) -> bool | None:
        """A line of a list: images, streams, dumped stack, or more words of the head."""
        if self.section in {"Loaded modules", "Unloaded modules"}:
            image = lines.image(line, unloaded=self.section[0] == "U")
            if image is not None:
                self.modules.append(image[0])
                self.main = str(image[0]["name"]) if image[1] else self.main
                return True
        if _STREAM.match(line) or (self.section.startswith(("Stack", "Possible")) and _DUMPED.match(line)):
            return True
        if self.section == "head" and not self.stacks and (line[:1] in {" ", "\t"} or _LSB.match(line)):
            self.keys.setdefault("LSB" if _LSB.match(line) else self.key, []).append(text)
            return True
        return None

    def pipe(self, index: int, line: str) -> bool:
        """Take a line of the form with pipes."""
        parts = line.strip().split("|")
        if line.startswith("Module|"):
            if len(parts) >= 8:
                self._module(parts)
            return True
        if line.startswith(_PIPE_HEAD):
            if parts[0] in self.keys or self.stacks:
                return False
            self.keys[parts[0]] = parts[1:]
            return True
        found = _PIPE_FRAME.match(line.strip())
        if found is None:
            return False
        number = int(found[1])
        stack = self.stacks.setdefault(number, _Stack(number))
        if int(found[2]) < len(stack.frames):
            return False
        stack.frames.append(replace(_piped(found), text_line=index))
        return True

    def _module(self, parts: list[str]) -> None:
        """A line `Module|name|version|debug file|debug id|base|end|main`."""
        base, end = (int(part, 16) if _HEX.fullmatch(part) else None for part in parts[5:7])
        row: dict[str, object] = {
            "name": parts[1] or None,
            "version": parts[2] or None,
            "debug_file": parts[3] or None,
            "debug_id": parts[4].upper() or None,
            "base": base,
            "size": end - base + 1 if base is not None and end is not None and end >= base else None,
            "unloaded": False,
        }
        self.modules.append(row)
        self.main = parts[1] if parts[7].strip() == "1" else self.main


def _piped(found: re.Match[str]) -> Frame:
    """A frame of the form with pipes; the offset is that in the image, the function or the line, whichever is known."""
    name, offset = found[4], int(found[7], 16) if found[7] else None
    function, args = call(name)
    at_line = bool(found[6])
    return Frame(
        function=function or None,
        function_raw=name if name != function else None,
        args=args or None,
        module=found[3] or None,
        module_offset=offset if found[3] and not name else None,
        symbol_offset=offset if name and not at_line else None,
        file=lines.source(found[5]),
        line=int(found[6]) or None if at_line else None,
        trust="text",
        address=offset if not found[3] and not name else None,
    )


def read(window: Window) -> Report | None:
    """The report in which the anchor line lies."""
    line = window[0] or ""
    if line.startswith(("OS|", "Crash|")) or _PIPE_FRAME.match(line):
        return _read_pipes(window)
    anchored = _HEAD.match(line) or _THREAD.match(line) or lines.trust(line)
    first = _begin(window) if anchored else 0
    if not anchored or not _sure(window, first):
        return None
    walk = _Walk()
    end = index = first
    doubt = 0
    while doubt < 8 and (line := window[index]) is not None and not (index > 0 and window.is_record(index)):  # type: ignore[assignment]
        heading = _THREAD.match(line)
        if heading is not None and not heading[3] and not heading[4] and not _opened(window[index + 1]):
            break  # a log that speaks of a thread
        taken = walk.feed(index, line)
        if taken is False:
            break
        index += 1
        doubt = 0 if taken else doubt + 1
        end = index if taken else end
    return _report(walk, first, max(end, 1))


def _opened(line: str | None) -> bool:
    """Whether a line may stand below the heading of a thread."""
    return line is None or lines.frame(line) is not None or "<no frames>" in line


def _begin(window: Window) -> int:
    """The first line of the report, at most `BACK` lines above the anchor: in a damaged one only frames are left."""
    first, doubt = 0, 0
    for index in range(-1, -BACK, -1):
        line = window[index]
        if line is None or doubt > 3:
            break
        known = _HEAD.match(line) or (_THREAD.match(line) and "(" in line) or lines.frame(line) or lines.registers(line)
        if known or lines.trust(line):
            first, doubt = index, 0
        else:
            doubt += 1
    return first


def _sure(window: Window, first: int) -> bool:
    """Whether two different things that only this tool prints stand here."""
    signs = set[str]()
    for index in range(first, _AHEAD):
        line = window[index]
        if line is None or (index > 0 and window.is_record(index)):
            break
        if (found := _HEAD.match(line)) is not None:
            signs.add(found[1])
        elif (thread := _THREAD.match(line)) is not None:
            signs.add("thread" if thread[3] else "")
        elif lines.trust(line) is not None:
            signs.add("trust")
        elif lines.registers(line):
            signs.add("registers")
        elif lines.frame(line) is not None:
            signs.add("frame")
        signs.discard("")
        strong = {"Operating system", "Crash reason", "thread"} & signs
        if (
            {"frame", "trust"} <= signs
            or {"Operating system", "Crash reason"} <= signs
            or (strong and "trust" in signs)
        ):
            return True
    return False


def _read_pipes(window: Window) -> Report | None:
    """The report of the form with pipes."""
    first = 0
    for index in range(-1, -BACK, -1):
        line = window[index]
        if line is None or not (line.startswith(_PIPE_HEAD) or _PIPE_FRAME.match(line.strip())):
            break
        first = index
    walk = _Walk()
    end = index = first
    blanks = 0
    while blanks < 3 and (line := window[index]) is not None and not (index > 0 and window.is_record(index)):
        if line.strip():
            if not walk.pipe(index, line):
                break
            blanks, end = 0, index + 1
        else:
            blanks += 1
        index += 1
    frames = sum(len(stack.frames) for stack in walk.stacks.values())
    if "Crash" not in walk.keys and (frames < 2 or not any(f.module for s in walk.stacks.values() for f in s.frames)):
        return None
    if "Crash" in walk.keys and len(walk.keys) + frames + len(walk.modules) < 2:
        return None
    _unpiped(walk)
    return _report(walk, first, max(end, 1))


def _unpiped(walk: _Walk) -> None:
    """What the form with pipes says, under the keys of the other form."""
    system, cpu, crash = (walk.keys.pop(key, []) for key in ("OS", "CPU", "Crash"))
    number = crash[2] if len(crash) > 2 else ""
    walk.keys |= {
        "Operating system": system,
        "CPU": cpu[:1] + [part for part in cpu[1:2] if part],
        "Crash reason": crash[:1],
        "Crash address": crash[1:2],
        "Assertion": crash[3:4],
    }
    if number.isdecimal() and int(number) in walk.stacks:
        walk.stacks[int(number)].crashed = bool(crash[0])


def _report(walk: _Walk, first: int, end: int) -> Report:
    """The report from what was read."""
    head = {key: value for key, value in walk.keys.items() if value}
    words = head.get("Crash reason", [""])[0]
    error_type, code_name, signal = lines.reason(words)
    address = _HEX.match(head.get("Crash address", [""])[0])
    crashed = bool(error_type) and error_type not in {"DUMP_REQUESTED", "Simulated Exception"}
    crashed = crashed or any(stack.crashed for stack in walk.stacks.values())
    system = head.get("Operating system", [""])
    cpu = head.get("CPU", [""])
    fault = int(address[1], 16) if address and crashed else None
    said = " ".join(head.get("Assertion", [])) or None
    value = said or (f"access to address 0x{fault:x}" if fault is not None else None)
    traces = _traces(walk, error_type, value)
    facts = {key: "\n".join(value) for key, value in head.items() if key not in _COLUMNS}
    if len(cpu) > 1:
        facts["CPU"] = "; ".join(cpu[1:])
    return Report(
        first=first,
        end=end,
        kind="assertion" if said else "crash" if crashed else "dump",
        level="fatal" if crashed else "info",
        traces=traces,
        handled=False if crashed else None,
        error_type=error_type,
        error_value=value,
        error_code_name=code_name,
        signal=signal,
        access=lines.access(words),
        fault_address=fault,
        thread_id=traces[0].thread_id if traces else None,
        process=walk.main,
        os_name=platforms.system(_SYSTEMS.get(system[0], system[0]) or None),
        os_version=" ".join(system[1:]) or None,
        arch=platforms.architecture(cpu[0].strip() or None),
        facts=tuple(facts.items()),
        modules=tuple(walk.modules),
        complete=bool(error_type) and any(trace.frames for trace in traces),
    )


_COLUMNS: Final = frozenset(("Operating system", "CPU", "Crash reason", "Crash address", "Assertion"))
_SYSTEMS: Final = {"Windows NT": "Windows", "Mac OS X": "macOS", "Mac OS": "macOS"}


def _traces(walk: _Walk, error_type: str | None, value: str | None) -> tuple[Trace, ...]:
    """The stacks of all threads, that of the crash first."""
    stacks = list(walk.stacks.values())
    subject = next((stack for stack in stacks if stack.crashed or stack.asked), stacks[0] if stacks else None)
    ordered = [subject] if subject else []
    ordered += [stack for stack in stacks if stack is not subject]
    return tuple(
        Trace(
            frames=tuple(inlined(stack.frames)),
            role="crash" if stack is subject else "thread",
            error_type=error_type if stack is subject else None,
            error_value=value if stack is subject else None,
            thread_id=stack.tid if stack.tid is not None else stack.number,
            thread_name=stack.name,
            crashed=stack.crashed,
            registers=json_text(stack.registers) if stack is subject and stack.registers else None,
            unwinder="text",
        )
        for stack in ordered
    )
