"""The prompt: the rules of the answer, and the report as data between two lines that cannot occur in it.

The rules are those of the crash-review plan and stand in `templates/rules.txt`; no setting replaces them. What is asked
stands in `templates/review.txt`, or in the file that `promptTemplate` of `triage.toml` names: text with `$report` where
the delimited report goes. What the rules without a model found stands at its end, as a section of its own. Nothing in
an input is ever taken for a template.
"""

from __future__ import annotations

import hashlib
import string
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.errors import RedactionError, TriageError
from triage.hypotheses.extract import INDENT, rescan
from triage.hypotheses.findings import schema
from triage.hypotheses.settings import Settings

if TYPE_CHECKING:
    from triage.hypotheses.extract import Extract
    from triage.redact.policy import Policy

__all__ = ("Prompt", "delimiter", "prompt")

_DEFAULT: Final = Settings()
_CONTEXT: Final = "rules: what rules without a model found, which may be wrong"


@dataclass(frozen=True, slots=True, repr=False)
class Prompt:
    """What is sent: the rules, the contents with the report in them, the schema of the answer; masked and rescanned.

    Attributes
    ----------
    digest : str
        SHA-256 of all of it: the same digest asks the same.
    """

    rules: str
    contents: str
    schema: dict[str, Any] = field(hash=False)
    digest: str

    @property
    def chars(self) -> int:
        """Characters that are sent, the schema aside."""
        return len(self.rules) + len(self.contents)

    def __repr__(self) -> str:
        return f"<triage.Prompt: {self.chars:,} characters>"


def prompt(found: Extract, policy: Policy, settings: Settings = _DEFAULT, *, context: str = "") -> Prompt:
    """Put together what is sent for an extract.

    Parameters
    ----------
    found
        Of the incident.
    policy
        What must not be in it.
    settings
        Whose template, and how much at most.
    context
        What the rules without a model found, in masked words; "" for nothing.

    Raises
    ------
    RedactionError
        Something that must be masked is in it: in the extract, the context or the template; the message says where.
    TriageError
        The template has no `$report`, or another name; or all of it is too long.
    """
    lines = [_CONTEXT, *(INDENT + line for line in context.splitlines())] if context else []
    text = "\n".join([found.text.rstrip(), "", *lines]).rstrip()
    mark = delimiter(text)
    asked = _filled(settings.template or _template("review"), f"{mark}\n{text}\n{mark}")
    rules = string.Template(_template("rules")).substitute(delimiter=mark).rstrip()
    if len(rules) + len(asked) > settings.input_chars:
        raise TriageError(
            f"that would send {len(rules) + len(asked):,} characters, and maxInputChars is {settings.input_chars:,}; "
            "lower maxExtractChars, or shorten the template"
        )
    _scanned(settings.template, "the template", policy)
    _scanned(context, "what the rules found", policy)
    rescan(f"{rules}\n\n{asked}", policy)
    form = schema()
    parts = (rules, asked, msgspec.json.encode(form, order="deterministic").decode())
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
    return Prompt(rules, asked, form, digest)


def delimiter(text: str) -> str:
    """A line that cannot be in a text, and that nobody who writes the text can foresee.

    Examples
    --------
    >>> delimiter("a report") == delimiter("a report"), delimiter("a report") == delimiter("another")
    (True, False)
    """
    number = 0
    while True:
        digest = hashlib.sha256(f"{number}\0{text}".encode("utf-8", "replace")).hexdigest()[:24]
        mark = f"=====REPORT-{digest.upper()}====="
        if digest not in text.lower():
            return mark
        number += 1


def _filled(template: str, report: str) -> str:
    """The template with the report in it."""
    form = string.Template(template)
    if not form.is_valid() or form.get_identifiers() != ["report"]:
        raise TriageError("the prompt template needs $report, and no other name; a dollar sign itself is $$")
    return form.substitute(report=report).rstrip() + "\n"


def _scanned(text: str, what: str, policy: Policy) -> None:
    """Look through a part, so that an error says which it was."""
    try:
        rescan(text, policy)
    except RedactionError as error:
        raise RedactionError(f"{what}: {error}") from None


@cache
def _template(name: str) -> str:
    return resources.files("triage.hypotheses").joinpath(f"templates/{name}.txt").read_text("utf-8")
