"""Every sample, whole: how much is read of it, and what it is called."""

import pytest

import triage
from tests.reading import SAMPLES

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
            "NetworkImageLoadException in NetworkImage._loadAsync",
            "ProviderNotFoundException in Provider._inheritedElementOf",
            "FlutterError in _GridState._jumpToTop",
        ],
    ),
    "flutter/logcat.txt": (
        (4, 2, 24, 4, 0),
        [
            "_TypeError in _CheckoutSummaryState._total",
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
            "SocketException in CartApi.refresh",
            "_TypeError: Null check operator used on a null value",
        ],
    ),
    "flutter/logger-package.log": ((1, 1, 3, 23, 0), ["FormatException in PriceFeed.parse"]),
    "flutter/renderflex-overflow.log": (
        (6, 3, 31, 9, 0),
        [
            "_TypeError in _CheckoutSummaryState._total",
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
            "SocketException in CartApi.refresh",
            "StateError in CartModel.lineFor",
            "_TypeError: Null check operator used on a null value",
        ],
    ),
    "flutter/run-machine.ndjson": (
        (7, 2, 6, 4, 0),
        [
            "FormatException in PriceFeed.decode",
            "exception in FlutterDevice.connect",
            "FlutterError: A RenderFlex overflowed by {number} pixels on the right.",
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
    assert case.incidents()["title"].tolist() == titles


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
