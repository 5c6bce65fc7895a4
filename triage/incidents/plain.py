"""Explanations and comparisons as plain text, bounded, for terminals and mails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from triage.incidents.layout import apart, cell, lined_up, one_line
from triage.share.printable import plural

if TYPE_CHECKING:
    import pandas as pd

    from triage.incidents.comparing import Compared
    from triage.incidents.explaining import Story

__all__ = (
    "BESIDE_HEADER",
    "FRAME_HEADER",
    "VARIANT_HEADER",
    "explanation_text",
    "frame_rows",
    "message_lines",
    "more",
    "spot_advice",
    "spot_lines",
    "spot_title",
    "variant_rows",
)

# What a page and a text hold at most; the DataFrames hold all.
_ROWS: Final = 60
_VARIANTS: Final = 12
_SPOTS: Final = 5

Rows = list[tuple[Any, ...]]


def explanation_text(story: Story) -> str:
    """The plain text of an explanation."""
    frames, left = frame_rows(story.frames)
    variants, beyond = variant_rows(story.variants)
    near = [
        line
        for row in story.nearest.to_dict("records")
        for line in (
            f"  {row['incident_id']}  {row['title']}",
            f"    near: {row['near']}",
            f"    split from {row['incident_id']} because {row['why']}",
        )
    ]
    parts = [
        [story.title, f"incident {story.incident_id}", story.which],
        [
            "",
            story.made,
            *lined_up(("part", "value"), story.key.itertuples(index=False, name=None), whole="value"),
        ],
        *(
            [["", "Frames, innermost first", *lined_up(FRAME_HEADER, frames, whole="why"), *more(left, "frame")]]
            if frames
            else []
        ),
        *([["", spot_title(story), *spot_lines(story), f"  {spot_advice(story)}"]] if len(story.spots) else []),
        *([["", "Message", *(f"  {line}" for line in message_lines(story))]] if len(story.messages) else []),
        ["", "Variants", *lined_up(VARIANT_HEADER, variants), *more(beyond, "variant")],
        ["", "Nearest other incidents", *(near or ["  none shares its key, its family or a frame of its key"])],
        *_decisions(story.decisions),
    ]
    return _joined(parts)


def _decisions(decisions: pd.DataFrame) -> list[list[str]]:
    """The section of decisions, where there are any."""
    if not len(decisions):
        return []
    rows = decisions.itertuples(index=False, name=None)
    return [["", "Decisions", *lined_up(list(decisions.columns), rows, whole="why")]]


FRAME_HEADER: Final = ("#", "in key", "name", "where", "role", "why", "as written")
BESIDE_HEADER: Final = ("relation", "# A", "in A", "key of A", "# B", "in B", "key of B")
VARIANT_HEADER: Final = ("variant", "events", "last seen", "type", "shown here", "how it differs")


def comparison_text(story: Compared) -> str:
    """The plain text of a comparison."""
    facts = [(what, *apart(cell(a), cell(b)), *rest) for what, a, b, *rest in story.facts.itertuples(index=False)]
    rows, left = beside_rows(story.frames)
    parts = [
        [
            story.verdict,
            f"A  {story.incident_ids[0]}  {story.titles[0]}",
            f"B  {story.incident_ids[1]}  {story.titles[1]}",
        ],
        *([["", "What splits them", *(f"  {cause}" for cause in story.causes)]] if story.causes else []),
        ["", "What they are", *lined_up(list(story.facts.columns), facts)],
        *(
            [["", "Frames side by side, innermost first", *lined_up(BESIDE_HEADER, rows), *more(left, "row")]]
            if rows
            else []
        ),
        *_decisions(story.decisions),
    ]
    return _joined(parts)


def beside_rows(frames: pd.DataFrame) -> tuple[Rows, int]:
    """The rows of a comparison that are shown, and how many more there are."""
    chosen = frames[
        (frames.index < _ROWS) | frames["in_key_a"].fillna(value=False) | frames["in_key_b"].fillna(value=False)
    ]
    columns = ["relation", "idx_a", "name_a", "in_key_a", "idx_b", "name_b", "in_key_b"]
    rows = [tuple(map(cell, row)) for row in chosen[columns].itertuples(index=False, name=None)]
    return rows, len(frames) - len(chosen)


def frame_rows(frames: pd.DataFrame) -> tuple[Rows, int]:
    """The frames that are shown, and how many more there are: the innermost, and those in the key wherever they are."""
    chosen = frames[(frames["idx"] < _ROWS) | frames["in_key"]]
    rows: Rows = []
    for row in chosen.to_dict("records"):
        name, raw = cell(row["name"]), cell(row["function_raw"])
        unnamed = "?" if row["frame_kind"] == "frame" else ""
        told = (row["idx"], row["in_key"], name or unnamed, row["where"], row["role"], row["reason"])
        rows.append((*map(cell, told), raw if raw != name else ""))
    return rows, len(frames) - len(chosen)


def spot_title(story: Story) -> str:
    """What the files of a frame are called."""
    return f"Frame {story.spots['frame'].iloc[0]} of the key is in {len(story.spots):,} files"


def spot_lines(story: Story) -> list[str]:
    """A line per file of a frame, and how many more there are."""
    rows = story.spots.head(_SPOTS).itertuples(index=False, name=None)
    return [
        *(f"  {file}  ({plural(events, 'event')})" for _, file, events in rows),
        *more(len(story.spots) - _SPOTS, "file"),
    ]


def spot_advice(story: Story) -> str:
    """What to do about a frame that is in several files."""
    return f'Where these are different functions, part them: case.split("{story.incident_id}", by="file")'


def variant_rows(variants: pd.DataFrame) -> tuple[Rows, int]:
    """The variants that are shown, and how many more there are."""
    columns = ["variant_key", "events", "last_seen", "error_type", "shown", "differs"]
    rows = variants[columns].head(_VARIANTS).itertuples(index=False, name=None)
    return [tuple(map(cell, row)) for row in rows], max(len(variants) - _VARIANTS, 0)


def message_lines(story: Story) -> list[str]:
    """A line per message template with what its slots held, in numbers."""
    lines = []
    for _, slots in story.messages.groupby("number"):
        told = [plural(int(slots["events"].iloc[0]), "event")]
        for kind, values in zip(slots["kind"], slots["distinct_values"], strict=True):
            if cell(kind):
                told.append(f"{kind}: {plural(values, 'value') if cell(values) else 'unknown'}")
        lines.append(f"{slots['template'].iloc[0]}  ({'; '.join(told)})")
    return [*lines, *(line.strip() for line in more(story.templates - len(lines), "message"))]


def more(count: int, word: str) -> list[str]:
    """A line that says how many are not shown."""
    return [f"  and {plural(count, f'further {word}')}"] if count > 0 else []


def _joined(parts: list[list[str]]) -> str:
    return "".join(one_line(line) + "\n" for part in parts for line in part)
