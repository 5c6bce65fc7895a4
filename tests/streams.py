"""Cases whose events come when a test says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from triage.case import Case
from triage.records import Frame, Records, Trace
from triage.sources.inputs import Inputs
from triage.stacks import keys

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
NOON = 1_700_000_000 * SECOND
START = pd.Timestamp(NOON, unit="us", tz="UTC")

Events = list[dict[str, Any]]


def steady(days: float, every: int = 10 * MINUTE, start: int = 0, **columns: Any) -> Events:
    """Events at even times; `at` is microseconds after `START`."""
    return [{"at": at, **columns} for at in range(start, start + round(days * DAY), every)]


def burst(at: int, count: int, length: int = 20 * MINUTE, **columns: Any) -> Events:
    """Some events within a while."""
    return [{"at": at + int(step), **columns} for step in np.linspace(0, length, count)]


def case_of(*events: Events, journal: Any = None) -> Case:
    """A case of events; each is a segmentation fault in `parse` of a service `api` unless it says otherwise."""
    records = Records()
    for number, given in enumerate(each for part in events for each in part):
        columns = {
            "event_class": "incident_signal",
            "event_kind": "exception",
            "error_type": "SIGSEGV",
            "service": "api",
            "native_id": f"e{number}",
            **given,
        }
        at, function = columns.pop("at"), columns.pop("function", "parse")
        notes = columns.pop("notes", {})
        event = records.event(ts=NOON + at, **columns)
        if columns["event_class"] == "incident_signal" and function:
            records.stacks(event, [Trace(frames=(Frame(function=function, file="app.c", line=7),))])
        for (scope, key), value in notes.items():
            records.annotation(event, scope, key, value)
    return Case(keys.annotate(records.finish()), inputs=Inputs(b""), journal=journal)
