"""Lines that a format folded: of LDIF, and those below a token that hold nothing but more of it, set in.

    X-Auth-Token: eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZ
        CI6IkVwOS1RZkpHMmdseCJ9.eyJpc3MiOiJodHRwc

LDIF sets what goes on in by one blank (RFC 2849); headers, YAML and what wraps logs set it in as they like.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding.origins import Piece, View, build
from triage.redact.text import Expression

__all__ = ("folds", "unfolded")

# All of a line that goes on, from the end of the one before, and no setting.
_MORE: Final = re.compile(
    rb"\r?\n([ \t]{1,64})(?![A-Za-z_][\w.-]{0,60}=[^=\s])[A-Za-z0-9+/=._~@-]{1,200}[ \t]{0,8}(?=\r?\n|\r?\Z)"
)
# A line end behind what may be a value, and a line below that may be more of it.
_LEAD: Final = Expression(r"[A-Za-z0-9+/=._~@-]\r?\n[ \t]+[A-Za-z0-9+/=._~@-]+[ \t]*(?:\r?\n|$)")
_TOKEN: Final = re.compile(rb"[A-Za-z0-9+/=._~-]{16,400}\Z")
# What tokens of vendors begin with, as far as their line goes.
_PREFIX: Final = re.compile(
    rb"(?:\A|[\s\"':=])(?:[srpw]k_(?:l(?:i(?:ve?)?)?|t(?:e(?:st?)?)?|p(?:r(?:od?)?)?)?|sk(?:-(?:a(?:nt?)?|p(?:r(?:oj?)?)?)?)?"
    rb"|gl(?:p(?:at?)?|dt|rt|ptt|ft|cbt|soat|sa|c)?_?|gh[oprsu]|github(?:_p?|_pa|_pat)|xox[a-z]?|npm|pypi|dckr(?:_p?|_pa|_pat)|hf|hv[sbr]"
    rb"|shp(?:at|ca|pa|ss)|tskey|whsec|GOCSPX|AKIA|ASIA|AIza|ya29|eyJ|SG|do[opr](?:_v1?)?|sntry[su]|AT(?:ATT|CTT)3|ATATT|r8|gsk"
    rb"|PMAK|lin(?:_api|_oauth)?|dapi|nfp|sbp|xai|pul|figd|rubygems|sq0[a-z]{3}|EAA[A-Za-z]?)\Z"
)
_CUT: Final = 16
_LONGEST: Final = 400
_ENTRY: Final = b"dn: "
# And what is in every entry.
_CLASS: Final = b"objectClass: "
_MOST: Final = 4_096


def folds(data: bytes) -> list[Piece]:
    """The line ends with the blanks behind them that are in the middle of a value."""
    found: list[Piece] = []
    end = 0
    for start, _ in _LEAD.spans(data):
        if start + 1 >= end:
            found += _from(data, max(start + 1, end))
            end = found[-1][1] if found else 0
    return found


def _from(data: bytes, at: int) -> Iterator[Piece]:
    """Those that follow each other from a line end on."""
    first = max(at - _MOST, 0)
    entry = data.startswith((_ENTRY, _CLASS)) or data.find(b"\n" + _ENTRY, first, at) >= 0
    entry = entry or data.find(b"\n" + _CLASS, first, at + _LONGEST) >= 0
    whole = _TOKEN.search(data, max(at - _LONGEST, 0), at) is not None
    whole = whole or _PREFIX.search(data, max(at - _CUT, 0), at) is not None
    while (match := _MORE.match(data, at)) and (whole or (entry and match[1] == b" ")):
        yield at, match.end(1), b""
        at = match.end()


def unfolded(data: bytes, found: list[Piece] | None = None) -> Iterator[View]:
    """The lines that are folded, as one; `found` are the `folds` if they are known."""
    if view := build(data, folds(data) if found is None else found):
        yield view
