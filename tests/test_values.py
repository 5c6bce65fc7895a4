import base64
import random

import pytest

from triage import redact
from triage.redact import masks
from triage.redact.named import examples, values
from triage.redact.named.keys import vocabulary


def test_random_text_is_no_name():
    assert values.is_name(b"db_password2")
    assert not values.is_name(b"mUe8LkeawUcOXaziyiBTelCnfphQVsCnBQF5Imeo")


@pytest.mark.parametrize(
    "value",
    [b"", b"null", b"None", b"xxxxxxxx", b"${DB_PASSWORD}", b"{{ token }}", b"<your password>", b"[Filtered]", b"%s",
     b"$(cat /run/secret)", b"process.env.TOKEN", b"your-api-key", b"$pw", b"$db_password", b"$(cat x", b"env:KEY",
     b"file:/run/pass.txt",
     b"./secret.txt", b"/etc/app/key.pem", b"!vault", b"%env(DB_PASSWORD)%", b"${{ secrets.DB_PASSWORD }}",
     b"$[variables.dbPassword]", b"ConvertTo-SecureString"],
)  # fmt: skip
def test_placeholders_hold_no_value(value):
    assert values.placeholder(value)


@pytest.mark.parametrize("value", [b"hunter2", b"$ecret", b"correct horse", b"0000-1111", b"$[9s8A]d"])
def test_values_are_no_placeholders(value):
    assert not values.placeholder(value)


@pytest.mark.parametrize(
    ("value", "in_quotes", "holds"),
    [
        (b"hunter2", True, True),
        (b"correct horse battery", True, True),
        (b"Password must not be empty.", True, False),
        (b"required", True, False),
        (b" + name", True, False),
        (b"hunter2", False, True),
        (b"getPassword()", False, False),
        (b"getSession(1).getId()", False, False),
        (b"Store::of(x)->key", False, False),
        (b"hunter(2).9x", False, True),
        (b"user.password", False, False),
        (b"ab", False, False),
        (b"4711", False, True),
        (b"is not valid", False, False),
        (b"=x1", False, False),
    ],
)
def test_secrets_are_told_from_code_and_prose(value, in_quotes, holds):
    assert values.holds_secret(value, in_quotes=in_quotes, assigned=True, after=-1, name=b"password") is holds


@pytest.mark.parametrize(
    ("value", "holds"),
    [(b"vault_db_password", False), (b"db:root-key", False), (b"DB_ROOT_PASSWORD", False), (b"a_" * 55 + b"A", True)],
)
def test_joined_names_hold_no_secret(value, holds):
    assert values.holds_secret(value, in_quotes=True, assigned=True, after=-1, name=b"password") is holds


def test_a_name_is_no_value_of_itself():
    for value in (b"password", b"PASSWORD", b"_password_"):
        assert not values.holds_secret(value, in_quotes=True, assigned=True, after=-1, name=b"password")


@pytest.mark.parametrize(
    ("value", "random"),
    [(b"a1b2c3d4", True), (b"12345678", False), (b"123456789012", True), (b"abcdefgh", False), (b"a1 b2 c3", False)],
)
def test_what_a_program_made_looks_random(value, random):
    assert values.looks_random(value) is random


def test_user_and_password_in_base64_are_told():
    assert values.names_user_and_password(base64.b64encode(b"plum:orchard7"))
    assert not values.names_user_and_password(base64.b64encode(b"plum orchard7"))
    assert not values.names_user_and_password(b"not base64!!")


@pytest.mark.parametrize(
    "value",
    [b"op://vault/item/password", b"ref+vault://x", b"arn:aws:secretsmanager:eu-west-1:123:secret:x", b"X-Api-Key"],
)
def test_references_hold_no_value(value):
    assert values.placeholder(value)


@pytest.mark.parametrize("value", [b"summer.5fSsnC", b"rlNhOPD2rWFVQDobF3Q"])
def test_three_letters_in_random_text_make_no_name(value):
    assert not values.is_name(value)


def test_a_key_in_base64_is_no_path():
    assert values.mixed(b"/urRunUlLKSZlQR4RH/hcl4Y+2Zdt3Q86QPjxc=", least=8)
    assert not values.mixed(b"/srv/app2/main", least=8)


@pytest.mark.parametrize(("value", "slug"), [
    (b"order_12345678901", True), (b"com.acme.app12", True), (b"HELPDESK-20260203-001", True), (b"a1b2c3d4e5f6", False),
    (b"tok_a1B2c3D4e5", False), (b"hunter2", False),
])  # fmt: skip
def test_names_of_things_are_words_and_numbers_joined(value, slug):
    assert values.is_slug(value) is slug


@pytest.mark.parametrize(
    "frame",
    [
        "at com.example.auth.TokenProvider.refreshToken(TokenProvider.java:88)",
        "Caused by refreshToken(TokenProvider.java:88) ~[auth.jar:1.2]",
        "verify_password(src/auth.c:88)",
        "setSecret(lib/secret.dart:12:3)",
        "com.example.Login.checkPassword(Login.scala:55)",
    ],
)
def test_a_place_in_a_source_file_is_no_secret_of_the_call_before_it(frame):
    assert redact.mask(frame) == frame


WORDS = ("your", "my", "example", "the", "self", "config", "state", "redacted", "masked", "hidden", "Content", "Type")
MARKS = ("env:", "arn:aws", "op://", "ENC[", "${", "}", "{{", "}}", *"$%()#!@<>[]-_./~*")
PIECES = (*WORDS, *MARKS, "x", "xx", "X", "b", "0", "7", "abc", "Pass", "key", "etc")


def test_what_is_told_at_sight_is_what_the_expressions_tell():
    chance = random.Random(4)
    seen = set()
    for _ in range(20_000):
        value = "".join(chance.choices(PIECES, k=chance.randint(1, 5))).encode()
        small = value.lower()
        if small in vocabulary().empty or len(set(small)) == 1:
            continue
        told = bool(masks.FOREIGN.fullmatch(small) or values._REFERENCE.fullmatch(value) or masks.MASK.fullmatch(value))
        told = told or examples.is_example(value)
        assert values.placeholder(value) is told, value
        seen.add(told)
    assert seen == {True, False}
