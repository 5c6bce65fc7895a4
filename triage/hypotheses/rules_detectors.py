"""What the rules work out of a crash beyond its words: addresses, recursion, waiting threads, versions, symbols."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.hypotheses.checks_addresses import poison_of
from triage.hypotheses.checks_facts import memory_shares
from triage.hypotheses.checks_scene import Row, among, rows_of
from triage.hypotheses.checks_stacks import cycles
from triage.hypotheses.rules_crash import MANAGED, Crash, Evidence, one_line
from triage.hypotheses.rules_signs import Seen, data, named
from triage.hypotheses.rules_untold import NO_FAULT, SORTS_OF_MEANING, untold

__all__ = ("Sort", "detected", "offset_of", "sort_of")

_NOT_OF_MEMORY: Final = re.compile(r"breakpoint|\btrap|assert|\bfpe|divi|\bill\b|illegal|\babrt")
_NULL_PAGE: Final = 4096
_LONGEST: Final = 500
_BLOCKED: Final = re.compile(
    r"blocked|semacquire|waiting to lock|chan (?:send|receive)|sync\.|mutex|select \(no cases\)", re.IGNORECASE
)
_LOCKS: Final = re.compile(
    r"lll_lock_wait|pthread_mutex_lock|pthread_rwlock|RtlpWaitOnCriticalSection|RtlEnterCriticalSection|"
    r"NtWaitForAlertByThreadId|_psynch_mutexwait|os_unfair_lock_lock|AcquireSRWLock|MutexLock|Mutex::[Ll]ock|"
    r"ReentrantLock\.lock|Monitor\.Enter|mutex_lock",
)
_NUMBERS: Final = re.compile(r"[0-9]+(?:\.[0-9]+)+")


def detected(crash: Crash) -> Iterator[Seen]:
    """All that is worked out of a crash."""
    yield from _address(crash)
    yield from _roles(crash)
    yield from _recursion(crash)
    yield from _waiting(crash)
    yield from _exception(crash)
    yield from _destructor(crash)
    yield from _versions(crash)
    yield from _symbols(crash)
    yield from _memory(crash)


def said_by(crash: Crash) -> str:
    """The message of the event as the extract has it; its type where it has none."""
    message = one_line(crash.text("error_value"), 200)
    return f"message: {message}" if message else named(crash)


def _is_fault(crash: Crash) -> bool:
    """Whether the address says where memory was accessed, rather than where a trap stands."""
    if crash.address is None or crash.text("signal") in NO_FAULT or _NOT_OF_MEMORY.search(crash.words):
        return False
    return crash.text("event_kind") not in {"assertion", "race", "leak", "hang"}


def _address(crash: Crash) -> Iterator[Seen]:
    """What the address tells by its value."""
    if not _is_fault(crash):
        yield from untold(crash)
        return
    address = crash.address or 0
    told = crash.event.get("fault_address") is not None
    text = f"fault address: 0x{address:x}" if told else said_by(crash)
    explained = crash.note("shadow_byte") is not None or crash.note("location") is not None
    hint = crash.note("hint")
    if hint is not None and "high value" in hint["value"]:
        yield Seen(
            "wild access",
            0.85,
            crash.of_note(hint, "the processor does not tell the address: it has no canonical form"),
        )
    elif crash.zone in {"null", "near null"}:
        near = address < _NULL_PAGE or crash.text("platform") == "kernel"
        says = "the address is null" if not address else "the address is a small offset from null"
        yield Seen("null dereference", 0.88 if near else 0.6, crash.of_event(text, says))
    elif crash.zone == "poison":
        poison = poison_of(address)
        if poison is not None:
            name, weight = SORTS_OF_MEANING[poison.meaning]
            says = f"the address is a pattern that {poison.by} writes: {poison.meaning}"
            yield Seen(name, weight, crash.of_event(text, says))
            yield Seen("wild access", 0.5, crash.of_event(text, "the address is no pointer"))
    elif crash.zone == "near the stack pointer" and not explained:
        yield Seen("stack overflow", 0.6, crash.of_event(text, "the address lies beside the stack pointer"))
    elif crash.zone == "non-canonical":
        yield Seen("wild access", 0.85, crash.of_event(text, "no memory can have that address"))
    elif not explained and not crash.roles & {"alloc", "free", "access"}:
        yield Seen("wild access", 0.6, crash.of_event(text, "no memory of the program is at that address"))
    if crash.executes and crash.zone not in {"null", "near null"} and not explained:
        yield Seen("wild access", 0.5, crash.of_event(text, "the program jumped to that address"))


def _roles(crash: Crash) -> Iterator[Seen]:
    """What the other stacks of the report tell: who allocated, who freed, who else accessed."""
    of = {stack["role"]: stack for stack in reversed(crash.stacks) if stack["role"]}
    frees = bool(crash.frames) and re.search(
        r"\bfree\b|operator delete|cfree|_free\b", crash.frames[0]["function"] or ""
    )
    if "free" in of:
        name, weight = ("invalid free", 0.9) if frees else ("use after free", 0.93)
        yield Seen(name, weight, crash.of_stack(of["free"], "the report has the stack that freed the memory"))
    elif "alloc" in of and crash.text("event_kind") not in {"leak", "race"}:
        if crash.address is None or crash.note("uninitialized"):
            says = "the report has the stack that made what was used, and nothing of an access beside it"
            yield Seen("uninitialised memory", 0.6, crash.of_stack(of["alloc"], says))
        elif frees:
            yield Seen("invalid free", 0.8, crash.of_stack(of["alloc"], "what was freed was allocated otherwise"))
        else:
            says = "the report has the stack that allocated the region next to the address, and none that freed it"
            yield Seen("out of bounds", 0.85, crash.of_stack(of["alloc"], says))
    if "access" in of:
        yield Seen(
            "data race",
            0.9,
            crash.of_stack(of["access"], "the report has the stack of another access to the same memory"),
        )


def _recursion(crash: Crash) -> Iterator[Seen]:
    """A stack that repeats itself."""
    key = crash.stacks[0]["stack_key"] if crash.stacks else None
    found = cycles(crash.scene, key).get(key) if key else None
    if found is None or found[0] < 5:
        return
    rounds, names, places = found
    length = max(len(crash.frames), 1)
    covered = rounds * max(len(places), 1)
    weight = 0.85 if covered >= 100 or (covered >= 40 and covered > length * 0.6) else 0.3
    rows = tuple(Row("frames", {"stack_key": crash.stacks[0]["stack_key"], "idx": place}) for place in places[:10])
    cycle = " -> ".join(one_line(name, 80) for name in names.to_pylist()[:4] if name)
    evidence = Evidence(one_line(names.to_pylist()[0], 200), f"the stack repeats {cycle} {rounds} times", rows)
    yield Seen("stack overflow", weight, evidence)


def _waiting(crash: Crash) -> Iterator[Seen]:
    """Threads that wait for locks, where nothing else failed."""
    named_so = crash.text("event_kind") in {"hang", "timeout", "dump"}
    # A dump of all threads without a signal, an exception or an address is of a program that somebody stopped to look.
    stopped = crash.text("platform") == "native" and not crash.words and crash.address is None and not crash.access
    if not (named_so or (stopped and "thread" in crash.roles)):
        return
    blocked = [stack for stack in crash.stacks if stack["state"] and _BLOCKED.search(stack["state"][:100])]
    for stack in crash.stacks[:100]:
        if stack not in blocked and any(
            _LOCKS.search((one["function"] or "")[:200]) for one in crash.frames_of(stack)[:4]
        ):
            blocked.append(stack)
    note = crash.note("deadlock")
    if note is not None:
        yield Seen("deadlock", 0.9, crash.of_note(note, "the runtime found the circle of locks"))
    if len(blocked) >= 2:
        for stack in blocked[:4]:
            yield Seen("deadlock", 0.35, crash.of_stack(stack, "this thread waits for a lock"))
    elif blocked:
        yield Seen("hang", 0.5, crash.of_stack(blocked[0], "the thread waits for a lock"))


def _exception(crash: Crash) -> Iterator[Seen]:
    """An unhandled exception of a language that has them."""
    kind, platform = crash.text("event_kind"), crash.text("platform")
    languages = platform in MANAGED
    if kind == "exception" and platform == "native":
        yield Seen("uncaught exception", 0.85, crash.of_event(named(crash), "an exception was not caught"))
    elif kind == "exception":
        yield Seen("exception", 0.85, crash.of_event(named(crash), "an exception was not handled"))
    elif languages and crash.text("signal") in {"", "SIGABRT"} and crash.address is None and crash.frames:
        if kind in {"crash", "incident_bundle", ""}:
            yield Seen(
                "exception",
                0.8,
                crash.of_event(named(crash), "the runtime ended the program with a stack of its language"),
            )
    elif platform == "go" and re.search(r"runtime error", crash.words):
        yield Seen("exception", 0.4, crash.of_event(named(crash), "the runtime ended the program"))
    if kind in {"exception", "crash"} and re.search(
        r"^(?:assertion|check) failed|assertionerror", crash.message[:40] + crash.words
    ):
        yield Seen(
            "assertion",
            0.9,
            crash.of_event(
                f"message: {one_line(crash.text('error_value'), 200)}", "the message is that of an assertion"
            ),
        )


@dataclass(frozen=True, slots=True)
class Sort:
    """Which of the usual sorts an exception is: what is said of it, and the link of the chain that decides."""

    name: str
    title: str
    steps: tuple[str, ...]
    type: str
    where: str
    evidence: Evidence


def sort_of(crash: Crash) -> Sort | None:
    """The sort of the exception at the bottom of the chain of causes that has one, else of what surfaced."""
    causes = [stack for stack in crash.stacks if stack["role"] in {"cause", "member"}]
    for stack in [*causes[::-1], None]:
        held = crash.event if stack is None else stack
        kind, message = (str(held.get(name) or "")[:_LONGEST] for name in ("error_type", "error_value"))
        for entry in data("rules_exceptions")["sort"]:
            typed = "type" in entry and re.search(entry["type"], kind[:200].lower())
            said = "message" in entry and re.search(entry["message"], message.lower())
            if not typed and not said:
                continue
            parts = filter(None, (one_line(kind, 80), one_line(message, 200)))
            text = said_by(crash) if stack is None else ": ".join(parts)
            row = crash.row("events") if stack is None else crash.row("stacks", stack_no=stack["stack_no"])
            says = "this is what was raised" if stack is None else "this exception is at the bottom of the chain"
            where = crash.where if stack is None else crash.where_of(stack)
            evidence = Evidence(text, says, (row,))
            return Sort(entry["name"], entry["title"], tuple(entry["steps"]), one_line(kind, 80), where, evidence)
    return None


def _destructor(crash: Crash) -> Iterator[Seen]:
    """An exception that leaves a destructor ends the program."""
    if not re.search(r"abrt|terminate|abort", crash.words) and crash.text("event_kind") != "abort":
        return
    names = [frame["function"] or "" for frame in crash.frames[:60]]
    ended = next((number for number, name in enumerate(names) if "terminate" in name), None)
    if ended is None:
        return
    for frame in crash.frames[ended : ended + 8]:
        if re.search(r"(?:::|^)~\w", (frame["function"] or "")[:300]):
            says = "terminate was called while a destructor ran: exceptions must not leave one"
            yield Seen("uncaught exception", 0.6, crash.of_frame(frame, says))
            return


def _versions(crash: Crash) -> Iterator[Seen]:
    """One module in several versions, or another version of the program than its release."""
    modules = crash.scene.modules
    lower = pc.utf8_lower(modules["name"])
    modules = modules.append_column("lower", lower)
    modules = modules.filter(pc.and_(pc.is_valid(modules["version"]), pc.is_valid(lower)))
    for event in (crash.event_id, None):
        rows = among(modules, "event_id", {event}) if event else modules
        distinct = rows.group_by(["lower", "version"]).aggregate([("event_id", "min")])
        counts = distinct.group_by("lower").aggregate([("version", "count")])
        several = sorted(counts.filter(pc.greater(counts["version_count"], 1))["lower"].to_pylist())
        if several:
            held = distinct.filter(pc.equal(distinct["lower"], several[0])).sort_by("version").slice(0, 10)
            versions = [one_line(version, 40) for version in held["version"].to_pylist()]
            found = among(rows, "lower", {several[0]})
            at = tuple(
                row
                for version, one in zip(held["version"].to_pylist(), held["event_id_min"].to_pylist(), strict=True)
                for row in _module_rows(found, version, one)
            )
            name = one_line(found["name"][0].as_py(), 80)
            says = f"{name} has the versions {', '.join(versions[:3])}"
            says += " in one event" if event else " over the events of the incident"
            yield Seen("version skew", 0.7 if event else 0.4, Evidence(f"{name} {versions[-1]}", says, at))
            break
    yield from _other_release(crash)


def _module_rows(modules: pa.Table, version: str, event: str) -> tuple[Row, ...]:
    """The row of a module of one version in one event."""
    fits = pc.and_(pc.equal(modules["version"], version), pc.equal(modules["event_id"], event))
    return rows_of("modules", modules.filter(fits))[:1]


def _other_release(crash: Crash) -> Iterator[Seen]:
    """The program's own module has another version than the release says."""
    release = _NUMBERS.search(crash.text("release"))
    service = crash.text("service").lower().removesuffix(".exe")
    if release is None or not service:
        return
    for row in among(crash.scene.modules, "event_id", {crash.event_id}).slice(0, 2_000).to_pylist():
        if (row["name"] or "").lower().removesuffix(".exe") == service and row["version"]:
            parts = [release[0].split("."), row["version"].split(".")]
            size = min(map(len, parts))
            if parts[0][:size] != parts[1][:size]:
                text = f"{row['name']} {one_line(row['version'], 40)}"
                at = (Row("modules", {"event_id": crash.event_id, "name": row["name"]}), crash.row("events"))
                says = f"the release of the event is {one_line(release[0], 40)}, the program's file is another version"
                yield Seen("version skew", 0.6, Evidence(text, says, at))
            return


def _symbols(crash: Crash) -> Iterator[Seen]:
    """Frames without names."""
    frames = crash.frames[:30]
    bare = [frame for frame in frames if not frame["function"]]
    if len(bare) < 2 or len(bare) * 2 < len(frames) or crash.text("platform") in MANAGED:
        return
    modules = sorted({one_line(frame["module"], 60) for frame in bare if frame["module"]})
    rows = tuple(Row("frames", {"stack_key": frame["stack_key"], "idx": frame["idx"]}) for frame in bare[:10])
    says = f"{len(bare)} of {len(frames)} frames have no name" + (
        f"; their modules: {', '.join(modules[:4])}" if modules else ""
    )
    yield Seen("missing symbols", 0.8, Evidence(modules[0] if modules else "frames without names", says, rows))


def _memory(crash: Crash) -> Iterator[Seen]:
    """Memory that was short."""
    shares, rows = memory_shares(crash.scene, crash.event_id)
    share = shares.get(crash.event_id)
    if share is None or share < 0.95:
        return
    key = rows[0].key
    note = next((one for one in crash.notes if one["key"] == key.get("key")), None)
    text = f"{note['scope']} {note['key']} = {one_line(note['value'], 40)}" if note else str(key.get("name", "memory"))
    evidence = Evidence(text, f"{share:.0%} of the memory was in use", tuple(rows))
    yield Seen("memory pressure", 0.6, evidence)
    yield Seen("out of memory", 0.25, evidence)


def offset_of(crash: Crash) -> str:
    """What a near-null address says, for people."""
    if crash.address is None:
        return "the report does not tell it"
    return f"0x{crash.address:x}" if crash.zone in {"null", "near null"} else "the report does not tell it"
