import csv
import io
import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from tests.reading import SAMPLES
from tests.running import run as triage
from triage import load

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
STORE = SAMPLES / "debugbundle" / "store"


def text(*arguments, **more):
    done = triage(*arguments, **more)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stderr == b""
    return done.stdout.decode()


def test_show_says_what_crashed_and_where():
    shown = text("show", PANIC)
    assert shown.startswith("panic in oxgen_shell::app::pipeline::slice_body\n")
    assert "range end index 201 out of range for slice of length 2" in shown
    assert "frames of crash handling" in shown
    assert "crash/logs.ndjson" in shown


def test_show_reads_standard_input():
    piped = text("show", "-", stdin=PANIC.read_bytes())
    assert piped.splitlines()[0] == text("show", PANIC).splitlines()[0]


def test_incidents_as_json_ndjson_csv_and_lines():
    document = json.loads(text("incidents", STORE, "--format", "json"))
    lines = [json.loads(line) for line in text("incidents", STORE, "--format", "ndjson").splitlines()]
    rows = list(csv.DictReader(io.StringIO(text("incidents", STORE, "--format", "csv"))))
    assert document == lines
    assert [row["incident_id"] for row in rows] == [row["incident_id"] for row in document]
    assert text("incidents", STORE).splitlines()[0].split("\t")[:2] == ["incident_id", "title"]


def test_any_table():
    rows = [json.loads(line) for line in text("table", "files", PANIC, "--format", "ndjson").splitlines()]
    assert rows[0]["path"] == PANIC.name
    assert rows[0]["bytes"] == PANIC.stat().st_size


def test_a_table_by_columns_incident_and_limit():
    case = load(STORE)
    one = case.incidents()["incident_id"].iloc[0]
    asked = ["table", "events", STORE, "--incident", one[4:12], "--columns", "event_id, level", "--columns", "format"]
    rows = list(csv.DictReader(io.StringIO(text(*asked, "--format", "csv"))))
    assert list(rows[0]) == ["event_id", "level", "format"]
    assert [row["event_id"] for row in rows] == case.events(one)["event_id"].tolist()
    done = triage("table", "events", STORE, "--limit", "2", "--format", "ndjson")
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2)
    assert done.stderr.decode() == f"2 of {len(case.events())} rows\n"
    assert text("table", "events", STORE, "--limit", "999999") == text("table", "events", STORE)


def test_the_tables_and_what_explains_take_a_journal(tmp_path):
    case = load(STORE, journal=tmp_path)
    one, two = case.incidents()["incident_id"].iloc[:2]
    merged = case.merge([one, two], "the same")
    listed = text("table", "incidents", STORE, "--columns", "incident_id", "--journal", tmp_path)
    assert listed.splitlines()[1:] == case.incidents()["incident_id"].tolist()
    assert text("explain", STORE, merged, "--journal", tmp_path) == case.redact().explain(merged).text
    other = next(each for each in case.incidents()["incident_id"] if each != merged)
    assert text("compare", STORE, merged, other, "--journal", tmp_path)


def test_formats_lists_the_readers_and_names_a_file():
    assert "minidump\tMinidump" in text("formats")
    assert "\tminidump\t9" in text("formats", SAMPLES / "minidump")
    assert "no reader recognises" in text("formats", SAMPLES / "README.md")


def test_open_writes_a_notebook(tmp_path):
    assert text("open", PANIC, "--no-lab", cwd=tmp_path) == f"notebook: {PANIC.name}.triage.ipynb\n"
    assert (tmp_path / f"{PANIC.name}.triage.ipynb").exists()


@pytest.mark.parametrize(
    ("code", "arguments", "words"),
    [
        (3, ["show", "no-such-file"], "there is nothing at"),
        (3, ["open", "no-such-file"], "there is nothing at"),
        (4, ["table", "nonsense", str(PANIC)], "there are events"),
        (4, ["show", str(PANIC), "--as", "nonsense"], "there is no format"),
    ],
)
def test_exit_codes(code, arguments, words):
    done = triage(*arguments)
    assert done.returncode == code
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_unknown_content_is_fine_and_says_so():
    assert "No crash found" in text("show", "-", stdin=b"nothing that anyone knows\n")


def test_terminal_codes_and_console_markup_of_a_file_stay_text():
    hostile = b"Traceback (most recent call last):\n[red]x[/red] \x1b[31m\x1b]0;title\x07\n"
    assert "\x1b" not in text("show", "-", stdin=hostile)


def test_a_closed_pipe_is_no_error():
    process = subprocess.Popen(
        [sys.executable, "-m", "triage.cli", "table", "frames", str(SAMPLES / "minidump"), "--format", "ndjson"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.readline()
    process.stdout.close()
    assert process.wait() in {0, -13}  # ended by SIGPIPE, as other filters are
    assert process.stderr.read() == b""
    process.stderr.close()


def test_version():
    assert text("--version") == f"triage {version('crash-triage')}\n"


def test_formats_reads_standard_input_and_open_says_why_it_cannot():
    assert "crash/manifest.json\t0xgen" in text("formats", "-", stdin=PANIC.read_bytes())
    done = triage("open", "-", "--no-lab", stdin=PANIC.read_bytes())
    assert done.returncode == 3
    assert "save it first" in done.stderr.decode()


@pytest.mark.parametrize(
    ("code", "arguments", "words"),
    [
        (4, ["table", "frame", str(PANIC)], "did you mean 'frames'?"),
        (4, ["table", "no-such-file", "events"], "there is no table 'no-such-file'"),
        (4, ["table", "files", str(PANIC), "--incident", "inc_"], "the rows of files belong to no incident"),
        (4, ["table", "events", str(PANIC), "--incident", "zz"], "no incident has an id that begins with 'zz'"),
        (4, ["table", "events", str(PANIC), "--columns", "levl"], "events has no column levl; there are event_id"),
        (2, ["table", "events", str(PANIC), "--limit", "-1"], "--limit"),
        (4, ["show", str(PANIC), "--as", "0xgem"], "did you mean '0xgen'?"),
        (2, ["show", str(PANIC), "--frames", "-1"], "--frames"),
        (4, ["resolve", str(PANIC), "nobody"], "`triage incidents PATH` lists them"),
    ],
)
def test_mistakes_are_named_with_what_is_nearest(code, arguments, words):
    done = triage(*arguments)
    assert done.returncode == code
    assert words in done.stderr.decode()


def test_an_error_names_the_option_of_the_command_line(tmp_path):
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "mine.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    crash = SAMPLES / "traces" / "asan-free.txt"
    for arguments, told, untold in (
        (["to-parquet", crash, "--to", "taken"], "say --overwrite", "overwrite=True"),
        (["hypothesize", crash, "--engine", "rules", "--send", "slack"], "would be sent: --dry-run", "dry_run"),
        (["note", crash, "inc", "seen before", "--journal", "file/x"], "--journal PATH", "journal=PATH"),
        (["hypothesize", crash, "--engine", "rules", "--send", "slack", "--where", "a@b"], "--where is", "where="),
    ):
        done = triage(*arguments, cwd=tmp_path)
        assert done.returncode == 4
        assert told in done.stderr.decode()
        assert untold not in done.stderr.decode()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names")
@pytest.mark.parametrize("command", [["show"], ["formats"], ["table", "files"], ["redact"], ["audit"], ["explain"]])
def test_a_pipe_is_read_from_standard_input_and_the_error_says_so(command, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    done = triage(*command, tmp_path / "pipe")
    assert done.returncode == 3
    assert "is a pipe, which is never opened by its name; name standard input: command | ... -" in done.stderr.decode()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is full")
@pytest.mark.parametrize("arguments", [["formats"], ["show", str(PANIC)], ["table", "frames", str(STORE)]])
def test_a_full_disk_is_one_line(arguments):
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run([sys.executable, "-m", "triage.cli", *arguments], stdout=full, stderr=-1, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        "cannot write to standard output: No space left on device; write to another place"
    ]


@pytest.mark.skipif(sys.platform == "win32", reason="no such shell")
def test_a_closed_output_is_fine():
    done = subprocess.run(
        ["/bin/sh", "-c", '"$0" -m triage.cli incidents "$1" >&-', sys.executable, str(STORE)],
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


GREEK = (
    'Traceback (most recent call last):\n  File "größe_λ.py", line 3, in größe_λ\n'
    'ValueError: Zoë \U0001f600 \xff \u2028 "\u0394"\n'
)


@pytest.mark.parametrize(
    ("encoding", "arguments", "words"),
    [
        ("cp1252", ["explain"], "größe_\\u03bb"),
        ("ascii", ["show"], "gr\\xf6\\xdfe_\\u03bb"),
        ("ascii", ["incidents", "--format", "csv"], "gr\\xf6\\xdfe_\\u03bb"),
        ("latin-1:replace", ["incidents"], "größe_?"),
    ],
)
def test_what_the_encoding_of_the_output_lacks_is_written_with_backslashes(tmp_path, encoding, arguments, words):
    (tmp_path / "a.log").write_text(GREEK, "utf-8")
    env = os.environ | {"PYTHONIOENCODING": encoding}
    done = triage(*arguments, "a.log", cwd=tmp_path, env=env, fresh=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert words in done.stdout.decode(encoding.partition(":")[0])


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
@pytest.mark.parametrize("arguments", [["table", "events", "--format", "ndjson"], ["watch", "--once", "--json"]])
def test_json_is_json_whatever_the_encoding_of_the_output(tmp_path, encoding, arguments):
    (tmp_path / "a.log").write_text(GREEK, "utf-8")
    env = os.environ | {"PYTHONIOENCODING": encoding, "XDG_STATE_HOME": str(tmp_path / "state")}
    done = triage(*arguments, "a.log", cwd=tmp_path, env=env, fresh=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.isascii() == (encoding != "utf-8")
    (row,) = map(json.loads, done.stdout.splitlines())
    assert "größe_λ" in (row.get("culprit") or str(row))


def test_an_error_is_told_in_any_encoding(tmp_path):
    env = os.environ | {"PYTHONIOENCODING": "ascii"}
    done = triage("show", "λ.log", cwd=tmp_path, env=env, fresh=True)
    assert done.returncode == 3
    assert b"there is nothing at '\\u03bb.log'" in done.stderr
