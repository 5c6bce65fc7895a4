"""Marks of redaction by other tools: one list (`marks.toml`) for what reads messages and for what masks them.

Only marks that say by their words that they are some. Runs of stars or crosses, and what stands in no brackets, mean
one thing in a sentence and another as a whole value: each of the two rooms knows its own.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Final

__all__ = ("pattern",)

_FORMS: Final = r"""
  [\[<](?i:@words@)[\w\ :-]{0,40}[\]>]
  |%(?:5[Bb]|3[Cc])(?i:@words@)(?:[\w:+-]|%20){0,40}%(?:5[Dd]|3[Ee])
  |(?<![^\W_])[_\-\#~%$=|+^!]{1,4}(?i:@bare@)[_\-\#~%$=|+^!]{1,4}(?!\w)
  |\((?i:redacted|filtered|masked|hidden|removed|sensitive(?:\ value)?)\)
  |(?<![^\W_])[\[<](?:(?i:@kinds@)|@entities@)(?:_[0-9]{1,6})?[\]>]
  |\[PII\ of\ type\ [^\[\]\n]{1,200}\]
  |<mask\.hash:\ [^<>\n]{1,100}>
"""


@cache
def pattern() -> str:
    """An alternation for Python's regular expressions in verbose mode, ASCII only, for text and for bytes.

    Examples
    --------
    >>> import re
    >>> mark = re.compile(pattern(), re.VERBOSE)
    >>> [bool(mark.fullmatch(text)) for text in ("[Filtered]", "<EMAIL_ADDRESS>", "__REDACTED__", "[INVALID_ADDRESS]")]
    [True, True, True, False]
    """
    data = tomllib.loads(files("triage").joinpath("marks.toml").read_text("utf-8"))
    forms = _FORMS
    for name in ("words", "bare", "kinds", "entities"):
        # The longest first, as an alternation takes the first that fits.
        words = sorted(set(data[name].split()), key=lambda word: (-len(word), word))
        forms = forms.replace(f"@{name}@", "|".join(words))
    return forms
