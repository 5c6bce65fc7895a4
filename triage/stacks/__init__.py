"""From frames to what is the same: names, roles, keys.

>>> import triage
>>> trace = "shop.Error: no cart\\n\\tat shop.Cart.total(Cart.java:12)"
>>> triage.stacks.signature(trace) == triage.stacks.signature(trace.replace("12", "15"))
True
"""

from __future__ import annotations

import os
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from triage.errors import demand

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from triage.stacks.settings import Rules

__all__ = ("signature", "signatures")

_REMEMBERED: Final = 16_384
_SETTINGS: Final = 4


def signature(text: str, *, config: str | os.PathLike[str] | None = None) -> str:
    """Give the group key of one raw stack trace or crash report.

    Parameters
    ----------
    text
        A trace in any format that triage reads as text, alone or among the lines of a log. Of several the first that
        ended the program counts, else the first.
    config
        A settings file with rules of your own (`[stacks]`), as `triage.load(config=)` takes it. Default: none, not even
        the `triage.toml` that `triage.load` finds: the key is the same wherever this is called.

    Returns
    -------
    str
        16 hex digits, equal to the `group_key` that `triage.load` gives that event under the same settings; "" where no
        crash is found. A trace that a log calls a warning has a key here, though it makes no incident there, unless the
        settings have fingerprints.

    Raises
    ------
    TriageError
        It is no text, or the settings file holds something unknown.
    SourceError
        The settings file is not there.

    Notes
    -----
    Crashes repeat themselves: the keys of up to 16,384 different texts are remembered for each of a few settings, by
    digests of the texts. With fingerprints of your own each text that is new is loaded as a case, which takes longer.

    Examples
    --------
    >>> one = "Traceback (most recent call last):\\n  File \\"a.py\\", line 3, in f\\n    g(x)\\nKeyError: 'a'\\n"
    >>> two = one.replace("a.py", "/srv/a.py").replace("line 3", "line 17").replace("'a'", "'b'")
    >>> signature(one) == signature(two), signature("nothing")
    (True, '')
    """
    demand(text, str, "a trace is a text; decode bytes first")
    return (_reader() if config is None else _configured(config)[1])(text)


def _configured(config: str | os.PathLike[str]) -> tuple[Rules, Callable[[str], str]]:
    """The rules of a settings file, and what reads a raw trace under them; read again where the file has changed."""
    demand(config, (str, os.PathLike), "config= is a path")
    path = Path(config).absolute()
    try:
        found = path.stat()
    except (OSError, ValueError):
        return _ruled(path, None)  # reading it says what is wrong
    return _ruled(path, (found.st_mtime_ns, found.st_size, found.st_ino))


@lru_cache(maxsize=_SETTINGS)
def _ruled(config: Path, _: tuple[int, ...] | None) -> tuple[Rules, Callable[[str], str]]:
    from triage.config import load_rules

    rules = load_rules(config)
    return rules, _reader(rules)


@lru_cache(maxsize=1 + _SETTINGS)
def _reader(rules: Rules | None = None) -> Callable[[str], str]:
    """What reads a raw trace, imported at the first one, and remembers the keys of texts, but none of the texts."""
    from triage.stacks import documents, frame_table, raw

    table = frame_table.FrameTable.default() if rules is None else rules.table
    by_rules = rules if rules is not None and rules.fingerprints else None
    known: dict[bytes, str] = {}

    def read(text: str) -> str:
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        found = known.get(digest)
        if found is None:
            if len(known) >= _REMEMBERED:
                known.clear()
            found = raw.signature(text, table) if by_rules is None else documents.loaded(text, by_rules)
            known[digest] = found
        return found

    return read


def signatures(
    frames: pd.DataFrame, events: pd.DataFrame | None = None, *, config: str | os.PathLike[str] | None = None
) -> pd.DataFrame:
    """Give the three keys of many stacks whose frames are in a DataFrame already.

    Parameters
    ----------
    frames
        One row per frame, those of a stack together and innermost first, as `case.frames()` gives them: `stack_key`
        (any text) and any of function, module, module_offset, file, line, language, in_app, frame_kind and trust.
    events
        One row per occurrence: `stack_key` and any of event_kind, error_type, signal, error_code_name, error_value.
        Default: a crash of no known type for each stack. Fingerprints of your own may ask for level, platform, service,
        environment and release too.
    config
        A settings file with rules of your own; see `signature`.

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

    return keys.of_frames(frames, events, None if config is None else _configured(config)[0])
