"""What names a secret for a person to read is none, and a phrase that only holds such a word may be one."""

from __future__ import annotations

import pytest

from triage.redact import mask
from triage.redact.named.labels import is_label


@pytest.mark.parametrize(
    "text",
    ["Password", "New password", "One-time code", "Wrong password", "Your API token:", "Nueva contraseña",
     "Mot de passe", "Mot de passe oublié ?", "Passwort", "Confirm the new passphrase"],
)  # fmt: skip
def test_texts_of_an_interface(text: str) -> None:
    assert is_label(text.encode())
    assert mask(f'{{"password":"{text}"}}') == f'{{"password":"{text}"}}'


@pytest.mark.parametrize(
    "text", ["Code Red", "Key West Sunset", "Secret garden walk", "Token Ring Night", "password", "Password1", "Winter"]
)
def test_phrases_that_somebody_may_have_chosen(text: str) -> None:
    assert not is_label(text.encode())


@pytest.mark.parametrize("text", ["Code Red", "Secret Garden", "Winter"])
def test_such_a_phrase_is_masked(text: str) -> None:
    assert text not in mask(f'{{"password":"{text}"}}')
