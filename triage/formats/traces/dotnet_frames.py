"""One frame of a .NET stack: of the runtime in any of its languages, of Mono, of Unity."""

from __future__ import annotations

import re
from html import unescape
from typing import Final

from triage.formats.traces.dotnet_enhanced import INNER, method
from triage.formats.traces.patterns import lazy
from triage.records import Frame

__all__ = ("AT", "frame", "plain")

_LINE_CHARS: Final = 8_000
# The word for "at" in the runtime's own resources.
AT: Final = (
    "at",
    "bei",
    "à",
    "en",
    "em",
    "in",
    "в",
    "w",
    "v",
    "vid",
    "ved",
    "bij",
    "konum:",
    "στο",
    "kohteessa",
    "在",
    "於",
    "場所",
    "위치:",
    "위치",
)
_IN: Final = ("in", "em", "en", "à", "dans", "в", "w", "v", "i", "konum:", "位置", "場所", "위치:?", "파일", "於", "在")
_METHOD: Final = r"(?P<name>[^\s(][^(]{0,1500}?) ?\((?P<args>(?:[^()]|\([^()]{0,400}\)){0,3000})\)"
_WRAPPER: Final = r"(?:\((?P<wrapper>wrapper [\w-]{1,40})\) )?"
_RUNTIME: Final = lazy(
    rf"\s*(?P<at>{'|'.join(re.escape(word) for word in AT)}) {_WRAPPER}{_METHOD}"
    rf"(?: (?:{'|'.join(_IN)}) (?P<file>\S.{{0,800}}?):(?P<word>[^\s\d:/\\]{{1,20}}) ?(?P<line>\d{{1,9}})\.?)?"
    r"(?: \+ 0x(?P<il>[0-9a-fA-F]{1,8}))?\s*$"
)
_DECLARED: Final = lazy(
    rf"\s*(?:{'|'.join(re.escape(word) for word in AT)}) "
    rf"(?P<method>[A-Za-z_][^()]{{0,1500}}\([^()]{{0,2000}}\){INNER}{{0,8}})"
    rf"(?: (?:{'|'.join(_IN)}) (?P<file>\S.{{0,800}}?):(?:[^\s\d:/\\]{{1,20}} ?)?(?P<line>\d{{1,9}})\.?)?\s*$"
)
_NATIVE: Final = lazy(
    rf"\s*at {_METHOD} in (?P<module>[^\s+]{{1,300}})(?:\+|:)(?:0x)?(?P<offset>[0-9a-fA-F]{{1,16}})\s*$"
)
_AOT: Final = lazy(
    r"\s*at (?:(?P<module>[\w.-]{1,300})!<BaseAddress>|(?P<name>[\w.`!<>$]{1,400}))"
    r"\+0x(?P<offset>[0-9a-fA-F]{1,16})\s*$"
)
_MONO: Final = lazy(
    rf"\s*at {_WRAPPER}{_METHOD}"
    r"(?: <0x[0-9a-fA-F]{1,16} \+ 0x[0-9a-fA-F]{1,16}>| ?\[0x(?P<il>[0-9a-fA-F]{1,8})\])?"
    r" in (?P<file><[^<>]{0,200}>|[^<>]{1,800}?):(?P<line>\d{1,9})\s*$"
)
_UNITY: Final = lazy(
    rf"(?P<type>[A-Za-z_][\w.`+<>/,\[\]]{{0,400}}):{_METHOD}"
    r"(?: \(at (?P<file>[^()]{1,600}):(?P<line>\d{1,9})\))?\s*$"
)
_UNITY_AT: Final = lazy(
    rf"(?:\s*at )?{_METHOD} \(at (?P<file><[^<>]{{0,200}}>|[^()]{{1,600}}):(?P<line>\d{{1,9}})\)\s*$"
)
# What Java and JavaScript write between the brackets.
_FILE: Final = lazy(
    r"[^\s,]{1,300}\.(?:java|kts?|scala|groovy|cljc?|m?js|tsx?|rb|dart|py)(?::[\d:]{1,20}|$)"
    r"|Native Method|Unknown Source|SourceFile|[^,]{1,300}:\d{1,9}$|<anonymous>$|native$"
)
# Methods that the runtime makes of expressions have no class.
_MADE: Final = "lambda_method"
_TOKEN: Final = lazy(r"[\w.`<>+\[\],$|@&*=\-/{}!:]+$")


def frame(line: str, number: int | None = None) -> Frame | None:
    """The frame that a line holds, None where it holds none.

    Examples
    --------
    >>> found = frame("   at Shop.Api.Pay(String id) in C:\\\\src\\\\Api.cs:line 12")
    >>> found.function, found.args, found.file, found.line
    ('Shop.Api.Pay', 'String id', 'C:\\\\src\\\\Api.cs', 12)
    """
    if len(line) > _LINE_CHARS or ("(" not in line and "+0x" not in line):
        return None
    line = plain(line)
    if found := _MONO.match(line) or _UNITY_AT.match(line):
        return _made(found, number)
    found = _RUNTIME.match(line)
    if (")+" in line or (found and " " in found["name"])) and (declared := _declared(line, number)):
        return declared
    if found:
        return _made(found, number) if _is_call(found) else None
    if found := _NATIVE.match(line) or _AOT.match(line):
        return _made(found, number)
    found = _UNITY.match(line)
    return _made(found, number) if found and "." not in found["name"] else None


def _declared(line: str, number: int | None) -> Frame | None:
    """The frame of a method that stands there as it is declared."""
    found = _DECLARED.match(line)
    told = method(found["method"]) if found else None
    if found is None or told is None:
        return None
    place = int(found["line"]) if found["line"] else None
    return Frame(
        function=f"{told.owner}.{told.name}",
        function_raw=found["method"].strip(),
        args=told.args or None,
        file=found["file"],
        line=place,
        language="csharp",
        trust="text",
        text_line=number,
    )


def plain(line: str) -> str:
    """A line as it was before somebody put it into XML or HTML.

    Examples
    --------
    >>> plain(" ---&gt; Shop.RateException: no rate")
    ' ---> Shop.RateException: no rate'
    """
    return unescape(line) if "&lt;" in line or "&gt;" in line else line


def _is_call(found: re.Match[str]) -> bool:
    """Whether name and arguments are those of a method: Java writes a file there, JavaScript a blank before it."""
    name, args = found["name"], found["args"]
    spaced = " " in name.strip() and not _generic(name)
    if spaced or ("." not in name and not name.startswith(_MADE)) or found.string[found.end("name")] == " ":
        return False
    if found["at"] != "at" and not found.string[:1].isspace():
        return False
    if _FILE.match(args):
        return False
    return args == "" or all(" " in part.strip() or _TOKEN.match(part.strip()) for part in args.split(","))


def _generic(name: str) -> bool:
    """Whether blanks in a name stand between the types of a generic one, or in what a compiler made."""
    return name.count("[") == name.count("]") > 0 or name.count("<") == name.count(">") > 0


def _made(found: re.Match[str], number: int | None) -> Frame:
    """The frame of a match, whatever form it has."""
    groups = found.groupdict()
    name = (groups["name"] or "").strip()
    if groups.get("type"):
        name = f"{groups['type']}.{name}"
    file, line = groups.get("file"), groups.get("line")
    hidden = file is not None and file.startswith("<")
    offset = groups.get("offset")
    il = groups.get("il")
    return Frame(
        function=name or None,
        function_raw=groups.get("wrapper"),
        args=(groups.get("args") or "").strip() or None,
        module=groups.get("module"),
        module_offset=int(offset, 16) if offset else None,
        symbol_offset=int(il, 16) if il else None,
        file=None if hidden else file,
        line=int(line) if line and not hidden else None,
        language="csharp",
        trust="text",
        text_line=number,
    )
