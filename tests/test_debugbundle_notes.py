"""What lines say beside their columns, told by their parts, is what each says by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from tests.benchmarks import store_events
from triage.formats import debugbundle_notes
from triage.formats.debugbundle_batch import Batch, lines_of
from triage.formats.debugbundle_notes import Notes

if TYPE_CHECKING:
    import pytest

    from triage.formats.debugbundle_notes import Noted

MADE = list(store_events.lines(40, seed=3))


def batch(*lines: bytes) -> Batch:
    return lines_of([(0, 1, b"\n".join([*lines, b""]))], "a", 0)


def noted(notes: Notes, *lines: bytes, correlated: bool = False) -> Noted:
    return notes.read(batch(*lines), np.arange(len(lines)), np.ones(len(lines), np.bool_), correlated=correlated)


def said(notes: Notes, found: Noted) -> list[list[tuple[str, str, str]]]:
    """The annotations of each line."""
    columns, owners = notes.columns(found)
    rows: list[list[tuple[str, str, str]]] = [[] for _ in found.forms]
    values = zip(*(columns[name].to_pylist() for name in ("scope", "key", "value")), strict=True)
    for owner, row in zip(owners.tolist(), values, strict=True):
        rows[owner].append(row)
    return rows


def event(kind: str, payload: dict[str, Any], **more: Any) -> bytes:
    fixed = json.loads(MADE[0])
    return json.dumps({**fixed, "event_type": kind, "payload": payload, **more}).encode()


def test_parts_are_in_the_order_of_an_envelope() -> None:
    request = {"path": "/a/77", "headers": {"b": 1, "a": [1.50, None]}, "method": "GET"}
    line = event(
        "backend_exception",
        {
            "more": {"z": True},
            "request": request,
            "message": "m",
            "name": "E",
            "probe_data": {"items": [{"label": "l", "v": 2}]},
        },
        correlation={"request_id": "r", "span_id": 7},
        sdk_language="go",
        project_token="secret",
    )
    notes = Notes()
    assert said(notes, noted(notes, line, correlated=True))[0][3:] == [
        ("project", "token", "present"),
        ("service", "runtime", "native"),
        ("correlation", "span_id", "7"),
        ("context", "release", "1.1.0"),
        ("context", "sdk_language", "go"),
        ("probe", "l.v", "2"),
        ("request", "path", "/a/77"),
        ("request", "headers.b", "1"),
        ("request", "headers.a", "[1.5,null]"),
        ("context", "more.z", "true"),
    ]


def test_lines_of_equal_parts_are_of_one_form() -> None:
    notes = Notes()
    other = MADE[0].replace(b'"message":"could', b'"message":"cannot').replace(b'"handled":true', b'"handled":false')
    moved = MADE[0].replace(b'"path":"/', b'"path":"/moved/')
    forms = noted(notes, MADE[0], other, moved).forms
    assert forms[0].tolist() == forms[1].tolist()
    assert forms[0, 0] == forms[2, 0]
    assert forms[0, 1] != forms[2, 1]


def test_what_was_forgotten_is_told_again(monkeypatch: pytest.MonkeyPatch) -> None:
    notes, short = Notes(), Notes()
    wanted = [said(notes, noted(notes, line)) for line in MADE]
    monkeypatch.setattr(debugbundle_notes, "_MOST", 5_000)
    assert [said(short, noted(short, line)) for line in MADE] == wanted
    assert len(short._forms) < len(notes._forms)


def test_of_what_cannot_be_read_nothing_is_said() -> None:
    notes = Notes()
    broken = MADE[0].replace(b'"query":{}', b'"query":{"a":"\\ud800"}')
    found = noted(notes, MADE[1], broken, MADE[0][:-20], MADE[2])
    assert found.readable.tolist() == [True, False, False, True]
    kept = found.take(np.flatnonzero(found.readable))
    assert said(notes, kept) == [said(notes, noted(notes, line))[0] for line in (MADE[1], MADE[2])]


def test_log_lines_are_those_of_their_lines() -> None:
    crumbs = [{"breadcrumb_type": "click", "data": {"text": "buy"}}, 7]
    front = event("frontend_exception", {"message": "m", "breadcrumbs": crumbs})
    log = event("log_event", {"message": "done", "level": "warn", "attributes": {"logger": "a", "n": 1}})
    told = list(noted(Notes(), MADE[0], front, log, front).told())
    assert [(at, row["origin"], row["level"]) for at, row in told] == [
        (1, "breadcrumb", "info"),
        (1, "breadcrumb", "info"),
        (2, "log", "warning"),
        (3, "breadcrumb", "info"),
        (3, "breadcrumb", "info"),
    ]
    assert told[2][1]["fields"] == '{"logger":"a","n":1}'
    assert told[0][1]["message"] == "buy"
