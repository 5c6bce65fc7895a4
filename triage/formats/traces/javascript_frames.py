"""One frame of a JavaScript stack, as V8, JavaScriptCore, Gecko or Hermes writes it."""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("HEAD", "error_head", "frame")

_LINE_CHARS: Final = 65_536

_SCHEME: Final = lazy(
    r"[A-Za-z][A-Za-z0-9+.-]{0,40}:[/\\]|(?:node|blob|data|about|wasm|debugger|javascript|async|ng|internal):"
    r"|/|\[(?:native|wasm) code\]|<|\\\\|\.{1,2}/"
)
_ORIGIN_END: Final = lazy(r":\d{1,9}\)")
# The functions that a function of Gecko stands in.
_HOLDER: Final = lazy(r"[A-Za-z_$][\w$.]{0,200}(?:/[\w$.]{1,200}){0,8}$")
_BARE_URL: Final = lazy(r"[a-z][a-z0-9+.-]{1,40}:/")
_HOST_ONLY: Final = lazy(r"[a-z][a-z0-9+.-]{0,40}://[^/]*$")
# Names of Gecko and JavaScriptCore that hold blanks.
_SPACED: Final = lazy(r"(?:^(?:get|set|bound|new) | code$|\*)")
_SPECIAL: Final = frozenset({"native", "[native code]", "[wasm code]", "native code", "<anonymous>"})
_WASM: Final = lazy(r":(wasm-function\[\d{1,9}\]):0x([0-9a-f]{1,16})$")
HEAD: Final = lazy(
    r"[ \t]*(?:error: (?=Uncaught))?(?:Uncaught +)?(?:\(in promise\) +)?"
    r"(?:\[cause\]: +|[Cc]aused by: +)?(?:Uncaught +)?"
    r"([A-Za-z_$][\w$.]{0,120})(?: \[([A-Z][A-Z0-9_]{0,80})\])?(?::(?:[ \t]+(.*))?)?$"
)
_LOUD: Final = lazy(r"(?:Error|Exception|Rejection|Violation|Panic)$")
_EVALUATED: Final = lazy(r"(?:\[(?:eval|stdin|worker eval)\](?:-wrapper)?|REPL\d{1,6}|VM\d{1,9}):\d")
# What other runtimes write behind `at`: an offset in bytecode, a symbol of Kotlin/Native, a source of Rust.
_FOREIGN: Final = lazy(r"at .{0,400}(?: \[0x[0-9a-f]+\]|kfun:| in <|\.rs:\d{1,9}:\d{1,9}$)")
# What most frames are: a plain name and a place whose only colons are those of a scheme, of line and column.
_USUAL: Final = lazy(
    r"at ((?:new )?[\w$.<>]{1,300}) \(((?:[a-z]{2,8}://)?[^()\s:]{1,1000}):([0-9]{1,9}):([0-9]{1,9})\)\Z"
)


@remembered
def error_head(line: str) -> tuple[str, str | None] | None:
    """Type and message of a line such as `Uncaught TypeError: x is null`, None where it names no error type.

    Examples
    --------
    >>> error_head("Uncaught (in promise) RangeError: too deep")
    ('RangeError', 'too deep')
    >>> error_head("Script failed")
    """
    match = HEAD.match(line) if len(line) <= _LINE_CHARS else None
    if match is None or not (_LOUD.search(match[1]) or _named_uncaught(line, match)):
        return None
    message = match[3] or None
    if match[2]:
        message = f"[{match[2]}] {message or ''}".rstrip()
    return match[1], message


def _named_uncaught(line: str, match: re.Match[str]) -> bool:
    """Whether a runtime says of an error that nobody caught it, whatever its class is called."""
    return bool(match[3]) and match[1][:1].isupper() and "Uncaught " in line[: match.start(1)]


@remembered
def frame(line: str) -> Frame | None:
    """The frame that a line holds, None where it holds none.

    Examples
    --------
    >>> found = frame("    at async Shop.pay (file:///srv/shop.mjs:3:14)")
    >>> found.function, found.file, found.line, found.column
    ('Shop.pay', 'file:///srv/shop.mjs', 3, 14)
    """
    if len(line) > _LINE_CHARS:
        return None
    text = line.strip()
    if text.startswith("at "):
        if usual := _USUAL.match(text):
            name, file, number, column = usual.groups()
            return _made(name, name, file, int(number), int(column))
        return _v8(text)
    if "@" in text:
        return _gecko(text)
    if text == "[native code]" or (_BARE_URL.match(text) and " " not in text):
        file, number, column = _where(text)
        return _made(None, None, file, number, column) if column is not None or text in _SPECIAL else None
    return None


def _v8(text: str) -> Frame | None:
    """A frame as V8 writes it: `at fn (where)` or `at where`."""
    if _FOREIGN.match(text):
        return None
    rest = text[3:].strip().removesuffix("{").rstrip().rstrip(",").rstrip()
    is_async = rest.startswith("async ")
    call = rest[6:].lstrip() if is_async else rest
    if call.endswith(")"):
        start = _opening(call)
        if start > 0 and call[start - 1] == " ":
            return _called(rest, call[: start - 1].strip(), call[start + 1 : -1])
    file, number, column = _where(call)
    is_place = (number is not None or _WASM.search(call)) and any(mark in call for mark in "/\\.<")
    if (
        not is_place
        and call not in _SPECIAL
        and not call.startswith(("file://", "node:"))
        and not _EVALUATED.match(call)
    ):
        return None
    return _made(None, rest if is_async else None, file, number, column)


def _called(rest: str, name: str, inside: str) -> Frame | None:
    """`name (inside)`: the place, or where the code came from that eval ran."""
    raw = name
    alias = name.rfind(" [as ")
    function = name[:alias] if alias > 0 and name.endswith("]") else name
    inside = inside.removeprefix("address at ")
    if inside.startswith("eval at "):
        origin = inside[inside.rfind("eval at ") :].partition(" (")[2]
        end = _ORIGIN_END.search(origin)
        file, number, column = _where(origin[: end.end() - 1] if end else origin.rstrip(")"))
        return _made(function, rest, file, number, column)
    if inside.startswith("index ") and inside[6:].isdecimal():
        return Frame(function=function, function_raw=rest, args=inside, language="javascript")
    file, number, column = _where(inside)
    if number is None and inside not in _SPECIAL and not _SCHEME.match(inside) and "." not in inside:
        return None
    if rest.startswith("async "):
        raw = f"async {name}"
    return _made(function, raw, file, number, column)


def _gecko(text: str) -> Frame | None:
    """A frame as Gecko and JavaScriptCore write it: `fn@where`."""
    at = _separator(text)
    name, where = text[:at], text[at + 1 :]
    rooted = _SCHEME.match(where) is not None
    if at < 0 or (" " in name and not (rooted and _SPACED.search(name))):
        return None
    if rooted and " > " in where:
        file, _, line = where[: where.find(" > ")].rpartition(" line ")
        if file and _is_number(line):
            return _made(_own(name), text, file, int(line), None)
    file, number, column = _where(where)
    if number is None and file not in _SPECIAL and not _WASM.search(file):
        return None
    if not rooted and (column is None or "." not in file or " " in file):
        return None
    return _made(_own(name), name, file, number, column)


def _own(name: str) -> str | None:
    """The function alone, as V8 names it: without what it was called from and the functions that it stands in."""
    name = name.rpartition("*")[2].replace(".prototype.", ".")
    holder, _, own = name.rpartition("/")
    if not own or own[0] == "<" or not _HOLDER.match(holder) or ".js" in holder:
        return name or None
    # A function without a name that is a part of what a variable is set to: V8 does not name it either.
    return f"{holder}/<" if own[-1] == "<" else own


def _separator(text: str) -> int:
    """The `@` between function and place: the first that a scheme or a path follows, for names hold some too."""
    first = at = text.find("@")
    while at >= 0:
        if _SCHEME.match(text, at + 1):
            return at
        at = text.find("@", at + 1)
    return first


def _opening(text: str) -> int:
    """Where the bracket opens that the last character closes, -1 where nothing does."""
    depth = 0
    for at in range(len(text) - 1, -1, -1):
        if text[at] == ")":
            depth += 1
        elif text[at] == "(":
            depth -= 1
            if depth == 0:
                return at
    return text.find(" (") + 1 or -1


def _where(text: str) -> tuple[str, int | None, int | None]:
    """File, line and column of a place, read from the right; a port is no line."""
    head, _, last = text.rpartition(":")
    if not head or not _is_number(last):
        return text, None, None
    file, _, line = head.rpartition(":")
    if file and _is_number(line):
        return file, int(line), int(last)
    if _HOST_ONLY.match(head):
        return text, None, None
    return head, int(last), None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 9


def _made(function: str | None, raw: str | None, file: str, line: int | None, column: int | None) -> Frame:
    """A frame; the raw name is kept where it says more."""
    if function in {"<anonymous>", "anonymous", "?", ""}:
        function = None
    wasm = _WASM.search(file)
    if wasm is not None:
        file, function = file[: wasm.start()], function or wasm[1]
    return Frame(
        function=function,
        function_raw=raw if raw and raw != function else None,
        module_offset=int(wasm[2], 16) if wasm else None,
        file=file,
        line=line,
        column=column,
        language="javascript",
    )
