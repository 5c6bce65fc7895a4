"""Tokens of vendors, as lengths and alphabets: a piece that starts with `%` is random (`%A36`: 36 letters and digits).

Prefixes are cut in two, so that no scanner of this repository mistakes the table for what it describes.
"""

from __future__ import annotations

import base64

from tests.redaction.values import ALNUM, BASE64, DIGITS, HEX, LOWER, UPPER, URLSAFE, Fake

ALPHABETS = {
    "A": ALNUM,
    "B": BASE64,
    "D": DIGITS,
    "H": HEX,
    "L": LOWER,
    "U": UPPER,
    "S": URLSAFE,
    "Q": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "T": "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
    "a": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "h": "abcdefgh0123456789",
}

# A class of its own each: the vendors that a crash file is likeliest to hold.
COMMON: dict[str, tuple[str, ...]] = {
    "aws_access_key": ("AK IA %Q16", "AS IA %Q16"),
    "github": ("gh p_ %A36", "gh o_ %A36", "gh s_ %A36", "gh u_ %A36", "gh r_ %A36", "github _pat_ %A22 _ %A59"),
    "gitlab": ("gl pat- %S20", "gl dt- %S20", "gl rt- %S20", "gl ptt- %H40", "gl soat- %S20"),
    "slack": (
        "xo xb- %D12 - %D12 - %A24",
        "xo xp- %D12 - %D12 - %D12 - %H32",
        "xa pp-1- %U11 - %D12 - %H64",
        "xo xe-1- %U146",
    ),
    "slack_webhook": ("https://hooks.slack .com/services/T %U9 /B %U10 / %A24",),
    "stripe": ("sk _live_ %A24", "rk _live_ %A24", "sk _test_ %A24", "sk _live_ %A99"),
    "google_api": ("AI za %S35",),
    "google_oauth": ("ya 29.a0 %S120", "GO CSPX- %S28", "1 //0 %S40"),
    "openai": ("sk -proj- %S74 T3Blbk FJ %S74", "sk - %A20 T3Blbk FJ %A20", "sk -svcacct- %S58 T3Blbk FJ %S58"),
    "anthropic": ("sk -ant-api03- %S93 AA", "sk -ant-admin01- %S93 AA"),
    "sendgrid": ("S G. %S22 . %S43",),
    "twilio": ("S K %H32",),
    "npm": ("np m_ %A36",),
    "pypi": ("py pi-AgEIcHlwaS5vcm c %S80",),
    "huggingface": ("h f_ %a34",),
    "digitalocean": ("do p_v1_ %H64", "do o_v1_ %H64"),
    "shopify": ("shp at_ %H32", "shp ca_ %H32", "shp ss_ %H32"),
    "telegram": ("%D10 :AA %S33",),
    "discord_webhook": ("https://discord .com/api/webhooks/ %D18 / %S68",),
    "databricks": ("da pi %H32",),
    "grafana": ("gl sa_ %A32 _ %H8", "gl c_ %B60"),
    "vault": ("hv s. %S95", "hv b. %S140"),
    "newrelic": ("NR AK- %U27", "NR JS- %H19"),
    "sentry_token": ("snt rys_ ORG", "snt ryu_ %H64"),
    "azure_ad": ("%A3 8Q~ %A34",),
    "docker_pat": ("dck r_pat_ %S27",),
}

# One class together.
RARE: tuple[str, ...] = (
    "LT AI %A20",
    "AGE-SECRET -KEY-1 %T58",
    "p8 e- %L32",
    "AK Cp %A69",
    "CLO JARS_ %L60",
    "dp .pt. %A43",
    "duffel _test_ %S43",
    "dt 0c01. %U24 . %U64",
    "EZ AK %A54",
    "EAA M %A120",
    "FLW SECK_TEST- %h32 -X",
    "fo 1_ %S43",
    "fi o-u- %S64",
    "%L14 .atlas v1. %S64",
    "HR KU-AA %S58",
    "ic o- %A32",
    "li n_api_ %L40",
    "ntn _ %D11 %A35",
    "PM AK- %H24 - %H34",
    "pn u_ %L36",
    "pp lx- %A48",
    "psc ale_tkn_ %S43",
    "psc ale_pw_ %S43",
    "pu l- %H40",
    "rd me_ %L70",
    "ruby gems_ %H48",
    "tk -us- %S48",
    "sg p_ %H40",
    "sq 0atp- %S22",
    "sq 0csp- %S43",
    "shippo _live_ %H40",
    "xk eysib- %H64 - %A16",
    "tf p_ %S59",
    "v1 .0- %H24 - %H146",
    "AT ATT3xFfGF0 %S180 = %H8",
    "gs k_ %A52",
    "dn key- %L26 - %L52",
    "key - %H32",
    "%H32 -us1 9",
    "oy 2 %L43",
    "ts key-auth- %A12 CNTRL- %A32",
    "fig d_ %S40",
    "sb p_ %H40",
    "xa i- %A80",
    "ph x_ %A43",
)

# What a rare token needs beside it to be known as one.
HINTS = {"key-": "mailgun_api_key", "-us19": "mailchimp_api_key"}


def token(fake: Fake, shape: str) -> str:
    """A token of that shape."""
    out = []
    for piece in shape.split():
        if piece == "ORG":
            body = b'{"iat":1700000000,"url":"https://sentry.io","org":"shop"}'
            out.append(base64.b64encode(body).decode() + "_" + fake.some(BASE64, 43))
        elif piece.startswith("%"):
            out.append(fake.mixed(ALPHABETS[piece[1]], int(piece[2:])) if _has_both(piece) else _plain(fake, piece))
        else:
            out.append(piece)
    return "".join(out)


def _has_both(piece: str) -> bool:
    return piece[1] not in "Da" and int(piece[2:]) > 7


def _plain(fake: Fake, piece: str) -> str:
    return fake.some(ALPHABETS[piece[1]], int(piece[2:]))


def common(fake: Fake, vendor: str) -> str:
    """A token of one of the common vendors; it ends in a letter or digit, since a template may add a stop."""
    return _closed(fake, token(fake, fake.pick(COMMON[vendor])))


def rare(fake: Fake) -> str:
    """A token of one of the others."""
    return _closed(fake, token(fake, fake.pick([shape for shape in RARE if "%" in shape])))


def _closed(fake: Fake, text: str) -> str:
    return text[:-1] + fake.pick(LOWER) if text[-1] in "-_+/" else text
