"""Secrets under a project's own names, and in forms that end them early. In each text «...» must be masked, no more."""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.tokens.sums import SUMS

DJANGO = "k2(vw9!m)x7@bq*4z^h-s0_e3&r8)t5y(u1!p6@d*n^c-g_fz"
DJANGO += "7"
DIGEST = "c41f7a90be3d5286f00e91ab47d3c58e6b12f9d0"
# Made for this, with their sums.
NSEC = "ns" + "ec1kr5p5485tctj8fj375p8sdlh9snest0pp25f2j8djn9065nrfapqrtx4hh"
SUI = "suipriv" + "key1kjksa9zr8vyagh6gshep89rgzj2umuz2dwqv8wp85jf9y5v9z8xhg88hyvq"
CARDANO = "addr_xs" + "k1n68xsme7frhu2dmagzfrvt6x2sm090tpn54mjvl2y2wyws74qks9at2mj4"
CARDANO += "rjm2s8s5zraajfss9v4vvy3400gz4l6339lqwc45nxfls5v2da5"

FOUND = (
    # tokens that their form tells
    "call failed with «" + "live" + "_4be09d13c77f25a8e6401bb93d5ce7f2a08»: 401",
    '["«' + "test" + '_4be09d13c77f25a8e6401bb93d5ce7f2a08»",null]',
    "using «" + "sk" + "_9d2ef04b71c86a35be90d74f1c2a63e85bf70d914ac26e38»",
    f"restored from «{NSEC}» by hand",
    f"restored from «{NSEC.upper()}» by hand",
    f'{{"imported":"«{SUI}»"}}',
    f"cardano-cli: «{CARDANO}»",
    # a key of Django, whose signs end a value anywhere else
    f"ARG SECRET_KEY=«{DJANGO}»",
    f"LANG=C\0SHOP_SECRET_KEY=«{DJANGO}»\0SHLVL=1\0",
    f"Array\n(\n    [django_secret_key] => «{DJANGO}»\n    [debug] => \n)\n",
    f"Ci Django Secret Key: «{DJANGO}»\nMode: live",
    f"Config(region=eu, djangoSecretKey=«{DJANGO}», timeout=3)",
    f"| legacy_secret_key | «{DJANGO}» |",
    f"- name: APP_SECRET_KEY\n  value: «{DJANGO}»\n",
    f"push --acme-secret-key «{DJANGO}» --verbose",
    # lines that are all a name and its value
    "A=b\0DB_PASSWORD=«q(8Zk&qW)2mXl4T»\0C=d\0",
    "A=b\0DB_PASSWORD=«brass kettle hums 93»\0C=d\0",
    "Array\n(\n    [db_password] => «q(8Zk&qW)2m;Xl4T»\n    [debug] => \n)\n",
    "C:\\src\\x>set DB_PASSWORD=«q(8Zk&qW)2m;Xl4T»\n",
    # as Go writes what a map or a structure holds
    f"map[debug:false shop_app_key:«{DIGEST}» retries:3]",
    f"map[a:b api_key:«{DIGEST[:32]}» retries:3]",
    "map[a:b backup_passphrase:«RU98CfpuJ5hPXK7q» retries:3]",
    "map[passphrase:«brass kettle hums 93»]",
    # SNMP, peppers, sessions
    "ci_snmp_community: «q8ZkqW2mXl4T»",
    "X-My-Community-String: «q8ZkqW2mXl4T»",
    "appSnmpCommunity=«FtOnanocvFTR»",
    'export SHOP_PEPPER="«P5E6ABJxlVV2b3JH5sFk»"',
    '"extra":{"shop_pepper":"«piqC4ozhcyssBRHyymvL»","attempt":2}',
    "redis://app:«osprey_Pepper65»@127.0.0.1:6379/0",
    'mySid = "«McmkpasDv_bh1tk3Jt8Pyx2gxUgzwxQi»"',
    # what is secret in other languages
    "geheimnis: '«HarborMeadow9724!»'",
    '{"modus": 1,\n "geheimnis": "«x51Kestrel*Anvil»"}',
    "hemmelighed: '«Granite-811-Falcon»'",
    "sekret = «Gr4nite-811-Falcon»",
    "секрет: «Granite-811-Falcon»",
    "пароль_бд: '«LhnBXUm.52fr.q7q»'",
    'drivers_licence => <<"«M9404358»">>',
    # cookies in a dict of Python or a hash of Ruby
    f"request cookies: {{'wordpress_logged_in_a1': '«{DIGEST}»', 'theme': 'dark'}}",
    f"cookies: {{'sid' => '«{DIGEST}»', 'theme' => 'dark'}}",
    f"curl -b 'wordpress_logged_in_a1=«{DIGEST}»' https://x.example/",
    # quotes that a shell takes as part of a word
    "mysql --password='«w5SrkuD'\\''cDJ8y5»' shop",
    "mysql --password='«w5SrkuD'\"'\"'cDJ8y5»' shop",
    "mysql --password=\"«w5SrkuD\"'\"'\"cDJ8y5»\" shop",
    "mysql -p'«w5SrkuD'\\''cDJ8y5»' shop",
    "export DB_PASSWORD='«w5SrkuD'\\''cDJ8y5»'",
    "bash -c 'mysql --password='\\''«w5SrkuD8»'\\'' shop'",
    f'"cookies": [{{"name": "wordpress_logged_in_a1", "value": "«{DIGEST}»", "httpOnly": true}}]',
    "Server=db;User Id=sa;Password=«pepper cobalt lantern6»;Encrypt=True",
    f"grant=1&prod_django_secret_key=«{DJANGO}»&scope=read\n",
    # command lines
    "vault operator unseal «WtJB4pciyVpUBudpHd7s9pcITgY6ushQIEUWr+3AaNsY»",
    "bao operator unseal -address=https://v.example «WtJB4pciyVpUBudpHd7s9pcITgY6ushQIEUWr+3AaNsY»",
    "# htpasswd -b .htpasswd «tbergmann» «juniper_Anvil98»",
    "htpasswd -nbB «tbergmann» «juniper_Anvil98»",
    "rabbitmqctl add_user «tbergmann» «juniper_Anvil98»",
    "isql orders_dsn «tbergmann» «juniper_Anvil98»",
    # who, and which machine
    "Permission denied for «wwhitfield»\n",
    'psql: error: connection to server at "«db-16»", port 5432 failed',
    "Access denied for user '«henrikhaddad»'@'«db-29»' (using password: YES)",
    "Received: from [IPv6:«2a01:4ecd:668f::f»]",
)  # fmt: skip
LEFT = (
    "live_4be09d13c77f25a8e6401bb93d5ce7f2",
    "test_suite_of_the_checkout_service_passes_again",
    "sk_stream_wait_memory+0x1f0 sk_filter_trim_cap sk_aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    NSEC[:-1] + "q",
    "nsec1 is what a key of nostr begins with",
    "secret_key=settings.SECRET_KEY_FOR_THE_TEST_SUITE_OF_THIS_APP_x",
    "see django-tests/urls_and_views_of_the_application_that_is_called_shop",
    "Array\n(\n    [password] => Array\n        (\n    [debug] => \n)\n",
    "[password] => \n[b] => 1",
    "map[debug:false token:expired retries:3]",
    "api key: wrong again",
    "community: 65000:100",
    "snmp_community: public",
    "community_url: /community",
    "pepper: black, 2 spoons",
    "pepper_count: 12",
    "geheim: ja",
    "Das Geheimnis: es gibt keins",
    "секрет: простой рецепт",
    "cookies: {'theme': 'dark', 'lang': 'en'}",
    "echo 'it'\\''s' done",
    "vault operator unseal failed",
    "vault operator unseal",
    "htpasswd -cB /etc/nginx/.htpasswd",
    "htpasswd -b file",
    "Permission denied for socket\n",
    "permission denied for relation orders\n",
    "permission denied for orders_id_seq",
    "Permission denied for notifications\n",
    'connection to server at "localhost", port 5432 failed',
    "Access denied for user 'root'@'localhost'",
    "listening on [IPv6::1]",
    "could not connect to socks5://localhost:1080",
    "connecting to h2://localhost:1080/x",
)  # fmt: skip


@pytest.mark.parametrize("text", FOUND)
def test_a_secret_is_found_whole_and_nothing_else(text):
    bare = re.sub("[«»]", "", text)
    assert [bare[start:end] for start, end, _ in spans(bare)] == re.findall("«(.*?)»", text, re.DOTALL)


@pytest.mark.parametrize("text", LEFT)
def test_what_only_looks_so_is_left(text):
    assert spans(text) == []


def test_sums_of_bech32_tell_keys():
    assert SUMS["bech32"](NSEC.encode())
    assert not SUMS["bech32"](NSEC[:20].encode() + b"q" + NSEC[21:].encode())


@pytest.mark.parametrize(
    "piece",
    ["secret_key ", "secret_key=a(b)c", "x='ab'\\''c", "-p'a'\\''b", "password='a'\"'\"'b", "\0password=a",
     "map[passphrase:a b:", "[password] => a\n",
     "Permission denied for a", "vault operator unseal -a ", "cookies: {'a': 'b", "nsec1qqqq", "IPv6:"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
