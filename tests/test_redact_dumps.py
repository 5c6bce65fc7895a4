"""Memory as tools print it, and text that is written in ways of its own: what is found masks every column."""

from __future__ import annotations

import base64

import pytest

from triage.redact import mask, spans

TEXT = b"user shop password Kupfer_Kaffee97 rejected by host"
PARTS = (b"Kupfer", b"Kaffee97")


def shown(row: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in row)


def rows(text: bytes) -> list[tuple[int, bytes]]:
    return [(at, text[at : at + 16]) for at in range(0, len(text), 16)]


def canonical(text: bytes) -> str:
    return "".join(
        f"{at:08x}  {row[:8].hex(' '):23}  {row[8:].hex(' '):23}  |{shown(row)}|\n" for at, row in rows(text)
    )


def grouped(text: bytes) -> str:
    return "".join(f"{at:08x}: {row.hex(' ', 2):39}  {shown(row)}\n" for at, row in rows(text))


def sniffed(text: bytes) -> str:
    return "".join(f"\t0x{at:04x}:  {row.hex(' ', 2):39}  {shown(row)}\n" for at, row in rows(text))


def debugged(text: bytes) -> str:
    return "".join(f"00000000`{at:08x} {row[:8].hex(' ')}-{row[8:].hex(' ')}  {shown(row)}\n" for at, row in rows(text))


DUMPS = {"hexdump": canonical, "xxd": grouped, "tcpdump": sniffed, "windbg": debugged}


@pytest.mark.parametrize("wide", [False, True], ids=["bytes", "utf-16"])
@pytest.mark.parametrize("way", DUMPS.values(), ids=DUMPS)
def test_a_secret_in_a_dump_is_masked_in_both_columns(way, wide):
    text = TEXT.decode().encode("utf-16-le") if wide else TEXT
    masked = mask(f"at rsp:\n{way(text)}end of memory\n")
    for part in (part.decode().encode("utf-16-le") if wide else part for part in PARTS):
        assert part.hex() not in masked.replace(" ", "").replace("-", "")
        assert shown(part) not in masked
    assert masked.startswith("at rsp:\n")
    assert masked.endswith("end of memory\n")
    assert wide or "password" in masked


@pytest.mark.parametrize("way", DUMPS.values(), ids=DUMPS)
def test_a_dump_without_a_secret_is_left(way):
    text = way(b"The quick brown fox jumps over the lazy dog." + bytes(range(200, 256)) + b"lorem ipsum dolor sit")
    assert mask(text) == text


@pytest.mark.parametrize(
    "way",
    [
        lambda text: "".join(f"%u{ord(one):04x}" for one in text),
        lambda text: "".join(f"={ord(one):02X}" for one in text),
        lambda text: "".join(f"{one}\b{one}" for one in text),
        lambda text: text[:-4] + "^[[0m" + text[-4:],
        lambda text: "note=it%3A+" + text.replace(" ", "+").replace("=", "%3D") + "&n=1",
    ],
    ids=["escape", "quoted-printable", "printed twice", "caret", "form"],
)
def test_what_is_written_in_a_way_of_its_own_is_read(way):
    assert spans(way("the password is Kupfer_Kaffee97 now"))


def test_bytes_of_python_are_read_as_text():
    assert "w\\xc3\\xb6rd97" not in mask(repr("password=Kupfer_wörd97".encode()))


@pytest.mark.parametrize("width", [20, 24, 32, 64, 76])
@pytest.mark.parametrize("joint", ["\n", "\\n", "\n> ", '" +\n  "'], ids=["lines", "written out", "quoted", "joined"])
def test_narrow_blocks_of_base64_are_put_together(width, joint):
    text = base64.b64encode(b"user shop\npassword=Kupfer_Kaffee97\nport=5432\nmode=fast and some more of it").decode()
    block = joint.join(text[at : at + width] for at in range(0, len(text), width))
    masked = mask(f'"{block}"')
    assert not any(text[at : at + 12] in masked for at in range(0, len(text) - 12, 4))


def test_base64_of_text_beyond_ascii_over_lines_is_read():
    assert spans(base64.b64encode("password: Kupfer_wörd97\nport: 5432".encode()).decode())


@pytest.mark.parametrize("way", [canonical, grouped, sniffed], ids=["hexdump", "xxd", "tcpdump"])
@pytest.mark.parametrize("size", range(1, 6))
def test_the_few_bytes_of_a_last_line_are_masked_too(way, size):
    text = b"password=" + b"Kupfer_Kaffee9X7Qz"[: 7 + size]
    masked = mask(f"at rsp:\n{way(b'0' * 16 + text)}end\n")
    last = text[16:]
    assert last.hex(" ", 2) not in masked.partition("end")[0].splitlines()[-1]
    assert "Kupfer" not in masked


@pytest.mark.parametrize(
    "behind", ["00000040: 3938                                     98\n", "00000050: 3938 98\n", "0020: 41\n"]
)
def test_a_short_line_elsewhere_is_none_of_a_dump(behind):
    text = grouped(b"user=plum password=Kupfer_Kaffee")
    assert mask(text + behind).endswith(behind)
