import hashlib
import tomllib

import pytest

from tests.tools import gitleaks_rules
from triage.redact.tokens import rules


def without(text, name):
    """The file without one rule."""
    start = text.index(f'[[rules]]\nid = "{name}"')
    return text[:start] + text[text.index("[[rules]]", start + 1) :]


@pytest.fixture(scope="module")
def committed():
    return gitleaks_rules.RULES.read_text("utf-8")


def test_the_committed_file_is_that_of_the_version(committed):
    digest = hashlib.sha256(gitleaks_rules.RULES.read_bytes()).hexdigest()
    assert digest == "6a671c074575dec8e6c7550e8bd388b721950b6eac048fde1a21c4884d4e719f"
    assert len(tomllib.loads(committed)["rules"]) == 222
    assert rules.RULES_VERSION == "v8.30.1"
    assert len(rules.RULES_COMMIT) == 40
    assert rules.RULES_COMMIT in (gitleaks_rules.RULES.parents[3] / "NOTICE").read_text("utf-8")
    assert [*gitleaks_rules.broken(committed)] == []


def test_what_is_read_differently_is_in_the_file(committed):
    ours = {*rules._LEFT_OUT, *rules._KEYWORDS, *rules._LEADS, rules.GENERIC_RULE}
    assert ours <= gitleaks_rules.by_name(committed).keys()


def test_a_changed_copy_is_told_rule_by_rule_and_takes_the_place(tmp_path, committed):
    rule = gitleaks_rules.by_name(committed)["npm-access-token"]
    copy = without(committed, "heroku-api-key").replace(rule["description"], "Another description.")
    copy = copy.replace("gitleaks\\.toml", "rules\\.toml")
    copy += "\n[[rules]]\nid = \"orchard-token\"\nregex = '''orchard_[a-z]{20}'''\nkeywords = [\"orchard_\"]\n"
    (tmp_path / "new.toml").write_text(copy)
    (tmp_path / "rules.toml").write_text(committed)
    assert gitleaks_rules.replace(tmp_path / "new.toml", tmp_path / "rules.toml") == [
        "~ (allowed everywhere): paths",
        "- heroku-api-key",
        "~ npm-access-token: description",
        "+ orchard-token",
    ]
    assert (tmp_path / "rules.toml").read_text() == copy
    assert gitleaks_rules.replace(tmp_path / "new.toml", tmp_path / "rules.toml") == []


def test_what_re2_does_not_compile_takes_no_place(tmp_path, committed):
    (tmp_path / "new.toml").write_text(committed + "\n[[rules]]\nid = \"orchard-token\"\nregex = '''(?=orchard_)x'''\n")
    (tmp_path / "rules.toml").write_text(committed)
    said = gitleaks_rules.replace(tmp_path / "new.toml", tmp_path / "rules.toml")
    assert [line.partition(": ")[0] for line in said] == ["! orchard-token"]
    assert (tmp_path / "rules.toml").read_text() == committed
