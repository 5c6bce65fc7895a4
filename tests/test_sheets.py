import pytest

from triage.redact import spans


def sheet(before, row, cell, after=""):
    """A sheet of three rows."""
    rows = [("user", "password"), ("adia", "plum27-lake"), ("bob", "kk81jsdhA")]
    return before + "".join(row.format("".join(cell.format(one) for one in values)) for values in rows) + after


def found(text):
    return sorted(text[start:end] for start, end, _ in spans(text))


@pytest.mark.parametrize(
    "text",
    [
        (
            "<table><columns><column>user</column><column>password</column></columns>"
            "<row><v>adia</v><v>plum27-lake</v></row><row><v>bob</v><v>kk81jsdhA</v></row></table>"
        ),
        sheet(
            "<Table>", '<Row ss:Index="1">\n{}</Row>\n', '<Cell><Data ss:Type="String">{}</Data></Cell>\n', "</Table>"
        ),
        sheet("", "<table:table-row>{}</table:table-row>", "<table:table-cell><text:p>{}</text:p></table:table-cell>"),
        sheet("<sheetData>", '<row r="1">{}</row>', '<c t="inlineStr"><is><t>{}</t></is></c>', "</sheetData>"),
        (
            "<thead><row><entry>user</entry><entry>password</entry></row></thead><tbody><row><entry>adia</entry>"
            "<entry>plum27-lake</entry></row><row><entry>bob</entry><entry>kk81jsdhA</entry></row></tbody>"
        ),
    ],
)
def test_columns_of_sheets_are_found_by_their_first_row(text):
    assert found(text) == ["adia", "bob", "kk81jsdhA", "plum27-lake"]


@pytest.mark.parametrize(
    "text",
    [
        "<row><v>size</v><v>colour</v></row><row><v>a1b2c3d4</v><v>e5f6a7b8</v></row>",
        "<columns><column>password</column><column>user</column></columns><p>a1b2c3d4</p>",
        "<row><v>user</v><v>password</v></row><row><v>a1b2c3d4</v></row>",
    ],
)
def test_other_rows_stay(text):
    assert found(text) == []
