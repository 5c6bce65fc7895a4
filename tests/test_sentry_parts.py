"""The parts of an envelope: where items lie, to the byte, in whole and in damaged files."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.reading import corpus
from triage.formats.sentry_parts import Envelope, Item, member_path, parse


def payloads(data: bytes) -> list[tuple[str, bytes]]:
    return [(item.type, data[item.offset : item.offset + item.length]) for item in parse(data).items]


def accounted(data: bytes, envelope: Envelope) -> bool:
    """Items and damage lie in the file, in order, and never overlap."""
    spans = sorted([(item.offset, item.length) for item in envelope.items] + [span[:2] for span in envelope.damage])
    at = 0
    for offset, length in spans:
        if offset < at or length < 0:
            return False
        at = offset + length
    return at <= len(data)


def test_every_real_file_gives_its_items_exactly():
    expected = {
        "binary_attachment": [("attachment", 3)],
        "breakpad": [("event", 888), ("session", 249), ("attachment", 42412), ("attachment", None)],
        "implicit_length": [("attachment", 10)],
        "inproc": [("event", 1133), ("session", 249)],
        "sigsegv": [("event", 153)],
        "two_items": [("attachment", 10), ("event", 41)],
    }
    for name, items in expected.items():
        data = corpus("envelopes", f"{name}.envelope").read_bytes()
        envelope = parse(data)
        assert not envelope.damage
        assert [item.type for item in envelope.items] == [kind for kind, _ in items]
        for item, (_, length) in zip(envelope.items, items, strict=True):
            assert item.length == (length if length is not None else item.header["length"])
            assert not item.problem


def test_a_payload_whose_line_ends_were_changed_is_read_to_its_byte():
    data = corpus("envelopes", "two_items.envelope").read_bytes()
    assert payloads(data)[0] == ("attachment", b"\xef\xbb\xbfHello\n\n")
    assert payloads(data)[1][1] == b'{"message":"hello world","level":"error"}'


def test_any_number_of_blank_lines_is_skipped():
    data = b'{}\n\n\n{"type":"log","length":2}\n{}\n\r\n\n \n\n{"type":"session"}\n{"sid":"1"}\n\n\n'
    assert payloads(data) == [("log", b"{}"), ("session", b'{"sid":"1"}')]


def test_crlf_and_a_missing_last_line_end():
    data = b'{"dsn":"x"}\r\n{"type":"event"}\r\n{"level":"error"}\r\n{"type":"attachment","length":2}\r\na\n'
    assert payloads(data) == [("event", b'{"level":"error"}'), ("attachment", b"a\n")]
    assert payloads(b'{}\n{"type":"event"}\n{}') == [("event", b"{}")]


def test_an_implicit_length_keeps_a_carriage_return_of_its_own():
    assert payloads(b'{}\n{"type":"attachment"}\nab\r\n') == [("attachment", b"ab\r")]


def test_an_empty_payload_and_empty_headers():
    data = b'{}\n{"type":"attachment","length":0}\n\n{}\n\n{"type":"attachment","length":0}'
    assert payloads(data) == [("attachment", b""), ("", b""), ("attachment", b"")]


def test_a_byte_order_mark_comes_first():
    assert payloads(b'\xef\xbb\xbf{}\n{"type":"event"}\n{}') == [("event", b"{}")]


def test_a_short_payload_is_what_there_is():
    (item,) = parse(b'{}\n{"type":"attachment","length":1000}\nabc').items
    assert (item.length, item.problem) == (3, "997 of 1,000 bytes are missing")


def test_a_length_that_is_no_number_is_taken_to_the_end_of_the_line():
    (item,) = parse(b'{}\n{"type":"attachment","length":"long"}\nabc\n').items
    assert item.length == 3
    assert "not a number" in item.problem


def test_a_damaged_item_header_is_set_aside_up_to_the_next_item():
    start = b'{"event_id":"9ec7"}\n'
    lost = b'{"type":"event","len\n{"event_id":"1","type":"transaction","length":3}\n{"type":"made up"}\nnoise\n'
    rest = b'{"type":"session","length":2}\n{}'
    envelope = parse(start + lost + rest)
    assert [item.type for item in envelope.items] == ["session"]
    assert envelope.damage == [(len(start), len(lost), "item header: not a JSON object")]


def test_a_length_too_small_costs_the_rest_of_that_payload_only():
    data = b'{}\n{"type":"attachment","length":3}\nabcdef\n{"type":"event","length":2}\n{}'
    assert payloads(data) == [("attachment", b"abc"), ("event", b"{}")]
    assert parse(data).damage[0][:2] == (data.index(b"def"), 4)


def test_a_damaged_envelope_header_does_not_cost_the_items():
    envelope = parse(b'{"event_id":"9e\n{"type":"event","length":2}\n{}')
    assert envelope.header == {}
    assert [item.type for item in envelope.items] == ["event"]
    assert envelope.damage == [(0, 15, "envelope header: not a JSON object")]


def test_a_missing_envelope_header_does_not_cost_the_items():
    envelope = parse(b'{"type":"event","length":2}\n{}')
    assert [item.type for item in envelope.items] == ["event"]
    assert envelope.damage[0][2] == "envelope header: missing"


def test_items_over_the_limit_are_set_aside():
    envelope = parse(b"{}\n" + b'{"type":"log","length":0}\n' * 10, max_items=3)
    assert len(envelope.items) == 3
    assert "members=3" in envelope.damage[0][2]


def test_an_empty_file_has_nothing():
    assert parse(b"") == Envelope()
    assert parse(b"\n\n") == Envelope()


def test_a_file_name_never_leads_elsewhere():
    for written, path in (
        ("../../etc/passwd", "1-attachment/passwd"),
        ("C:\\dumps\\a.dmp", "1-attachment/a.dmp"),
        ("..", "1-attachment.bin"),
        ("a\x00b.txt", "1-attachment/ab.txt"),
    ):
        found, _, note = member_path(1, Item({"type": "attachment", "filename": written}, 0, 0))
        assert found == path
        assert note
    assert member_path(0, Item({"type": "../x y"}, 0, 0))[0] == "0-x-y.bin"


@given(st.binary(max_size=400))
def test_any_bytes(data):
    assert accounted(data, parse(data))


@given(
    st.lists(
        st.sampled_from([b"{}", b'{"type":"event"}', b'{"type":"x","length":5}', b"\n", b"\r\n", b"\n\n", b"x", b"{"])
    )
)
def test_any_pieces(pieces):
    data = b"".join(pieces)
    assert accounted(data, parse(data))


@given(st.lists(st.tuples(st.binary(max_size=60), st.integers(0, 4)), max_size=8))
def test_what_is_written_is_read_back(written):
    data = b'{"dsn":"x"}\n'
    for payload, blanks in written:
        data += b'{"type":"attachment","length":%d}\n%b\n' % (len(payload), payload) + b"\n" * blanks
    assert [payload for _, payload in payloads(data)] == [payload for payload, _ in written]
