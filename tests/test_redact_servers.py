"""Logs and settings of servers: machines and their other names, accounts that commands tell, loggers and maps.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

MACHINES = (
    "dial tcp: lookup «crm-7.c8unqe0x7jv.us-east-1.rds.amazonaws.com»: no such host",
    "host=«crm.cluster-ro-c8unqe0x7jv.eu-west-1.rds.amazonaws.com» port=5432",
    "jdbc:redshift://«dwh.c8unqe0x7jv.us-east-1.redshift.amazonaws.com»:5439/dev",
    "mysql://«crm-plum.mysql.database.azure.com»:3306/crm",
    "GET https://«git.plum.internal»/api/v4/projects",
    "https://«app.plum.internal»:8443/health failed",
    "jdbc:postgresql://«test.plum.lan»:5432/crm",
    "machine «git.plum.internal» login «mfern» password «Kupfer_97»",
    "«10.20.30.40» «mon-6.use1.plum.net» «mon-6»",
    "«10.20.30.40»\t«search-34» «search-34.corp.plum.net» # moved",
    "sqlcmd -S «WEB-FRA-08» -E",
    "bcp crm.dbo.t out t.csv -S tcp:«SQL-FRA-08»,1433 -U «mfern» -P «Kupfer_97»",
    "osql -S «SQL-FRA-08»\\SQLEXPRESS -E",
    "pg_dump -h «db-fra-7» -U «mfern» crm",
    "redis-cli -h «cache-07» ping",
    "Enter-PSSession -ComputerName «SQL-FRA-08»",
    "connect fail for «fd97:c7f3:86c6::3849»: Network is unreachable",
    "64 bytes from «2001:8d0:c474:ba48::d83d»: icmp_seq=1 ttl=57",
    "relay=«WS-ANDERSEN»[«10.211.160.234»]:25, status=sent",
    "client=«ingrid-laptop»[«10.2.12.60»], sasl_method=PLAIN",
    "«PC-INGRID» («172.26.162.157») at «02:42:ac:11:00:02» [ether] on eth0",
    "Received: from relay.acme.de («WS-ANDERSEN» [«10.1.211.6»])",
    "getaddrinfo ENOTFOUND «WS-ANDERSEN»",
    "getaddrinfo EAI_AGAIN «ingrid-laptop»",
    "$ mysql -h «NB-ANDERSEN» -u app shop",
    "Failed kubelet, «WS-ANDERSEN»  Failed to pull image",
    "bootstrap.servers=«WS-ANDERSEN»:9092,«ingrid-laptop»:9092",
    '"bootstrap.servers": "«ingrid-laptop»:9092"',
    "jdbc:oracle:thin:@//«WS-ANDERSEN»:1521/ORCL",
    "cmdkey /add:«ingrid-laptop» /generic",
    "ssh.connect('«ingrid-laptop»', port=22)",
    'mysql_connect("«WS-ANDERSEN»", 3306)',
    "[web]\n«WS-ANDERSEN» ansible_host=«10.9.8.7»",
    "$ smbclient //«WS-ANDERSEN»/share",
    '"device":{"name":"«WS-ANDERSEN»"}',
    '"device": {\n  "family": "Mac",\n  "name": "«ingrid-laptop»"\n}',
    "GET https://«ingrid-laptop»:8443/login",
    "mail sent via «srv7.intra.nordlys.hu»",
    "hostname «WS-ANDERSEN»\n!",
)
NO_MACHINES = (
    "relay=none[local]",
    "see WS-SECURITY and NB-IOT, host WS-SECURITY",
    "WS-ANDERSEN is a product",
    "http://localhost:8080/ http://api-gateway:8080/ http://web-v2:8080/",
    "bootstrap.servers=kafka:9092,localhost:9093",
    "brokers=3 cluster nodes: 5",
    '"device":{"name":"iPhone 14"}',
    '"device":{"name":"sda"}',
    "emitter.connect('ready', handler)",
    "smtp://smtp.gmail.com:587 imap.gmx.net",
    "[web]\nweb ansible_user=deploy",
    "ratio (12) at 3, step-1:200",
    "https://rds.us-east-1.amazonaws.com/?Action=DescribeDBInstances",
    "resolving us-east-1.rds.amazonaws.com",
    "https://plum.s3.amazonaws.com/logo.png",
    "import app.models.internal",
    "from test.helpers.internal import x",
    "config.local settings.local git.internal",
    "127.0.0.1 localhost localhost.localdomain",
    "sqlcmd -S localhost -E",
    "sqlcmd -S . -E",
    "psql -h 127.0.0.1 crm",
    "psql -h /var/run/postgresql crm",
    "redis-cli -h redis ping",
    "Enter-PSSession -ComputerName localhost",
    "warning: dead::beef: no such scope",
    "12:30:45: started",
)
ACCOUNTS = (
    "default login «mfern» password «Kupfer_97»",
    "default\nlogin «mfern»\npassword «Kupfer_97»",
    'IMAP> A0007 LOGIN "«mfern»" "«Kupfer_97»"',
    "a1 LOGIN «mfern» «Kupfer_97»",
    "log in with «mfern» / «Kupfer_97»",
    "log in as «mfern» with «Kupfer_97»",
    'requests.get(url, auth=("«mfern»", "«Kupfer_97»"))',
    "logger=context userId=12 orgId=1 uname=«mfern» t=info",
    "2024-03-02 05:31:34 «172.29.147.245» «mfern» «172.27.65.82» 443 GET /default.aspx - 200 0",
    "2024-03-02 05:31:34 «172.29.147.245» GET /default.aspx id=3 443 PLUM\\«mfern» «172.27.65.82» Mozilla/5.0 200 0",
    "2024-03-02 05:31:34 «172.29.147.245» POST /rpc - 80 «mfern» «172.27.65.82» curl/8.5 401 2",
    "su[8004]: (to postgres) «mfern» on pts/1",
    "su[8004]: FAILED SU (to root) «mfern» on tty2",
    "users:\n- name: «mfern»\n  user:\n    auth-provider:\n      name: oidc\n",
    "Requested for: «Ilka Fernwick»\nVersion: 3.1",
    "on-call: «Ilka Fernwick», escalation after 15m",
    "Incident commander: «Ilka Fernwick»",
)
NOBODY = (
    "default login page and password form",
    "default\nlogin required for password reset",
    "A1 OK LOGIN completed",
    "LOGIN failed for all",
    "logger=context userId=0 orgId=1 uname= t=info",
    "uname=Linux",
    "uname: Darwin 23.1",
    "GET /index.html x 443 bytes sent",
    "total 80 443 8080 GET /",
    "su[8004]: (to postgres) root on pts/1",
    "users:\n- name: minikube\n  user:\n    client-certificate: client.crt\n",
    "users:\n- name: admin\n  user:\n    auth-provider:\n      name: oidc\n",
    "Requested for: review",
    "On call: Platform Team",
    "user     = debian-sys-maint",
    "clone https://ci:****@example.com/web.git",
    "smtp_sasl_password_maps = hash:/etc/postfix/sasl_passwd",
    "smtp_sasl_password_maps = lmdb:/etc/postfix/sasl/passwd",
    "ERROR 1 --- [main] c.e.secret.Client : request failed: 401",
    "INFO 1 --- [main] o.s.s.web.csrf.Token                 : deferred until it is read",
)
SECRETS = (
    '"outputs": {\n  "admin_password": {\n    "value": "«Kupfer-97*»",\n    "type": "string"\n  }\n}',
    '"admin_password": {\n  "sensitive": true,\n  "type": "string",\n  "value": "«Kupfer-97*»"\n}',
    "oathtool --totp -b «KQJ5F3ON6REIQP7X»",
    "oathtool -b --totp=sha256 «KQJ5F3ON6REIQP7X»",
    "oathtool --totp -b «KQJ5F3ON6REIQP7X» -d 6",
    '{"storage":{"key":"«3xQpLkCDEh3F4lhGle5Hozd+qcZgl7qmxXC0hCab»"}}',
    "app.Password : «Kupfer-97*»",
)
NO_SECRETS = (
    '"password": {\n  "type": "string",\n  "format": "password"\n}',
    '"token": {\n  "description": "of a session",\n  "value": null\n}',
    '"password": {\n  "title": "Password",\n  "text": "Enter your password"\n}',
    "oathtool --totp -",
    "oathtool --version",
)


@pytest.mark.parametrize("text", [*MACHINES, *ACCOUNTS, *SECRETS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_MACHINES, *NOBODY, *NO_SECRETS])
def test_what_only_looks_like_one_is_left(text):
    assert [(text[start:end], kind) for start, end, kind in spans(text)] == []


@pytest.mark.parametrize(
    ("rest", "masked"),
    [("/qcZgl7qmxXC0hCab", True), ("/images/logo", False), ("+qc", False), ("+qcZgl7qmxXC0hCab", True)],
)
def test_the_rest_of_a_string_of_base64_goes_with_it(rest, masked):
    text = '{"key":"3xQpLkCDEh3F4lhGle5Hozd' + rest + '"}'
    [(start, end, _)] = spans(text)
    assert text[start:end].endswith(rest) == masked


@pytest.mark.parametrize(
    "piece",
    ["1.2.3.4 a-1.corp.plum.net b-2\n", "1.2.3.4 a-1.corp.plum.net ", " 443 ", "GET / x 443 ",
     "1.2.3.4 a 1.2.3.4 80 GET /\n", "default\nlogin ", "default login a ", "LOGIN a ", "LOGIN a b1_c ", "a.b.C : ",
     "a.b.Secret : x ", "fd97::1: ", '"password": {\n', '"password": {\n "value": "', "sqlcmd -S a-1 ", "oathtool -b ",
     "https://git.a.internal/", "(to root) a on pts/1 ", '"key":"3xQpLkCDEh3F4lh+',
     "a.us-east-1.rds.amazonaws.com ", "on-call: A B, "],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
