"""The predictions that follow from a class: each of them could turn out otherwise, and is checked at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from triage.hypotheses import vocabulary as v
from triage.hypotheses.rules_crash import Crash, one_line

if TYPE_CHECKING:
    from triage.hypotheses.rules_detectors import Sort

__all__ = ("predictions",)

_LOGS = {
    "out of memory": ("memory", 600.0),
    "out of resources": ("open files", 600.0),
    "killed": ("shut", 60.0),
    "hang": ("timeout", 120.0),
    "deadlock": ("lock", 120.0),
    "missing library": ("load", 60.0),
}


def predictions(crash: Crash, name: str, sort: Sort | None, *, first: bool = True) -> tuple[v.Prediction, ...]:
    """What must hold of the incident if a class is right; of the first also that it came with its release."""
    found: list[v.Prediction] = [*_of_class(crash, name, sort)]
    if name in _LOGS:
        text, seconds = _LOGS[name]
        found.append(v.LogBefore(text, within_seconds=seconds))
    if crash.place is not None and name not in {"version skew", "missing symbols", "memory pressure", "killed"}:
        ours = crash.place["role"] == "application"
        found.append(v.TopFrame(crash.where, of="application" if ours else "innermost"))
    release = one_line(crash.text("release"), 200)
    if first and release:
        found.append(v.FirstSeen(release))
    # What a writer put into a name may not be what the vocabulary takes: such a prediction is left out.
    return tuple(one for one in found if not isinstance(v.understand(v.written(one)), v.NotUnderstood))


def _of_class(crash: Crash, name: str, sort: Sort | None) -> list[v.Prediction]:
    """What is particular to a class."""
    access = crash.access if crash.access in {"read", "write", "execute"} else None
    made: dict[str, list[v.Prediction]] = {
        "null dereference": [v.FaultAddress("near null", access=access)],  # type: ignore[arg-type]
        "wild access": [v.FaultAddress("near null", expected=False)],
        "use after free": [v.FramePresent("*", where="free"), v.FaultAddress("near null", expected=False)],
        "invalid free": [v.FramePresent("*free*")],
        "out of bounds": [v.FramePresent("*", where="alloc"), v.FaultAddress("near null", expected=False)],
        "heap corruption": [v.FramePresent("*alloc*"), v.FaultAddress("near null", expected=False)],
        "stack overflow": [v.Recursion(at_least=10), v.FaultAddress("near the stack pointer")],
        "out of memory": [v.MemoryNearLimit(0.9)],
        "deadlock": [v.ThreadState(_state(crash), at_least=2)],
        "killed": [v.SeenWhere("signal", crash.text("signal") or "SIGKILL", only=True)],
        "memory pressure": [v.MemoryNearLimit(0.95)],
        "data race": [v.FramePresent("*", where="other")],
    }
    if name == "exception":
        kind = sort.type if sort is not None and sort.type else one_line(crash.text("error_type"), 200)
        return [v.ExceptionInChain(kind)] if kind else []
    if name == "version skew":
        return _of_modules(crash)
    if name == "missing symbols":
        module = next((frame["module"] for frame in crash.frames if not frame["function"] and frame["module"]), None)
        return [v.ModuleState(one_line(module, 200), "without symbols")] if module else []
    return made.get(name, [])


def _state(crash: Crash) -> str:
    """The first word of what the crashing thread is said to do."""
    words = one_line(crash.stacks[0]["state"], 40).split() if crash.stacks else []
    return words[0] if words else "BLOCKED"


def _of_modules(crash: Crash) -> list[v.Prediction]:
    """That the module of the crash is loaded in several versions."""
    module = next((frame["module"] for frame in crash.frames if frame["module"]), None)
    return [v.SeveralVersions(one_line(module, 200))] if module else []
