"""The two passes: order, memory, and what is not text."""

import io
import tarfile

import pytest

import triage
from triage.redact.redactor import Redactor
from triage.share import leaving, passes
from triage.share.derived import Rows


def tar_of(names, body):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name in names:
            info = tarfile.TarInfo(name)
            info.size = len(body(name))
            tar.addfile(info, io.BytesIO(body(name)))
    return out.getvalue()


def masked(what):
    raw = triage.load(what).raw
    plan = leaving.plan(raw.tables, leaving.texts(raw.inputs, raw.limits))
    redactor, rows, out = Redactor(), Rows(raw.tables, plan), []
    passes.learn(redactor, raw, plan, rows)
    passes.mask(redactor, raw, plan, rows, lambda name, _file, blocks: out.append((name, b"".join(blocks))))
    return out


def test_ordinals_are_given_in_the_order_of_the_paths():
    data = tar_of(["c.log", "a.log", "b.log"], lambda name: b"mail of %s@example.org\n" % name[:1].encode() * 2)
    found = dict(masked(data))
    assert found["case/input/a.log"].startswith(b"mail of [email:1:8-15]")
    assert found["case/input/b.log"].startswith(b"mail of [email:2:8-15]")
    assert found["case/input/c.log"].startswith(b"mail of [email:3:8-15]")
    assert [name for name, _ in masked(data)] == sorted(found)


def test_members_are_held_by_batches_of_so_many_bytes():
    raw = triage.load(tar_of(["e", "d", "c", "b", "a"], lambda name: name.encode() * 25 + b"\n")).raw
    plan = leaving.plan(raw.tables, leaving.texts(raw.inputs, raw.limits))
    assert [[file.path[-1] for file in batch] for batch in passes.batches(plan, most=60)] == [
        ["a", "b"],
        ["c", "d"],
        ["e"],
    ]
    assert [len(batch) for batch in passes.batches(plan, most=1)] == [1] * 5
    seen = []
    passes.each(raw, plan, lambda file, chunks: seen.append((file.path[-1], b"".join(chunks)[:1])))
    assert seen == [(letter, letter.encode()) for letter in "abcde"]


def test_a_value_found_in_one_file_is_masked_in_those_before_it():
    data = tar_of(
        ["a.log", "b.log"], lambda name: b"is quartz-otter-77 it\n" if name[0] == "a" else b"password=quartz-otter-77\n"
    )
    assert dict(masked(data))["case/input/a.log"] == b"is [password:1:8-15] it\n"


def test_a_byte_order_mark_does_not_leave():
    ((_, text),) = masked(b"\xef\xbb\xbf" + b'{"password": "quartz-otter-77"}')
    assert text == b'{"password": "[password:1:8-15]"}'


@pytest.mark.parametrize(
    ("name", "masked"),
    [("a.json", b' "[card:1:16-31]"\n'), ("a.txt", b" [card:1:16-31]\n"), ("a", b" [card:1:16-31]\n")],
)
def test_a_number_that_is_a_document_is_one_of_json_by_its_name(name, masked):
    redactor = Redactor()
    assert b"".join(passes.masked_text(redactor, iter([b" 4111111111111111\n"]), 18, name)) == masked


def test_names_learn_what_stands_before_a_suffix():
    redactor = Redactor()
    passes.learn_name(redactor, "logs/nadia.fern@post.example.org.log")
    assert redactor.text("logs/nadia.fern@post.example.org.log") == "logs/[email:1:16-31].log"
