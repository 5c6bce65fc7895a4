import io

import pandas as pd
import pytest
from rich.console import Console

from triage import console

MOMENT = pd.Timestamp("2026-02-10 09:11:28.165", tz="UTC")
FRAME = pd.DataFrame(
    {
        "incident_id": ["inc_328e980fe252b5e4", "inc_a598702e5319a4d3"],
        "title": ["JSONDecodeError in coupon", "[red]TypeError[/red]\nin formatPrice"],
        "last_seen": pd.array([MOMENT, None], "timestamp[us, tz=UTC][pyarrow]"),
        "culprit": pd.array([None, None], "string[pyarrow]"),
    }
)


@pytest.fixture
def terminal(monkeypatch):
    def printed(frame, width):
        sink = io.StringIO()
        monkeypatch.setattr(
            console, "OUT", Console(file=sink, force_terminal=True, width=width, color_system=None, soft_wrap=True)
        )
        console.print_frame(frame, console.Style.table, None)
        return sink.getvalue()

    return printed


def test_a_wide_terminal_gets_a_table(terminal):
    lines = terminal(FRAME, 120).splitlines()
    assert lines[0].split() == ["incident_id", "title", "last_seen", "culprit"]
    assert lines[1].split() == ["inc_328e980fe252b5e4", "JSONDecodeError", "in", "coupon", "2026-02-10", "09:11:28Z"]


def test_empty_columns_go_first_and_ids_are_never_broken(terminal):
    shown = terminal(FRAME, 60)
    assert shown.splitlines()[0].split() == ["incident_id", "title", "last_seen"]
    assert all(len(line) <= 60 for line in shown.splitlines())
    assert all(one in shown for one in FRAME["incident_id"])


@pytest.mark.parametrize("width", [20, 40])
def test_a_narrow_terminal_gets_records(terminal, width):
    assert terminal(FRAME, width) == (
        "incident_id  inc_328e980fe252b5e4\n"
        "title        JSONDecodeError in coupon\n"
        "last_seen    2026-02-10 09:11:28Z\n"
        "\n"
        "incident_id  inc_a598702e5319a4d3\n"
        "title        [red]TypeError[/red]\n"
        "             in formatPrice\n"
    )


def test_no_rows_are_a_header(terminal):
    assert "incident_id" in terminal(FRAME.iloc[:0], 20)


@pytest.mark.parametrize(
    ("encoding", "told"),
    [
        ("utf-8", '{"größe_λ":"\U0001f600 \\" \x7f"}'),
        ("UTF8", '{"größe_λ":"\U0001f600 \\" \x7f"}'),
        ("latin-1", '{"gr\\u00f6\\u00dfe_\\u03bb":"\\ud83d\\ude00 \\" \x7f"}'),
        ("utf-16", '{"gr\\u00f6\\u00dfe_\\u03bb":"\\ud83d\\ude00 \\" \x7f"}'),
    ],
)
def test_json_is_in_utf_8_or_in_ascii(monkeypatch, encoding, told):
    output = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    monkeypatch.setattr("sys.stdout", output)
    console.print_json('{"größe_λ":"\U0001f600 \\" \x7f"}')
    output.flush()
    assert output.buffer.getvalue().decode(encoding) == told + "\n"
