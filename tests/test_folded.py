import pytest

from triage.redact import spans
from triage.redact.decoding.folded import folds, unfolded

TOKEN = "ghp" + "_a7B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8"
HEADER = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9"
JWT = HEADER + ".eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def cut(text, width, fold):
    return fold.join(text[at : at + width] for at in range(0, len(text), width))


@pytest.mark.parametrize("fold", ["\n ", "\n\t", "\n    ", "\r\n  "])
@pytest.mark.parametrize("token", [TOKEN, JWT])
@pytest.mark.parametrize("before", ["X-Auth-Token: ", "token: >-\n    ", "Authorization: Bearer\n    "])
def test_a_token_in_folded_lines_is_found_to_its_end(before, token, fold):
    text = before + cut(token, 20, fold) + "\nnext: line\n"
    found = [(start, end) for start, end, _ in spans(text)]
    assert found == [(len(before), len(text) - len("\nnext: line\n"))]


def test_an_address_in_an_entry_of_a_directory_is_found_where_it_is_folded():
    text = "dn: ou=people,dc=example,dc=com\nmail: xiomar\n a_bruc\n kner@b\n luefin\n ch.io\nobjectClass: person\n"
    assert [text[start:end].replace("\n ", "") for start, end, _ in spans(text)] == ["xiomara_bruckner@bluefinch.io"]


@pytest.mark.parametrize(
    "text",
    [
        b"  HOME=/root\n  LC_ALL=C\n",
        b"a_long_name_of_a_key:\n  other: line\n",
        b"some words that end_with_a_long_word\n  and go on\n",
        b"short\n  more\n",
        b"",
    ],
)
def test_nothing_else_is_folded(text):
    assert folds(text) == []
    assert [*unfolded(text)] == []


def test_what_is_known_is_not_looked_for_again():
    data = b"abcdefgh12345678\n\tijkl\n"
    assert [view.data for view in unfolded(data, folds(data))] == [view.data for view in unfolded(data)]
    assert [view.data for view in unfolded(data)] == [b"abcdefgh12345678ijkl\n"]
