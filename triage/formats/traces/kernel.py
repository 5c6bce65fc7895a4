r"""Reports of the Linux kernel: oopses, BUGs and WARNINGs, panics, lockups and stalls, and what its sanitizers find.

Facts: general knowledge of the kernel's sources and of its logs on x86, ARM, ARM64, RISC-V, PowerPC and as a library
(LKL), of Android's kernels, of syzkaller and of `decode_stacktrace.sh`, held against the reports that ClusterFuzz
collected. The heads, headings and other known lines stand in `kernel.toml`, the frames in `kernel_frames`. Grammar, one
line each::

    report   = [ rule | cut message* ] head line* [ rule | "---[ end" … "]---" registers* ]
    cut      = "------------[ cut here ]------------"
    head     = "BUG: KASAN: …" | "kernel BUG at …" | "Kernel panic - not syncing: …" | …     kernel.toml
    line     = cpu | device | stack | registers | pc | dump | known
    cpu      = "CPU: " n " PID: " pid " Comm: " name ( "Not tainted" | "Tainted: " flags ) version
    stack    = heading ( frame | marker | pc )*
    heading  = "Call Trace:" | "Allocated by task " n ":" | "Freed by task " n ":" | "write to 0x… of 8 bytes by …" | …
    pc       = ( "RIP: 0010:" | "EIP is at " | "PC is at " | "pc : " ) symbol                on x86 the innermost frame

Lines of other messages may stand between, eight in a row at most (24 where the kernel prints whole lists). A report
without its head is read from the heading of a stack. A panic is said to follow, so that it joins the oops it came of.
"""

from __future__ import annotations

from typing import Final

from triage.formats.traces import kernel_heads
from triage.formats.traces.kernel_frames import frame, registers
from triage.formats.traces.kernel_report import END, KNOWN, STOP, UNKNOWN, WEAK, Reader
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "kernel"
TITLE: Final = "Linux kernel report"
PLATFORM: Final = "kernel"
ANCHORS: Final = (
    "[ cut here ]",
    "BUG: ",
    "UBSAN: ",
    "nable to handle ",
    "Oops: ",
    "Oops[#",
    "[#1]",
    "[#2]",
    "Internal error: ",
    "Unhandled fault: ",
    "Unhandled prefetch abort: ",
    "general protection fault",
    "kernel BUG at ",
    "Kernel panic",
    "Unexpected kernel BRK",
    "Bad mode in ",
    "SError Interrupt on CPU",
    "PANIC: double fault",
    "WARNING: CPU: ",
    "WARNING: at ",
    "WARNING: possible ",
    "INFO: possible ",
    "WARNING: suspicious RCU usage",
    "INFO: suspicious R",
    "inconsistent lock state",
    "safe lock order detected",
    "WARNING: bad unlock balance",
    "WARNING: held lock freed",
    "WARNING: lock held when",
    ", CPU#",
    "detected hard LOCKUP on cpu",
    "INFO: rcu",
    "INFO: task ",
    "BUG kmalloc",
    "ainted): ",
    "unreferenced object 0x",
    "invoked oom-killer: ",
    "page allocation failure",
    "emory: Kill",
    # where the beginning is lost
    "Call Trace:",
    "Call trace:",
    "RIP: 0010:",
    "PC is at ",
)

_CUT: Final = "[ cut here ]"
_MESSAGE_LINES: Final = 8
_BACK: Final = 40
_AHEAD: Final = 64
_SURE_WITHIN: Final = 40
_PANIC_WITHIN: Final = 16
# In quoted mails, of `dmesg -T`, with the caller apart from the time, of MediaTek's kernels, of syslog without a host.
_BEFORE: Final = lazy(
    r"(?:>{1,6} {1,4}){0,4}(?:kernel: ?)?(?:<\d{1,3}>)?"
    r"(?:\[ {0,8}\d{1,9}\.\d{3,9}\]|\[[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{1,6})? \d{4}\])?"
    r"(?: {0,2}\[ {0,6}[TC] {0,6}\d{1,8}\])?(?: ?\(\d{1,2}\)\[\d{1,8}:[^\]]{1,24}\])? ?"
)
_BEGINS: Final = frozenset("[<>(k")
_RULE: Final = lazy(r"={20,}$")
_HINT: Final = lazy(
    r"(?:kasan: )?(?:CONFIG_KASAN_INLINE enabled|GPF could be caused by)|BUG: memory leak$|kernel tried to execute "
    r"|Kernel attempted to "
    r"|8<--- cut here ---"
)
_PROOF: Final = lazy(
    r"CPU: \d{1,5} |Hardware name: |[RE]IP: [0-9a-f]{4}:|(?:EIP|PC) is at |pc : |(?:Read|Write"
    r"|Free) of (?:size|addr) "
    r"|Modules linked in:|Pid: \d{1,9}, comm: |(?:read"
    r"|write)[\w () ,-]{0,40} to 0x[0-9a-f]{1,16} of |stack backtrace:|Linux Kernel Library"
    r'|Mem-Info:|INFO: (?:Slab|Object) 0x|comm "'
)


def read(window: Window) -> Report | None:
    """The report that a line begins, or the stack of one whose beginning is lost."""
    text = _text(window[0])
    if _CUT in text:
        return _cut(window) if text.startswith("---") else None
    head = kernel_heads.head(text)
    if head is None:
        return _headless(window, text)
    if not head.sure and not _sure(window, 1):
        return None
    first = 0
    while first > -4 and (line := window[first - 1]) is not None:
        line = _text(line)
        if not (_HINT.match(line) or _RULE.match(line) or (_CUT in line and line.startswith("---"))):
            break
        first -= 1
    return _report(window, Reader(head, lean=window.lean), first, 1)


def _cut(window: Window) -> Report | None:
    """A report behind its opening line; what stands between the two is the message of a warning."""
    message: list[str] = []
    for index in range(1, _MESSAGE_LINES + 2):
        line = window[index]
        if line is None:
            break
        head = kernel_heads.head(_text(line))
        if head is not None:
            sure = head.sure or _sure(window, index + 1)
            return _report(window, Reader(head, " ".join(message), lean=window.lean), 0, index + 1) if sure else None
        if _text(line):
            message.append(_text(line))
    return None


def _headless(window: Window, text: str) -> Report | None:
    """A stack above which no head is found; at least two frames stand below its heading."""
    told = kernel_heads.heading(text)
    if told is None and not text.startswith(("RIP: 0010:", "PC is at ")):
        return None
    ahead = [_text(window[index]) for index in range(1, 24 if told is None else 7)]
    if sum(frame(line) is not None and "+" in line for line in ahead) + ("+0x" in text) < 2:
        return None
    first = 0
    while first > -_BACK and (line := window[first - 1]) is not None and _belongs(_text(line)):
        first -= 1
    return _report(window, Reader(None, lean=window.lean), first, first)


def _belongs(line: str) -> bool:
    """Whether a line above a stack is of its report."""
    return bool(line) and (
        _PROOF.match(line) is not None
        or registers(line) is not None
        or kernel_heads.known(line)
        or frame(line) is not None
    )


def _sure(window: Window, at: int) -> bool:
    """Whether the kernel itself said the head: by the prefix of its log, or by what it prints next."""
    if "kernel" in window.anchor.stream:
        return True
    for index in range(at, at + _SURE_WITHIN):
        line = window[index]
        if line is None:
            return False
        text = _text(line)
        if _PROOF.match(text):
            return True
        found = frame(text)
        if found is not None and found.symbol_offset is not None:
            return True
        if (new := kernel_heads.head(text)) is not None:
            return new.die
    return False


def _report(window: Window, reader: Reader, first: int, at: int) -> Report:
    """Everything from the line behind the head on."""
    index = end = at
    unknown, most = 0, 24 if reader.head and reader.head.slow else 8
    while unknown <= most and index - end <= _AHEAD and (line := window[index]) is not None:
        if window.is_record(index) and "kernel" not in (window.line(index) or window.anchor).stream:
            break
        found = reader.feed(_text(line), index)
        if found == STOP:
            break
        index += 1
        if found in {KNOWN, END} or (found == WEAK and not unknown):
            end, unknown = index, 0
            if found == END:
                break
        elif found == UNKNOWN:
            unknown += 1
    below = (window[end + ahead] or "" for ahead in range(_PANIC_WITHIN))
    panics = any("Kernel panic" in line and _text(line).startswith("Kernel panic") for line in below)
    return reader.report(first, max(end, 1), panics=panics)


def _text(line: str | None) -> str:
    """A line without its indentation and what is left of the prefixes of the kernel's log."""
    text = (line or "").strip()
    found = _BEFORE.match(text) if text[:1] in _BEGINS and text[:2] != "[<" else None
    return text[found.end() :].lstrip() if found else text
