"""The bounds of what a text and a page hold."""

from __future__ import annotations

import re

from tests.explained import case, trace
from triage.incidents.plain import beside_rows, frame_rows, more


def test_the_innermost_frames_and_those_in_the_key_are_shown_however_deep():
    # Frames of a library above those of the application that count.
    deep = trace(*(f"f{n}" for n in range(80)), "mine").replace("/srv/app/f", "/usr/lib/python3/site-packages/f")
    why = case(deep).explain(case(deep).incidents()["incident_id"][0])
    rows, left = frame_rows(why.frame)
    assert [row[0] for row in rows] == [*map(str, range(60)), "80"]
    assert left == 20
    assert rows[-1][1:3] == ("yes", "mine")
    assert "\n  and 20 further frames\n" in why.text


def test_so_are_the_rows_of_a_comparison():
    first = [trace(*(f"f{n}" for n in range(80)), *names) for names in (("mine",), ("yours",))]
    deep = "".join(first).replace("/srv/app/f", "/usr/lib/python3/site-packages/f")
    found = case(deep)
    why = found.compare(*found.incidents()["incident_id"])
    rows, left = beside_rows(why.frame)
    assert len(rows) + left == len(why.frame) == 81
    assert {rows[-1][2], rows[-1][5]} == {"mine", "yours"}
    assert re.search(r"\n  and 20 further rows\n", why.text)


def test_more():
    assert more(0, "frame") == more(-1, "frame") == []
    assert more(1, "frame") == ["  and 1 further frame"]
    assert more(1_200, "frame") == ["  and 1,200 further frames"]
