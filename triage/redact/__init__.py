"""Redaction: what in a text must not leave, and the text with masks in its place.

>>> import triage
>>> triage.redact.mask("login with password=hunter2-not-real")
'login with password=[password:1:16-31]'

`scan` finds in one text, `redactor` numbers over many, `documents` puts masks in place. What is found where:

- `tokens`: what its own form gives away; gitleaks' rules and ours.
- `named`: values under a sensitive name, in every container.
- `phrases`: what sentences, commands, consoles and calls announce.
- `pii`: people, by form, checksum or field.
- `decoding`: the same in all that a text decodes to, and the way back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.errors import demand

if TYPE_CHECKING:
    from triage.redact.policy import Policy

__all__ = ("mask", "spans")

_TEXT = "what is searched is a text; decode bytes first"


def spans(text: str, *, policy: Policy | None = None) -> list[tuple[int, int, str]]:
    """Find what must not leave in one text.

    Parameters
    ----------
    text
        Any text; a report, a log, one line of it.
    policy
        Which rules hold; default: all of them.

    Returns
    -------
    list of (int, int, str)
        Start and end in characters and the kind of each place, sorted and disjoint. A value that is found in one place
        is given everywhere else in the text too, decoded or not.

    Raises
    ------
    TriageError
        It is no text.

    Examples
    --------
    >>> spans("mail bob@example.com, password=hunter2-not-real")
    [(5, 20, 'email'), (31, 47, 'password')]
    """
    from triage.redact.redactor import text_spans

    demand(text, str, _TEXT)
    return text_spans(text, policy)


def mask(text: str, *, policy: Policy | None = None, key: bytes | None = None) -> str:
    """Give one text with masks in place of what must not leave.

    Parameters
    ----------
    text
        Any text; JSON, NDJSON, YAML and Prometheus text stay parsable.
    policy
        Which rules hold; default: all of them.
    key
        A key of the user: masks then hold pseudonyms that are the same in every text masked under it.

    Raises
    ------
    TriageError
        It is no text.

    Examples
    --------
    >>> mask('{"user": "alice", "pin": 4711}')
    '{"user": "[username:1:4-7]", "pin": "[pin:1:4-7]"}'
    """
    from triage.redact.redactor import Redactor

    demand(text, str, _TEXT)
    redactor = Redactor(policy, key=key)
    data = text.encode("utf-8", "surrogatepass")
    return redactor.mask_alone(data).data.decode("utf-8", "surrogatepass")
