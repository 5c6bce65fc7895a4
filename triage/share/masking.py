"""Mask the values of plainly sensitive keys in a text that is about to be shown.

This is no redaction: it finds `password=...`, `"token": "..."`, `Authorization: Bearer ...` and URL credentials, no
more.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("MASK", "is_sensitive", "masked")

MASK: Final = "[masked]"
_WORDS: Final = (
    "password|passwd|passphrase|pwd|secret|token|authorization|auth|cookie|api[_-]?key|apikey|access[_-]?key|private[_-]?key|"
    "client[_-]?secret|credential|credentials|bearer|session[_-]?id|sessionid|ssn|credit[_-]?card|card[_-]?number|cvv|pin"
)
# A key may carry a prefix or suffix of word parts: `db_password`, `X-Api-Key`. Every repeat is bounded: linear.
_KEY: Final = re.compile(rf"(?i)(?:^|[^a-z])(?:{_WORDS})(?:$|[^a-z])")
_PAIR: Final = re.compile(
    rf"""(?ix)
    (?P<key>\b(?:[\w-]{{0,40}}[_-])?(?:{_WORDS})(?:[_-][\w-]{{0,40}})?\b\\{{0,3}}["']?\s{{0,4}}(?:=>|[:=])\s{{0,4}})
    (?P<value>
        (?P<quote>\\{{0,3}}["'])(?:(?!(?P=quote)).){{1,4000}}
      | (?:bearer|basic|token)\s{{1,4}}[^\s"',;&<>]{{1,4000}}
      | [^\s"',;&<>{{}}\[\]]{{1,4000}}
    )"""
)
_USERINFO: Final = re.compile(r"(?P<scheme>\b[a-z][a-z0-9+.-]{1,15}://)[^\s/@:]{0,200}:[^\s/@]{1,400}@", re.IGNORECASE)


def is_sensitive(key: str) -> bool:
    """Whether a key says that its value is a secret.

    Examples
    --------
    >>> is_sensitive("db_password"), is_sensitive("tokenizer")
    (True, False)
    """
    return bool(_KEY.search(key))


def masked(text: str) -> str:
    """The text with the values of sensitive keys replaced by ``[masked]``.

    Examples
    --------
    >>> masked('retry with password=hunter2 and "api_key": "k-1"')
    'retry with password=[masked] and "api_key": "[masked]"'
    """
    text = _USERINFO.sub(lambda match: f"{match['scheme']}{MASK}@", text)
    return _PAIR.sub(_replace, text)


def _replace(match: re.Match[str]) -> str:
    """Keep the key and an opening quote; what looks masked already stays as it is."""
    value = match["value"]
    bare = value.lstrip("\\\"'")
    if bare.startswith(("[REDACTED", "[Filtered", MASK)):
        return match[0]
    return f"{match['key']}{match['quote'] or ''}{MASK}"
