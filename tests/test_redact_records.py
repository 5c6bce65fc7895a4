"""Values under their names in expanded records and rows of settings, and what papers, vehicles and seeds are called.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re
import time

import pytest

from triage.redact import spans
from triage.redact.named.keys import sense

PNR = "850612-" + "4471"
VIN = "WDBHK52" + "XKM8842917"
SEED = "KZ4TQ6MNP3" + "YXW5RH"
UDID = "9c41e07fb2d86a35"
IDFV = "7e1f2a90-4c3d-4b58-9a06-1d5e8c72b3f4"
RULE = "-[ RECORD 1 ]---+-----------\n"
RECORDS = (
    f"{RULE}id              | 41\nsigning_secret  | «q7Wd2Zk9Pb4Xn1»\ncreated_at      | 2026-03-02\n",
    f"{RULE}personnummer | «{PNR}»\nvehicle_vin  | «{VIN}»\nupdated      | now\n",
    f"{RULE}pin_code | «4821»\nssid | «Lindner-5G»\n-[ RECORD 2 ]---\npin_code | «9917»\nssid | \n",
    f"{RULE}display_name | «Rosa Lindner»\nplan | pro\n",
    "+-[ RECORD 1 ]--+-----------+\n| phone         | «030 4453176» |\n| plan          | pro |\n+------+------+\n",
    "-[ DATENSATZ 1 ]-\npasswort | «Kupfer_Kaffee97»\nplan | pro\n",
    "\u2500[ RECORD 1 ]\u2500\u252c\u2500\u2500\u2500\nid \u2502 5\npassword \u2502 «Kupfer_Kaffee97»\n",
    "* Record 1\nid        5\napi_token «q7Wd2Zk9Pb4Xn1Rt6Lm3»\nplan      pro\n",
    f"{'*' * 27} 1. row {'*' * 27}\n        id: 5\n  pin_code: «4821»\n      plan: pro\n",
    "@ Row 1\n----------+-----------\n id       | 5\n password | «Kupfer_Kaffee97»\n",
    f"{RULE}name  | smtp_password\nvalue | «Kupfer_Kaffee97»\n",
    f"{RULE}wrapped_key_secret | «q7Wd2Zk9Pb4Xn1»+\n            | «Rt6Lm3Vc8Yh5»\nplan | pro\n",
)
NO_RECORDS = (
    f"{RULE}access_token | undefined\ncreated_at   | 2026-03-02\n",
    f"{RULE}api_key    | None\nupdated_at | 2026-03-02\n",
    f"{RULE}token_type | bearer\nhas_password | t\npassword_changed | 2026-01-01\npassword | \n",
    f"{RULE}pid | 812\nusename | app\nquery | SELECT 1\nstate | idle\n",
    f"{RULE}name | work_mem\nsetting | 4096\nunit | kB\n",
    f"{'*' * 27} 1. row {'*' * 27}\nTable: tokens\nEngine: InnoDB\nRows: 12345678\n",
    f"{RULE}vehicle_vin | NULL\npatient_id | 12\ndisplay_name | Main Queue\n",
)
ROWS = (
    f"INSERT INTO s (id, key, value) VALUES\n (1, 'theme', 'dark'),\n (2, 'personnummer', '«{PNR}»');",
    "INSERT INTO m (user_id, meta_key, meta_value) VALUES (5, 'phone', '«030 4453176»'), (5, 'given_name', '«Ilse»');",
    "INSERT INTO prefs (name, value) VALUES ('wifi_ssid', '«Werkstatt_2G»'), ('lang', 'de');",
    f"INSERT INTO prefs VALUES (1, 'theme', 'dark'), (2, 'personnummer', '«{PNR}»'), (3, 'api_key', '«Kq82jsnQ0sx»');",
    f"COPY public.s (id, key, value) FROM stdin;\n1\ttheme\tdark\n2\tpersonnummer\t«{PNR}»\n3\tpin\t\\N\n\\.\n",
    f"CREATE TABLE s (key text, value text, password text);\nINSERT INTO s VALUES ('vin', '«{VIN}»', '«Kaffee97x»');",
)
NO_ROWS = (
    "INSERT INTO s (name, value) VALUES ('session_timeout', '3600'), ('phone_required', 'yes');",
    "INSERT INTO cols (name, value) VALUES ('username', 'string'), ('dni', 'varchar'), ('given_name', 'required');",
    "INSERT INTO cols VALUES ('password', 'varchar(40)'), ('phone', 'text'), ('token', 'api_key');",
    "COPY public.s (id, key, value) FROM stdin;\n1\ttheme\tdark\n2\tpin\t\\N\n\\.\n",
    "CREATE TABLE s (password text, KEY idx_a (password));\nSELECT 1;",
)
NAMED = (
    f"MFA_SEED=«{SEED}»",
    f"A=b\x00MFA_SEED=«{SEED}»\x00SHLVL=1",
    f"<key>MfaSeed</key>\n<string>«{SEED}»</string>",
    f"    [mfa_seed] => «{SEED}»\n",
    f'mfa_seed = "«{SEED}»"',
    f"&{{Debug:false MfaSeed:«{SEED}» Timeout:30s}}",
    f"  mfaSeed: '«{SEED}»',",
    'drivers_license_number = "«M-KL 4821»"',
    "Führerscheinnummer: «B072RRE2I55»",
    "export DRIVING_LICENCE_NO=«W7253716»",
    f"ClientConfig{{vehicleVin='«{VIN}»', poolSize=9}}",
    f"Environment=MODE=prod VEHICLE_VIN=«{VIN}» WORKERS=6",
    "<patientId>«MRN41208866»</patientId>",
    '"patient_number": "«40128866»"',
    f'["device_udid"]=>\n  string(16) "«{UDID}»"\n',
    f'["personnummer"]=>\n  string(11) "«{PNR}»"\n',
    f'{{"name":"x-idfv","value":"«{IDFV}»"}}',
    f'{{"name":"x-device-idfa","value":"«{IDFV}»"}}',
    f"ios_adid=«{IDFV}»",
    'name: DISPLAY_NAME\n  value: "«Ilse Novotna»"\n',
    '+ display_name = "«Hiro Lindner»"',
    '"displayName": "«Rosa Lindner»"',
)
NOT_NAMED = (
    "mfa_seed = null",
    "mfaSeed: String",
    '"mfa_seed_length": 32',
    "random_seed = 1234567890123",
    '"drivers_license": "required"',
    "driversLicenseNumber: String!",
    "driving licence: please upload a scan",
    "vehicle_vin = null",
    "vin_count: 12345678901234567",
    "patientId: string",
    "patient_id=12",
    "chart number: 12345",
    '["device_udid"]=>\n  NULL\n',
    '["device_udid"]=>\n  string(0) ""\n',
    "x-idfv: undefined",
    f'{{"name":"x-request-id","value":"{IDFV}"}}',
    'display_name = "Main Thread"',
    'displayName: "Grace Period"',
    '"displayName": "Rosa Parks Library"',
    "displayName: Maven Build",
    "config: &{Debug:false KeyFile:app-credentials Timeout:30s}",
)
ACCOUNTS = (
    "postgres://«ledger_rw»:«S3cretPw99x»@db:5432/x",
    "mysql://«etl-batch»:«S3cretPw99x»@db/x",
    "«ledger_rw»:«S3cretPw99x»@tcp(db:3306)/shop",
    "Server=db;User Id=«sa_shop»;Password=«S3cretPw99x»;Encrypt=True",
    "Server=db;Uid=«sa_shop»;Pwd=«S3cretPw99x»;Encrypt=True",
    "jdbc:oracle:thin:«ilse_novotna»/«S3cretPw99x»@db:1521/x",
)
OF_NOBODY = (
    "postgres://postgres:«S3cretPw99x»@db:5432/x",
    "mysql://root:«S3cretPw99x»@db/x",
    "postgres://ledger_rw@db:5432/x",
    "Server=db;User Id=sa;Password=«S3cretPw99x»;",
    "Server=db;User Id=app_rw;Database=crm;Pooling=true",
    "jdbc:oracle:thin:system/«S3cretPw99x»@db:1521/x",
)


@pytest.mark.parametrize("text", [*RECORDS, *ROWS, *NAMED, *ACCOUNTS, *OF_NOBODY])
def test_it_is_found(text):
    plain = re.sub("[«»]", "", text)
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", [*NO_RECORDS, *NO_ROWS, *NOT_NAMED])
def test_it_is_left(text):
    assert spans(text) == []


@pytest.mark.parametrize(("name", "kind"), [("x-idfv", "device_id"), ("iosIdfa", "device_id"), ("creative_adid", None)])
def test_whose_number_of_a_device_it_is_may_stand_before_its_name(name, kind):
    meaning = sense(name)
    assert (meaning and meaning.kind) == kind


@pytest.mark.parametrize(
    "text",
    [
        "-[ RECORD 1 ]-\n" + "password | hunter2x9\n" * 8,
        "-[ RECORD 1 ]-\n",
        "-[ RECORD 1 ]-\n" + "a" * 70 + " " * 60 + "\n",
        "-[ RECORD 1 ]-\npassword | a+\n" + "         | b+\n" * 40,
        "INSERT INTO t VALUES ('pin', '1234'),('dni', '64267857S');\n",
    ],
)
def test_many_of_them_are_read_in_time(text):
    many = text * (65_536 // len(text))
    begin = time.process_time()
    spans(many)
    assert time.process_time() - begin < 3
