"""Secrets by the words for them: in other languages, by short names of tokens, and what only looks like such a name.

In each line «...» must be masked, and nothing else with a letter or digit may be; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from triage.redact import mask, spans

WORD = "Kupfer_Kaffee97"
PAT = "5yheifxj33k4qog37gsc4gci4a5wja42mjbjapgzb4sknjvxa7rp"
JSON_KEYS = (
    "contraseña", "CONTRASEÑA", "contrasen\u0303a", "contrasena", "contrasenya", "contrase\\u00f1a", "palavraPasse", "motDePasse",
    "mot_de_passe", "hasło", "haslo", "şifre", "sifre", "пароль", "密码", "パスワード", "비밀번호", "lösenord", "adgangskode",
    "kodeord", "passord", "jelszó", "clave", "geslo", "salasana", "senha", "parolă", "v_Data", "mật khẩu", "κωδικός",
)  # fmt: skip
WORDS = (
    *(f'{{"user":"x1","{key}":"«S»","n":3}}' for key in JSON_KEYS),
    "ERROR inicio de sesión fallido usuario=tpv01 contrasena=«S» intento=3",
    "contraseña_bd: «S»",
    '{\\"contraseña\\":\\"«S»\\"}',
    "<contraseña>«S»</contraseña>",
    "palavra_passe=«S»",
    "CLAVE_ACCESO=«S»",
    "db.mdp: «S»",
    "Bonjour, voici le mot de passe temporaire : «S»\nMerci de le changer.",
    "Su contraseña temporal es «S»",
    "A sua senha provisória é «S»",
    "La contraseña nueva: «S»",
    "Twoje tymczasowe hasło to «S»",
    'keychain item stored: { class = genp; v_Data = "«S»"; }',
    "export AZURE_DEVOPS_EXT_PAT='«P»'",
    "--from-literal=azure_devops_ext_pat=«P» -n payments",
    "GITHUB_PAT=«P»",
    '{"pat":"«P»"}',
    "azureDevOpsPat: «P»",
    "[U:1:22793] WebAPI key=«00C54890BD989590F75CED2A72939992» GET https://api.example.com/",
)  # fmt: skip
HARMLESS = (
    "la contraseña es obligatoria",
    '{"contraseña":"obligatoria"}',
    '{"contraseña":"********","clave":null}',
    "mot de passe oublié ?",
    "contraseña: campo obligatorio",
    "for clave, valor in d.items():",
    '{"clave":"valor"}',
    'pat = re.compile(r"^[a-z0-9]+$")',
    "--pat=*.log",
    'pat = "foo"',
    "xpath=//div[@id='main'] compat=true",
    "v_data = texture2D(u_tex, v_uv)",
    "mdp.solve(gamma=0.95)",
    "une passe=2 lors du rendu",
    '{"label":"密码","type":"password"}',
    "msg.mot_de_passe_oublie=Mot de passe oublié",
)


@pytest.mark.parametrize("line", WORDS)
def test_what_is_marked_is_masked_and_nothing_else(line):
    line = line.replace("«S»", f"«{WORD}»").replace("«P»", f"«{PAT}»")
    secrets = re.findall("«([^»]+)»", line)
    text = line.replace("«", "").replace("»", "")
    found = [text[start:end] for start, end, _ in spans(text)]
    assert found == secrets
    assert not any(secret in mask(text) for secret in secrets)


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_a_name_is_left(line):
    assert spans(line) == []
