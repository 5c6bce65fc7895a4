import pytest

from tests.finding import told
from triage.redact import spans
from triage.redact.phrases import prose


def found(text):
    data = text.encode()
    return told(prose.said(data), data)


@pytest.mark.parametrize(
    ("text", "owners"),
    [
        ("render-25:5432:orders:mfern:hunter2x\n", [("render-25", "hostname"), ("mfern", "username")]),
        ("db.corp.fern.net:5432:orders:mfern:hunter2x", [("db.corp.fern.net", "hostname"), ("mfern", "username")]),
        ("localhost:5432:*:mfern:hunter2x", [("mfern", "username")]),
        ("*:*:*:postgres:hunter2x", []),
    ],
)
def test_an_entry_of_pgpass_and_whose_it_is(text, owners):
    assert sorted(found(text)) == sorted([("hunter2x", "password"), *owners])


@pytest.mark.parametrize("text", ["frame:12:main:loop:ok", "a:5432:b:c:", "render-25:5432:orders:mfern:null"])
def test_other_fields_with_colons(text):
    assert found(text) == []


def accounts(text):
    return [text[start:end] for start, end, kind in spans(text) if kind == "username"]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("#cloud-config\nusers:\n  - default\n  - name: mfern\n    groups: sudo\n", ["mfern"]),
        ("users:\r\n  - name: mfern\r\n    uid: 1001\r\n", ["mfern"]),
        ("passwd:\n  users:\n    - name: core\n    - uid: 7\n      name: mfern\n", ["mfern"]),
        ("users:\n- name: 'mfern'\n- name: lpark2\n", ["mfern", "lpark2"]),
        ('{"users":[{"name":"mfern","tags":""},{"name":"guest"}]}', ["mfern"]),
        ('{"users": [{"uid": 7, "name": "mfern"}]}', ["mfern"]),
    ],
)
def test_a_list_of_users_names_accounts(text, names):
    assert accounts(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "users:\n- name: cluster-east\n  user:\n    token-file: /x\n",  # whom a client of a cluster is
        "users:\n  - name: admin\n    groups:\n      - name: wheelers\n",
        "users:\n  - default\npackages:\n  - name: nginx-light\n",
        "users:\nname: nginx-light\n",
        'users":[{"count":3}],"jobs":[{"name":"reindex"}]',
        "superusers: 3\n- name: reindex\n",
    ],
)
def test_lists_of_things_name_none(text):
    assert accounts(text) == []


def test_a_word_that_a_client_is_told_as_an_account_is_not_looked_for_elsewhere():
    text = "$ curl -u basket:hunter2x http://localhost\nbasket opened, basket::render in basket\n"
    assert [text[start:end] for start, end, _ in spans(text)] == ["basket", "hunter2x"]
    text = "$ curl -u mfern7:hunter2x http://localhost\nmfern7 opened it\n"
    assert [text[start:end] for start, end, _ in spans(text)] == ["mfern7", "hunter2x", "mfern7"]
