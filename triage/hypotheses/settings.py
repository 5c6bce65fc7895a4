"""What a user says of hypotheses in `triage.toml`: what is sent, by which template, and how long runs are kept.

    [hypotheses]
    promptTemplate = "crash-review.txt"        # a file beside triage.toml; it holds $report
    includeSections = ["frames", "modules"]    # exception and system are always in
    maxInputChars = 250000                     # the caps of the plan are the defaults
    maxExtractChars = 120000
    maxModuleLines = 400
    maxModuleChars = 60000
    headChars = 25000
    tailChars = 25000
    retentionDays = 60
    retentionRuns = 5000

Where answers come from (the model's address, its key) is no setting of a file: whoever can write one into a folder
above would otherwise decide who gets the report.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from triage.errors import SourceError, TriageError
from triage.redact.policy import nearest

__all__ = ("ALWAYS", "SECTIONS", "Settings", "found", "load", "parse")

ALWAYS: Final = ("exception", "system")
SECTIONS: Final = (
    "exception", "system", "frames", "incident", "threads", "logs", "annotations", "metrics", "feedback", "modules",
    "head", "tail",
)  # fmt: skip
"""The sections of an extract in their order, which is also the order in which they get room."""

_NUMBERS: Final = {
    "maxInputChars": ("input_chars", 10_000, 1_000_000),
    "maxExtractChars": ("extract_chars", 1_000, 1_000_000),
    "maxModuleLines": ("module_lines", 0, 100_000),
    "maxModuleChars": ("module_chars", 0, 1_000_000),
    "headChars": ("head_chars", 0, 250_000),
    "tailChars": ("tail_chars", 0, 250_000),
    "retentionDays": ("retention_days", 1, 36_500),
    "retentionRuns": ("retention_runs", 1, 1_000_000),
}
_KEYS: Final = ("promptTemplate", "includeSections", *_NUMBERS)
_LARGEST_TEMPLATE: Final = 65_536


@dataclass(frozen=True, slots=True)
class Settings:
    """What holds for hypotheses; the defaults are those of the plan.

    Attributes
    ----------
    template : str
        The text of a prompt template; "" is the one that triage brings.
    sections : tuple of str
        What goes into an extract, in its order; `ALWAYS` is in it.
    input_chars, extract_chars : int
        What is sent at most, in characters, and the extract in it.
    module_lines, module_chars, head_chars, tail_chars : int
        The caps of the modules, and of the raw text.
    retention_days, retention_runs : int
        Runs that are older, or more than so many, are deleted by the next one.
    """

    template: str = ""
    sections: tuple[str, ...] = SECTIONS
    input_chars: int = 250_000
    extract_chars: int = 120_000
    module_lines: int = 400
    module_chars: int = 60_000
    head_chars: int = 25_000
    tail_chars: int = 25_000
    retention_days: int = 60
    retention_runs: int = 5_000


def found(config: str | os.PathLike[str] | None = None, *, outside: Iterable[str | os.PathLike[str]] = ()) -> Settings:
    """The settings of a given file, else of the `triage.toml` found upward, but for one that lies inside an input."""
    from triage.config import find

    return load(Path(config) if config is not None else find(outside=outside))


def load(config: Path | None) -> Settings:
    """The table `[hypotheses]` of a settings file; the defaults without a file or without the table.

    Raises
    ------
    SourceError
        The file, or the template that it names, cannot be read.
    TriageError
        Something in it is not known, or not of its type.
    """
    from triage.config import read

    table = None if config is None else read(config).get("hypotheses")
    if config is None or table is None:
        return Settings()
    try:
        return parse(table, config.parent)
    except SourceError:
        raise
    except TriageError as error:
        raise TriageError(f"{config}: {error}") from None


def parse(table: Any, folder: Path | None = None) -> Settings:
    """Read the table `[hypotheses]`; templates are looked for in `folder`.

    Raises
    ------
    SourceError
        The template cannot be read.
    TriageError
        Something is not known or not of its type; the message says what to write.

    Examples
    --------
    >>> parse({"includeSections": ["frames"], "headChars": 1000}).sections
    ('exception', 'system', 'frames')
    """
    if not isinstance(table, dict):
        raise TriageError("hypotheses is a value; write it as the table [hypotheses]")
    for key in table:
        if key not in _KEYS:
            raise TriageError(f"[hypotheses] has the key {key!r}, which is not known; {nearest(key, _KEYS)}")
    given: dict[str, Any] = {}
    for key, (name, least, most) in _NUMBERS.items():
        if key in table:
            value = table[key]
            if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
                raise TriageError(f"[hypotheses] {key} is no whole number from {least:,} to {most:,}; write one")
            given[name] = value
    if "includeSections" in table:
        given["sections"] = _sections(table["includeSections"])
    if "promptTemplate" in table:
        given["template"] = _template(table["promptTemplate"], folder)
    return Settings(**given)


def _sections(names: Any) -> tuple[str, ...]:
    """The sections that are asked for and those that are always in, in their order."""
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise TriageError("[hypotheses] includeSections is no list of texts; write includeSections = ['frames', ...]")
    for name in names:
        if name not in SECTIONS:
            raise TriageError(f"[hypotheses] includeSections has {name!r}, which is none; {nearest(name, SECTIONS)}")
    return tuple(name for name in SECTIONS if name in names or name in ALWAYS)


def _template(name: Any, folder: Path | None) -> str:
    """The text of a template that lies beside the settings, or below; links do not lead out of there."""
    if not isinstance(name, str) or not name.strip():
        raise TriageError("[hypotheses] promptTemplate is no text; write the name of a file beside triage.toml")
    if folder is None:
        raise TriageError("[hypotheses] promptTemplate needs a settings file that it lies beside")
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        raise TriageError("[hypotheses] promptTemplate leads out of the folder of triage.toml; put the file into it")
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST_TEMPLATE + 1)
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; check promptTemplate") from None
    except UnicodeDecodeError:
        raise TriageError("[hypotheses] promptTemplate is not UTF-8; save it as UTF-8") from None
    if len(data) > _LARGEST_TEMPLATE:
        raise TriageError(f"[hypotheses] promptTemplate is over {_LARGEST_TEMPLATE:,} bytes; templates are short")
    return text
