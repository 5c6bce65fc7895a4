import pytest

from triage.redact.policy import Policy
from triage.redact.scan import Scanner


def found(text):
    return [(hit.value.decode(), hit.kind) for hit in Scanner(Policy.default()).find(text.encode())]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("os.getlogin() -> 'mara.fern'", "mara.fern", "username"),
        (">>> getpass.getuser()\n'mara.fern'", "mara.fern", "username"),
        ("pwd.getpwuid(1000).pw_name == 'mara.fern'", "mara.fern", "username"),
        ('System.getProperty("user.name") = mara.fern', "mara.fern", "username"),
        ('getlogin() returned "mara.fern"', "mara.fern", "username"),
        ('GetComputerNameW() -> L"edge-7"', "edge-7", "hostname"),
        ("gethostname() = edge-7", "edge-7", "hostname"),
        ("TelephonyManager.getDeviceId(0) = 351389462123300", "351389462123300", "imei"),
        ('getLine1Number() => "5550104567"', "5550104567", "phone"),
        ("su[812]: + /dev/pts/1 mfern:root", "mfern", "username"),
        ('I set it to "Larch*5058" (password)', "Larch*5058", "password"),
        ("Larch5058 <- my password", "Larch5058", "password"),
        ("it is app / Larch5058 (user / password)", "Larch5058", "password"),
        ("sent 'a1b2c3d4e5f6' (the token)", "a1b2c3d4e5f6", "secret"),
        ('Keychain.set("larch5058", forKey: "password")', "larch5058", "password"),
        ('[it setObject:@"a1b2c3d4e5f6" forKey:@"authToken"]', "a1b2c3d4e5f6", "token"),
        ("assert 'a1b2c3d4e5f6' == token", "a1b2c3d4e5f6", "secret"),
    ],
)
def test_what_a_call_gave_or_a_name_behind_says(text, value, kind):
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "os.getlogin() -> OSError",
        "getUser() => Promise",
        "getUserName() : string",
        "getuser() == other",
        "getuser() is deprecated",
        "getlogin() returned immediately",
        "def username(self) -> Optional[str]:",
        '.username("app").build()',
        "gethostname() returned -1",
        "gethostname() -> int",
        "getDeviceId() = null",
        "auth_v2 (password) grant failed",
        "OAuth2 (token) flow",
        'see page "login2" (password)',
        "x1 <- password_hash(y)",
        "moved - pts/3 mfern:root",
        'defaults.set("dark1", forKey: "theme")',
        "if a1b2c3d4e5f6 == token {",
    ],
)
def test_types_and_names_are_no_answers(text):
    assert not found(text)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("recovery codes\n5totx-prpx0\ntk2c3-86s8x\n", ["5totx-prpx0", "tk2c3-86s8x"]),
        ("Backup codes:\n1. 5totx-prpx0\n2) tk2c3-86s8x", ["5totx-prpx0", "tk2c3-86s8x"]),
        ("backup-codes\n - 4821 9934\n - 1120 8842", ["4821 9934", "1120 8842"]),
        ("Recovery codes, keep them\n\n  a1b2c-d3e4f  g5h6i-j7k8l\n", ["a1b2c-d3e4f", "g5h6i-j7k8l"]),
        ("2FA codes\n-----\n48219934 11208842", ["48219934 11208842"]),
        ("one-time codes\n5totx-prpx0", ["5totx-prpx0"]),
        ("Recovery codes: eqxni-wciql, 5totx-prpx0", ["eqxni-wciql", "5totx-prpx0"]),
    ],
)
def test_codes_below_a_heading(text, codes):
    assert found(text) == [(code, "secret") for code in codes]


@pytest.mark.parametrize(
    "text",
    [
        "recovery codes\nare not shown again\nbuild 4921-ab",
        "2fa-codes\n2fa-codes\n2fa-codes\n2fa-codes",
        "recovery codes\n2026-02-03 04:05:06 stored 10 codes",
        "backup codes\nedge-03 is up",
        "backup codes\nat Foo.bar(Foo.java:12)",
        "error codes\nE1021-A\nE1022-B",
        "recovery codes\nfirst\nthird",
        "recovery codes: eqxni-wciql, prptx-prpxt",
        "recovery codes: chapter chapter2",
    ],
)
def test_other_lines_below_are_no_codes(text):
    assert not found(text)
