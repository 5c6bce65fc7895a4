"""The lines of a stack that DebugBundle's fingerprint takes, as they are written.

Lines that begin with ``at ``, blanks aside, and name no folder of other people's code; the first five. Stacks of
Python, PHP, Ruby and Go have none. A backslash and an n is a line's end as well.
"""

from __future__ import annotations

from typing import Final

__all__ = ("BLANKS", "at_lines")

# What JavaScript trims and takes for `\s`.
BLANKS: Final = (
    "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000\ufeff"
)
_TAKEN: Final = 5
_FOREIGN: Final = ("node_modules/", "vendor/", "site-packages/", ".venv/")


def at_lines(stack: str) -> list[str]:
    """The lines of a stack text that count.

    Examples
    --------
    >>> at_lines("Error: no\\n  at pay (/app/pay.js:3:1)\\n  at next (/app/node_modules/x.js:1:1)")
    ['at pay (/app/pay.js:3:1)']
    """
    found: list[str] = []
    if "at " not in stack:
        return found
    for line in stack.replace("\\n", "\n").split("\n"):
        text = line.strip(BLANKS)
        if text.startswith("at ") and not any(folder in text for folder in _FOREIGN):
            found.append(text)
            if len(found) == _TAKEN:
                break
    return found
