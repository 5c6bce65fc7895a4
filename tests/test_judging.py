import pytest

from tests.finding import told
from triage.redact.named.judging import judged, named
from triage.redact.named.keys import sense


def under(name, value, **how):
    """What is found in a value under a name, assigned and in quotes unless told otherwise."""
    data = f'{name}="{value}"'.encode() if how.get("in_quotes", True) else f"{name}={value} ".encode()
    start = data.index(b"=") + 1 + how.get("in_quotes", True)
    how = {"in_quotes": True, "assigned": True} | how
    span = (start, start + len(value.encode()))
    return told(judged(data, span, sense(name), name=(0, len(name)), **how), data)


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("password", "hunter2", "password"),
        ("phone", "+49 170 1234567", "phone"),
        ("username", "alice", "username"),
        ("hostname", "web-03", "hostname"),
        ("birth_date", "1984-02-29", "birth_date"),
        ("pin", "417-305-962", "pin"),
        ("pin", "417 305", "pin"),
        ("setup pin", "4173-0596", "pin"),
    ],
)
def test_a_value_is_of_the_kind_that_its_name_says(name, value, kind):
    assert under(name, value) == [(value, kind)]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password", "required"),
        ("pin", "12-14"),
        ("pin", "417-30-5962"),
        ("pin", "417-305-962-118"),
        ("username", "root"),
        ("username", "12"),
        ("hostname", "api.github.com"),
        ("phone", "none"),
        ("token", "12"),
        ("password", "token=abc123"),
    ],
)
def test_a_value_that_is_not_of_its_kind_stays(name, value):
    assert under(name, value) == []


def test_of_an_account_in_a_domain_only_the_account_is_one():
    assert under("username", "CONTOSO\\mfern") == [("mfern", "username")]
    assert under("username", "contoso\\mfern") == [("mfern", "username")]
    assert under("username", "mfern\\nnext", in_quotes=False) != [("next", "username")]


def test_a_host_is_one_without_its_port():
    assert under("hostname", "db-01.prod.internal:5432") == [("db-01.prod.internal", "hostname")]


def test_the_scheme_of_a_token_is_none_of_it():
    assert under("access_token", "Bearer abc123def456") == [("abc123def456", "token")]


@pytest.mark.parametrize(
    ("key", "text", "found"),
    [
        ("password", "hunter2", [("hunter2", "password")]),
        ("Authorization", "Basic cGx1bTpvcmNoYXJkNw==", [("cGx1bTpvcmNoYXJkNw==", "authorization")]),
        ("Cookie", "sid=a1b2c3d4e5f6a7; lang=en", [("a1b2c3d4e5f6a7", "session_id")]),
        ("message", "hunter2", []),
        ("password", "", []),
        ("key", "hunter2", []),
    ],
)
def test_a_whole_text_under_a_name(key, text, found):
    assert told(named(text.encode(), key), text.encode()) == found


def test_a_whole_text_under_a_name_of_the_policy():
    assert told(named(b"orchard-7", "tenant", ("tenant",)), b"orchard-7") == [("orchard-7", "secret")]


@pytest.mark.parametrize("quote", ['\\"', "\\'", "'", "&quot;"])
def test_a_string_in_a_string_is_the_value(quote):
    assert under("token", f"{quote}quartz-otter-77{quote}") == [("quartz-otter-77", "token")]
    assert under("token", f"{quote}$last_update_token{quote}") == []
    assert under("token", f"{quote}quartz-otter-77") == [(f"{quote}quartz-otter-77", "token")]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("$token = next_token", []),
        ("$self->token = NEXT_TOKEN", []),
        ("$token = next_token7x", [("next_token7x", "token")]),
        ("token = quartz_otter", [("quartz_otter", "token")]),
        ("US$ token = quartz_otter", [("quartz_otter", "token")]),
    ],
)
def test_what_a_variable_with_a_sigil_is_set_to_without_quotes_is_code(line, found):
    data = line.encode()
    name, span = data.lower().index(b"token"), (data.index(b"= ") + 2, len(data))
    place = (name, name + len("token"))
    assert told(judged(data, span, sense("token"), in_quotes=False, assigned=True, name=place), data) == found
