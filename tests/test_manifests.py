import base64
import json

import pytest

from triage.redact import spans

CODED = base64.b64encode(b"plumtree lake").decode()
SECRETS = [
    (
        f"kind: List\nitems:\n- kind: Secret\n  data:\n    foo: {CODED}\n  stringData:\n    conf: plumlake\n"
        "- kind: ConfigMap\n  data:\n    z: hello\n"
    ),
    f"items:\n- kind2: v1\n  data:\n    foo: {CODED}\n  stringData:\n    conf: plumlake\n  kind: Secret\nkind: List\n",
    (
        f"kind: ConfigMap\ndata:\n  a: hello\n---\nkind: Secret\ndata:\n  foo: {CODED}\n"
        "stringData:\n  conf: plumlake\n---\n"
        "kind: ConfigMap\ndata:\n  z: hello\n"
    ),
    f"extra:\n  - kind: Secret\n    stringData:\n      conf: |\n        plumlake\n      foo: {CODED}\n",
    f"secret:\n  kind: Secret\n  data: {{foo: {CODED}}}\n  stringData:\n    conf: plumlake # a note\n",
    f"kind: SecretList\nitems:\n- data:\n    foo: {CODED}\n  stringData:\n    conf: plumlake\n",
    (
        f'- k8s:\n    definition:\n      kind: Secret\n      stringData:\n        empty: ""\n        conf: plumlake\n'
        f"        foo: {CODED}\n"
    ),
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_read_wherever_they_are_nested(text):
    for written in (text, json.dumps({"manifest": text})):
        assert sorted({written[start:end] for start, end, _ in spans(written)}) == sorted({CODED, "plumlake"})


@pytest.mark.parametrize(
    "text",
    [
        f"items:\n- kind: ConfigMap\n  data:\n    foo: plumlake\n- kind: Node\n  data:\n    z: {CODED[:6]}\n",
        "items:\n- kind: Secret\n  metadata:\n    data:\n      conf: plumlake\n",
        "kind: Secret\nstringData:\n  conf: {{ .Values.conf }}\n",
    ],
)
def test_other_objects_stay(text):
    assert spans(text) == []
