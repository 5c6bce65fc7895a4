"""Minidumps, as Windows, Breakpad and Crashpad write them: one event with its threads, modules and annotations.

What is read of them: SystemInfo, the exception with its registers, threads and their names, stack memory, loaded and
unloaded modules, memory lists, MiscInfo, comments, Breakpad's info and assertion, Linux text streams, Crashpad's
annotations and Sentry's embedded stacks. The layouts and their origin stand in the modules beside this one:
`minidump_bytes` (bounds), `minidump_streams`, `minidump_annotations`, `minidump_context`, `minidump_unwind` and
`minidump_stacks`.

A broken stream gives what can be had of it: the event is ``partial``, and a quarantine row says where and why.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.formats import Match
from triage.formats import exception_codes as codes
from triage.formats import minidump_annotations as words
from triage.formats import minidump_streams as streams
from triage.formats.minidump_bytes import Bytes, Directory, Span, stream_name
from triage.formats.minidump_context import Context, arch_of_size, read_context
from triage.formats.minidump_stacks import Subject, embedded, traces
from triage.formats.minidump_unwind import Images, Unwinder
from triage.sources.source import Source
from triage.times import epoch

if TYPE_CHECKING:
    from collections.abc import Callable

    from triage.formats.head import Head
    from triage.records import Draft

__all__ = ("NAME", "TITLE", "draft_key", "read", "read_into", "sniff")

NAME: Final = "minidump"
TITLE: Final = "Minidump (Windows, Breakpad, Crashpad)"

_MARKS: Final = (b"MDMP", b"PMDM")
_VERSION: Final = 0xA793
_EXCEPTION_STREAM: Final = 6
_UUID: Final = re.compile(
    r"([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(-\d{1,4})?\.(?:mini)?dmp",
    re.IGNORECASE,
)
_STATUS_KEYS: Final = ("Name", "State", "Threads", "VmPeak", "VmSize", "VmHWM", "VmRSS")
_VERSION_KEYS: Final = ("ver", "_version", "version")
_FURTHER: Final = (
    "a further minidump of the same event: its modules and annotations stand beside those of the first, "
    "its stacks only where there are no others"
)
_WINDOWS: Final = frozenset({1, 2, 3})
_LINUX: Final = frozenset({0x8201, 0x8203})
_APPLE: Final = frozenset({0x8101, 0x8102})


def sniff(head: Head) -> Match | None:
    """By the signature and the version behind it."""
    mark = head.data[:4]
    if mark not in _MARKS:
        return None
    low = head.data[4:6] if mark == b"MDMP" else head.data[6:8][::-1]
    if int.from_bytes(low, "little") == _VERSION:
        return Match(98, "signature and version of a minidump")
    return Match(70, "signature of a minidump")


def draft_key(source: Source) -> tuple[tuple[str, ...], str | None, bool]:
    """The key of the draft that a dump belongs to, the event id in its name, and whether it is a further dump of it.

    Sentry's cache names envelope and dumps of one event alike: ``<uuid>.envelope``, ``<uuid>.dmp``, ``<uuid>-1.dmp``.
    """
    named = _UUID.fullmatch(source.name)
    if named is None:
        return ("minidump", source.source_id), None, False
    event_id = "".join(named.groups()[:5]).lower()
    return ("sentry", source.scope, event_id), event_id, named.group(6) is not None


def read(source: Source) -> None:
    """Read a dump into the draft that its name leads to."""
    key, event_id, further = draft_key(source)
    draft = source.records.draft(*key)
    rank = 0 if further else 1
    if further:
        source.note(_FURTHER)
        draft.note(_FURTHER)
    if read_into(source, draft, rank=rank):
        draft.fill(rank=rank + 1 if event_id else rank, native_id=event_id)


def read_into(source: Source, draft: Draft, *, rank: int = 1) -> bool:
    """Read a dump into an event that others add to as well.

    Parameters
    ----------
    source
        The file of the dump, or the member of an envelope.
    draft
        The event. What an event's own JSON says should be filled with a rank of 2.
    rank
        The rank of what the dump says. Stacks that were walked where it crashed have a rank of 3.

    Returns
    -------
    bool
        Whether it was a minidump at all; if not, the file is quarantined and the event is as it was.
    """
    data = source.data()
    source.role = source.role or "minidump"
    if bytes(data[:4]) not in _MARKS:
        source.parse_status = "partial"
        source.note("not a minidump: it does not begin with its signature")
        source.quarantine("not a minidump: it does not begin with its signature", offset=0, length=len(data))
        return False
    source.media = source.media or "application/x-dmp"
    source.description = source.description or "minidump of the crashed process"
    _Reading(source, draft, rank).run()
    return True


class _Reading:
    """The reading of one dump: streams in, columns and rows out."""

    def __init__(self, source: Source, draft: Draft, rank: int) -> None:
        self.source, self.draft, self.rank = source, draft, rank
        self.file, self.directory = Directory.read(source.data())
        self.system: streams.System | None = None
        self.record: streams.ExceptionRecord | None = None
        self.error: codes.Described | None = None
        self.modules: list[streams.Module] = []
        self.executable: list[tuple[int, int]] = []
        self.facts: dict[str, Any] = {}

    @property
    def platform(self) -> int:
        """The platform number, -1 where it is not known."""
        return self.system.platform if self.system else -1

    @property
    def arch(self) -> str:
        """The architecture; without SystemInfo the one that the exception's context has the size of."""
        if self.system:
            return self.system.arch
        return arch_of_size(self.record.context.size) if self.record else ""

    def run(self) -> None:
        """Read everything; the order matters where one stream explains another."""
        self.system = self._stream(7, streams.system)
        self.record = self._stream(6, streams.exception)
        self.modules = self._stream(4, lambda file, span: streams.modules(file, span, self.platform)) or []
        unloaded = self._stream(14, streams.unloaded_modules) or []
        self._place()
        self._linux()
        self._crashpad()
        self._system()
        self._process()
        crashed = self._exception()
        self._stacks(crashed=crashed)
        for module in (*self.modules, *unloaded):
            self.source.records.module(self.draft.event, **module._asdict())
        self._annotate("minidump", self.facts)
        self._finish()

    def _stream(self, kind: int, read: Callable[[Bytes, Span], Any]) -> Any:
        """What a reader makes of a stream; None where the dump lacks it or it is broken."""
        span = self.directory.streams.get(kind)
        if span is None:
            return None
        return self.file.attempt(f"stream {stream_name(kind)}", span, lambda: read(self.file, span))

    def _annotate(self, scope: str, pairs: dict[str, Any]) -> None:
        for key, value in pairs.items():
            self.source.records.annotation(self.draft.event, scope, key, value)

    def _place(self) -> None:
        """Where and when: the columns that every dump has."""
        stamp = self.directory.timestamp
        self.draft.fill(
            rank=self.rank,
            source_id=self.source.source_id,
            offset=0,
            length=self.file.size,
            format=NAME,
            event_class="incident_signal",
            platform="native",
            ts=epoch(stamp) if stamp else None,
            ts_source="minidump header" if stamp else None,
        )
        if self.directory.listing:
            self.facts["streams"] = self.directory.listing

    def _system(self) -> None:
        """Operating system, processor, and the program: the first module."""
        if self.system:
            self.draft.fill(
                rank=self.rank,
                os_name=self.system.os_name,
                os_version=self.system.os_version,
                arch=self.system.arch,
            )
            self.facts |= {"os_build": self.system.build, "cpus": self.system.cpus}
            self.facts["cpu"] = self.system.cpu or self.facts.get("cpu")
        if self.modules:
            self.draft.fill(rank=self.rank, service=self.modules[0].name)

    def _process(self) -> None:
        """MiscInfo, comments, a failed assertion, and what is only counted."""
        self.facts |= self._stream(15, words.misc) or {}
        self.facts["comment"] = self._stream(10, lambda file, span: words.comment(file, span, wide=False))
        self.facts["comment_wide"] = self._stream(11, lambda file, span: words.comment(file, span, wide=True))
        self.facts["handles"] = self._stream(12, lambda file, span: file.unpack("8xI", span.rva)[0])
        ranges = self._stream(16, streams.executable_ranges)
        if ranges is not None:
            self.executable = ranges
            self.facts["memory_info_regions"] = self._stream(16, lambda file, span: file.unpack("8xQ", span.rva)[0])
        failed = self._stream(0x47670002, words.assertion) or {}
        self._annotate("assertion", failed)
        if failed:
            place = ":".join(failed[key] for key in ("file", "line") if key in failed)
            what = failed.get("expression") or failed.get("kind") or "an assertion"
            value = f"assertion failed: {what}" + (f" ({place})" if place else "")
            self.draft.fill(rank=self.rank, error_value=value)

    def _linux(self) -> None:
        """Copies of Linux files: members of the dump, and what they say."""
        texts = {}
        for kind, (path, role, description) in words.FILES.items():
            raw = self._stream(kind, words.raw_text)
            if raw:
                texts[path] = raw
                _member(self.source, path, raw, role, description)
        release = words.key_values(texts.get("linux/lsb_release.txt", b""), b"=")
        status = words.key_values(texts.get("linux/proc_status.txt", b""), b":")
        processors = words.key_values(texts.get("linux/cpuinfo.txt", b""), b":")
        # Filled before SystemInfo's, which is the kernel's: the first stands.
        self.draft.fill(rank=self.rank, os_version=release.get("DISTRIB_DESCRIPTION") or None)
        self.facts |= {f"lsb_release.{key}": value for key, value in release.items()}
        self.facts |= {f"proc_status.{key}": status[key] for key in _STATUS_KEYS if key in status}
        self.facts["cpu"] = processors.get("model name") or processors.get("Hardware")
        command = texts.get("linux/cmdline.txt", b"").rstrip(b"\0").replace(b"\0", b" ").decode("utf-8", "replace")
        self.facts["cmdline"] = command or None
        self._annotate("environ", words.environment(texts.get("linux/environ.txt", b"")))
        self.executable = self.executable or words.executable_maps(texts.get("linux/maps.txt", b""))

    def _crashpad(self) -> None:
        """Crashpad's ids and annotations."""
        names = [module.name for module in self.modules]
        info = self._stream(0x43500001, lambda file, span: words.crashpad(file, span, names))
        version = self.modules[0].version if self.modules else None
        if info is not None:
            for key, value in (("report_id", info.report_id), ("client_id", info.client_id), *info.pairs):
                self.source.records.annotation(self.draft.event, "crashpad", key, value)
            given = dict(reversed(info.pairs))
            version = next((given[key] for key in _VERSION_KEYS if given.get(key)), version)
            distribution = given.get("lsb-release") if self.platform in _LINUX else None
            self.draft.fill(rank=self.rank, native_id=info.report_id, os_version=distribution or None)
        self.draft.fill(rank=self.rank, release=version)

    def _exception(self) -> bool:
        """What happened; whether it was a crash."""
        if self.record is None:
            # one that is told of and lost with the end of the file is one all the same
            self.draft.fill(
                rank=self.rank, event_kind="crash" if _EXCEPTION_STREAM in self.directory.streams else "dump"
            )
            return False
        record = self.record
        described = codes.describe(
            self.platform,
            record.code,
            flags=record.flags,
            address=record.address,
            parameters=record.parameters,
            arch=self.arch,
            exact=0x43500001 in self.directory.streams,
        )
        self.error = described
        crashed = described.type not in {codes.DUMP_REQUESTED, codes.SIMULATED}
        self.draft.fill(
            rank=self.rank,
            event_kind="crash" if crashed else "dump",
            level="fatal" if crashed else None,
            handled=False if crashed else None,
            error_type=described.type,
            error_value=described.value,
            error_code=record.code,
            error_code_name=described.code_name,
            signal=described.signal,
            fault_address=described.fault_address,
            thread_id=record.thread_id,
        )
        self.facts["exception_address"] = f"0x{record.address:x}"
        self.facts["exception_flags"] = f"0x{record.flags:x}"
        if record.parameters:
            self.facts["exception_parameters"] = [f"0x{value:x}" for value in record.parameters]
        return crashed

    def _subject(self, *, crashed: bool) -> Subject:
        """The thread of the exception, else the one that asked for the dump."""
        if self.record:
            return Subject(
                self.record.thread_id, self._context(self.record.context, "the exception's context"), crashed
            )
        asked = self._stream(0x47670001, lambda file, span: file.unpack("III", span.rva))
        if asked and asked[0] & 2:
            self.draft.fill(rank=self.rank, thread_id=asked[2])
            return Subject(asked[2], None, False)
        return Subject(None, None, False)

    def _context(self, span: Span, what: str) -> Context | None:
        apple = self.platform in _APPLE
        return self.file.attempt(what, span, lambda: read_context(self.file, span, self.arch, apple=apple))

    def _stacks(self, *, crashed: bool) -> None:
        """The stacks of all threads."""
        threads = self._stream(3, streams.threads) or []
        names = self._stream(24, streams.thread_names) or {}
        regions = streams.memory(self.file, self.directory.streams.get(5), self.directory.streams.get(9))
        if regions:
            self.facts["memory_regions"] = len(regions)
            self.facts["memory_bytes"] = sum(region.size for region in regions)
        images = Images(self.modules, self.executable)
        given = self._stream(0x53790001, lambda file, span: embedded(file, span, images)) or {}
        subject = self._subject(crashed=crashed)
        contexts = {}
        for thread in threads:
            if thread.thread_id not in given and (thread.thread_id != subject.thread_id or subject.context is None):
                context = self._context(thread.context, "a thread's context")
                if context is not None:
                    contexts[thread.thread_id] = context
        symbols = self.source.context.symbols
        unwinder = Unwinder(
            self.file,
            images,
            regions,
            self.arch,
            windows=self.platform in _WINDOWS,
            rules=None if symbols is None else lambda module: symbols.rules(module.debug_id, module.code_id),
        )
        found = traces(self.file, unwinder, threads, contexts=contexts, names=names, subject=subject, given=given)
        if found and self.error:
            found[0] = msgspec.structs.replace(found[0], error_type=self.error.type, error_value=self.error.value)
        has_given = any(trace.unwinder == "sentry_stream" for trace in found)
        self.draft.stacks(found, rank=3 if has_given and self.rank else self.rank)

    def _finish(self) -> None:
        """Say what could not be read, and what was not."""
        unknown = [name for name in self.directory.listing if name.startswith("0x")]
        if unknown:
            self.draft.note(f"streams of unknown types: {len(unknown)} ({', '.join(unknown[:8])})")
        if self.directory.repeated:
            self.draft.note(
                f"{self.directory.repeated} streams of the minidump repeat an earlier type and were not read"
            )
        if self.system and self.system.arch not in {"x86", "x86_64", "arm", "arm64"}:
            self.draft.note(f"registers of {self.system.arch} cannot be read")
        status = "ok"
        for damage in self.file.damages:
            status = "partial"
            self.source.quarantine(damage.reason, offset=damage.offset, length=damage.length)
            self.draft.note(damage.reason)
        if self.file.more_damages:
            reason = f"{self.file.more_damages:,} more pieces of the minidump cannot be read"
            self.source.quarantine(reason, offset=0, length=self.file.size)
        if status == "partial":
            self.source.parse_status = status
            self.source.note(self.file.damages[0].reason)
        self.draft.fill(rank=self.rank, parse_status=status)


def _member(source: Source, path: str, raw: bytes, role: str, description: str) -> None:
    """A file inside the dump: a row of its own, but no reader, because a stream may hold the dump itself."""
    member = Source(source.context, path, data=raw, container=source)
    member.role, member.description = role, description
    source.members_bytes = (source.members_bytes or 0) + len(raw)
    member.close()
