"""Whether an archive is still what was reviewed: its members against the manifest, the manifest against the review."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.errors import SourceError
from triage.records import Records
from triage.share.canonical import oddity
from triage.share.printable import printable
from triage.sources import archives
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.source import OverLimitError, Source

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

__all__ = ("Verification", "as_written", "told_digest", "verify")

_MANIFEST: Final = "MANIFEST.json"
_REVIEW: Final = "REVIEW.json"
_OF_WHO: Final = frozenset({"by", "when", "manifest_sha256"})


@dataclass(frozen=True, slots=True)
class Verification:
    """What `verify` found.

    Attributes
    ----------
    ok : bool
        Nothing is wrong.
    problems : tuple of str
        What is wrong, one sentence each.
    digest : str
        SHA-256 of the archive, to compare with the one that was shown at the approval.
    files : int
        Members that were reviewed.
    by, when : str
        Who approved it, and when, as the archive says: digests prove that nothing changed since, not who wrote it.
    """

    ok: bool
    problems: tuple[str, ...]
    digest: str
    files: int
    by: str
    when: str


def verify(path: str | os.PathLike[str] | bytes) -> Verification:
    """Check a saved archive: every member and nothing beside them, each with its digest, as the review recorded.

    Parameters
    ----------
    path
        The archive, or its bytes.

    Raises
    ------
    SourceError
        There is nothing at that path, or it is a folder.

    Examples
    --------
    >>> verify(b"no archive").problems
    ('this is no archive',)
    """
    inputs = Inputs(path)
    if not inputs.single:
        raise SourceError("this is a folder; give the archive itself")
    rows, kept = _members(inputs)
    top = rows[0]
    problems: list[str] = []
    if not any(row["depth"] == 1 for row in rows):
        problems.append("this is no archive")
    elif top["parse_status"] != "ok":
        problems.append(f"the archive is {top['parse_status']}: {top['reason'] or 'it could not be read to its end'}")
    manifest, review = _decoded(kept.get(_MANIFEST)), _decoded(kept.get(_REVIEW))
    if not problems:
        problems += _record(rows, manifest, review)
        problems += _compared({row["path"]: row for row in rows if row["depth"] == 1}, manifest)
        problems += _told(manifest, review, kept.get(_REVIEW, b""))
        if odd := oddity(_chunks(inputs)):
            problems.append(f"it is not packed as triage packs it ({odd}): something may be carried beside the members")
    listed = manifest.get("members")
    return Verification(
        ok=not problems,
        problems=tuple(problems),
        digest=top["sha256"],
        files=len(listed) if isinstance(listed, list) else 0,
        by=_line(review.get("by")),
        when=_line(review.get("when")),
    )


def _members(inputs: Inputs) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """The row of every member, and the bytes of the two that say what the others are."""
    kept: dict[str, bytes] = {}
    records = Records()

    def read(source: Source) -> None:
        try:
            if source.parse_status is None and source.depth == 0:
                archives.read(source)
            elif source.parse_status is None and source.path in {_MANIFEST, _REVIEW}:
                kept[source.path] = bytes(source.data())
            source.drain()
        except OverLimitError as error:
            source.parse_status = "quarantined"
            source.note(str(error))
        source.close()

    for source in inputs.walk(Context(records=records, limits=Limits(), read=read)):
        read(source)
    return records.finish()["files"].to_pylist(), kept


def _chunks(inputs: Inputs) -> Iterator[bytes]:
    """The bytes of the file itself."""
    for source in inputs.walk(Context(records=Records(), limits=Limits(), read=Source.drain)):
        yield from source.chunks()


def told_digest(review: dict[str, Any]) -> str:
    """The SHA-256 of what a review says but for who, when and of which manifest: the manifest holds it."""
    facts = {name: value for name, value in review.items() if name not in _OF_WHO}
    return hashlib.sha256(json.dumps(facts, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")).hexdigest()


def as_written(review: Mapping[str, Any]) -> bytes:
    """The bytes of `REVIEW.json`."""
    return json.dumps(review, ensure_ascii=False, indent=2).encode("utf-8", "replace") + b"\n"


def _told(manifest: dict[str, Any], review: dict[str, Any], written: bytes) -> list[str]:
    """What is wrong with what the review says of the members."""
    listed = manifest.get("members")
    rows = listed if isinstance(listed, list) else []
    names = [row.get("path") if isinstance(row, dict) else None for row in rows]
    problems = []
    if not all(isinstance(name, str) for name in names) or len(set(map(str, names))) < len(names):
        problems.append(f"{_MANIFEST} lists something that is no member, or one twice")
    if manifest.get("review_sha256") != told_digest(review) or written != as_written(review):
        problems.append(f"what {_REVIEW} says of the files is not what was recorded at the approval")
    return problems


def _record(rows: list[dict[str, Any]], manifest: dict[str, Any], review: dict[str, Any]) -> list[str]:
    """What is wrong with the two records."""
    problems = []
    if manifest.get("triage_manifest") != 1:
        problems.append(f"there is no {_MANIFEST} of a reviewed archive: it was not saved by triage after a review")
    if review.get("triage_review") != 1:
        problems.append(f"there is no {_REVIEW}: nobody approved it")
    elif not _text(review.get("by")) or not _text(review.get("when")):
        problems.append(f"{_REVIEW} does not say who approved it and when")
    digest = next((row["sha256"] for row in rows if row["depth"] == 1 and row["path"] == _MANIFEST), None)
    if not problems and review.get("manifest_sha256") != digest:
        problems.append(f"{_MANIFEST} is not the one that was approved")
    return problems


def _compared(members: dict[str, dict[str, Any]], manifest: dict[str, Any]) -> list[str]:
    """Members that are missing, changed, or were never reviewed."""
    listed = manifest.get("members")
    told_of = [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
    wanted = {_text(row.get("path")): row for row in told_of}
    problems = []
    for name in sorted(wanted.keys() | members.keys()):
        if name in {_MANIFEST, _REVIEW}:
            continue
        row, told = members.get(name), wanted.get(name)
        if told is None:
            problems.append(f"{name} was not reviewed: {_MANIFEST} does not list it")
        elif row is None:
            problems.append(f"{name} is missing")
        elif (row["bytes"], row["sha256"]) != (told.get("bytes"), told.get("sha256")) or row["parse_status"] != "ok":
            problems.append(f"{name} is not what was reviewed")
    return problems


def _decoded(data: bytes | None) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(data or b"")
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _line(value: Any) -> str:
    """A text as one line that prints."""
    return " ".join(printable(_text(value)).split())
