import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.share.runs import pieces


def whole(chunks):
    """As blocks of whole lines, without the engine."""
    data = b"".join(chunks)
    yield from data.splitlines(keepends=True)


def once(chunks):
    yield b"".join(chunks)


def found(data, needle, encoding="utf-8", blocks=once):
    """Where a text lies in the file, as the pieces have it."""
    for piece in pieces([data], encoding, blocks):
        at = piece.data.find(needle)
        if at >= 0:
            line = None if piece.line is None else piece.line + piece.data.count(b"\n", 0, at)
            return (*piece.spot(at, len(needle)), line)
    return None


def test_text_stays_as_it_is():
    data = "één\n\x1b[31mtwo\n".encode()
    assert [piece.data for piece in pieces([data], "utf-8", once)] == [data]
    assert found(data, b"two") == (data.index(b"two"), 3, 2)


def test_lines_go_on_from_block_to_block():
    data = b"one\ntwo\nthree\nplum\n"
    assert found(data, b"plum", blocks=whole) == (data.index(b"plum"), 4, 4)


def test_printable_runs_of_a_binary_file():
    noise = bytes(range(256)) * 3
    data = noise + b"\0password=plum\0" + noise
    assert found(data, b"password=plum") == (len(noise) + 1, 13, None)


@pytest.mark.parametrize("pad", [b"", b"\x01"], ids=["even", "odd"])
def test_utf_16_runs_of_a_binary_file_at_any_place(pad):
    noise = bytes(range(0x80, 0x100)) * 3 + bytes(64)
    wide = "user=plum-user".encode("utf-16-le")
    data = noise + pad + wide + b"\x80\0" + noise
    assert found(data, b"plum-user") == (data.index("plum-user".encode("utf-16-le")), 18, None)


def test_a_key_of_several_lines_in_a_binary_file_is_one_run():
    block = b"-----BEGIN X-----\nplum\n-----END X-----"
    data = bytes(100) + block + bytes(100)
    assert found(data, block) == (100, len(block), None)


def test_a_stray_nul_does_not_make_a_log_binary():
    data = ("pässword=plümchen\n" * 40 + "cut\0\n").encode()
    assert found(data, "plümchen".encode()) == (data.index("plümchen".encode()), 9, 1)


def test_text_between_nuls_is_cut_there_and_nowhere_else():
    data = ("one=1\0pässword=plümchen\0three=3\0" * 10).encode()
    (piece,) = pieces([data], "utf-8", once)
    assert "pässword=plümchen" in piece.data.decode().splitlines()
    assert found(data, "plümchen".encode()) == (data.index("plümchen".encode()), 9, None)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf_16_files_are_read_as_text_and_found_in_bytes(encoding):
    text = "\ufeffüber 𝄞\nuser=plum 𝄞 plum\n"
    data = text.encode(encoding)
    chunks = [data[at : at + 3] for at in range(0, len(data), 3)]
    (piece,) = pieces(chunks, encoding, once)
    for at in (piece.data.index(b"plum"), piece.data.rindex(b"plum"), piece.data.index(b"plum")):
        offset, length = piece.spot(at, 4)
        assert data[offset : offset + length] == "plum".encode(encoding)


@given(st.binary(max_size=400), st.sampled_from(["utf-8", "utf-16-le", "utf-16-be"]))
def test_any_bytes_give_pieces_and_places_within_the_file(data, encoding):
    for piece in pieces([data[:100], data[100:]], encoding, once):
        offset, length = piece.spot(0, len(piece.data))
        assert 0 <= offset <= len(data)
        if encoding == "utf-8":
            assert offset + length <= len(data) or piece.starts
