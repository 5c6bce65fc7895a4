"""The reading of logs: records over several lines, quarantine by line, exact places, bounded memory, linear time."""

import gzip
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from tests.reading import read
from triage.formats import app_log
from triage.formats.traces.scanning import along
from triage.sources.limits import Limits

INFO = "2026-01-26 01:25:59,123 INFO [main] shop.Cart - saved\n"
ERROR = "2026-01-26 01:26:00,123 ERROR [main] shop.Cart - no rate\n"
TRACE = (
    "java.lang.IllegalStateException: empty\n"
    "\tat com.shop.Cart.total(Cart.java:7)\n\tat com.shop.Cart.pay(Cart.java:9)\n"
)
JSON = '{"level":50,"time":1769390759123,"msg":"no rate"}\n'


def test_lines_below_a_head_are_its_message():
    rows = read((ERROR + "first\nsecond\n\n" + INFO).encode())
    assert [row["message"] for row in rows["logs"]] == ["no rate\nfirst\nsecond", "saved"]


def test_places_are_those_of_the_bytes():
    text = "\ufeff" + INFO + "ä line\n" + ERROR + TRACE + INFO + JSON
    data = text.encode()
    rows = read(data, reader=app_log)
    for row in rows["logs"]:
        line = data[row["offset"] :].split(b"\n")[0].decode()
        assert line.startswith(("2026-01-26 ", "{"))
        assert row["message"].split("\n")[0] in line
    (event,) = rows["events"]
    assert data[event["offset"] : event["offset"] + event["length"]].decode() == TRACE


def test_crlf_and_utf16():
    data = (INFO + ERROR + TRACE + INFO).replace("\n", "\r\n")
    (event,) = read(data.encode())["events"]
    assert data[event["offset"] : event["offset"] + event["length"]] == TRACE.replace("\n", "\r\n")
    wide = ("\ufeff" + data).encode("utf-16-le")
    (event,) = read(wide)["events"]
    assert wide[event["offset"] : event["offset"] + event["length"]].decode("utf-16-le") == TRACE.replace("\n", "\r\n")


def test_damaged_json_costs_only_its_line():
    data = (JSON + '{"level":50,"ti\n' + '{"a":1}\n' + JSON).encode()
    rows = read(data)
    assert len(rows["logs"]) == 2
    assert [(row["line"], row["reason"]) for row in rows["quarantine"]] == [
        (2, "damaged JSON"),
        (3, "JSON that is no record of a log"),
    ]
    first = rows["quarantine"][0]
    assert data[first["offset"] : first["offset"] + first["length"]] == b'{"level":50,"ti\n'


def test_places_of_lines_between_those_of_a_trace():
    head = "Jan 26 01:25:59 web-1 "
    inner = '{"level":50,"ti'
    text = (
        head + "a[1]: Traceback (most recent call last):\n"
        + head + 'a[1]:   File "a.py", line 1, in f\n'
        + head + "b[2]: other\n"
        + head + "a[1]: ValueError: x\n" + JSON + inner + "\n" + JSON
    )  # fmt: skip
    rows = read(text.encode(), "syslog-20260126", reader=app_log)
    (event,) = rows["events"]
    assert text[event["offset"] : event["offset"] + event["length"]] == text[: text.index(JSON)]
    assert [row["message"] for row in rows["logs"]] == [
        "Traceback (most recent call last):", "other", "no rate", "no rate",
    ]  # fmt: skip
    (lost,) = rows["quarantine"]
    assert text[lost["offset"] : lost["offset"] + lost["length"]] == inner + "\n"


def test_json_below_a_line_of_text_is_its_message():
    rows = read((ERROR + '{"cart": 7,\n "b": 1}\n' + INFO).encode())
    assert rows["logs"][0]["message"] == 'no rate\n{"cart": 7,\n "b": 1}'
    assert not rows["quarantine"]


def test_an_overlong_line_is_quarantined_and_the_log_goes_on():
    data = (INFO + "x" * 500 + "\n" + ERROR + TRACE).encode()
    rows = read(data, reader=app_log, limits=Limits(line_bytes=200))
    assert len(rows["events"]) == 1
    assert [(row["line"], row["length"]) for row in rows["quarantine"]] == [(2, 500)]
    # behind it the numbers are not known, and not guessed
    rows = read((JSON + "x" * 500 + "\n" + '{"a\n' + JSON).encode(), reader=app_log, limits=Limits(line_bytes=200))
    assert [(row["line"], row["reason"][:7]) for row in rows["quarantine"]] == [(2, "a line "), (None, "damaged")]


def test_a_message_without_end_is_bounded():
    rows = read((ERROR + "x\n" * 5_000 + INFO).encode())
    assert len(rows["logs"]) == 2
    assert len(rows["logs"][0]["message"]) < 2_000
    assert rows["logs"][0]["parse_status"] == "partial"
    assert '"lines.left_out":4600' in rows["logs"][0]["fields"]


def test_a_trace_that_ends_the_file_without_a_line_end():
    (event,) = read((ERROR + TRACE.rstrip("\n")).encode())["events"]
    assert event["length"] == len(TRACE) - 1


def test_the_same_traces_are_found_as_without_heads():
    text = INFO * 400 + ERROR + TRACE + INFO * 500 + ERROR + TRACE
    rows = read(text.encode())
    assert [row["offset"] for row in rows["events"]] == [
        text.index("java.lang"),
        text.rindex("java.lang"),
    ]
    assert len(rows["logs"]) == 902


def test_reports_are_told_with_the_line_that_no_later_one_begins_before():
    lines = (INFO * 900 + ERROR + TRACE + INFO * 900).split("\n")
    seen = 0
    for found in along(enumerate(lines)):
        if isinstance(found, int):
            assert found >= seen
            seen = found
        else:
            assert found.first > seen
    assert seen > 1_500


def test_memory_does_not_grow_with_the_log(tmp_path):
    from triage.capture.ingesting import ingest

    def peak(count):
        path = tmp_path / f"{count}.log"
        path.write_text((INFO * 40 + ERROR + TRACE) * count)
        tracemalloc.start()
        ingest(path, tmp_path / f"store{count}")
        reached = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return reached

    peak(10)
    assert peak(800) < 1.6 * peak(200) + 3_000_000


def test_time_is_linear_in_the_log():
    piece = (INFO * 9 + ERROR + TRACE).encode()
    grows_evenly(lambda data: read(data, reader=app_log), lambda count: piece * count, 50)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [INFO, ERROR, TRACE, JSON, "text\n", "\n", '{"a\n', "\tat x\n", "PHP Notice:  a in /a on line 3\n"]
        )
    )
)
def test_no_line_is_lost_and_nothing_raises(pieces):
    data = "".join(pieces).encode()
    rows = read(data, reader=app_log)
    heads = sum(piece in {INFO, ERROR, JSON} for piece in pieces)
    assert sum(row["parse_status"] != "raw" for row in rows["logs"]) == heads
    places = [row["offset"] for row in rows["logs"]]
    assert places == sorted(places)
    for row in rows["events"]:
        assert 0 <= row["offset"] < row["offset"] + row["length"] <= len(data)


def test_the_order_of_inputs_changes_nothing(tmp_path):
    for name in ("a.log", "b.log"):
        (tmp_path / name).write_text(INFO + ERROR + TRACE)
    paths = [tmp_path / "a.log", tmp_path / "b.log"]
    one, other = triage.load(paths), triage.load(paths[::-1])
    assert one.incidents().equals(other.incidents())
    assert one.incidents()["count"].tolist() == [2]


PYTHON = ["Traceback (most recent call last):", '  File "a.py", line 1, in f', "ValueError: x"]
SAID = "2026-01-26 01:25:59,123 CRITICAL shop.cart: no rate"


def daemon(program, lines):
    return [f"Jan 26 01:26:07 web-1 {program}: {line}" for line in lines]


def test_a_trace_in_the_journal_has_the_time_of_the_logger_that_introduced_it():
    others = daemon("db[7]", ["checkpoint starting"])
    lines = daemon("shop[8]", [SAID]) + others + daemon("shop[8]", PYTHON)
    rows = read("\n".join(lines).encode(), reader=app_log)
    (event,) = rows["events"]
    assert str(event["ts"]) == "2026-01-26 01:25:59.123000+00:00"
    assert (event["ts_source"], event["level"], event["service"]) == ("log line without zone", "fatal", "shop")
    said = {row["key"]: row["value"] for row in rows["annotations"] if row["scope"] == "log"}
    assert said == {"logger": "shop.cart", "message": "no rate"}
    assert [row["message"] for row in rows["logs"]] == ["no rate", "checkpoint starting", PYTHON[0]]


def test_only_the_record_right_before_of_the_same_process_introduces_a_trace():
    for lines in (
        daemon("shop[8]", [SAID, "and now something else", *PYTHON]),
        daemon("shop[8]", [SAID]) + daemon("shop[9]", PYTHON),
        daemon("shop[8]", ["no rate", *PYTHON]),
    ):
        (event,) = read("\n".join(lines).encode(), reader=app_log)["events"]
        assert (event["ts"], event["level"]) == (None, "error")
    # the second trace has no record of its own
    first, second = read("\n".join(daemon("shop[8]", [SAID, *PYTHON, *PYTHON])).encode(), reader=app_log)["events"]
    assert (first["level"], second["level"], second["ts"]) == ("fatal", "error", None)


def test_no_more_programs_are_remembered_than_a_few():
    lines = daemon("shop[8]", [SAID])
    for number in range(200):
        lines += daemon(f"db[{number}]", ["ready"])
    (event,) = read("\n".join([*lines, *daemon("shop[8]", PYTHON)]).encode(), reader=app_log)["events"]
    assert event["ts"] is None


PHP = (
    "[26-Jan-2026 09:00:01 UTC] PHP Fatal error:  Uncaught RuntimeException: no rate in /srv/cart.php:4\n"
    "Stack trace:\n#0 /srv/cart.php(10): Cart->total()\n#1 {main}\n  thrown in /srv/cart.php on line 4\n"
)


@pytest.mark.parametrize("nuls", [1, 597, 70_000, 3_000_000, 20_000_000], ids=str)
@pytest.mark.parametrize("text", [PHP * 2, (ERROR + TRACE) * 2], ids=["php", "app"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_nuls_before_a_log_are_lost_alone(nuls, text, pack, tmp_path):
    # a writer that keeps its place in a file that was cut leaves a hole as long as the file was
    data = bytes(nuls) + text.encode()
    (tmp_path / "app.log").write_bytes(pack(data))
    case = triage.load(tmp_path, cache=False)
    assert len(case.events()) == 2
    assert data[case.events()["offset"].min() :].startswith(text[:20].encode()) or text.startswith(ERROR)
    lost = case.quarantine()
    assert lost[["offset", "length", "line"]].to_numpy().tolist() == [[0, nuls, 1]]
    assert case.files()["bytes"].max() == len(data)
    assert "partial" in set(case.files()["parse_status"])
    assert case.events()["ts"].notna().all()


@pytest.mark.parametrize(
    "lost", [bytes(300), bytes(300) + b"\n", b"\xef\xbb\xbf", b"\x1f\x8b\x08\0\n", b"\xff\xfe\0 lost\n"], ids=repr
)
@pytest.mark.parametrize("text", [PHP, ERROR + TRACE], ids=["php", "app"])
def test_what_is_lost_inside_of_a_log_takes_nothing_with_it(lost, text):
    data = text.encode() * 2 + lost + text.encode() * 2
    rows = read(data)
    assert len(rows["events"]) == 4
    held = [(row["offset"], row["length"]) for row in rows["quarantine"]]
    before = lost.rstrip(b"\n")
    assert held == ([(2 * len(text), len(before))] if not before.strip(b"\0\xef\xbb\xbf") else [])


def test_a_file_of_nothing_but_nuls_is_told_of_and_costs_no_memory(tmp_path):
    with (tmp_path / "app.log").open("wb") as file:
        file.truncate(64 << 20)
    tracemalloc.start()
    (row,) = triage.load(tmp_path, cache=False).files().to_dict("records")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (row["bytes"], row["parse_status"]) == (64 << 20, "unknown")
    assert peak < 16 << 20
