"""Which error logs are only a line of a Java stack: application servers log what goes to the standard error by lines.

DebugBundle takes such a line for context, not for an incident of its own: one line, from a logger that stands for the
standard error, without an exception of its own. Facts: `packages/event-normalizer` of debugbundle/debugbundle at
4ee3805 and c4d2dfb.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from triage.formats.debugbundle_lines import BLANKS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ("continues_stack",)

_LOGGERS: Final = ("stderr", "org.jboss.stdio")
_LONGEST_LOGGER: Final = 256
_LONGEST: Final = 16_384
_BLANK: Final = f"[{re.escape(BLANKS)}]"
_FRAME: Final = re.compile(rf"at{_BLANK}+[A-Za-z0-9_.$/]+\(.*\)")
_MORE: Final = re.compile(rf"\.\.\.{_BLANK}+[0-9]+{_BLANK}+more")
_CAUSE: Final = re.compile(
    rf"(?:Caused by|Suppressed):{_BLANK}+[A-Za-z0-9_.$/]+(?:Exception|Error|Throwable)(?::.*)?", re.DOTALL
)


def continues_stack(message: str, attributes: Mapping[str, Any]) -> bool:
    """Whether a log of a Java program is a line of a stack that went to the standard error.

    Examples
    --------
    >>> continues_stack("\\tat shop.Cart.get(Cart.java:5)", {"logger": "stderr"})
    True
    >>> continues_stack("\\tat shop.Cart.get(Cart.java:5)", {"logger": "shop.Cart"})
    False
    """
    logger = attributes.get("logger")
    if not isinstance(logger, str) or len(logger) > _LONGEST_LOGGER or attributes.get("throwable") is not None:
        return False
    if logger not in _LOGGERS and not logger.startswith("org.jboss.stdio."):
        return False
    if len(message) > _LONGEST or "\n" in message or "\r" in message:
        return False
    line = message.strip(BLANKS)
    return any(pattern.fullmatch(line) for pattern in (_FRAME, _MORE, _CAUSE))
