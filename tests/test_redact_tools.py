"""What single tools write: plans of Terraform, nodes in braces, runners, sockets, filters of directories, letters.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

KEY = "Xdt3BCDeoUjXW4NFCndDXu+53qnUcKCNl87WGr0wzUlsZgESTay8lTXKMe4RC5aBMk7BX3UfDlOd0/MmDvPBIw=="
SECRETS = (
    # plans of Terraform
    '~ env {\n    name  = "SHOP_TOKEN"\n  ~ value = "«Qd7vK2mPx9Lw4RtZ8nYc»" -> (known after apply)\n}',
    '- env {\n  - name  = "SHOP_PASSWORD" -> null\n  - value = "«plum-kettle-81»" -> null\n}',
    '~ set_sensitive {\n    name  = "db.password"\n  ~ value = "«plum-kettle-81»" -> "«plum-kettle-82»"\n}',
    '+ env {\n  + name  = "SHOP_PASSWORD"\n  + value = "«plum-kettle-81»"\n}',
    # what a command answers that is asked for a secret
    "$ aws configure get aws_secret_access_key\n«Rd1gCE+FenYgNmin9bDWNxnaCHcL/TDC56JEiNhY»",
    "$ yarn config get npmAuthToken\n«3f9d2b7a-1c4e-4f8a-9b6d-2e5f7a8c9d0e»",
    "$ az ad sp credential reset --id 1 --query password -o tsv\n«Abc8Q~plumKettle81.xyz»",
    # keys of Azure
    f'"keyName": "key1",\n"permissions": "FULL",\n"value": "«{KEY}»"',
    f"key2    Full        «{KEY}»",
    f'"primaryKey": "«{KEY}»"',
    '{"key1": "«0f3b2c1d4e5f60718293a4b5c6d7e8f9»", "key2": "«1f3b2c1d4e5f60718293a4b5c6d7e8fa»"}',
    # the state of a grant beside its code
    "/callback?state=«d1qvMgAGM5WMg105howxPDt3e»&code=«LiIVUI99tIQh5xh0bOlZ0rCK»",
    # codes on lines that say so
    "sms: sent template=otp code=«737811» status=0",
    '{"event":"otp_sent","code":"«482913»"}',
    # settings with a string behind a blank, and directives
    '  storePassword "«jOTUCf-vFmpfXm»"',
    "  keyPassword '«plum-kettle»'",
    "requirepass «GRJpmXliOiCu»",
    "Password for the [elastic] user successfully reset.\nNew value: «KwjxsQ.NAQlnIm»",
)
NO_SECRETS = (
    '~ env {\n    name  = "LOG_LEVEL"\n  ~ value = "info" -> "debug"\n}',
    '~ tags = {\n  ~ "Name" = "token-service" -> "auth-service"\n}',
    "$ aws configure get region\neu-central-1",
    "$ npm config get registry\nhttps://docs.python.org/",
    '"primaryKey": "id", "secondaryKey": "created_at"',
    '{"key1": "value1", "key2": "value2"}',
    "/search?state=california&code=22",
    "/callback?code=abc&state=https%3A%2F%2Fexample.com%2Fa",
    "/callback?code=abc&state=after-login-show-orders",
    "[mfa] error code=500121",
    "otp attempt rejected code=482913",
    "otp sms failed code=30003",
    "pipeline verification exit code=123456",
    "requirepass foobared",
    "requirepass config.password",
    "user successfully reset.\nNew value: none",
    "the requirepass option is set",
    '  resetPassword "works"',
    '  it "resetPassword" do',
    # elements that end before the next line
    '<input name="pw" size="9">\n\nAny idea what is wrong?',
    "<Data Name='TargetUserSid'>-</Data></Event>\n\nAny idea what is wrong?",
    # what stands in place of a value
    "could not parse token: NoneType",
    "header: b'authorization': b'--- Token Redacted ---'",
    "password: *** value removed ***",
)
ACCOUNTS = (
    '{"attr":{"mechanism":"SCRAM-SHA-256","principalName":"«mfern»","db":"admin"}}',
    "P=esmtpsa A=plain_login:«mira.fern» S=99",
    "P=esmtpsa A=cram_md5:«mfern» S=99",
    "11[IKE] EAP method EAP_MSCHAPV2 failed for peer «mfern»",
    "05[IKE] received EAP identity '«mfern»'",
    "12[IKE] XAuth authentication of '«mfern»' successful",
    "«mira.fern»/«84.253.123.59»:26858 MULTI: Learn: «10.9.0.4» -> «mira.fern»/«84.253.123.59»:26858",
    "radiusd: Login OK: [«mfern»/<via Auth-Type = EAP>] (from client ap1 port 0)",
    "radiusd: Login incorrect (mschap: failed): [«mfern»/«Kupfer_97»] (from client ap1 port 0)",
    "ldapsearch -x -b 'dc=plum,dc=net' '(uid=«mfern»)'",
    "filter: (&(objectClass=user)(sAMAccountName=«m.fern»))",
    "filter: (&(objectClass=user)(cn=«Mira Fern»))",
    "<Data Name='TargetUserName'>«mfern»</Data></Event>\n\nAny idea what is wrong?",
    "User: arn:aws:iam::431745389192:user/«mfern» is not authorized",
)
NOBODY = (
    "P=esmtpsa A=plain_login:admin S=99",
    "let mode = A=plain",
    "05[IKE] EAP-Identity request configured, but not supported",
    "EAP packet from peer timed out",
    "GET /files/84.253.123.x:26858 MULTI",
    "nginx/1.25.3:8080 MULTI",
    "Login incorrect: [code 4]",
    "Login OK: [root/<via Auth-Type = PAP>] (from client ap1)",
    "(uid=%s)",
    "(uid={0})",
    "(uid=1000)",
    "(cn=Domain Users)",
    "(cn=admin)",
    'elasticsearch.username: "kibana_system"',
    'username: "logstash_system"',
    "login: PLAIN authentication failed",
    "user: GSSAPI",
    "User: urn:oid:1.2.3",
    "POST /users/log_in",
    "GET /users/find?q=x",
    "POST /users/reset-password",
)
MACHINES = (
    "[2025-08-15T04:16:42,821][WARN ][o.e.c.JoinHelper     ] [«node-36»] failed to join {«data-32»}{«10.9.0.4»:9300}",
    "added {{«data-32»}{Xq2kD9vTQ3eWm1rYpLz8Ag}{aB3dE5gH7jK9mN1pQ3sT5u}{«web-prod-3»}{«10.9.0.4»:9300}}",
    "Running with gitlab-runner 16.8.0 (c72a09b6)\n  on «web-prod-10» xS0Vzpvo, system ID: s_5f7d0a3f2d0d",
    "Running on «build-host-17»...",
    "Running on «build-host-17» via «web-prod-3»...",
    "> EHLO «app-node-43»",
    "< HELO «app-node-43.corp.plum.net»",
    "reject: RCPT from unknown[«10.9.0.4»]: helo=<«build-17»>",
    "LogonUser=LARKFIELD\\«priya» Session=2",
    "otpauth://totp/Shop:«vera_fontaine»?secret=«LY3ZKIUPV4UKEGUZZW5QRGE4H7ZU7WIM»&issuer=Shop",
    "node 35 «mfern» 21u IPv4 56035 0t0 TCP «app-node-06»:25293->«10.9.0.4»:5432 (ESTABLISHED)",
    "node 35 «mfern» 21u IPv4 56035 0t0 TCP «10.9.0.4»:443->«web-prod-3»:5432 (ESTABLISHED)",
    "tcp        0      0 «app-node-06»:ssh         «db-prod-3»:51234         ESTABLISHED",
    "Data Source=«LAPTOP-7B7M1VO»\\SQLEXPRESS;Initial Catalog=crm",
    "Server=«LAPTOP-7B7M1VO»\\REPORTS;Database=crm",
)
NO_MACHINES = (
    "[2025-08-15T04:16:42,821][INFO ][o.e.c.s.MasterService    ] [master] took too long",
    "[12:00][INFO ][app] [worker-3] run",
    "{left}{right}{x}",
    "Running on ubuntu-latest...",
    "EHLO localhost",
    "helo=<localhost>",
    "LogonUser failed: 1326",
    "helo=true",
    "helo command rejected: need fully-qualified hostname",
    "tcp        0      0 localhost:22            localhost:8080          TIME_WAIT",
    "open tcp port:8080->open",
)
DEVICES = (
    "MyApp\tIDFA «070FE8DE-67F0-4DA0-9906-C9D87D67FDFB» att=3",
    "aaid «38412345-8cf0-41bd-b23e-10b96e4ab00d» opted in",
    "serial_number,status,build\n«R58MIWNE1WM»,failed,42199",
)
NO_DEVICES = (
    "IDFA 00000000-0000-0000-0000-000000000000",
    "upload id 38412345-8cf0-41bd-b23e-10b96e4ab00d",
    "serial_number,status,build\nnone,failed,42199",
)
LETTERS = (
    "«37 Exampleweg, 10969 Berlin»",
    "«Musterstrasse 37, 10969 Berlin»",
    "«Plumgracht 12, 1015 AB Amsterdam»",
    "«Plumgatan 12, 113 40 Stockholm»",
    "«12 Plum St, London EX1 2AB»",
    "«12 Plum Street, Dublin 2»",
    "[09:12] «Mira Silva»: the box is up",
    "[09:12] «Maria da Silva»: the box is up",
    "«Mira Silva»  9:12 AM\nthe box is down",
    "12/03/2025, 09:12 - «Maria Silva»: hi",
    "redirect_uri=http%253A%252F%252Flocalhost&login_hint=«mira.fern%2540gmail.com»",
    "redirect_uri=http://localhost:3000&login_hint=«mira.fern@gmail.com»",
    "http://«mfern»:«pa&ss=kettle81»@host.plum.io/x",
)
NO_LETTERS = (
    "see the pathway 12, 10115 lines",
    "12 Items Road, Version 2",
    "Unterweg, 10115 Berlin",
    "Build Agent  9:12 AM\nstarted",
    "Backup Window 9:12 AM\n",
    "[09:13] Merge Request: opened",
    "[10:12:01] Kafka Connect: started",
    "2024-01-01 09:12:33 - Root Logger: msg",
)


@pytest.mark.parametrize("text", [*SECRETS, *ACCOUNTS, *MACHINES, *DEVICES, *LETTERS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_SECRETS, *NOBODY, *NO_MACHINES, *NO_DEVICES, *NO_LETTERS])
def test_what_only_looks_like_one_is_left(text):
    assert [(text[start:end], kind) for start, end, kind in spans(text)] == []


@pytest.mark.parametrize(
    "piece",
    ['~ name = "A_TOKEN" -> null\n ~ value = "', "{a-1}{10.9.0.4", "{a}{b}{c}{10.9.0.4}", "a/10.9.0.4:26858 MULTI ",
     "][info ][a ] [a-1] ", ", system id: ", "running on a-1 via ", " A=plain:a P=es ", "ehlo a-1 ", "EAP for peer a ",
     "eap identity 'a", "(uid=a)", "(cn=Aa Bb)", "0 0t0 TCP a-1:1->", "tcp 0 0 a-1:1 b-1:1 ESTABLISHED ",
     "otp code=482913 ", 'otp "code":"1', "?code=a&state=", f"key1 {KEY} ", '"key1", "value": "', "primarykey: ",
     "login ok: [a/b", "Aa Bb 9:12 am\n", "helo=a-1 ",
     "IDFA a b c d ", "1 Aaweg, 10969 ", "weg weg, ", "Aagracht 1, ", "[09:12] Aa da Bb: ", ", 09:12 - Aa ",
     "http://a&b=c@", "&a=b", 'name="pw" ; \n', "Data Source=LAPTOP-7B7M1VO\\a ", "requirepass a ", "/users/find ",
     '  storePassword "a\n', "$ aws configure get a_token\n", "*** token ", "--- a b c "],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
