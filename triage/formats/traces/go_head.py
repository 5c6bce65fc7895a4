"""What a Go program says before its goroutines: the panic or fatal error, the signal, the address. See `go`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from triage.formats.traces.go_parse import panics
from triage.formats.traces.patterns import integer, lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.signal_names import numbered
from triage.records import Trace, json_text

__all__ = ("Head", "head_of", "logged", "thrown")

_SIGNAL: Final = lazy(
    r"\*{0,2}\[signal (?:(SIG[A-Z0-9]{1,10})|(0x[0-9a-f]{1,4}|\d{1,3}))(?:: ([^\]=]{1,80}?))?"
    r"(?: code=(0x[0-9a-f]{1,8}|\d{1,9}))?(?: addr=0x([0-9a-fA-F]{1,16}))?(?: pc=0x([0-9a-fA-F]{1,16}))?\]"
)
_NATIVE: Final = lazy(r"(SIG[A-Z0-9]{2,10}): [a-z][a-z /-]{2,60}$")
_PC: Final = lazy(r"PC=0x([0-9a-fA-F]{1,16}) m=\S{1,9} sigcode=(\d{1,9})(?: addr=0x([0-9a-fA-F]{1,16}))?")
_FAULT: Final = lazy(r"unexpected fault address (?:0x)?([0-9a-fA-F]{1,16})")
_LIMIT: Final = lazy(r"runtime: goroutine stack exceeds (\d{1,15})-byte limit")
_RECOVERED: Final = lazy(r".{0,4000}?(?:panic recovered|Observed a panic|[Pp]anic in \S{1,200}|panic):? ?(.*)$")
# What a message begins with, and the kind of event that it is.
_NIL: Final = "invalid memory address or nil pointer dereference"
_KINDS: Final = (
    ("all goroutines are asleep", "hang"),
    ("test timed out after", "timeout"),
    ("concurrent map ", "race"),
    ("runtime: out of memory", "oom"),
    ("runtime: cannot allocate memory", "oom"),
    ("out of memory", "oom"),
    ("invalid memory address", "crash"),
)


_FIELDS: Final = 65_536


@dataclass(frozen=True, slots=True)
class Head:
    """The facts of a head."""

    kind: str | None = None
    error_type: str | None = None
    error_value: str | None = None
    signal: str | None = None
    code: int | None = None
    address: int | None = None
    handled: bool | None = None
    facts: tuple[tuple[str, str], ...] = field(default=())

    def report(
        self,
        traces: tuple[Trace, ...],
        *,
        first: int,
        end: int,
        registers: dict[str, str] | None = None,
        facts: tuple[tuple[str, str], ...] = (),
        complete: bool = True,
    ) -> Report:
        """The report of these stacks."""
        if traces:
            crash = replace(
                traces[0],
                error_type=self.error_type,
                error_value=self.error_value,
                crashed=True if self.kind and not self.handled and self.kind != "dump" else None,
                registers=json_text(registers) if registers else None,
            )
            traces = (crash, *traces[1:])
        fatal = self.kind not in {None, "dump"} and not self.handled
        return Report(
            first=first,
            end=end,
            kind=self.kind or "dump",
            level="fatal" if fatal else "error",
            handled=self.handled,
            traces=traces,
            error_type=self.error_type,
            error_value=self.error_value,
            error_code=self.code,
            signal=self.signal,
            fault_address=self.address,
            thread_id=traces[0].thread_id if traces else None,
            facts=facts or self.facts,
            complete=complete and (not traces or bool(traces[0].frames)),
            leads=fatal,
        )


def head_of(lines: list[str]) -> Head:
    """What the lines above the first goroutine say.

    Examples
    --------
    >>> head_of(["panic: runtime error: integer divide by zero", "[signal SIGFPE: floating-point exception code=0x1]"])
    Head(kind='exception', error_type='runtime error', error_value='integer divide by zero', signal='SIGFPE', code=1, \
address=None, handled=None, facts=())
    """
    said = panics(lines)
    error, value = said[-1] if said else (None, None)
    signal, code, address, facts = _signal(lines)
    handled = None
    first = lines[0] if lines else ""
    if error is None and signal is None and "panic" in first.lower() and (found := _RECOVERED.match(first)):
        error, value, handled = "panic", found[1].strip().strip("*") or None, True
    elif "panic serving " in first:
        handled = True
    if error is None and signal is not None:
        error = signal
    if signal is None and error == "runtime error" and (value or "").startswith(_NIL):
        # the runtime makes this error of the signal, which it prints only where the program ends
        signal = "SIGSEGV"
    if error is None:
        return Head()
    kind = next((kind for text, kind in _KINDS if (value or "").startswith(text)), None)
    if kind is None:
        kind = "dump" if error == "SIGQUIT" else "crash" if error not in {"panic", "runtime error"} else "exception"
    return Head(kind, error, value, signal, code, address, handled, facts)


def thrown(value: str | None) -> Head | None:
    """What the runtime says of an error that it made, by the words that the error has; None of any other.

    Examples
    --------
    >>> found = thrown("runtime error: invalid memory address or nil pointer dereference")
    >>> found.kind, found.error_type, found.signal
    ('crash', 'runtime error', 'SIGSEGV')
    >>> thrown("no rate") is None
    True
    """
    return head_of([f"panic: {value}"]) if value and value.startswith("runtime error: ") else None


def logged(said: str | None) -> str | None:
    """The error that a record of zap's console form holds, whose fields stand behind its message; None of any other.

    Examples
    --------
    >>> logged('ERROR\\tshop/pay.go:7\\trecovered\\t{"error": "runtime error: integer divide by zero"}')
    'runtime error: integer divide by zero'
    >>> logged("no rate") is None
    True
    """
    words, tab, fields = (said or "").partition("\t{")
    if not tab or "\t" not in words or len(fields) > _FIELDS:
        return None
    try:
        held = msgspec.json.decode(f"{{{fields}")
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return None
    error = held.get("error") if isinstance(held, dict) else None
    return error if isinstance(error, str) and error else None


def _signal(lines: list[str]) -> tuple[str | None, int | None, int | None, tuple[tuple[str, str], ...]]:
    """Signal, code, address and what else is known of them."""
    signal: str | None = None
    code = address = None
    facts: list[tuple[str, str]] = []
    for line in lines:
        if found := _SIGNAL.match(line):
            signal = found[1] or numbered(integer(found[2]))
            code = integer(found[4]) if found[4] else None
            address = int(found[5], 16) if found[5] else address
            facts += [("pc", f"0x{found[6]}")] if found[6] else []
        elif found := _NATIVE.match(line):
            signal = found[1]
        elif found := _PC.match(line):
            code = int(found[2])
            address = int(found[3], 16) if found[3] else address
            facts.append(("pc", f"0x{found[1]}"))
        elif found := _FAULT.match(line):
            address = int(found[1], 16)
        elif found := _LIMIT.match(line):
            facts.append(("stack_limit", found[1]))
    return signal, code, address, tuple(facts)
