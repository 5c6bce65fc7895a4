"""What is said of a newest event that is far from all others, and where."""

from html import unescape

import pandas as pd
import pytest

from tests.streams import DAY, NOON, START, case_of, steady
from triage.incidents import outlying
from triage.share.redacted import RedactedCase

WRONG = 253_402_300_799_000_000 - NOON  # 9999-12-31T23:59:59Z


def told(*events, name="as_of"):
    return outlying.remarks(case_of(*events).raw.tables, name)


def at(*days, **columns):
    return [{"at": int(day * DAY), **columns} for day in days]


@pytest.mark.parametrize("columns", [{}, {"event_class": "context", "event_kind": "log", "error_type": None}])
def test_a_wrong_clock_is_told_with_the_time_to_give(columns):
    case = case_of(steady(2), [{"at": WRONG, **columns}])
    last = case.events()["ts"].sort_values().iloc[-2]
    (remark,) = outlying.remarks(case.raw.tables)
    said = "as_of is that of one event far after all others (9999-12-31)"
    assert remark == f"{said}: as_of='{last.isoformat()}' looks back from these"
    assert case.incidents()["count_24h"].sum() == (not columns)
    assert case.incidents(as_of=last.isoformat())["count_24h"].sum() > 100
    assert remark in repr(case)
    assert remark in repr(RedactedCase.lazy(case))


def test_captions_of_charts_say_it_where_no_end_was_given():
    case = case_of(steady(2), [{"at": WRONG}])
    (remark,) = outlying.remarks(case.raw.tables, "until")
    for chart in ("spikes", "regressions", "timeline", "releases"):
        assert remark in unescape(getattr(case.charts, chart)()._repr_mimebundle_()["text/html"])
    assert "far after" not in case.charts.timeline(until=START + pd.Timedelta(days=2))._repr_mimebundle_()["text/html"]


@pytest.mark.parametrize(
    "events",
    [
        [],
        at(0),
        at(0, 4_000),
        at(0, 1, 300),
        at(0, 800, 1_500),
        at(0, 1, 4_000, 4_000),
        at(0, 1, 4_000, 4_001),
        [{"at": WRONG}] * 3,
    ],
    ids=["none", "one", "two", "months", "sparse", "two at once", "two far", "all of one time"],
)
def test_what_is_no_such_event(events):
    assert told(events) == []
    assert told(at(0, 1, 4_000)) != []
