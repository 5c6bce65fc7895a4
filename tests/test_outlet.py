"""A file of notices: each line once, whatever was torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.errors import TriageError
from triage.watching import outlet

LINES = st.lists(
    st.binary(min_size=1, max_size=12).map(lambda data: data.replace(b"\n", b"_")), unique=True, max_size=8
)


@given(before=st.sampled_from([b"", b"older\n", b"torn by another"]), lines=LINES, data=st.data())
def test_after_a_kill_every_line_is_there_once_and_in_order(tmp_path_factory, before, lines, data):
    path = tmp_path_factory.mktemp("out") / "out"
    path.write_bytes(before)
    whole = [b"%d " % at + line + b"\n" for at, line in enumerate(lines)]
    outlet.write(path, whole, since=len(before))
    done = path.read_bytes()
    assert done.startswith(before)
    # Killed after any number of bytes, and again.
    for _ in range(2):
        cut = data.draw(st.integers(len(before), len(done)))
        path.write_bytes(done[:cut])
        outlet.write(path, whole, since=len(before))
        assert path.read_bytes() == done
    assert [line + b"\n" for line in done[len(before) :].split(b"\n") if line] == whole


def test_lines_of_others_stay(tmp_path):
    path = tmp_path / "out"
    path.write_bytes(b"a\nother\nb")
    outlet.write(path, [b"a\n", b"bc\n", b"d\n"], since=0)
    assert path.read_bytes() == b"a\nother\nbc\nd\n"


def test_a_file_that_was_rotated_begins_anew(tmp_path):
    path = tmp_path / "out"
    outlet.write(path, [b"a\n"], since=1_000)
    assert path.read_bytes() == b"a\n"
    assert outlet.length(path) == 2
    assert outlet.length(tmp_path / "none") == 0


def test_what_cannot_be_written_is_said(tmp_path):
    with pytest.raises(TriageError, match="--out FILE"):
        outlet.write(tmp_path / "none" / "out", [b"a\n"], since=0)
