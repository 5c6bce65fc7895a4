"""What the rules see of a crash: the newest event of an incident, its stacks, address, registers and notes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.hypotheses.checks_addresses import Zone, registers_of, stack_pointer, zone_of
from triage.hypotheses.checks_scene import Row, Scene, among

__all__ = ("MANAGED", "Crash", "Evidence", "one_line")

MANAGED: Final = frozenset(
    {
        "python",
        "java",
        "kotlin",
        "javascript",
        "node",
        "dart",
        "flutter",
        "ruby",
        "php",
        "csharp",
        "dotnet",
        "rust",
        "go",
    }
    | {"elixir", "erlang", "lua", "perl", "haskell", "julia", "swift", "scala", "r", "ocaml"}
)

# Of a stack, an event or its notes no more than this is looked at.
_FRAMES: Final = 400
_STACKS: Final = 400
_NOTES: Final = 2_000
_LONGEST: Final = 500
# Frames that count as crash handling where none is of the application.
_HANDLING: Final = 12
_PC: Final = ("rip", "eip", "pc", "elr")
_ACCESSES: Final = ("read", "write", "execute")
_ACCESS: Final = re.compile(r"\b(read|write|execute|exec|load of|store to)\b", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"\b(?:read|write|execute|access)\w* (?:to|of|from|at) (?:address |location )?0x([0-9a-f]{1,16})\b", re.IGNORECASE
)
# Intel's syntax, as gdb prints it: the operation, its first operand, the others.
_OPERATION: Final = r"\s*(?:rep\w*\s+|lock\s+|bnd\s+)?([a-z][a-z0-9]{0,15})\s*([^\n,]{0,80}),?([^\n]{0,120})"
_INSTRUCTION: Final = re.compile(r"=> [^\n:]{0,200}:" + _OPERATION)
_ALONE: Final = re.compile(_OPERATION)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that a crash shows: the text as the report has it, what it tells, and the rows where it stands."""

    text: str
    says: str
    rows: tuple[Row, ...]


class Crash:
    """One event of an incident, as the rules look at it. What is seen of content is bounded."""

    def __init__(self, scene: Scene, *, event: str | None = None) -> None:
        """The event of that id; by default the newest of the incident."""
        self.scene = scene
        events = scene.events if event is None else among(scene.events, "event_id", {event})
        dated = events.filter(pc.is_valid(events["ts"]))
        rows = dated if dated.num_rows else events
        last = rows.slice(max(rows.num_rows - 1, 0), 1).to_pylist()
        self.event: dict[str, Any] = last[0] if last else dict.fromkeys(events.column_names)
        self.event_id = str(self.event.get("event_id") or "")

    def text(self, column: str) -> str:
        """A cell of the event, "" where it is null."""
        value = self.event.get(column)
        return "" if value is None else str(value)[:_LONGEST]

    @cached_property
    def words(self) -> str:
        """The names that the report gives the crash, lower case."""
        return " ".join(filter(None, (self.text(one) for one in ("error_type", "error_code_name", "signal")))).lower()

    @cached_property
    def message(self) -> str:
        """The message, lower case."""
        return self.text("error_value").lower()

    @cached_property
    def stacks(self) -> list[dict[str, Any]]:
        """The stacks of the event, the crashing one first; without addresses."""
        table = among(self.scene.stacks, "event_id", {self.event_id}).slice(0, _STACKS)
        kept = [name for name in table.column_names if name not in {"addresses", "text_lines"}]
        rows: list[dict[str, Any]] = table.select(kept).sort_by("stack_no").to_pylist()
        return rows

    @cached_property
    def roles(self) -> frozenset[str]:
        """The roles of the stacks."""
        return frozenset(stack["role"] for stack in self.stacks if stack["role"])

    def frames_of(self, stack: dict[str, Any]) -> list[dict[str, Any]]:
        """The frames of a stack, innermost first, notes and gaps left out."""
        table = among(self.scene.frames, "stack_key", pa.array([stack["stack_key"]], pa.string()))
        table = table.filter(pc.equal(table["frame_kind"], "frame")).sort_by("idx").slice(0, _FRAMES)
        wanted = ["stack_key", "idx", "function", "function_raw", "args", "module", "role", "variables"]
        rows: list[dict[str, Any]] = table.select(wanted).to_pylist()
        return rows

    @cached_property
    def frames(self) -> list[dict[str, Any]]:
        """The frames of the crashing stack."""
        return self.frames_of(self.stacks[0]) if self.stacks and self.stacks[0]["stack_key"] else []

    @cached_property
    def handling(self) -> list[dict[str, Any]]:
        """The frames inside of the innermost of the application: handlers, allocators, libraries."""
        for number, frame in enumerate(self.frames):
            if frame["role"] == "application":
                return self.frames[:number]
        return self.frames[:_HANDLING]

    @cached_property
    def signalled(self) -> list[dict[str, Any]]:
        """The frames of the stack on which a signal was caught, where the report has it beside that of the program."""
        caught = next((stack for stack in self.stacks if stack["role"] == "signal" and stack["stack_key"]), None)
        return self.frames_of(caught) if caught else []

    @cached_property
    def caused(self) -> list[dict[str, Any]]:
        """The frames of the cause that came first, at the end of the chain."""
        causes = [stack for stack in self.stacks if stack["role"] == "cause" and stack["stack_key"]]
        return self.frames_of(causes[-1]) if causes else []

    @cached_property
    def place(self) -> dict[str, Any] | None:
        """The innermost frame of the application that has a name, else of anything."""
        return _innermost(self.frames)

    @cached_property
    def where(self) -> str:
        """The name of that place, "" where it is not known."""
        if self.place is not None:
            return one_line(self.place["function"], 120)
        found = self.text("culprit") or next((one_line(f["module"], 60) for f in self.frames if f["module"]), "")
        return one_line(found, 120)

    def where_of(self, stack: dict[str, Any]) -> str:
        """The name of that place of another stack; of the crashing one where it has none."""
        place = _innermost(self.frames_of(stack)) if stack["stack_key"] else None
        return one_line(place["function"], 120) if place else self.where

    @cached_property
    def notes(self) -> list[dict[str, Any]]:
        """What was noted of the event, without the environment of the process."""
        table = among(self.scene.annotations, "event_id", {self.event_id}).slice(0, _NOTES)
        return [row for row in table.to_pylist() if row["scope"] != "environ" and row["value"]]

    def note(self, key: str) -> dict[str, Any] | None:
        """What the report says under a key; tags and contexts of a program may have the same keys and mean others."""
        return next((row for row in self.notes if row["key"] == key and row["scope"] == "report"), None)

    @cached_property
    def registers(self) -> dict[str, int]:
        """The registers of the crashing thread."""
        return registers_of(self.stacks[0]["registers"] or "") if self.stacks else {}

    @cached_property
    def address(self) -> int | None:
        """The address that was accessed, as the event or its message tells it."""
        value = self.event.get("fault_address")
        if value is None and (found := _ADDRESS.search(self.text("error_value")[:200])):
            return int(found[1], 16)
        return value if isinstance(value, int) else None

    @cached_property
    def zone(self) -> Zone | None:
        """Where it lies."""
        if self.address is None:
            return None
        return zone_of(self.address, arch=self.text("arch") or None, stack=stack_pointer(self.registers))

    @cached_property
    def executes(self) -> bool:
        """Whether the address is that of the instruction."""
        pc_ = next((self.registers[name] for name in _PC if name in self.registers), None)
        return self.access == "execute" or (self.address is not None and self.address == pc_)

    @cached_property
    def access(self) -> str | None:
        """Read, write or execute, as the report or the instruction says."""
        told = self.note("access")
        if told is not None and told["value"].lower() in _ACCESSES:
            return str(told["value"].lower())
        for text in (self.text("error_code_name"), self.text("error_value")):
            if found := _ACCESS.search(text[:100]):
                word = found[1].lower()
                return {"load of": "read", "store to": "write", "exec": "execute"}.get(word, word)
        kind = self.instruction
        return kind if kind in _ACCESSES else None

    @cached_property
    def instruction(self) -> str | None:
        """What the failing instruction does: read, write, call, return or divide; None where it is not known."""
        told, alone = self.note("Disassembly"), self.note("instruction")
        found = _INSTRUCTION.search(told["value"][:1_000]) if told else None
        found = _ALONE.match(alone["value"][:1_000]) if found is None and alone else found
        if found is None:
            return None
        operation, first, others = found[1], found[2], found[3]
        if operation.startswith(("call", "jmp")):
            return "call"
        if operation.startswith("ret"):
            return "return"
        if operation in {"div", "idiv"}:
            return "divide"
        if operation.startswith(("cmp", "test", "push", "ucomis", "comis")):
            return "read" if "[" in first + others else None
        return "write" if "[" in first else "read" if "[" in others else None

    def row(self, table: str, **key: Any) -> Row:
        """Point at a row of this event."""
        return Row(
            table, {"event_id": self.event_id, **{name: value for name, value in key.items() if value is not None}}
        )

    def of_event(self, text: str, says: str) -> Evidence:
        """Something that the event itself says."""
        return Evidence(text, says, (self.row("events"),))

    def of_note(self, note: dict[str, Any], says: str) -> Evidence:
        """Something that was noted."""
        text = f"{note['scope']} {note['key']} = {one_line(note['value'], 300)}"
        return Evidence(text, says, (self.row("annotations", scope=note["scope"], key=note["key"]),))

    def of_frame(self, frame: dict[str, Any], says: str) -> Evidence:
        """Something that a frame shows."""
        row = Row("frames", {"stack_key": frame["stack_key"], "idx": frame["idx"]})
        return Evidence(one_line(frame["function"] or frame["module"], 200), says, (row,))

    def of_stack(self, stack: dict[str, Any], says: str) -> Evidence:
        """Something that a stack shows."""
        text = " ".join(one_line(stack[part], 100) for part in ("role", "thread_name", "state") if stack[part])
        return Evidence(text, says, (self.row("stacks", stack_no=stack["stack_no"]),))


def _innermost(frames: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The innermost frame of the application that has a name, else of anything."""
    named = [frame for frame in frames if frame["function"]]
    return next(iter([frame for frame in named if frame["role"] == "application"] or named), None)


def one_line(text: object, most: int) -> str:
    """The first line of a text, bounded."""
    lines = str(text or "").splitlines()
    line = lines[0].strip() if lines else ""
    return line if len(line) <= most else line[: most - 1] + "…"
