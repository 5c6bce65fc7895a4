"""Entries of PHP inside other logs, by process; entries that are many, long or never end."""

import pytest

from tests.growth import grows_evenly
from tests.reading import SAMPLES, read
from triage import loads
from triage.formats import apache_log, app_log
from triage.stacks import signature

HEAD = "[Mon Jan 26 01:25:59.1 2026] [php:error] [pid {pid}] [client 192.0.2.7:5] "


def test_lines_of_two_processes_alternate():
    lines = [
        HEAD.format(pid=1) + "PHP Fatal error:  Uncaught AError: a in /a.php:9",
        HEAD.format(pid=2) + "PHP Fatal error:  Uncaught BError: b in /b.php:9",
        HEAD.format(pid=1) + "PHP Stack trace:",
        HEAD.format(pid=2) + "PHP Stack trace:",
        HEAD.format(pid=1) + "PHP   1. {main}() /a.php:0",
        HEAD.format(pid=2) + "PHP   1. {main}() /b.php:0",
        HEAD.format(pid=1) + "PHP   2. a() /a.php:3",
        HEAD.format(pid=2) + "PHP   2. b() /b.php:3",
    ]
    case = loads("\n".join(lines) + "\n")
    assert sorted(case.incidents()["title"]) == ["AError in a", "BError in b"]


def test_nginx_and_syslog_carry_them_too():
    nginx = (
        '2026/01/26 01:25:59 [error] 12#0: *1 FastCGI sent in stderr: "PHP message: '
        'PHP Warning:  w in /a.php on line 3" '
        "while reading response header from upstream, client: 192.0.2.7\n"
    )
    syslog = "Jan 26 01:25:59 web-1 php[12]: PHP Fatal error:  Uncaught AError: a in /a.php:9\n"
    (warning,) = read(nginx.encode(), reader=app_log)["events"]
    (fatal,) = read(syslog.encode(), "syslog-20260126", reader=app_log)["events"]
    assert (warning["error_type"], warning["error_value"], warning["event_class"]) == ("Warning", "w", "context")
    assert (fatal["error_type"], fatal["service"], fatal["level"]) == ("AError", "php", "fatal")


def test_an_entry_that_nginx_breaks_into_lines():
    text = (
        '2026/01/26 01:25:59 [error] 12#0: *1 FastCGI sent in stderr: "PHP message: '
        "PHP Fatal error:  Uncaught AError: a in /a.php:9\n"
        "Stack trace:\n#0 /a.php(3): pay()\n#1 {main}\n"
        '  thrown in /a.php on line 9" while reading response header from upstream, client: 192.0.2.7\n'
        "2026/01/26 01:26:00 [warn] 12#0: *2 slow\n"
    )
    rows = read(text.encode(), reader=app_log)
    (event,) = rows["events"]
    assert (event["error_type"], event["error_value"], event["level"]) == ("AError", "a", "fatal")
    assert text[event["offset"] : event["offset"] + event["length"]] == text[: text.index("2026/01/26 01:26:00")]
    assert [row["function"] for row in rows["frames"]] == ["pay", "{main}"]
    assert [row["message"] for row in rows["logs"]][1:] == ["slow"]


def test_several_messages_in_one_line():
    line = (
        "[Mon Jan 26 01:25:59 2026] [proxy_fcgi:error] [pid 1] AH01071: Got error 'PHP message: "
        "PHP Notice:  n in /a.php on line 1; PHP message: PHP Fatal error:  f in /a.php on line 2'\n"
    )
    rows = read(line.encode(), reader=apache_log)
    assert [(row["error_type"], row["error_value"], row["level"]) for row in rows["events"]] == [
        ("Notice", "n", "info"),
        ("Fatal error", "f", "fatal"),
    ]
    assert {(row["offset"], row["length"]) for row in rows["events"]} == {(0, len(line))}


@pytest.mark.parametrize("between", ["; ", "\\n", "\\n; ", " "])
@pytest.mark.parametrize("count", [64, 65, 500])
def test_a_line_may_hold_any_number_of_messages(between, count):
    said = between.join(f"PHP message: PHP Warning:  w{at} in /a.php on line 3" for at in range(count))
    line = f"[Mon Jan 26 01:25:59 2026] [proxy_fcgi:error] [pid 1] AH01071: Got error '{said}'\n"
    rows = read((line + HEAD.format(pid=2) + "PHP Notice:  n in /a.php on line 1\n").encode(), reader=apache_log)
    assert [row["error_value"] for row in rows["events"]] == [f"w{at}" for at in range(count)] + ["n"]
    assert {row["parse_status"] for row in rows["events"]} == {"ok"}
    assert len(rows["logs"]) == count + 1


def test_a_stack_in_one_line_is_whole_up_to_the_lines_of_an_entry():
    calls = "\\n".join(f"#{at} /srv/a.php({at}): f{at}()" for at in range(200))
    said = f"PHP Fatal error:  Uncaught E: x in /srv/a.php:3\\nStack trace:\\n{calls}\\n#200 {{main}}"
    (row,) = (rows := read((HEAD.format(pid=1) + said + "\n").encode(), reader=apache_log))["events"]
    assert row["parse_status"] == "ok"
    assert [row["function"] for row in rows["frames"]] == [*(f"f{at}" for at in range(200)), "{main}"]


def test_a_line_that_is_cut_says_so():
    texts = [HEAD.format(pid=1) + f"PHP Warning:  {'w' * length} in /a.php on line 3\n" for length in (9_000, 20_000)]
    rows = read("".join(texts).encode(), reader=apache_log)["events"]
    assert [row["parse_status"] for row in rows] == ["ok", "partial"]
    assert any("cut after 16,384 characters: 1" in note for note in rows[1]["notes"])


def test_an_entry_without_end_is_bounded():
    text = HEAD.format(pid=1) + "PHP Warning:  w in /a.php on line 3\n" + "x\n" * 5_000
    (row,) = read(text.encode(), reader=apache_log)["events"]
    assert row["parse_status"] == "partial"
    assert row["length"] == len(text)
    assert any("left out" in note for note in row["notes"])


def test_more_processes_than_may_be_open_lose_nothing():
    text = "".join(HEAD.format(pid=pid) + f"PHP Warning:  w{pid} in /a.php on line 3\n" for pid in range(500))
    rows = read(text.encode(), reader=apache_log)
    assert sorted(int(row["error_value"][1:]) for row in rows["events"]) == list(range(500))


@pytest.mark.parametrize(
    "piece", ["#0 /a(1): ", "((((", " in /a:1", "PHP message: PHP Notice:  x; ", "\\\\n", " 1. x:1"]
)
def test_time_grows_with_a_line_at_most(piece):
    head = HEAD.format(pid=1) + "PHP Warning:  "
    grows_evenly(lambda data: read(data, reader=apache_log), lambda count: f"{head}{piece * count}\n".encode(), 500)


@pytest.mark.parametrize("line", ["PHP 8.2 started", "PHP Stack trace:", "PHP   1. {main}() /a.php:0"])
def test_what_begins_no_entry(line):
    rows = read((HEAD.format(pid=1) + line + "\n").encode(), reader=apache_log)
    assert [row for row in rows["events"] if row["format"] == "apache-error"] == []


def test_lines_that_each_have_a_time_are_one_entry():
    lines = [
        "PHP Fatal error:  Uncaught RuntimeException: bad in /srv/a.php:3", "Stack trace:",
        "#0 /srv/b.php(5): Cart->total()", "#1 /srv/c.php(7): pay()", "#2 {main}", "  thrown in /srv/a.php on line 3",
    ]  # fmt: skip
    text = "".join(f"2026-02-10T09:00:00.123456789Z {line}\n" for line in lines)
    case = loads(text)
    assert case.frames()["function"].tolist() == ["Cart->total", "pay", "{main}"]
    assert case.incidents()["group_key"].tolist() == [signature(text)] == [signature("\n".join(lines))]


def test_containers_have_entries_of_their_own():
    head = "[26-Jan-2026 01:25:59 UTC] PHP Fatal error:  Uncaught"
    lines = [
        f"web_1  | {head} AError: a in /a.php:9",
        f"job_1  | {head} BError: b in /b.php:9",
        "web_1  | Stack trace:",
        "job_1  | Stack trace:",
        "web_1  | #0 /a.php(3): a()",
        "job_1  | #0 /b.php(3): b()",
        "web_1  | #1 {main}",
        "db_1   | ready",
        "job_1  | #1 {main}",
    ]
    case = loads("\n".join(lines) + "\n")
    assert sorted(case.incidents()["title"]) == ["AError in a", "BError in b"]
    assert set(case.events()["format"]) == {"php-log"}
    assert {ts.isoformat() for ts in case.events()["ts"]} == {"2026-01-26T01:25:59+00:00"}


CHAIN = (SAMPLES / "traces" / "php-previous.txt").read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("blank", ["\n\n", "\n"])
@pytest.mark.parametrize(
    "prefix",
    [
        "2026-02-10T09:00:00.1234567{:02d}Z ",
        "2026-02-10T09:00:{:02d}+01:00 ",
        "2026-02-10 09:00:{:02d} ",
        "[2026-02-10 09:00:{:02d}] ",
        "[10-Feb-2026 09:00:{:02d} UTC] ",
        "web-1  | 2026-02-10T09:00:00.1234567{:02d}Z ",
    ],
)
def test_a_chain_goes_on_behind_a_time_before_each_line(prefix, blank):
    lines = CHAIN.replace("\n\n", blank).split("\n")
    text = "".join(f"{prefix.format(at)}{line}\n" for at, line in enumerate(lines))
    case = loads(f"{text}{prefix.format(40)}the worker is up again\n")
    assert case.events()["error_type"].tolist() == ["PaymentError"]
    assert case.stacks()["error_type"].tolist() == ["PaymentError", "OutOfRangeException"]
    assert case.events()["group_key"].tolist() == [signature(CHAIN)] == [signature(text)]
    assert case.logs()["message"].tolist()[1:] == ["the worker is up again"]


@pytest.mark.parametrize(
    "line", ["Next retry in 5 s", "Next: cleaning up", "next PaymentError: no", "NextError: the payment failed"]
)
def test_what_follows_the_last_call_is_a_record_of_its_own_where_no_chain_goes_on(line):
    lines = [*CHAIN.split("\n")[:7], "", line]
    case = loads("".join(f"2026-02-10 09:00:{at:02d} {one}\n" for at, one in enumerate(lines)))
    assert case.events()["error_type"].tolist() == ["OutOfRangeException"]
    assert case.logs()["message"].tolist()[1:] == [line]


def test_a_chain_goes_on_where_what_was_thrown_says_nothing():
    text = CHAIN.replace("Next PaymentError: the payment failed in", "Next Shop\\PaymentError in")
    assert "Next Shop\\PaymentError in /srv" in text
    case = loads("".join(f"2026-02-10 09:00:00 {line}\n" for line in text.split("\n")))
    assert case.events()["group_key"].tolist() == [signature(text)]
