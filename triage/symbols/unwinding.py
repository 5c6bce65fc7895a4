"""Call frame information in Breakpad's text form: where the caller's registers are, by rules for each piece of code.

`symbolic` writes this form from DWARF, from .pdata of Windows x64 and from compact unwind info; .sym files hold it
themselves. Two kinds of rules, both expressions in postfix notation with `^` reading memory::

    STACK CFI INIT start size .cfa: $esp 4 + .ra: .cfa 4 - ^
    STACK CFI address $ebp: .cfa 8 - ^ ...                      what changes from that address on
    STACK WIN type start size prologue epilogue params saved locals max has_program program

Facts: Breakpad's documentation of symbol files (docs/symbol_files.md of google/breakpad).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeVar

__all__ = ("Rules",)

_RULE: Final = re.compile(r"(\S+): ")
_STEPS: Final = 200
_FPO: Final = 4  # the type of STACK WIN records that hold a program

# Reads one word of the stack, None where it is not there.
Memory = Callable[[int], int | None]


class _Piece(NamedTuple):
    """A piece of code with its rules and what changes in it."""

    start: int
    end: int
    init: str
    deltas: tuple[tuple[int, str], ...]


class _Program(NamedTuple):
    """A STACK WIN record."""

    start: int
    end: int
    params: int
    saved: int
    locals: int
    program: str


_Any = TypeVar("_Any", _Piece, _Program)


class Rules:
    """The rules of one module.

    Examples
    --------
    >>> rules = Rules("STACK CFI INIT 10 20 .cfa: $rsp 8 + .ra: .cfa 8 - ^\\nSTACK CFI 14 .cfa: $rsp 16 +")
    >>> words = {0x1000: 0x4242, 0x1008: 0x4343}
    >>> rules.caller(0x12, {"rsp": 0x1000}, words.get, width=8)
    {'rsp': 4104, 'pc': 16962}
    >>> rules.caller(0x15, {"rsp": 0x1000}, words.get, width=8)["pc"] == 0x4343
    True
    """

    def __init__(self, text: str) -> None:
        self._pieces: list[_Piece] = []
        self._programs: list[_Program] = []
        self._read(text)
        self._pieces.sort(key=lambda piece: piece.start)
        self._programs.sort(key=lambda program: program.start)
        self._starts = [piece.start for piece in self._pieces]
        self._program_starts = [program.start for program in self._programs]

    def __bool__(self) -> bool:
        return bool(self._pieces or self._programs)

    def caller(self, offset: int, registers: Mapping[str, int], memory: Memory, *, width: int) -> dict[str, int] | None:
        """The registers of the caller, `pc` among them; None where no rule covers that offset or can be computed.

        Parameters
        ----------
        offset
            Of the instruction in the module; of a return address one less.
        registers
            Those that are known of this frame, by name without `$`.
        memory
            Gives a word of the stack.
        width
            Bytes of a word.
        """
        piece = _covering(self._pieces, self._starts, offset)
        if piece is not None:
            return self._by_rules(piece, offset, registers, memory, width)
        program = _covering(self._programs, self._program_starts, offset)
        return self._by_program(program, registers, memory) if program is not None else None

    def _read(self, text: str) -> None:
        """Read the records; those that cannot be read are left out."""
        open_piece: tuple[int, int, str] | None = None
        deltas: list[tuple[int, str]] = []

        def close() -> None:
            if open_piece:
                self._pieces.append(_Piece(*open_piece, tuple(deltas)))

        for line in text.split("\n"):
            words = line.split(" ", 5)
            try:
                if line.startswith("STACK CFI INIT "):
                    close()
                    start = int(words[3], 16)
                    open_piece, deltas = (start, start + int(words[4], 16), words[5].strip()), []
                elif line.startswith("STACK CFI "):
                    address, _, rules = line[10:].partition(" ")
                    deltas.append((int(address, 16), rules.strip()))
                elif line.startswith("STACK WIN "):
                    self._win(line)
            except (ValueError, IndexError):
                continue
        close()

    def _win(self, line: str) -> None:
        fields = line.split(" ", 12)[2:]
        kind, start, size, _, _, params, saved, local, _, has_program, program = fields
        if int(kind, 16) == _FPO and has_program == "1":
            at = int(start, 16)
            sizes = (int(params, 16), int(saved, 16), int(local, 16))
            self._programs.append(_Program(at, at + int(size, 16), *sizes, program.strip()))

    @staticmethod
    def _by_rules(
        piece: _Piece, offset: int, registers: Mapping[str, int], memory: Memory, width: int
    ) -> dict[str, int] | None:
        rules = _rules(piece.init)
        for at, changes in piece.deltas:
            if at > offset:
                break
            rules |= _rules(changes)
        names = {f"${name}": value for name, value in registers.items()} | dict(registers)
        mask = (1 << (8 * width)) - 1
        cfa = _value(rules.pop(".cfa", ""), names, memory, mask)
        if cfa is None:
            return None
        names[".cfa"] = cfa
        pc = _value(rules.pop(".ra", ""), names, memory, mask)
        if pc is None:
            return None
        found = dict(registers)
        for name, rule in rules.items():
            value = _value(rule, names, memory, mask)
            if value is not None:
                found[name.lstrip("$")] = value
        stack = next((name for name in ("rsp", "esp", "sp") if name in registers), "sp")
        if f"${stack}" not in rules and stack not in rules:
            found[stack] = cfa
        found["pc"] = pc
        return found

    @staticmethod
    def _by_program(program: _Program, registers: Mapping[str, int], memory: Memory) -> dict[str, int] | None:
        """Run the program of a STACK WIN record (x86 only): assignments to `$eip`, `$esp`, `$ebp` and temporaries."""
        names = {f"${name}": value for name, value in registers.items()}
        names |= {".cbParams": program.params, ".cbSavedRegs": program.saved, ".cbLocals": program.locals}
        search = registers.get("esp", 0) + program.locals + program.saved
        names |= {".raSearch": search, ".raSearchStart": search}
        stack: list[int | str] = []
        for word in program.program.split()[:_STEPS]:
            if word == "=":
                if len(stack) < 2 or not isinstance(stack[-2], str):
                    return None
                value = _number(stack.pop(), names)
                name = str(stack.pop())
                if value is None:
                    return None
                names[name] = value & 0xFFFFFFFF
            elif not _step(word, stack, names, memory, 0xFFFFFFFF):
                return None
        if "$eip" not in names or names["$eip"] == registers.get("eip"):
            return None
        found = dict(registers) | {name[1:]: value for name, value in names.items() if name[1:] in registers}
        found["pc"] = names["$eip"]
        return found


def _covering(pieces: list[_Any], starts: list[int], offset: int) -> _Any | None:
    """The piece that an offset lies in."""
    at = bisect_right(starts, offset) - 1
    return pieces[at] if at >= 0 and offset < pieces[at].end else None


def _rules(text: str) -> dict[str, str]:
    """`name: expression name: expression` as a dictionary."""
    parts = _RULE.split(text)
    return dict(zip(parts[1::2], (part.strip() for part in parts[2::2]), strict=False))


def _value(expression: str, names: Mapping[str, int], memory: Memory, mask: int) -> int | None:
    """What an expression comes to, None where a register or a word of memory is not known."""
    stack: list[int | str] = []
    for word in expression.split()[:_STEPS]:
        if not _step(word, stack, names, memory, mask):
            return None
    return _number(stack[0], names) if len(stack) == 1 else None


def _number(item: int | str, names: Mapping[str, int]) -> int | None:
    return item if isinstance(item, int) else names.get(item)


def _step(word: str, stack: list[int | str], names: Mapping[str, int], memory: Memory, mask: int) -> bool:
    """One word of an expression; False where it cannot be done."""
    if word == "^":
        address = _number(stack.pop(), names) if stack else None
        value = None if address is None else memory(address)
        if value is None:
            return False
        stack.append(value)
        return True
    if word in {"+", "-", "*", "/", "%", "@"}:
        if len(stack) < 2:
            return False
        right, left = _number(stack.pop(), names), _number(stack.pop(), names)
        if left is None or right is None or (word in "/%@" and not right):
            return False
        result = {
            "+": lambda: left + right,
            "-": lambda: left - right,
            "*": lambda: left * right,
            "/": lambda: left // right,
            "%": lambda: left % right,
            "@": lambda: left // right * right,
        }[word]()
        stack.append(result & mask)
        return True
    try:
        stack.append(int(word, 0) & mask)
    except ValueError:
        stack.append(word)
    return True
