"""Secrets on command lines, in markup, in the prints of programs, in configuration of tools, and in prose."""

from __future__ import annotations

import base64

from tests.redaction.classes import KEYS, Class, Value, bare, odd, simple, templates
from tests.redaction.secret_containers import basic
from tests.redaction.values import ALNUM, BASE64, URLSAFE, Fake

ARGV_LONG = (
    "/usr/bin/«word» --«kebab» «S!» --port «port»",
    "cmdline: «word».exe --password «S!» --quiet",
    "«word» --api-key «S!»",
    "spawn: [«word», --token, «S!», --verbose]",
    '"argv":["«word»","--password","«S!»","--retries","3"]',
    "ExecStart=/usr/bin/«word» --secret «S!» -v",
    "«word».exe /password:«S!» /quiet",
    "java -jar «word».jar --«kebab» '«S!»'",
)
ARGV_EQUALS = (
    "«word» --token=«S!» run",
    'cmdline="«word» --«kebab»=«S!» --n=«small»"',
    "java -Dhttp.proxyPassword=«S!» -jar «word».jar",
    "-Djavax.net.ssl.keyStorePassword=«S!»",
    "'--password=«S!»'",
    "docker run -e «upper»=«S!» «word»:«version»",
    "helm install «word» --set auth.password=«S!»",
    "kubectl create secret generic «word» --from-literal=password=«S!»",
)
ARGV_SHORT = (
    "mysql -u «account?» -p«S!» «word»",
    "mysqldump -h localhost -u«account?» -p«S!» --all-databases",
    "sshpass -p «S!» ssh «word»",
    "sshpass -p'«S!»' scp a b",
    "docker login -u «account?» -p «S!» ghcr.io",
    "7z x -p«S!» «word».7z",
    "ldapsearch -x -D cn=admin -w «S!»",
    "unzip -P «S!» «word».zip",
    "cmd: mongo -u «account?» -p «S!» «word»",
    "PGPASSWORD=«S!» psql -U «account?»",
)
ARGV_USER = (
    "«client» -u «account?»:«S!» https://«word».example/x",
    "«client» --user '«account?»:«S!»' http://localhost/",
    "wget --user=«account?» --password=«S!» http://localhost/",
    "http -a «account?»:«S!» localhost",
    "smbclient //localhost/«word» -U «account?»%«S!»",
    "net use z: \\\\localhost\\«word» /user:«account?» «S!»",
    '«client» -s -u "«account?»:«S!»" -X POST http://localhost',
)
EXPORT = (
    "export «upper»=«S!»",
    "set «upper»=«S!»",
    '$env:«upper» = "«S!»"',
    "setenv «upper» «S!»",
    "+ export «upper»='«S!»'",
    "«upper»=«S!» ./run.sh",
    "SETX «upper» «S!»",
    'declare -x «upper»="«S!»"',
)
PROMETHEUS = (
    '«word»_requests_total{method="GET",token="«S!»"} «number»',
    '«word»_up{instance="localhost:9090",api_key="«S!»",job="«noun»"} 1',
    'http_requests{url="/cb?access_token=«S!»",code="200"} «number»',
    '«word»_info{password="«S!»"} 1 1706000000000',
    '# HELP «word»_x x\n«word»_x{auth_token="«S!»",le="0.5"} «small»',
    '«word»_session{session_id="«S!»"} 1',
)
XML = (
    "<password>«S!|xml»</password>",
    "<credentials><username>«account?»</username><password>«S!|xml»</password></credentials>",
    "<add><apiKey>«S!|xml»</apiKey></add>",
    "<server>\n  <id>«word»</id>\n  <password>«S!|xml»</password>\n</server>",
    '<wsse:Password Type="PasswordText">«S!|xml»</wsse:Password>',
    '<string name="api_key">«S!|xml»</string>',
    "<key>password</key>\n<string>«S!|xml»</string>",
    '<entry key="db.password">«S!|xml»</entry>',
    "<clientSecret><![CDATA[«B!»]]></clientSecret>",
)
XML_ATTRIBUTE = (
    '<connection user="«account?»" password="«S!|xml»" port="«port»"/>',
    '<add key="ApiKey" value="«S!|xml»" />',
    "<user name='«account?»' password='«B!»'/>",
    '<property name="hibernate.connection.password" value="«S!|xml»"/>',
    '<Resource type="javax.sql.DataSource" username="«account?»" password="«S!|xml»" maxTotal="«small»"/>',
    '<input type="hidden" name="csrf_token" value="«B!»">',
    '<client id="«word»" secret="«S!|xml»"></client>',
)
AUTHORIZATION = (
    "Authorization: Bearer «S!»",
    "authorization: bearer «S!»",
    '"Authorization":"Bearer «S!»"',
    "Authorization: Token «S!»",
    "-H 'Authorization: Bearer «S!»'",
    "Authorization: token «S!»",
    "headers: { authorization: 'Bearer «S!»' }",
    "AUTHORIZATION=Bearer «S!»",
    "authorization\x3a ApiKey «S!»",
    "sent Bearer «S!» to gateway",
)
BASIC = (
    "Authorization: Basic «S!»",
    '"authorization": "Basic «S!»"',
    '-H "Authorization: Basic «S!»"',
    "HTTP_AUTHORIZATION=Basic «S!»",
    "authorization: basic «S!»",
    "Proxy-Authorization: Basic «S!»",
    "{authorization=[Basic «S!»], accept=[*/*]}",
)
NETRC = (
    "machine api.«word».example login «account?» password «S!»",
    "machine localhost\n  login «account?»\n  password «S!»\n",
    "default login «account?» password «S!»",
    "machine «h!hostname_fqdn» login «account?» password «S!»",
    "//npm.«word».example/:_authToken=«T!»",
    "registry=https://registry.«word».example/\n//registry.«word».example/:_authToken=«T!»",
    "[pypi]\nusername = __token__\npassword = «T!»",
)
SQL = (
    "CREATE USER '«account?»'@'localhost' IDENTIFIED BY '«S!»'",
    'ALTER USER «word?» IDENTIFIED BY "«S!»";',
    "CREATE ROLE «word?» LOGIN PASSWORD '«S!»';",
    "ALTER USER «word?» WITH ENCRYPTED PASSWORD '«S!»'",
    "SET PASSWORD FOR '«account?»'@'%' = PASSWORD('«S!»');",
    "CREATE LOGIN «word?» WITH PASSWORD = '«S!»'",
    "UPDATE users SET password='«S!»' WHERE id=«number»",
    "GRANT ALL ON *.* TO '«account?»'@'%' IDENTIFIED BY '«S!»' WITH GRANT OPTION",
)
PROSE = (
    "login failed for «word» with password «S!»",
    "the password is «S!»",
    "password: «S!»",
    "using api key «S!» for «word»",
    "secret=«S!» rejected by server",
    "invalid token: «S!»",
    "Your new passphrase is '«S!»', keep it",
    "auth token «T!» has expired",
    "authenticating with client secret '«S!»' (attempt «small»)",
    'bad credentials: password="«S!»"',
    "refresh token «T!» revoked",
)
PRINTS = (
    "{'name': '«word»', 'password': '«S!|repr»'}",
    'Config { host: "localhost", password: "«S!|json»", port: «port» }',
    'Config { url: "localhost", api_key: Some("«B!»"), retries: «small» }',
    "{Host:localhost Password:«B!» Port:«port»}",
    '&config.DB{User:"«account?»", Password:"«S!|json»", Port:«port»}',
    "{password=«B!», port=«port»}",
    "User(id=«number», password=«B!», active=true)",
    "array ( 'password' => '«B!»', 'port' => «port» )",
    '["password"]=>\n  string(12) "«B!»"',
    "Credentials(user='«account?»', secret_key='«S!|repr»')",
    '{:password=>"«B!»", :port=>«port»}',
    "password: '«S!|repr»',",
    "[password] => «B!»",
    "level=info msg=login password=«B!» ms=«small»",
    'ts=«time» level=error api_key="«S!|json»" err=timeout',
    "const «camel» = '«S!|repr»';",
    'self.«key» = "«S!|json»"',
    "('password', '«S!|repr»')",
    "[('user', '«account?»'), ('«key»', '«S!|repr»')]",
    '{"name":"password","value":"«S!|json»"}',
    '{"key":"«upper»","value":"«S!|json»"}',
    '{"name":"Authorization","value":"Bearer «B!»"}',
    '{"vars":{"password":"\'«B!»\'","retries":"3"}}',
    "| password | «B!» |",
    "password -> «B!»",
    "PATH=/usr/bin «upper»=«B!» LANG=C",
    "headers: {Authorization: Bearer «B!», accept: */*}",
    'let «key»: String = "«S!|json»".into();',
)
KUBERNETES = (
    "apiVersion: v1\nkind: Secret\nmetadata:\n  name: «word»\ndata:\n  password: «E!»",
    "kind: Secret\ndata:\n  «kebab»: «E!»\n  username: «N?»\ntype: Opaque",
    "kind: Secret\nstringData:\n  «key»: «S!»",
    '{"kind":"Secret","apiVersion":"v1","data":{"token":"«E!»"}}',
    "apiVersion: v1\ndata:\n  token: «E!»\nkind: Secret",
    "users:\n- name: «word»\n  user:\n    token: «T!»",
    "    client-key-data: «L!»",
)

ARGUMENTS = (
    "DBI connect('database=«word»','app',\"«S!»\") failed: denied",
    "#0 db.php(12): PDO->__construct('mysql:dbname=«word»', 'app', '«S!»')",
    "mysqli_connect('localhost', 'app', '«S!»', '«word»')",
    'DriverManager.getConnection(url, "app", "«S!»")',
    "oci_connect('app', '«S!»', 'XE')",
    "ldap_bind($ds, 'cn=admin', '«S!»')",
    "client.username_pw_set('app', '«S!»')",
)
ACCOUNTS = (
    "chpasswd:\n  list: |\n    root:«S!»\n  expire: false",
    "chpasswd:\n  list:\n    - root:«S!»",
    "chpasswd <<EOF\nroot:«S!»\nEOF",
)
ROWS = (
    "':path', '/'\n'x-api-key', '«T!»'\n':method', 'GET'",
    "<tr><th>Password</th><td>«T!»</td></tr>",
    "<dt>API token</dt><dd>«T!»</dd>",
    '  ~ password          = "«S!»" -> "«S!»"',
    "-setcookie «S!»\n",
)


def encoded(fake: Fake) -> str:
    return base64.b64encode(fake.mixed(ALNUM, 12, 30).encode()).decode()


def classes() -> list[Class]:
    """All of them."""
    token: Value = lambda fake: fake.mixed(URLSAFE, 30, 60).strip("-_") + "z8"  # noqa: E731
    bearer: Value = lambda fake: fake.pick((token, Fake.plain_secret, Fake.jwt, Fake.secret, Fake.hex40))(fake)  # noqa: E731
    long: Value = lambda fake: base64.b64encode(fake.some(BASE64, 180).encode()).decode()  # noqa: E731
    name: Value = lambda fake: base64.b64encode(fake.word().encode()).decode()  # noqa: E731
    rows = (
        ("argv_long", ARGV_LONG, {"S": bare}, True),
        ("argv_equals", ARGV_EQUALS, {"S": bare}, True),
        ("argv_short", ARGV_SHORT, {"S": bare}, True),
        ("argv_user", ARGV_USER, {"S": bare, "client": lambda _: "curl"}, True),
        ("shell_export", EXPORT, {"S": simple}, True),
        ("prometheus_label", PROMETHEUS, {"S": Fake.plain_secret}, False),
        ("xml_element", XML, {"S": odd, "B": simple}, True),
        ("xml_attribute", XML_ATTRIBUTE, {"S": odd, "B": simple}, True),
        ("bearer", AUTHORIZATION, {"S": bearer}, True),
        ("basic", BASIC, {"S": basic}, True),
        ("netrc", NETRC, {"S": bare, "T": token, "h": Fake.internal}, True),
        ("sql_identified", SQL, {"S": simple}, True),
        ("prose", PROSE, {"S": simple, "T": token}, True),
        ("program_print", PRINTS, {"S": odd, "B": simple}, True),
        ("call_argument", ARGUMENTS, {"S": bare}, True),
        ("account_list", ACCOUNTS, {"S": bare}, False),
        ("row", ROWS, {"S": bare, "T": token}, False),
        ("kubernetes", KUBERNETES, {"S": simple, "E": encoded, "T": token, "L": long, "N": name}, False),
    )
    return [templates(kind, "secret", texts, inline=inline, **values, **KEYS) for kind, texts, values, inline in rows]
