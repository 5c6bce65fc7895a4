"""Secrets with a form of their own: tokens of vendors, private keys, JWT, cloud connection strings."""

from __future__ import annotations

import base64
import json

from tests.redaction import tokens
from tests.redaction.classes import KEYS, Class, Value, simple, templates
from tests.redaction.sample import Sample, fill
from tests.redaction.values import BASE64, URLSAFE, Fake, words

ANYWHERE = (
    "request failed, used «S!» for «word»",
    "«upper»=«S!»",
    'export «upper»="«S!»"',
    '{"«camel»":"«S!»","id":«number»}',
    '{"extra":{"argv":["--«kebab»","«S!»"]},"level":"error"}',
    "called with («S!», «small»)",
    "«word» error: invalid credential '«S!»'.",
    "x-«word»-key: «S!»",
    "<«word»>«S!»</«word»>",
    "curl -H 'Authorization: Bearer «S!»' https://api.«word».example/v1/«noun»",
    "token «S!», retry in «small»s",
    "«key»: «S!» # «word»",
    "[«S!»]",
    "ctx={«noun»: «S!», attempt: «small»}",
    "«word»: rejected `«S!»`",
    "--«kebab»=«S!» --verbose",
    '\\"«key»\\":\\"«S!»\\",\\"n\\":«small»',
)
QUERY = (
    "GET /v«small»/«word»?key=«S!»&v=3 200",
    "https://api.«word».example/«noun»?id=«small»&token=«S!»&page=2",
    "fetch('https://maps.«word».example/js?key=«S!»&callback=init') failed",
)
URLS = (
    "POST «S!» 404",
    "webhook: «S!»",
    '{"url":"«S!»","status":«small»}',
    "HOOK_URL='«S!»'",
    "could not deliver to «S!»: timed out",
    "notify(«S!»)",
    "<url>«S!»</url>",
)
ACCESS_PAIR = (
    "aws_secret_access_key = «S!»",
    "AWS_SECRET_ACCESS_KEY=«S!»",
    'export AWS_SECRET_ACCESS_KEY="«S!»"',
    '{"AccessKeyId":"«A!aws_access_key»","SecretAccessKey":"«S!»"}',
    "secretAccessKey: '«S!»',",
    "aws configure set aws_secret_access_key «S!»",
    "AWS.config.update({accessKeyId: '«A!aws_access_key»', secretAccessKey: '«S!»'})",
    "spark.hadoop.fs.s3a.secret.key=«S!»",
    "-Daws.secretKey=«S!»",
)
KEYED = (
    "«upper»=«S!»",
    '"«lower»": "«S!»"',
    "«lower» = '«S!»'",
    "«lower»: «S!»",
    'os.environ["«upper»"] = "«S!»"',
    "-e «upper»=«S!»",
    "--«kebab» «S!»",
)
JWTS = (
    "Authorization: Bearer «S!»",
    '{"id_token":"«S!»","expires_in":3600}',
    "session cookie jwt=«S!»; Path=/",
    "JWT «S!» expired at «time»",
    "decode(«S!»): signature mismatch",
    "[auth] got «S!»",
    "token='«S!»'",
    "x-id: «S!»",
)
JWT_QUERY = (
    "GET /callback?id_token=«S!»&state=«word» 302",
    "wss://live.«word».example/socket?jwt=«S!»&v=2",
    "https://«word».example/#access_token=«S!»&token_type=bearer",
    "Referer: https://«word».example/reset?token=«S!»&lang=de",
    "redirect_uri=https://«word».example/cb&assertion=«S!»&scope=read",
    "/download/«number»?t=«S!»",
)
PEMS = (
    "loaded key:\n«S!»\ndone",
    "«S!»",
    "private_key: |\n  «I!»",
    "cat /etc/«word»/tls.key\n«S!»\n",
    "KEY='«S!»'",
    "<PrivateKey>«S!»</PrivateKey>",
)
PEMS_CUT = ("loaded key:\n«S!»", "«S!»", "tls.key: «S!»", "KEY='«S!»", "<key>«S!»")
PEMS_ESCAPED = (
    '{"type":"service_account","private_key":"«S!»\\n","private_key_id":"«hex40?»"}',
    'PRIVATE_KEY="«S!»"',
    '{"ssh":{"identity":"«S!»"},"port":22}',
    "tls.key=«S!»",
    "Error: bad decrypt of '«S!»'",
    '{"level":"error","message":"key «S!» rejected"}',
)
STORAGE = (
    "DefaultEndpointsProtocol=https;AccountName=«word»;AccountKey=«S!»;EndpointSuffix=core.windows.net",
    'AzureWebJobsStorage="DefaultEndpointsProtocol=https;AccountName=«word»«small»;AccountKey=«S!»"',
    '{"ConnectionString":"AccountName=«word»;AccountKey=«S!»;TableEndpoint=https://«word».table.core.windows.net/"}',
    "Endpoint=sb://«word».servicebus.windows.net/;SharedAccessKeyName=Root;SharedAccessKey=«S!»",
    "Endpoint=sb://«word».servicebus.windows.net/;SharedAccessKeyName=«noun»;SharedAccessKey=«S!»;EntityPath=«noun»",
    "AccountEndpoint=https://«word».documents.azure.com:443/;AccountKey=«S!»;",
    "HostName=«word».azure-devices.net;DeviceId=«noun»;SharedAccessKey=«S!»",
)
SAS = (
    "https://«word».blob.core.windows.net/«noun»?sv=2022-11-02&ss=b&sp=rl&se=«day»&sig=«S!»",
    "GET /«noun»/crash.zip?sv=2021-08-06&st=«day»&se=«day»&sr=b&sp=r&sig=«S!» 403",
    "SharedAccessSignature=sv=2022-11-02&sr=c&sig=«S!»&se=«day»",
    "sas: '?sp=r&sig=«S!»&sv=2022-11-02'",
    '{"uploadUrl":"https://«word».blob.core.windows.net/d/«number»?sig=«S!»&se=«day»"}',
    "SharedAccessSignature sr=«word».azure-devices.net&sig=«S!»&se=1700000000&skn=«noun»",
    "PUT https://«word».s3.amazonaws.com/d?X-Amz-Expires=900&X-Amz-Signature=«hex64!aws_signature» failed",
)
DOCKER = (
    '{"auths":{"registry.«word».example":{"auth":"«S!»"}}}',
    '{\n  "auths": {\n    "ghcr.io": {\n      "auth": "«S!»"\n    }\n  }\n}',
    ".dockerconfigjson: «W!»",
    '"https://index.docker.io/v1/": {"auth": "«S!»"}',
    "//registry.«word».example/:_auth=«S!»",
    "_auth = «S!»",
    '{"auths":{"quay.io":{"username":"«word?»","password":"«P!»","auth":"«S!»"}}}',
)


def cut_pem(fake: Fake) -> str:
    """A key whose end a limit of the log cut off."""
    return fake.pem().rpartition("\n-----END")[0]


def indented(fake: Fake) -> str:
    return fake.pem(newline="\n  ")


def account_key(fake: Fake) -> str:
    return base64.b64encode(fake.chance.randbytes(fake.pick((32, 64)))).decode()


def signature(fake: Fake) -> str:
    text = fake.some(BASE64, 43)
    return text.replace("+", "%2B").replace("/", "%2F") + "%3D"


def pair(fake: Fake) -> str:
    return base64.b64encode(f"{fake.user()}:{fake.mixed(URLSAFE, 10, 24)}".encode()).decode()


def dockerconfig(fake: Fake) -> str:
    return base64.b64encode(json.dumps({"auths": {"ghcr.io": {"auth": pair(fake)}}}).encode()).decode()


VENDOR_KEYS = words("""
datadog_api_key mailgun_api_key algolia_admin_key cloudflare_api_token heroku_api_key mailchimp_api_key
twilio_auth_token okta_api_token zendesk_secret_key azure_client_secret rollbar_access_token bugsnag_api_key
pagerduty_api_key fastly_api_token confluent_secret_key dropbox_app_secret asana_client_secret""")


def vendor_key(fake: Fake) -> Sample:
    """A bare value that only its key says anything about."""
    name = fake.pick(VENDOR_KEYS)
    value = fake.pick((fake.hex32, fake.hex40, fake.plain_secret, fake.uuid))()
    if name.startswith("mailgun"):
        value = "key-" + fake.hex32()
    if name.startswith("mailchimp"):
        value = f"{fake.hex32()}-us{fake.chance.randint(1, 21)}"
    names = {"upper": name.upper(), "lower": name, "kebab": name.replace("_", "-"), "S": value}
    return fill(fake.pick(KEYED), names.__getitem__, "vendor_key", "secret")


def classes() -> list[Class]:
    """All of them."""
    out = []
    for vendor in tokens.COMMON:
        texts = URLS if vendor.endswith("webhook") else (*ANYWHERE, *QUERY)
        made: Value = lambda fake, vendor=vendor: tokens.common(fake, vendor)  # noqa: E731
        out.append(templates(vendor, "secret", texts, S=made, **KEYS))
    aws: Value = lambda fake: tokens.common(fake, "aws_access_key")  # noqa: E731
    access: Value = lambda fake: fake.mixed(BASE64, 39) + "Z"  # noqa: E731
    escaped: Value = lambda fake: fake.pem(newline="\\n")  # noqa: E731
    out += [
        templates("vendor_rare", "secret", (*ANYWHERE, *QUERY), S=tokens.rare, **KEYS),
        Class("vendor_key", "secret", vendor_key),
        templates("aws_secret_key", "secret", ACCESS_PAIR, S=access, A=aws),
        templates("jwt", "secret", JWTS, S=Fake.jwt),
        templates("jwt_query", "secret", JWT_QUERY, S=Fake.jwt),
        templates("private_key", "secret", PEMS, inline=False, S=Fake.pem, I=indented),
        templates("private_key_cut", "secret", PEMS_CUT, inline=False, whole=True, S=cut_pem),
        templates("private_key_escaped", "secret", PEMS_ESCAPED, S=escaped),
        templates("azure_connection", "secret", STORAGE, S=account_key),
        templates("azure_sas", "secret", SAS, S=signature),
        templates("docker_auth", "secret", DOCKER, inline=False, S=pair, P=simple, W=dockerconfig),
    ]
    return out
