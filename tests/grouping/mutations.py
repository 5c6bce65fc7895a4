"""Mutations of the text of a trace: what may not change its key, and what must.

Each is a function of a text and a seed, which gives the new text, or None where there was nothing to change. The places of frames are
those of `tests.grouping.frames`; nothing of triage is used. What counts as a frame that counts: one that is not of the
reporting, of a runtime or of a standard library by the short list there.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Callable, Iterable
from typing import Final

from tests.grouping.frames import Frame, crash_stacks, frames, is_noise, stacks

Mutation = Callable[[str, int], str | None]

COUNTED: Final = 3
_EXTENSIONS: Final = (
    r"(?:cc|cpp|cxx|c|hpp|hxx|hh|h|inc|mm|m|rs|go|py|pyx|java|kts?|scala|clj|groovy|[cm]?jsx?|tsx?|vue|svelte|rb|erb|php|pl|pm|lua|swift|cs|fs|vb|dart|exs?|erl|"
    r"hs|jl|R|tcc|S|s|bundle)"
)


def _number(*parts: object) -> int:
    return int.from_bytes(hashlib.blake2b("|".join(map(str, parts)).encode(), digest_size=6).digest(), "big")


def _changed(text: str, new: str) -> str | None:
    return None if new == text else new


def _cut(text: str, pieces: Iterable[tuple[int, int, str]]) -> str:
    """The text with some places (start, end, replacement) rewritten; overlapping ones are left out."""
    out, at = [], 0
    for start, end, new in sorted(set(pieces)):
        if start >= at:
            out += [text[at:start], new]
            at = end
    return "".join(out) + text[at:]


# -- addresses ----------------------------------------------------------------------------------------------------

_STATUS: Final = re.compile(
    r"(?i)^(?:0*(?:c0|80|40|e0|c1|d0)[0-9a-f]{6}|0*[f]{8,16}|[f]{8,15}[0-9a-f]{1,4}|([a-f0-9]{2})\1{3,7})$"
)
_POINTER: Final = re.compile(
    r"(?<![\w+.\-])0x(?P<a>[0-9a-fA-F]{5,16})(?![\w`.])"
    r"|\b(?P<b>[0-9a-f]{8})`(?P<c>[0-9a-f]{8})\b"
    r"|(?<=\[<)(?P<d>[0-9a-f]{8,16})(?=>\])"
    r"|\b(?:[re]?[abcd]x|[re]?[sd]i|[re]?[sb]p|[re]?ip|r\d\d?|x\d\d?|sp|lr|pc|fp|RIP|RSP|R[A-Z\d]{2}|fault addr) ?[=: ] ?(?P<e>[0-9a-f]{8}|[0-9a-f]{16})\b(?!\s+/)"
    r"|^(?P<f>[0-9a-f]{8}|[0-9a-f]{16})(?=[ -][0-9a-f]{8,16}\b)"
    r"|(?<=[\w$;\]]@)(?P<g>[0-9a-f]{5,8})\b",
    re.MULTILINE,
)


def _slide(digits: str, seed: int) -> str:
    value = int(digits, 16)
    if value < 0x10000 or _STATUS.match(digits) or len(set(digits)) < 3:
        return digits
    by = (_number(seed, value >> 32) % 0x7FF0 + 1) << 12
    slid = value + by
    # Not into the hole between the halves of 64 bits.
    if (value < 1 << 47 <= slid) or len(f"{slid:x}") > len(digits) or (slid >> 63) != (value >> 63):
        slid = value - by if value > by + 0x10000 else value
    new = f"{slid:0{len(digits)}x}"
    return new.upper() if digits.upper() == digits and not digits.isdigit() else new


def addresses(text: str, seed: int) -> str | None:
    """Other addresses, consistently: pointers of frames, registers, maps and arguments; offsets in modules and codes stay."""

    def one(match: re.Match[str]) -> str:
        whole = match.group()
        if match["b"]:
            slid = _slide(match["b"] + match["c"], seed)
            return f"{slid[:8]}`{slid[8:]}"
        digits = next(value for name, value in match.groupdict().items() if value and name != "c")
        if match["g"]:
            return f"{_number(seed, digits) % 16 ** len(digits):0{len(digits)}x}"
        return whole[: len(whole) - len(digits)] + _slide(digits, seed)

    return _changed(text, _POINTER.sub(one, text))


# -- processes and threads ----------------------------------------------------------------------------------------

_PID: Final = re.compile(
    r"^(?P<p1>==)(?P<v1>\d+)(?===)"
    r"|^(?P<p2>\[)(?P<v2>\d+(?::\d+)?)(?=:[\d/]+[.:\d]*:|:0x)"
    r"|(?P<p3>\b(?:[pP]id|PID|tid|TID|nid|LWP|ppid|sysTid|os_id)(?:: ?|=| ))(?P<v3>0x[0-9a-f]{1,6}\b|\d+)"
    r"|(?P<p4>\b[tT]hread T|(?<= )T(?=\d+\)))(?P<v4>[1-9]\d*)"
    r"|(?P<p5>\bgoroutine )(?P<v5>\d{2,})"
    r"|(?P<p6>thread '[^'\n]*' \()(?P<v6>\d+)(?=\) panicked)"
    r"|^(?P<p7>\()(?P<v7>[0-9a-f]+\.[0-9a-f]+)(?=\): )"
    r"|(?P<p8>^Process: .* \[|\bprocess |<0\.|^\d\d-\d\d \d\d:\d\d:\d\d\.\d\d\d +)(?P<v8>\d+)",
    re.MULTILINE,
)


def pids(text: str, seed: int) -> str | None:
    """Other process, thread, goroutine and light-weight process numbers, each the same wherever it stands."""
    long: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        at = int((match.lastgroup or "v1")[1:])
        prefix, value = match[f"p{at}"], match[f"v{at}"]
        if at == 7:
            return prefix + ".".join(f"{_number(seed, part) % 0xFFFF:x}" for part in value.split("."))
        if value.startswith("0x"):
            return f"{prefix}0x{int(value, 16) + 1 + seed % 99:x}"
        new = ":".join(str(int(part) + 1 + seed % 97) for part in value.split(":"))
        if value.isdigit() and len(value) >= 4:
            long[value] = new
            return match.group()
        return prefix + new

    changed = _PID.sub(one, text)
    if long:
        # Not the part of an address, a path or a place in a source.
        numbers = re.compile(
            rf"(?<![\w:/+-])(?:{'|'.join(sorted(long))})(?![\w/])|(?<=[:/])(?:{'|'.join(sorted(long))})(?=:\d{{4}}/|$)",
            re.MULTILINE,
        )
        changed = numbers.sub(lambda match: long[match.group()], changed)
    return _changed(text, changed)


# -- lines --------------------------------------------------------------------------------------------------------

_PLACE: Final = re.compile(
    rf"(?P<file>[\w.+$@~-]+\.{_EXTENSIONS})(?P<q>\"?(?::|\(|#| : | @ |, line | line |:line |\) : |\(|:\())(?P<line>\d+)(?P<c>[:,](?P<col>\d+))?"
)
_OFFSET: Final = re.compile(
    r"(?P<p>[\w)>\]$] ?\+ ?)0x(?P<a>[0-9a-f]+)/0x(?P<b>[0-9a-f]+)|(?P<g>\.(?:go|s):\d+ \+0x)(?P<c>[0-9a-f]+)|(?P<w>![\w:<>~`' ,]+\+(?:0x)?)(?P<d>[0-9a-f]+)\b"
)


def lines(text: str, seed: int) -> str | None:
    """Other source lines and columns, each file moved by its own distance, and other offsets inside functions."""

    def moved(file: str) -> int:
        return 1 + _number(seed, file) % 43

    def one(match: re.Match[str]) -> str:
        column = match["c"]
        column = f"{column[0]}{int(match['col']) + 1 + moved(match['file']) % 5}" if column else ""
        return f"{match['file']}{match['q']}{int(match['line']) + moved(match['file'])}{column}"

    def offset(match: re.Match[str]) -> str:
        by = 4 + _number(seed, match.group()) % 24
        if match["a"]:
            return f"{match['p']}0x{int(match['a'], 16) + by:x}/0x{int(match['b'], 16) + 64:x}"
        prefix, digits = (match["g"], match["c"]) if match["g"] else (match["w"], match["d"])
        return f"{prefix}{int(digits, 16) + by:x}"

    return _changed(text, _OFFSET.sub(offset, _PLACE.sub(one, text)))


# -- checkout -----------------------------------------------------------------------------------------------------

_SYSTEM: Final = r"usr|lib|lib32|lib64|bin|sbin|etc|proc|sys|dev|rustc|System|Library|Applications|apex|system|vendor|bionic|bin|nix|opt/google|buildbot"
_POSIX: Final = re.compile(
    rf"(?P<p>(?<![\w./\\:*-])(?:file://)?|\bfile://)/(?!(?:{_SYSTEM})/)(?P<root>[\w.+@-]+)/(?=[\w.+@~=-]+[/.\w])"
)
_WINDOWS: Final = re.compile(
    r"\b(?P<drive>[A-Za-z]):(?P<s>[\\/])(?!(?i:windows|program files|users)[\\/])(?P<root>[\w. -]+)[\\/](?=[\w.-]+)"
)
_BUILD_ID: Final = re.compile(
    r"(?P<p>\bBuild ?I[dD](?:: |=|:)|/rustc/|BuildID\[sha1\]=|/build/e?glibc-)(?P<id>[0-9a-f]{8,40}|(?<=glibc-)\w{6})\b"
)


def checkout(text: str, seed: int) -> str | None:
    """Sources and binaries in another folder, another drive; other build ids."""
    place = f"builds/w{_number(seed) % 9000 + 1000}/src"

    def fresh(match: re.Match[str]) -> str:
        digits = hashlib.blake2b(f"{seed}{match['id']}".encode(), digest_size=20).hexdigest()
        return match["p"] + digits[: len(match["id"])]

    new = _POSIX.sub(lambda match: f"{match['p']}/{place}/", text)
    new = _WINDOWS.sub(lambda match: f"D:{match['s']}{place.replace('/', match['s'])}{match['s']}", new)
    return _changed(text, _BUILD_ID.sub(fresh, new))


# -- names that compilers make ------------------------------------------------------------------------------------

# What stands before, the digits or letters that another build chooses otherwise, what stands after.
_MADE: Final = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<p>\$_)(?P<n>\d+)\b",
        r"(?P<p>\{lambda\([^{}]*\)#)(?P<n>\d+)(?=\})",
        r"(?P<p>'lambda)(?P<n>\d*)(?=')",
        r"(?P<p><lambda_)(?P<h>[0-9a-f]{16,32})(?=>)",
        r"(?P<p>\blambda_)(?P<n>\d+)\b",
        r"(?P<p>\.(?:isra|part|constprop|cold|lto_priv)\.)(?P<n>\d+)\b",
        r"(?P<p>\.llvm\.)(?P<d>\d{6,})",
        r"(?P<p>\{\{closure\}\}#)(?P<n>\d+)",
        r"(?P<p>\{(?:closure|impl|shim)(?:_env)?#)(?P<n>\d+)(?=\})",
        r"(?P<p>::h)(?P<h>[0-9a-f]{12,16})\b",
        r"(?P<p>\b[a-z_]\w*\[)(?P<h>[0-9a-f]{14,16})(?=\])",
        r"(?P<p>\?A0x)(?P<h>[0-9a-f]{8})\b",
        r"(?P<p>\$\$Lambda\$)(?P<n>\d+)\b",
        r"(?P<p>\$\$Lambda(?:\$\d+)?/(?:0x)?)(?P<h>[0-9a-f]{7,16})\b",
        r"(?P<p>\blambda\$[\w$]+?\$)(?P<n>\d+)\b",
        r"(?P<p>\$\$(?:EnhancerBy|FastClassBy)\w+\$\$)(?P<h>[0-9a-f]{6,8})\b",
        r"(?P<p>\bGenerated(?:Method|Constructor)Accessor)(?P<n>\d+)\b",
        r"(?P<p>\$Proxy)(?P<n>\d+)\b",
        r"(?P<p>\baccess\$)(?P<n>\d+)\b",
        r"(?P<p>\$anonfun\$(?:[\w]+\$)?)(?P<n>\d+)\b",
        r"(?P<p>\b(?:[\w$]+\$)?fn__)(?P<n>\d+)\b",
        r"(?P<p>\beval)(?P<n>\d{2,})\b",
        r"(?P<p>\$_closure)(?P<n>\d+)\b",
        r"(?P<p>(?<=\w)\$)(?P<n>\d+)(?=[.$(:]|\s|$)",
        r"(?P<p>/[\w~-]+[.-])(?P<h>[0-9a-f]{8,20})(?=(?:\.(?:chunk|bundle|min))?\.[cm]?js\b)",
        r"(?P<p>/(?:index|main|vendor|chunk|app|assets/\w+)[-.])(?P<b>(?=[\w-]*\d)[A-Za-z0-9_]{8})(?=\.[cm]?js\b)",
        r"(?P<p>\.[cm]?js\?(?:v=|t=|_=|h=)?)(?P<h>[0-9a-f]{4,32})(?=[:)&\s]|$)",
        r"(?P<p>>[bg]__(?:\w+\|)?)(?P<n>\d+)(?=_\d+)",
        r"(?P<p><>c__DisplayClass)(?P<n>\d+)(?=_\d+)",
        r"(?P<p>>d__)(?P<n>\d+)\b",
        r"(?P<p>\bclosure #)(?P<n>\d+)(?= )",
        r"(?P<p>\.func)(?P<n>\d+)(?=[.(\s]|$)",
        r"(?P<p>\.func\d+\.)(?P<n>\d+)(?=[.(\s]|$)",
        r"(?P<p>\.gowrap)(?P<n>\d+)\b",
        r"(?P<p>_cgoexpwrap_)(?P<h>[0-9a-f]{12})(?=_)",
        r"(?P<p>class@anonymous\S*?[:$])(?P<n>\d+)\b",
        r"(?P<p>_erb___)(?P<d>\d+)(?=_\d+)",
        r"(?P<p>_erb___\d+_)(?P<d>\d+)\b",
        r"(?P<p>-fun-)(?P<n>\d+)(?=-)",
        r"(?P<p>\bsat_s)(?P<b>\w{3,4})\b",
        r"(?P<p>\bvar\"#)(?P<n>\d+)(?=#)",
        r"(?P<p>(?:\bvar\"#\d+|[\s(]#\w*)#)(?P<n>\d+)(?=[\"#(\s])",
        r"(?P<p><ipython-input-)(?P<n>\d+)(?=-)",
        r"(?P<p>/ipykernel_)(?P<n>\d+)(?=/)",
        r"(?P<p>/ipykernel_\d+/)(?P<d>\d+)(?=\.py)",
    )
)
_NAMESPACES: Final = ("(anonymous namespace)", "{anonymous}", "`anonymous namespace'", "`anonymous-namespace'")
_NAMESPACE: Final = re.compile(r"\(anonymous namespace\)|\{anonymous\}|`anonymous[ -]namespace'")
_ALPHABET: Final = "abcdefghkmnpqrstuvwxyzABCDEFGHKMNPQRSTUVWXYZ23456789"


def _made(match: re.Match[str], seed: int) -> str:
    """Another number or hash of the same form, the same for the same text."""
    (kind,) = (name for name in match.groupdict() if name != "p" and match[name] is not None)
    old = match[kind]
    if kind == "n":
        return f"{match['p']}{int(old or 0) + 1 + seed % 7}"
    if kind == "d":
        return match["p"] + str(_number(seed, old) * 7919 + 10 ** (len(old) - 1))[: len(old)]
    if kind == "h":
        return match["p"] + hashlib.blake2b(f"{seed}{old}".encode(), digest_size=16).hexdigest()[: len(old)]
    chosen = random.Random(_number(seed, old))
    return match["p"] + "".join(chosen.choice(_ALPHABET) for _ in old[:-1]) + "7"


def generated(text: str, seed: int) -> str | None:
    """Other names where a compiler or bundler chose them: lambdas, closures, clones, hashes, anonymous namespaces."""
    new = text
    for pattern in _MADE:
        new = pattern.sub(lambda match: _made(match, seed), new)
    found = _NAMESPACE.search(new)
    if found:
        spelling = _NAMESPACES[(_NAMESPACES.index(found.group().replace("-", " ")) + 1 + seed % 2) % 3]
        new = _NAMESPACE.sub(lambda _: spelling, new)
    return _changed(text, new)


_CLONES: Final = (
    ".isra.0",
    ".constprop.0",
    ".part.0",
    ".cold",
    ".llvm.9482031457720211",
    " [clone .cold]",
    " [clone .isra.0]",
)
_CLONED: Final = {"sanitizer", "gdb", "tsan", "kernel", "coredump", "backtrace"}


def clones(text: str, seed: int) -> str | None:
    """Clone suffixes where the other build had none: on the first frames that count, as the tool of that trace writes them."""
    pieces = []
    for stack in crash_stacks(text)[:1]:
        counted = [frame for frame in stack if not is_noise(frame, text)][:COUNTED]
        for at, frame in enumerate(counted):
            name = frame.part(text, "function")
            if (
                frame.family not in _CLONED
                or not frame.function
                or re.search(r"\.(?:isra|part|cold|constprop|llvm)", name)
            ):
                continue
            plain = re.fullmatch(r"[A-Za-z_]\w*", name)
            # Kernel and gdb names are one word, demangled ones have the clone in brackets behind.
            choices = _CLONES[:5] if plain else _CLONES[5:]
            if frame.family in {"kernel", "gdb"} and not plain:
                continue
            pieces.append((frame.function[1], frame.function[1], choices[(seed + at) % len(choices)]))
    return _changed(text, _cut(text, pieces))


# -- frames -------------------------------------------------------------------------------------------------------


def _without(text: str, gone: list[Frame], stack: list[Frame]) -> str:
    """The text without some frames of a stack, those after them numbered anew."""
    places = {(frame.start, frame.end) for frame in gone}
    pieces = [(start, end, "") for start, end in places]
    left = [frame for frame in sorted(stack, key=lambda frame: frame.start) if (frame.start, frame.end) not in places]
    numbers = [frame.number for frame in stack if frame.number]
    # R counts down.
    if numbers and len(numbers) == len(stack) and stack[0].family != "r":
        base = 16 if stack[0].family == "cdb" else 10
        first = int(text[slice(*min(numbers))], base)
        for at, frame in enumerate(left):
            start, end = frame.number or (0, 0)
            old = text[start:end]
            number = f"{first + at:x}" if base == 16 else str(first + at)
            number = number.zfill(len(old)) if old.startswith("0") else number
            # Columns stay aligned.
            pieces.append(
                (start, end, number + " " * (len(old) - len(number)) if text[end : end + 1] == " " else number)
            )
    return _cut(text, pieces)


def _counted(stack: list[Frame], text: str) -> list[int]:
    return [at for at, frame in enumerate(stack) if not is_noise(frame, text)]


def inline_deep(text: str, seed: int) -> str | None:
    """One frame gone, anywhere beyond the first three that count, as an inliner makes it."""
    new = text
    # From the last stack on, so that the places of those before stay right.
    for stack in sorted(crash_stacks(text), key=lambda stack: -stack[0].start):
        counted = _counted(stack, text)
        if len(counted) <= COUNTED:
            continue
        deep = range(counted[COUNTED - 1] + 1, len(stack))
        frame = stack[deep[_number(seed, len(stack)) % len(deep)]]
        new = _without(new, [frame], stack)
    return _changed(text, new)


def inline_second(text: str, seed: int) -> str | None:
    """The frame below the first that counts gone: told for interest, since keys of three frames must change."""
    for stack in crash_stacks(text)[:1]:
        counted = _counted(stack, text)
        if len(counted) > COUNTED:
            return _changed(text, _without(text, [stack[counted[1]]], stack))
    return None


def inline_any(text: str, seed: int) -> str | None:
    """One frame gone, anywhere beyond the second below the first that counts, whether it counts or not."""
    for stack in crash_stacks(text)[:1]:
        counted = _counted(stack, text)
        deep = range(counted[0] + COUNTED, len(stack)) if counted else range(0)
        if deep:
            return _changed(text, _without(text, [stack[deep[_number(seed, len(stack)) % len(deep)]]], stack))
    return None


def _tail(text: str, *, strict: bool) -> str | None:
    new = text
    for stack in sorted(stacks(text), key=lambda stack: -stack[0].start):
        counted = _counted(stack, text)
        keep = -(-len(stack) * 6 // 10)
        if not strict and len(counted) > sum(at < keep for at in counted) < COUNTED:
            keep = max(keep, counted[min(COUNTED, len(counted)) - 1] + 1)
        if keep < len(stack):
            new = _without(new, stack[keep:], stack)
    return _changed(text, new)


def tail(text: str, seed: int) -> str | None:
    """The deepest 40 % of every stack missing, so far as three frames that count are left (all, where there are fewer)."""
    return _tail(text, strict=False)


def tail_strict(text: str, seed: int) -> str | None:
    """The deepest 40 % of every stack missing, whatever is left."""
    return _tail(text, strict=True)


def _all(text: str, seed: int, *, last: Mutation) -> str | None:
    new = text
    for mutation in (inline_deep, last, generated, lines, checkout, addresses, pids):
        new = mutation(new, seed) or new
    return _changed(text, new)


def rebuild(text: str, seed: int) -> str | None:
    """All at once: another build on another machine, with less of the stack."""
    return _all(text, seed, last=tail)


def rebuild_strict(text: str, seed: int) -> str | None:
    """All at once, with the tail cut whatever is left."""
    return _all(text, seed, last=tail_strict)


# -- another bug --------------------------------------------------------------------------------------------------

_SYLLABLES: Final = ("bra", "ken", "dol", "mir", "tas", "vel", "gor", "pil", "nur", "zam")


def leaf(name: str) -> tuple[int, int]:
    """Where the last word of a qualified name stands, before its arguments and the arguments of its template."""
    depth, end, last = 0, len(name), (0, 0)
    for match in re.finditer(r"\(anonymous namespace\)|operator\(\)|\$u7b|[<({\[]|[>)}\]]|[A-Za-z_$~][\w$~?!]*", name):
        token = match.group()
        if token in {"(anonymous namespace)", "$u7b"}:
            continue
        if token in "<({[":
            if token == "(" and depth == 0 and last[1] and name[match.end() : match.end() + 1] != "*":
                end = match.start()
                break
            depth += 1
        elif token in ">)}]":
            depth = max(0, depth - 1)
        elif depth == 0 and token not in {
            "const",
            "in",
            "at",
            "closure",
            "fun",
            "fn",
            "anonymous",
            "block",
            "rescue",
            "ensure",
            "as",
            "of",
            "async",
            "new",
        }:
            last = (match.start(), match.end())
    return last if last[1] <= end else (0, 0)


def another(word: str, seed: int) -> str:
    """Another word of the same form: camel case, underscores and a leading mark kept."""
    chosen = random.Random(_number(seed, word))
    fresh = "".join(chosen.choice(_SYLLABLES) for _ in range(3))
    head = re.match(r"[_~$]*", word)
    prefix = head.group() if head else ""
    rest = word[len(prefix) :]
    if rest.isupper() and len(rest) > 1:
        return prefix + fresh.upper()
    return prefix + (fresh[0].upper() + fresh[1:] if rest[:1].isupper() else fresh)


def _in_state(name: str, state: list[str]) -> bool:
    """Whether a function is a line of a state, which names it without folders, arguments or return type and cut at 80."""
    plain = re.sub(r"\(anonymous namespace\)::", "", name)
    plain = plain[: (re.search(r"\((?!\*)", plain) or re.search("$", plain)).start()].strip()  # type: ignore[union-attr]
    return any(
        plain == line or plain.endswith((f"::{line}", f"/{line}", f" {line}")) or (len(line) > 70 and line[:70] in name)
        for line in state
    )


def first_meaningful(stack: list[Frame], text: str, state: list[str]) -> Frame | None:
    """The first frame that counts, of the first three one that the report's own project names in its state."""
    counted = [frame for frame in stack if not is_noise(frame, text)]
    named = [frame for frame in counted[:COUNTED] if state and _in_state(frame.part(text, "function"), state)]
    for frame in (*named, *counted):
        start, end = leaf(frame.part(text, "function"))
        if end > start:
            return frame
    return None


def replaced(text: str, seed: int, state: Iterable[str] = ()) -> str | None:
    """The first meaningful function is another one, wherever it is named; in a chain, that of each exception."""
    new = text
    words = []
    for stack in crash_stacks(text):
        frame = first_meaningful(stack, text, list(state))
        if frame is None:
            continue
        name = frame.part(text, "function")
        start, end = leaf(name)
        word = name[start:end]
        if len(word) >= 1 and word not in words:
            words.append(word)
    for word in words:
        pattern = rf"(?<![\w$]){re.escape(word)}(?![\w$])"
        fresh = another(word, seed)
        # Within names of frames, and where the headline or summary names the function.
        places = [frame.function for frame in frames(new) if frame.function]
        pieces = [
            (start + match.start(), start + match.end(), fresh)
            for start, end in places
            for match in re.finditer(pattern, new[start:end])
        ]
        pieces += [
            (m.start(1), m.end(1), fresh)
            for m in re.finditer(rf"^SUMMARY: .*\b({re.escape(word)})\b", new, re.MULTILINE)
        ]
        new = _cut(new, pieces)
    return _changed(text, new)


STAY: Final[dict[str, Mutation]] = {
    "addresses": addresses,
    "pids": pids,
    "lines": lines,
    "checkout": checkout,
    "generated": generated,
    "clones": clones,
    "inline deep": inline_deep,
    "tail": tail,
    "rebuild": rebuild,
}
TOLD: Final[dict[str, Mutation]] = {
    "inline second": inline_second,
    "inline any": inline_any,
    "tail strict": tail_strict,
    "rebuild strict": rebuild_strict,
}
SPLIT: Final[dict[str, Mutation]] = {"replaced": replaced}
