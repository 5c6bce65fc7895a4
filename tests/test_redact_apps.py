"""What applications of desktops and telephones leave: dumps of databases, names of devices, files of games, tables.

In each text «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import inserts

KEY = "q7Wd2Zk9" + "Pb4Xn1Rt6Lm3"
CHAT = "oauth:" + "k3v9x1m7q2" * 3
COOKIE = "7be1c04d92fa" + "48d3b6a0e517"
SUMMED = "ATATT" + "3xKq7Wd2Zk9Pb4Xn1Rt6Lm3" * 3

TABLES = (
    (
        f"CREATE TABLE people (id INTEGER PRIMARY KEY, born_on TEXT, dob TEXT, price DECIMAL(10,2), api_key TEXT);\n"
        f"INSERT INTO people VALUES(3,'x','«1971-03-05»',2.5,'«{KEY}»');\n"
        f"INSERT INTO people VALUES(4,'y','«1972-04-06»',2.5,'«{KEY[::-1]}»');"
    ),
    (
        "CREATE TABLE public.people (\n    id integer NOT NULL,\n    full_name text\n);\n\n"
        "INSERT INTO public.people VALUES (1, '«Kofi Delgado»');\n"
    ),
    (
        "CREATE TABLE `people` (\n  `id` int,\n  `street` varchar(80),\n  KEY `s` (`street`)\n);\n"
        "LOCK TABLES `people` WRITE;\n"
        "INSERT INTO `people` VALUES (1,'«12 Harbour Lane»'),(2,'«9 Mill Road»');"
    ),
    "CREATE TABLE IF NOT EXISTS \"people\" (imei TEXT);\nINSERT OR REPLACE INTO people VALUES('«356938035643809»');",
    "create table a (dob text, n int default (1));\ncreate table b (n int);\ninsert into a values ('«1971-03-05»', 1);",
    f"INSERT INTO cookies VALUES(1338,'.shop.test','session_token','«{COOKIE}»','/',1339,1,1);",
    f"INSERT INTO cookies VALUES(1338,'.shop.test','','session_token','«{COOKIE}»',X'','/',1339,1,1);",
    f"INSERT INTO moz_cookies VALUES(7,'','sid','«{COOKIE}»','shop.test','/',1339,1);",
    f'"id"\t"dob"\t"api_key"\t"plan"\n"4"\t"«1971-03-05»"\t"«{KEY}»"\t"pro"\n',
    "COPY public.people (id, api_key) FROM stdin;\n7\t«gVbXaMzAgHBCrekNdOvkfGgRdGNpwT»\n\\.\n",
    " id |  username | logins | plan\n----+-----------+--------+------\n  4 | «kdelgado» | 7      | pro\n",
)
NO_TABLES = (
    '"id"\t"api_key"\n"7"\t"sharedAccessKeyName"\n',
    "CREATE TABLE people (dob TEXT);\nINSERT INTO places VALUES('1971-03-05');",
    "CREATE TABLE people (dob TEXT);\nCREATE TABLE people (day TEXT);\nINSERT INTO people VALUES('1971-03-05');",
    "CREATE TABLE days (day TEXT, label TEXT);\nINSERT INTO days VALUES('1971-03-05','Night Batch');",
    "CREATE TABLE people (dob TEXT);\nINSERT INTO people VALUES(?);\nINSERT INTO people VALUES(NULL);",
    "INSERT INTO cookies VALUES(1338,'.shop.test','theme','dark','/',1339,1,1);",
    "INSERT INTO recipes VALUES(1338,'.shop.test','name','7be1c04d92fa48d3b6a0e517','/',1339);",
    '"id"\t"created"\t"plan"\n"4"\t"1971-03-05"\t"pro"\n',
    " id |  username | logins | plan\n----+-----------+--------+------\n",
)
DEVICES = (
    "Device b8: «Milenas MacBook Air» paired",
    '{"device_name":"«Thomass Galaxy S9»","reason":5}',
    "DeviceName: «Jonas MacBook Pro»\nProductType: x",
    '"device":{"name":"«Rosas iPad mini»","model":"x"}',
    "HOSTNAME=«Milenas-Mac-mini.lan»\n",
    '"host":"«Kofis-MBP.fritz.box»","os":"x"',
    "Mar 12 10:11:55 «Milenas-MacBook-Pro.home» sync[18]: started",
)
NO_DEVICES = (
    "News MacBook Air edition",
    "All Macs iPad apps",
    "Settings iPhone 12",
    "DeviceName: iPhone\n",
    "match server eu-west-2",
    "connected to server us-east-1",
    "server=europe-west1-b latency=4",
    '"server":"ap-southeast-2"',
)
FILES = (
    f'"accounts"\n{{\n\t"7"\n\t{{\n\t\t"AccountName"\t\t"«kdelgado»"\n\t\t"WebApiToken"\t\t"«{COOKIE}»"\n\t}}\n}}\n',
    f"TWITCH_OAUTH=«{CHAT}»\n",
    f"PASS «{CHAT}»\r\n",
    f"settings {{twitchOauth: «{CHAT}», debug: false}}",
    "setup.exe /quiet PROXYUSER=«kdelgado» PORT=8080",
    "Identifiant : «kdelgado»\nVersion : 3",
    '{"msg":"login failed","account":"«kdelgado»","attempts":3}',
    "signed out account=«kdelgado» after 3 s",
    "IKE_SA vpn[3] established between «10.100.17.222»...«81.50.112.52»\n",
    "between «10.100.17.222»[4500]...«81.50.112.52»[4500]",
    '"passport_number":"«CKRN7XGFT»"',
    "passport_number=«CKRNWXGFT»\n",
    f'{{"cookies": {{\n  "remember_me": "«{COOKIE}»",\n  "lang": "pl"\n}}}}',
    "CSTP Cookie: webvpn=«41351F9946394976614766568870E272»\n",
    f"I/app ( 41): TOKEN: «{SUMMED}\nI/app ( 41): {SUMMED[8:40]}\nI/app ( 41): Xk_=12AB56EF»\nI/app ( 41): done\n",
)
NO_FILES = (
    '"UserConfig"\n{\n\t"language"\t\t"english"\n\t"AccountType"\t\t"free"\n}\n',
    '"username"\t"token"\n',
    "oauth:authorize and oauth:token are endpoints",
    "PROXYUSER=unused PROXYPORT=8080",
    "-AUTH_LOGIN=unused -x",
    "L'identifiant est invalide",
    '{"msg":"balance","account":"kdelgado","n":3}',
    '{"msg":"login failed","account":"service","n":3}',
    "versions 1.2.3...1.2.4.5",
    "see 1.4.2.1...",
    '"passport_number":"CKKKKKKKK"',
    '"passport_number":"CKRNWXGFTPLM"',
    '"cookies":{"theme":"dark-mode","count":5,"enabled":true}',
    "Cookie: n=41351994639497661476656887062722\n",
    "Card name: NVIDIA GeForce RTX 3060\nDriver Version: 31.0.15.3623",
    "Card name: AMD Radeon RX 6600",
    '<string name="SSN"></string>\n<string name="IBAN"></string>',
    "v=1\nCRC=12AB56EF\n",
)


@pytest.mark.parametrize("text", [*TABLES, *NO_TABLES, *DEVICES, *NO_DEVICES, *FILES, *NO_FILES])
def test_what_applications_leave(text):
    bare = re.sub("[«»]", "", text)
    expected = [(bare, found.replace("«", "")) for found in re.findall("«([^»]*)»", text)]
    assert [(bare, bare[start:end]) for start, end, _ in spans(bare)] == expected


def test_a_token_takes_no_setting_below_it():
    text = f"token: {KEY}{KEY}\nCRC=12AB56EF\n"
    assert [text[start:end] for start, end, _ in spans(text)] == [KEY + KEY]


@pytest.mark.parametrize(
    "form",
    [
        "CREATE TABLE a (dob TEXT, n INT);\n",
        "CREATE TABLE a (dob((((",
        "CREATE TABLE a (dob TEXT);INSERT INTO a VALUES('1971-03-05');\n",
        "CREATE TABLE a (dob TEXT);INSERT INTO a (n) VALUES(1);\n",
        "INSERT INTO cookies VALUES('.a.b','sid','c','/');\n",
    ],
)
def test_statements_are_read_in_even_time(form):
    grows_evenly(spans, lambda size: form * (size // len(form)), 16_384, enlarged=0)


def test_rows_without_a_table_are_no_finding():
    data = b"INSERT INTO people VALUES('1971-03-05')"
    assert [*inserts.inserted(data, 0)] == []
    assert [*inserts.created(b"CREATE TABLE people", 0)] == []
