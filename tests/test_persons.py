import pytest

from triage.redact import mask, spans
from triage.redact.pii.persons import is_person


def found(text):
    return [text[start:end] for start, end, kind in spans(text) if kind in {"person", "street_address", "postal_code"}]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            '{"user":{"id":"3","email":"a@b.example.com","name":"Luca Müller"},"device":{"name":"Pixel Seven"}}',
            ["Luca Müller"],
        ),
        ('{"payment":{"card_number":"x","holder":"Chloé Mensah"}}', ["Chloé Mensah"]),
        ("<Cdtr><Nm>Hugo Gallagher</Nm></Cdtr><FinInstnId><Nm>Deutsche Bank</Nm></FinInstnId>", ["Hugo Gallagher"]),
        ("Customer(id=4, name=Anna Smith, email=anna@x.example)", ["Anna Smith"]),
        ("maintainers:\n  - name: Dmitri Tanaka\n    email: d@x.example\n", ["Dmitri Tanaka"]),
        ("on_call:\n  name: Bob Jones\n", ["Bob Jones"]),
        (
            "Name: Yuki Hutchinson\nAddress: 125 rue de la Paix\nPhone: +55 11 96066-8040\n",
            ["Yuki Hutchinson", "125 rue de la Paix"],
        ),
        ("Name: J=C3=BCrgen Lindqvist\nPhone: 0049 171 4120794\n", ["J=C3=BCrgen Lindqvist"]),
        ("dn: uid=x,ou=people\nobjectClass: inetOrgPerson\ncn: Søren Aydin\nsn: Aydin\n", ["Søren Aydin", "Aydin"]),
        ('ATTENDEE;CN="Anna Smith";RSVP=TRUE:mailto:anna@x.example', ["Anna Smith"]),
        ('{"street":"12 Foo St","zip":"94107","city":"Springfield"}', ["12 Foo St", "94107", "Springfield"]),
        ("Home address: 5 Elm Road, Leeds", ["5 Elm Road, Leeds"]),
    ],
)
def test_a_person_stands_among_fields_of_one(text, values):
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        '{"name":"Worker Pool","address":"0x1234"}',
        '{"name":"MyApp","email":true}',
        '{"displayName":"Windows Terminal","version":"1.2"}',
        '{"contact":{"name":"API Support","email":"help@x.example"}}',
        "dn: cn=Domain Admins,ou=groups\nobjectClass: groupOfNames\ncn: Domain Admins\n",
        "Module Name: Foo Service\nName: Foo Service\nEmail: x@y.example\n",
        "- name: Install Packages\n  apt: foo\n- name: Create Account\n  email: a@b.example\n",
        "issuer: CN=DigiCert Global Root CA,OU=www.digicert.com,O=DigiCert Inc",
        "bind: Address already in use",
        "address: 0x7fff5fbff8a0",
        "Faulting address: 12 bytes below",
        '"zip": "foo.zip"',
        "zip=12345 size=3",
        "thread name: Main Worker",
        "<dependency><name>Foo Bar</name><version>1</version></dependency>",
    ],
)
def test_things_have_names_and_addresses_too(text):
    assert found(text) == []


def test_a_masked_field_is_not_masked_again():
    text = "Name: Yuki Hutchinson\nAddress: 125 rue de la Paix\nDate of birth: 1974-04-07\n"
    assert mask(mask(text)) == mask(text)


def test_words_of_things_make_no_person():
    assert is_person(b"Ana de la Cruz")
    assert not any(map(is_person, (b"Google Chrome", b"MyApp", b"Admin", b"x")))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            '{"primeiro_nome":"Petr","apelido":"Wegener","morada":"107 Rua Augusta"}',
            ["Petr", "Wegener", "107 Rua Augusta"],
        ),
        (
            '{"achternaam":"de Vries","voornaam":"Sanne","adres":"Keizersgracht 12"}',
            ["de Vries", "Sanne", "Keizersgracht 12"],
        ),
        ("Nome completo: Inês Santos\nData de nascimento: 02/03/1980\n", ["Inês Santos"]),
        ("Pessoa(nome='Inês Santos', nif='255642288')", ["Inês Santos"]),
        ("WHERE nombre = 'José' AND apellidos = 'García López' AND email='a@x.example'", ["José", "García López"]),
        ("фамилия: Петров\n", ["Петров"]),
        ('{"氏名":"山田太郎","電話番号":"03-1234-5678"}', ["山田太郎"]),
        ('msg="user created" email=o@x.example name="Linda Kowalski" id=4', ["Linda Kowalski"]),
        ("Registered Owner:          Emma Nguyen\n", ["Emma Nguyen"]),
        ("**Reporter:** Tomasz Tanaka\n**Email:** t@x.example\n", ["Tomasz Tanaka"]),
        ('{"log":"customer:\\n  name: Zoë Lindqvist\\n  email: k@x.example\\n"}', ["Zoë Lindqvist"]),
        ("My customer name is: Rahul Costa\nPlease check", ["Rahul Costa"]),
        ("Her home address is 12 Harbour Lane", ["12 Harbour Lane"]),
    ],
)
def test_fields_of_people_are_known_in_many_languages(text, values):
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "nome_completo: Nome completo\n",
        '{"apelido": "string", "morada": null, "nombre": "required"}',
        "nome da tabela: Clientes\nnome_tabela=Clientes\n",
        "nombre del fichero: Informe.pdf\n",
        '{"имя":"Главный поток"}',
        '<label for="prénom">Prénom</label>',
        "Reporter: Jest Reporter\nReported by: Crash Handler\n",
        "Registered Owner: Windows User\n",
        "my pod name is Frontend. My name is required. my address is 0x7fff",
        "Display Name: Google Chrome\nversion: 3\n",
    ],
)
def test_forms_and_programs_in_many_languages_are_nobody(text):
    assert found(text) == []


def test_the_account_behind_a_full_name_is_one():
    assert mask("User Name: Carlos Kaplan (pedro_moreau)\n") == "User Name: [person:1:8-15] ([username:1:8-15])\n"
