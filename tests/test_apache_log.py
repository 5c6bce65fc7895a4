"""Apache's error logs of two versions; the flaws of DebugBundle's parser are tests that pass here."""

from tests.reading import SAMPLES, read
from triage import formats, loads

OLD = (SAMPLES / "logs" / "apache-2.2-error.log").read_bytes()
NEW = (SAMPLES / "logs" / "apache-2.4-error.log").read_bytes()


def test_lines_that_are_not_of_php_are_rows():
    """There any of them throws the whole file away, the documentation's own second example too."""
    text = (
        b"[Fri Sep 09 10:42:29.902022 2011] [core:error] [pid 35708:tid 4328636416] [client 192.0.2.199] "
        b"File does not exist: /usr/local/apache2/htdocs/favicon.ico\n"
        b"[Mon Jan 26 01:25:59 2026] [php:notice] [pid 1] PHP Notice:  n in /a.php on line 1\n"
    )
    rows = read(text)
    assert [(row["logger"], row["level"], row["message"][:10]) for row in rows["logs"]] == [
        ("core", "error", "File does "),
        ("php", "info", "PHP Notice"),
    ]
    assert len(rows["events"]) == 1
    assert not rows["quarantine"]


def test_true_levels_and_no_status():
    for data in (OLD, NEW):
        rows = read(data)["events"]
        assert {row["http_status"] for row in rows} == {None}
        assert {row["level"] for row in rows if row["error_type"] == "Notice"} == {"info"}
        assert {row["event_class"] for row in rows if row["level"] in {"info", "warning"}} == {"context"}


def test_the_stack_of_xdebug_over_several_lines():
    case = loads(OLD)
    (row,) = case.incidents().to_dict("records")
    assert row["title"] == "Fatal error in Cart->pay"
    (event,) = case.events(event_class="incident_signal").to_dict("records")
    text = OLD[event["offset"] : event["offset"] + event["length"]].decode()
    assert text.startswith("[Tue Feb 10 09:15:27 2026] [error] [client 192.0.2.17] PHP Fatal error:")
    assert text.endswith("PHP   2. Cart->pay() /srv/shop/public/index.php:8, referer: https://shop.example.com/cart\n")
    said = case.annotations(event=event["event_id"]).set_index("key")["value"]
    assert said["referer"] == "https://shop.example.com/cart"
    assert said["client"] == "192.0.2.17"


def test_microseconds_modules_processes_codes():
    logs = loads(NEW).logs()
    first = logs.iloc[0]
    assert first["ts"].isoformat() == "2026-02-10T09:12:44.000123+00:00"
    assert first["logger"] == "mpm_event"
    assert '"pid":"811"' in first["fields"]
    assert '"tid":"140213"' in first["fields"]
    assert '"code":"AH00489"' in first["fields"]
    named = logs[logs["message"] == "AH00036: access to /cart failed"].iloc[0]
    assert '"os":"(36)File name too long"' in named["fields"]
    assert '"client":"192.0.2.17:50112"' in named["fields"]


def test_a_traceback_between_the_lines_of_another_process():
    case = loads(NEW)
    (event,) = case.events()[case.events()["format"] == "python"].to_dict("records")
    assert (event["error_type"], event["level"], event["ts"].isoformat()) == (
        "OutOfStock",
        "error",
        "2026-02-10T09:17:12.000002+00:00",
    )
    assert "AH00128: File does not exist: /srv/shop/public/robots.txt" in case.logs()["message"].tolist()
    text = NEW[event["offset"] : event["offset"] + event["length"]].decode()
    assert text.startswith("[Tue Feb 10 09:17:12.000002 2026]")
    assert text.endswith("OutOfStock: item 48213\n")


def test_a_local_time_without_zone_is_told_once_for_the_file():
    case = loads(NEW)
    assert case.files()["reason"].tolist() == ["the time has no zone; taken as UTC"]
    assert set(case.events()["ts_source"]) == {"log line without zone"}


def test_detection():
    assert [hit.format for hit in formats.detect(OLD)] == ["apache-error"]
    assert [hit.format for hit in formats.detect(NEW)] == ["apache-error"]
    assert not formats.detect(b"[Mon Jan 26] no\n")
