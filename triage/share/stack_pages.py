"""What a case shows of the stacks of an incident: stacks and frames by pages, variants side by side, the call tree.

Like `triage.share.view` it takes a `RedactedCase` and reads nothing else. A view of many events asks for the frames of
one event at a time, and for sums that were made before anything was masked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.share.redacted import RedactedCase
from triage.share.stack_rows import (
    CallRow,
    FrameCell,
    Other,
    Split,
    StackRow,
    Stacks,
    VariantRow,
    call_row,
    facts_of,
    frame_cell,
    in_keys,
    often,
    reasoned,
    since,
    stack_row,
    telling,
)
from triage.share.view import text_of
from triage.stacks.tree import folded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ("StackPages",)

PAGE: Final = 200
STACKS: Final = 2_000
VARIANTS: Final = 6
OTHERS: Final = 50
DECISIONS: Final = 3
# Events whose frames are kept: those of the variants side by side.
_KEPT: Final = VARIANTS + 1
# What the class of a crash is made of.
_OF_A_CRASH: Final = ("event_kind", "error_type", "signal", "error_code_name", "error_value")
_WAYS: Final = {
    "variant": "by variant: the exact type of the error, and the frames beyond those of the key",
    "frame": "by the first frame in which the stacks differ",
    "file": "by the file of the first frame whose files differ",
    "service": "by service",
    "message_slot": "by what differs in the message",
}


class StackPages:
    """The pages of a redacted case's stacks.

    Raises
    ------
    TypeError
        This is a raw case.
    """

    def __init__(self, case: RedactedCase) -> None:
        if not isinstance(case, RedactedCase):
            raise TypeError("only a RedactedCase is shown: RedactedCase.lazy(case)")
        self._case = case
        self._frames: dict[str, dict[int, pd.DataFrame]] = {}
        self._crash = [""] * len(_OF_A_CRASH)

    def head(self, incident: str | None = None, event: str | None = None) -> Stacks:
        """The first page of an incident (the one seen last by default) and of one of its events (the newest)."""
        incidents = self._case.incidents()
        if incidents.empty:
            return Stacks("No incident here", "", "", (), (), 0, (), (), 0)
        wanted = incident or str(incidents["incident_id"].iloc[0])
        variants = self._case.variants(wanted)
        chosen = incidents[incidents["incident_id"] == wanted].iloc[0]
        newest = variants.sort_values(["last_seen", "event_id"], na_position="first").iloc[-1]
        shown = event or str(newest["event_id"])
        # A decision may have changed what the events of an incident are.
        self._frames.clear()
        self._crash = [text_of(newest[name]) for name in _OF_A_CRASH]
        stacks = self._case.stacks(event=shown).sort_values("stack_no")
        by_stack = self._of(shown)
        rows = tuple(
            stack_row(row, by_stack.get(int(row["stack_no"]))) for row in stacks.head(STACKS).to_dict("records")
        )
        cells = _standing_out(rows[0], by_stack.get(rows[0].number)) if rows else ()
        return Stacks(
            title=str(chosen["title"]),
            incident_id=wanted,
            event_id=shown,
            facts=(*facts_of(chosen, cells, len(variants)), *self._decisions(wanted)),
            stacks=rows,
            stacks_in_all=len(stacks),
            cells=cells,
            variants=self._variants(variants),
            variants_in_all=len(variants),
        )

    def frames(self, event: str, stack: int, start: int = 0) -> list[FrameCell]:
        """A page of the frames of one stack, from a row on."""
        found = self._of(event).get(stack)
        if found is None:
            return []
        start = max(start, 0)
        page = found.iloc[start : start + PAGE].to_dict("records")
        return [frame_cell(start + number, row) for number, row in enumerate(page)]

    def tree(self, incident: str) -> list[CallRow]:
        """The crashing stacks of an incident merged, in preorder."""
        rows: list[CallRow] = []
        waiting = list(reversed(folded(self._case.call_tree(incident))))
        while waiting:
            segment = waiting.pop()
            rows.append(call_row(segment))
            waiting += reversed(segment.children)
        return rows

    def others(self, incident: str, text: str = "") -> tuple[list[Other], int]:
        """Other incidents whose title holds a text, those that look alike first: some, and how many there are."""
        found = self._case.incidents()
        found = found[found["incident_id"] != incident]
        title = found["title"].fillna("")
        found = found[title.str.casefold().str.contains(text.strip().casefold(), regex=False)]
        alike = self._case.similar(incident, limit=OTHERS).to_dict("records")
        likeness = {row["other_id"]: (number, row) for number, row in enumerate(alike)}
        place = found["incident_id"].map(lambda other: likeness[other][0] if other in likeness else len(alike))
        found = found.iloc[place.argsort(kind="stable")] if len(found) else found
        rows = []
        for row in found.head(OTHERS).to_dict("records"):
            _, like = likeness.get(row["incident_id"], (0, None))
            about = often(row) if like is None else f"stack {like['score']:.0%} alike · {often(row)}"
            rows.append(Other(row["incident_id"], text_of(row["title"]), about))
        return rows, len(found)

    def splits(self, incident: str) -> list[Split]:
        """The ways to split an incident."""
        return [Split(by, _WAYS[by], sides) for by, sides in self._case.sides(incident).items()]

    def _decisions(self, incident: str) -> list[tuple[str, str]]:
        """What people decided last about an incident, and why; not when, so that a page is the same each time."""
        told = self._case.journal()
        about = [incident in ids for ids in told["incident_ids"].fillna("")]
        rows = told[about][told["effect"][about] == "applied"].tail(DECISIONS).to_dict("records")
        return [("Decided", f"{row['what']}: {text_of(row['why'])}") for row in rows]

    def _of(self, event: str) -> dict[int, pd.DataFrame]:
        """The frames of an event by the number of their stack, kept for the next page."""
        if event not in self._frames:
            while len(self._frames) >= _KEPT:
                self._frames.pop(next(iter(self._frames)))
            frames = {int(str(no)): rows for no, rows in self._case.frames(event=event).groupby("stack_no")}
            most = in_keys(self._case.stacks(event=event), frames)
            self._frames[event] = {
                number: reasoned(rows, self._crash if number == 0 else None, most.get(number, 0))
                for number, rows in frames.items()
            }
        return self._frames[event]

    def _variants(self, variants: pd.DataFrame) -> tuple[VariantRow, ...]:
        """The most frequent variants; each frame knows whether the first of them has it too."""
        total = int(variants["events"].sum())
        rows = []
        base: frozenset[str] | None = None
        for number, row in enumerate(variants.head(VARIANTS).to_dict("records")):
            names = telling(self._of(row["event_id"]).get(0))
            base = frozenset(name for name, _ in names) if base is None else base
            rows.append(
                VariantRow(
                    number=number + 1,
                    events=int(row["events"]),
                    share=int(row["events"]) / total,
                    about=since(row),
                    event_id=row["event_id"],
                    frames=tuple((name, role, name in base) for name, role in names),
                )
            )
        return tuple(rows)


def _standing_out(stack: StackRow, frames: pd.DataFrame | None) -> tuple[FrameCell, ...]:
    """The frames of a stack that are shown from the start."""
    if frames is None:
        return ()
    seen = [number for part in stack.parts if part.shown for number in range(part.start, part.start + part.length)]
    return tuple(
        frame_cell(number, row) for number, row in zip(seen, frames.iloc[seen].to_dict("records"), strict=True)
    )
