r"""Erlang: errors of the shell and of escript, what the logger of OTP says of processes that ended.

Facts: real output of OTP 25, and general knowledge of OTP 17 to 27. Grammar, one line each unless a term runs on::

    shown   = [ "** " | "escript: " ] "exception " ( "error" | "exit" | "throw" ) ": " message  row*
    row     = ( "in function" | "in operator" | "in call from" ) [ module ":" ] function "/" arity
              [ " (" file ", line " n ")" ]
    crasher = "crasher:" ( key ": " value )* shown ( key ": " value )* "neighbours:"
    exited  = "Error in process " pid " with exit value:" term
    server  = ( "** Generic server " | "** State machine " | "** gen_event handler " ) name ( "** " words term )*
    single  = "Generic server " name " terminating. Reason: " term ". Last message: " ...
            | "crasher: " ( key ": " value ", " )* ( "error" | "exit" | "throw" ) ": " term ", ancestors: " ...
    boot    = '{"init terminating in do_boot",' term "}"
    header  = "=" kind " REPORT==== " date "::" clock " ==="                                   (above each but `shown`)

A server that ended is followed by the crash report of its process, which says the same again: the two are one report.
The terms are read in `erlang_terms`. Frames are printed innermost first.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

from msgspec.structs import replace

from triage.formats.traces.block import Block
from triage.formats.traces.erlang_terms import Ended, elements, ended, stack, term_end
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace
from triage.times import iso

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "erlang"
TITLE: Final = "Erlang exception or crash report"
PLATFORM: Final = "erlang"
ANCHORS: Final = (
    "exception error: ", "exception exit: ", "exception throw: ", " with exit value:", "Generic server ",
    "** State machine ", "** gen_event handler ", "crasher: initial call: ",
    "errorContext: start_error", '{"init terminating in do_boot",',
)  # fmt: skip

_SHOWN: Final = lazy(
    r"(?P<in>\s{4,12})?(?:\*\* |escript: |\d{1,6}> \*\* )?exception (?P<kind>error|exit|throw): (?P<text>.*)$"
)
_ROW: Final = lazy(
    r"\s+(?:in function|in operator|in call from) +(?P<name>[^\s(]{1,400})"
    r"(?:.{0,400}? ?\((?P<file>[^,()\n]{1,400}), line (?P<line>\d{1,9})\))?\s*$"
)
_CALLED: Final = lazy(r"\s+(?:called as |\*\*\* argument \d)")
_CLAUSE: Final = lazy(
    r"(?:no function clause matching|undefined function) (?P<name>[^\s(/]{1,300}(?:'[^'\n]{1,300}')?)"
    r"(?:/(?P<arity>\d{1,3})|(?P<args>\(.{0,4000}?\)))(?: \((?P<file>[^,()\n]{1,400}), line (?P<line>\d{1,9})\))?\s*$",
    re.DOTALL,
)
_EXITED: Final = lazy(r".{0,200}?Error in process (?P<pid><[\d.]{3,40}>)(?: on node \S{1,200})? with exit value:,? ?")
_SERVER: Final = lazy(
    r".{0,200}?(?P<stars>\*\* )?(?P<what>Generic server|State machine|gen_event handler) (?P<name>.{1,400}?) "
    r"(?:terminating|crashed)(?:\.? Reason: |\.|\s*$)"
)
# What stands before `initial` may have been taken for the name of a program.
_SINGLE: Final = lazy(r"(?:.{0,200}?crasher: )?initial call: (?P<call>.{1,400}?), pid: (?P<name><[\d.]{3,40}>), ")
_WHY: Final = lazy(r", (?P<kind>error|exit|throw): ")
_START: Final = lazy(r"\s{2,8}errorContext: start_error\s*$")
_BOOT: Final = '{"init terminating in do_boot",'
_HEADER: Final = lazy(
    r"=(?P<kind>[A-Z]{4,12}) REPORT==== (?P<day>\d{1,2})-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{4})::"
    r"(?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,6})?) ="
)
_PAIR: Final = lazy(r"\s{2,8}(?P<key>[a-z][a-z _]{1,40}): ?(?P<value>.*)$")
_ATOM: Final = lazy(r"[a-z][\w@]{0,80}$|'[^'\n]{1,80}'$")
_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"
_FACTS: Final = frozenset({"initial call", "registered_name", "ancestors", "status", "message_queue_len"})
# Lines of a message below its first; of a term, of what a crash report says in all.
_MESSAGE: Final = 24
_TERM: Final = 400
_TERM_CHARS: Final = 65_536


def read(window: Window) -> Report | None:
    """The error at the anchor line."""
    block = Block(window)
    line = block[0] or ""
    report = None
    if shown := _SHOWN.match(line):
        report = _crasher(block, shown) if shown["in"] else _shown(block, shown["kind"], shown["text"], 1)
    elif line.startswith(_BOOT):
        end = term_end(line[:_TERM_CHARS], len(_BOOT))
        report = _made(ended(line[len(_BOOT) : end]), 1, None)
    elif exited := _EXITED.match(line):
        text, end = _text(block, line[exited.end() :])
        report = _made(ended(text), end, exited["pid"])
    elif single := _SINGLE.match(line):
        if why := _WHY.search(line[:_TERM_CHARS], single.end()):
            said = ended(line[why.end() : term_end(line[:_TERM_CHARS], why.end())])
            report = _made(said, 1, single["name"], (("initial_call", single["call"]),))
    elif _START.match(line):
        report = _start(block)
    elif server := _SERVER.match(line):
        report = _server(block, line, server)
    return _headed(window, report) if report else None


def _headed(window: Window, report: Report) -> Report:
    """With the header above it, which knows the time, or the level that stands on a line of its own."""
    above = report.first - 1
    if (window[above] or "").strip() == "error:":
        return replace(report, first=above)
    found = _HEADER.match(window[above] or "")
    if found is None:
        return report
    month = _MONTHS.find(found["month"]) // 3 + 1
    ts = iso(f"{found['year']}-{month:02}-{int(found['day']):02}T{found['clock']}") if month else None
    return replace(report, first=above, ts=ts)


def _text(block: Block, first: str) -> tuple[str, int]:
    """What a term runs over: the rest of its first line and those below, up to an empty one; where it ends."""
    lines, index, size = [first], 1, len(first)
    while (line := block[index]) is not None and line.strip() and index < _TERM and size < _TERM_CHARS:
        if not (line[0].isspace() or (index == 1 and line[0] in "{[")):
            break
        lines.append(line)
        size += len(line)
        index += 1
    text = "\n".join(lines).strip()
    return text[: term_end(text, 0)], index


def _made(
    said: Ended, end: int, process: str | None, facts: tuple[tuple[str, str], ...] = (), kind: str = ""
) -> Report:
    """The report of a reason and its stack; the frames of a term have no lines of their own."""
    error, value = _of_term(said.reason)
    if kind in {"exit", "throw"} and not said.frames:
        error = kind
    trace = Trace(frames=said.frames, error_type=error, error_value=value, thread_name=process)
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=(trace,),
        error_type=error,
        error_value=value,
        process=process,
        facts=facts,
        complete=bool(said.frames),
    )


def _of_term(reason: str) -> tuple[str, str | None]:
    """Type and value of a reason: its atom, or the first of its tuple."""
    text = " ".join(reason.split())[:2000]
    parts = elements(text[: term_end(text, 0)])
    name = text
    while name[:1] == "{" and (inner := elements(name)) and len(inner[0]) < len(name):
        name = inner[0]
    if name == "nocatch":
        return "throw", ", ".join(parts[1:])
    return (name.strip("'") if _ATOM.match(name) else "error"), text or None


def _of_message(kind: str, text: str) -> str:
    """The type of an error that the shell puts into words."""
    if kind != "error":
        return kind
    named = next((entry["type"] for entry in _reasons() if text.startswith(entry["start"])), None)
    return named or _of_term(text)[0]


def _shown(block: Block, kind: str, text: str, index: int) -> Report | None:
    """An error in words, with a row for each call."""
    frames: list[Frame] = []
    lines = [text]
    while (line := block[index]) is not None and line[:1].isspace() and line.strip():
        if row := _ROW.match(line):
            frames.append(_row(row["name"], row["file"], row["line"], index))
        elif _PAIR.match(line):
            break
        elif frames or _CALLED.match(line):
            pass
        elif index > _MESSAGE:
            return None
        else:
            lines.append(line.strip())
        index += 1
    value = "\n".join(lines).strip()
    said = ended(value) if kind == "exit" and value.startswith("{") else Ended(value, ())
    if said.frames:
        return _made(said, index, None)
    if clause := _CLAUSE.match(value):
        arity = clause["arity"] or str(len(elements(f"[{clause['args'][1:-1]}]")))
        inner = _row(f"{clause['name']}/{arity}", clause["file"], clause["line"], 0)
        if not frames or frames[0].function != inner.function:
            frames.insert(0, inner)
    above = block[0] or ""
    if not frames and not above[:1].isspace() and "** " not in above[:12] and not above.startswith("escript: "):
        return None
    error = _of_message(kind, value)
    trace = Trace(frames=tuple(frames), error_type=error, error_value=value)
    return Report(
        end=index,
        kind="exception",
        level="error",
        traces=(trace,),
        error_type=error,
        error_value=value,
        complete=bool(frames),
    )


def _row(name: str, file: str | None, line: str | None, text_line: int) -> Frame:
    """A frame; functions of the module `erlang` are printed without it."""
    full = name if ":" in name else f"erlang:{name}"
    return Frame(
        function=full,
        function_raw=name if full != name else None,
        module=full.partition(":")[0],
        file=file,
        line=int(line) if line else None,
        language="erlang",
        trust="text",
        text_line=text_line,
    )


def _crasher(block: Block, shown: re.Match[str]) -> Report | None:
    """A crash report around the error that it shows."""
    window = block.window
    pairs: dict[str, str] = {}
    first = 0
    for index in range(-1, -12, -1):
        line = window[index]
        if line is None or not line.strip():
            break
        if line.strip() == "crasher:":
            first = index
            break
        if pair := _PAIR.match(line):
            pairs[pair["key"]] = pair["value"]
    report = _shown(block, shown["kind"], shown["text"], 1)
    if first == 0 or report is None:
        return None
    end = _pairs(block, report.end, pairs)
    facts = tuple((key.replace(" ", "_"), value) for key, value in pairs.items() if key in _FACTS and value != "[]")
    name = pairs.get("registered_name", "[]")
    return replace(report, first=first, end=end, facts=facts, process=pairs.get("pid") if name == "[]" else name)


def _pairs(block: Block, index: int, pairs: dict[str, str]) -> int:
    """What a crash report says below its error; where that ends."""
    while (line := block[index]) is not None and line.strip() and index < _TERM and line[0].isspace():
        if pair := _PAIR.match(line):
            pairs[pair["key"]] = pair["value"]
        index += 1
    return index


def _start(block: Block) -> Report | None:
    """A child that a supervisor could not start; that one ended has a report of its own."""
    head, _, term = (block[1] or "").partition("reason: ")
    if head.strip() or not term:
        return None
    text, index = term, 2
    while (line := block[index]) is not None and line.strip() and index < _TERM:
        if _START.match(line):
            break
        if not _PAIR.match(line):
            text += "\n" + line
        index += 1
    said = ended(text[: term_end(text, 0)])
    _, _, name = (block.window[-1] or "").partition("supervisor: ")
    return replace(_made(said, index, name.strip() or None), first=-1 if name else 0) if said.frames else None


def _server(block: Block, line: str, found: re.Match[str]) -> Report | None:
    """What a behaviour says of a process of its own that ended."""
    name = found["name"].strip()
    if found[0].endswith("Reason: "):
        said = ended(line[found.end() : term_end(line[:_TERM_CHARS], found.end())])
        return _twice(block.window, _made(said, 1, name))
    if not found["stars"]:
        return None
    fields, end = _fields(block)
    reason = kind = ""
    frames: tuple[Frame, ...] = ()
    clients: list[Trace] = []
    for place, text in enumerate(fields):
        after = fields[place + 1] if place + 1 < len(fields) else ""
        if text.startswith(("Reason for termination ==", "Reason for termination = ", "Reason == ")):
            reason = text.partition("= ")[2].strip() or after
        elif text.startswith("Stacktrace ="):
            frames = stack(after)
        elif text.startswith("Client ") and text.endswith("stacktrace"):
            clients.append(Trace(frames=stack(after), role="other", thread_name=text.split(" ")[1]))
    if (parts := reason.partition(":"))[0] in {"error", "exit", "throw"}:
        kind, reason = parts[0], parts[2]
    said = ended(reason)
    report = _made(Ended(said.reason, frames) if frames else said, end, name, kind=kind)
    facts = tuple(
        ("last_message", text.partition("was ")[2][:2000]) for text in fields if text.startswith("Last message ")
    )
    report = replace(report, facts=facts, traces=(*report.traces, *(trace for trace in clients if trace.frames)))
    return _twice(block.window, report)


def _fields(block: Block) -> tuple[list[str], int]:
    """The parts of a report, each behind two stars, and where it ends."""
    found: list[str] = []
    index = size = 0
    while (line := block[index]) is not None and line.strip() and index < _TERM and size < _TERM_CHARS:
        if line.startswith("** "):
            found.append(line[3:].strip())
        elif found and line[0].isspace():
            found[-1] += "\n" + line
        else:
            break
        size += len(line)
        index += 1
    return found, max(index, 1)


def _twice(window: Window, report: Report) -> Report:
    """With the crash report of the same process, which comes next and says the same."""
    at = report.end
    for _ in range(3):
        above = window[at]
        if above is None or (above.strip() not in {"", "error:"} and not _HEADER.match(above)):
            break
        at += 1
    line = window[at] or ""
    if (single := _SINGLE.match(line)) and single["name"] == report.process:
        return replace(report, end=at + 1)
    if line.strip() != "crasher:":
        return report
    own = False
    for index in range(at + 1, at + _TERM):
        line = window[index] or ""
        pair = _PAIR.match(line)
        own = own or (
            pair is not None and pair["key"] in {"pid", "registered_name"} and pair["value"] == report.process
        )
        if not line[:1].isspace():
            return replace(report, end=index) if own else report
    return report


@cache
def _reasons() -> list[dict[str, str]]:
    """What the shell says of errors."""
    table: dict[str, list[dict[str, str]]] = tomllib.loads(
        files("triage.formats.traces").joinpath("erlang.toml").read_text("utf-8")
    )
    return table["reason"]
