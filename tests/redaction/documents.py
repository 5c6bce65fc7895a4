"""Whole crash files with many labels each, as the programs write them whose files are read here."""

from __future__ import annotations

from tests.redaction import tokens
from tests.redaction.classes import KEYS, Class, Value, bare, simple, templates
from tests.redaction.pii_places import macbook, session, windows_machine
from tests.redaction.values import Fake

SENTRY = """{
  "event_id": "«hex32~uuid»",
  "timestamp": "«time~timestamp»",
  "platform": "python",
  "server_name": "«internal!hostname_fqdn»",
  "release": "shop@«hex40~git_sha»",
  "user": {
    "id": "«number»",
    "email": "«email!email»",
    "ip_address": "«ipv4!ipv4»"
  },
  "request": {
    "url": "https://shop.example/orders/«number»",
    "query_string": "page=«small»&access_token=«P!url_query»",
    "headers": {
      "Authorization": "Bearer «J!jwt»",
      "Cookie": "sessionid=«H!cookie»; theme=dark",
      "Accept": "*/*"
    }
  },
  "exception": {"values": [{"type": "KeyError", "value": "'«noun»'", "stacktrace": {"frames": [
    {"abs_path": "/home/«user!home_linux»/shop/«word».py", "lineno": «small», "function": "getToken",
     "vars": {"password": "'«B!password_json»'", "retries": "3", "order": "<Order «small»>"}}
  ]}}]},
  "contexts": {"trace": {"trace_id": "«hex32~trace_id»", "span_id": "«hex16~trace_id»"}}
}
"""
SENTRY_LINE = (
    '{"event_id":"«hex32~uuid»","server_name":"«M!hostname_macbook»","user":{"username":"«user!username_key»",'
    '"ip_address":"«ipv4!ipv4»"},"breadcrumbs":{"values":[{"category":"http","data":{"url":'
    '"https://api.shop.example/v1?api_key=«P!url_query»&v=3","status_code":500}}]},"extra":{"sys.argv":'
    '["shop.py","--password","«B!argv_long»"]},"debug_meta":{"images":[{"debug_id":"«uuid~build_id»","code_file":'
    '"/Users/«user!home_macos»/shop/lib«word».dylib"}]}}\n'
)
NDJSON = (
    '{"schema_version":"2026-03-01","event_id":"«uuid~uuid»","event_type":"backend_exception","payload":{"request":'
    '{"method":"POST","path":"/login","headers":{"host":"shop.example","x-api-key":"«P!http_header»","cookie":'
    '"sid=«H!cookie»"},"body":{"email":"«email!email»","password":"«B!password_json»"}}}}\n'
    '{"schema_version":"2026-03-01","event_id":"«uuid~uuid»","event_type":"log","payload":{"level":"error","message":'
    '"connect to postgres://app:«B!libpq»@«internal!hostname_fqdn»:5432/shop failed"}}\n'
    '{"schema_version":"2026-03-01","event_id":"«uuid~uuid»","event_type":"log","payload":{"message":'
    '"cache key session:1 expired","correlation":{"trace_id":"«hex32~trace_id»","session_id":"«H!session_id»"}}}\n'
)
EQEMU = """[01-26-2026 «clock»] [World] [Crash] EXCEPTION_ACCESS_VIOLATION
[01-26-2026 «clock»] [World] [Crash] Symbol-SearchPath: '.;C:\\Users\\«W!home_windows»\\bin;C:\\Windows'
[01-26-2026 «clock»] [World] [Crash] OS-Version: 10.0.«number» () 0x100-0x1
[01-26-2026 «clock»] [World] [Crash] C:\\Windows\\SYSTEM32\\ntdll.dll:ntdll.dll («hex16~address»), size: 2064384
[01-26-2026 «clock»] [World] [Crash] D:\\b\\world\\client.cpp («small»): Client::HandleToken
[01-26-2026 «clock»] [World] [Database] Using database [peq] at [«ipv4!ipv4»]:[3306] with password [«B!prose»]
[01-26-2026 «clock»] [World] [Login] account [«user!username_key»] logged in from IP [«ipv4!ipv4»]
"""
SYSLOG = """Jan 26 «clock» «K!hostname_syslog» sshd[1]: Failed password for «user!username_key» from «ipv4!ipv4» port 22
Jan 26 «clock» «K!hostname_syslog» kernel: shop[1]: segfault at «hex8~address» ip «hex16~address» error 4
Jan 26 «clock» «K!hostname_syslog» systemd[1]: Starting getty@tty1.service...
Jan 26 «clock» «K!hostname_syslog» dhclient[«number»]: DHCPACK of «ipv4!ipv4» from «ipv4!ipv4»
Jan 26 «clock» «K!hostname_syslog» shop[«number»]: token «V!github» rejected by api.github.com
"""
ACCESS = (
    "«ipv4!ipv4» - «user!username_key» [26/Jan/2026:«clock» +0000] "
    '"GET /a?token=«P!url_query» HTTP/1.1" 200 «number» "-" "Chrome/126.0.6478.«small»"\n'
    "«ipv6!ipv6» - - [26/Jan/2026:«clock» +0000] "
    '"POST /login HTTP/2.0" 302 «number» "https://shop.example/?email=«email!email»"\n'
    '127.0.0.1 - - [26/Jan/2026:«clock» +0000] "GET /healthz HTTP/1.1" 200 2\n'
)
PROMETHEUS = """# HELP shop_requests_total Requests by host.
# TYPE shop_requests_total counter
shop_requests_total{instance="«internal!hostname_fqdn»:9100",code="200"} «number»
shop_requests_total{instance="«ipv4!ipv4»:9100",code="500"} «small»
shop_build_info{revision="«hex40~git_sha»",version="«version»"} 1
shop_login_total{user="«user!username_key»",token="«P!prometheus_label»"} «small»
"""
ENVIRON = """PATH=/home/«U!home_linux»/bin:/usr/bin:/bin
HOME=/home/«U!home_linux»
USER=«U!username_key»
HOSTNAME=«box!hostname_key»
AWS_ACCESS_KEY_ID=«A!aws_access_key»
DB_PASSWORD=«B!password_env»
SSH_CONNECTION=«ipv4!ipv4» 52114 «ipv4!ipv4» 22
LANG=en_GB.UTF-8
GIT_COMMIT=«hex40~git_sha»
TERM=xterm-256color
"""
SYSTEM = """Host Name:                 «D!hostname_windows»
OS Version:                10.0.«number» N/A Build «number»
Registered Owner:          N/A
System Boot Time:          «day», «clock»
Logon Server:              \\\\«D!hostname_windows»
Network Card(s):           1 NIC(s) Installed.
                           [01]: Realtek Gaming GbE, driver 10.«small».«small».2023
                                 [01]: «ipv4!ipv4»
                                 Physical Address: «mac!mac»
Crash dump:                C:\\Users\\«W!home_windows»\\AppData\\Local\\CrashDumps\\shop.exe.«number».dmp
"""


def values() -> dict[str, Value]:
    """What the documents hold besides what every template may."""
    return {
        "P": Fake.plain_secret,
        "B": bare,
        "J": Fake.jwt,
        "H": session,
        "M": macbook,
        "D": windows_machine,
        "W": Fake.windows_user,
        "U": Fake.user,
        "K": Fake.box,
        "V": lambda fake: tokens.common(fake, "github"),
        "A": lambda fake: tokens.common(fake, "aws_access_key"),
        "S": simple,
        **KEYS,
    }


def classes() -> list[Class]:
    """All of them; their labels are of the classes of the other modules."""
    texts = {
        "document_sentry": (SENTRY, SENTRY_LINE),
        "document_ndjson": (NDJSON,),
        "document_log": (EQEMU, SYSLOG, ACCESS),
        "document_metrics": (PROMETHEUS,),
        "document_system": (ENVIRON, SYSTEM),
    }
    return [templates(kind, "document", among, inline=False, whole=True, **values()) for kind, among in texts.items()]
