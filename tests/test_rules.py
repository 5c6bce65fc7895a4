import pytest

from triage import redact
from triage.redact.text import expression
from triage.redact.tokens import rules


def test_every_expression_of_every_rule_compiles():
    for rule in rules.rules():
        assert rule.expression.group_count >= rule.group
        for _, pattern in rule.allowed:
            expression(pattern)
        if rule.lead:
            expression(rule.lead)
    assert len(rules.globally_allowed()) == 13


def test_a_rule_has_a_keyword_or_a_lead():
    assert [rule.name for rule in rules.rules() if not rule.keywords and not rule.lead] == []
    assert all(word == word.lower() for rule in rules.rules() for word in rule.keywords)


def test_a_rule_is_named_once_and_what_is_left_out_is_not_there():
    names = [rule.name for rule in rules.rules()]
    assert len(names) == len(set(names))
    assert not rules._LEFT_OUT & set(names)
    assert rules.GENERIC_RULE in names


def test_led_rules_share_one_expression():
    leads, found = rules.led()
    assert {rule.name for rule in found} >= set(rules._LEADS)
    assert [*leads.spans(b"key s.AbCdEfGhIjKlMnOpQrStUvWx")] == [(4, 30)]


@pytest.mark.parametrize(
    ("name", "by_form", "exact", "of_blocks"),
    [
        ("github-pat", True, True, False),
        ("jwt", True, False, False),
        ("private-key-block", True, False, True),
        ("generic-api-key", False, False, False),
        ("heroku-api-key", False, False, False),
    ],
)
def test_what_a_rule_knows_of_its_tokens(name, by_form, exact, of_blocks):
    rule = next(rule for rule in rules.rules() if rule.name == name)
    assert (rule.by_form, rule.exact, rule.of_blocks) == (by_form, exact, of_blocks)


def test_stop_words_stop():
    rule = next(rule for rule in rules.rules() if rule.stopwords)
    assert rule.has_stopword(b"x" + rule.stopwords[0] + b"y")
    assert not rule.has_stopword(b"0123456789")


def test_a_policy_may_switch_off_rules_and_kinds():
    names = rules.names()
    assert {"github-pat", "github_pat", "email", "ipv4", "password", "encoded", "known"} <= names
    assert "" not in names


@pytest.mark.parametrize(("value", "bits"), [(b"", 0.0), (b"aaaa", 0.0), (b"abab", 1.0), (b"abcdefgh", 3.0)])
def test_entropy_is_in_bits_per_byte(value, bits):
    assert rules.entropy(value) == bits


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("rootpw {SSHA}" + "Qk3x" * 8, "ldap_hash"),
        (".example.org\tTRUE\t/\tFALSE\t1790000000\tsid\tquartz-hunter-2", "cookie"),
    ],
)
def test_our_own_forms_are_found(text, kind):
    assert [kind for _, _, kind in redact.spans(text)] == [kind]


@pytest.mark.parametrize("label", ["UFJJVkFURSBLRVktLS0tLQo", "BSSVZBVEUgS0VZLS0tLS0K", "QUklWQVRFIEtFWS0tLS0tCg"])
def test_a_private_key_in_base64_whose_rest_is_unreadable(label):
    block = "LS0tLS1CRU" + f"dJTiBSU0Eg{label}" + "qJ8x/Zr+" * 12
    text = f"data:\n  tls.key: {block}\n"
    found = redact.spans(text)
    assert [text[start:end] for start, end, _ in found] == [block]
