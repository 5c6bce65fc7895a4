import json

import pytest

import triage
from triage import config
from triage.errors import SourceError, TriageError
from triage.redact.policy import Pattern, Policy
from triage.share import notebooks


def settings(folder, text, name=config.NAME):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, "utf-8")
    return path


STRICTER = """
[redact]
keys = ["tenant", "x-orchard-ticket"]

[[redact.patterns]]
kind = "badge"
regex = 'B-(\\d{6})'
"""


def test_found_upward_from_the_working_directory(tmp_path, monkeypatch):
    path = settings(tmp_path / "project", STRICTER)
    below = tmp_path / "project" / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert config.find() == path
    assert config.load_policy() == Policy(
        keys=("tenant", "x-orchard-ticket"), patterns=(Pattern("badge", "B-(\\d{6})"),)
    )


def test_the_nearest_is_found(tmp_path):
    settings(tmp_path, STRICTER)
    nearer = settings(tmp_path / "project", "")
    assert config.find(tmp_path / "project") == nearer


def test_without_settings_the_policy_is_the_default(tmp_path):
    assert config.find(tmp_path, outside=[tmp_path.anchor]) is None
    assert config.load_policy(outside=[tmp_path.anchor]) == Policy.default()


@pytest.mark.parametrize("where", [".", "bundle", "bundle/deep"])
def test_settings_inside_an_input_are_never_applied(tmp_path, monkeypatch, where):
    bundle = tmp_path / "bundle"
    inner = settings(bundle, STRICTER)
    outer = settings(tmp_path, "")
    (bundle / "deep").mkdir()
    monkeypatch.chdir(tmp_path / where)
    assert config.find(outside=[bundle]) == outer
    assert config.load_policy(outside=[bundle]) == Policy.default()
    assert config.inside([bundle]) == inner


def test_settings_inside_an_input_are_not_applied_through_a_link(tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    settings(bundle, STRICTER)
    (tmp_path / "link").symlink_to(bundle)
    monkeypatch.chdir(tmp_path / "link")
    assert config.find(outside=[tmp_path / "link"]) != bundle / config.NAME
    elsewhere = settings(tmp_path / "elsewhere", STRICTER, "other.toml")
    (bundle / config.NAME).unlink()
    (bundle / config.NAME).symlink_to(elsewhere)
    assert config.find(bundle, outside=[bundle]) != bundle / config.NAME


def test_a_file_as_input_has_no_inside(tmp_path, monkeypatch):
    path = settings(tmp_path, STRICTER)
    crash = tmp_path / "crash.log"
    crash.write_text("x")
    monkeypatch.chdir(tmp_path)
    assert config.find(outside=[crash, ""]) == path
    assert config.inside([crash]) is None


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('disable = ["ipv4"]', "disable"),
        ('allow = ["plum@example.org"]', "allow"),
        ("allow_patterns = ['plum.*']", "allow_patterns"),
        ("minidump_memory = true", "minidump_memory"),
    ],
)
def test_settings_that_weaken_are_refused_unless_named_as_the_policy(tmp_path, monkeypatch, line, key):
    path = settings(tmp_path, f"[redact]\n{line}\n")
    monkeypatch.chdir(tmp_path)
    for given in (None, path):
        with pytest.raises(TriageError, match=f"{key} would weaken redaction.*--policy") as caught:
            config.load_policy(given)
        assert "plum" not in str(caught.value)
    assert Policy.from_file(path).weakens


def test_what_weakens_nothing_is_no_weakening(tmp_path):
    path = settings(tmp_path, "[redact]\ndisable = []\nminidump_memory = false\n")
    assert config.load_policy(path) == Policy.default()


def test_machine_adds_this_machine(tmp_path, monkeypatch):
    monkeypatch.setenv("LOGNAME", "plum-user")
    path = settings(tmp_path, "[redact]\nmachine = true\n")
    assert "plum-user" in {known.value for known in config.load_policy(path).known}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[redcat]\n", "table 'redcat'.*did you mean redact"),
        ("redact = 1\n", "write it as the table"),
        ("[redact]\nalow = ['x']\n", "key 'alow'.*did you mean allow"),
        ("[redact]\nkeys = 'tenant'\n", "keys is no list of texts"),
        ("[redact]\nkeys = ['']\n", "keys is no list of texts"),
        ("[redact]\nmachine = 1\n", "machine is neither true nor false"),
        ("[redact]\npatterns = ['x']\n", "patterns entry 1 needs kind and regex"),
        ("[redact]\npatterns = 'x'\n", "patterns is no list of tables"),
        ("[[redact.patterns]]\nkind = 'badge'\n", "patterns entry 1 needs kind and regex"),
        ("[[redact.patterns]]\nkind = 'badge'\nregex = 'x'\nregx = 'x'\n", "patterns entry 1 has the key 'regx'"),
        ("[[redact.patterns]]\nkind = 'badge'\nregex = '(?=plum)plum'\n", "patterns entry 1: .*no RE2"),
        ("[redact]\nallow_patterns = ['(']\n", "allow_patterns entry 1 is no RE2"),
        ("[redact]\ndisable = ['ipv44']\n", "named 'ipv44'; did you mean ipv4"),
        ("[redact]\nkeys = [plum\n", "no valid TOML at line 2"),
    ],
)
def test_what_is_not_known_is_an_error_that_says_where(tmp_path, text, words):
    path = settings(tmp_path, text)
    with pytest.raises(TriageError, match=words) as caught:
        Policy.from_file(path)
    assert str(path) in str(caught.value)
    assert "plum" not in str(caught.value)


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(SourceError, match=r"cannot read .*check the name"):
        config.load_policy(tmp_path / "gone.toml")
    path = tmp_path / "binary.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(TriageError, match="not UTF-8"):
        config.read(path)
    path.write_bytes(b"#" * (2 << 20))
    with pytest.raises(TriageError, match="over 1 MiB"):
        config.read(path)


def test_what_was_found_strengthens_a_policy_that_is_named(tmp_path, monkeypatch):
    """Also where the file that was found weakens something: that alone needs its name."""
    settings(tmp_path, STRICTER.replace("[redact]", '[redact]\nallow = ["B-739154"]'))
    monkeypatch.chdir(tmp_path)
    named = Policy(allow=("ada@example.org",), keys=("tenant",))
    text = "for tenant=river-xyz of ada@example.org with B-739154\n"
    (member,) = triage.loads(text).redact(named).working.members.values()
    assert member.marks.counts().total() == 2
    assert triage.audit(text.encode(), policy=named)["kind"].tolist() == ["secret", "badge"]
    told = {"cells": [], "metadata": {"note": text}, "nbformat": 4, "nbformat_minor": 5}
    assert len(notebooks.clean(json.dumps(told).encode(), policy=named).hits) == 2
    assert named.with_more(Policy(keys=("tenant",))) == named
