"""The cache from the command line."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from typer.testing import CliRunner

import triage
from tests.benchmarks import store_events
from triage.cli import app

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_info_and_clear(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CACHE", str(tmp_path / "cache"))
    assert "0 stores, 0.0 of" in CliRunner().invoke(app, ["cache", "info"]).stdout
    path = tmp_path / "events.ndjson"
    store_events.write(path, 4_500)
    while time.time_ns() < path.stat().st_ctime_ns + 2_100_000_000:
        time.sleep(0.05)
    first = triage.load(path).incidents()
    assert "1 store, " in CliRunner().invoke(app, ["cache", "info"]).stdout
    assert triage.load(path).incidents().equals(first)
    assert CliRunner().invoke(app, ["cache", "clear"]).stdout == "1 store forgotten\n"
    assert "0 stores" in CliRunner().invoke(app, ["cache", "info"]).stdout


def test_a_wrong_size_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_CACHE_BYTES", "much")
    result = CliRunner().invoke(app, ["cache", "info"])
    assert result.exit_code != 0
