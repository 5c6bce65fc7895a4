"""Secrets that sentences, settings and dumps announce in words of their own: whose they are, how they are written.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from triage.redact import spans

KEY = "1f" * 8 + "0a9c7e52b4d8364f" * 3
TOLD = (
    "reset done, new pw for «mfern» -> «Kupfer_97x»",
    "new password for «mfern» => «Kupfer_97x»",
    "pwd of «mfern»: «Kupfer_97x»",
    "mot de passe temporaire pour «mfern» : expiré",
    "contraseña temporal para «mfern@plum.org»: «Kupfer_97x»",
    "Mot de passe temporaire pour «mfern» : «Kupfer_97x»",
    "senha provisória do mfern: «Kupfer_97x»",
    "password provvisoria per mfern: «Kupfer_97x»",
    "Hasło jednorazowe dla mfern: «Kupfer_97x»",
    "Subject: Your sign-in code: «482911»",
    "Your log-in code is «482911»",
    "two-factor code: «482911»",
    "Ihr Einmalpasswort lautet «482911».",
    "Mot de passe à usage unique : «482911»",
    "contraseña de un solo uso: «482911»",
    "Одноразовый пароль: «482911»",
    "一次性密码\uff1a«482911»",
    "token hex «6b75706665725f6b61666665653937»",
    "password bytes «4b:75:70:66:65:72:5f:39:37:78»",
    "password bytes «34:75:70:66:65:72:5f:39:37:78»",
    "secret in base64 «S3VwZmVyX0thZmZlZTk3»",
    "Κωδικός: «Kupfer_97x»",
    "Парола: «Kupfer_97x»",
    "state { sidCookie: '«k3jx0w9dq7ab2m5tz8hn4c6v1p»', ready: false }",
    '{:retries 3, :totp-code "«048291»", :tls true}',
    '{:sid-cookie "«k3jx0w9dq7ab2m5tz8hn4c6v1p»"}',
    '{"sess_id": "«9F4CxW8tKp2MvbRzLqYd5HsJnT7eGa3U»"}',
    "sid_cookie=«k3jx0w9dq7ab2m5tz8hn4c6v1p»",
)
TOOLS = (
    f"key: «prod-{KEY}»",
    "rootpw --plaintext «Kupfer97x»",
    "rootpw --lock --plaintext «Kupfer97x»",
    "sshpw --username=root --plaintext «Kupfer97x»",
    "smtp_sasl_password_maps = static:«mfern»:«Kupfer_97x»",
    "smtp_sasl_password_maps = inline:{mail.plum.org=«mfern»:«Kupfer_97x»}",
    'bindRequest(1) "cn=admin,dc=plum" simple: «Kupfer_97x»',
    f"Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io.«{KEY}», v4.channel.k8s.io",
    f'signer = ethers.Wallet("«0x{KEY}»")',
    f"const w = new Wallet('«{KEY}»', provider)",
    f'acct = Account.from_key("«0x{KEY}»")',
    f"web3.eth.accounts.privateKeyToAccount('«0x{KEY}»')",
    f"new HDWalletProvider(['«{KEY}»'], url)",
    f'crypto.HexToECDSA("«{KEY}»")',
    f"accounts: [\n  '«0x{KEY}»',\n],",
)
WRITTEN = (
    ' $ retries: num 3\n $ db_pwd  : chr "«Kupfer_97x»"\n',
    ' $ otp_code:  chr [1:2] "«048291»" "x"\n',
    "https://scan.plum.org/api?login=«0a9c7e52b4d8364f0a9c7e52b4d8364f1f1f1f1f»&x=1",
    "dn: ou=x\ncn:: «SsO8cmdlbiBNw7xsbGVy»\nmail: «jm@plum.org»\n",
    "objectClass: person\ndisplayName:: «SsO8cmdlbiBNw7xsbGVy»\nsn:: «TcO8bGxlcg==»\nl: x\nmail: «jm@plum.org»\n",
    "mail: «jm@plum.org»\ngivenName:: «SsO8cmdlbg==»\n",
    "data:\n  username: «bWZlcm45Nw==»\n",
    "uid:: «bWZlcm45Nw==»\n",
    '<string name="пароль">«Kupfer_97x»</string>',
    '<entry key="パスワード">«Kupfer_97x»</entry>',
    '<add key="şifre" value="«Kupfer_97x»" />',
    '{"name": "密码", "value": "«Kupfer_97x»"}',
    '  ["password":protected]=>\n  string(10) "«Kupfer_97x»"\n',
    '  ["password":"App\\Http\\Client":private]=>\n  string(10) "«Kupfer_97x»"\n',
    '  ["password":"Client":private]=>\n  string(10) "«Kupfer_97x»"\n',
    "    [password:protected] => «Kupfer_97x»\n",
    "    [password:App\\Http\\Client:private] => «Kupfer_97x»\n",
    " pw       | «\\x4b75706665725f393778»\n",
    "password | «\\x4b75706665725f393778»\n",
    'var to = "«mfern97" + "@plum.org»";',
    'var to = "«mfern97@" + "plum.org»";',
    'var to = "«mfern97" +\n    "@plum.org»";',
    '{"path":"C:\\\\Users\\\\«\\u006d\\u0066\\u0065\\u0072\\u006e»\\\\app.log"}',
)
LEFT = (
    f"key: deps-{KEY}",
    f"cache key: Linux-node-modules-{KEY}",
    f'"token_revision": "{KEY[:40]}"',
    "secret generation: 0a9c7e52b4d8",
    "see the password bytes of the buffer",
    "token bytes 4096, secret hex dump follows",
    "The sign-in code is missing",
    "sign in code path /login/v2",
    "two-step code: disabled",
    "contraseña temporal para el usuario admin: caducada",
    "hasło jednorazowe wygasło",
    "Einmalpasswort ungültig",
    "Einmalpasswort: 8 Zeichen",
    "sid_cookie_name=session",
    '{:status-code "048291" :country-code "DE" :zip-code "none"}',
    "password bytes 12:30 and 14:15:16 tokens used",
    '{"sidCookie": true, "sessCookie": "SameSite"}',
    "rootpw --lock",
    "rootpw --iscrypted",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
    "smtp_tls_policy_maps = static:encrypt:medium2",
    'bindRequest(4) "uid=ab,ou=people,dc=plum" sasl',
    'bindRequest(4) "cn=admin,dc=plum" simple',
    "Sec-WebSocket-Protocol: base64url.bearer.authorization.k8s.io, v4.channel.k8s.io",
    f'getTransaction("0x{KEY}")',
    f'storageKeys: ["0x{KEY}"]',
    f'"accounts": ["0x{KEY}"]',
    f'cacheKey("{KEY}")',
    '  ["password":protected]=>\n  NULL\n',
    '  ["password":"App\\Http\\Client":private]=>\n  NULL\n',
    '  ["mailer":"App\\Password\\Client":private]=>\n  string(4) "smtp"\n',
    "    [password:protected] =>\n    [retries:protected] => 3\n",
    " token    | \\xdeadbeef01020304deadbeef\n",
    " digest   | \\x4b75706665725f393778\n",
    'x = "a1" + "@media screen"',
    'log("user" + "@" + name)',
    '<string name="пароль_пустой"></string><string name="имя">Kupfer_97x</string>',
    '<string name="パスワード">パスワード</string>',
    '{"username": "YWRtaW4="}',
    "user=cm9vdA== from cache",
    "cn:: c2VydmVycw==\ndescription:: YWxsIG9mIHRoZW0=\n",
    ' $ password : chr(0) \n $ mode: chr "fast"\n',
    " $ token: num 3\n",
    "https://scan.plum.org/api?login=0a9c7e52&x=1 ?build=0a9c7e52b4d8364f0a9c7e52b4d8364f1f1f1f1f",
    "std:: vector\nabcd:: AAAAAAAA\n",
    '{"a":"x\\\\\\u00e9\\u00e8y"}',
)


HEX = "200b0ba335a7edb6" + "a482035284adb8f7"
RANDOM = "z2eE53lg8xZz1KiwVWsN" + "w8Pa9qDXxmeg"
CALLED = (
    f'client = Twilio(account_sid, "«{HEX}»")',
    f"const client = require('twilio')(accountSid, '«{HEX}»');",
    f"client = twilio(process.env.SID, '«{HEX}»')",
    f'client = Client(TWILIO_ACCOUNT_SID, "«{HEX}»")',
    f"IllegalArgumentException: Illegal base64 character in key '«{RANDOM}»'",
    f'binascii.Error: Incorrect padding in key "«{RANDOM}»"',
    'rasdial "Work VPN" «ilindner» «Kupfer_97x»',
    "rasdial Office «ilindner» '«Kupfer_97x»' /domain:PLUM",
    '  - name: BUNDLE_GEMS__PLUM__COM\n    value: "«14973d24:ed6f28b6»"',
    'setx BUNDLE_GEMS__PLUM__COM "«b21c95f3:c88db728»" /M',
    '{"BUNDLE_GEM__PLUM__IO": "«kwAj28sk1JAkwj2h»"}',
    "  SNMP_COMMUNITY:       «munfjvMgrtPV»",
    "snmp_community=«gwyqjjdjbUWg»",
    "INSERT INTO d (snmp_community, sysname, api_token) VALUES ('«gwyqjjdjbUWg»', 'core', '«Kq82jsnQ0sx»');",
    "The api key is «yGOmswYyvYdNBpmSyXjWSJcIYzHtlysX» and works",
    "Mein Passwort lautet «UyDUUdFmyIqzQSQvsVVK».\nBis dann",
    "yes, my password is «ferryBoat1973&» and still 401",
    "**Seed phrase:** «able acid able acid able acid able acid able acid wrong access»\n**Name:** x",
    "BEARER_TOKEN=«q7Wd2Zk9Pb4Xn1Rt6Lm3»\nBEARER_TYPE=jwt",
    "localhost:5432:billing:«ilindner»:«Kupfer_97x»",
)
NOT_CALLED = (
    f'file = File.open(path, "{HEX}")',
    'invalid key "user_settings_v2_2024" in map',
    'rasdial "Work VPN" /disconnect',
    "BUNDLE_BUILD__SASSC__COM=--disable-lto-2\nBUNDLE_JOBS=4\nBUNDLE_PATH: vendor/bundle",
    "snmp_community: public",
    "community_string: readOnly",
    "The token is createSessionTokenForUserFromRequest and no value",
    '{"token_type": "Bearer", "file_md5": "9e107d9d372bb6826bd81d3542a419d6"}',
    "TOKEN_TYPE=Bearer registry.plum.example/shop/app:1.2.3",
    "Grant{tokenType=Bearer, fileMd5=9e107d9d372bb6826bd81d3542a419d6}",
    "id\ttoken_type\tregion\n7\tBearer\tap-southeast-1\n",
    "--token-type=Bearer --request-id=9e107d9d372bb6826bd81d35",
    "**Password hash:** none\n**Password reset enabled:** false\n*Password digest:* sha256",
    "auth_method\tfeature\tpassword\ttrace_id\n",
    "| Setting | Value |\n|---|---|\n| auth_method | password |\n| integrity | k9f8-q7Wd2Zk9Pb4Xn1 |\n",
    '"tags":[["login","none"],["symbol","$s4main3FooV3baryyF"],["os_build","10.0.26100.1461"],["mode","fast-1"]]',
    f"VALUES (1, 'authentication', '{HEX}')",
)


def covered(text: str) -> str:
    """The text with «...» around what is masked; marks alone do not count."""
    found = [(start, end) for start, end, _ in spans(text) if re.search(r"\w", text[start:end])]
    for start, end in reversed(found):
        text = f"{text[:start]}«{text[start:end]}»{text[end:]}"
    return text


@pytest.mark.parametrize("line", TOLD + TOOLS + WRITTEN + CALLED)
def test_what_is_announced_is_masked(line):
    assert covered(line.replace("«", "").replace("»", "")) == line


@pytest.mark.parametrize("line", LEFT + NOT_CALLED)
def test_what_only_looks_announced_is_left(line):
    assert covered(line) == line
