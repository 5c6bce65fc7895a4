"""People by where they stand: labels of forms, messages of hospitals and banks, letters, chats, devices, places.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import pytest

from tests.finding import only_what_is_marked
from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import holders
from triage.redact.pii import addresses
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
    "From: «=?UTF-8?B?QW5hIENydXo=?=» <«ana@cruz.pt»>",
    "From: «=?utf-8?q?Ana_Lim=C3=B3n?=» <«ana@cruz.pt»>",
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
ADDRESSES = (
    "seller at «14 rue des Acacias, 31000 Toulouse» was not found",
    "near «Calle del Pez, 8, 28004 Madrid»",
    "label printed: «ul. Długa 5, 00-238 Warszawa»",
    "label printed: «22 Acacia Avenue, Exeter EX1 2AB»",
    "parcel for «1600 Elm Street, Apt 4, Austin, TX 78701»",
    "x «Av. Paulista, 1578, 01310-200 São Paulo»",
    "x «12 Rue de l'Église, 75004 Paris»",
    "x «Calle Mayor 5, 3º B, 28013 Madrid»",
    "x «Hauptstraße 5, 10115 Berlin»",
    "Ship to: «Goethestr. 9, 34117 Kassel»",
    "Ship to: «7 Kingsgate, Exeter EX1 2AB»",
    'map: no match for "«7 Kingsgate, Exeter EX1 2AB»"',
    "Consignee:\n  «Uwe Lind»\n  «Am Markt 4»\n  «01067» «Dresden»\n",
    "Rechnungsadresse\n«Uwe Lind»\nLind Handel\n«Am Markt 4»\n«01067» «Dresden»\n",
    "«Ana Cruz»\n«Rua Augusta 24»\n«1100-053» «Lisboa»\n",
    "PLZ/Ort: «01067» «Dresden»",
    "CP / Ville : «31000» «Toulouse»",
    "City/ZIP: «Austin», TX «78701»",
    '{"street":"«Am Markt 4»","town":"«Dresden»"}',
    "<Street>«Am Markt 4»</Street><City>«Dresden»</City>",
    "address_line1=«4 Elm Road»\ncity=«Exeter»\n",
    "name,email,city\n«Uwe Lind»,«uwe@lind.de»,«Dresden»\n",
)
ROWS = (
    "row 4 refused: «Cruz»,«Ana»,«ana.cruz@mail.pt»,7",
    "| «Ana Cruz» | «acruz@mail.pt» | open |",
    "(7, '«Ana Cruz»', '«cruz.a@mail.pt»', '«1979-03-05»', NULL)",
    "«anacruz@mail.pt»;«Ana Cruz»;7",
    "«Jürgen Weiß»\t«juergen.weiss@mail.de»\tok",
    "params: ['«Ana Cruz»', '«a.cruz@mail.pt»']",
    "(«ana.cruz@mail.pt»,'«Ana»','«Cruz»')",
    "sold to «Ana Cruz» («ana@mail.pt»)",
)
HOLDERS = (
    "machine ftp.example.com login «mgreen» password «tundra-41x»",
    "«mgreen»:«$apr1$rSeK6oQn$9Jb1kCkqBq0f8s3h2mZ7w/»",
    "«mgreen»:«{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=»",
    "hg: authorization failed ('«mgreen»')",
    "ovpn: peer «mgreen» connected",
    "«mgreen»@«10.4.0.9» closed the session",
    "-- Called SIP/«+4930123456»@out",
    "Dial(DAHDI/g0/«01794123456»,30)",
    "sms: '«0171 2345678»' is not a valid phone number",
    "The 'To' number «06.47.08.92.14» was refused",
    "sort code «20-31-53»",
    "BSB: «062-004»",
    "MECARD:N:«Cruz»,«Ana»;TEL:«+351 912 345 678»;ADR:«Rua Augusta 24»;;",
    '{"doc_type": "passport", "doc_number": "«X4471209»"}',
    '{"number":"«X4471209»","type":"id_card"}',
    "vin: «WAUZZZ8K9BA123456»",
    "Kennzeichen: «DD-AB 1234»",
    "number plate: «LB07 SEO»",
    "memberUid: «mgreen»",
    "cmdkey /add:«files-07» /user:x",
    "txtUser=«mgreen»&x=1",
    "{display_name=«Ana Cruz», number=«06 47 08 92 14»}",
    "ValueError: duplicate passport_number '«X4471209»'",
    "Passport no. «C01X0KJPT»",
    "passport no. «CFGHJ4K7L»",
    '{"type":"passport","number":"«CFG4KLMNP»"}',
    "net user «mgreen» /domain",
    "{display_name=«Ana Cruz», number=«624 11 22 33»}",
    "approver=«Ana Cruz» step=2",
    "last known position («52.379189», «4.899431»)",
)
SENTENCES = (
    "Signed-off-by: «박서준» <«seo@berg.example.net»>",
    "From: «Ольга Андреева» <«o.a@berg.example.net»>",
    "Regards, «박서준»",
    "Regards, «Ольга Андреева»",
    "Regards,\n«박서준»",
    "Patient: «Ольга Андреева», DOB «1956-11-05»",
    "Здравствуйте, меня зовут «Ольга Андреева», телефон",
    "Merhaba, ad\u0131m «Ayşe Y\u0131lmaz», merhaba",
    "Ciao, mi chiamo «李建国», grazie",
    "我叫«李建国»\uff0c你好",
    "私の名前は«佐藤健»です。",
    "Με λένε «Ελένη Παππά», γεια",
    "I live at «Odos Ermou 225».",
    "I live at «서울특별시 마포구 양화로 59».",
    "Address: «浙江省杭州市西湖区文三路251号»",
    "Address: «東京都渋谷区神南1-2-3»",
    "Address: «Atatürk Caddesi No: 245»",
    "<td>Name</td><td>«Ольга Андреева»</td>",
    'x { display_name: Some("«Ольга Андреева»"), n: 1 }',
    "customer «Ana Cruz» has left",
    "appointment for patient «Ingrid O'Hara-Lind» moved",
    "sending invoice to «Rosalind van der Berg»",
    "debtor «Uwe Lind» account blocked",
    "Welcome back, «Ana Cruz»!",
    "Assigned to: «Élodie Lind»\nopen\n",
    "it crashed.\nRegards\n«Florian»\n",
    "es stürzt ab.\nViele Grüße\n«Ingrid»",
)
HARMLESS = (
    "Regards, 客服",
    "我叫系统管理员\uff0c你好",
    "<td>Name</td><td>Главное меню</td>",
    "name: 错误",
    "address: 第1行",
    "running at Level 2",
    "меня зовут не так",
    "connected via Gateway 5, 12345 Total",
    "took the high road, Error 12345",
    "12 items on Main Street, see log 4",
    "Free Software Foundation, Inc., 51 Franklin Street, Boston, MA 02110-1335",
    "Delivery\n  Worker Pool\n  queue 7 is full\n  12345 Bytes=3\n",
    "address\n0x7fff5fbff8a0\n",
    '{"city":"Dresden","level":3}',
    "city = lookup(ip)",
    "plz/ort: unknown",
    "Main,Worker,«noreply@example.com»",
    "| Build Server | «a.b@example.com» | ok |",
    "(7, 'Dark Mode', '«x@example.com»', '1979-03-05')",
    "machine x86_64 login prompt",
    "state machine idle login required",
    "level:$1$ is the first group",
    "authorization failed ('403')",
    "peer connection closed",
    "peer certificate rejected",
    "SIP/2.0 200 OK",
    "a SIP/1001-00000012 is ringing",
    "1234567 is not a valid number of threads",
    "sort code path: 3",
    "/usr/local/20240101",
    '{"type":"passport","strategy":"local-12345"}',
    '{"name":"passport","version":"0.7.0"}',
    "vin: 12.4",
    "kennzeichen: keine",
    "member_count: 12",
    "number: 12345678",
    "duplicate key 'users_pkey'",
    "invalid phone 'must be set'",
    "invalid name 'Worker Pool 2'",
    "position (1.5, 2.25)",
    "part PN 530-12-0042",
    "user@v2.proto",
    "chrome@120.0.6099.10",
    "net user /domain",
    "passport no. MISSING",
    "customer Request Timeout (30s)",
    "assigned to Review Board",
    "city=Aa city=Bb city=Cc city=Dd",
    "customer Data Platform is down",
    "customer Success Portal opened",
    "patient Record Export failed",
    "hello World Wide",
    "Welcome, New User",
    "appointment for Health Check",
    "assigned to Worker Pool",
    "Thanks,\nAdmin\n",
    "Regards\nSupport\n",
    "we send regards\nHttp error\n",
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

CASES = FORMS + TABLES + MESSAGES + LETTERS + DEVICES + ADDRESSES + ROWS + HOLDERS + SENTENCES


@pytest.mark.parametrize("text", CASES + HARMLESS)
def test_what_is_marked_is_masked_and_nothing_else(text):
    only_what_is_marked(text)


def test_names_are_compared_without_their_marks():
    assert plain("Numéro de téléphone".encode()) == "Numero de telephone"
    assert plain("Imię i nazwisko".encode()) == "Imie i nazwisko"
    assert plain(b"Address") == "Address"


def test_every_list_of_words_has_its_reader():
    assert all(map(callable, (READERS | addresses.READERS | holders.READERS).values()))


@pytest.mark.parametrize(
    "piece",
    ["Name: Ana ", "name=A&", "Regards,\n", "=?UTF-8?B?QW5h?= ", '"A B" +49', "PID|", "NM1*IL*1*A~", "\n:59:A\n",
     "geo:1.", "[at]", "a.a[dot]", "call me a ", "\\nName: A", "Key (a,", "rue A ", "rue 1, 1 ", "1 A Road, ",
     "Ship to:\n", "A,a@b.cc,", "machine a login ", "a:$1$", "peer a ", "sip/1/", "mecard:",
     "mecard:n:a;", '":"passport"',
     "customer Ana ", "duplicate a 'b", "plz/ort: 12345 A", '"given":["', "Address line ",
     "first=Ana&last=Cruz&", "first=A", "failing row contains (", "failing row contains (1, Ana, Cruz).\n",
     "users:\n- name: a\n", 'users":[{"name":"a"},', "hex(token)\n", "hex(token)\n| 384339323534 |\n",
     "A\\b S-1-5-21-1-2-3-1001 ", "to\n  ana_\n  b@c.de\n", "psql -U a ", "%2526a%26", "http://a:b@!c#"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)


TOLD_BESIDE = (
    # fields of forms with brackets
    '{"name": "user[phone]", "value": "«07994 859785»"}, {"name": "user[name]", "value": "«Ana Cruz»"}',
    '{"name": "user[address_attributes][street]", "value": "«Lindenweg 5»"}',
    '{"name": "file[name]", "value": "Quarterly Report"}, {"name": "items[0][name]", "value": "Blue Chair"}',
    "self.user[name] = value",
    "params[user][name]",
    # of devices
    '"arch": "arm64", "serial": "«C02G382KG1G3»"',
    "serial = '«R5CMAZB9M5G»'",
    "'serialnumber': '«PF84EFV9»'",
    '"serial": "2024010101"',
    '"serial": "03A1F4C2B5D6E7F8"',
    '"serial": "VERSION2"',
    '"serial": "SERIAL PRIMARY KEY"',
    # below or above how somebody is reached
    "Cheers,\nPhone: «+44 7838 315974»\n«20 rue des Lilas»\n",
    "Build 2026\nTel: «0151 2345678»\n3 crashes today\n",
    # who was born, who signs, who has a mailbox
    "the customer is «Ana Cruz», born «28.05.1968»",
    "the release is Jammy Jellyfish, born «28.05.2022»",
    "Please fix it. Thanks, «Ana Cruz»\n",
    "Thanks, Support Team\n",
    "Thanks, Visual Studio\n",
    "Thanks, Ana Cruz can log in",
    "ADMINS = [('«Ana Cruz»', '«root@acme.example.net»')]",
    "x = [('Release Notes', '«notes@acme.example.net»')]",
    "insert into `users` (`name`, `email`, `password`) values («Ana Cruz», «x1@acme.example.net», $2y$12$a)",
    "insert into `tags` (`name`, `slug`) values (Big Sale, big-sale)",
    # sudo
    "MESSAGE=  «lhartwig» : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/x",
    "MESSAGE= root : TTY=pts/0 ; PWD=/",
    "«lhartwig» : 3 incorrect password attempts ; TTY=pts/0 ; PWD=/",
    # numbers
    '"steuerIdentifikationsnummer": "«92873401539»"',
    '"documento": "«91376822377»"',
    '"documento": "20260101123"',
    '"documento": "informe"',
    "line1Number=«06 37 67 97 18»",
    "lineNumber=1234567",
    "contact: «030 8556465» / x",
    "contact: 2026 01 02",
    "contact: support",
    "vehicle VIN «JTDCDVUUXWT971395»",
    "user.name=«nascimento82»",
    # machines
    "the machine is «BER-WS7235».",
    "the machine is SLOW-2000.",
    "from «175.216.106.239» («BER-WS8078»)",
    "from «175.216.106.239» (CVE-2024-1234)",
    "from «175.216.106.239» (UTC-0800)",
    "relay=mx1.gmx.net[«175.216.106.239»]:25",
    # columns whose ending leads only behind an underscore
    "id,codice_fiscale,passport_number,y\n2612,abc,«FYM0V5M28»,3\n",
    "id,dev_host,imsi,zip\n1,a,«262011234567890»,9\n",
)


@pytest.mark.parametrize("text", TOLD_BESIDE)
def test_people_are_told_by_what_stands_beside_them(text):
    wanted = [part.partition("»")[0] for part in text.split("«")[1:]]
    plain = text.translate({0xAB: None, 0xBB: None})
    assert [plain[start:end] for start, end, *_ in spans(plain)] == wanted
