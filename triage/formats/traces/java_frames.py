"""One line of a Java stack: a frame, what was left out, a border between coroutines."""

from __future__ import annotations

from typing import Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy, remembered
from triage.records import Frame

__all__ = ("frame", "gap", "is_frame")

_LINE_CHARS: Final = 4_000
# Google's own packages write a version in brackets into the source; ModLauncher adds what transformed the class.
_FRAME: Final = lazy(
    r"\s*(?:\|-\s*)?at (?:<(?P<guest>[a-zA-Z]\w{0,20})> )?(?P<name>[^\s(][^(]*)"
    r"\((?P<source>[^()]*(?:\([^()]*\)[^()]*)?)\)"
    r"(?:\s*~?\[(?P<jar>[^\]]*)\])?(?:\s*\{(?:[a-z]{2}:[^{}]*)?\})?\s*$"
)
# What most frames are: names and a source without a module, a loader or a jar.
_USUAL: Final = lazy(r"\s*at ([\w$]{1,200}\.[\w.$<>]{1,400})\(([\w$]{1,200}\.(?:java|kt)):([0-9]{1,9})\)\s*\Z")
_SOURCE: Final = lazy(
    r"[^():]{1,200}\.(?:java|kts?|scala|groovy|gradle|cljc?|rb|jsp|sc|aj)(?::-?\d{1,9})?$"
    r"|(?:Native Method|Unknown Source|SourceFile|NO_SOURCE_FILE|REPL|Redefined|D8\$\$SyntheticClass|[Pp]ro[Gg]uard|PG"
    r"|<[\w ]{1,40}>|\$Proxy\d{1,6}|r8-map-id-\w{1,80}|Unnamed)?(?::\d{1,9}(?::[\d-]{1,20})?)?$"
    r"|[^\W\d][\w$-]{0,120}:\d{1,9}$|:com\.[^:]{1,200}:\d{1,9}$"
)
# Names of tests and of Scala's and Groovy's methods may hold blanks.
_SPACED: Final = lazy(r"[^():]{1,200}\.(?:kts?|scala|groovy)(?::\d{1,9})?$")
# Dumps write the module before the file.
_IMAGE: Final = lazy(r"([\w.]{1,100}@[\w.+-]{1,60})/")
_RUBY: Final = lazy(r"RUBY\.[^(]{1,200}$")
_ELIDED: Final = lazy(r"\s*\.\.\. (\d{1,9}) (?:more|common frames omitted|frames? (?:truncated|excluded|omitted))")
_TRUNCATED: Final = lazy(r"\s*\.\.\. (?:\d{1,9} )?(?:frames? |lines? )?(?:truncated|omitted|excluded)\b")
_BORDER: Final = lazy(
    r"\s*(?:at )?(?:\(Coroutine boundary\)|_COROUTINE\._(?:BOUNDARY|CREATION)\._\(.*|\(Coroutine creation stacktrace\))"
)
_GUEST_PLACE: Final = lazy(r"(?P<file>.{1,600}?):(?P<line>\d{1,9})(?:-\d{1,9})?(?::[\d-]{1,24})?$")
_GUESTS: Final = {"js": "javascript", "llvm": "native", "R": "r"}
_UNKNOWN: Final = frozenset({"Native Method", "Unknown Source", "Redefined", "<Unknown>", "NO_SOURCE_FILE", ""})


def frame(line: str, number: int | None = None) -> Frame | None:
    """The frame that a line holds, None where it holds none.

    Examples
    --------
    >>> found = frame("\\tat java.base/java.lang.Thread.run(Thread.java:840)")
    >>> found.function, found.module, found.file, found.line
    ('java.lang.Thread.run', 'java.base', 'Thread.java', 840)
    """
    found = _frame(line)
    return found if found is None or number is None else replace(found, text_line=number)


@remembered
def _frame(line: str) -> Frame | None:
    """The frame that a line holds, without the number of the line."""
    if len(line) > _LINE_CHARS:
        return None
    if (usual := _USUAL.match(line)) and usual[1][:5] != "RUBY.":
        return Frame(function=usual[1], file=usual[2], line=int(usual[3]), language="java", trust="text")
    return _whole(line)


def _whole(line: str) -> Frame | None:
    """A frame in any form."""
    found = _FRAME.match(line)
    if found is None:
        return None
    name, source = found["name"], found["source"]
    image = _IMAGE.match(source)
    source = source[image.end() :] if image else source
    if found["guest"] and found["guest"] != "java":
        return _guest(found["guest"], name, source)
    if name[-1:].isspace() or "." not in name or not _known(name, source):
        return None
    loaded, name = _parted(name)
    loaded = loaded or (image[1] if image else "")
    file, _, digits = source.rpartition(":")
    if not digits.isdecimal() or len(digits) > 9:
        file, digits = source, ""
    # a union of jars has a number of the run behind it
    jar = (found["jar"] or "").partition(":")[0].rstrip("!/").partition("%23")[0]
    module = loaded.strip("/").rpartition("/")[2].partition("@")[0] or (jar if jar not in {"?", "na"} else "")
    return Frame(
        function=name,
        function_raw=f"{loaded}/{name}" if loaded else None,
        module=module or None,
        file=None if file in _UNKNOWN else file,
        line=int(digits) if digits else None,
        language="ruby" if name.startswith("RUBY.") else "java",
        trust="text",
    )


def _guest(guest: str, name: str, source: str) -> Frame:
    """A frame of a language that GraalVM runs inside of Java; its place has columns or offsets of characters."""
    place = _GUEST_PLACE.match(source)
    return Frame(
        function=name.strip(),
        file=(place["file"] if place else source) or None,
        line=int(place["line"]) if place else None,
        language=_GUESTS.get(guest, guest),
        trust="text",
    )


def is_frame(line: str) -> bool:
    """Whether a line is a frame or stands for some."""
    return _frame(line) is not None or gap(line) is not None


def gap(line: str, number: int | None = None) -> Frame | None:
    """The row for frames that were left out, or for the border between a coroutine and who made it."""
    if "..." not in line and "oroutine " not in line and "_COROUTINE" not in line:
        return None
    found = _gap(line)
    return found if found is None or number is None else replace(found, text_line=number)


@remembered
def _gap(line: str) -> Frame | None:
    """What `gap` says, without the number of the line."""
    mark = line.strip()
    if _BORDER.match(line):
        return Frame(frame_kind="async_gap", function_raw=mark, language="java")
    elided = _ELIDED.match(line)
    if elided or _TRUNCATED.match(line):
        repeat = int(elided[1]) if elided else 1
        return Frame(frame_kind="elided", repeat=repeat, language="java", function_raw=mark)
    return None


def _known(name: str, source: str) -> bool:
    """Whether name and source are of the JVM: other runtimes write places with a column, or arguments."""
    if _RUBY.match(name):
        return True
    if " " in name:
        return _SPACED.match(source) is not None
    return bool(source) and _SOURCE.match(source) is not None


def _parted(name: str) -> tuple[str, str]:
    """Loader and module before the last slash that is not of a hidden class, and the name behind it."""
    end = name.find("$$Lambda")
    head = name if end < 0 else name[:end]
    at = head.rfind("/")
    return ("", name) if at < 0 else (name[:at], name[at + 1 :])
