"""Values as files of settings, queries and sentences write them, and what stands there that is none.

In each text «...» must be masked, and nothing else may be; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

WORD = "Kupfer_Kaffee97"
PATH = "T4B7" + "CQ9Z2X/B8K1" + "PWN3E/" + "k3Jd82LmQ0vXs7Tz1RbY5nHc"
TOKEN = "8AoYKAvCYatbQXxz" + "ka3nqMDzj7TxtPjN"
IMEI = "49015420" + "3237518"
PUBLIC = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEVj/IrFOSi57jQhmtc+Y8a8ehlo4C"
BYTES = "".join(f"\\x{byte:02x}" for byte in f"retries=3\nsecret={WORD}\n".encode())
SETTINGS = (
    f"ldap:\n  bind_password: &cred «{WORD}»\n  tls: starttls",
    f'ldap:\n  bind_password: &cred "«{WORD}»"\n',
    "backup:\n  passphrase: >-\n    «orbit saddle glacier\n    ribbon lantern»\n  keep: 7",
    "backup:\n  passphrase: |\n    «orbit saddle glacier»\n    «ribbon lantern»\n  keep: 7",
    f"https://api.acme.example/reset?lang=en&token=«{WORD}»#form",
    f"frame «{BYTES}» after",
    f"using static credentials fs.s3a.access.key=«{WORD}»",
    f"Use the passphrase to decrypt the backup: «{WORD}»",
    f"url: /services/«{PATH}» (Caused by Timeout)",
    f"AT+CGSN\n+CGSN: «{IMEI}»\nOK",
    "GET http://«PC-FIN-029»:8080/health",
    "GET http://«WKS-QA-041»/api -> 503",
    f"AuthError: rejected «{TOKEN}» for CLOUD_API_TOKEN",
    f'invalid "«{TOKEN}»" for apiKey',
    f"CLIENT_RANDOM {'3c1849309de09bd2' * 4} «{'123db03d5b61be4c' * 6}»",
    f"SERVER_TRAFFIC_SECRET_0 {'3c1849309de09bd2' * 4} «{'123db03d5b61be4c' * 4}»",
    'unseal_passphrase: "«Basil indigo 483!»"',
)
NO_SETTINGS = (
    "ldap:\n  bind_password: *cred\n  tls: starttls",
    f"jwt_public_key: |\n  -----BEGIN PUBLIC KEY-----\n  {PUBLIC}\n  -----END PUBLIC KEY-----\nissuer: a",
    "GET /services/TaskRunner/BuildQueueService/abcdefghijklmnopqrstuvwx",
    "MOVE WS-USER-ID TO PC-FIELD-NAME.",
    "session_start=1729923553457 sessionEnd=1729923559457 session_time_ns=1729923559457000000",
    "secret_lookups=7540 token_refreshes=9123 credential_errors=5512",
    "; secret_key = path to the key file, see the manual\nworkers = 7",
    '{"password":"ENV[\'SECRET_KEY\']","host":"localhost"}',
    '{"password":"os.environ[\'SECRET_KEY\']"}',
    '{"credential": "projects/demo/secrets/checkout-token/versions/5"}',
    '{"main.js": "/static/main.aae3a99d.js", "token.css": "/static/token.8db4df68.css"}',
    '{"bucket":"dumps","key":"crashes/2024/12/1cb9df8cd8f616b0.dmp.gz"}',
    "invalid credentials: Config{url=https://www.acme.example, retries=3}",
    "dial 127.0.0.1:8080: connect: connection refused",
    "Code bytes at pc: c6:63:a7:b3:21:0c:05:85",
    "bootloader 4.6.158.60, modem 4.6.158.61",
    "app/1.1.3.171 (Windows NT 10.0)",
    "in third_party/home/include/flush_frame.cpp:534",
    "Submitted by Crash Reporter",
    "rejected build 795cb3248df0ec93ccd39f7060443f76 for main",
    "rejected 795cb3248df0ec93ccd39f7060443f76 for build_id",
    "expired session for user_token, invalid value for api_token",
    f"CLIENT_HELLO {'3c1849309de09bd2' * 4} {'123db03d5b61be4c' * 6}",
    '"passphrase": "Please choose another one!"',
)
ERRORS = (
    "permission denied", "operation not permitted", "no such file or directory", "input/output error",
    "resource temporarily unavailable", "broken pipe", "network is unreachable", "read-only file system",
    "is a directory", "device or resource busy", "stale file handle", "connection reset by peer",
)  # fmt: skip
# What is like those above, and must go all the same.
LIKE_THEM = (
    "session=«1729923553457»",
    f"secret_key = «{WORD}» # path to the key file",
    f"invalid credentials: «{WORD}»",
    f"open the door, password: «{WORD}»",
    "dial «10.20.30.40»:8080: connect: connection refused",
    "EUI-64: «c6:63:a7:ff:fe:0c:05:85»",
    "peer «2001:8d0:c474:ba48:11:22:33:44» left",
    "«81.2.69.160» (Windows NT 10.0; x64)",
    "backup/home/«akeller»/notes.txt",
    "Submitted by «Anna Keller»",
)


@pytest.mark.parametrize("line", [*SETTINGS, *LIKE_THEM, *NO_SETTINGS])
def test_only_what_is_marked_is_masked(line: str) -> None:
    text = line.replace("«", "").replace("»", "")
    marked = [found.group()[1:-1] for found in re.finditer("«[^»]*»", line)]
    assert [text[start:end] for start, end, _ in spans(text)] == marked


@pytest.mark.parametrize("error", ERRORS)
@pytest.mark.parametrize("name", ["/run/secrets/db_password", "vault:secret/app#password", "/etc/api_token"])
def test_what_is_said_of_a_file_is_no_value(name: str, error: str) -> None:
    assert spans(f"open {name}: {error}") == []


@pytest.mark.parametrize(
    "piece", ["a: &b c\n", "?password=a#b&", "\\x0a\\x41", "passphrase: >\n  a\n", " to decrypt the a b c d:", "PC-A-"]
)
def test_work_grows_with_the_text(piece: str) -> None:
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)


GROUPED = (
    'psk="«v895-gycf-spz7»"',
    "?user=a&pass=«v398-s0bt-n3df»&x=1",
    "password=«vv86-wg6e-ihn1»",
    f"encrypt.key=«{TOKEN}»",
    f"ENCRYPT_KEY=«{TOKEN}»",
    f"grant_type=authorization_code&code_verifier=«3D{TOKEN}»",
    '[["X-Server-Token", "«1dfa9d2f-9f0d-467d-85f3-87385345117f»"], ["X-Request-Id2", "abc"]]',
    'columns [["id", "token"], ["1", "«1dfa9d2f9f0d467d»"]]',
    "password=v2-beta-1",
    "password: v1.2.3",
    "password=v12.0-rc1",
    "token=v12-alpine-slim",
    "secret: v2024-release-notes",
    "failed to encrypt key: permission_denied",
    "encrypt.key=horse-battery",
    "0|0|libxul.so|_ZN7storage7Session5flushEv|hg:hg.mozilla.org/central:dom/a.cpp:f9adf45e049cb3188efd0785eb1a5701bc607fbd|52|0x1",
)


@pytest.mark.parametrize("text", GROUPED)
def test_what_begins_like_a_version_or_is_joined_to_a_name(text):
    wanted = re.findall("«([^»]*)»", text)
    plain = text.translate({0xAB: None, 0xBB: None})
    assert [plain[start:end] for start, end, *_ in spans(plain)] == wanted
