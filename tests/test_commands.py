import pytest

from tests.finding import told
from triage.redact.commands import PROMPT, STARTERS, commands
from triage.redact.policy import Policy
from triage.redact.scan import Scanner


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("mysql -uroot -phunter2 shop", "hunter2"),
        ("curl -u plum:hunter2 https://example.org", "hunter2"),
        ("sshpass -p hunter2 ssh host", "hunter2"),
        ("curl --user 'plum:hunter2' https://example.org", "hunter2"),
    ],
)
def test_the_flags_of_programs_are_known(line, value):
    assert told(commands(line.encode(), 0), line.encode()) == [(value, "password")]


@pytest.mark.parametrize(
    "line", ["mysql -p shop", "curl -u plum https://example.org", "curl -o out.txt x", "mysqldump"]
)
def test_flags_without_a_secret_stay(line):
    assert told(commands(line.encode(), 0), line.encode()) == []


def everywhere(text):
    data = text.encode()
    return [(hit.value.decode(), hit.kind) for hit in Scanner(Policy.default()).find(data)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("echo hunter2 | sudo -S apt update", "hunter2"),
        ("echo 'plum:hunter2' | chpasswd", "hunter2"),
        ('expect "assword:"; send "hunter2\\r"', "hunter2"),
        ("INSERT INTO users (name, password) VALUES ('plum', 'hunter2')", "hunter2"),
        ("SELECT pgp_sym_decrypt(body, 'hunter2') FROM t", "hunter2"),
        ("net use \\\\srv-01\\share hunter2 /user:plum", "hunter2"),
    ],
)
def test_pipes_prompts_and_sql_give_their_secret(text, value):
    assert (value, "password") in everywhere(text)


def test_a_column_keeps_its_place_behind_quoted_commas():
    text = "INSERT INTO users (note, password, n) VALUES ('a, b', 'hunter2', 3)"
    assert told(commands(text.encode(), 0), text.encode()) == [("hunter2", "password")]


def test_starters_are_in_small_letters():
    assert PROMPT in STARTERS
    assert all(starter == starter.lower() for starter in STARTERS)
