import base64
import gzip
import os
import zlib

import pytest

from triage.redact import mask, spans
from triage.redact.decoding.runs import decoded_runs

TEXT = b'{"user": "mara", "password": "hunter2"}'


def runs(data):
    return [(data[start:end], text) for start, end, text in decoded_runs(data)]


WAYS = {
    "base64": base64.b64encode,
    "base64url": lambda text: base64.urlsafe_b64encode(text).rstrip(b"="),
    "hexadecimal": lambda text: text.hex().encode(),
    "capitals": lambda text: text.hex().upper().encode(),
}


@pytest.mark.parametrize("around", [b"x=%s;", b'{"blob": "%s"}', b"0x%s", b"\\x%s", b"/srv/%s", b"id:%s,", b"%s"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("size", [0, 20_000], ids=["small", "large"])
def test_a_run_is_found_small_or_large(way, around, size):
    encoded = way(TEXT)
    data = b"ordinary text\n" * (size // 14) + around % encoded + b" end\n"
    assert runs(data) == [(encoded, TEXT)]


def test_utf_16_loses_its_nuls():
    encoded = base64.b64encode(TEXT.decode().encode("utf-16-le"))
    assert runs(encoded) == [(encoded, TEXT)]


def test_wrapped_lines_are_one_run():
    encoded = base64.b64encode(TEXT * 4)
    wrapped = b"\n".join(encoded[at : at + 64] for at in range(0, len(encoded), 64))
    assert runs(b"data: " + wrapped + b"\nend\n") == [(wrapped, TEXT * 4)]


def test_a_line_behind_a_long_run_that_is_none_of_its_own():
    encoded = TEXT.hex().encode()
    assert runs(b"raw frame: " + encoded + b"\nredis-1  | ready\n") == [(encoded, TEXT)]


def test_wrapped_lines_of_hexadecimal_are_one_run():
    encoded = TEXT.hex().encode()
    wrapped = encoded[:60] + b"\n" + encoded[60:]
    assert runs(b"$ xxd -p x\n" + wrapped + b"\n2025-11-24 03:59:36 end\n") == [(wrapped, TEXT)]


@pytest.mark.parametrize("text", ["Schl\u00fcssel: hunter2", "\u5bc6\u7801=hunter2", "p\u00e4ss hunter2 \u20ac"])
@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("size", [0, 20_000], ids=["small", "large"])
def test_letters_beyond_ascii(text, way, size):
    encoded = way(text.encode())
    assert runs(b"ordinary text\n" * (size // 14) + b"x " + encoded + b" end\n") == [(encoded, text.encode())]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"short",
        b"9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        b"/usr/lib/python3/dist-packages/requests/sessions",
        b"com_example_application_MainActivityController",
        b"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
    ],
)
@pytest.mark.parametrize("size", [0, 20_000], ids=["small", "large"])
def test_digests_paths_and_names_are_no_runs(data, size):
    assert runs(data + b"\n" + b"ordinary text\n" * (size // 14)) == []


def test_noise_is_no_run():
    assert runs(base64.b64encode(os.urandom(30_000))) == []


def test_a_large_text_gives_what_its_parts_give():
    parts = [b"x=" + base64.b64encode(b"number %d of many, hunter2" % number) + b"\n" for number in range(600)]
    assert runs(b"".join(parts)) == [run for part in parts for run in runs(part)]


PACKED = {"gzip": lambda text: gzip.compress(text, mtime=0), "zlib": zlib.compress}


@pytest.mark.parametrize("way", PACKED.values(), ids=PACKED)
@pytest.mark.parametrize("size", [0, 20_000], ids=["small", "large"])
def test_a_packed_run_is_found(way, size):
    encoded = base64.b64encode(way(TEXT))
    data = b"ordinary text\n" * (size // 14) + b'{"body": "' + encoded + b'"}\n'
    assert runs(data) == [(encoded, TEXT)]


def test_what_is_packed_is_read_up_to_a_limit():
    encoded = base64.b64encode(gzip.compress(TEXT + b" " * (64 << 20), mtime=0))
    ((_, text),) = runs(encoded)
    assert text.startswith(TEXT)
    assert len(text) <= 1 << 20


def test_what_only_begins_as_if_it_were_packed_is_none():
    assert runs(b"H4sIAAAAAAAA" + b"/" * 40) == []


def test_a_run_goes_on_behind_a_line_that_a_terminal_wrapped():
    encoded = base64.b64encode(TEXT)
    data = b"x" * 50 + b" " + encoded[:24] + b"\n" + encoded[24:] + b" end\n"
    assert runs(data) == [(encoded[:24] + b"\n" + encoded[24:], TEXT)]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\\n", "\\r\\n", "\\\\n"])
def test_a_wrapped_run_whose_line_ends_are_written_out(end):
    encoded = base64.b64encode(TEXT * 3)
    wrapped = end.encode().join(encoded[at : at + 60] for at in range(0, len(encoded), 60))
    assert runs(b'{"body": "' + wrapped + b'"}') == [(wrapped, TEXT * 3)]


@pytest.mark.parametrize("size", [0, 20_000], ids=["small", "large"])
def test_a_packed_run_in_hexadecimal(size):
    encoded = gzip.compress(TEXT, mtime=0).hex().encode()
    assert runs(b"ordinary text\n" * (size // 14) + encoded + b"\n") == [(encoded, TEXT)]


KEY = [
    "-----BEGIN PRIVATE KEY-----",
    *["MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"] * 3,
    "-----END PRIVATE KEY-----",
]
BESIDE = [
    ("2026-06-04 10:12:%d web-1 | ", ""),
    ("Jun  4 10:12:%d host app[12]: ", ""),
    ("06-04 10:12:41.%d  123  124 I App: ", ""),
    ("# ", ""),
    ("%d: ", ""),
    ("", "<br />"),
    ('{"log":"', '\\n","stream":"stdout","time":"2026-01-01T00:00:0%d.1Z"}'),
]


@pytest.mark.parametrize(("before", "behind"), BESIDE)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_key_whose_lines_a_log_wrote_one_by_one_is_one(before, behind, end):
    def around(at, line):
        return "".join(part % at if "%" in part else part for part in (before, line, behind))

    text = end.join(around(at, line) for at, line in enumerate(["loading", *KEY, "done"], 7)) + end
    (found,) = [span for span in spans(text) if span[2] == "private_key_block"]
    assert (text.index("-----BEGIN"), text.rindex("-----") + 5) == found[:2]


def test_what_stands_between_keys_stays():
    text = "\n".join(f"[app] {line}" for line in [*KEY[:3], "no more", *KEY[:1], "nothing"])
    assert all("no more" not in text[start:end] and "nothing" not in text[start:end] for start, end, _ in spans(text))


def test_a_key_of_putty_whose_lines_stand_behind_a_time():
    body = KEY[1:2] * 4
    parts = ["PuTTY-User-Key-File-2: ssh-rsa", "Encryption: none", "Public-Lines: 4", *body, "Private-Lines: 4", *body]
    lines = [*parts, "Private-MAC: 0123456789abcdef0123456789abcdef01234567"]
    text = "\n".join(f"10:12:{at} web | {line}" for at, line in enumerate(lines, 10))
    assert "putty_private_key" in {kind for _, _, kind in spans(text)}
    assert KEY[1] not in mask(text).partition("Private-Lines")[2]


@pytest.mark.parametrize("between", ['"}\n', '"}\nsome log\n', "\n\n" + "a line of a log\n" * 60])
@pytest.mark.parametrize("first", ["\n", r"\n"])
@pytest.mark.parametrize("second", ["\n", r"\n"])
def test_a_key_behind_one_whose_line_ends_are_written_out_is_found_too(first, second, between):
    def key(kind, end):
        return end.join((f"-----BEGIN {kind}-----", *["Ab3dXy9zQr7t" * 5] * 6, f"-----END {kind}-----"))

    text = f'{{"private_key": "{key("PRIVATE KEY", first)}{first}{between}{key("RSA PRIVATE KEY", second)}{second}'
    found = [text[start:end] for start, end, kind in spans(text) if kind == "private_key_block"]
    assert [one.rstrip("\\n") for one in found] == [key("PRIVATE KEY", first), key("RSA PRIVATE KEY", second)]


@pytest.mark.parametrize("apart", [7_000, 12_000, 15_900, 16_000, 16_030, 16_060, 16_500])
def test_a_key_far_behind_another_is_found_whole(apart):
    first, second = (
        "\n".join(("-----BEGIN EC PRIVATE KEY-----", *[word * 5] * 4, "-----END EC PRIVATE KEY-----"))
        for word in ("Ab3dXy9zQr7t", "Kw5fTz2mVn8c")
    )
    between = "a line of a log of some length\n" * (apart // 31)
    text = f"{first}\n{between}{second}\nthe end\n"
    keys = [text[start:end] for start, end, kind in spans(text) if kind == "private_key_block"]
    assert keys == [first, second]
