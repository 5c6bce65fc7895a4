"""People by where they stand: labels of forms, messages of hospitals and banks, letters, chats, devices, places.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import mask, spans
from triage.redact.pii.correspondence import READERS
from triage.redact.pii.forms import plain

FORMS = (
    "Address line 1: «12 Harbour Lane»",
    "Birth date: «1979-03-05»",
    "Date of birth (DD/MM/YYYY): «05/03/1979»",
    "Phone (home): «(415) 767-5098»",
    "ZIP code: «90210»",
    "| Full name | «Ana Cruz» |",
    "Straße und Hausnummer: «Am Markt 4»",
    "Numéro de sécurité sociale : «1 85 05 78 006 084 91»",
    '{"adresseFacturation":"«8 rue de la Paix»"}',
    "<ContactPerson>«Dr. Ingeborg Lind»</ContactPerson>",
    "电话\uff1a«138 1234 5678»",
    "전화번호: «010-1234-5678»",
    "身份证号: «11010519491231002X»",
    "ИНН «500100732259»",
    "customer[name]=«Ana+Cruz»&customer[phone]=«0171+2345678»",
    '{"log":"**System**: Debian\\n**Reported by**: «Ana Cruz» («ana@cruz.pt»)\\n"}',
    '{"a":"[user]\\n\\temail = «ana@cruz.pt»\\n\\tname = «Ana Cruz»"}',
    '{"a":"{\\"m\\":\\"Hallo\\\\n\\\\nName: «Ana Cruz»\\\\nAnschrift: «Rue des Tanneurs 56»\\\\n\\"}"}',
    "log=Nom%20%3A%20«Ana%20Cruz»%0AAdresse%20%3A%20«500%20Maple%20Grove%20Road»%0A",
    "**Reported by**: «김민준»",
    "Ship to: «Rosalind Achter», Boise",
)
TABLES = (
    "| Name | «Uwe Schmidt» |\n| Phone | «030 1234567» |\n| Address | «Hauptstr. 5» |\n",
    "<tr><td>Name</td><td>«Uwe Schmidt»</td></tr><tr><td>Phone</td><td>«030 1234567»</td></tr>",
    "<dt>Date of birth</dt><dd>«1979-03-05»</dd>",
    'user_id;name;ip;mac\n759;"«Greta Berg»";«9.50.82.6»;«3e:0f:de:fe:5d:54»\n',
    "> user_id;name;ip;last_seen\n> 759;«Greta Berg»;«9.50.82.6»;never\n",
    "INSERT INTO `wp_users` (`ID`, `user_email`, `display_name`) VALUES\n> (1, '«kat@proton.me»', '«Anna Ivan»')",
    "Key (email, phone)=(«anna@ivan.ru», «0171 2345678») already exists.",
)
MESSAGES = (
    "PID|1||«4471122»||«DOE^JANE^A»||«19800101»|F|||«12 ELM ST^^DENVER»||«(303)555-0191»",
    "NK1|1|«DOE^JOHN»|FTH|«12 ELM ST»|«(303)555-0192»",
    "NM1*IL*1*«DOE»*«JOHN»****MI*«W123456789»~\nN3*«1234 MAIN STREET»~\nDMG*D8*«19740512»*M~",
    "{4:\n:50K:/«DE89370400440532013000»\n«HANS MUELLER»\n«HAUPTSTRASSE 12»\n-}",
    '{"name":[{"given":["«Rosalind»","«Mae»"]}],"telecom":[{"system":"phone","value":"«(03) 5555 6473»"}]}',
    '<Attribute Name="urn:oid:2.5.4.42"><AttributeValue>«Sinead»</AttributeValue></Attribute>',
)
LETTERS = (
    "it crashed.\nKind regards,\n«Florian Baum»\nTel. «+49 89 1234567»",
    "[12/03/2024, 18:22:11] «Marta Kowal»: it crashed again",
    "3f1c9a7b («Priya Nataraj» 2023-04-01 10:22:31 +0530  12) x = 1",
    "r4711 | «mgreen» | 2024-02-11 09:12:11 +0000 | 2 lines",
    "Envelope from: “«Jürgen Weiß»” «+55 11 99887-5696» (device: 1)",
    "From: =?UTF-8?B?«QW5hIENydXo=»?= <«ana@cruz.pt»>",
    "From: =?utf-8?q?«Ana_Lim=C3=B3n»?= <«ana@cruz.pt»>",
    'CallerID="«Ruth Gins»" <«2125550147»>',
    "You can call me at «06 47 08 92 14».",
    "we called the customer back on «0161 496 0345»",
    "geboren am «12. April 1961» in Linz",
    "born «March 5, 1979» in Leeds",
    "I live at «14 Wattle Street»",
    "write to «jane.doe [at] corp-mail [dot] org»",
    "Frau «Erika Muster» meldet einen Fehler",
)
DEVICES = (
    "idfa=«6D92078A-8246-4BA4-AE5B-76104861E7DC»",
    '{"android_id":"«9774d56d682e549c»"}',
    "[ro.boot.serialno]: [«RF8N30ABCXY»]",
    "mac=«a42bb0c91f7e»",
    '{"latitude":«48.8583701»,"longitude":«-2.2944813»}',
    "geo:«47.3769»,«8.5417»",
    "Location[gps «52.379189»,«4.899431» hAcc=12]",
    "«Anna's iPhone» is connected",
    "reverse_proxy «172.22.0.12»:8096",
    "xfreerdp /u:admin /v:«10.44.221.30»",
)
HARMLESS = (
    "| Full name | Type |\n|---|---|\n| Address | string |\n| Phone | required |\n",
    "<tr><td>Name</td><td>Main Thread</td></tr><tr><td>Phone</td><td>must be set</td></tr>",
    "Certificate serial number: 00C48C8D",
    "Address line 1: required",
    "| Full name | string | yes |",
    "Caller: HttpServlet.service",
    '{"m":"line one\\nName: Worker Pool\\nAddress: 0x7fff5fbff8a0\\n"}',
    "user_id,name,value\n1,Dark Mode,on\n",
    "INSERT INTO settings (id, name, email_enabled) VALUES (1, 'Dark Mode', 1);",
    "customer_id,product_name,price\n7,Blue Widget,12\n",
    '{"given": ["a test", "when run"]}',
    '{"line": ["int main() {", "return 0;"]}',
    "n3*width~0",
    "12:50:59:59:ABC at main.rs:50:59:\n2026-02-03T04:05:06Z",
    "Regards,\nThe Support Team\n",
    "This is Windows Subsystem for Linux",
    "called 0123456 times, then dial tcp",
    "Run 907933458 finished in 4m12s",
    "lat=12.3456ms bw=3.4MB",
    "coordinates lat=665.5555473100 lon=0.61785",
    "position: 12.345678, 99.123456, 3.4",
    "device_id: 0x1f82 vendor identifier: 0x10de",
    "Vulkan deviceUUID = d5273779-72be-451b-8cb6-02de6ae14704",
    "Mr. Robot.run failed",
    "Key (id, created_at)=(12345678, 2024-01-02) already exists.",
    "Apple's iPhone simulator",
    "deadbeef (Initial Commit 2023-01-02 x",
)


@pytest.mark.parametrize("text", FORMS + TABLES + MESSAGES + LETTERS + DEVICES + HARMLESS)
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain_text = re.sub("[«»]", "", text)
    wanted: set[int] = set()
    at = 0
    for part in re.findall("«[^»]*»|[^«]+", text):
        size = len(part.strip("«»"))
        wanted |= {*range(at, at + size)} if part[0] == "«" else set()
        at += size
    found = {place for start, end, _ in spans(plain_text) for place in range(start, end)}
    assert not [plain_text[place] for place in sorted(wanted - found) if plain_text[place].isalnum()]
    assert not [plain_text[place] for place in sorted(found - wanted) if plain_text[place].isalnum()]
    assert mask(mask(plain_text)) == mask(plain_text)


def test_names_are_compared_without_their_marks():
    assert plain("Numéro de téléphone".encode()) == "Numero de telephone"
    assert plain("Imię i nazwisko".encode()) == "Imie i nazwisko"
    assert plain(b"Address") == "Address"


def test_every_list_of_words_has_its_reader():
    assert all(map(callable, READERS.values()))


@pytest.mark.parametrize(
    "piece",
    ["Name: Ana ", "name=A&", "Regards,\n", "=?UTF-8?B?QW5h?= ", '"A B" +49', "PID|", "NM1*IL*1*A~", "\n:59:A\n",
     "geo:1.", "[at]", "a.a[dot]", "call me a ", "\\nName: A", "Key (a,", '"given":["', "Address line "],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
