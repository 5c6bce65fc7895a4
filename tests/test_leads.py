import pytest

from tests.finding import told
from triage.redact.leads import STARTERS, prompted
from triage.redact.policy import Policy
from triage.redact.scan import Scanner


def found(text):
    return [(hit.value.decode(), hit.kind) for hit in Scanner(Policy.default()).find(text.encode())]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("CREATE USER app IDENTIFIED BY 'hunter2'", "hunter2", "password"),
        ("IDENTIFIED WITH caching_sha2_password BY 'hunter2'", "hunter2", "password"),
        ("the password for the database is hunter2", "hunter2", "password"),
        ("A temporary password is generated for root@localhost: hunter2", "hunter2", "password"),
        ("crypto isakmp key hunter2 address 0.0.0.0", "hunter2", "password"),
        ("tacacs-server host 127.0.0.1 key hunter2", "hunter2", "password"),
        (': PSK "hunter2"', "hunter2", "password"),
        ("ACL SETUSER app on >hunter2 +@all", "hunter2", "password"),
        ("*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n", "hunter2", "password"),
        ('a1 LOGIN "app" "hunter2"', "hunter2", "password"),
        ("AUTH default hunter2", "hunter2", "password"),
        ("login with app / hunter2", "hunter2", "password"),
        ("setx API_TOKEN a1b2c3d4e5f6", "a1b2c3d4e5f6", "token"),
        ("npm config set _authToken a1b2c3d4e5f6", "a1b2c3d4e5f6", "token"),
        ('Set-Item -Path Env:DB_PASSWORD -Value "hunter2"', "hunter2", "password"),
        ("GET /reset-password/a1B2c3D4e5F6g7H8 HTTP/1.1", "a1B2c3D4e5F6g7H8", "token"),
        ("tried 'hunter2' as the password", "hunter2", "password"),
        ("assert 'hunter2' == password", "hunter2", "password"),
        ('(gdb) p password\n$1 = 0x55d0 "hunter2"', "hunter2", "secret"),
        ("Started by mfern", "mfern", "username"),
        ("chown -R mfern:staff a", "mfern", "username"),
        ("usermod -aG docker mfern", "mfern", "username"),
        ("User{name='mfern', id=4}", "mfern", "username"),
        ("[edge-fra-6] starting", "edge-fra-6", "hostname"),
        ("mount //print-23/share", "print-23", "hostname"),
    ],
)
def test_what_stands_behind_fixed_words_is_found(text, value, kind):
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "auth failed for all",
        "the password for the database is wrong",
        "login with app / none",
        "set password policy strict",
        "config set log_level debug",
        "npm config set registry https://registry.localhost/",
        "/verify/email HTTP/1.1",
        "entered the wrong thing as the password",
        "created by cmake",
        "started by systemd",
        "[pool-1-thread-3] starting",
        "// a comment/with a slash",
        "chown root:root a",
    ],
)
def test_fixed_words_without_a_value_stay(text):
    assert found(text) == []


def test_the_word_for_a_password_is_read_to_both_sides():
    data = b'"hunter2".equals(password)'
    assert told(prompted(data, data.index(b"assword")), data) == [("hunter2", "password")]


def test_leads_are_in_small_letters():
    assert all(start == start.lower() for start in STARTERS)
