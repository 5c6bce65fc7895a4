import copy
import json
import pickle

import pytest

import triage
from tests.finding import GITHUB, pem
from triage.redact.findings import Masked
from triage.redact.masks import MASK_TEXT
from triage.redact.policy import Known, Policy
from triage.redact.redactor import Redactor


def learned(*texts, **how):
    redactor = Redactor(**how)
    for number, text in enumerate(texts):
        redactor.learn(text.encode(), place=f"{number}.log")
    return redactor


def masked(redactor, text, **how):
    return redactor.mask(text.encode(), **how).data.decode()


def test_a_value_has_one_mask_in_every_text_and_encoding():
    redactor = learned("password=hunter2/quartz", "mail mara@example.org")
    assert masked(redactor, "password=hunter2/quartz") == "password=[password:1:8-15]"
    assert masked(redactor, "it was hunter2/quartz") == "it was [password:1:8-15]"
    assert masked(redactor, "url?x=hunter2%2Fquartz&y") == "url?x=[password:1:8-15]&y"
    assert masked(redactor, "MARA@EXAMPLE.ORG") == "[email:1:16-31]"


def test_numbers_follow_the_order_in_which_texts_are_masked():
    redactor = learned("a@example.org b@example.org", "c@example.org")
    assert masked(redactor, "c@example.org a@example.org") == "[email:1:8-15] [email:2:8-15]"
    assert masked(redactor, "d@example.org") == "[email:3:8-15]"


def test_the_same_calls_give_the_same_masks():
    texts = [f"user{number}@example.org password=Quartz-{number}x" for number in range(20)]
    first, second = learned(*texts), learned(*texts)
    assert [masked(first, text) for text in texts] == [masked(second, text) for text in texts]


def test_under_a_key_masks_are_pseudonyms_that_need_no_order():
    text = "mara@example.org and finn@example.org"
    one, other = learned(text, key=b"key"), learned("x finn@example.org", text, key=b"key")
    assert masked(one, text) == masked(other, text)
    assert masked(one, text) != masked(learned(text, key=b"another"), text)
    assert len(set(MASK_TEXT.findall(masked(one, text)))) == 2


def test_a_key_is_a_secret_with_and_without_its_line_end():
    key = b"5e1f0c7a94d2b8e36f70a1c4d98b2e55"
    for given in (key, key + b"\n"):
        assert masked(Redactor(key=given), f"it is {key.decode()} so")[:14] == "it is [secret:"
        assert key.hex() not in masked(Redactor(key=given), f"it is {key.hex()} so")


def test_masking_again_changes_nothing():
    text = f'password=hunter2-quartz {GITHUB} mara@example.org\n{{"pin": 4711, "user": "mfern"}}\n{pem()}\n'
    once = masked(learned(text), text)
    assert masked(learned(once), once) == once
    assert "hunter2" not in once
    assert GITHUB not in once
    assert "PRIVATE KEY" not in once


@pytest.mark.parametrize("number", ["7", "999999", "1000000", "999999999"])
@pytest.mark.parametrize("kind", ["password", "email"])
def test_masks_that_a_text_makes_up_take_no_numbers_away(kind, number):
    text = f"[{kind}:{number}:8-15]\npassword=Quartz-orchard-9\nmail mara@example.org\n"
    redactor = learned(text)
    result = redactor.mask(text.encode())
    assert result.data.startswith(f"[{kind}:{number}:8-15]\n".encode())
    assert sorted(finding.kind for finding in result.findings) == ["email", "password"]
    assert redactor.residue(result.data, place="") == []
    again = learned(result.data.decode())
    assert again.mask(result.data).data == result.data
    for finding in result.findings:
        assert MASK_TEXT.fullmatch(finding.mask)
        assert finding.mask not in text
        redactor.allow_mask(finding.mask)
    assert masked(redactor, text) == text


def test_a_cell_keeps_a_mask_and_hides_what_goes_on_behind_it():
    redactor = Redactor()
    assert redactor.text("[pin:1:4-7]Quartz-orchard-9", key="password") == "[pin:1:4-7][password:1:16-31]"


def test_findings_say_where_and_never_what():
    text = "first\nmail mara@example.org, password=hunter2-quartz\n"
    found = learned(text).mask(text.encode(), place="a.log")
    assert isinstance(found, Masked)
    assert repr(found) == "<Masked 55 bytes, 2 findings>"
    for finding in found.findings:
        assert found.data[finding.offset : finding.offset + finding.length].decode() == finding.mask
        assert (finding.place, finding.line) == ("a.log", 2)
    assert [(finding.kind, finding.bucket) for finding in found.findings] == [("email", "16-31"), ("password", "8-15")]
    assert "hunter2" not in repr(found.findings)
    assert "mara" not in repr(found.findings)


def test_a_length_is_exact_only_where_its_kind_fixes_it():
    text = f"{GITHUB} password=hunter2-quartz"
    assert masked(learned(text), text) == "[github_token:1:32-63] password=[password:1:8-15]"


def test_json_stays_json_with_numbers_quoted():
    text = json.dumps({"pin": 4711, "card": 4111111111111111, "note": "n", "in": [{"password": "hunter2-q"}]})
    told = json.loads(masked(learned(text), text, media="json"))
    assert (told["pin"], told["note"]) == ("[pin:1:4-7]", "n")
    assert told["card"] == "[card:1:16-31]"
    assert told["in"] == [{"password": "[password:1:8-15]"}]


def test_a_cell_is_masked_by_itself_and_by_the_name_it_stands_under():
    redactor = learned("password=hunter2-quartz")
    assert redactor.text("it was hunter2-quartz") == "it was [password:1:8-15]"
    assert redactor.text("orchard7x", key="password") == "[password:2:8-15]"
    assert redactor.text("orchard7x", key="password") == "[password:2:8-15]"
    assert redactor.text("orchard7x") == "orchard7x"
    assert redactor.text("[password:1:8-15]", key="password") == "[password:1:8-15]"
    assert redactor.text("plain") == "plain"


def test_residue_is_what_would_still_be_masked():
    redactor = learned("password=hunter2-quartz")
    out = redactor.mask(b"password=hunter2-quartz").data
    assert redactor.residue(out, place="a.log") == []
    (left,) = redactor.residue(b"\nit was hunter2-quartz", place="a.log")
    assert (left.kind, left.place, left.line, left.offset, left.length, left.mask) == (
        "password",
        "a.log",
        2,
        8,
        14,
        "",
    )


def test_a_reviewer_lets_a_value_leave_and_takes_it_back():
    redactor = learned("mara@example.org finn@example.org")
    text = "mara@example.org finn@example.org"
    assert masked(redactor, text) == "[email:1:16-31] [email:2:16-31]"
    redactor.allow_mask("[email:1:16-31]")
    assert masked(redactor, text) == "mara@example.org [email:2:16-31]"
    assert redactor.text("mara@example.org") == "mara@example.org"
    assert redactor.residue(b"mara@example.org", place="x") == []
    redactor.deny_mask("[email:1:16-31]")
    assert masked(redactor, text) == "[email:1:16-31] [email:2:16-31]"
    with pytest.raises(KeyError):
        redactor.allow_mask("[email:9:16-31]")


def test_values_of_a_policy_are_known_without_being_learned():
    redactor = Redactor(Policy(known=(Known("username", "plum-user"),)))
    assert masked(redactor, "/srv/x plum-user") == "/srv/x [username:1:8-15]"


def test_nothing_of_it_is_shown_or_travels():
    redactor = learned("password=hunter2-quartz")
    assert repr(redactor) == "<triage.Redactor>"
    for travel in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="make one where it is used") as caught:
            travel(redactor)
        assert "hunter2" not in str(caught.value)


def test_spans_are_in_characters_and_repeat_what_was_found_once():
    text = "é漢 password=hunter2-quartz 😀 hunter2-quartz, aHVudGVyMi1xdWFydHogaXMgaXQ= end"
    found = triage.redact.spans(text)
    assert [(text[start:end], kind) for start, end, kind in found] == [
        ("hunter2-quartz", "password"),
        ("hunter2-quartz", "password"),
        ("aHVudGVyMi1xdWFydHogaXMgaXQ=", "password"),
    ]
    assert triage.redact.spans("") == []
    assert triage.redact.spans("lone \ud800 surrogate password=hunter2-quartz") == [(26, 40, "password")]


def test_mask_is_one_call():
    assert triage.redact.mask("password=hunter2-quartz") == "password=[password:1:8-15]"
    assert triage.redact.mask("password=x1y2z3", policy=Policy(disabled=frozenset({"password"}))) == "password=x1y2z3"
    assert triage.redact.mask("mail mara@example.org", key=b"k") == triage.redact.mask(
        "mail mara@example.org", key=b"k"
    )
