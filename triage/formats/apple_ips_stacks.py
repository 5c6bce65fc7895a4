"""Stacks, registers and images of Apple's `.ips` reports.

Layout: a frame has `imageIndex` and `imageOffset`, and where symbols were known `symbol`, `symbolLocation`,
`sourceFile`, `sourceLine` and `inline`; stackshots write a frame as ``[image index, offset]``. A report may leave out
the frames of a recursion: `recursionInfoArray` says which. The exception that nobody caught has a stack of its own,
which is the crash; that of the thread which then aborted has the role ``signal``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec.structs import replace

from triage.formats.sentry_json import items, mapping, number, text
from triage.formats.traces import apple_frames as apple
from triage.formats.traces.gdb import call
from triage.records import Frame, Trace, json_text

__all__ = ("Images", "crash_traces", "shot_traces")

_NUMBERED: Final = {"ARM_THREAD_STATE64": "x", "ARM_THREAD_STATE": "r"}
_NO_REGISTER: Final = frozenset(("flavor",))
_MOST: Final = 1 << 63


class Images:
    """The images of a report: rows of `modules`, and what a frame refers to by number."""

    def __init__(self, value: Any) -> None:
        self.images: list[dict[str, Any]] = []
        for item in value if isinstance(value, list) else []:
            self.images.append(_shared(item) if isinstance(item, list) else _image(mapping(item)))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The images as columns of `modules`."""
        return [image for image in self.images if image["base"] is not None or image["name"]]

    def at(self, index: Any) -> dict[str, Any]:
        """The image of that number, an empty one where there is none."""
        place = number(index)
        return self.images[place] if place is not None and 0 <= place < len(self.images) else {}


def _image(item: dict[str, Any]) -> dict[str, Any]:
    """One of `usedImages`."""
    path = text(item.get("path"))
    name = text(item.get("name")) or (path or "").rpartition("/")[2] or None
    return apple.module(
        name=name,
        path=path,
        base=_natural(item.get("base")),
        size=_natural(item.get("size")),
        uuid=text(item.get("uuid")) or "",
        version=text(item.get("CFBundleShortVersionString")) or text(item.get("CFBundleVersion")),
    )


def _shared(item: list[Any]) -> dict[str, Any]:
    """One of `binaryImages`: id, address, kind."""
    uuid, base = [*item, None, None][:2]
    words = text(uuid) or ""
    return apple.module(name=words or None, path=None, base=_natural(base), size=None, uuid=words, version=None)


def _natural(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


def _frames(value: Any, images: Images) -> list[Frame]:
    """The frames of a stack, innermost first."""
    return apple.inlined([_frame(item, images) for item in items(value)])


def _frame(item: dict[str, Any], images: Images) -> Frame:
    """One frame of a crash."""
    image = images.at(item.get("imageIndex"))
    offset = _natural(item.get("imageOffset"))
    symbol = text(item.get("symbol")) or ""
    shift, line = _natural(item.get("symbolLocation")), _natural(item.get("sourceLine"))
    function, args = (symbol, None) if symbol.startswith(("-[", "+[")) else call(symbol)
    base = image.get("base")
    address = base + offset if base is not None and offset is not None else None
    return Frame(
        function=function or None,
        function_raw=symbol if symbol and symbol != function else None,
        args=args or None,
        module=image.get("name"),
        module_offset=offset if image else None,
        symbol_offset=shift if symbol and shift is not None and shift < _MOST else None,
        file=text(item.get("sourceFile")),
        line=line or None,
        trust="inline" if item.get("inline") is True else None,
        inline_depth=1 if item.get("inline") is True else 0,
        address=address if address is None or address < 1 << 64 else None,
    )


def crash_traces(body: dict[str, Any], images: Images, error_type: str | None, error_value: str | None) -> list[Trace]:
    """All stacks of a crash, that of the exception or of the crashed thread first."""
    threads = items(body.get("threads"))
    faulting = number(body.get("faultingThread"))
    place = next((index for index, thread in enumerate(threads) if thread.get("triggered") is True), faulting)
    thrown = _frames(body.get("lastExceptionBacktrace"), images) or _printed(body.get("asiBacktraces"))
    found: list[Trace] = []
    crashed: Trace | None = None
    for index, thread in enumerate(threads):
        trace = _thread(thread, images, index, crashed=index == place)
        if index == place:
            crashed = trace
        else:
            found.append(trace)
    head: list[Trace] = []
    if thrown:
        head.append(
            Trace(
                frames=tuple(thrown),
                thread_id=crashed.thread_id if crashed else None,
                thread_name=crashed.thread_name if crashed else None,
                crashed=True,
                unwinder="event",
            )
        )
    if crashed:
        head.append(replace(crashed, role="signal" if thrown else "crash"))
    if head:
        head[0] = replace(head[0], error_type=error_type, error_value=error_value)
    return head + found


def _thread(thread: dict[str, Any], images: Images, index: int, *, crashed: bool) -> Trace:
    """One thread."""
    frames = _frames(thread.get("frames"), images)
    for place, gap in _recursions(thread.get("recursionInfoArray") or thread.get("recursionInfo")):
        if 0 < place <= len(frames):
            frames.insert(place, Frame(frame_kind="elided", repeat=gap))
    registers = _registers(mapping(thread.get("threadState"))) if crashed else {}
    thread_id = number(thread.get("id"))
    return Trace(
        frames=tuple(frames),
        role="thread",
        thread_id=thread_id if thread_id is not None and -_MOST <= thread_id < _MOST else index,
        thread_name=text(thread.get("name")) or text(thread.get("queue")),
        crashed=crashed,
        registers=json_text(registers) if registers else None,
        unwinder="event",
    )


def _recursions(value: Any) -> Iterator[tuple[int, int]]:
    """Where frames of a recursion were left out, and how many; the outermost first, so that places stay."""
    spans = []
    for item in value if isinstance(value, list) else [value]:
        info = mapping(item)
        first, last = number(info.get("hottestElided")), number(info.get("coldestElided"))
        if first is not None and last is not None and 0 <= first <= last < _MOST:
            spans.append((first, last - first + 1))
    # the frames that are kept are numbered without those that are left out before them
    shift, placed = 0, []
    for first, count in sorted(spans):
        placed.append((first - shift, count))
        shift += count
    yield from reversed(placed)


def _printed(value: Any) -> list[Frame]:
    """The stack of an exception as the runtime printed it."""
    words = next((item for item in value if isinstance(item, str)), "") if isinstance(value, list) else ""
    read = [apple.frame(line) for line in words.split("\n")[:4_000]]
    return apple.inlined([found[1] for found in read if found])


def _registers(state: dict[str, Any]) -> dict[str, str]:
    """Register name to hex value: numbered ones stand in a list, the others by name."""
    found: dict[str, str] = {}
    prefix = _NUMBERED.get(text(state.get("flavor")) or "", "x")
    for name, value in state.items():
        if name in _NO_REGISTER:
            continue
        if isinstance(value, list):
            pairs = [(f"{prefix}{place}", item) for place, item in enumerate(value)]
        else:
            pairs = [(name, value)]
        for register, item in pairs:
            content = number(mapping(item).get("value"))
            if content is not None:
                found[register] = f"0x{content & 0xFFFFFFFFFFFFFFFF:x}"
    return found


def shot_traces(body: dict[str, Any], images: Images) -> tuple[list[Trace], str | None]:
    """The threads of all processes; the main thread of the process in front is the crash, where that is known."""
    front = {str(pid) for key in ("frontmostPids", "hungPids") for pid in _list(body.get(key))}
    front |= {word for key in ("pid", "hungPid") if (word := text(body.get(key)))}
    found: list[tuple[bool, Trace]] = []
    name: str | None = None
    for pid, process in mapping(body.get("processByPid")).items():
        title = text(mapping(process).get("procname")) or text(mapping(process).get("name")) or pid
        is_front = pid in front
        name = title if is_front and name is None else name
        for place, (thread_id, thread) in enumerate(mapping(mapping(process).get("threadById")).items()):
            found.append((is_front and place == 0, _shot(mapping(thread), thread_id, title, images)))
    found.sort(key=lambda item: not item[0])
    traces = [trace for _, trace in found]
    if found and found[0][0]:
        traces[0] = replace(traces[0], role="crash")
    return traces, name


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _shot(thread: dict[str, Any], thread_id: str, process: str, images: Images) -> Trace:
    """One thread of a stackshot: user frames first where the kernel's stand in a list of their own."""
    frames = []
    for key in ("kernelFrames", "userFrames"):
        for item in _list(thread.get(key)):
            index, offset = [*item, None, None][:2] if isinstance(item, list) else (None, None)
            image, place = images.at(index), _natural(offset)
            base = image.get("base")
            address = base + place if base is not None and place is not None else None
            frames.append(
                Frame(
                    module=image.get("name"),
                    module_offset=place,
                    address=address if address is None or address < 1 << 64 else None,
                )
            )
    title = text(thread.get("name")) or text(thread.get("dispatch_queue_label")) or text(thread.get("queue"))
    state = thread.get("state")
    own = number(thread.get("id"))
    own = number(thread_id) if own is None else own
    return Trace(
        frames=tuple(frames),
        role="thread",
        thread_id=own if own is not None and -_MOST <= own < _MOST else None,
        thread_name=f"{process}: {title}" if title else process,
        state=", ".join(word for word in state if isinstance(word, str)) if isinstance(state, list) else text(state),
        unwinder="event",
    )
