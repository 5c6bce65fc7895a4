"""Values that are written out byte by byte although nothing in them asks for it: `%68%75%6e%74`, `&#104;&#117;&#110;`.

No program escapes letters and digits. Who does hides something, and hides it under a short name, or none: what a view
decodes of letters and digits in a row is a secret if it is no word.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from typing import Final

from triage.redact.decoding.origins import View
from triage.redact.named import values
from triage.redact.text import Found, digits_in, letters_in

__all__ = ("disguised",)

_LEAST: Final = 8
_MARKS: Final = b"&=/?<>{}()[]\"' ,;:@|"


def disguised(view: View) -> Iterator[Found]:
    """The values of a view of which every character was escaped."""
    outs, sizes, data = view.outs, view.sizes, view.data
    behind = -1
    for number, (first, last) in enumerate(zip(outs, outs[_LEAST - 1 :], strict=False)):
        # Places where something was left out stand for nothing.
        if last - first != _LEAST - 1 or first < behind or not all(sizes[number : number + _LEAST]):
            continue
        behind = last + 1
        index = bisect_right(outs, last)
        while index < len(outs) and outs[index] == behind and sizes[index - 1] == 1:
            behind += 1
            index += 1
        if _is_secret(data[first:behind]):
            yield first, behind, "encoded", "disguised"


def _is_secret(text: bytes) -> bool:
    """Whether a text that did not have to be escaped is one word of letters and digits, and no name."""
    plain = letters_in(text) + digits_in(text)
    if plain * 4 < len(text) * 3 or text.translate(None, _MARKS) != text:
        return False
    return values.mixed(text, least=_LEAST) and not values.is_plain(text) and not values.is_slug(text)
