"""Names of wireless networks, numbers of devices and accounts, what is typed into fields, arguments on one line.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import fields
from triage.redact.pii import devices, wireless

ID = "4b1d09c2-77aa-4e0f-9c35-0d2b6e81f7a4"
SERIAL = "R58" + "M41QZTJ"
TOKEN = "q7Wd2Zk9" + "Pb4Xn1Rt6Lm3"
SID = "S-1-5-21-" + "2811744093-1190337251-604418772-1107"

NETWORKS = (
    'wlan0: SSID "«Andersen_Home»"',
    '    SSID: "«Nordlicht 12 KL»", RSSI: -58',
    "    SSID                   : «O'Brien-2G»\n    Radio type             : 802.11ax",
    "{ SSID = «Lindner-5G»; CHANNEL = 36; }",
    '{"type":"wifi","ssid":"«Lindner-5G»","metered":false}',
    "wifi_ssid: «Lindner-Gast»\nwifi_rssi: -43",
    "ssid=«Lindner-Gast» connected in 3s",
    "probing (SSID='«Lindner Gast»' freq=5180 MHz)",
    'wlan0     IEEE 802.11  ESSID:"«Lindner Gast»"',
    "mWifiInfo SSID: «Lindner Gast», Supplicant state: COMPLETED",
    "<key>SSID_STR</key>\n<string>«Lindner 5G»</string>",
    "Interface name : Wi-Fi\nSSID 1 : «Lindner 5G»\n    Network type : Infrastructure\nSSID 2 : «Klein»",
    "    All User Profile     : «Lindner 5G»",
    "Current Wi-Fi Network: «Lindner 5G»",
    'Connected to wireless network "«Lindner 5G»".',
    "device (wlan0): Activation: starting connection '«Lindner 5G»' (state)",
    'NetworkInfo: [type: WIFI[], state: CONNECTED, reason: (unspecified), extra: "«Lindner 5G»", roaming: false]',
    "nmcli device wifi connect «Lindner-5G» --rescan no",
    "/connect?ssid=«Lindner%205G»&rssi=-40",
    "Joined network «Lindner-5G» after 3 s",
    'configKey="«Lindner 5G»"WPA_PSK',
    "WIFI:T:nopass;S:«Lindner-5G»;;",
)
NO_NETWORKS = (
    'wlan0: SSID "%s"',
    "SSID: <unknown ssid>, RSSI: -127",
    "ssid: string",
    "ssid = wifiInfo.getSSID()",
    "if (ssid == null) return",
    "Invalid SSID: must be between 1 and 32 bytes",
    "The ssid: can be found on the label",
    "hidden_ssid=1 scan_ssid=1",
    "wlan0     unassociated  ESSID:off/any",
    "SSID: not connected",
    "let ssid = process.env.WIFI_SSID",
    "val ssid: String? = null",
    '{"ssid":null,"hiddenSsid":false,"processId":"ab12cd","rssi":-60}',
    "access point: not configured",
    "Access Point: Not-Associated",
    "joined network of 5 nodes",
    "wifi network: connected",
    "device (eth0): Activation: starting connection 'Wired 1'",
    "WIFI:T:WPA;H:true;;",
)
DEVICES = (
    f"adb: device «{SERIAL}» offline",
    f"error: device '«{SERIAL}»' not found",
    f"$ adb -s «{SERIAL}» logcat",
    f"ANDROID_SERIAL=«{SERIAL}»",
    "Run on iPhone («00008030-001A2D8E0E82802E»)",
    f"List of devices attached\n«{SERIAL}»\tdevice\nemulator-5554\tdevice",
    f"«{SERIAL}»\tunauthorized",
    f"USB disconnect: gadget, serial «{SERIAL}»",
    f"AdvertisingIdClient.Info{{id=«{ID}», lat=false}}",
    f"Advertising ID is «{ID}»",
    f"GAID fetched: «{ID}»",
    f"<key>identifierForVendor</key>\n    <string>«{ID.upper()}»</string>",
    f"HKEY_USERS\\«{SID}»\\Software\\Notes: access denied (5)",
    f"owner of the file is «{SID}» (deleted)",
    "android_id: |\n  «5a35ae1279515811»\nn: 1",
    '1) "android_id"\n2) "«5a35ae1279515811»"',
    "app.serial=«5CG2748INF»",
)
NO_DEVICES = (
    "android_id: |\n  none\nn: 1",
    "app.serial=7",
    "build.serial=20240811",
    "adb: device emulator-5554 offline",
    "adb: device unauthorized",
    "error: device not found",
    "waiting for device to be ready",
    "List of devices attached\n\n",
    "* daemon not running\tdevice",
    "AdvertisingIdClient.Info{id=00000000-0000-0000-0000-000000000000, lat=true}",
    f"advertising id was not read, request {ID[:23]}",
    "Security ID: S-1-5-18",
    "BUILTIN\\Users S-1-5-32-545",
    "USB device, serial connection lost",
)
PEOPLE = (
    "Built by «jlindner»@«notes» on 2024-12-18",
    "Built-By: «jlindner»",
    '"twitter_handle":"@«jlindner7»"',
    "C:\\> whoami\n«app-19»\\«nlindner»\n",
    "whoami: «app-19»\\«nlindner»\n",
    "CrashReporter: screen_name: «jlindner»",
    "settings loaded { screenName: '«jlindner7»', theme: 'dark' }",
    "Comments: Hi, this is «Jelena Lindner». Notes crashes.",
    "Hi, «Jelena Lindner» here. Notes crashes.",
    "Hello, I am «Jelena Lindner». Notes crashes.",
    "Ich bin «Jelena Lindner», die App stürzt ab",
    "displayName: «Mateo Lindner»",
)
NOBODY = (
    "Built by gradle 8.4",
    "Built-By: jenkins",
    "iPhone (iOS 17.2)",
    "compiled by gcc@11.2.0",
    "built by jenkins@notes",
    "whoami: root\\nuid=0",
    "firebase screen_name: home_screen",
    '{"screenName":"OrderDetails"}',
    "screen_name=checkout",
    "Hi, this is Crash Reporter. Notes crashed.",
    "The Main Menu here. And there.",
    "I am Running Late. Bye",
)
TYPED = (
    '{"category":"ui.input","message":"input#password","data":{"value":"«Kupfer_97»"},"type":"user"}',
    '{"message":"form > input[name=\\"password\\"]","data":{"value":"«Kupfer_97»"}}',
    "cy.get('#password').type('«Kupfer_97»')",
    "await page.fill('[name=password]', '«Kupfer_97»')",
    'driver.findElement(By.id("password")).sendKeys("«Kupfer_97»");',
    'onView(withId(R.id.password)).perform(typeText("«Kupfer_97»"))',
    '{"selector":"form > #user_password","inputValue":"«Kupfer_97»"}',
    '{"xpath":"//input[@id=\'password\']","text":"«Kupfer_97»"}',
    '{"id":"password","value":"«Kupfer_97»"}',
    'I type "«Kupfer_97»" into the "Password" field',
    "page.getByLabel('Password').fill('«Kupfer_97»')",
)
NOT_TYPED = (
    '{"target":"password","action":"focus"}',
    '{"target":"div.password","text":"Forgot password?"}',
    '{"id":"password","value":"required"}',
    'I wait for "5 seconds" in the password field',
    '{"message":"input#search","data":{"value":"Kupfer_97"}}',
    "input.password { width: 10px; value: '12px' }",
    "page.getByLabel('Search').fill('Kupfer_97')",
    'log.fill("abc123")',
    '["input#password","click"]',
    "page.click('#password', {delay: 20})",
)
SECRETS = (
    f"audit: argv[0]=notes argv[1]=login argv[2]=--token argv[3]=«{TOKEN}»",
    'argv[0]="notes" argv[1]="--password" argv[2]="«Kupfer_97»"',
    f"[1]=--api-key [2]=«{TOKEN}»",
    f"opened https://example.com/done#code=«{TOKEN}»&source=mail",
    f"opened https://example.com/#state=4&invite=«{TOKEN}»",
)
NO_SECRETS = (
    "argv[1]=--token argv[2]=--verbose argv[3]=4711",
    "args[2]=--key args[3]=value",
    "see https://example.com/docs#code=example-section",
    "see https://example.com/docs#sign=left",
    "settings { api_key: '██', theme: 'dark' }",
    "password: ●●●●●●●●",
    "usage: notes login --db-password=<db_password>",
)


@pytest.mark.parametrize("text", [*NETWORKS, *DEVICES, *PEOPLE, *TYPED, *SECRETS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_NETWORKS, *NO_DEVICES, *NOBODY, *NOT_TYPED, *NO_SECRETS])
def test_what_only_looks_like_one_is_left(text):
    found = [(text[start:end], kind) for start, end, kind in spans(text) if kind != "hostname"]
    assert found == []


@pytest.mark.parametrize(
    ("text", "kind"), [(NETWORKS[3], "ssid"), (DEVICES[0], "device_id"), (DEVICES[12], "windows_sid")]
)
def test_kinds(text, kind):
    assert [found for _, _, found in spans(text.replace("«", "").replace("»", ""))] == [kind]


def test_a_part_of_a_mail_that_is_quoted_printable_may_write_out_letters():
    head = "Content-Transfer-Encoding: quoted-printable\n\n"
    text = "email: j=65lena=40l=69ndner.=64e\n"
    assert [text[start - len(head) : end - len(head)] for start, end, _ in spans(head + text)] == [text[7:-1]]
    assert spans(text) == []


def test_every_list_of_words_has_its_reader():
    assert all(map(callable, (devices.READERS | wireless.READERS | fields.READERS).values()))


@pytest.mark.parametrize(
    "piece",
    ["ssid=a ", "SSID: A B ", "\nSSID 1 : A", "access point '", "[type: WIFI ", "wifi:t:a;", "wifi connect a ",
     "adb -s R58M ", "\nR58M41QZTJ\tdevice\n", "list of devices attached\na device", "advertising id is ", "gaid ",
     "S-1-5-21-111-", "built by a@", "whoami\na", "input#a.b[c=d]", "[name=password]value ", "a').fill('", "#password,",
     '"target":"a', '"id":"pass', 'into "password', " ssid a1b2",
     "argv[1]=--token ", "#code=", "screen_name=a ", "I'm Jelena A. ", "A B here.", "=41=42"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)


NUMBERED = (
    "\tSerial Number: «QKSMJ4B»\n\tUUID: x",
    "Base Board\n\tSerial Number: /«QYLUHUE/CNGGQYX0AFJ2»/\n",
    "Chassis\n\tAsset Tag: «IT-787641»\n",
    "Asset tag / serial: «5CGAQWIAVB»",
    "Seriennummer: «S8QXMEVLES738HF»",
    "Numéro de série : «5CG2UKOWBQ»",
    "Service Tag: «7QK2M53»",
    "ID_SERIAL_SHORT=«PQKS7YZ5»",
    "usb 1-2: SerialNumber: «17364BC93EBA4009»",
    "[net.hostname]: [«android-57034f8421ebd37f»]",
    "D Telephony: line1Number=«0696438961» state=2",
)
NOT_NUMBERED = (
    "\tSerial Number: Not Specified\n\tAsset Tag: To Be Filled By O.E.M.\n",
    "Serial Number: 1234567890 (0x499602d2)\n    Signature Algorithm: sha256",
    "Serial Number: 04:ab:cd:ef",
    "serial=03AB4512FFEE00",
    "2024010101 ; serial\nserial: 2024010101",
    "usb 1-2: New USB device strings: Mfr=1, Product=2, SerialNumber=3",
    "Serial number: unknown, asset tag: none",
    "asset_tags = [web, db]",
    "serial: COM3",
)


@pytest.mark.parametrize("text", NUMBERED)
def test_what_a_maker_numbers_a_device_by_is_masked_and_nothing_else(text):
    plain = re.sub("[«»]", "", text)
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«(.*?)»", text)


@pytest.mark.parametrize("text", NOT_NUMBERED)
def test_numbers_of_certificates_and_words_are_left(text):
    assert spans(text) == []
