"""Lambdas of C++ that gcc names `operator()` alone: gdb, valgrind and sanitizers write them so.

The function that a lambda stands in is written in the template arguments of what calls it, as in
``std::__invoke_impl<void, Loop::start()::<lambda()> >``; a lambda that nothing stands between is called there itself.
Other compilers write it in the name. Facts: output of gcc 12 under gdb 13, valgrind 3.19 and libbacktrace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec.structs import replace

from triage.formats.traces.patterns import lazy, remembered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from triage.records import Frame

__all__ = ("BARE", "named")

BARE: Final = "operator()"
_BARE: Final = lazy(r"operator\(\)(?: \[clone [^\[\]]{1,80}\])?$")
_LAMBDA: Final = lazy(r"::(?:<lambda|\{lambda)\(")
_PATH: Final = lazy(r"(?<![\w:~$])[\w:~$]{1,400}$")
_TEMPLATE: Final = lazy(r"<[^<>]{0,2000}>")
_NESTED: Final = 8
# What std::function, std::thread and algorithms put between.
_CALLERS: Final = 8


def named(frames: Sequence[Frame]) -> Sequence[Frame]:
    """The frames of a stack, innermost first, each lambda named by the function that it stands in, where that is told.

    Examples
    --------
    >>> from triage.records import Frame
    >>> called = [Frame(function="operator()"), Frame(function="each<Loop::start(int)::<lambda(int)> >")]
    >>> named(called)[0].function
    'Loop::start::<lambda()>::operator()'
    """
    bare = [row for row, frame in enumerate(frames) if frame.function and _BARE.match(frame.function)]
    if not bare:
        return frames
    out = list(frames)
    # The outermost first: a lambda may stand in another.
    for row in reversed(bare):
        callers = out[row + 1 : row + 1 + _CALLERS]
        owners = (owner for each in callers if (owner := _owner(each.function_raw or each.function or "")))
        near = callers[0].function if callers and callers[0].file and callers[0].file == out[row].file else None
        if owner := next(owners, near):
            out[row] = replace(
                out[row], function=f"{owner}::<lambda()>::{BARE}", function_raw=out[row].function_raw or BARE
            )
    return out


@remembered
def _owner(text: str) -> str | None:
    """The function that the first lambda in a text stands in, None where there is none."""
    found = _LAMBDA.search(text)
    if found is None:
        return None
    head = text[: found.start()].removesuffix(" const")
    for _ in range(_NESTED):
        head, before = _TEMPLATE.sub("", head), head
        if head == before:
            break
    depth = 0
    for at in range(len(head) - 1, -1, -1) if head.endswith(")") else ():
        depth += (head[at] == ")") - (head[at] == "(")
        if not depth:
            head = head[:at]
            break
    path = _PATH.search(head)
    return path[0] if path else None
