import hashlib
import hmac

import pytest

from triage.redact import masks
from triage.redact.redactor import Redactor
from triage.redact.tokens import rules


@pytest.mark.parametrize(
    "mask",
    [
        masks.label("email", "1", 15, exact=False),
        masks.label("github_pat", "999999999", 40, exact=True),
        masks.label("k1password_secret_key", masks.pseudonym(b"key", b"b"), 33, exact=True),
        masks.label("pin", "3", 1, exact=False),
    ],
)
def test_a_mask_reads_as_one_and_masks_to_itself(mask):
    assert masks.MASK.fullmatch(mask.encode())
    assert masks.MASK_TEXT.fullmatch(mask)
    for text in (mask, f"password={mask}", f'{{"token": "{mask}"}}', f"mail {mask}, {mask}"):
        redactor = Redactor()
        redactor.learn(text.encode(), place="")
        assert redactor.mask(text.encode()).data == text.encode()


@pytest.mark.parametrize(
    "text", ["[email]", "[Email:1:4]", "[e:1:4]", "[email:x:4]", "[email:1:4-]", "[email:1:4-9]", "email:1:4"]
)
def test_other_brackets_are_no_masks(text):
    assert not masks.MASK_TEXT.fullmatch(text)


def test_the_kind_of_every_rule_fits_into_a_mask():
    for rule in rules.rules():
        assert masks.MASK_TEXT.fullmatch(masks.label(rule.kind, "1", 20, exact=rule.exact)), rule.name


@pytest.mark.parametrize(("length", "bucket"), [(0, "1"), (1, "1"), (2, "2-3"), (15, "8-15"), (16, "16-31")])
def test_a_bucket_hides_the_length(length, bucket):
    assert masks.bucket(length) == bucket


def test_a_pseudonym_is_a_keyed_digest_of_the_value():
    digest = hmac.new(b"key", b"bob@example.org", hashlib.sha256).digest()
    found = masks.pseudonym(b"key", b"bob@example.org")
    assert len(found) == 13
    assert found == masks.base64.b32encode(digest).decode()[:13]
    assert found not in {masks.pseudonym(b"other", b"bob@example.org"), masks.pseudonym(b"key", b"x@y.z")}


def test_masks_within_a_range_are_found_from_their_middle_too():
    data = b"a [email:1:8-15] b [pin:2:4-7] c"
    assert masks.within(data, 0, len(data)) == [(2, 16), (19, 30)]
    assert masks.within(data, 5, 8) == [(2, 16)]
    assert masks.within(data, 16, 19) == []


@pytest.mark.parametrize(
    "value",
    [
        b"[Filtered]",
        b"<redacted>",
        b"****",
        b'"[REDACTED:email]"',
        b"***masked***",
        b"xxxx",
        b"<EMAIL_ADDRESS>",
        b"[PERSON_1]",
        b"__REDACTED__",
    ],
)
def test_what_other_tools_leave_is_known(value):
    assert masks.FOREIGN.fullmatch(value)


@pytest.mark.parametrize("value", [b"hunter2", b"[see below]", b"x", b"mixed-value-1", b"[hunter_2]"])
def test_values_are_not_taken_for_masks(value):
    assert not masks.FOREIGN.fullmatch(value)
