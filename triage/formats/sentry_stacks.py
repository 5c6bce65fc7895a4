"""Stacks, exceptions and images of a Sentry event.

Facts: Sentry's event payload protocol (exception, threads, stack trace, debug meta) and the rules by which the
desktop crash reporter shows threads:

- frames are written caller first; here the innermost is first;
- a thread without a stack takes that of the exception with its `thread_id`; the crashed thread takes that of an
  exception that names no thread; a thread that has no frames then is left out;
- without threads each exception is a stack.

Exceptions are written oldest first, so the last one surfaced (`chain_no` 0) and the first is the root cause. Where
the mechanisms number them (`exception_id`, `parent_id`, exception groups), `chain_no` is the depth below the one that
surfaced. The desktop reporter names `values[0]`; where an event holds one exception, as native ones do, this is the
same.

A function is named as its language names it (`sentry_names`), with its class or package.
A frame's `module` is the file name of its package (the path stands in `modules`), else its module, else the image
that its address lies in; its `file` is `filename` (which is relative to the project and the same on every machine),
else `abs_path`. In native stacks, frames of one address and different functions are inlined into the outermost of
them.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, Final, NamedTuple

import msgspec

from triage.formats.sentry_json import items, mapping, number, text
from triage.formats.sentry_names import declared, error_of, function_of, in_app
from triage.formats.traces.wrappers import wrapping
from triage.records import Frame, Trace, json_text

__all__ = ("Chain", "Images", "chain", "language", "name_and_args", "traces")

_LANGUAGES: Final = {"node": "javascript", "c": "native", "cocoa": "native", "objc": "native", "swift": "native"}
# fmt: off
_SPOKEN: Final = frozenset({
    "csharp", "dart", "elixir", "go", "groovy", "haskell", "java", "javascript", "kotlin", "objc", "perl", "php",
    "python", "ruby", "rust", "swift",
})
# fmt: on
# The runtimes whose exceptions that carry others are known.
_RUNTIMES: Final = dict.fromkeys(("java", "kotlin", "groovy", "scala", "clojure"), "java") | {"csharp": "dotnet"}
_TRUST: Final = {"fp": "frame_pointer", "cfiscan": "cfi_scan", "none": None}
_QUALIFIERS: Final = (" const", " volatile", " noexcept", " &&", " &", " [clone]")
_LINE_LIMIT: Final = 1 << 31
# A longer function name is kept whole: taking it apart is not worth its time.
NAME_LIMIT: Final = 4096


def language(platform: Any) -> str | None:
    """The value of `events.platform` for one of Sentry's platforms."""
    word = platform.lower() if isinstance(platform, str) else ""
    return None if word in {"", "other"} else _LANGUAGES.get(word, word)


class Images:
    """The loaded images of an event, found by address."""

    def __init__(self, debug_meta: Any) -> None:
        self.rows = [_image(image) for image in items(mapping(debug_meta).get("images"))]
        placed = [row for row in self.rows if row["base"] is not None]
        placed.sort(key=lambda row: row["base"])
        self._placed = placed
        self._bases = [row["base"] for row in placed]

    def find(self, address: int | None) -> dict[str, Any] | None:
        """The image that holds an address; one without a size holds all up to the next."""
        at = bisect_right(self._bases, address) - 1 if address is not None else -1
        if at < 0 or address is None:
            return None
        row = self._placed[at]
        inside = row["size"] is None or address < row["base"] + row["size"]
        return row if inside else None


def _image(image: dict[str, Any]) -> dict[str, Any]:
    """One row of `modules`."""
    path = text(image.get("code_file")) or text(image.get("name"))
    debug_id = text(image.get("debug_id")) or text(image.get("uuid")) or text(image.get("id"))
    return {
        "name": _file_name(path) or text(image.get("debug_file")),
        "path": path,
        "base": _unsigned(image.get("image_addr")),
        "size": _unsigned(image.get("image_size")),
        "version": text(image.get("version")),
        "code_id": text(image.get("code_id")),
        "debug_id": debug_id,
        "debug_file": text(image.get("debug_file")),
        "symbol_type": text(image.get("type")),
    }


def _file_name(path: str | None) -> str | None:
    """The last part of a path of either system."""
    return path.replace("\\", "/").rpartition("/")[2] or path if path else None


def _unsigned(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and found >= 0 else None


class Chain(NamedTuple):
    """Exceptions, the one that surfaced first, each with its depth in the chain; those that only carried it apart."""

    links: tuple[tuple[int, dict[str, Any]], ...]
    around: tuple[dict[str, Any], ...] = ()

    @property
    def main(self) -> dict[str, Any]:
        """The exception that surfaced, an empty mapping where there is none."""
        return self.links[0][1] if self.links else {}

    @property
    def thrown(self) -> dict[str, Any]:
        """The exception that was caught or that nobody caught, of which the writer says so."""
        return self.around[0] if self.around else self.main


def chain(event: dict[str, Any]) -> Chain:
    """Order the exceptions of an event; those that only carried another stand apart, see `wrappers`.

    Examples
    --------
    >>> links = chain({"exception": {"values": [{"type": "KeyError"}, {"type": "PaymentError"}]}}).links
    >>> [(number, link["type"]) for number, link in links]
    [(0, 'PaymentError'), (1, 'KeyError')]
    """
    platform = language(event.get("platform"))
    links = _ordered(event, platform)
    many = wrapping((text(error.get("type")) for _, error in links), _RUNTIMES.get(platform or ""))
    if not many:
        return Chain(links)
    rest = tuple((max(depth - many, min(place, 1)), error) for place, (depth, error) in enumerate(links[many:]))
    return Chain(rest, tuple(error for _, error in links[:many]))


def _ordered(event: dict[str, Any], platform: str | None) -> tuple[tuple[int, dict[str, Any]], ...]:
    """The exceptions of an event by their depth in the chain."""
    newest = [error_of(each, platform) for each in items(event.get("exception"))[::-1]]
    numbered: dict[int, dict[str, Any]] = {}
    for error in newest:
        own = number(mapping(error.get("mechanism")).get("exception_id"))
        if own is None or own in numbered:
            return tuple(enumerate(newest))
        numbered[own] = error
    children: dict[int | None, list[int]] = {}
    for own, error in numbered.items():
        parent = number(mapping(error.get("mechanism")).get("parent_id"))
        children.setdefault(parent if parent in numbered and parent != own else None, []).append(own)
    links: list[tuple[int, dict[str, Any]]] = []
    waiting = [(0, own) for own in sorted(children.get(None, ()), reverse=True)]
    while waiting:
        depth, own = waiting.pop()
        links.append((depth, numbered[own]))
        waiting.extend((depth + 1, child) for child in sorted(children.pop(own, ()), reverse=True))
    return tuple(links) if len(links) == len(newest) else tuple(enumerate(newest))


def traces(event: dict[str, Any], links: Chain, images: Images) -> list[Trace]:
    """The stacks of an event: the crashing one, its causes, the other threads."""
    maker = _Maker(event, images)
    threads = items(event.get("threads"))
    unmatched: list[Any] = []
    by_thread: dict[str, Any] = {}
    for _, error in links.links:
        if (stack := _stack(error)) is not None:
            name = _id(error.get("thread_id"))
            if name is None:
                unmatched.append(stack)
            else:
                by_thread.setdefault(name, stack)
    crashed = _crashed(threads, links.main)
    by_id = {_id(thread.get("id")): thread for thread in reversed(threads)}
    found = [maker.exception(depth, error, by_id, crashed) for depth, error in links.links]
    last = max((depth for depth, _ in links.links), default=0)
    for place, error in enumerate(links.around, last + 1):
        found.append(msgspec.structs.replace(maker.exception(place, error, by_id, None), role="wrapper"))
    for thread in threads:
        stack = _stack(thread)
        if stack is None:
            stack = by_thread.get(_id(thread.get("id")) or "")
        if stack is None and thread is crashed:
            stack = next(iter(unmatched), None)
        found.append(maker.thread(thread, stack, is_crash=thread is crashed and not links.links))
    if not links.links and not threads and (stack := mapping(event.get("stacktrace"))):
        found.append(Trace(frames=maker.frames(stack), registers=_registers(stack), unwinder="event"))
    return _distinct(found)


def _distinct(found: list[Trace]) -> list[Trace]:
    """Leave out threads without frames and those that show again what an exception has shown."""
    exceptions = [trace for trace in found if trace.role != "thread"]
    shown = {(trace.thread_id, trace.frames) for trace in exceptions}
    anywhere = {trace.frames for trace in exceptions}
    kept = []
    for trace in found:
        again = trace.frames in anywhere if trace.crashed else (trace.thread_id, trace.frames) in shown
        if trace.role != "thread" or (trace.frames and not again):
            kept.append(trace)
    return kept if any(trace.frames for trace in kept) or len(exceptions) > 1 else []


def _crashed(threads: list[dict[str, Any]], main: dict[str, Any]) -> dict[str, Any] | None:
    """The crashed thread, else that of the exception, else the current one."""
    own = _id(main.get("thread_id"))
    found = (
        [thread for thread in threads if _true(thread.get("crashed"))]
        or [thread for thread in threads if own is not None and _id(thread.get("id")) == own]
        or [thread for thread in threads if _true(thread.get("current"))]
    )
    return found[0] if found else None


def _true(value: Any) -> bool:
    return (
        value.lower() == "true" if isinstance(value, str) else value is True or (isinstance(value, int) and value != 0)
    )


def _id(value: Any) -> str | None:
    return text(value)


def _stack(holder: dict[str, Any]) -> dict[str, Any] | None:
    """The stack trace of an exception or thread, None where it has no list of frames."""
    for name in ("stacktrace", "raw_stacktrace"):
        stack = holder.get(name)
        if isinstance(stack, dict) and isinstance(stack.get("frames"), list):
            return stack
    return None


def _registers(stack: dict[str, Any]) -> str | None:
    registers = mapping(stack.get("registers"))
    return json_text(registers) if registers else None


class _Maker:
    """Makes traces of one event: knows its platform and its images."""

    def __init__(self, event: dict[str, Any], images: Images) -> None:
        self._platform = event.get("platform")
        self._images = images

    def exception(
        self,
        depth: int,
        error: dict[str, Any],
        threads: dict[str | None, dict[str, Any]],
        crashed: dict[str, Any] | None,
    ) -> Trace:
        """The stack of an exception; one without frames takes those of its thread."""
        own = _id(error.get("thread_id"))
        thread = threads.get(own) if own is not None else (crashed if depth == 0 else None)
        stack = _stack(error) or (_stack(thread) if thread and depth == 0 else None) or {}
        thread = thread or {}
        return Trace(
            frames=self.frames(stack),
            role="cause" if depth else "crash",
            chain_no=depth,
            error_type=text(error.get("type")),
            error_value=text(error.get("value")),
            thread_id=number(error.get("thread_id")) if own is not None else number(thread.get("id")),
            thread_name=text(thread.get("name")),
            crashed=_true(thread.get("crashed")) if "crashed" in thread else None,
            state=text(thread.get("state")),
            registers=_registers(stack),
            unwinder="event",
        )

    def thread(self, thread: dict[str, Any], stack: dict[str, Any] | None, *, is_crash: bool) -> Trace:
        """The stack of a thread."""
        return Trace(
            frames=self.frames(stack or {}),
            role="crash" if is_crash and stack else "thread",
            thread_id=number(thread.get("id")),
            thread_name=text(thread.get("name")),
            crashed=_true(thread.get("crashed")),
            state=text(thread.get("state")),
            registers=_registers(stack or {}),
            unwinder="event",
        )

    def frames(self, stack: dict[str, Any]) -> tuple[Frame, ...]:
        """The frames of a stack, innermost first, inlined ones marked."""
        written = stack.get("frames")
        outer: tuple[int | None, str | None] = (None, None)
        depth = 0
        made: list[Frame] = []
        for item in written if isinstance(written, list) else ():
            if not isinstance(item, dict):
                continue
            frame = self._frame(item)
            same = frame.address is not None and frame.address == outer[0]
            depth = depth + 1 if same and frame.function and frame.function_raw != outer[1] else 0
            outer = frame.address, frame.function_raw
            raw = None if frame.function_raw == frame.function else frame.function_raw
            made.append(msgspec.structs.replace(frame, inline_depth=depth, function_raw=raw))
        return tuple(reversed(made))

    def _place(self, item: dict[str, Any]) -> tuple[int | None, dict[str, Any] | None]:
        """The absolute address of a frame and its image; an address may be relative to a numbered image."""
        address = _unsigned(item.get("instruction_addr"))
        mode = text(item.get("addr_mode")) or ""
        at = number(mode[4:]) if mode.startswith("rel:") else None
        if at is None or address is None or not 0 <= at < len(self._images.rows):
            return address, self._images.find(address)
        image = self._images.rows[at]
        return (None, None) if image["base"] is None else (image["base"] + address, image)

    def _frame(self, item: dict[str, Any]) -> Frame:
        platform = language(item.get("platform") or self._platform)
        address, image = self._place(item)
        base = _unsigned(item.get("image_addr")) or (image["base"] if image else None)
        symbol = _unsigned(item.get("symbol_addr"))
        function = text(item.get("function"))
        raw = text(item.get("raw_function")) or text(item.get("symbol"))
        args = None
        if told := declared(function, text(item.get("module")), platform):
            raw, (function, args) = raw or function, told
        elif function and (platform in {"native", "csharp"} or address is not None):
            raw, (function, args) = raw or (function if platform != "csharp" else None), name_and_args(function)
        if function and address is None and told is None:
            function = function_of(function, text(item.get("module")), platform)
        raw = raw or function
        variables = item.get("vars")
        spoken = item.get("lang") if isinstance(item.get("lang"), str) else platform
        trust = text(item.get("trust"))
        return Frame(
            function=function,
            function_raw=raw,
            args=args,
            module=_file_name(text(item.get("package")))
            or text(item.get("module"))
            or (image["name"] if image else None),
            module_offset=_above(address, base),
            symbol_offset=_above(address, symbol),
            file=text(item.get("filename")) or text(item.get("abs_path")),
            line=_position(item.get("lineno")),
            column=_position(item.get("colno")),
            language=spoken if spoken in _SPOKEN else None,
            trust=_TRUST.get(trust, trust) if trust else None,
            context_line=item.get("context_line") if isinstance(item.get("context_line"), str) else None,
            variables=json_text(variables) if variables and isinstance(variables, (dict, list)) else None,
            in_app=in_app(item),
            address=address,
        )


def _above(address: int | None, start: int | None) -> int | None:
    """The distance of an address from a start below it."""
    return address - start if address is not None and start is not None and address >= start else None


def _position(value: Any) -> int | None:
    found = number(value)
    return found if found is not None and 0 < found < _LINE_LIMIT else None


def name_and_args(function: str) -> tuple[str, str | None]:
    """Split the arguments off a native function.

    Examples
    --------
    >>> name_and_args("editor::Job::Run(std::function<void ()>) const")
    ('editor::Job::Run', 'std::function<void ()>')
    >>> name_and_args("operator()")
    ('operator()', None)
    """
    name = function if len(function) <= NAME_LIMIT else ""
    while name.endswith(_QUALIFIERS):
        name = name.rpartition(" ")[0]
    if not name.endswith(")"):
        return function, None
    depth = 0
    for at in range(len(name) - 1, -1, -1):
        depth += (name[at] == ")") - (name[at] == "(")
        if depth == 0:
            head = name[:at].rstrip()
            if not head or head.endswith(("operator", "::", "`")):
                break
            return head, name[at + 1 : -1]
    return function, None
