import pytest

from tests.finding import GITHUB
from triage.redact import mask, spans
from triage.redact.decoding.wraps import continued, unwrapped

HEAD, TAIL = GITHUB[:22], GITHUB[22:]


@pytest.mark.parametrize(
    "between",
    ["\n", "\r\n", "\\\n", "\n    ", "\n> ", '" +\n    "', "\\n", "\\r\\n", '"\n "', "\n\t"],
)
def test_a_token_is_joined_over_the_end_of_its_line(between):
    data = f"token {HEAD}{between}{TAIL} was sent\nnext".encode()
    view, line = next(unwrapped(data, data.index(b"gh"), complete=False))
    assert line == 0
    at = view.data.index(GITHUB.encode())
    start, end = view.back(at, at + len(GITHUB))
    assert data[start:end].decode() == HEAD + between + TAIL


def test_what_all_lines_begin_with_is_left_out():
    first, second = "09:26:07.001 [ERR] ", "09:26:07.012 [ERR] "
    data = f"start\n{first}{HEAD}\n{second}{TAIL} x\n".encode()
    view, line = next(unwrapped(data, data.index(b"gh"), complete=False))
    assert line == len("start\n")
    assert GITHUB.encode() in view.data


def test_a_token_that_ends_before_its_line_does_is_not_joined():
    assert [*unwrapped(b"token " + HEAD.encode() + b" x\n" + TAIL.encode(), 6, complete=False)] == []


@pytest.mark.parametrize("following", ["and more", "at pay (pay.js:3:9)", "2026 next", "File"])
def test_a_complete_token_does_not_take_the_next_line_with_it(following):
    data = f"token {GITHUB}\n{following}\n".encode()
    assert [*unwrapped(data, 6, complete=True)] == []
    assert next(unwrapped(data, 6, complete=False))


@pytest.mark.parametrize(
    "following",
    [
        "APP_URL=http://a",
        "X-Request-Id: 5f45e7b3",
        "2026-02-10 09:26:07 next",
        "I/flutter ( 80): x",
        "--- a",
        'export A="b"',
    ],
)
@pytest.mark.parametrize("end", ["=\n", "\n"])
def test_a_line_that_says_something_of_its_own_is_no_more_of_a_token(following, end):
    text = f"API_KEY={TAIL}{end}{following}\n"
    assert [*unwrapped(text.encode(), 8, complete=False)] == []
    assert continued(text.encode(), 8, 8 + len(TAIL)) == 8 + len(TAIL)
    assert [text[start:stop].rstrip("=") for start, stop, _ in spans(text)] == [TAIL]


@pytest.mark.parametrize("behind", ["", "=", "==", '="', "= x", "==\n", ": expired", ":", "&x=1", "; path=/", "=\r\n"])
def test_the_end_of_a_token_is_no_line_of_its_own(behind):
    data = f"token {HEAD}\n{TAIL}{behind}".encode()
    view, _ = next(unwrapped(data, 6, complete=False))
    assert GITHUB.encode() in view.data


def test_a_value_runs_on_as_long_as_it_looks_random():
    data = b"key=a1B2c3D4e5F6g7H8\n    i9J0k1L2m3N4\nplain words follow\n"
    assert data[4 : continued(data, 4, 20)] == b"a1B2c3D4e5F6g7H8\n    i9J0k1L2m3N4"


@pytest.mark.parametrize(
    "data", [b"key=hunter\nplain words", b"key=a1B2c3D4\nNext line of text", b"key=a1B2c3D4", b"key=a1B2c3D4\n"]
)
def test_prose_after_a_value_is_none_of_it(data):
    end = len(data.partition(b"\n")[0])
    assert continued(data, 4, end) == end


def test_a_short_part_at_the_end_of_a_wide_line_goes_on():
    data = b"x" * 70 + b" Bearer CRyHV\nCdVRYQ0L2yTYugrjrFBTbgpV6edBf0oXg\nnext"
    start = data.index(b"CRyHV")
    assert continued(data, start, start + 5) == data.index(b"\nnext")


def test_the_short_rest_of_what_was_broken_twice_at_one_column_goes_on():
    head = b"    " + b"gh" + b"s_a1B2c3D4e5F6g7\n    H8i9J0k1L2m3N4o5P6\n    "
    views = [view.data for view, _ in unwrapped(head + b"qRsT\nsays the agent\n", 4, complete=False)]
    assert views[0].startswith(b"    gh" + b"s_a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6qRsT")


@pytest.mark.parametrize("rest", [b"next", b"Next", b"qRsT done", b"30"])
def test_a_word_below_is_no_rest(rest):
    head = b"    " + b"gh" + b"s_a1B2c3D4e5F6g7\n    H8i9J0k1L2m3N4o5P6\n    "
    view, _ = next(unwrapped(head + rest + b"\nof nothing\n", 4, complete=False))
    assert b"o5P6" + rest not in view.data


RECORD = "2026-01-08T06:55:54.791Z ERROR [main] upstream call failed wait=8ms {}\n{}\n2026-01-08 06:55:55,212 INFO\n"


@pytest.mark.parametrize(
    ("value", "rest", "masked"),
    [
        ("passwd=Zy83o9zv!", "BAWm_88", True),
        ("PASSPHRASE=l5BpM?", "  KqSOkZ8", True),
        ("HOSTNAME=web-29.prod.blu", "equay.com", True),
        ("password=abc123xyz", "Traceback:", False),
        ("password=abc123xyz", "done", False),
        ("password=abc123xyz", "retries=3", False),
        ("password=abc123xyz", "  at f(a.js:3)", False),
    ],
)
def test_what_stands_alone_below_a_record_that_ends_with_a_value_is_the_rest_of_it(value, rest, masked):
    assert (rest not in mask(RECORD.format(value, rest))) == masked


# Of rules that are led to their places by the beginning of their form; in pieces, as none of them is a key.
_BROKEN = [
    ("S" + "G.", "Kq8ZtW3rXb7VnM2cLp9sYd.uJ4hGf6TzQ1aEo5iRk8wBv3Nx7mC2lP9sYdKq8ZtW3rX"),
    ("1//" + "0g", "Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf6TzQ1aEo5iRk8wBv3Nx7mC2lP9sYd"),
    ("r8" + "_", "Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf6TzQ1aEo5"),
    ("a" + "io_", "Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf"),
    ("nt" + "n_", "1Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf6TzQ1aEo5iRk8wBv3"),
    ("oy" + "2", "kq8ztw3rxb7vnm2clp9sydu4hgf6tzq1aeo5irk8wbv"),
    ("E" + "AA", "Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf6TzQ1aEo5iRk8wBv3Nx7mC2lP9sYdKq8ZtW3rX"),
    ("S" + "K", "3f9a07c2b81e46d5a0f3c97b12e8d654"),
    ("123456789:" + "AA", "Kq8ZtW3rXb7VnM2cLp9sYduJ4hGf6TzQ1"),
]


@pytest.mark.parametrize(("lead", "rest"), _BROKEN, ids=[lead for lead, _ in _BROKEN])
@pytest.mark.parametrize("share", [0.2, 0.4, 0.6, 0.8])
def test_a_form_without_a_keyword_is_found_over_the_end_of_its_line_too(lead, rest, share):
    at = int(len(rest) * share)
    token = lead + rest[:at] + "\n" + rest[at:]
    text = f"2026-02-03T04:05:06Z INFO using {token}\n2026-02-03T04:05:07Z INFO done\n"
    (span,) = spans(text)
    assert text[slice(*span[:2])] == token


@pytest.mark.parametrize("text", ["see path1\nand path2\n", "at sk-1\nwas met\n", "key-1\nvalue\n", "SG.x\nok\n"])
def test_words_that_begin_as_such_a_form_are_none(text):
    assert spans(text) == []


KEY = "q7Wd2Zk9Pb4Xn1Rt6Lm3" + "Vc8Ys5Hg0JfAqw3EtR9"
ANOTHER = (
    f"API_KEY={KEY}\n0x88be6694aa3b4c20\n",
    f"API_KEY={KEY}\n_ZNSt6vectorIiSaIiEE9push_backERKi\n",
    f"API_KEY={KEY}\n19ca1e617dc9e74e3ccf9a9d9b0bd1cd5f1c6a3b\n",
    f"token={KEY.upper()}ABCDEF\nabcq1w2e3r4t5z6u7i8\n",
)


@pytest.mark.parametrize("text", ANOTHER)
def test_a_line_of_another_alphabet_is_none_of_the_value_above(text):
    (span,) = spans(text)
    assert text[span[1]] == "\n"


def test_a_value_that_ends_with_a_plus_where_its_line_does_goes_on():
    head, rest = "Kp7mQx2VtRsLzW4nBhY8dJf6UgE3aTqPi5oCkZx9Vb2Nm4Ql+", "8Ws6EdKp7mQx2VtRsLzW4nBhY8dJf6UgE3aQ=="
    text = f"AccountKey={head}\n{rest}\n"
    assert [text[start:end] for start, end, _ in spans(text)] == [f"{head}\n{rest}"]


@pytest.mark.parametrize(
    "below",
    ["retry 2/5 in 18s: connection reset", "driver 31.0.15.4562 (2023-09-13)", "id=(com.acme.Cipher) keysize=256"],
)
def test_a_line_behind_padding_is_none_of_the_value(below):
    text = f"HostName=hub.kontor.example;SharedAccessKeyName=iot;SharedAccessKey={KEY}kL7a=\n{below}\n"
    assert [text[start:end] for start, end, kind in spans(text) if kind == "api_key"] == [f"{KEY}kL7a="]


@pytest.mark.parametrize("below", ["Customer's address is wrong", "User's build fails"])
def test_a_genitive_closes_no_value(below):
    text = f"please try with username jelena77 and password Amber-wQzRt-72\n{below}\n"
    assert "Amber-wQzRt-72" in [text[start:end] for start, end, _ in spans(text)]
