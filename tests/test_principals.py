import pytest

from triage.redact import spans

SID = "S-1-5-21-3042189471-1188203457-2290114562"


def found(text):
    return [(text[start:end], kind) for start, end, kind in spans(text)]


@pytest.mark.parametrize(
    "text",
    [
        f"Security ID:\t\t{SID}-1104\n",
        f"<Security UserID='{SID}-1104'/>",
        f"HKEY_USERS\\{SID}-1104\\Software",
        f"HKU\\{SID}-1104_Classes",
        f"C:\\$Recycle.Bin\\{SID}-1104\\x",
        f"O:{SID}-1104G:BA",
        f'{{"sid":"{SID}-1104"}}',
        f"User SID: {SID}-1104",
    ],
)
def test_the_identifier_of_an_account_is_found(text):
    assert found(text) == [(f"{SID}-1104", "windows_sid")]


@pytest.mark.parametrize(
    "text",
    [
        f"CORP\\mfern {SID}-1104",
        f"AzureAD\\mfern    {SID}-1104",
        f"the user 'CORP\\mfern' SID ({SID}-1104) from address LocalHost",
        f"{SID}-1104 (CORP\\mfern)",
        f"mfern            {SID}-1104\n",
        f"CORP\\mfern,{SID}-1104",
    ],
)
def test_whose_name_stands_beside_an_identifier(text):
    assert sorted(found(text)) == [(f"{SID}-1104", "windows_sid"), ("mfern", "username")]


def test_an_account_of_entra_is_one():
    assert found("AzureAD\\mfern S-1-12-1-3042189471-1188203457-2290114562-77") == [
        ("mfern", "username"),
        ("S-1-12-1-3042189471-1188203457-2290114562-77", "windows_sid"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Security ID: S-1-5-18",
        "SID: S-1-5-32-544",
        f"Administrator {SID}-500",
        f"{SID}-513 Domain Users",
        f"domain {SID}",
        "Token S-1-5-5-0-123456",
        "S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464",
        "vendors-1-5-21-1-2-3-1104",
    ],
)
def test_what_every_machine_has_stays(text):
    assert found(text) == []


def test_the_heading_of_a_table_is_no_account():
    assert found(f"User name  SID\n========= ====\nSID {SID}-1104\n") == [(f"{SID}-1104", "windows_sid")]
