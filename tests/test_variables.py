import base64

import pytest

from triage.redact import spans

VALUE = "Fumble83Sixt"


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "$p='{}'; Connect-Db -Password $p",
        "[string]$w1 = '{}'\nConnect-Db -Password:$w1",
        "$s = '{}'; $x = ConvertTo-SecureString $s -AsPlainText -Force",
        "$env:QQ = '{}'\ntool --token $env:QQ",
        'P={}\nmysql --password="$P" -e "select 1"',
        "export X={}\nPGPASSWORD=${{X}} psql -h db",
        "set q={}\r\ntool --password %q%",
        "$w = '{}'; $c = \"Server=db;User Id=x;Password=$w\"",
    ],
)
def test_a_variable_that_is_handed_over_as_a_secret_holds_one(text):
    assert found(text.format(VALUE)) == [VALUE]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-8"])
@pytest.mark.parametrize(
    "command", ["powershell.exe -NoProfile -enc {}", "ParentCommandLine=pwsh -e {}", "x {} (task)"]
)
def test_a_script_in_base64_is_masked_for_the_variable_in_it(command, encoding):
    run = base64.b64encode(f"$p='{VALUE}'; Connect-Db -Password $p".encode(encoding)).decode()
    assert [text.rstrip("=") for text in found(command.format(run))] == [run.rstrip("=")]
    other = base64.b64encode("$p='server'; Connect-Db -Name $p".encode(encoding)).decode()
    assert found(command.format(other)) == []


@pytest.mark.parametrize(
    "text",
    [
        "$n = 'build-77'; tool --name $n --token-file $n",
        "f=/etc/key7.pem; tool --token $f",
        "p=$q1; q1=$p; tool --password $p",
        "tool --password $p; p=a1b2c3d4",
        "v=1.2.3 tool --token $v",
        "map.p='Fumble83Sixt'; x -Password $p",
        "p=read_secret(1); tool --password $p",
        "url=https://localhost/a1; tool --token $url",
    ],
)
def test_other_variables_are_left(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "my $o = watchman_clock();\n$last_token = $o->{clock};\nsub watchman_clock {",
        "my $o = watchman_clock;\n$last_token = $o;",
        "$o = load_conf($p); $password = $o['pw'];",
        "$o = load_conf($p); $password = $o->pw;",
        "$o = Get_Config; Connect-Db -Password $o.Password",
        "$token = $o->{clock}; $token = $row{token}; $secret = $self->{secret}{old};",
        '$last_update_token = "\\"$last_update_token\\"";',
        "$token = \"\\'$old\\'\"; $token = '\\'$old\\'';",
        '$token = "{$row}"; $token = "{$this->conf[\'api\']}"; $token = "$row->{token}";',
        'TOKEN="\\"$OLD_TOKEN\\""',
        "$password = prompt_user; $api_token = PROMPT_USER; $this->password = prompt_user;",
        '$auth_token = join_parts . "x";',
    ],
)  # fmt: skip
def test_variables_and_words_of_code_are_no_values(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "o={}; mysql --password=$o",
        '$o = "{}"; Connect-Db -Password $o.ToString()',
        '$token = "\\"{}\\"";',
        "$token = '\\'{}\\'';",
        '{{"token": "\\"{}\\""}}',
        "$password = '{}'",
        "$password = {}",
        "$pass{{'db'}} = '{}'; $conf->{{password}} = '{}';",
    ],
)  # fmt: skip
@pytest.mark.parametrize("value", [VALUE, "quartz_otter7"])
def test_what_stands_in_their_place_is_one(text, value):
    assert found(text.format(*[value] * text.count("{}"))) == [value] * text.count("{}")
