"""What a user says of stacks in `triage.toml`: which frames are theirs, which never count, and their own fingerprints.

    [stacks]
    in_app = ["com.acme", "acme::", "/srv/acme/"]  # an entry with a slash is a part of the file's path, any other the
    library = ["vendored::"]                       # name or the beginning of a function, module or package
    ignore = ["acme::log::"]                       # never count
    prefix = ["acme::alloc::"]                     # count where nothing else does
    sentinel = ["acme::on_fatal"]                  # what lies inside of them handles the crash

    [[stacks.fingerprint]]                         # in the manner of Sentry's; the first that fits decides
    when = { type = "*Timeout*", function = "acme::db::*" }
    fingerprint = ["database is away", "{{ service }}"]

In all of these `*` is anything and `?` one character: `pay*Job`, `/srv/*/vendor/`. They are no regular expressions. A
pattern in a list stands for a whole name and what is inside of it; capitals matter in names of functions alone.

Of the entries of all lists that fit a frame the longest decides, `*` and `?` not counted, wherever it stands: above
`acme::log::write` is noise, although it is of `acme::`. Of several that are as long that of sentinel, of ignore, of
prefix, of library, of in_app, in this order. All of them come before the rules that triage brings.

All of `when` must fit: patterns on kind, type, message, signal, level, platform, service, environment and release of
the event, and on function, module and file, which must fit one frame of the crashing stack together; capitals do not
matter. A pattern with `!` in front must not fit; where all that are on frames have it, they must fit no frame at all. A
`!` that is meant as such is written `?`.

The parts of a fingerprint may hold `{{ default }}`, the key that triage would give, and `{{ NAME }}` of any of these
fields, of a frame's that of the first frame that counts; all are taken without what changes: messages and functions as
the keys of triage have them, modules and files by their names without folders. A fingerprint of `{{ default }}` alone
is that key itself, and keeps the rules behind it off. A name in other braces or with capitals is an error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from triage.errors import TriageError
from triage.redact.policy import nearest
from triage.stacks.fingerprints import DEFAULT, FIELDS, FRAME_FIELDS, Fingerprint, variables, wrong
from triage.stacks.frame_table import FrameTable
from triage.stacks.globs import glob, is_glob
from triage.stacks.roles import OF_USER, Globs, Roles, Rule

__all__ = ("Rules", "parse")

# In the order in which they decide where two entries are as long.
_ROLES: Final = {
    "sentinel": "sentinel",
    "ignore": "noise",
    "prefix": "prefix",
    "library": "library",
    "in_app": "application",
}
_KEYS: Final = (*_ROLES, "fingerprint")
# What may stand behind a name that is the beginning of another.
_STEPS: Final = (".", "::", "/", "$", "!")
_ENDS: Final = (*_STEPS, ":", "*")
_INSIDE: Final = r"(?:(?:\.|::|/|\$|!).*)?"


@dataclass(frozen=True, slots=True, eq=False)
class Rules:
    """The rules by which frames have roles and events have keys."""

    table: FrameTable
    fingerprints: tuple[Fingerprint, ...] = ()

    @classmethod
    def default(cls) -> Rules:
        """What triage brings."""
        return cls(FrameTable.default())

    @property
    def given(self) -> bool:
        """Whether a user gave any, so that others may have other keys."""
        return bool(self.fingerprints) or self.table is not FrameTable.default()


def parse(table: dict[str, Any]) -> Rules:
    """Read the table `[stacks]`.

    Raises
    ------
    TriageError
        Something is not known or not of its type; the message says what to write.

    Examples
    --------
    >>> rules = parse({"in_app": ["acme"], "fingerprint": [{"when": {"type": "Oom*"}, "fingerprint": ["memory"]}]})
    >>> rules.table.known(("frame", "acme::f", None, None, "/usr/lib/x.so", "c++", None)).rule
    'in_app of triage.toml'
    """
    if not isinstance(table, dict):
        raise TriageError("stacks is a value; write it as the table [stacks]")
    _known(table, _KEYS, "[stacks] has the key")
    listed = [(key, entry) for key in _ROLES for entry in _entries(table, key)]
    roles = [_role(key, entry) for key, entry in sorted(listed, key=lambda each: -_length(each[1]))]
    entries = table.get("fingerprint", [])
    if not isinstance(entries, list):
        raise TriageError("[stacks] fingerprint is no list of tables; write [[stacks.fingerprint]]")
    fingerprints = tuple(_fingerprint(number, entry) for number, entry in enumerate(entries, 1))
    return Rules(FrameTable(Roles.with_user(roles)) if roles else FrameTable.default(), fingerprints)


def _entries(table: dict[str, Any], key: str) -> tuple[str, ...]:
    """The entries of one list."""
    entries = _texts(table, key)
    for entry in entries:
        if entry != entry.strip():
            raise TriageError(f"{key} has {entry!r}, which no name begins or ends like; write it without blanks around")
        if entry.startswith("!"):
            raise TriageError(
                f"{key} has {entry!r}; a list says what fits: write what is to be excepted, without the !, into the "
                "list that it belongs to, where the longest entry decides"
            )
    return entries


def _length(entry: str) -> int:
    """How much an entry says."""
    return sum(character not in "*?" for character in entry)


def _role(key: str, entry: str) -> Rule:
    """The rule of one entry of a list."""
    name, role = f"{key}{OF_USER}", _ROLES[key]
    if "/" in entry or "\\" in entry:
        path = entry.replace("\\", "/").lower().strip("*")
        if is_glob(path):
            return Rule(name, role, firm=True, globs=(Globs(file=glob(f"*{path}*")),))
        return Rule(name, role, files=(path,), firm=True)
    if is_glob(entry.rstrip("*")):
        fits = Globs(function=glob(entry, more=_INSIDE, case=True), module=glob(entry, more=_INSIDE))
        return Rule(name, role, firm=True, globs=(fits,))
    modules = (entry.rstrip("*").lower(),)
    return Rule(name, role, functions=tuple(_beginnings(entry)), modules=modules, firm=True)


def _beginnings(name: str) -> Iterable[str]:
    """A name, and what the names inside of it begin with."""
    if name.endswith(_ENDS):
        return [name if name.endswith("*") else f"{name}*"]
    return [name, *(f"{name}{step}*" for step in _STEPS)]


def _fingerprint(number: int, entry: Any) -> Fingerprint:
    """One entry of `[[stacks.fingerprint]]`."""
    where = f"[[stacks.fingerprint]] {number}"
    if not isinstance(entry, dict):
        raise TriageError(f"{where} is no table; write when = {{ ... }} and fingerprint = [...]")
    _known(entry, ("when", "fingerprint"), f"{where} has the key")
    when = entry.get("when")
    if not isinstance(when, dict) or not when or not all(isinstance(value, str) and value for value in when.values()):
        raise TriageError(f"{where} needs when = {{ type = '...' }}: patterns as texts, by field")
    _known(when, (*FIELDS, *FRAME_FIELDS), f"{where} has in when")
    empty = [name for name, pattern in when.items() if pattern == "!"]
    if empty:
        raise TriageError(f"{where} has in when {empty[0]} = '!' alone; write behind it what must not fit")
    parts = _texts(entry, "fingerprint")
    if not parts:
        raise TriageError(f"{where} needs fingerprint = ['...']: what the key is made of")
    for name in variables(parts):
        _known({name: None}, (DEFAULT, *FIELDS, *FRAME_FIELDS), f"{where} has the variable")
    for odd in filter(None, map(wrong, parts)):
        raise TriageError(f"{where} has {odd!r} in its fingerprint, which is no variable; write {{{{ NAME }}}}")
    try:
        return Fingerprint.made(when, parts)
    except TriageError as error:
        raise TriageError(f"{where}: {error}") from None


def _texts(table: dict[str, Any], key: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
        raise TriageError(f"{key} is no list of texts; write {key} = ['...', '...']")
    return tuple(dict.fromkeys(value))


def _known(table: dict[str, Any], names: tuple[str, ...], what: str) -> None:
    """Refuse what is not known, with the nearest that is."""
    for key in table:
        if key not in names:
            hint = nearest(key, names) if key.lower() not in names else f"write it without capitals: {key.lower()}"
            if key.startswith("!") and key[1:] in names:
                hint = f"what must not fit has the ! in the pattern: {key[1:]} = '!...'"
            raise TriageError(f"{what} {key!r}, which is not known; {hint}")
