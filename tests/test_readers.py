"""What holds for every reader, whoever wrote it: any bytes, any damage, every byte accounted for.

`make soak` tries every cut below 4 kB and 500 seeded ones above for each sample, and more of everything else.
"""

import os
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import SAMPLES, read
from triage import formats
from triage.formats.head import Head

SOAK = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
FILES = sorted(path for path in SAMPLES.rglob("*") if path.is_file() and "make" not in path.relative_to(SAMPLES).parts)
READERS = sorted(formats.registry())
# Pieces of real files, so that random input gets past the first line of a reader.
PIECES = [
    b"MDMP\x93\xa7\0\0",
    b'{"event_id":"a"}\n{"type":"event"}\n',
    b'{"type":"event","length":9}\n{}',
    b'[{"event":"app.log","params":{"log":"x"}}]',
    "══╡ EXCEPTION CAUGHT BY WIDGETS LIBRARY ╞══\n".encode(),
    b"#0      f (package:a/b.dart:1:2)\n",
    b"flutter: x\n",
    b"[01-26-2026 01:25:59] [Zone] [Crash] SymInit: Symbol-SearchPath: '.', symOptions: 530, UserName: 'u' \n",
    b"IMG:a.dll (400000), size: 5 (result: 0)",
    b"a.cpp (12): f \n",
    b'{"schema_version":"2026-03-01","event_type":"log_event","event_id":"x","payload":{"message":"m","level":"error"}}',
    b'{"version":1,"last_processed_event_file":null,"incidents":{"i":{}}}',
    b'{"bundle_version":1,"bundle_id":"b","context":{}}',
    b'{"reason":{"kind":"rust-panic","message":"m","stack":"0: f"},"version":"1"}',
    b'# TYPE a counter\na{b="c"} 1\n',
    b'Traceback (most recent call last):\n  File "a", line 1, in f\nE: x\n',
    *(bytes([byte]) for byte in b'\x00\n"{[\\'),
    b"\xff\xfe",
]
HOSTILE = st.binary(max_size=300) | st.lists(st.sampled_from(PIECES) | st.binary(max_size=8), max_size=12).map(b"".join)


def accounted(files, size):
    """Whether depth 0 adds up to the input, and every container to its members and overhead."""
    tops = [row for row in files if row["depth"] == 0]
    if sum(row["bytes"] for row in tops) != size:
        return False
    inside = {}
    for row in files:
        inside.setdefault(row["container_id"], []).append(row["bytes"])
    return all(
        row["bytes"] == sum(inside.get(row["source_id"], ())) + row["overhead_bytes"]
        for row in files
        if row["overhead_bytes"] is not None
    )


def load(data):
    case = triage.load(data)
    assert accounted(case.files().to_dict("records"), len(data))
    return case


@pytest.mark.parametrize("name", READERS)
@given(data=HOSTILE)
def test_any_bytes_into_any_reader(name, data):
    tables = read(data, reader=formats.by_name(name))
    assert accounted(tables["files"], len(data))


@given(data=HOSTILE)
def test_any_bytes_load_and_tell(data):
    case = load(data)
    case.incidents()
    assert len(case.files())


@given(data=HOSTILE)
def test_any_bytes_are_sniffed_in_bounds(data):
    for match, _ in formats.rank(Head(data)):
        assert 1 <= match.score <= 100
        assert match.reason


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_a_sample_cut_anywhere_still_loads(path: Path):
    data = path.read_bytes()
    chance = random.Random(7)
    if SOAK:
        cuts = [
            *range(min(len(data), 4096)),
            *(chance.randrange(4096, len(data)) for _ in range(500) if len(data) > 4096),
        ]
    else:
        cuts = [chance.randrange(min(len(data), 4096) or 1) for _ in range(12)]
        cuts += [chance.randrange(4096, len(data)) for _ in range(6) if len(data) > 4096]
    for cut in cuts:
        load(data[:cut])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_a_sample_with_flipped_bytes_still_loads(path: Path):
    data = path.read_bytes()
    chance = random.Random(11)
    for _ in range(200 if SOAK else 6):
        spoiled = bytearray(data)
        for _ in range(chance.randrange(1, 20)):
            if spoiled:
                spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)
        load(bytes(spoiled))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(SAMPLES).as_posix())
def test_the_same_bytes_give_the_same_tables(path: Path):
    first, second = triage.load(path), triage.load(path)
    for name in ("events", "stacks", "frames", "logs", "files", "incidents"):
        assert first.table(name).equals(second.table(name))
