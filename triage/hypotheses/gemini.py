"""Gemini, through google-genai.

The numbers are those of the crash-review plan: temperature 0.2, 2,048 tokens for the answer, 120 s for an attempt, one
retry after 1 s on timeouts, 408, 429 and 5xx; and a deadline for all of it, which the plan lacks. Models that think
count their thoughts against the same limit as the answer, so they get a budget of their own on top.

How the SDK behaves (3.3 and 3.4, observed): an answer that is cut off, breaks the schema or was blocked comes back as
if all were well; timeouts are errors of httpx2, not its own; `GOOGLE_API_KEY` would win over `GEMINI_API_KEY`; it
follows redirects with the key in a header. So the retry, the limits of time and the reading of the answer are done
here, the key is given, and redirects are not followed. What the SDK raises can hold the request, so nothing of it is
passed on, not even as the context of another error.
"""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from triage.errors import TriageError
from triage.hypotheses.client import AskError, Reply, Usage

if TYPE_CHECKING:
    from collections.abc import Iterable

    from google import genai
    from google.genai import types

    from triage.hypotheses.prompt import Prompt

__all__ = ("KEY", "MODEL", "GeminiClient", "has_key")

MODEL: Final = "gemini-2.5-pro"
KEY: Final = "GEMINI_API_KEY"
BASE_URL: Final = "GOOGLE_GEMINI_BASE_URL"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,199}")
_KEY: Final = re.compile(r"[\x21-\x7e]{1,512}")
_WORD: Final = re.compile(r"[A-Z][A-Z_]{1,60}")
_THINKING: Final = re.compile(r"(?:models/)?gemini-(?:2\.5|[3-9]|[1-9]\d)")
_AGAIN: Final = frozenset({408, 429})
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})
_TRANSPORTS: Final = ("httpx", "httpx2", "httpcore", "httpcore2", "aiohttp", "anyio", "h11", "ssl", "socket")


def has_key() -> bool:
    """Whether a key is set in the environment."""
    return bool(os.environ.get(KEY, "").strip())


@dataclass(frozen=True, slots=True)
class _Failure:
    """One attempt that failed: in which way, what to say of it, and whether another one may help."""

    kind: str
    message: str
    again: bool = False


class GeminiClient:
    """Ask Gemini. The key is read from `GEMINI_API_KEY` when something is asked, and kept nowhere.

    Parameters
    ----------
    model
        As Google calls it.
    temperature
        0 to 2.
    answer_tokens, thinking_tokens
        What the answer may take, and what thoughts may take on top of that in models that think.
    timeout, deadline, pause
        Seconds: for one attempt, for all of them, and between two.
    base_url
        Of a proxy; default: `GOOGLE_GEMINI_BASE_URL`, else Google's. https, or http on this machine.

    Raises
    ------
    TriageError
        The model's name or the URL is none.

    Examples
    --------
    >>> GeminiClient()
    <triage.GeminiClient: gemini-2.5-pro>
    """

    def __init__(
        self,
        model: str = MODEL,
        *,
        temperature: float = 0.2,
        answer_tokens: int = 2_048,
        thinking_tokens: int = 8_192,
        timeout: float = 120.0,
        deadline: float = 245.0,
        pause: float = 1.0,
        base_url: str | None = None,
    ) -> None:
        if not _NAME.fullmatch(model) or ".." in model:
            raise TriageError("that is no name of a model; write it as Google does: gemini-2.5-pro")
        self._model = model
        self._temperature = temperature
        self._answer_tokens = answer_tokens
        self._thinking_tokens = thinking_tokens if _THINKING.match(model) else 0
        self._timeout = timeout
        self._deadline = deadline
        self._pause = pause
        self._base_url = _checked(base_url or os.environ.get(BASE_URL) or None)

    @property
    def engine(self) -> str:
        """The name of the provider."""
        return "gemini"

    @property
    def model(self) -> str:
        """The name of the model."""
        return self._model

    def told(self) -> dict[str, Any]:
        """What an answer depends on beside the prompt."""
        return {
            "engine": self.engine,
            "model": self._model,
            "temperature": self._temperature,
            "answerTokens": self._answer_tokens,
            "thinkingTokens": self._thinking_tokens,
        }

    async def ask(self, prompt: Prompt) -> Reply:
        """Ask, and ask once more after a second where that may help; see `Client.ask`."""
        client = self._sdk()
        loop = asyncio.get_running_loop()
        until = loop.time() + self._deadline
        attempts = 0
        try:
            while True:
                attempts += 1
                left = until - loop.time()
                came = await self._attempt(client, prompt, min(self._timeout, max(left, 0.0)))
                if not isinstance(came, _Failure):
                    break
                if loop.time() >= until:
                    said = f"no answer within {self._deadline:g} s in all; ask again later"
                    raise AskError(said, kind="deadline", attempts=attempts)
                if not came.again or attempts > 1:
                    raise AskError(came.message, kind=came.kind, attempts=attempts)
                await asyncio.sleep(min(self._pause, max(until - loop.time(), 0.0)))
        finally:
            await client.aio.aclose()
            client.close()
        return _reply(came, self._model, attempts)

    async def _attempt(
        self, client: genai.Client, prompt: Prompt, seconds: float
    ) -> types.GenerateContentResponse | _Failure:
        """Ask once. What is raised inside stays inside: it may hold the request."""
        from google.genai import errors

        try:
            async with asyncio.timeout(seconds):
                return await client.aio.models.generate_content(
                    model=self._model, contents=prompt.contents, config=self._config(prompt)
                )
        except TimeoutError:
            return _slow(seconds)
        except errors.APIError as error:
            return _refused(error)
        except Exception as error:  # noqa: BLE001 - whatever it is, it may hold the request and must not be passed on
            name, module = type(error).__name__, type(error).__module__.partition(".")[0]
            if name.endswith("Timeout") or isinstance(error, TimeoutError):
                return _slow(seconds)
            if isinstance(error, OSError) or module in _TRANSPORTS:
                return _Failure("connection", f"no connection to the model ({name}); check the network and base_url")
            return _Failure("unreadable", f"what came back is no answer of Gemini ({name}); check base_url")

    def _config(self, prompt: Prompt) -> types.GenerateContentConfig:
        from google.genai import types

        thinking = types.ThinkingConfig(thinking_budget=self._thinking_tokens) if self._thinking_tokens else None
        return types.GenerateContentConfig(
            system_instruction=prompt.rules,
            temperature=self._temperature,
            max_output_tokens=self._answer_tokens + self._thinking_tokens,
            thinking_config=thinking,
            response_mime_type="application/json",
            response_json_schema=prompt.schema,
            automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        )

    def _sdk(self) -> genai.Client:
        """A client of the SDK for one question: the key is in nothing that lives longer."""
        try:
            from google import genai
            from google.genai import types
        except ImportError:
            raise AskError("asking a model needs its SDK: pip install 'crash-triage[llm]'", kind="sdk") from None
        if not has_key():
            raise AskError(
                f"no key is set; set {KEY} in the environment, or use engine='rules', which needs none", kind="key"
            )
        if not _KEY.fullmatch(os.environ[KEY].strip()):
            raise AskError(f"{KEY} holds what no key holds, such as a space; set it to the key alone", kind="key")
        options = types.HttpOptions(
            base_url=self._base_url,
            timeout=int(self._timeout * 1_000) + 1_000,
            retry_options=types.HttpRetryOptions(attempts=1),
            async_client_args={"follow_redirects": False, "allow_redirects": False},
        )
        return genai.Client(api_key=os.environ[KEY].strip(), vertexai=False, http_options=options)

    def __repr__(self) -> str:
        return f"<triage.GeminiClient: {self._model}>"


def _checked(url: str | None) -> str | None:
    """A URL to which a key may be sent."""
    if url is None:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        raise TriageError("base_url is no URL; write it as https://proxy.example.org") from None
    if parts.username or parts.password:
        raise TriageError("base_url holds a user or a password; name the host only")
    if not host or (parts.scheme != "https" and not (parts.scheme == "http" and host in _HERE)):
        raise TriageError("base_url must begin with https://, or be http:// on this machine: a key is sent there")
    return url


def _slow(seconds: float) -> _Failure:
    return _Failure("timeout", f"no answer within {seconds:g} s; ask again later, or shorten the extract", again=True)


def _refused(error: Any) -> _Failure:
    """What an error of the API means; its text may quote the request, its number and word cannot."""
    code = error.code if isinstance(error.code, int) else 0
    word = error.status if isinstance(error.status, str) and _WORD.fullmatch(error.status) else ""
    told = f"{code} {word}".strip()
    if code in {401, 403} or (code == 400 and "API_KEY_INVALID" in str(error.details)):
        return _Failure("key", f"the key in {KEY} is refused ({told}); check it, and what it may be used for")
    if code == 404:
        return _Failure("request", f"there is no such model, or not for this key ({told}); check model=")
    if code in _AGAIN or code >= 500:
        why = "the quota is used up, or too many ask" if code == 429 else "the model is not available"
        return _Failure("busy", f"{why} ({told}); ask again later, or another model", again=True)
    if 300 <= code < 400:
        return _Failure("request", f"the address of the model leads elsewhere ({told}), which is not followed")
    return _Failure("request", f"the model refuses the request ({told}); try another model, or a shorter extract")


def _reply(response: types.GenerateContentResponse, model: str, attempts: int) -> Reply:
    """The text of an answer.

    Raises
    ------
    AskError
        It was blocked, cut off, or is empty.
    """
    usage = _usage(response.usage_metadata)

    def failed(kind: str, message: str) -> AskError:
        return AskError(message, kind=kind, attempts=attempts, usage=usage)

    blocked = response.prompt_feedback and response.prompt_feedback.block_reason
    if blocked:
        raise failed("blocked", f"the model's filter blocked the report ({_word(blocked)}); leave sections out of it")
    if not response.candidates:
        raise failed("empty", "the model gave no answer at all; ask again")
    first = response.candidates[0]
    text = _text(first.content.parts if first.content and first.content.parts else ())
    reason = _word(first.finish_reason)
    if reason == "MAX_TOKENS" and not text.strip():
        spent = f" ({usage.thoughts:,} tokens)" if usage.thoughts else ""
        raise failed("thinking", f"the model spent all of its output on thinking{spent}; allow more thinking_tokens")
    if reason == "MAX_TOKENS":
        raise failed("truncated", "the answer breaks off at the output limit; allow more answer_tokens")
    if reason not in {"STOP", "FINISH_REASON_UNSPECIFIED", ""}:
        raise failed("blocked", f"the model stopped before the end ({reason}); ask again, or leave sections out")
    if not text.strip():
        raise failed("empty", "the answer is empty; ask again")
    version = response.model_version or ""
    return Reply(text, version if _NAME.fullmatch(version) else model, attempts, usage)


def _text(parts: Iterable[types.Part]) -> str:
    """The parts of an answer that are text and no thoughts."""
    return "".join(part.text for part in parts if part.text and not part.thought)


def _word(value: Any) -> str:
    """An enumeration of the SDK as the word that the API writes; one that it does not know is not passed on."""
    word = str(getattr(value, "value", value) or "")
    return word if _WORD.fullmatch(word) or not word else "UNKNOWN"


def _usage(told: Any) -> Usage:
    """What an answer cost."""
    if told is None:
        return Usage()
    return Usage(
        told.prompt_token_count, told.candidates_token_count, told.thoughts_token_count, told.total_token_count
    )
