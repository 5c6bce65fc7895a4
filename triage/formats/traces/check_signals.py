r"""The heads of signal handlers and of V8: what a program prints of itself when it dies.

Facts: general knowledge of Chromium's and V8's signal handlers, of glog, absl, folly, Envoy and LLVM, held against
reports that fuzzers collected. Grammar, one line each::

    chromium = "Received signal " n [" " code " " A]
    glog     = "*** Aborted at " seconds " (unix time) …" ["PC: @ " A " " name]
               "*** " signal " (@0x" A ") received by PID " n …
    absl     = "*** " signal " received at time=" seconds [" on cpu " n] " ***" ["PC: @ " A " " name]
    folly    = "*** Signal " n " (" signal ") (0x" A ") received by PID " n …
    node     = "PID " n " received " signal " for address: 0x" A
    envoy    = "Caught " words ", suspect faulting address 0x" A
    llvm     = "PLEASE submit a bug report to …" | "Stack dump:"
    fatal    = ["#"] "# Fatal error in " (file ", line " n | function) ( "# " message )*
    script   = "abort: " message [" [" file ":" line "]"] | "## V8 sandbox violation detected!" | "Stacktrace:"
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.exception_codes import name as code_name
from triage.formats.traces.check_frames import form
from triage.formats.traces.check_heads import Head
from triage.formats.traces.patterns import lazy
from triage.formats.traces.signal_names import spoken
from triage.formats.traces.window import Window

__all__ = ("STARTS", "signal", "v8")

STARTS: Final = (
    "Received signal ",
    "*** Aborted at ",
    "*** SIG",
    "*** Signal ",
    "suspect faulting address",
    " for address: 0x",
    "PLEASE submit a bug report to ",
    "Stack dump:",
    "Stack dump without symbol names",
    "# Fatal error in",
    "abort: ",
    "## V8 sandbox violation detected!",
    "==== JS stack trace ",
    "==== C stack trace ",
    "======= Backtrace: =",
    "Check failure stack trace: ",
    "[end of stack trace]",
)
_RECEIVED: Final = lazy(
    r"Received signal (\d{1,3})(?: (?P<code>[A-Z]{2,4}_\w{1,20}|<unknown>) (?P<address>[0-9a-fA-F]{1,16}))?\s*$"
)
_ABORTED: Final = lazy(r"\*\*\* Aborted at (\d{9,11}) \([Uu]nix time")
_GLOG: Final = lazy(
    r"\*\*\* (?:Signal (?P<number>\d{1,3}) \()?(?P<signal>SIG[A-Z0-9]{2,8})\)?(?: \(@?"
    r"(?P<address>0x[0-9a-fA-F]{1,16})\))? received (?:by PID (?P<pid>\d{1,9})"
    r" \((?:pthread )?TID (?P<tid>0x[0-9a-fA-F]{1,16}|\d{1,20})\)(?: \(linux TID (?P<linux>\d{1,9})\))?.{0,200}"
    r"|at time=(?P<time>\d{9,11})"
    r"(?: on cpu (?P<cpu>\d{1,5}))?.{0,40})"
)
_PC: Final = lazy(r"(?:.{0,160}: )?PC: @")
_CAUGHT: Final = lazy(r"Caught (?P<words>[A-Z][\w ]{1,40}), suspect faulting address (?P<address>0x[0-9a-fA-F]{1,16})")
_HANDLER: Final = lazy(
    r"PID (?P<pid>\d{1,9}) received (?P<signal>SIG[A-Z]{2,6}) for address: (?P<address>0x[0-9a-fA-F]{1,16})"
)
_FATAL: Final = lazy(
    r"\s{0,8}#\s{1,4}Fatal error in (?:(?P<file>.{0,400}), line (?P<line>\d{1,9})|(?P<function>\S.{0,400}))\s*$"
)
_HASH: Final = lazy(r"\s{0,8}#(?:\s{1,4}(\S.*))?\s*$")
_TYPED: Final = lazy(
    r"(Debug check failed|Check failed|\w{1,60}Error|unreachable code|unimplemented code)(?:: (.*))?$", re.DOTALL
)
_ABORT: Final = lazy(
    r"abort: (?:(?P<type>CSA_\w{3,10} failed|Torque assert|CHECK failed): ?)?(?P<value>.*?)(?P<places>"
    r"(?: \[[^\[\]]{1,300}\]){0,20})\s*$"
)
_PLACE: Final = lazy(r"\[([^\[\]\n]{1,300}):(\d{1,9})(?::\d{1,9})?\]")
_DUMPED: Final = ("Stack dump:", "Stack dump without symbol names")
_NUMBERED: Final = lazy(r"\s{0,8}\d{1,4}: \S")
_RAISED: Final = frozenset({"SIGABRT", "SIGTRAP", "SIGILL"})
_MESSAGE_LINES: Final = 20


def signal(window: Window) -> Head | None:
    """The head of a signal handler, None where the anchor line is none."""
    text = window[0] or ""
    cut = max(text.find("*** SIG"), text.find("*** Signal "), text.find("*** Aborted at "), 0)
    if received := _RECEIVED.match(text):
        return _received(window, received)
    if aborted := _ABORTED.match(text, cut):
        return _aborted(window, int(aborted[1]))
    if found := _GLOG.match(text, cut):
        return _glog(window, found, 0)
    if (at := text.find("Caught ")) >= 0 and (caught := _CAUGHT.match(text, at)):
        name = spoken(caught["words"])
        return _head(name or caught["words"], name, int(caught["address"], 16))
    if (handled := _HANDLER.match(text)) and not (window[1] or "").startswith("SymInit"):
        made = _head(handled["signal"], handled["signal"], int(handled["address"], 16))
        made.said["pid"] = handled["pid"]
        return made
    if text.startswith(("PLEASE submit a bug report to ", *_DUMPED)):
        return _llvm(window, text)
    return None


def v8(window: Window) -> Head | None:
    """V8's own messages, None where the anchor line is none."""
    text = window[0] or ""
    if fatal := _FATAL.match(text):
        return _fatal(window, fatal)
    if text.startswith("## V8 sandbox violation detected!"):
        return Head("crash", "V8 sandbox violation")
    if (abort := _ABORT.match(text)) and len(text) < 16_384:
        follows = any((window[index] or "").startswith("==== JS stack trace ") for index in range(1, 5))
        if not abort["type"] and not follows:
            return None
        place = _PLACE.search(abort["places"])
        said = {"value": abort["value"]} | ({"file": place[1], "line": place[2]} if place else {})
        return Head("assertion" if abort["type"] else "abort", abort["type"] or "abort", said=said)
    if text.startswith("==== JS stack trace "):
        for index in range(-1, -9, -1):
            if (window[index] or "").rstrip() == "Stacktrace:":
                said = dict(_pair(window[line] or "") for line in range(index + 1, 0) if "=" in (window[line] or ""))
                return Head("abort", "PushStackTraceAndDie", first=index, end=0, said=said)
        shown = any(_NUMBERED.match(window[index] or "") for index in range(1, 5))
        return Head("dump", "", end=0, level="error", leads=False) if shown else None
    return None


def _pair(line: str) -> tuple[str, str]:
    """A line `key=value`."""
    key, _, value = line.strip().partition("=")
    return key, value


def _head(error_type: str, name: str | None, address: int | None = None) -> Head:
    """A head of a signal; one that programs raise themselves has no cause of its own."""
    return Head("crash", error_type, leads=True, follows=name in _RAISED, signal=name, access_address=address)


def _received(window: Window, found: re.Match[str]) -> Head | None:
    """Chromium's handler; other programs log a line like it when somebody stops them, and no stack follows."""
    number = int(found[1])
    name = code_name("linux", number)
    near = [window[index] or "" for index in range(1, 4)]
    if not found["code"] and not any(form(line) or line.startswith("==== C stack trace") for line in near):
        return None
    sent = number == 6 or found["code"] in {None, "<unknown>"}
    made = _head(name or f"signal {number}", name, None if sent else int(found["address"], 16))
    made.code = number
    if found["code"] and found["code"] != "<unknown>":
        made.said["code"] = found["code"]
    return made


def _aborted(window: Window, seconds: int) -> Head | None:
    """The handlers of glog and folly: the time comes first."""
    for index in range(1, 5):
        line = window[index] or ""
        if found := _GLOG.match(line, max(line.find("*** S"), 0)):
            made = _glog(window, found, index)
            made.ts = seconds * 1_000_000
            return made
    return None


def _glog(window: Window, found: re.Match[str], at: int) -> Head:
    """The line that names the signal, and the program counter behind it."""
    address = int(found["address"], 16) if found["address"] else None
    name = found["signal"]
    made = _head(name, name, None if name in _RAISED else address)
    made.end = at + 1
    made.said = {key: found[key] for key in ("pid", "cpu") if found[key]}
    tid = found["linux"] or found["tid"]
    if tid and tid.isdigit():
        made.said["tid"] = tid
    if found["time"]:
        made.ts = int(found["time"]) * 1_000_000
    if _PC.match(window[made.end] or ""):
        made.end += 1
    return made


def _llvm(window: Window, text: str) -> Head | None:
    """LLVM's stack dump, after the request to report it; before it may stand the program's arguments."""
    at = 0 if text.startswith(_DUMPED) else 1
    if not (window[at] or "").startswith(_DUMPED):
        return None
    arguments = None
    for index in range(at + 1, at + 40):
        line = window[index]
        if line is None or not (
            form(line) or line[:1].isdigit() or line.startswith(("Stack dump", "\t", " ")) or not line.strip()
        ):
            return None
        if "Program arguments: " in line:
            arguments = line.partition("Program arguments: ")[2]
        if (found := form(line)) is not None and found[1].frame.address is not None:
            said = {"program_arguments": arguments} if arguments else {}
            return Head("crash", "crash", end=at + 1 if index == at + 1 else index, said=said)
    return None


def _fatal(window: Window, found: re.Match[str]) -> Head:
    """The lines of V8's fatal error."""
    before = (window[-1] or "").strip() == "#"
    message: list[str] = []
    made = Head("assertion", "Fatal error", first=-1 if before else 0)
    for index in range(1, _MESSAGE_LINES):
        line = window[index] or ""
        if line.lstrip().startswith("#FailureMessage Object: "):
            made.end = index + 1
            break
        piece = _HASH.match(line)
        if not piece and line.strip():
            break
        if not piece:
            continue
        made.end = index + 1
        if piece[1]:
            message.append(piece[1].rstrip())
    value = "\n".join(message)
    typed = _TYPED.match(value)
    if typed:
        made.error_type, value = typed[1], (typed[2] or value)
    else:
        made.kind = "abort"
    made.said = {name: text for name, text in found.groupdict().items() if text} | {"value": value}
    return made
