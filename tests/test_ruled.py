"""Keys by rules of triage.toml, as explanations and comparisons tell of them."""

from __future__ import annotations

import json

import pytest

import triage
from tests import deciding
from tests.explained import Page, trace
from triage.share.redacted import RedactedCase

MAIL = "nadia.fern@post.example.org"
RULES = """
[[stacks.fingerprint]]
when = { function = "payA" }
fingerprint = ["one"]

[[stacks.fingerprint]]
when = { function = "payB", type = "Value*" }
fingerprint = ["one"]

[[stacks.fingerprint]]
when = { function = "payC" }
fingerprint = ["{{ default }}", "{{ message }}"]
"""
STACKS = {letter: (f"pay{letter}", f"step{letter}", "main") for letter in "ABCD"}


@pytest.fixture
def load(tmp_path):
    """Load traces under some rules."""

    def loaded(source, rules=RULES):
        config = tmp_path / "rules.toml"
        config.write_text(rules, "utf-8")
        return triage.load(source.encode() if isinstance(source, str) else source, config=config)

    return loaded


def pay(letter, **more):
    return trace(*STACKS[letter], **more)


def by_first(case):
    """The incidents by the innermost function of the stack that is shown."""
    return {case.explain(one).frame["name"][0]: one for one in case.incidents()["incident_id"]}


def test_the_rule_is_named_with_what_it_takes_and_no_frame_is_in_the_key(load):
    case = load(pay("B") * 2 + pay("C"))
    why = case.explain(by_first(case)["payB"])
    assert "\nIts key is made by [[stacks.fingerprint]] 2 of triage.toml. The stack is " in why.text
    assert why.key.to_numpy().tolist() == [
        ["rule", "[[stacks.fingerprint]] 2 of triage.toml: function = payB and type = Value*"],
        ["text", "one"],
    ]
    assert not why.frame["in_key"].any()
    assert why.frame["counted"].all()
    assert why.frame["reason"].tolist() == [
        "would count, but the key is made by a rule of triage.toml; fits the rule",
        *["would count, but the key is made by a rule of triage.toml"] * 2,
    ]
    assert why.nearest["near"].tolist() == ["1 frame in common of those that count (main)"]


def test_the_default_and_the_message_are_told_by_their_parts(load):
    case = load(pay("C", message="order 12 of ada") + pay("C", message="order 13 of ada"))
    (one,) = case.incidents()["incident_id"]
    why = case.explain(one)
    assert why.key.to_numpy().tolist()[1:] == [
        ["default: class", "exception"],
        ["default: type", "ValueError"],
        ["default: frame 1", "payC"],
        ["default: frame 2", "stepC"],
        ["default: frame 3", "main"],
        ["message", "order {number} of ada"],
    ]
    assert why.frame["in_key"].all()
    assert why.frame["reason"][0] == "counts: 1st of 3 application frames; fits the rule"


def test_several_rules_may_make_one_key(load):
    case = load(pay("A") + pay("B") * 2)
    (one,) = case.incidents()["incident_id"]
    assert (
        " is made by [[stacks.fingerprint]] 2 of triage.toml (1 event by [[stacks.fingerprint]] 1 of triage.toml). "
        in (case.explain(one).text)
    )


def test_a_frame_whose_field_is_taken_counts(load):
    rules = '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["in {{ function }}", "{{ file }}"]\n'
    case = load(pay("A"), rules)
    why = case.explain(case.incidents()["incident_id"][0])
    assert why.key.to_numpy().tolist()[1:] == [["text", "in payA"], ["file", "payA.py"]]
    assert why.frame["in_key"].tolist() == [True, False, False]
    assert why.frame["reason"][0] == "counts: the rule takes its function and file into the key"


def test_a_rule_that_leaves_the_default_is_named(load):
    rules = '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["{{ default }}"]\n'
    case, plain = load(pay("A"), rules), triage.loads(pay("A"))
    why = case.explain(case.incidents()["incident_id"][0])
    assert case.incidents()["group_key"].tolist() == plain.incidents()["group_key"].tolist()
    assert why.key["part"].tolist()[:2] == ["rule", "default: class"]
    assert why.frame["in_key"].all()


def test_two_rules_part_what_their_frames_do_not(load):
    case = load(pay("B") + pay("C") + pay("D"))
    ids = by_first(case)
    said = "the key is made by [[stacks.fingerprint]] 2 of triage.toml {} and by {} {}"
    third, none = "[[stacks.fingerprint]] 3 of triage.toml", "no rule"
    assert sorted(case.explain(ids["payB"]).nearest["why"]) == sorted(
        said.format("here", other, "there") for other in (third, none)
    )
    for other, name in ((ids["payC"], third), (ids["payD"], none)):
        why = case.compare(ids["payB"], other)
        assert why.text.splitlines()[0] == f"Two incidents, because {said.format('in A', name, 'in B')}."
        facts = why.facts.set_index("what")
        assert facts.loc[facts["splits"]].index.tolist() == ["rule"]
        assert not why.frame["in_key_a"].any()
        assert ["[[stacks.fingerprint]] 2 of triage.toml", name] == facts.loc["rule", ["A", "B"]].tolist()


def test_the_value_that_a_rule_takes_parts_two(load):
    rules = '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["{{ message }}", "{{ default }}"]\n'
    case = load(
        pay("A", message="lost a cart") + pay("A", message="lost a shop") + pay("B", message="lost a cart"), rules
    )
    ids = {tuple(case.explain(one).key["value"].iloc[[1, 4]]): one for one in case.incidents()["incident_id"]}
    cart, shop, other = ids["lost a cart", "payA"], ids["lost a shop", "payA"], ids["lost a cart", "payB"]
    told = "the message is lost a cart in A and lost a shop in B, and [[stacks.fingerprint]] 1 of triage.toml takes it"
    assert case.compare(cart, shop).text.startswith(f"Two incidents, because {told} into the key; every frame")
    assert case.compare(cart, other).text.startswith("Two incidents, because frame 1 is payA in A instead of payB in B")


def test_what_is_shown_of_rules_is_masked(load):
    rules = f"""
[[stacks.fingerprint]]
when = {{ message = "*{MAIL}*" }}
fingerprint = ["of {MAIL}", "{{{{ service }}}}", "{{{{ message }}}}"]
"""
    events = [deciding.event(n, message=f"no mail for {MAIL}, {word}", service=MAIL) for n, word in enumerate("ab")]
    case = load("\n".join(map(json.dumps, events)), rules)
    one, *_ = case.incidents()["incident_id"]
    assert MAIL in case.explain(one).key.to_csv()
    for shown in (case, RedactedCase.lazy(case)):
        assert "[[stacks.fingerprint]] 1 of triage.toml: message = *[email:" in shown.explain(one).text
    for redacted in (RedactedCase.lazy(case), case.redact()):
        first, last = redacted.incidents()["incident_id"].iloc[[0, -1]]
        why, parted = redacted.explain(first), redacted.compare(first, last)
        for said in (
            why.text,
            why._repr_html_(),
            why.key.to_csv(),
            why.nearest.to_csv(),
            parted.text,
            parted.facts.to_csv(),
        ):
            assert MAIL not in said


def test_a_key_of_before_a_redaction_is_said_to_be(load):
    rules = RULES + '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["{{ file }}"]\n'
    case = load(pay("B") + pay("D").replace("payD.py", "nadiafern@example.org"), rules)
    ids = by_first(case)
    saved = case.redact().approve(by="Ada", when="2026-02-10").bytes
    for back in (case.redact(), load(saved, rules)):
        assert "Its key is made by [[stacks.fingerprint]] 2 of triage.toml." in back.explain(ids["payB"]).text
        why = back.explain(ids["payD"])
        assert "\nIts key came with the input: it is made of what stood there before the redaction, by the " in why.text
        assert "\nWhat the key would be made of here\n" in why.text
    assert "frame 1 is payB in A instead of payD in B" in back.compare(ids["payB"], ids["payD"]).text


@pytest.fixture
def decided(tmp_path):
    events = [deciding.event(n, message=f"order {n % 2} lost") for n in range(4)]
    return triage.load(deciding.store(tmp_path / "store", events), journal=deciding.journal(tmp_path))


def test_a_split_is_told_with_its_entry_its_slot_and_its_sides(decided):
    one, two = decided.split(decided.incidents()["incident_id"][0], by="message_slot", reason="two inputs")
    (entry,) = decided.journal()["entry_id"]
    label = {side.incident_id: side.label for side in decided._journal.entries()[0].sides}
    head = f"the split {entry} (Ada, 2026-03-01 12:00:00 UTC: two inputs) parts them by message_slot: "
    told = f"{head}slot 1 of the message is "
    for case in (decided, RedactedCase.lazy(decided), decided.redact()):
        why = case.compare(one, two)
        assert why.text.startswith(
            f"Two incidents, because {told}{label[one]} in A and {label[two]} in B; every frame of"
        )
        assert why.decisions[["entry_id", "what", "effect"]].to_numpy().tolist() == [[entry, "split", "applied"]]
        assert f"  Ada  {entry}  split  applied  two inputs\n" in why.text
        assert Page(why._repr_html_()).tables[-1]["caption"] == "Decisions"
        (near,) = case.explain(one).nearest["why"]
        assert near == f"{told}{label[one]} here and {label[two]} there"


def test_what_was_split_off_and_off_that_again_is_told(decided):
    (rest,) = decided.incidents()["incident_id"]
    decided.split(rest, events=[deciding.name(0), deciding.name(2)], reason="seen by hand")
    (away,) = {*decided.incidents()["incident_id"]} - {rest}
    decided.split(away, events=[deciding.name(2)], reason="again")
    (inner,) = {*decided.incidents()["incident_id"]} - {rest, away}
    first, second = decided.journal()["entry_id"]
    for pair, entry in (((rest, away), first), ((away, inner), second), ((rest, inner), first), ((inner, rest), first)):
        assert decided.compare(*pair).text.startswith(f"Two incidents, because the split {entry} (Ada, 2026-03-01 ")
    assert "slot 1 of the message is another one in A and 0 in B" in decided.compare(rest, away).text
    assert decided.compare(inner, inner).text.startswith("The same incident.")


def test_a_split_of_what_was_merged_comes_before_the_keys(tmp_path):
    events = [deciding.event(n, function=name) for n, name in enumerate(("parse", "scan"))]
    case = triage.load(deciding.store(tmp_path / "store", events), journal=deciding.journal(tmp_path))
    merged = case.merge(case.incidents()["incident_id"].tolist(), "one cause")
    one, two = case.split(merged, by="frame", reason="two after all")
    first, second = case.compare(one, two).text.split("What splits them\n")[1].splitlines()[:2]
    assert first.startswith("  the split dec_")
    assert " parts them by frame: frame 1 from the first that counts is " in first
    assert second.startswith("  frame 1 is ")


def test_a_pin_that_parts_two_is_told(tmp_path):
    events = [deciding.event(n, function=name) for n, name in enumerate(("parse", "parse", "scan"))]
    case = triage.load(deciding.store(tmp_path / "store", events), journal=deciding.journal(tmp_path))
    ids = {len(case.events(one)): one for one in case.incidents()["incident_id"]}
    case.pin([deciding.name(0), deciding.name(2)], ids[1], "odd ones")
    assert " moved events that are in " in case.compare(ids[1], ids[2]).text


def test_secrets_in_a_decision_are_masked(tmp_path):
    events = [deciding.event(n, message=f"order {n % 2} lost") for n in range(4)]
    journal = deciding.journal(tmp_path, who=MAIL)
    case = triage.load(deciding.store(tmp_path / "store", events), journal=journal)
    one, two = case.split(case.incidents()["incident_id"][0], by="message_slot")
    assert MAIL in case.explain(one).nearest["why"][0]
    for redacted in (RedactedCase.lazy(case), case.redact()):
        why, parted = redacted.explain(one), redacted.compare(one, two)
        for said in (why.text, why.nearest.to_csv(), why.decisions.to_csv(), parted.text, parted.decisions.to_csv()):
            assert MAIL not in said
    assert MAIL not in case.explain(one).text + case.compare(one, two).text + case.compare(one, two)._repr_html_()
