"""Frames as objects, as the trackers of errors keep them, written as their language would print them.

Facts: the documented payloads of Rollbar, Bugsnag, Honeybadger, Airbrake, Raygun, Elastic APM and Application Insights.
Each frame has a function, perhaps a class, a file and a line under names of its own (`method`, `lineNumber`,
`line.number`); the innermost comes first but in Rollbar's. Which language it is the files tell, else what the error
says of its platform. Errors that caused others follow them in a list (`trace_chain`, `exceptions`) or lie inside of
them (`innerError`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from triage.formats import exception_codes

__all__ = ("Thrown", "core", "errors", "inner", "written")

_MARKS: Final = re.compile(r"[^a-z]")
_LANGUAGES: Final = {
    "rb": "ruby", "erb": "ruby", "rake": "ruby", "ru": "ruby", "haml": "ruby", "slim": "ruby",
    "py": "python", "pyx": "python", "php": "php", "phtml": "php", "go": "go",
    "cs": "csharp", "vb": "csharp", "fs": "csharp",
    "java": "java", "kt": "java", "kts": "java", "scala": "java", "groovy": "java", "clj": "java",
    "js": "javascript", "mjs": "javascript", "cjs": "javascript", "jsx": "javascript", "ts": "javascript",
    "tsx": "javascript", "vue": "javascript", "svelte": "javascript",
    "bundle": "javascript", "jsbundle": "javascript", "hbc": "javascript",
}  # fmt: skip
# What an error says of itself, as Bugsnag has it.
_PLATFORMS: Final = {
    "reactnativejs": "javascript", "browserjs": "javascript", "nodejs": "javascript",
    "android": "java", "cocoa": "native", "c": "native",
}  # fmt: skip
_FUNCTION: Final = ("method", "function", "methodname", "functionname", "func")
_CLASS: Final = ("classname", "class", "declaringtype")
_FILE: Final = ("filename", "file", "abspath", "machofile", "source")
# Languages whose functions are named by what a frame calls its module.
_QUALIFIED: Final = frozenset({"java", "go"})
_LINE: Final = ("lineno", "linenumber", "line", "number")
_COLUMN: Final = ("colno", "columnnumber", "column")
_STACKS: Final = ("frames", "stacktrace", "backtrace", "parsedstack", "extendedstacktrace", "stack")
_INNER: Final = ("innererror", "innerexception", "innerexceptions", "cause")
# All that an error came from, one behind the other.
_CAUSES: Final = "causes"
_KIND: Final = ("exceptionname", "class", "errorclass", "typename", "type", "classname", "name")
_SAID: Final = ("message", "value", "description")
_SIGNAL: Final = re.compile(r"SIG[A-Z]{3,6}|EXC_[A-Z_]{3,30}")
# What only frames of a core file have.
_CORE: Final = frozenset({"build_id_offset", "build_id"})
_MOST, _CHAIN, _LOOKED = 2_000, 16, 40


class _Call(NamedTuple):
    """One frame: the function with its class, and its place."""

    function: str
    file: str
    line: int
    column: int


class Thrown(NamedTuple):
    """One error with its frames, the innermost first."""

    kind: str
    said: str
    calls: tuple[_Call, ...]
    platform: str = ""

    @property
    def named(self) -> str:
        """The line that says what was thrown."""
        return ": ".join(part for part in (self.kind, self.said) if part) or "Error"


def errors(held: dict[str, Any] | list[dict[str, Any]]) -> list[Thrown]:
    """The error that an object is and those that it came from, or those that a list holds; [] where one has no frames.

    Examples
    --------
    >>> found = errors({"class": "KeyError", "backtrace": [{"file": "a.rb", "number": "3", "method": "f"}]})
    >>> found[0].named, found[0].calls[0].line
    ('KeyError', 3)
    """
    found = []
    for one in held[:_CHAIN] if isinstance(held, list) else inner(held):
        made = _thrown(one)
        if made is None:
            break
        found.append(made)
    return found


def written(chain: list[Thrown]) -> str | None:
    """The text of some errors, of which each came from the next; None where no file tells the language.

    Examples
    --------
    >>> written([Thrown("KeyError", "no rate", (_Call("f", "a.rb", 3, 0), _Call("g", "b.rb", 4, 0)))]).split("\\n")
    ["a.rb:3:in `f': no rate (KeyError)", "\\tfrom b.rb:4:in `g'"]
    """
    language = next((word for one in chain for word in map(_language, one.calls[:_LOOKED]) if word), None)
    language = language or next((_PLATFORMS[one.platform] for one in chain if one.platform in _PLATFORMS), None)
    if language is None:
        return None
    if language in _CHAINS:
        return _CHAINS[language](chain)
    text = _WRITERS[language]
    if language in _ROOT_FIRST:
        return _ROOT_FIRST[language].join(map(text, reversed(chain)))
    return _BETWEEN[language].join(map(text, chain)) if language in _BETWEEN else text(chain[0])


def core(threads: list[dict[str, Any]], held: dict[str, Any]) -> str | None:
    """The text of the threads of a core file as ABRT keeps them, of the one that crashed; None where they are none.

    Examples
    --------
    >>> frame = {"address": 5, "build_id_offset": 3, "function_name": "parse", "file_name": "/usr/bin/shop"}
    >>> core([{"crash_thread": True, "frames": [frame]}], {"signal": 11}).split("\\n")
    ['* thread #1, stop reason = SIGSEGV', '  * frame #0: 0x0 shop`parse']
    """
    found = [one for one in threads if isinstance(one.get("frames"), list)]
    chosen = next((one for one in found if one.get("crash_thread")), found[0] if found else None)
    rows = chosen["frames"][:_MOST] if chosen else []
    if not rows or not all(isinstance(row, dict) and _CORE & row.keys() for row in rows):
        return None
    calls = [_Call(_text(row, ("function_name",)) or "???", _text(row, ("file_name",)), 0, 0) for row in rows]
    number = held.get("signal")
    signal = exception_codes.name("linux", number) if isinstance(number, int) else None
    return _native(Thrown(signal if signal and _SIGNAL.fullmatch(signal) else "SIGABRT", "", tuple(calls)))


def inner(held: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """An error, and those inside of each other that it came from; of several the first.

    Examples
    --------
    >>> [one["type"] for one in inner({"type": "E", "innerExceptions": [{"type": "F"}, {"type": "G"}]})]
    ['E', 'F']
    """
    error: Any = held
    for _ in range(_CHAIN):
        if isinstance(error, list) and error:
            error = error[0]
        if not isinstance(error, dict):
            return
        yield error
        names = _plain(error)
        causes = names.get(_CAUSES)
        if isinstance(causes, list) and causes:
            yield from (one for one in causes[:_CHAIN] if isinstance(one, dict))
            return
        error = next((names[name] for name in _INNER if isinstance(names.get(name), (dict, list))), None)


def _thrown(held: dict[str, Any]) -> Thrown | None:
    """One error, None where it has no frames of this kind."""
    names = _plain(held)
    if isinstance(stack := names.get("stacktrace"), dict) and isinstance(stack.get("frames"), list):
        names["stacktrace"] = stack["frames"][::-1]  # Sentry's: the last call is the innermost
    rows: list[Any] = next((names[name] for name in _STACKS if isinstance(names.get(name), list)), [])
    calls = [call for row in rows[:_MOST] if isinstance(row, dict) and (call := _call(_plain(row)))]
    if not calls:
        return None
    platform = _text(names, ("type",))
    said = names.get("exception")
    if isinstance(said, dict):  # Rollbar's: the last call is the innermost
        names, calls = _plain(said), calls[::-1]
    return Thrown(_text(names, _KIND), " ".join(_text(names, _SAID).split("\n")), tuple(calls), platform)


def _call(names: dict[str, Any]) -> _Call | None:
    """A frame, by names without marks; one of Elastic's has its place in an object."""
    function, owner, file = (_text(names, keys) for keys in (_FUNCTION, _CLASS, _FILE))
    place = names.get("line")
    place = {**names, **_plain(place)} if isinstance(place, dict) else names
    line, column = _number(place, _LINE), _number(place, _COLUMN)
    if not function or not (file or owner or any(isinstance(names.get(key), str) for key in _FILE)):
        return None
    if owner and not function.startswith(f"{owner}."):
        function = f"{owner}.{function}"
    module = _text(names, ("module",))
    if (
        module
        and not owner
        and _LANGUAGES.get(_ending(file), "java" if "Unknown" in file or "<" in file else "") in _QUALIFIED
    ):
        function = f"{module}.{function}"
    return _Call(function, file, line, column)


def _plain(held: dict[str, Any]) -> dict[str, Any]:
    """Members by their names in lower case without marks."""
    return {_MARKS.sub("", key.lower()): value for key, value in held.items()}


def _text(names: dict[str, Any], keys: tuple[str, ...]) -> str:
    return next((value for key in keys if isinstance(value := names.get(key), str) and value), "")


def _number(names: dict[str, Any], keys: tuple[str, ...]) -> int:
    for key in keys:
        value = names.get(key)
        if isinstance(value, str) and value.isascii() and value.isdecimal() and len(value) < 10:
            return int(value)
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 31:
            return value
    return 0


def _language(call: _Call) -> str | None:
    """The language of a file, by how its name ends."""
    return _LANGUAGES.get(_ending(call.file))


def _ending(file: str) -> str:
    """How the name of a file ends."""
    return file.partition("?")[0].rpartition(".")[2].lower()


def _java(error: Thrown) -> str:
    rows = (
        f"\tat {call.function}({call.file.rpartition('/')[2] or 'Unknown Source'}{_behind(call)})"
        for call in error.calls
    )
    return "\n".join([error.named, *rows])


def _behind(call: _Call) -> str:
    return f":{call.line}" if call.line and call.file else ""


def _javascript(error: Thrown) -> str:
    rows = (f"    at {call.function} ({call.file}:{call.line}:{call.column or 1})" for call in error.calls)
    return "\n".join([error.named, *rows])


def _caused(chain: list[Thrown]) -> str:
    """Errors of JavaScript as Node.js shows them: what an error came from stands inside of it."""
    texts = [_javascript(one) for one in chain]
    rows = [texts[0]]
    for depth, text in enumerate(texts[1:], 1):
        indent = "  " * depth
        rows[-1] += " {"
        rows.append("\n".join(f"{indent}{line}" for line in f"[cause]: {text}".split("\n")))
    rows += ["  " * depth + "}" for depth in range(len(chain) - 2, -1, -1)]
    return "\n".join(rows)


def _ruby(error: Thrown) -> str:
    rows = [f"{call.file}:{call.line}:in `{call.function}'" for call in error.calls]
    rows[0] += f": {error.said} ({error.kind or 'RuntimeError'})"
    return "\n\tfrom ".join(rows)


def _python(error: Thrown) -> str:
    # a traceback names the function alone, without its module and its class
    rows = (
        f'  File "{call.file}", line {call.line}, in {call.function.rpartition(".")[2] or call.function}'
        for call in reversed(error.calls)
    )
    return "\n".join(["Traceback (most recent call last):", *rows, error.named])


def _php(error: Thrown) -> str:
    first = error.calls[0]
    rows = (f"#{nth} {call.file}({call.line}): {call.function}()" for nth, call in enumerate(error.calls))
    head = f"{error.named} in {first.file}:{first.line}"
    return "\n".join([head, "Stack trace:", *rows, f"#{len(error.calls)} {{main}}"])


def _uncaught(chain: list[Thrown]) -> str:
    """Errors of PHP: what an error came from stands before it."""
    return "PHP Fatal error:  Uncaught " + "\n\nNext ".join(map(_php, reversed(chain)))


def _go(error: Thrown) -> str:
    rows = (f"{call.function}\n\t{call.file}:{call.line}" for call in error.calls)
    return "\n".join([error.said or error.kind or "error", *rows])


def _csharp(error: Thrown) -> str:
    return "\n".join([error.named, *_called(error)])


def _native(error: Thrown) -> str:
    """An exception of Apple's runtime as it is logged; a signal as a debugger tells of it."""
    if _SIGNAL.fullmatch(error.kind):
        rows = (f"  * frame #{nth}: 0x0 {_image(call)}`{call.function}" for nth, call in enumerate(error.calls))
        return "\n".join([f"* thread #1, stop reason = {error.kind}", *rows])
    head = f"*** Terminating app due to uncaught exception '{error.kind}', reason: '{error.said}'"
    rows = (f"\t{nth}   {_image(call)}  0x0 {call.function} + 0" for nth, call in enumerate(error.calls))
    return "\n".join([head, "*** First throw call stack:", "(", *rows, ")"])


def _image(call: _Call) -> str:
    """The image that a frame names, where it names one."""
    return call.file.rpartition("/")[2].replace(" ", "_") or "???"


def _called(error: Thrown) -> Iterator[str]:
    """The frames of .NET."""
    for call in error.calls:
        brackets = "" if "(" in call.function else "()"
        yield f"   at {call.function}{brackets}" + (f" in {call.file}:line {call.line}" if call.file else "")


def _nested(chain: list[Thrown]) -> str:
    """Errors of .NET: what an error came from stands inside of it."""
    rows = [" ---> ".join(one.named for one in chain)]
    for one in chain[:0:-1]:
        rows += [*_called(one), "   --- End of inner exception stack trace ---"]
    return "\n".join([*rows, *_called(chain[0])])


_WRITERS: Final = {
    "java": _java, "javascript": _javascript, "ruby": _ruby, "python": _python, "php": _php, "go": _go,
    "csharp": _csharp, "native": _native,
}  # fmt: skip
_CHAINS: Final = {"javascript": _caused, "php": _uncaught, "csharp": _nested}
# What stands between errors of which each came from the next, and where the root comes first.
_BETWEEN: Final = {"java": "\nCaused by: ", "ruby": "\n"}
_ROOT_FIRST: Final = {
    "python": "\n\nThe above exception was the direct cause of the following exception:\n\n",
    "go": "\n",
}
