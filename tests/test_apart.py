"""Lines as wide as one another are no wrapped text: rows of tables, messages that say the same of several values."""

import random
import string

import pytest

from triage.redact import mask, spans

CHANCE = random.Random(7)
COUNT = 40


def word(size):
    return "".join(CHANCE.choice(string.ascii_letters + string.digits) for _ in range(size))


TOKENS = ["ghp" + "_" + word(36) for _ in range(COUNT)]
BEARERS = [word(36) for _ in range(COUNT)]
PHONES = [f"+43 664 {CHANCE.randrange(10**6, 10**7)}" for _ in range(COUNT)]
PLACES = [f"2001:db8:{CHANCE.randrange(4096, 65535):x}::{CHANCE.randrange(4096, 65535):x}" for _ in range(COUNT)]
CARDS = ["4539 1488 0343 6467"] * COUNT
HOSTS = [f"db{number}.corp.internal" for number in range(100, 100 + COUNT)]
SERIALS = [f"{CHANCE.randrange(16**8):08x}-{CHANCE.randrange(16**4):04x}" for _ in range(COUNT)]


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("id,{}\n", "{number},{value}\n"),
        ("", "{number},{value}\n"),
        ("id;name;{}\n", "{number};client{number};{value}\n"),
        ("id\t{}\n", "{number}\t{value}\n"),
        ("{},id\n", "{value},{number}\n"),
        ("serial,{}\n", "{serial},{value}\n"),
        ("", "2026-01-01 10:00:{second} ERROR svc.api push failed, token {value}\n"),
        ("", "2026-01-01 10:00:{second} INFO to {value}\n"),
        ("", "17000000{second} use {value}\n"),
    ],
)
@pytest.mark.parametrize(
    "values", [TOKENS, PHONES, PLACES, CARDS, HOSTS], ids=["token", "phone", "ipv6", "card", "host"]
)
def test_no_value_takes_the_next_line_with_it(header, row, values):
    rows = [
        row.format(number=100 + at, second=10 + at, value=value, serial=serial)
        for at, (value, serial) in enumerate(zip(values, SERIALS, strict=True))
    ]
    text = header.format("value") + "".join(rows)
    assert mask(text).count("\n") == text.count("\n")
    assert {text[start:end] for start, end, _ in spans(text)} >= {value for value in values if value in TOKENS + PHONES}
    assert not [1 for start, end, _ in spans(text) if "\n" in text[start:end]]


@pytest.mark.parametrize(
    "row",
    ["2026-01-01 10:00:{} ERROR svc.api call failed Authorization: Bearer {}\n", "{},Bearer {}\n", "api_key={1}\n"],
)
def test_messages_that_say_the_same_hold_a_value_each(row):
    text = "".join(row.format(10 + at, value) for at, value in enumerate(BEARERS))
    assert [text[start:end] for start, end, _ in spans(text)] == BEARERS


@pytest.mark.parametrize(
    "head", ["2026-01-01 10:00:11 ERROR ", "[web-1] ", "2026-01-01T10:00:11Z stdout F ", "app.main: "]
)
def test_a_token_below_the_head_of_a_log_goes_on(head):
    token = TOKENS[0]
    text = f"{head}token {token[:20]}\n{head}{token[20:]} here\n{head}done\n"
    assert [text[start:end].replace(f"\n{head}", "") for start, end, _ in spans(text)] == [token]


def test_a_line_of_commas_that_somebody_wrapped_is_none_of_a_table():
    token = TOKENS[1]
    text = f'one, two, three, four, five, six\nseven, eight, "{token[:20]}\n{token[20:]}", nine, ten, eleven\n'
    assert [text[start:end].replace("\n", "") for start, end, _ in spans(text)] == [token]


def test_rows_are_told_by_marks_that_stand_in_no_quotes():
    text = 'id,name,phone\n1,"Roe, Jane",+49 170 1234567\n2,Al,+49 170 7654321\n3,Eve,+1 415 555 0133\n'
    assert [line.split(",")[0] for line in mask(text).splitlines()] == ["id", "1", "2", "3"]


def test_the_number_of_the_next_row_is_none_of_a_value():
    text = "1,error,password=UNrq58bhBp\n2,info\n3,x,y,z\n"
    assert mask(text).splitlines()[1:] == text.splitlines()[1:]
