import pytest

from triage.redact import spans


def found(text):
    return [(text[start:end], kind) for start, end, kind in spans(text)]


@pytest.mark.parametrize("before", ["DETAIL:  Failing row contains (", "The duplicate key value is ("])
@pytest.mark.parametrize(
    ("row", "values"),
    [
        ("7, 19 Harbour Lane, 90210, open", [("19 Harbour Lane", "street_address")]),
        ("7, Ana Cruz, 1979-03-05, null", [("Ana Cruz", "person"), ("1979-03-05", "birth_date")]),
        ("7, Ana, Cruz, 1979-03-05", [("Ana", "person"), ("Cruz", "person"), ("1979-03-05", "birth_date")]),
        ("Ana Cruz, 12 Harbour Lane", [("Ana Cruz", "person"), ("12 Harbour Lane", "street_address")]),
    ],
)
def test_the_values_of_a_refused_row_tell_by_their_form(before, row, values):
    assert found(f"{before}{row}).\n") == values


@pytest.mark.parametrize(
    "row",
    ["12, Paris, Texas, null", "12, pending, 1979-03-05, 3.5", "7, Foo Bar, t, {}", "", "1, Night Batch, 12 items"],
)
def test_rows_of_things_stay(row):
    assert found(f"DETAIL:  Failing row contains ({row}).\n") == []


def test_a_row_has_an_end():
    assert found("DETAIL:  Failing row contains (60, Ana Cruz") == []
