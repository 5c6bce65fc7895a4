"""Whose account stands beside what is told of it, and what people and devices are known by on platforms.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import owners
from triage.redact.pii import identities

UDID = "00008110-" + "0047CB5AF209051A"
PUSHED = "8b0d8a66 0f9c4f4e ebddf6d6 4b1dcc68 4b4d2364 d8b77b99 eb142a32 2b03fc3a"
TICKET = "14000000946DBA6548230E57C74EB9EC" * 5
REGISTERED = "U84IflLPlS4OM6Tjisi6sw:APA" + "91b" + "tm7uU0xh4rGSYTXC_I6YlU0XDRM6QJLc1sw4SsoWLuL" * 3
PLAYER = "7656119" + "7157186858"

ACCOUNTS = (
    "Server=db;UID=«yuki84»;PWD=«psZ0xV2iSWbYOuh9»;Database=crm",
    "Initial Catalog=Crm;User ID=«dmitri_schaefer»;Password=«w7nJHlqNrlMH7Um»;Pooling=true",
    'dsn = "«bogdanc»:«ASHlyC3iO9u7V»@tcp(«ZEPH-WS7577»:3306)/shop"',
    "Server=db;UID=«kwamec»;PWD=«Tiger-455xk!»;Database=crm",
    "GRANT ALL ON shop.* TO '«spereira66»'@'%' IDENTIFIED BY '«9WGX6D2Ci!WE»';",
    'REVOKE SELECT ON shop.* FROM "«hmueller»";',
    'To log in use user «biyer» and password "«3JTpADnPHNew3»" (valid until Monday)',
    "log in with username «oleg.conti» and password «x9kLmmnaP4»",
    "temporary password for «iquispe»: «FBamG19h0DT»",
    "the password for «mhaddad» is «FBamG19h0DT»",
    "[22:06:49] <«amelie.mbeki»> thanks, done",
    "JENKINS_USER=«mhaddad»",
    "registry_username: «mhaddad»",
    "user `«kenji41»` pw `«hb#x9*V2pGscv»`",
    "SFTP access, username «dorian.wojcik», password «Umbrella461_», port 22",
    "#0 db.php(12): PDO->__construct('mysql:dbname=app', '«mhaidari80»', '«Tundra*Comet94»')",
    "java.lang.SecurityException: Access denied for principal «haroldb»",
    "On Tue, Aug 19, 2008 at 4:20 AM, «Brian Goetz» <«brian@goetz.com»> wrote:",
    "On Tue, Nov 3, 2026 at 9:12 AM «Kenji Krause» <«kk@web.de»> wrote:",
    "wbinfo -i «celeste.quigley»",
    "Configured from console by «nybergl» on vty0",
    "username «dlefevre» secret 0 «Kettle_7945»",
    "add name=«beatriz76» password=«Kettle_7945» profile=default",
    "New-ADUser -Name «kfontaine» -SamAccountName «kfontaine»",
    "«jerzy.jankowska»:1250:«aad3b435b51404ee" + "aad3b435b51404ee:6469e63bbf2f4f0a6469e63bbf2f4f0a»:::",
    "[14:32:15] «Xiomara»: hi, the portal rejects me",
    "[16:14:46] «matteo.vandijk»: what is it?",
    "Conversation with «Edmund Nyberg»",
    'AUTHOR_NAME="«Zoë Dvořák»"',
    "  authorName: '«Łukasz Žižka»'",
    '"author_name":"«Ren\\u00e9e \\u00c5kesson»"',
    "COMMITTER_NAME=«Åsa Öberg»\nN=1",
    'GIT_AUTHOR_NAME="«Chloé van der Wörde»"',
    'owner_name: "«Дмитрий Соколов»"',
)
SECRETS = (
    "SessionExpired: session_id '«f8821edb622344434ef20aca8e440131»' is unknown to the store",
    "INSERT INTO settings (name, value, updated) VALUES ('pwd', '«bhgG3sqOT4ud~W^HxEq3A»', now());",
    "INSERT INTO options (option_name, option_value) VALUES ('theme', 'dark12345'), ('smtp_password', '«hunter2x»');",
    "+------------+---+\n| mode       | cluster    |\n| jwt_secret | «WVGzxgnJH1Oh3T» |\n+------------+---+",
    f"deviceToken = <«{PUSHED}»>",
    f"POST /3/device/«{PUSHED.replace(' ', '')}» status=410",
    f"Steam auth session ticket: «{TICKET}»",
    f'push failed {{"to":"«{REGISTERED}»","error":"NotRegistered"}}',
    "-----BEGIN USER NKEY SEED-----\n«SUAJMYQWVARUXL5MNPPQUXWXOTPJHWS6WIC7ZVQMODWLFUD5TUVLA37GZA»\n",
    " name | setting\n------+---------\n dark_mode | false\n sessionid | «39pn4qnjk75a6jyd6kzc490aw1»\n",
    "config: {Addr::8080 MasterKey:«c32d845a-d7c1-4245-87b0-a05424012cd8» Timeout:30s Debug:false}",
    "nightjar --session-id «d690e0d3cec693fd709964565dcca4d3» --workers 4",
    "smtp_password\n  Value error, wrong [type=value_error, input_value='«saddle+72I0gZK»', input_type=str]",
    "Id=cam;SharedAccessKey=«5V7Mem120iHtiZ36HhgEcnCYkcZRi7Dtf4TQW+whT0U=»\nProcess exited with status 2",
    "app://login?session_state=«91a89b4c-2597-4195-b7df-3d238754a97d»&x=1",
)
IDENTITIES = (
    f"lockdownd: paired with udid «{UDID}»",
    f"logged in as steamid «{PLAYER}»",
    f"BeginAuthSession steamID=«{PLAYER}» name=«ShadowMaple355»",
    'L 05/12: "«LilThunder810»<4><«[U:1:987403134]»><>" connected',
    "id «STEAM_0:1:9874031» banned",
    "signed in gamertag: «NeoRiver647», xuid: «2533221115972312»",
    "-epicusername=«thunderBronwyn19» -epicuserid=«bcac6e9c40efaddc9fa6e619dabe1b5d» -epiclocale=en",
    "[Server thread/INFO]: «xXStefanXx67»[/«94.204.37.149»:41969] logged in with entity id 37",
    "didUpdateLocations <«+54.259250»,«+6.662270»> +/- 8.00m (speed 0.00 mps)",
    "ModemManager[11901]: equipment id (IMEI): «018349794306663»",
    "imei,status\n«869207632760915»,blocked\n",
    "account.user=«fontainek»",
    "profile incomplete, display_name=«Yuki Patel»",
    "postgres://«orders_rw»:«AAZBNzYWD4yA5G»@db:5432/orders",
    "to=<«zeynep#64@kestrelworks.eu»>, delay=0.4",
    "to=<«hamish@[35.32.172.22]»>, delay=0.4",
    "{'email': '«anneliese.o'fitzgerald@marlowe-it.io»', 'retry': False}",
    "mrz scan:\n«P<GBRWHITLOCK<<RAFAEL<<<<<<<<<<<<<<<<<<<<<<<\n4858888621GBR7411216F2708137<<<<<<<<<<<<<<02»\nok",
    '{"PAN": "«RUKPH2446D»", "verified": true}',
    "«zeynep-oyelaran»@«kestrel-17» ~ % swift build",
    "SIM loaded iccId=«8949260847717605157»",
    "ASIdentifierManager advertisingIdentifier «846604E7-8EE7-430F-B483-7897255AAE4F»",
    "node 2 («kafka-eu-35»/«10.116.84.98»:9092)",
    "https://«gkowalski»:«kbb4pw-gpTun»@«sato-thinkpad»/repo",
    "java.net.UnknownHostException: «build-agent-40»: Name or service not known",
    "Please send it to my address: «46 Orchard Close, Bristol BS8 1QU»",
    "Reporting-MTA: dns; «mail-eu-31»",
    "set system host-name «fw-fra-22»",
    '"node": {"name": "«es-prod-27»", "roles": []}',
    "lat,lon,device\n«53.782425»,«10.735093»,tracker\n",
    "   customer_id  full_name  email\n0  692  «Caspian Santangelo»  «c61@greywater.com»\n",
    "Looking in indexes: https://«pypi.dev.helixpoint.net»/simple",
)
NOTHING = (
    'author_name: "Crash Reporter"',
    "OWNER='Main Thread'",
    'author: "été brûlant"',
    "session id 42 closed, session_id is required",
    "*** token @0x00007ff752d7cd6b freed twice",
    "API_KEY=sk_live_" + "****",
    "token_color: 'rgba(157, 33, 223, 0.2)'",
    "Please enter your password:\n[19:20:07] mailer: shutting down",
    "Server=db;User Id=crm_app;Database=crm;Pooling=true",
    "AccountName=acmestore;EndpointSuffix=core.windows.net",
    "GRANT SELECT ON shop.* TO 'reporting'@'%';",
    "the password for the server is expired",
    "password for staging: see the vault",
    "[22:06:49] <service> started",
    "use user and password from the vault",
    "INSERT INTO settings (name, value) VALUES ('theme', 'dark12345');",
    "| token | what the server gives |\n| name | any |",
    "Cache saved with key: gradle-home-v1|Linux|build",
    "BluetoothAdapter getAddress() returned 02:00:00:00:00:00",
    "Displayed com.acme.wallet/.login.PasswordActivity: +450ms",
    "User UserInfo{0:Owner:c13}:",
    "logged in as steamid",
    "image 00008110-0047CB5A.png, 76561197 rows",
    "kind: Secret\nstringData:\n  description: kubeadm\n",
    "docs.dev.azure.com",
    "at org.acme.BCryptPasswordEncoder@686dd08.doFilter(Unknown Source)",
    "UPDATE Users SET PasswordHash = @p0 WHERE Id = @p1",
    "Member consumer-orders-1-665ca4f6-1b03-459c-a701-ba38a3dcd6e4 in group has left",
    "== 2025 AddTokenToUsers: migrated (0.0523s)",
    "SELECT user_login, user_pass FROM wp_users LIMIT 1",
    "0 a4b7.dcf7 REACH Vl20",
    "credentials=app.sample.Token@a3e17804, retry=2",
    "token_ctx=00007ff6`3ff72c58 password_cb=00007ff6`af39d09b rc=-1",
    "Failed to refresh access token: timeout",
    "cannot open /usr/home/README",
    "password=Microsoft.AspNetCore.Cookies.SessionMap@f92949f2",
    "| Field    | Type         |\n| password | varchar(60)  |\n| api_key  | char(32)     |\n",
    "The secret: always call close() before exit",
    "Could not refresh the access token: network unreachable",
    "lexer next token=LBRACE pos=95",
    "token: SEMICOLON\nline: 94",
    "token_offset=9677530046 token_len=5029",
    "# pc=0x7eb52cfd860c key=0x78ea5a2d31c3 secret_ptr=0x633cd8746d43",
    "Set-Cookie: session=deleted; expires=Thu, 01-Jan-1970 00:00:00 GMT",
    "updater: catalog updated from 7.16.49.158 to 4.5.29.105",
    "libvpx loaded; expected at least 5.7.87.152",
    "Serial Number: 6086805049483276\nSignature Algorithm: sha256WithRSAEncryption",
    "uid=0(root) gid=50(staff)",
    "wpa_key_mgmt=WPA-PSK",
    "D3D11 device created, UMD 26.8.32.177",
    "# credentials: none supplied",
    "session_id = uuid.uuid4().hex",
    "[14:32:15] Worker: started",
    "lat,device\n53.782425,tracker\n",
    '"MasterUsername": "myadmin", "Port": 3306',
)


@pytest.mark.parametrize("text", [*ACCOUNTS, *SECRETS, *IDENTITIES])
def test_it_is_found_with_whose_it_is(text):
    plain = re.sub("[«»]", "", text)
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", NOTHING)
def test_nobody_is_left_alone(text):
    assert spans(text) == []


@pytest.mark.parametrize(
    "lead", ["password for ", "user id=", "devicetoken", "grant all on ", '"x<4><[U:1:9', ":apa91b"]
)
def test_work_grows_as_the_text(lead):
    grows_evenly(spans, lambda size: (lead * (size // len(lead) + 1))[:size], 1 << 14)


def test_every_list_of_words_has_its_reader():
    assert all(map(callable, (owners.READERS | identities.READERS).values()))
