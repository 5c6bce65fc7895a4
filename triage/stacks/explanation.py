"""The story of one stack: what each frame is called, whether it counts, and why; and what the group key is made of.

The words are derived from what the columns of `frames` and `events` say (role, rule, trust, counted, error type), so
that they hold for whatever filled them. The functions take the columns of one stack, raw or masked: what is said of
masked frames holds nothing that the mask took away.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from triage.stacks.counting import HANDLER, REPEATED, SCANNED, TOP_FRAMES
from triage.stacks.cycles import repeats, rotated
from triage.stacks.endings import deep, ending, told
from triage.stacks.frame_table import FrameTable, placed
from triage.stacks.keys import Evidence, by_message, text_of
from triage.stacks.names import basename
from triage.stacks.roles import OF_USER, Roles

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = (
    "COLUMNS", "align", "cycle_of", "ending_of", "evidence_of", "key_names", "key_parts", "names_of", "places_of",
    "reasons", "titled",
)  # fmt: skip

_ONLY_WHERE: Final = {
    "library": "library: frames of libraries count only where no application frame is",
    "prefix": "prefix: what everything calls counts only where nothing else does",
}
# What else counts only where no package does that a fuzz target tests.
_TESTED: Final = {
    "application": "application, but everything runs through it: counts only where nothing that it tests does",
    "library": "library: frames of the platform count only where no package does",
}

Columns = dict[str, list[Any]]

# What the functions here read of the table `frames`.
COLUMNS: Final = (
    "frame_kind", "function", "function_raw", "module", "module_offset", "file", "line", "language", "trust", "in_app",
    "role", "rule", "counted",
)  # fmt: skip
# Of the frames that two stacks do not share at their ends, so many of each are aligned; the rest is only listed.
_ALIGNED: Final = 400
# What `reasons` reads of each.
_TOLD: Final = ("frame_kind", "role", "rule", "trust", "counted", "function")
# The roles of frames that can count; each only where no frame of one before it is.
_BEHIND_A_ROOT: Final = "would count, but two frames of the root cause do, and of what came from it the first"
_TIERS: Final = ("application", "library", "prefix")


def names_of(frames: Columns) -> list[str]:
    """Name each frame as keys do: the normalised function, else the place in the image, else the file, else nothing.

    Examples
    --------
    >>> names_of({"function": ["ns::f(int)", None], "module": [None, "/lib/x.so"], "module_offset": [None, 26],
    ...           "file": [None, None], "language": ["c++", None]})
    ['ns::f', 'x.so+0x1a']
    """
    known = FrameTable.default().known
    columns = (frames[name] for name in ("function", "module", "module_offset", "file", "language"))
    # What else a frame says gives it its role, and no other name.
    return [known(("frame", *traits, None)).name for traits in zip(*columns, strict=True)]


def key_names(frames: Columns, names: Sequence[str], used: Sequence[int]) -> list[str]:
    """The names of some frames of a stack, innermost first, as its key takes them.

    The first is taken with its file where its name does not tell where it is; see `triage.stacks.generic`.

    Examples
    --------
    >>> stack = {"function": ["get", "run", "main"], "file": ["a/b.py"] * 3, "language": ["python"] * 3}
    >>> stack |= {"module": [None] * 3, "module_offset": [None] * 3}
    >>> key_names(stack, names_of(stack), [0, 1, 2])
    ['b.get', 'run', 'main']
    """
    known = FrameTable.default().known
    columns = [frames[name] for name in ("function", "module", "module_offset", "file", "language")]
    rows = [known(("frame", *(column[row] for column in columns), None)) for row in used]
    return [one.name or names[row] for row, one in zip(used, placed(rows), strict=True)]


def places_of(frames: Columns) -> list[str]:
    """Where each frame is: `file:line`, else the place in the image."""
    columns = (frames[name] for name in ("file", "line", "module", "module_offset"))
    return [
        basename(file) + ("" if line is None else f":{line}") if file else _image_place(module, offset)
        for file, line, module, offset in zip(*columns, strict=True)
    ]


def cycle_of(names: Sequence[str], kinds: Sequence[str]) -> list[int]:
    """The rows of the cycle that a stack repeats, in the order in which keys take them; none where there is none.

    Examples
    --------
    >>> cycle_of(["parse", "expr"] * 3, ["frame"] * 6)
    [1, 0]
    """
    _, rows = _repeats(names, kinds)
    if not rows:
        return []
    order = rotated([names[row] for row in rows])
    turns = (rows[start:] + rows[:start] for start in range(len(rows)))
    return next(turn for turn in turns if [names[row] for row in turn] == order)


def ending_of(names: Sequence[str], kinds: Sequence[str], counted: Sequence[bool]) -> str:
    """How the frames of a stack say that the program ended; see `triage.stacks.endings`.

    Examples
    --------
    >>> ending_of(["abort", "malloc_printerr", "drop"], ["frame"] * 3, [False, False, True])
    'heap corruption'
    """
    first = next((row for row, counts in enumerate(counted) if counts), len(names))
    again, rows = _repeats(names, kinds)
    recursion = bool(rows) and deep(rows[0], len(rows), again)
    return told(map(ending, names[:first]), recursion=recursion)


def _repeats(names: Sequence[str], kinds: Sequence[str]) -> tuple[int, list[int]]:
    """How many frames repeat others, and the rows of the cycle."""
    numbers: dict[str, int] = {}
    # As in keys: frames of which nothing is known are not the same frame, and rows that are no call repeat none.
    calls = [
        numbers.setdefault(name, len(numbers)) if name and kind == "frame" else -1 - row
        for row, (name, kind) in enumerate(zip(names, kinds, strict=True))
    ]
    again, cycles = repeats(np.array(calls, np.int64), np.zeros(len(calls), np.int64))
    return int(again.sum()), cycles.get(0, [])


def reasons(frames: Columns, cycle: Sequence[int] = (), most: int = TOP_FRAMES) -> list[str]:
    """Say of each frame in a sentence why it counts for the group key, or why not.

    Parameters
    ----------
    frames
        The columns of one stack, innermost frame first.
    cycle
        Where the stack overflowed: the rows of the cycle that is its key.
    most
        How many of those that count the key takes; see `triage.stacks.roots`.

    Examples
    --------
    >>> stack = {"frame_kind": ["frame"] * 2, "role": ["library", "application"], "rule": ["C library", None],
    ...          "trust": [None, None], "counted": [False, True], "function": ["memcpy", "parse"]}
    >>> reasons(stack)
    ['library: frames of libraries count only where no application frame is', 'counts: the only application frame']
    """
    rows = list(zip(*(frames[name] for name in _TOLD), strict=True))
    counted = [row for row in rows if row[4]]
    sentinels = [at for at, row in enumerate(rows) if row[1] == "sentinel"]
    place = 0
    sentences = []
    for at, (kind, role, rule, trust, counts, function) in enumerate(rows):
        place += bool(counts)
        if at in cycle:
            sentence = f"counts: part of the cycle of {len(cycle)} that this stack overflow repeats"
        elif counts and cycle:
            sentence = "would count, but the key of a stack overflow is its cycle"
        elif counts and place > most:
            sentence = _BEHIND_A_ROOT
        elif counts:
            sentence = _counts(role, trust, place, len(counted), rows)
        elif role == "sentinel" and at != sentinels[-1]:
            sentence = "inside of a crash handler: the search starts further out"
        else:
            sentence = _does_not_count(kind, role, rule, trust, function, counted)
        named = rule and rule.endswith(OF_USER) and rule not in sentence
        sentences.append(f"{sentence}; rule '{rule}'" if named else sentence)
    return sentences


def _counts(role: str, trust: str | None, place: int, of: int, rows: list[tuple[Any, ...]]) -> str:
    """Why a frame counts."""
    which = f"the only {role} frame" if of == 1 else f"{_ordinal(place)} of {of} {role} frames"
    others = []
    for better in _TIERS[: _TIERS.index(role)]:
        scanned = any(row[1] == better for row in rows)
        others.append(f"{better} frames were only found by a scan" if scanned else f"no {better} frame is there")
    if trust in SCANNED:
        others.append("found by a scan, where nothing else is known")
    return "; ".join([f"counts: {which}", *others])


def _does_not_count(
    kind: str,
    role: str | None,
    rule: str | None,
    trust: str | None,
    function: str | None,
    counted: list[tuple[Any, ...]],
) -> str:
    """Why a frame does not count."""
    best = counted[0] if counted else None
    if role == "sentinel":
        return "sentinel: the search starts here"
    if kind != "frame":
        return f"not a call: {kind.replace('_', ' ')}"
    if rule == HANDLER:
        return HANDLER
    if rule == REPEATED:
        return REPEATED
    if role == "noise":
        return f"noise: rule '{rule}'" if rule else "noise"
    if trust in SCANNED and best and best[3] not in SCANNED:
        return "scanned: counts only where nothing else is known"
    if best and best[1] in _TIERS[: _TIERS.index(role) if role in _TIERS else 0]:
        return _ONLY_WHERE[str(role)]
    if best and role in _TESTED and Roles.default().is_package(best[2] or "") and best[2] != rule:
        return _TESTED[str(role)]
    if role == "application" and best and (weak := _is_weak(rule, function)) and weak != _is_weak(best[2], best[5]):
        return f"application, but {weak}: counts only where no other function of the program does"
    if role in _TIERS and best and best[1] == role:
        number = {1: "one counts", 2: "two count", 3: "three count"}.get(len(counted), f"{len(counted)} count")
        return f"{role}, but only the first {number}"
    return f"does not count: rule '{rule}'" if rule else "does not count"


def evidence_of(frames: Columns, used: Sequence[int]) -> Evidence:
    """What the frames in a key tell: nothing, something, or which function of the program it was."""
    if not used:
        return Evidence.NONE
    function, role, rule = (frames[name][used[0]] for name in ("function", "role", "rule"))
    named = role == "application" and function and not Roles.default().is_weak(rule or "")
    return Evidence.FIRM if named else Evidence.WEAK


def _is_weak(rule: str | None, function: str | None) -> str:
    """Why an application frame tells less than others; "" where it does not."""
    if Roles.default().is_weak(rule or ""):
        return "everything runs through it"
    return "" if function else "it has no name"


def key_parts(
    name: str,
    event: dict[str, Any],
    counted: Sequence[str],
    evidence: Evidence | None = None,
    cause: tuple[str, str] = ("", ""),
) -> list[tuple[str, str]]:
    """What the group key of an event is made of, in order: (part, value).

    Parameters
    ----------
    name
        The class of the crash.
    event
        Its row of `events`.
    counted
        The names of the frames in the key.
    evidence
        What they tell (see `evidence_of`), or the root cause where it tells more. Default: which function it was.
    cause
        The type and the first frame of the root of a chain of exceptions, "" where there is none.

    Examples
    --------
    >>> key_parts("exception", {"error_type": "KeyError"}, ["price"])
    [('class', 'exception'), ('type', 'KeyError'), ('frame 1', 'price')]
    """
    if evidence is None:
        evidence = Evidence.FIRM if counted else Evidence.NONE
    parts = [("class", name)]
    kind, value = event.get("error_type"), event.get("error_value")
    if kind and (name == "exception" or evidence is Evidence.NONE):
        parts.append(("type", kind))
    root = zip(("cause", "cause frame"), cause, strict=True)
    parts += [(part, value) for part, value in root if value]
    if by_message(name, event.get("signal"), evidence):
        request = (event.get(part) for part in ("http_method", "route", "http_status"))
        text = text_of(event.get("event_kind"), value, *request)
        parts += [("message", text)] if text else []
    return parts + [(f"frame {number}", each) for number, each in enumerate(counted, 1)]


def titled(parts: Sequence[tuple[str, str]]) -> str:
    """The parts of a key as `Class | f1 | f2 | f3`.

    Examples
    --------
    >>> titled([("class", "exception"), ("type", "KeyError"), ("frame 1", "price")])
    'exception: KeyError | price'
    """
    head = [value for part, value in parts if not part.startswith("frame ")]
    return " | ".join([": ".join(head), *(value for part, value in parts if part.startswith("frame "))])


def align(left: Sequence[str], right: Sequence[str]) -> list[tuple[int | None, int | None]]:
    """Lay two stacks side by side: pairs of rows, equal names beside each other, each row once and in order.

    A pair of rows with different names is what stands in the same place. Of frames that the stacks do not share at
    their ends the first 400 of each are aligned by their longest common subsequence.

    Examples
    --------
    >>> align(["parse", "read", "main"], ["scan", "read", "run", "main"])
    [(0, 0), (1, 1), (None, 2), (2, 3)]
    """
    size, other = len(left), len(right)
    head = 0
    while head < min(size, other) and _same(left[head], right[head]):
        head += 1
    tail = 0
    while tail < min(size, other) - head and _same(left[size - 1 - tail], right[other - 1 - tail]):
        tail += 1
    matches = [(at, at) for at in range(head)]
    middle = _common(left[head : size - tail][:_ALIGNED], right[head : other - tail][:_ALIGNED])
    matches += [(head + a, head + b) for a, b in middle]
    matches += [(size - back, other - back) for back in range(tail, 0, -1)]
    pairs: list[tuple[int | None, int | None]] = []
    for (a, b), (next_a, next_b) in pairwise([(-1, -1), *matches, (size, other)]):
        between, beside = range(a + 1, next_a), range(b + 1, next_b)
        longer = max(len(between), len(beside))
        pairs += [
            (between[at] if at < len(between) else None, beside[at] if at < len(beside) else None)
            for at in range(longer)
        ]
        if next_a < size or next_b < other:
            pairs.append((next_a, next_b))
    return pairs


def _common(left: Sequence[str], right: Sequence[str]) -> list[tuple[int, int]]:
    """The longest common subsequence as pairs of places; the earliest of several."""
    lengths = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for a in range(len(left) - 1, -1, -1):
        row, below = lengths[a], lengths[a + 1]
        for b in range(len(right) - 1, -1, -1):
            row[b] = below[b + 1] + 1 if _same(left[a], right[b]) else max(below[b], row[b + 1])
    pairs, a, b = [], 0, 0
    while a < len(left) and b < len(right):
        if _same(left[a], right[b]):
            pairs.append((a, b))
            a, b = a + 1, b + 1
        elif lengths[a + 1][b] >= lengths[a][b + 1]:
            a += 1
        else:
            b += 1
    return pairs


def _same(left: str, right: str) -> bool:
    """Frames of which nothing is known are not the same frame."""
    return left == right != ""


def _ordinal(number: int) -> str:
    return {1: "1st", 2: "2nd", 3: "3rd"}.get(number, f"{number}th")


def _image_place(module: str | None, offset: int | None) -> str:
    if not module:
        return ""
    return basename(module) if offset is None else f"{basename(module)}+0x{int(offset):x}"
