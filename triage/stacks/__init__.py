"""From frames to what is the same: names, roles, keys.

>>> import triage
>>> trace = "shop.Error: no cart\\n\\tat shop.Cart.total(Cart.java:12)"
>>> triage.stacks.signature(trace) == triage.stacks.signature(trace.replace("12", "15"))
True
"""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

from triage.errors import demand

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

__all__ = ("signature", "signatures")

_REMEMBERED: Final = 16_384


def signature(text: str) -> str:
    """Give the group key of one raw stack trace or crash report.

    Parameters
    ----------
    text
        A trace in any format that triage reads as text, alone or among the lines of a log. Of several the first that
        ended the program counts, else the first.

    Returns
    -------
    str
        16 hex digits, equal to the `group_key` that `triage.loads` gives that event; "" where no crash is found. A
        trace that a log calls a warning has a key here, though it makes no incident there.

    Raises
    ------
    TriageError
        It is no text.

    Notes
    -----
    Crashes repeat themselves: the keys of up to 16,384 different texts are remembered, by digests of the texts.

    Examples
    --------
    >>> one = "Traceback (most recent call last):\\n  File \\"a.py\\", line 3, in f\\n    g(x)\\nKeyError: 'a'\\n"
    >>> two = one.replace("a.py", "/srv/a.py").replace("line 3", "line 17").replace("'a'", "'b'")
    >>> signature(one) == signature(two), signature("nothing")
    (True, '')
    """
    demand(text, str, "a trace is a text; decode bytes first")
    return _reader()(text)


@cache
def _reader() -> Callable[[str], str]:
    """What reads a raw trace, imported at the first one, and remembers the keys of texts, but none of the texts."""
    from triage.stacks import frame_table, raw

    table = frame_table.FrameTable.default()
    known: dict[bytes, str] = {}

    def read(text: str) -> str:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        found = known.get(digest)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = known[digest] = raw.signature(text, table)
        return found

    return read


def signatures(frames: pd.DataFrame, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """Give the three keys of many stacks whose frames are in a DataFrame already.

    Parameters
    ----------
    frames
        One row per frame, those of a stack together and innermost first, as `case.frames()` gives them: `stack_key`
        (any text) and any of function, module, module_offset, file, line, language, in_app, frame_kind and trust.
    events
        One row per occurrence: `stack_key` and any of event_kind, error_type, signal, error_code_name, error_value.
        Default: a crash of no known type for each stack.

    Returns
    -------
    DataFrame
        stack_key, variant_key, group_key, family_key and culprit (all string), a row for each of `events`, else for
        each stack in its order.

    Examples
    --------
    >>> import pandas as pd
    >>> frames = pd.DataFrame({"stack_key": ["a", "a", "b"], "function": ["memcpy", "parse", "parse"]})
    >>> keys = signatures(frames)
    >>> keys["culprit"].tolist(), keys["group_key"].nunique()
    (['parse', 'parse'], 1)
    """
    from triage.stacks import keys

    return keys.of_frames(frames, events)
