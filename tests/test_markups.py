import json

import pytest

from tests.growth import grows_evenly
from triage.redact import spans

TABLES = [
    "\\begin{tabular}{l}\nuser & password \\\\\\hline\nadia & plum27-lake \\\\\nbob & kk81jsdhA\\\\\n\\end{tabular}",
    (
        "\\begin{longtable}[c]{|l|l|}\n\\textbf{user} & \\textbf{password} \\\\\n\\hline\nadia & plum27-lake \\\\\n"
        "bob & kk81jsdhA\\\\\\bottomrule\n\\end{longtable}"
    ),
    '{| class="wikitable"\n! user !! password\n|-\n| adia || plum27-lake\n|-\n| bob || kk81jsdhA\n|}',
    '{| class="wikitable"\n|-\n! user\n! style="x" | password\n|-\n| adia\n| plum27-lake\n|-\n| bob\n| kk81jsdhA\n|}',
    "|===\n|user |password\n\n|adia |plum27-lake\n|bob |kk81jsdhA\n|===",
    '[cols="1,1"]\n|===\n|user\n|password\n\n|adia\n|plum27-lake\n\n|bob\n|kk81jsdhA\n|===',
    (
        ".. list-table:: A\n   :header-rows: 1\n\n   * - user\n     - password\n   * - adia\n     - plum27-lake\n"
        "   * - bob\n     - kk81jsdhA\n\nText"
    ),
    ".. csv-table:: A\n   :header: user, password\n   :widths: 1, 2\n\n   adia, plum27-lake\n   bob, kk81jsdhA\n\nText",
    "x\n^ user ^ password ^\n| adia | plum27-lake |\n| bob | kk81jsdhA |\n",
    "x\n|= user |= password |\n| adia | plum27-lake |\n| bob | kk81jsdhA |\n",
    "|_. user |_. password |\n| adia | plum27-lake |\n| bob | kk81jsdhA |\n",
    "|| user || password ||\n| adia | plum27-lake |\n| bob | kk81jsdhA |",
    "h2. x\n||*user*||*password*||\n|adia|{{plum27-lake}}|\n|bob|kk81jsdhA|",
    "=====  ===========\nuser   password\n=====  ===========\nadia   plum27-lake\nbob    kk81jsdhA\n=====  ===========",
    (
        "+------+-------------+\n| user | password    |\n+======+=============+\n| adia | plum27-lake |\n"
        "+------+-------------+\n| bob  | kk81jsdhA   |\n+------+-------------+"
    ),
    "| user | password |\n|------+----------|\n| adia | plum27-lake |\n| bob | kk81jsdhA |",
    (
        "┌──────┬─────────────┐\n│ user ┆ password    │\n╞══════╪═════════════╡\n│ adia ┆ plum27-lake │\n"
        "│ bob  ┆ kk81jsdhA   │\n└──────┴─────────────┘"
    ),
]


def found(text):
    return sorted(text[start:end] for start, end, _ in spans(text))


@pytest.mark.parametrize("text", TABLES)
def test_columns_of_markup_are_found_by_their_names(text):
    assert found(text) == ["adia", "bob", "kk81jsdhA", "plum27-lake"]


@pytest.mark.parametrize("text", [table for table in TABLES if "====  =" not in table])
def test_so_they_are_in_a_string_of_json(text):
    assert set(found(json.dumps({"body": text}))) == {"adia", "bob", "kk81jsdhA", "plum27-lake"}


@pytest.mark.parametrize(
    "text",
    [
        "\\begin{tabular}{ll}\nfield & type \\\\\npassword & string2x \\\\\n\\end{tabular}",
        '{| class="wikitable"\n! size !! colour\n|-\n| a1b2c3d4 || e5f6a7b8\n|}',
        "values.map {|x| x.password}\nvalues.each {|y| y}",
        "if (a || password || b) {\n  c1d2e3f4();\n}",
        "|===\n|name |size\n\n|a1b2c3d4 |12\n|===",
        "\n^ user ^ password ^\nand so on a1b2c3d4",
    ],
)
def test_other_tables_and_code_stay(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("lines", "values"),
    [
        (["   user     password\n", "0  adia  plum27-lake\n", "1   bob    kk81jsdhA"], ["kk81jsdhA", "plum27-lake"]),
        (["          password   role\n", "user                    \n", "adia   plum27-lake  admin"], ["plum27-lake"]),
        (["0    plum27-lake\n", "1      kk81jsdhA\n", "Name: password, dtype: object"], ["kk81jsdhA", "plum27-lake"]),
        (
            ["+----+-----------+\n", "|user|   password|\n", "+----+-----------+\n", "|adia|plum27-lake|\n"],
            ["plum27-lake"],
        ),
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_frames_are_read_as_notebooks_keep_them(lines, values, indent):
    text = json.dumps({"data": {"text/plain": lines}}, indent=indent)
    assert [value for value in found(text) if value not in {"adia", "bob"}] == values
    assert set(values) <= set(found("".join(lines)))


def test_a_column_of_numbers_without_such_a_name_stays():
    text = json.dumps(["0    4821\n", "1    4822\n", "Name: count, dtype: int64"])
    assert found(text) == []
    assert found("name,otp\na,1001\nb,1002\n") == []


def test_attributes_of_a_cell_without_end_are_read_once():
    def text(size):
        return '{| class="wikitable"\n! user !! password\n|-\n| ' + "a=" * (size // 2) + "\n|}\n"

    grows_evenly(spans, text, 10_000, enlarged=0)
