"""Every sample, whole: how much is read of it, and what it is called."""

import pandas as pd
import pytest

import triage
from tests.reading import SAMPLES
from triage.journal import Journal

# Rows of events, stacks, frames, logs and quarantine; the titles of the incidents, newest first.
EXPECTED = {
    "0xgen/crash-20260126T012559123Z.tar.gz": ((1, 1, 30, 10, 0), ["panic in oxgen_shell::app::pipeline::slice_body"]),
    "0xgen/crash-20260203T174210456Z.tar.gz": ((1, 1, 6, 0, 0), ["TypeError in FindingPanel.renderRow"]),
    "0xgen/feedback-20260204T090000000Z.tar.gz": ((2, 1, 6, 2, 0), ["TypeError in FindingPanel.renderRow"]),
    "debugbundle/events.ndjson": (
        (13, 11, 78, 2, 2),
        [
            "log: mail bounced",
            "Error: socket hang up",
            "GET /search 504",
            "runtime.Error in example.com/shop/stock.(*Ledger).Take",
            "NoMethodError in total",
            "PDOException in PDO->__construct",
            "panic in oxgen_shell::app::pipeline::slice_body",
            "java.lang.IllegalStateException in com.example.orders.OrderService.reserve",
            "TypeError in formatPrice",
            "PaymentError in convert",
        ],
    ),
    "debugbundle/week.journal.ndjson": ((0, 0, 0, 0, 0), []),
    "debugbundle/week.tar.gz": (
        (758, 868, 32, 88, 1),
        [
            "RuntimeError in take",
            "ZeroDivisionError in fee",
            "ValueError in redeem",
            "PaymentError in convert",
            "log: payment of order {number} failed",
            "TypeError in formatPrice",
            "PUT /rates 503",
            "MailError in receipt",
        ],
    ),
    "eqemu/crash_world_2210.log": ((1, 0, 0, 0, 0), ["EXCEPTION_STACK_OVERFLOW"]),
    "eqemu/crash_world_2211_linux.log": ((1, 1, 7, 4, 0), ["crash in Client::GetInstanceVersion"]),
    "eqemu/crash_zone_9412.log": ((1, 1, 18, 0, 0), ["EXCEPTION_ACCESS_VIOLATION in EntityList::ScanCloseMobs"]),
    "eqemu/spire-report.json": ((1, 1, 18, 0, 0), ["crash in EntityList::ScanCloseMobs"]),
    "eqemu/webhook-stacktrace.json": ((1, 1, 6, 0, 0), ["EXCEPTION_ACCESS_VIOLATION in EntityList::ScanCloseMobs"]),
    "eqemu/webhook.json": ((1, 1, 8, 0, 0), ["EXCEPTION_INT_DIVIDE_BY_ZERO in LauncherList::Balance"]),
    "flutter/aot-release.log": ((1, 1, 5, 0, 0), ["_TypeError: Null check operator used on a null value"]),
    "flutter/ide-console.log": (
        (3, 3, 13, 3, 0),
        [
            "FlutterError in _GridState._jumpToTop",
            "NetworkImageLoadException in NetworkImage._loadAsync",
            "ProviderNotFoundException in PriceTag.build",
        ],
    ),
    "flutter/logcat.txt": (
        (4, 3, 24, 4, 0),
        [
            "SocketException in CartApi.refresh",
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
            "_TypeError in _CheckoutSummaryState._total",
        ],
    ),
    "flutter/logger-package.log": ((1, 1, 3, 23, 0), ["FormatException in PriceFeed.parse"]),
    "flutter/renderflex-overflow.log": (
        (6, 4, 31, 9, 0),
        [
            "SocketException in CartApi.refresh",
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
            "StateError in CartModel.lineFor",
            "_TypeError in _CheckoutSummaryState._total",
        ],
    ),
    "flutter/run-machine.ndjson": (
        (7, 2, 6, 4, 0),
        [
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
            "exception in FlutterDevice.connect",
            "FormatException in PriceFeed.decode",
        ],
    ),
    "flutter/vm-service-error.json": ((1, 1, 14, 0, 0), ["_TypeError in _CheckoutSummaryState._total"]),
    "minidump/windows-access-violation.dmp": (
        (1, 3, 9, 0, 0),
        ["EXCEPTION_ACCESS_VIOLATION in editor::PngWriter::WriteRow"],
    ),
    "sentry/cache/5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21-service.log": ((0, 0, 0, 0, 0), []),
    "sentry/cache/5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21.envelope": ((2, 0, 0, 2, 0), ["crash"]),
    "sentry/feedback.envelope": ((1, 0, 0, 0, 0), []),
    "sentry/python-crash.envelope": ((1, 2, 6, 4, 0), ["PaymentError in convert"]),
    "sentry/session-with-attachments.envelope": (
        (3, 2, 5, 2, 0),
        ["EXCEPTION_ACCESS_VIOLATION in editor::PngWriter::WriteRow"],
    ),
    "grouping/discount-1.4-asan.txt": ((1, 1, 8, 0, 0), ["SEGV in discount_of"]),
    "grouping/rate-1.4-asan.txt": ((1, 1, 8, 0, 0), ["SEGV in rate_of"]),
    "grouping/rate-1.5-gdb.txt": ((1, 1, 5, 0, 0), ["SIGSEGV in rate_of"]),
    "grouping/rate-2.0-asan.txt": ((1, 1, 8, 0, 0), ["SEGV in rate_of"]),
    "logs/apache-2.2-error.log": ((2, 2, 3, 5, 0), ["Fatal error in Cart->pay"]),
    "logs/apache-2.4-error.log": (
        (5, 5, 5, 8, 0),
        ["OutOfStock in take", "Fatal error in Export.php", "PaymentError in Rates->rate"],
    ),
    "logs/debugbundle-errors.ndjson": ((3, 2, 3, 1, 2), ["OutOfStock in stock.py", "PaymentError in pay"]),
    "logs/php-error.log": ((5, 5, 10, 6, 1), ["Fatal error in Export.php", "PaymentError in Rates->rate"]),
    "logs/pino.ndjson": ((1, 1, 2, 3, 1), ["TypeError in formatPrice"]),
    "logs/python-app.log": ((2, 3, 4, 4, 0), ["PaymentError in total"]),
    "logs/spring-boot.log": (
        (1, 2, 5, 3, 0),
        ["java.lang.IllegalStateException in com.example.orders.OrderService.reserve"],
    ),
    "logs/syslog-20260211": ((1, 1, 2, 5, 0), ["runtime error in main.(*Ledger).Take"]),
    "traces/asan-end.txt": ((1, 2, 6, 0, 0), ["stack-buffer-overflow in past_the_end"]),
    "traces/asan-free.txt": ((1, 3, 16, 0, 0), ["heap-use-after-free in cart_total"]),
    "traces/asan-null.txt": ((1, 1, 5, 0, 0), ["SEGV in note_length"]),
    "traces/drd-race.txt": ((2, 6, 11, 0, 0), ["ConflictingAccess in count"]),
    "traces/erlang-escript.txt": ((1, 1, 5, 0, 0), ["badkey in shop:rate"]),
    "traces/erlang-served.txt": ((1, 2, 16, 0, 0), ["badkey in shop:rate"]),
    "traces/erlang-spawned.txt": ((1, 1, 5, 0, 0), ["badkey in shop:rate"]),
    "traces/gdb-abort.txt": ((1, 1, 9, 0, 0), ["Assertion failed in ledger_check"]),
    "traces/gdb-null.txt": ((1, 1, 2, 0, 0), ["SIGSEGV in note_length"]),
    "traces/glibc-assert.txt": ((1, 0, 0, 0, 0), ["Assertion failed: ledger->debit == ledger->credit"]),
    "traces/go-deadlock.txt": ((1, 2, 8, 0, 0), ["fatal error in main.wait"]),
    "traces/go-index.txt": ((1, 1, 3, 0, 0), ["runtime error in main.(*Cart).Total"]),
    "traces/go-nil.txt": ((1, 1, 3, 0, 0), ["runtime error in main.(*Cart).Total"]),
    "traces/java-chain.txt": ((1, 3, 10, 0, 0), ["Shop$PaymentException in Shop.pay"]),
    "traces/java-deadlock.txt": ((1, 21, 20, 0, 0), ["deadlock in Shop.wait"]),
    "traces/java-hs-err.txt": ((1, 18, 20, 0, 0), ["SIGSEGV in Shop.crash"]),
    "traces/lsan-leak.txt": ((2, 4, 20, 0, 0), ["direct-leak in cart_new"]),
    "traces/lua-nil.txt": ((1, 1, 4, 0, 0), ["error in rate"]),
    "traces/node-cause.txt": ((1, 2, 15, 0, 0), ["PaymentError in pay"]),
    "traces/node-heap.txt": ((1, 1, 10, 0, 0), ["JavaScript heap out of memory in v8::internal::Heap::CollectGarbage"]),
    "traces/node-promise.txt": ((1, 2, 7, 0, 0), ["PaymentError in pay"]),
    "traces/php-previous.txt": ((1, 2, 7, 0, 0), ["PaymentError in Cart->pay"]),
    "traces/python-chain.txt": ((1, 2, 5, 0, 0), ["PaymentError in pay"]),
    "traces/python-deep.txt": ((1, 1, 6, 0, 0), ["RecursionError in count_down"]),
    "traces/python-fault.txt": ((1, 2, 9, 0, 0), ["Fatal Python error in fall"]),
    "traces/python-group.txt": ((1, 5, 7, 0, 0), ["ExceptionGroup in pay_all"]),
    "traces/r-calls.txt": ((1, 1, 6, 0, 0), ["Error in rate"]),
    "traces/r-rlang.txt": ((1, 1, 7, 0, 0), ["Error in rate"]),
    "traces/r-segfault.txt": ((1, 1, 7, 0, 0), ["SIGSEGV in pskill"]),
    "traces/r-traceback.txt": ((1, 1, 8, 0, 0), ["Error in rate"]),
    "traces/ruby-cause.txt": ((1, 2, 9, 0, 0), ["PaymentError in pay"]),
    "traces/rust-index.txt": ((1, 1, 16, 0, 0), ["panic in shop::Cart::price"]),
    "traces/rust-unwrap.txt": ((1, 1, 37, 0, 0), ["panic in shop::main"]),
    "traces/tsan-race.txt": ((1, 4, 8, 0, 0), ["data race in count"]),
    "traces/ubsan-shift.txt": ((1, 1, 5, 0, 0), ["undefined-shift in shifted"]),
    "traces/valgrind-free.txt": ((1, 3, 11, 0, 0), ["InvalidRead in cart_total"]),
    "traces/valgrind-null.txt": ((2, 2, 5, 0, 0), ["Leak_DefinitelyLost in cart_new", "InvalidRead in note_length"]),
}
# What another run of Chromium writes differs in its numbers, not in what happened.
CHROMIUM = {
    "minidump/chromium-crashpad.dmp": ("SIGSEGV", "chromium", 11),
    "sentry/cache/5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21.dmp": ("SIGSEGV", "chromium", 11),
}


@pytest.mark.parametrize("path", EXPECTED)
def test_a_sample_gives_its_rows_and_titles(path):
    counts, titles = EXPECTED[path]
    case = triage.load(SAMPLES / path)
    names = ("events", "stacks", "frames", "logs", "quarantine")
    assert tuple(len(case.table(name)) for name in names) == counts
    # Incidents without a time stand in the order of their ids, which says nothing.
    assert sorted(case.incidents()["title"].tolist()) == sorted(titles)


@pytest.mark.parametrize("path", CHROMIUM)
def test_a_dump_of_chromium(path):
    kind, service, stacks = CHROMIUM[path]
    case = triage.load(SAMPLES / path)
    (event,) = case.events().to_dict("records")
    assert (event["error_type"], event["service"], len(case.stacks())) == (kind, service, stacks)
    assert len(case.modules()) == 109


def test_no_sample_is_forgotten():
    files = {path.relative_to(SAMPLES).as_posix() for path in SAMPLES.rglob("*") if path.is_file()}
    told = {path for path in files if not path.startswith(("make/", "debugbundle/store/", "README.md", "."))}
    assert told == set(EXPECTED) | set(CHROMIUM)


def test_the_store_is_one_case():
    case = triage.load(SAMPLES / "debugbundle" / "store")
    kinds = case.events().groupby("event_kind").size().to_dict()
    assert kinds == {
        "breadcrumb": 4,
        "deploy": 1,
        "error_suppressed": 1,
        "exception": 15,
        "incident_bundle": 1,
        "incident_state": 3,
        "log": 11,
        "probe": 5,
        "reproduction": 1,
        "request": 8,
    }
    assert case.incidents()["count"].sum() == 30
    assert case.incidents().set_index("title")["status"].to_dict()["RuntimeError in take"] == "resolved"


@pytest.fixture(scope="module")
def week():
    folder = SAMPLES / "debugbundle"
    return triage.load(folder / "week.tar.gz", journal=folder / "week.journal.ndjson")


def test_the_week_has_a_spike_by_both_rules_and_a_quiet_incident_by_one(week):
    found = week.spikes(rule="all")
    assert {rule: set(there) for rule, there in found.groupby("rule")["title"]} == {
        "tested": {"PaymentError in convert"},
        "5m/1h": {"PaymentError in convert", "RuntimeError in take"},
    }
    (spike,) = week.spikes().to_dict("records")
    # The outage begins at 13:39:36.
    assert pd.Timestamp("2026-03-04 13:39:36Z") < spike["start"] < pd.Timestamp("2026-03-04 13:42Z")
    assert spike["count"] > 100 * spike["expected"]


def test_the_week_has_regressions_with_the_second_release(week):
    rows = week.regressions()[["title", "kind", "release"]].to_dict("split")["data"]
    assert rows == [
        ["ValueError in redeem", "seen again", "2.4.0"],
        ["ZeroDivisionError in fee", "new", "2.4.0"],
    ]
    assert week.incidents().set_index("title")["status"]["ValueError in redeem"] == "regressed"
    # Its own bookkeeping calls it resolved, and does not know of what came after Tuesday.
    alone = triage.load(SAMPLES / "debugbundle" / "week.tar.gz", journal=Journal(None)).incidents()
    assert alone.set_index("title")["status"]["ValueError in redeem"] == "regressed"


def test_the_week_counts_what_its_sdk_suppressed(week):
    incidents = week.incidents().set_index("title")
    assert set(incidents.query("suppressed > 0").index) == {"PaymentError in convert", "ValueError in redeem"}
    assert incidents["suppressed"]["ValueError in redeem"] == 37
    assert week.summary()["suppressed_unattributed"].sum() == 597
    told = week.events(event_kind="error_suppressed")["suppressed_count"].sum()
    assert incidents["suppressed"].sum() + 597 == told


def test_the_week_is_quiet_for_a_night(week):
    times = week.events(event_class="incident_signal")["ts"]
    assert not times.between(pd.Timestamp("2026-03-04 20:05Z"), pd.Timestamp("2026-03-05 08:00Z")).any()


def test_the_week_has_more_to_improve_at_each_sensitivity(week):
    found = [set(week.improvements(sensitivity=each)["title"]) for each in ("high_confidence", "balanced", "verbose")]
    assert found[0] < found[1] < found[2]
    assert {"rates are {duration} old", "slow GET /search"} <= found[0]
    assert "slow GET /cart" in found[2] - found[1]


def test_all_samples_together_are_one_case():
    case = triage.load(SAMPLES)
    assert set(case.events()["format"]) >= {
        "0xgen",
        "sentry-envelope",
        "minidump",
        "flutter-log",
        "eqemu-log",
        "debugbundle-events",
    }
    assert case.files().query("depth == 0")["bytes"].sum() == sum(
        path.stat().st_size for path in SAMPLES.rglob("*") if path.is_file()
    )
