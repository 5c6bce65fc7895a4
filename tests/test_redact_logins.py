"""Accounts that sentences, files and programs of many languages name, and what only looks like one.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

BESIDE_PASSWORDS = (
    'Der Benutzer «lena.hartwig» hat sich mit dem Kennwort "«Dachs_412!z»" angemeldet',
    "Benutzer hartwig wurde gesperrt\nBenutzer «hartwigl» nutzte Kennwort: «Dachs_412!z»",
    "Benutzername «hartwigl», Passwort «Dachs412Quz»",
    "Compte : utilisateur «hartwigl», mot de passe «Dachs412Quz»",
    "Acceso denegado (usuario «hartwigl», contraseña «Dachs412Quz»)",
    "Acesso negado: usuário «hartwigl», senha «Dachs412Quz»",
    "Accesso: utente «hartwigl» password «Dachs412Quz»",
    "Aanmelden mislukt: gebruiker «hartwigl», wachtwoord «Dachs412Quz»",
    "Odmowa: użytkownik «hartwigl», hasło «Dachs412Quz»",
    "Отказ: логин «hartwigl», пароль «Dachs412Quz»",
    "Отказ: имя пользователя «hartwigl» \u0441 паролем «Dachs412Quz»",
    "Giriş reddedildi: kullan\u0131c\u0131 ad\u0131=«lena.hartwig» şifre=«Dachs412Quz»",
    "인증 거부 (아이디: «lena88», 비밀번호: «Dachs412Quz»)",
    "拒绝访问 用户名:«lena.hartwig» 密码:«Dachs412_quz*»",
    "認証エラー ユーザー名=«hartwigl» パスワード=«Dachs412Quz»",
)
NAMED = (
    "用户名:«lena.hartwig»",
    "ユーザー名=«hartwigl»",
    "Логин: «lena.hartwig»",
    "ИМЯ ПОЛЬЗОВАТЕЛЯ: «lena.hartwig»",
    "Options { Retries = 3, Логин = «lena.hartwig», UseTls = True }",
    '<add key="ユーザー名" value="«hartwigl»" />',
    '{"kullan\u0131c\u0131 ad\u0131": "«lena.hartwig»"}',
    "Usuário: «lena.hartwig»",
    "Дата_рождения=«1987-03-04»",
    'Environment="ДАТА_РОЖДЕНИЯ=«1987-03-04»" "LOG_LEVEL=info"',
    "<key>地址</key>\n<string>«27 Quarry Bank Rd, Dalton, OR 97301»</string>",
)
PLACED = (
    "10.2.11.115 TCP_MISS/200 4408 GET http://a.example.com/p - «lena.berg»".replace("10.2.11.115", "«10.2.11.115»"),
    "12.5 180 - TCP_HIT/200 411 GET http://a.example.com/x «lena.berg» HIER_DIRECT/- text/html",
    " «lenaberg» | SCRAM-SHA-256$4096:",
    '{"module_args": {"name": "«lenaberg»", "password": "********"}}',
    '[{user,<<"«lena_berg»">>},{port,5432}]',
    "the server is on port 9092, login «lenaberg»",
    'ldapsearch -D "uid=«lenab»,dc=berg" -b dc=berg',
    '"login":{"value":"«lena_berg»","source":"env"}',
    'New-Object PSCredential("«BergL»", $pw)',
    'rasdial "Work VPN" «lenab» *',
    "userlist ops\n    user «hartwigl» insecure-password «Dachs412Quz»\n",
    "EXEC sp_adduser N'«hartwigl»'",
    "exec sp_grantlogin 'CORP\\«hartwigl»'",
    'LDAPMessage bindRequest(3) "cn=«hartwigl»,dc=example"',
    "cannot reach ldaps://uid=«hartwigl»:«Dachs_412!z»@dir.example.org:636",
    "<«hartwigl»> staging root pass is «Dachs412_quz» remove it later\n",
    "PATH=/usr/bin\n15 2 * * 1-5 «hartwigl» /usr/local/bin/rotate --all\n",
    "@daily «hartwigl» /opt/jobs/rotate\n",
    "^4c1d0aa93 («Lena Hartwig» 2026-05-04 10:12:44 +0200 29) return 0;",
    "4c1d0aa93b77 lib/a.c («Lena Hartwig» 2026-05-04 10:12:44 +0200 29) return 0;",
    "+CIMI\r\n«262011234509876»\r\nOK",
    "C:\\Dokumente und Einstellungen\\«lhartwig»\\Anwendungsdaten\\app.ini",
    "Datei D:\\Benutzer\\«lhartwig»\\plan.xlsx fehlt",
    "C:\\Usuários\\«lhartwig»\\x.txt",
    "jdbc:db2://db.example.org:50000/SHOP:user=«lhartwig»;password=«Dachs412Quz»;",
    "mysqldump -u«lhartwig» -p«Dachs412Quz» shop",
    "smtp_sasl_password_maps = static:«lhartwig»:«Dachs412Quz»",
    'INSERT INTO members (name, password) VALUES ($1, $2) -- args: ["«lhartwig»", "«Dachs412!quz»"]',
    "Estimada Sra. «Lena Hartwig»: su pedido",
    "Überweisung an «Lena Hartwig», Betrag 12,50 EUR",
    "Virement à «Lena Hartwig», 12,50 EUR",
    "Kundin wohnt «Am Dachsbau 12, 89073 Ulm»",
    "demeurant «Zum Dachsbau 12a, 89073 Ulm»",
)
TOLD = (
    "all done, new pw for «lena.hartwig» -> «dAchs9241quz»",
    "Ship to: «Lena Hartwig», «Am Dachsbau 92, 89073 Ulm»",
    "Rufen Sie mich unter «+49 151 5770 1609» an, «Lena Hartwig»",
    "please call me at «+49 151 5770 1609», «Lena Hartwig»\nnext line",
)
HARMLESS = (
    "TCP_MISS/200 411 GET http://a.example.com/x - HIER_DIRECT/- text/html",
    " rolname | md5",
    "User[id=41, mail=none] Account[no=7]",
    "on port 9092, user not found",
    "on port 22, login failed",
    'rasdial "Work VPN" /disconnect',
    '{"name": "step-one", "password": "********"}',
    "nonce counter +1 000 000 000",
    "steps +2 111 111 111 since start",
    "password for step -> done",
    "call us at the desk, Data Platform",
    "Benutzer muss sein Kennwort bis 31.12.2026 ändern",
    "Der Benutzer kennt das Passwort nicht (Fehler 0x8007)",
    "L'utilisateur saisit un mot de passe de 12car minimum",
    "Usuario debe cambiar la contraseña cada 90d",
    "Utilisateur inconnu, mot de passe v2.1 refusé",
    "Nutzer vergisst Passwort, siehe RFC2616",
    "Falha no login: usuário",
    "账号: 停用",
    "логин: нет",
    "Логин=true",
    "пользователь: root",
    '"用户名": "用户名不能为空"',
    "Usuário: sistema",
    "住所: オンライン",
    '"地址": "http://localhost:8080/api"',
    "<info> the bypass is enabled",
    "<div> your password is required",
    "0 3 * * * rsync /srv/a /srv/b\n",
    "*/5 * * * * php /srv/www/artisan schedule:run\n",
    "5 4 * * * root /usr/local/bin/rotate\n",
    "d41d8cd98f0 (see the log of 2026-05-04)",
    "+CIMI\r\nERROR",
    "C:\\Benutzer\\Public\\x.txt",
    "mysql -uroot shop",
    "sort -unr list.txt",
    "XHR POST /login [body: 12 bytes]",
    '"token_revision": "b298274e4dada5769d3bafda0a3b0e98bb120abc"',
    "key: deps-05109f56529459bdab618d74ec50426f00fbdbd193ca523847322e060a9d3b4b",
    "key: Linux-node-05109f56529459bdab618d74ec50426f",
    "snmpwalk -v3 -u monitor -l authPriv host",
    "exec sp_addlogin @name, @secret",
    "Überweisung an Konto Giro",
    "Zahlung an Stadtwerke Ulm",
    "Er wohnt im Ruhestand, 3 Tage",
)


def _marked(text: str) -> tuple[str, list[str]]:
    """A text without its marks, and what stood between them."""
    return re.sub("[«»]", "", text), re.findall("«([^»]*)»", text)


@pytest.mark.parametrize("text", [*BESIDE_PASSWORDS, *NAMED, *PLACED, *TOLD, *HARMLESS])
def test_what_is_marked_is_masked_and_nothing_else(text):
    plain, wanted = _marked(text)
    assert [plain[start:end] for start, end, *_ in spans(plain)] == wanted


def test_an_account_before_its_digest_is_found():
    for digest in ("md5" + "0123456789abcdef" * 2, "SCRAM-SHA-256$4096:c2FsdHNhbHQ=$a2V5:c2VydmVy"):
        text = f'"lhartwig" "{digest}"\n'
        assert "lhartwig" in [text[start:end] for start, end, *_ in spans(text)]


def test_a_party_ends_where_the_log_goes_on():
    for line in ("I037 05:15:55 gc.go:88] heap 59615 KiB released", "Worker 49 idle, sleeping 500ms"):
        text = f":59:/AT84\nLena Hartwig\n{line}\n"
        assert [text[start:end] for start, end, *_ in spans(text)] == ["Lena Hartwig"]


@pytest.mark.parametrize(
    "piece",
    [
        "Benutzer x1, Kennwort ",
        "用户名:lena.hartwig\n",
        "usuario lena usuario ",
        "* * * * * x /usr/bin/",
        "<a> my pass is ",
    ],
)
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
