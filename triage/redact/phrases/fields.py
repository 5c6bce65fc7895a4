"""What is typed into a field of a page or a screen: `input#password`, `By.id("password")).sendKeys("...")`.

Selectors and calls as browsers, trackers of errors and tools that test write them; the name of the field says what the
text is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import extents, values
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense, sense
from triage.redact.text import Found, Span

__all__ = ("READERS",)

_REACH: Final = 400
_SELECTOR: Final = re.compile(
    rb"(?:[.#][\w-]{1,60}|\[[\w-]{1,20}[~|^$*]?=(?:\\{0,3}[\"'])?[\w.-]{1,60}(?:\\{0,3}[\"'])?\]|:[a-z-]{4,20}){1,8}"
)
_SIGNS: Final = frozenset(b".#[")
_BEHIND: Final = frozenset({b'"', b"'", b"`", b"\\", b" ", b"\t", b")", b":"})
_NAME: Final = re.compile(rb"[.#=][\"'\\]{0,4}([\w.-]{1,60})")
# The text in the same record, or the call on what was selected.
_VALUE: Final = re.compile(
    rb"[^<>\n]{0,160}?(?:\b(?:(?:input|new|field|final)_?(?i:value|text)|value|text|val|typed|content|keys)\\{0,3}[\"']?\s{0,2}(?::|=>?)\s{0,2}"
    rb"|\.(?:type|fill|sendKeys|send_keys|val|setValue|set_value|value|pressSequentially|typeText)[ ]?[(=][ ]?)"
    rb"\\{0,3}([\"'])"
)
# A rule for how fields look; and the next argument of a call.
_RULE: Final = re.compile(rb"[^\"'\n]{0,80}\{")
_ARGUMENT: Final = re.compile(rb"\\{0,3}[\"'`],[ ]?\\{0,3}([\"'`])")
_OPENED: Final = re.compile(rb"\([ ]?\\{0,3}[\"'`][\w-]{0,20}\Z")
_BEFORE: Final = re.compile(
    rb"(?:value|text|val)\\{0,3}[\"']?\s{0,2}[:=]\s{0,2}\\{0,3}\"([^\"\\\n]{1,200})\\{0,3}\"[^\n]{0,80}\Z"
)
_CALLED: Final = re.compile(
    rb"([A-Za-z][\w-]{1,40})(?:\\{0,3}[\"'\])]){1,6}(?:\.(?:first|last|clear|click|focus|perform|nth)(?:\((?:\w{0,10}\))?)?){0,2}\Z"
)
_STRING: Final = re.compile(rb"[ ]?\\{0,3}([\"'])")
_PATH: Final = re.compile(rb"(?:[^\"\\\n]|\\{1,7}\"(?=[\w.-]{1,60}\\{1,7}\")|(?<=[\w.-])\\{1,7}\"){1,200}")
_STEP: Final = re.compile(rb"(\\{0,3}[\"'])([^\"'\\\n]{4,80})\1 \Z")
_BEFORE_STRINGS: Final = frozenset({b":", b" "})
_PASSWORD: Final = Sense("password")
_LOOSE: Final = frozenset({"entropy", "query", "docker", "header", "cookies", "numbered", "host"})


def _meaning(names: Iterator[bytes]) -> Sense | None:
    """What one of some names says of a text."""
    meanings = (sense(name.decode("latin-1")) for name in names)
    return next((meaning for meaning in meanings if meaning and meaning.weak not in _LOOSE), None)


def _judged(data: bytes, span: Span | None, meaning: Sense) -> Iterator[Found]:
    """The text, if it is what its field is for."""
    if span:
        start, end = span[0], span[0] + len(data[slice(*span)].rstrip(b"\\"))
        yield from judged(data, (start, end), meaning, in_quotes=True, assigned=True, name=(start, start))


def _selected(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The text of the field that a selector names, behind it or before it in the same record."""
    selector = _SELECTOR.match(data, at if data[at] in _SIGNS else at + size - 1)
    meaning = _meaning(name[1] for name in _NAME.finditer(selector.group())) if selector else None
    if selector is None or meaning is None:
        return
    if data[selector.end() : selector.end() + 1] not in _BEHIND or _RULE.match(data, selector.end()):
        return
    value = _VALUE.match(data, selector.end(), selector.end() + _REACH)
    if _OPENED.search(data, max(at - 26, 0), at):
        value = _ARGUMENT.match(data, selector.end()) or value
    if value:
        yield from _judged(data, extents.after(data, value.end(), value[1]), meaning)
    elif before := _BEFORE.search(data, max(at - _REACH, data.rfind(b"\n", 0, at) + 1, 0), at):
        yield from _judged(data, before.span(1), meaning)


def _recorded(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The text of the field whose selector or path is a string of a record."""
    begin = data.rfind(b'"', at, at + size) + 1
    if data[begin - 2 : begin - 1] not in _BEFORE_STRINGS:  # the lead ends with the whole string
        begin = data.rfind(b'"', at, begin - 1) + 1
    path = _PATH.match(data, begin)
    names = [name[1] for name in _NAME.finditer(path.group())] if path else []
    meaning = _meaning(iter(names or [path.group()])) if path else None
    value = _VALUE.match(data, path.end(), path.end() + _REACH) if path and meaning else None
    if value and meaning:
        yield from _judged(data, extents.after(data, value.end(), value[1]), meaning)


def _entered(_size: int, data: bytes, at: int) -> Iterator[Found]:
    """The string that stands before the words for the field of a password."""
    before = _STEP.search(data, max(at - 100, 0), at)
    if before and values.mixed(before[2], least=5) and b" " not in before[2]:
        yield from _judged(data, before.span(2), _PASSWORD)


def _typed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The text that a call types into the field that is named before it."""
    opened = _STRING.match(data, at + size)
    called = _CALLED.search(data, max(at - 90, 0), at) if opened else None
    meaning = _meaning(iter((called[1],))) if called else None
    if opened and meaning:
        yield from _judged(data, extents.after(data, opened.end(), opened[1]), meaning)


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "selectors": _selected,
    "recorded": _recorded,
    "entered": _entered,
    "typing": _typed,
}
"""What reads the texts at the words of leads.toml, by their lists."""
