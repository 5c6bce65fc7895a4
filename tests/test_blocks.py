import pytest

from tests.finding import pem
from triage.redact.blocks import iter_blocks


@pytest.mark.parametrize("step", [1, 3, 7, 1_000])
def test_blocks_join_to_the_whole_and_end_at_line_ends(step):
    data = b"".join(b"line %d of many\n" % number for number in range(50)) + b"no end"
    blocks = [*iter_blocks((data[at : at + step] for at in range(0, len(data), step)), size=64)]
    assert b"".join(blocks) == data
    assert len(blocks) > 5
    assert all(block.endswith(b"\n") and len(block) <= 64 for block in blocks[:-1])


@pytest.mark.parametrize("size", [40, 100, 333, 5_000])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_block_never_cuts_a_key(size, newline):
    key = pem(rows=20, newline=newline).encode()
    data = b"before\n" * 9 + key + b"\nbetween\n" + key + b"\nafter\n" * 9
    data = data.replace(b"\n", b"\r") if newline == "\r" else data
    blocks = [*iter_blocks([data], size=size)]
    assert b"".join(blocks) == data
    assert sum(block.count(key) for block in blocks) == 2
    assert len(blocks) > 1 or size == 5_000


def test_a_key_that_does_not_end_is_cut_in_the_end():
    data = b"-----BEGIN " + b"RSA PRIVATE KEY-----\n" + b"A" * 63 + b"\n"
    blocks = [*iter_blocks([data + (b"A" * 63 + b"\n") * 4_000], size=4_096)]
    assert b"".join(blocks).startswith(data)
    assert len(blocks) > 10


def test_a_line_without_end_is_cut_where_a_word_ends():
    blocks = [*iter_blocks([b"word " * 5_000_000], size=1 << 20)]
    assert all(len(block) < 17 << 20 for block in blocks)
    assert all(block.endswith(b" ") for block in blocks)


def test_nothing_gives_nothing():
    assert [*iter_blocks([])] == [*iter_blocks([b"", b""])] == []


@pytest.mark.parametrize("step", [1, 7, 1_000])
def test_returns_end_lines_where_nothing_else_does(step):
    data = b"".join(b"line %d of many\r" % number for number in range(50))
    blocks = [*iter_blocks((data[at : at + step] for at in range(0, len(data), step)), size=64)]
    assert b"".join(blocks) == data
    assert all(block.endswith(b"\r") and len(block) <= 64 for block in blocks)
    assert [*iter_blocks([b"abc\r", b"\nde"], size=4)] == [b"abc\r\n", b"de"]
