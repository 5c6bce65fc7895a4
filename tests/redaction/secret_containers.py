"""Secrets that only the name or the place says to be one, in every container that crash files hold."""

from __future__ import annotations

import base64

from tests.redaction.classes import KEYS, Class, bare, odd, simple, templates
from tests.redaction.sample import Sample, fill
from tests.redaction.values import ALNUM, LOWER, URLSAFE, Fake

JSON = (
    '{"«camel»":"«S!|json»"}',
    '{"user_id":«number»,"«camel»":"«S!|json»","retry":true}',
    '{"config":{"«word»":{"«key»":"«S!|json»"}},"level":"info"}',
    '{"headers":[["X-Request-Id","«uuid»"],["X-Api-Key","«S!|json»"]]}',
    'body: {"grant_type":"password","«key»":"«S!|json»","scope":"read"}',
    '{"«upper»" : "«S!|json»" , "DEBUG" : "1"}',
    '{"args":[{"«kebab»":"«S!|json»"}],"id":«number»}',
    '{"method":"login","params":{"name":"«word»","«camel»":"«S!|json»"},"id":«small»}',
    '{"«camel»":["«S!|json»","«T!|json»"],"n":«small»}',
)
PRETTY = (
    '{\n  "name": "«word»",\n  "«camel»": "«S!|json»",\n  "port": «port»\n}',
    '  "credentials": {\n    "«key»": "«S!|json»",\n    "ttl": «number»\n  },',
    '{\n    "«word»": {\n        "«camel»" : "«S!|json»"\n    }\n}',
    '"env": {\n\t"PATH": "/usr/bin",\n\t"«upper»": "«S!|json»"\n}',
    '{\n  "«camel»":\n    "«S!|json»",\n  "enabled": true\n}',
    '[\n  {"name": "«upper»", "value": "«S!|json»"},\n  {"name": "MODE", "value": "fast"}\n]',
)
YAML = (
    "«word»:\n  «key»: «S!»\n  port: «port»",
    "«key»: '«S!»'",
    'auth:\n  - name: «word»\n    «camel»: "«S!»"\n',
    "env:\n  - name: «upper»\n    value: «S!»\n",
    "«word»:\n    «kebab»:   «S!»   # rotated «day»\n    enabled: true",
    "«key»: !secret_text «S!»".replace("!secret_text ", ""),
    "services:\n  «word»:\n    environment:\n      «upper»: «S!»\n      MODE: fast",
    "    environment:\n      - «upper»=«S!»\n      - MODE=fast",
    "«key»: >-\n  «S!»\n«word»: «number»",
)
ENV = (
    "«upper»=«S!»",
    'MODE=fast\n«upper»="«S!»"\nPORT=«port»',
    "«upper»='«S!»'\nDEBUG=0",
    "export «upper»=«S!»\nexport MODE=fast",
    "  «upper»=«S!»  # «word»",
    "PATH=/usr/bin:/bin\n«upper»=«S!»\nLANG=C.UTF-8",
    "Environment=«upper»=«S!»",
    'Environment="«upper»=«S!»"',
)
FORM = (
    'Content-Disposition: form-data; name="password"\r\n\r\n«S!»\r\n--«hex16»--',
    'Content-Disposition: form-data; name="«key»"\n\n«S!»\n--«hex16»',
    "HTTP/1.1 POST /login\n\nusername=«account?»&password=«S!|url»",
    "Content-Type: application/x-www-form-urlencoded\n\n«key»=«S!|url»&n=«small»",
    '--«hex16»\r\nContent-Disposition: form-data; name="token"\r\n\r\n«S!»\r\n',
)
INI = (
    "[«word»]\n«key» = «S!»\nport = «port»",
    "[database]\nhost = localhost\n«key»=«S!»\n",
    "«dotted»=«S!»",
    "spring.datasource.password=«S!»\nspring.jpa.show-sql=false",
    "; «word»\n«camel»: «S!»\nretries: «small»",
    '[auth]\n«key» = "«S!»"\nttl = «small»',
    "«key»\t=\t«S!»",
)
HEADERS = (
    "X-Api-Key: «S!»",
    "x-auth-token: «S!»\r\nAccept: */*",
    "> X-Amz-Security-Token: «S!»",
    "Proxy-Authorization: Basic «B!»",
    "PRIVATE-TOKEN: «S!»",
    "POST /«word» HTTP/1.1\nHost: localhost\nX-Vault-Token: «S!»\nContent-Length: «number»",
    "x-access-token=«S!»",
    "headers={'X-API-KEY': '«S!»', 'Accept': '*/*'}",
    "Ocp-Apim-Subscription-Key: «S!»",
    "X-CSRF-Token: «S!»",
    "X-Goog-Api-Key: «S!»",
    "Api-Key: «S!»",
)
COOKIE = (
    "Cookie: sessionid=«S!»",
    "Cookie: theme=dark; sid=«S!»; lang=en",
    "cookie: PHPSESSID=«S!»",
    "Cookie: JSESSIONID=«S!»; _«word»=1",
    '"Cookie": "connect.sid=«S!»; theme=dark"',
    "Cookie: auth_token=«S!»; remember_me=«T!»",
    "Cookie: csrftoken=«T!»; sessionid=«S!»",
    "> Cookie: ASP.NET_SessionId=«S!»",
    "cookies={'session': '«S!»', 'theme': 'dark'}",
    "Cookie: .AspNetCore.Identity.Application=«S!»",
)
SET_COOKIE = (
    "Set-Cookie: sessionid=«S!»; Path=/; HttpOnly",
    "set-cookie: sid=«S!»; Max-Age=3600; Secure; SameSite=Lax",
    "< Set-Cookie: JSESSIONID=«S!»; Path=/app",
    '"set-cookie":["auth=«S!»; Path=/; HttpOnly"]',
    "Set-Cookie: remember_token=«S!»; Expires=Wed, 21 Oct 2026 07:28:00 GMT",
    "Set-Cookie: laravel_session=«S!»; path=/; httponly",
    "Set-Cookie: __Host-session=«S!»; Secure; Path=/",
)
USERINFO = (
    "https://«word?»:«S!|url»@git.«word».example/«noun».git",
    "fatal: unable to access 'https://«account?»:«S!|url»@«noun».example/x/': 403",
    "proxy http://«account?»:«S!|url»@«h!hostname_fqdn»:3128",
    "HTTPS_PROXY=http://«account?»:«S!|url»@localhost:8080",
    '{"remote":"ftp://«account?»:«S!|url»@files.«noun».example/pub"}',
    "git clone https://oauth2:«S!|url»@gitlab.«word».example/«noun».git",
    "pip install --index-url https://__token__:«S!|url»@pypi.«word».example/simple",
    "sftp://«account?»:«S!|url»@«h!hostname_fqdn»/in",
    "https://«S!»@api.«word».example/v1",
    "connect(smtp://«account?»:«S!|url»@«h!hostname_fqdn»:587)",
)
QUERY = (
    "GET /api/«word»?api_key=«S!|url»&limit=«small» 200",
    "https://«word».example/cb?code=«small»&access_token=«S!|url»",
    "POST /login?username=«account?»&password=«S!|url» HTTP/1.1",
    '{"url":"https://«word».example/v1?client_id=«hex8»&client_secret=«S!|url»&x=1"}',
    "request /«word»?token=«S!|url»#top",
    "otpauth://totp/«word»?secret=«Q!»&issuer=«noun»",
    "grant_type=password&password=«S!|url»&scope=read",
    "https://«word».example/reset?id=«number»&amp;token=«S!|url»&amp;lang=de",
    "redirect to /cb#access_token=«S!|url»&expires_in=3600",
    "subscription-key=«S!|url»&q=«word»",
)
ADO = (
    "Server=«h!hostname_fqdn»,1433;Database=«word»;User Id=«account?»;Password=«S!»;Encrypt=true",
    'connectionString="Data Source=localhost;Initial Catalog=«word»;User ID=«account?»;Password=«S!»"',
    "Server=localhost;Port=3306;Uid=«account?»;Pwd=«S!»;",
    "Driver={ODBC Driver 17 for SQL Server};Server=localhost;UID=«account?»;PWD=«S!»",
    "Data Source=localhost;password='«S!»';Persist Security Info=True",
    "Provider=SQLOLEDB;Data Source=«h!hostname_fqdn»;User Id=«account?»;Password=«S!»;",
    '{"ConnectionStrings":{"Default":"Server=localhost;User Id=«account?»;Password=«S!»;Timeout=30"}}',
)
JDBC = (
    "jdbc:mysql://localhost:3306/«word»?user=«account?»&password=«S!|url»&useSSL=false",
    "jdbc:postgresql://«h!hostname_fqdn»:5432/«word»?user=«account?»&password=«S!|url»",
    "jdbc:sqlserver://localhost:1433;databaseName=«word»;user=«account?»;password=«S!»;",
    "jdbc:oracle:thin:«account?»/«S!»@localhost:1521:XE",
    "url=jdbc:db2://localhost:50000/«word»:user=«account?»;password=«S!»;",
    "HikariPool-1 - Exception: jdbc:mariadb://localhost/«word»?password=«S!|url»",
)
LIBPQ = (
    "host=localhost port=5432 dbname=«word» user=«account?» password=«S!» sslmode=disable",
    "host=«h!hostname_fqdn» user=«account?» password='«S!»' dbname=«word»",
    "postgres://«account?»:«S!|url»@localhost:5432/«word»?sslmode=disable",
    "postgresql://«account?»:«S!|url»@«h!hostname_fqdn»/«word»",
    'psql "password=«S!» host=localhost"',
    "DATABASE_URL=postgres://«account?»:«S!|url»@localhost/«word»",
    "localhost:5432:«word»:«account?»:«S!»",
    "postgresql+asyncpg://«account?»:«S!|url»@localhost:5432/«word»",
)
BROKERS = (
    "amqp://«account?»:«S!|url»@localhost:5672/«word»",
    "amqps://«account?»:«S!|url»@«h!hostname_fqdn»:5671/%2F",
    "CELERY_BROKER_URL=amqp://guest2:«S!|url»@localhost//",
    '{"broker":"mqtt://«account?»:«S!|url»@localhost:1883"}',
    'sasl.jaas.config=org.apache.kafka.plain.PlainLoginModule required username="«account?»" password="«S!»";',
    "nats://«account?»:«S!|url»@localhost:4222",
)
REDIS = (
    "redis://:«S!|url»@localhost:6379/0",
    "rediss://default:«S!|url»@«h!hostname_fqdn»:6380",
    "REDIS_URL=redis://«account?»:«S!|url»@localhost/1",
    "redis-cli -a «S!» ping",
    "requirepass «S!»",
    "localhost:6379,password=«S!»,ssl=False,abortConnect=False",
    "AUTH «S!» failed: WRONGPASS invalid username-password pair".replace("AUTH «S!» failed", "redis AUTH «S!» failed"),
)
MONGO = (
    "mongodb://«account?»:«S!|url»@localhost:27017/«word»?authSource=admin",
    "mongodb+srv://«account?»:«S!|url»@«atlas?»/«word»",
    'MONGO_URI="mongodb://«account?»:«S!|url»@localhost,localhost:27018/«word»?replicaSet=rs0"',
    '{"uri":"mongodb://«account?»:«S!|url»@«h!hostname_fqdn»:27017"}',
    "mongosh --username «account?» --password «S!» --authenticationDatabase admin",
    "MongoServerError: bad auth at mongodb://«account?»:«S!|url»@localhost/«word»",
)


def basic(fake: Fake) -> str:
    return base64.b64encode(f"{fake.user()}:{fake.mixed(ALNUM, 9, 16)}".encode()).decode()


def atlas(fake: Fake) -> str:
    """A host of a provider, which some call public and some do not."""
    return f"cluster0.{fake.hex8()}.mongodb.net"


def session(fake: Fake) -> str:
    return fake.pick(
        (
            lambda: fake.mixed(LOWER, 26, 32),
            fake.hex32,
            lambda: "s%3A" + fake.mixed(URLSAFE, 32) + "." + fake.mixed(ALNUM, 43),
            lambda: fake.mixed(URLSAFE, 40, 120).strip("-_") + "x",
            fake.uuid,
        )
    )()


def digits32(fake: Fake) -> str:
    return fake.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 32)


NESTED = (
    ('{"level":"error","response":"', '","status":500}'),
    ('{"message":"body was ', '","id":1}'),
    ('payload="', '" size=120'),
)


def nested(fake: Fake) -> Sample:
    """JSON inside a JSON string, as a logger that logs a body writes it."""
    inner = fill(fake.pick(JSON), lambda name: _value(fake, name), "password_json_nested", "secret")
    before, after = fake.pick(NESTED)
    return inner.escaped().around(before, after)


def _value(fake: Fake, name: str) -> str:
    given = {"S": odd, "T": simple, **KEYS}
    return given[name](fake) if name in given else getattr(fake, name)()


def classes() -> list[Class]:
    """All of them."""
    rows = (
        ("password_json", JSON, {"S": odd, "T": simple}, True),
        ("password_json_pretty", PRETTY, {"S": odd}, False),
        ("password_yaml", YAML, {"S": simple}, False),
        ("password_env", ENV, {"S": simple}, False),
        ("password_ini", INI, {"S": simple}, False),
        ("form_body", FORM, {"S": simple}, False),
        ("http_header", HEADERS, {"S": Fake.secret, "B": basic}, True),
        ("cookie", COOKIE, {"S": session, "T": session}, True),
        ("set_cookie", SET_COOKIE, {"S": session}, True),
        ("url_userinfo", USERINFO, {"S": odd, "h": Fake.internal}, True),
        ("url_query", QUERY, {"S": odd, "Q": digits32}, True),
        ("ado_connection", ADO, {"S": simple, "h": Fake.internal}, True),
        ("jdbc_url", JDBC, {"S": simple, "h": Fake.internal}, True),
        ("libpq", LIBPQ, {"S": bare, "h": Fake.internal}, True),
        ("broker_url", BROKERS, {"S": simple, "h": Fake.internal}, True),
        ("redis", REDIS, {"S": bare, "h": Fake.internal}, True),
        ("mongodb", MONGO, {"S": bare, "h": Fake.internal, "atlas": atlas}, True),
    )
    made = [templates(kind, "secret", texts, inline=inline, **values, **KEYS) for kind, texts, values, inline in rows]
    return [*made, Class("password_json_nested", "secret", nested)]
