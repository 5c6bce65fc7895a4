"""What stores are told to keep, messages say of a setting, tools dump of accounts, and devices answer.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import stores
from triage.redact.phrases.starters import STARTERS

TOKEN = "q7Wd2Zk9" + "Pb4Xn1Rt6Lm3"
HASH = "c0e29dad93f2ee5af9cf" + "8d0ff609c7c7"
KEY = "JBSWY3DP" + "EHPK3PXP"

COMMANDS = (
    '1790000174.412 [0 127.0.0.1:5120] "SET" "app:passwd" "«Kupfer_97»"',
    f'1790000174.412 [0 lua] "setex" "app:42:api_token" "3600" "«{TOKEN}»"',
    '"HSET" "user:42" "name" "x" "password" "«Kupfer_97»" "port" "8080"',
    f'"MSET" "a:port" "80" "a:secret" "«{TOKEN}»"',
    f'"SADD" "revoked_tokens" "«{TOKEN}»" "«{TOKEN}4»"',
    '   4) 1) "SET"\n      2) "app:passwd"\n      3) "«Kupfer_97»"',
    '{"line":"\\"SET\\" \\"app:smtp_password\\" \\"«Kupfer_97»\\""}',
    f'"ZADD" "app:tokens" "1" "«{TOKEN}»"',
    "redis: executing ['SET', 'app:smtp_password', '«Kupfer_97»']",
    f"SETEX app:auth_token 3600 «{TOKEN}»",
    "10.0.0.7:6379> hset app passwd «Kupfer_97»".replace("10.0.0.7", "localhost"),
    "*3\r\n$3\r\nSET\r\n$10\r\napp:passwd\r\n$9\r\n«Kupfer_97»\r\n",
    "ok\r\nset app:passwd 0 3600 9\r\n«Kupfer_97»\r\nSTORED",
    "[zk: localhost:2181(CONNECTED) 0] set /app/db/password «Kupfer_97»",
)
NO_COMMANDS = (
    '"SET" "cache:page:12" "ab12cd34ef56"',
    '"SET" "stats:token_count" "4711"',
    '"SET" "user:42" "offline"',
    '"GET" "app:passwd"',
    '"EXPIRE" "user:token" "3600"',
    '["get","set","token","delete"]',
    "methods: 'set', 'password', 'reset'",
    "localhost:6379> set counter 12",
    "fw1> set password-policy min-length 12",
    "ok\nset key 0 3600 5\r\nhello\r\n",
    "hset the value of x",
)
SAID = (
    f"deprecated option dd_api_key (value '«{TOKEN}»') will be removed",
    f"option --api-key (value: «{TOKEN}») is ignored",
    f"Unknown property `auth_token` (value `«{TOKEN}»`)",
    f"ignoring unknown setting auth_token [value=«{TOKEN}»]",
    "setting 'smtp_password' has invalid value '«Kupfer_97»'",
    "db_password (currently '«Kupfer_97»') is weak",
    f"Option api_key (Wert '«{TOKEN}»') ist veraltet",
    'l\'option db_password (valeur "«Kupfer_97»") est obsolète',
    "define( 'DB_USER', '«mlindner»' );",
    'setenv("DB_PASSWORD", "«Kupfer_97»", 1)',
    f"device_code=«{TOKEN}»",
)
NOT_SAID = (
    "deprecated option log_level (value 'debug2') will be removed",
    "option api_key (value missing) is deprecated",
    "option token_ttl (value '3600s') is deprecated",
    "token (default: none)",
    "password (was expired yesterday) reset",
    "max_tokens (value 4096)",
    "option user (default 'root')",
    "column session_id (was varchar2)",
    "define('DB_CHARSET', 'utf8mb4');",
    'setProperty("user.dir", "/tmp/a1")',
    "device_code=4711",
    'device_code = "unknown_device_type_1"',
)
ACCOUNTS = (
    '# Secrets for authentication using PAP\n«mlindner»\t*\t"«Kupfer_97»"\t*',
    '# client    server    secret    IP addresses\n"«lindner»"   *   "«x7 b9 k2»"   *\n«mlindner»   isp   «Kupfer_98»',
    "$ cat /etc/ppp/chap-secrets\n«mlindner» * «Kupfer_97» *",
    f"  * Username : «mlindner»\n  * NTLM     : «{HASH}»\n  * SHA1     : «{HASH}8a6785d8»",
    f"  Hash NTLM: «{HASH}»",
    f"    ntlm- 0: «{HASH}»",
    f"      aes256_hmac       (4096) : «{HASH}{HASH}»",
    f"dpapi_machinekey:0x«{HASH}»",
    f"2 HTTP/web (aes256-cts-hmac-sha1-96)  (0x«{HASH}{HASH}»)",
    "ftp> USER «mlindner»\n331 Password required\nftp> PASS «Kupfer_97»",
    "ftp> user «mlindner»\n331 Please specify the password.",
    "Command:\tUSER «mlindner»\nResponse:\t331 Please specify the password.",
    "C: USER «mlindner»\nS: +OK",
    "altool --upload-app -f App.ipa -p «abcd-efgh-ijkl-mnop»",
    "iTMSTransporter -m upload -p «abcd-efgh-ijkl-mnop»",
    "Gmail app password: «qwkd zxcp ijkl mnop»",
    "Mot de passe d'application : «qwkd zxcp ijkl mnop»",
    "the application password is «aB3d eF6h iJ9l mN2p qR5t uV8x»",
    f"Cannot scan the code? Enter this setup key by hand: «{KEY}»",
    "If you can't scan the QR code, enter this key: «JBSW Y3DP EHPK 3PXP»",
    f"Einrichtungsschlüssel: «{KEY}»",
    f"Clé de configuration : «{KEY}»",
)
NO_ACCOUNTS = (
    "# Secrets for authentication using PAP\n# client\tserver\tsecret\tIP addresses\n",
    "see chap-secrets\nthe usual way of doing it2 is fine",
    "NTLM: enabled",
    "* NT: 10.0.19045.3803a",
    "ntlm: ssp_init_v2_fallback_x86",
    f"sha1: {HASH}8a6785d8",
    "NTLM: 00000000000000000000000000000000",
    "rc4-hmac:(23)",
    "ftp> USER anonymous\n331 Password required",
    "Usage: USER name\nSends a user to the server",
    "-> user mlindner\nhas a profile",
    "altool --upload-app -f App.ipa -u @env:USER -p @keychain:AC_PASSWORD",
    "app password: this must then work with your mail",
    "Create an app password when your mail does not sync",
    "setup key generation took 12 ms",
    "scan the QR code: ABCDEFGHIJKLMNOPQRSTUVWX",
    "enter the key manually: press ENTER",
)
DEVICES = (
    "TelephonyManager: getImei -> «351389462123300»",
    "getSubscriberId = «262010606117436»",
    "IMEI number is «351389462123300»",
    "AT+CIMI\r\n«262010606117436»\r\nOK\r\n",
    "AT+CGSN\r\r\n«351389462123300»\r\n\r\nOK",
    "> AT+CIMI\n< «262010606117436»\n< OK",
    "wmic bios get serialnumber\r\r\nSerialNumber  \r\r\n«S37B07V»       \r\r\n",
    "SerialNumber\n------------\n«5CG1234XYZ»",
    "wmic bios get serialnumber\nSerialNumber\n«VKQCI3F»",
    "wmic csproduct get uuid\nUUID\n«4C4C4544-0042-3510-8051-B7C04F4B4E31»",
    "wmic diskdrive get serialnumber\nSerialNumber\n«S3Z9NB0K123456»\n«WD-WCC4N1234567»",
    "$ sudo dmidecode -s system-serial-number\n«S37B07V»",
    "$ adb shell getprop ro.serialno\n«R58M41QZTJ»",
    "ECU reply: VIN «WVWZZZ931UF928465»",
    "chassis number (VIN) «WVWZZZ1KZAW123456»",
    "Fahrzeug-Identifizierungsnummer: «WVWZZZ1KZAW123456»",
    "Applicant's PAN number is «ABCPE1234F», form rejected.",
    "Permanent Account Number: «ABCPE1234F»",
    "Medicare number is «1EG4-TE5-MK73»",
    "EID: «89049032000001000000012345678901»",
    "The Aadhaar number entered is «2345 6789 1238»",
    "FN:«Jelena Lindner»\nEND:VCARD",
    "N:«Lindner»;«Jelena»;;;\nFN:«Jelena Lindner»\nORG:Acme",
    "Trying to associate with SSID '«Lindner-5G»'",
    "Verbinde mit SSID '«Lindner-5G»'",
    "Current Network: «Lindner_79»",
    "Current Network: «Lindner-WiFi»",
    "Current Network: «Lindner 5G 12»",
    "[audit] actor=«mlindner» action=delete target=dashboard/12",
)
NO_DEVICES = (
    "getImei -> null",
    "getDeviceId() returns String",
    "getDeviceId returned 000000000000000",
    "AT+CIMI\r\nERROR\r\n",
    "AT+CGSN\r\n\r\nOK",
    "wmic bios get serialnumber\nSerialNumber\nTo be filled by O.E.M.",
    "the serial number\nABC123456",
    "getprop ro.serialno\nunknown",
    "product_uuid\nPermission denied",
    "VIN decoding took 12 ms",
    "eid: 17000000000000123",
    "Medicare number is ABCD-EFG-HIJK",
    "vin number 12345678",
    "PAN number is missing",
    "pan=45,tilt=30000000",
    "Permanent Account Number: invalid",
    "TN:\nSF:/src/app.c\nFN:10,main\nDA:1,2\nend_of_record",
    "N: 12\nFN:compute\nTITLE:x",
    "Trying to associate with SSID ''",
    "for SSID: see the label",
    "Current network: testnet3",
    "Current network: eth0",
    "active network: LTE-A2",
    "Current Network: Wired Connection 1",
    "actor=scheduler action=run",
    "actor=child state=ready",
)
NUMBERS = (
    "card «4111\u00a01111\u00a01111\u00a01111»",
    "card «4111\u20111111\u20111111\u20111111»",
    "<td>Card number</td><td>«4111&nbsp;1111&nbsp;1111&nbsp;1111»</td>",
    "card=«4111&#160;1111&#xa0;1111&nbsp;1111»&exp=0929",
    '{"card":"«4111\\u00a01111\\u00a01111\\u00a01111»"}',
    "card=«4111%C2%A01111%C2%A01111%C2%A01111»&x=1",
    "IBAN «DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a00»0".replace("»0", "0»"),
    "call «+33\u202f6\u202f12\u202f34\u202f56\u202f78»",
)
NO_NUMBERS = (
    "order 4111\u00a01111\u00a01111\u00a01112",
    "Le fichier a 1\u00a0234\u00a0567\u00a0890\u00a0123 octets",
    "<td>10&nbsp;000&nbsp;000&nbsp;000&nbsp;000</td>",
)


@pytest.mark.parametrize("text", [*COMMANDS, *SAID, *ACCOUNTS, *DEVICES, *NUMBERS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_COMMANDS, *NOT_SAID, *NO_ACCOUNTS, *NO_DEVICES, *NO_NUMBERS])
def test_what_only_looks_like_one_is_left(text):
    assert [(text[start:end], kind) for start, end, kind in spans(text)] == []


def test_every_list_of_words_has_its_reader():
    assert {b'"set"', b"> set ", b"define(", b" (value"} <= STARTERS.keys()
    assert stores.SPELT.keys() <= stores.READERS.keys()


@pytest.mark.parametrize(
    "piece",
    ['"set" "a" ', '"hset" "a" "b" ', "'set','a',", "\nset\r\n$3", "> set a ", "\nset a 0 0 5\r\n", "token (was a1",
     "api_key with value «", 'define("a","b");', "chap-secrets\na b c1d2e\n", "* ntlm : ", "> USER a\nPASS",
     "app password abcd ", "setup key a: ", "scan the qr code\nABCD ", "serialnumber\nA1B2C3D4\n", "at+cimi\r\n",
     "END:VCARD\n", "FN:A B\nN:A;B\n", "FN:A B\n", "1\u00a0", "4111&nbsp;1111&nbsp;", "to ssid "],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
