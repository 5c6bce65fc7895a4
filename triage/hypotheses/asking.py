"""Asking about an incident: the extract, the prompt, the run, the answer, its grounding and its checks.

`start` gives a run that is pending and goes on in a thread of its own, so that a notebook can show it, wait for it or
cancel it; `Case.hypothesize` waits for it. What the model wrote is text from beginning to end: it is read by our own
check, masked once more, located in what was sent, and compared with the tables by predictions of a closed vocabulary.
"""

from __future__ import annotations

import asyncio
import hashlib
import re
import threading
import time
from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import msgspec

from triage.errors import ModelError, TriageError
from triage.hypotheses import findings as said
from triage.hypotheses import rules
from triage.hypotheses.checks import Scene, evaluate
from triage.hypotheses.client import AskError, Client, Reply
from triage.hypotheses.extract import extract
from triage.hypotheses.gemini import MODEL, GeminiClient, has_key
from triage.hypotheses.grounding import ground
from triage.hypotheses.prompt import Prompt, prompt
from triage.hypotheses.runs import FAILED, SUCCESS, Run, Runs, named
from triage.redact import mask
from triage.share.printable import printable
from triage.share.redacted import RedactedCase

if TYPE_CHECKING:
    from triage.hypotheses.extract import Extract
    from triage.hypotheses.findings import Findings
    from triage.hypotheses.rules import Opinion
    from triage.hypotheses.settings import Settings
    from triage.redact.policy import Policy

__all__ = ("ENGINES", "Asking", "sendable", "start")

ENGINES: Final = ("gemini", "rules")
_ENGINE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
# What the rules of the answer take beside the extract, at the most.
_AROUND: Final = 12_000


class Asking:
    """A run that goes on, or is over. Awaitable.

    Attributes
    ----------
    run : Run
        As it is now.
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self._over = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Reply] | None = None
        self._cancelled = False
        self._guard = threading.Lock()

    @property
    def done(self) -> bool:
        """Whether it is over."""
        return self._over.is_set()

    def cancel(self) -> None:
        """Hang up; the run ends as FAILED, cancelled. Nothing happens where it is over."""
        with self._guard:
            self._cancelled = True
            if self._loop is not None and self._task is not None and not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._task.cancel)

    def result(self, timeout: float | None = None) -> Run:
        """Wait for the end; an interrupt cancels it.

        Raises
        ------
        TimeoutError
            It goes on after so many seconds.
        """
        try:
            if not self._over.wait(timeout):
                raise TimeoutError("the run goes on; wait longer, or cancel() it")
        except KeyboardInterrupt:
            self.cancel()
            self._over.wait(5)
            raise
        return self.run

    def __await__(self) -> Generator[Any, None, Run]:
        """Wait without blocking the event loop; where the waiting is cancelled, the run is."""
        return self._awaited().__await__()

    def __repr__(self) -> str:
        return f"<triage.Asking: {self.run.status}>"

    async def _awaited(self) -> Run:
        try:
            while not self._over.is_set():  # noqa: ASYNC110 - the event is of another thread
                await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            self.cancel()
            raise
        return self.run

    def ask(self, client: Client, asked: Prompt) -> Reply:
        """Ask in this thread, so that another can cancel."""

        async def go() -> Reply:
            with self._guard:
                self._loop = asyncio.get_running_loop()
                self._task = asyncio.ensure_future(client.ask(asked))
                if self._cancelled:
                    self._task.cancel()
            return await self._task

        try:
            return asyncio.run(go())
        except asyncio.CancelledError:
            pass
        finally:
            with self._guard:
                self._loop = self._task = None
        raise AskError("cancelled; nothing of an answer was kept", kind="cancelled")

    def end(self, run: Run) -> None:
        """The run is over."""
        self.run = run
        self._over.set()


def start(
    case: RedactedCase,
    incident_id: str,
    *,
    engine: str = "gemini",
    model: str | None = None,
    client: Client | None = None,
    fresh: bool = False,
    runs: Runs | None = None,
    settings: Settings | None = None,
) -> Asking:
    """Begin a run about an incident.

    Parameters
    ----------
    case
        Masked; a raw case is refused.
    incident_id
        As in `case.incidents()`.
    engine
        gemini, or rules, which ask nobody. Where gemini is asked for and no key is set, rules answer and say so.
    model
        Of the engine gemini; default: gemini-2.5-pro.
    client
        Another provider, in the place of Gemini; its run bears the name of its engine.
    fresh
        Ask again, though the same question has been answered.
    runs, settings
        Where runs are kept, and what is sent; default: those of the case.

    Raises
    ------
    TypeError
        This is a raw case.
    TriageError
        No incident or engine has that name, or a client's engine has none.
    RedactionError
        Something that must be masked is in what would be sent.
    ModelError
        The folder of the runs cannot be written.
    """
    if not isinstance(case, RedactedCase):
        raise TypeError("what is sent is made of a RedactedCase: case.redact(), or RedactedCase.lazy(case)")
    if engine not in ENGINES:
        raise TriageError(f"there is no engine {engine!r}; there are {', '.join(ENGINES)}")
    settings = settings or case.hypothesis_settings
    runs = runs or case.runs
    sent = sendable(case, incident_id, settings)
    with case.about(incident_id) as (masked, _):
        named_so = incident_id if masked is case else masked.incidents()["incident_id"].iloc[0]
        opinion = rules.hypothesize(masked, named_so)
    if engine == "rules":
        return _ruled(case, sent, opinion, runs, fresh=fresh)
    asked = prompt(sent, case.policy, settings, context=_clean(_context(opinion), case.policy))
    client = client or GeminiClient(model or MODEL)
    if not _ENGINE.fullmatch(client.engine) or client.engine == "rules":
        raise TriageError("the engine of a client is its provider in one word of a-z, 0-9, - and _, and not rules")
    question = _digest({"incident": incident_id, "prompt": asked.digest, "client": client.told()})
    if not fresh and (before := runs.answered(question)) is not None:
        return _over(before.changed(cached=True))
    if isinstance(client, GeminiClient) and not has_key():
        return _ruled(case, sent, opinion, runs, fresh=fresh, note="no GEMINI_API_KEY is set: rules answered, no model")
    run = named(client.engine, incident_id, question, model=client.model, prompt=asked.digest, input_chars=asked.chars,
                sent=_told(sent))  # fmt: skip
    return _begun(_Work(case, sent, asked, client), run, runs)


def sendable(case: RedactedCase, incident_id: str, settings: Settings) -> Extract:
    """The extract as it is sent: short enough that the rules of the answer fit beside it."""
    room = max(settings.input_chars - _AROUND, 1_000)
    return extract(case, incident_id, replace(settings, extract_chars=min(settings.extract_chars, room)))


class _Work:
    """What is done in the thread of a run."""

    def __init__(self, case: RedactedCase, sent: Extract, asked: Prompt, client: Client) -> None:
        self._case = case
        self._sent = sent
        self._asked = asked
        self._client = client

    def done(self, asking: Asking, run: Run) -> Run:
        """The run at its end, whatever that is."""
        began = time.monotonic()
        try:
            ended = self._answered(asking, run)
        except AskError as error:
            told = {"attempts": error.attempts, "usage": error.usage.written()}
            ended = run.changed(status=FAILED, error=self._words(error), kind=error.kind, **told)
        except ModelError as error:
            ended = run.changed(status=FAILED, error=self._words(error), kind="provider")
        except Exception as error:  # noqa: BLE001 - a run must end, and what this says may hold content
            ended = run.changed(status=FAILED, error=f"an error inside of triage ({type(error).__name__})", kind="bug")
        return ended.changed(duration_ms=_since(began))

    def _words(self, error: ModelError) -> str:
        """What a provider says went wrong; another one than ours may quote something."""
        return _clean(str(error), self._case.policy)

    def _answered(self, asking: Asking, run: Run) -> Run:
        reply = asking.ask(self._client, self._asked)
        took = {
            "attempts": reply.attempts,
            "output_chars": len(reply.text),
            "usage": reply.usage.written(),
            "model": reply.model,
        }
        try:
            found = said.parse(reply.text)
        except ModelError as error:
            return run.changed(status=FAILED, error=str(error), kind="schema", **took)
        answer = _judged(found, self._case, self._sent)
        return run.changed(status=SUCCESS, answer=answer, **took)


def _begun(work: _Work, run: Run, runs: Runs) -> Asking:
    """Let the work go on in a thread; comes back when the run is written as pending."""
    asking = Asking(run)
    begun = threading.Event()
    failed: list[Exception] = []
    written: list[Run] = []

    def go() -> None:
        try:
            with runs.working(run) as pending:
                asking.run = pending
                written.append(pending)
                begun.set()
                ended = work.done(asking, pending)
                try:
                    runs.write(ended)
                except OSError as error:
                    told = f"the answer cannot be written ({error.strerror}); see whether the disk is full"
                    ended = ended.changed(status=FAILED, answer=None, error=told, kind="disk")
            asking.end(ended)
        except Exception as error:  # noqa: BLE001 - before the run is pending it is raised where that is waited for
            failed.append(error)
            told = f"an error inside of triage ({type(error).__name__})"
            asking.end(asking.run.changed(status=FAILED, error=told, kind="bug"))
        finally:
            begun.set()

    threading.Thread(target=go, name="triage-hypothesis", daemon=True).start()
    begun.wait()
    if failed and not written:
        raise failed[0]
    return asking


def _over(run: Run) -> Asking:
    asking = Asking(run)
    asking.end(run)
    return asking


def _judged(found: Findings, case: RedactedCase, sent: Extract) -> dict[str, Any]:
    """An answer with what became of it: masked, located, and its predictions checked."""
    found = found.mapped(lambda text: _clean(text, case.policy))
    scene = Scene(case, sent.incident_id)
    checks = [[msgspec.to_builtins(evaluate(scene, check)) for check in each.checks] for each in found.hypotheses]
    answer = {"findings": found.written(), "grounds": ground(found, sent).written(), "checks": checks}
    kept: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(answer))  # as it is read back
    return kept


def _clean(text: str, policy: Policy) -> str:
    """A text of an answer: a model may make up what looks like a secret, and control characters."""
    return printable(mask(text, policy=policy)) if text else text


def _cleaned(value: Any, policy: Policy) -> Any:
    """The same of every text in JSON."""
    plain = msgspec.to_builtins(value)
    if isinstance(plain, dict):
        return {key: _cleaned(item, policy) for key, item in plain.items()}
    if isinstance(plain, list | tuple):
        return [_cleaned(item, policy) for item in plain]
    return _clean(plain, policy) if isinstance(plain, str) else plain


def _told(sent: Extract) -> dict[str, Any]:
    """What a run remembers of the extract."""
    sections = [
        {"name": s.name, "lines": len(s.lines), "linesCut": s.lines_cut, "chars": s.chars, "charsCut": s.chars_cut}
        for s in sent.sections
    ]
    return {"eventId": sent.event_id, "sha256": sent.sha256, "digest": sent.digest, "sections": sections}


def _digest(value: Any) -> str:
    return hashlib.sha256(msgspec.json.encode(value, order="deterministic")).hexdigest()


def _context(opinion: Opinion) -> str:
    """What the rules think, in a few lines for the model."""
    level = opinion.severity
    told = [f"{each.title} ({each.confidence:.2f})" for each in opinion.findings.hypotheses]
    lines = [opinion.findings.summary, *told, f"severity: {level.level}", *level.reasons]
    return "\n".join(" ".join(line.split()) for line in lines)


def _ruled(case: RedactedCase, sent: Extract, opinion: Opinion, runs: Runs, *, fresh: bool, note: str = "") -> Asking:
    """A run of the rules: over at once."""
    began = time.monotonic()
    answer = _judged(opinion.findings, case, sent)
    answer |= _cleaned({name: opinion.written()[name] for name in ("severity", "basis")}, case.policy)
    question = _digest({"incident": sent.incident_id, "answer": answer, "extract": sent.digest})
    if not fresh and (before := runs.answered(question)) is not None:
        return _over(before.changed(cached=True, note=note))
    begun = named("rules", sent.incident_id, question, sent=_told(sent), note=note)
    with runs.working(begun) as run:
        ended = run.changed(status=SUCCESS, answer=answer, duration_ms=_since(began))
        runs.write(ended)
    return _over(ended)


def _since(began: float) -> float:
    """Milliseconds."""
    return round((time.monotonic() - began) * 1_000, 1)
