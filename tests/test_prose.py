import pytest

from tests.finding import told
from triage.redact.phrases.prose import said


def found(text):
    data = text.encode()
    return told(said(data), data)


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("tool --password hunter2 --verbose", "hunter2", "password"),
        ("exec ['tool', '--token', 'a1b2c3d4e5']", "a1b2c3d4e5", "token"),
        ("the password is hunter2", "hunter2", "password"),
        ("the password I typed was hunter2 and", "hunter2", "password"),
        ("the password we use on staging is hunter2", "hunter2", "password"),
        ("the password that worked: hunter2", "hunter2", "password"),
        ("our API key for the sandbox is a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8", "secret"),
        ("access token not found: a1b2c3d4e5f6", "a1b2c3d4e5f6", "secret"),
        ("fernet key a1b2c3d4e5f6g7h8= cannot decrypt", "a1b2c3d4e5f6g7h8=", "secret"),
        ("the key is a1b2c3d4e5f6g7h8", "a1b2c3d4e5f6g7h8", "secret"),
        ("map key a1b2c3d4e5f6g7h8i9j0 was rejected", "a1b2c3d4e5f6g7h8i9j0", "api_key"),
        ("pairing code 482913 accepted", "482913", "pin"),
        ("date of birth 1971-02-03", "1971-02-03", "birth_date"),
        ("account no. 1234509876", "1234509876", "bank_account"),
        ("login mfern rejected: locked", "mfern", "username"),
        ("account mfern is disabled", "mfern", "username"),
        ("user mfern: permission denied", "mfern", "username"),
        ("changed password from hunter2 at 09:00", "hunter2", "password"),
        ("Passwort: hunter2", "hunter2", "password"),
        ("tool -importkeystore -storepass hunter2", "hunter2", "password"),
        ("Kennwort hunter2", "hunter2", "password"),
        ("pw hunter2", "hunter2", "password"),
        ("license key a1b2c3d4e5f6", "a1b2c3d4e5f6", "secret"),
        ("OTP is 482913", "482913", "pin"),
        ("card refused, cvv 465", "465", "pin"),
        ("(cvc2 4651)", "4651", "pin"),
        ("la clave es hunter2", "hunter2", "password"),
        ("has\u0142o to hunter2", "hunter2", "password"),
        ("\u5bc6\u7801\u662fhunter2", "hunter2", "password"),
        ("el token es a1b2c3d4e5f6g7h8i9j0", "a1b2c3d4e5f6g7h8i9j0", "secret"),
        ("card code: 465", "465", "pin"),
        ("  User mfern\n", "mfern", "username"),
        ("runs-on: [self-hosted, db-07]", "db-07", "hostname"),
        ("with bearer a1b2c3d4e5f6g7", "a1b2c3d4e5f6g7", "authorization"),
        ("called phone +49 170 1234567 twice", "+49 170 1234567", "phone"),
        ("login failed for user mfern from x", "mfern", "username"),
        ("sudo[2562]:    mfern : TTY=pts/0 ; PWD=/ ; USER=root", "mfern", "username"),
        ("Accepted publickey for mfern from x", "mfern", "username"),
        ("user mfern logged in", "mfern", "username"),
        ("connecting to db-07 failed", "db-07", "hostname"),
        ("verification code is 482913", "482913", "pin"),
        ("AccessToken(value='a1b2c3d4e5f6g7h8i9')", "a1b2c3d4e5f6g7h8i9", "token"),
        ('AuthLDAPBindPassword "hunter2"', "hunter2", "password"),
        ("SSLProxyPassphrase hunter2", "hunter2", "password"),
        ("DefaultPassword    REG_SZ    hunter2", "hunter2", "password"),
        ("storePassword 'hunter2'", "hunter2", "password"),
        ("client_secret mismatch: a1b2c3d4e5f6", "a1b2c3d4e5f6", "secret"),
        ("wireless key: hunter2-plum", "hunter2-plum", "secret"),
        (r'{"m":"user \"mfern\" not found"}', "mfern", "username"),
        (r'{"m":"drained node \"edge-07\""}', "edge-07", "hostname"),
        ("RTMP stream key a1b2c3d4e5f6", "a1b2c3d4e5f6", "secret"),
        ("kubelet, edge-07  Started container", "edge-07", "hostname"),
        ("plum:1001:*:plum:hunter2", "hunter2", "password"),
    ],
)
def test_what_sentences_and_flags_name_is_found(text, value, kind):
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "the password is required",
        "enter the password for the account",
        "tool --password --verbose",
        "tool --password=",
        "token expired at noon",
        "session started",
        "user was not found",
        "invalid user name",
        "connecting to server failed",
        "running as root",
        "secret value changed",
        "fingerprint 5a:2b:9c:4d:77:10",
        "token = parse(stream)",
        "call 5 of 12",
        "/etc/passwd: plum:x:0:0:plum:/srv/plum:/bin/bash",
        "could not read Password for 'https://example.org': no terminal",
        "InvalidPassword thrown",
        "password: !!str plum",
        "su - ID47 - x",
    ],
)
def test_sentences_without_a_value_stay(text):
    assert found(text) == []


def test_a_change_tells_both():
    assert [value for value, _ in found("password from hunter2 to hunter33")] == ["hunter2", "hunter33"]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("app\0--password\0hunter2\0--port\x001", "hunter2", "password"),
        ('a0="app" a1="--password" a2="hunter2"', "hunter2", "password"),
        ("args:\n  - --password\n  - hunter2\n", "hunter2", "password"),
        ('{:db-password "hunter2x"}', "hunter2x", "password"),
        ('#define DB_PASSWORD "hunter2x"', "hunter2x", "password"),
        ('(define db-password "hunter2x")', "hunter2x", "password"),
        ("ENV SIGNING_KEY hunter2x", "hunter2x", "secret"),
        ('ENV DEVICE_IMEI "861099001794429"', "861099001794429", "imei"),
        ("setx OTP 360475 /M", "360475", "token"),
        ("setenv SURNAME Kowalska", "Kowalska", "person"),
        (
            "serve --machine-id 3f2b8c1e-9a74-4d05-b6e8-1c2d3e4f5a6b --port 80",
            "3f2b8c1e-9a74-4d05-b6e8-1c2d3e4f5a6b",
            "device_id",
        ),
        ("serve --pin-code 2832 --port 80", "2832", "pin"),
        ("serve --surname Kowalska --port 80", "Kowalska", "person"),
        ("DB_PASSWORD       hunter2x", "hunter2x", "password"),
        ("your password has been reset to hunter2", "hunter2", "password"),
        ("backup code: 9oa35-b4ypt", "9oa35-b4ypt", "secret"),
        ("login successful for mfern", "mfern", "username"),
    ],
)
def test_more_words_before_a_value(text, value, kind):
    assert found(text) == [(value, kind)]


@pytest.mark.parametrize(
    "text",
    [
        "MD5:72:f0:c3:01:6f:2f:0e:36",
        "#define TOKEN_COUNT 12",
        "SECRET_KEY    required",
        ':key "name"',
        "serve --container-id 3f2b8c1e9a74 --port 80",
        "ENV NODE_NUMBER 17",
        "setx TOKEN_COUNT 12",
        "the ENV PASSWORD is set",
    ],
)
def test_more_words_before_none(text):
    assert found(text) == []


def test_more_codes_and_quoted_values():
    assert found("Use this code to sign in: 293644") == [("293644", "pin")]
    assert found("Notice: /x/password: changed to 'hunter2'") == [("hunter2", "password")]
    assert found("/x/password changed") == []


@pytest.mark.parametrize(
    "text",
    [
        "the password I typed was wrong",
        "the token that failed was identifier2",
        "the secret of success is work2learn",
        "token expired: 2026-01-02T03:04:05Z",
        "the password is base64 encoded",
        "our key metric is p95latency",
        "signed with key 4F25CE753ADD551C",
        "the key is F12",
        "User feedback: works",
        "login page rejected the request",
        "account creation failed",
        "account balance exceeded",
        "received code 1006 from server",
        'PASSWORD = "password";',
    ],
)
def test_sentences_about_secrets_and_people_hold_none(text):
    assert found(text) == []


def test_what_was_got_instead_is_one_too():
    assert found("expected secret a1b2c3d4e5, got f6g7h8i9j0") == [("a1b2c3d4e5", "secret"), ("f6g7h8i9j0", "secret")]


@pytest.mark.parametrize("value", ["NbRzvTTKWQoma", "pgrrXFKNPSdcXht", "TWvNJXshElejgoPdTkp", "dVgxmVxTvGBoMcpe"])
@pytest.mark.parametrize(
    "text",
    ["my pw is {}", "Mijn wachtwoord is {}", "Minha senha é {} e o", " secret = {} }}", "x privilege 15 secret {}"],
)
def test_letters_that_make_no_words_are_told(text, value):
    assert [one for one, _ in found(text.format(value))] == [value]


@pytest.mark.parametrize(
    "value", ["setMaxRowNum", "XMLHttpRequest", "HTTPSProxy", "LightSteelBlue", "sslHTTPProxyConf"]
)
@pytest.mark.parametrize("text", ["Mijn wachtwoord is {}", " secret = {} }}", "the secret {} is"])
def test_names_of_code_are_none(text, value):
    assert found(text.format(value)) == []


@pytest.mark.parametrize(
    "text",
    [
        "voilà, le mdp c'est {}, et mon portable",
        "mon mot de passe c\u2019est {}",
        "mein Passwort heißt {}",
        "mitt lösenord är {}",
        "lösenordet: {}",
        "salasanani on {}",
        "a jelszavam {}",
        "parola este {}",
        "пароль это {}",
        "пароль — {}",
        "κωδικός είναι {}",
        "كلمة السر: {}",
        "كلمة المرور هي {}",
        "رمز المرور: {}",
        "הסיסמה היא {}",
        "पासवर्ड है {}",
        "รหัสผ่านคือ {}",
        "kata sandi adalah {}",
        "პაროლი: {}",
    ],
)
def test_words_for_a_password_behind_the_copulas_of_their_languages(text):
    assert found(text.format("plum-Hunter27")) == [("plum-Hunter27", "password")]
    assert found(text.format("plum")) == []


@pytest.mark.parametrize(
    "text",
    [
        "le mdp c'est important, et le portable",
        "كلمة السر غير صحيحة",
        "пароль это важно",
        "lösenordet är fel",
        "mein Passwort heißt anders",
        "รหัสผ่านคือ ...",
    ],
)
def test_what_else_is_said_of_passwords_in_other_languages_stays(text):
    assert found(text) == []
