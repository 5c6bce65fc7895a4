import pytest

from tests.finding import told
from triage.redact.pii.hosts import around, in_words, is_host
from triage.redact.pii.personal import personal
from triage.redact.pii.word_lists import places


@pytest.mark.parametrize(
    ("name", "alone", "named"),
    [
        (b"db-01.prod.internal", True, True),
        (b"nas.local", True, True),
        (b"DESKTOP-4F7K2QX", True, True),
        (b"Maras-MacBook-Pro.local", True, True),
        (b"MacBook-Pro-von-Nadia.local", True, True),
        (b"ip-10-1-2-3.eu-west-1.compute.internal", True, True),
        (b"web03.example-shop.com", True, True),
        (b"api.corp.contoso.com", True, True),
        (b"web-03", False, True),
        (b"gateway", False, True),
        (b"my_host", False, False),
        (b"localhost", False, False),
        (b"api.github.com", False, False),
        (b"config.local", False, False),
        (b"com.example.app2.internal", False, False),
        (b"MyClass.Inner2.local", False, False),
        (b"0x1f.a.local", False, False),
        (b"12345", False, False),
        (b"x", False, False),
    ],
)
def test_a_name_is_a_machines_by_its_form_or_because_something_says_so(name, alone, named):
    assert (is_host(name, named=False), is_host(name, named=True)) == (alone, named)


def found(text):
    data = text.encode()
    return told(personal(data), data)


def test_a_node_is_known_where_kubectl_lists_it():
    text = "NAME  STATUS  AGE\nedge-14   Ready   5d\nedge-15  NotReady  5d\n"
    assert found(text) == [("edge-14", "hostname"), ("edge-15", "hostname")]
    assert found("the edge-14 ready to go") == []


def test_the_account_behind_a_machine_of_windows_is_found_with_it():
    assert found("DESKTOP-4F7K2QX\\mfern") == [("DESKTOP-4F7K2QX", "hostname"), ("mfern", "username")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("Feb 10 09:26:07 web-03 sshd[812]: closed", "web-03"),
        ("2026-02-10T09:26:07.123Z web-03 app[1]: up", "web-03"),
        ("<34>1 2026-02-10T09:26:07Z web-03.prod app - -", "web-03.prod"),
        ("Linux web-03 6.1.0-18-amd64 #1 SMP", "web-03"),
        ("lookup db-01.prod.internal: no such host", "db-01.prod.internal"),
        ("open \\\\FILESRV-01\\data\\x", "FILESRV-01"),
        ("https://db-01.prod.internal:8443/x", "db-01.prod.internal"),
    ],
)
def test_machines_are_found_in_headers_and_paths_of_the_network(text, value):
    assert found(text) == [(value, "hostname")]


@pytest.mark.parametrize(
    "text", ["took 00:01:02 for step one: ok", "/srv/db-01.prod.internal/x", "$nas.local", "nas.local(", "iPhone14,2"]
)
def test_times_paths_calls_and_models_stay(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("ubuntu-38gb-fsn1-2 is up", "ubuntu-38gb-fsn1-2"),
        ("on debian-s-1vcpu-2gb-ams3-01:", "debian-s-1vcpu-2gb-ams3-01"),
        ("gke-prod-pool-6-0ac4d612-zb0i", "gke-prod-pool-6-0ac4d612-zb0i"),
        ("aks-nodepool1-12345678-vmss000001", "aks-nodepool1-12345678-vmss000001"),
        ('{"m":"10.1.2.3\\tjenkins.prod.northwind.internal\\n"}', "jenkins.prod.northwind.internal"),
    ],
)
def test_machines_are_found_as_clouds_name_them(text, value):
    assert (value, "hostname") in found(text)


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        (b"web-03", True),
        (b"api.ams.northwind.cloud", True),
        (b"mara-pc", True),
        (b"thread-3", False),
        (b"ubuntu-22", False),
        (b"rabbit", False),
        (b"api.example.com", False),
        (b"v2", False),
    ],
)
def test_a_name_beside_a_word_for_machines_needs_a_mark(name, is_one):
    assert in_words(name) is is_one


def test_a_name_is_taken_whole_around_a_place():
    text = b"'build-07.lan'."
    assert told(around(text, 8, 12), text) == [("build-07.lan", "hostname")]


def test_the_lists_are_read_once():
    assert places() is places()
    assert b"localhost" in places().no_machine


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\\\\filesrv\\share", "filesrv"),
        ("\\\\gitlab.ams.northwind.example\\share$ x", "gitlab.ams.northwind.example"),
        ("\\\\\\\\filesrv\\\\share", "filesrv"),
        ("\\\\?\\UNC\\web-7.northwind.lan\\x", "web-7.northwind.lan"),
        ("net view \\\\SATO-PC", "SATO-PC"),
        ("device \\\\SQL16", "SQL16"),
    ],
)
def test_a_machine_of_the_network_is_found_by_its_backslashes(text, name):
    assert found(text) == [(name, "hostname")]


@pytest.mark.parametrize("text", ["a line\\\\N1 of text", '"\\\\NEW-1"', "\\\\.\\pipe\\x", "\\\\wsl$\\Ubuntu"])
def test_backslashes_alone_make_no_machine(text):
    assert found(text) == []


def test_an_airport_is_the_site_of_a_machine():
    assert is_host(b"vpn.ams.northwind.cloud", named=False)


def test_a_uuid_is_no_machine():
    assert not is_host(b"3f2b8c1a-9d4e-4f6a-8b7c-1d2e3f4a5b6c", named=True)
    assert not is_host(b"2b8c1a-9d4e-4f6a-8b7c-1d2e3f4a5b6c", named=True)


@pytest.mark.parametrize(
    "text",
    [
        "//db04.prod.acme.lan/repository/npm/:_authToken=",
        "url=jdbc:oracle:thin:@//db04.prod.acme.lan:1521/ORCL",
        '<script src="//db04.prod.acme.lan/a.js">',
    ],
)
def test_a_machine_behind_two_slashes_is_one(text):
    data = text.encode()
    assert ("db04.prod.acme.lan", "hostname") in told(personal(data), data)


@pytest.mark.parametrize("text", ["cd /srv//db04.prod.acme.lan/x", "see a//db04.internal/x"])
def test_a_folder_behind_two_slashes_is_none(text):
    assert told(personal(text.encode()), text.encode()) == []
