from triage.redact import spans


def found(text):
    return [(text[start:end], kind) for start, end, kind in spans(text)]


def test_a_card_holds_names_address_and_day_of_birth():
    text = (
        "BEGIN:VCARD\nVERSION:3.0\nFN:Ingrid Moretti\nN:Moretti;Ingrid;;;\nADR;TYPE=HOME:;;12 Main St;Leeds;;LS1 4AP\n"
        "TEL;TYPE=CELL,VOICE:(030) 1234567\nBDAY:1974-04-07\nORG:Acme\nEND:VCARD\n"
    )
    assert found(text) == [
        ("Ingrid Moretti", "person"),
        ("Moretti", "person"),
        ("Ingrid", "person"),
        ("12 Main St", "street_address"),
        ("LS1 4AP", "postal_code"),
        ("(030) 1234567", "phone"),
        ("1974-04-07", "birth_date"),
    ]


def test_a_line_of_a_password_file():
    text = "aoifey:x:1000:1000:Aoife Gallagher,,,:/home/aoifey:/bin/bash\nwww-data:x:33:33:www-data:/var/www:/bin/sh\n"
    assert ("Aoife Gallagher", "person") in found(text)
    assert not any("www" in value for value, _ in found(text))


def test_a_patient_of_hl7():
    text = "PID|1||12345^^^MRN||DOE^JOHN^A||19800101|M|||12 MAIN ST^^CITY^ST^12345||555-123-4567"
    assert [kind for _, kind in found(text)] == ["national_id", "person", "birth_date", "street_address", "phone"]


def test_who_gave_out_the_number_of_a_patient_stays():
    text = (
        "MSH|^~\\&|HIS|HOSP|LAB|HOSP|20261103||ADT^A01|7|P|2.5\nPID|1||5043095^^^HOSP^MR~A88123^^^HMO^PI||Plum^Jane\n"
    )
    told = [text[start:end] for start, end, *_ in spans(text)]
    assert told == ["5043095", "A88123", "Plum^Jane"]
