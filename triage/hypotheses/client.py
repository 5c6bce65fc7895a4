"""Asking a model: what a provider has to be, what comes back, and how it can go wrong.

A provider is one class with `engine`, `model`, `told` and `ask`; `gemini.GeminiClient` is one. Everything else in this
room knows only these. An `AskError` says in its message what to do, in its `kind` which of the ways it was; it never
holds what was sent, what came back, or a key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol, runtime_checkable

from triage.errors import ModelError

if TYPE_CHECKING:
    from triage.hypotheses.prompt import Prompt

__all__ = ("KINDS", "AskError", "Client", "Reply", "Usage")

KINDS: Final = (
    "sdk",  # it is not installed
    "key",  # none is set, or it is refused
    "request",  # the provider refuses what was asked: no such model, wrong request
    "busy",  # 408, 429 or 5xx, after the retry
    "timeout",  # no answer in the time of an attempt, after the retry
    "deadline",  # no answer in the time of all attempts
    "connection",  # no connection, or it broke
    "blocked",  # by the provider's filters
    "truncated",  # the output limit came before the end
    "thinking",  # the output limit came before the beginning: all of it went into thoughts
    "empty",  # nothing came
    "unreadable",  # what came is no answer of that service
    "schema",  # the answer is no JSON, or not in the form of the schema
    "cancelled",
)


class AskError(ModelError):
    """No usable answer.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    attempts : int
        How often was asked.
    usage : Usage
        What it cost anyway.
    """

    def __init__(self, message: str, *, kind: str, attempts: int = 0, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.kind = kind
        self.attempts = attempts
        self.usage = usage or Usage()


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens, None where the provider does not say."""

    prompt: int | None = None
    answer: int | None = None
    thoughts: int | None = None
    total: int | None = None

    def written(self) -> dict[str, int | None]:
        """As JSON."""
        return {"prompt": self.prompt, "answer": self.answer, "thoughts": self.thoughts, "total": self.total}


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """The text of an answer, not yet read, and what it cost. `model` is the version that answered."""

    text: str
    model: str
    attempts: int = 1
    usage: Usage = Usage()

    def __repr__(self) -> str:
        return f"<triage.Reply: {len(self.text):,} characters of {self.model}>"


@runtime_checkable
class Client(Protocol):
    """A provider of answers."""

    @property
    def engine(self) -> str:
        """The name of the provider, as runs are labelled: a word in lower case, and not rules."""
        ...

    @property
    def model(self) -> str:
        """The name of the model."""
        ...

    def told(self) -> dict[str, Any]:
        """What an answer depends on beside the prompt, as JSON: model, temperature, limits. No key."""
        ...

    async def ask(self, prompt: Prompt) -> Reply:
        """Ask once, with whatever retries are due.

        Raises
        ------
        AskError
            There is no answer.
        asyncio.CancelledError
            The task was cancelled; the connection is closed.
        """
        ...
