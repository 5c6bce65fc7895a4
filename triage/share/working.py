"""The working copy: every file of a case masked into a spool, and the case read back from there.

What was masked is read by the same readers as any input, so that the tables of a redacted case are those of the archive
that will be saved. The events keep the ids and group keys of the original; where masks would change them, the manifest
says so. A text file whose masked form no longer gives as many events leaves as rows instead.
"""

from __future__ import annotations

import contextlib
import hashlib
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NoReturn

import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import RedactionError, TriageError
from triage.formats.log_times import zone_told
from triage.share import kept, passes
from triage.share import leaving as leave
from triage.share.derived import Rows
from triage.share.marks import Marks
from triage.share.members import Ids, Member, Spooled
from triage.share.spool import Spool
from triage.share.view import bundle_of
from triage.sources.source import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from triage.redact.policy import Policy
    from triage.redact.redactor import Redactor
    from triage.share.leaving import Leaving
    from triage.share.passes import Raw
    from triage.share.spool import Piece
    from triage.sources.disk import Place

__all__ = ("Working",)

_MOVED: Final = "a file cannot be read again: its input has moved; load it again from where it is"
_CHANGED: Final = (
    "a file has changed since it was masked, and nobody has seen what stands in it now; nothing was frozen: load it "
    "again, redact it, and look at it anew"
)

# Both brackets around the head that says of which file they are, and no more.
_ROWLESS: Final = 4


class Working:
    """The masked files of a case and the tables read back from them.

    Attributes
    ----------
    redactor
        The one numbering over all of it.
    members
        By name.
    tables
        Those of the schema, annotated.
    """

    def __init__(
        self,
        raw: Raw,
        *,
        policy: Policy,
        events: list[str] | None = None,
        key: bytes | None = None,
        learned: Redactor | None = None,
    ) -> None:
        self._case = raw
        self._raw = raw if events is None else _of_events(raw, events)
        self._only = events
        self._learned = learned
        self._kept = 0
        self._policy = policy
        self._key = key
        self.location = raw.inputs.location
        self.bundle = ""
        self.spool = Spool()
        self.redactor: Redactor
        self.members: dict[str, Member] = {}
        self.tables: dict[str, pa.Table] = {}
        self._rows: Rows
        self._read_as: dict[str, str] = {}
        self._places: dict[str, str] = {}
        try:
            self._make()
        except BaseException:
            self.close()
            raise

    @property
    def policy(self) -> Policy:
        """What was masked by."""
        return self._policy

    @property
    def inputs(self) -> Any:
        """The masked members, as an input that can be read again."""
        return Spooled(self.members, self.spool)

    @property
    def limits(self) -> Any:
        """The limits of the case."""
        return self._raw.limits

    def originals(self, sources: Collection[str], spool: Spool) -> dict[str, Piece]:
        """The bytes of the original files, by source, as they were when they were read: a reviewer lets them leave."""
        files = self._raw.tables["files"]
        loaded = dict(zip(files["source_id"].to_pylist(), files["sha256"].to_pylist(), strict=True))
        found: dict[str, Piece] = {}

        def visit(source: Source) -> None:
            if source.source_id in sources:
                piece = found[source.source_id] = spool.write(source.chunks())
                if piece.sha256 != loaded[source.source_id]:
                    raise RedactionError(_CHANGED)

        if sources:
            leave.walk(self._raw.inputs, self._raw.limits, visit)
        if len(found) < len(sources):
            raise RedactionError(_MOVED)
        return found

    @property
    def was_read(self) -> Callable[[Path], bool]:
        """Says of a path whether a file there is one of those that were read."""
        files = self._raw.tables["files"]
        names = files.filter(pc.equal(files["depth"], 0))["path"].to_pylist()
        return partial(_was_read, self._raw.inputs.places, frozenset(map(str.casefold, names)))

    @property
    def kept_ids(self) -> str:
        """What a reviewer has to know of ids: "" where masks change none.

        An id that is not native, and a group key, are digests of what stood there before it was masked. They leave, so
        that decisions hold on the archive too: whoever has it can try values until the digest is the same.
        """
        if not self._kept:
            return ""
        those = "1 event keeps" if self._kept == 1 else f"{self._kept:,} events keep"
        return (
            f"{those} the original id or group key, a digest of what is masked: a value of few forms, such as the last "
            "digits of a number, can be found by trying them"
        )

    def allow(self, mask: str) -> None:
        """Let the value behind a mask leave as it is.

        Raises
        ------
        TriageError
            The mask stood in the input: its value is not here.
        """
        try:
            self.redactor.allow_mask(mask)
        except KeyError:
            raise TriageError("that was masked before triage read it: its value is not in here") from None

    def deny(self, mask: str) -> None:
        """Take that back."""
        with contextlib.suppress(KeyError):
            self.redactor.deny_mask(mask)

    def close(self) -> None:
        """Delete the working copy."""
        self.spool.close()

    @property
    def missing(self) -> list[tuple[str, str]]:
        """What was there and does not leave, under its masked name, and why; in the order of the names."""
        if self._only is not None:
            return []
        mask = self.redactor.text
        return sorted({(mask(path), mask(reason)) for path, reason in leave.absent(self._raw.tables)})

    @property
    def absent(self) -> list[tuple[str, str]]:
        """The same, with the files that leave without their content."""
        if self._only is not None:
            return []
        without = [(member.name, member.left_out) for member in self.members.values() if member.left_out]
        return sorted([*self.missing, *without])

    def __repr__(self) -> str:
        return "<Working>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a working copy is not pickled; approve it and save the archive")

    def _make(self) -> None:
        """Mask what leaves by what is found anywhere, and read it back; again where a text did not survive."""
        whole = self._only is None and self._raw.reader is None
        textual = leave.texts(self._raw.inputs, self._raw.limits) if whole else frozenset()
        inputs = [row["path"] for row in self._raw.tables["files"].to_pylist() if row["depth"] == 0]
        learned = self._learned or passes.learn_everything(self._case, self._policy, key=self._key)
        for _ in range(2):
            plan = leave.plan(self._raw.tables, textual, only=self._only)
            process = self._policy.minidump_memory
            rows = Rows(self._raw.tables, plan, only=self._only, process=process)
            self.redactor = learned.heir()
            passes.learn_rows(self.redactor, plan, rows)
            self._mask(plan, rows)
            lost = self._read(rows)
            if not lost:
                break
            textual -= lost
        self.bundle = self.redactor.text(bundle_of(inputs))

    def masked_again(self, members: Iterable[Member], spool: Spool) -> Iterator[tuple[Member, Piece, Marks]]:
        """Some files masked as the redactor would mask them now, into another spool, and the masks in them."""
        by_source = {member.file.source_id: member for member in members}
        found: dict[str, tuple[Piece, Marks]] = {}

        def write(file: Leaving, blocks: Iterator[bytes]) -> None:
            marks = Marks()
            found[file.source_id] = spool.write(map(marks.feed, blocks)), marks

        def text(file: Leaving, chunks: Iterator[bytes]) -> None:
            digest = hashlib.sha256()
            read = passes.hashed(chunks, digest)
            write(file, passes.masked_text(self.redactor, read, file.bytes, file.path))
            if digest.hexdigest() != self._read_as[file.source_id]:
                raise RedactionError(_CHANGED)

        files = [member.file for member in by_source.values()]
        passes.each(self._raw, [file for file in files if not file.derived], text)
        for file in files:
            if file.derived:
                lines = self._rows.lines(file, self._places)
                write(file, passes.masked_rows(self.redactor, lines, file.source_id))
        for source, member in by_source.items():
            if source not in found:
                raise RedactionError(_MOVED)
            yield member, *found[source]

    def _mask(self, plan: list[Leaving], rows: Rows) -> None:
        """Pass 2: every file into the spool, under its masked name."""
        self._rows = rows
        self.members = {}
        files = self._raw.tables["files"].select(["source_id", "reason"])
        unread = dict(zip(*(files[name].to_pylist() for name in files.column_names), strict=True))
        zones = _zones(self._raw.tables["annotations"])

        def write(name: str, file: Leaving, blocks: Iterator[bytes]) -> None:
            marks = Marks()
            piece = self.spool.write(map(marks.feed, blocks))
            description = self.redactor.text(file.description) if file.description else ""
            member = self.members[name] = Member(name, file, piece, marks, description)
            member.zone = None if file.derived else zones.get(file.source_id)
            if file.derived and marks.lines == _ROWLESS and file.bytes:
                member.left_out = f"none of its content leaves: {unread.get(file.source_id) or 'it has no rows'}"

        self._places = passes.mask(self.redactor, self._raw, plan, rows, write, self._read_as)

    def _read(self, rows: Rows) -> frozenset[str]:
        """Read the masked files and give their events the ids of the original; gives the texts that lost events."""
        from triage import loading
        from triage.incidents import policies
        from triage.stacks import keys
        from triage.symbols import apply

        self._captures(rows)
        read = loading.read_tables(self.inputs, limits=self._raw.limits)
        bare = policies.classified(apply(read, None))
        tables = keys.annotate(bare, self._raw.rules)
        # Who loads the archive has not the settings of who made it: a key that a rule made is told.
        found = kept.by_path(tables, keys.annotate(bare) if self._raw.rules and self._raw.rules.given else tables)
        original = self._raw.tables["events"]
        key_of = dict(zip(original["event_id"].to_pylist(), original["group_key"].to_pylist(), strict=True))
        lost = set()
        renamed: dict[str, tuple[str | None, str | None]] = {}
        copied: dict[str, tuple[Member, str]] = {}
        for name, member in self.members.items():
            here, there = found.get(name, []), rows.events(member.file.source_id)
            if len(here) != len(there):
                lost.add(member.file.source_id)
                continue
            wanted: Ids = [(self._id(event, read[0]), key_of[event]) for event, read in zip(there, here, strict=True)]
            # Both are read again anyway where masks and settings left them alone.
            same = all(own == read[:2] and read[2] for own, read in zip(wanted, here, strict=True))
            member.ids = [] if same and not member.derived else wanted
            renamed.update((read[0], own) for own, read in zip(wanted, here, strict=True) if own != read[:2])
            copied.update((event, (member, str(own))) for event, (own, _) in zip(there, wanted, strict=True))
        self._kept = len(renamed)
        self.tables = self._given(kept.renamed(tables, renamed) if renamed else tables, copied)
        return frozenset(lost & {member.file.source_id for member in self.members.values() if not member.derived})

    def _captures(self, rows: Rows) -> None:
        """Say of the files with events by which capture policy these were classed."""
        from triage.incidents import policies

        told = policies.of_files(self._raw.tables)
        for member in self.members.values() if told else ():
            source = member.file.source_id
            if (capture := told.get("") or told.get(source)) and rows.events(source):
                member.capture = policies.masked(capture, self.redactor.text)

    def _given(self, tables: dict[str, pa.Table], copied: dict[str, tuple[Member, str]]) -> dict[str, pa.Table]:
        """The tables with what is known of suppressed occurrences whose event the masks hide."""
        from triage.incidents import suppression

        left, rows = suppression.told(tables), []
        for report, (event, alone) in suppression.told(self._raw.tables).items():
            if report not in copied or event not in copied:
                continue
            (member, own), (_, its) = copied[report], copied[event]
            if left.get(own) != (its, alone):
                member.given.append((own, its, alone))
                scope = suppression.ALONE if alone else suppression.TOLD
                rows.append({"event_id": None, "scope": scope, "key": own, "value": its})
        if not rows:
            return tables
        notes = tables["annotations"]
        return tables | {"annotations": pa.concat_tables([notes, pa.Table.from_pylist(rows, notes.schema)])}

    def _id(self, event: str, read: str) -> str:
        """The id that an event keeps: its own, unless a native id holds what must not leave."""
        return event if event == read else self.redactor.text(event)


def _zones(notes: pa.Table) -> dict[str, str]:
    """What the local times of files were taken as, by their ids."""
    told = notes.filter(pc.equal(notes["scope"], "zone")).select(["key", "value"])
    return {source: name for source, name in zip(*told.to_pydict().values(), strict=True) if zone_told(name)}


def _was_read(places: Sequence[Place], names: frozenset[str], path: Path) -> bool:
    """Whether a file is one of the inputs, by the names that those have, whatever the case of their letters."""
    return any((name := place.name_of(path)) is not None and name.casefold() in names for place in places)


def _of_events(raw: Raw, events: list[str]) -> Raw:
    """What a case was made of with everything of some events in its tables."""
    from triage.store import details

    return raw._replace(tables=details.whole(raw.tables, events, inputs=raw.inputs, limits=raw.limits))
