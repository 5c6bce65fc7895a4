"""`case.sql`: the tables and nothing else, answers in Arrow dtypes, errors without content."""

import os
import subprocess
import sys

import pandas as pd
import pyarrow as pa
import pytest

import triage
from tests.reading import SAMPLES
from triage import querying
from triage.tables import TABLES


@pytest.fixture(scope="module")
def week():
    folder = SAMPLES / "debugbundle"
    return triage.load(folder / "week.tar.gz", journal=folder / "week.journal.ndjson")


def test_the_answer_is_that_of_the_tables(week):
    asked = week.sql("select service, count(*) n from events where event_kind = 'exception' group by 1 order by n desc")
    counted = week.events(event_kind="exception").groupby("service").size().sort_values(ascending=False)
    assert asked.to_dict("list") == {"service": counted.index.tolist(), "n": counted.tolist()}


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_there_with_its_types(week, name):
    found = week.sql(f"from {name}")
    expected = week.table(name)
    assert found.dtypes.astype(str).tolist() == [
        text.replace("item:", "l:") if text.startswith("list") else text for text in expected.dtypes.astype(str)
    ]
    assert len(found) == len(expected)
    assert all(isinstance(dtype, pd.ArrowDtype) for dtype in found.dtypes)


def test_times_are_in_utc_wherever_the_machine_is():
    code = (
        "import triage\n"
        "hours = triage.load(b'').sql(\"select hour(timestamptz '2026-01-02 03:04:05Z') h\")\n"
        "print(hours['h'].tolist())\n"
    )
    environment = {**os.environ, "TZ": "Asia/Tokyo"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[3]"
    assert not done.stderr


def test_incidents_are_those_of_the_journal(week):
    asked = week.sql("select title from incidents where status = 'regressed'")
    assert asked["title"].tolist() == ["ValueError in redeem"]


def test_joins_and_windows(week):
    asked = week.sql(
        "select date_trunc('hour', e.ts) h, count(*) n from events e join stacks s using (event_id) "
        "where s.role = 'crash' group by 1 order by n desc limit 1"
    )
    assert asked["h"][0] == pd.Timestamp("2026-03-04 13:00Z")


def test_tables_that_are_not_named_are_not_made():
    class Asked(dict):
        def __missing__(self, name):
            seen.append(name)
            return TABLES[name].schema.empty_table()

    seen = []
    querying.run("select count(*) from logs", Asked())
    assert seen == ["logs"]


SHUT = [
    "select * from '/etc/hostname'",
    "select * from read_csv('/etc/hostname')",
    "select * from read_text('/etc/hostname')",
    "select * from read_parquet('https://example.com/a.parquet')",
    "select * from glob('/*')",
    "select * from frame_of_python",
    "select getenv('HOME')",
    "select * from sniff_csv('/etc/hostname')",
    "explain analyze copy (select 1) to '{}/out.csv'",
]


@pytest.mark.parametrize("statement", SHUT)
def test_nothing_outside_is_read(tmp_path, statement):
    frame_of_python = pd.DataFrame({"a": [1]})  # noqa: F841 - what duckdb would find by itself
    with pytest.raises(triage.TriageError):
        triage.load(b"").sql(statement.format(tmp_path))
    assert not list(tmp_path.iterdir())


WRITES = [
    "copy files to '{}/out.csv'",
    "copy files to '{}/out.parquet' (format parquet)",
    "export database '{}/out'",
    "attach '{}/out.db'",
    "create table kept as select 1",
    "install httpfs",
    "load httpfs",
    "set enable_external_access = true",
    "set lock_configuration = false",
    "pragma enable_profiling",
    "call pragma_version()",
    "select 1; select 2",
    "",
    "-- nothing",
]


@pytest.mark.parametrize("statement", WRITES)
def test_what_does_more_than_read_is_refused(tmp_path, statement):
    with pytest.raises(triage.TriageError, match="takes one statement that reads"):
        triage.load(b"").sql(statement.format(tmp_path))
    assert not list(tmp_path.iterdir())


def test_the_settings_are_those_that_shut_it_off():
    wanted = (
        "'enable_external_access', 'lock_configuration', 'python_enable_replacements', 'temp_directory', 'TimeZone'"
    )
    rows = triage.load(b"").sql(f"select name, value from duckdb_settings() where name in ({wanted})")
    assert dict(rows.itertuples(index=False, name=None)) == {
        "enable_external_access": "false",
        "lock_configuration": "true",
        "python_enable_replacements": "false",
        "temp_directory": "",
        "TimeZone": "UTC",
    }


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("selec 1", 'syntax error at or near "selec"'),
        ("select colour from files", 'Referenced column "colour" not found'),
        ("select * from crashes", "there is no table .crashes"),
        ("select bytes::date from files", "Cannot cast|failed while it ran|wrong"),
    ],
)
def test_an_error_says_what_is_wrong(statement, said):
    with pytest.raises(triage.TriageError, match=said) as caught:
        triage.loads("started\n").sql(statement)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "statement",
    [
        "select error_value::int from events",
        "select error(error_value) from events",
        "select error_value::json from events",
        "select strptime(error_value, '%Y') from events",
        "select error_value::timestamp from events",
        "select error_value::blob::bit from events",
        "select repeat(error_value, 1000000000000) from events",
        "selec 'hunter2-not-real'",
        "select 'hunter2-not-real'::int",
    ],
)
def test_an_error_holds_no_value(statement):
    text = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: hunter2-not-real\n'
    case = triage.loads(text)
    assert case.sql("select error_value from events")["error_value"].tolist() == ["hunter2-not-real"]
    told = said(case, statement)
    assert "hunter2" not in told


def said(case, statement):
    """What the error of a statement says, with its causes; nothing where it is none."""
    try:
        case.sql(statement)
    except triage.TriageError as error:
        return f"{error} {error.__cause__!r}"
    return ""


def test_without_the_extra_it_says_which():
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "import triage\n"
        "try: triage.load(b'').sql('select 1')\n"
        "except triage.TriageError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "sql() needs duckdb: pip install 'crash-triage[store]'"


def test_the_tables_are_not_copied():
    before = pa.total_allocated_bytes()
    table = pa.table({"event_id": pa.array([f"event {n:060}" for n in range(200_000)])})
    held = pa.total_allocated_bytes() - before
    querying.run("select count(*) from events where event_id is null", {"events": table})
    assert pa.total_allocated_bytes() - before - held < held // 10


def test_duckdb_itself_is_left_as_it_was():
    import duckdb  # not at the top: what is frozen after collection is told of as leaked at the end

    triage.load(b"").sql("select 1")
    assert duckdb.sql("select current_setting('lock_configuration')").fetchall() == [(False,)]
