"""What looks like a secret or like personal data and is neither."""

from __future__ import annotations

import base64
from urllib.parse import quote

from tests.redaction.classes import Class, Value, templates
from tests.redaction.negative_forms import FORMS
from tests.redaction.negative_words import WORDY
from tests.redaction.values import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URLSAFE, Fake, luhn_digit


def tuned(fake: Fake, digits: str, passing: bool) -> str:
    """The last digit so that the sum of Luhn passes or fails."""
    right = luhn_digit(digits)
    return digits + (right if passing else str((int(right) + fake.chance.randint(1, 9)) % 10))


def bad_card(fake: Fake) -> str:
    prefix = fake.pick(("4", "51", "6011"))
    return tuned(fake, prefix + fake.some(DIGITS, 15 - len(prefix)), passing=False)


def grouped(digits: str) -> str:
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


def bad_iban(fake: Fake) -> str:
    good = fake.iban()
    check = (int(good[2:4]) + fake.chance.randint(1, 90)) % 100
    return f"{good[:2]}{check:02}{good[4:]}"


def symbol(fake: Fake) -> str:
    words = [fake.word(), fake.word().title(), fake.pick(("run", "Process", "handleToken", "getKey"))]
    return "_ZN" + "".join(f"{len(word)}{word}" for word in words) + fake.pick(("Ev", "EPKcj", "ERKNS_6StringE", "Eb"))


def rust_symbol(fake: Fake) -> str:
    words = [fake.word(), fake.word(), "run"]
    return "_ZN" + "".join(f"{len(word)}{word}" for word in words) + f"17h{fake.hex16()}E"


def rust_v0(fake: Fake) -> str:
    word, other = fake.word(), fake.word()
    return f"_RNvNtCs{fake.mixed(ALNUM, 11)}_{len(word)}{word}{len(other)}{other}4main"


def swift_symbol(fake: Fake) -> str:
    word, other = fake.word(), fake.word().title()
    return f"$s{len(word)}{word}{len(other)}{other}V4bodyQrvg"


def masks(fake: Fake) -> str:
    stars = "*" * fake.chance.randint(3, 12)
    known = "[REDACTED] <redacted> [Filtered] [redacted] REDACTED [MASKED] xxxxxxxx [hidden] <hidden> ***REMOVED***"
    return fake.pick((*known.split(), stars, "[email]", "[ip]", "<secret>", "••••••••", "[Filtered]"))


def own_mask(fake: Fake) -> str:
    kind = fake.pick(("password", "github_pat", "email", "ipv4", "hostname", "user", "secret"))
    number = fake.pick((fake.small(), fake.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13)))
    return f"[{kind}:{number}:{fake.pick(('8-15', '16-31', '40', '4-7'))}]"


def pem_of(title: str, newline: str) -> Value:
    return lambda fake: fake.pem(title, newline)


def ssh_public(fake: Fake) -> str:
    body = base64.b64encode(b"\0\0\0\x0bssh-ed25519\0\0\0 " + fake.chance.randbytes(32)).decode()
    return f"ssh-ed25519 {body}"


def key_names(fake: Fake) -> str:
    names = ["id", "name", "token", "password", "secret", "api_key", "email", "created_at", "key", "user", "phone"]
    fake.chance.shuffle(names)
    return ", ".join(names[:5])


def harmless(fake: Fake) -> str:
    """What is encoded every day and nobody's business."""
    return fake.pick(
        (
            f'{{"page":{fake.small()},"sort":"{fake.word()}","desc":true}}',
            f'{{"type":"{fake.word()}","count":{fake.number()}}}',
            f"sort={fake.word()}&page={fake.small()}&size={fake.number()}",
            f"the {fake.word()} of the {fake.word()} has {fake.small()} rows",
        )
    )


def query(fake: Fake) -> str:
    return fake.pick(
        (
            "SELECT id, password, token FROM users WHERE id = ?",
            "UPDATE users SET password = $1 WHERE email = $2",
            "INSERT INTO sessions (token, user_id) VALUES (?, ?)",
            f"SELECT * FROM {fake.name()} WHERE key = :key LIMIT {fake.small()}",
            "ALTER TABLE users ADD COLUMN password_hash varchar(64) NOT NULL",
            f"DELETE FROM {fake.name()} WHERE token IS NULL",
        )
    )


def minified(fake: Fake) -> str:
    a, b = fake.word(), fake.word()
    return fake.pick(
        (
            f"function e(t,n){{return t.token?t.token:n.{a}({{key:t.key,password:t.password}})}}",
            f'!function(e){{var t={{}};function n(r){{if(t[r])return t[r].exports;var o=t[r]={{i:r}}}}n.m=e}}("{a}")',
            f"var {a}=e=>e.password||e.secret,{b}=t=>void 0!==t.token&&t.token.length>0;",
            f"n.d(t,'a',(function(){{return {a}}}));const r=e.apiKey,o=e.auth.{b}(r);",
            f"if(t.password!==e.passwordConfirm)throw new Error('{a}')",
        )
    )


FIXED: dict[str, str] = {
    "any": "0.0.0.0",
    "bc": "255.255.255.255",
    "lo6": "::1",
    "any6": "::",
    "netmask": "255.255.255.0 255.255.0.0 255.0.0.0",
    "null": "null nil None undefined NULL",
    "nul": "null false",
    "bearer": "bearer Bearer JWT",
    "keysize": "128 256 2048 4096",
    "prompt": "[enter] (hidden) required",
    "envname": "API_KEY OPENAI_API_KEY SECRET",
    "punct": "< } ] u",
    "pw": "password token passphrase",
    "var": "$DB_PASSWORD ${DB_PASSWORD} ${TOKEN} %PASSWORD% {{password}} <your-password> $NPM_TOKEN ${{secrets.TOKEN}}",
    "ref": "${SECRET} ${vault.token} {{secret}} $SECRET",
    "kname": "id user_id name token created_at color theme",
    "fk": "orders_user_id_fkey users_email_key fk_order_id",
    "forge": "github.com gitlab.com bitbucket.org git.sr.ht",
    "fname": "getPassword setToken resetPassword validateApiKey refreshToken secretKeyFor parseAuthHeader getSecret "
    "encryptPassword tokenize isTokenExpired hasCredentials onPasswordChanged get_access_token",
    "lower3": "app::auth::token net::http::header a::b::c core::ops::function dead::beef::cafe fe::ed::add",
    "scope": "std::vector::at EQ::Net::TokenList Auth::Password::check app::secret::Store::get Ui::KeyMap::find",
    "module": "shop.auth.tokens app.core.password_reset django.contrib.auth.hashers numpy.core.multiarray",
    "jmodule": "com.acme.auth.InvalidToken javax.net.ssl.SSLHandshake org.hibernate.exception.Generic",
    "bundle": "com.apple.Safari com.acme.mobile.KeyStore io.flutter.plugins org.mozilla.firefox",
    "srcname": "password_reset.py token.rs AuthKey.java secret_store.dart api_keys.ts credentials.go e2e.cpp",
    "thread": "tokio-runtime-worker pool-1-thread-3 main RenderThread http-nio-8080-exec-1 AsyncTask-2 CrBrowserMain",
    "sname": "Adobe Games Logs Tools",
    "nt": "NTUSER UsrClass",
    "layout": "qwertz-de us-intl dvorak",
    "model": "bert-base-uncased gpt2-medium cl100k_base",
    "table": "orders-main db-credentials prod_main",
    "keyname": "Enter Tab Shift+F10",
    "bool": "true false yes no",
    "tokpath": "oauth2/token token",
    "runpath": "secrets/db_password secrets/token",
    "schema": "string",
    "inputtype": "password",
    "policy": "strict strong medium",
    "method": "basic publickey password oauth2 kerberos",
    "onoff": "enabled disabled",
    "unit": "getty@tty1.service user@1000.service systemd-fsck@dev-sda1.service openvpn@client.service",
    "sprite": "icon@2x.png logo@3x.webp cursor@2x.cur",
    "symver": "GLIBC_2.14 GLIBCXX_3.4.21 Qt_5",
    "pct": "d x s",
    "pubhost": "github.com docs.rs crates.io pub.dev flutter.dev developer.mozilla.org docs.python.org",
}


def fixed(words: str) -> Value:
    choices = words.split()
    return lambda fake: fake.pick(choices)


VALUES: dict[str, Value] = {
    **{name: fixed(words) for name, words in FIXED.items()},
    "short": lambda fake: fake.mixed(HEX, 7, 9),
    "short8": lambda fake: fake.mixed(HEX, 7, 8),
    "cap": lambda fake: fake.word().title(),
    "dso": lambda fake: fake.some(HEX, 10),
    "guid": lambda fake: fake.uuid() + "-1",
    "guid32": lambda fake: fake.mixed(HEX, 32).upper(),
    "U": lambda fake: f"{fake.mixed(UPPER, 4)}.{fake.some(DIGITS, 6)}.00{fake.small()}",
    "pc": lambda fake: fake.some(HEX, 16),
    "hex20": lambda fake: fake.mixed(HEX, 20),
    "hex24": lambda fake: fake.mixed(HEX, 24),
    "hex6": lambda fake: fake.some(HEX, 6),
    "hex5": lambda fake: fake.mixed(HEX, 5),
    "hex3": lambda fake: fake.some(HEX, 3),
    "sri": lambda fake: base64.b64encode(fake.chance.randbytes(48)).decode(),
    "V4": lambda fake: ".".join(
        str(one) for one in (fake.pick((10, 31, 27, 6)), fake.pick((0, 15, 21)), *fake.chance.sample(range(251), 2))
    ),
    "chrome": lambda fake: f"{fake.chance.randint(90, 130)}.0.{fake.chance.randint(1000, 7000)}.{fake.small()}",
    "build": lambda fake: str(fake.chance.randint(17000, 26000)),
    "png": lambda fake: "iVBORw0KGgoAAAANSUhEUgAA" + fake.some(BASE64, 120, 400) + "=",
    "gif": lambda fake: "R0lGODlhAQABA" + fake.some(BASE64, 60),
    "jpg": lambda fake: "/9j/4AAQSkZJRgABAQ" + fake.some(BASE64, 120, 300) + "==",
    "blob": lambda fake: "d09GMgAB" + fake.some(BASE64, 120, 300),
    "map": lambda fake: base64.b64encode(
        f'{{"version":3,"sources":["{fake.word()}.ts"],"names":[],"mappings":"AAAA"}}'.encode()
    ).decode(),
    "zn": symbol,
    "msvc": lambda fake: f"{fake.word()}@{fake.word().title()}@@QEAAXXZ",
    "rust": rust_symbol,
    "v0": rust_v0,
    "swift": swift_symbol,
    "gitat": lambda fake: f"git@{fake.pick(FIXED['forge'].split())}:{fake.word()}/{fake.word()}.git",
    "pkg": lambda fake: f"{fake.word()}-{fake.word()}@{fake.version()}",
    "scoped": lambda fake: f"@{fake.word()}/{fake.word()}@{fake.version()}",
    "d19": lambda fake: "7" + fake.some(DIGITS, 18),
    "etag": lambda fake: fake.mixed(URLSAFE, 20, 27).strip("-_"),
    "e13": lambda fake: tuned(fake, "17" + fake.some(DIGITS, 10), passing=fake.chance.random() < 0.5),
    "e10": lambda fake: "17" + fake.some(DIGITS, 8),
    "d6": lambda fake: fake.some(DIGITS, 6),
    "e16": lambda fake: tuned(fake, "17" + fake.some(DIGITS, 13), passing=True),
    "e16b": lambda fake: tuned(fake, "17" + fake.some(DIGITS, 13), passing=True),
    "badcard": bad_card,
    "lo": lambda fake: fake.pick(("127.0.0.1", "127.0.0.1", "127.0.1.1")),
    "mask": masks,
    "own": own_mask,
    "own2": own_mask,
    "n2": fixed("1 2 8 12 16 64 512 4096"),
    "keys": key_names,
    "ssh": ssh_public,
    "pub": pem_of("PUBLIC KEY", "\n"),
    "pubj": pem_of("PUBLIC KEY", "\\n"),
    "cert": pem_of("CERTIFICATE", "\n"),
    "certj": pem_of("CERTIFICATE", "\\n"),
    "fp": lambda fake: fake.some(BASE64, 43),
    "serial": lambda fake: ":".join(fake.some(HEX, 2) for _ in range(fake.pick((9, 16, 20)))),
    "badspaced": lambda fake: grouped(bad_card(fake)),
    "badiban": bad_iban,
    "n16": lambda fake: tuned(fake, fake.pick(("9", "7", "1")) + fake.some(DIGITS, 14), passing=True),
    "oid": lambda fake: "1.3.6.1.4.1." + ".".join(str(fake.chance.randint(1, 999)) for _ in range(3)),
    "dots": lambda fake: ".".join(str(fake.chance.randint(1, 9)) for _ in range(3)),
    "dump": lambda fake: " ".join(fake.some(HEX, 2) for _ in range(16)),
    "prints": lambda fake: ":".join(fake.some(HEX, 2).upper() for _ in range(20)),
    "b64": lambda fake: base64.b64encode(harmless(fake).encode()).decode(),
    "hexed": lambda fake: harmless(fake).encode().hex(),
    "percent": lambda fake: quote(harmless(fake), safe=""),
    "sql": query,
    "js": minified,
    "js1": fixed("e.getToken t.exports.password n.key"),
    "n9": lambda fake: "3" + fake.some(DIGITS, 8),
    "n10": lambda fake: "7" + fake.some(DIGITS, 9),
    "lower": lambda fake: fake.some(LOWER, 8),
}


def classes() -> list[Class]:
    """All of them."""
    return [templates(kind, "negative", texts, **VALUES) for kind, texts in {**FORMS, **WORDY}.items()]
