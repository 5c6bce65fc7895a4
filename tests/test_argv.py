import pytest

from triage.redact import spans

VALUE = "Fumble83Sixt"


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "argv[0]=/usr/bin/tool\nargv[1]=--api-key\nargv[2]={}\nargv[3]=--once",
        'argv[9] = 0x7ffd1a10 "--password"\nargv[10] = 0x7ffd1a1f "{}"',
        "arg[1]='--password'\r\narg[2]='{}'\r\n",
        "arg 1: --token\narg 2: {}\n",
        "[1] --client-secret\n[2] {}\n",
        "$1: --token\n$2: {}",
        "    Args:\n      --token\n      {}\n      --port\n      8080\n",
        "/usr/bin/tool\n--password\n{}\n",
    ],
)
@pytest.mark.parametrize("value", [VALUE, "kQzRwTbNxLpVcDyGsMhJfAuE"])
def test_what_a_flag_is_given_stands_on_the_next_line(text, value):
    assert found(text.format(value)) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "[1] --token\n[2] --once1\n",
        "  --token\n      The 8 letters of it\n",
        "  --token\n      v2tokens\n",
        "12:00:01 started with --token\n12:00:01 job8842\n",
        "argv[1]=--token\nargc=12345678\n",
        "argv[1]=--token\nenvp[0]=a1b2c3d4\n",
        "--token\n--retries=3\n",
        "--token\nport=8080\n",
        "1. --auth-token\n2. https://localhost/a1\n",
        "[1] --password\n[2] required\n",
        'argv[1]="--token"\nargv[2]=a1b2c3d4\n',
    ],
)
def test_other_lines_are_left(text):
    assert found(text) == []
