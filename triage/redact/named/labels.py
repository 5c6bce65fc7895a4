"""Texts that name a secret for a person to read, as translations of an interface hold them under its key."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from triage.redact.named.keys import vocabulary
from triage.redact.text import digits_in

__all__ = ("is_label",)

_LONGEST: Final = 60
_LABELS: Final = frozenset(
    "password passwords passcode passphrase token tokens secret pin code codes key keys credentials login geheimnis"
    " jeton jetons chiave chave klucz avain nyckel nøgle nøkkel sleutel schlüssel segreto segredo secreto sekret"
    " секрет секретный 秘密 密鑰 密钥 api-key".encode().split()
)
# What German writes in one word with these.
_COMPOUND: Final = re.compile(
    r"(?:zugriffs|zugangs|sitzungs|sicherheits|wiederherstellungs|bestätigungs|haupt|einmal|geräte|benutzer|api|toegangs"
    r"|aktualisierungs|åtkomst|adgangs|tilgangs)-?(?:token|schlüssel|passwort|kennwort|code|geheimnis|pin|sleutel"
    r"|nyckel|nøgle|nøkkel)s?"
)
# What stands beside these in such a text. A word that is not here makes it a phrase that somebody may have chosen.
_BESIDE: Final = frozenset(
    "a again all copy regenerate rotate that this an and api account access at authentication backup change choose "
    "client confirm confirmation create current de email e-mail enter expired field for forgot forgotten generate "
    "hide in incorrect invalid is length lost master missing must my new no not of old one-time or please recovery "
    "repeat required reset revoke saved set show temporary the too user username verification verify weak wrong "
    "your aktuelles altes antigua attuale ancien optional optionnel opcional confirmer confirmez confirmar conferma "
    "confirme bestätigen wiederholen zurücksetzen ändern eingeben anzeigen changer modifier saisir saisissez "
    "réinitialiser cambiar restablecer introduzca introducir mostrar modifica reimpostare inserisci alterar "
    "redefinir digite wijzigen herhalen le la el il o het das su tu sua votre ihr neues nouveau nova nueva nuova "
    "olvidada olvidó oublie oublié vergessen d'accès d'api secrète secret privée clientid clé du des dell' di "
    "secreta accesso acesso доступа".encode().split()
)


def is_label(value: bytes) -> bool:
    """Whether a text names a secret for a person to read: "New password", "Passwort vergessen?", "Mot de passe"."""
    capital = value[:1].isupper() or value[:1] >= b"\x80"
    if not capital or digits_in(value) or len(value) > _LONGEST:
        return False
    small = value.decode("utf-8", "replace").rstrip(" .!?:*\u2026").replace("(", "").replace(")", "").lower().encode()
    known = vocabulary().foreign
    if small in known or small == b"mot de passe" or _COMPOUND.fullmatch(small.decode("utf-8", "replace")):
        return True
    words = small.replace(b"mot de passe", b"password").replace(b"api-", b"api ").split(b" ")
    named = known | _keys() | _LABELS
    return any(word in named for word in words) and all(word in named or word in _BESIDE for word in words)


@cache
def _keys() -> frozenset[bytes]:
    """The words for a key or a token in other languages, in small letters."""
    return frozenset(word.decode().lower().encode() for word in vocabulary().foreign_keys)
