"""What a person decided about redaction, as data: rules off, values allowed, extra patterns, keys and known values.

A `Policy` is what the engine works by. The default has every rule on. One that switches a rule off or allows a value
weakens it, and is only ever given by name (`Policy.from_file`, `policy=`, `--policy`); what `triage.toml` may do
without being named, beside one that is named too, is in `triage.config`. A policy may hold values of this machine, so
it neither prints nor pickles.
"""

from __future__ import annotations

import difflib
import getpass
import hashlib
import json
import re
import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NoReturn, Self

import re2

from triage.errors import TriageError
from triage.redact.text import Expression
from triage.redact.tokens import rules

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable

__all__ = ("Known", "Pattern", "Policy", "compiled")

_KIND: Final = re.compile(r"[a-z][a-z0-9_]{1,39}")
_KIND_RULE: Final = "use 2 to 40 of a-z, 0-9 and _, a letter first"
_REGEX_CHARACTERS: Final = 4_096
# Accounts and hosts called like words are in every log, and masking the word says more than it hides.
_COMMON: Final = frozenset(
    {
        "admin",
        "administrator",
        "app",
        "build",
        "ci",
        "container",
        "debian",
        "default",
        "dev",
        "developer",
        "docker",
        "guest",
        "home",
        "host",
        "jovyan",
        "linux",
        "localdomain",
        "localhost",
        "me",
        "nobody",
        "node",
        "root",
        "runner",
        "server",
        "service",
        "system",
        "test",
        "ubuntu",
        "user",
        "users",
        "vagrant",
    }
)
_SHORTEST: Final = 3
_USUAL_HOMES: Final = frozenset({"/home", "/Users", "/var/home", "C:\\Users"})


@dataclass(frozen=True, slots=True)
class Pattern:
    """An extra rule: the kind it finds, and an RE2 expression whose group 1 (else the whole match) is the value."""

    kind: str
    regex: str

    def __post_init__(self) -> None:
        if not _KIND.fullmatch(self.kind):
            raise TriageError(f"a pattern has the kind {self.kind!r}; {_KIND_RULE}")
        expression = compiled(self.regex, f"the pattern of kind {self.kind!r}")
        if expression.search(b"") is not None:
            raise TriageError(f"the pattern of kind {self.kind!r} matches empty text; have it match something")


class Known:
    """A value to look for everywhere, in every encoding, and its kind.

    It is no dataclass: what turns those into dictionaries or JSON would tell the value.
    """

    __slots__ = ("kind", "value")

    kind: str
    value: str

    def __init__(self, kind: str, value: str) -> None:
        if not _KIND.fullmatch(kind):
            raise TriageError(f"a known value has the kind {kind!r}; {_KIND_RULE}")
        if len(value) < _SHORTEST:
            raise TriageError(f"a value of kind {kind!r} is under {_SHORTEST} characters; leave it out")
        object.__setattr__(self, "kind", kind)
        object.__setattr__(self, "value", value)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """A known value stays as it is."""
        raise AttributeError("a known value does not change; make another one")

    def __eq__(self, other: object) -> bool:
        """Whether kind and value are the same."""
        return isinstance(other, Known) and (self.kind, self.value) == (other.kind, other.value)

    def __hash__(self) -> int:
        """As those that are equal."""
        return hash((self.kind, self.value))

    def __repr__(self) -> str:
        """The kind, never the value."""
        return f"<Known {self.kind}>"

    def __reduce__(self) -> NoReturn:
        """A value to hide does not travel."""
        raise TypeError("known values are not pickled or copied; make the policy again where it is used")


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Policy:
    """What to look for and what to leave.

    Parameters
    ----------
    disabled
        Names of rules (as findings name them) or kinds that are off, as in `triage.redact.tokens.rules.names()`.
    allow, allow_patterns
        Values that are no findings: exactly, or by an RE2 expression that matches the whole value.
    patterns
        Extra rules.
    keys
        Extra sensitive keys: what stands under them is a secret, all of it where that is an object or a list.
    known
        Values to look for everywhere, in any case and in parts of names and paths; ordinary words only as they are.
    minidump_memory
        Let memory, environment and command line of minidumps through the rules instead of dropping them.

    Raises
    ------
    TriageError
        No rule or kind is named so, or an expression is no RE2.

    Examples
    --------
    >>> Policy(keys=("tenant",))
    <Policy: 1 key>
    """

    disabled: frozenset[str] = frozenset()
    allow: tuple[str, ...] = ()
    allow_patterns: tuple[str, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    keys: tuple[str, ...] = ()
    known: tuple[Known, ...] = field(default=())
    minidump_memory: bool = False

    def __post_init__(self) -> None:
        for name in sorted(self.disabled):
            if message := _unknown_name(name):
                raise TriageError(message)
        for number, regex in enumerate(self.allow_patterns, 1):
            if compiled(regex, f"allow_patterns entry {number}").fullmatch(b""):
                raise TriageError(f"allow_patterns entry {number} matches empty text; have it match something")
        if not all(self.allow) or not all(key.strip() for key in self.keys):
            raise TriageError("allow and keys hold an empty text; take it out")

    def __repr__(self) -> str:
        """How much is set, never what."""
        counts = {
            "rule off": len(self.disabled),
            "allowed": len(self.allow) + len(self.allow_patterns),
            "pattern": len(self.patterns),
            "key": len(self.keys),
            "known value": len(self.known),
        }
        parts = [f"{count} {word}" for word, count in counts.items() if count]
        return f"<Policy: {', '.join(parts + ['minidump memory'] * self.minidump_memory) or 'default'}>"

    def __reduce__(self) -> NoReturn:
        """Values to hide do not travel."""
        raise TypeError("a policy is not pickled or copied; make it again where it is used")

    @classmethod
    def default(cls) -> Self:
        """Every rule on, nothing allowed, nothing extra."""
        return cls()

    @classmethod
    def from_file(cls, path: str | os.PathLike[str]) -> Policy:
        """Read the table ``[redact]`` of a TOML file that a person named; it may also weaken rules.

        Raises
        ------
        SourceError
            There is no such file.
        TriageError
            It is no TOML, or holds what is no policy.
        """
        from triage import config

        return config.policy(Path(path))

    @property
    def version(self) -> str:
        """A short digest of the policy, for the record of a review.

        Known values count by kind only: a digest of a user name could be guessed back.

        Examples
        --------
        >>> Policy.default().version == Policy(keys=("tenant",)).version
        False
        """
        content = {
            "disabled": sorted(self.disabled),
            "allow": sorted(self.allow),
            "allow_patterns": sorted(self.allow_patterns),
            "patterns": sorted((pattern.kind, pattern.regex) for pattern in self.patterns),
            "keys": sorted(self.keys),
            "known": sorted(known.kind for known in self.known),
            "minidump_memory": self.minidump_memory,
        }
        text = json.dumps(content, ensure_ascii=False, sort_keys=True)
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()

    @property
    def weakens(self) -> tuple[str, ...]:
        """The fields by which this policy finds less than the default does."""
        fields = ("disabled", "allow", "allow_patterns", "minidump_memory")
        return tuple(name for name in fields if getattr(self, name))

    def with_machine(self) -> Policy:
        """The same policy with this machine's user, home and host as known values; names like words are left out."""
        found = [known for known in machine() if known not in self.known]
        return replace(self, known=(*self.known, *found))

    def with_more(self, other: Policy) -> Policy:
        """The same policy with what another looks for beyond it; what that one leaves is not taken over.

        Examples
        --------
        >>> Policy(keys=("tenant",)).with_more(Policy(keys=("tenant", "badge"), disabled=frozenset({"ipv4"})))
        <Policy: 2 key>
        """
        more: dict[str, Any] = {
            name: tuple(dict.fromkeys((*getattr(self, name), *getattr(other, name))))
            for name in ("patterns", "keys", "known")
        }
        return replace(self, **more)

    def with_known(self, values: Iterable[Known]) -> Policy:
        """The same policy with more values to look for."""
        return replace(self, known=tuple(dict.fromkeys((*self.known, *values))))


def machine() -> tuple[Known, ...]:
    """What names this machine: user, home folder, host with and without its domain."""
    host = socket.gethostname()
    names = [("username", _user()), ("hostname", host), ("hostname", host.partition(".")[0])]
    try:
        home = Path.home()
    except RuntimeError:
        home = Path()
    names.append(("username", home.name))
    if str(home.parent) not in _USUAL_HOMES and len(home.parts) > 2:
        names.append(("home", str(home)))
    found = [Known(kind, name) for kind, name in names if len(name) >= _SHORTEST and name.lower() not in _COMMON]
    return tuple(dict.fromkeys(found))


def compiled(regex: str, what: str) -> Expression:
    """The RE2 expression; the error names the entry and what RE2 says of it, not the expression."""
    if len(regex) > _REGEX_CHARACTERS:
        raise TriageError(f"{what} is longer than {_REGEX_CHARACTERS:,} characters; split it")
    try:
        return Expression(regex)
    except re2.error as error:
        said = error.args[0] if error.args else ""
        said = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        reason = said.partition(":")[0] or "it does not parse"
        raise TriageError(
            f"{what} is no RE2 expression: {reason}; RE2 has no look-around and no back-references"
        ) from None


def _unknown_name(name: str) -> str | None:
    """Why a rule cannot be switched off by that name, with the nearest names; None where it can."""
    known = rules.names()
    if name in known:
        return None
    return f"no rule or kind is named {name!r}; {nearest(name, known)}"


def nearest(name: str, known: Iterable[str]) -> str:
    """What the reader may have meant.

    >>> nearest("alow", ["allow", "keys"])
    'did you mean allow?'
    """
    names = sorted(known)
    plain = name.rpartition(":")[2].lower().replace("_", "-")  # as in gitleaks:github-pat, or a kind for a rule
    close = [each for each in names if each.replace("_", "-") == plain]
    close = close or difflib.get_close_matches(name, names, 3, 0.5)
    if close:
        return f"did you mean {' or '.join(close)}?"
    return f"there are {', '.join(names[:20])}{' ...' if len(names) > 20 else ''}"


def _user() -> str:
    """The name of who runs this, or nothing where the system knows none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return ""
