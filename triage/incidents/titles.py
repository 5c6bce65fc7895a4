"""What incidents are called: short, in one line, without the stack that a message may drag along.

Ours is `Type in function`, or `Type: message` with its values replaced where no frame says where. DebugBundle's own, by
which its incidents are called in `state.json` and in bundles, is the normalised message. Both end at the first stack
frame in the text, and hold 180 characters at most, broken at a space where there is one behind the eightieth. A message
that is no sentence, JSON or the name of the event's type, gives way to words. Facts: `incident-title.ts` of
debugbundle/debugbundle at c4d2dfb, told in specs of the event store, section 2.
"""

from __future__ import annotations

import re
from typing import Any, Final

from triage.incidents.debugbundle_messages import normal_message
from triage.stacks.messages import parameterise

__all__ = ("bounded", "first_line", "native_title", "title")

_MOST: Final = 180
_LEAST: Final = 80
_FALLBACKS: Final = {
    "backend_exception": "Backend exception",
    "frontend_exception": "Frontend exception",
    "request_event": "Request failure",
    "log_event": "Application log error",
}
# More than this of a text is never part of a title, nor is a frame longer.
_LOOKED_AT: Final = 65_536
_LONGEST: Final = 2_048

# A culprit is the place that surfaced, and behind it what its cause came from.
_WHERE: Final = re.compile(r" \(| from ")
_AT: Final = re.compile(r"(?:\A|\s|\\[rnt])at\s+(?:(?:async|new)\s+)?")
_NUMBER: Final = r"(?:[0-9]+|\{dynamic\})"
_PLACE: Final = re.compile(rf"(.+?):{_NUMBER}(?::{_NUMBER})?")
_FILE: Final = re.compile(r"[^\r\n]+\.[A-Za-z0-9]+|(?:https?|file|node):[^\r\n]+")
_NOWHERE: Final = frozenset(["Unknown Source", "Native Method", "native", "<anonymous>"])
_TAIL: Final = re.compile(r"(?:\s|\\[rnt])+\Z")


def native_title(event_type: str, message: str | None) -> str:
    """The title that DebugBundle gives an incident by the first of its events.

    Parameters
    ----------
    event_type
        As in its envelopes: `backend_exception`, `log_event` ...
    message
        As it stands in the event; of a request `request <method> <route>`.

    Examples
    --------
    >>> native_title("log_event", "order 48213 failed at app.Checkout.run(Checkout.java:44)")
    'order {dynamic} failed'
    >>> native_title("log_event", '{"error": true}')
    'Application log error'
    """
    text = first_line(message or "" if event_type == "request_event" else normal_message(message or ""))
    if not text or text.startswith(("[", "{")) or text == event_type:
        return _FALLBACKS.get(event_type) or " ".join(word[:1].upper() + word[1:] for word in event_type.split("_"))
    return bounded(text)


def title(event: dict[str, Any]) -> str:
    """What an incident is called by one of its events, a row of the table `events`."""
    kind = event["error_type"] or event["event_kind"] or "event"
    if event["culprit"]:
        return bounded(f"{kind} in {_WHERE.split(event['culprit'], 1)[0]}")
    if event["http_method"] and not event["error_type"]:
        parts = (event["http_method"], event["route"], event["http_status"])
        return bounded(" ".join(str(part) for part in parts if part))
    said = first_line(event["error_value"] or "")
    if said.startswith(("[", "{")) and kind == "log":
        return _FALLBACKS["log_event"]
    if said.startswith((f"{kind}: ", f"{kind} (")):  # a message that says its type itself
        return bounded(parameterise(said))
    return bounded(f"{kind}: {parameterise(said)}" if said else kind)


def first_line(text: str) -> str:
    """A text in one line, up to the first stack frame in it.

    Examples
    --------
    >>> first_line("cannot  load\\n\\tat run (src/a.ts:12:3)")
    'cannot load'
    """
    text = " ".join(text[:_LOOKED_AT].split())
    found = _AT.search(text)
    while found is not None:
        if _is_frame(text[found.end() : found.end() + 2 * _LONGEST]):
            return _TAIL.sub("", text[: found.start()])
        found = _AT.search(text, found.start() + 1)
    return text


def _is_frame(rest: str) -> bool:
    """Whether a text begins as frames do that are written behind `at`: a name and a place, or a place alone."""
    word = rest.split(" ", 1)[0]
    name, mark, after = rest.partition("(")
    if mark and " " not in name.rstrip(" ") and ")" not in name:
        inner, closed, _ = after.partition(")")
        if closed and "(" not in inner and (inner in _NOWHERE or _is_place(inner)):
            return True
    return not set("()") & set(word) and _is_place(word)


def _is_place(text: str) -> bool:
    found = _PLACE.fullmatch(text) if len(text) <= _LONGEST else None
    return found is not None and _FILE.fullmatch(found[1]) is not None


def bounded(text: str) -> str:
    """A text of at most 180 characters, broken at a space if need be.

    Examples
    --------
    >>> len(bounded("word " * 60)), bounded("word " * 60)[-11:]
    (175, ' word word…')
    """
    if len(text) <= _MOST:
        return text
    head = text[: _MOST - 1]
    space = head.rfind(" ")
    return (head[:space] if space >= _LEAST else head).rstrip() + "…"
