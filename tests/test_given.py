import pytest

from triage import redact
from triage.redact.pii import given


@pytest.mark.parametrize(
    "name", ["Kofi Delgado", "Delgado, Kofi", "Zoë van der Berg", "Jean-Luc Moreau", "JOANA PRATES", "Søren A. Fjord"]
)
def test_a_given_name_tells_a_full_name(name):
    assert given.is_name_of_somebody(name.encode())


@pytest.mark.parametrize("name", ["Kofi", "Night Batch", "Batch, Night", "kofi delgado", "Kofi: Delgado", "", ", "])
def test_what_is_no_name_of_somebody(name):
    assert not given.is_name_of_somebody(name.encode())


@pytest.mark.parametrize(
    "text",
    [
        "    display_name = 'Kofi Delgado'\n    timeout = 38.0\n",
        '{"release": "2.13.4", "display_name": "Kofi Delgado"}',
        "client init failed: displayName=Kofi Delgado status=403",
        "display_name: Kofi Delgado\nport: 8111\n",
        "<name>Kofi Delgado</name>",
    ],
)
def test_a_field_of_names_with_the_name_of_somebody(text):
    assert [(text[start:end], kind) for start, end, kind in redact.spans(text)] == [("Kofi Delgado", "person")]


@pytest.mark.parametrize(
    "text",
    [
        '{"display_name": "Night Batch"}',
        "displayName=Windows Defender",
        "name: Crystal Reports\n",
        '{"name": "Maria Analytics Server"}',
        '{"title": "Kofi Delgado Lounge"}',
        "name = Kofi()",
    ],
)
def test_a_field_of_names_with_the_name_of_a_thing(text):
    assert redact.spans(text) == []
