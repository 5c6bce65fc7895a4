"""PHP's error log; each flaw of DebugBundle's parser is a test that passes here."""

from itertools import pairwise

import pytest

from tests.reading import SAMPLES, read
from triage import formats, loads
from triage.formats import php_log

LOG = (SAMPLES / "logs" / "php-error.log").read_bytes()


def test_the_sample():
    rows = read(LOG, "php-error.log")
    told = [(row["event_kind"], row["event_class"], row["level"], row["error_type"]) for row in rows["events"]]
    assert told == [
        ("log", "context", "info", "Deprecated"),
        ("log", "context", "info", "Notice"),
        ("exception", "incident_signal", "fatal", "PaymentError"),
        ("log", "context", "warning", "Warning"),
        ("oom", "incident_signal", "fatal", "Fatal error"),
    ]
    assert {row["format"] for row in rows["events"]} == {"php-log"}


def test_a_notice_is_no_crash_and_has_no_status():
    """There a Notice is a backend_exception with status 500, its file the path of a request."""
    case = loads("[26-Jan-2026 01:25:59 UTC] PHP Notice:  Undefined index: rate in /srv/cart.php on line 7\n")
    (event,) = case.events().astype(object).where(lambda x: x.notna(), None).to_dict("records")
    assert (event["event_class"], event["event_kind"], event["level"]) == ("context", "log", "info")
    assert (event["http_status"], event["route"], event["http_method"]) == (None, None, None)
    assert event["environment"] is None
    assert case.incidents().empty
    (frame,) = case.frames()[["file", "line"]].to_dict("records")
    assert frame == {"file": "/srv/cart.php", "line": 7}


def test_text_before_the_first_entry_costs_only_itself():
    """There it throws the whole file away."""
    rows = read(LOG)
    (lost,) = rows["quarantine"]
    assert (lost["offset"], lost["line"], lost["reason"]) == (0, 1, "text before the first record of the log")
    assert LOG[: lost["length"]] == LOG.split(b"\n")[0] + b"\n"


def test_zones_of_the_iana_database():
    """There `Europe/Berlin` throws the whole file away."""
    when = [row["ts"].isoformat() for row in read(LOG)["events"]]
    assert when == [
        "2026-02-10T08:14:02+00:00",
        "2026-02-10T08:14:02+00:00",
        "2026-02-10T08:15:27+00:00",
        "2026-02-10T09:16:40+00:00",
        "2026-02-10T14:20:33+00:00",
    ]


def test_the_stack_of_xdebug_belongs_to_its_entry():
    """There `PHP Stack trace:` throws the whole file away."""
    case = loads(LOG)
    warning = case.events().query("error_type == 'Warning'").iloc[0]
    frames = case.frames(event=warning["event_id"])
    assert frames["function"].tolist() == ["Cart->share", "Checkout->run", "{main}"]
    # the lines of the file, as they are read back
    lines = LOG.decode().split("\n")
    assert [lines[number - 1].split("] ")[1].split("(")[0].split(". ")[1] for number in frames["text_line"]] == [
        "Cart->share",
        "Checkout->run",
        "{main}",
    ]


def test_a_stamp_without_zone_is_told():
    case = loads("[26-Jan-2026 01:25:59] PHP Warning:  a in /a.php on line 7\n")
    (event,) = case.events().to_dict("records")
    assert event["ts_source"] == "log line without zone"
    assert list(event["notes"]) == ["the time has no zone; taken as UTC"]


def test_places_are_exact():
    rows = read(LOG)
    for row in rows["events"]:
        text = LOG[row["offset"] : row["offset"] + row["length"]].decode()
        assert text.startswith("[10-Feb-2026 ")
        assert text.endswith("\n")
        assert f"PHP {'Fatal error' if row['level'] == 'fatal' else row['error_type']}" in text.split("\n")[0]
    joined = sorted((row["offset"], row["length"]) for row in rows["events"])
    assert all(a + b <= c for (a, b), (c, _) in pairwise(joined))


def test_many_lines_are_one_message():
    rows = read(LOG)
    (fatal,) = [row for row in rows["logs"] if "Uncaught" in row["message"]]
    assert fatal["message"].endswith("thrown in /srv/shop/src/Rates.php on line 17")
    assert fatal["level"] == "fatal"


def test_what_programs_log_themselves():
    rows = read(
        b"[26-Jan-2026 01:25:59 UTC] cart saved\n"
        b"[26-Jan-2026 01:26:00 UTC] LogicException: no rate in /srv/cart.php:9\n"
        b"Stack trace:\n#0 /srv/shop.php(3): Cart->pay()\n#1 {main}\n"
        b"[26-Jan-2026 01:26:01 UTC] cart closed\n"
    )
    (event,) = rows["events"]
    assert (event["error_type"], event["format"], event["ts"].isoformat()) == (
        "LogicException",
        "php",
        "2026-01-26T01:26:00+00:00",
    )
    assert [row["message"] for row in rows["logs"]] == [
        "cart saved",
        "LogicException: no rate in /srv/cart.php:9",
        "cart closed",
    ]


@pytest.mark.parametrize("line", [b"[26-Jan-2026 01:25:59 UTC] PHP Fatal error:  x in /a.php on line 1\n"])
def test_every_level_has_its_own(line):
    levels = {}
    for name in ("Parse error", "Recoverable fatal error", "Core warning", "Strict Standards", "Deprecated"):
        (row,) = read(line.replace(b"Fatal error", name.encode()))["events"]
        levels[name] = (row["level"], row["event_class"])
    assert levels == {
        "Parse error": ("fatal", "incident_signal"),
        "Recoverable fatal error": ("error", "incident_signal"),
        "Core warning": ("warning", "context"),
        "Strict Standards": ("info", "context"),
        "Deprecated": ("info", "context"),
    }


@pytest.mark.parametrize(
    ("name", "level"),
    [("Core Warning", "warning"), ("Compile error", "fatal"), ("Strict Standards", "info"), ("Parse Error", "fatal")],
)
def test_the_name_of_a_level_is_no_part_of_the_message_whatever_its_case(name, level):
    (event,) = read(f"[26-Jan-2026 01:25:59 UTC] PHP {name}:  z in /a.php on line 1\n".encode())["events"]
    assert (event["level"], event["error_type"], event["error_value"]) == (level, name, "z")


def test_detection():
    assert [hit.format for hit in formats.detect(LOG)] == ["php-log"]
    assert php_log.NAME in formats.registry()
    assert formats.detect(b"[26-Jan-2026 01:25:59 UTC] cart saved\n[26-Jan-2026 01:25:59 UTC] x\n")[0].score == 64


def test_the_culprit_of_a_warning_is_where_it_came_from_not_its_handler():
    case = loads(
        "[26-Jan-2026 01:25:59 UTC] PHP Fatal error:  Uncaught ErrorException: Undefined variable $x in /srv/r.php:17\n"
        "Stack trace:\n#0 /srv/r.php(17): report()\n#1 /srv/pay.php(30): rate('XTS')\n#2 {main}\n"
        "  thrown in /srv/r.php on line 17\n"
    )
    assert list(case.events()["culprit"]) == ["rate (r.php:17)"]
