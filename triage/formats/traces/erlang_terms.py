r"""Erlang terms as logs print them: where one ends, what it is made of, and the stack that one holds.

Grammar of what is looked for, in terms that may run over many lines::

    ended = "{" reason "," stack "}" | "{" ended "," term "}" | "{'EXIT'," ended "}"
    stack = "[" frame ( "," frame )* "]"
    frame = "{" module "," function "," ( arity | "[" arguments "]" ) "," place "}" | "{" fun "," ... "," place "}"
    place = "[" ( "{file,\"" name "\"}" | "{line," n "}" | other )* "]"
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from triage.formats.traces.patterns import lazy
from triage.records import Frame

__all__ = ("Ended", "elements", "ended", "frame", "stack", "term_end")

_FILE: Final = lazy(r'\{file,\s{0,200}"((?:[^"\\\n]|\\.){1,1000})"\}')
_LINE: Final = lazy(r"\{line,\s{0,200}(\d{1,9})\}")
_ATOM: Final = lazy(r"(?:[a-z][\w@]{0,254}|'(?:[^'\\\n]|\\.){0,254}')$")
_DEEP: Final = 5
_MOST: Final = 1_000
_TOKEN: Final = lazy(r""""(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\$\\?.|[{}\[\](),]""", re.DOTALL)


class Ended(NamedTuple):
    """Why something ended, and the frames of the stack that says where."""

    reason: str
    frames: tuple[Frame, ...]


def term_end(text: str, start: int) -> int:
    """Where the term ends that begins there (exclusive): at its closing bracket, else before the next comma.

    Examples
    --------
    >>> text = 'Reason: {badkey,"a}"}. Last'
    >>> text[8:term_end(text, 8)]
    '{badkey,"a}"}'
    """
    depth = 0
    for found in _TOKEN.finditer(text, start):
        mark = found[0]
        if mark in {"{", "[", "("}:
            depth += 1
        elif mark in {"}", "]", ")"}:
            depth -= 1
            if depth <= 0:
                return found.start() if depth < 0 else found.end()
        elif mark == "," and depth == 0:
            return found.start()
    return len(text)


def elements(text: str) -> list[str]:
    """The parts of a tuple or a list, blanks around them off; nothing where the text is neither.

    Examples
    --------
    >>> elements("{badmatch, {error,'a,b'}}")
    ['badmatch', "{error,'a,b'}"]
    """
    text = text.strip()
    if text[:1] not in {"{", "["}:
        return []
    found: list[str] = []
    depth, start = 0, 1
    for token in _TOKEN.finditer(text):
        mark = token[0]
        if mark in {"{", "[", "("}:
            depth += 1
        elif mark in {"}", "]", ")"}:
            depth -= 1
            if depth == 0:
                found.append(text[start : token.start()].strip())
                break
        elif mark == "," and depth == 1:
            found.append(text[start : token.start()].strip())
            start = token.end()
            if len(found) > _MOST:
                break
    else:
        # cut: what is left of the last part
        found.append(text[start:].strip())
    return found if found != [""] else []


def ended(text: str) -> Ended:
    """The reason and the stack that a term holds; the term itself and no stack where there is none.

    Examples
    --------
    >>> found = ended('{{badkey,xts},[{shop,rate,1,[{file,"shop.erl"},{line,4}]}]}')
    >>> found.reason, found.frames[0].function, found.frames[0].line
    ('{badkey,xts}', 'shop:rate/1', 4)
    """
    term = text.strip()
    for _ in range(_DEEP):
        parts = elements(term) if term[:1] == "{" else []
        if len(parts) < 2:
            break
        if frames := stack(parts[-1]):
            return Ended(parts[0] if len(parts) == 2 else f"{{{','.join(parts[:-1])}}}", frames)
        inner = next((part for part in parts[:3] if part[:1] == "{"), None)
        if inner is None:
            break
        term = inner
    return Ended(text.strip(), ())


def stack(text: str) -> tuple[Frame, ...]:
    """The frames of a list, none where it is no stack."""
    text = text.strip()
    if not text.startswith("[{"):
        return ()
    frames = [frame(part) for part in elements(text)]
    return tuple(one for one in frames if one is not None) if frames and frames[0] else ()


def frame(text: str) -> Frame | None:
    """A frame, None where the term is none."""
    parts = elements(text)
    if len(parts) == 3 and parts[0].startswith("#Fun<"):
        name, arity, place = parts
        return _made(name, None, _arity(arity), place)
    if len(parts) != 4 or not (_ATOM.match(parts[0]) and _ATOM.match(parts[1]) and parts[3][:1] == "["):
        return None
    module, name, arity, place = parts
    if module == "erlang":
        name = name.strip("'")
    return _made(f"{module}:{name}", module, _arity(arity), place)


def _made(name: str, module: str | None, arity: str | None, place: str) -> Frame | None:
    """A frame of its parts."""
    if arity is None:
        return None
    file, line = _FILE.search(place), _LINE.search(place)
    return Frame(
        function=f"{name}/{arity}",
        module=module.removeprefix("'Elixir.").rstrip("'") if module else None,
        file=file[1] if file else None,
        line=int(line[1]) if line else None,
        language="elixir" if module and module.startswith("'Elixir.") else "erlang",
        trust="text",
    )


def _arity(text: str) -> str | None:
    """How many arguments: a number, or the arguments themselves."""
    if text.isascii() and text.isdigit():
        return text[:3]
    return str(len(elements(text))) if text[:1] == "[" else None
