"""The variables that two parts of a program define differently, as AddressSanitizer names them: where each stands.

Facts: general knowledge of compiler-rt's and libsanitizer's reports of broken one-definition rules. Grammar::

    global = "[" n "] size=" n " '" name "' " file [ ":" line [ ":" column ] ] [ " in " image ]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from triage.formats.traces.patterns import integer, lazy
from triage.records import Frame

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ("globals_of",)

_GLOBAL: Final = lazy(
    r"\[\d\] size=\d{1,20} '(?P<name>[^'\n]{1,400})' (?P<file>\S.{0,1000}?)"
    r"(?::(?P<line>\d{1,9})(?::(?P<column>\d{1,9}))?)?(?: in (?P<image>\S.{0,1000}))?$"
)


def globals_of(said: Iterable[str]) -> tuple[Frame, ...]:
    """Give each variable as a frame: no function of the program is to blame, and the stacks are those of its start.

    Examples
    --------
    >>> (one,) = globals_of(["[1] size=4 'shop::limit' src/shop.cc:8:5 in /app/libshop.so"])
    >>> one.function, one.file, one.line, one.module
    ('shop::limit', 'src/shop.cc', 8, '/app/libshop.so')
    """
    return tuple(
        Frame(
            function=found["name"],
            file=found["file"],
            line=integer(found["line"]) if found["line"] else None,
            column=integer(found["column"]) if found["column"] else None,
            module=found["image"],
            trust="text",
        )
        for text in said
        if (found := _GLOBAL.match(text))
    )
