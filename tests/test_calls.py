import pytest

from tests.finding import told
from triage.redact.phrases import calls
from triage.redact.policy import Policy
from triage.redact.scan import Scanner

WORDS = "harbor render basket cedar copper meadow granite cedar summit maple window violet"


def found(text):
    return [hit.value.decode() for hit in Scanner(Policy.default()).find(text.encode())]


@pytest.mark.parametrize(
    "text",
    [
        'smtp.login("app", "hunter2")',
        "requests.get(url, auth=HTTPBasicAuth('app', 'hunter2'))",
        'DriverManager.getConnection(url, "app", "hunter2")',
        'new NetworkCredential("app", "hunter2")',
        'password.equals("hunter2")',
        "expect(password).toBe('hunter2')",
        'strcmp(password, "hunter2") == 0',
        '[{user,"app"},{password,<<"hunter2">>}]',
        'config.put("password", "hunter2", 1)',
        "login(app, hunter2) -> denied",
        '{"m":"db.auth(\\"app\\", \\"hunter2\\")"}',
        "new Sequelize('shop', 'app', 'hunter2', {",
    ],
)
def test_arguments_and_comparisons_give_their_secret(text):
    assert "hunter2" in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "jwt.sign(payload, 'a1b2c3d4e5f6', {expiresIn: 60})",
        "jwt.encode({'a': 1}, 'a1b2c3d4e5f6', algorithm='HS256')",
        "createHmac('sha256', 'a1b2c3d4e5f6')",
        'Fernet(b"a1b2c3d4e5f6")',
    ],
)
def test_keys_of_ciphers_are_found(text):
    assert found(text) == ["a1b2c3d4e5f6"]


@pytest.mark.parametrize(
    "text",
    [
        "login(user, password)",
        'login("app")',
        'getConnection("jdbc:x://localhost/db2", "app")',
        "createHmac('sha256', key)",
        'translate("password", "Passwort")',
        'validate(password, "min:8")',
        "expect(token).toBeDefined()",
        'the token, "x1", is new',
        "login(user, password1) -> denied",
        "login(user, attempt_2)",
    ],
)
def test_calls_without_a_secret_stay(text):
    assert found(text) == []


@pytest.mark.parametrize("lead", ["recovery phrase: ", "seed phrase is ", 'mnemonic "', "Wallet seed = ", "BIP39: "])
def test_the_words_of_a_recovery_phrase_are_found(lead):
    assert WORDS in found(lead + WORDS)


@pytest.mark.parametrize("text", ["seed phrase: plum fern willow harbor", 'recovery phrase "plum fern willow harbor"'])
def test_fewer_words_are_one_behind_a_mark(text):
    assert found(text) == ["plum fern willow harbor"]


@pytest.mark.parametrize("text", ["seed phrase: please write this down", "recovery phrase was shown to plum"])
def test_fewer_words_of_a_sentence_are_none(text):
    assert found(text) == []


def test_a_sentence_is_no_recovery_phrase():
    data = b": the words of this phrase must be kept safe and not shown to others ever"
    assert told(calls.words(data, 0), data) == []


def test_a_name_of_a_method_is_no_secret():
    assert found('SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")') == []
    assert found('{password,"xp43rt-quartz"}') == ["xp43rt-quartz"]
