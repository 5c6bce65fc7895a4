"""The stacks of a minidump: each thread by the embedded Sentry stream where it has that thread, else unwound.

The stream 0x53790001 is written by Sentry's fork of Crashpad, which walks the stacks on the machine that crashed. Its
layout: ``version, threads, frames, symbol bytes`` (u32 each); per thread ``id, first frame, frames`` (u32); aligned to
8: per frame ``address`` (u64) and ``offset, length`` (u32) of its function's name in the UTF-8 pool behind the frames.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from triage.formats.minidump_bytes import BrokenError, Bytes, Span
from triage.formats.minidump_context import Context
from triage.formats.minidump_streams import Thread
from triage.formats.minidump_unwind import Images, Unwinder
from triage.records import Frame, Trace

__all__ = ("Subject", "embedded", "traces")

_THREADS: Final = 65_536
_TOTAL_FRAMES: Final = 1 << 22
_FRAMES: Final = 1024
_NAME_BYTES: Final = 8192


class Subject(NamedTuple):
    """The thread that the dump is about: its number, its registers, and whether it crashed or only asked for a dump."""

    thread_id: int | None
    context: Context | None
    crashed: bool


def embedded(file: Bytes, span: Span, images: Images) -> dict[int, list[Frame]]:
    """Read the embedded stacks: thread number to frames, innermost first; at most 1,024 of each."""
    _, thread_count, frame_count, pool_size = file.unpack("IIII", span.rva)
    end = span.rva + min(span.size, file.size - span.rva)
    at = span.rva + 16
    threads = file.rows("the embedded thread list", "III", Span(end - at, at), thread_count, _THREADS)
    at = span.rva + _aligned(16 + 12 * thread_count)
    rows = file.rows("the embedded frame list", "QII", Span(max(0, end - at), at), frame_count, _TOTAL_FRAMES)
    at += 16 * frame_count
    pool = Span(max(0, min(pool_size, end - at)), at)
    names: dict[tuple[int, int], str | None] = {}
    found: dict[int, list[Frame]] = {}
    for thread_id, first, count in threads:
        if first + count > len(rows):
            file.damage("an embedded stack lies outside the list of frames", span.rva, span.size)
        if count > _FRAMES:
            file.damage(f"an embedded stack has {count:,} frames, the innermost {_FRAMES:,} were read", span.rva, 0)
        frames = []
        for address, offset, length in rows[first : first + min(count, _FRAMES)]:
            key = (offset, length)
            if key not in names:
                names[key] = _name(file, pool, offset, length)
            frame = images.frame(address, "sentry_stream", names[key])
            file.charge(16 + len(frame.module or "") + len(frame.function or ""))
            frames.append(frame)
        found[thread_id] = frames
    return found


def _aligned(offset: int) -> int:
    return -(-offset // 8) * 8


def _name(file: Bytes, pool: Span, offset: int, length: int) -> str | None:
    """A function's name out of the pool; None where it has none or the place lies outside."""
    if not length or length > _NAME_BYTES or offset + length > pool.size:
        return None
    return bytes(file.take(Span(length, pool.rva + offset))).decode("utf-8", "replace").rstrip("\0") or None


def traces(
    file: Bytes,
    unwinder: Unwinder,
    threads: list[Thread],
    *,
    contexts: dict[int, Context],
    names: dict[int, str],
    subject: Subject,
    given: dict[int, list[Frame]],
) -> list[Trace]:
    """One trace per thread, that of the subject first; a thread that only the embedded stream knows comes last."""
    by_id = {thread.thread_id: thread for thread in threads}
    order = [thread.thread_id for thread in threads] + [number for number in given if number not in by_id]
    if subject.thread_id is not None:
        order = [subject.thread_id, *(number for number in order if number != subject.thread_id)]
    found, exhausted = [], False
    for number in dict.fromkeys(order):
        is_subject = number == subject.thread_id
        context = (subject.context if is_subject else None) or contexts.get(number)
        frames = given.get(number, [])
        unwound = by = None
        if frames:
            by = "sentry_stream"
        elif context is not None and not exhausted:
            try:
                unwound = unwinder.frames(by_id.get(number), context)
            except BrokenError:
                exhausted = True
        if unwound:
            frames, by = unwound, _unwound_by(unwound)
        trace = Trace(
            frames=tuple(frames),
            role="crash" if is_subject else "thread",
            thread_id=number,
            thread_name=names.get(number),
            crashed=(True if subject.crashed else None) if is_subject else False,
            registers=context.json if is_subject and context else None,
            unwinder=by,
        )
        found.append(trace)
    if exhausted:
        file.damage("stacks overlap too much: those of later threads were not unwound")
    return found


def _unwound_by(frames: list[Frame]) -> str:
    """The least sure way that gave one of the frames."""
    trusts = {frame.trust for frame in frames}
    return next(trust for trust in ("scan", "frame_pointer", "cfi", "context") if trust in trusts)
