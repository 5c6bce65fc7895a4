import pytest

from tests.finding import told
from triage.redact.named.structure import assignments


def found(text):
    data = text.encode()
    return told((one for one in assignments(data) if one[2]), data)


@pytest.mark.parametrize(
    "text",
    [
        '$ENV{PASSWORD} = "hunter2";',
        'std::string password{"hunter2"};',
        "define('PASSWORD',            'hunter2');",
        'output "password" { value = "hunter2" }',
        'parser.add_argument("--password", type=str, default="hunter2")',
        's:8:"password";s:7:"hunter2";',
        "Password    REG_SZ    hunter2",
        "*password:* hunter2",
        "**password**: hunter2",
        "'password' => string 'hunter2' (length=7)",
        "<member><name>password</name><value><string>hunter2</string></value></member>",
        "password \u2192 hunter2",
        "password \u21d2 'hunter2'",
        "password\uff1ahunter2",
        'ENV["PASSWORD"] # => "hunter2"',
        'put_env(:app, :password, "hunter2")',
    ],
)
def test_what_joins_a_name_to_its_value(text):
    assert found(text) == [("hunter2", "password")]


@pytest.mark.parametrize(
    "text",
    ['{"password{"a": 1}', "password:: ", "**password** must be set", "{{password}}: x", "Password \u2192 Change"],
)
def test_what_joins_nothing(text):
    assert found(text) == []


def test_what_holds_where_a_variable_is_not_set():
    assert found("process.env.DB_PASSWORD || 'hunter2'") == [("hunter2", "password")]
    assert found("if (password || 'name' in x)") == []


@pytest.mark.parametrize(
    "text",
    [
        'irb> ENV["PASSWORD"]\n=> "hunter2"',
        "node> process.env.PASSWORD\n'hunter2'",
        'jshell> password\n$1 ==> "hunter2"',
        'key "password" value "hunter2"',
        "| Login password | `hunter2` |",
        "==> /run/secrets/db_password <==\nhunter2\n\n==> /etc/os-release <==\nID=debian\n",
    ],
)
def test_what_a_console_answers_and_tables_hold(text):
    assert found(text) == [("hunter2", "password")]


def test_strings_on_the_lines_below_are_no_answers():
    assert found("password\n'name'\n\"secret\"\n'other'\n") == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("==> /etc/hostname <==\nbuild-agent-19\n", "build-agent-19"),
        ("USERDOMAIN=WS-FERN-08\n", "WS-FERN-08"),
    ],
)
def test_names_of_machines(text, name):
    assert found(text) == [(name, "hostname")]


def test_a_value_over_the_rows_of_a_table():
    text = "| key | value |\n| password | hunter2abc |\n|          | next-x1 |\n|          | and-y2 |\n"
    assert found(text) == [(value, "password") for value in ("hunter2abc", "next-x1", "and-y2")]
    assert found("| password | hunter2abc |\n|          | of the app |\n") == [("hunter2abc", "password")]


@pytest.mark.parametrize("text", ["auth: rss=7141831982 heap=1", "auth=size=71418319.82MB"])
def test_what_is_counted_behind_a_name_is_no_secret(text):
    assert found(text) == []


@pytest.mark.parametrize("text", ["USERDOMAIN=CORP\n", "==> password.md <==\nHow to\n"])
def test_what_names_no_machine(text):
    assert found(text) == []
