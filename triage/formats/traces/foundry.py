r"""Foundry: tests of contracts that failed, with the calls up to the first that reverted.

Facts: general knowledge of forge 0.2 to 1. Grammar, one line each::

    report = fail [ "Traces:" call-or-end+ ]
    fail   = "[FAIL" ( ": " | ". Reason: " ) reason "] " test "(" types ")" [ " (" words ")" ]
    call   = branch "[" gas "] " contract "::" function [ "{" words "}" ] "(" arguments ")" [ " [" words "]" ]
    end    = branch "└─ ← [" ( "Revert" | "Return" | "Stop" ) "] " words
    branch = ( "│" | "├─" | "└─" | " " )*

How far to the right a call stands tells which one made it.
"""

from __future__ import annotations

import re
from typing import Final

from triage.formats.traces.block import Block
from triage.formats.traces.patterns import lazy
from triage.formats.traces.reports import Report
from triage.formats.traces.window import Window
from triage.records import Frame, Trace

__all__ = ("ANCHORS", "NAME", "PLATFORM", "TITLE", "read")

NAME: Final = "foundry"
TITLE: Final = "Failed test of a contract"
PLATFORM: Final = "solidity"
ANCHORS: Final = ("[FAIL: ", "[FAIL. Reason: ")

_FAIL: Final = lazy(
    r"\[FAIL(?::|\. Reason:) (?P<reason>.{1,2000}?)\] (?P<test>[A-Za-z_$][\w$]{0,200})\([^()]{0,400}\)"
    r"(?: \(.{0,200}\))?\s*$"
)
_RAN: Final = lazy(r"(?:Ran|Running) \d{1,6} tests? for (?P<file>\S{1,400}):(?P<contract>\w{1,200})\s*$")
_CALL: Final = lazy(
    r"(?P<branch>[\s\u2502\u251c\u2514\u2500]{0,400})\[\d{1,12}\] "
    r"(?P<name>[A-Za-z_$][\w$]{0,200}::[A-Za-z_$][\w$]{0,200})(?:\{[^{}]{0,200}\})?\((?P<args>.{0,4000})\)"
    r"(?: \[[a-z]{1,20}\])?\s*$"
)
_END: Final = lazy(
    r"[\s\u2502\u251c\u2514\u2500]{0,400}\u2190 (?:\[(?P<how>\w{1,20})\]|(?P<old>revert|panic|EvmError))"
)
_BRANCH: Final = lazy(r"\s{0,8}[\u2502\u251c\u2514\u2190\[]")
_COUNTER: Final = "; counterexample: "
_BACK, _MOST = 40, 20_000


def read(window: Window) -> Report | None:
    """The test that failed, which the anchor line names."""
    fail = _FAIL.match(window[0] or "")
    if fail is None:
        return None
    block = Block(window)
    frames, end = _calls(block) if (block[1] or "").strip() == "Traces:" else ([], 1)
    reason = fail["reason"].partition(_COUNTER)[0].strip()
    contract = _contract(window)
    if not frames:
        name = f"{contract}.{fail['test']}" if contract else fail["test"]
        frames = [Frame(function=name, language="solidity", trust="text", text_line=0)]
    panic = reason.startswith("panic: ")
    return Report(
        end=end,
        kind="exception",
        level="error",
        traces=(Trace(frames=tuple(frames), error_type="panic" if panic else "revert", error_value=reason),),
        error_type="panic" if panic else "revert",
        error_value=reason,
        facts=(("test", fail["test"]),),
    )


def _contract(window: Window) -> str | None:
    """The contract whose tests were run."""
    for index in range(-1, -_BACK, -1):
        line = window[index]
        if line is None or window.is_record(index):
            break
        if ran := _RAN.match(line):
            return str(ran["contract"])
    return None


def _calls(block: Block) -> tuple[list[Frame], int]:
    """The calls that were open when the first of them reverted, innermost first, and where the tree ends."""
    opened: list[tuple[int, Frame]] = []
    found: list[Frame] = []
    at = 2
    while at < _MOST and (line := block[at]) is not None:
        if call := _CALL.match(line):
            column = len(call["branch"])
            while opened and opened[-1][0] >= column:
                opened.pop()
            if not found:
                opened.append((column, _frame(call, at)))
        elif not found and (end := _END.match(line)) and (end["old"] or end["how"] == "Revert"):
            inner = len(line) - len(line[line.index("\u2190") :])
            # what ended is the last call that stands further to the left
            found = [frame for column, frame in reversed(opened) if column < inner]
        elif not _BRANCH.match(line):
            break
        at += 1
    return found, at


def _frame(call: re.Match[str], at: int) -> Frame:
    """The frame of a call."""
    return Frame(
        function=call["name"].replace("::", "."),
        function_raw=call["name"],
        args=call["args"] or None,
        language="solidity",
        trust="text",
        text_line=at,
    )
