"""The parts of a .NET report between the frames: what names an exception, and where one inside another ends."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.dotnet_frames import frame, plain
from triage.formats.traces.patterns import lazy, remembered
from triage.formats.traces.rounds import more
from triage.formats.traces.wrappers import unwrapped
from triage.records import Frame, Trace

__all__ = ("EVENT", "FATAL", "UNHANDLED", "Said", "Stacks", "error_of", "is_part")

UNHANDLED: Final = lazy(
    r".{0,200}?(?:Unhandled [Ee]xception(?:\. |:|\.$)|Unbehandelte Ausnahme: ?|Exception non gérée ?: ?"
    r"|Excepción no controlada: ?|Eccezione non gestita: ?|Exceção Sem Tratamento: ?|Необработанное исключение: ?"
    r"|未经处理的异常: ?|ハンドルされていない例外: ?|FATAL UNHANDLED EXCEPTION: ?|Exception Info: )"
)
FATAL: Final = lazy(
    r"(Process terminated|Fatal error|Stack overflow(?=\.\s*$))\.(?: (.*))?$"
    r"|Process is terminat(?:ing|ed) due to (StackOverflow)Exception"
)
_NATIVE: Final = lazy(r"exception code ([0-9a-fA-F]{8})\b")
EVENT: Final = lazy(r"(Application|Framework Version|CoreCLR Version|\.NET Version|Description|Exception Info): ?(.*)$")
_TYPE: Final = (
    r"(?P<type>(?:[^\W\d][\w`+]{0,200}\.){0,20}[^\W\d][\w`+]{0,200}(?:\[[^\]]{0,400}\]){0,2})"
    r"(?: \((?P<code>0x[0-9a-fA-F]{8})(?:, [^)]{0,80})?\)| \((?P<number>\d{1,10})\))?"
)
_ERROR: Final = lazy(rf"\s*{_TYPE}(?P<rest>:(?: .*)?|)$")
# Behind what a logger wrote, an exception is known by its name only.
_LOUD: Final = lazy(
    r"(?<![\w.`+])(?P<type>(?:[^\W\d][\w`+]{0,200}\.){0,20}[^\W\d][\w`+]{0,200}(?<=Exception))"
    r"(?: \((?P<code>0x[0-9a-fA-F]{8})(?:, [^)]{0,80})?\)| \((?P<number>\d{1,10})\))?(?P<rest>: .*|:?$)"
)
_ARROW: Final = lazy(r"\s*-{2,3}> (?:\(Inner Exception #(\d{1,6})\) )?")
_INNER: Final = lazy(
    r"inner|interne|interna|interno|внутренн|wewnętrzn|vnitřní|内部|內部|iç özel|내부|inre|indre|binnenste",
    re.IGNORECASE,
)
_RULE: Final = lazy(r"\s*-{3} .{3,200} -{3}\s*$")
_REPEAT: Final = lazy(r"\s*Repeat(?:ed)? (\d{1,9}) times:?\s*$")
_LINE: Final = lazy(r"-{10,}\s*$")
_NAMED: Final = lazy(r"(?:Exception|Error|Failure|Fault)$")


@dataclass(slots=True)
class Said:
    """One exception as it is read: its name, its message, its frames."""

    error: str | None
    message: list[str] = field(default_factory=list)
    code: int | None = None
    unhandled: bool = False
    fatal: bool = False
    inner: bool = False
    member: bool = False
    frames: list[Frame] = field(default_factory=list)
    closed: bool = False

    def text(self) -> str:
        """The message."""
        return "\n".join(self.message).strip()


@remembered
def is_part(line: str) -> bool:
    """Whether a line is a frame, or stands between frames only."""
    if frame(line) is not None:
        return True
    if not line.strip().startswith(("---", "Repeat")):
        return False
    return (_RULE.match(line) is not None and "stack trace" in line) or _REPEAT.match(line) is not None


def error_of(line: str) -> Said | None:
    """What a line says of an exception, None where it names none."""
    line = plain(line)
    mark = line.strip()
    if fatal := FATAL.match(mark):
        word = "Stack overflow" if fatal[3] else fatal[1]
        inside = _error(fatal[2] or "", loud=True) if fatal[1] == "Fatal error" else None
        if inside is not None:
            inside.unhandled = inside.fatal = True
            return inside
        return Said(word, [fatal[2]] if fatal[2] else [], unhandled=True, fatal=True)
    if announced := UNHANDLED.match(line):
        said = _error(line[announced.end() :], loud=False) or Said(None)
        if native := _NATIVE.match(line[announced.end() :]):
            code = int(native[1], 16)
            said = Said(code_name("windows", code) or f"0x{code:08X}", code=code)
        said.unhandled = True
        return said
    arrow = _ARROW.match(line)
    if arrow:
        said_inside = _error(line[arrow.end() :], loud=False)
        if said_inside is not None:
            said_inside.inner, said_inside.member = True, arrow[1] is not None
        return said_inside
    return _error(line, loud=True)


def _error(text: str, *, loud: bool) -> Said | None:
    """An exception at the start of a text, or anywhere in it where its name is loud."""
    found = _ERROR.match(text)
    if found and loud and not _NAMED.search(found["type"].partition("[")[0]):
        found = None
    if found is None:
        found = _LOUD.search(text)
    if found is None or not ("." in found["type"] or _NAMED.search(found["type"])):
        return None
    code = int(found["code"], 16) if found["code"] else None
    rest = found["rest"].removeprefix(":").strip()
    return Said(found["type"], [rest] if rest else [], code)


class Stacks:
    """Takes the lines of one report and knows which exception the next frame belongs to."""

    def __init__(self) -> None:
        self.open: list[Said] = []
        self.all: list[Said] = []
        self.frames = 0
        self.placed = False
        # How often what is printed happened in all, and since which frame of the exception, once the rule stands there.
        self._repeat = 0
        self._since: int | None = None

    @property
    def said_first(self) -> Said:
        """The exception that surfaced."""
        return self.all[0] if self.all else Said(None)

    def said(self, line: str, number: int) -> None:
        """Take a line above the first frame: a name, those inside it, a message."""
        del number
        line = plain(line)
        pieces = re.split(r" ---> (?=[^\W\d][\w.`+]{2,200}(?:: | \(0x|\s*$))", line) if " ---> " in line[1:] else [line]
        for place, piece in enumerate(pieces):
            named = error_of(f" ---> {piece}" if place else piece)
            waiting = self.open and self.open[-1].error is None
            if named is not None and (not self.open or named.inner or waiting):
                if waiting:
                    last = self.open.pop()
                    self.all.remove(last)
                    named.unhandled = True
                self._push(named)
            elif self.open and piece.strip():
                self.open[-1].message.append(piece.strip("\r"))

    def feed(self, line: str, number: int) -> bool:
        """Take a line from the first frame on; False where it does not belong here."""
        line = plain(line)
        ends = line.rstrip().endswith("<---")
        text = line.rstrip()[:-4] if ends else line
        if found := frame(text, number):
            self._frame(found)
        elif _RULE.match(text):
            self._rule(text, number)
        elif repeated := _REPEAT.match(text):
            self._repeat, self._since = int(repeated[1]), None
        elif _LINE.match(text):
            self._folded(number)
        elif (arrow := _ARROW.match(text)) and (named := error_of(text)) is not None:
            if arrow[1] is not None:
                self._leave_members()
            self._push(named)
        elif not (ends and not text.strip()):
            return False
        if ends:
            self._leave_members()
        return True

    def _push(self, named: Said) -> None:
        self.open.append(named)
        self.all.append(named)

    def _leave_members(self) -> None:
        """The members of an aggregate stand beside each other."""
        while len(self.open) > 1 and any(said.member for said in self.open):
            if self.open.pop().member:
                break

    def _frame(self, found: Frame) -> None:
        if not self.open:
            self._push(Said(None))
        self.open[-1].frames.append(found)
        self.frames += 1
        self.placed = self.placed or found.line is not None

    def _folded(self, number: int) -> None:
        """The rule above or below frames that are repeated."""
        kept = self.open[-1].frames if self.open else []
        if self._since is None:
            self._since = len(kept)
        else:
            kept += more(kept[self._since :], self._repeat - 1, number)
            self._repeat, self._since = 0, None

    def _rule(self, text: str, number: int) -> None:
        """The end of an inner exception, or the border between two stretches of an asynchronous call."""
        if _INNER.search(text) and len(self.open) > 1:
            self.open.pop()
        elif not _INNER.search(text) and self.open:
            mark = Frame(frame_kind="async_gap", function_raw=text.strip(), language="csharp", text_line=number)
            self.open[-1].frames.append(mark)

    def traces(self) -> tuple[Trace, ...]:
        """The exception that surfaced, then those inside it; one that only carries another stands last."""
        traces = (
            Trace(
                frames=tuple(said.frames),
                role="cause" if place else "crash",
                chain_no=place,
                error_type=said.error,
                error_value=said.text() or None,
            )
            for place, said in enumerate(self.all)
        )
        return unwrapped(traces, "dotnet")
