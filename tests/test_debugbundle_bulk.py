"""Many envelopes at once give the rows that they give one by one: every defect, every kind of event, at random."""

from __future__ import annotations

import gzip
import json
import random
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import hostile
from tests.benchmarks import store_events
from triage.formats import debugbundle_blocks, debugbundle_stems, debugbundle_texts
from triage.formats.debugbundle_batch import Batch, Line, Places, lines_of
from triage.formats.debugbundle_json import elements
from triage.loading import read_into, read_tables
from triage.records import Records
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.store import DEFERRED, TABLES_LEFT, details
from triage.tables import TABLES

SAMPLES = Path(__file__).parent.parent / "sample_bundles" / "debugbundle"
REAL = [line for line in (SAMPLES / "events.ndjson").read_bytes().split(b"\n") if line.strip()]
ARRAYS = [
    json.dumps(piece.value, separators=(",", ":")).encode()
    for path in sorted((SAMPLES / "store").rglob("*.events.json"))
    for piece in elements(path.read_bytes())
    if isinstance(piece.value, dict)
]
MADE = list(store_events.lines(200, seed=3))
USUAL = json.loads(MADE[0])


def tables(data: bytes, *, bulk: bool) -> dict[str, pa.Table]:
    """What is read of lines, in blocks or one by one; what was left where it lies is there in the end."""
    inputs, limits = Inputs(data, name="events.ndjson"), Limits()
    made = read_tables(inputs, limits=limits, bulk_bytes=0 if bulk else None)
    for name in TABLES_LEFT:
        made[name] = details.completed(name, made, None, inputs=inputs, limits=limits)
    made.pop(DEFERRED, None)
    return made


def whole(data: bytes) -> dict[str, pa.Table]:
    """What is read of lines in blocks where nothing is left where it lies."""
    records = Records(whole=True)
    read_into(records, Inputs(data, name="events.ndjson"), limits=Limits(), bulk_bytes=0)
    made = records.finish()
    assert DEFERRED not in made
    return made


def assert_equal(data: bytes) -> dict[str, pa.Table]:
    """Every table is the same in all three ways, the frames in whatever order."""
    quick, slow = tables(data, bulk=True), tables(data, bulk=False)
    assert_same(quick, slow)
    assert_same(whole(data), slow)
    return quick


def assert_same(quick: dict[str, pa.Table], slow: dict[str, pa.Table]) -> None:
    """Every table is the same, the frames in whatever order."""
    for name in TABLES:
        one, other = (made[name] for made in (quick, slow))
        if name == "frames":
            one, other = (table.sort_by([("stack_key", "ascending"), ("idx", "ascending")]) for table in (one, other))
        if not one.equals(other):
            differing = [c for c in one.column_names if one.num_rows == other.num_rows and one[c] != other[c]]
            pytest.fail(f"{name}: {one.num_rows} and {other.num_rows} rows, {differing}")


def deferred(data: bytes) -> int:
    """How many events are taken in blocks."""
    made = read_tables(Inputs(data, name="events.ndjson"), limits=Limits(), bulk_bytes=0)
    return made[DEFERRED].num_rows if DEFERRED in made else 0


def test_real_and_made_events() -> None:
    assert_equal(b"\n".join(REAL))
    assert_equal(b"\n".join(REAL + ARRAYS + MADE))
    assert deferred(b"\n".join(MADE)) == len(MADE)


def test_what_is_packed_is_read_in_blocks_from_where_it_turns_out_to_be_large(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    path.write_bytes(gzip.compress(b"\n".join([*MADE, b"{broken", *REAL])))
    made = read_tables(Inputs(path), limits=Limits(), bulk_bytes=30_000)
    slow = read_tables(Inputs(path), limits=Limits(), bulk_bytes=None)
    assert 0 < made[DEFERRED].num_rows < len(MADE)
    for name in TABLES_LEFT:
        made[name] = details.completed(name, made, None, inputs=Inputs(path), limits=Limits())
    for name in set(TABLES) - {"frames"}:
        assert made[name].equals(slow[name]), name


def test_many_small_files_of_any_form_are_read_as_one_by_one(tmp_path: Path) -> None:
    """Events alone and in arrays, with line ends and without, and what is no event file among them."""
    forms = [
        lambda line: line,
        lambda line: line + b"\n",
        lambda line: line + b"\r\n",
        lambda line: b" " + line,
        lambda line: b"[" + line + b"]",
        lambda line: b"[\n" + line + b",\n" + MADE[0] + b"]\n",
        lambda line: line + b"\n" + MADE[1] + b"\n",
        lambda line: json.dumps(json.loads(line), indent=1).encode(),
        lambda line: line[:-1] + b',"x":"' + b"x" * 70_000 + b'"}',
        lambda line: line[: len(line) // 2],
        lambda line: b'{"crash":' + line + b"}",
        lambda _: b"[]",
        lambda _: b"",
    ]
    for at in range(300):
        data = forms[at % len(forms)](changed(event_id=f"00000000-0000-4000-8000-{at:012d}"))
        (tmp_path / f"{at}{'.events' * (at % 3 == 0)}.json").write_bytes(data)
    made = [read_tables(Inputs(tmp_path), limits=Limits(), bulk_bytes=size) for size in (0, None)]
    for name in TABLES_LEFT:
        made[0][name] = details.completed(name, made[0], None, inputs=Inputs(tmp_path), limits=Limits())
    assert made[0][DEFERRED].num_rows >= 100
    order = {"quarantine": [(name, "ascending") for name in TABLES["quarantine"].names]}
    for name in set(TABLES) - {"frames"}:
        one, other = (tables[name].sort_by(order[name]) if name in order else tables[name] for tables in made)
        assert one.equals(other), name


def changed(**fields: object) -> bytes:
    """The usual event with other fields; of the payload where they are named `payload_...`."""
    event = json.loads(json.dumps(USUAL))
    for name, value in fields.items():
        target = event["payload"] if name.startswith("payload_") else event
        target[name.removeprefix("payload_")] = value
    event["event_id"] = event["event_id"] if "event_id" in fields else "00000000-0000-4000-8000-000000000001"
    return json.dumps(event, separators=(",", ":")).encode()


DEFECTS = {
    "malformed": MADE[0][:-40],
    "truncated": MADE[0][:100],
    "object becomes text": changed(service="checkout"),
    "text becomes object": changed(payload_message={"a": 1}),
    "long number": MADE[0].replace(b'"status_code":500', b'"status_code":123456789012345678901234567890'),
    "NaN": MADE[0].replace(b'"status_code":500', b'"status_code":NaN'),
    "NaN in what is not known of": MADE[0].replace(b'"query":{}', b'"query":{"a":NaN}'),
    "too large a number": MADE[0].replace(b'"query":{}', b'"query":{"a":1e999}'),
    "byte order mark": b"\xef\xbb\xbf" + MADE[0],
    "carriage return": MADE[0] + b"\r",
    "blank": b"   ",
    "NUL escaped": MADE[0].replace(b'"query":{}', b'"query":{"a":"\\u0000"}'),
    "invalid UTF-8": MADE[0].replace(b'"query":{}', b'"query":{"a":"\xff"}'),
    "lone surrogate": MADE[0].replace(b'"query":{}', b'"query":{"a":"\\ud800"}'),
    "lone surrogate in the message": changed(payload_message="x").replace(b'"x"', b'"\\udc00"'),
    "duplicate key": MADE[0].replace(b'"payload":{', b'"payload":{"name":"other",'),
    "NULs before it": bytes(700) + MADE[0],
    "raw NUL": MADE[0].replace(b'"query":{}', b'"query":{"a":"\x00"}'),
    "control character": MADE[0].replace(b'"query":{}', b'"query":{"a":"\x01"}'),
    "long line": MADE[0].replace(b'"query":{}', b'"query":{"a":"' + b"x" * 2_000_000 + b'"}'),
    "deep": MADE[0].replace(b'"query":{}', b'"query":' + b"[" * 5_000 + b"]" * 5_000),
    "two on a line": MADE[0] + MADE[1],
    "two halves": MADE[0][:200] + b"\n" + MADE[0][200:],
    "comma": MADE[0] + b",",
    "array": b"[" + MADE[0] + b"," + MADE[1] + b"]",
    "spaced": json.dumps(USUAL).encode(),
    "request is null": changed(payload_request=None),
    "request is empty": changed(payload_request={}),
    "request has no method": changed(payload_request={"headers": {"a": "b"}, "path": "/a/77?x=1"}),
    "no request": changed(payload_response=None).replace(b'"request":{', b'"other":{'),
    "empty texts": changed(payload_name="", payload_message="", payload_stack=" \n "),
    "no message": changed(payload_message=None),
    "service without a name": changed(service={"name": "", "environment": None, "runtime": ""}),
    "no service": changed(service=None),
    "correlation is text": changed(correlation="x"),
    "correlation of numbers": changed(correlation={"request_id": 7}),
    "correlation of empty texts": changed(correlation={"request_id": "", "trace_id": "t", "more": [1]}),
    "unknown key": changed(colour="red"),
    "unknown key that is null": changed(colour=None),
    "unknown key of the payload": changed(payload_colour={"a": [1, "b"]}),
    "context of the payload": changed(payload_context={"release": "9"}),
    "context with another release": changed(context={"release": 7}),
    "context is a list": changed(context=[1]),
    "context like a time": changed(context={"release": "2026-01-01T00:00:00Z", "when": "2026-01-01T00:00:00Z"}),
    "offset in the time": changed(occurred_at="2026-01-01T00:00:00+01:00"),
    "no such month": changed(occurred_at="2026-13-01T00:00:00Z"),
    "no such hour": changed(occurred_at="2026-12-01T24:00:00Z"),
    "seven digits of a second": changed(occurred_at="2026-12-01T23:00:00.1234567Z"),
    "time of day only": changed(occurred_at="2026-12-01T23:00Z"),
    "event_id is short": changed(event_id="7"),
    "event_id is a number": changed(event_id=7),
    "event_id has other letters": changed(event_id="zzzzzzzz-0000-4000-8000-00000000000é"),
    "schema is another": changed(schema_version="2025-01-01"),
    "handled is a number": changed(payload_handled=1),
    "stack in one line": changed(payload_stack="Error: x\\n  at f (/a.js:1:2)\\n  at g (/b.js:3:4)"),
    "stack of no form": changed(payload_stack="no stack\nat all"),
    "message of two lines": changed(payload_message="a\nb", payload_stack="SIGSEGV: a\nb\n#0  f () at a.c:1"),
    "message with a frame": changed(
        payload_message="at f (a.js:1:1)", payload_name="E", payload_stack="E: at f (a.js:1:1)\n    at g (/b.js:1:1)"
    ),
    "device": changed(payload_device={"model": "x"}),
    "probe data is text": changed(payload_probe_data="x"),
    "thread is text": changed(payload_runtime={"thread_id": "7", "platform": "linux"}),
    "runtime": changed(payload_runtime={"thread_id": 7, "platform": "darwin", "arch": "AMD64", "memory": {"rss": 1.5}}),
    "number with a fraction": MADE[0].replace(b'"status_code":500', b'"status_code":500.0'),
    "unknown type": changed(event_type="another"),
    "no type": changed(event_type=""),
    "error log": changed(event_type="log_event", payload={"level": "error", "message": "no", "attributes": {"a": 1}}),
    "java continues": changed(
        event_type="log_event",
        service={"name": "a", "environment": "b", "runtime": "JVM"},
        payload={"level": "error", "message": "at a.b(C.java:1)"},
    ),
    "log of an unknown level": changed(event_type="log_event", payload={"level": "loud", "message": "no"}),
    "log of an empty level": changed(event_type="log_event", payload={"level": "", "message": "no"}),
    "log with a stack": changed(
        event_type="log_event",
        payload={"level": "error", "message": "no", "attributes": {"stack": "E\n at f (a.js:1:1)"}},
    ),
    "log without a message": changed(event_type="log_event", payload={"level": "error"}),
    "request": changed(
        event_type="request_event",
        payload={"method": "GET", "path": "/a/7?x", "response_status": 503, "duration_ms": 1.5, "query": {"x": "1"}},
    ),
    "slow request": changed(event_type="request_event", payload={"method": "", "path": "", "duration_ms": 9_000}),
    "request by its template": changed(
        event_type="request_event", payload={"path": "/a/7", "route_template": "/a/{id}", "response_status": 404}
    ),
    "page": changed(
        event_type="frontend_exception",
        service={"name": "web", "environment": "p", "runtime": None},
        payload={
            "name": "E",
            "message": "m",
            "stack": "E: m\n    at f (/b.js:1:1)",
            "route": "/a/77",
            "browser": {"name": "Firefox"},
            "breadcrumbs": [{"message": "x"}, 7],
        },
    ),
    "browser event": changed(event_type="frontend_exception", payload_browser_event={"kind": "window_error"}),
}


@pytest.mark.parametrize("defect", DEFECTS)
@pytest.mark.parametrize("place", ["alone", "amid"])
def test_one_defect_costs_only_itself(defect: str, place: str) -> None:
    line = DEFECTS[defect]
    lines = [line] if place == "alone" else [*MADE[10:12], line, *MADE[12:14]]
    made = assert_equal(b"\n".join(lines))
    assert made["events"].num_rows >= (0 if place == "alone" else 4)


def _spelled(stack: str, message: str) -> bytes:
    """An exception whose stack and message are spelled as given, quotes and all."""
    event = changed(payload_stack="STACK", payload_message="MESSAGE")
    return event.replace(b'"STACK"', stack.encode()).replace(b'"MESSAGE"', message.encode())


NAME = USUAL["payload"]["name"]
FRAMES = r"\n#0  0x7f12345678ab in f (s=0x55 \"x\\y\") at /srv/a.c:3\n#1  0x7f12345678cd in main () at /srv/a.c:9"
BACKSLASHES, QUOTES = r"\\" * 200, r"\"" * 100
SPELLED = {
    "quotes": (rf'"{NAME}: no \"x\"{FRAMES}"', r'"no \"x\""'),
    "backslashes": (rf'"{NAME}: C:\\old\\{FRAMES}"', r'"C:\\old\\"'),
    "other quotes": (rf'"{NAME}: no \"x\"{FRAMES}"', r'"no \"y\""'),
    "a tab": (rf'"{NAME}: a\tb{FRAMES}"', r'"a\tb"'),
    "a slash": (rf'"{NAME}: a\/b{FRAMES}"', r'"a/b"'),
    "numbers": (rf'"{NAME}: \u00e9{FRAMES}"', '"é"'),
    "numbers in a frame": (rf'"{NAME}: x{FRAMES} \u00e90x123456789ab"', '"x"'),
    "letters": (rf'"{NAME}: é{FRAMES}"', r'"\u00e9"'),
    "only a head": (rf'"{NAME}: x"', '"x"'),
    "a head and blanks": (rf'"{NAME}: x\n  \t"', '"x"'),
    "ends of lines of another kind": (rf'"{NAME}: x\r{FRAMES}"', '"x"'),
    "ends of lines spelled out": (rf'"{NAME}: x{FRAMES}"'.replace(r"\n", r"\\n"), '"x"'),
    "a head over two lines": (rf'"{NAME}: x\ny{FRAMES}"', r'"x\ny"'),
    "another escape": (rf'"{NAME}: x{FRAMES} \x41"', '"x"'),
    "half an escape": (rf'"{NAME}: x{FRAMES} \u12"', '"x"'),
    "half a pair": (rf'"{NAME}: x{FRAMES} \ud800"', '"x"'),
    "an address in an escape": (rf'"{NAME}: x{FRAMES} \u000x123456789ab"', '"x"'),
    "an address behind an escape": (rf'"{NAME}: x{FRAMES} \u00000x123456789ab \u00e0x123456789ab"', '"x"'),
    "a control": (f'"{NAME}: x{FRAMES} \x02"', '"x"'),
    "a mark": (f'"{NAME}: x{FRAMES} \x01"', '"x"'),
    "a mark by its number": (rf'"{NAME}: x{FRAMES} \u0001"', '"x"'),
    "only a mark": (r'"\u0001"', '"x"'),
    "blanks": (r'" \n\t"', '"x"'),
    "nothing": ('""', '"x"'),
    "no end": (f'"{NAME}: x{FRAMES}', '"x"'),
    "many backslashes": (rf'"{NAME}: x{FRAMES}{BACKSLASHES}"', '"x"'),
    "many quotes": (rf'"{NAME}: {QUOTES}{FRAMES}"', rf'"{QUOTES}"'),
    "a list": ('["a"]', '"x"'),
    "twice": (rf'"{NAME}: x{FRAMES}","stack":"{NAME}: y{FRAMES}"', '"x"'),
    "spelled": (rf'"","st\u0061ck":"{NAME}: x{FRAMES}"', '"x"'),
    "in another map": (rf'null,"attributes":{{"stack":"{NAME}: x{FRAMES}"}}', '"x"'),
    "in another map, bad": (rf'null,"attributes":{{"stack":"{NAME}: x{FRAMES} \x41"}}', '"x"'),
    "under another name": (rf'null,"a\"stack":"{NAME}: x{FRAMES} \x41"', '"x"'),
    "within a text": (rf'"{NAME}: x{FRAMES} \"stack\":\"y\""', '"x"'),
}


@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
@pytest.mark.parametrize("how", SPELLED)
def test_a_stack_means_the_same_however_it_is_spelled(how: str, separators: tuple[str, str]) -> None:
    line = _spelled(*SPELLED[how])
    if separators[1] != ":":
        line = line.replace(b'"stack":', b'"stack": ').replace(b'"message":', b'"message": ')
    again = line.replace(b"-000000000001", b"-000000000002", 1)
    made = assert_equal(b"\n".join([*MADE[10:12], line, again, *MADE[12:14]]))
    assert made["events"].num_rows + made["quarantine"].num_rows == 6


def test_addresses_that_are_parts_of_names_are_not_taken_for_those_of_frames() -> None:
    stacks = [
        f"java.lang.Error: x\n\tat a.B$$Lambda/0x{address:016x}.run(Unknown Source)\n\tat a.C.d(C.java:7)"
        for address in (0x7F3A1C0A2B18, 0x7F3A1C0A2C18)
    ] + [
        f"#0  0x{base + 0x10:x} in f (this=0x{base + 5:x}) at a.c:1\n#1  0x{base:x} in ?? () from /lib/libc.so.6"
        for base in (0x7F3A1C0A2B00, 0x55F00C0A2B00, 0x55F00C0A2)
    ]
    lines = [
        changed(payload_stack=stack, payload_message="x", event_id=f"00000000-0000-4000-8000-{at:012d}")
        for at, stack in enumerate(stacks * 2)
    ]
    made = assert_equal(b"\n".join(lines))
    assert made["stacks"].num_rows == len(lines)


def test_moved_stacks_are_one() -> None:
    moved = [line for line in MADE if b'"runtime":"native"' in line]
    made = assert_equal(b"\n".join(moved))
    texts = {json.loads(line)["payload"]["stack"] for line in moved}
    assert len(texts) == len(moved) > made["stacks"]["stack_key"].combine_chunks().unique().__len__()
    assert pc.all(pc.is_valid(made["stacks"]["addresses"])).as_py()


def _leaves(value: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
    found = [path] if path else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        found += _leaves(inner, (*path, key))
    return found


def _spoil(event: dict[str, Any], path: tuple[Any, ...], value: object, how: str) -> None:
    """Change, drop or double what stands at a path."""
    *above, last = path
    target = event
    for key in above:
        target = target[key]
    if how == "drop" and isinstance(target, dict):
        del target[last]
    elif how == "add" and isinstance(target, dict):
        target[f"{last}_"] = value
    else:
        target[last] = value


VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from(["", " ", "x", "/a/77", "linux", "at f (a.js:1:1)", "2026-01-01T00:00:00Z", "é\u2028", "\0"]),
    st.lists(st.integers(0, 3), max_size=2),
    st.dictionaries(st.sampled_from(["a", "release", "stack", "name"]), st.integers(0, 3), max_size=2),
)
CHANGES = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(0, 10_000), VALUES, st.sampled_from(["set", "drop", "add"])),
    min_size=1,
    max_size=6,
)


@given(CHANGES)
def test_any_change_is_read_the_same_either_way(changes: list[tuple[int, int, object, str]]) -> None:
    events = [json.loads(line) for line in (*REAL[:12], *ARRAYS[:6], *MADE[:6])]
    for which, where, value, how in changes:
        event = events[which % len(events)]
        paths = _leaves(event)
        _spoil(event, paths[where % len(paths)], value, how)
    assert_equal(b"\n".join(json.dumps(event, ensure_ascii=False).encode("utf-8", "surrogatepass") for event in events))


KINDS = list({json.loads(line)["event_type"]: json.loads(line) for line in (*REAL[:12], *ARRAYS, *MADE)}.values())


@pytest.mark.parametrize("value", hostile.VALUES, ids=lambda value: repr(value)[:24])
def test_a_hostile_value_anywhere_is_read_the_same_either_way(value: object) -> None:
    events = [event for kind in KINDS for event in hostile.spoiled(kind, value)]
    assert_equal(b"\n".join(json.dumps(event, separators=(",", ":")).encode() for event in events))


@pytest.mark.parametrize("moment", ["0000-01-01T00:00:00Z", "0000-12-31T23:59:59.9Z", "0001-01-01T00:00:00Z"])
def test_a_year_that_no_calendar_has_is_no_time_either_way(moment: str) -> None:
    made = assert_equal(b"\n".join([*MADE[1:4], json.dumps(USUAL | {"occurred_at": moment}).encode()]))
    event = made["events"].to_pylist()[3]
    assert (event["ts"] is None, event["parse_status"] == "partial") == (moment[:4] == "0000",) * 2


@pytest.mark.parametrize(
    ("written", "read"), [(2**63, 2.0**63), (-(2**63) - 1, -(2.0**63)), (2**53 + 1, 2.0**53), (10**400, None)]
)
def test_a_duration_is_what_a_double_holds_of_it_either_way(written: int, read: float | None) -> None:
    asked = next(event for event in KINDS if event["event_type"] == "request_event")
    event = asked | {"payload": asked["payload"] | {"duration_ms": written}}
    (row,) = assert_equal(json.dumps(event).encode())["events"].to_pylist()
    assert row["duration_ms"] == read
    assert (row["notes"] or []) == ([] if read is not None else ["payload.duration_ms is out of range"])


@given(st.integers(0, 2**32))
def test_any_bytes_are_read_the_same_either_way(seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(b"\n".join((*REAL[:4], *MADE[:8])))
    for _ in range(chance.randint(1, 8)):
        at = chance.randrange(len(data))
        data[at : at + chance.randint(0, 3)] = chance.choice(
            [b"", b"\n", b'"', b"}", b"{", b"\x00", b"\xff", b",", b"1", b"NaN"]
        )
    assert_equal(bytes(data))


def batch(*lines: bytes) -> Batch:
    """These lines, as if a file began with them."""
    return lines_of([(0, 1, b"\n".join([*lines, b""]))], "a", 0)


def test_of_a_batch_the_lines_are_taken_that_are_the_usual_ones() -> None:
    broken = debugbundle_blocks.decode(batch(MADE[0], b"{not json}", MADE[1], b'{"a":"\xff"}', b"{}{}", MADE[2]))
    assert broken is None  # two objects on a line: which rows are whose is not known
    broken = debugbundle_blocks.decode(batch(MADE[0], b"{not json}", MADE[1], b'{"a":"\xff"}', MADE[2]))
    assert broken is not None
    assert broken.rows.tolist() == [0, 2, 4]
    odd = (changed(event_type="deploy_metadata"), changed(colour="red"), changed(colour=None))
    decoded = debugbundle_blocks.decode(batch(*MADE[:3], *odd))
    assert decoded is not None
    assert decoded.usual.tolist() == [True, True, True, False, False, False]
    escaped = changed(colour=None).replace(b"colour", b"c\\u006flour")
    assert debugbundle_blocks.decode(batch(MADE[0], changed(colour=1), escaped)) is None


def test_the_places_of_lines_are_those_in_their_file() -> None:
    made = lines_of([(0, 1, b"{a}\n\n{b}\r\n"), (20, 7, b"{c}\n"), (30, 8, b"\n{d}\n")], "a", 100)
    assert [made.line(at) for at in range(6)] == [
        Line(b"{a}", "a", 0, 1),
        Line(b"", "a", 4, 2),
        Line(b"{b}", "a", 5, 3),
        Line(b"{c}", "a", 20, 7),
        Line(b"", "a", 30, 8),
        Line(b"{d}", "a", 31, 9),
    ]
    assert made.events.tolist() == [100, 104, 105, 110, 114, 115]


ADDRESS = st.builds(
    "{}0x{}{}{}{}".format,
    st.sampled_from(["", "0", "x", " "]),
    st.sampled_from(["", "0", "0000", "0" * 8, "0" * 9]),
    st.sampled_from(["7", "f", "e", "0"]),
    st.text("0123456789abcdefABCDEF", max_size=17),
    st.sampled_from(["", "\n", " ", "g", "0x"]),
)


@example(["0x700000000x700000000x700000000x700000000"])
@given(st.lists(st.lists(ADDRESS, max_size=3).map("".join), max_size=6))
def test_addresses_are_found_as_in_a_single_text(texts: list[str]) -> None:
    pieces = [f"<{text}>".encode() for text in texts]
    ends: Places = np.cumsum([len(piece) for piece in pieces], dtype=np.int64) - 1
    spans = debugbundle_texts.Spans(ends - np.array([len(text) for text in texts], np.int64), ends)
    octets = np.frombuffer(b"".join(pieces), np.uint8)
    changed, counts, values = debugbundle_texts.marked(octets, spans)
    single = [list(debugbundle_stems.ADDRESS.finditer(text)) for text in texts]
    assert changed.tobytes().decode() == "".join(f"<{debugbundle_stems.marked(text)}>" for text in texts)
    assert counts.tolist() == [len(found) for found in single]
    assert values.tolist() == [int(one[2], 16) for found in single for one in found]
