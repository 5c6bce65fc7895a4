"""Tags of YAML that say that a value is kept elsewhere: `!Ref DbPassword`, `!kv_ref db/password`, `!secret wifi`.

What follows is the name or the path under which it is kept, and no secret; not so behind the tag of a type (`!!str`).
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("names_a_place",)

# A word of a tag by itself or with others: what keeps values, and what looks one up.
_WORDS: Final = (
    rb"ref|reference|env|env_?var|vars?|variable|secrets?|vault|ssm|param|parameter|get_?att|get|sub|import|import_?value"
    rb"|include|file|path|lookup|resolve|kms|sops|keyring|store|output|outputs|config|from|fetch|load|keyvault|op|join|key"
    rb"|select|context|input|setting|settings|placeholder|k8s|aws|azure|gcp|consul|doppler|terraform|tf|cf|stack|find_?in_?map|env_?secret|secret_?ref|secretsmanager|param_?store|key_?ref"
)
_TAG: Final = re.compile(
    rb"(?i)[ \t]{0,4}!(?:[a-z0-9]{1,20}[_:/.-]){0,3}?(?:" + _WORDS + rb")(?:[_:/.-][a-z]{1,20}){0,2}"
    rb"(?=[ \t]+[^\s]|[ \t]*\r?\n[ \t]+|[ \t]*\Z)"
)


def names_a_place(data: bytes, at: int) -> bool:
    """Whether such a tag stands at a place.

    Examples
    --------
    >>> names_a_place(b"!kv_ref db/password", 0), names_a_place(b"!!str hunter2", 0), names_a_place(b"!hunter2 x", 0)
    (True, False, False)
    """
    return data[at : at + 4].lstrip(b" \t")[:1] == b"!" and _TAG.match(data, at) is not None
