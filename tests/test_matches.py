import pytest

from tests.finding import AWS, GITHUB, SLACK, STRIPE, jwt, pem
from tests.redaction import logs
from triage.redact.lines import any_of
from triage.redact.tokens.matches import by_rules, generic, places, words


def found(text, disabled=()):
    data = text.encode()
    return {(hit.value.decode(), hit.kind) for hit in by_rules(data, frozenset(disabled))}


@pytest.mark.parametrize(
    ("token", "kind"),
    [(GITHUB, "github_token"), (AWS, "aws_key_id"), (SLACK, "slack_bot_token"), (STRIPE, "stripe_key"),
     (jwt(), "jwt_token")],
)  # fmt: skip
@pytest.mark.parametrize("around", ["{}", "x={}&y=1", '{{"t": "{}"}}', "({})", "token {} was used", "a\n{}\nb", "<{}>"])
def test_tokens_are_found_by_their_form(token, kind, around):
    assert (token, kind) in found(around.format(token))


@pytest.mark.parametrize(
    "value",
    [
        "*7C083EE137E392EE10E5DFB54D3CEBF87095A1D3",
        "md5c76609e98364dccc9c662c8efd99c1f8",
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcX=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQx=",
    ],
)
def test_hashes_of_passwords_as_databases_keep_them(value):
    assert value in {found_value for found_value, _ in found(f"rolpassword '{value}'")}
    assert not found("digest md5-c76609e98364dccc9c662c8efd99c1f8 and md5c76609e98364dccc9c662c8efd99c1f8.zip")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\\n"])
def test_a_block_of_a_key_is_found_whole(newline):
    key = pem(newline=newline)
    assert (key, "private_key_block") in found(f"before\n{key}\nafter")


@pytest.mark.parametrize("between", ["\\n", "\\\\n", "\\r\\n", "\\t", "\n", " "])
def test_a_key_behind_its_id_over_an_end_of_line_that_is_written_out(between):
    secret = "kcE1TNy1mPJ+SPrcea6UfX00AQ5mgKcFGIQggP8O"
    assert secret in {value for value, _ in found(f"printf '{AWS}{between}{secret}{between}eu-west-1'")}


def test_a_block_that_was_cut_off_is_found_to_its_end():
    key = pem().rpartition("\n")[0]
    assert (key, "private_key_block") in found(f"before\n{key}\n\nplain words follow")


def test_a_block_ends_with_a_short_line_and_its_mark():
    lines = pem().split("\n")
    key = "\n".join([*lines[:-2], lines[-2][:19] + "=", lines[-1]])
    assert (key, "private_key_block") in found(f"before\n{key}\nafter")


def test_a_wrapped_token_is_found_over_the_end_of_its_line():
    data = f"got {GITHUB[:20]}\n    {GITHUB[20:]} here".encode()
    hit = next(by_rules(data))
    assert hit.value.decode() == GITHUB
    assert data[hit.start : hit.end].decode() == GITHUB[:20] + "\n    " + GITHUB[20:]


def test_what_leads_to_a_form_is_hardly_ever_in_an_ordinary_line():
    # Repeats are taken without their numbers there: a lead that begins with one letter many times is one letter.
    ordinary = logs.log(1.0).encode()
    assert len(places().head.spans(ordinary)) < 100


def test_the_words_that_are_looked_for_are_hardly_ever_in_an_ordinary_line():
    # Of each such line the surroundings are read by everything: `"fields":` alone cost a fifth of the throughput.
    ordinary = logs.log(1.0, something=0.0).encode()
    assert len(any_of([words()]).spans(ordinary)) < 150


def test_a_rule_that_is_off_finds_nothing_by_name_or_kind():
    assert found(GITHUB, ["github-token"]) == {(GITHUB, "github_pat")}
    assert found(GITHUB, ["github-token", "github_pat"]) == set()
    assert found(f"{GITHUB} {AWS}", ["github_token", "github-pat"]) == {(AWS, "aws_key_id")}


@pytest.mark.parametrize(
    "text",
    [
        "ghp_short",
        "eyJ.a.b",
        "xoxb-",
        "-----BEGIN KEY-----",
    ],
)
def test_what_is_too_short_stays(text):
    assert found(text) == set()


def test_the_generic_rule_wants_entropy():
    data = b"api_key = a8Kq2Zx9Lm4Vt7Bn1Rw5"
    assert [hit.value for hit in generic(data, 0, 9)] == [b"a8Kq2Zx9Lm4Vt7Bn1Rw5"]
    assert [*generic(b"api_key = aaaaaaaaaaaaaaaaaaaa", 0, 9)] == []


def test_a_program_is_one_where_a_word_begins():
    assert ("hunter2", "password") in found("$ mysql -phunter2 shop")
    assert found("notmysql -phunter2 shop") == set()


DIGEST = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (f"app:1001:{DIGEST[::-1]}:{DIGEST}:::", f"{DIGEST[::-1]}:{DIGEST}"),
        (f"$krb5tgs$23$*app$X$y*${DIGEST}$ab12", f"$krb5tgs$23$*app$X$y*${DIGEST}$ab12"),
        (f"Private-MAC: {DIGEST}01234567", f"{DIGEST}01234567"),
        (f"pbkdf2:sha256:150000$q1w2e3r4${DIGEST}", f"pbkdf2:sha256:150000$q1w2e3r4${DIGEST}"),
        (f"t=1700000000,v1={DIGEST * 2}", DIGEST * 2),
    ],
)
def test_hashes_of_passwords_and_signatures(text, value):
    assert value in {found for found, _ in found(text)}


def test_what_stands_beside_the_id_of_a_key_of_aws():
    secret = "wJ4lrXUtnFE/K7MDENGbPxRfiCY+aB3dE5fG7hI9"
    for text in (f"Session('{AWS}', '{secret}')", f"{AWS}:{secret}", f"{AWS}\nsecret_access_key = {secret}\n"):
        assert (secret, "aws_secret_key") in found(text)


def test_the_id_of_an_example_is_none():
    assert found("AKIAIOSFODNN7EXAMPLE") == set()


def test_a_uuid_under_a_mere_key_is_no_secret():
    text = b"entity_key=3f2b8c1a-9d4e-4f6a-8b7c-1d2e3f4a5b6c"
    assert [*generic(text, 7, len(text))] == []


def test_what_the_generic_rule_finds_nothing_in_is_asked_once():
    data = b" key=aaaa1111 key=aaaa1111 x\n" + b" " * 200 + b" key=f83kdJ2m9Qx71LpZ4vBn key=f83kdJ2m9Qx71LpZ4vBn "
    places = [(at, at + 4) for at in range(len(data)) if data.startswith(b"key=", at)]
    nothing: set[bytes] = set()
    assert [[*generic(data, *place, nothing)] for place in places] == [[*generic(data, *place)] for place in places]
    assert len(nothing) == 2
    assert sum(len([*generic(data, *place)]) for place in places) == 2
