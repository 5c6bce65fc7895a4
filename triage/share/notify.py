"""Forwarding an answer to Discord, Slack or a webhook: after a run has answered, masked, and only when asked for.

Where it goes stands in the environment and nowhere else, as the address of a chat's webhook is itself a key:
`TRIAGE_DISCORD_WEBHOOK`, `TRIAGE_SLACK_WEBHOOK`, or `TRIAGE_WEBHOOK_URL` with `TRIAGE_WEBHOOK_SECRET`. No file can set
it, and no error, log or object shows it. Redirects are not followed.

A webhook's body is signed with HMAC-SHA256 twice: over its time and its bytes (`X-Triage-Timestamp`,
`X-Triage-Signature: v1=hex`), so that nobody can send it again later, and over its bytes alone in the form of
DebugBundle (`X-DebugBundle-Signature: sha256=hex`), for receivers that know that one. `verified` is the other side.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import os
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import msgspec

from triage.errors import TriageError
from triage.share.notify_payload import Target, payload

if TYPE_CHECKING:
    from triage.hypotheses.runs import Run
    from triage.redact.policy import Policy

__all__ = ("ADDRESSES", "SECRET", "Sent", "forward", "signed", "verified")

ADDRESSES: Final[dict[str, str]] = {
    "discord": "TRIAGE_DISCORD_WEBHOOK",
    "slack": "TRIAGE_SLACK_WEBHOOK",
    "webhook": "TRIAGE_WEBHOOK_URL",
}
SECRET: Final = "TRIAGE_WEBHOOK_SECRET"  # noqa: S105 - the name of a variable
_ATTEMPTS: Final = 3
_LONGEST_PAUSE: Final = 10.0
_SHORTEST_SECRET: Final = 16
_TOLERANCE: Final = 300
_AGAIN: Final = frozenset({408, 429})
_HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What was forwarded, or would be.

    Attributes
    ----------
    to : str
        discord, slack or webhook.
    payload : dict
        As it is sent, without signature and address.
    attempts : int
        How often it was tried; 0 where nothing was sent.
    """

    to: Target
    payload: dict[str, Any]
    attempts: int = 0

    @property
    def text(self) -> str:
        """The payload as JSON, to read."""
        return msgspec.json.format(msgspec.json.encode(self.payload), indent=2).decode()


def forward(
    run: Run,
    to: Target,
    policy: Policy,
    *,
    where: str = "",
    dry_run: bool = False,
    timeout: float = 10.0,
    pause: float = 1.0,
) -> Sent:
    """Forward an answer.

    Parameters
    ----------
    run, to, policy, where
        See `notify_payload.payload`.
    dry_run
        Send nothing; what would be sent is in what comes back.
    timeout, pause
        Seconds, for one of three attempts, and after the first (twice as long after the second). Tried again is after
        silence, a broken connection, 408, 429 (as long as it asks for, at most 10 s) and 5xx.

    Raises
    ------
    TriageError
        The run has no answer, no address is set, or nobody took it.
    RedactionError
        Something that must be masked is left; nothing is sent.

    Examples
    --------
    >>> import triage
    >>> case = triage.loads('Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nKeyError: 1\\n')
    >>> run = case.hypothesize(case.incidents()["incident_id"][0], engine="rules")
    >>> print(forward(run, "slack", case.redact().policy, dry_run=True).payload["text"].splitlines()[0])
    hypothesis, unverified (rules, no model)
    """
    made = payload(run, to, policy, where=where)
    if dry_run:
        return Sent(to, made)
    address, secret = _address(to), _secret() if to == "webhook" else None
    body = msgspec.json.encode(made)
    for attempt in range(1, _ATTEMPTS + 1):
        headers = {"Content-Type": "application/json", "User-Agent": "triage"}
        if secret is not None:
            headers |= signed(body, secret)
        wait = _tried(address, body, headers, to, timeout=timeout, last=attempt == _ATTEMPTS)
        if wait is None:
            return Sent(to, made, attempt)
        time.sleep(min(wait or pause * attempt, _LONGEST_PAUSE))
    raise AssertionError("the last attempt returns or raises")


def signed(body: bytes, secret: str, *, now: float | None = None) -> dict[str, str]:
    """The headers that say who sent a body, and when.

    Examples
    --------
    >>> headers = signed(b"{}", "a secret of some length", now=1_700_000_000)
    >>> verified(headers, b"{}", "a secret of some length", now=1_700_000_100)
    True
    """
    stamp = str(int(time.time() if now is None else now))
    return {
        "X-Triage-Timestamp": stamp,
        "X-Triage-Signature": f"v1={_mac(secret, stamp.encode() + b'.' + body)}",
        "X-DebugBundle-Signature": f"sha256={_mac(secret, body)}",
    }


def verified(
    headers: Mapping[str, str], body: bytes, secret: str, *, now: float | None = None, tolerance: int = _TOLERANCE
) -> bool:
    """Whether a body was signed with a secret, and not longer ago than the tolerance, in seconds.

    Examples
    --------
    >>> headers = signed(b"{}", "a secret of some length", now=1_700_000_000)
    >>> verified(headers, b"{}", "a secret of some length", now=1_700_001_000), verified(headers, b"[]", "another")
    (False, False)
    """
    held = {name.lower(): value for name, value in headers.items()}
    stamp = held.get("x-triage-timestamp", "")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) < 13):
        return False
    if abs((time.time() if now is None else now) - int(stamp)) > tolerance:
        return False
    expected = f"v1={_mac(secret, stamp.encode() + b'.' + body)}"
    return hmac.compare_digest(expected.encode(), held.get("x-triage-signature", "").encode())


def _mac(secret: str, data: bytes) -> str:
    return hmac.new(secret.encode(), data, hashlib.sha256).hexdigest()


class _Stay(urllib.request.HTTPRedirectHandler):
    """What is forwarded goes nowhere else."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A redirect is an answer like any other that is not 2xx."""


def _tried(
    address: str, body: bytes, headers: dict[str, str], to: Target, *, timeout: float, last: bool
) -> float | None:
    """One attempt: None where it was taken, else the seconds to wait, 0 where nobody says how long."""
    request = urllib.request.Request(address, data=body, headers=headers, method="POST")  # noqa: S310 - it was checked
    wait = 0.0
    try:
        with urllib.request.build_opener(_Stay).open(request, timeout=timeout):
            return None
    except urllib.error.HTTPError as error:
        code, wait = error.code, _asked_for(error.headers.get("Retry-After"))
        error.close()
        told = f"{to} does not take it ({code})"
        if code in {401, 403, 404}:
            told += f"; check {ADDRESSES[to]}"
        again = code in _AGAIN or code >= 500
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        name = "no answer in time" if isinstance(reason, TimeoutError) else type(reason).__name__
        told, again = f"no connection to {to} ({name}); check the network and {ADDRESSES[to]}", True
    # Outside of the handler: what was raised may hold the address.
    if last or not again:
        raise TriageError(f"nothing was forwarded: {told}")
    return wait


def _asked_for(text: str | None) -> float:
    """How long a server asks to wait, in seconds."""
    text = (text or "").strip()
    return float(text) if text.replace(".", "", 1).isdecimal() and text.isascii() and len(text) < 10 else 0.0


def _address(to: Target) -> str:
    """The address from the environment, where it is one to which a report may be sent."""
    name = ADDRESSES[to]
    url = os.environ.get(name, "").strip()
    if not url:
        raise TriageError(f"no address is set; set {name} in the environment, or see what would be sent: dry_run")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise TriageError(f"{name} holds no address; write it as https://...") from None
    here = parts.scheme == "http" and host in _HERE
    if not host or parts.username or parts.password or not (parts.scheme == "https" or here) or not url.isascii():
        raise TriageError(f"{name} holds no address that begins with https:// and has no user in it")
    return url


def _secret() -> str:
    """What a webhook is signed with."""
    secret = os.environ.get(SECRET, "").strip()
    if len(secret) < _SHORTEST_SECRET:
        raise TriageError(
            f"a webhook is signed; set {SECRET} in the environment, {_SHORTEST_SECRET} characters or more"
        )
    return secret
