"""Secrets as debuggers, notebooks, launchers, banks and sniffers print them: bare tokens, pairs, letters one by one.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from triage.redact import spans

ZEROS = "A" * 22
TOKENS = (
    'args=["«ya29' + '.c.Kp0_7mQx2VtR9sLzW4nBhY8dJf6UgE3aTqPi5oCk»",3]',
    "libz.so\n«ya29" + ".a0.Kp0_7mQx2VtR9sLzW4nBhY8dJf6UgE3aTqPi5oCk»\n.shstrtab",
    f"key in use: `«{ZEROS}Kp7mQx2Vt%2BRsLzW4nBhY8dJf%3DUgE3aTqPi5oCkZx9Vb2Nm4Ql8Ws6Ed»`, renewed",
    f"rejected («{ZEROS}Kp7mQx2Vt+RsLzW4nBhY8dJf=UgE3aTqPi5oCkZx9Vb2Nm4Ql8Ws6Ed»)",
    f"token: «{ZEROS}Kp7mQx2VtRsLzW4nBhY8dJ%2B\nRsLzW4nBhY8dJf%3DUgE3aTqPi5oCkZx9Vb2Nm4Ql8Ws6Ed»\n",
    "$ cli login «3f9a0c4be17d52860fa3c9d1e8b74526a0df" + "NRAL»",
    "key «eu01xx3f9a0c4be17d52860fa3c9d1e8b745" + "NRAL» rejected",
    "data, sess_«k3v9q1x7m2c8b4n6z0l5j2h7g1» (path: /tmp)",
    "Authorization: XBL3.0 x=«1234098712340987;Kp0_7mQx2VtR9sLzW4nBhY8dJf6UgE3a»",
    "TRACK2=«;4111111111111111=2912101123456789?» len=37",
    "swipe «%B4111111111111111^ROE/MIRA^2912101123456789?»",
    "fix: 35=A|49=BANK7|553=«mfern»|554=«Kupfer_97»|98=0",
    "35=BE\x01924=1\x01553=«mfern»\x01554=«Kupfer_97»\x01",
    "DE3=000000 DE52=«9F3A7C21D05BE846»",
    'field 52 (pin data): «9F3A7C21D05BE846»\n"pinBlock": "«4913570284617395»"',
    "game login ticket: «14000000A7C3F9" + "0B" * 40 + "»",
    "auth exchange code: «3f9a0c4be17d52860fa3c9d1e8b74526»",
    '{"exchangeCode":"«3f9a0c4be17d52860fa3c9d1e8b74526»"}',
    "PAYER_KEYPAIR=«" + "4Kp7mQx2VtR9sLzW4nBhY8dJf6UgE3aTqPi5" * 2 + "oCkZx9Vb2Nm4»",
)
PLAIN = (
    "domain ya29.c.example of hosts",
    f"zeros {ZEROS}{ZEROS}AA==",
    f"pad {ZEROS}Kp7mQx2Vt= next",
    "the NRAL office, and generally 3f9a0c4beNRAL",
    "sess_renew failed, sess_12 closed, sess_cache-size-of-the-store is full",
    "XBL3.0 x=missing, XBL3.0 is the scheme",
    "a;12=34 b;4111=2912 c",
    "B12^C^34 and 8=FIX.4.4|35=D|553=1|54=1",
    "35=A|98=0|108=30",
    "DE52 = none, field 52: absent, bit 52 set",
    "pin block: format 0 not allowed",
    "exchange code: NYSE, exchange code missing",
    "login ticket: 42, session ticket expired",
    "keypair: prod-keypair-2024, key pair not found",
)
PRINTED = (
    '(gdb) p cfg->smtp_pass\n$1 = 0xec2e0c9e "«Kupfer_97»"\n(gdb) bt 1',
    '(gdb) p cfg->signing_secret\n$2 = (const char *) 0xec2e0c9e <buf+12> "«Kupfer_97»"',
    "config_key,value\nregion,north-3\nauth_token,«3f9a0c4be17d52860fa3c9d1e8b74526»\nttl,3600",
    "setting_name;current_value\nregion;north-3\nsmtp_password;«Kupfer_97»",
    '{"model_name":"PasswordModel","state":{"value":"«Kupfer_97»"}}',
    '{"model_name": "PasswordModel", "state": {"layout": "IPY_MODEL_ab", "value": "«kupferling»"}}',
    "avp User-Password octets=«4b75706665725f3937»",
    "  User-Password value: «0x4b75706665725f3937»",
    "snmp-server community «qWzRtYpLk» RO 10",
    "jar = {'SSESS3f9a0c4be17d52860fa3c9d1e8b74526': '«Kp0_7mQx2VtR9sLzW4nB»', 'lang': 'pl'}",
    '[["wordpress_logged_in_3f9a0c4be17d52860fa3c9d1e8b74526", "«mfern%7C17356%7CKp0x7mQ»"], ["ab", "B"]]',
    "«db-3.north.plum.internal»:5432:crm:«mfern»:«KupferKessel»\n",
    '{"env":"DB_PASSWORD=«Kupf3r\\\\uvKes5»\\nPORT=1\\n"}',
    '{"env":"DB_PASSWORD=«Kupf3r\\\\rKes5»\\nPORT=1\\n"}',
    "PASSWORD=«kettle.lantern.marble»",
    "cfg=&{Name:gate SshPassphrase:«kupf97!2kessel» FeatureFlags:beta}",
    "ssl:\n  enabled: true\n  keystore_password: «kettle.lantern.marble»\n",
    "cfg=&{Name:gate AdminPassword:«kettle_lantern_marble» Retries:5}",
    'newsapi_key = 0xe8743316ba33 "«3f9a0c4be17d52860fa3c9d1e8b74526»"',
    "Recovery phrase: «absorb you zebra this canyon have wheel that pistol when yellow oxygen»\nworker left with 1",
)
LEFT = (
    '(gdb) p cfg->token_count\n$1 = 0xec2e0c9e "12"',
    "(gdb) p cfg->smtp_pass\n$1 = 0x0\n(gdb) bt 1",
    "config_key,value\nregion,north-3\ntoken_ttl,3600",
    "sort_key,value\nname,12\nsize,13",
    '{"model_name":"TextModel","state":{"value":"north wing"}}',
    '{"model_name":"PasswordModel","state":{"value":""}},{"state":{"value":"north"}}',
    "avp User-Name octets missing, User-Password octets=none",
    "User-Password value: absent",
    "snmp-server community public RO",
    "snmp-server community list RO",
    "SSESS is a prefix, sess3 closed",
    "wordpress_logged_in_ is the prefix of its cookies",
    "a:5432:b:c:d and 10:5432:crm",
    '{"env":"DB_PASSWORD=\\nPORT=1\\n"}',
    "db.password=some.module.attr",
    "password=self.conf.thing adminPassword: config.database.primary",
    "ssl:\n  password: config.database.primary\n  passphrase: this.form.lantern\n",
    "connect(password=request.lantern.marble, pwd=kettle.lantern.marble())",
    "gpg --export-secret-keys output:\nnothing",
    "gpg --list-secret-keys short",
    "seed phrase: enter the words you wrote down before and keep this phrase for your own use",
)
LETTERS = (
    "char[] = {«" + ", ".join(f"'{letter}'" for letter in "AIza" + "Kp7mQx2VtR9sLzW4nBhY8dJf6UgE3aTqPi5") + "»}",
    "char password[] = {«'k', 'u', 'p', 'f', 'e', 'r', '9', '7', '\\0'»};",
    "password = {«107 'k', 117 'u', 112 'p', 102 'f', 101 'e', 114 'r', 57 '9', 55 '7', 0 '\\000'»}",
    'password = [«"k", "u", "p", "f", "e", "r", "9", "7"»]',
    'x/s $rsi\n0x7ff7:\t"«ghp' + '_Kp7mQx2VtR9sLzW4n\\000BhY8dJf6UgE3aTqPi5oC»"',
    "your key is «SG" + ".rBM6qK5C1OaQzAeq2je=\nUhW.hWkTtlLPqtytTJWZux=\nbATwiTjjkD3QPuOGnKi4hT=\n7Q5» (keep it)\n",
    "2024-03-04 token=«xoxb" + "-356117567593-\n0323101636763-5J42\ng42eWTYK89OYWhihPM\nrW»\n2025-03-03 03:55:54 ok",
    "2024-03-04 token=«ghp" + "_Kp7mQx2VtR9sLz\nW4nBhY8dJf6UgE3aTq\nP5c7»\n2025-03-03 03:55:54 ok",
)
NO_LETTERS = (
    "char digits[] = {'0', '1', '2', '3', '4', '5', '6', '7'};",
    "flags = {'r', 'w', 'x', 'r', 'w', 'x', 'r'}",
    'grades = ["A", "B", "A", "C", "B", "A", "D"]',
    'x/s env\n0x7ff:\t"A=1\\000LANG=C\\000TERM=xterm"',
    "names: ab\\000cd\\000ef",
)


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize("marked", [*TOKENS, *PRINTED, *LETTERS])
def test_what_is_secret_is_found_and_nothing_else(marked):
    text = re.sub("[«»]", "", marked)
    wanted = re.findall("«([^»]*)»", marked)
    assert found(text) == wanted


@pytest.mark.parametrize("text", [*PLAIN, *LEFT, *NO_LETTERS])
def test_what_only_looks_so_is_left_alone(text):
    assert found(text) == []
