"""Stacks and images of minidumps' JSON; see `triage.formats.stackwalk_json` for the layouts."""

from __future__ import annotations

from typing import Any, Final

from triage.formats.sentry_json import items, mapping, number, text
from triage.formats.traces import stackwalk_lines as lines
from triage.formats.traces.gdb import call
from triage.records import Frame, Trace, json_text

__all__ = ("java", "modules", "subject", "traces")

_MOST: Final = 1 << 63
_LAST: Final = 1 << 64
# Inlined functions that a frame may list.
_INLINES: Final = 1_000


def modules(dump: dict[str, Any]) -> list[dict[str, Any]]:
    """The images, loaded and unloaded, as columns of `modules`."""
    found = []
    for key, unloaded in (("modules", False), ("unloaded_modules", True)):
        for item in items(dump.get(key)):
            base, end = number(item.get("base_addr")), number(item.get("end_addr"))
            known = base is not None and base >= 0
            name = text(item.get("filename")) or text(item.get("module"))
            found.append(
                {
                    "name": name,
                    "base": base if known else None,
                    "size": end - base if base is not None and end is not None and base <= end and known else None,
                    "version": text(item.get("version")),
                    "code_id": text(item.get("code_id")),
                    "debug_id": text(item.get("debug_id")),
                    "debug_file": text(item.get("debug_file")),
                    "unloaded": unloaded,
                }
            )
    return found


def subject(dump: dict[str, Any], document: dict[str, Any]) -> int | None:
    """The number of the thread that crashed, or that asked for the dump."""
    thread = dump.get("crashing_thread")
    for value in (
        mapping(dump.get("crash_info")).get("crashing_thread"),
        mapping(thread).get("threads_index"),
        mapping(thread).get("thread_index"),
        thread,
        document.get("crashing_thread"),
    ):
        if (found := number(value)) is not None:
            return found
    return None


def traces(dump: dict[str, Any], index: int | None, error_type: str | None, value: str | None) -> list[Trace]:
    """The stacks of all threads, that of the crash first."""
    threads = items(dump.get("threads"))
    crashing = mapping(dump.get("crashing_thread"))
    images = items(dump.get("modules"))
    if crashing and not (index is not None and 0 <= index < len(threads) and items(threads[index].get("frames"))):
        threads, index = [*threads, crashing], len(threads)
    found: list[Trace] = []
    for place, thread in enumerate(threads):
        is_subject = place == index
        thread_id = number(thread.get("thread_id"))
        thread_id = place if thread_id is None or not -_MOST <= thread_id < _MOST else thread_id
        frames = tuple(
            frame
            for item in items((crashing if is_subject and "frames" in crashing else thread).get("frames"))
            for frame in _frames(item, images)
        )
        registers = _registers(crashing, thread) if is_subject else {}
        trace = Trace(
            frames=frames,
            role="crash" if is_subject else "thread",
            error_type=error_type if is_subject else None,
            error_value=value if is_subject else None,
            thread_id=thread_id,
            thread_name=text(thread.get("thread_name")) or (text(crashing.get("thread_name")) if is_subject else None),
            crashed=is_subject,
            state=text(thread.get("last_error_value")),
            registers=json_text(registers) if registers else None,
            unwinder="event",
        )
        found.insert(0, trace) if is_subject else found.append(trace)
    return found


def _registers(crashing: dict[str, Any], thread: dict[str, Any]) -> dict[str, str]:
    """The registers of the crashed thread, which may stand on its first frame."""
    first = items(crashing.get("frames"))[:1] or items(thread.get("frames"))[:1] or [{}]
    held = mapping(crashing.get("registers")) or mapping(first[0].get("registers"))
    values = {name: number(value) for name, value in held.items()}
    return {name: f"0x{value & (_LAST - 1):x}" for name, value in values.items() if value is not None}


def _natural(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


def _frames(item: dict[str, Any], images: list[dict[str, Any]]) -> list[Frame]:
    """A frame, the functions that were inlined into it before it."""
    inlines = items(item.get("inlines"))[:_INLINES]
    found = []
    module = text(item.get("module"))
    address = _natural(item.get("offset")) if "offset" in item else _natural(item.get("ip"))
    offset = _natural(item.get("module_offset"))
    index = number(item.get("module_index"))
    if module is None and index is not None and 0 <= index < len(images):
        module = text(images[index].get("filename"))
        base = _natural(images[index].get("base_addr"))
        if offset is None and base is not None and address is not None and address >= base:
            offset = address - base
    for place, inline in enumerate(inlines):
        found.append(_named(inline, module, depth=len(inlines) - place, trust="inline", address=address))
    gone = items(item.get("unloaded_modules"))
    if module is None and gone:
        module = text(gone[0].get("module"))
        places = gone[0].get("offsets")
        offset = _natural(places[0]) if isinstance(places, list) and places else None
    name = text(item.get("function"))
    shift = _natural(item.get("function_offset"))
    real = _named(item, module, depth=0, trust=text(item.get("trust")), address=address)
    real = Frame(
        function=real.function,
        function_raw=real.function_raw,
        args=real.args,
        module=module,
        module_offset=offset,
        symbol_offset=shift if name and shift is not None and shift < _MOST else None,
        file=real.file,
        line=real.line,
        trust=real.trust,
        address=address,
    )
    return [*found, real]


def _named(item: dict[str, Any], module: str | None, *, depth: int, trust: str | None, address: int | None) -> Frame:
    """What a frame and an inlined function have in common: name and place."""
    name = text(item.get("function")) or ""
    function, args = (name, None) if name.startswith(("-[", "+[")) else call(name)
    line = number(item.get("line"))
    return Frame(
        function=function or None,
        function_raw=name if name and name != function else None,
        args=args or None,
        module=module,
        file=lines.source(text(item.get("file"))),
        line=line if line and 0 < line < _MOST else None,
        trust=trust,
        inline_depth=depth,
        address=address,
    )


def java(document: dict[str, Any]) -> list[Trace]:
    """A Java exception as Socorro keeps it: `{"exception": {"values": [{"type", "module", "stacktrace"}]}}`."""
    held = mapping(mapping(document.get("java_exception")).get("exception"))
    found = []
    for place, item in enumerate(items(held.get("values"))):
        frames = []
        for frame in items(mapping(item.get("stacktrace")).get("frames")):
            module, function = text(frame.get("module")), text(frame.get("function"))
            line = number(frame.get("lineno"))
            frames.append(
                Frame(
                    function=".".join(part for part in (module, function) if part) or None,
                    file=text(frame.get("filename")),
                    line=line if line and 0 < line < _MOST else None,
                    in_app=frame.get("in_app") if isinstance(frame.get("in_app"), bool) else None,
                    language="java",
                )
            )
        name, package = text(item.get("type")), text(item.get("module"))
        found.append(
            Trace(
                frames=tuple(frames),
                role="cause" if place else "crash",
                chain_no=place,
                error_type=f"{package}.{name}" if package and name and "." not in name else name,
                error_value=text(item.get("value")),
                unwinder="event",
            )
        )
    return found
