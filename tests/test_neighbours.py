import pytest

from triage.redact.pii.neighbours import beside, starts_line


def stands_beside(text, name="name"):
    data = text.encode()
    start = data.index(name.encode())
    return beside(data, (start, start + len(name) + 1))


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ana", "email": "a@x.example"}',
        '{"customer": {"name": "Ana"}}',
        "P(name='Ana', nif='255642288')",
        "<patient><name>Ana</name></patient>",
        "name: Ana\nphone: +49 30 1234567\n",
        "owner.name=Ana",
        "created email=o@x.example name=Ana",
    ],
)
def test_fields_and_roles_of_a_person_tell(text):
    assert stands_beside(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"name": "Ana", "version": "1.2"}',
        '{"module": {"name": "Ana"}}, "email": "a@x.example"',
        "name: build\n\nphone: +49 30 1234567\n",
        "thread.name=Ana email=a@x.example",
        "<module><name>Ana</name></module>",
    ],
)
def test_what_stands_elsewhere_tells_nothing(text):
    assert not stands_beside(text)


def test_a_bullet_and_a_quote_may_stand_before_the_first_name_of_a_line():
    data = b'x\n  - "name": 1'
    assert starts_line(data, data.index(b"name"))
    assert not starts_line(b"some name: 1", 5)
