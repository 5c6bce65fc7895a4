"""What may be approved, what is recorded, and what stops it."""

import base64
import io
import json
import tarfile
import zipfile

import pandas as pd
import pytest

import triage
from tests import canaries
from tests.reading import SAMPLES
from triage.errors import RedactionError
from triage.redact.policy import Pattern, Policy

PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"


def record(archive):
    return json.loads(members(archive)["REVIEW.json"])


def members(archive):
    with tarfile.open(fileobj=io.BytesIO(archive.bytes)) as tar:
        return {info.name: tar.extractfile(info).read() for info in tar}


def test_the_record_says_who_when_by_which_policy_and_what():
    policy = Policy(keys=("tenant",))
    redacted = triage.load(canaries.archive()).redact(policy)
    told = record(
        redacted.approve(by=" Ada ", when="2026-02-10T12:00:00+01:00", skip=["case/input/bundle/logs/app.log"])
    )
    assert (told["by"], told["when"], told["policy"]) == ("Ada", "2026-02-10T11:00:00Z", policy.version)
    assert told["policy_weakens"] == []
    assert told["skipped"] == ["case/input/bundle/logs/app.log"]
    assert {row["kind"] for row in told["masked"]} >= {"password", "email", "username"}
    assert set(told) >= {
        "rules",
        "rules_commit",
        "manifest_sha256",
        "dropped",
        "unmasked",
        "originals",
        "files",
        "triage",
    }


def test_a_name_alone_is_a_list_of_one():
    redacted = triage.loads("started\n").redact()
    assert record(redacted.approve(by="Ada", skip="case/pasted"))["skipped"] == ["case/pasted"]
    with pytest.raises(triage.TriageError, match="skip names a file that is not in here; there is case/pasted"):
        redacted.approve(by="Ada", skip="case/past")


def test_only_who_and_when_differ_between_two_approvals():
    case = triage.load(canaries.archive())
    one, two = case.redact().approve(by="Ada", when="2026-01-01"), case.redact().approve(by="Bob", when="2026-01-02")
    first, second = members(one), members(two)
    assert {name for name in first if first[name] != second[name]} == {"REVIEW.json"}
    left, right = record(one), record(two)
    assert {key for key in left if left[key] != right[key]} == {"by", "when"}


def test_whoever_signs_may_do_so_by_an_address():
    assert record(triage.loads("started").redact().approve(by="ada@example.org"))["by"] == "ada@example.org"


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({"by": " "}, "nobody is named"),
        ({"by": "Ada", "skip": ["case/past"]}, "skip names a file that is not in here; there is case/pasted"),
        ({"by": "Ada", "drop": {"case/pasted": " "}}, "drop needs a reason"),
        ({"by": "Ada", "drop": {"case/pasted": "no"}}, "every file is dropped"),
        ({"by": "Ada", "unmask": {"[password:9:1]": "no"}}, "unmask names a mask that is not in here"),
        ({"by": "Ada", "originals": {"case/pasted": "no"}}, "only a file that leaves as rows"),
        ({"by": "Ada", "when": "yesterday"}, "when is no time"),
    ],
)  # fmt: skip
def test_a_wrong_call_says_what_to_do(decisions, message):
    with pytest.raises(triage.TriageError, match=message.replace("[", r"\[")):
        triage.loads("login with password=quartz-otter-77\n").redact().approve(**decisions)


def test_a_reason_may_not_hold_a_value():
    redacted = triage.load(canaries.archive()).redact()
    name = next(name for name in redacted.working.members if name.endswith("app.log"))
    with pytest.raises(RedactionError, match="a reason holds") as caught:
        redacted.approve(by="Ada", drop={name: f"has {canaries.PLANTED['log line']}"})
    assert canaries.held(str(caught.value)) == []


def test_a_residue_stops_everything_and_is_named_by_place_and_kind(tmp_path):
    redacted = triage.loads("one\nlogin with password=quartz-otter-77\n").redact()
    working = redacted.working
    member = working.members["case/pasted"]
    # As if a rule had failed to mask what another finds.
    member.piece = working.spool.write([b"one\ntwo\nagain quartz-otter-77\n"])
    with pytest.raises(RedactionError, match=r"case/pasted, line 3: .*password \(1\).*nothing was frozen") as caught:
        redacted.approve(by="Ada").save(tmp_path / "x.tar.gz")
    assert "quartz" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_what_was_unmasked_with_a_reason_is_no_residue_and_only_for_that_approval():
    redacted = triage.loads("login with password=quartz-otter-77, then quartz-otter-77\n").redact()
    archive = redacted.approve(by="Ada", unmask={"[password:1:8-15]": "a value of the manual"})
    assert members(archive)["case/pasted"].count(b"quartz-otter-77") == 2
    assert record(archive)["unmasked"] == [{"mask": "[password:1:8-15]", "reason": "a value of the manual"}]
    assert b"quartz" not in members(redacted.approve(by="Ada"))["case/pasted"]


def test_an_original_counts_once_beside_its_rows():
    case = triage.load(SAMPLES / "minidump" / "windows-access-violation.dmp")
    name = "derived/case/windows-access-violation.dmp.json"
    archive = case.redact().approve(by="Ada", originals={name: "a dump of a test program"})
    assert "originals/case/windows-access-violation.dmp" in archive.files
    back = triage.load(archive.bytes)
    assert back.events()["event_id"].tolist() == case.events()["event_id"].tolist()
    assert back.incidents()["count"].tolist() == [1]


def test_an_original_of_an_envelope_brings_no_frames_of_its_own():
    case = triage.load(SAMPLES / "sentry" / "python-crash.envelope")
    redacted = case.redact()
    (name,) = redacted.working.members
    back = triage.load(redacted.approve(by="Ada", originals={name: "asked for"}).bytes)
    assert len(back.frames()) == len(case.frames())
    assert set(back.frames()["stack_key"]) == set(back.stacks()["stack_key"])


def test_a_pattern_of_the_policy_holds_for_what_leaves():
    case = triage.loads("badge B-123456 was refused\n")
    archive = case.redact(Policy(patterns=(Pattern("badge", r"B-(\d{6})"),))).approve(by="Ada")
    assert members(archive)["case/pasted"] == b"badge B-[badge:1:4-7] was refused\n"


def hostile_tar():
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:

        def add(name, data=b"text\n", kind=tarfile.REGTYPE, link=""):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
            info.uname = "owner-of-archive"
            tar.addfile(info, io.BytesIO(data))

        add("ok.log", b"fine\n")
        add("../../etc/passwd")
        add("/absolute")
        add("C:\\windows.txt")
        add("a/../../b")
        add("OK.log", b"the same name in capitals\n")
        add("link", kind=tarfile.SYMTYPE, link="/etc/shadow")
        add("hard", kind=tarfile.LNKTYPE, link="ok.log")
        add("device", kind=tarfile.CHRTYPE)
        add("fifo", kind=tarfile.FIFOTYPE)
        add("con.txt")
        add("esc\x1b[2J.log")
        add("bidi\u202e.log")
        add("file", b"a file\n")
        add("file/under", b"under a file\n")
        add("trailing. ", b"dots\n")
    return out.getvalue()


def test_what_leaves_of_a_hostile_archive_is_plain():
    archive = triage.load(hostile_tar()).redact().approve(by="Ada")
    seen = set()
    with tarfile.open(fileobj=io.BytesIO(archive.bytes)) as tar:
        for info in tar:
            assert info.isreg()
            assert not info.name.startswith("/")
            assert ".." not in info.name.split("/")
            assert "\\" not in info.name
            assert info.name.isprintable()
            assert info.name.casefold() not in seen
            assert not any(part.endswith((".", " ")) for part in info.name.split("/"))
            assert (info.uname, info.gname, info.linkname, info.pax_headers) == ("", "", "", {})
            seen.add(info.name.casefold())
    files = [name for name in seen if "/" in name]
    assert not any(f"{other}/" in name for name in files for other in files if name != other)
    assert {"case/input/ok.log", "case/input/_con.txt"} <= seen
    for absent in ("passwd", "absolute", "windows", "link", "hard", "device", "fifo"):
        assert not any(absent in name for name in seen)
    assert triage.load(archive.bytes).files()["parse_status"].isin(["ok", "unknown"]).all()


def test_a_bomb_ends_early_and_what_was_read_leaves():
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        out.writestr("a.log", b"password=quartz-otter-77\n")
        out.writestr("bomb.log", bytes(300 << 20))
    limits = triage.Limits(member_bytes=1 << 20)
    case = triage.load([packed.getvalue(), b"other"], limits=limits)
    archive = case.redact().approve(by="Ada")
    assert any(name.endswith("a.log") for name in archive.files)
    assert not any("bomb" in name for name in archive.files)
    assert archive.size < 10_000


def test_members_of_archives_in_archives_leave_under_their_path():
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as out:
        out.writestr("deep.log", b"login with password=quartz-otter-77\n")
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as out:
        out.writestr("inner.zip", inner.getvalue())
    archive = triage.load(outer.getvalue()).redact().approve(by="Ada")
    assert members(archive)["case/input/inner.zip/deep.log"] == b"login with password=[password:1:8-15]\n"


def test_what_nobody_saw_is_not_frozen(tmp_path):
    log, dump = tmp_path / "app.log", tmp_path / "app.dmp"
    log.write_text("user ada@kestrel-bank.net logged in\n")
    dump.write_bytes((SAMPLES / "minidump" / "windows-access-violation.dmp").read_bytes())
    redacted, binary = triage.load(log).redact(), triage.load(dump).redact()
    (mask,) = redacted.working.members["case/app.log"].marks.masks
    log.write_text(log.read_text() + "the minutes of the board\n")
    dump.write_bytes(b"something else")
    with pytest.raises(RedactionError, match=r"has changed since it was masked.*look at it anew"):
        redacted.approve(by="Ada", unmask={mask: "our own address"})
    with pytest.raises(RedactionError, match=r"has changed since it was masked.*look at it anew"):
        binary.approve(by="Ada", originals={"derived/case/app.dmp.json": "asked for"})
    assert members(redacted.approve(by="Ada"))["case/app.log"] == f"user {mask} logged in\n".encode()


ENCODED = base64.b64encode(b"mail ada@kestrel-bank.net ok password=orchard-9-plums\n").decode()


def test_a_run_leaves_only_with_all_that_it_decodes_to():
    text = f"user ada@kestrel-bank.net\npassword=orchard-9-plums\nblob {ENCODED}\n"
    redacted = triage.loads(text).redact()
    mail, secret, run = redacted.working.members["case/pasted"].marks.masks
    assert run.startswith("[encoded:")
    for undone in ([run], [run, mail]):
        with pytest.raises(RedactionError, match="stays: what it stands for holds other values") as caught:
            redacted.approve(by="Ada", unmask=dict.fromkeys(undone, "a blob"))
        assert "orchard" not in str(caught.value)
    archive = redacted.approve(by="Ada", unmask=dict.fromkeys([run, mail, secret], "a test"))
    assert members(archive)["case/pasted"].decode() == text
    assert record(archive)["masked"] == []


def test_what_is_told_of_an_unmasking_is_what_became_of_it():
    text = "mail ada@kestrel-bank.net\npassword=orchard-9-plums\nat https://ada@kestrel-bank.net:orchard-9-plums@h.example/x\n"
    redacted = triage.loads(text).redact()
    archive = redacted.approve(by="Ada", unmask={"[email:1:16-31]": "our own"})
    assert record(archive)["masked"] == [{"kind": "password", "count": 2}]
    with pytest.raises(RedactionError, match="would not stand as it was reviewed"):
        redacted.approve(by="Ada", unmask={"[password:1:8-15]": "why not"})


@pytest.mark.parametrize(
    ("decisions", "message"),
    [
        ({"by": "Ada, token ghp_" + "A1b2C3d4E5f6G7h8I9j0" + "K1l2M3n4O5p6Q7r8"}, "name of who reviewed it holds what"),
        ({"by": "Ada\ud800"}, "do not print"),
        ({"by": "Ada\x1b[31m"}, "do not print"),
        ({"by": "Ada", "unmask": {"[password:1:8-15]": None}}, "a reason for each, a text"),
        ({"by": "Ada", "unmask": {"[password:1:8-15]": "a \ud800"}}, "do not print"),
        ({"by": "Ada", "skip": [5]}, "of the type int"),
        ({"by": "Ada", "when": pd.NaT}, "when is no time"),
    ],
)  # fmt: skip
def test_what_cannot_be_recorded_is_told_and_not_quoted(decisions, message):
    with pytest.raises(triage.TriageError, match=message) as caught:
        triage.loads("login with password=quartz-otter-77\n").redact().approve(**decisions)
    assert "ghp_" not in str(caught.value)


def test_a_name_is_one_line():
    assert record(triage.loads("started").redact().approve(by="Ada\napproved by  Eve"))["by"] == "Ada approved by Eve"


def test_nothing_is_nothing_to_approve(tmp_path):
    with pytest.raises(triage.TriageError, match="no file would leave"):
        triage.load(tmp_path).redact().approve(by="Ada")
