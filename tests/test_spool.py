"""The working copy on disk and in memory."""

import gc
import pickle
from pathlib import Path

import pytest

from triage.errors import RedactionError
from triage.share.spool import Spool


@pytest.mark.parametrize("size", [10, 1 << 20, 20 << 20])
def test_pieces_are_read_back_as_they_were_written(size):
    with Spool() as spool:
        first = spool.write([b"a" * size, b"b"])
        second = spool.write(iter([b"", b"second"]))
        assert spool.read(second) == b"second"
        assert spool.read(first, size - 1, 5) == b"ab"
        assert b"".join(spool.chunks(first)) == b"a" * size + b"b"
        assert (first.bytes, second.offset) == (size + 1, size + 1)
        assert spool.read(second, 4) == b"nd"
        assert spool.read(second, 9) == b""


def test_an_empty_piece():
    with Spool() as spool:
        piece = spool.write([])
        assert (piece.bytes, list(spool.chunks(piece))) == (0, [])
        assert piece.sha256.startswith("e3b0c44298fc1c14")


def test_reading_one_piece_while_another_is_written():
    with Spool() as spool:
        first = spool.write([b"x" * (1 << 20)] * 3)
        second = spool.write(spool.chunks(first))
        assert second.sha256 == first.sha256


OPEN = Path("/proc/self/fd")


@pytest.mark.skipif(not OPEN.is_dir(), reason="counts open files where they can be listed")
def test_what_is_large_is_a_file_without_a_name_and_is_gone_when_closed_or_forgotten():
    def named():
        return {str(path.readlink()) for path in OPEN.iterdir() if path.is_symlink()}

    before = named()
    for forget in (False, True):
        spool = Spool()
        piece = spool.write([bytes(17 << 20)])
        (mine,) = named() - before
        assert mine.endswith(" (deleted)")
        if not forget:
            spool.close()
            with pytest.raises(RedactionError, match="discarded"):
                spool.read(piece)
        del spool
        gc.collect()
        assert named() <= before


def test_it_tells_nothing_and_does_not_travel():
    with Spool() as spool:
        spool.write([b"quartz-otter-77"])
        assert repr(spool) == "<Spool>"
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(spool)
