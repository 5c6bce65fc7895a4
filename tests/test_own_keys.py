import json

import pytest

from triage import redact
from triage.redact.named.own_keys import OwnKeys
from triage.redact.policy import Policy

POLICY = Policy(keys=("tenant", "ship to"))


def found(text):
    data = text.encode()
    return [data[start:end].decode() for start, end, _, _ in OwnKeys(POLICY.keys).found(data)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"tenant": {"x": "river-x", "n": 5}}', ["river-x", "5"]),
        ('{"tenant": ["abc", "d", {"id": 7, "deep": [["q"]]}], "other": "e"}', ["abc", "d", "7", "q"]),
        ('{"tenant": "d", "defaultTenantId": "f", "ship_to": {"a": "b \\" c"}}', ["d", "f", 'b \\" c']),
        ('{"tenant": {"tenant": {"tenant": "a"}}, "tenant": 12}', ["a", "12"]),
        ('{\n  "tenant": {\n    "x": "river-x"\n  },\n  "y": "z"\n}', ["river-x"]),
        ('{"tenant": null, "tenant": [true, ""], "tenant": "[redacted]", "tenants": "a", "x": "tenant"}', []),
        ('{"tenant": {"x": "cut o', ["cut o"]),
        ("the tenant: d of the tenant", ["d"]),
    ],
)
def test_all_that_stands_under_a_key_of_a_policy_is_found(text, values):
    assert found(text) == values


def test_it_is_masked_and_the_document_stays_one():
    text = json.dumps({"a": {"tenant": {"x": "river-x", "n": [5, "d"]}}, "b": "kept"})
    masked = redact.mask(text, policy=POLICY)
    assert json.loads(masked) == {
        "a": {"tenant": {"x": "[secret:1:4-7]", "n": ["[secret:2:1]", "[secret:3:1]"]}},
        "b": "kept",
    }
    assert redact.mask(masked, policy=POLICY) == masked
    assert redact.mask(text) == text


def test_keys_in_one_another_are_read_once():
    text = '{"tenant":' * 4_000 + '"a"' + "}" * 4_000
    assert found(text) == ["a"]
    assert found('{"tenant":' * 40_000) == []
