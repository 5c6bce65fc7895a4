import base64
import gzip
import json
import os
import re
import stat
import subprocess
import sys
import tarfile
import zipfile

import pytest

from tests.reading import SAMPLES
from tests.running import run

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
SECRET = "orchard-7-Qm4xT-plums"
LINE = f"connect with password={SECRET}"
MAIL = "ada.plum@orchard-mail.net"


def triage(*arguments, stdin=b"", cwd=None):
    """Run the command line as a user would, piped; nothing that it says may hold a value."""
    done = run(*arguments, stdin=stdin, cwd=cwd)
    for said in (done.stdout, done.stderr):
        assert b"Traceback" not in said
        assert SECRET.encode() not in said
        assert MAIL.encode() not in said
    return done.returncode, done.stdout.decode(), done.stderr.decode()


@pytest.fixture
def bundle(tmp_path):
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "a.log").write_text(f"start\n{LINE}\nwrote to {MAIL}\n")
    (folder / "b.log").write_text(f"again {SECRET}\nwrote to {MAIL}\n")
    return folder


def test_without_a_name_it_lists_what_would_leave_and_saves_nothing(bundle, tmp_path):
    code, out, _ = triage("redact", bundle, cwd=tmp_path)
    assert code == 0
    assert "a.log" in out
    assert "1 email, 1 password" in out
    assert "nothing was saved; look at it" in out
    assert triage("redact", bundle, "--dry-run", "--approve-as", "Ada", "-o", "x.tar.gz", cwd=tmp_path)[0] == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle"]


def test_the_masked_text_of_a_file_can_be_looked_at(bundle, tmp_path):
    code, out, err = triage("redact", bundle, "--show", "a.log", cwd=tmp_path)
    assert (code, err) == (0, "")
    assert re.fullmatch(r"start\nconnect with password=\[password:\d+[^\]]*\]\nwrote to \[email:\d+[^\]]*\]\n", out)
    out = triage("redact", bundle, "--show", "b.log", "--show", "a.log", cwd=tmp_path)[1]
    assert [line for line in out.splitlines() if line.startswith("==>")] == [
        "==> case/bundle/b.log <==",
        "==> case/bundle/a.log <==",
    ]
    (bundle / "long.log").write_text(f"{LINE}\n" * 5_000)
    out = triage("redact", bundle, "--show", "long.log", cwd=tmp_path)[1]
    assert len(out.splitlines()) == 5_000
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bundle"]


def test_of_a_binary_file_the_rows_are_shown_and_of_an_archive_its_members():
    listed = triage("redact", PANIC, "--dry-run")[1].splitlines()[1].partition("\t")[0]
    assert triage("redact", PANIC, "--show", listed.rpartition("/")[2])[0] == 0


def test_a_file_that_is_not_there_is_none_to_show_and_what_is_looked_at_is_not_saved(bundle, tmp_path):
    code, out, err = triage("redact", bundle, "--show", "c.log", cwd=tmp_path)
    assert (code, out) == (4, "")
    assert "there are case/bundle/a.log, case/bundle/b.log" in err
    code, _, err = triage("redact", bundle, "--show", "a.log", "--approve-as", "Ada", "-o", tmp_path / "x.tar.gz")
    assert code == 4
    assert "--show prints and saves nothing" in err
    assert not (tmp_path / "x.tar.gz").exists()


def test_what_is_approved_is_saved_verifies_and_audits_clean(bundle, tmp_path):
    out_file = tmp_path / "out.tar.gz"
    code, out, err = triage("redact", bundle, "-o", out_file, "--approve-as", "Ada")
    assert (code, err) == (0, "")
    assert f"saved {out_file}" in out
    with tarfile.open(out_file) as archive:
        held = b"".join(archive.extractfile(name).read() for name in archive.getnames())
    assert SECRET.encode() not in held
    assert MAIL.encode() not in held
    digest = out.rpartition("sha256 ")[2]
    code, out, err = triage("verify", out_file)
    assert (code, err) == (0, "")
    assert "2 files, approved by Ada" in out
    assert out.endswith(digest)
    assert triage("audit", out_file)[0] == 0
    out_file.write_bytes(out_file.read_bytes()[:-40])
    code, _, err = triage("verify", out_file)
    assert (code, bool(err)) == (4, True)


def test_a_real_crash(tmp_path):
    code, _, err = triage("redact", PANIC, "-o", tmp_path / "out.tar.gz", "--approve-as", "Ada")
    assert (code, err) == (0, "")
    code, out, _ = triage("incidents", tmp_path / "out.tar.gz", "--format", "json")
    assert (
        json.loads(out)[0]["incident_id"]
        == json.loads(triage("incidents", PANIC, "--format", "json")[1])[0]["incident_id"]
    )


def test_ids_that_are_digests_of_what_is_masked_are_told_of(tmp_path):
    head = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n'
    (tmp_path / "app.log").write_text(head + "ValueError: no answer from +33 6 12 34 56 78\n")
    assert "1 event keeps the original id or group key" in triage("redact", tmp_path / "app.log", "--dry-run")[1]


def test_decisions_need_reasons_and_are_recorded(bundle, tmp_path):
    out_file = tmp_path / "out.tar.gz"
    given = ["--skip", "case/b.log", "--drop", "case/a.log=not needed = really"]
    listed = triage("redact", bundle, "--dry-run")[1]
    name = next(line.split("\t")[0] for line in listed.splitlines() if "a.log" in line)
    given = ["--skip", name.replace("a.log", "b.log"), "--drop", f"{name}=not needed, 2 = enough"]
    code, _, err = triage("redact", bundle, "-o", out_file, "--approve-as", "Ada", *given)
    assert (code, err) == (0, "")
    with tarfile.open(out_file) as archive:
        review = next(member for member in archive.getnames() if member.endswith("REVIEW.json"))
        record = archive.extractfile(review).read().decode()
    assert "not needed, 2 = enough" in record
    assert "b.log" in record
    shown = triage("redact", bundle, "--dry-run", "--drop", f"{name}=not needed")[1]
    assert f"does not leave: {name}: dropped: not needed" in shown
    assert "masked in all: 1 email, 1 password\n" in shown
    mask = re.search(r"\[email:[^]]*\]", triage("redact", bundle, "--show", "a.log")[1])[0]
    assert "masked in all: 2 password\n" in triage("redact", bundle, "--dry-run", "--unmask", f"{mask}=ours")[1]


def test_what_does_not_leave_is_told_and_recorded(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.log").write_text("started\n")
    (folder / "b.log").write_bytes(LINE.encode("utf-32"))
    os.mkfifo(folder / "pipe")
    with zipfile.ZipFile(folder / "c.zip", "w") as packed:
        packed.writestr("up.log", "fine\n")
        packed.writestr(f"../{MAIL}", "out\n")
    code, out, _ = triage("redact", folder, "-o", tmp_path / "out.tar.gz", "--approve-as", "Ada")
    assert code == 0
    listed = [line.split("\t") for line in out.splitlines()]
    assert [
        "derived/case/in/b.log.json",
        "38 B",
        "none of its content leaves: no reader recognises this content",
    ] in listed
    assert "does not leave: case/in/pipe: a FIFO, never opened" in out
    assert "c.zip/../[email:1:16-31]: the path leads out of the archive" in out
    assert f"saved {tmp_path / 'out.tar.gz'}: 3 files" in out
    with tarfile.open(tmp_path / "out.tar.gz") as archive:
        record = json.loads(archive.extractfile("REVIEW.json").read())
    assert [row["path"].rpartition("/")[2] for row in record["absent"]] == ["[email:1:16-31]", "pipe", "b.log.json"]
    assert triage("verify", tmp_path / "out.tar.gz")[1].startswith("what was reviewed: 3 files")


@pytest.mark.parametrize(
    ("code", "more", "words"),
    [
        (4, ["--approve-as", "Ada"], "name one: -o"),
        (4, ["--approve-as", "Ada", "-o", "."], "is a folder"),
        (4, ["--approve-as", "Ada", "-o", "-"], "an archive is not printed"),
        (4, ["--approve-as", "Ada", "-o", "short.key"], "is no tar.gz, and is not replaced"),
        (4, ["--approve-as", "Ada", "-o", "bundle/a.log"], "is no tar.gz, and is not replaced"),
        (4, ["--approve-as", "Ada", "-o", "x" * 300], "cannot write"),
        (3, ["--approve-as", "Ada", "-o", "gone/x.tar.gz"], "there is no folder"),
        (4, ["--unmask", "[email:1:16-31]"], "has no reason"),
        (4, ["--drop", "a.log="], "has no reason"),
        (3, ["--policy", "gone.toml"], "cannot read gone.toml"),
        (3, ["--key-file", "gone.key"], "cannot read gone.key"),
        (4, ["--key-file", "short.key"], "shorter than 16 bytes"),
        (4, ["--key-file", "bundle/a.log"], "lies inside of what is to leave; move it out"),
        (4, ["--key-file", "link.key"], "lies inside of what is to leave; move it out"),
        (4, ["--approve-as", " ", "-o", "x.tar.gz"], ""),
    ],
)
def test_what_is_missing_is_said_before_anything_is_written(bundle, tmp_path, code, more, words):
    (tmp_path / "short.key").write_text("abc\n")
    (tmp_path / "link.key").symlink_to(bundle / "a.log")
    done, _, err = triage("redact", bundle, *more, cwd=tmp_path)
    assert done == code
    assert words in err
    assert not list(tmp_path.glob("*.tar.gz"))


def test_the_input_is_never_overwritten(tmp_path):
    crash = tmp_path / "crash.log"
    crash.write_text(LINE)
    code, _, err = triage("redact", crash, "-o", crash, "--approve-as", "Ada")
    assert (code, "the input itself" in err) == (4, True)
    assert crash.read_text() == LINE


def test_a_policy_is_named_or_it_only_makes_things_stricter(bundle, tmp_path):
    settings = tmp_path / "triage.toml"
    settings.write_text(f"[redact]\nallow = ['{MAIL}']\n")
    code, _, err = triage("redact", bundle, "--dry-run", cwd=tmp_path)
    assert (code, "--policy" in err) == (4, True)
    code, out, _ = triage("redact", bundle, "--dry-run", "--policy", settings, cwd=tmp_path)
    assert (code, "email" in out) == (0, False)
    settings.rename(bundle / "triage.toml")
    code, out, err = triage("redact", bundle, "--dry-run", cwd=bundle)
    assert (code, "inside the input" in err, "email" in out) == (0, True, True)


def test_a_key_links_masks_across_archives(bundle, tmp_path):
    (tmp_path / "my.key").write_text("k" * 32 + "\n")
    assert triage("redact", bundle, "--dry-run", "--key-file", tmp_path / "my.key")[0] == 0


def test_a_key_that_stands_in_what_leaves_is_masked(bundle, tmp_path):
    key = "5e1f0c7a94d2b8e36f70a1c4d98b2e55"
    (tmp_path / "my.key").write_text(f"{key}\n")
    (bundle / "c.log").write_text(f"pseudonyms under {key}\n{base64.b64encode(key.encode()).decode()}\n")
    code, out, _ = triage("redact", bundle, "--key-file", tmp_path / "my.key", "--show", "c.log")
    assert (code, key in out, out.count(base64.b64encode(key.encode()).decode()), "[secret:" in out) == (
        0,
        False,
        0,
        True,
    )


def test_audit_says_where_and_never_what(bundle):
    code, out, err = triage("audit", bundle)
    assert code == 5
    header, *rows = [line.split("\t") for line in out.splitlines()]
    assert header == ["path", "line", "offset", "length", "kind", "rule", "bucket", "where"]
    assert [(row[0][-5:], row[1], row[4]) for row in rows] == [
        ("a.log", "2", "password"),
        ("a.log", "3", "email"),
        ("b.log", "1", "password"),
        ("b.log", "2", "email"),
    ]
    assert "4 findings in 2 files" in err
    assert [json.loads(line)["line"] for line in triage("audit", bundle, "--format", "ndjson")[1].splitlines()] == [
        2,
        3,
        1,
        2,
    ]


def test_audit_of_what_is_clean_or_cannot_be_looked_into(tmp_path):
    (tmp_path / "a.log").write_text("fine\n")
    assert triage("audit", tmp_path) == (0, "clean: 1 file, 5 bytes\n", "")
    assert triage("audit", "-", stdin=b"fine\n")[0] == 0
    assert triage("audit", "-", stdin=LINE.encode())[0] == 5
    (tmp_path / "b.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    code, _, err = triage("audit", tmp_path)
    assert code == 4
    assert "not looked into" in err
    assert triage("audit", tmp_path / "gone")[0] == 3


@pytest.mark.parametrize("name", ["tail.tar", "app.log.gz", "post.zip"])
def test_what_follows_the_end_of_an_archive_is_no_clean_file(tmp_path, name):
    archive = tmp_path / name
    if name.endswith("gz"):
        archive.write_bytes(gzip.compress(b"fine\n"))
    else:
        (tmp_path / "a.log").write_text("fine\n")
        with tarfile.open(archive, "w") if name.endswith("tar") else zipfile.ZipFile(archive, "w") as packed:
            (packed.add if name.endswith("tar") else packed.write)(tmp_path / "a.log", "a.log")
    assert triage("audit", archive)[0] == 0
    with archive.open("ab") as file:
        file.write(LINE.encode())
    code, _, err = triage("audit", archive)
    assert code == 4
    assert f"not looked into: {name}: {len(LINE)} bytes after the end" in err
    out = triage("redact", archive)[1]
    assert f"does not leave: case/{name}: not all of it could be read: {len(LINE)} bytes after the end" in out


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_member_of_one_name_is_told_of(tmp_path):
    with zipfile.ZipFile(tmp_path / "dup.zip", "w") as packed:
        packed.writestr("a.log", "fine\n")
        packed.writestr("a.log", LINE)
    out = triage("redact", tmp_path / "dup.zip")[1]
    assert "does not leave: case/dup.zip/a.log: the same name as a member before it" in out


def test_names_with_an_equals_sign_can_be_dropped(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("k=v.log", "a.log"):
        (folder / name).write_text("fine\n")
    code, out, _ = triage("redact", folder, "--drop", "case/in/k=v.log=a=b of no use")
    assert code == 0
    assert "does not leave: case/in/k=v.log: dropped: a=b of no use" in out
    assert triage("redact", folder, "--drop", "case/in/k")[0] == 4


NOTEBOOK = {
    "cells": [{"cell_type": "code", "execution_count": 1, "metadata": {}, "outputs": [], "source": ["1 + 1"]}],
    "metadata": {"widgets": {"x": LINE}},
    "nbformat": 4,
    "nbformat_minor": 4,
}


def test_notebook_clean_is_a_filter(tmp_path):
    code, out, err = triage("notebook", "clean", stdin=json.dumps(NOTEBOOK).encode())
    assert (code, err) == (0, "")
    assert json.loads(out)["cells"][0]["id"] == "cell-0"
    assert triage("notebook", "clean", stdin=out.encode()) == (0, out, "")
    bad = NOTEBOOK | {"metadata": {"note": LINE}}
    code, out, err = triage("notebook", "clean", stdin=json.dumps(bad).encode())
    assert (code, out) == (5, "")
    assert "the notebook's metadata" in err
    assert triage("notebook", "clean", stdin=b"no notebook")[0] == 4


def test_notebook_clean_rewrites_files_and_leaves_bad_ones(tmp_path):
    good, bad, linked = (tmp_path / name for name in ("good.ipynb", "bad.ipynb", "link.ipynb"))
    good.write_text(json.dumps(NOTEBOOK))
    good.chmod(0o640)
    linked.symlink_to(good)
    text = json.dumps(NOTEBOOK | {"metadata": {"note": LINE}})
    bad.write_text(text)
    code, out, err = triage("notebook", "clean", linked, bad)
    assert code == 5
    assert out == f"cleaned {linked}\n"
    assert "not written" in err
    assert bad.read_text() == text
    assert linked.is_symlink()
    assert "widgets" not in json.loads(good.read_text())["metadata"]
    assert stat.S_IMODE(good.stat().st_mode) == 0o640
    stamp = good.stat().st_mtime_ns
    assert triage("notebook", "clean", good) == (0, "", "")
    assert good.stat().st_mtime_ns == stamp
    assert sorted(path.name for path in tmp_path.iterdir()) == ["bad.ipynb", "good.ipynb", "link.ipynb"]


def test_notebook_clean_goes_on_behind_one_that_is_none_and_secrets_give_the_code(tmp_path):
    none, bad, good = (tmp_path / name for name in ("none.ipynb", "bad.ipynb", "good.ipynb"))
    none.write_text("no notebook")
    bad.write_text(json.dumps(NOTEBOOK | {"metadata": {"note": LINE}}))
    good.write_text(json.dumps(NOTEBOOK))
    code, out, err = triage("notebook", "clean", tmp_path / "gone.ipynb", none, bad, good)
    assert (code, out) == (5, f"cleaned {good}\n")
    assert all(told in err for told in ("gone.ipynb", "none.ipynb: this is no notebook", "bad.ipynb: not written"))
    assert triage("notebook", "clean", good, none)[0] == 4
    assert triage("notebook", "clean", tmp_path / "gone.ipynb", none)[0] == 3


def test_notebook_clean_in_git(tmp_path):
    """As it is documented: a filter and an attribute, and git refuses what it refuses."""

    def git(*arguments):
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return subprocess.run(["git", *arguments], cwd=tmp_path, capture_output=True, check=False, env=environment)

    git("init", "--quiet")
    git("config", "filter.triage-notebook.clean", f'"{sys.executable}" -m triage.cli notebook clean')
    git("config", "filter.triage-notebook.required", "true")
    (tmp_path / ".gitattributes").write_text("*.ipynb filter=triage-notebook\n")
    path = tmp_path / "a.ipynb"
    path.write_text(json.dumps(NOTEBOOK))
    assert git("add", "a.ipynb").returncode == 0
    assert b"widgets" not in git("show", ":a.ipynb").stdout
    path.write_text(json.dumps(NOTEBOOK | {"metadata": {"note": LINE}}))
    refused = git("add", "a.ipynb")
    assert refused.returncode != 0
    assert SECRET.encode() not in refused.stderr
    assert SECRET.encode() not in git("show", ":a.ipynb").stdout


def test_the_hook_is_a_command_that_is_there():
    hook = (SAMPLES.parent / ".pre-commit-hooks.yaml").read_text("utf-8")
    (entry,) = [line.partition(": ")[2].split() for line in hook.splitlines() if line.strip().startswith("entry:")]
    assert entry[0] == "triage"
    assert triage(*entry[1:], "--help")[0] == 0


def test_the_raw_commands_say_so():
    for command in ("incidents", "table"):
        assert "Raw" in triage(command, "--help")[1]
