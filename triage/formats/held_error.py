"""The error that an object of JSON holds, wherever writers put it: its stack as text, its type, its message.

Facts: the documented forms of pino, bunyan, winston and NestJS, structlog's and rich's structured tracebacks, log4j's
and logback's layouts, Serilog, NLog and .NET's console, Laravel, Spring Boot's error body, the errors of AWS Lambda,
Google's and Elastic's error logs, OpenTelemetry's attributes. They name the same three things differently and nest them
differently. Names are compared in lower case without marks, so `stack_trace`, `stackTrace` and `error.stack_trace` are
known by one row of `held_error.toml`.
A stack that is a list of lines or of objects (those of trackers: `held_frames`) becomes the text that the language
itself would print, for the trace modules to read.
"""

from __future__ import annotations

import re
import tomllib
from collections import deque
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats import held_frames
from triage.records import json_text

__all__ = ("HeldError", "find", "likely")

_MARKS: Final = re.compile(r"[^a-z]")
_TYPE: Final = re.compile(r"[A-Za-z_$][\w$.:\\]{0,200}")
# What a stack in text has: lines, and in one of them something that no sentence has.
_LIKELY: Final = re.compile(
    r"^\s{0,16}(?:at \S|#\d|File \"|from \S|in \S|\[?\d{1,3}[\]:.)] |\S{1,300}:\d{1,7}\b|\S{1,300}@\S)",
    re.MULTILINE,
)
_BARE: Final = re.compile(r"\s{0,16}at \S")
_JAVA: Final = re.compile(r"[\w.$<>/]{1,300}\([^()\n]{1,200}\)$")
# Rust: what stands in a backtrace alone, and in an error that is printed with its own.
_RUST: Final = re.compile(r"\s{0,8}0: [^\n]{1,2000}\n\s{1,20}at \S")
_CAUSED: Final = re.compile(r"\n\nStack backtrace:\n\s{0,8}0: ")
# A frame of .NET, and how its console writes them into one line.
_NET: Final = re.compile(r"\s{0,8}at [^\n(]{1,1000}\(")
_JOINED: Final = re.compile(r" {3,5}(?=at [\w.<>`+|]{1,500}\(|--- End of )")
# What Python writes between an error and the one that it led to.
_CAUSE: Final = "\n\nThe above exception was the direct cause of the following exception:\n\n"
_CONTEXT: Final = "\n\nDuring handling of the above exception, another exception occurred:\n\n"
_DEPTH, _OBJECTS, _LINES = 4, 200, 2_000


class HeldError(NamedTuple):
    """The text of the stack, and what is said of it beside it."""

    stack: str
    type: str | None = None
    value: str | None = None


@cache
def _names() -> dict[str, dict[str, None]]:
    """The rows of `held_error.toml`, in their order."""
    table = tomllib.loads(files("triage.formats").joinpath("held_error.toml").read_text("utf-8"))
    return {str(name): dict.fromkeys(map(str, names)) for name, names in table.items()}


def find(value: dict[str, Any]) -> HeldError | None:
    """The first error with a stack in an object, those nearer to its top first.

    Examples
    --------
    >>> find({"error": {"name": "TypeError", "message": "no rate", "stack": "TypeError: no rate\\n  at f (a.js:1:2)"}})
    HeldError(stack='TypeError: no rate\\n  at f (a.js:1:2)', type='TypeError', value='no rate')
    >>> find({"message": "no rate"}) is None
    True
    """
    waiting: deque[tuple[int, dict[str, Any]]] = deque([(0, value)])
    looked = 0
    while waiting and looked < _OBJECTS:
        depth, held = waiting.popleft()
        looked += 1
        if found := _here(held):
            return found
        if depth < _DEPTH:
            inner = (item[0] if isinstance(item, list) and item else item for item in held.values())
            waiting.extend((depth + 1, item) for item in inner if isinstance(item, dict))
    return None


def likely(text: str) -> bool:
    """Whether a text has lines as stacks have them; no sentence has.

    Examples
    --------
    >>> likely("E: x\\n  at f (a.js:1:2)"), likely("no rate\\nfor XTS")
    (True, False)
    """
    return _LIKELY.search(text, 0, 20_000) is not None and ("\n" in text or _BARE.match(text) is not None)


def _here(held: dict[str, Any]) -> HeldError | None:
    """The error that an object itself is, or has in its own members."""
    names = {_MARKS.sub("", key.lower()): key for key in reversed(held)}
    stack, place = None, ""
    for name in names:
        if name in _names()["stack"] and (stack := _stack(held[names[name]], held)):
            place = name
            break
    if stack is None:
        return None
    record = any(name in names for name in _names()["record"])
    kind, said = "", ""
    for name in _names()["type"]:
        if name in names and name != place and not (record and name in {"name", "type", "class", "kind"}):
            text = held[names[name]]
            if isinstance(text, str) and _TYPE.fullmatch(text):
                kind = text
                break
    for name in _names()["value"]:
        if name in names and name != place and not (record and name in {"message", "msg", "reason"}):
            text = held[names[name]]
            if isinstance(text, str) and text and text != kind:
                said = text
                break
    if not record and _BARE.match(stack) and (kind or said):
        stack = _nested(f"{': '.join(part for part in (kind, said) if part)}\n{stack}", held)
    stack = _rust(stack, place, said, held.get(names.get("paniclocation", "")))
    return HeldError(stack, kind or None, said or None)


def _nested(stack: str, held: dict[str, Any]) -> str:
    """An error of .NET with those that it came from inside of it, where each has frames alone."""
    came: list[tuple[str, str]] = []
    for one in list(held_frames.inner(held))[1:]:
        names = {_MARKS.sub("", key.lower()): text for key, text in one.items()}
        frames = names.get("stacktrace")
        if isinstance(frames, str) and _NET.match(frames):
            came.append((_named(one), frames.rstrip()))
    if not came or not _NET.match(stack.partition("\n")[2]):
        return stack
    head, _, own = stack.partition("\n")
    rows = [" ---> ".join([head, *(named for named, _ in came)])]
    for _, frames in reversed(came):
        rows += [frames, "   --- End of inner exception stack trace ---"]
    return "\n".join([*rows, own])


def _rust(stack: str, place: str, said: str, where: Any) -> str:
    """The stack of a panic or of an error of Rust below the line that Rust would print above it."""
    if place.startswith("panic") and _RUST.match(stack):
        where = where if isinstance(where, str) and where else "<unknown>"
        return f"thread '<unnamed>' panicked at {where}:\n{said}\nstack backtrace:\n{stack}"
    if not stack.startswith("Error: ") and _CAUSED.search(stack):
        return f"Error: {stack}"
    return stack


def _stack(item: Any, held: dict[str, Any]) -> str | None:
    """The text of a stack, None of what is none."""
    if isinstance(item, str):
        if item.startswith("[{") and '"parsedStack"' in item:
            listed = _listed(item)
            return _stack(listed, held) if listed else None
        text = item if "\n" in item or "\\n" not in item else item.replace("\\n", "\n").replace("\\t", "\t")
        if "\n" not in text and "   at " in text and not _BARE.match(text):
            text = _JOINED.sub("\n   ", text)
        return text if likely(text) else None
    if isinstance(item, dict) and isinstance(values := item.get("values"), list):
        item = values[::-1]  # Sentry's: what surfaced comes last
    if not isinstance(item, list) or not item:
        return None
    if all(isinstance(line, str) for line in item):
        lines = [str(line).rstrip("\r\n") for line in item[:_LINES]]
        if all(_JAVA.fullmatch(line) for line in lines[1:] or lines):
            first = lines[:1] if len(lines) > 1 and not _JAVA.fullmatch(lines[0]) else []
            return "\n".join([*first, *(f"\tat {line}" for line in lines[len(first) :])])
        if lines[0].lstrip().startswith('File "'):
            return "\n".join(["Traceback (most recent call last):", *lines, _named(held)])
        return "\n".join(lines) if _LIKELY.search("\n".join(lines)) else None
    if all(isinstance(frame, dict) for frame in item):
        return _written(item[:_LINES], held)
    return None


def _listed(text: str) -> list[Any]:
    """The list of errors that a member holds as text, as Application Insights exports them."""
    try:
        listed = msgspec.json.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return []
    return listed if isinstance(listed, list) else []


def _written(frames: list[dict[str, Any]], held: dict[str, Any]) -> str | None:
    """Frames that are objects, as their language would print them; or errors that have such frames."""
    first = frames[0]
    if core := held_frames.core(frames, held):
        return core
    nested = held_frames.errors(frames)
    chain = nested or ([] if "name" in first else held_frames.errors(held))
    if chain and (text := held_frames.written(chain)):
        return text
    inner = first.get("frames")
    if "exc_type" in first and isinstance(inner, list):
        return _chained(frames)
    if "lineno" in first and "filename" in first:
        return _python({"frames": frames, "exc_type": held.get("exc_type") or _kind(held), "exc_value": _said(held)})
    if isinstance(first.get("method"), str) and isinstance(first.get("class"), str):
        lines = [f"\tat {_of(one, 'class')}.{_of(one, 'method')}({_of(one, 'file')}{_line(one)})" for one in frames]
        return "\n".join([_named(held), *lines])
    if any("function" in one and ("file" in one or "class" in one) and "line" in one for one in frames):
        return _php(frames, held)
    return None


def _chained(errors: list[dict[str, Any]]) -> str | None:
    """Tracebacks of structlog or rich, what surfaced first, joined as Python joins them."""
    text, joint = "", ""
    for one in reversed(errors):
        if written := _python(one):
            text = f"{text}{joint}{written}" if text else written
            joint = _CAUSE if one.get("is_cause") else _CONTEXT
    return text or None


def _python(one: dict[str, Any]) -> str | None:
    """A traceback of structlog or rich; a cause stands before what it caused."""
    frames = one.get("frames")
    if not isinstance(frames, list) or not frames:
        return None
    lines = ["Traceback (most recent call last):"]
    for frame in frames[:_LINES]:
        if isinstance(frame, dict):
            lines.append(f'  File "{_of(frame, "filename")}", line {_of(frame, "lineno")}, in {_of(frame, "name")}')
            if isinstance(frame.get("line"), str) and frame["line"].strip():
                lines.append(f"    {frame['line'].strip()}")
    lines.append(f"{_of(one, 'exc_type') or 'Exception'}: {_of(one, 'exc_value')}".removesuffix(": "))
    return "\n".join(lines)


def _php(frames: list[dict[str, Any]], held: dict[str, Any]) -> str:
    """A trace of PHP, where each frame tells the place that calls it, and the error its own."""
    place = f" in {_of(held, 'file')}:{_of(held, 'line')}" if isinstance(held.get("file"), str) else ""
    lines = [f"PHP Fatal error:  Uncaught {_named(held)}{place}", "Stack trace:"]
    for number, one in enumerate(frames):
        where = f"{_of(one, 'file')}({_of(one, 'line')})" if one.get("file") else "[internal function]"
        lines.append(f"#{number} {where}: {_of(one, 'class')}{_of(one, 'type')}{_of(one, 'function')}()")
    return "\n".join([*lines, f"#{len(frames)} {{main}}"])


def _named(held: dict[str, Any]) -> str:
    """The line that says what was thrown."""
    return ": ".join(part for part in (_kind(held), _said(held)) if part) or "Error"


def _kind(held: dict[str, Any]) -> str:
    names = {_MARKS.sub("", key.lower()): text for key, text in held.items() if isinstance(text, str)}
    return next((names[name] for name in _names()["type"] if name in names and _TYPE.fullmatch(names[name])), "")


def _said(held: dict[str, Any]) -> str:
    names = {_MARKS.sub("", key.lower()): text for key, text in held.items() if isinstance(text, str)}
    return next((names[name] for name in _names()["value"] if names.get(name)), "")


def _line(one: dict[str, Any]) -> str:
    line = one.get("line")
    return f":{line}" if isinstance(line, int) and not isinstance(line, bool) and line >= 0 else ""


def _of(one: dict[str, Any], key: str) -> str:
    """A member as text in one line."""
    value = one.get(key)
    if value is None:
        return ""
    return " ".join((value if isinstance(value, str) else json_text(value)).split("\n"))
