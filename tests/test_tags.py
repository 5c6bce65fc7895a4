import pytest

from triage.redact import spans


@pytest.mark.parametrize(
    "value",
    [
        "!kv_ref shop/orders/pass1",
        "!ssm /shop/orders/password",
        "!GetAtt Db.Pass1",
        "!ImportValue net-Db1Pass",
        "!env_var DB_PASS1",
        '!Sub "${Db}-x1"',
        "!lookup x/y1/z",
    ],
)
def test_what_is_kept_elsewhere_is_no_secret(value):
    assert spans(f"password: {value}\nport: 5432\n") == []


@pytest.mark.parametrize(
    ("value", "secret"),
    [
        ("!!str hunter2x", "hunter2x"),
        ('!unsafe "hunter2x"', "hunter2x"),
        ("!hunter2x", "!hunter2x"),
        ("!sub99x", "!sub99x"),
        ("!binary aHVudGVyMmh1bnRlcjI=", "aHVudGVyMmh1bnRlcjI="),
    ],
)
def test_the_tag_of_a_type_has_a_value_behind_it(value, secret):
    text = f"password: {value}\n"
    assert [text[start:end] for start, end, _ in spans(text)] == [secret]
