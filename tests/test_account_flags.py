import pytest

from triage.redact import spans


def found(text):
    return [(text[start:end], kind) for start, end, kind in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        "docker login -u mfern --password-stdin",
        "echo $T | podman login quay.example -u 'mfern' --password-stdin",
        "helm registry login -u mfern registry.example",
        '["docker", "login", "-u", "mfern"]',
        "mysql -u mfern -p orders",
        "psql -U mfern orders",
        "pg_dump -U mfern orders",
        "smbclient -U 'CORP\\mfern' -L x",
    ],
)
def test_the_account_that_a_client_is_told(text):
    assert found(text) == [("mfern", "username")]


@pytest.mark.parametrize(
    "text",
    [
        "docker login -u $USER --password-stdin",
        "docker login -u AWS --password-stdin",
        "docker login -u <user>",
        "psql -U postgres orders",
        "mysql -u root",
        "sort -u mfern.txt",
        "git push -u origin main",
    ],
)
def test_flags_without_a_person(text):
    assert found(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "AccountName=ordersstore&AccountKey=",
        "/srv/shop/tokens: 34%\n/srv/shop/secrets: 7%",
        "secrets: 12K",
        "token: 7 %",
    ],
)
def test_stores_and_measures_are_nobody_and_no_secret(text):
    assert found(text) == []


def test_an_account_stands_where_no_key_of_a_store_does():
    assert found("AccountName=mfern&Role=x") == [("mfern", "username")]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("x%3Fpassword%3DhUnTr%2526q9Zt%253Dv4%26y%3D1", "hUnTr%2526q9Zt%253Dv4"),
        ("x%3Fpassword%3DaB7%252Fcd%2526e%26y%3D2", "aB7%252Fcd%2526e"),
    ],
)
def test_a_layer_of_percent_signs_ends_nothing_inside_of_another(text, value):
    assert found(text) == [(value, "password")]


@pytest.mark.parametrize("text", ["next=%2Fa%3Fb%3Dc%2526d", "q=a%2520b%20c"])
def test_layers_without_a_secret_stay(text):
    assert found(text) == []
