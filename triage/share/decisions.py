"""What a reviewer decided, and whether it can be done: names that are in here, reasons that can be told, who signs."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from triage.errors import RedactionError, TriageError, demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from triage.share.working import Working

__all__ = ("Decisions", "check", "signed")

_NAMED: Final = 3
# By what a person may sign.
_SIGNED: Final = frozenset({"email", "username", "hostname", "person"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """What a reviewer decided: files not looked at, masks undone, files left out, originals let in, each with why.

    `partly` says of files of which not every page was shown how many were, and how many there are.
    """

    skip: frozenset[str] = frozenset()
    unmask: Mapping[str, str] = field(default_factory=dict)
    drop: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    partly: Mapping[str, tuple[int, int]] = field(default_factory=dict)


def signed(working: Working, by: str) -> str:
    """Who signs: one line that prints, an address or a login if need be, and nothing else that must not leave."""
    name = " ".join(by.split())
    if not name:
        raise TriageError("nobody is named; say who reviewed it: approve(by='...')")
    if not name.isprintable():
        raise TriageError("the name of who reviewed it holds characters that do not print; write it without them")
    if {left.kind for left in working.redactor.residue(name.encode(), place="by")} - _SIGNED:
        raise RedactionError("the name of who reviewed it holds what must not leave; a name or an address is enough")
    return name


def check(working: Working, decisions: Decisions) -> None:
    """Every name must be one of this working copy, every exception must have a reason."""
    if not working.members:
        raise TriageError("no file would leave, so there is nothing to approve; `files()` says what was read")
    _named(working, decisions)
    _reasoned(working, decisions)
    if decisions.originals.keys() & decisions.drop.keys():
        raise TriageError("a file is both dropped and included as its original; decide for one")
    if not all(working.members[name].derived for name in decisions.originals):
        raise TriageError("only a file that leaves as rows can be included as its original; unmask text mask by mask")
    if working.members.keys() <= decisions.drop.keys():
        raise TriageError("every file is dropped, so there is nothing to approve")


def _named(working: Working, decisions: Decisions) -> None:
    """Refuse what names no file and no mask of this working copy."""
    for word, names in (("skip", decisions.skip), ("drop", decisions.drop), ("originals", decisions.originals)):
        for name in names:
            if not isinstance(name, str):
                raise TriageError(f"{word} names files, each by a text, and one is of the type {type(name).__name__}")
            if name not in working.members:
                near = difflib.get_close_matches(name, list(working.members), 1)
                told = near[0] if near else ", ".join(list(working.members)[:_NAMED])
                raise TriageError(f"{word} names a file that is not in here; there is {told}")
    masks = {mask for member in working.members.values() for mask in member.marks.masks}
    if not masks.issuperset(decisions.unmask):
        raise TriageError("unmask names a mask that is not in here; copy it from the text, with its brackets")


def _reasoned(working: Working, decisions: Decisions) -> None:
    """Refuse what has no reason, or one that cannot stand in the archive."""
    for word, reasons in (
        ("unmask", decisions.unmask), ("drop", decisions.drop), ("originals", decisions.originals),
    ):  # fmt: skip
        for reason in reasons.values():
            demand(reason, str, f"{word} needs a reason for each, a text")
            if not reason.strip():
                raise TriageError(f"{word} needs a reason for each: {word}={{name: 'why'}}")
            if not "".join(reason.split()).isprintable():
                raise TriageError(f"a reason of {word} holds characters that do not print; write it without them")
            if working.redactor.text(reason) != reason:
                raise RedactionError(
                    "a reason holds what must not leave; say why without the value: it stands in the archive"
                )
