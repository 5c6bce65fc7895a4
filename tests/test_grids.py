import pytest

from tests.finding import told
from triage.redact import spans
from triage.redact.named.grids import columns, copied


def found(text):
    data = text.encode()
    small = data.lower()
    places = sorted(small.index(word) for word in (b"user", b"assword") if word in small)
    return [one for at in places for one in told(columns(data, at), data)]


@pytest.mark.parametrize(
    "text",
    [
        "id,user,password\n1,app,hunter2\n",
        'id,password,x\n1,"hunter2",y',
        "id;password\n1;hunter2",
        "user\tpassword\napp\thunter2\n",
        "| user | password | role |\n|---|---|---|\n| app | hunter2 | admin |",
        "| Password |  n |\n| :--- | --: |\n| `hunter2` | 1 |",
        "+------+----------+\n| user | password |\n+------+----------+\n| app  | hunter2  |\n",
        " id | password\n----+---------\n  1 | hunter2\n",
        "service   user   password\nmysql     root   hunter2\n",
        "NAME  PASSWORD  TTL\napp   hunter2   60\n",
    ],
)
def test_a_column_of_secrets_is_found_by_its_header(text):
    assert ("hunter2", "password") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "name,password_reset,role\n1,true,admin",
        "| field | type |\n| password | string |",
        "password, token and secret\nmust be set",
        "retry(user, password)\nfoo2, bar3",
        "password=a1,b\nc1,d2",
        "user,password\n\napp,hunter2",
        "user,password\napp,hunter2,more",
        '  "callUser", "createPassword", "flushWork",\n  "one", "gT7kQ2xW9z", "two",',
    ],
)
def test_other_lines_are_no_tables(text):
    assert found(text) == []


def test_names_and_values_may_take_turns_on_a_line():
    assert ("hunter2-plum27", "password") in found("password;hunter2-plum27;role;admin")
    assert found("password;sha256;role;admin") == []


def test_rows_count_below_an_empty_line_too():
    text = "user,password\na,hunter21\nb,hunter22\n\nc,hunter23\n"
    assert [value for value, _ in found(text)] == ["hunter21", "hunter22", "hunter23"]


def test_a_sentence_and_code_are_no_table():
    assert found("Incorrect password, try again\nmain.(*server).handle(0xcd14, 0x14a5)\n") == []


def test_a_list_of_strings_is_no_table():
    assert found('"a",\n    "Password",\n    "alphas8bit",\n    "any_close_tag",\n') == []


def test_the_rows_that_a_dump_copies():
    data = b"COPY users (id, password, n) FROM stdin;\n1\thunter2\t3\n2\t\\N\t4\n3\thunter3\t5\n\\.\nhunter4\tx\ty"
    assert told(copied(5, data, 0), data) == [("hunter2", "password"), ("hunter3", "password")]
    assert told(copied(5, b"COPY t (id, n) FROM stdin;\n1\thunter2\n", 0), data) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "cpf,nome,data_nascimento\n612.072.666-71,Beatriz Sørensen,2000-11-01\n",
            ["612.072.666-71", "Beatriz Sørensen", "2000-11-01"],
        ),
        ("nir;nom\n161016075937848;Rousselot\n", ["161016075937848", "Rousselot"]),
        ('id,customer_name,enabled\n1,"Nadia Moreau",true\n', ["Nadia Moreau"]),
        ("ts,host,level\n1,web-01,INFO\n", ["web-01"]),
        ("name,email\nAna Silva,ana@x.example\n", ["Ana Silva", "ana@x.example"]),
        (
            '{"csv":"id,first_name,dob\\n1,Wei,1987-10-23\\n2,Ann,1988-01-01"}',
            ["Wei", "1987-10-23", "Ann", "1988-01-01"],
        ),
        (
            "INSERT INTO t (first_name, phone) VALUES ('Zoë', '+1 (668) 361-1379'), ('Ann', NOW());",
            ["Zoë", "+1 (668) 361-1379", "Ann"],
        ),
    ],
)
def test_columns_of_people_are_known_in_many_languages(text, values):
    assert [text[start:end] for start, end, _ in spans(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "table_name,column_name,row_number\nusers,created_at,12345678\n",
        "name,nir,red\nband1,0.2345678,0.12345\n",
        "build_id,build_number,commit\n17,20240101,abc\n",
        "host,port,db\nlocalhost,5432,app\n",
        "id,product_name,serial\n1,Blue Chair,7\n",
    ],
)
def test_columns_of_things_are_none(text):
    assert spans(text) == []


def test_a_long_table_of_names_and_values_is_read_from_its_first_row():
    rows = "".join(f"| password | hunter{n}x |\n| user name | mfern{n} |\n" for n in range(60))
    found = [rows[start:end] for start, end, _ in spans(rows)]
    assert found == [value for n in range(60) for value in (f"hunter{n}x", f"mfern{n}")]


@pytest.mark.parametrize(("header", "value", "kind"), [
    ("user_passwd", "JuniperJuniper77!", "password"), ("accessToken", "k3j5h3kjh5k3j4h5kj3h4", "token"),
    ("clientSecret", "k3j5h3kjh5k3", "secret"), ("passwordHash", "5f4dcc3b5aa765d61d8327deb882cf99", "password"),
    ("street_address", "764 Copper Lane", "street_address"), ("homeAddress", "764 Copper Lane", "street_address"),
    ("patientName", "Hanna Weber", "person"), ("customer_first_name", "Hanna", "person"),
    ("dateOfBirth", "1980-03-02", "birth_date"), ("patient_dob", "1980-03-02", "birth_date"),
])  # fmt: skip
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_a_header_of_several_words_names_them_with_humps_and_lines(header, value, kind, mark):
    text = f"id{mark}{header}{mark}total\n7{mark}{value}{mark}19.90\n"
    assert [(text[start:end], told) for start, end, told in spans(text)] == [(value, kind)]


@pytest.mark.parametrize(
    "header", ["fileHash", "commitHash", "memory_address", "baseAddress", "primaryKey", "cacheKey"]
)
def test_a_header_that_ends_so_and_means_something_else_is_none(header):
    assert spans(f"id,{header},size\n7,5f4dcc3b5aa765d61d8327deb882cf995f4dcc3b,3\n") == []


ROWS = [f"hunter2{n}x" for n in range(4)]


@pytest.mark.parametrize("text", [
    "id,note,password\n" + "".join(f"{n},{'much ' * 400},{row}\n" for n, row in enumerate(ROWS)),
    "id,note,password\n" + "".join(f'{n},"Trace\n  at x, 3\nError: a",{row}\n' for n, row in enumerate(ROWS)),
    "id,login,password\n" + "\n\n".join(f"{n},u{n},{row}" for n, row in enumerate(ROWS)),
    "id,login,password\n" + "\n# old\n".join(f"{n},u{n},{row}" for n, row in enumerate(ROWS)),
    "id,login,password\n" + "\n77,x\n".join(f"{n},u{n},{row}" for n, row in enumerate(ROWS)),
    "id,login,password\n0,a,hunter20x\n1,a,hunter21x,more\n2,a,hunter22x\n3,a,hunter23x\n",
    "id,a=b,password\n" + "".join(f"{n},a,{row}\n" for n, row in enumerate(ROWS)),
    ",".join(f"column_name_{n}" for n in range(60)) + ",password\n" + "".join("1," * 60 + f"{r}\n" for r in ROWS),
    "id,password\r" + "\r".join(f"{n},{row}" for n, row in enumerate(ROWS)),
    "password\n" + "\n".join(ROWS),
    "    password\n" + "\n".join(f"{n}  {row}" for n, row in enumerate(ROWS)),
])  # fmt: skip
def test_nothing_ends_a_table_while_its_rows_go_on(text):
    assert [text[start:end] for start, end, _ in spans(text)] == ROWS


@pytest.mark.parametrize("text", [
    "id,tel\n1,00436641234567\n2,00436641234568\n", "tel;n\n00436641234567;1\n00436641234568;2\n",
])  # fmt: skip
def test_a_column_of_telephones_is_called_tel(text):
    assert [text[start:end] for start, end, _ in spans(text)] == ["00436641234567", "00436641234568"]


@pytest.mark.parametrize("text", [
    "id,hotel\n1,00436641234567\n", "id,cartel,n\n1,00436641234567,2\n",
    "password\nis asked for twice\n", "Usage:\n\n    password\n0  resets it\n1  shows none2\n",
    "name,token,type\nif,KEYWORD,1\n\nwhile,KEYWORD,2\n# more\nfor,KEYWORD,3\n",
    "# password\ntest_one2\ntest_two3\n",
])  # fmt: skip
def test_words_of_other_things_head_no_table(text):
    assert spans(text) == []


@pytest.mark.parametrize("text", [
    '{"columns":["id","password"],"index":[0,1],"data":[[1,"hunter20x"],[2,"hunter21x"]]}',
    '[["id", "password"], [1, "hunter20x"], [2, "hunter21x"]]',
    '["id","password"]\n[1,"hunter20x"]\n[2,"hunter21x"]\n',
    ('{"columns":[{"name":"id","type":"long"},{"name":"password","type":"text"}],'
    '"rows":[[1,"hunter20x"],[2,"hunter21x"]]}'),
    ("<table><tr><th></th><th>password</th></tr><tr><th>0</th><td>hunter20x</td></tr>"
    "<tr><th>1</th><td>hunter21x</td></tr></table>"),
    "<tr><th>Password:</th><td>hunter20x</td></tr><tr><th>Token:</th><td>hunter21x</td></tr>",
    ('<table border="1">\n<tr><td><b>Id</b></td><td>Password</td><td>Since</td></tr>\n'
    "<tr><td>0</td><td>hunter20x</td><td>May</td></tr><tr><td>1</td><td>hunter21x</td><td>June</td></tr></table>"),
])  # fmt: skip
def test_tables_of_json_and_html_are_read(text):
    assert [text[start:end] for start, end, _ in spans(text)] == ["hunter20x", "hunter21x"]


@pytest.mark.parametrize("text", [
    '{"columns":["id","size"],"data":[[1,"hunter20x"]]}', '[["id","name"],[1,"orange"]]',
    "<tr><th>Option</th><th>password</th></tr><tr><td>type</td><td>string</td></tr>",
    "<tr><th>size</th></tr><tr><td>hunter20x</td></tr>",
    "<table><tr><td>Name</td><td>Version</td><td>State</td></tr><tr><td>openssl</td><td>3.0.1</td><td>ok</td></tr>",
    "<table><tr><td>User name</td><td>string</td></tr><tr><td>Size</td><td>hunter20x</td></tr></table>",
    "<table><tr><td>Password</td><td>2</td><td>x</td></tr><tr><td>Size</td><td>hunter20x</td><td>y</td></tr></table>",
])  # fmt: skip
def test_tables_of_things_are_left_alone_in_json_and_html(text):
    assert spans(text) == []


def test_objects_that_name_columns_and_never_end_are_read_once():
    # Blanks that two repeats could both take doubled the steps with each object.
    text = '"columns":[' + '{"name":"password"}  ' * 300
    assert spans(text) == []
    rows = '{"columns":[{"name":"id"} , {"name":"password"}],"rows":[[1,"x7Kd93jfpQ"]]}'
    assert [rows[start:end] for start, end, _ in spans(rows)] == ["x7Kd93jfpQ"]


@pytest.mark.parametrize(
    "below",
    [
        "\n\nTicket cache: FILE:/run/cc_1000\nBuild ID: 98f7bb85ff3f46deca9d2a931ae33572\n",
        "\n \t\nmongosh prints 98f7bb85ff3f46deca9d2a931ae33572\n",
        "\n```\nmongosh prints\nDirectX Version:      aDirectX12b34c5\n",
        "\n~~~\nconda: numpy-1.26.4-py311h64a7726_0\n",
    ],
)
def test_a_ruled_table_ends_at_an_empty_line_and_with_its_block(below):
    text = "User Name            Token\n==================== =====================\nmfern                gT7kQ2xW9z"
    assert [value for value, _ in found(text + below)] == ["mfern", "gT7kQ2xW9z"]


def test_a_sentence_is_no_row_of_a_ruled_table():
    text = "Name    Token            Owner\n------- ---------------- ------\ndeploy  gT7kQ2xW9zpL0vN4 mfern\n"
    rows = "User    Token            Owner\n" + text.partition("\n")[2]
    sentence = "The service was started and no longer waits for 3d92a8b1c0\n"
    assert ("gT7kQ2xW9zpL0vN4", "token") in found(rows + sentence)
    assert all(value in text for value, _ in found(rows + sentence))
