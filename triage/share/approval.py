"""The approval: what a person decided about a working copy, checked, recorded and frozen. It fails closed.

`MANIFEST.json` lists the members with their digests and the ids of their events, and holds the digest of what
`REVIEW.json` says of them; that one says who approved what, when and by which policy. Every member, every name and
every reason is scanned again before anything is frozen; only what a reviewer let through by name, with a reason, may be
in it. Who signs may do so by an address.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import triage
from triage.errors import RedactionError, TriageError, demand
from triage.redact.around import NOTHING, Around
from triage.redact.blocks import iter_blocks
from triage.redact.tokens import rules
from triage.share import leaving as leave
from triage.share import passes
from triage.share.archive import ReviewedArchive, fitting, frozen
from triage.share.decisions import Decisions, check, signed
from triage.share.derived import unwrapped
from triage.share.spool import Spool
from triage.share.verification import as_written, told_digest
from triage.sources.returns import ended_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from triage.redact.redactor import Redactor
    from triage.share.marks import Marks
    from triage.share.members import Member
    from triage.share.spool import Piece
    from triage.share.working import Working

__all__ = ("MANIFEST", "OWN", "REVIEW", "Decisions", "approve")

MANIFEST: Final = "MANIFEST.json"
REVIEW: Final = "REVIEW.json"
OWN: Final = frozenset({MANIFEST, REVIEW})
"""What an archive holds of its own, beside the files that were reviewed."""
_VERSION: Final = 1
_NO_TIME: Final = "when is no time; give a datetime or its ISO text, such as 2026-02-10T09:26:00Z"

Pieces = dict[str, tuple[Spool, "Piece"]]


def approve(working: Working, decisions: Decisions, *, by: str, when: datetime | str | None = None) -> ReviewedArchive:
    """Check the decisions, apply them, scan everything again, and freeze it."""
    by = signed(working, by)
    check(working, decisions)
    members = {name: member for name, member in working.members.items() if name not in decisions.drop}
    undone = list(decisions.unmask)
    spool = Spool()
    try:
        for mask in undone:
            working.allow(mask)
        pieces: Pieces = {name: (working.spool, member.piece) for name, member in members.items()}
        marks = {name: member.marks for name, member in members.items()}
        for name, piece, left in _unmasked(working, members, undone, spool):
            pieces[name], marks[name] = (spool, piece), left
        for name, (held, piece) in pieces.items():
            _scan(working.redactor, held.chunks(piece), name, derived=members[name].derived, size=piece.bytes)
        ids: dict[str, Any] = {
            name: {"ids": member.ids, "given": member.given, "zone": member.zone, "capture": member.capture}
            for name, member in members.items()
        }
        for name, piece in _originals(working, decisions, spool).items():
            pieces[name] = (spool, piece)
            # The same events, so that they count once beside the rows that were read of it.
            ids[name] = next({"ids": member.ids} for member in members.values() if original_of(member.name) == name)
        record = _record(working, decisions, marks, by=by, when=_moment(when))
        manifest = spool.write(_manifest(pieces, ids, told_digest(record)))
        pieces[MANIFEST] = (spool, manifest)
        record["manifest_sha256"] = manifest.sha256
        pieces[REVIEW] = (spool, spool.write([as_written(record)]))
        return frozen(pieces, review=record, was_read=working.was_read)
    finally:
        for mask in undone:
            working.deny(mask)
        spool.close()


def _unmasked(
    working: Working, members: Mapping[str, Member], undone: Collection[str], spool: Spool
) -> Iterator[tuple[str, Piece, Marks]]:
    """The files that hold a mask which was undone, masked again without it: nothing else may have become of them."""
    touched = [member for member in members.values() if not set(undone).isdisjoint(member.marks.masks)]
    for member, piece, marks in working.masked_again(touched, spool):
        before, after = member.marks.counts(), marks.counts()
        for mask in undone:
            if mask in after:
                raise RedactionError(
                    f"{mask} stays: what it stands for holds other values that are masked; unmask those as well, or "
                    "leave it masked; nothing was frozen"
                )
        other = next((mask for mask in after | before if mask not in undone and after[mask] != before[mask]), None)
        if other is not None:
            raise RedactionError(
                f"{member.name}: beside what was unmasked, {other} would not stand as it was reviewed; leave that "
                "masked, or let its value be by the policy (allow) and redact anew; nothing was frozen"
            )
        yield member.name, piece, marks


def _originals(working: Working, decisions: Decisions, spool: Spool) -> dict[str, Piece]:
    """The bytes of the files that a reviewer lets leave as they are."""
    wanted = {working.members[name].file.source_id: name for name in decisions.originals}
    return {original_of(wanted[source]): piece for source, piece in working.originals(wanted, spool).items()}


def original_of(name: str) -> str:
    """Under which name the original of a derived member leaves.

    >>> original_of("derived/case/app.dmp.json")
    'originals/case/app.dmp'
    """
    return fitting(f"{leave.ORIGINALS}/{name.removeprefix(leave.DERIVED + '/').removesuffix('.json')}")


def _scan(redactor: Redactor, chunks: Iterable[bytes], name: str, *, derived: bool, size: int) -> None:
    """Look for what is still there: an error that says where and what kind, never what."""
    media: str | None = "ndjson"
    found: Iterator[tuple[bytes, Around]]
    if derived:
        found = ((block, NOTHING) for block in unwrapped(iter_blocks(chunks)))
    else:
        media, again = passes.sniffed(iter(chunks), size, name)
        found = passes.blocks(again, media)
    line = 0
    for block, around in found:
        left = redactor.residue(block, place=name, media=media, around=around)
        if left:
            kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(Counter(f.kind for f in left).items()))
            raise RedactionError(
                f"{name}, line {line + left[0].line:,}: after masking there is still {kinds}; nothing was frozen. Drop "
                "the file, or give the policy a pattern for it; and please report the rule, never the value"
            )
        line += ended_bytes(block).count(b"\n")
    if name != redactor.text(name):
        raise RedactionError("the name of a file holds what must not leave; nothing was frozen; drop that file")


def _manifest(pieces: Pieces, ids: Mapping[str, Any], review: str) -> Iterator[bytes]:
    """The members, one a line, and the digest of what the review says of them."""
    yield b'{\n"triage_manifest": %d,\n"review_sha256": "%s",\n"members": [' % (_VERSION, review.encode())
    before = b"\n"
    for name in sorted(pieces):
        piece = pieces[name][1]
        row = {"path": name, "bytes": piece.bytes, "sha256": piece.sha256}
        own = {key: told for key, told in ids.get(name, {}).items() if told}
        yield before + json.dumps(row | own, ensure_ascii=False).encode()
        before = b",\n"
    yield b"\n]\n}\n"


def _record(
    working: Working,
    decisions: Decisions,
    marks: Mapping[str, Marks],
    *,
    by: str,
    when: str,
) -> dict[str, Any]:
    """What `REVIEW.json` says; deterministic but for who and when."""
    kinds: Counter[str] = Counter()
    for each in marks.values():
        kinds.update(each.kinds())
    return {
        "triage_review": _VERSION,
        "by": by,
        "when": when,
        "triage": triage.__version__,
        "policy": working.policy.version,
        "policy_weakens": list(working.policy.weakens),
        "rules": rules.RULES_VERSION,
        "rules_commit": rules.RULES_COMMIT,
        "manifest_sha256": "",
        "files": len(marks),
        # Not an object of kinds: "pin": 3 would be a pin to whoever scans this.
        "masked": [{"kind": kind, "count": count} for kind, count in sorted(kinds.items())],
        "skipped": sorted(decisions.skip - decisions.drop.keys()),
        "partly_seen": [
            {"path": name, "pages_seen": seen, "pages": pages}
            for name, (seen, pages) in sorted(decisions.partly.items())
            if name not in decisions.drop
        ],
        "dropped": _told("path", decisions.drop),
        "unmasked": _told("mask", decisions.unmask),
        "originals": _told("path", decisions.originals),
        "absent": [{"path": name, "reason": reason} for name, reason in working.absent],
    }


def _told(what: str, reasons: Mapping[str, str]) -> list[dict[str, str]]:
    return [{what: name, "reason": reason.strip()} for name, reason in sorted(reasons.items())]


def _moment(when: datetime | str | None) -> str:
    """The time of the approval, in UTC, to the second."""
    if when is None:
        moment = datetime.now(UTC)
    else:
        try:
            moment = datetime.fromisoformat(when) if isinstance(when, str) else when
            demand(moment, datetime, _NO_TIME)
            if moment != moment:  # noqa: PLR0124 - pandas has a datetime that is none, and equals nothing
                raise ValueError  # noqa: TRY301
        except ValueError:
            raise TriageError(_NO_TIME) from None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
