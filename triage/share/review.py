"""The state behind a review, for the dialog and for scripts: which files were opened, and what was decided.

No widget and no HTML. What it gives is made of JSON values and holds masked text only: values never leave the working
copy, and a mask that a reviewer undid is still shown as a mask that says so. Every change gives the summary anew, and a
change after an approval takes the approval back.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn

from triage.errors import RedactionError, TriageError
from triage.redact.masks import MASK_TEXT
from triage.share.approval import Decisions, approve
from triage.share.marks import kind_of, length_of
from triage.share.printable import size_of
from triage.share.view import shown

if TYPE_CHECKING:
    from triage.share.archive import ReviewedArchive
    from triage.share.members import Member
    from triage.share.redacted import RedactedCase

__all__ = ("Review",)

_FOUND: Final = 100
_ABSENT: Final = 200
_EXCERPT: Final = 60
_LONGEST: Final = 200
_PLAIN: Final = re.compile(r"[^\w.+-]+")
_REASON: Final = "say why, in a few words without the value: it stands in REVIEW.json"

Summary = dict[str, Any]


class Review:
    """A review of a redacted case: what it holds, what was decided, and the way to the archive.

    Parameters
    ----------
    redacted
        What `case.redact()` gave.

    Examples
    --------
    >>> import triage
    >>> review = Review(triage.loads("started").redact())
    >>> review.page(0, 0)["text"]
    'started'
    >>> review.approve("Ada")["state"]
    'approved'
    """

    def __init__(self, redacted: RedactedCase) -> None:
        self._redacted = redacted
        self._working = redacted.working
        view = shown(redacted)
        self._told = {"crash_id": view.crash_id, "title": view.title, "bundle": self._working.bundle}
        self._absent = self._working.missing
        self._members = [member for _, member in sorted(self._working.members.items())]
        self._seen: dict[int, set[int]] = {}
        self._skipped: set[int] = set()
        self._dropped: dict[int, str] = {}
        self._originals: dict[int, str] = {}
        self._undone: dict[str, str] = {}
        self._archive: ReviewedArchive | None = None
        self._state = "open"
        self._notice = ""

    @property
    def path(self) -> str:
        """Where the input lies on this machine, for copying."""
        return self._redacted.path

    @property
    def archive(self) -> ReviewedArchive | None:
        """What was approved; None before, and after a change."""
        return self._archive

    def summary(self) -> Summary:
        """Files with their findings and states, totals by kind, and how far the review is.

        Returns
        -------
        dict
            crash_id, title, bundle; `files`, a list of number, path, description, bytes, size (text), binary, findings
            (kind to count), finding_count, state (unseen, opened, skipped, dropped), pages and how many of them were
            seen, original and reason; `totals`
            (kind to count); `unmasked` (mask to reason); `absent`, a list of path and reason of what does not
            leave (the first 200), and how many there are; state (open, approved, saved, discarded); unopened (count);
            skipped (names); digest (SHA-256 or None); suggested (a file name); notice ("" or what just happened);
            kept_ids ("" or what a guess can be tested against).
        """
        totals: dict[str, int] = {}
        for member in self._members:
            for kind, count in member.marks.kinds().items():
                totals[kind] = totals.get(kind, 0) + count
        return {
            **self._told,
            "files": [self._entry(number) for number in range(len(self._members))],
            "totals": dict(sorted(totals.items())),
            "unmasked": dict(sorted(self._undone.items())),
            "absent": [{"path": path, "reason": reason} for path, reason in self._absent[:_ABSENT]],
            "absent_count": len(self._absent),
            "state": self._state,
            "unopened": sum(self._state_of(number) == "unseen" for number in range(len(self._members))),
            "skipped": [self._members[number].name for number in sorted(self._skipped)],
            "digest": self._archive.digest if self._archive else None,
            "suggested": self._suggested(),
            "notice": self._notice,
            "kept_ids": self._working.kept_ids,
        }

    def page(self, number: int, page: int = 0) -> dict[str, Any]:
        """One page of the masked text of a file; the file counts as opened, and how much of it was seen is recorded.

        Returns
        -------
        dict
            text, page, pages, first_line, note, and `changes`: finding (its number in the file), start and end
            (characters of `text`), kind, length, mask, line, and action (masked or unmasked).
        """
        member = self._member(number)
        marks = member.marks
        page = min(max(page, 0), marks.pages - 1)
        start, end, first_line = marks.span(page)
        text = self._working.spool.read(member.piece, start, end - start).decode("utf-8", "replace")
        changes = [
            self._finding(mark.number, mark.line, mark.mask) | {"start": match.start(), "end": match.end()}
            for mark, match in zip(marks.on(page), MASK_TEXT.finditer(text), strict=False)
        ]
        if self._state != "discarded":
            self._seen.setdefault(number, set()).add(page)
            self._skipped.discard(number)
        note = f"page {page + 1} of {marks.pages}, {member.piece.bytes:,} bytes in all"
        return {
            "text": text,
            "page": page,
            "pages": marks.pages,
            "first_line": first_line,
            "changes": changes,
            "note": note,
        }

    def findings(self, number: int, start: int = 0, count: int = 100) -> dict[str, Any]:
        """Some of the findings of a file, by number: finding, line, page, kind, length, mask, action, reason."""
        marks = self._member(number).marks
        rows = [
            self._finding(mark.number, mark.line, mark.mask)
            | {"page": marks.page_of(mark.offset), "reason": self._undone.get(mark.mask, "")}
            for mark in marks.between(start, min(max(count, 0), 1_000))
        ]
        return {"rows": rows, "total": marks.count}

    def search(self, text: str, start: int = 0) -> dict[str, Any]:
        """Where a text stands in the masked files, letters of both cases alike: number, path, line, page, excerpt."""
        if not text.strip():
            return {"rows": [], "total": 0, "more": False}
        rows: list[dict[str, Any]] = []
        total = 0
        pattern = re.compile(re.escape(text[:_LONGEST]), re.IGNORECASE)
        for number, member in enumerate(self._members):
            for page in range(member.marks.pages):
                begin, end, _ = member.marks.span(page)
                body = self._working.spool.read(member.piece, begin, end - begin).decode("utf-8", "replace")
                for match in pattern.finditer(body):
                    if start <= total < start + _FOUND:
                        line = member.marks.line_of(page, body, match.start())
                        place = {"number": number, "path": member.name, "line": line, "page": page}
                        rows.append(place | {"excerpt": _excerpt(body, match)})
                    total += 1
        return {"rows": rows, "total": total, "more": total > start + _FOUND}

    def unmask(self, mask: str, reason: str) -> Summary:
        """Let the value behind a mask leave as it is, everywhere."""
        if not any(mask in member.marks.masks for member in self._members):
            raise TriageError("no file holds that mask; choose one from the list of findings")
        self._working.allow(mask)
        self._working.deny(mask)
        self._undone[mask] = self._reason(reason)
        return self._changed()

    def mask(self, mask: str) -> Summary:
        """Take that back."""
        self._undone.pop(mask, None)
        return self._changed()

    def drop(self, number: int, reason: str) -> Summary:
        """Leave a file out."""
        self._member(number)
        self._dropped[number] = self._reason(reason)
        return self._changed()

    def keep(self, number: int) -> Summary:
        """Take that back."""
        self._member(number)
        self._dropped.pop(number, None)
        return self._changed()

    def skip(self, number: int) -> Summary:
        """Say that a file leaves without having been opened; the archive will say so too."""
        self._member(number)
        if number in self._seen:
            return self.summary()
        self._skipped.add(number)
        return self._changed()

    def include_original(self, number: int, reason: str) -> Summary:
        """Let a binary file leave as it is, beside what was read of it."""
        if not self._member(number).derived:
            raise TriageError("only a binary file can leave as its original; in a text, unmask what may be read")
        self._originals[number] = self._reason(reason)
        return self._changed()

    def exclude_original(self, number: int) -> Summary:
        """Take that back."""
        self._member(number)
        self._originals.pop(number, None)
        return self._changed()

    def approve(self, by: str) -> Summary:
        """Freeze what was reviewed; the digest in the summary is that of the bytes that `save` writes.

        Raises
        ------
        TriageError
            `by` is empty, or a file was neither opened nor skipped nor dropped.
        RedactionError
            Something that must be masked is still there.
        """
        self._alive()
        waiting = [number for number in range(len(self._members)) if self._state_of(number) == "unseen"]
        if waiting:
            names = ", ".join(self._members[number].name for number in waiting[:3])
            raise TriageError(
                f"{len(waiting):,} of {len(self._members):,} files were not opened ({names}); open, skip or drop them"
            )
        name = self._members
        decisions = Decisions(
            skip=frozenset(name[number].name for number in self._skipped if number not in self._dropped),
            unmask=self._undone,
            drop={name[number].name: reason for number, reason in self._dropped.items()},
            originals={
                name[number].name: reason for number, reason in self._originals.items() if number not in self._dropped
            },
            partly={
                name[number].name: (len(seen), name[number].marks.pages)
                for number, seen in self._seen.items()
                if len(seen) < name[number].marks.pages
            },
        )
        archive = approve(self._working, decisions, by=by)
        self._forget()
        self._archive, self._state, self._notice = archive, "approved", ""
        return self.summary()

    def save(self, path: str) -> dict[str, Any]:
        """Write the approved bytes, and nothing else; gives path, bytes and digest.

        Raises
        ------
        TriageError
            Nothing is approved, the path is that of what was read, or it cannot be written.
        """
        self._alive()
        if self._archive is None:
            raise TriageError("nothing is approved; approve first, what is saved is what was approved")
        try:
            target = Path(path).expanduser()
            is_name = bool(path.strip()) and not target.is_dir()
        except (OSError, RuntimeError, ValueError):  # a home that is not there, a NUL, a name too long
            is_name = False
        if not is_name:
            raise TriageError(f"this is no file name; give one, such as {self._suggested()}")
        self._archive.save(target)
        self._state = "saved"
        return {"path": str(target), "bytes": self._archive.size, "digest": self._archive.digest}

    def discard(self) -> Summary:
        """Delete the working copy and what was approved; what was saved stays."""
        self._forget()
        self._redacted.close()
        self._state = "discarded"
        return self.summary()

    def __repr__(self) -> str:
        """Counts and the state."""
        return f"<triage.Review: {len(self._members):,} files, {self._state}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a review is not pickled; approve it and save the archive")

    def _entry(self, number: int) -> dict[str, Any]:
        member = self._members[number]
        return {
            "number": number,
            "path": member.name,
            "description": "; ".join(filter(None, (member.description, member.left_out))),
            "bytes": member.piece.bytes,
            "size": size_of(member.piece.bytes),
            "binary": member.derived,
            "findings": dict(sorted(member.marks.kinds().items())),
            "finding_count": member.marks.count,
            "state": self._state_of(number),
            "pages": member.marks.pages,
            "seen": len(self._seen.get(number, ())),
            "original": number in self._originals,
            "reason": self._dropped.get(number) or self._originals.get(number, ""),
        }

    def _state_of(self, number: int) -> str:
        if number in self._dropped:
            return "dropped"
        if number in self._seen:
            return "opened"
        return "skipped" if number in self._skipped else "unseen"

    def _finding(self, number: int, line: int, mask: str) -> dict[str, Any]:
        return {
            "finding": number,
            "line": line,
            "kind": kind_of(mask),
            "length": length_of(mask),
            "mask": mask,
            "action": "unmasked" if mask in self._undone else "masked",
        }

    def _member(self, number: int) -> Member:
        self._alive()
        if not 0 <= number < len(self._members):
            raise TriageError(f"there is no file {number}; there are {len(self._members):,}, from 0 on")
        return self._members[number]

    def _alive(self) -> None:
        if self._state == "discarded":
            raise RedactionError("the working copy was discarded; call case.review() again")

    def _reason(self, reason: str) -> str:
        """A reason that says something and holds no finding itself."""
        told = " ".join(reason.split())
        if not told:
            raise TriageError(f"a reason is missing; {_REASON}")
        if self._working.redactor.text(told) != told:
            raise TriageError(f"the reason holds what must not leave; {_REASON}")
        return told

    def _changed(self) -> Summary:
        self._alive()
        self._notice = (
            "The approval was taken back, because something was changed; approve again." if self._archive else ""
        )
        self._forget()
        self._state = "open"
        return self.summary()

    def _forget(self) -> None:
        if self._archive is not None:
            self._archive.close()
        self._archive = None

    def _suggested(self) -> str:
        name = _PLAIN.sub("-", MASK_TEXT.sub("masked", self._told["crash_id"]))[:80].strip("-.")
        return f"{name or 'case'}-redacted.tar.gz"


def _excerpt(body: str, match: re.Match[str]) -> str:
    """The line around a hit, cut; a mask at its edge is not cut in two."""
    start = max(body.rfind("\n", 0, match.start()) + 1, match.start() - _EXCERPT)
    end = body.find("\n", match.end())
    end = min(end if end >= 0 else len(body), match.end() + _EXCERPT)
    return body[start:end]
