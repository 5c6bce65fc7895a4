import pytest

from tests.finding import told
from triage.redact.named.structure import assignments

ONE, TWO = "a1b2c3d4e5f6g7h8", "z9y8x7w6v5u4t3s2"


def found(text):
    data = text.encode()
    return [value for value, _ in told((one for one in assignments(data) if one[2]), data)]


@pytest.mark.parametrize(
    "text",
    [
        f'{{"tokens": ["{ONE}", "{TWO}"]}}',
        f"api_keys:\n  - {ONE}\n  - {TWO}\nport: 80\n",
        f"passwords:\n- '{ONE}'\n- \"{TWO}\"\n",
        f'"keys_base64":["{ONE}","{TWO}"]',
    ],
)
def test_every_item_is_found(text):
    assert found(text) == [ONE, TWO]


@pytest.mark.parametrize(
    "text",
    ["tokens: 512", "passwords:\n  - minLength\n  - required\n", "tokens:\n  - name: x\n", '"tokens": ["if", "else"]'],
)
def test_words_are_no_items(text):
    assert found(text) == []


def test_every_entry_of_an_object_of_secrets():
    assert found(f'{{"secrets": {{"db": "{ONE}", "mail": "{TWO}"}}}}') == [ONE, TWO]
    assert found('{"secrets": {"enabled": "yes", "n": 12}}') == []


def test_the_id_of_an_object():
    assert found(f'{{"session": {{"started": 1, "id": "{ONE}"}}}}') == [ONE]
