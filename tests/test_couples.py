import pytest

from triage.redact import spans


def found(text):
    return [text[start:end] for start, end, kind in spans(text) if kind == "person"]


@pytest.mark.parametrize(
    "text",
    [
        "POST /join first=Ana&last=Cruz&terms=1",
        "GET /u?last=Cruz&first=Ana HTTP/1.1",
        "first=Ana&middle=M&last=Cruz",
        "user[first]=Ana&user[last]=Cruz",
        '{"name":{"title":"Ms","first":"Ana","last":"Cruz"}}',
        '{"first": "Ana", "middle": null, "last": "Cruz"}',
        '{\\"first\\":\\"Ana\\",\\"last\\":\\"Cruz\\"}',
        "name:\n  first: Ana\n  last: Cruz\n",
        "<first>Ana</first><last>Cruz</last>",
    ],
)
def test_both_halves_of_a_name_are_found(text):
    assert sorted(found(text)) == ["Ana", "Cruz"]


def test_a_field_of_a_person_tells_a_name_that_nobody_knows():
    assert found("first=Xqzt&last=Cruz&dob=1972-09-07") == ["Xqzt", "Cruz"]
    assert found("first=Xqzt&last=Cruz&sort=up") == []


def test_a_name_of_several_words_ends_with_its_string():
    assert found('{"first":"Ana","last":"De la Cruz"}') == ["Ana", "De la Cruz"]
    assert found("first=Ana&last=Cruz HTTP/1.1") == ["Ana", "Cruz"]


@pytest.mark.parametrize(
    "text",
    [
        "?first=10&last=20",
        "first=Monday&last=Friday",
        "first: April, last: June",
        '{"first":"Page","last":"Next"}',
        "first=true&last=false",
        "first: Ana said so",
        "pageInfo(first: Int, last: Int)",
    ],
)
def test_the_first_and_last_of_things_are_nobody(text):
    assert found(text) == []
