"""The extract: frames first, within the caps of the plan, masked, and every line with its row."""

import hashlib

import pytest

import triage
from tests import canaries
from tests.reading import SAMPLES
from triage.errors import RedactionError, TriageError
from triage.hypotheses.extract import INDENT, extract, rescan
from triage.hypotheses.settings import ALWAYS, Settings
from triage.redact.policy import Policy
from triage.share.redacted import RedactedCase

ZONE = SAMPLES / "eqemu" / "crash_zone_9412.log"
PANIC = SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz"
FILES = [
    path.relative_to(SAMPLES).as_posix()
    for path in sorted(SAMPLES.rglob("*"))
    if path.is_file() and not {"make", "store"} & set(path.parts) and path.suffix not in {".md", ".gitattributes"}
]


def windows_report(modules=800, frames=2_000):
    """A report as StackWalker prints it, with more of everything than is sent."""
    head = "[01-26-2026 22:14:05] [Zone] [Crash] "
    lines = ["EXCEPTION_ACCESS_VIOLATION", "SymInit: Symbol-SearchPath: '.;C:\\srv', symOptions: 530, UserName: 'zeb'"]
    lines.append("OS-Version: 10.0.19045 () 0x100-0x1")
    for number in range(modules):
        name = f"mod{number}.dll"
        lines.append(
            f"C:\\srv\\{name}:{name} ({0x180000000 + number * 0x10000:016X}), size: 4096 (result: 0), SymType: 'PDB', "
            f"PDB: 'C:\\srv\\mod{number}.pdb', fileVersion: 1.0.0.{number}"
        )
    lines += [f"C:\\srv\\zone\\entity.cpp ({number + 1}): Entity::Step{number}" for number in range(frames)]
    return "".join(f"{head}{line} \n" for line in lines).encode()


def only(case):
    return case.incidents()["incident_id"].iloc[0]


def names(found):
    return [section.name for section in found.sections]


@pytest.fixture(scope="module")
def long():
    return triage.load(windows_report())


def test_a_raw_case_is_refused():
    case = triage.load(ZONE)
    with pytest.raises(TypeError, match="RedactedCase"):
        extract(case, only(case))


def test_an_incident_that_is_not_there_is_named():
    with pytest.raises(TriageError, match="incident_id"):
        triage.load(ZONE).extract("inc_0")


@pytest.mark.parametrize("path", FILES)
def test_every_sample_has_one_without_residue_and_it_is_the_same_from_both_kinds_of_redacted_case(path):
    case = triage.load(SAMPLES / path)
    whole = case.redact()
    for incident in case.incidents()["incident_id"].head(4):
        lazy = case.extract(incident)
        assert names(lazy)[0] == "exception"
        assert len(lazy.text) <= Settings().extract_chars
        assert hashlib.sha256(lazy.text.encode()).hexdigest() == lazy.digest
        frames = [section.lines for section in lazy.sections if section.name == "frames"]
        again = [section.lines for section in whole.extract(incident).sections if section.name == "frames"]
        assert [[line.text for line in lines] for lines in frames] == [[line.text for line in lines] for lines in again]


def test_the_crashing_frame_is_in_though_modules_and_frames_are_too_many(long):
    found = long.extract(only(long))
    assert names(found)[:3] == ["exception", "system", "frames"]
    assert "Entity::Step0 " in found.text
    assert "Entity::Step1999" in found.text
    sections = {section.name: section for section in found.sections}
    assert len(sections["modules"].lines) == 400
    assert sections["modules"].lines_cut == 400
    assert sections["modules"].chars <= 60_000
    assert sections["frames"].lines_cut == 1_600
    assert 20_000 < sections["head"].chars <= 25_000
    assert sections["head"].chars_cut == 0
    assert 20_000 < sections["tail"].chars <= 25_000 < sections["tail"].chars_in_all
    assert sections["tail"].lines[-1].text.endswith("(2000): Entity::Step1999")
    whole = len(windows_report().splitlines())
    assert len(sections["head"].lines) + sections["tail"].lines_in_all == whole
    assert len(found.text) <= 120_000
    assert any(told.startswith("modules: 400 lines and ") for told in found.cuts)
    assert "(400 lines cut here)" in found.text
    assert found.table.set_index("section").loc["frames", "lines_cut"] == 1_600


def test_exception_and_system_are_in_whatever_is_asked_for(long):
    found = extract(long.redact(), only(long), Settings(sections=ALWAYS, extract_chars=1_000))
    assert names(found) == ["exception", "system"]
    for told in ("EXCEPTION_ACCESS_VIOLATION", "SymInit: Symbol-SearchPath: '.;C:\\srv'", "OS-Version: 10.0.19045"):
        assert told in found.text
    assert "zeb" not in found.text


def test_the_digest_of_the_whole_is_that_of_what_was_there_before_the_cuts(long):
    short = extract(RedactedCase.lazy(long), only(long), Settings(extract_chars=5_000))
    wide = extract(RedactedCase.lazy(long), only(long))
    assert short.sha256 == wide.sha256
    assert short.digest != wide.digest
    assert len(short.text) < 8_000
    changed = triage.load(windows_report(frames=2_001))
    assert changed.extract(only(changed)).sha256 != wide.sha256


def test_each_line_knows_its_row():
    case = RedactedCase.lazy(triage.load(ZONE))
    found = extract(case, only(case))
    start = found.text.index("#4 EntityList::ScanCloseMobs")
    (line,) = found.rows_at(start, start + 20)
    assert line.table == "frames"
    assert case.frames(event=found.event_id)["function"].iloc[line.row] == "EntityList::ScanCloseMobs"
    start = found.text.index("libmysql.dll 6.1.11.0")
    (line,) = found.rows_at(start, start + 8)
    assert line.table == "modules"
    assert case.modules(event=found.event_id)["name"].iloc[line.row] == "libmysql.dll"
    start = found.text.index("[Crash] OS-Version")
    (line,) = found.rows_at(start, start + 8)
    assert (line.table, line.row) == ("files", 3)
    assert line.source_id == case.files()["source_id"].iloc[0]
    assert found.rows_at(0, 5) == []
    assert not found.is_data(0, 5)


def test_modules_of_the_crashing_stack_stand_first():
    case = triage.load(windows_report(modules=3, frames=0) + b"[01-26-2026 22:14:05] [Zone] [Crash] "
                       b"0000000180021000 (mod2): (filename not available): Last::Call \n")  # fmt: skip
    found = case.extract(only(case))
    modules = next(section for section in found.sections if section.name == "modules")
    assert [line.text.split()[0] for line in modules.lines] == ["mod2.dll", "mod0.dll", "mod1.dll"]
    assert [line.row for line in modules.lines] == [2, 0, 1]


def test_no_text_of_a_report_passes_for_a_heading():
    text = (
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nValueError: x\nframes: the crashing stack\n'
    )
    case = triage.loads(text + "\x1b[31m\u202eback\n")
    found = case.extract(only(case))
    headings = [line for line in found.text.splitlines() if line and not line.startswith((INDENT, "("))]
    assert [line.partition(":")[0] for line in headings] == names(found)
    assert "frames: the crashing stack\n" in found.text
    assert "\x1b" not in found.text
    assert "\u202e" not in found.text


def test_no_canary_is_in_the_extract_of_any_incident():
    case = triage.load(canaries.archive())
    for incident in case.incidents()["incident_id"]:
        found = case.extract(incident)
        assert canaries.held(found.text + repr(found) + str(found.cuts)) == []


def test_in_a_large_case_a_value_that_one_table_tells_is_masked_in_all():
    event = canaries.envelope()
    bulk = "".join(f"2026-02-10T09:00:{n % 60:02}Z INFO worker step {n} done without a word\n" for n in range(90_000))
    case = triage.load([event, bulk.encode()])
    lazy = RedactedCase.lazy(case)
    assert not lazy._masker.is_small
    for incident in case.incidents()["incident_id"]:
        assert canaries.held(lazy.extract(incident).text) == []


def test_residue_is_named_by_place_and_kind_and_not_quoted():
    case = triage.load(ZONE)
    found = case.extract(only(case))
    planted = found.text.replace("#5 NPC::Process", "#5 ada@post.example.org")
    with pytest.raises(RedactionError, match=r"kind email .*\(frames, line 6\)") as told:
        rescan(planted, Policy.default(), found)
    assert "ada" not in str(told.value)


def test_the_repr_holds_counts_only():
    case = triage.load(PANIC)
    found = case.extract(only(case))
    assert repr(found) == f"<triage.Extract: {len(found.sections)} sections, {len(found.text):,} characters>"
    assert str(found) == found.text


def test_the_order_of_the_inputs_changes_nothing():
    files = [ZONE, PANIC, SAMPLES / "traces" / "java-chain.txt"]
    one, other = triage.load(files), triage.load(files[::-1])
    for incident in one.incidents()["incident_id"]:
        assert one.extract(incident).text == other.extract(incident).text


def test_what_a_named_policy_allows_is_sent():
    case = triage.loads(
        'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: ada@post.example.org\n'
    )
    assert "ada@" not in case.extract(only(case)).text
    allowed = RedactedCase.lazy(case, Policy(allow=("ada@post.example.org",)))
    assert "message: ada@post.example.org" in allowed.extract(only(case)).text
    assert "message: ada@post.example.org" in case.redact(allowed.policy).extract(only(case)).text


def test_a_text_that_is_short_enough_is_whole_and_one_that_is_not_has_its_end():
    case = triage.load(SAMPLES / "traces" / "java-hs-err.txt")
    found = case.extract(only(case))
    text = (SAMPLES / "traces" / "java-hs-err.txt").read_text()
    assert len(text) > 25_000
    assert names(found)[-2:] == ["head", "tail"]
    assert found.sections[-1].lines[-1].text == text.splitlines()[-1].rstrip()
    head, tail = found.sections[-2:]
    assert len(head.lines) + tail.lines_in_all == len(text.splitlines())
    assert (head.chars_cut, tail.gap) == (0, 0)
    assert [line.row for line in head.lines] == list(range(1, len(head.lines) + 1))
    assert tail.lines[-1].row == len(text.splitlines())
    wide = extract(case.redact(), only(case), Settings(tail_chars=250_000))
    assert not any(told.startswith(("head", "tail")) for told in wide.cuts)
    only_head = extract(case.redact(), only(case), Settings(sections=(*ALWAYS, "head"), head_chars=1_000))
    assert only_head.sections[-1].chars_cut > 20_000


def test_of_a_very_long_text_both_ends_are_read_and_the_rest_is_counted():
    data = windows_report(modules=2, frames=20_000)
    case = triage.load(data)
    tail = case.extract(only(case)).sections[-1]
    assert tail.name == "tail"
    assert tail.lines[-1].text.endswith("Entity::Step19999")
    assert abs(tail.chars_in_all + 25_000 - len(data)) < 0.05 * len(data)


def test_a_long_line_is_cut_and_no_mask_in_two():
    for filler in range(1_960, 2_001):
        text = f'Traceback (most recent call last):\n  File "a.py", line 1, in f\nKeyError: {"x " * (filler // 2)}'
        case = triage.loads(f"{text}{'y' * (filler % 2)} ada@post.example.org and more of it\n" + "z" * 50)
        lines = case.extract(only(case)).sections[0].lines
        message = next(line.text for line in lines if line.text.startswith("message: "))
        assert len(message) < 2_050
        assert message.count("[") == message.count("]")


def test_no_setting_makes_more_than_it_says(long):
    masked = long.redact()
    for chars in (12_000, 30_000, 60_000, 90_000):
        assert len(extract(masked, only(long), Settings(extract_chars=chars)).text) <= chars


def test_real_reports_have_one_without_residue(corpus):
    files = [path for path in sorted(corpus.rglob("*")) if path.is_file() and path.suffix not in {".jsonl", ".md"}]
    made = 0
    for path in files[:: max(len(files) // 40, 1)]:
        case = triage.load(path)
        for incident in case.incidents()["incident_id"].head(2):
            made += bool(case.extract(incident).text)
    assert made > 20
