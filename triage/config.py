"""The settings file `triage.toml`: found upward from the working directory, or given; never taken from inside an input.

    [redact]
    keys = ["tenant", "x-acme-ticket"]                 # their values are secrets
    machine = true                                     # look for this machine's user, home and host everywhere
    patterns = [{ kind = "badge", regex = 'B-(\\d{6})' }]  # RE2; group 1, else the whole match, is the value

    disable = ["ipv4", "github-pat"]    # these four weaken what is found: only in a file that a person
    allow = ["support@example.org"]                    # names as the policy (`Policy.from_file`, `--policy FILE`)
    allow_patterns = ['10\\.0\\.0\\.\\d+']
    minidump_memory = true

    [stacks]                            # which frames are yours, and what groups what: see `triage.stacks.settings`
    in_app = ["com.acme", "/srv/acme/", "acme*Job"]    # here and in `when`: * is anything, ? one character

    [[stacks.fingerprint]]
    when = { type = "*Timeout*", service = "!billing" }  # with ! in front: what must not fit
    fingerprint = ["database is away", "{{ service }}"]

    [hypotheses]                        # what a model is asked: see `triage.hypotheses.settings`
    includeSections = ["frames", "modules"]

A file that is merely found cannot weaken anything: whoever can write it into a folder above would otherwise decide what
leaves. What it adds (`keys`, `patterns`, `machine`) holds beside a policy that a person names, too. Anything that is
not known here is an error, for a misspelt key would be a rule that silently is not there.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from triage import upward
from triage.errors import SourceError, TriageError
from triage.redact.policy import Pattern, Policy, nearest
from triage.stacks.settings import Rules, parse

__all__ = ("NAME", "find", "inside", "load_policy", "load_rules", "policy", "read", "strengthened")

NAME: Final = "triage.toml"
_LARGEST: Final = 1 << 20
_TABLES: Final = ("redact", "stacks", "hypotheses")
_STRENGTHEN: Final = ("patterns", "keys", "machine")
_WEAKEN: Final = ("disable", "allow", "allow_patterns", "minidump_memory")
_ENTRIES: Final = ("kind", "regex")


def find(start: str | os.PathLike[str] | None = None, *, outside: Iterable[str | os.PathLike[str]] = ()) -> Path | None:
    """The nearest `triage.toml` from a folder upward, None where there is none.

    Parameters
    ----------
    start
        Default: the working directory.
    outside
        The inputs: a file that lies inside one of them is passed over.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, NAME).write_text("")
    ...     below = Path(folder, "a", "b")
    ...     below.mkdir(parents=True)
    ...     find(below).name, find(below, outside=[folder])
    ('triage.toml', None)
    """
    return upward.find(NAME, start, outside=outside)


def inside(outside: Iterable[str | os.PathLike[str]], start: str | os.PathLike[str] | None = None) -> Path | None:
    """The nearest `triage.toml` that `find` passes over because it lies inside an input, to tell people of it."""
    return upward.inside(NAME, outside, start)


def load_policy(
    config: str | os.PathLike[str] | None = None, *, outside: Iterable[str | os.PathLike[str]] = ()
) -> Policy:
    """The policy of a settings file that nobody named as a policy: what makes redaction stricter.

    Parameters
    ----------
    config
        The file; default: the one that is found upward from the working directory, and without one the default policy.
    outside
        The inputs, inside which no settings are looked for.

    Raises
    ------
    SourceError
        `config` is not there.
    TriageError
        The file holds something unknown, or something that weakens a rule.
    """
    path = Path(config) if config is not None else find(outside=outside)
    return Policy.default() if path is None else _redact(read(path), path, found=True)


def strengthened(
    policy: Policy, config: str | os.PathLike[str] | None = None, *, outside: Iterable[str | os.PathLike[str]] = ()
) -> Policy:
    """A policy that was named, with what a settings file adds to it; what that file weakens is not looked at.

    Parameters
    ----------
    policy
        The policy.
    config, outside
        As `load_policy` takes them.

    Raises
    ------
    SourceError
        `config` is not there.
    TriageError
        The file holds something unknown.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     settings = Path(folder, NAME)
    ...     _ = settings.write_text('[redact]\\nkeys = ["tenant"]\\ndisable = ["ipv4"]')
    ...     strengthened(Policy(allow=("river",)), settings)
    <Policy: 1 allowed, 1 key>
    """
    path = Path(config) if config is not None else find(outside=outside)
    if path is None:
        return policy
    table = read(path).get("redact", {})
    if isinstance(table, dict):
        table = {key: value for key, value in table.items() if key not in _WEAKEN}
    return policy.with_more(_redact({"redact": table}, path, found=True))


def load_rules(
    config: str | os.PathLike[str] | None = None, *, outside: Iterable[str | os.PathLike[str]] = ()
) -> Rules:
    """The rules for stacks: those that triage brings, and in front of them the table `[stacks]` of a settings file.

    Parameters
    ----------
    config
        The file; default: the one that is found upward from the working directory.
    outside
        The inputs, inside which no settings are looked for.

    Raises
    ------
    SourceError
        `config` is not there.
    TriageError
        The file holds something unknown.
    """
    path = Path(config) if config is not None else find(outside=outside)
    table = read(path).get("stacks") if path is not None else None
    if table is None:
        return Rules.default()
    try:
        return parse(table)
    except TriageError as error:
        raise TriageError(f"{path}: {error}") from None


def policy(path: Path) -> Policy:
    """The policy in a file that a person named as one; it may weaken rules. See `Policy.from_file`."""
    return _redact(read(path), path, found=False)


def read(path: Path) -> dict[str, Any]:
    """The tables of a settings file.

    Raises
    ------
    SourceError
        It is not there or cannot be read.
    TriageError
        It is no TOML, too long, or has a table that is not known.
    """
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; check the name, or use a full path") from None
    if len(data) > _LARGEST:
        raise TriageError(f"{path} is over {_LARGEST >> 20} MiB; settings are short, so this is another file")
    try:
        tables = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise TriageError(f"{path} is not UTF-8; save it as UTF-8") from None
    except tomllib.TOMLDecodeError as error:
        # What else the message says may quote a value that is to be allowed.
        place = str(error).rpartition("(")[2].rstrip(")")
        raise TriageError(f"{path} is no valid TOML {place}; mend it there") from None
    _known(tables, _TABLES, f"{path} has the table", "tables")
    return tables


def _redact(tables: dict[str, Any], path: Path, *, found: bool) -> Policy:
    """The table `[redact]` as a policy."""
    table = tables.get("redact", {})
    if not isinstance(table, dict):
        raise TriageError(f"{path}: redact is a value; write it as the table [redact]")
    _known(table, (*_STRENGTHEN, *_WEAKEN), f"{path}: [redact] has the key", "keys")
    weaker = [key for key in _WEAKEN if table.get(key)]
    if weaker and found:
        raise TriageError(
            f"{path}: {', '.join(weaker)} would weaken redaction, which settings that are merely found may not; "
            f"name the file as the policy: --policy {path}, or policy=Policy.from_file(...)"
        )
    try:
        made = Policy(
            disabled=frozenset(_texts(table, "disable")),
            allow=_texts(table, "allow"),
            allow_patterns=_texts(table, "allow_patterns"),
            patterns=tuple(_patterns(table)),
            keys=_texts(table, "keys"),
            minidump_memory=_flag(table, "minidump_memory"),
        )
        return made.with_machine() if _flag(table, "machine") else made
    except TriageError as error:
        raise TriageError(f"{path}: [redact] {error}") from None


def _patterns(table: dict[str, Any]) -> Iterable[Pattern]:
    entries = table.get("patterns", [])
    if not isinstance(entries, list):
        raise TriageError("patterns is no list of tables; write [[redact.patterns]] with kind and regex")
    for number, entry in enumerate(entries, 1):
        if not isinstance(entry, dict) or not all(isinstance(entry.get(key), str) for key in _ENTRIES):
            raise TriageError(f"patterns entry {number} needs kind and regex as texts; add what is missing")
        _known(entry, _ENTRIES, f"patterns entry {number} has the key", "keys")
        try:
            yield Pattern(entry["kind"], entry["regex"])
        except TriageError as error:
            raise TriageError(f"patterns entry {number}: {error}") from None


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise TriageError(f"{key} is no list of texts; write {key} = ['...', '...']")
    return tuple(dict.fromkeys(value))


def _flag(table: dict[str, Any], key: str) -> bool:
    value = table.get(key, False)
    if not isinstance(value, bool):
        raise TriageError(f"{key} is neither true nor false; write {key} = true")
    return value


def _known(table: dict[str, Any], names: tuple[str, ...], what: str, words: str) -> None:
    """Refuse a key that is not known, with the nearest that is."""
    for key in table:
        if key not in names:
            raise TriageError(f"{what} {key!r}, which is none of the known {words}; {nearest(key, names)}")
