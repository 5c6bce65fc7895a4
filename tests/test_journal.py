"""The journal on disk: written by several at once, torn, merged by git, read in any order."""

import getpass
import json
import os
import shutil
import subprocess
import sys
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.deciding import clock, event, incident_of, journal, load, store
from triage import journal as journals
from triage import journal_lines
from triage.errors import JournalError
from triage.journal import Journal, Subject, ordered, parse
from triage.locking import locked

ONE = [Subject(incident_id="inc_1")]


def written(folder, count, **more):
    """A journal with that many notes."""
    made = journal(folder, **more)
    for number in range(count):
        made.append("note", why=f"note {number}", subjects=ONE)
    return made


def test_what_is_written_is_read(tmp_path):
    made = journal(tmp_path)
    subject = Subject(
        incident_id="inc_1", service="api", group_key="5f", algo_version=2, made_by="dec_1", events=("e1", "e2")
    )
    first = made.append("resolve", why="fixed → 1.2", subjects=[subject], known=("e2",))
    second = made.append("revoke", of=first.id)
    assert Journal(made.path).entries() == [first, second]
    assert (first.who, first.when, first.parents) == ("Ada", "2026-03-01T12:00:00.000000Z", ())
    assert second.parents == (first.id,)
    lines = made.path.read_bytes().split(b"\n")
    assert [json.loads(line)["what"] for line in lines[:-1]] == ["resolve", "revoke"]
    assert lines[-1] == b""
    assert "fixed → 1.2".encode() in lines[0]
    assert "fixed" not in repr(made)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda line: line[:-9], "torn or no JSON"),
        (lambda line: line.replace(b"note 0", b"note 9"), "changed by hand"),
        (lambda line: line.replace(b'"Ada"', b"7"), "not in the form"),
        (lambda _: b"<<<<<<< HEAD", "conflict that git left"),
        (lambda _: b"=======", "conflict that git left"),
        (lambda _: b"[1, 2]", "no entry"),
        (lambda _: b'{"what": "note"}', "no entry"),
        (lambda _: b"[" * 100_000, "torn or no JSON"),
        (lambda line: line + b" " * (5 << 20) + b"x", "longer than"),
        (lambda _: b'"\xff\xfe"', "torn or no JSON"),
    ],
)
def test_a_damaged_line_is_kept_told_of_and_passed_over(tmp_path, change, reason):
    made = written(tmp_path, 2)
    first, second = made.path.read_bytes().splitlines()
    made.path.write_bytes(change(first) + b"\n" + second + b"\n")
    again = Journal(made.path)
    assert [entry.why for entry in again.entries()] == ["note 1"]
    ((line, told),) = again.damaged()
    assert line == 1
    assert reason in told
    before = made.path.read_bytes()
    again.append("note", subjects=ONE)
    assert made.path.read_bytes().startswith(before)


def sealed(**fields):
    usual = {"who": "Ada", "when": "2026-03-01T12:00:00Z", "what": "note", "subjects": tuple(ONE)}
    return journals._line(journals._sealed(usual | fields))


def test_a_kind_or_time_that_is_not_known_is_told_of():
    assert "does not know" in parse(sealed(what="snooze").strip())
    assert parse(sealed(when="yesterday").strip()) == "no time"
    assert "does not know" in parse(sealed(what="split", by="colour").strip())
    assert parse(sealed().strip()).who == "Ada"


@pytest.mark.parametrize(
    "fields",
    [
        {"subjects": ()},
        {"what": "merge"},
        {"what": "pin", "events": ("e1",)},
        {"what": "revoke"},
        {"subjects": (Subject(incident_id="<b>"),)},
        {"what": "merge", "into": "inc_1\n"},
        {"what": "split", "by": "variant", "sides": (journals.Side(incident_id=""),)},
    ],
)
def test_an_entry_that_does_not_say_what_it_is_about_is_told_of(fields):
    assert parse(sealed(**fields).strip()) == "does not say what it is about"


def test_what_could_not_be_read_again_is_not_written(tmp_path):
    made = journal(tmp_path)
    with pytest.raises(JournalError, match="more than 4,194,304 bytes"):
        made.append("note", why="x" * (5 << 20), subjects=ONE)
    assert made.path.read_bytes() == b""


def test_fields_of_a_later_version_do_not_hide_an_entry():
    raw = json.loads(sealed()) | {"mood": "good"}
    raw["id"] = journal_lines.digest(raw)
    assert parse(json.dumps(raw).encode()).what == "note"


@given(st.data())
def test_a_torn_last_line_is_survived_and_closed_by_the_next(tmp_path_factory, data):
    made = written(tmp_path_factory.mktemp("torn"), 3)
    whole = made.path.read_bytes()
    cut = data.draw(st.integers(0, len(whole)))
    made.path.write_bytes(whole[:cut])
    complete = whole[:cut].count(b"\n") + (whole[cut : cut + 1] == b"\n")
    assert len(Journal(made.path).entries()) == complete
    added = Journal(made.path, who="Bob", when="2026-03-02").append("note", why="after", subjects=ONE)
    after = Journal(made.path)
    assert after.entries()[-1] == added
    assert len(after.entries()) == complete + 1
    assert len(after.damaged()) <= 1


@given(st.binary(max_size=300), st.integers(0, 2))
def test_any_bytes_are_read(tmp_path_factory, junk, place):
    made = written(tmp_path_factory.mktemp("junk"), 2)
    lines = made.path.read_bytes().splitlines()
    lines.insert(place, junk)
    made.path.write_bytes(b"\n".join(lines))
    assert len(Journal(made.path).entries()) >= (2 if b"\n" not in junk else 0)


WRITER = """
import sys
from triage.journal import Journal, Subject
for number in range(25):
    Journal(sys.argv[1], who=sys.argv[2]).append("note", why=str(number), subjects=[Subject(incident_id="inc_1")])
"""


def test_two_processes_write_at_once(tmp_path):
    path = tmp_path / "new" / "journal.ndjson"
    command = [sys.executable, "-c", WRITER, str(path)]
    running = [subprocess.Popen([*command, who], stderr=subprocess.PIPE) for who in ("Ada", "Bob")]
    assert [(process.communicate()[1], process.returncode) for process in running] == [(b"", 0)] * 2
    made = Journal(path)
    assert (len(made.entries()), made.damaged()) == (50, [])
    # Each saw what was there before it: one line of descent, nobody decided without knowing.
    assert [entry.parents for entry in made.entries()[1:]] == [(entry.id,) for entry in made.entries()[:-1]]
    for who in ("Ada", "Bob"):
        assert [entry.why for entry in made.entries() if entry.who == who] == [str(number) for number in range(25)]


def test_threads_write_at_once(tmp_path):
    made = journal(tmp_path)
    threads = [threading.Thread(target=written, args=(tmp_path, 10), kwargs={"who": who}) for who in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made.entries()), made.damaged()) == (40, [])


def test_a_lock_that_another_holds_is_waited_for_and_then_told_of(tmp_path, monkeypatch):
    made = journal(tmp_path)
    with locked(made.path):
        with pytest.raises(TimeoutError), locked(made.path, patience=0.05):
            pass
        monkeypatch.setattr(journals, "locked", lambda path: locked(path, patience=0.05))
        with pytest.raises(JournalError, match="held by another process"):
            made.append("note", subjects=ONE)
    made.append("note", subjects=ONE)
    assert len(made.entries()) == 1


def test_the_lock_is_on_the_file_that_is_there_and_not_on_one_that_git_replaced(tmp_path):
    path = tmp_path / "journal.ndjson"
    waiting = threading.Event()

    def write():
        waiting.set()
        with locked(path) as handle:
            os.write(handle, b"late\n")

    with locked(path):
        thread = threading.Thread(target=write)
        thread.start()
        waiting.wait()
        (tmp_path / "other").write_bytes(b"new\n")
        (tmp_path / "other").replace(path)
    thread.join()
    assert path.read_bytes() == b"new\nlate\n"


def entries_of(choices):
    """Entries made of numbers: each names earlier ones as parents and has a time."""
    made = []
    for minute, parents in choices:
        named = tuple(sorted({made[at % len(made)].id for at in parents})) if made else ()
        when = f"2026-03-01T12:{minute:02d}:00Z"
        made.append(journals._sealed({"who": "Ada", "when": when, "what": "note", "parents": named}))
    return made


DAG = st.lists(st.tuples(st.integers(0, 5), st.lists(st.integers(0, 99), max_size=3)), max_size=12)


@given(DAG, st.randoms(use_true_random=False))
def test_the_order_is_that_of_parents_then_time_then_id_whatever_the_order_of_lines(choices, random):
    made = entries_of(choices)
    shuffled = made + random.choices(made, k=3) if made else []
    random.shuffle(shuffled)
    found = ordered(shuffled)
    assert found == ordered(made)
    assert {entry.id for entry in found} == {entry.id for entry in made}
    place = {entry.id: at for at, entry in enumerate(found)}
    assert all(place[parent] < place[entry.id] for entry in found for parent in entry.parents)
    free = [entry for entry in found if not entry.parents]
    assert free == sorted(free, key=lambda entry: (entry.micros, entry.id))


def test_a_parent_that_is_not_there_holds_nobody_up():
    (entry,) = entries_of([(0, [])])
    orphan = journals._sealed({"when": "2026-03-01T11:00:00Z", "what": "note", "parents": ("dec_gone",)})
    assert ordered([entry, orphan]) == [orphan, entry]


def git(folder, *arguments):
    settings = ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main"]
    subprocess.run(["git", *settings, *arguments], cwd=folder, check=True, capture_output=True)


@pytest.mark.skipif(shutil.which("git") is None, reason="no git")
def test_git_merges_two_peoples_decisions_and_both_orders_say_the_same(tmp_path):
    root = tmp_path / "repo"
    (root / ".triage").mkdir(parents=True)
    (root / ".gitattributes").write_text(".triage/journal.ndjson text eol=lf merge=union\n")
    made = Journal(root, who="Ada", when=clock())
    made.append("note", why="before", subjects=ONE)
    git(root, "init")
    git(root, "add", ".")
    git(root, "commit", "-m", "1")
    for branch, who, start in (("a", "Ada", 10), ("b", "Bob", 5)):
        git(root, "checkout", "-b", branch, "main")
        mine = Journal(root, who=who, when=clock(start))
        for number in range(3):
            mine.append("note", why=f"{who} {number}", subjects=ONE)
        git(root, "commit", "-am", who)
    git(root, "checkout", "-b", "ba", "b")
    git(root, "merge", "a", "-m", "ba")
    one, first = Journal(root).entries(), made.path.read_bytes()
    git(root, "checkout", "-b", "ab", "a")
    git(root, "merge", "b", "-m", "ab")
    assert Journal(root).entries() == one
    assert made.path.read_bytes() != first
    assert [entry.why for entry in one] == ["before", *(f"{who} {n}" for who in ("Bob", "Ada") for n in range(3))]
    assert Journal(root).damaged() == []
    # The next decision knows of both.
    joined = Journal(root, who="Cid", when=clock(60)).append("note", subjects=ONE)
    assert len(joined.parents) == 2


def test_found_upward_and_made_in_the_working_directory(tmp_path, monkeypatch):
    below = tmp_path / "project" / "a"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert Journal.found().path == below / ".triage" / "journal.ndjson"
    assert not (below / ".triage").exists()
    (tmp_path / "project" / ".triage").mkdir()
    assert Journal.found().path == tmp_path / "project" / ".triage" / "journal.ndjson"


def test_a_journal_is_named_by_its_file_or_by_a_folder(tmp_path):
    inside = tmp_path / ".triage" / "journal.ndjson"
    assert Journal(tmp_path).path == Journal(tmp_path / ".triage").path == inside
    assert Journal(tmp_path / "mine.ndjson").path == tmp_path / "mine.ndjson"


def test_none_is_found_inside_an_input(tmp_path, monkeypatch):
    bundle = tmp_path / "bundle"
    (bundle / ".triage").mkdir(parents=True)
    monkeypatch.chdir(bundle)
    (tmp_path / ".triage").mkdir()
    assert Journal.found([bundle]).path == tmp_path / ".triage" / "journal.ndjson"
    (tmp_path / ".triage").rmdir()
    found = Journal.found([tmp_path])
    assert (found.path, found.entries()) == (None, [])
    with pytest.raises(JournalError, match=r"lies inside the input.*journal=PATH"):
        found.append("note", subjects=ONE)


def test_a_home_is_known_by_its_sign(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    bundle = store(tmp_path / "bundle", [event(1)])
    monkeypatch.chdir(bundle)
    (bundle / ".triage").mkdir()
    with pytest.raises(JournalError, match="lies inside the input"):
        triage.load("~/bundle").resolve(triage.load("~/bundle").incidents()["incident_id"][0])


def test_who_decides(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", os.devnull)
    monkeypatch.setenv("LOGNAME", "ada-login")
    settings = tmp_path / "gitconfig"
    settings.write_text("[user]\n  name = Ada  Lovelace\n  email = ada@example.org\n")
    assert Journal(tmp_path / "j").who == "Ada Lovelace"
    settings.write_text("[user]\n  name = ada@example.org\n")
    assert Journal(tmp_path / "j").who == getpass.getuser() == "ada-login"
    monkeypatch.setenv("LOGNAME", "ada@corp")
    assert Journal(tmp_path / "j").who == "ada"
    assert Journal(tmp_path / "j", who="ada@example.org").who == "ada@example.org"


def test_when(tmp_path):
    assert Journal(tmp_path, when="2026-03-01T12:00:00+02:00").now() == "2026-03-01T10:00:00.000000Z"
    assert Journal(tmp_path, when="2026-03-01T12:00:00").now() == "2026-03-01T12:00:00.000000Z"
    assert Journal(tmp_path).now().endswith("Z")
    with pytest.raises(JournalError, match="no ISO time"):
        Journal(tmp_path, when="soon").now()


def test_what_cannot_be_read_or_written_is_an_error_that_says_what_to_do(tmp_path):
    (tmp_path / "journal.ndjson").mkdir()
    made = Journal(tmp_path / "journal.ndjson" / ".." / "journal.ndjson" / ".triage")
    made.path = tmp_path / "journal.ndjson"
    with pytest.raises(JournalError, match=r"cannot read .*journal=PATH"):
        made.entries()
    with pytest.raises(JournalError, match=r"cannot write .*journal=PATH"):
        made.append("note", subjects=ONE)
    (tmp_path / "file").write_text("")
    with pytest.raises(JournalError, match="cannot write"):
        Journal(tmp_path / "file" / "journal.ndjson").append("note", subjects=ONE)
    assert Journal(tmp_path / "file" / "journal.ndjson").entries() == []


def test_a_journal_inside_an_input_is_shown_and_never_applied(tmp_path):
    bundle = store(tmp_path / "bundle", [event(1)])
    outside = load(bundle, journal(tmp_path))
    outside.resolve(incident_of(outside, 1), "planted")
    (bundle / ".triage").mkdir()
    line = (tmp_path / "journal.ndjson").read_bytes()
    inner = bundle / ".triage" / "journal.ndjson"
    inner.write_bytes(line + line + b"junk\n")
    case = triage.load(bundle, journal=tmp_path / "other.ndjson")
    assert case.incidents()["status"].tolist() == ["open"]
    (row,) = case.journal().to_dict("records")
    assert (row["what"], row["why"], row["effect"]) == ("resolve", "planted", "not applied")
    files = case.files().set_index("path")
    (told,) = files[files["role"] == "journal"].to_dict("records")
    assert (told["parse_status"], told["reason"]) == ("partial", "a journal inside an input is not applied")
    assert case.quarantine()["reason"].tolist() == ["torn or no JSON"]
    with pytest.raises(JournalError, match="lies inside the input"):
        triage.load(bundle, journal=inner)
    with pytest.raises(JournalError, match="lies inside the input"):
        triage.load(inner, journal=Journal(inner))


def test_reading_makes_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    bundle = store(tmp_path / "bundle", [event(1)])
    case = triage.load(bundle)
    case.incidents(), case.journal(), case.redact().close()
    assert [each.name for each in tmp_path.iterdir()] == ["bundle"]
    case.resolve(incident_of(case, 1))
    assert (tmp_path / ".triage" / "journal.ndjson").exists()
    assert triage.load(bundle).incidents()["status"].tolist() == ["resolved"]


def test_a_journal_that_was_named_and_is_not_there_is_told_of_until_somebody_decides(tmp_path):
    bundle = tmp_path / "in" / "a.log"
    bundle.parent.mkdir()
    bundle.write_text('Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: 1\n')
    case = triage.load(bundle, journal=tmp_path / "jurnal.ndjson")
    for told in (repr(case), repr(case.redact())):
        assert told.endswith(", the journal that was named is not there yet>")
        assert "jurnal" not in told
    case.resolve(case.incidents()["incident_id"].iloc[0])
    assert "journal" not in repr(case) + repr(case.redact())
    assert "journal" not in repr(triage.load(bundle))
    with pytest.raises(JournalError, match=r"there is no folder .*desk for the journal; .*journal=PATH"):
        triage.load(bundle, journal=tmp_path / "mistyped" / "desk" / "journal.ndjson")
    with pytest.raises(JournalError, match="there is no folder"):
        triage.load(bundle, journal=Journal(tmp_path / "mistyped" / "desk" / ".triage"))
    assert "not there yet" in repr(triage.load(bundle, journal=tmp_path / "new" / "journal.ndjson"))
    assert "not there yet" in repr(triage.load(bundle, journal=tmp_path / ".triage"))


def test_a_slash_at_the_end_names_a_folder_that_is_not_there_yet(tmp_path):
    made = Journal(f"{tmp_path}/new/", who="Ada")
    assert made.path == tmp_path / "new" / ".triage" / "journal.ndjson"
    bundle = store(tmp_path / "in", [event(1)])
    case = triage.load(bundle, journal=f"{tmp_path}/new/")
    case.resolve(incident_of(case, 1))
    assert made.path.exists()
    assert triage.load(bundle, journal=tmp_path / "new").incidents()["status"].tolist() == ["resolved"]


@pytest.mark.parametrize("place", ["x\x00y", "~nobody-of-that-name/x\x00/"])
def test_what_is_no_path_is_a_journal_error(place):
    with pytest.raises(JournalError, match=r"cannot look for the journal: .*journal=PATH"):
        Journal(place)
    with pytest.raises(JournalError, match="cannot look for the journal"):
        triage.load(b"", journal=place)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="rights do not bind this user")
def test_a_journal_that_nobody_may_look_for_is_a_journal_error(tmp_path):
    (tmp_path / "shut").mkdir(mode=0)
    try:
        with pytest.raises(JournalError, match="Permission denied"):
            triage.load(b"", journal=tmp_path / "shut" / "desk" / "journal.ndjson")
    finally:
        (tmp_path / "shut").chmod(0o700)


@pytest.mark.parametrize("text", ['{"event_id": 1}\n{"event_id": 2}\n', '{"event_id": 1}\n', "# A page\n\nof text\n"])
def test_a_file_that_is_something_else_is_neither_read_nor_written_as_a_journal(tmp_path, text):
    other = tmp_path / "events.ndjson"
    other.write_text(text)
    with pytest.raises(JournalError, match=r"events.ndjson is no journal, none of its lines .* is an entry"):
        triage.load(b"", journal=other).incidents(), Journal(other).entries()
    with pytest.raises(JournalError, match="is no journal"):
        Journal(other).append("note", subjects=ONE)
    assert other.read_text() == text


def test_what_does_not_print_is_escaped_in_the_file_and_read_as_it_was(tmp_path):
    made = journal(tmp_path)
    why = "fixed \u202e\u2028\u0085 \U000e0041 e\u0301 → \U0001f469\u200d\U0001f4bb"
    entry = made.append("note", why=why, subjects=ONE)
    text = made.path.read_text("utf-8")
    assert text.rstrip("\n").isprintable()
    assert r"fixed \u202e\u2028\u0085 \udb40\udc41 " in text
    assert "→" in text
    assert Journal(made.path).entries() == [entry]
    assert entry.why == why
    assert len(text.splitlines()) == 1
