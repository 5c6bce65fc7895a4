import json

import pytest

from triage.redact import spans

NAMES = [{"name": "user", "type": "STRING"}, {"name": "password", "type": "STRING"}]
ROWS = [["adia", "plum27-lake"], ["bob", "kk81jsdhA"]]
COLUMNS = [["adia", "bob"], ["plum27-lake", "kk81jsdhA"]]
ANSWERS = [
    {"schema": {"fields": NAMES}, "rows": [{"f": [{"v": value} for value in row]} for row in ROWS]},
    {"ResultSet": {"Rows": [{"Data": [{"VarCharValue": v} for v in row]} for row in [["user", "password"], *ROWS]]}},
    {"columns": NAMES, "rows": ROWS},
    {"frames": [{"schema": {"fields": NAMES}, "data": {"values": COLUMNS}}]},
    {"series": [{"name": "x", "columns": ["user", "password"], "values": ROWS}]},
    {"fields": ["user", "password"], "columns": COLUMNS},
    {"columnMetadata": NAMES, "records": [[{"stringValue": value} for value in row] for row in ROWS]},
    {"resultSetMetaData": {"rowType": NAMES}, "data": ROWS},
    {"manifest": {"schema": {"columns": NAMES}}, "result": {"data_array": ROWS}},
    {"meta": NAMES, "data": ROWS, "rows": 2},
    {"Tables": [{"Columns": [{"ColumnName": "user"}, {"ColumnName": "password"}], "Rows": ROWS}]},
    {"columns": [{"name": "user", "typeSignature": {"arguments": []}}, {"name": "password"}], "data": ROWS},
    {"columns": ["user", "password"], "data": [{"row": row, "meta": [None, None]} for row in ROWS]},
    {
        "cols": [{"id": "A", "label": "user"}, {"id": "B", "label": "password"}],
        "rows": [{"c": ROWS[0]}, {"c": ROWS[1]}],
    },
    {"values": [["user", "password"], *ROWS]},
    {"rows": ROWS, "cols": NAMES},
]


def found(text):
    return {text[start:end]: kind for start, end, kind in spans(text)}


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("indent", [None, 2])
def test_answers_of_query_services_are_read_by_their_schema(answer, indent):
    told = found(json.dumps(answer, indent=indent))
    assert {value for value, kind in told.items() if kind == "password"} == {"plum27-lake", "kk81jsdhA"}
    assert set(told) <= {"plum27-lake", "kk81jsdhA", "adia", "bob"}


@pytest.mark.parametrize(
    "answer",
    [
        {"columns": [{"name": "size"}, {"name": "colour"}], "rows": [["a1b2c3d4", "e5f6a7b8"]]},
        {"schema": {"fields": [{"name": "password", "type": "string"}]}, "paths": ["a1b2c3d4"]},
        {"values": [["size", "a1b2c3d4"], ["colour", "e5f6a7b8"]]},
    ],
)
def test_other_lists_stay(answer):
    assert found(json.dumps(answer)) == {}


def test_a_table_that_is_cut_off_is_read_as_far_as_it_goes():
    text = json.dumps(ANSWERS[0])
    assert "plum27-lake" in found(text[: text.index("kk81")])
