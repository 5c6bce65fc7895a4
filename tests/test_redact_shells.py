"""What stands below a word or between marks of its own: arguments of a process, rows of a query, keys in armour."""

from __future__ import annotations

import base64

import pytest

from tests.growth import grows_evenly
from triage.redact import mask, spans

PASSWORD = "Kupfer_Kaffee97"
KEY = base64.b64encode(bytes(range(60, 90))).decode()
HEX = "\n".join(f"{(1 << 127) // (number + 3):032x}" for number in range(8))
RANDOM = "nYVdkgtPfA2YfngjgHatBIR8xiYoq"
FULL = "-".join(f"{11 * number:06d}" for number in (55111, 62371, 17559, 23707, 47757, 61938, 27463, 11121))
LOOSE = "606222-686082-193150-260778-525328-681319-302094-122332"


def found(text: str) -> list[str]:
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"sshpass\0-p\0{PASSWORD}\0ssh\0-o\0StrictHostKeyChecking=no\0web-1\0",
        f"curl\0-s\0-u\0jkovar:{PASSWORD}\0https://api.example.com/\0",
        f"/usr/bin/mysql\0-uroot\0-p{PASSWORD}\0shop\0",
        f"sshpass^@-p^@{PASSWORD}^@ssh^@web-1",
        f'{{"cmdline": "sshpass\\u0000-p\\u0000{PASSWORD}\\u0000ssh"}}',
        f"cmdline: mysql\\x00-uroot\\x00-p{PASSWORD}\\x00shop\n",
        f"docker\0login\0-u\0jkovar\0-p\0{PASSWORD}\0registry.example.com\0",
        f"<auth-user-pass>\njkovar\n{PASSWORD}\n</auth-user-pass>\n",
        f"<http-proxy-user-pass>\n# proxy\njkovar\n{PASSWORD}\n</http-proxy-user-pass>\n",
        f"sqlite> select key,value from settings;\nwifi_psk|{PASSWORD}\nbuild|77\n",
        f"sqlite> SELECT name, value FROM config;\ntheme|dark\ndb_password|{PASSWORD}\n",
        f"=> select setting, val from options;\n setting | val\n---------+-----\n smtp_password | {PASSWORD}\n",
        f"$ mysql -N -e 'select option_name, option_value from wp_options'\nmail_password\t{PASSWORD}\n",
        f"sqlite> select * from settings;\nwifi_psk|{PASSWORD}\n",
        f"PASSWORD;ENCODING=QUOTED-PRINTABLE:{PASSWORD}\n",
        f"X-PASSWORD;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:{PASSWORD}\n",
        "The passphrase is: walnut harbor tulip copper\n",
        'the passphrase is "walnut harbor tulip copper"',
        "Passphrase was: walnut-harbor-tulip-copper",
        f'{{"value":"{PASSWORD}","description":"Password:"}}',
        f'{{"value": "{PASSWORD}", "disabled": false, "label": "Passwort"}}',
        f'{{"placeholder":"Mot de passe","id":7,"value":"{PASSWORD}"}}',
        f"<key>auth_token</key>\n\t<data>\n\t{KEY}\n\t</data>\n",
        f"<key>auth_token</key><data>{KEY}</data>",
        f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{KEY}|2^20|1:4\r\n",
        f"k=base64:{KEY}\n",
        f"-----BEGIN OpenVPN Static key V1-----\n{HEX}\n-----END OpenVPN Static key V1-----\n",
        f"-----BEGIN OpenVPN tls-crypt-v2 client key-----\n{KEY}{KEY}\n-----END OpenVPN tls-crypt-v2 client key-----",
        f"-----BEGIN SECRET KEY-----\n{KEY}\n-----END SECRET KEY-----\n",
        f"Id: 7\n{FULL}\n",
        f"BitLocker Recovery Key:\n{LOOSE}\nIdentifier: 7\n",
        f"Recovery password ({LOOSE})",
        '@PJL SET HOLDKEY="8817"\n',
        '@PJL SET HOLDKEY = "8817"\n',
        "backup codes:\n  8073c-heajz\n  ysnxm-ukvnm\nkeep them safe\n",
    ],
)
def test_what_a_form_of_its_own_holds_is_masked(text: str) -> None:
    masked = mask(text)
    told = (PASSWORD, "harbor", KEY, HEX[:32], FULL, LOOSE, "8817", "heajz")
    assert masked != text
    assert not any(one in masked for one in told)


@pytest.mark.parametrize(
    "text",
    [
        "sshpass\0-e\0ssh\0web\0",
        "curl\0-s\0--compressed\0https://example.com/\0",
        "ls\0-p\0docs\0",
        "auth-user-pass\nremote-cert-tls server\n",
        "<auth-user-pass>\n</auth-user-pass>\n",
        "sqlite> select id, title from posts;\n1|Password policy\n2|News\n",
        "sqlite> select key,value from settings;\ntheme|dark\npassword_min_length|12\n",
        "read value from cache\ntoken|stored\n",
        "NOTE;ENCODING=QUOTED-PRINTABLE:Release2024 is out\n",
        "NOTE;ENCODING=QUOTED-PRINTABLE:PIN=20is=20secret\n",
        "The passphrase is: used to unlock the vault\n",
        "The passphrase was never stored anywhere else.\n",
        "Passphrase: must contain at least three words\n",
        '{"value":"password","label":"Password"}',
        '{"value":"password_v2","label":"Password"}',
        '{"value":"access_token_v2","label":"Access token"}',
        '{"value":"Release2024","description":"Version"}',
        "<key>icon_data</key>\n<data>\nAAAA\n</data>\n",
        "script inline:true",
        "-----BEGIN PUBLIC KEY-----\n" + "MCowBQYDK2VwAyEA" * 3 + "\n-----END PUBLIC KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n" + "MIIBdzCCAR2gAwIB" * 3 + "\n-----END CERTIFICATE-----\n",
        "seq 100001-100002-100003-100004-100005-100006-100007-100008\n",
        "@PJL SET HOLDTYPE=PRIVATE\n@PJL SET HOLD=ON\n",
        "keyboard: hold key for 3 s\n",
    ],
)
def test_what_only_looks_so_is_left_alone(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('String k = "rk_li" + "ve_' + RANDOM + '";', 'rk_li" + "ve_' + RANDOM),
        ("$k = 'gl' . 'pat-jPOuUo1d4OAwfWe97xPd';", "gl' . 'pat-jPOuUo1d4OAwfWe97xPd"),
        ('k = "gl" +\n    "pat-jPOuUo1d4OAwfWe97xPd"', 'gl" +\n    "pat-jPOuUo1d4OAwfWe97xPd'),
        ("token: gl" + "pat\n    -jPOuUo1d4OAwfWe97xPd\nimage: a\n", "gl" + "pat\n    -jPOuUo1d4OAwfWe97xPd"),
        ("userPassword: bXfhxL\n d9HLVl9C0i1KczAbGGOQ\nobjectClass: top\n", "bXfhxL\n d9HLVl9C0i1KczAbGGOQ"),
        (r'args "api_secret=Lampe4vfB249\x22Lgw\x5CUlh" 200', r"Lampe4vfB249\x22Lgw\x5CUlh"),
        (r'body="password=Lampe4vfB249\x5Cfx\x22Ulh&ok=1"', r"Lampe4vfB249\x5Cfx\x22Ulh"),
        (r"run-u7-jana\x2bx\x40posteo.cz.scope: Consumed 1s CPU", r"jana\x2bx\x40posteo.cz"),
        (r"mail\x40posteo.cz.service: Failed", r"mail\x40posteo.cz"),
        ("License:\nABCDE-FGH12-34567-KLMNP-QRSTU\n", "ABCDE-FGH12-34567-KLMNP-QRSTU"),
    ],
)
def test_a_value_is_whole_over_what_parts_it(text: str, value: str) -> None:
    assert value in found(text)


@pytest.mark.parametrize(
    "text",
    [
        'x = "user" + "name" + other; a."b"',
        'print("pass" + "word: " + x)',
        r"getty\x40tty1.service: Started",
        r"dev-disk-by\x2dlabel-a.device: Job",
        "  npm\n    install-foo\n",
        r'GET "path=C:\x5Cprogram\x5Cnew" 200',
        'fname = "agent"\npr_pid = 6770\n',
        'psargs = "/srv/agent -q"\nfname = "agent"\n',
        'simple_annotations["gpu-driver"] = 27.26.200.235\n',
        "nuget: Foo 36.9.3155.48 -> 30.29.251.196\n",
        "rolled back 30.29.251.196 -> 36.9.3155.48 ok",
        "/usr/lib/libfoo.so.2\ngit@github.com:acme/tool.git\n",
    ],
)
def test_code_versions_and_names_of_processes_are_no_values(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "moved 36.9.215.48 -> 30.29.251.196\n",
        '["gpu-host"] = 27.26.200.235\n',
        'fname = "Maria"\nlname = "Kovar"\n',
        ":59:/DE89370400440532013000\nJana Kovarova\nHauptstrasse 12\n2026-11-14T10:48:27Z INFO\n",
    ],
)
def test_addresses_and_people_beside_such_are_still_found(text: str) -> None:
    values = found(text)
    assert len(values) >= (2 if "->" in text else 1)
    assert not any(value.startswith("2026") for value in values)


@pytest.mark.parametrize(
    "piece",
    [
        "sshpass\0-p\0Kupfer7\0",
        '"a" + "b"',
        "a\\x22b\\x5Cc",
        "<auth-user-pass>\n",
        "sqlite> select key,value from a;\n",
        "a|b\n",
        "select key,value from ",
        "-----BEGIN A KEY-----\n",
        "PASSWORD;ENCODING=QUOTED-PRINTABLE:",
        "passphrase: a bcd efg hij ",
        '"value":"Kupfer_97x","label":"Password",',
        "a\\x40b.c.",
        "bitlocker ",
        "1.2.3.4 -> ",
        "objectClass: a\n b\n",
    ],
)
def test_work_grows_with_the_text(piece: str) -> None:
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)


CODE = "Hq8jGieZ3duc1Jbr" + "Qr0usFXw6J2s3Q"
WORDS = "plum-kettle-81"
COMMANDED = (
    # a path in quotes before its arguments, in the element of an event and without one
    '<Data N="C">"C:\\T\\psexec.exe" \\\\10.0.0.4 -u CORP\\«lhartwig» -p «plum-kettle-81» x</Data><Data N="S">0</Data>',
    "'C:\\Tools\\PsExec64.exe' -u «lhartwig» -p «plum-kettle-81» cmd",
    # what stands behind the element is none of the command
    '<Data Name="C">net use \\\\10.0.0.4\\s /user:CORP\\«lhartwig» «plum-kettle-81»</Data><Data N="S">0xc006d</Data>',
    "net use Z: \\\\10.0.0.4\\s /user:CORP\\«lhartwig» /persistent:yes",
    "winrs -r:web -u:«lhartwig» -p:«plum-kettle-81» ipconfig",
    "wmic /user:CORP\\«lhartwig» /password:«plum-kettle-81» process list",
    # headers that a server sets
    'proxy_set_header Authorization "SSWS «plum-kettle-81»";',
    'RequestHeader set Authorization "Splunk «plum-kettle-81»"',
    'header_up Authorization "Bearer «plum-kettle-81»"',
    f"aws configure set aws_secret_access_key «/{CODE}xY7pLw4Rt»",
    # the first parameter of a query without a question mark
    f"GET /cb code=«{CODE}»&state=done 443 -",
    f"GET /cb code=«{CODE}» 443 - Mozilla/5.0",
    f'"body": "code=«{CODE}»&grant_type=authorization_code"',
)
NOT_COMMANDED = (
    "proxy_set_header Host $host;",
    "proxy_set_header Authorization $http_authorization;",
    "RequestHeader set X-Forwarded-Proto https",
    "exit code=127&state=done",
    "GET /x code=maintenance_mode_on_now 443 -",
    "psexec \\\\web cmd /c dir -p 22",
)


def _marked(text: str) -> tuple[str, list[str]]:
    """A text without its marks, and what stood between them."""
    return text.translate({0xAB: None, 0xBB: None}), [part.partition("»")[0] for part in text.split("«")[1:]]


@pytest.mark.parametrize("text", [*COMMANDED, *NOT_COMMANDED])
def test_a_command_in_an_element_and_a_header_that_is_set(text):
    plain, wanted = _marked(text)
    assert [one for one in found(plain) if one != "10.0.0.4"] == wanted
