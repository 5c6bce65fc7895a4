"""A line of a log as every reader of logs sees it: the head of a record in any form that is known, or none.

A file may hold records of several writers: PHP's and Apache's among those of programs, JSON among text. So whichever
reader a file has, a record of another form keeps its own time and level and continues no other (`log_heads`,
`log_json`); readers differ in their names, and each is the reader of what prevails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats import held_error, log_heads, log_json
from triage.formats.traces.prefixes import docker, split

if TYPE_CHECKING:
    from triage.formats.head import Head
    from triage.formats.log_heads import Said

__all__ = ("ACCESS", "FEW", "among", "holds_escaped", "read")

# The form of access logs, by which no log is known.
ACCESS: Final = "access"
# What a reader says of a file in which most records are of other forms: less than `app_log` of one that it knows.
FEW: Final = 61
_CHARS: Final = 16_384
# A newline as CEF and other writers of pairs escape it, or as rsyslog does, before what is a frame; keys of pairs.
_ESCAPED: Final = re.compile(r"(?:\\r)?(?:\\n|#012)(?:\\t|\t|#011| {2,8})(?:at \S|File )")
_KEY: Final = re.compile(r"(?:^| )(?:msg|message|reason|cs\d|error|exception|stack|stacktrace|stack_trace)=")


def read(line: str) -> Said | str | None:
    """What the head of a line says, why the line is damaged, or None where it begins no record.

    Examples
    --------
    >>> read('{"level":50,"time":1769390759123,"msg":"no rate"}').level
    'error'
    >>> read("[26-Jan-2026 01:25:59 UTC] PHP Notice:  x").form
    'php-log'
    """
    if line[:1] != "{":
        said = _wrapped(line) if line.rstrip()[-1:] == "}" and '{"' in line else log_heads.read(line)
        return _carrying(said) if said is not None and said.stack is None else said
    if line.startswith('{"log":'):
        return _docker(line)
    return log_json.read(line) if line[1:2] in {'"', " "} else None


def among(head: Head, form: str) -> tuple[list[Said], bool]:
    """The records of a form in the first lines of a file, and whether they are at least half of all there."""
    found = [said for line in head.lines if not isinstance(said := read(line[:_CHARS]), str) and said is not None]
    own = [said for said in found if said.form == form]
    return own, 2 * len(own) >= sum(said.form != ACCESS for said in found)


def _wrapped(line: str) -> Said | None:
    """A line that may be an object of JSON behind what a container's runtime or a daemon put before it."""
    text, outer = split(line).text.lstrip(), log_heads.read(line)
    if text[:2] != '{"' and outer is not None:
        text = outer.message
    said = log_json.read(text) if text[:2] == '{"' else None
    if said is None or isinstance(said, str):
        return outer
    said.json = True
    if outer is not None:
        said.service, said.program = said.service or outer.service, outer.program
        if said.time is None and said.ts is None:
            said.time, said.ts = outer.time, outer.ts
    elif said.time is None and said.ts is None:
        said.ts = split(line).ts
    return said


def _carrying(said: Said) -> Said:
    """A record of text, with the error that its fields hold: an object behind a tab, or texts with their lines."""
    message = said.message
    held: dict[str, Any]
    if "\t{" in message and message.endswith("}"):
        held = log_json.decoded(message[message.index("\t{") + 1 :])
    elif '="' in message and "\\n" in message:
        held = log_heads.pairs(message)
    elif escaped := _escaped(message):
        held = {"stack": escaped}
    else:
        held = {key: text for key, text in (said.fields or {}).items() if isinstance(text, str) and "\n" in text}
    found = held_error.find(held) if held and said.level not in log_json.CALM else None
    if found is not None:
        said.stack, said.error_type, said.error_value = found.stack, found.type, found.value or said.error_value
    return said


def holds_escaped(text: str) -> bool:
    """Whether a line may hold a stack whose newlines were escaped.

    Examples
    --------
    >>> holds_escaped("msg=a.E: no rate\\\\n\\tat a.B.c(B.java:3)"), holds_escaped("C:\\\\new at a.B")
    (True, False)
    """
    return ("\\n" in text or "#012" in text) and _ESCAPED.search(text) is not None


def _escaped(message: str) -> str | None:
    """The stack that a message holds with its newlines escaped, as CEF and syslog's daemons write them."""
    if not holds_escaped(message):
        return None
    found = _ESCAPED.search(message)
    begins = [key.end() for key in _KEY.finditer(message, 0, found.start() if found else 0)]
    text = message[begins[-1] if begins else 0 :]
    return text.replace("#012", "\n").replace("#011", "\t").replace("\\n", "\n").replace("\\t", "\t")


def _docker(line: str) -> Said | None:
    """What Docker's json-file driver wrapped; its own time counts where the line has none."""
    inner = docker(line)
    said = log_json.read(inner.text) if inner.text[:1] == "{" else log_heads.read(inner.text)
    if said is None or isinstance(said, str):
        return None
    said.json = inner.text[:1] == "{"
    if said.time is None and said.ts is None:
        said.ts = inner.ts
    return said
