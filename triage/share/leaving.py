"""Which files of a case leave, as what, and under which name.

A text file (UTF-8) leaves as itself, masked. An archive leaves as its members. Everything else leaves as the rows that
were read of it: what is binary or of another encoding, and what frames its members by their length (envelopes, dumps).
The files of one bundle go the same way where one of them alone could not be read back: rows of an event are never
split between a text and a file of rows. Refused, skipped and quarantined members have no content here and do not leave.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from triage.errors import SourceError
from triage.records import Records
from triage.redact.masks import MASK_TEXT
from triage.share.archive import fitting
from triage.sources import archives
from triage.sources.context import Context
from triage.sources.source import OverLimitError, Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import pyarrow as pa

    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits

__all__ = ("Leaving", "Names", "absent", "names", "plan", "texts", "walk")

GONE: Final = (
    "an input of this case has moved, or was a stream that cannot be read twice; load it again from where it is"
)
ROOT: Final = "case"
DERIVED: Final = "derived"
ORIGINALS: Final = "originals"
_CRASH: Final = "crash"
_ARCHIVES: Final = frozenset(f"application/{kind}" for kind in ("x-tar", "gzip", "x-bzip2", "x-xz", "zstd", "zip"))
_ABSENT: Final = frozenset({"refused", "skipped", "quarantined"})
_HEAD: Final = 4_096
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>"|?*:]')
# What `sources.names.printable` makes of a character that does not print.
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8}))")
_DEVICES: Final = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\.|$)")


@dataclass(frozen=True, slots=True, repr=False)
class Leaving:
    """One file that leaves: where it lay, what it is, and whether it leaves as text or as rows."""

    source_id: str
    path: str  # raw: it is masked before anybody sees it
    derived: bool
    covers: frozenset[str]
    description: str
    media: str
    bytes: int

    def __repr__(self) -> str:
        return "<Leaving>"


def walk(inputs: Inputs, limits: Limits, visit: Callable[[Source], None], *, passed: Collection[str] = ()) -> None:
    """Have every file visited that is no archive, members of archives included, in the order in which they are read.

    Inputs whose ids are in `passed` are not read.
    """

    def read(source: Source) -> None:
        if source.depth == 0 and source.source_id in passed:
            return
        try:
            if source.parse_status is None and not archives.read(source):
                visit(source)
            source.drain()
        except OverLimitError:
            source.parse_status = "quarantined"
        source.close()

    context = Context(records=Records(), limits=limits, read=read)
    try:
        for source in inputs.walk(context):
            read(source)
    except SourceError:  # it says which input, by a name that is not masked
        raise SourceError(GONE) from None


def texts(inputs: Inputs, limits: Limits, *, strict: bool = True, passed: Collection[str] = ()) -> frozenset[str]:
    """The ids of the files that are UTF-8 text; where it is not `strict`, those that begin so. See `walk`."""
    found: set[str] = set()

    def visit(source: Source) -> None:
        if source.encoding != "utf-8" or b"\0" in source.head[:_HEAD]:
            return
        if not strict:
            found.add(source.source_id)
            return
        decode = codecs.getincrementaldecoder("utf-8")().decode
        try:
            for chunk in source.chunks():
                decode(chunk)
            decode(b"", final=True)
        except UnicodeDecodeError:
            return
        found.add(source.source_id)

    walk(inputs, limits, visit, passed=passed)
    return frozenset(found)


def plan(
    tables: dict[str, pa.Table],
    textual: Collection[str],
    *,
    only: Collection[str] | None = None,
    apart: bool = False,
) -> list[Leaving]:
    """What leaves, in the order of the paths.

    Parameters
    ----------
    tables
        Those of the case.
    textual
        The ids of files that can leave as text.
    only
        Event ids: the sources of these leave, as rows of these.
    apart
        Each text is itself, whatever else is in its bundle: for what is read, and does not leave.
    """
    rows = tables["files"].to_pylist()
    covers = _covered(rows)
    leaves = [row for row in rows if row["source_id"] in covers and row["parse_status"] not in _ABSENT]
    text = {row["source_id"] for row in leaves if row["source_id"] in textual and len(covers[row["source_id"]]) == 1}
    if only is not None:
        wanted = set(_sources_of(tables, only))
        leaves = [row for row in leaves if covers[row["source_id"]] & wanted]
        text = set()
    elif not apart:
        text -= _together(tables, leaves, covers, text)
    place = _places(rows, tables, leaves)
    found = [
        Leaving(
            source_id=row["source_id"],
            path=place[row["source_id"]],
            derived=row["source_id"] not in text,
            covers=covers[row["source_id"]],
            description=row["description"] or row["role"] or "",
            media=row["media"] or "",
            bytes=row["bytes"],
        )
        for row in leaves
    ]
    return sorted(found, key=lambda leaving: (leaving.path, leaving.source_id))


def absent(tables: dict[str, pa.Table]) -> list[tuple[str, str]]:
    """What was there and does not leave, or an archive that could not be read to its end: where, and why."""
    rows = tables["files"].to_pylist()
    known = {row["source_id"]: row for row in rows}
    found = []
    for row in rows:
        status, reason = row["parse_status"], row["reason"] or "it is damaged"
        if status in _ABSENT:
            found.append((_place(row, known), reason))
        elif row["media"] in _ARCHIVES and status != "ok":
            found.append((_place(row, known), f"not all of it could be read: {reason}"))
    return found


def names(tables: dict[str, pa.Table], without: Collection[str]) -> list[str]:
    """The names of files that are shown, of containers and of what does not leave too; but of those `without`."""
    files = tables["files"]
    pairs = zip(files["source_id"].to_pylist(), files["path"].to_pylist(), strict=True)
    return sorted({path for source, path in pairs if source not in without})


def _place(row: dict[str, Any], known: dict[str, dict[str, Any]]) -> str:
    """Where a file lies: behind the archives that it lay in."""
    parts, at = [row["path"]], row["container_id"]
    while at is not None:
        parts.append(known[at]["path"])
        at = known[at]["container_id"]
    return "/".join([ROOT, *reversed(parts)])


def _covered(rows: list[dict[str, Any]]) -> dict[str, frozenset[str]]:
    """For each file that is not an archive and not a member of such a file: itself and what lies in it."""
    parents = {row["source_id"]: row["container_id"] for row in rows}
    packed = {row["source_id"] for row in rows if row["media"] in _ARCHIVES}
    tops: dict[str, set[str]] = {}
    for row in rows:
        top = at = row["source_id"]
        while at is not None:
            top = at if at not in packed else top
            at = parents[at]
        if top not in packed:
            tops.setdefault(top, set()).add(row["source_id"])
    return {top: frozenset(members) for top, members in tops.items()}


def _sources_of(tables: dict[str, pa.Table], events: Collection[str]) -> list[str]:
    """The sources that hold rows of some events."""
    import pyarrow as pa

    wanted = pa.array(list(events), pa.string())
    found: dict[str, None] = {}
    for name in ("events", "logs", "metrics"):
        rows = tables[name].filter(pc.is_in(tables[name]["event_id"], value_set=wanted))
        found |= dict.fromkeys(rows["source_id"].drop_null().unique().to_pylist())
    return list(found)


def _together(
    tables: dict[str, pa.Table], leaves: list[dict[str, Any]], covers: dict[str, frozenset[str]], text: set[str]
) -> set[str]:
    """The text files that leave as rows because others of their bundle do."""
    top = {member: source for source, members in covers.items() for member in members}
    events = tables["events"]
    home = dict(zip(events["event_id"].to_pylist(), map(top.get, events["source_id"].to_pylist()), strict=True))
    linked: list[tuple[str | None, str | None]] = []
    for name in ("logs", "metrics"):
        pairs = tables[name].select(["event_id", "source_id"]).group_by(["event_id", "source_id"]).aggregate([])
        for event, source in zip(pairs["event_id"].to_pylist(), pairs["source_id"].to_pylist(), strict=True):
            linked.append((home.get(event), top.get(source)))
    # A file that was read as part of a bundle but has no event of its own filled that of its folder.
    homes = set(home.values())
    folders: dict[tuple[str | None, str], set[str]] = {}
    for row in leaves:
        if row["role"] not in {None, "attachment"}:
            folder = row["path"].replace("\\", "/").rpartition("/")[0]
            folders.setdefault((row["container_id"], folder), set()).add(row["source_id"])
    for members in folders.values():
        parts = [source for source in members if source not in text and source not in homes]
        linked += [(parts[0], source) for source in members if parts]
    moved: set[str] = set()
    while True:
        more = {
            each
            for pair in linked
            if None not in pair and any(side not in text or side in moved for side in pair)
            for each in pair
            if each in text and each not in moved
        }
        if not more:
            return moved
        moved |= {each for each in more if each}


def _places(rows: list[dict[str, Any]], tables: dict[str, pa.Table], leaves: list[dict[str, Any]]) -> dict[str, str]:
    """Where each file lies in what leaves: in 0xGen's `crash/` for a single crash of it, else in `case/`."""
    if _is_crash(tables, leaves):
        return {row["source_id"]: f"{_CRASH}/{_slashed(row['path']).rpartition('/')[2]}" for row in leaves}
    known = {row["source_id"]: row for row in rows}
    return {row["source_id"]: _place(row, known) for row in leaves}


def _is_crash(tables: dict[str, pa.Table], leaves: list[dict[str, Any]]) -> bool:
    """Whether this is one crash bundle of 0xGen and nothing else."""
    events = tables["events"]
    if set(events["format"].to_pylist()) != {"0xgen"} or events["event_kind"].to_pylist() != ["crash"]:
        return False
    folders = {(row["container_id"], row["path"].replace("\\", "/").rpartition("/")[0]) for row in leaves}
    return len(folders) == 1


class Names:
    """Names for an archive: inside of it, good on every system, and no two equal where case is folded."""

    __slots__ = ("_made", "_taken")

    def __init__(self) -> None:
        self._made: dict[tuple[str, str, bool], str] = {}
        self._taken: dict[tuple[str, str], bool] = {}

    def __call__(self, path: str) -> str:
        """The name of a file; the files of one folder stay in one folder.

        Examples
        --------
        >>> names = Names()
        >>> names("case/../Zone.log"), names("case/../zone.log"), names("/case\\\\nul")
        ('case/__/Zone.log', 'case/__/zone-2.log', 'case/_nul')
        """
        parts = [part for part in _slashed(path).split("/") if part not in {"", "."}] or ["unnamed"]
        folder = ""
        for part in parts[:-1]:
            folder = self._unique(folder, _portable(part), part, is_file=False)
        name = self._unique(folder, _portable(parts[-1]), f"{parts[-1]}\0{len(self._made)}", is_file=True)
        return fitting(name)

    def _unique(self, folder: str, wanted: str, spelled: str, *, is_file: bool) -> str:
        made = self._made.get((folder, spelled, is_file))
        if made is not None:
            return made
        stem, dot, suffix = wanted.rpartition(".") if is_file and "." in wanted[1:] else (wanted, "", "")
        name, number = wanted, 1
        while (folder, _folded(name)) in self._taken:
            number += 1
            name = f"{stem}-{number}{dot}{suffix}"
        self._taken[folder, _folded(name)] = is_file
        made = self._made[folder, spelled, is_file] = f"{folder}/{name}" if folder else name
        return made


def _folded(name: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _slashed(path: str) -> str:
    r"""A path with slashes between its folders; a character that was escaped, as it does not print, is no folder.

    >>> _slashed("bidi\\u202egpj.log"), _slashed("build\\x64\\app.log")
    ('bidi_gpj.log', 'build/x64/app.log')
    """
    return _ESCAPE.sub(_unescaped, path).replace("\\", "/")


def _unescaped(match: re.Match[str]) -> str:
    code = int(match[match.lastindex or 0], 16)
    is_printed = code < 0x80 and chr(code).isprintable()
    return match[0] if is_printed or (code > 0xFF and code <= 0x10FFFF and chr(code).isprintable()) else "_"


def _portable(part: str) -> str:
    """A part of a name that every system takes; a mask has dashes in place of its colons, and no rule matches it again.

    >>> _portable("[email:1:32-63].log"), _portable("a:b.log")
    ('[email-1-32-63].log', 'a_b.log')
    """
    part = MASK_TEXT.sub(lambda mask: mask[0].replace(":", "-"), part)
    part = _UNSAFE.sub("_", part.encode("utf-8", "replace").decode())
    part = "__" if part == ".." else part.rstrip(". ") or "_"
    return f"_{part}" if _DEVICES.match(part) else part
