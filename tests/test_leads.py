import pytest

from tests.finding import told
from triage.redact.phrases.leads import prompted
from triage.redact.phrases.starters import STARTERS
from triage.redact.policy import Policy
from triage.redact.scan import Scanner


def found(text):
    return [(hit.value.decode(), hit.kind) for hit in Scanner(Policy.default()).find(text.encode())]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("CREATE USER app IDENTIFIED BY 'hunter2'", "hunter2", "password"),
        ("IDENTIFIED WITH caching_sha2_password BY 'hunter2'", "hunter2", "password"),
        ("CREATE USER app IDENTFIED BY hunter2;", "hunter2", "password"),
        ("$_SERVER['DB_PASS']\thunter2\n$_SERVER['REQUEST_METHOD']\tPOST", "hunter2", "password"),
        ('_POST["new_password_2"]\thunter&2', "hunter&2", "password"),
        ("CREATE USER 'app'@'%' IDNETIFIED BY 'hunter2'", "hunter2", "password"),
        ("CREATE USER IF NOT EXISTS app IDENTFIED WITH caching_sha2 BY 'hunter2'", "hunter2", "password"),
        ("ALTER ROLE app WITH ENCRYPTED PASSWRD 'hunter2'", "hunter2", "password"),
        ("CREATE LOGIN [app] WITH PASSWOD = N'hunter2'", "hunter2", "password"),
        ("the password for the database is hunter2", "hunter2", "password"),
        ('<input type="password" value="hunter2">', "hunter2", "password"),
        ("EditText{id=password text=hunter2}", "hunter2", "password"),
        ('{"field": "password", "error": "too short", "value": "hunter2"}', "hunter2", "password"),
        ("backup --password-file <(echo hunter2)", "hunter2", "password"),
        ("$ echo $API_TOKEN\na1b2c3d4e5f6", "a1b2c3d4e5f6", "password"),
        ('{"type": "random_password", "attributes": {"result": "hunter2"}}', "hunter2", "password"),
        ('PlainTextAuthProvider("app", "hunter2")', "hunter2", "password"),
        ("A temporary password is generated for root@localhost: hunter2", "hunter2", "password"),
        ("crypto isakmp key hunter2 address 0.0.0.0", "hunter2", "password"),
        ("tacacs-server host 127.0.0.1 key hunter2", "hunter2", "password"),
        (': PSK "hunter2"', "hunter2", "password"),
        ("ACL SETUSER app on >hunter2 +@all", "hunter2", "password"),
        ("*2\r\n$4\r\nAUTH\r\n$7\r\nhunter2\r\n", "hunter2", "password"),
        ('a1 LOGIN "app" "hunter2"', "hunter2", "password"),
        ("AUTH default hunter2", "hunter2", "password"),
        ("login with app / hunter2", "hunter2", "password"),
        ("setx API_TOKEN a1b2c3d4e5f6", "a1b2c3d4e5f6", "token"),
        ("npm config set _authToken a1b2c3d4e5f6", "a1b2c3d4e5f6", "token"),
        ('Set-Item -Path Env:DB_PASSWORD -Value "hunter2"', "hunter2", "password"),
        ("GET /reset-password/a1B2c3D4e5F6g7H8 HTTP/1.1", "a1B2c3D4e5F6g7H8", "token"),
        ("tried 'hunter2' as the password", "hunter2", "password"),
        ("assert 'hunter2' == password", "hunter2", "password"),
        ('(gdb) p password\n$1 = 0x55d0 "hunter2"', "hunter2", "secret"),
        ("Started by mfern", "mfern", "username"),
        ("chown -R mfern:staff a", "mfern", "username"),
        ("usermod -aG docker mfern", "mfern", "username"),
        ("User{name='mfern', id=4}", "mfern", "username"),
        ("[edge-fra-6] starting", "edge-fra-6", "hostname"),
        ("[edge-6] executing task 'deploy'", "edge-6", "hostname"),
        ("bundle config set --global gems.corp.example app:hunter2", "hunter2", "password"),
        ("[edge-6] out: done", "edge-6", "hostname"),
        ("edge-6 | SUCCESS => {", "edge-6", "hostname"),
        ("su: mfern to root on /dev/pts/1", "mfern", "username"),
        ("su[81]: BAD SU mfern to root on /dev/ttys000", "mfern", "username"),
        (
            "<masterKey>\n  <value>q7Jx2Lw9Zt4Vb8Nm3Kc6Hd1Rf5Ys0Pg==</value>",
            "q7Jx2Lw9Zt4Vb8Nm3Kc6Hd1Rf5Ys0Pg==",
            "password",
        ),
        ("mount //print-23/share", "print-23", "hostname"),
        ("Data Source=cache-46,1433;Initial Catalog=Orders", "cache-46", "hostname"),
        ("Network Address=db-07;Database=shop", "db-07", "hostname"),
        ("::add-mask::a1b2c3d4e5f6", "a1b2c3d4e5f6", "password"),
        ("Unseal Key 1: a1b2c3d4e5f6=", "a1b2c3d4e5f6=", "password"),
        ("password successfully reset.\nNew value: hunter2", "hunter2", "password"),
        ("stats auth app:hunter2", "hunter2", "password"),
        ("BUNDLE_GEMS__EXAMPLE__COM: app:hunter2", "app:hunter2", "password"),
        ('secure_link_md5 "$uri hunter2";', "hunter2", "password"),
        ('1700000000.12 [0 lua] "AUTH" "hunter2"', "hunter2", "password"),
        ("PRIVMSG NickServ :IDENTIFY hunter2", "hunter2", "password"),
        ("issued server command: /login hunter2", "hunter2", "password"),
        ("OPER app hunter2", "hunter2", "password"),
        ("RCON auth from console using hunter2", "hunter2", "password"),
        ('ParameterBinding(ConvertTo-SecureString): name="String"; value="hunter2"', "hunter2", "password"),
        ("<auth mechanism='PLAIN'>a1b2c3d4e5f6</auth>", "a1b2c3d4e5f6", "password"),
        ("unlock keychain with -p hunter2 login.keychain", "hunter2", "password"),
        ("user.set_password('app', 'hunter2')", "hunter2", "password"),
        ('keys.load(stream, "hunter2".toCharArray());', "hunter2", "password"),
        ("passphrase for key '/x/id_rsa': hunter2", "hunter2", "password"),
        ("license: A1B2C-D3E4F-G5H6J-K7L8M-N9P0Q", "A1B2C-D3E4F-G5H6J-K7L8M-N9P0Q", "license_key"),
        ("Use 482913 as your login code", "482913", "pin"),
        ("G-482913 is your Google verification code", "482913", "pin"),
        ("reg add HKLM\\x /v DefaultPassword /t REG_SZ /d hunter2", "hunter2", "password"),
        ('authentication plain-text-password-value "hunter2"', "hunter2", "password"),
        ("mfern logged in from 127.0.0.1", "mfern", "username"),
        ("uid=mfern,ou=people,dc=example", "mfern", "username"),
        ("set-output name=token::a1b2c3d4e5f6", "a1b2c3d4e5f6", "token"),
        ("##vso[task.setvariable variable=dbPassword;issecret=true]hunter2", "hunter2", "password"),
        ('authentication failed for user "app" using "hunter2"', "hunter2", "password"),
        (">>> password\n'hunter2'", "hunter2", "secret"),
        ("In [3]: password\nOut[3]: 'hunter2'", "hunter2", "secret"),
        ("Removed slice User Slice of mfern.", "mfern", "username"),
        ("arn:aws:iam::123456789012:user/mfern", "mfern", "username"),
        ("TASK [ping]\nok: [edge-fra-6]", "edge-fra-6", "hostname"),
        ("edge-fra-6 : ok=3 changed=0", "edge-fra-6", "hostname"),
        ("DHCPACK on 127.0.0.1 to x (edge-fra-6) via eth0", "edge-fra-6", "hostname"),
        ("node/web-13 cordoned", "web-13", "hostname"),
        ("raft: edge-6 became leader", "edge-6", "hostname"),
        ("gke-prod-pool-1-0ac4d612-zb0i is NotReady", "gke-prod-pool-1-0ac4d612-zb0i", "hostname"),
        ("amqp://mq.ams.northwind.cloud:5672/", "mq.ams.northwind.cloud", "hostname"),
        ("redis://app@cache-02:6379", "cache-02", "hostname"),
        ("   Host Name . . . . . . . . . . . . : SQL08", "SQL08", "hostname"),
    ],
)
def test_what_stands_behind_fixed_words_is_found(text, value, kind):
    assert (value, kind) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "auth failed for all",
        "$_SERVER['REQUEST_METHOD']\tPOST2xyz",
        "$_POST['password']\t<i>no value</i>",
        "$_SESSION['token_count'] 1234567",
        "if ($_POST['password'] == $x) {",
        "ALTER ROLE app RENAME TO 'app2x'",
        "ALTER ROLE app SET search_path TO 'app_v2'",
        "CREATE USER app DEFAULT TABLESPACE 'users01'",
        "ALTER ROLE app VALID UNTIL '2031-01-01'",
        "PASS test_password_reset (202 ms)",
        "PASS TestLogin_2fa (0.02s)",
        "PASS: reset_key_2 in 3ms",
        "the password for the database is wrong",
        "login with app / none",
        "set password policy strict",
        "config set log_level debug",
        "npm config set registry https://registry.localhost/",
        "/verify/email HTTP/1.1",
        "entered the wrong thing as the password",
        "created by cmake",
        "started by systemd",
        "[pool-1-thread-3] starting",
        "// a comment/with a slash",
        "::add-mask::***",
        "New value: a1b2c3",
        "stats auth app:***",
        "POST /login HTTP/1.1",
        "AUTH LOGIN PLAIN CRAM-MD5",
        'opened "a.txt" using "utf-8-sig"',
        "set-output name=mode::a1b2c3",
        "Removed slice User Slice of root.",
        "TASK [ping]\nok: [localhost]",
        "step-3 : ok=1",
        "failed: [test-3]",
        "ok: [200]",
        "worker-3 joined the cluster",
        "[World] [Login] depot logged in from there",
        "root logged in from 127.0.0.1",
        "cn=admin,ou=users,dc=example",
        "2026 is your year",
        '"a b".toCharArray()',
        "amqp://rabbit:5672/",
        "redis://localhost:6379",
        "retry (attempt-2) via proxy",
        "<34>1 2026-10-11T22:14:15Z localhost su - ID47 - x",
        "chown root:root a",
    ],
)
def test_fixed_words_without_a_value_stay(text):
    assert found(text) == []


def test_the_word_for_a_password_is_read_to_both_sides():
    data = b'"hunter2".equals(password)'
    assert told(prompted(data, data.index(b"assword")), data) == [("hunter2", "password")]


def test_leads_are_in_small_letters():
    assert all(start == start.lower() for start in STARTERS)


@pytest.mark.parametrize(
    "text",
    [
        'curl_setopt($ch, CURLOPT_USERPWD, "app:hunter2-quartz");',
        '.header("Authorization", format!("Bearer {}", "hunter2-quartz"))',
        'buildConfigField("String", "API_KEY", "\\"hunter2-quartz\\"")',
        "new PDO->__construct('mysql:host=h', 'app', 'hunter2-quartz')",
        'createUser app SHA "hunter2-quartz"',
        "WIFI:T:WPA;S:home;P:hunter2-quartz;;",
        "mc alias set m https://minio.example.com app-access hunter2-quartz",
        "composer config http-basic.repo.example.com app hunter2-quartz",
        "hmac.New(sha256.New, []byte('hunter2-quartz'))",
        "JWT::encode($payload, 'hunter2-quartz', 'HS256')",
        'smtp.PlainAuth("", "app", "hunter2-quartz", "h")',
        'ssh-keygen -t ed25519 -N "hunter2-quartz" -f k',
    ],
)
def test_arguments_of_calls_and_tools(text):
    assert [value.removeprefix("app:") for value, kind in found(text) if kind != "ssid"] == ["hunter2-quartz"]


def test_the_private_numbers_of_a_web_key():
    number = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1v"
    assert found(f'{{"kty": "EC", "x": "{number[::-1]}", "d": "{number}"}}') == [(number, "private_key")]
    assert found(f'{{"kty":"oct","kid":"1","k":"{number}"}}') == [(number, "private_key")]
    assert found(f'{{"kty":"RSA","e":"AQAB","n":"{number}"}}') == []


@pytest.mark.parametrize(
    "text",
    ['"CONFIG" "SET" "masterauth" "hunter2"', "C:\\x.exe /password hunter2", "addauth digest app:hunter2"],
)
def test_consoles_and_switches(text):
    assert [value for value, _ in found(text)] == ["hunter2"]


@pytest.mark.parametrize("text", ['{"result": "abc12345"}', '<input type="password" value="">', "diff <(echo a1b2c3)"])
def test_a_lead_without_what_has_to_stand_near_says_nothing(text):
    assert found(text) == []


@pytest.mark.parametrize("lead", ["tacacs-server key ", "radius-server key 7 ", "tacacs-server host 192.0.2.1 key "])
def test_letters_alone_are_a_value_where_they_make_no_words(lead):
    assert ("NbRzvTTKWQoma", "password") in found(lead + "NbRzvTTKWQoma")
    assert not [one for one in found(lead + "setMaxRowNum") if one[1] == "password"]
