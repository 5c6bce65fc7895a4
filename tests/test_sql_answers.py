"""What has a form in pandas, and what is refused in words: SQL's answers."""

import datetime as dt

import pandas as pd
import pytest

import triage
from triage import TriageError


@pytest.fixture(scope="module")
def case():
    return triage.loads("2026-01-26 01:25:59 ERROR shop: no\n2026-01-26 02:26:59 INFO shop: yes\n")


HELD = {
    "max(ts) - min(ts) from logs": [pd.Timedelta(hours=1, minutes=1)],
    "interval '1 day 2 microseconds'": [pd.Timedelta(days=1, microseconds=2)],
    "interval '-5 seconds'": [pd.Timedelta(seconds=-5)],
    "interval 3000000 hours": [pd.Timedelta(dt.timedelta(hours=3_000_000))],
    "timestamp '9999-12-31' - timestamp '0001-01-01'": [pd.Timedelta(dt.timedelta(days=3_652_058))],
    "null::interval": [pd.NA],
    "date '0001-01-01'": [dt.date(1, 1, 1)],
    "timestamp '9999-12-31 23:59:59.999999'": [pd.Timestamp("9999-12-31 23:59:59.999999")],
    "timestamp_s '9999-12-31 23:59:59'": [pd.Timestamp("9999-12-31 23:59:59")],
    "timestamp_ns '2262-01-01'": [pd.Timestamp("2262-01-01")],
    "time '23:59:59.999999'": [dt.time(23, 59, 59, 999_999)],
    "340282366920938463463374607431768211455::uhugeint::varchar": ["340282366920938463463374607431768211455"],
    "union_value(a := 1)::varchar": ["1"],
    "[{'a': date '2026-01-26'}]": [[{"a": dt.date(2026, 1, 26)}]],
}
REFUSED = {
    "interval 3 months": "months or years",
    "interval '-1 year'": "months or years",
    "[interval 1 day]": "intervals within",
    "{'a': [interval 1 day]}": "intervals within",
    "union_value(a := 1)": "UNION",
    "map {'a': union_value(a := 1)}": "UNION",
    "timetz '01:02:03+02'": "TIME WITH TIME ZONE",
    "'101'::bit": "BIT",
    "1::bignum": "BIGNUM",
    "340282366920938463463374607431768211455::uhugeint": "38 digits",
    "date '99999-01-01'": "years 1 to 9999",
    "[date '99999-01-01']": "years 1 to 9999",
    "map {'a': date '99999-01-01'}": "years 1 to 9999",
    "{'a': '-infinity'::date}": "infinite",
    "'infinity'::timestamp": "infinite",
    "'-infinity'::timestamptz": "infinite",
    "'infinity'::timestamp_s": "infinite",
    "'infinity'::timestamp_ns": "infinite",
    "timestamp '290000-01-01'": "years 1 to 9999",
    "time '24:00:00'": "24:00",
}


@pytest.mark.parametrize("said", HELD)
def test_what_pandas_holds_is_shown_and_listed(case, said):
    frame = case.sql(f"select {said}")
    assert frame.to_string()
    (row,) = HELD[said]
    (held,) = frame.iloc[:, 0].tolist()
    assert (pd.isna(row) and pd.isna(held)) if row is pd.NA else held == row


@pytest.mark.parametrize("said", REFUSED)
def test_what_pandas_has_no_form_for_says_to_cast_it(case, said):
    with pytest.raises(TriageError, match=rf"^column 2 of the answer .*{REFUSED[said]}.*CAST\(x AS VARCHAR\)$"):
        case.sql(f"select 1 as a, {said} as secret_name")
    assert case.sql(f"select cast({said} as varchar) as a")["a"].notna().tolist() == [True]


def test_a_null_of_any_type_is_none(case):
    for kind in ("date", "timestamp", "interval", "time", "uhugeint", "integer[]"):
        assert case.sql(f"select null::{kind} as a")["a"].isna().tolist() == [True]


def test_intervals_keep_the_order_and_the_names_of_the_answer(case):
    frame = case.sql("select message, ts - min(ts) over () as a, 1 as a from logs order by 2 desc")
    assert frame.columns.tolist() == ["message", "a", "a"]
    assert frame.dtypes.astype(str).tolist()[1] == "duration[us][pyarrow]"
    assert frame.iloc[:, 1].tolist() == [pd.Timedelta(hours=1, minutes=1), pd.Timedelta(0)]


def test_an_interval_that_no_column_holds_is_refused_too(case):
    with pytest.raises(TriageError, match="cast or filter"):
        case.sql("select interval 300000000 days")
