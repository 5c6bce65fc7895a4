"""Secrets by where they stand: arguments of calls, lists of accounts, rows of headers, cells, exports of the registry.

In each line «...» must be masked, and nothing else with a letter or digit may be.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import mask, spans
from triage.redact.decoding.octets import written_out
from triage.redact.tokens.sums import SUMS

WORD = "K7marble22"
CALLS = (
    "DBI connect('database=crm','crm',\"«S»\") failed: denied",
    "DBI->connect($dsn, 'crm', '«velvet-summer45»') or die;",
    "#0 db.php(12): PDO->__construct('mysql:dbname=crm', 'app', '«S»')",
    "mysqli_connect('localhost', 'app', '«S»', 'crm2db')",
    'mysql_real_connect(c, "localhost", "app", "«S»", "crm", 0, NULL, 0)',
    'DriverManager.getConnection(url, "app", "«S»")',
    "oci_connect('app', '«S»', 'XE')",
    "ldap_bind($ds, 'cn=admin', '«S»')",
    'smtp.PlainAuth("", "bot", "«S»", "mx9")',
    "client.username_pw_set('app', '«S»')",
    "redis.StrictRedis('localhost', 6379, 0, '«S»')",
)
LISTS = (
    "chpasswd:\n  list: |\n    root:«S»\n    ubuntu:«silver-harbor»\n  expire: false",
    "chpasswd:\n  list:\n    - root:«S»\n    - ubuntu:RANDOM",
    'chpasswd: {list: ["root:«S»"], expire: False}',
    "chpasswd <<EOF\nroot:«S»\nmysql:«harbor88tiger»\nEOF\nname:value",
    "root:«pbkdf2_sha256$600000$gZxyXURJg5RP5LYA$HjDw5wWkCs1gAX3dAle69pdypsNPqp2bSKEEYdq+xm=»:19800:0:99999:7:::",
    "root:«aXyZ12.kLm3oQ»:19800:0:99999:7:::",
)
BESIDE = (
    "':path', '/api'\n'x-api-key', '«kioi8ytd6oo35b0jt5f30o6»'\n'x-request-id', 'e11d462e-687f-4776-9686-e15d86f0'",
    "headers: ':method', 'GET' 'x-api-key', '«kioi8ytd6oo35b0jt5f30o6»' ':path', '/'",
    "<tr><th>Password</th><td>«S»</td></tr>",
    "<dt>API token</dt><dd><code>«kioi8ytd6oo35b0jt5f30o6»</code></dd>",
    (
        '<wsse:Password Type="http://docs.example.org/2004/01/oasis-username-token-profile-1.0#PasswordText">«S»'
        "</wsse:Password>"
    ),
    '      ~ password          = "«plaOZ1iFsLXSuXbrf»" -> "«Lantern2020!»"',
)
INSIDE = (
    "ALTER ROLE app WITH LOGIN PASSWORD '«9W6Q63''ystxqm»';",
    "UPDATE users SET password='«9W6Q63''yst''xqm»' WHERE id=3",
    'connectionString="Server=s;Password=&quot;«2nayv&gt;MDn2aC&quot;8Kjr»&quot;;"',
    "<td>password=«KXFiD&amp;PkyiUk&lt;51ub»</td>",
    "SECRET_KEY = &quot;«SZRii&lt;Cq8Pbg&quot;awA4»&quot; DEBUG = False",
    "GET /track?k=«%33%61%64%38%37%32%64%35%31%65%32%66%31%62%33%63» HTTP/1.1",
)
OPTIONS = (
    "keytool -importkeystore -srcstorepass «HmsHufIuw» -deststorepass «txDtIuaKu» -v",
    "erl -sname a -setcookie «MLFLRNYSMBXNAJJWEIAU»",
    "RABBITMQ_ERLANG_COOKIE=«MLFLRNYSMBXNAJJWEIAU»",
    "cmdkey /add:files /user:svc /pass:«HmsHufIuwBW»",
    "- user:\n    username: admin\n    password: «aDPEmyFO.MBdqpXch»",
    "The key is «471207-278498-422125-177177-561902-537405-468006-693451» ok",
    "import «5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ» into it",
)
NAMED = (
    "UPDATE app SET value = '«S»', updated_at = now() WHERE name = 'smtp_password';",
    "UPDATE c SET config_value='«S»', changed=NOW(), who='cron' WHERE config_key='login_password'",
    "/a?q=UPDATE+app+SET+value+=+'«S»',+updated_at+=+now()+WHERE+name+=+'api_token'",
    'name,value,scope\nlog_level,info,global\nldap_bind_password,"«S»",global\nport,389,global',
    "key;value\nlog_level;info\napikey;«jjqGySfGheS8y1ExncHAo9E9mkpmHQvP»",
    'setting|value\nregion|eu-1\nkey_passphrase|"«bramble river crimson harbor meadow»"',
    '{"message":"name,value\\nmode,fast\\nrefresh_token,\\"«ZRbJIV9vzrVA0sb4WyaBDuFYcWxPIc0q»\\""}',
    "app.id-token-hint=«1.51pMrtlZQSh4awU8jSKW.y1FDX1R5hoMwdfpkmBiV»",
    f"SignedHeaders=host;x-amz-date, Signature=«{'85420c80d980ea99' * 4}»",
    "updated profile ip_address=«91.243.64.106» rows=1",
)
LANGUAGES = (
    "API-Schlüssel: «KZqfmk-GRuzDYRt2Dy3nkGgyeT5qn_5nKlhzQbIr» ungültig",
    "Service - API密钥: «94a52480bd46b0bf7c3e87fd6973a364d4270170d87784cff6ec7c455e47» 无效",
    "токен: «94a52480bd46b0bf7c3e87fd6973» истёк",
    "令牌\uff1a«K94a52480bd46b0bf7c3e87»",
    '"Jwt": { "Klucz": "«ba7ca421bfa752b443f34f167934237053d39992f5eb4b4c»", "Wydawca": "magazyn" }',
    "the password is «harbor-tiger-marble-coffee» and the server is up",
    f"and the private key exported earlier was «0x{'edf520d91f2f9537' * 4}», please",
    "$ cat config/master.key\n«a062fe2580d965a39963086676facf3b»\n$ ls",
    "UPDATE sessions SET token = $1 WHERE id = $2\nparameters: $1 = '«QYLfnM2Pp1FuiJM6JRPhbuchjx8aMIBvkh80bFEH»'",
    'msg="config loaded" db_password=«BqGVAK-Bbg» listen=:8080',
    "url,username,password\nhttps://s.example,«ada77»,«silver-bramble-spring-saffron»",
    "snmp-server host inside version 2c «ddc6cf2ddace923213d254c8»",
)
SET_OFF = (
    "<p>Your JSESSIONID: <b>«8B08D2DD8C37332468DAF37569769F47»</b></p>",
    '>> "X-Api-Key: «bda3a10b-f8ea-4c10-8e25-0180f1c87e78»[\\r][\\n]"',
    "request failed key_passphrase=«meadow-saffron-silver-orchid-summer» status=503 trace=401bdd7e52ed8bb8",
    "locals: {'encryption_key': '«muZEuOEbdfU6oma2e4zHbrLh8Dby9nYey7qV8EUMtrM=»', 'attempt': 2}",
    '"arn"=>"arn:aws:iam::617924227531:role/task", "aes_key"=>"«awBvlKD3TOG61AtYvr9EvXnyxS8BM0QWaLqg55Lo04A=»"}',
    '{"log":"- name: AES_KEY\\n  value: \'«751abfa3b24568bd3261f9cb2c094a029fc549eab99d526a»\'\\n"}',
    "session_id: '«pgXIdxypzffgQ-eKfbbbBTMhBRRSHYDeokjAWhQfEoB»'",
    "| private_token | «glpat-pv1c2q9tKegmhiMjLyAy» |\n| debug_id | B86E19C80D03D159913F2FF7A651F6180 |",
)
WRAPPED = (
    'login_password = "«IrAK\nGOv<jnh>VNX4»"\nworkers = 20',
    "passphrase: '«thunder maple pepper river dr\n  izzle»'\nnext: 1",
    '"bank_account":"«FR510763873204922161345\n8290»","ms":42',
    "proxy http://«svc-proxy»:«8uu9mn3cjnholws3u1a\n  t6eo2ea7xwixu»@proxy.example.com:3128 refused",
    "k=1 cookie_secret=«1c13343fc0ac5ca0d47d68062a6ee857a0f6031a4ee\n  89bd2» status=401",
    "GET /v1/items?authorization=Bearer%20«at-GP9EVZRpj\r\necg9WFK2pfmcn83vtcnSwVGUlWM»&v=3\nbye",
    "Driver={ODBC};Server=sql;Database=crm;UID=root;PWD=«tzlt\n    t3axcpuk»;\nDone",
    "updated profile reply_to=«bastianhughes@ostra\nva-data.pl» rows=1",
)
PLAIN = (
    "name,value,scope\nlog_level,info,global\npassword_policy,strict,global\ntoken_count,12,global",
    "UPDATE app SET value = 'fast', updated_at = now() WHERE name = 'mode'",
    "uid: efed4179-2052-4830-977a-ffc17cfba60e\ntype: Opaque\nkind: Secret",
    "systemd[1]: Started session of nobody at tty1.service\nsystemd[1]: Failed",
    "updated component 4.20.120.17 of it",
    "host_key_fingerprint = SHA256:/6MLlulMHXai2I77/xg7pAfyCQfs7Bk4m9+YUhnd23s",
    '{"id":5944,"ssh_passphrase":null,"active":false}]',
    "ssh -i key deploy@localhost\nkubectl get secret db-credentials -o yaml",
    "Der Schlüssel: siehe Handbuch, Klucz: brak, ключ: нет",
    "the password is case-sensitive",
    "PASS src/auth/test_password_reset_token_is_rejected (12 ms)",
    "db_password: $ANSIBLE_VAULT;1.1;AES256",
    "<key>CFBundleVersion</key><string>14.5.6.28</string>",
    'DriverManager.getConnection("jdbc:h2:mem:test", "sa", "")',
    "login(page, 'test-user')\nsmtp.sendmail('app', 'queue-3', 'body')",
    "chpasswd:\n  list: |\n    root:RANDOM\n    ubuntu:R\nhosts:files dns",
    "root:*:19800:0:99999:7:::\ndaemon:!:19800:0:99999:7:::",
    "fields = [\n    'password', 'confirm_password'\n]",
    "<tr><th>Token</th><th>Expires</th></tr>",
    "SELECT 'password' AS field, 'it''s missing' AS message",
    "GET /s?q=%68%65%6c%6c%6f%20%77%6f%72%6c%64&next=%2F%61%63%63%6f%75%6e%74 HTTP/1.1",
    '"ProductName"=hex(1):57,00,69,00,6e,00,64,00,6f,00,77,00,73,00,20,00,31,00,30,00,00,00',
    (
        '"csrf-tokens": {\n  "resolved": "https://packages.example.com/csrf-tokens/-/csrf-tokens-3.1.0.tgz",\n'
        '  "integrity": "sha512-RdJUflcE3cUzKiMqQgsCu06FPu9UdIJO0beYbPhHN4k6apgJtifcoCtT9bcxOpYBtpD2kCM6Sbzg4CausW=="}'
    ),
    "--discovery-token-ca-cert-hash sha256:2dc257054317630d23825ffa34ba977d92aba9647bccedee5a1945b4290810c3",
    "  x token: returns null when secret is missing (4 ms)",
    '{"login.password":"Password","login.token":"One-time code","auth.newPassword":"Neues Passwort"}',
    '"Hostname": "1199f3c1185a", "Instance":"i-0f6c605391d2cc310"',
    "kind: Secret\nmetadata:\n  uid: ab52a2fe-cd1a-49ac-9197-c6681c97c187\ntype: Opaque",
    "123456-123456-123456-123456-123456-123456-123456-123457",
    "address «1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa» received",
    "address 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb received",
    "paid to «bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4» today",
    '{"wallet":"«0x52908400098527886E0F7030069857D2E4169EE7»"}',
    "frame 0x52908400098527886E0F7030069857D2E4169EE7 in x",
    "CREATE ROLE «plum» PASSWORD '«EmberEmber.2172»' LOGIN",
    "ALTER USER «plum»@'%' IDENTIFIED BY '«EmberEmber.2172»'",
    "could not create user account for the tenant",
    "$ curl -u «plum»:«EmberEmber.2172» https://example.org",
    "INSERT INTO users (username, seen) VALUES ('«plum»', now());",
    "ssh -T git@github.com",
    "  --token-color: #28fc6801;",
    "could not read Password: terminal prompts disabled",
    "«mfern»     5701  2.1  0.4 redis-cli -h localhost",
    'session_pool: cache hit etag="043178d1-9ea7" age=40',
    "[gsm] imei [«352497752184855»] attached",
    "imei [352]",
    "bluetoothd: «70:23:bb:54:c9:16»: connect error",
    "last_known_latitude: «-45.678448»\nlast_known_longitude: «14.138615»",
    "lookup failed, Driver license «D1059976»",
    '{"device":{"name":"«build-agent-8»","arch":"arm64"}}',
    '{"device":{"name":"Pixel 8"}}',
    "ValidationError: date_of_birth '«1946-05-25»' is in the wrong format",
    "ValidationError: date_of_birth 'later' is in the wrong format",
    "{'tfn': '«280 874 760»', 'n': 2}",
    "FN:«Ana Herrera»\nEND:VCARD",
    "kind: Secret\ndata:\n  replicas: Mw==\n  other: «RHVyJThMNXo0U2o=»\n",
)


def wide(text: str) -> str:
    """As UTF-16 writes it, without the marks' own NULs."""
    return "".join(one if one in "«»" else f"{one}\0" for one in text)


PARTED = (
    "environ: HOME=/srv\0DB_PASSWORD=«x4eXdaCSvM5W6»\0SystemDrive=C:\0",
    "/opt/agent\0--api-key=«m6e0oaplc0okauwrvymzi9851m8u9i9m»\0--region\0eu\0",
    wide("USERNAME=«jwalsh7»\0OS=Windows_NT\0\0DB_PASSWORD=«x4eXdaCSvM5W6»\0SystemDrive=C:\0"),
    "GET /app;jsessionid=«ls43ukg7q8up7xkd6v5m4v6yxg»?page=2 HTTP/1.1",
    '{"data":"«bHVjYXNjYXN0aWxsbzpGSDBLUCplcEc5bTFVRExkNjlQOA==»","attributes":{}}',
    "bad body «WVhOcGJIWmhPVHBDV1VZeVJVeG5KSFJYZUcwME5VWkdlR0ptYXc9PQ==»",
    '{"ref":"VXNlcjo0NTEyMjM5OTg3"}',
    '{"digest":"c2hhMjU2OjM4YTYwYjM4MWQyYzRmMDFiN2U5"}',
    '{"next":"Y3Vyc29yOnYyOnBhZ2U6MTIzNDU2Nzg="}',
    "session:\n  since: 2025-01-01\n  id: «PALhknh83R8ps03fU9nhX0Kg60»\n",
    "session:\n  timeout: 30\nid: PALhknh83R8ps03fU9nhX0Kg60\n",
    "< Server: AmazonS3\n< Server: Cowboy2",
    "< Server: «web-3»",
    "key comment: «cvargas»@«LAPTOP-HZK3N4O»",
    "key comment: «ewa.kowalski»@«ip-10-200-219-126»",
    "added lodash.get@4.4-2 and celery@worker",
    "debug1: Authenticating to db:22 as '«bianchi38»'\ndebug1: Authenticating to db:22 as 'root'",
    '1;"{""region"": ""eu"", ""db_password"": ""«fi2iB2QaKruzG6PhA»"", ""n"": 6}"',
    '"a","","b"\n"x":"":\n"{""token_type"": ""bearer""}"',
    "run --ssh-passphrase=«RiverVelvet1550» --verbose",
    "Conn(keyPassphrase=«PepperMaple3108», verifySsl=true)",
    "authorization=Bearer%20«k2m9XcPz81QwLt55aBrV0nJd»&format=json",
    "INSERT INTO users (name, password) VALUES ('«ingrid_sullivan»', '«$2y$12$eodgn9X5eWkYItAi6mFUaR»');",
    "INSERT INTO parts (name, size) VALUES ('left_bracket', '12');",
    "if (user.password !== hash) { return }\nwhile (password != input)",
    "if (password !== '«hunter22pass»')",
    "Owner: S-1-5-32-544\nOwner: S-1-1-0",
    '"repo":"https:\\/\\/x-access-token:«Ub1jrBmeHLrVdYcDFWfRsNNdHSduQP2JFRlI»@github.com\\/acme"',
    "Host: repo.maven.apache.org\nAccept: */*",
    "GET /poll?sid=«dd390c4d3292309e9ba50a0db11d0224»&t=2693&size=40 HTTP/1.1",
    "Cookie: prefs=%7B%22theme%22%3A%22dark%22%2C%22size%22%3A14%7D; lang=en",
    "Cookie: prefs=%257B%2522user%2522%253A%2522«ines69%2540silverdyne.net»%2522%257D; lang=en",
    "http://«mtanaka5»:«QPc0kU1iy»@«web-02.corp.arkwell.local»:3128",
    "mTAN: «482913»",
    "pip install -U --user requests\nsystemctl --user enable dirmngr.socket\njournalctl --user -u x",
    "mysql --user «hkowalski» shop",
    "It was created by GNU Texinfo, modified by applying it, and reported by Node.js and jQuery.css",
    "created by «hking» on monday",
    'cmd = ("uname", "-rs")',
    "if (nodeName === 'input' || nodeName == \"option\")",
    '{"nodeName": "«worker-3»"}',
    "$line=~m/^p/ and $x =~s/a/b/",
    "httpclient.HTTPRequest.auth_password: attribute",
    "host: ip6-localhost",
    "call «(415)555-2671» or «415.555.2671»; Clause 252.227-7013 (c)",
    "update V8 to 5.9.211.32 and zlib to upstream d7f3ca9, to resolve IPv6 addresses",
    "updated the record to «81.2.69.142»",
    "peer [«fe80::a25b:5bd5ff:feb8:b1f0»]:33315, a::b12345c:d, «fe80::1c2:3ff:fe04:5678»",
    "raw: «" + "".join(f"\\x{ord(one):02x}" for one in "password=m3t30rLantern27") + "»",
    'write(5, "password=«' + "".join(f"\\x{ord(one):02x}" for one in "o5bEkHrt%hROM@r7w") + '»", 64)',
    "jvm_args: -Xmx2g -Dpassphrase=«Quartz_Thunder8665» -Dfile.encoding=UTF-8",
    "comment: «rafaelz82»@«Ewas-MacBook-Air»",
    "| api_key | «dqQw8OUA0ihLg6GEEL   |\n|         | 2xitILceA99Um79d»   |\n| ttl     | 60                 |",
    "| token | note |\n|-------|------|\n|       | none |",
    "raw: " + "".join(f"\\x{ord(one):02x}" for one in "nothing to see here"),
    'curl --cookie "remember_me=«cwISw3Kjn9nlcNSNBKjG37E7jQ4mIS93nQSQK6nrK6Ng6d52»" https://example.com/me',
    "#2 Auth.php(88): App\\Auth->login('«mcintyre99»', '«RG@R7*CKvPzk»')",
    "login('admin', '«x9K#2mPq»')",
    "open(/var/lib/php/sessions/sess_«4mefcnbrg7bjre5jhojk4nedcg», O_RDWR)",
    "Display driver ver. 27.21.14.197",
    '<add key="Password" value="#{DbPassword}#" />',
    "/etc/ssl/private/server.key: permission denied\n/etc/ssl/server.key: no such file",
    "xfreerdp /v:«vault-34.prod.dunmorrow.net» /u:«hwalters» /p:«3maY_KNQ» /cert:ignore",
    "SET PASSWORD FOR '«tanakab»'@'localhost' = PASSWORD('«3uhygnzsrSUG»');",
    "pip install git+ssh://git@github.com/acme/app.git@v1.2",
    "calling «0171 08381417» (attempt 5); verification code sent to «020 7526 6258»; calling 3 of 4",
    '{"to":"«06 10 74 29 65»","text":"Your order has shipped"}',
    '{"from":"0","to":"09"}',
    "on field 'phoneNumber': rejected value [«06 18 79 60 17»]",
    "on field 'size': rejected value [06 18 79]",
    'instance: "HikariPool-1"\nhost: "«web-3»"',
    "Description . . . . : Intel(R) Ethernet Connection I219-LM",
)
POINTED = (
    """\
    user = check(username, password)
           │     │         └ '«Man_Ot6yIt68»'
           │     └ '«mjansen»'
           └ <function check at 0x7f>
""",
    """\
> x = größe(pwd, count)
            │    └ "sieben-acht9"
            └ "«Man_Ot6yIt68»"
""",
    "  run(token_type)\n      └ 'bearer-kind9'\n",
    "a\n└ 'Man_Ot6yIt68'\n",
)


@pytest.mark.parametrize(
    "line",
    [*CALLS, *LISTS, *BESIDE, *INSIDE, *OPTIONS, *NAMED, *LANGUAGES, *SET_OFF, *WRAPPED, *PLAIN, *PARTED, *POINTED],
)
def test_what_is_marked_is_masked_and_nothing_else(line):
    text = re.sub("[«»]", "", line.replace("«S»", f"«{WORD}»"))
    wanted: set[int] = set()
    at = 0
    for part in re.findall("«[^»]*»|[^«]+", line.replace("«S»", f"«{WORD}»")):
        size = len(part.strip("«»"))
        wanted |= {*range(at, at + size)} if part[0] == "«" else set()
        at += size
    found = {place for start, end, _ in spans(text) for place in range(start, end)}
    assert wanted <= found
    assert not [text[place] for place in sorted(found - wanted) if text[place].isalnum()]
    assert mask(mask(text)) == mask(text)


@pytest.mark.parametrize(
    "text",
    [
        "masterauth glto-dumi5Ml6tSPHKF\nmaxmemory 256mb\nx",
        "TWINE_PASSWORD: pypi-AgEIcHlwaS5vcmcCGbcmAERj0RM9uLr_CLvLpf5VlX48MJGkA71CCSxf6VfJQEkJ\nUploading pkg.whl",
        "export BORG_PASSPHRASE=cactus_rocket6350\nOct 28 09:11:06 host borg[1]: x",
    ],
)
def test_a_value_at_the_end_of_the_longest_line_ends_there(text):
    assert max(end for _, end, _ in spans(text)) == text.index("\n")


def test_an_export_of_the_registry_is_read_under_its_name_over_its_lines():
    secret = ",".join(f"{byte:02x},00" for byte in b"hunter2!x9")
    at = secret.index(",", 30) + 1
    text = f'"DefaultPassword"=hex(1):{secret[:at]}\\\n  {secret[at:]},00,00\n"Next"="1"\n'
    masked = mask(text)
    assert secret[at:] not in masked
    assert masked.endswith('"Next"="1"\n')
    start = text.index("hex(")
    assert [found[2] for found in written_out(text.encode(), [(start, len(text) - 13)])] == [
        b"DefaultPassword=hunter2!x9"
    ]


def test_sums_tell_keys_from_numbers():
    assert SUMS["elevens"](b"471207-278498-422125-177177-561902-537405-468006-693451")
    assert not SUMS["elevens"](b"471207-278498-422125-177177-561902-537405-468006-693452")
    assert SUMS["base58"](b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ")
    assert not SUMS["base58"](b"5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK")


@pytest.mark.parametrize(
    "piece",
    ["password='a''", "'password', 'x1''", 'mysqli_connect("a","b",', "chpasswd:\n a:b", "&lt;a&gt;b&quot;c", "%41%31",
     "hex:41,\\\n ", "token</td><td>", "name,value\ntoken,a\n", "value='a', b=c where ", "://a:bcd\ne@", "p='ab\n"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
