"""Many values in one place: lists, maps and tables are masked to their ends, and what stands around a block counts."""

import json
import random
import string

import pytest

import triage
from tests.growth import grows_evenly
from triage.redact import mask, spans
from triage.redact.around import NOTHING, framed
from triage.redact.blocks import iter_blocks
from triage.redact.redactor import Redactor

MANY = 400
LETTERS = string.ascii_letters + string.digits


def values(count=MANY, seed=3):
    """Passwords of eleven letters and digits, no two equal, each with a digit."""
    rng = random.Random(seed)
    return ["".join(rng.choice(LETTERS) for _ in range(9)) + rng.choice("23456789") + "x" for _ in range(count)]


FORMS = {
    "array": lambda told: json.dumps({"passwords": told}),
    "array in lines": lambda told: json.dumps({"passwords": told}, indent=1),
    "array with brackets": lambda told: json.dumps({"passwords": [f"{each}]" for each in told]}),
    "array of Python": lambda told: f"passwords = {told!r}",
    "object": lambda told: json.dumps({"passwords": {f"u{at}": each for at, each in enumerate(told)}}),
    "array of PHP": lambda told: (
        "'passwords' => array(\n" + "".join(f"  'u{n}' => '{x}',\n" for n, x in enumerate(told))
    ),
    "short array of PHP": lambda told: "'tokens' => [" + "".join(f"'u{at}' => '{x}', " for at, x in enumerate(told)),
    "list of YAML": lambda told: "passwords:\n" + "".join(f"  - {each}\n" for each in told),
    "map of YAML": lambda told: "passwords:\n" + "".join(f"  u{at}: {each}\n" for at, each in enumerate(told)),
    "Secret of Kubernetes": lambda told: (
        "kind: Secret\nstringData:\n" + "".join(f"  key{at}: {each}\n" for at, each in enumerate(told))
    ),
    "Secret of Kubernetes, its kind last": lambda told: (
        "apiVersion: v1\ndata:\n" + "".join(f"  key{at}: {each}\n" for at, each in enumerate(told)) + "kind: Secret\n"
    ),
    "comma separated": lambda told: "id,login,password\n" + "".join(f"{n},user{n},{x}\n" for n, x in enumerate(told)),
    "quoted": lambda told: '"user","password"\n' + "".join(f'"u{at}","{each}"\n' for at, each in enumerate(told)),
    "tab separated": lambda told: "user\tpassword\n" + "".join(f"u{at}\t{each}\n" for at, each in enumerate(told)),
    "Markdown": lambda told: (
        "| user | password |\n|---|---|\n" + "".join(f"| u{n} | {x} |\n" for n, x in enumerate(told))
    ),
    "a client of PostgreSQL": lambda told: (
        " id | password\n----+-----\n" + "".join(f" {n} | {x}\n" for n, x in enumerate(told))
    ),
    "a dump of PostgreSQL": lambda told: (
        "COPY users (id, password) FROM stdin;\n" + "".join(f"{n}\t{x}\n" for n, x in enumerate(told)) + "\\.\n"
    ),
    "one INSERT": lambda told: "INSERT INTO users (password) VALUES " + ",".join(f"('{each}')" for each in told) + ";",
    "INSERTs below a table": lambda told: (
        "CREATE TABLE users (id int, password text);\n"
        + "".join(f"INSERT INTO users VALUES ({n},'{x}');\n" for n, x in enumerate(told))
    ),
    "XML": lambda told: "".join(f"<user><password>{each}</password></user>" for each in told),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_one_of_many_is_found(form):
    told = values()
    text = FORMS[form](told)
    covered = bytearray(len(text))
    for start, end, _ in spans(text):
        covered[start:end] = b"\1" * (end - start)
    left = [each for each in told if not all(covered[(at := text.index(each)) : at + len(each)])]
    assert not left


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("id,login,password\n1,token,user0,x\n", "token"),
        ("tokens:\n  - read\n  - write\n  - admin-only\n  - k8Zq3pLw0x\n", "admin-only"),
        ('{"passwords": {"policy": "strong", "rotation": "monthly", "length": "longer"}}', "monthly"),
        ("user,password,note\nanna,hunter2x7,first\nname,email,phone\n", "email"),
        ("kind,token\nkeyword,identifier\npunctuator,comma\n", "identifier"),
    ],
)
def test_words_among_few_values_stay(text, kept):
    assert kept in mask(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"usernames": ["nils.rossi", "admin"]}', "nils.rossi"),
        ("usernames:\n  - admin\n  - nils.rossi\n", "nils.rossi"),
        ('{"customer_names": ["Anna Dubois", "Luis Meyer"]}', "Luis Meyer"),
        ("full_names:\n  - Anna Dubois\n  - Luis Meyer\n", "Luis Meyer"),
        ("ssids:\n  - Home-Meyer-5G\n", "Home-Meyer-5G"),
        ("nils.rossi   pts/12       2026-01-26 09:12 (:0)\n", "nils.rossi"),
    ],
)
def test_names_of_several_people(text, value):
    assert value not in mask(text)
    assert "admin" in mask(text) or "admin" not in text


def test_a_word_among_secrets_is_one():
    text = "user,password\na1,Tr0ub4dor\nb2,correcthorse\nc3,xK9-mmQ2\n"
    assert mask(text).count("[password:") == 3


@pytest.mark.parametrize(
    "line",
    [
        "a{0}_password,b{0}\n",
        "password,a{0}\nsecret,b{0}\n",
        "{0},user{0},pw{0}xQz\n",
        "COPY t{0} (token) FROM stdin;\n",
    ],
)
def test_reading_tables_is_linear(line):
    grows_evenly(spans, lambda size: "id,login,password\n" + "".join(map(line.format, range(size))), 400)


def around(text, size):
    return list(framed(iter_blocks([text.encode()], size=size), bytes))


def test_blocks_know_their_neighbours():
    found = around("one\ntwo\nthree\n", 4)
    assert [(block, *near) for block, near in found] == [
        (b"one\n", b"", b"two\n"),
        (b"two\n", b"one\n", b"three\n"),
        (b"three\n", b"two\n", b""),
    ]
    assert list(framed([], bytes)) == []
    assert around("alone\n", 100) == [(b"alone\n", NOTHING)]
    assert "two" not in repr(found[0][1])


BESIDE = [
    ("fine\n" * 30 + "password:\n", "    violet-9-moons\n"),
    ("fine: 1\n" * 20 + "secret: >-\n", "  violet-9-moons\n"),
    ("<password>\n", "violet-9-moons\n</password>\n"),
    ("id,login,password\n" + "1,anna,Qx7-first1\n" * 20, "2,bert,violet-9-moons\n"),
    (
        "CREATE TABLE u (id int, password text);\n" + "INSERT INTO u VALUES (1,'Qx7-first1');\n" * 20,
        "INSERT INTO u VALUES (2,'violet-9-moons');\n",
    ),
    ("insert into u (id, password) values\n" + "(1,'Qx7-first1'),\n" * 20, "(2,'violet-9-moons'),\n(3,'x');\n"),
    ("COPY u (id, password) FROM stdin;\n" + "1\tQx7-first1\n" * 20, "2\tviolet-9-moons\n\\.\n"),
]


# What is no row stands near its name; the columns of rows may be named far above.
APART = [(above, below, far) for above, below in BESIDE for far in (0, 12_000) if not far or set(above) & set(",\t")]


@pytest.mark.parametrize(("above", "below", "far"), APART)
def test_a_value_behind_the_edge_of_a_block_is_found(above, below, far):
    head, _, row = above.rstrip("\n").rpartition("\n")
    text = f"{head}\n" + f"{row}\n" * (1 + far // len(row)) + below
    cut = len(text) - len(below)
    for redactor in (Redactor(), Redactor()):
        blocks = list(framed([text[:cut].encode(), text[cut:].encode()], bytes))
        for block, near in blocks:
            redactor.learn(block, place="a", around=near)
        masked = b"".join(redactor.mask(block, around=near).data for block, near in blocks)
        assert b"violet-9-moons" not in masked
        again = framed([masked[:cut], masked[cut:]], bytes)
        assert not [left for block, near in again for left in redactor.residue(block, place="a", around=near)]


def test_a_case_is_masked_over_the_edges_of_its_blocks(tmp_path, monkeypatch):
    monkeypatch.setattr("triage.redact.blocks._SIZE", 4_096)
    monkeypatch.setattr(iter_blocks, "__kwdefaults__", {"size": 4_096})
    told = values(2_000)
    rows = "".join(f"INSERT INTO users VALUES ({at},'{each}');\n" for at, each in enumerate(told))
    (tmp_path / "dump.sql").write_text("CREATE TABLE users (id int, password text);\n" + rows)
    (tmp_path / "app.log").write_text("fine\n" * 818 + "password:\n    violet-9-moons\nfine\n" + "fine\n" * 900)
    redacted = triage.load(tmp_path).redact()
    texts = "".join(redacted.working.spool.read(each.piece).decode() for each in redacted.working.members.values())
    assert not [each for each in told if each in texts]
    assert "violet-9-moons" not in texts
    redacted.close()
    assert triage.audit(tmp_path / "app.log")["kind"].tolist() == ["password"]
