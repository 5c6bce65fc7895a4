import pytest

from tests.finding import told
from triage.redact.phrases.commands import PROMPT, STARTERS, commands
from triage.redact.policy import Policy
from triage.redact.scan import Scanner


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("mysql -uroot -phunter2 shop", "hunter2"),
        ("curl -u plum:hunter2 https://example.org", "hunter2"),
        ("sshpass -p hunter2 ssh host", "hunter2"),
        ("curl --user 'plum:hunter2' https://example.org", "hunter2"),
        ("curl -uplum:hunter2 https://example.org", "hunter2"),
        ("mysql -uroot '-phunter2' shop", "hunter2"),
        ("mysql.exe -uroot -phunter2 shop", "hunter2"),
        ('mysql", "-uroot", "-phunter2"], 0x7ffd) = 0', "hunter2"),
        ('mysql" a1="-uroot" a2="-phunter2"', "hunter2"),
        ("curl, -u, plum:hunter2, http://localhost]", "hunter2"),
        ("curl -s x | grep y && mysql -phunter2", "hunter2"),
        ("htpasswd -cbB users plum hunter2", "hunter2"),
        ("vault login -no-print hunter2", "hunter2"),
        ("lftp -e 'open -u plum,hunter2 localhost'", "hunter2"),
    ],
)
def test_the_flags_of_programs_are_known(line, value):
    found = told(commands(line.encode(), 0), line.encode())
    assert [one for one in found if one != ("plum", "username")] == [(value, "password")]


@pytest.mark.parametrize(
    "line",
    [
        "mysql -p shop",
        "curl -u plum https://example.org",
        "curl -o out.txt x",
        "mysqldump",
        "mysql -ux | grep -phunter2",
        "vault login -method=oidc",
    ],
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
        ("printf '%s\\n' hunter2 | docker login -u x --password-stdin", "hunter2"),
        ("echo hunter2 | gh auth login --with-token", "hunter2"),
        ("kinit plum <<< hunter2", "hunter2"),
        ("net use Z: \\\\srv\\d /user:plum hunter2", "hunter2"),
        ("cat <<X | docker login -u x --password-stdin\nhunter2\nX\n", "hunter2"),
        ("rabbitmqctl change_password plum hunter2", "hunter2"),
        ('{"line":"net use z: /user:plum hunter2","n":62}', "hunter2"),
        ('send "hunter2\\r"', "hunter2"),
        ("334 UGFzc3dvcmQ6\r\naHVudGVyMg==\r\n", "aHVudGVyMg=="),
        ("INSERT INTO u (n, password) VALUES ('a', 'x'), ('b', 'hunter2')", "hunter2"),
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
