"""What stands under the keys of a policy, in whatever names it: in each text «...» is masked, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import mask, spans
from triage.redact.policy import Policy

OWN = Policy(keys=("tenant",))
FOUND = (
    "tenant:\n  - «Acme North»\n  - «acme»\nnext: 1\n",
    "tenant:\n- «a1»\n- «b2»\nnext: 3\n",
    "tenant:\n  name: «Acme South» # who\n  id: «acme9»\nother: x\n",
    "tenant: |\n  «line one»\n  «line two»\nother: 1\n",
    'tenant: "«Acme \\" East»"  # c\n',
    "{tenant: [«Acme East», «x»], other: b}\n",
    "name,tenant,count\nbob,«acme7»,1\nal,«Acme West»,2\n",
    '"a";"tenant"\n"1";"«x;y»"\n\n"2";"z"\n',
    "| id | tenant |\n|----|--------|\n| 1 | «Acme Q» |\n",
    '[tenant]\nname = "«Acme B»"\nid = «7» # no\n[other]\nx = "y"\n',
    '[[tenant]]\nname = "«q1»"\n',
    'tenant = { name = "«Acme E»", id = «9» }\n',
    '<a><tenant kind="«q»"><name>«Acme C»</name></tenant><b>z</b></a>\n',
    '<row tenant="«Acme C»" id="7"/>\n',
    "run --tenant «acme8» --x y\n",
    "run --tenant=«acme8» --x y\n",
    "ERROR tenant: «acme-corp-7» badge x\n",
    "tenant=«Acme West done»\n",
    'tenant=«acme» level=info msg="x y"\n',
    "export TENANT='«Acme F»'\n",
    'at=x tenant="«Acme F»" code=H12\n',
    '{"tenant": {"name": "«Acme»", "n": «5», "l": ["«a»","«b»"]}, "z": 1}\n',
    "{'tenant': '«Acme D»'}\n",
    "GET /x?tenant=«acme9»&b=2\n",
    "X-Tenant: «Acme North»\n",
    "default_tenant_id=«77»\n",
    '"{\\"tenant\\": \\"«Acme G»\\"}"\n',
)
LEFT = (
    "the tenant was gone\n",
    "tenants: [a]\n",
    'tenant: null\n{"tenant": true}\n',
    "no tenant\nbob\n",
    "if tenant == other:\n",
    '["id", "tenant", "count"]\n',
)


@pytest.mark.parametrize("marked", FOUND)
def test_all_that_stands_under_an_own_key_is_masked(marked):
    text = re.sub("[«»]", "", marked)
    assert [text[start:end] for start, end, _ in spans(text, policy=OWN)] == re.findall("«([^»]*)»", marked)
    assert mask(mask(text, policy=OWN), policy=OWN) == mask(text, policy=OWN)


@pytest.mark.parametrize("text", LEFT)
def test_a_word_is_no_key_and_what_is_empty_no_value(text):
    assert spans(text, policy=OWN) == []


@pytest.mark.parametrize(
    "unit",
    ["tenant: |\n  x\n", "[tenant]\na = b\n", "<tenant>", "tenant,a\n1,2\n", "{tenant: [", "tenant:\n", "tenant "],
)
def test_work_grows_as_the_text(unit):
    grows_evenly(lambda text: spans(text, policy=OWN), lambda size: unit * (size // len(unit)), 8_000)


@pytest.mark.parametrize("unit", [" ", ", ", "a ", " #", "> "])
def test_work_grows_as_the_line_of_a_value(unit):
    grows_evenly(lambda text: spans(text, policy=OWN), lambda size: f"tenant: x{unit * (size // len(unit))}y\n", 8_000)
