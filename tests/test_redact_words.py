"""Secrets by the words for them: in other languages, by short names of tokens, and what only looks like such a name.

In each line «...» must be masked, and nothing else with a letter or digit may be; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from triage.redact import mask, spans

WORD = "Kupfer_Kaffee97"
PAT = "5yheifxj33k4qog37gsc4gci4a5wja42mjbjapgzb4sknjvxa7rp"
JSON_KEYS = (
    "contraseña",
    "CONTRASEÑA",
    "contrasen\u0303a",
    "contrasena",
    "contrasenya",
    "contrase\\u00f1a",
    "palavraPasse",
    "motDePasse",
    "mot_de_passe",
    "hasło",
    "haslo",
    "şifre",
    "sifre",
    "пароль",
    "密码",
    "パスワード",
    "비밀번호",
    "lösenord",
    "adgangskode",
    "kodeord",
    "passord",
    "jelszó",
    "clave",
    "geslo",
    "salasana",
    "senha",
    "parolă",
    "v_Data",
    "mật khẩu",
    "κωδικός",
)
WORDS = (
    *(f'{{"user":"x1","{key}":"«S»","n":3}}' for key in JSON_KEYS),
    "ERROR inicio de sesión fallido caja=tpv01 contrasena=«S» intento=3",
    "contraseña_bd: «S»",
    '{\\"contraseña\\":\\"«S»\\"}',
    "<contraseña>«S»</contraseña>",
    "palavra_passe=«S»",
    "CLAVE_ACCESO=«S»",
    "db.mdp: «S»",
    "Bonjour, voici le mot de passe temporaire : «S»\nMerci de le changer.",
    "Su contraseña temporal es «S»",
    "A sua senha provisória é «S»",
    "La contraseña nueva: «S»",
    "Twoje tymczasowe hasło to «S»",
    'keychain item stored: { class = genp; v_Data = "«S»"; }',
    "export AZURE_DEVOPS_EXT_PAT='«P»'",
    "--from-literal=azure_devops_ext_pat=«P» -n payments",
    "GITHUB_PAT=«P»",
    '{"pat":"«P»"}',
    "azureDevOpsPat: «P»",
    "«[U:1:22793]» WebAPI key=«00C54890BD989590F75CED2A72939992» GET https://api.example.com/",
)
STORED = (
    '{"Parameters":[{"Name":"/prod/app/DJANGO_SECRET_KEY","Type":"SecureString","Value":"«4fi7gc9hi-nq(67nkykivec_+u»","Version":3}]}',
    '{"Name": "/shop/db/password", "Type": "SecureString", "Value": "«S»", "Version": 3}',
    '{\n  "Name": "/shop/db/password",\n  "Type": "SecureString",\n  "Value": "«S»"\n}',
    '{"Name":"/prod/app/x","Type":"SecureString","Value":"«S»","Version":3}',
    '[{"LockIndex":0,"Key":"config/shop/db_password","Flags":0,"Value":"«bWFuZ28tdmVsdmV0LTI4»"}]',
    '{"key":"Shop:Db:Password","label":null,"content_type":"","value":"«S»"}',
    '{"name":"projects/shop/secrets/db-password/versions/3","payload":{"data":"«bWFuZ28tdmVsdmV0LTI4»"}}',
    '{"name": "db-password", "tags": {}, "value": "«S»"}',
    "- Name: /prod/app/DB_PASSWORD\n  Type: SecureString\n  Value: «S»",
    "PARAMETERS\t/prod/app/DB_PASSWORD\tSecureString\t«S»\t3",
    "etcdctl put /config/shop/db_password «S»",
)
STATEMENTS = (
    "Query\tSET PASSWORD FOR 'shop'@'%' = '«C0pp3r175!»'",
    "SET PASSWORD FOR shop = PASSWORD('«S»');",
    "set password for `shop`@`%` to '«cappero-tulip-soleil-43»'",
    "SET PASSWORD FOR CURRENT_USER() = '«S»'",
    '"SET PASSWORD FOR \\"shop\\"@\\"%\\" = \\"«S»\\""',
    'ALTER USER shop IDENTIFIED BY "«S»" REPLACE "«0ldC0pp3r»"',
    "alter user shop identified by «pepperlantern6» account unlock;",
    "EXEC sp_password '«0ldC0pp3r»', '«S»', 'shop'",
    "EXEC sp_addlogin 'shop', '«S»'",
    "exec sp_addlinkedsrvlogin 'SRV', 'false', NULL, 'shop', '«S»'",
    "ALTER CURRENT USER SET PASSWORD FROM '«0ldC0pp3r»' TO '«S»'",
    '{"headers":{"stripe-signature":"t=1742604397403,v1=«e31c23f17009e8d54aed5cc6f8b48852ba4888bc8e04487626d74ec622410ccd»"}}',
)
TABLES = (
    "invalid token: `«bramble»`",
    "login failed (LDAP) PASSWD:«hunter2xq»",
    "csrf: expected token: '«brambleriver»', got token: '«harborlane»'",
    "refresh token: '«brambleriver»'",
    "identifier token: '«K7marble22xQ»'",
    "Unexpected token: «aBcRtYuOpKlMnWqz»",
    '<tr><td class="e">$_ENV[\'FERNET_KEY\']</td><td class="v">«iOOCh-vWoPyEN6CbnMC1XhZcg6LFFUSPAiw010s5hmg=»</td>',
    '<tr><td class="e">$_POST[\'password\']</td><td class="v">«S»</td></tr>',
    "| Setting | Value |\n|---|---|\n| s3 secret key | `«l9bWYSdG8B8Q3BrB7uEwhtDot9PASZ6qckmYKjLS»` |",
    "| secret key base | «507e0b712fa4abfce4d7250e2c74eed397e048a0» |",
    "| **db password** | **«S»** |",
    "| api key | ``«l9bWYSdG8B8Q3BrB7uEwhtDot9PASZ6qckmYKjLS»`` |",
)
SENTENCES = (
    "the password is «S», customer key `«vAgDFjmuBlry7TuwsK8ByPz87+8IUbaU»`. Can you look?",
    "the password is\n«S», thanks",
    "and the pass\nword is «S», thanks",
    "> The admin password\n> is «S»",
    "and the secret access key\nis «l9bWYSdG8B8Q3BrB7uEwhtDot9PASZ6qckmYKjLS»",
    '"text":"My password is\\n«S»\\nThanks"',
)
CONNECTIONS = (
    "Driver={ODBC Driver 18 for SQL Server};Uid=root;Pwd={«bridge cobalt tiger 91»};Encrypt=yes;",
    "Uid=3Droot;Pwd=3D{«bridge cobalt tiger 91»};Enc=\nrypt=3Dyes;",
    'connectionString="Data Source=localhost;User ID=app;Password=«pepper cobalt lantern6»;"',
    "Server=db;Database=x;User Id=sa;Password=«pepper cobalt lantern6»;Encrypt=True",
    "jdbc:sqlserver://localhost:1433;user=sa;password={«pepper cobalt; lantern6»};encrypt=true",
)
WRITTEN_OUT = (
    *(
        f'{{"log":"started{end}{text}{end}next"}}'
        for end in ("\\n", "\\r\\n", "\\t", "\\\\n")
        for text in (
            "password is «S»",
            "token «0dda4b7a1e92f64e0b719e142dff9ef4»",
            "sshpass -p «S» ssh a",
            "curl -u rep:«S» https://x.example/",
            "AUTH «S»",
            "«AKIAXLMKFBWPOX7EBOHK»",
            "«dop_v1_0dda4b7a1e92f64e0b719e142dff9ef450e7717f3362b3d895a8fd6c2a77e96d»",
        )
    ),
    '{"log":".example.com\\tTRUE\\t/\\tTRUE\\t1767225600\\tuser_session\\t«-pRKnYRJZpDEFVMvhpV7yHU0PA»\\nnext"}',
    'a001 LOGIN «noah+x» "«Rocket/4853!»"',
)
ENCODED = (
    "sasl PLAIN initial response: «AGlvbmVzY3UAWEpFSXhvZHBtNDE3UGc0Tw==»",
    "C: a001 AUTHENTICATE PLAIN «AGlvbmVzY3UAWEpFSXhvZHBtNDE3UGc0Tw==»",
    ">>> AUTH PLAIN\n<<< 334\n>>> «AGlvbmVzY3UAWEpFSXhvZHBtNDE3UGc0Tw==»",
    '{"mechanism":"PLAIN","response":"«AGlvbmVzY3UAWEpFSXhvZHBtNDE3UGc0Tw==»"}',
    '{"password_b64url":"«V2ludGVyXFc2dzNtXFZ2WSE»"}',
    "pw_b64=«V2ludGVyXFc2dzNtXFZ2WSE=»",
    "body=name%3Dk%26password%3D«J9T%28%C3%BCEYr1%C3%9F%299g4»%26lang%3Dde",
    "Das Passwort lautet:\npassword=3D«IyCKc=26E=\njiB=25mvjE»\nGr=C3=BC=C3=9Fe",
    "key «ghp_16C7e42F292c691\u20642E7710c838347Ae178B4a»",
    "<SecretAccessKey>«Ri92K77k6bdBa/WBRLqq7Y7PDqR8\n    +8NquV/+Hosa»</SecretAccessKey>",
)
FORMS = (
    "x:«" + "t1." + "9eu-8bpzJe6BS9zLN5qbzF0CStuEWjRWoXkVLQam." + "yABB5tnlnlfouj9I8uFnzsO" * 4 + "»,y:7",
    '"«mls' + "n.112b2618c0f09feece40a0279bd704cd" + '5c9eeeb718a338ded98c2c45b814cdeb»",',
    "**Bearer token bedrock:** «ABS" + "KQmVkcm9ja0FQSUtleS1abcd" + "k8Wd2Zk9Pb4Xn1Rt6Lm3Vc" * 4 + "==»",
    "Cookie: theme=dark; _gitlab_session=«c5fe53ff9635ac6df" + "1e7cdc0e39fab1b»; lang=de",
    '{"gpgPassphrase":{"value":"«meadow-pepper-ribbon-violin»","source":"env"}}',
    "{'ssh_key_passphrase': '«pepper-cobalt-anchor-meadow»', 'mode': 1}",
    "  [passphrase] => «pepper-cobalt-anchor-meadow»",
    "**Passphrase:** «seed-violin-cobalt-meadow»",
    "<passphrase><![CDATA[«pepper-cobalt-anchor-meadow»]]></passphrase>",
)
HARMLESS = (
    'passwordSecret: "shop-billing-postgres-password"',
    "mlsn.org is down; t1.9europe.example is up",
    "<description>this is a text that\ngoes on for two lines</description>",
    '{"password_url":"https://shop.example/reset"}',
    "retries=25 size=20 x=3D y=2F",
    "body=call%28password%29%26lang%3Dde",
    "C:\\new\\ncurl -u x",
    '"log":"x\\npassenger 1234"',
    "| Key | Type |\n|---|---|\n| password | string |",
    "| primary key | `id` |\n| customer key | `customer_id` |",
    "customer key `customer_id_2` is indexed",
    "the password is\nnot valid, the password is\n8-64 characters long",
    '<tr><td class="e">session.name</td><td class="v">PHPSESSID</td></tr><tr><td>Password</td><td>required</td></tr>',
    "Driver={ODBC Driver 18 for SQL Server};Server=tcp:db,1433;Encrypt=yes;",
    "Server=db;Password=;Encrypt=yes",
    "DB_PASSWORD=(hidden)",
    "password=(not set)",
    '{"user":{"password":"(hidden)","token":"********"},"n":3}',
    "WARN  password=%DB_PASS% masked by LogSanitizer",
    "token=%FACE_TOKEN%",
    "password=@@DB_PASS@@ password=__DB_PASS__",
    "token_type=Bearer expires_in=3600",
    '{"Name":"/prod/app/LOG_LEVEL","Type":"String","Value":"debug-3x","Version":3}',
    '{"Name":"/prod/app/token_count","Type":"String","Value":"128 entries"}',
    '{"name":"src/auth/password.py","type":"file","value":"1024"}',
    '{"path":"/api/reset/password","method":"POST","status":200}',
    "SET PASSWORD FOR 'shop'@'%' = '<secret>'",
    "SET PASSWORD FOR user requires the SUPER privilege",
    "ALTER USER shop IDENTIFIED BY $1",
    "The row is identified by uuid4 values",
    "objects are identified by their primary key",
    "la contraseña es obligatoria",
    '{"contraseña":"obligatoria"}',
    '{"contraseña":"********","clave":null}',
    "mot de passe oublié ?",
    "contraseña: campo obligatorio",
    "for clave, valor in d.items():",
    '{"clave":"valor"}',
    'pat = re.compile(r"^[a-z0-9]+$")',
    "--pat=*.log",
    'pat = "foo"',
    "xpath=//div[@id='main'] compat=true",
    "v_data = texture2D(u_tex, v_uv)",
    "error: expected identifier, found keyword token: `secret`",
    "SyntaxError: Unexpected token: 'secret'",
    'found reserved word token: "password"',
    "expected token: 'secret', found token: 'passphrase'",
    "bad token: type=1, value='secret'",
    'lookahead token: "bramble" (line 3)',
    "unexpected token: bramble @ line 3",
    "mdp.solve(gamma=0.95)",
    "une passe=2 lors du rendu",
    '{"label":"密码","type":"password"}',
    "msg.mot_de_passe_oublie=Mot de passe oublié",
)


@pytest.mark.parametrize(
    "line", [*FORMS, *WORDS, *STORED, *STATEMENTS, *TABLES, *SENTENCES, *CONNECTIONS, *WRITTEN_OUT, *ENCODED]
)
def test_what_is_marked_is_masked_and_nothing_else(line):
    line = line.replace("«S»", f"«{WORD}»").replace("«P»", f"«{PAT}»")
    secrets = re.findall("«([^»]+)»", line)
    text = line.replace("«", "").replace("»", "")
    found = [text[start:end] for start, end, _ in spans(text)]
    assert found == secrets
    assert not any(secret in mask(text) for secret in secrets)


def test_a_key_block_is_masked_with_its_checksum():
    lines = (
        "AnSXl4IDgXfJ/pOGqZzCY6QCf+vo3xs0W/SHeTpaA2zrsDOHYcvcHlUkFvgx",
        "uHadglhbThZHBj/eXpvlV1k8k0uXk7v4",
        "=ab3D",
    )
    for headers in ("", "Version: GnuPG v2\nComment: of a release\n"):
        text = "\n".join(
            ["-----BEGIN PGP PRIVATE KEY BLOCK-----", headers, *lines, "-----END PGP PRIVATE KEY BLOCK-----"]
        )
        assert not any(line in mask(f"{text}\nafter") for line in lines)
        assert mask(f"{text}\nafter").endswith("after")


@pytest.mark.parametrize("line", HARMLESS)
def test_what_only_looks_like_a_name_is_left(line):
    assert spans(line) == []
