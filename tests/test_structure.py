import pytest

from tests.finding import told
from triage.redact.structure import assignments


def found(text, *extra):
    data = text.encode()
    return told((one for one in assignments(data, extra) if one[2]), data)


@pytest.mark.parametrize(
    "text",
    [
        '{"password": "hunter2"}',
        '{"password":"hunter2","n":1}',
        r'{\"password\": \"hunter2\"}',
        "password: hunter2\n",
        "DB_PASSWORD=hunter2",
        "export DB_PASSWORD='hunter2'",
        "password => hunter2",
        "GET /login?user=x&password=hunter2&n=1",
        "Server=db;Password=hunter2;Timeout=5",
        "<password>hunter2</password>",
        "<password><![CDATA[hunter2]]></password>",
        '<param name="password" value="hunter2"/>',
        "<key>password</key>\n  <string>hunter2</string>",
        'login_total{password="hunter2"} 1',
        'let password: &str = "hunter2";',
        'variable "password" { default = "hunter2" }',
        '["--password", "hunter2"]',
        'name: "DB_PASSWORD", value: "hunter2"',
        '--b\r\nContent-Disposition: form-data; name="password"\r\n\r\nhunter2\r\n--b--',
        "| password | hunter2 |",
        "password......: hunter2",
        "password: |\n  hunter2\n",
        "password:\n  hunter2\n",
        "password != 'hunter2'",
        'ENV["PASSWORD"] ||= "hunter2"',
        'char password[] = "hunter2";',
        'var password string = "hunter2"',
        'public string Password { get; set; } = "hunter2";',
        'password = """hunter2"""',
        '["password":protected]=> string(7) "hunter2"',
        '"password": {"value": "hunter2"}',
        '<add name="password"><value>hunter2</value></add>',
        "<name>password</name><value>hunter2</value>",
        "userPassword:: hunter2",
        "password (string): 'hunter2'",
        '["password": Optional(hunter2)]',
        "DECLARE @password varchar(20) = 'hunter2'",
        'password: ["hunter2"]',
    ],
)  # fmt: skip
def test_a_value_is_found_wherever_names_and_values_stand_together(text):
    assert found(text) == [("hunter2", "password")]


@pytest.mark.parametrize(
    "text",
    [
        '{"password": null}',
        "password: ${DB_PASSWORD}",
        "password = getPassword()",
        "if (password == null) {",
        "Password::new()",
        "auth.go:42",
        "/etc/passwd: no such file",
        "PWD=/srv/app",
        "arn:aws:secretsmanager:eu:1:secret:name",
        "token_count: 12",
        "token = tokens[i]",
        "password = random_password.db.result",
        "password: !vault |",
        "password = $password",
        "password=./secret.txt",
        'read -p "Password: " pw',
        "| password | character varying(255) |",
        '{"password": "[Filtered]"}',
        "the password is required",
    ],
)
def test_what_only_looks_like_one_stays(text):
    assert found(text) == []


def test_headers_and_cookies_are_taken_apart():
    assert found("Authorization: Bearer abc123def456") == [("abc123def456", "authorization")]
    assert set(found("Cookie: sid=a1b2c3d4e5f6a7; lang=en")) == {("a1b2c3d4e5f6a7", "session_id")}
    assert found('["Authorization", "Bearer abc123def456"]') == [("abc123def456", "authorization")]


def test_a_change_is_two_values():
    assert found("password: 'hunter2' -> 'hunter3'") == [("hunter2", "password"), ("hunter3", "password")]


def test_the_items_of_a_list_are_each_one():
    assert found('{"password": ["hunter2", "hunter3"]}') == [
        ("hunter2", "password"),
        ("hunter3", "password"),
    ]


def test_a_setting_reaches_over_blanks_and_an_xml_text_to_its_tag():
    assert found("passphrase: correct horse battery staple\n") == [("correct horse battery staple", "password")]
    assert found("<password> two words </password>") == [("two words", "password")]


def test_a_name_of_the_policy_holds_a_secret():
    assert found("tenant=orchard7") == []
    for text in ("tenant=orchard7", '{"orchardTenant": "orchard7"}', "X-Tenant: orchard7\n", "access_tenant=orchard7"):
        assert found(text, "tenant") == [("orchard7", "secret")]
    for text in ("tenant_id=orchard7", "tenantId: orchard7\n", "tenant-id => orchard7"):
        assert found(text, "tenant id", "-") == [("orchard7", "secret")]


def test_a_weak_name_is_left_to_the_generic_rule():
    data = b"key = a1b2c3d4e5f6g7h8i9"
    assert [(data[start:end], kind, rule) for start, end, kind, rule in assignments(data)] == [
        (b"key =", "", "entropy")
    ]
