"""Personal data that a place gives away: users in home paths, names of machines, sessions, user names by key."""

from __future__ import annotations

from tests.redaction.classes import Class, Value, templates
from tests.redaction.values import ALNUM, COMPANIES, DIGITS, HEX, LAST, LOWER, UPPER, URLSAFE, Fake

LINUX = (
    "open /home/«S!»/.config/«word»/settings.json: permission denied",
    '{"filename":"/home/«S!»/src/«word»/main.py","lineno":«small»}',
    "   at «word»::run (/home/«S!»/.cargo/registry/src/«noun»/lib.rs:«small»)",
    "HOME=/home/«S!»",
    "cwd: /home/«S!»",
    "LD_LIBRARY_PATH=/usr/lib:/home/«S!»/lib",
    '  File "/home/«S!»/venv/lib/python3.11/site-packages/«word»/core.py", line «small»',
    "loaded '/home/«S!»/«word».so' at «address»",
    "/var/home/«S!»/«word»: no such file",
    "7f0000000000-7f0000010000 r-xp 00000000 fd:01 «number» /home/«S!»/bin/«word»",
    "panicked at /home/«S!»/work/«word»/src/main.rs:«small»:5:",
)
MACOS = (
    "/Users/«S!»/Library/Logs/DiagnosticReports/«word».ips",
    '{"path":"/Users/«S!»/Documents/«word».txt"}',
    "package:«word»: file at /Users/«S!»/.pub-cache/hosted/pub.dev/«noun»/lib/a.dart:«small»:3",
    "Path:                  /Users/«S!»/Applications/«word».app/Contents/MacOS/«noun»",
    "dyld: Library not loaded: /Users/«S!»/lib/«word».dylib",
    "PWD=/Users/«S!»",
    "at Object.<anonymous> (/Users/«S!»/dev/«word»/index.js:«small»:9)",
    "0x1000 - 0x2000 «word» (1.0) <«uuid»> /Users/«S!»/«noun»",
)
WINDOWS = (
    "C:\\Users\\«S!»\\AppData\\Local\\«word»\\crash.dmp",
    "at C:\\Users\\«S!»\\source\\repos\\«word»\\main.cpp:«small»",
    "PDB: 'C:\\Users\\«S!»\\build\\«word».pdb'",
    "USERPROFILE=C:\\Users\\«S!»",
    "open D:\\Users\\«S!»\\Desktop\\«word».txt: Access is denied",
    "c:\\users\\«S!»\\«word»\\«noun».py(«small»)",
    "\\\\?\\C:\\Users\\«S!»\\«word»",
    "C:\\Documents and Settings\\«S!»\\«word».log",
    "C:/Users/«S!»/AppData/Roaming/«word»/«noun».json",
    "SymInit: Symbol-SearchPath: '.;C:\\«word»\\bin;C:\\Users\\«S!»\\symbols'",
)
WINDOWS_JSON = (
    '{"path":"C:\\\\Users\\\\«S!»\\\\AppData\\\\Local\\\\«word»"}',
    '{"filename":"C:\\\\Users\\\\«S!»\\\\src\\\\«word».py","lineno":«small»}',
    'argv: ["C:\\\\Users\\\\«S!»\\\\«word».exe","-v"]',
    '{"message":"open \\"C:\\\\Users\\\\«S!»\\\\a.txt\\" failed"}',
    "'C:\\\\Users\\\\«S!»\\\\«word»\\\\x.txt'",
    '{"m":"{\\"p\\":\\"C:\\\\\\\\Users\\\\\\\\«S!»\\\\\\\\«word»\\"}"}',
    '"module":"c:\\\\users\\\\«S!»\\\\«word».dll"',
)
WSL = (
    "/mnt/c/Users/«S!»/projects/«word»/a.py",
    "open /mnt/d/Users/«S!»/«word».txt: no such file",
    "\\\\wsl$\\Ubuntu\\home\\«S!»\\«word»",
    "\\\\wsl.localhost\\Ubuntu-22.04\\home\\«S!»\\«word».log",
    "/c/Users/«S!»/AppData/Local/Programs/«word»",
    "/cygdrive/c/Users/«S!»/«word»",
    "PATH=/usr/bin:/mnt/c/Users/«S!»/bin",
)
FILE_URL = (
    "file:///home/«S!»/«word»/index.html",
    "file:///C:/Users/«S!»/«word»/a.html",
    "Row:file:///Users/«S!»/shop_app/lib/«word».dart:«small»:14",
    '{"url":"file:///home/«S!»/«word».js"}',
    "vscode-remote://wsl+ubuntu/home/«S!»/«word»",
    "file://localhost/Users/«S!»/«word».txt",
    "file:///C%3A/Users/«S!»/«word».txt",
    "source map file:///home/«S!»/dist/«word».map not found",
)
UNC = (
    "\\\\«h!hostname_fqdn»\\Users\\«S!»\\«word».docx",
    "\\\\«h!hostname_fqdn»\\home\\«S!»\\«word»",
    "\\\\localhost\\C$\\Users\\«S!»\\«word».txt",
    "net use: \\\\«h!hostname_fqdn»\\users\\«S!»",
    "\\\\?\\UNC\\«h!hostname_fqdn»\\Users\\«S!»\\a.txt",
    "copy \\\\«h!hostname_fqdn»\\homes\\«S!»\\«word»",
)
FQDN = (
    "connect to «S!»:«port» failed",
    '{"host":"«S!»"}',
    "https://«S!»/«word»/«noun»",
    "getaddrinfo ENOTFOUND «S!»",
    "ssh: connect to host «S!» port 22: Connection timed out",
    "lookup «S!»: no such host",
    "server_name=«S!»",
    "ssh: deploy@«S!»: Permission denied (publickey)",
    "Could not resolve host: «S!»",
    '«word»_up{instance="«S!»:9100",job="node"} 1',
    "primary is «S!», replica lag «small»s",
    "tcp://«S!»:«port»",
    '{"server_name":"«S!»","release":"«version»"}',
)
WINDOWS_NAME = (
    "Computer: «S!»",
    "Machine Name: «S!»",
    "COMPUTERNAME=«S!»",
    '{"device":{"name":"«S!»"}}',
    "event from «S!» at «time»",
    "\\\\«S!»\\share\\«word».dll",
    "LOGONSERVER=\\\\«S!»",
    "MachineName: '«S!»',",
    "workstation «S!» lost connection",
)
MACBOOK = (
    "Device: «S!»",
    "hostname «S!»",
    '{"server_name":"«S!»"}',
    "Host Name: «S!»",
    "Jan 26 «clock» «S!» kernel[0]: «word»",
    "connected to «S!» over bonjour",
    "HOSTNAME=«S!»",
    "running on «S!» («version»)",
)
EC2 = (
    "node «S!» NotReady",
    '{"host":"«S!»"}',
    "connect «S!»:«port» refused",
    "instance=«S!» lost",
    "Scheduled on «S!»: «word»-«number»",
    'node_load1{node="«S!»"} 0.«small»',
    "worker «S!» heartbeat failed",
    "http://«S!»:«port»/healthz",
)
SYSLOG = (
    "Jan 26 «clock» «S!» «word»[«number»]: segfault at «address»",
    "Feb  3 «clock» «S!» kernel: «word» oops",
    "<34>1 «time» «S!» «word» «number» ID47 - «noun»",
    "<13>Jan  7 «clock» «S!» «word»: «noun» restarted",
    "Dec 31 «clock» «S!» systemd[1]: «word».service: Main process exited",
    "«time» «S!» «word»[«number»]: exit status «small»",
)
HOST_KEY = (
    "host=«S!» level=error msg=«word»",
    "hostname: «S!»",
    '{"hostname":"«S!»","pid":«number»}',
    '{"server_name":"«S!»"}',
    "HOSTNAME=«S!»",
    "nodename=«S!» release=«version»",
    "uname: Linux «S!» 5.15.0-«small»-generic #1 SMP x86_64 GNU/Linux",
    '«word»_up{host="«S!»"} 1',
    "Hostname: «S!»",
    "host.name=«S!»",
    "machine: «S!»",
)
SESSION = (
    "session_id=«S!»",
    '{"session_id":"«S!»"}',
    "sessionId: «S!»",
    "GET /«word»;jsessionid=«S!»?x=1",
    "/index.php?PHPSESSID=«S!»",
    "SID=«S!»; «word»",
    "session id «S!» expired",
    '{"sessionId":"«S!»","n":«small»}',
    "<sessionId>«S!»</sessionId>",
    "X-Session-Id: «S!»",
    '{"correlation":{"session_id":"«S!»","trace_id":null}}',
)
USER_KEY = (
    "user=«S!» action=«word»",
    '{"username":"«S!»"}',
    "username: «S!»",
    "USER=«S!»",
    "USERNAME=«W!»",
    "LOGNAME=«S!»",
    '{"user":{"username":"«S!»","id":«number»}}',
    "user_name=«S!» ok",
    "Accepted publickey for «S!» from 127.0.0.1 port «number» ssh2",
    "sudo:  «S!» : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/ls",
    "login: «S!»",
    "<username>«S!»</username>",
    '{"userName":"«S!»"}',
    "uid=1000(«S!») gid=1000(users)",
    "Username:  «S!»",
    "user.name=«S!»",
    "-Duser.name=«S!» -Xmx512m",
    "session opened for user «S!» by (uid=0)",
    "User: ACME\\«S!»",
    "authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost= user=«S!»",
)


def windows_machine(fake: Fake) -> str:
    return fake.pick(("DESKTOP-", "LAPTOP-", "WIN-", "DESKTOP-", "PC-")) + fake.mixed(UPPER, 7)


def macbook(fake: Fake) -> str:
    name = fake.person().title()
    return fake.pick(
        (
            f"{name}s-MacBook-Pro.local",
            f"{name}s-MacBook-Air.local",
            f"{name}s-MBP",
            f"{name}s-iMac.local",
            f"{fake.pick(LAST).title()}s-Mac-mini.local",
            f"MacBook-Pro-von-{name}.local",
            f"{name}s-MacBook-Pro-{fake.chance.randint(2, 9)}.local",
            f"{name}s-iPhone",
        )
    )


def ec2(fake: Fake) -> str:
    parts = "-".join(str(fake.chance.randint(1, 254)) for _ in range(3))
    region = fake.pick(("eu-west-1", "us-east-2", "ap-south-1", "eu-central-1"))
    return fake.pick(
        (
            f"ip-10-{parts}.ec2.internal",
            f"ip-10-{parts}.{region}.compute.internal",
            f"ec2-54-{parts}.{region}.compute.amazonaws.com",
            f"ip-172-31-{parts.rsplit('-', 1)[0]}",
            f"gke-{fake.word()}-pool-{fake.some(HEX, 8)}-{fake.some(LOWER, 4)}.c.{fake.pick(COMPANIES)}.internal",
        )
    )


def session(fake: Fake) -> str:
    return fake.pick(
        (fake.hex32, lambda: fake.mixed(LOWER, 26), lambda: fake.mixed(URLSAFE, 22, 40).strip("-_") + "9")
    )()


def classes() -> list[Class]:
    """All of them."""
    home: Value = lambda fake: fake.windows_user()  # noqa: E731
    share: Value = lambda fake: fake.internal()  # noqa: E731
    user: Value = lambda fake: fake.user() + fake.pick(("", fake.some(DIGITS, 1)))  # noqa: E731
    linked: Value = lambda fake: fake.user()  # noqa: E731
    machine: Value = lambda fake: fake.pick((fake.box, fake.internal))()  # noqa: E731
    uuid_or: Value = lambda fake: fake.pick((session, lambda one: one.mixed(ALNUM, 24, 32)))(fake)  # noqa: E731
    rows = (
        ("home_linux", LINUX, user),
        ("home_macos", MACOS, linked),
        ("home_windows", WINDOWS, home),
        ("home_windows_json", WINDOWS_JSON, home),
        ("home_wsl", WSL, linked),
        ("home_file_url", FILE_URL, linked),
        ("home_unc", UNC, linked),
        ("hostname_fqdn", FQDN, Fake.internal),
        ("hostname_windows", WINDOWS_NAME, windows_machine),
        ("hostname_macbook", MACBOOK, macbook),
        ("hostname_ec2", EC2, ec2),
        ("hostname_syslog", SYSLOG, machine),
        ("hostname_key", HOST_KEY, Fake.box),
        ("session_id", SESSION, uuid_or),
        ("username_key", USER_KEY, user),
    )
    extra: dict[str, Value] = {"h": share, "W": home}
    return [templates(kind, "pii", texts, S=value, **extra) for kind, texts, value in rows]
