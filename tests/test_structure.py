import pytest

from tests.finding import told
from triage.redact.named.structure import assignments


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
        'value: "hunter2", name: "DB_PASSWORD"',
        '{"value": "hunter2", "name": "DB_PASSWORD"}',
        r'{\"value\":\"hunter2\",\"name\":\"password\"}',
        '<input value="hunter2" type="password" name="pwd">',
        '<input name="pwd" type="text" value="hunter2">',
        '<data android:name="password" android:value="hunter2"/>',
        '<field name="password" type="string">hunter2</field>',
        '{"name":"password","error":"too short","value":"hunter2"}',
        '{"ParameterKey":"DBPassword","ParameterValue":"hunter2"}',
        "UPDATE x SET value='hunter2' WHERE name='smtp_password'",
        '{"password": {"stringValue": "hunter2"}}',
        "<entry><string>password</string><string>hunter2</string></entry>",
        '1) "password"\n2) "hunter2"',
        "password=<str 'hunter2'>",
        '(NSString *) password = 0x600003 @"hunter2"',
        'password = (const char *) 0x7ff0 "hunter2"',
        'let password: String = String("hunter2")',
        'password: Secret::new("hunter2".to_string())',
        '{:password, "hunter2"}',
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
        "<Password>\n  <Value>hunter2</Value>",
        '<saml:Attribute Name="password"><saml:AttributeValue>hunter2</saml:AttributeValue></saml:Attribute>',
        "'password' => env('X', 'hunter2'),",
        'http.Header{"Password":[]string{"hunter2"}}',
        'password <- "hunter2"',
        'HikariConfig - password........................."hunter2"',
        'password => String (7) "hunter2"',
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
        "login_password: VALUE_SPECIFIED_IN_NO_LOG_PARAMETER",
        "mutation Login($email: String!, $password: String!) {",
        '<Data Name="TargetUserName">SYSTEM</Data>',
        "<Password>\n  <Value></Value>",
        "auth: oauth2-proxy-v1",
        "HTTP_AUTH=basic2",
        "encrypt: aes256-gcm",
        '{"cvv":"000"}',
        "instance: m5.large",
        "token <- results",
        "'password' => env('DB_PASSWORD'),",
        "routing_key: tenant-42.events",
        "device_key: /devices/platform/i8042",
        "Tokens: IDX10223: Lifetime validation failed.",
        "password: ORA-28001: the password has expired",
        "signing key: asn1: structure error",
    ],
)
def test_what_only_looks_like_one_stays(text):
    assert found(text) == []


def test_headers_and_cookies_are_taken_apart():
    assert found("Authorization: Bearer abc123def456") == [("abc123def456", "authorization")]
    assert set(found("Cookie: sid=a1b2c3d4e5f6a7; lang=en")) == {("a1b2c3d4e5f6a7", "session_id")}
    assert found('["Authorization", "Bearer abc123def456"]') == [("abc123def456", "authorization")]


@pytest.mark.parametrize(
    ("text", "value", "kind"),
    [
        ("REDISCLI_AUTH=hunter27", "hunter27", "secret"),
        ('redis:\n  auth: "a1b2c3d4e5f6"', "a1b2c3d4e5f6", "secret"),
        ('cred="a1b2c3d4e5f6"', "a1b2c3d4e5f6", "secret"),
        ('encrypt = "' + "a1B2c3D4e5F" * 3 + 'a1B2c3D4e5="', "a1B2c3D4e5F" * 3 + "a1B2c3D4e5=", "api_key"),
        ('"key1": "' + "a1B2c3D4e5F" * 7 + 'a1B2c3D4e=="', "a1B2c3D4e5F" * 7 + "a1B2c3D4e==", "api_key"),
        ("SecretID:       3f2a9c1d-7b60-4e55-8a21-0c9d8e7f6a5b", "3f2a9c1d-7b60-4e55-8a21-0c9d8e7f6a5b", "session_id"),
        ('{"host":"api.ams.northwind.cloud"}', "api.ams.northwind.cloud", "hostname"),
        ('{"host":{"name":"edge-fra-6"}}', "edge-fra-6", "hostname"),
        ("code_verifier=a1b2c3d4e5f6&code=x", "a1b2c3d4e5f6", "token"),
        ('"preferred_username":"mfern"', "mfern", "username"),
        ("db_user=mfern", "mfern", "username"),
        ('{"cvv":"333"}', "333", "pin"),
        (r'{"m":"val apiKey: String = \"a1b2c3d4e5f6\""}', "a1b2c3d4e5f6", "api_key"),
        ('{"principal": "mfern"}', "mfern", "username"),
        ("  - routing_key: 4379f5b6fdb84d691fc5c6469e25beec", "4379f5b6fdb84d691fc5c6469e25beec", "api_key"),
    ],
)
def test_names_that_need_a_value_of_a_form(text, value, kind):
    assert found(text) == [(value, kind)]


def test_a_change_is_two_values():
    assert ("hunter3", "password") in found(r"password = \"hunter2\" -> \"hunter3\"")
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


@pytest.mark.parametrize(
    "text",
    [
        "password: process.env.DB_PASSWORD || 'hunter2',",
        'password = os.environ.get("DB_PASSWORD") or "hunter2"',
        'val password = System.getenv("PW") ?: "hunter2"',
        "PASSWORD=${PASSWORD:-hunter2}",
        'config.setDbPassword("hunter2")',
        "user=Some, password=Optional[hunter2])",
        '{"log": "Password:\\t\\thunter2"}',
        "'password=hunter2'",
    ],
)
def test_a_value_behind_what_is_asked_for_first(text):
    assert set(found(text)) == {("hunter2", "password")}


@pytest.mark.parametrize(
    "text",
    ['password: "${DB_PASSWORD:?missing}"', "OLDPWD=/opt", 'setTokenType("Bearer2")', "password: ${PASSWORD:-$OTHER}"],
)
def test_what_is_asked_for_is_no_value(text):
    assert found(text) == []


def test_a_token_of_each_host():
    assert found('{"github-oauth": {"github.com": "a1b2c3d4e5f6g7h8"}}') == [("a1b2c3d4e5f6g7h8", "token")]


@pytest.mark.parametrize(
    "text",
    [
        "passphrase: Optional[PassphraseCallable],",
        'valid: "id_token" or "id_token token"',
        '"authorization_code" or "client_credentials"',
        "id_token:\n    - http://openid.net/specs/openid-connect-core-1_0.html\n",
        ".. _`draft-oauth-v2-http-mac`: https://tools.ietf.org/html/rfc6749#section-12.2",
        "if token_placement == AUTH_HEADER:",
        "tokens = tokens[:-1]",
        "InputTokensByModality = CachedTokensByModality",
    ],
)
def test_types_and_documentation_hold_no_value(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "token = 0x600003",
        "token: <class 'str'>",
        "token=<optimized out>",
        '"jsonwebtoken": "^9.0.2"',
        '"express-session": "1.17.x", "@nestjs/jwt": ">=10.2.0 <11"',
        "implementation 'io.jsonwebtoken:jjwt-api:0.11.5'",
        "tokens_per_second=474.25 token_latency_ms=12.4",
        "o.s.w.BearerTokenAuthenticationFilter : Authenticated",
        'TOKEN_KEY = "auth_token";',
        'token_expires = "2026-01-02"',
        '{"value": "blue", "name": "color"}',
        "server_hostname=server_hostname,\n    ssl_context=context,\n",
        "field_name = token\n\n# The standard says\n",
        "?ticket=PROJ-123&appid=730",
    ],
)
def test_pointers_versions_measures_and_types_are_no_secrets(text):
    assert found(text) == []


@pytest.mark.parametrize("name", ["key", "appid", "ticket"])
def test_a_key_among_the_parameters_of_a_url(name):
    assert [value for value, _ in found(f"https://a.example/x?q=1&{name}=a1b2c3d4e5f6a7b8c9d0&v=2")] == [
        "a1b2c3d4e5f6a7b8c9d0"
    ]
