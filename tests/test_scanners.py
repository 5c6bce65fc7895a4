import pytest

from tests.streams import case_of
from triage.incidents.scanners import is_probe, probes


@pytest.mark.parametrize(
    "path",
    [
        "/robots.txt",
        "/HNAP1/",
        "/web/",
        "/wp-content/plugins/x",
        "/owa/auth/logon.aspx",
        "/shop/.git/config",
        "/shop/package.json?x=1",
        "/phpMyAdmin/index.php",
        "/wordpress",
        "/.env.production",
        "/backup.zip",
        "/site/db_2024.sql",
        "/www.tar.gz",
        "/apple-touch-icon-precomposed.png",
    ],
)
def test_what_scanners_and_browsers_ask_every_host_for(path):
    assert is_probe(path)


@pytest.mark.parametrize(
    "path",
    ["/", "/orders/{id}", "/website", "/webinars", "/envelopes", "/reports/2026.zip", "/consoles", "/x.sql", "/login"],
)
def test_what_a_service_may_miss_itself(path):
    assert not is_probe(path, platform="python")


@pytest.mark.parametrize(
    ("path", "platform", "probe"),
    [
        ("/old/index.PHP", "python", True),
        ("/old/index.php", "php", False),
        ("/old/index.php", None, False),
        ("/a.jsp", "java", False),
        ("/a.aspx", "php", True),
        ("/dir.php/x", "python", False),
    ],
)
def test_scripts_of_a_language_that_the_service_is_not_written_in(path, platform, probe):
    assert is_probe(path, platform=platform) is probe


@pytest.mark.parametrize(
    ("host", "probe"),
    [
        ("203.0.113.7", True),
        ("203.0.113.7:8080", True),
        ("[2001:db8::1]:443", True),
        ("[2001:db8::1]", True),
        ("2001:db8::1", True),
        ("shop.example", False),
        ("shop.example:8080", False),
        ("", False),
        (None, False),
    ],
)
def test_a_login_at_a_bare_address(host, probe):
    assert is_probe("/login", host=host) is probe


def test_only_a_get_that_was_not_found_and_by_its_path_as_well_as_its_route():
    call = {"event_class": "context", "event_kind": "request", "error_type": None, "http_method": "GET", "at": 0}
    bare = {("request", "headers.host"): "203.0.113.7"}
    behind = bare | {("request", "headers.x-forwarded-host"): "shop.example"}
    rows = [
        {"http_status": 404, "route": "/robots.txt"},
        {"http_status": 404, "route": "/robots.txt", "http_method": "POST"},
        {"http_status": 404, "route": "/robots.txt", "http_method": None},
        {"http_status": 403, "route": "/robots.txt"},
        {"http_status": 404, "route": "/{rest}", "notes": {("request", "path"): "/wp-login.php?x=1"}},
        {"http_status": 404, "route": "/login", "notes": bare},
        {
            "http_status": 404,
            "route": "/login",
            "notes": behind,
        },
        {"http_status": 404, "route": None},
    ]
    tables = case_of([call | row for row in rows]).raw.tables
    assert probes(tables["events"], tables["annotations"]) == {"e0", "e4", "e5"}
