import json
from itertools import pairwise

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import triage
from tests.growth import grows_evenly
from tests.hypothesising import SECOND, START, Made, of_tables, scene_of, trace
from tests.reading import SAMPLES
from tests.test_vocabulary import EXAMPLES, anything
from triage.hypotheses.checks import Checked, Scene, check, evaluate
from triage.hypotheses.checks_addresses import poison_of, registers_of, zone_of
from triage.hypotheses.checks_facts import compared
from triage.hypotheses.checks_scene import matches

TABLE_OF = {"events", "stacks", "frames", "logs", "metrics", "modules", "annotations"}


@pytest.fixture(scope="module")
def freed():
    return scene_of(triage.load(SAMPLES / "traces" / "asan-free.txt"))


@pytest.fixture(scope="module")
def deadlock():
    return scene_of(triage.load(SAMPLES / "traces" / "java-deadlock.txt"))


@pytest.fixture(scope="module")
def dump():
    return scene_of(triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp"))


@pytest.fixture(scope="module")
def shop():
    return scene_of(triage.load(SAMPLES / "sentry" / "python-crash.envelope"))


@pytest.fixture(scope="module")
def shell():
    return scene_of(triage.load(SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"))


@pytest.fixture(scope="module")
def zone():
    return scene_of(triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log"))


def said(scene, kind, **fields):
    return evaluate(scene, {"kind": kind, **fields})


def verdict(scene, kind, **fields):
    found = said(scene, kind, **fields)
    for row in found.rows:
        assert row.table in TABLE_OF
        table = scene.everything if row.table == "events" else getattr(scene, row.table)
        for column, value in row.key.items():
            table = table.filter(pc.equal(table[column], value))
        assert table.num_rows, (row, "points at a row that is there")
    assert found.why
    return found.verdict


def test_frames_of_real_stacks(freed, zone):
    assert verdict(freed, "frame_present", function="cart_total") == "supported"
    assert verdict(freed, "frame_present", function="cart_total(cart *)") == "supported"
    assert verdict(freed, "frame_present", function="CART_*") == "supported"
    assert verdict(freed, "frame_present", function="total") == "refuted"
    assert verdict(freed, "frame_present", function="cart_close") == "refuted"
    assert verdict(freed, "frame_present", function="cart_close", where="free") == "supported"
    assert verdict(freed, "frame_present", function="cart_close", where="any") == "supported"
    assert verdict(freed, "frame_present", function="cart_new", where="alloc") == "supported"
    assert verdict(freed, "frame_present", function="cart_new", where="cause") == "cannot tell"
    assert verdict(zone, "frame_present", function="ScanCloseMobs") == "supported"
    assert verdict(zone, "frame_present", function="Execute", module="zone.exe") == "supported"
    assert verdict(zone, "frame_present", function="Execute", module="ntdll") == "refuted"


def test_top_frames(freed, zone):
    assert verdict(freed, "top_frame", function="cart_total") == "supported"
    assert verdict(freed, "top_frame", function="used_after_free") == "refuted"
    assert verdict(zone, "top_frame", function="EntityList::ScanCloseMobs") == "refuted"
    assert verdict(zone, "top_frame", function="EntityList::ScanCloseMobs", of="application") == "supported"
    assert verdict(zone, "top_frame", function="StackWalker::ShowCallstack") == "supported"


def test_what_is_expected_not_to_hold_turns_the_verdict_round(freed):
    assert verdict(freed, "top_frame", function="cart_total", expected=False) == "refuted"
    assert verdict(freed, "top_frame", function="main", expected=False) == "supported"
    assert verdict(freed, "log_before", text="x", expected=False) == "cannot tell"


def test_states_of_threads(deadlock, freed):
    assert verdict(deadlock, "thread_state", state="BLOCKED", at_least=2) == "supported"
    assert verdict(deadlock, "thread_state", state="BLOCKED", thread="till") == "supported"
    assert verdict(deadlock, "thread_state", state="RUNNABLE", thread="till") == "refuted"
    assert verdict(deadlock, "thread_state", state="BLOCKED", at_least=1000) == "refuted"
    assert verdict(freed, "thread_state", state="BLOCKED") == "cannot tell"


def test_recursion_folded_by_the_writer_and_written_out(freed):
    deep = scene_of(triage.load(SAMPLES / "traces" / "python-deep.txt"))
    assert verdict(deep, "recursion", function="count_down", at_least=100) == "supported"
    assert verdict(deep, "recursion", function="other") == "refuted"
    made = Made()
    made.event(trace(["leaf", *["parse", "expr"] * 40, "main"]))
    walked = scene_of(made.case())
    assert verdict(walked, "recursion", function="expr", at_least=40) == "supported"
    assert verdict(walked, "recursion", at_least=41) == "refuted"
    assert verdict(walked, "recursion", function="leaf") == "refuted"
    assert verdict(freed, "recursion") == "refuted"


def test_log_lines_before_the_crash(shop, shell, freed):
    assert verdict(shop, "log_before", text="rates of yesterday", within_seconds=60) == "supported"
    assert verdict(shop, "log_before", text="rates of yesterday", within_seconds=1) == "refuted"
    assert verdict(shop, "log_before", text="rates * yesterday", level="warning") == "supported"
    assert verdict(shop, "log_before", text="rates of yesterday", level="error") == "refuted"
    assert verdict(shop, "log_before", text="disk full") == "refuted"
    assert verdict(shell, "log_before", text="shell started", within_seconds=120) == "supported"
    assert verdict(freed, "log_before", text="anything") == "cannot tell"


def test_a_line_after_the_crash_or_without_a_time_supports_nothing():
    made = Made()
    event = made.event(trace(["f"]), at=10)
    made.records.log(event, message="late", ts=START + 11 * SECOND)
    made.records.log(event, message="timeless")
    scene = scene_of(made.case())
    assert verdict(scene, "log_before", text="late", within_seconds=100) == "refuted"
    assert verdict(scene, "log_before", text="timeless", within_seconds=100) == "cannot tell"


def test_metrics_by_their_last_sample(shell, freed):
    assert verdict(shell, "metric", name="queue_depth", **{"is": "above", "value": 2}) == "supported"
    assert verdict(shell, "metric", name="queue_depth", **{"is": "below", "value": 3}) == "refuted"
    assert verdict(freed, "metric", name="queue_depth", **{"is": "below", "value": 3}) == "cannot tell"
    made = Made()
    event = made.event(trace(["f"]))
    for second, value in enumerate((500.0, 3.0)):
        made.records.metric(event, name="depth", value=value, ts=START + second * SECOND)
    scene = scene_of(made.case())
    assert verdict(scene, "metric", name="depth", **{"is": "above", "value": 100}) == "refuted"


def test_memory_near_its_limit(shell, freed):
    assert verdict(shell, "memory_near_limit", share=0.4) == "supported"
    assert verdict(shell, "memory_near_limit", share=0.9) == "refuted"
    assert verdict(freed, "memory_near_limit") == "cannot tell"


def test_addresses_and_registers(dump, freed):
    assert verdict(dump, "fault_address", zone="near null") == "supported"
    assert verdict(dump, "fault_address", zone="near null", access="write") == "supported"
    assert verdict(dump, "fault_address", zone="near null", access="read") == "refuted"
    assert verdict(dump, "fault_address", zone="null") == "refuted"
    assert verdict(dump, "register", register="RCX", zone="near null") == "supported"
    assert verdict(dump, "register", register="rax", zone="null") == "supported"
    assert verdict(dump, "register", register="rip", zone="null") == "refuted"
    assert verdict(dump, "register", register="x0", zone="null") == "cannot tell"
    assert verdict(freed, "fault_address", zone="other", access="read") == "supported"


def test_modules(zone, dump, freed):
    version = {"module": "libmysql.dll", "version": "6.2"}
    assert verdict(zone, "module_version", **version, **{"is": "<"}) == "supported"
    assert verdict(zone, "module_version", **version, **{"is": ">="}) == "refuted"
    assert verdict(zone, "module_version", module="lua51.dll", version="5", **{"is": ">"}) == "cannot tell"
    assert verdict(zone, "module_state", module="lua51", state="without symbols") == "supported"
    assert verdict(zone, "module_state", module="zone.exe", state="without symbols") == "refuted"
    assert verdict(zone, "module_state", module="libcurl", state="missing") == "supported"
    assert verdict(zone, "module_state", module="zone.exe", state="missing") == "refuted"
    assert verdict(dump, "module_state", module="ntdll", state="loaded") == "supported"
    assert verdict(freed, "module_state", module="libc", state="missing") == "cannot tell"
    assert verdict(zone, "several_versions", module="libmysql") == "cannot tell"


def test_one_module_in_several_versions_over_events():
    made = Made()
    for version in ("1.1.1", "3.0.2", "3.0.2"):
        made.records.module(made.event(trace(["f"])), name="libssl.so", version=version)
        made.records.module(made.count - 1, name="libc.so", version="2.31")
    scene = scene_of(made.case())
    found = said(scene, "several_versions", module="libssl")
    assert (found.verdict, "1.1.1, 3.0.2" in found.why, len(found.rows)) == ("supported", True, 2)
    assert verdict(scene, "several_versions", module="libc") == "refuted"


def test_annotations_and_where_it_is_seen(shop, shell):
    assert verdict(shop, "annotation", key="region", value="eu-west") == "supported"
    assert verdict(shop, "annotation", key="runtime.name", value="CPython") == "supported"
    assert verdict(shop, "annotation", key="version", value="9.9.9") == "refuted"
    assert verdict(shop, "annotation", key="no.such", value="x") == "cannot tell"
    assert verdict(shop, "seen_where", field="environment", value="production", only=True) == "supported"
    assert verdict(shop, "seen_where", field="environment", value="staging") == "refuted"
    assert verdict(shop, "seen_where", field="device", value="x") == "cannot tell"
    assert verdict(shell, "seen_where", field="os_name", value="linux") == "supported"


def test_exceptions_in_the_chain(shop, freed):
    assert verdict(shop, "exception_in_chain", type="KeyError") == "supported"
    assert verdict(shop, "exception_in_chain", type="PaymentError", message="exchange rate") == "supported"
    assert verdict(shop, "exception_in_chain", type="PaymentError", message="timeout") == "refuted"
    assert verdict(shop, "exception_in_chain", type="Error") == "refuted"
    assert verdict(freed, "exception_in_chain", type="heap-use-after-free") == "supported"


@pytest.fixture(scope="module")
def deployed():
    made = Made()
    for hour in range(48):
        made.event(trace(["other"]), at=hour * 3600, release="1.0" if hour < 24 else "1.1")
    for hour in range(24):
        made.event(trace(["crash_here"]), at=24 * 3600 + hour * 3600 + 60, release="1.1", environment="production")
    made.event(trace(["crash_here"]), at=47.5 * 3600, release="1.1", environment="staging")
    case = made.case()
    incidents = case.incidents().set_index("culprit")["incident_id"]
    return {name.split(" ")[0]: Scene(case, one) for name, one in incidents.items()}


def test_counts_before_and_after_a_deploy(deployed):
    new, old = deployed["crash_here"], deployed["other"]
    assert verdict(new, "count_change", to="appears", release="1.1") == "supported"
    assert verdict(new, "count_change", to="more", release="1.1") == "supported"
    assert verdict(new, "count_change", to="disappears", release="1.1") == "refuted"
    assert verdict(old, "count_change", to="about the same", release="1.1") == "supported"
    assert verdict(old, "count_change", to="appears", release="1.1") == "refuted"
    assert verdict(old, "count_change", to="more", release="1.0") == "cannot tell"
    assert verdict(old, "count_change", to="more", release="9") == "cannot tell"
    when = {"at": "2026-01-27T01:13:20Z", "to": "more"}
    assert said(new, "count_change", **when).why.endswith("hours each")
    assert verdict(new, "count_change", to="more", at="1970-01-01T00:00:00Z") == "cannot tell"
    assert verdict(new, "count_change", to="more", at="soon") == "cannot tell"


def test_the_release_that_it_came_with(deployed):
    assert verdict(deployed["crash_here"], "first_seen_with", release="1.1") == "supported"
    assert verdict(deployed["crash_here"], "first_seen_with", release="1.0") == "refuted"
    assert verdict(deployed["other"], "first_seen_with", release="1.0") == "cannot tell"
    assert verdict(deployed["crash_here"], "seen_where", field="environment", value="staging") == "supported"
    assert verdict(deployed["crash_here"], "seen_where", field="environment", value="prod*", only=True) == "refuted"


def test_what_holds_in_some_events_only_cannot_be_told():
    made = Made()
    for number in range(9):
        event = made.event(trace(["f"]))
        made.records.annotation(event, "tag", "region", "eu" if number < 2 else "us")
    found = said(scene_of(made.case()), "annotation", key="region", value="eu")
    assert (found.verdict, found.why) == (
        "cannot tell",
        "the annotation has that value: in 2 of 9 events that can tell",
    )


def test_zones():
    assert zone_of(0xFFFF, arch="x86_64") == "near null"
    assert zone_of(0x10000, arch="x86_64") == "other"
    assert zone_of(1 << 47, arch="amd64") == "non-canonical"
    assert zone_of(0xFFFF800000000000, arch="amd64") == "other"
    assert zone_of(0x0200007F12345678, arch="arm64") == "other"
    assert zone_of(0x7FFE00001010, stack=0x7FFE00001000) == "near the stack pointer"
    assert zone_of(0x5555555551A0) == "other"
    assert zone_of(0xAAAAB00F) == "other"
    assert zone_of(0xCDCDCDCD00000000 + 0xCDCDCDE5) == "poison"
    assert poison_of(0xDDDDDDDDDDDDDDED).meaning == "freed"


def test_registers_that_are_damaged_are_no_registers():
    assert registers_of("[1]") == registers_of("{") == registers_of("[" * 100_000) == {}
    assert registers_of('{"A": true, "b": -1, "c": "0xzz", "d": null, "e": 7, "f": "0x1' + "0" * 40 + '"}') == {"e": 7}


def test_versions_compare_by_their_parts():
    ordered = ["1.0-alpha", "1.0-rc1", "1.0", "1.0.1", "1.9", "1.10", "2", "2.0.0.1", "10.0.22621.4111"]
    for left, right in pairwise(ordered):
        assert compared(left, right) == -1
        assert compared(right, left) == 1
    assert compared("v1.2", "x") is None


def test_a_pattern_is_text():
    column = pa.chunked_array([["a.b", "axb", "A.B+(c)", "line\nend", None, "[x]^$|\\"]])
    assert matches(column, "a.b").to_pylist() == [True, False, True, False, False, False]
    assert matches(column, "line*end").to_pylist()[3]
    assert matches(column, "[x]^$|\\").to_pylist()[5]
    assert matches(column, "(c").to_pylist() == [False, False, True, False, False, False]


@pytest.fixture(scope="module")
def sampled():
    paths = ["traces/asan-free.txt", "traces/java-deadlock.txt", "sentry/python-crash.envelope", "0xgen"]
    cases = [triage.load(SAMPLES / path) for path in paths] + [triage.load(b"")]
    return [Scene(case, one) for case in cases for one in case.incidents()["incident_id"]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=150)
@given(
    anything | st.builds(lambda one, more: one | more, st.sampled_from(EXAMPLES), st.dictionaries(st.text(), anything))
)
def test_whatever_a_model_writes_is_checked_without_raising(sampled, value):
    for scene in sampled:
        found = evaluate(scene, value)
        assert found.verdict in {"supported", "refuted", "cannot tell"}
        assert len(found.rows) <= 10
        json.dumps([row.key for row in found.rows])


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=100)
@given(st.sampled_from([one for one in EXAMPLES if "kind" in one]), st.text(min_size=1, max_size=200))
def test_any_text_is_a_pattern(sampled, example, text):
    names = ("function", "text", "name", "module", "value", "type", "key", "state", "release", "register", "version")
    bent = {key: text if key in names and isinstance(item, str) else item for key, item in example.items()}
    for scene in sampled:
        assert isinstance(evaluate(scene, bent), Checked)


def test_the_verdicts_do_not_depend_on_the_order_of_rows():
    case = triage.load(SAMPLES / "sentry" / "python-crash.envelope")
    tables = case.raw.tables
    turned = {
        name: table if name in {"files", "frames"} else table.take(pa.array(range(table.num_rows)[::-1], pa.int64()))
        for name, table in tables.items()
    }
    ones = [scene_of(of_tables(given)) for given in (tables, turned)]
    for example in EXAMPLES:
        assert evaluate(ones[0], example).verdict == evaluate(ones[1], example).verdict


def test_a_redacted_case_is_checked_by_what_it_shows():
    case = triage.load(SAMPLES / "sentry" / "python-crash.envelope")
    one = case.incidents()["incident_id"][0]
    secret = {"kind": "annotation", "key": "email", "value": "ana@example.com"}
    asked = [secret, {"kind": "exception_in_chain", "type": "KeyError"}, {"kind": "first_seen_with", "release": "2.4"}]
    assert check(case, one, asked)[0].verdict == "supported"
    redacted = case.redact()
    for shown in (redacted, case._masked):
        shown_one = shown.incidents()["incident_id"][0]
        found = check(shown, shown_one, asked)
        assert [each.verdict for each in found] == ["refuted", "supported", "cannot tell"]
        assert "ana@example.com" not in str(found)


def test_many_events_are_checked_in_proportion():
    def make(size):
        made = Made()
        registers = json.dumps({"rip": "0x10", "rsp": "0x7ffe00001000"})
        for number in range(size):
            event = made.event(
                trace(["walk", "parse", "main"], line=number % 50, registers=registers, crashed=True, state="running"),
                at=number,
                release=f"1.{number * 5 // size}",
                fault_address=number % 7,
            )
            if number % 10 == 0:
                made.records.log(event, message=f"line {number}", level="error", ts=START + number * SECOND)
                made.records.annotation(event, "tag", "region", "eu")
        case = made.case()
        scene = Scene(case, case.incidents().sort_values("count").iloc[-1]["incident_id"])
        for name in TABLE_OF | {"everything"}:
            assert getattr(scene, name) is not None
        return scene

    grows_evenly(lambda scene: [evaluate(scene, example) for example in EXAMPLES], make, 5_000)
