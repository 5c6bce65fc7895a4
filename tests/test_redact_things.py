"""Secrets of things, networks and tools: routers, modems, lamps, banks' machines, registrars, codes sent to people.

In each line «...» must be masked, and nothing else with a letter or digit may be; the others are left as they are.
"""

from __future__ import annotations

import json
import re

import pytest

from triage.redact import mask, spans

WORD = "Kupfer_Kaffee97"
BYTES = "36, 188, 81, 104, 159, 152, 153, 190, 84, 237, 43, 63, 193, 90, 79, 128"
HEX = "0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c"
NUMBERS = (
    "network_key: [«B»]",
    '  "network_key": [«B»], "channel": 11',
    "network_key:\n  - «" + BYTES.replace(", ", "\n  - ") + "»\nchannel: 11",
    "static const uint8_t aes_key[16] = { «H» };",
    "let secret: [u8; 16] = [«H»];",
    "key := []byte{«H»}",
    "const encryptionKey = new Uint8Array([«B»])",
    "secret_key = bytes([«B»])",
    '{"privateKey":{"type":"Buffer","data":[«B»]}}',
    "AppSKey: «2B 7E 15 16 28 AE D2 A6 AB F7 15 88 09 CF 4F 3C»",
)
THINGS = (
    'AT+CWJAP="Home","«S»"',
    'AT+CPIN="«4821»"',
    'AT+CGAUTH=1,1,"apn","«S»"',
    "Backlog SSID1 Home; Password1 «35631472744332538065»; MqttPassword «harborDragon»",
    "Client sent CONNECT u='sensor' p='«S»'",
    "pairing passkey: «483920»",
    "Zigbee install code «83FED3407A939723A5C639B26916D505C3B5»",
    "nwkskey: «2B7E151628AED2A6ABF7158809CF4F3C»",
    '{"id":"lamp","local_key":"«abcdef0123456789»"}',
    "snmp-server user ops grp v3 auth sha «AuthPass99» priv aes 128 «PrivPass99»",
    "wpa psk ascii 0 «S»",
    "aaa-server RAD protocol radius\n key «S»",
    "zmk: «0123456789ABCDEFFEDCBA9876543210»",
    "PRAGMA key = '«S»';",
    "ATTACH DATABASE 'e.db' AS e KEY '«S»';",
)
ROUTERS = (
    "WLAN-Schlüssel: «12345678901234567890»",
    "WLAN-Key: «1234567890123456»",
    "    Key Content            : «S»",
    "SSID: Home\nKey: «S»",
    "wifi: Home / «S»",
)
PEOPLE = (
    "Ihr Bestätigungscode lautet «482910»",
    "Su código de verificación es «482910»",
    "код подтверждения: «482910»",
    "mTAN «482910»",
    "senha do admin: «S»",
    "contraseña del router: «S»",
    "Passwort für den Admin: «S»",
    "mot de passe de l'utilisateur root : «S»",
    "пароль от админки: «S»",
    "Backup codes: «al06i-8ur61» «7upov-833o6» «219o2-2rq74»",
    "Recovery codes: «12345678», «87654321», «55566677»",
    "Wiederherstellungscodes: «a1b2c3d4» «e5f6a7b8» «c9d0e1f2»",
    "Zugangsdaten: shop / «S»",
)
TOOLS = (
    "\ttls {\n\t\tdns cloudflare «n79X9_Qwd5Yh0_ttsk-OtobCAKhksmFm6tPETznB»\n\t}",
    'Binding to target failed:\n    Property: spring.mail.password\n    Value: "«S»"\n    Origin: file',
    "[admins]\n; who may do all\nanna = «S»\nbert=«x9y8z7w6»\n\n[chttpd]\nport = 5984",
    "[users]\nroot = «S», admin",
    "#0 /srv/Client.php(91): Redis->auth('«S»')",
    '"Env":["DB_PASSWORD=«q)8kofn4kd(zsajgc=@14ln!3(g(zoe»","A=b"]',
    "Server=db;User Id=sa;Password=«QL3h\\Pisab77»;Encrypt=true",
    "connecting to mongodb://root:«wRHOQZQRZfarPxiroQN7\ndwRM18D8ntkkqwHBMf0g»@db/x",
    "'passwordsalt' => '«S»',",
    r'"network={\\n\\tpsk=\\\"«81056320578879131432»\\\"\\n}"',
    "A temporary password is generated for root@localhost: «k;3lo?Bz&qWe»",
    "CONNECT TO SAMPLE USER db2inst1 USING «S»",
    "define(\"DB_PASSWORD\", '«S»');",
    "it is .Identity.Application=«CfDJ8Kupfer-Kaffee_0123456789abcdefghijklmn»; path=/",
    "8=FIX.4.4|35=A|554=«S»|",
)
HARMLESS = (
    "ext_pan_id: [221, 221, 221, 221, 221, 221, 221, 221]",
    "keys: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]",
    "key: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]",
    f"histogram: [{BYTES}]",
    f"sort_key: [{BYTES}]",
    f"public_key: [{BYTES}]",
    "tokens = [101, 75, 110, 20, 99, 102, 0, 1, 5, 7, 66, 34, 23, 98, 14, 200]",
    "color_key: [0, 0, 0, 255, 255, 255, 0, 0, 0, 255, 255, 255, 0, 0, 0, 255]",
    "setup code: not available yet",
    "Setup code: Expired",
    "AT+CPIN?\n+CPIN: READY",
    "PRAGMA foreign_keys = ON; PRAGMA key_count = 3",
    "passkey: enabled",
    "senha do banco incorreta",
    "Passwort für Benutzer: ungültig",
    "dns cloudflare lookup failed",
    "Recovery codes: 10 of 10 left",
    "Backup codes: generated yesterday",
    "error codes: E1234 E5678",
    'password=config["password"]',
    '"token=${TOKEN}"',
    "[users]\nmax = many\nquota = 5GB\nname = free",
    "[users]: abc123 joined",
    "TAN: Ungültig",
    "    Property: server.port\n    Value: 8080abc",
)


@pytest.mark.parametrize("line", [*NUMBERS, *THINGS, *ROUTERS, *PEOPLE, *TOOLS])
def test_what_is_marked_is_masked_and_nothing_else(line):
    line = line.replace("«S»", f"«{WORD}»").replace("«B»", f"«{BYTES}»").replace("«H»", f"«{HEX}»")
    secrets = re.findall("«([^»]+)»", line)
    text = line.replace("«", "").replace("»", "")
    found = [text[start:end] for start, end, kind in spans(text) if kind not in {"username", "hostname", "ssid"}]
    assert found == secrets
    assert not any(secret in mask(text) for secret in secrets)


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_one_is_left(line):
    assert spans(line) == []


def test_numbers_of_a_key_leave_a_document_that_parses():
    masked = json.loads(mask(json.dumps({"secret_key": [*map(int, BYTES.split(", "))], "n": [1, 2]})))
    assert masked["n"] == [1, 2]
    assert all(str(one).startswith("[secret:") for one in masked["secret_key"])


MANIFESTS = (
    (
        "apiVersion: v1\nkind: Secret\ntype: Opaque\ndata:\n  extra: «c2VjcmV0LXZhbHVlLTEyMzQ=»\n"
        "  ca.crt: c29tZS1jZXJ0\nmetadata:\n  name: shop-settings"
    ),
    "apiVersion: v1\ndata:\n  extra: «c2VjcmV0LXZhbHVlLTEyMzQ=»\nkind: Secret\nmetadata:\n  name: shop-settings",
    (
        "kind: ConfigMap\ndata:\n  extra: fast-lane-mode\n---\nkind: Secret\nstringData:\n  greeting: «Moin_99x»\n---\n"
        "kind: ConfigMap\ndata:\n  mode: slow-lane-mode"
    ),
    '{"items":[{"kind":"ConfigMap","data":{"a":"slow-lane"}},{"kind":"Secret","data":{"b":"«c2VjcmV0LTEyMzQ=»"}}]}',
)
SENTENCES = (
    "it says wrong password but I am sure it is «Zebra!99»",
    "I changed my password yesterday to «Zebra!99», still no login",
    "getpass.getpass() -> '«Kupfer_Kaffee97»'",
    "defaults write com.shop token -string «abcdef1234567890»",
)


@pytest.mark.parametrize("text", [*MANIFESTS, *SENTENCES])
def test_what_stands_in_manifests_and_sentences(text):
    test_what_is_marked_is_masked_and_nothing_else(text)


@pytest.mark.parametrize(
    "line",
    [
        "kind: SecretStore\ndata:\n  mode: fast-lane-12",
        "password check took 12.5ms in total",
        "password auth for svc$app12 failed",
        "password rotation in us-east-1 done",
        "the password is used by Foo&Bar2",
        "Password must contain one of the marks listed here",
        "get_password() returned None",
        "defaults write com.shop.dock autohide-delay2 -float 0",
    ],
)
def test_what_stands_in_other_manifests_and_sentences_is_left(line):
    assert spans(line) == []
