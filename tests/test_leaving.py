"""Which files leave, as what, under which name."""

from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import SAMPLES
from triage.redact.redactor import Redactor
from triage.share import leaving
from triage.share.leaving import Names
from triage.sources.names import printable

UUID = "5b2f5e0c-3f0c-4f57-9d0f-6a1c0f3f7b21"


def planned(what, **options):
    raw = triage.load(what, **options).raw
    return {file.path: file.derived for file in leaving.plan(raw.tables, leaving.texts(raw.inputs, raw.limits))}


def test_text_leaves_as_itself_and_everything_else_as_rows():
    assert planned(SAMPLES / "minidump" / "windows-access-violation.dmp") == {"case/windows-access-violation.dmp": True}
    assert planned(SAMPLES / "sentry" / "python-crash.envelope") == {"case/python-crash.envelope": True}
    assert planned(b"text") == {"case/input": False}
    assert planned("text".encode("utf-16")) == {"case/input": True}
    assert planned(b"te\xffxt") == {"case/input": True}
    assert planned(b"te\0xt") == {"case/input": True}
    assert planned(b"\xef\xbb\xbftext") == {"case/input": False}


def test_a_cut_character_at_the_end_of_a_chunk_is_still_text():
    assert planned(("é" * (1 << 20)).encode()) == {"case/input": False}
    assert planned(("x" + "é" * (1 << 20)).encode()) == {"case/input": False}
    assert planned(("x" * 70_000 + "é").encode()[:-1]) == {"case/input": True}


def test_one_crash_of_0xgen_keeps_its_root_and_several_do_not():
    one = planned(SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz")
    assert "crash/manifest.json" in one
    two = planned(sorted((SAMPLES / "0xgen").glob("crash-*.tar.gz")))
    assert all(path.startswith("case/crash-2026") for path in two)


def test_an_attachment_beside_an_envelope_stays_text():
    cache = planned(SAMPLES / "sentry" / "cache")
    assert cache == {
        f"case/cache/{UUID}-service.log": False,
        f"case/cache/{UUID}.dmp": True,
        f"case/cache/{UUID}.envelope": True,
    }


def test_the_files_of_a_bundle_go_the_same_way(tmp_path):
    import tarfile

    with tarfile.open(SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz") as tar:
        for info in tar:
            if info.isfile():
                data = tar.extractfile(info).read()
                data = data.decode().encode("utf-16") if info.name.endswith("diagnostics.json") else data
                (tmp_path / info.name.rpartition("/")[2]).write_bytes(data)
    case = triage.load(tmp_path)
    assert set(planned(tmp_path).values()) == {True}
    back = triage.load(case.redact().approve(by="Ada").bytes)
    assert back.events()["event_id"].tolist() == case.events()["event_id"].tolist()
    assert len(back.logs()) == len(case.logs())
    assert len(back.annotations().query("scope == 'device'")) == len(case.annotations().query("scope == 'device'"))


def test_what_is_skipped_does_not_leave():
    store = planned(SAMPLES / "debugbundle" / "store")
    assert not any(".tmp-" in path for path in store)
    assert len(store) == 12


def test_the_plan_is_in_the_order_of_the_paths():
    paths = list(planned(SAMPLES))
    assert paths == sorted(paths)


@given(st.lists(st.text(min_size=1, max_size=30), max_size=12))
def test_any_names_become_distinct_plain_ones(paths):
    names = Names()
    made = [names(f"case/{path}") for path in paths]
    folded = [name.casefold() for name in made]
    assert len(set(folded)) == len(folded)
    for name in made:
        assert name.startswith("case") or name == "case"
        assert not {"", ".", ".."} & set(name.split("/"))
        assert not set(name) & set('\\<>"|?*\0\n')
    for name in folded:
        assert not any(other.startswith(f"{name}/") for other in folded)


def test_the_files_of_two_folders_that_fold_to_one_stay_apart():
    names = Names()
    made = [names("case/A/x"), names("case/a/x"), names("case/A/y"), names("case/a/y")]
    assert made == ["case/A/x", "case/a-2/x", "case/A/y", "case/a-2/y"]


def test_names_are_portable_and_masks_in_them_are_found_by_no_rule_again():
    kinds = [
        "email",
        "password",
        "username",
        "phone",
        "card",
        "iban",
        "ssn",
        "person",
        "ipv4",
        "mac",
        "jwt",
        "passport",
    ]
    for kind in kinds:
        for number in ("1", "113", "ABCDEFGHIJ234"):
            for length in ("1", "4-7", "16-31", "1024-2047"):
                name = Names()(f"case/[{kind}:{number}:{length}]/a_[{kind}:{number}:{length}].dmp.json")
                assert name == f"case/[{kind}-{number}-{length}]/a_[{kind}-{number}-{length}].dmp.json"
                assert Names()(name) == name
                assert Redactor().text(name) == name


def test_what_does_not_print_in_a_name_makes_no_folder():
    assert Names()("case/a:b.log") == "case/a_b.log"
    escaped = ("bidi\u202egpj.log", "two\nlines.log", "esc\x1b[2J.log", "byte\udcff.log")
    assert [Names()(f"case/{printable(name)}") for name in escaped] == [
        *("case/bidi_gpj.log", "case/two_lines.log", "case/esc_[2J.log", "case/byte_.log"),
    ]


def test_a_file_with_a_masked_name_is_the_same_once_it_is_loaded_again(tmp_path):
    name = "ada@kestrel-bank.net.log"
    (tmp_path / name).write_text(f"2026-01-26T01:25:00Z ERROR mail of {name} failed\n")
    redacted = triage.load(tmp_path).redact()
    archive = redacted.approve(by="Ada")
    (path,) = [name for name in archive.files if "/" in name]
    assert path.endswith("/[email-1-16-31].log")
    back = triage.load(archive.bytes)
    assert back.logs()["event_id"].tolist() == redacted.logs()["event_id"].tolist()
    assert path in back.files()["path"].tolist()
    assert path in redacted.files()["path"].tolist()
    again = back.redact().approve(by="Ada")
    assert [name.rpartition("/")[2] for name in again.files if name.endswith(".log")] == ["[email-1-16-31].log"]
