r"""Prometheus text (and the OpenMetrics text near to it) as a format of its own, and for bundles that hold some.

Facts are from the exposition format's page in the Prometheus documentation. Lines are::

    "# HELP" NAME text | "# TYPE" NAME TYPE | "#" comment | NAME ["{" LABEL "=" '"' VALUE '"' ... "}"] NUMBER [TIME]

A sound sample is read by `prometheus_client.parser`, line by line, so that one bad line costs only itself; the type
comes from the TYPE line of its family. A redactor that works on text breaks lines (``x{token=[REDACTED] 5``): those are
read by `_damaged`, which keeps the name, every label that has one, and the number. A line without a name goes to
quarantine. TIME is in milliseconds, or in seconds where it is too small for that (OpenMetrics).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from triage.formats import Match
from triage.formats.head import Head
from triage.records import json_text
from triage.sources.source import Source
from triage.times import epoch

__all__ = ("NAME", "TITLE", "looks_like", "read", "read_lines", "sniff")

NAME: Final = "prometheus"
TITLE: Final = "Prometheus metrics text"
MEDIA: Final = "text/plain; version=0.0.4"

# Longer lines are not given to the library, whose label parser copies the rest of the line for each label.
_LIBRARY_CHARS: Final = 8_192
_FAMILIES: Final = 100_000
_NAME: Final = re.compile(r"[A-Za-z_:][\w:.]{0,500}")
_SAMPLE: Final = re.compile(
    r"[A-Za-z_:][\w:]{0,500}(?:\{[^\n]*\})?[ \t]+[-+]?(?:[0-9][0-9.eE+-]*|Inf|NaN)(?:[ \t]+-?\d+)?$"
)
_LABEL: Final = re.compile(r'([A-Za-z_][\w.]{0,200}+)[ \t]*=[ \t]*(?:"((?:[^"\\]++|\\.)*+)"*|([^,\s}]*))')
_SUFFIXES: Final = ("_bucket", "_sum", "_count", "_total", "_created", "_info", "_gsum", "_gcount")
_TYPES: Final = {"untyped": "unknown", "": "unknown"}


def sniff(head: Head) -> Match | None:
    """By TYPE lines, else by lines that are all samples."""
    if not head.is_text:
        return None
    if looks_like(head) and not head.reports:
        return Match(70, "a TYPE line and samples of Prometheus text")
    lines = [line for line in head.lines[:60] if line.strip() and not line.startswith("#")]
    samples = sum(1 for line in lines if len(line) < _LIBRARY_CHARS and _SAMPLE.match(line))
    if samples >= 3 and samples * 10 >= len(lines) * 8:
        return Match(40, "lines of the form NAME{LABELS} NUMBER")
    return None


def looks_like(head: Head) -> bool:
    """Whether there is a `# TYPE name type` line among the first."""
    typed = [line.split() for line in head.lines[:60] if line.startswith(("# TYPE ", "#TYPE "))]
    return any(len(words) == 4 and _NAME.fullmatch(words[2]) for words in typed)


def read(source: Source) -> None:
    """Every sample becomes a row of `metrics`."""
    source.role = source.role or "metrics"
    source.media = source.media or MEDIA
    read_lines(source, source.lines())


def read_lines(source: Source, lines: Iterable[tuple[int, bytes]], event: int | None = None) -> None:
    """Append a row of `metrics` for each sample in the lines."""
    parse = _library()
    types: dict[str, str] = {}
    repaired = lost = 0
    for number, (offset, data) in enumerate(lines, 1):
        text = data.decode("utf-8", "replace").strip()
        if not text:
            continue
        if text.startswith("#"):
            _remember(text, types)
            continue
        sample = _sound(text, parse)
        if sample is None:
            sample = _damaged(text)
            repaired += sample is not None
        if sample is None:
            lost += 1
            source.quarantine("not a line of Prometheus text", offset=offset, length=len(data), line=number)
            continue
        name, labels, value, ts = sample
        source.records.metric(
            event,
            source_id=source.source_id,
            ts=ts,
            name=name,
            labels=json_text(labels) if labels else None,
            type=_type(name, types),
            value=value,
        )
    _tell(source, repaired, lost)


_Sample = tuple[str, dict[str, str], float | None, int | None]


def _library() -> Callable[[str], Any]:
    """The library's parser, loaded when the first metrics are read: it brings an HTTP server along."""
    from prometheus_client.parser import text_string_to_metric_families

    return text_string_to_metric_families


def _sound(text: str, parse: Callable[[str], Any]) -> _Sample | None:
    """A sample by the library; None where it cannot read the line."""
    if len(text) > _LIBRARY_CHARS:
        return None
    exemplar = text.find(" # {")
    try:
        family = next(iter(parse(text[:exemplar] if exemplar > 0 else text)))
        sample = family.samples[0]
        stamp = None if sample.timestamp is None else float(sample.timestamp)
        return sample.name, dict(sample.labels), float(sample.value), _time(stamp)
    except (ValueError, LookupError, TypeError, ArithmeticError, AttributeError, StopIteration, RecursionError):
        return None


def _time(seconds: float | None) -> int | None:
    """Microseconds; the library divides by 1000, so that a time in seconds comes out too small by that."""
    if seconds is None:
        return None
    return epoch(seconds * 1000 if abs(seconds) < 100_000_000 else seconds)


def _damaged(text: str) -> _Sample | None:
    """What can be had of a sample: a name, and a label list or a number."""
    found = _NAME.match(text)
    if found is None:
        return None
    rest = text[found.end() :].lstrip()
    labels: dict[str, str] = {}
    if rest.startswith("{"):
        inside, bracket, after = rest[1:].rpartition("}")
        pairs = list(_LABEL.finditer(inside if bracket else rest))
        labels = {label[1]: label[2] if label[2] is not None else label[3] for label in pairs}
        # Without its bracket the list ends where its last label does.
        rest = after if bracket else rest[pairs[-1].end() if pairs else 1 :]
    value, stamp = [*(_number(word) for word in rest.split(None, 2)[:2]), None, None][:2]
    if value is None and not labels:
        return None
    return found.group(), labels, value, _time(None if stamp is None else stamp / 1000)


def _number(text: str) -> float | None:
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def _remember(text: str, types: dict[str, str]) -> None:
    """Keep the type that a TYPE line gives."""
    words = text.lstrip("#").split(None, 3)
    if len(words) >= 3 and words[0] == "TYPE" and len(types) < _FAMILIES:
        kind = words[2].lower()
        types[words[1].strip('"')] = _TYPES.get(kind, kind)


def _type(name: str, types: dict[str, str]) -> str:
    """The type of the family that a sample belongs to."""
    kind = types.get(name)
    if kind is not None:
        return kind
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return types.get(name.removesuffix(suffix), "unknown")
    return "unknown"


def _tell(source: Source, repaired: int, lost: int) -> None:
    """Say in `files` how many lines were broken."""
    if repaired:
        source.note(f"broken lines: {repaired:,} read as far as they go")
    if lost:
        source.note(f"{lost:,} lines are no metrics")
        source.parse_status = "partial"
