"""Who stands at a fixed place of a line of one program. In each text «...» must be masked, and nothing else."""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

MAIL = "ann.keller" + "@web.de"
CARD = "453957876" + "3621486"

FOUND = (
    "DETAIL:  Failing row contains (42, «annkeller», «pbkdf2_sha256$600000$8MBEmwW8jWuPUPDV8UiJLQ»$LWkKabcdefghijkl).",
    "see the dump\nThanks, «Henrik Fairbairn»\n",
    'getpwnam("«tdubois»") returned NULL',
    "getpwnam(«tdubois») failed: no entry",
    "query user:\n >«ann.keller»   console   1  Active",
    " «ann.keller»            rdp-tcp#4            2  Disc         .  1/1/2024 8:00 AM",
    "CORP\\«tkeller» logged on to «femi-macbook»",
    "field dni rejected: «47002202T»",
    "field iban rejected: «DE89370400440532013000»",
    "field password rejected: «Hunter2xyz9»",
    "invalid token: «abc93kd93kf83j2k3d93k3»",
    "DMI type 1\n\tManufacturer: LENOVO\n\tSerial Number: «NOJA780Z»\n\tUUID: «B8B89F84-D612-4EE6-A752-0713D59DD5F2»\n",
    "try it, login is «annkeller» and the password is «ThunderPillow1978+»",
    "smtp://«ann.keller@web.de»@localhost:25 rejected",
    "rm '/var/tmp/«DESKTOP-OLLNLIR».crash.log'",
    '«ann.kel» : EAP "«Tundra-Kettle28!»"\n',
    "# x\n«annkel_e» : XAUTH '«Tundra-Kettle2!3!»'\n",
    "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: «annkel12»@«harbour-db-80»\nPrivate-Lines: 1\n",
    "fatal: unable to auto-detect email address (got '«annkel467»@LAPTOP.(none)')",
    "New client connected from «172.16.25.19»:24069 as tele-12 (p2, c1, k60, u'«annkel95»').",
    "Connecting to AP1 Channel 6 in mode 11n as «build-agent-51»...",
    "DHCPACK(br0) «10.0.0.5» «3c:a6:f6:11:22:33» «ws-keller01»",
    f"«%B{CARD}^KELLER/ANNA^2912101000?»",
    'I [12/Mar/2026:10:00:00 +0100] [Job 41] Queued on "Office" by "«annkel12»".',
    'Job 41 canceled by "«annkel12»"',
    "Office «annkel12» 41 [12/Mar/2026:10:00:00 +0100] total 3 - localhost x.pdf - -",
    "lpd: job cf041 owner=«lkeller12»",
    "Rank    Owner   Job     File(s)   Total Size\nactive  «annkel12»     41      x.pdf  1024 bytes",
    "UserImpersonated=«build-agent-41»\\«ann.keller»\nOs=1",
    "User=«WS-01»\\«annkel»",
    "TokenUser = «S-1-5-21-2567959822-237172728-3382588840-1908» («harbour-db-93»\\«ann_kell»)",
    "home-«annkel87»-data.mount: Deactivated successfully.",
    "var-home-«annkel87».mount: Deactivated successfully.",
    "run-media-«annkel»-USB\\x2dSTICK.mount: Unmounted",
    "N:«Keller»;«Anna»;;;\nTEL;TYPE=cell:«+49 151 25141274»\n",
    "N;CHARSET=UTF-8:«Keller»;«Anna»;Maria;;\nFN;CHARSET=UTF-8:x\n",
    '  - "CV «Anna Keller».pdf"\n',
    "attached Lebenslauf_«Anna_Keller»_2024.docx",
    "passport_«Anna-Keller».jpg",
    "/tmp/«Anna_Keller»_CV.pdf",
    "job-name='Kündigung «Brannig».docx'",
    "Archive:  b.zip\n  Length      Name\n    90112  Users/«gallag69»/x.ips\n",
    "    90112  2026-03-01 12:00   Users/«gallag69»/x.ips\n",
    "zipinfo: Users/«anselm_kel»/dump/5469",
    "0 2026-02-01 10:00 a.bin link to home/«bzimmer»/a.bin",
    '"Users/«annkel»/Library/Logs/x.log"',
    "-rw-r--r-- «annkel»/staff 20481 2026-03-11 09:12 ./logs/main.log",
    "hrwxr-xr-x «bkeller»/«bkeller» 0 2026-02-01 10:00 a.bin",
    "curl -u «ann.keller»:**** https://repo.example.com",
    "curl -u «ann.keller»:$PASS https://repo.example.com",
    '{"title":"Order for «Anna Keller»","x":1}',
    "[RPC] Connected as «Anna Keller», id=1",
    "ship_to: «Nadia Keller», «29 Copper Avenue»\n",
    "MRZ2=«EG19588308POL9702189F2906140<<<<<<<<<<<<<<08»\n",
    "«I<UTOD231458907<<<<<<<<<<<<<<<»\n«7408122F1204159UTO<<<<<<<<<<<6»\n«ERIKSSON<<ANNA<MARIA<<<<<<<<<<»\n",
    '"session-«' + MAIL + '»-poller" #42 daemon',
    '{"name":"screenshot-«' + MAIL + '»-1.png"}',
    "gzip: original name: notes-«" + MAIL + "».txt mtime=1",
    "mailbox_«" + MAIL + "»_2026.zip",
    "[pool-2-thread-1] name=ldap-«192.168.50.244»-389 state=BLOCKED",
    "[pool-2-thread-1] name=ldap-«84.62.211.203»-389 state=BLOCKED",
    '"RMI TCP Connection(2)-«10.1.2.3»" #31 daemon',
    '"http-«10.20.30.40»-8080-exec-3" #12',
)
LEFT = (
    "hello\nThanks, Support Team\n",
    "uptime_ns=2646517267577376 pid=12",
    "systemd: Started user@1000.service.\nretrying in 5\n",
    "DETAIL:  Failing row contains (42, annkeller, null).",
    "struct passwd *p = getpwnam(name);",
    'getpwnam("root") failed',
    "ERROR\\tstarted logged on to",
    "wrong password: expected 3 got 4",
    "unexpected token: }",
    "request rejected: timeout",
    "invalid key: name",
    "login is disabled and password expired",
    "request\n\tUUID: B8B89F84-D612-4EE6-A752-0713D59DD5F2\n",
    "see DESKTOP-RELEASE.zip",
    "clock skew +668032.1248 s",
    "upgraded thunder from 122.11.73.110 to 89.8.205.53",
    "curl -u admin:os.environ['TOKEN'] https://localhost/",
    'ipsec: no secret : EAP "',
    "SESSION1: auth failed : EAP none",
    "Comment: a note on foo@bar\n",
    "x = foo(a, u'key', b)",
    "printed as: (p2, u'key')",
    "phy0: station in mode 11ac as client",
    "DHCPACK(br0) localhost",
    'strftime("%b4 %d^")',
    "%b20260301^A^",
    'Queued on "Office" by "root".',
    "disk owner=lpuser is mounted",
    "\nactive connections 41 open",
    '  a java.lang.Object,\n  which is held by "till"',
    "UserImpersonated=No",
    "home-default.mount: Mounted home-manager.service",
    "smart-home-hub.mount: Mounted",
    ";; (defun N:foo;bar ;;;",
    "N:Node;Main;;;\nfoo\n",
    "CV Template Modern.pdf",
    "Sample_Template_CV.pdf Invoice March Summary.pdf",
    "Kündigung Vorlage.docx Kündigung Mietvertrag.docx",
    "10:12 users/admin/views.py src users/models/user.py",
    "cd home/assistant/config",
    "-rw-r--r-- root/root 112 2026-03-11 09:12 ./metadata.json",
    "drwxr-xr-x 1000/1000 0 2026-02-01 10:00 a",
    "curl -u user:**** https://repo.example.com",
    "curl -u admin:password https://repo.example.com",
    "Order for Night Delivery was queued",
    "connected as Read Replica 2",
    "ship_to: Null Island, 3 retries left\n",
    "<<<<<<< HEAD\nABCDEFGHIJKLMNABCDEFGHIJKLMNABCD<<<<<<<\n",
    "EG19588300POL9702180F2906140<<<<<<<<<<<<<<08",
    "<" * 44,
    "logo@2x.png icon@1.5x-dark.png pkg@1.2.3-beta.1 a@b.c.min.js",
    "getty@tty1.service openvpn@client.de.service file@host.py.txt",
    "http-2.4.6.10-3 openssl-client-1.2.3.4-5 mysql-12.30.45.6",
    "client-84.62.211.203.jar",
)


def marked(text: str) -> str:
    """A text with marks around what is found in it."""
    found, at = "", 0
    for span in spans(text):
        found += f"{text[at : span[0]]}«{text[span[0] : span[1]]}»"
        at = span[1]
    return found + text[at:]


@pytest.mark.parametrize("text", FOUND)
def test_who_stands_at_the_place_of_a_line_is_found_and_nothing_else(text):
    assert marked(re.sub("[«»]", "", text)) == text


@pytest.mark.parametrize("text", LEFT)
def test_lines_that_only_look_like_those_are_left(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "home-ann-",
        "(p2, c1, k60, u'ann' ",
        " owner=ann lpd ",
        "<<<",
        "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA<<<\n",
        "N:a;b;;;",
        "CV Anna Keller ",
        "a@b.de_",
        "tcp-84.62.211.203-",
        " users/ann/",
    ],
)
def test_what_looks_like_such_a_line_again_and_again_is_read_in_time(text):
    grows_evenly(spans, lambda size: text * (size // len(text)), 16_384)


STANDING = (
    "127.0.0.1 localhost\n127.0.1.1\t«jelena-nuc.home.lan» «jelena-nuc»\n",
    "   Host Name . . . . . . . . . . . . : «jelena-zenbook»\n   Node Type . . . : Hybrid",
    "   Nombre de host. . . . . . . . . : «nb-jelena»\n",
    "\tAccount Name:\t\t«KONTOR-PC4»$\n\tAccount Domain:\t\tNT AUTHORITY",
    '<Data Name="SubjectUserName">«KONTOR-PC4»$</Data>',
    'fatal: [«jelena-desktop»]: UNREACHABLE! => {"changed": false}',
    "ok: [«web-prod-41»]\nchanged: [«web-prod-42»] => (item=nginx)",
    "# User@Host: «jelenap»[«jelenap»] @ «jelena-laptop» [«10.20.30.41»]  Id: 41",
    'From: "«Jelena Petrova»" <sip:«jelena77»@«10.20.30.41»>;tag=1',
    '{"real_name":"«Jelena Petrova»","display_name":"«jpetrova»","avatar_hash":"a1"}',
    "skype: «jelena1977»\ndiscord: «jelena_pet»\nTelegram: @«jelenap»\n",
    "  iSerial                 3 «5CD9321QWX»\n",
    "Received: from «jelena-laptop.kontor-nord.de» ([«84.62.211.203»]) by mx.example.org",
    "VERIFY OK: depth=0, C=DE, O=kontor, CN=«jelena-nuc», emailAddress=x",
    "$ hostname\n«jelena-thinkpad»\n$ uname -r\n5.15.0-91-generic\n",
    "[07:41] <«jelena_p»> which build?\n[07:41] *** pavel has joined #support\n",
    "user location «52.391286, 13.064473»\n",
    "machine repo.kontor.example login build password «qWErTYuiop-ASdfGH»\n",
    "seen by CORP\\«jelena.petrova» today",
    "COOKIES\ncsrftoken\t'«q7Wd2Zk9Pb4Xn1Rt6Lm3Vc8Ys5Hg0JfA»'\n",
    "crypto isakmp key «qWErTYuiopASdfGH» address «84.62.211.203»",
    "pre-shared-key address 0.0.0.0 key «qWErTYui-opASdfGH»",
)
NOT_STANDING = (
    "127.0.1.1 localhost\n",
    "   Host Name . . . . . . . . . . . . : localhost\n",
    "\tAccount Name:\t\tSYSTEM\n",
    "ok: [localhost]\nok: [web]\nfatal: [main]: not found",
    "# User@Host: root[root] @ localhost []  Id: 41",
    'Subject: "Night Batch" <build>',
    '{"display_name":"checkout-api","kind":"service"}',
    "discord: connected\ntelegram: enabled\ndiscord: guild ready\nskype: not installed\n",
    "  iSerial                 0 \n  iSerial                 3 none\n",
    "Received: from mail-lf1-f54.google.com by mx.example.org",
    "Received: from mx3.kontor-nord.example by relay",
    "depth=0, C=US, O=Kontor, CN=kontor.example",
    "$ hostname\n$ uname -r\n5.15.0-91-generic\n",
    "[12:30:01] <main> started\n<title>Kontor</title>\n",
    "user location enabled, accuracy 12.5\nuser location 404",
    "SRC\\main and AD\\x64 and corp\\jelena and CORP\\setup.exe",
    "crypto isakmp key rotation at address change",
)


@pytest.mark.parametrize("text", STANDING)
def test_who_and_what_stands_where_a_tool_writes_it_is_found_and_nothing_else(text):
    assert marked(re.sub("[«»]", "", text)) == text


@pytest.mark.parametrize("text", NOT_STANDING)
def test_what_tools_write_of_nobody_is_left(text):
    assert marked(text) == text


@pytest.mark.parametrize(
    "text",
    ["depth=0, C=DE ", "[07:41] <a> ", "received: from a-pc.", "ok: [a-1", "host name . . .", " password a",
     "discord: a", '" <sip:', "account name: A", "user location 5.1", "# user@host: a[a",
     "127.0.1.1 a ", "iserial  3 a"],
)  # fmt: skip
def test_lines_of_tools_again_and_again_are_read_in_time(text):
    grows_evenly(spans, lambda size: text * (size // len(text)), 16_384)
