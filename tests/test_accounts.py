import pytest

from tests.finding import told
from triage.redact.pii.personal import personal
from triage.redact.pii.signs import around_signs


def found(text):
    data = text.encode()
    return told(personal(data), data)


@pytest.mark.parametrize(
    "text",
    [
        "/home/mfern/app/x.py",
        "/Users/mfern/Library",
        "C:\\Users\\mfern\\app",
        "C:\\\\Users\\\\mfern\\\\app",
        "%2Fhome%2Fmfern%2Fapp",
        "/home/students/mfern/x",
        "\\\\?\\C:\\Users\\mfern\\x",
        "~mfern/app",
        "/var/mail/mfern",
        "-rw-r--r-- 1 mfern staff 12 Jan 2 09:41 x",
        "mfern    pts/0   2026-01-02",
        "(mfern) CMD (run)",
        "session opened for user mfern(uid=1001) by (uid=0)",
        "login: mfern (uid 1001)",
        "mfern  tty1   2026-01-02",
        "mfern   4123  0.0  0.1 /usr/bin/shell",
        "mfern   4123   812  0 10:22 ?        00:00:01 /usr/bin/vim",
        " 4123 mfern    20   0  812340  12300   4000 S   0.0  0.1   0:01.20 node",
        "node    4123 mfern   12u  IPv4  33333  0t0 TCP *:3000 (LISTEN)",
        'vsftpd[9]: [mfern] OK LOGIN: Client "127.0.0.1"',
        "postgres: mfern shop [local] idle",
        "mfern : user NOT in sudoers ; TTY=pts/0",
        "/media/mfern/disk",
        "/var/spool/cron/mfern",
        'host - mfern [10/Feb/2026:09:26:07 +0000] "GET /"',
        "https://mfern:${PASS}@example.org/x",
        "mfern@webserver:~$ ls",
        "mfern is not in the sudoers file",
        "su: (to root) mfern on pts/0",
        "CORP\\mfern locked the file",
        "owner is CORP\\\\mfern",
        "CORP\\mfern failed to log on",
        "CORP\\mfern has been locked out",
        "granted to CORP\\mfern",
        "origin ssh://mfern@app-agent-66/srv/app.git (fetch)",
        "sftp://mfern@files.example.org/x",
        "connection to mfern@files closed",
        "rsync: mfern@files: refused",
        "mfern (uid 1001) left",
    ],
)
def test_accounts_are_found(text):
    assert ("mfern", "username") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "/home/runner/work",
        "/Users/Shared/x",
        "C:\\Users\\Default User\\x",
        "/home/$USER/x",
        "/home/index.html",
        "/home/1000/x",
        "a~mfern/x",
        "-rw-r--r-- 1 root root 12 Jan 2 09:41 x",
        "https://git@github.com/x/y",
        "git@github.com:x/y",
        "foo@https://example.org/app.js:1:2",
        "pay@webpack:///./src/pay.js:3:9",
        "handle@file:///srv/app.js:1:2",
        "@media screen",
        "logo@2x.png",
        "systemd@1.service",
        "ERROR\\nfoo logged in",
        "see HKLM\\software by user",
        "cd WORK\\src",
        "C:\\WORK\\src logged",
        "by BUILTIN\\administrators",
        "pod/edge-48e07c9643-ftwss (uid 7550820a-61ee-43ef-a21f-632512c21797) evicted",
        "APP\\main failed to start",
    ],
)
def test_what_is_nobodys_stays(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["ssh://git@github.com/x/y", "https://fern@example.org/x", "deploy to mfern@files"])
def test_what_is_no_account_of_a_url(text):
    assert "username" not in [kind for _, kind in found(text)]


def test_an_account_keeps_its_blank_and_drops_a_dot_at_the_end():
    assert found("C:\\Users\\Mara Fern\\x") == [("Mara Fern", "username")]
    assert found("see /home/mfern.") == [("mfern", "username")]


def test_a_share_gives_its_machine_and_the_account_on_it():
    assert found("\\\\FILESRV-01\\users\\mfern\\x") == [("FILESRV-01", "hostname"), ("mfern", "username")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("postgres://mfern:hunter2@db/shop", [("hunter2", "password"), ("mfern", "username")]),
        ("amqp://mfern:hun@ter2@mq/x", [("hun@ter2", "password"), ("mfern", "username")]),
        ("https://0123456789abcdef0123@example.org/42", [("0123456789abcdef0123", "token")]),
        ("mfern:hunter2@tcp(db:3306)/shop", [("hunter2", "password"), ("mfern", "username")]),
        ("sqlplus mfern/hunter2@db", [("hunter2", "password"), ("mfern", "username")]),
        ("postgres://mfern:hun#ter/2@db/shop", [("hun#ter/2", "password"), ("mfern", "username")]),
        ("http://shop:8080/node_modules/@scope/x", []),
        ("x://123456:hunter2@db/shop", [("hunter2", "password")]),
        ("mfern@example.com:hunter2\n", [("mfern@example.com", "email"), ("hunter2", "password")]),
        ('"mfern@example.com:hunter2"}', [("mfern@example.com", "email"), ("hunter2", "password")]),
        ("mfern@example.com:hunter2\\n", [("mfern@example.com", "email"), ("hunter2", "password")]),
        ("mfern@example.com:/srv/b2\n", [("mfern@example.com", "email")]),
        ("redis://default:[password:1:4-7]@cache/0", []),
    ],
)
def test_urls_give_account_and_password(text, values):
    assert told(around_signs(text.encode()), text.encode()) == values


@pytest.mark.parametrize("text", [
        "user@v2.proto", "config@main.yaml", "icon@2x.png", "lodash@4.17.21", "mono@3x.ttf", "text@2x.woff2",
        "a@1.5x.css", "b@3x.min.js", "c@xxhdpi.webp", "d@2x.3f9a1c.svg", "e@dark.svg", "f@2x.usdz", "mono@latin.woff",
    ],
)  # fmt: skip
def test_files_are_no_addresses(text):
    assert [*around_signs(text.encode())] == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("<mara.fern@example.org>", "mara.fern@example.org"),
        ("user=mara.fern@example.org&x", "mara.fern@example.org"),
        ("bob@2x.com", "bob@2x.com"),
        ("anna@dark.io", "anna@dark.io"),
        ("'mara+x@mail.example.org'", "mara+x@mail.example.org"),
        ("to=%3Cmara@example.org%3E", "mara@example.org"),
        ("line\\nmara@example.org", "mara@example.org"),
        ("jürgen@example.org", "jürgen@example.org"),
        ("mara@xn--bcher-kva.example", "mara@xn--bcher-kva.example"),
    ],
)
def test_addresses_are_found_without_what_precedes_them(text, value):
    assert told(around_signs(text.encode()), text.encode()) == [(value, "email")]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("PS C:\\Users\\Mara Fern> dir", [("Mara Fern", "username")]),
        ("postgres: mfern shop 203.0.113.7(51234) idle", [("mfern", "username"), ("203.0.113.7", "ipv4")]),
        ("user FILESRV-7\\mfern signed in", [("FILESRV-7", "hostname"), ("mfern", "username")]),
        ('{"b":"{\\u0022host\\u0022:1}"}', []),
    ],
)
def test_accounts_stand_beside_machines(text, values):
    assert found(text) == values


def test_a_prompt_is_an_account_on_a_machine():
    assert found("mfern@build-07:~/app$ make") == [("mfern", "username"), ("build-07", "hostname")]
    assert found("ssh mfern@build-07 uptime") == [("mfern", "username"), ("build-07", "hostname")]


def test_a_folder_at_the_end_of_a_line_that_is_written_out():
    assert found('{"log": "cd /usr/home\\n"}') == []


def test_an_escape_behind_an_address_is_no_account():
    assert [kind for _, kind in found("to 203.0.113.7\\x3a80")] == ["ipv4"]


@pytest.mark.parametrize(
    "text",
    [
        "Author: Mara Fern <m@example.org>",
        'Cc: "Mara Fern" <m@example.org>',
        "Signed-off-by: Mara Fern <m@example.org>",
        "author Mara Fern <m@example.org> 1700000000 +0100",
    ],
)
def test_a_person_is_named_before_an_address(text):
    data = text.encode()
    assert ("Mara Fern", "person") in told(around_signs(data), data)


@pytest.mark.parametrize("text", ["From: Customer Support <m@example.org>", "From: GitHub Actions <m@example.org>"])
def test_a_team_is_no_person(text):
    data = text.encode()
    assert told(around_signs(data), data) == [("m@example.org", "email")]


@pytest.mark.parametrize("text", ["cpu 12 1.0 2.0 /dev/sda", "root 812 0.0 0.1 /usr/sbin/sshd", "shard 3 0.0 0.1 (x)"])
def test_a_row_of_numbers_is_no_listing(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("undeliverable, addressed to\n    mara_\n    fern@corp.example\n    (full)", "mara_\n    fern@corp.example"),
        ("bounced for\n    marafern@co\n    rp.example\n    (full)", "marafern@co\n    rp.example"),
        ("Recipients:\r\n  mara.f\r\n  ern@corp.example\r\n", "mara.f\r\n  ern@corp.example"),
    ],
)
def test_an_address_goes_on_in_a_line_that_is_indented_alike(text, value):
    assert found(text) == [(value, "email")]


@pytest.mark.parametrize(
    "text",
    [
        "jobs are\n    ready\n    fern@corp.example\n",
        "sent to\n  ready\n      fern@corp.example\n",
        "sent to\nready\nfern@corp.example\n",
        "sent to the\n    list\n    fern@corp.example\n",
    ],
)
def test_a_line_above_an_address_is_its_own(text):
    assert found(text) == [("fern@corp.example", "email")]


def test_a_machine_alone_on_a_line_is_not_the_end_of_an_address():
    assert ("root@web\n    corp.example", "email") not in found("hosts:\n    root@web\n    corp.example\n")


@pytest.mark.parametrize("password", ["hU@7!nt#er", "a@b$?c@!d", "aZ@!#?x"])
def test_a_password_of_a_url_holds_any_mark_behind_what_is_no_machine(password):
    assert (password, "password") in found(f"postgres://app:{password}@db/orders")


@pytest.mark.parametrize("rest", ["?x=a@b.example", "#a@b.example", ":80?x=a@b.example", ".corp.example?x=a@b.example"])
def test_what_follows_a_machine_is_no_part_of_a_password(rest):
    assert ("hunter2x", "password") in found(f"http://app:hunter2x@db{rest}")
