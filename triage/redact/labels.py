"""Texts that name a secret for a person to read, as translations of an interface hold them under its key."""

from __future__ import annotations

from typing import Final

from triage.redact.keys import vocabulary
from triage.redact.text import digits_in

__all__ = ("is_label",)

_LABEL: Final = 60
_LABELS: Final = frozenset(
    b"password passwords passcode passphrase token tokens secret pin code codes key credentials login".split()
)


def is_label(value: bytes) -> bool:
    """Whether a text names a secret for a person to read: "New password", "Passwort vergessen?", "Mot de passe"."""
    capital = value[:1].isupper() or value[:1] >= b"\x80"
    if not capital or digits_in(value) or len(value) > _LABEL:
        return False
    small = value.decode("utf-8", "replace").rstrip(" .!?:*\u2026").lower().encode()
    words = small.split(b" ")
    known = vocabulary().foreign
    return small in known or not known.isdisjoint(words) or not _LABELS.isdisjoint(words) or b" mot de passe" in small
