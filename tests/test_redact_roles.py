import pytest

from triage.redact import spans


def found(text):
    return [text[start:end] for start, end, kind in spans(text) if kind == "person"]


@pytest.mark.parametrize(
    "text",
    [
        "ERROR customer name Ana Brenner failed to validate",
        "customer name 'Ana Brenner' is invalid",
        "account holder name Ana Brenner does not match",
        "a user named Ana Brenner called",
        "the name Ana Brenner is taken",
        "Kundenname Ana Brenner ist ungültig",
        "Owner: Ana Brenner",
        "Owner : Ana Brenner",
        "- **Owner**: Ana Brenner",
        "# Maintainer: Ana Brenner <x>",
        "Eigentümer: Ana Brenner",
        "x\nFile owner: Ana Brenner\ny",
    ],
)
def test_people_are_found_by_their_role(text):
    assert found(text) == ["Ana Brenner"]


def test_a_line_may_name_several():
    assert found("Owners: Ana Brenner, Karl Obermaier\n") == ["Ana Brenner", "Karl Obermaier"]


@pytest.mark.parametrize(
    "text",
    [
        "Owner: root",
        "Owner: Platform Team",
        "Owner: Core Banking",
        "Owner: Visual Studio",
        "Responsible: Night Shift",
        "Manager: Task Scheduler",
        "customer name must not be empty",
        "Customer Name Validation Failed",
        "user name Required Field is missing",
        "the name Visual Studio is taken",
        "a file called Read Me is missing",
    ],
)
def test_teams_things_and_sentences_stay(text):
    assert found(text) == []
