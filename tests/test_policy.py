import ast
import copy
import json
import pickle
from dataclasses import asdict, astuple, replace
from pathlib import Path

import msgspec
import pytest

from tests.redaction import generator
from triage import redact
from triage.errors import TriageError
from triage.redact import policy as policies
from triage.redact.policy import Known, Pattern, Policy
from triage.redact.redactor import Redactor
from triage.redact.tokens import rules

LOOK_AHEAD = "(?=x)x"


def test_the_default_has_every_rule_on_and_nothing_extra():
    policy = Policy.default()
    assert policy == Policy()
    assert policy.weakens == ()
    assert repr(policy) == "<Policy: default>"


def test_a_repr_counts_and_never_tells():
    policy = Policy(allow=("plum-orchard",), keys=("tenant",), known=(Known("username", "plum-user"),))
    assert repr(policy) == "<Policy: 1 allowed, 1 key, 1 known value>"
    assert "plum" not in repr(policy.known)
    assert "plum" not in str(policy.known[0])


@pytest.mark.parametrize("what", [Policy.default(), Known("username", "plum-user")], ids=["policy", "known"])
def test_values_to_hide_do_not_travel(what):
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match=r"make .* again") as caught:
            travel(what)
        assert "plum" not in str(caught.value)


@pytest.mark.parametrize("told", [asdict, astuple, msgspec.json.encode, msgspec.to_builtins, json.dumps])
def test_what_turns_a_policy_into_plain_values_does_not_tell_known_ones(told):
    policy = Policy(known=(Known("username", "plum-user"),))
    for what in (policy, policy.known[0]):
        with pytest.raises(TypeError) as caught:
            told(what)
        assert "plum" not in str(caught.value)


def test_a_known_value_stays_as_it_is_and_equals_the_same():
    known = Known("username", "plum-user")
    assert known == Known("username", "plum-user") != Known("hostname", "plum-user")
    assert len({known, Known("username", "plum-user")}) == 1
    with pytest.raises(AttributeError, match="make another"):
        known.value = "pear-user"


def test_the_version_follows_the_content_but_not_its_order():
    policy = Policy(keys=("a_key", "b_key"), allow=("x@example.org",))
    assert policy.version == Policy(keys=("b_key", "a_key"), allow=("x@example.org",)).version
    others = [
        Policy.default(),
        replace(policy, keys=("a_key",)),
        replace(policy, allow=()),
        replace(policy, minidump_memory=True),
        replace(policy, patterns=(Pattern("badge", "B-[0-9]{6}"),)),
        replace(policy, allow_patterns=("[0-9]+",)),
        replace(policy, disabled=frozenset({"ipv4"})),
    ]
    assert len({policy.version, *(other.version for other in others)}) == 8


def test_the_version_cannot_be_used_to_guess_a_known_value():
    first, second = (Policy(known=(Known("username", name),)) for name in ("plum-user", "pear-user"))
    assert first.version == second.version != Policy.default().version


@pytest.mark.parametrize(
    ("kind", "regex", "words"),
    [
        ("Badge", "B", "'Badge'.*use 2 to 40"),
        ("b", "B", "use 2 to 40"),
        ("b" * 41, "B", "use 2 to 40"),
        ("badge", LOOK_AHEAD, "no RE2 expression.*no look-around"),
        ("badge", "(", "no RE2 expression"),
        ("badge", "B*", "matches empty text"),
        ("badge", "a" * 4_097, "longer than 4,096 characters"),
    ],
)
def test_a_pattern_that_is_none_says_why(kind, regex, words):
    with pytest.raises(TriageError, match=words):
        Pattern(kind, regex)


def test_an_expression_is_not_quoted_and_not_printed(capfd):
    with pytest.raises(TriageError) as caught:
        Pattern("badge", "plum(")
    assert "plum" not in str(caught.value)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"allow_patterns": ("[0-9]+", LOOK_AHEAD)}, "allow_patterns entry 2 is no RE2"),
        ({"allow_patterns": (".*",)}, "allow_patterns entry 1 matches empty text"),
        ({"allow": ("",)}, "an empty text"),
        ({"keys": (" ",)}, "an empty text"),
        ({"disabled": frozenset({"ipv44"})}, "named 'ipv44'; did you mean ipv4"),
        ({"disabled": frozenset({"gitleaks:github-pat"})}, "did you mean github-pat or github_pat"),
    ],
)
def test_a_policy_that_is_none_says_why(wrong, words):
    with pytest.raises(TriageError, match=words):
        Policy(**wrong)


def test_what_weakens_is_named():
    policy = Policy(
        disabled=frozenset({"ipv4"}), allow=("x",), allow_patterns=("y",), minidump_memory=True, keys=("k",)
    )
    assert policy.weakens == ("disabled", "allow", "allow_patterns", "minidump_memory")


def test_a_known_value_is_long_enough_to_be_one():
    with pytest.raises(TriageError, match="under 3 characters"):
        Known("username", "ab")


@pytest.mark.parametrize(
    ("user", "home", "found"),
    [
        ("plum-user", "/home/plum-user", {("username", "plum-user")}),
        (
            "plum-user",
            "/srv/orchard/pear",
            {("username", "plum-user"), ("username", "pear"), ("home", "/srv/orchard/pear")},
        ),
        ("root", "/root", set()),
        ("dev", "/home/dev", set()),
    ],
)
def test_this_machine_is_known_by_user_and_home(monkeypatch, user, home, found):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, user)
    monkeypatch.setenv("HOME", home)
    values = {(known.kind, known.value) for known in policies.machine() if known.kind != "hostname"}
    assert values == found


def test_with_machine_adds_and_keeps_and_is_idempotent(monkeypatch):
    monkeypatch.setenv("LOGNAME", "plum-user")
    policy = Policy(known=(Known("username", "pear-user"),)).with_machine()
    assert {"pear-user", "plum-user"} <= {known.value for known in policy.known}
    assert policy.with_machine() == policy
    assert policy.with_known([Known("username", "pear-user")]) == policy


def test_every_rule_of_a_finding_can_be_switched_off_by_its_name():
    names, text = rules.names(), '{"pin": 4711}'
    found = set()
    for sample in generator.corpus(seed=21, per_class=1).samples:
        redactor = Redactor()
        redactor.learn(sample.text.encode(), place="")
        found |= {finding.rule for finding in redactor.mask(sample.text.encode()).findings}
    assert found <= names
    assert redact.mask(text, policy=Policy(disabled=frozenset({"key"}))) == text


def test_every_rule_that_the_source_names_is_one_that_a_policy_knows():
    named = set()
    for file in Path(redact.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) > 2:
                kind, rule = node.value.elts[-2:]
                if isinstance(kind, ast.Constant) and kind.value and isinstance(rule, ast.Constant):
                    named.add(rule.value)
    assert len(named) > 40
    assert named <= rules.names()
