import gzip
import zipfile

import pytest

from tests.reading import SAMPLES
from triage import formats
from triage.errors import FormatError, SourceError

# Which reader is the surest for each sample: by content, whatever the name.
SUREST = {
    "0xgen/crash-20260126T012559123Z.tar.gz": {"0xgen"},
    "sentry/python-crash.envelope": {"sentry-envelope"},
    "sentry/feedback.envelope": {"sentry-envelope"},
    "minidump/chromium-crashpad.dmp": {"minidump"},
    "flutter/renderflex-overflow.log": {"flutter-log"},
    "flutter/logcat.txt": {"flutter-log"},
    "flutter/run-machine.ndjson": {"flutter-machine"},
    "flutter/vm-service-error.json": {"flutter-vm-service"},
    "eqemu/crash_zone_9412.log": {"eqemu-log"},
    "eqemu/spire-report.json": {"eqemu-json"},
    "eqemu/webhook.json": {"eqemu-json"},
    "debugbundle/events.ndjson": {"debugbundle-events"},
}


@pytest.mark.parametrize("path", SUREST)
def test_the_surest_reader_of_each_sample(path):
    best = {}
    for hit in formats.detect(SAMPLES / path):
        best.setdefault(hit.path, hit)
    known = {hit.format for hit in best.values() if hit.format != "prometheus"}
    assert known == SUREST[path]


@pytest.mark.parametrize("path", SUREST)
def test_detection_does_not_need_the_name(path):
    named = [(hit.format, hit.score) for hit in formats.detect(SAMPLES / path)]
    nameless = [(hit.format, hit.score) for hit in formats.detect((SAMPLES / path).read_bytes())]
    assert {name for name, _ in nameless} == {name for name, _ in named}


def test_hits_are_ranked_and_say_why():
    hits = formats.detect(SAMPLES / "minidump" / "windows-access-violation.dmp")
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(hit.reason and hit.title for hit in hits)


def test_unknown_content_has_no_hits():
    assert formats.detect(SAMPLES / "README.md") == []
    assert formats.detect(b"") == []


def test_nothing_there():
    with pytest.raises(SourceError):
        formats.detect("no-such-file")


def test_a_name_nobody_has_lists_those_there_are():
    with pytest.raises(FormatError, match="minidump"):
        formats.by_name("nonsense")


def test_another_package_adds_a_reader_by_entry_point(tmp_path, monkeypatch):
    (tmp_path / "other_reader.py").write_text(
        "from triage.formats import Match\n"
        "NAME, TITLE = 'other', 'A format of another package'\n"
        "def sniff(head): return Match(99, 'magic') if head.data.startswith(b'OTHER') else None\n"
        "def read(source): source.records.event(event_kind='crash', format=NAME, source_id=source.source_id)\n"
    )
    metadata = tmp_path / "other_reader-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: other-reader\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text("[triage.formats]\nother = other_reader\n")
    monkeypatch.syspath_prepend(tmp_path)
    formats.registry.cache_clear()
    formats.documents.cache_clear()
    try:
        assert [hit.format for hit in formats.detect(b"OTHER stuff")] == ["other"]
    finally:
        monkeypatch.undo()
        formats.registry.cache_clear()
        formats.documents.cache_clear()


def test_a_member_is_named_behind_its_containers(tmp_path):
    trace = b'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n'
    for name in ("a.zip", "b.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("app.log.gz", gzip.compress(trace))
    folder = tmp_path.name
    assert [hit.path for hit in formats.detect(tmp_path)] == [
        f"{folder}/{name}!/app.log.gz!/app.log" for name in ("a.zip", "b.zip")
    ]


TRACE = """Traceback (most recent call last):
  File "/srv/relay/send.py", line 30, in send
    {}
  File "/srv/relay/enc.py", line 3, in enc
    raise ValueError("bad")
ValueError: bad
"""


@pytest.mark.parametrize(
    "shown",
    [
        '{"resourceSpans": spans, "scopeSpans": []}',
        '{"bundle_version": 1, "bundle_id": b, "bundle_type": t}',
        '{"incidents": {}, "last_processed_event_file": None, "version": 1}',
        '{"CrashSeverity": severity, "Stacktrace": []}',
        '{"crash_info": info, "crashing_thread": 0, "threads": []}',
        '{"kind": kind, "extensionKind": "Flutter.Error", "extensionData": {}}',
        '{"nbformat": 4, "cells": cells, "cell_type": "code"}',
        '{"incident_id": i, "procName": 2, "threads": [], "usedImages": []}',
        "<FGenericCrashContext><RuntimeProperties/></FGenericCrashContext>",
    ],
)
@pytest.mark.parametrize("text", ["{trace}", "[main] sends {shown}\n{trace}", "{shown}\n{trace}"])
def test_a_report_that_shows_the_keys_of_a_format_is_of_its_own(text, shown):
    if text.startswith("{shown}") and shown.startswith("<"):
        pytest.skip("a text that begins with the element is the document")
    data = text.format(shown=shown, trace=TRACE.format(shown)).encode()
    assert formats.detect(data)[0].format == "python"


def test_a_report_before_metrics_is_read():
    data = TRACE.format("x").encode() + b"# TYPE x counter\nx 1\n"
    assert formats.detect(data)[0].format == "python"
