"""What another build on another machine changes in the text of a trace: addresses, numbers, lines, folders, made names.

Each is a function of a text and a seed, which gives the new text, or None where there was nothing to change.
The regular expressions stand in `builds.toml`.
"""

from __future__ import annotations

import hashlib
import random
import re
import tomllib
from pathlib import Path
from typing import Final

from tests.grouping.editing import changed, cut, number
from tests.grouping.frames import COUNTED, crash_stacks, is_noise

_DATA: Final = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

# -- addresses ----------------------------------------------------------------------------------------------------

_STATUS: Final = re.compile(
    r"(?i)^(?:0*(?:c0|80|40|e0|c1|d0)[0-9a-f]{6}|0*[f]{8,16}|[f]{8,15}[0-9a-f]{1,4}|([a-f0-9]{2})\1{3,7})$"
)
_POINTER: Final = re.compile("|".join(_DATA["pointer"]), re.MULTILINE)


def _slide(digits: str, seed: int) -> str:
    value = int(digits, 16)
    if value < 0x10000 or _STATUS.match(digits) or len(set(digits)) < 3:
        return digits
    by = (number(seed, value >> 32) % 0x7FF0 + 1) << 12
    slid = value + by
    # Not into the hole between the halves of 64 bits.
    if (value < 1 << 47 <= slid) or len(f"{slid:x}") > len(digits) or (slid >> 63) != (value >> 63):
        slid = value - by if value > by + 0x10000 else value
    new = f"{slid:0{len(digits)}x}"
    return new.upper() if digits.upper() == digits and not digits.isdigit() else new


def addresses(text: str, seed: int) -> str | None:
    """Other addresses in frames, registers, maps and arguments, consistently; offsets in modules and codes stay."""

    def one(match: re.Match[str]) -> str:
        whole = match.group()
        if match["b"]:
            slid = _slide(match["b"] + match["c"], seed)
            return f"{slid[:8]}`{slid[8:]}"
        digits = next(value for name, value in match.groupdict().items() if value and name != "c")
        if match["g"]:
            return f"{number(seed, digits) % 16 ** len(digits):0{len(digits)}x}"
        return whole[: len(whole) - len(digits)] + _slide(digits, seed)

    return changed(text, _POINTER.sub(one, text))


# -- processes and threads ----------------------------------------------------------------------------------------

_PID: Final = re.compile("|".join(_DATA["pid"]), re.MULTILINE)


def pids(text: str, seed: int) -> str | None:
    """Other process, thread, goroutine and light-weight process numbers, each the same wherever it stands."""
    long: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        at = int((match.lastgroup or "v1")[1:])
        prefix, value = match[f"p{at}"], match[f"v{at}"]
        if at == 7:
            return prefix + ".".join(f"{number(seed, part) % 0xFFFF:x}" for part in value.split("."))
        if value.startswith("0x"):
            return f"{prefix}0x{int(value, 16) + 1 + seed % 99:x}"
        new = ":".join(str(int(part) + 1 + seed % 97) for part in value.split(":"))
        if value.isdigit() and len(value) >= 4:
            long[value] = new
            return match.group()
        return prefix + new

    moved = _PID.sub(one, text)
    if long:
        # Not the part of an address, a path or a place in a source.
        numbers = re.compile(
            rf"(?<![\w:/+-])(?:{'|'.join(sorted(long))})(?![\w/])|(?<=[:/])(?:{'|'.join(sorted(long))})(?=:\d{{4}}/|$)",
            re.MULTILINE,
        )
        moved = numbers.sub(lambda match: long[match.group()], moved)
    return changed(text, moved)


# -- lines --------------------------------------------------------------------------------------------------------

_PLACE: Final = re.compile(_DATA["place"].replace("@EXTENSIONS", _DATA["extensions"]))
_OFFSET: Final = re.compile(_DATA["offset"])


def lines(text: str, seed: int) -> str | None:
    """Other source lines and columns, each file moved by its own distance, and other offsets inside functions."""

    def moved(file: str) -> int:
        return 1 + number(seed, file) % 43

    def one(match: re.Match[str]) -> str:
        column = match["c"]
        column = f"{column[0]}{int(match['col']) + 1 + moved(match['file']) % 5}" if column else ""
        return f"{match['file']}{match['q']}{int(match['line']) + moved(match['file'])}{column}"

    def offset(match: re.Match[str]) -> str:
        by = 4 + number(seed, match.group()) % 24
        if match["a"]:
            return f"{match['p']}0x{int(match['a'], 16) + by:x}/0x{int(match['b'], 16) + 64:x}"
        prefix, digits = (match["g"], match["c"]) if match["g"] else (match["w"], match["d"])
        return f"{prefix}{int(digits, 16) + by:x}"

    return changed(text, _OFFSET.sub(offset, _PLACE.sub(one, text)))


# -- checkout -----------------------------------------------------------------------------------------------------

_SYSTEM: Final = "|".join(_DATA["system"])
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
    place = f"builds/w{number(seed) % 9000 + 1000}/src"

    def fresh(match: re.Match[str]) -> str:
        digits = hashlib.blake2b(f"{seed}{match['id']}".encode(), digest_size=20).hexdigest()
        return match["p"] + digits[: len(match["id"])]

    new = _POSIX.sub(lambda match: f"{match['p']}/{place}/", text)
    new = _WINDOWS.sub(lambda match: f"D:{match['s']}{place.replace('/', match['s'])}{match['s']}", new)
    return changed(text, _BUILD_ID.sub(fresh, new))


# -- names that compilers make ------------------------------------------------------------------------------------

_MADE: Final = tuple(map(re.compile, _DATA["made"]))
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
        return match["p"] + str(number(seed, old) * 7919 + 10 ** (len(old) - 1))[: len(old)]
    if kind == "h":
        return match["p"] + hashlib.blake2b(f"{seed}{old}".encode(), digest_size=16).hexdigest()[: len(old)]
    chosen = random.Random(number(seed, old))
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
    return changed(text, new)


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
    """Clone suffixes where the other build had none: on the first frames that count, as that tool writes them."""
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
    return changed(text, cut(text, pieces))
