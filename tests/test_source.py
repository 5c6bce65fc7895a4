from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.records import Records
from triage.sources.context import Context
from triage.sources.limits import Limits
from triage.sources.names import Seen, hostile, inner, printable
from triage.sources.returns import ended_text
from triage.sources.source import HEAD_BYTES, OverLimitError, Source


class Dribble:
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, step: int) -> None:
        self._file = io.BytesIO(data)
        self._step = step

    def read(self, size: int, /) -> bytes:
        return self._file.read(min(size, self._step))


def context(**limits: Any) -> Context:
    return Context(records=Records(), limits=Limits(**limits), read=lambda source: source.close())


def source(data: bytes, *, step: int = 1 << 20, **limits: Any) -> Source:
    return Source(context(**limits), "a.log", Dribble(data, step))


def closed(one: Source) -> dict[str, Any]:
    one.close()
    return next(row for row in rows(one, "files") if row["source_id"] == one.source_id)


def rows(one: Source, table: str) -> list[dict[str, Any]]:
    return one.records.finish()[table].to_pylist()


@pytest.mark.parametrize("step", [1, 2, 3, 7, 1 << 20])
def test_lines_and_their_offsets(step):
    data = b"first\n\nthird\r\nfourth\rfifth\nno end"
    one = source(data, step=step)
    lines = list(one.lines())
    assert lines == [(0, b"first"), (6, b""), (7, b"third"), (14, b"fourth"), (21, b"fifth"), (27, b"no end")]
    assert [data[offset : offset + len(line)] for offset, line in lines] == [line for _, line in lines]
    assert closed(one)["reason"] == "carriage returns end lines; CRLF line ends"


def test_no_line_after_the_last_end():
    assert list(source(b"a\n").lines()) == [(0, b"a")]
    assert list(source(b"\n\n").lines()) == [(0, b""), (1, b"")]
    assert list(source(b"").lines()) == []


@pytest.mark.parametrize("step", [1, 4, 1 << 20])
def test_a_byte_order_mark_is_dropped_and_noted(step):
    one = source("\ufeffeins\nzwei\ufeff\n".encode(), step=step)
    assert list(one.text_lines()) == [(3, "eins"), (8, "zwei\ufeff")]
    assert closed(one)["reason"] == "byte order mark dropped"
    assert list(source(b"\xef\xbb\xbf").lines()) == []
    assert source(b"\xef\xbb\xbf{}").text() == "{}"


@pytest.mark.parametrize("step", [1, 2, 3, 5, 1 << 20])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_utf_16_is_decoded_with_the_offsets_of_the_file(encoding, mark, step):
    text = mark + "crash in world\r\nऊ Ċ \U0001f4a5\n\nlast"
    data = text.encode(encoding)
    one = source(data, step=step)
    lines = list(one.text_lines())
    assert [line for _, line in lines] == ["crash in world", "ऊ Ċ \U0001f4a5", "", "last"]
    for offset, line in lines:
        assert data[offset : offset + 2 * len(line)].decode(encoding, "replace").startswith(line[:3])
    assert closed(one)["reason"] == f"{encoding} text decoded"
    assert source(data).text() == text.removeprefix("\ufeff")


def test_utf_16_that_is_cut_in_a_character():
    one = source("\ufeffone\ntwo".encode("utf-16-le")[:-1])
    assert [line for _, line in one.text_lines()] == ["one", "tw\ufffd"]
    assert "not valid utf-16-le; bad bytes were replaced" in closed(one)["reason"]


def test_utf_16_without_a_mark_and_with_an_odd_length():
    assert source("a line of text".encode("utf-16-le") + b"\n").encoding == "utf-16-le"
    assert source(b"plain text, with one \0 in it").encoding == "utf-8"


def test_invalid_utf_8_and_nul_are_noted():
    one = source(b"fine\nbad \xff\xfe\nnul \0\n\xc3\n")
    assert [line for _, line in one.text_lines()] == ["fine", "bad \ufffd\ufffd", "nul \0", "\ufffd"]
    assert closed(one)["reason"] == "NUL bytes in text; 2 lines are not valid UTF-8; bad bytes were replaced"


@pytest.mark.parametrize("step", [1, 3, 64, 1 << 20])
def test_overlong_lines_go_to_quarantine_and_reading_goes_on(step):
    data = b"short\n" + b"x" * 100 + b"\nnext\n" + b"y" * 50
    one = source(data, step=step, line_bytes=20)
    assert list(one.lines()) == [(0, b"short"), (107, b"next")]
    one.close()
    found = rows(one, "quarantine")
    assert [(row["offset"], row["length"], row["line"]) for row in found] == [(6, 100, 2), (112, 50, 4)]
    assert found[0]["reason"] == "a line is over the limit line_bytes=20"
    assert one.parse_status == "partial"
    assert one.told()["reasons"] == [f"{found[0]['reason']}; in quarantine"]


@pytest.mark.parametrize("step", [1, 3, 64, 1 << 20])
def test_more_nuls_than_a_line_may_have_bytes_do_not_take_its_text_along(step):
    data = b"short\n" + bytes(90) + b"text\n" + bytes(3) + b"few\n" + bytes(30)
    one = source(data, step=step, line_bytes=20)
    assert list(one.lines()) == [(0, b"short"), (96, b"text"), (101, bytes(3) + b"few"), (138, b"")]
    one.close()
    assert one.parse_status == "partial"
    assert [(row["offset"], row["length"], row["line"]) for row in rows(one, "quarantine")] == [
        (6, 90, 2),
        (108, 30, 4),
    ]


@pytest.mark.parametrize("step", [1, 3, 1 << 20])
def test_overlong_lines_of_utf_16(step):
    data = ("\ufeffab\n" + "x" * 40 + "\ncd\n").encode("utf-16-le")
    one = source(data, step=step, line_bytes=20)
    assert list(one.lines()) == [(2, b"ab"), (90, b"cd")]
    one.close()
    assert [(row["offset"], row["length"], row["line"]) for row in rows(one, "quarantine")] == [(8, 80, 2)]


@given(st.lists(st.sampled_from([b"a", b"bc" * 30, b"\n", b"\r\n", b"\r", b"\0", b"\xff"])), st.integers(1, 40))
def test_lines_are_those_of_split(pieces, step):
    data = b"".join(pieces)
    one = source(b"." + data, step=step)  # a dot, for a NUL at every other place would be UTF-16
    if one.encoding != "utf-8":
        return
    wanted = (ended_text if b"\0" not in data else str)((b"." + data).decode("latin-1")).encode("latin-1").split(b"\n")
    if not wanted[-1]:
        wanted.pop()
    assert [line for _, line in one.lines()] == [line.removesuffix(b"\r") for line in wanted]


@given(st.binary(max_size=600), st.integers(1, 700), st.integers(1, 100))
def test_any_bytes_give_lines_and_every_byte_counts(data, step, line_bytes):
    one = source(data, step=step, line_bytes=line_bytes)
    for offset, line in one.text_lines():
        assert 0 <= offset <= len(data)
        assert isinstance(line, str)
    assert closed(one)["bytes"] == len(data)


def test_what_is_left_is_drained_for_digest_and_size():
    data = bytes(range(256)) * 2_000
    one = source(data, step=1_000)
    assert one.head == data[:HEAD_BYTES]
    assert next(iter(one.chunks())) == data[:HEAD_BYTES]
    row = closed(one)
    assert row["bytes"] == len(data)
    assert row["sha256"] == closed(Source(context(), "a", data=data))["sha256"]
    assert row["overhead_bytes"] is None


def test_data_is_bounded():
    assert bytes(source(b"x" * 100, document_bytes=100).data()) == b"x" * 100
    one = source(b"x" * 101, document_bytes=100)
    with pytest.raises(OverLimitError, match=r"document_bytes=100; raise it by limits=triage.Limits\(document_bytes"):
        one.data()
    assert closed(one)["bytes"] == 101


def test_what_is_mapped_is_not_bounded_and_is_digested_from_the_stream():
    data = b"mapped " * 100
    one = Source(context(document_bytes=10), "a", Dribble(data, 64), mapper=lambda: memoryview(data))
    assert bytes(one.data()) == data
    assert b"".join(one.chunks()) == data
    assert closed(one)["bytes"] == len(data)


def test_a_piece_of_a_source():
    data = bytes(range(256)) * 1_000
    for make in (lambda: source(data, step=999), lambda: Source(context(), "a", data=data)):
        assert make().piece(100, 50) == data[100:150]
        assert make().piece(70_000, 60_000) == data[70_000:130_000]
        assert make().piece(255_990, 100) == data[255_990:]
        assert make().piece(300_000, 10) == b""


def test_children_count_against_their_parent():
    one = source(b"header payload")
    child = one.child("payload.bin", b"payload", role="attachment", description="what was attached")
    assert (child.depth, child.container_id, child.taken) == (1, one.source_id, 7)
    one.close()
    row, inside = rows(one, "files")
    assert row["overhead_bytes"] == 7
    assert (inside["role"], inside["description"], inside["bytes"]) == ("attachment", "what was attached", 7)


def test_ids_depend_on_the_place_and_repeat():
    def ids() -> list[str]:
        shared = context()
        top = Source(shared, "top", data=b"1")
        twins = [Source(shared, "same", data=b"1", container=top) for _ in range(2)]
        return [one.source_id for one in (top, *twins, Source(shared, "same", data=b"1"))]

    assert ids() == ids()
    assert len(set(ids())) == 4


def test_a_limit_met_in_the_head_is_raised_where_it_is_read():
    class Short:
        damage = None

        def __init__(self) -> None:
            self._pieces = [b"some", None, b""]

        def read(self, _: int, /) -> bytes:
            piece = self._pieces.pop(0) if self._pieces else b""
            if piece is None:
                raise OverLimitError("member_bytes", 4, "a member")
            return piece

    one = Source(context(), "a", Short())
    assert one.head == b"some"
    with pytest.raises(OverLimitError):
        list(one.chunks())
    other = Source(context(), "a", Short())
    other.close()
    tables = other.records.finish()
    assert tables["files"].select(["parse_status", "bytes"]).to_pylist() == [
        {"parse_status": "quarantined", "bytes": 4}
    ]
    assert tables["quarantine"].num_rows == 1


def test_names_are_made_printable():
    assert printable("crash/Überlauf 1.log") == "crash/Überlauf 1.log"
    assert printable("a\x1b[2J\n\u202e\udcff\U000e0001") == "a\\x1b[2J\\x0a\\u202e\\xff\\U000e0001"
    assert hostile("a..b/..c/c:d") is None
    assert inner("a/b.TGZ") == "b.tar"
    assert inner(".gz") == ".gz"
    seen = Seen()
    assert [seen.before(name) for name in ("a/b", "A//b", "./a//b", "a/c")] == [
        None,
        "the same name as a member before it, on a file system that folds case",
        "the same name as a member before it",
        None,
    ]
