import pytest

from triage.redact import mask
from triage.redact.named.keys import Sense, parts, sense, vocabulary


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("password", "password"),
        ("DB_PASSWORD", "password"),
        ("dbPassword", "password"),
        ("spring.datasource.password", "password"),
        ("X-Api-Key", "api_key"),
        ("client_secret", "secret"),
        ("Authorization", "authorization"),
        ("hostname", "hostname"),
        ("phone_number", "phone"),
        ("password2", "password"),
        ("dbpassword", "password"),
        ("ACCESSTOKEN", "token"),
        ("PGHOST", "hostname"),
        ("requirepass", "password"),
        ("ENC_KEY_B64", "secret"),
        ("KEY_BASE64", "api_key"),
        ("pairingCode", "token"),
        ("securityAnswer", "secret"),
        ("appid", "secret"),
    ],
)
def test_names_say_what_stands_under_them(name, kind):
    assert sense(name).kind == kind


@pytest.mark.parametrize(
    "name",
    [
        "token_count",
        "tokens_per_second",
        "token_age_days",
        "TokenRefreshInterceptor",
        "secretKeyRef",
        "has_password",
        "password_length",
        "public_key",
        "passwordPolicy",
        "requestId",
        "monkey",
        "compass",
        "message",
        "x" * 121,
    ],
)
def test_names_about_a_value_hold_none(name):
    assert sense(name) is None


def test_a_name_that_decides_alone_goes_before_a_hint():
    assert sense("key").weak == "entropy"
    assert sense("key_password") == Sense("password")


def test_a_policy_adds_names_word_by_word():
    assert sense("orchardTenant") is None
    assert sense("orchardTenant", ("tenant",)) == Sense("secret")
    assert sense("tenants", ("tenant",)) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("APIKey", ["api", "key"]),
        ("AWSSecretKey2", ["aws", "secret", "key", "2"]),
        ("x-api-key", ["x", "api", "key"]),
        ("newpassword", ["new", "password"]),
        ("bypass", ["bypass"]),
        ("", []),
    ],
)
def test_a_name_is_taken_apart(name, words):
    assert parts(name) == words


def test_the_vocabulary_is_read_once_and_reaches_as_far_as_its_longest_name():
    known = vocabulary()
    assert known is vocabulary()
    assert {"mysql", "curl"} <= {name for program in known.programs for name in program.names}


@pytest.mark.parametrize("before", ["secret_key=", "bad secret_key: ", "SECRET_KEY = '", "loaded "])
def test_a_key_of_django_is_read_over_its_brackets(before):
    key = "django-" + "insecure-3)h9lh07048i4=vz0z1q+jn7lo^(ba_-5zay4x^%zw33v^lbtk"
    assert mask(f"{before}{key}' of 3\n") == f"{before}[django_secret_key:1:64-127]' of 3\n"
    assert mask("a key that begins with django-insecure- is for development\n").startswith(
        "a key that begins with django"
    )
