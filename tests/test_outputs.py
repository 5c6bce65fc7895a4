import pytest

from triage.redact import spans

HEX = "68756e74657232216e6f74207265616c206b6579"


def found(text):
    return [text[start:end] for start, end, _ in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"mysql> select id, hex(token) from sessions;\n| {HEX} |\n1 row in set (0.01 sec)\n",
        f"mysql> select hex(t.token) from t;\n+---+\n| hex(t.token) |\n+---+\n| {HEX} |\n+---+\n",
        f"select encode(secret, 'hex') from s;\n encode\n--------\n {HEX}\n(1 row)\n",
        f"select RAWTOHEX(api_key_secret) from s;\n\nRAWTOHEX(API_KEY_SECRET)\n-----\n{HEX}\n",
        f"******** 1. row ********\nhex(token): {HEX}\n",
    ],
)
def test_a_secret_that_a_query_prints_in_hexadecimal(text):
    assert found(text) == [HEX]


def test_every_row_counts():
    assert found(f"select hex(token) from t;\n| {HEX} |\n| 1{HEX}2 |\n2 rows in set\n") == [HEX, f"1{HEX}2"]


@pytest.mark.parametrize(
    "text",
    [
        "select hex(id) from t;\n| 8f43f92353439303 |\n1 row in set\n",
        "select hex(token) from t;\nEmpty set (0.00 sec)\n\n| 8f43f92353439303 |\n",
        "select hex(token) from t;\nERROR 1146 (42S02): no such table\n",
        "toHex(token)\n8f43f92353439303\n",
        "select hex(checksum), id from t;\n| 8f43f92353439303 | 7 |\n",
    ],
)
def test_other_columns_stay(text):
    assert found(text) == []
