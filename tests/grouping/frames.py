"""Frames of a trace as places in its text, for mutations and for peers: written apart from the readers of triage.

Nothing of `triage` is imported here, so that a mistake in its parsers cannot hide itself. One regular expression per
family of tools says where function, file, line and module of a frame stand in a line; frames of one stack share a number.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

Span = tuple[int, int]

_SOURCE: Final = r"(?P<file>(?:[A-Za-z]:[\\/])?[^\s:()<>\[\],]*[\w)])"
_AT: Final = rf"{_SOURCE}:(?P<line>\d+)(?::(?P<col>\d+))?"
_BUILD: Final = r"(?:\s+\(BuildId: \w+\))?\s*$"
_HEX: Final = r"(?:0x)?[0-9a-fA-F`]+"

# family, pattern; the first that matches a line is its family. A name with `_2` needs the line after it.
_PATTERNS: Final = tuple(
    (family, re.compile(pattern))
    for family, pattern in (
        ("python", r'^(?P<pre>[\s|+-]*)File "(?P<file>[^"]+)", line (?P<line>\d+),? in (?P<fn>.+?)\s*$'),
        ("python", r'^(?P<pre>[\s|+-]*)File "(?P<file>[^"]+)", line (?P<line>\d+)$'),
        (
            "tombstone",
            r"^(?P<pre>.*?)#(?P<n>\d\d+) +pc [0-9a-f]+ +(?P<mod>\S+)(?: \(offset \S+\))?(?: \((?P<fn>.+)\+\d+\))?"
            + _BUILD,
        ),
        ("tombstone", r"^(?P<pre>.*?)#(?P<n>\d\d) +pc [0-9a-f]+ +(?P<mod>\S+)(?: \((?P<fn>.+)\))?" + _BUILD),
        ("php", r"^(?P<pre>\s*)#(?P<n>\d+) (?P<file>[^\s()]+\.\w+)\((?P<line>\d+)\): (?P<fn>[^\s(]+)"),
        ("php", r"^(?P<pre>\s*)#(?P<n>\d+) \[internal function\]: (?P<fn>[^\s(]+)"),
        (
            "dart",
            r"^(?P<pre>.*?)#(?P<n>\d+) {2,}(?P<fn>\S.*?) \((?P<file>(?:package|dart|file):[^()]*?)(?::(?P<line>\d+))?(?::(?P<col>\d+))?\)\s*$",
        ),
        ("coredump", r"^(?P<pre>\s*)#(?P<n>\d+) +0x[0-9a-f]+ (?P<fn>\S.*?) \((?P<mod>[^()]+?) \+ 0x[0-9a-f]+\)\s*$"),
        (
            "lldb",
            r"^(?P<pre>[\s*]*frame )#(?P<n>\d+): (?:0x[0-9a-f]+ )?(?P<mod>[^`\s]+)`(?P<fn>.+?)(?: \+ \d+)? at "
            + _AT
            + r"(?: \[.*)?\s*$",
        ),
        ("lldb", r"^(?P<pre>[\s*]*frame )#(?P<n>\d+): (?:0x[0-9a-f]+ )?(?P<mod>[^`\s]+)`(?P<fn>.+?)(?: \+ \d+)?\s*$"),
        (
            "sanitizer",
            r"^(?P<pre>.*?)#(?P<n>\d+) +0x[0-9a-f]+ +(?:in )?(?P<fn>\S.*?) "
            + _AT
            + r" \(?(?P<mod>[^\s()]+)\+0x[0-9a-f]+\)?"
            + _BUILD,
        ),
        (
            "sanitizer",
            r"^(?P<pre>.*?)#(?P<n>\d+) +0x[0-9a-f]+ +(?:in )?(?:(?P<fn>\S.*?) )?\((?P<mod>[^()\s]+)\+0x[0-9a-f]+\)"
            + _BUILD,
        ),
        ("gdb", r"^(?P<pre>)#(?P<n>\d+) +(?:0x[0-9a-f]+ in )?(?P<fn>\S.*?) \(.*\) at (?P<file>\S+):(?P<line>\d+)\s*$"),
        ("gdb", r"^(?P<pre>)#(?P<n>\d+) +(?:0x[0-9a-f]+ in )?(?P<fn>\S.*?) \(.*\)(?: from (?P<mod>\S+))?\s*$"),
        ("sanitizer", r"^(?P<pre>.*?)#(?P<n>\d+) +0x[0-9a-f]+ +(?:in )?(?P<fn>\S.*?) " + _AT + _BUILD),
        (
            "kernel",
            r"^(?P<pre>.*?)#(?P<n>\d+) \[<[0-9a-fx]+>\] (?P<fn>[\w.$]+)\+0x[0-9a-f]+/0x[0-9a-f]+(?: " + _AT + r")?\s*$",
        ),
        ("sanitizer", r"^(?P<pre>.*?)#(?P<n>\d+) +0x[0-9a-f]+ +(?:in )?(?P<fn>\S.*?)" + _BUILD),
        (
            "tsan",
            r"^(?P<pre>\s*)#(?P<n>\d+) (?P<fn>\S.*?)(?: " + _AT + r")? \((?P<mod>[^()\s]+)\+0x[0-9a-f]+\)" + _BUILD,
        ),
        (
            "stackwalk",
            r"^(?P<pre>\s*)(?P<n>\d+)  (?P<mod>[^\s!]+)!(?P<fn>.+?)(?: \[(?P<file>[^\]]+?) : (?P<line>\d+) \+ 0x[0-9a-f]+\])?(?: \+ 0x[0-9a-f]+)?\s*$",
        ),
        ("stackwalk", r"^(?P<pre>\s*)(?P<n>\d+)  (?P<mod>[\w.+-]+) \+ 0x[0-9a-f]+\s*$"),
        (
            "cdb",
            rf"^(?P<pre>(?:(?P<n>[0-9a-f]{{2,4}}) )?(?:{_HEX}|\(Inline\)|--------) +(?:{_HEX}|--------) +(?:[0-9a-f` ]+: |(?:[0-9a-f]{{8}} ){{1,3}})?)(?P<mod>[\w.]+)!(?P<fn>.+?)(?:\+(?:0x)?[0-9a-f]+)?(?: \[(?P<file>.+?) @ (?P<line>\d+)\])?\s*$",
        ),
        (
            "valgrind",
            r"^(?P<pre>==\d+== +(?:at|by) )0x[0-9A-F]+: (?P<fn>\S.*?) \((?:in (?P<mod>[^()]+)|(?P<file>[^():]+):(?P<line>\d+))\)\s*$",
        ),
        (
            "apple",
            r"^(?P<pre>)(?P<n>\d+) +(?P<mod>\S.*?) +\t? *0x[0-9a-f]{8,16} (?P<fn>\S.*?) \+ \d+(?: \((?P<file>[^():]+):(?P<line>\d+)\))?\s*$",
        ),
        (
            "swift",
            r"^(?P<pre>)(?P<n>\d+) +(?:\[\w+\] )?(?:0x[0-9a-f]+ )?(?P<fn>\S.*?)(?: \+ \d+)? in (?P<mod>\S+) at (?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?\s*$",
        ),
        ("swift", r"^(?P<pre>)(?P<n>\d+) +(?:\[\w+\] )?0x[0-9a-f]+ (?P<fn>\S.*?)(?: \+ \d+)? in (?P<mod>\S+)\s*$"),
        ("node native", r"^(?P<pre>\s*)(?P<n>\d+): 0x[0-9a-f]+ (?P<fn>\S.*?) \[(?P<mod>[^\]]+)\]\s*$"),
        (
            "hs_err",
            r"^(?P<pre>[# ]*[VCjJvA] +)\[(?P<mod>[^+\]]+)\+0x[0-9a-f]+\](?: +(?P<fn>\S.*?)(?:\+0x[0-9a-f]+)?)?\s*$",
        ),
        ("hs_err", r"^(?P<pre>[# ]*j +)(?P<fn>[\w.$/]+)\(\S*(?:\+\d+)?.*$"),
        ("hs_err", r"^(?P<pre>[# ]*J \d+%? ?(?:c[12])? )(?P<fn>[\w.$/]+)\(\S*.*$"),
        (
            "backtrace",
            r"^(?P<pre>\s*)(?P<mod>/?[\w./+-]+)\((?P<fn>[^+()]\S*?|\S.* \S*?|\S+?\(.*?\))\+0x[0-9a-f]+\) ?\[0x[0-9a-f]+\]\s*$",
        ),
        (
            "kernel",
            r"^(?P<pre>.*?(?:[>\]:] *|^ *)(?:\? )?)(?P<fn>[A-Za-z_][\w.$]*)\+0x[0-9a-f]+/0x[0-9a-f]+(?: \[(?P<mod>[\w ]+)\])?(?: "
            + _AT
            + r")?(?: \[inline\])?\s*$",
        ),
        ("kernel", r"^(?P<pre>.*\] *| +)(?P<fn>[a-z_]\w*) (?P<file>[\w/.-]+\.[chS]):(?P<line>\d+)(?: \[inline\])?\s*$"),
        (
            "java",
            r"^(?P<pre>.*?\bat )(?P<fn>[^\s()]+)\((?P<file>(?:[\w.@-]+/)?[\w$.<> -]+?)(?::(?P<line>\d+))?\)(?: ~?\[.*\])?\s*$",
        ),
        (
            "dotnet",
            r"^(?P<pre>\s*at )(?P<fn>[^()]*?[\w`>\]])\((?P<args>.*)\)(?: in (?P<file>.+?):line (?P<line>\d+))?\s*$",
        ),
        (
            "javascript",
            r"^(?P<pre>\s*at )(?P<fn>\S.*?) \((?P<file>[^()]*?(?:\([^()]*\)[^()]*?)?)(?::(?P<line>\d+))?(?::(?P<col>\d+))?\)(?:,? \{)?\s*$",
        ),
        ("javascript", r"^(?P<pre>\s*at )(?P<file>\S+?):(?P<line>\d+):(?P<col>\d+)(?:,? \{)?\s*$"),
        ("gecko", r"^(?P<pre>\s*)(?P<fn>[^\s@\[]*)@(?P<file>\S*?)(?::(?P<line>\d+))?(?::(?P<col>\d+))?\s*$"),
        ("ruby", r"^(?P<pre>\s*(?:\d+: )?(?:from )?)(?P<file>[^\s:]+):(?P<line>\d+):in [`'](?P<fn>[^']+)'"),
        ("perl", r"^(?P<pre>\s*)(?P<fn>[\w:]+)\(.*\) called at (?P<file>\S+) line (?P<line>\d+)"),
        (
            "lua",
            r"^(?P<pre>\s+)(?P<file>\[C\]|[^\s:]+)(?::(?P<line>\d+))?: in (?:(?:local|upvalue|function|method|field|global|metamethod|for iterator) )*'(?P<fn>[^']+)'",
        ),
        (
            "lua",
            r"^(?P<pre>\s+)(?P<file>\[C\]|[^\s:]+)(?::(?P<line>\d+))?: in (?:function <(?P<fn>)[^>]+>|main chunk|\?)",
        ),
        (
            "elixir",
            r"^(?P<pre>\s+(?:\((?P<mod>\w+) [^)]*\) )?)(?P<file>[\w./-]+\.[eh]?[exrl]+):(?P<line>\d+): (?P<fn>\S.*?)\s*$",
        ),
        (
            "erlang",
            r"^(?P<pre>\s*(?:in (?:function|call from) +))(?P<fn>[\w:'-]+/\d+)(?: \((?P<file>[^(),]+), line (?P<line>\d+)\))?",
        ),
        ("erlang", r'^(?P<pre>.*?\{)(?P<fn>\w+,[\w\'/-]+),.*?\{file,"(?P<file>[^"]+)"\},\s*\{line,(?P<line>\d+)\}'),
        ("haskell", r"^(?P<pre>\s+)(?P<fn>\S+), called at (?P<file>\S+?):(?P<line>\d+):(?P<col>\d+) in \S+"),
        ("haskell", r"^(?P<pre>\s+)(?P<fn>[\w.']+) \((?P<file>[\w./-]+\.hs):\(?(?P<line>\d+)[,:](?P<col>\d+).*\)\s*$"),
        ("r", r"^(?P<pre>\s*(?P<n>\d+): )(?P<fn>[\w.:]+)\(.*\)(?: at (?P<file>\S+)#(?P<line>\d+))\s*$"),
    )
)
_GO: Final = re.compile(
    r"^(?P<pre>\s*(?:created by )?)(?P<fn>[\w./\-*()%~·\[\]{}$,]+?)(?:\((?P<args>[^()]*(?:\(.*\)|\.\.\.)?[^()]*)\))?(?: in goroutine \d+)?\s*$"
)
_GO_2: Final = re.compile(r"^\s+(?P<file>\S+\.(?:go|s|c|S|h|y)):(?P<line>\d+)(?: \+0x[0-9a-f]+)?(?: .*)?\s*$")
_RUST: Final = re.compile(r"^(?P<pre>\s*)(?P<n>\d+): +(?:0x[0-9a-f]+ - )?(?P<fn>\S.*?)\s*$")
_RUST_2: Final = re.compile(r"^\s+at (?P<file>\S+?):(?P<line>\d+)(?::(?P<col>\d+))?\s*$")
_JULIA: Final = re.compile(
    r"^(?P<pre>\s*)\[(?P<n>\d+)\] (?P<fn>\S.*?)(?:\s+@ (?P<mod>\S+) (?P<file>\S+?):(?P<line>\d+))?\s*$"
)
_JULIA_2: Final = re.compile(r"^\s+@ (?P<mod>\S+) (?P<file>\S+?):(?P<line>\d+)\s*$")
_TWO: Final = {"go": _GO_2, "rust": _RUST_2, "julia": _JULIA_2}

# Frames of these say how a crash was reported, not where it is; so few that nobody disputes them.
_NOISE: Final = re.compile(
    r"""^(?:void\ )?(?:_*(?:asan|msan|tsan|ubsan|hwasan|lsan|interceptor|sanitizer)_|_*(?:GI_+)?(?:abort|raise|gsignal|kill|tgkill|assert\w*)\b
    |__pthread_kill|pthread_kill|__libc_|_start\b|start_thread|__clone|clone3?$|abort\b|raise\b|gsignal|tgkill|kill$|malloc|calloc|realloc|free$|cfree
    |operator\ (?:new|delete)|mem(?:cpy|move|set|cmp|chr)|str(?:len|cpy|cmp|chr|dup|cat|n\w+)|__aeabi_|__mem|__str|_?_?chk_fail|__fortify|__stack_chk
    |std::(?!sys_)|(?:std|core|alloc)\[|__?gnu_cxx|__cxxabi|__cxa|__rust|rust_|core::|alloc::|<*\&?(?:dyn\ )?(?:core|std|alloc)(?:::|\[)|<[^>]*\ as\ (?:core|std|alloc)|backtrace|panic
    |runtime\.|panic\(|(?:net|net/\w+|sync|sync/\w+|os|io|fmt|time|strings|bytes|sort|bufio|regexp|encoding/\w+|compress/\w+)\.(?!\w+\.\w+\.)|testing\.|reflect\.|syscall\.|fuzzer::|LLVMFuzzer|centipede::|fuzztest::|main(?:$|\()|wmain|WinMain|mainCRT|BaseThread|RtlUser|ntdll|Kernel
    |base::debug|logging::|WTFCrash|V8_Fatal|v8::base::|v8::internal::Isolate::PushStackTrace|<unknown>|<null>|google::Log|absl::|\(<unknown|_etext
    |objc_msgSend|_int_free|__GI___libc|malloc_printerr|munmap_chunk|head$|fromJust$|error$|check_noncircular|__?lock_acquire|lock_acquire|__mutex_lock|_ZN9__gnu_cxx|_Z\w?St|_ZNSt|print_report|page_fault_oops|process_one_work|worker_thread|Enum\.|:?gen_server|:?proc_lib|getindex\(|org\.(?:springframework|apache|hibernate|junit)\.|jakarta\.|com\.(?:zaxxer|facebook)\.|okhttp3\.|kotlinx\.|akka\.|render(?:WithHooks|Root)|beginWork|performUnitOfWork|mountIndeterminate|callCallback|updateFunctionComponent|ExitCallback|abort_message|demangling_|Die$|_?_?res_context|send_dg|__sendmmsg|wait4|do_system|testing::|java\.|javax\.|sun\.|jdk\.|kotlin\.|scala\.|clojure\.|System\.|Microsoft\.|android\.os\.|com\.android\.internal|dalvik\.
    |Module\.|Object\.<anon|Function\.execute|node:|new\ Promise|Promise\.|Array\.|process\.|<module>|<lambda>|\{main\}|\{closure\}|dart:|_rootRun
    |dump_(?:stack|backtrace)|show_(?:stack|regs)|print_address|kasan|__kasan|__asan|__tsan|check_memory_region|report_|die$|__die|do_trap|asm_|exc_
    |invalid_op|entry_SYSCALL|do_syscall|ret_from_fork|secondary_startup|start_kernel|panic$|BUG|__warn|warn_|kthread)""",
    re.VERBOSE,
)
_LIBRARY: Final = re.compile(
    r"^/rustc/|^(?:resolv|nss|posix|socket|nptl|stdlib|csu|sysdeps|signal)/|/sysdeps/|/csu/libc|/stdlib/abort|^node:|libsanitizer|compiler-rt|/usr/lib/|/usr/include|/include/c\+\+/|libc\+\+/|^dart:|/glibc-|linux-gnu/|/libsystem_|"
    r"^(?:/apex|/system)/|lib/(?:kasan|dump_stack)|/kasan/|go/src/(?:runtime|testing)|[\\/](?:KERNEL32|ntdll|kernelbase)|"
    r"(?i:(?:^| )(?:ntdll|kernel32|kernelbase|user32|ucrtbase|msvcrt|combase|AppKit|UIKit\w*|CoreFoundation|Foundation|libobjc|libdispatch|dyld|libswift\w+|Base)(?:\.[\w.]+)?$)|"
    r"^libraries/base|(?:site|dist)-packages/|node_modules/|^<frozen|/vendor/|/gems/|^package:flutter/|^\[C\]",
)
# The stack after such a line is the one that crashed.
_CRASHED: Final = re.compile(
    r"^Current thread 0x|^Thread \d+.*Crashed|\(crashed\)|\[running\]:|^Thread \d+.*crashed:|^\* thread #\d+.*stop reason|^STACK_TEXT:|^Native frames|^backtrace:|Call Trace:|^Thread 1 \(Thread|^\"main\" prio=\d+ tid=1 ",
)
_DUMP: Final = re.compile(r"^Full thread dump", re.MULTILINE)
_CHAIN: Final = re.compile(
    r"^(?:\s*Caused by: |\s*\[cause\]|Next |The above exception|During handling|\s*---> |.*\(\w+\)$|Caused by|--- End of inner|caused by|\+-)",
)


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame: its family, stack and lines, and where its parts stand, as places in the whole text."""

    family: str
    stack: int
    first: int
    last: int
    start: int
    end: int
    number: Span | None
    function: Span | None
    file: Span | None
    line: Span | None
    column: Span | None
    module: Span | None

    def part(self, text: str, name: str) -> str:
        """The text of `function`, `file`, `line`, `column`, `number` or `module`."""
        span = getattr(self, name)
        return text[span[0] : span[1]] if span else ""


def _spans(match: re.Match[str], offset: int, into: dict[str, Span]) -> None:
    for name in ("n", "fn", "file", "line", "col", "mod"):
        if name in match.re.groupindex and match.start(name) >= 0 and name not in into:
            into[name] = (match.start(name) + offset, match.end(name) + offset)


def _python_end(lines: list[str], at: int, indent: str) -> int:
    """The line after the source and the marks that follow the `File` line of Python."""
    end = at + 1
    while end < len(lines) and lines[end].startswith(indent + " ") and 'File "' not in lines[end]:
        end += 1
    return end


def _two_lines(lines: list[str], at: int, *, rust: bool) -> tuple[str, re.Match[str]] | None:
    """A frame whose place stands in the line after it."""
    after = lines[at + 1] if at + 1 < len(lines) else ""
    if _GO_2.match(after) and (match := _GO.match(lines[at])):
        return "go", match
    if (rust or _RUST_2.match(after)) and (match := _RUST.match(lines[at])):
        return "rust", match
    if (match := _JULIA.match(lines[at])) and (match["file"] or _JULIA_2.match(after)):
        return "julia", match
    return None


def _match(lines: list[str], at: int, *, rust: bool) -> tuple[str, re.Match[str]] | None:
    line = lines[at]
    if not line.strip() or len(line) > 4000:
        return None
    if found := _two_lines(lines, at, rust=rust):
        return found
    for family, pattern in _PATTERNS:
        if match := pattern.match(line):
            if family == "gecko" and not (match["line"] or match["file"] == "[native code]"):
                continue
            if family == "dotnet" and "(" not in line:
                continue
            return family, match
    return None


def frames(text: str) -> list[Frame]:
    """All frames of a text, in its order."""
    lines = text.split("\n")
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line) + 1)
    rust = "stack backtrace:" in text
    found: list[Frame] = []
    stack, before, at = 0, (-1, "", -1), 0
    while at < len(lines):
        hit = _match(lines, at, rust=rust)
        if hit is None:
            at += 1
            continue
        family, match = hit
        spans: dict[str, Span] = {}
        _spans(match, offsets[at], spans)
        end = at + 1
        if family == "python":
            end = _python_end(lines, at, match["pre"])
        elif family in _TWO and end < len(lines) and (second := _TWO[family].match(lines[end])):
            _spans(second, offsets[end], spans)
            end += 1
        number = -1
        if "n" in spans:
            number = int(text[slice(*spans["n"])], 16 if family == "cdb" else 10)
        last_line, last_family, last_number = before
        gap = lines[last_line:at] if last_line >= 0 else []
        unlike = family != last_family and {family, last_family} not in ({"sanitizer", "tsan"}, {"gdb", "sanitizer"})
        restart = (
            number >= 0 and number <= last_number and family != "r" and not (family == "rust" and number == last_number)
        )
        registers = family == "kernel" and re.search(r"(?:RIP|[Pp][Cc]) ?:", lines[last_line - 1]) and len(gap) < 40
        broken = (
            number < 0
            and not registers
            and any(
                line.strip()
                and not re.match(r"\s*\.\.\. |\s*\[Prev|\s*\| *$|\s+- (?:waiting|locked|parking|eliminated)", line)
                for line in gap
            )
        )
        if last_line >= 0 and (unlike or restart or broken or (number >= 0 and len(gap) > 40)):
            stack += 1
        place = [spans.get(name) for name in ("n", "fn", "file", "line", "col", "mod")]
        found.append(Frame(family, stack, at, end, offsets[at], offsets[end], *place))
        before, at = (end, family, number), end
    return found


def is_noise(frame: Frame, text: str) -> bool:
    """Whether a frame is of the reporting, of the standard library, or says nothing."""
    name = frame.part(text, "function")
    place = f"{frame.part(text, 'file')} {frame.part(text, 'module')}".strip()
    return (
        not name
        or name == "??"
        or re.search(r"\.so[.\d]*$", name) is not None
        or bool(_NOISE.match(name))
        or bool(_LIBRARY.search(place))
    )


def stacks(text: str) -> list[list[Frame]]:
    """The frames of each stack, innermost first."""
    groups: dict[int, list[Frame]] = {}
    for frame in frames(text):
        groups.setdefault(frame.stack, []).append(frame)
    found = []
    lines = text.split("\n")
    for group in groups.values():
        newest_last = group[0].family == "python" and "recent call first" not in "\n".join(
            lines[max(0, group[0].first - 3) : group[0].first]
        )
        found.append(group[::-1] if newest_last else group)
    return found


def _repeats(one: list[Frame], stack: list[Frame], text: str) -> bool:
    """Whether a frame alone is but the headline of the stack after it, as gdb prints where it stopped."""
    return len(one) == 1 < len(stack) and one[0].part(text, "function") == stack[0].part(text, "function")


def crash_stacks(text: str) -> list[list[Frame]]:
    """The stacks that say what crashed: the marked or the first one, every link of a chain, all of a thread dump."""
    found = stacks(text)
    if _DUMP.search(text) or not found:
        return found
    lines = text.split("\n")
    before = 0
    chosen: list[list[Frame]] = []
    before_stack: list[Frame] = []
    marked = False
    for stack in found:
        first = min(frame.first for frame in stack)
        between = lines[before:first]
        if chosen == [before_stack] and _repeats(before_stack, stack, text):
            chosen = []
        if not marked and any(_CRASHED.search(line) for line in between[-6:]):
            marked, chosen = True, [stack]
        elif not chosen or (
            stack[0].family == chosen[-1][0].family and any(_CHAIN.match(line.lstrip("| ")) for line in between)
        ):
            chosen.append(stack)
        before_stack = stack
        before = max(frame.last for frame in stack)
    return chosen
