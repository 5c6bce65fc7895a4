"""One exception as Flutter printed it, and what its description says.

Facts: `FlutterErrorDetails` of Flutter's foundation library, which opens a description with ``The following X was
thrown`` and writes *assertion*, *message* or *number* where X is an assertion, a text or a number.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from typing import Final, Literal

__all__ = ("SUMMARY_CHARS", "Blocks", "ExceptionBlock")

SUMMARY_CHARS: Final = 120
_LEAD: Final = re.compile(r"The following (.{1,300}?)(?: object)? was thrown\b")
_NAMELESS: Final = {"assertion": None, "message": None, "number": None}
_LEAD_LINES: Final = 6
# So many blocks are remembered, for the lines that repeat them, each by so many words.
_BLOCKS: Final = 32
_WORDS: Final = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionBlock:
    """One exception as Flutter printed it.

    Attributes
    ----------
    kind : {"block", "one_liner"}
        A one-liner is `Another exception was thrown: X`; its `description` is X.
    library : str or None
        Who caught it, as written (``RENDERING LIBRARY``).
    description : str
        The lines of the body before the stack, without the widget.
    details : str
        The lines of the body after the stack: who handled the gesture, what was being painted.
    widget, widget_location : str or None
        The error-causing widget and where it was made (``Row:file:///…/cart.dart:48:14``).
    stack, body, raw : tuple of str
        The rows of the stack; the other lines of the body, those after the stack too; all lines as they were fed.
    first_line, last_line : int
        Numbers of the lines fed to the parser, from 1.
    complete : bool
        Whether a footer closed it.

    Examples
    --------
    >>> block = ExceptionBlock(kind="block", library="WIDGETS LIBRARY", description="Bad state", widget="Row")
    >>> block.summary
    '[EXCEPTION] WIDGETS LIBRARY: Bad state — Row'
    """

    kind: Literal["block", "one_liner"]
    library: str | None = None
    description: str = ""
    details: str = ""
    widget: str | None = None
    widget_location: str | None = None
    stack: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    raw: tuple[str, ...] = ()
    first_line: int = 0
    last_line: int = 0
    complete: bool = True

    @property
    def summary(self) -> str:
        """`[EXCEPTION] LIBRARY: first line — widget`, at most 120 characters."""
        first = next((line.strip() for line in self.description.split("\n") if line.strip()), "")
        text = f"[EXCEPTION] {self.library}: {first}" if self.library else f"[EXCEPTION] {first}"
        if self.widget:
            text += f" — {self.widget}"
        return text if len(text) <= SUMMARY_CHARS else text[: SUMMARY_CHARS - 3] + "..."

    @property
    def stack_text(self) -> str:
        """The rows of the stack as one text."""
        return "\n".join(self.stack)

    @property
    def thrown(self) -> str | None:
        """The class that `The following X was thrown` names; None for Flutter's word for any assertion or message."""
        match = _LEAD.match(self._lead()[0])
        return _NAMELESS.get(match.group(1), match.group(1)) if match else None

    @property
    def message(self) -> str:
        """The first paragraph of the description without `The following X was thrown …:`."""
        return self._lead()[1]

    def _lead(self) -> tuple[str, str]:
        """The opening sentence, which may take several lines and ends in a colon, and the paragraph after it."""
        lines = self.description.strip("\n").split("\n")
        end = next((at for at, line in enumerate(lines) if not line.strip()), len(lines))
        paragraph = lines[:end]
        if not paragraph or not paragraph[0].startswith("The following ") or self.kind == "one_liner":
            return "", "\n".join(paragraph).strip()
        closing = next((at for at, line in enumerate(paragraph[:_LEAD_LINES]) if line.rstrip().endswith(":")), 0)
        rest = "\n".join(paragraph[closing + 1 :]).strip()
        if not rest:
            after = [line for line in lines[end:] if line.strip()]
            rest = after[0].strip() if after else ""
        return " ".join(line.strip() for line in paragraph[: closing + 1]), rest or "\n".join(paragraph).strip()


class Blocks:
    """The last blocks of a console, for the one-liners that repeat them; Flutter breaks long lines in blocks only.

    Examples
    --------
    >>> blocks = Blocks()
    >>> blocks.add("7", ExceptionBlock(kind="block", description="Not in\\ninclusive range 0..2: 3"))
    >>> line = ExceptionBlock(kind="one_liner", description="Not in inclusive range 0..2: 3")
    >>> blocks.repeated("7", line).message, blocks.repeated("8", line)
    ('Not in\\ninclusive range 0..2: 3', None)
    """

    def __init__(self) -> None:
        self._last: deque[tuple[str | None, list[str], int, ExceptionBlock]] = deque(maxlen=_BLOCKS)

    def add(self, process: str | None, block: ExceptionBlock) -> None:
        """Remember a block and the process that printed it."""
        message = block.message
        first = len(message.partition("\n")[0].split())
        self._last.appendleft((process, message.split(maxsplit=_WORDS)[:_WORDS], first, block))

    def repeated(self, process: str | None, line: ExceptionBlock) -> ExceptionBlock | None:
        """The last block of the process that says what a one-liner says."""
        said = line.description.split(maxsplit=_WORDS)[:_WORDS]
        for theirs, words, first, block in self._last:
            if theirs == process and said and len(said) >= first and words[: len(said)] == said:
                return block
        return None
