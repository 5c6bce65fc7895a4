"""What reports of crashes hold: arguments, locals of debuggers, devices of people, pages of PHP, boxes around locals.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

PASSWORD = "Kw72" + "rosaPelz"
GITLAB = "glpat-" + "q7Wd2Zk9Pb4Xn1Rt6Lm3"
SLACK = "xoxp-" + "290417735108-661204481907-8804"
GRAFANA = "glsa_" + "q7Wd2Zk9Pb4Xn1Rt6Lm3Yc8Vf5Hs0JaE_4b"

ARGUMENTS = (
    f'"commandLine": [\n  "mysqldump",\n  "-uroot",\n  "-p«{PASSWORD}»",\n  "shop"\n]',
    f'"argv": [\r\n    "/usr/bin/curl",\r\n    "-u",\r\n    "deploy:«{PASSWORD}»",\r\n    "https://example.com/"\r\n]',
    f"cmd = [\n  'sshpass',\n  '-p',\n  '«{PASSWORD}»',\n  'ssh',\n]",
    f'$1 = {{0x7ffc1 "sshpass", 0x7ffc2 "-p", 0x7ffc3 "«{PASSWORD}»", 0x7ffc4 "ssh"}}',
    f'(char *) [0] = 0x7ffc1 "redis-cli"\n(char *) [1] = 0x7ffc2 "-a"\n(char *) [2] = 0x7ffc3 "«{PASSWORD}»"',
    f'argv[0] = "redis-cli"\nargv[1] = "-a"\nargv[2] = "«{PASSWORD}»"',
    f'{{0x7ffc1 "/usr/sbin/agent", 0x7ffc2 "--db-password", 0x7ffc3 "«{PASSWORD}»", 0x7ffc4 "--daemon"}}',
    f"argv[0] = sshpass argv[1] = -p argv[2] = «{PASSWORD}» argv[3] = ssh",
    f"argv[0]: sshpass\nargv[1]: -p\nargv[2]: «{PASSWORD}»\nargv[3]: ssh",
    f"    command:\n    - mysqldump\n    - -uroot\n    - '-p«{PASSWORD}»'\n    - shop\n",
    (
        "<key>ProgramArguments</key>\n<array>\n\t<string>/usr/bin/curl</string>\n\t<string>-u</string>\n"
        f"\t<string>deploy:«{PASSWORD}»</string>\n</array>"
    ),
    f"<arguments>\n  <argument>sshpass</argument>\n  <argument>-p</argument>\n  <argument>«{PASSWORD}»</argument>",
    f"Command Line: -Xmx2g app.jar -u deploy:«{PASSWORD}» https://example.com/",
    f"Command Line: -Xmx2g app.jar -ushop -p«{PASSWORD}» --quick",
    "java -Dapp.login=«jlindner» -Dfile.encoding=UTF-8",
)
NO_ARGUMENTS = (
    '"commandLine": [\n  "mysqldump",\n  "--single-transaction",\n  "shop"\n]',
    '"programs": [\n  "redis-cli",\n  "PING"\n],\n"mode": "-a",\n"next": "value12345"',
    '$1 = {0x7ffc1 "curl", 0x7ffc2 "-v", 0x7ffc3 "https://example.com/"}',
    "command:\n- mysqldump\n- --quick\nname: -pKw72rosaPelz",
    "args:\n- serve\n- -p\n- 8080:8080\n",
    "argv[0] = serve argv[1] = -p argv[2] = 8080",
    "<key>ProgramArguments</key>\n<array>\n\t<string>/usr/bin/curl</string>\n\t<string>-v</string>\n</array>",
    "docker run -u 1000:1000 https://example.com/",
    "git push -u origin:feature-2291 main",
    "cc -unroll -parallel4096 -print0",
    "chown -u www-data:www-data /srv",
)
LOCALS = (
    (
        "password = {static npos = 18, _M_dataplus = {<std::allocator<char>> = {<No data fields>}, "
        f'_M_p = 0x55a7 "«{PASSWORD}»"}}, _M_string_length = 12}}'
    ),
    f'secret = {{d = 0x55a7 "«{PASSWORD}»"}}',
    '"AUTH «bZvGA=xsFkTLQr» rejected: WRONGPASS invalid username-password pair"',
    "authentication failed with password «FxZuGmORkbGIqmEF»",
    '"vars": {"display_name": "\'«Jelena Lindner»\'", "attempt": "4"}',
    f"<tr><td>$password =</td><td>'<span>«{PASSWORD}»</span>'</td></tr>",
    (
        "<td><pre>$password&nbsp;=</pre></td><td colspan='3'><pre class='d'><small>string</small> "
        f"<font color='#c00'>'«{PASSWORD}»'</font> <i>(length=12)</i></pre></td>"
    ),
    "Uncaught Exception: bad login password=«Kw72&gt;rosa9&lt;» in <b>/var/www/a.php</b>",
    "Uncaught Exception: bad login password=«Kw72&quot;rosa9&amp;» in <b>/var/www/a.php</b>",
    "<td>'<span>password=«Kw72&lt;rosa9&gt;»</span>'</td>",
    f"fname: Photon, psargs: redis-cli -a «{PASSWORD}» PING",
    '        n = 44\n        android_id = 0x55a7d2b1c2d3 "«5e0b7f14-93c2-4d6e-8a51-f20d9c47b386»"\n        rc = -1',
    '#1 send (idfa=0x55a7 <buf+16> "«5E0B7F14-93C2-4D6E-8A51-F20D9C47B386»", n=3)',
    '(NSString *) idfv = 0x0000000281d2b4c0 @"«5E0B7F14-93C2-4D6E-8A51-F20D9C47B386»"',
    'android_id = 0x0000019f`d36ccf80 "«9774d56d682e549c»"',
    'mac = 0x55a7d2b1c2d3 "«3c22fb1a2b4d»"',
    'name = 0x55a7d2b1c2d3 "«Jelena Lindner»"',
    'imei = 0x55a7d2b1c2d3 "«356938035643809»"',
    'peer = 0x00007ffff7bb2010 "«91.243.64.106»"',
)
NO_LOCALS = (
    "android_id = 0x55a7d2b1c2d3",
    "imei = 0x55a7d2b1c2d3",
    "iban = 0x55a7d2b1c2d3\nphone = 0x55a7d2b1c2d3\nmac = 0x55a7d2b1c2d3",
    'name = 0x55a7d2b1c2d3 "worker"',
    'file_version = 0x00007ffff7bb2010 "5.7.108.205"',
    'version=0x55a7 <buf+8> "5.7.108.205", n=3',
    'password = {next = 0x55a7d2b1, name = 0x55a7d2b2 "eth0"}',
    "password = {static npos = 18, _M_dataplus = {_M_p = 0x0}, _M_string_length = 0}",
    "authentication failed with password LoginFailedException",
    "AUTH LoginFailedException rejected",
    '"vars": {"display_name": "\'Night Batch\'", "attempt": "4"}',
    "<tr><td>$password =</td><td>null</td></tr>",
    "fname: VectorPad, psargs: vectorpad --fast",
)
# What an entity closes that another opened is no part of what stands between.
CLOSED = (
    "password=&quot;«Kw72rosa9»&quot; in the file",
    "&lt;a password=«Kw72rosa9»&gt; in the file",
)
WRAPPED = (
    f"│ gitlab_token = '«{GITLAB[:14]}│\n│ {GITLAB[14:]}»' │\n│ retry = 2 │",
    f"┃ gitlab_token = '«{GITLAB[:20]}┃\n┃ {GITLAB[20:]}»' ┃\n┃ retry = 2 ┃",
    f"with SLACK_USER_TOKEN=«{SLACK}\n533018-a3750b84be7d4aea3313db078c332da7» was\nrejected",
    f"with GRAFANA_TOKEN=«{GRAFANA}\n80f82f» was\nrejected",
    "with BOT_TOKEN=«5876586078:AA0Be4J1-cZ56vyqfb\ntasH2IYbsQKzhT3xn» was\nrejected",
)
NOT_WRAPPED = (
    f"│ gitlab_token = '«{GITLAB}»'│\n│ retry = 2 │",
    f"GITLAB_TOKEN=«{GITLAB}»\nretry=2\n",
    f"with GITLAB_TOKEN=«{GITLAB}»\nrejected by the server\n",
    f"with GRAFANA_TOKEN=«{GRAFANA}80f82f»\nUploading to the server\n",
)
DEVICES = (
    "Device Name:           «Jelena's MacBook Pro»\nOS Version: 16.6",
    'device_name = "«Jelena\'s Pixel 8»"',
    'annotations["device_name"] = «Jelena\'s Galaxy S23»\nannotations["ver"] = 9.17.2',
    "device_name=«Jelena's Galaxy S23» is back\ndevice_name=«Jelena's Galaxy S23» is back\n" * 2,
    '"device":{"name":"«Jelena\'s Galaxy Tab S9»","family":"Android"}',
    '"device": {\n  "family": "Android",\n  "name": "«Tab S9 von Jelena»"',
    '"contexts": { "device": { "name": "«srv-web18»", "arch": "x86_64" }',
    "paired with «Jelena's Pixel 8 Pro» and «Mirko's iPhone 15 Pro Max»",
    "paired with «Jelena\u2019s ThinkPad X1»",
    "UID: 1000 («jlindner»)\nGID: 1000 («jlindner»)",
    "Uid: ( 1000/«jlindner»)   Gid: ( 1000/   «jlindner»)",
    "D RILJ    : [4]< GET_IMEI «358801137151327»",
    "D RILJ    : [7]< DEVICE_IDENTITY {«358801137151327», «3588011371513201», «80ABC123», «A0000012345678»}",
)
NO_DEVICES = (
    "Device Name: Pixel 8",
    'device_name = "Galaxy S23"',
    "Google's Pixel 8 and Samsung's Galaxy S23, and Apple's MacBook Pro",
    "device_name=Today's Special",
    '"device": { "name": "Pixel 8", "arch": "arm64" }',
    '"device":{"name":"iPhone15,2","simulator":true}',
    "UID: 0 (root)\nGID: 33 (www-data)",
    "Uid: 1000 1000 1000 1000",
    "uid: 1000 (deleted)",
    "[4]< GET_IMEI 000000000000000",
    "the imei is 15 digits long",
)


@pytest.mark.parametrize("text", [*ARGUMENTS, *LOCALS, *CLOSED, *WRAPPED, *NOT_WRAPPED, *DEVICES])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_ARGUMENTS, *NO_LOCALS, *NO_DEVICES])
def test_what_only_looks_like_one_is_left(text):
    assert [(text[start:end], kind) for start, end, kind in spans(text)] == []


def test_a_key_whose_padding_has_a_line_of_its_own_is_masked_to_its_end():
    key = f"-----BEGIN PRIVATE KEY-----\\\\n{'Ab3d' * 16}\\\\n{'Xy9z' * 16}\\\\n==\\\\n-----END PRIVATE KEY-----"
    text = f'"pem": "\'{key}\'",'
    assert [text[start:end] for start, end, _ in spans(text)] == [key]


@pytest.mark.parametrize(
    "piece",
    ["command:\n- curl\n", "args:\n", "- curl\n", "argv[0]: curl\n", "curl argv[1] = -u ",
     "<arguments><argument>a</argument>\n",
     '"mysql",\n', '"mysql",\n"-p', 'argv[0] = "curl"\n', '0x1 "curl", ', " -u a:", " -uroot -p", "password=a&lt; ",
     "a&quot; ", "│ key = 'a│\n", "device_name=A's B ", "Jelena's pixel ", '"device":{"a":"b",', "uid: 1000 (",
     "imei 1", "secret = {d = ", "{static npos = 1, _M_p = ", "$password =</td><td>", "<td><pre>key&nbsp;=</pre>"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
