"""What columns, fields, sentences and loggers tell of a value. In each text «...» must be masked, and nothing else."""

from __future__ import annotations

import re

import pytest

from triage.redact import spans

PAIR = "33.561656,-74.112722"
DEVICE = "368df76d-184c-4ff6-8b56-548eff925543"
KEY = "wUqred7qG3icazJUpT8wz6C5IkBYJL8NW4cj"
DIGEST = "b618e316d4a0d9e68dbe7f3761d63b58528776573aad03dbc"
CARD = "4539+5787+6362+1486"

FOUND = (
    f"INSERT INTO config (id, location, enabled) VALUES (628, '«{PAIR}»', true);",
    f"INSERT INTO ads (id, gaid) VALUES (628, '«{DEVICE}»');",
    f'id,created,location,status\n24,2025-03-27,"",ok\n980,2025-04-27,"«{PAIR}»",failed\n',
    f'id,created,advertising_id,status\n81,2025-03-23,"",ok\n857,2025-04-25,"«{DEVICE}»",failed\n',
    f'<input type="hidden" name="location" value="«{PAIR}»">',
    f'- name: LOCATION\n  value: "«{PAIR}»"\n',
    f"bad config {{'retries': 3, 'location': '«{PAIR}»'}}",
    f'        location = 0x55c30322571a "«{PAIR}»"',
    f"  <location>«{PAIR}»</location>",
    "id,key_passphrase,status\n1,,ok\n2,«Kestrel^4465EXW3hE»,failed\n",
    "id,created,national_insurance_number\n1,2025-03-21,\n376,2025-04-26,«AB872544B»\n",
    "It happens with user name «lukas35» on my box",
    "caller gave user name «kwame.kapoor», app froze",
    "id;plan;nhs_number\n671;gold;«7244752431»\n",
    "id;plan;driver_license\n456;gold;«M9404358»\n",
    "upload uses «dnkey" + "-NRS9IWP9ESXA2I54K1A8QU4YMO-Z78JLYLCTLU68JVGKBZ6NGAYKWN9UGUNDUH42HBNUT6M7PXFA3QS» now",
    'config: {:bundle_enterprise_contribsys_com=>"«754b5e64:cf8ed4ee»", :pool=>5}',
    '<add key="BundleGemsContribsysCom" value="«4f670ea6:cb5c7871»" />',
    "$env:BUNDLE_ENTERPRISE_CONTRIBSYS_COM = '«35daa726:07b3db9a»'",
    "In my setup the user name is «okonkwofa»",
    "It happens with full name «Dagmar Moreau»",
    f"In my setup the account key is «{KEY}»",
    "with secret key base «ee77ce1923f1f81b2cce37a18fd8210a8d7c946fea576c50a0157bcd4c95f19bedb0f69f84abaafe»",
    '{"identity":"EMEA\\\\«horvathma»","elevated":false}',
    "auth: login ok for CONTOSO\\«fatima51»",
    "auth: sign-in failed for AD\\«ldemir»",
    f"GET /validate?cc=«{CARD}» HTTP/1.1",
    "Cookie: theme=dark; sid=«8b0506c84afc42e5a29ea1c46f1a4452»",
    "Cookie: theme=dark; visit=«8b0506c84afc42e5a29ea1c46f1a4452»",
    "connected to «86.1.211.190» on Windows 10",
    "ssh root@«4.17.15.2»",
    "Host|«db-17.corp.acme.net»\nPort|22\n",
)
LEFT = (
    "location = src/main.c:12",
    "<location>src/main.c:12</location>",
    "position = 12.345678, 3.1234567, 8.123456",
    "INSERT INTO t (id, android_id, location) VALUES (628, 'none', 'Berlin');",
    "It happens with user name field empty",
    "In my setup the user name is empty",
    "the user name config.json is none, nor is user name field.name",
    "https://gems.contribsys.com/ 05e32e9c",
    "dnkey-short",
    "the account key is rejected",
    'path "SRC\\\\main" here',
    "msedge 117.1.174.61 on Windows 10 build 20462",
    "upgraded package to 86.1.211.190 on Windows 10 build 24152",
    "peer dependency lodash@4.17.4.0 not met",
    "npm warn deprecated lodash@4.17.15.0",
    f"2026-06-18 00:42:29.9940|INFO|Acme.Payments.Host|sha256:{DIGEST}",
    "2026-06-18 00:42:29.9940|INFO|Acme.Payments.Host|started",
    *(
        f"Cookie: theme=dark; {name}; lang=en"
        for name in (
            "commit=2b7f3425627bd16f58cac6933366889178643562",
            "request_id=8b0506c8-4afc-42e5-a29e-a1c46f1a4452",
            "debug_id=CCF201D85DD5A3DF1100A8F45B2182EF1",
            "integrity=sha384-9bNQyR/hnjSTvDXOeMAvdgHGhPu1k67Bmahg+2wd0YRQNr544SB4sia5tHt04zZI",
            "symbol=_ZNSt6vectorIdcf9e1a4782ca1d9SaIS_EE9push_backERKS_",
        )
    ),
)


@pytest.mark.parametrize("text", FOUND)
def test_what_is_told_is_found_and_nothing_else(text):
    bare = re.sub("[«»]", "", text)
    assert [bare[start:end] for start, end, _ in spans(bare)] == re.findall("«(.*?)»", text)


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_so_is_left(text):
    assert spans(text) == []
