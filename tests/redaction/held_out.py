"""Other templates for the same kinds, to see what an engine does with texts that its author did not look at.

The benchmark prints no failures of these, only counts: an engine is not to be fitted to them.
"""

from __future__ import annotations

from tests.redaction import pii_numbers, pii_places, secret_containers, tokens
from tests.redaction.classes import KEYS, Class, Value, bare, simple, templates
from tests.redaction.negatives import VALUES
from tests.redaction.values import Fake

SECRETS: dict[str, tuple[str, ...]] = {
    "held_vendor": (
        "remote: Invalid username or token «V!» (HTTP 401)",
        "E 12:00 auth.go:«small» creds=«V!»",
        'thread panicked: Unauthorized("«V!»")',
        "  -> header[x-token]=«V!»;",
        "`«V!»`",
        "wss://push.«word».example/?auth=«V!»",
        "map[apikey:«V!» region:eu]",
        "ERR «V!»: 403",
    ),
    "held_json": (
        '{"id":«small»,"db":{"pwd":"«S!»","user":null}}',
        '[{"dsn":null,"apiToken":"«S!»"},{"n":1}]',
        '{ "smtp" : { "host":"localhost", "passwd" : "«S!»" } }',
        '{"env":["MODE=fast","«upper»=«B!»"]}',
        '"clientSecret":"«S!»","grantType":"client_credentials"',
        '{"login":{"secret":"«S!»"},"ok":1}',
    ),
    "held_config": (
        '«key» := "«S!»"',
        'set «key» "«S!»"',
        "«word»:\n    - passwd: «S!»\n    - mode: fast",
        "[remote]\n\tpassword = «S!»\n\turl = http://localhost",
        "define('DB_PASSWORD', '«S!»');",
        "ENV «upper»=«B!»",
        "ARG «upper»=«B!»",
        "bind_password «B!»",
        "«key» => '«S!»',",
        'pass: "«S!»" # «word»',
    ),
    "held_wire": (
        "> GET / HTTP/2\n> authorization: Bearer «B!»\n> accept: */*",
        "PUT /x HTTP/1.1\r\nX-Auth-Key: «B!»\r\n\r\n",
        "req.headers.cookie = 'sess=«C!»; lang=de'",
        "grpc metadata: {authorization: [Bearer «B!»]}",
        "Set-Cookie: refresh_token=«C!»; HttpOnly",
        "ws connect /rt?ticket=1&access_token=«B!»",
        "http://bot:«B!»@localhost:9200/_bulk",
        "mysql://root:«B!»@localhost/«word»",
        "clickhouse://default:«B!»@localhost:9000/«word»",
        "ldap bind cn=admin with password=«B!»",
    ),
    "held_shell": (
        "$ «word» login --user x --password=«B!»",
        "argv[3]=--api-token=«B!»",
        "sh -c 'TOKEN=«B!» ./deploy'",
        "sudo -E env SECRET_KEY=«B!» make",
        '«word»ctl auth --secret-key "«B!»"',
        "mosquitto_pub -u x -P «B!» -t a",
        "openssl enc -k «B!» -in a",
        "docker build --build-arg NPM_TOKEN=«B!» .",
    ),
    "held_prose": (
        "Login with password «S!» was refused",
        "the api key «B!» is not valid any more",
        "user gave wrong password: «S!»",
        'decrypting with passphrase "«S!»"',
        "secret is «B!»",
        "expected token «B!», got none",
    ),
}
PERSONAL: dict[str, tuple[str, ...]] = {
    "held_email": (
        "bounce for «email!»;",
        "cc=«email!»",
        "{email: «email!»}",
        "Contact <«email!»> or 127.0.0.1",
        "u:«email!»|ok",
    ),
    "held_address": (
        "src=«ipv4!» dst=127.0.0.1",
        "rhost=«ipv4!»",
        "[«ipv6!»] up",
        "nexthop «ipv4!»,",
        "peer=«ipv6!» lost",
        "Remote address: «ipv4!»:«number»",
        "arp «ipv4!» is-at «mac!»",
        "lladdr «mac!» REACHABLE",
    ),
    "held_home": (
        "cd /home/«user!»/x && make",
        "at /Users/«user!»/a/b.swift:«small»",
        '"C:\\Users\\«W!»\\b.log"',
        "open('/home/«user!»/.ssh/id_ed25519')",
        "mapped /home/«user!»/.local/lib/x.so",
        "in C:\\Users\\«W!»\\c.cs:line «small»",
        '{"cwd":"/Users/«user!»"}',
        "dart:/home/«user!»/p/lib/a.dart",
    ),
    "held_host": (
        "dialing «internal!»...",
        "node=«box!» up",
        "tls: certificate is valid for «internal!»",
        "Hostname=«box!»",
        "computer_name: «D!»",
        "smb://«internal!»/x",
        "device_name=«M!»",
        "ping «internal!»: timeout",
    ),
    "held_number": (
        "ccnum=«card!»",
        "cc: «card!»;",
        "debtor IBAN: «iban!»",
        "mobile number: «P!»",
        "whatsapp=«P!»",
        "imei=«imei!»;",
    ),
    "held_user": (
        "login_name: «user!»",
        "username='«user!»'",
        '{"user_name": "«user!»"}',
        "su: (to root) «user!» on pts/1",
        "session_id: «C!»",
        "sid=«C!» created",
    ),
}
HARMLESS: dict[str, tuple[str, ...]] = {
    "held_negative": (
        "tree «hex40~» parent «hex40~»",
        "image id «hex64~»",
        "req «uuid~» 200",
        "fault addr «address~»",
        "rev «hex8~»",
        "lock token acquired by «word~»",
        "password hash algorithm: «word~»",
        "no token in «word~»",
        "keys=«small~»",
        "driver «V4~» loaded",
        "at «lo~»",
        "tokenizer loaded in «small~» ms",
        "secret scan: «small~» findings",
        "ptr=«address~»",
        "keyCode=«small~»",
        "authenticated=«bool~»",
        "credentials: «null~»",
        "crc «hex8~», size «number~»",
        '{"key":"«word~»"}',
    ),
}


def classes() -> list[Class]:
    """All of them."""
    given: dict[str, Value] = {
        "S": simple,
        "B": bare,
        "C": secret_containers.session,
        "V": lambda fake: tokens.common(
            fake, fake.pick(("github", "gitlab", "stripe", "slack", "npm", "openai", "sendgrid"))
        ),
        "W": Fake.windows_user,
        "D": pii_places.windows_machine,
        "M": pii_places.macbook,
        "P": pii_numbers.e164,
        **KEYS,
    }
    made = [templates(kind, "secret", texts, inline="config" not in kind, **given) for kind, texts in SECRETS.items()]
    made += [templates(kind, "pii", texts, **given) for kind, texts in PERSONAL.items()]
    return made + [templates(kind, "negative", texts, **VALUES) for kind, texts in HARMLESS.items()]
