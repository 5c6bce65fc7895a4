"""Frames gone from the text of a trace, as inliners and short memories make them go, and a function that is another.

A frame counts here that is not of the reporting, of a runtime, a framework or a standard library, by the lists of
`tests.grouping.frames`. Each is a function of a text and a seed, which gives the new text or None.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

from tests.grouping.editing import changed, cut, number
from tests.grouping.frames import COUNTED, Frame, crash_stacks, frames, is_noise, stacks

# -- frames -------------------------------------------------------------------------------------------------------


def _without(text: str, gone: list[Frame], stack: list[Frame]) -> str:
    """The text without some frames of a stack, those after them numbered anew."""
    places = {(frame.start, frame.end) for frame in gone}
    pieces = [(start, end, "") for start, end in places]
    left = [frame for frame in sorted(stack, key=lambda frame: frame.start) if (frame.start, frame.end) not in places]
    # Node's brace behind the last frame opens what else the error holds, its cause among it.
    if left and any(text[frame.start : frame.end].rstrip().endswith(" {") for frame in gone):
        end = left[-1].start + len(text[left[-1].start : left[-1].end].rstrip())
        pieces.append((end, end, " {"))
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
    return cut(text, pieces)


def _counted(stack: list[Frame], text: str) -> list[int]:
    """Where the frames stand that count, each function once, since recursion may count but once."""
    seen: dict[str, int] = {}
    for at, frame in enumerate(stack):
        if not is_noise(frame, text):
            seen.setdefault(frame.part(text, "function"), at)
    return sorted(seen.values())


def inline_deep(text: str, seed: int) -> str | None:
    """One frame gone, anywhere beyond the first three that count, as an inliner makes it."""
    new = text
    # From the last stack on, so that the places of those before stay right.
    for stack in sorted(crash_stacks(text), key=lambda stack: -stack[0].start):
        counted = _counted(stack, text)
        if len(counted) <= COUNTED:
            continue
        deep = range(counted[COUNTED - 1] + 1, len(stack))
        frame = stack[deep[number(seed, len(stack)) % len(deep)]]
        new = _without(new, [frame], stack)
    return changed(text, new)


def inline_second(text: str, seed: int) -> str | None:
    """The frame below the first that counts gone: told for interest, since keys of three frames must change."""
    for stack in crash_stacks(text)[:1]:
        counted = _counted(stack, text)
        if len(counted) > COUNTED:
            return changed(text, _without(text, [stack[counted[1]]], stack))
    return None


def inline_any(text: str, seed: int) -> str | None:
    """One frame gone, anywhere beyond the second below the first that counts, whether it counts or not."""
    for stack in crash_stacks(text)[:1]:
        counted = _counted(stack, text)
        deep = range(counted[0] + COUNTED, len(stack)) if counted else range(0)
        if deep:
            return changed(text, _without(text, [stack[deep[number(seed, len(stack)) % len(deep)]]], stack))
    return None


def _tail(text: str, *, strict: bool) -> str | None:
    new = text
    for stack in sorted(stacks(text), key=lambda stack: -stack[0].start):
        counted = _counted(stack, text)
        keep = -(-len(stack) * 6 // 10)
        if not strict and not counted:
            continue
        if not strict and len(counted) > sum(at < keep for at in counted) < COUNTED:
            keep = max(keep, counted[min(COUNTED, len(counted)) - 1] + 1)
        if keep < len(stack):
            new = _without(new, stack[keep:], stack)
    return changed(text, new)


def tail(text: str, seed: int) -> str | None:
    """The deepest 40 % of every stack missing, so far as three frames that count are left, or all there were."""
    return _tail(text, strict=False)


def tail_strict(text: str, seed: int) -> str | None:
    """The deepest 40 % of every stack missing, whatever is left."""
    return _tail(text, strict=True)


# -- another bug --------------------------------------------------------------------------------------------------

_SYLLABLES: Final = ("bra", "ken", "dol", "mir", "tas", "vel", "gor", "pil", "nur", "zam")


_NO_WORDS: Final = frozenset(
    {"const", "in", "at", "closure", "fun", "fn", "anonymous", "block", "rescue", "ensure", "as", "of", "async", "new"}
)


def leaf(name: str) -> tuple[int, int]:
    """Where the last word of a qualified name stands, before its arguments, that a person and no compiler chose."""
    if selector := re.match(r"[-+]\[\S+ (\w+)", name):
        return selector.span(1)
    depth, last, stopped = 0, (0, 0), False
    words = r"\(anonymous namespace\)|operator\(\)|\$_\d+|\$u7b|[<({\[]|[>)}\]]|[A-Za-z_$~][\w$~?!]*"
    for match in re.finditer(words, name):
        token = match.group()
        if token in {"(anonymous namespace)", "operator()", "$u7b"} or token.startswith("$_"):
            continue
        if token in "<({[":
            # Arguments end a name, but for those of a function that another one is local to.
            stopped |= token == "(" and depth == 0 and last[1] > 0 and name[match.end() : match.end() + 1] != "*"
            depth += 1
        elif token in ">)}]":
            depth = max(0, depth - 1)
            stopped &= depth > 0 or not name.startswith("::", match.end())
        elif depth == 0 and not stopped and token not in _NO_WORDS:
            last = match.span()
    return last


def another(word: str, seed: int) -> str:
    """Another word of the same form: camel case, underscores and a leading mark kept."""
    chosen = random.Random(number(seed, word))
    fresh = "".join(chosen.choice(_SYLLABLES) for _ in range(3))
    head = re.match(r"[_~$]*", word)
    prefix = head.group() if head else ""
    rest = word[len(prefix) :]
    if rest.isupper() and len(rest) > 1:
        return prefix + fresh.upper()
    return prefix + (fresh[0].upper() + fresh[1:] if rest[:1].isupper() else fresh)


def _in_state(name: str, state: list[str]) -> bool:
    """Whether a state names a function: without folders, arguments and return type, cut at 80."""
    plain = re.sub(r"(?:\(anonymous namespace\)|`anonymous[ -]namespace')::", "", name)
    plain = re.split(r"\((?!\*)", plain, maxsplit=1)[0].strip()
    return any(
        plain == line or plain.endswith((f"::{line}", f"/{line}", f" {line}")) or (len(line) > 70 and line[:70] in name)
        for line in state
    )


def first_meaningful(stack: list[Frame], text: str, state: list[str]) -> Frame | None:
    """The first frame that counts, of the first three one that the report's own project names in its state."""
    counted = [frame for frame in stack if not is_noise(frame, text)]
    times = Counter(frame.part(text, "function") for frame in counted)
    if len(stack) > 20 and max(times.values(), default=0) >= 5:
        # Where a stack overflowed, what matters is what went round.
        counted = [frame for frame in counted if times[frame.part(text, "function")] >= 5]
    named = [frame for frame in counted[:COUNTED] if state and _in_state(frame.part(text, "function"), state)]
    for frame in (*named, *counted):
        start, end = leaf(frame.part(text, "function"))
        if end > start:
            return frame
    return None


def _named(line: str) -> str:
    """The last word of a line of a state that names a function; nothing of one that is a message or a file."""
    plain = re.sub(r"<.*", "", line.removeprefix("void "))
    is_function = re.fullmatch(r"[\w:.~*()/$-]+", plain) and not re.search(r"\.(?:cc|cpp|c|h|mm)$", plain)
    return plain[slice(*leaf(plain))] if is_function else ""


def replaced(text: str, seed: int, state: Iterable[str] = ()) -> str | None:
    """The first meaningful function is another one, wherever it is named; in a chain, that of each exception."""
    lines = list(state)
    said = " ".join(frame.part(text, "function") for frame in frames(text))
    if lines and not any((word := _named(line)) and word in said for line in lines):
        # To its own project this crash is its message, not a function.
        return None
    new = text
    words = []
    for stack in crash_stacks(text):
        frame = first_meaningful(stack, text, lines)
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
        new = cut(new, pieces)
    return changed(text, new)
