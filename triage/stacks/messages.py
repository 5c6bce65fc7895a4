"""Messages without what changes from one occurrence to the next: numbers, ids, addresses, paths become named slots."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

__all__ = ("key_text", "parameterise")

_MAX: Final = 1_000
# One alternation, tried in this order at each place; every repeat is bounded or over one class, so it is linear.
_SLOTS: Final = re.compile(
    r"""
    (?P<mask>\[(?:REDACTED|Filtered|redacted)[\w ]{0,40}\]|\[[a-z_]{2,24}:[0-9A-Z]{1,16}:[0-9<>~+-]{1,9}\])
    |(?P<email>[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8})
    |(?P<url>[a-z][a-z0-9+.-]{1,15}://[^\s'"<>)\]]{1,500})
    |(?P<uuid>\b[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\b)
    |(?P<date>\b\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?)
    |(?P<ip>\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b)
    |(?P<address>\b0x[0-9a-fA-F]{1,16}\b)
    |(?P<path>(?:[A-Za-z]:)?(?:[\\/][\w.@+~-]{1,120}){2,40})
    |(?P<hex>\b(?=[0-9a-f]{0,7}\d)[0-9a-f]{8,64}\b)
    |(?P<quoted>"[^"\n]{0,200}"|'[^'\n]{0,200}'|`[^`\n]{0,200}`)
    |(?P<duration>\b\d{1,12}(?:\.\d{1,9})?\s?(?:ns|us|ms|s|sec|seconds|min|minutes|h|hours)\b)
    |(?P<number>(?<![A-Za-z0-9_])\d{1,30}(?:\.\d{1,30})?\b)
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=65_536)
def parameterise(message: str) -> str:
    """Give the first two lines of a message with its variable parts as ``{slot}``.

    Examples
    --------
    >>> parameterise("order 48213 for user bob@example.com failed after 1.5 s")
    'order {number} for user {email} failed after {duration}'
    """
    lines = [line.strip() for line in message[: 4 * _MAX].splitlines() if line.strip()][:2]
    text = " ".join(lines)[:_MAX]
    return " ".join(_SLOTS.sub(lambda match: "{" + str(match.lastgroup) + "}", text).split())


_SLOT: Final = re.compile(r"\{[a-z]{2,10}\}")


def key_text(message: str) -> str:
    """Give a message as keys take it: every slot the same, so that a mask stands where an address stood.

    Examples
    --------
    >>> key_text("no mail for bob@example.com") == key_text("no mail for [email:1:8-15]")
    True
    """
    return _SLOT.sub("{}", parameterise(message))
