"""Lines of sanitizer reports that announce a stack: what its role is, and whose it is.

Facts: general knowledge of what the runtimes of AddressSanitizer, HWAddressSanitizer, GWP-ASan, MemorySanitizer,
ThreadSanitizer and LeakSanitizer print, held against reports that fuzzers collected. Grammar, by role::

    crash    = access " of size " n " at 0x" hex " thread T" n [ " (" name ")" ]     (the first; then `access`)
             | "Atomic "? access " of size " n " at 0x" hex " by " thread [ " (mutexes: " ... ")" ] ":"
             | ( "Direct" | "Indirect" ) " leak of " n " byte(s) in " n " object(s) allocated from:"
    access   = "Previous " access ... | "Mutex " id " acquired here while holding mutex " ... ":"
    alloc    = [ "previously " ] "allocated by thread T" n " here:" | "... was allocated by thread " n " here:"
             | "Location is heap block of size " n " at 0x" hex " allocated by " thread ":"
             | "Uninitialized value was created by " ( "a heap allocation" | "an allocation of " ... )
    free     = "freed by thread T" n " here:" | "... was deallocated by thread " n " here:"
    thread   = "Thread T" n [ " (" name ")" | " '" name "'" ] [ " (tid=" n ", " state ")" ] " created by " thread " at:"
    other    = "Address 0x" hex " is located in stack of thread T" n ... " in frame"
             | "Uninitialized value was stored to memory at" | "Mutex " id ... ":" | "As if synchronized via sleep:"
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.patterns import lazy, remembered

__all__ = ("Heading", "access", "heading")

_ACCESS: Final = lazy(
    r"\s{0,40}(?P<previous>[Pp]revious )?(?:\[failed\] )?(?:[Aa]tomic )?"
    r"(?P<access>READ|WRITE|UNKNOWN|ACCESS|[Rr]ead|[Ww]rite|[Mm]odifying access)"
    r"(?: of Swift variable| of external object)?(?: of size (?P<size>\d{1,20}))?"
    r"(?: at (?P<address>0x[0-9a-fA-F]{1,16}))?(?P<rest>.{0,1000})$"
)
_ACCESS_THREAD: Final = lazy(
    r"(?: tags: \S{1,24} \(ptr/mem\))?(?: (?:in|by))? (?:thread T(?P<id>\d{1,9})"
    r"(?: (?:'(?P<named>[^']{0,80})'|\((?!mutex)(?P<name>[^()]{0,80})\)))?|(?P<main>main thread)|with type )"
)
_NAME: Final = r"(?: (?:'(?P<named>[^']{0,80})'|\((?!tid=)(?P<name>[^()]{0,80})\)))?"
_OWNER: Final = rf"(?:thread )?(?:T(?P<id>\d{{1,9}}){_NAME}|(?P<tid>\d{{1,9}})|(?P<main>main thread)|unknown thread)"
_TID: Final = r"(?:\(tid=\d{1,10}(?:, (?P<state>\w{1,30}))?\) )?"
_ROLES: Final = tuple(
    (role, lazy(r"\s{0,40}" + pattern))
    for role, pattern in (
        ("thread", rf"Thread T(?P<id>\d{{1,9}}){_NAME} {_TID}created (?:at:|by .{{1,200}})\s{{0,8}}$"),
        # older runtimes write the name bare
        ("thread", rf"Thread T(?P<id>\d{{1,9}}) (?P<plain>[^(' ]{{1,80}}) {_TID}created by .{{1,200}}:\s{{0,8}}$"),
        ("free", rf"(?:0x[0-9a-f]{{1,16}} was )?(?:freed|deallocated) by {_OWNER} here:"),
        ("free", r"(?:freed|deallocated) here:"),
        ("free", r"Uninitialized value was created by a heap deallocation"),
        ("alloc", rf"(?:0x[0-9a-f]{{1,16}} was )?(?:previously )?allocated by {_OWNER} here:"),
        ("alloc", r"(?:previously )?allocated here:"),
        ("alloc", rf"Location is heap block of size \d{{1,20}} at 0x[0-9a-f]{{1,16}} allocated by {_OWNER}"),
        ("alloc", r"Uninitialized value was created by an? (?:heap allocation|allocation of )"),
        ("access", rf"Mutex M\d{{1,12}} acquired here while holding mutex(?:es)? .{{1,200}}? in {_OWNER}:"),
        ("other", rf"Address 0x[0-9a-f]{{1,16}} is located in stack of {_OWNER} at offset -?\d{{1,12}} in frame"),
        ("other", rf"Memory was manually poisoned by {_OWNER}:"),
        ("other", r"(?:Uninitialized value was|Memory was marked as|Member fields were|Poisoned) \w"),
        ("other", r"Mutex M\d{1,12} (?:\(0x[0-9a-f]{1,16}\) )?(?:created at|previously acquired by)"),
        (
            "other",
            r"(?:As if synchronized via sleep|registered at|These globals were registered at these points|\[\d\]):",
        ),
        ("other", r"\d{1,20} byte\(s\) \(\d{1,3}%\) in \d{1,20} allocation\(s\)"),
    )
)
# How such lines end, or begin: most lines of a report are none.
_ENDS: Final = (":", " at", "in frame", "allocation(s)")
_STARTS: Final = ("Uninitialized value", "Memory was", "Member fields", "Poisoned", "Mutex ", "Location ")
_LEAK: Final = lazy(
    r"\s{0,40}(?P<how>Direct|Indirect) leak of (?P<size>\d{1,20}) byte\(s\) in \d{1,20} object\(s\) allocated from"
)
_GWP: Final = lazy(
    r"\s{0,40}(?P<error>Use after free|Buffer (?:over|under)flow|Double free|Invalid (?:\(wild\) )?free|Unknown error)"
    r"(?: occurred when [a-z ]{1,40})?(?:,? at:? (?P<address>0x[0-9a-f]{1,16}))?(?P<where>\.? \([^()]{0,200}\))?"
    r"(?: by thread (?P<tid>\d{1,10}|<unknown>)|\.?\s{0,4}$)",
    re.IGNORECASE,
)


class Heading(NamedTuple):
    """What a line says of the stack below it."""

    role: str
    text: str
    thread_id: int | None = None
    thread_name: str | None = None
    state: str | None = None
    access: str | None = None
    size: int | None = None
    address: int | None = None
    error: str | None = None


@remembered
def heading(line: str) -> Heading | None:
    """Read the heading of a stack.

    Examples
    --------
    >>> heading("Thread T27 (NuCachedSource2) created by T26 (generic) here:")[2:4]
    (27, 'NuCachedSource2')
    >>> heading("  Previous write of size 4 at 0x7f15d580f30c by thread T22 (mutexes: write M1643):")[:6:5]
    ('access', 'WRITE')
    """
    text = line.strip()
    if leak := _LEAK.match(line):
        return Heading("crash", text, size=int(leak["size"]), error=f"{leak['how'].lower()}-leak")
    if (gwp := _GWP.match(line)) and (gwp["tid"] or gwp["address"]):
        tid = int(gwp["tid"]) if (gwp["tid"] or "").isdigit() else None
        address = int(gwp["address"], 16) if gwp["address"] else None
        return Heading(
            "crash",
            text,
            thread_id=tid,
            address=address,
            error=gwp["error"].lower().replace("(wild) ", "").replace(" ", "-"),
        )
    if found := access(line):
        return found
    if not text.endswith(_ENDS) and not text.startswith(_STARTS):
        return None
    for role, pattern in _ROLES:
        if found_role := pattern.match(line):
            return _owned(role, text, found_role.groupdict())
    return None


def access(line: str) -> Heading | None:
    """Read the line that says who accessed what."""
    found = _ACCESS.match(line)
    if not found or not (found["size"] or found["address"]):
        return None
    owner = _ACCESS_THREAD.match(found["rest"])
    if not owner and found["rest"].strip() and not found["rest"].startswith(" by "):
        return None
    groups = owner.groupdict() if owner else {}
    kind = found["access"].upper()
    return Heading(
        "access" if found["previous"] else "crash",
        line.strip(),
        0 if groups.get("main") else int(groups["id"]) if groups.get("id") else None,
        groups.get("named") or groups.get("name") or ("main" if groups.get("main") else None),
        access=kind if kind in {"READ", "WRITE"} else "WRITE" if kind.startswith("MODIFYING") else None,
        size=int(found["size"]) if found["size"] else None,
        address=int(found["address"], 16) if found["address"] else None,
    )


def _owned(role: str, text: str, groups: dict[str, str | None]) -> Heading:
    """A heading with the thread that it names."""
    number = groups.get("id") or groups.get("tid")
    name = groups.get("named") or groups.get("name") or groups.get("plain")
    if groups.get("main"):
        number, name = "0", "main"
    return Heading(role, text, int(number) if number else None, (name or "").strip() or None, groups.get("state"))
