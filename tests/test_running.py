"""A command that is forked of a process with everything imported does what a new one does."""

from __future__ import annotations

import json

import pytest

from tests.reading import SAMPLES
from tests.running import run

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


@pytest.mark.parametrize(
    ("arguments", "stdin"),
    [
        (["show", "-"], PANIC.read_bytes()),
        (["incidents", PANIC, "--format", "ndjson"], b""),
        (["show", "no-such-file"], b""),
        (["show"], b""),
        (["redact", PANIC], b""),
    ],
)
def test_both_say_the_same(arguments, stdin, tmp_path):
    forked = run(*arguments, stdin=stdin, cwd=tmp_path)
    fresh = run(*arguments, stdin=stdin, cwd=tmp_path, fresh=True)
    assert (forked.returncode, forked.stdout, forked.stderr) == (fresh.returncode, fresh.stdout, fresh.stderr)
    assert forked.stdout + forked.stderr


def test_each_has_its_own_folder_environment_and_memory(tmp_path):
    named = {"COLUMNS": "300", "TRIAGE_CACHE": str(tmp_path / "cache")}
    first = run("note", PANIC, "crash-20260126T012559123Z", "mine", cwd=tmp_path, env=named)
    assert first.stdout + first.stderr
    for _ in range(2):
        rows = json.loads(run("table", "files", PANIC, "--format", "json", cwd=tmp_path, env=named).stdout)
        assert rows[0]["path"] == PANIC.name
