"""What joins a name to its value where tools show one: debuggers, Rust, Erlang, flags, cells; words of wallets.

In each line «...» must be masked, and nothing else may be; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

WORDS = "able acid wrong access " * 2 + "zoo about you year"
# A vendor's prefix stands in pieces: these are no tokens.
MADE = "Ab3" * 19
FOUND = (
    f'ENV SEED_PHRASE "«{WORDS}»"',
    f"$ENV{{RECOVERY_PHRASE}} = '«{WORDS}»';",
    f'"text": ["seed_phrase=«{WORDS}»\\n"]',
    f"| mnemonic | «{WORDS}» |\n| region | eu |",
    f'(gdb) p cfg->mnemonic\n$1 = 0x55c337d96d06 "«{WORDS}»"',
    "| mfa_code | «201964» |\n| region | eu |",
    '(gdb) p cfg->surname\n$1 = 0x551b3c67e556 "«Mensah»"',
    'Config { android_id: Some("«5cb0a9cc09afebe8»"), verbose: true }',
    "  android_id -> «5cb0a9cc09afebe8»\n",
    '{imei,<<"«861099001794429»">>}',
    "serve --driver-license «Z380426813492» --port 9000",
    'execve("/bin/app", ["app", "--vin", "«5YJSA1E26MF168123»"], 0x7f /* 23 vars */) = 0',
    "heartbeat ok\nFN:«Rosa Nowak»\nready",
    '{"pin":\n  «4711»}',
    '{"cvv":\r«123»,\r"a":1}',
    "Calling «(48) 96884-5308 (ext 12)» now",
    "phone: «(48) 96884-5308 (ext. 12)»\n",
    "<Data Name='Iban'>«ES9121000418450200051332»</Data>",
    "got «" + "y0" + f"_AgAAAA{MADE}» here",
    "got «" + "v4" + f".local.{MADE}» here",
    "got «" + MADE + MADE[:19] + "AZ" + "DO12aB» here",
)
LEFT = (
    "retry with able to access the wrong account if you do not see what was about to be",
    'seed_phrase="the words that you were shown when you set up the wallet at first"',
    'ENV SEED_PHRASE "${SEED}"',
    "| token | 17 |\n| region | eu |",
    "| password | required |\n| region | eu |",
    "(gdb) p cfg->surname\n$1 = 0x0",
    'Config { android_id: Some("unknown"), verbose: true }',
    "  android_id -> none\n",
    "serve --machine-id-file /etc/machine-id --port 9000",
    "serve --request-id 5cb0a9cc09afebe8 --number 17",
    "FN:Night Batch\n",
    "FN:main loop\n",
    '["mysql", "--password", "--verbose", "-u"]',
    '{"pin":\n  null,\n  "retries": 3}',
    "calling (48) handlers (ext 12)",
    "PGPASSWORD={scrubbed}\n",
    "token = tokens[index + 1]\n",
    "secret = keys[i]\n",
    "finished status=500\n@pytest.fixture\n",
    "<Data Name='Tel'>none</Data>",
    "y0_axis_label_of_the_chart v4.local.conf v2.public.api azdo",
)


@pytest.mark.parametrize("line", FOUND)
def test_a_value_is_found_whatever_joins_it_to_its_name(line):
    text = line.replace("«", "").replace("»", "")
    values = [text[start:end] for start, end, _ in spans(text)]
    assert values == re.findall("«(.*?)»", line)


@pytest.mark.parametrize("line", LEFT)
def test_what_is_no_value_is_left(line):
    assert spans(line) == []


def test_a_card_in_digits_of_full_width_is_one():
    card = "4" + "1" * 15
    wide = "".join(chr(0xFF10 + int(digit)) for digit in card)
    text = f'card_number = "{wide}"'
    assert [text[start:end] for start, end, _ in spans(text)] == [wide]
    assert spans("".join(chr(0xFF10 + int(digit)) for digit in "20261127")) == []


@pytest.mark.parametrize(
    "form", ["-inn ", "cnic | ", f"seed_phrase: {WORDS} ", 'thai_id: Some("', "\u0664\u0662\u0660 "]
)
def test_the_form_repeated_is_read_in_even_time(form):
    grows_evenly(spans, lambda size: form * size, 200)
