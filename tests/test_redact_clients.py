"""People in files and lines of single programs: clients, archives, hospitals, banks, games, exchanges, chats.

In each line «...» must be masked, and nothing else may be; the others are left as they are. Line ends are real.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.pii import clients, clinical, correspondence, hosts, identities, papers, registers

WORD = "Xk29fjw8-Qz"
NT = "996bee3074e324e732a92f22d49f4417"
UUID = "a64476c7-05b2-5522-88d8-60a39b7f91aa"
CRYPT = "$2b" + "$10$A24VhtDxysPzD/3Lf1kDDGzxOKyOhJSNM2/Rhrt2abcdefghijklm"
COMMANDS = (
    "psexec \\\\«DESKTOP-5QUX84U» -u «mkowal» -p «W» cmd /c ver",
    "psexec -u CORP\\«mkowal» -p «W» cmd",
    "schtasks /create /tn sync /ru «mkowal» /rp «W» /tr sync.exe",
    "tasklist /u CORP\\«mkowal» /p «W»",
    "mosquitto_pub -u «mkowal» -P «W» -t a/b",
    "plink -ssh -l «mkowal» -pw «W» gw",
    "snmpget -v3 -u «mkowal» -l authPriv gw sysDescr.0",
    "beeline -u jdbc:hive2://h:10000 -n «mkowal»",
)
ACCOUNTS = (
    "screen mode id:i:2\nfull address:s:«ts-07.corp.local»:3389\nusername:s:«mkowal»\n",
    "username:s:CORP\\«vkowal»\nprompt:i:0",
    "gatewayhostname:s:«rdgw-02.example-works.fr»",
    "in: 35=A|49=BRKR1|553=«mkowal»|98=0",
    "8=FIX.4.4^A35=A^A553=«mkowal»^A98=0",
    f"«mkowal»:1665:«{NT}:{NT[::-1]}»:::",
    f"INSERT INTO staff VALUES (77,'«mkowal»','«{CRYPT}»',1);",
    "«srv-web-20.prod.northwind.internal»:5432:orders:«mkowal»:«nuvrdUdop»\n",
    "service.login=«mara_kowal»",
    "-rw-r--r-- «mkowal»/staff  1204 2024-03-04 10:11 logs/app.log",
    "  adding: home/«mkowal»/.config/app/state.json (deflated 61%)",
    "  inflating: home/«mkowal»/notes.txt",
    "a home/«mkowal»/notes.txt",
    "x users/«mkowal»/Documents/notes.txt",
    "tar: home/«mkowal»/.cache: file changed as we read it",
    "2024-01-01 12:00 home/«mkowal»/Downloads/x",
    "[«6001»]\ntype=friend\nsecret=«W»\ncontext=internal\n",
    "[«6001»]\ntype=endpoint\naors=6001\nauth=6001\n",
    "WRITE CORP\\«vkowal» denied on share finance",
)
MACHINES = (
    "SESSION_MANAGER=local/«jenkins-node34»:@/tmp/.ICE-unix/19,unix/«jenkins-node34»:/tmp/.ICE-unix/19",
    "«pc-kowal»/unix:0  MIT-MAGIC-COOKIE-1",
    "krbtgt: host/«web-05.hq.acmeworks.fr»@CORP: clock skew",
    "HTTP/«web-05.hq.acmeworks.fr»@CORP",
    "MSSQLSvc/«db01.corp.local»:1433",
    "fatal: unable to access 'https://«mkowal»:«W»@«git.acmeworks.co.uk»/core/app.git/'",
    "http://«mkowal»:«W»@«nexus.acmeworks.com»/repository/x",
    "java.net.UnknownHostException: «worker-17»",
    "agent --server-name «build-agent-47» --pool-size 16",
    'could not translate host name "«build-agent-13»" to address',
)
PATIENTS = (
    "(0010,0010) PN [«DOE^JANE»]              #   8, 1 PatientName\n(0010,0020) LO [«4262184»]\n(0008,0060) CS [MR]",
    "(0010, 0010) Patient's Name                      PN: '«Doe^Jane»'",
    "(0010,0030) DA #8 [«19700412»] PatientBirthDate",
    '"00100010": {"vr": "PN", "Value": [{"Alphabetic": "«Doe^Jane»"}]}, "00100020":{"vr":"LO","Value":["«4262184»"]}',
    '<DicomAttribute tag="00100020" vr="LO" keyword="PatientID"><Value number="1">«4262184»</Value>',
    "PatientName=«DOE^JANE» Modality=CT",
    "ReferringPhysicianName: «DOE^JANE^A»",
    '{"resourceType":"Patient","identifier":[{"type":{"coding":[{"code":"MR"}]},"system":"urn:oid:1.2","value":"«12345678»"}]}',
    '"identifier": [{"value": "«MRN1720343»", "system": "https://clinic.example/mrn"}]',
    '<identifier><system value="urn:mrn"/><value value="«MRN1720343»"/></identifier>',
)
PAPERS = (
    "RUT «15.534.894-1» CUIT «27-40536251-7» TCKN «95233337184»",
    "National Id                 : «C255745148»",
    "**National id:** «C255745148»",
    "National Id :   «1-7200-31974-58-1»",
    "<sin>«046-454-286»</sin>",
    "<nino>«AB123456C»</nino>",
    "'«AB123456C»' is not a valid National Insurance number",
    "ValidationError: nhs_number '«943 476 5919»' not unique",
    "vehicle with plate «WX-58-ZP» entered",
    "anpr: plate «B-MW 8927» gate 3 open",
    "licence plate «AB12 CDE» not found",
    "Kennzeichen: «B-MW 1234»",
    "IMEI 1: «861002546909270»\nIMEI (SIM 2): «861002546909262»",
    "ro.serialno=«R5MXMYHSOSV»",
    f'"deviceIdentifierForVendor" : "«{UUID.upper()}»"',
    "ADR;TYPE=HOME:;;«Lindenstr. 129»;Lyon;;«35852»;",
    ":59:/«ES9121000418450200051332»\n«LEILA RINALDI»\n2022-10-02T17:28:07.548Z DEBUG started",
)
PLAYERS = (
    "LogNet: Join succeeded: «WindowFrost77»",
    "[Server thread/INFO]: «Frostbyte77» joined the game",
    f"UUID of player «Frostbyte77» is «{UUID}»",
    f"net.minecraft.client.main.Main --username «Frostbyte77» --uuid «{UUID}» --version 1.20",
)
TALK = (
    "Hi «Emily»,\nyour new password is «W»",
    "Hello «Sanjay», the password: «W»",
    "[chat] «Henrik»: the staging password is «W» btw",
    "[chat] «Grace»: the staging password is «W» btw",
    "[chat] «Henrik»: it crashes again",
)
NOTHING = (
    "National Id                 : none",
    "TCKN missing",
    "psexec -s -u administrator cmd",
    "schtasks /create /ru SYSTEM /tn sync",
    "username:s:\nprompt:i:0",
    "full address:s:\n",
    "count 553=mkowal",
    "rows|553=done|554=open",
    "[general]\ntype=friend\ncontext=x\n",
    "[6001]\ntype=friend\ncontext=x\n",
    "[12] type=user loaded",
    "  adding: home/templates/index.html (deflated 61%)",
    "  adding: home/views/list.html (deflated 61%)",
    "we moved to a home/office/studio mix",
    "drwxr-xr-x root/root         0 2024-03-04 10:11 x/",
    "::: warning",
    "abc:1000:::",
    "INSERT INTO t VALUES ('status','open');",
    "PATH=/usr/local/bin:/tmp/.x",
    "served host/index.html",
    "worker-17 started",
    "agent --server-name --pool-size 16",
    "host/app@CORP",
    "https://oauth2:${TOKEN}@git.acmeworks.com/app.git",
    "https://git.acmeworks.com/core/app.git",
    "(0010,0010) PN [ANONYMOUS]",
    "(0008,0060) CS [MR]",
    "(0010,0020) LO []",
    '"identifier": [{"system": "urn:ietf:rfc:3986", "value": "urn:oid:1.2.3"}]',
    '"identifier":{"system":"https://registry.example/widgets","value":"widget-100200"}',
    "PatientName: required",
    "patient A ^ B",
    "<sin>0.5</sin>",
    "sin(x) is not a valid sin",
    "template ABC-1234 loaded",
    "plate 12 of 20",
    "adr;type=x",
    "at 10:59:/tmp",
    f"tool --uuid {UUID}",
    "Join succeeded: ok",
    "the cluster joined the game",
    "Hi Emily, all is well",
    "Hi Kafka, the password is required",
    "[chat] System: started",
    "[chat] Error: connection lost",
)


@pytest.mark.parametrize("text", [*COMMANDS, *ACCOUNTS, *MACHINES, *PATIENTS, *PAPERS, *PLAYERS, *TALK])
def test_what_is_marked_is_masked_and_nothing_else(text: str) -> None:
    marked = text.replace("«W»", f"«{WORD}»")
    plain = re.sub("[«»]", "", marked)
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", marked)


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_one_is_left(text: str) -> None:
    assert spans(text) == []


@pytest.mark.parametrize("name", ["gitlab.com", "docs.python.org", "www.acmeworks.com", "acmeworks.com", "a.b"])
def test_services_of_everybody_are_no_servers_of_somebody(name: str) -> None:
    assert not hosts.is_private(name.encode())


@pytest.mark.parametrize(
    "piece",
    [
        "(0010,0010) PN [DOE^JANE] ", '"identifier":[{"system":"a",', "patientname=A^A^A^A^", "35=A|553=mkowal|",
        "[60]\ntype=friend\n", "=local/ab:@/tmp/.", "a/a@A", "x home/aa/b\n", "AB123456C is not a valid nino ",
        "adr;a;", "Join succeeded: ", "\nHi Emily, ", "[chat] Henrik: ", ":::", "\n:59:/ES55\nLEILA R\n",
    ],
)  # fmt: skip
def test_work_grows_with_the_text(piece: str) -> None:
    grows_evenly(spans, lambda size: (piece * (size // len(piece) + 1))[:size], 1 << 14)


def test_every_list_of_words_has_its_reader() -> None:
    rooms = (clients, clinical, correspondence, identities, papers, registers)
    assert all(map(callable, (reader for room in rooms for reader in room.READERS.values())))
