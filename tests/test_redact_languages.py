"""People in the languages of the world: labels, letters, chats and papers. «...» is masked, and nothing else is."""

# ruff: noqa: RUF001 - letters of other scripts are what is tested

from __future__ import annotations

import pytest

from tests.finding import only_what_is_marked

NAMES = (
    "ПІБ: «Оксана Бондар»",
    "Прізвище, ім'я: «Бондар Оксана»",
    "Ім'я: «Оксана Бондар»",
    "Фамилия имя отчество: «Петров Иван Ильич»",
    "الاسم الكامل: «خالد العمري»",
    "שם מלא: «דוד כהן»",
    "联系人\uff1a«李建国»",
    "收件人: «王小明»",
    "담당자: «김민준»",
    # fields of things
    "Отправитель: почтовый сервер",
    "收件人\uff1a系统管理员",
    "客户\uff1a北京科技有限公司",
    "담당자: 시스템",
)
LETTERS = (
    "З повагою,\n«Тарас Бондар»\n",
    "С наилучшими пожеланиями,\n«Иван Петров»\n",
    "مع التحية،\n«خالد العمري»\n",
    "此致\n«王小明»\n",
    "Дякую,\n«Тарас Бондар»\n",
    # no names below
    "З повагою,\nКоманда підтримки\n",
    "Спасибо,\nприложение не работает\n",
    "مع التحية،\nفريق الدعم\n",
    "谢谢\uff01\n程序 崩溃了\n",
)
SAID = (
    "Oi, aqui é «Tatiane Moura». O app fecha.",
    "Merhaba, benim adım «Tuğçe Demir», uygulama",
    "Adım «Mehmet Demir», uygulama",
    "اسمي «خالد العمري» والتطبيق لا يعمل",
    "اسمي «محمد بن سعيد العمري» ولا",
    "שמי «דוד כהן» והאפליקציה קורסת",
    # no persons
    "1. adım Kurulum Dosyası",
    "O problema aqui é Visual Studio",
)
DAYS = (
    "تاريخ الميلاد: «1972-09-26»",
    "ngày sinh: «26/09/1972»",
    'birthDate: ISODate("«1989-08-20»"), n: 3',
    '{"birthDate": new Date("«1989-08-20»"), "n": 3}',
    "birth_date = to_date('«1989-08-20»', 'YYYY-MM-DD')",
    'birthDate: LocalDate.parse("«1989-08-20»")',
    'createdAt: ISODate("1989-08-20")',
    'birth_date = parse_date("%Y-%m-%d")',
)
PHONES = (
    "Tél. : «06 45 89 57 85»",
    "Tél.\u00a0: «06 45 89 57 85»",
    "Téléphone\u202f: «06 45 89 57 85»",
    "رقم الجوال: «+966 50 985 7873»",
    "手機\uff1a«0912 345 678»",
)
PAPERS = (
    "РНОКПП: «8918678582»",
    "Krankenversicherungsnummer: «K749887906»",
    "RG: «32.795.859-3»",
    "Placa: «ALF8G80»",
    "Nr dowodu osobistego: «CJF939544»",
    "運転免許証番号: «269742796050»",
    "护照号码\uff1a«E33349061»",
    "여권번호: «M60507286»",
    "رقم جواز السفر: «A12345678»",
    "посвідчення водія: «ВХА 123456»",
    "车牌号\uff1a«京A12345»",
    "Госномер: «А123ВС77»",
    "차량번호: «12가 3456»",
    # what else is called so, and sentences
    "Placa: RTX3060",
    "Placa base: ASUS PRIME B450",
    "rg: 12.5",
    "护照已过期",
    "여권 사진이 필요합니다 123456789",
)
CHATS = (
    "[14:02] «Élodie Lefèvre» : bonjour",
    "[14:02] «Élodie Lefèvre»\u00a0: bonjour",
    "[Teams] «Rowena Holbrook» hat am 03.11.2026 geschrieben: ja",
    "[Teams] «Zbyslava Ouyang» hat am 03.11.2026 geschrieben: ja",
    "[Teams] Update Service hat am 03.11.2026 geschrieben: ja",
    "«Rowena Holbrook» schrieb am 03.11.2026:",
    "On Tue, Nov 3, 2026 at 10:00 AM «Rowena Holbrook» wrote:",
    "Le 3 nov. 2026 à 10:00, «Élodie Lefèvre» a écrit :",
    "[14:02] Build Pipeline : done",
    "Crash Reporter wrote on 2026-11-03: x",
)
TRADE = (
    "NAD+BY+++«Joaquin Olmedo»+«Lindenstr. 76»+Köln++«50667»+DE'\nCTA+IC+:«Joaquin Olmedo»'",
    "CTA+OC+P1:«Oksana Bondar»'",
    "NAD+SU+++Nordwind Metall+Halle 7+Köln+++DE'\nCTA+IC+:Einkauf'",
    "ratio of NAD+NADH, NAD+ alone",
)
TABLES = (
    (
        "User Name            SID\n==================== ======================\n"
        "corp\\«veenstra25»      «S-1-5-21-8653788228-626057320-1975198453-1229»\n```\n\nSenior Platform Engineer\n"
    ),
)
ACCOUNTS = (
    "Inlognaam: «veenstra25»",
    "tcp 0 52 «10.62.231.182»:22 «10.62.231.183»:57267 ESTABLISHED 17571/sshd: «efremova»",
    "127.0.0.1:6379> AUTH «iashdown» «7E2JyB9ChaS4Aeb9QW»\nOK",
    "127.0.0.1:6379> AUTH default «7E2JyB9ChaS4Aeb9QW»\nOK",
    "邮箱\uff1a«ouyang92@kestrel-works.com»",
    "tcp 0 0 0.0.0.0:22 0.0.0.0:* LISTEN 1571/sshd: /usr/sbi",
)


@pytest.mark.parametrize("text", [*NAMES, *LETTERS, *SAID, *DAYS, *PHONES, *PAPERS, *CHATS, *TRADE, *TABLES, *ACCOUNTS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    only_what_is_marked(text)
