"""Grounding: evidence is found where it stands and nowhere else, with its row; made-up files and lines are flagged."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import SAMPLES
from triage.hypotheses.findings import Findings, Hypothesis, read
from triage.hypotheses.grounding import NOT_FOUND, ground
from triage.share.redacted import RedactedCase


@pytest.fixture(scope="module")
def zone():
    return RedactedCase.lazy(triage.load(SAMPLES / "eqemu" / "crash_zone_9412.log"))


@pytest.fixture(scope="module")
def sent(zone):
    return zone.extract(zone.incidents()["incident_id"].iloc[0])


def answer(evidence=(), summary="It crashed.", **more):
    one = {"title": "A stale mob", "confidence": 0.5, "evidence": list(evidence), "nextSteps": ["Look."]} | more
    return read({"summary": summary, "hypotheses": [one], "missingInfo": [], "recommendedNextSteps": []})


def located(sent, *evidence):
    one = Hypothesis("t", 0.5, evidence, (), ())
    return ground(Findings("s", None, (one,), (), ()), sent).evidence[0]


def flagged(sent, text):
    return [flag.text for flag in ground(answer(summary=text), sent).flags]


TRUE = [
    "EXCEPTION_ACCESS_VIOLATION",
    "#4 EntityList::ScanCloseMobs D:\\builds\\eqemu\\server\\zone\\entity.cpp:2944",
    "EntityList::ScanCloseMobs",
    "libmysql.dll 6.1.11.0 at 0x180000000",
    "OS-Version: 10.0.19045 () 0x100-0x1",
    "ERROR: SymGetSymFromAddr64, GetLastError: 487 (Address: 00007FFC2A1184D0)",
]
WRITTEN_OTHERWISE = [
    "exception_access_violation",
    "#4  EntityList::ScanCloseMobs   d:/builds/eqemu/server/zone/entity.cpp:2944",
    "`EntityList::ScanCloseMobs`",
    "\u201cNPC::Process\u201d",
    "SymType: PDB, PDB: C:/eqemu/server/bin/zone.pdb",
    "main::2::<lambda_1>::operator()",
]
PARAPHRASED = [
    "the zone server read an invalid address while it scanned for close mobs",
    "ScanCloseMobs in entity.cpp was called by NPC::Process",
    "MySQL's library is of version 6.1",
]
INVENTED = [
    "EntityList::ScanFarMobs",
    "entity.cpp:294",
    "#4 EntityList::ScanCloseMobs D:\\builds\\eqemu\\server\\zone\\entity.cpp:2945",
    "EXCEPTION_STACK_OVERFLOW",
    "libmysql.dll 6.1.12.0",
    "frames: the crashing stack, innermost first",
    "0",
    "...",
]


@pytest.mark.parametrize("text", TRUE)
def test_what_was_copied_is_found_as_it_stands(sent, text):
    (found,) = located(sent, text)
    assert found.found == "exact"
    assert found.is_found
    assert found.places


@pytest.mark.parametrize("text", WRITTEN_OTHERWISE)
def test_what_was_written_a_little_otherwise_is_found_too(sent, text):
    (found,) = located(sent, text)
    assert found.found == "normalised"
    assert found.places


@pytest.mark.parametrize("text", PARAPHRASED + INVENTED)
def test_what_was_said_in_other_words_or_made_up_is_not_found(sent, text):
    (found,) = located(sent, text)
    assert (found.found, found.places) == (NOT_FOUND, ())


def test_evidence_leads_to_the_row_it_tells_of(zone, sent):
    frame, module, note, raw = located(
        sent,
        "#5 NPC::Process",
        "ntdll.dll 10.0.19041.3996",
        "SymInit: Symbol-SearchPath: '.;C:\\eqemu\\server\\bin",
        "[Crash] EXCEPTION_ACCESS_VIOLATION",
    )
    (place,) = frame.places
    assert (place.table, place.section) == ("frames", "frames")
    assert zone.frames(event=sent.event_id)["function"].iloc[place.row] == "NPC::Process"
    (place,) = module.places
    assert zone.modules(event=sent.event_id)["name"].iloc[place.row] == "ntdll.dll"
    place = note.places[0]
    assert zone.annotations(event=sent.event_id)["key"].iloc[place.row] == "search_path"
    (place,) = raw.places
    assert (place.table, place.row, place.section) == ("files", 1, "head")
    assert zone.files()["source_id"].iloc[0] == place.source_id


def test_evidence_over_several_lines_leads_to_each(zone, sent):
    (found,) = located(
        sent, "#4 EntityList::ScanCloseMobs D:\\builds\\eqemu\\server\\zone\\entity.cpp:2944\n#5 NPC::Process"
    )
    assert found.found == "normalised"
    functions = zone.frames(event=sent.event_id)["function"]
    assert [functions.iloc[place.row] for place in found.places] == ["EntityList::ScanCloseMobs", "NPC::Process"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It fails in entity.cpp:2944, called from npc.cpp (871).", []),
        ("It fails in D:/builds/eqemu/server/zone/entity.cpp, line 2944.", []),
        ("Look at entity.cpp near line 2944 and at crash.cpp#L143", []),
        ("Look at mob.cpp.", ["mob.cpp"]),
        ("Look at zone/mob.cpp:12 and entity.cpp.", ["mob.cpp"]),
        ("entity.cpp:2945 frees it", ["entity.cpp:2945"]),
        ("entity.cpp (871) frees it", ["entity.cpp:871"]),
        ("at line 31337 it is freed", ["line 31337"]),
        ("at line 2944 it is freed", []),
        ("The DLL lua51.dll, e.g. version 5.1, i.e. an old one", []),
        ("Update libssl.so.", ["libssl.so"]),
        ("ENTITY.CPP:2944", []),
        ("Run it under Node.js with --trace-uncaught, or see Vue.js.", []),
        ("self.close and std::vector are no files; neither is 3.c", ["3.c"]),
    ],
)
def test_files_and_lines_that_the_report_does_not_hold_are_flagged(sent, text, expected):
    assert flagged(sent, text) == expected


def test_every_text_of_an_answer_is_looked_through(sent):
    found = read(
        {
            "summary": "a.cpp",
            "signature": {"exception": "x", "topFrame": "b.cpp:1"},
            "hypotheses": [
                {
                    "title": "c.cpp",
                    "confidence": 0.1,
                    "evidence": ["d.cpp"],
                    "nextSteps": ["e.cpp"],
                    "checks": [{"kind": "frame_present", "function": "f.cpp"}],
                }
            ],
            "missingInfo": ["g.cpp"],
            "recommendedNextSteps": ["h.cpp"],
        }
    )
    flags = ground(found, sent).flags
    assert [flag.text[0] for flag in flags] == list("abcdefgh")
    assert [flag.where for flag in flags][2:4] == ["hypotheses[0].title", "hypotheses[0].evidence[0]"]


@given(st.data())
def test_any_part_of_a_line_that_ends_at_words_is_found(sent, data):
    line = data.draw(st.sampled_from([line for section in sent.sections for line in section.lines]))
    words = line.text.split(" ")
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first + 1, len(words)))
    part = " ".join(words[first:last])
    if sum(char.isalnum() for char in part) >= 4:
        (found,) = located(sent, part)
        assert found.found == "exact"
        assert line.table in {place.table for place in found.places}


@given(st.text(max_size=60))
def test_nothing_raises_and_what_is_found_has_a_place(sent, text):
    if text.strip():
        (found,) = located(sent, text)
        assert found.is_found == bool(found.places)


def test_grounds_are_written_as_json(sent):
    told = ground(answer(["NPC::Process", "no"], summary="mob.cpp"), sent).written()
    assert [piece["found"] for piece in told["evidence"][0]] == ["exact", NOT_FOUND]
    assert told["flags"] == [{"where": "summary", "text": "mob.cpp", "why": "a file that the report does not name"}]


def spoilt(line, number):
    """A line with something in it that the report does not hold: a digit, a letter, two words the other way round."""
    words = line.split(" ")
    if number % 3 == 0 and (digits := [at for at, char in enumerate(line) if char.isdigit()]):
        at = digits[number % len(digits)]
        return line[:at] + str((int(line[at]) + 1 + number % 8) % 10) + line[at + 1 :]
    if number % 3 == 1 and len(words) > 3:
        return " ".join([*words[:-2], words[-1], words[-2]])
    letters = [at for at, char in enumerate(line) if char.isalpha()]
    at = letters[number % len(letters)] if letters else 0
    return line[:at] + ("q" if line[at].lower() != "q" else "z") + line[at + 1 :]


def rewritten(line, number):
    """A line as models copy it: other case, space, quotation marks, slashes, or a part of it."""
    words = line.split(" ")
    changes = (
        line.upper(), line.replace(" ", "  "), f"`{line}`", line.replace("\\", "/"), line.replace("'", '"'),
        " ".join(words[len(words) // 3 :]), f"\u201c{line}\u201d", line.lower(),
    )  # fmt: skip
    return changes[number % len(changes)]


def paraphrased(line, number):
    """What a line tells, in other words."""
    words = line.split(" ")
    changes = (
        f"the report says that {' '.join(reversed(words))}",
        f"{words[0]} was seen, and then {words[-1]}",
        " and ".join(words) if len(words) > 1 else f"there is {line} somewhere",
        f"apparently {line}",
    )
    return changes[number % len(changes)]


def test_recall_and_precision_over_the_lines_of_all_samples():
    """What was copied is found, also a little rewritten; what was said in other words or made up is not."""
    found = {"exact": 0, "rewritten": 0, "paraphrased": 0, "spoilt": 0}
    asked = 0
    for path in ("traces", "eqemu", "flutter/aot-release.log", "0xgen", "sentry/python-crash.envelope"):
        case = RedactedCase.lazy(triage.load(SAMPLES / path))
        for incident in case.incidents()["incident_id"]:
            sent = case.extract(incident)
            lines = [line.text for part in sent.sections for line in part.lines]
            lines = [line for line in lines[::5] if sum(map(str.isalnum, line)) >= 12][:60]
            lines = [line for at, line in enumerate(lines) if spoilt(line, at).lower() not in sent.text.lower()]
            asked += len(lines)
            found["exact"] += sum(each.is_found for each in located(sent, *lines))
            for name, change in (("rewritten", rewritten), ("paraphrased", paraphrased), ("spoilt", spoilt)):
                changed = [change(line, at) for at, line in enumerate(lines)]
                found[name] += sum(each.is_found for each in located(sent, *changed))
    recall = (found["exact"] + found["rewritten"]) / (2 * asked)
    precision = (found["exact"] + found["rewritten"]) / sum(found.values())
    print(f"grounding: recall {recall:.1%}, precision {precision:.1%}, of {asked} lines found {found}")
    assert asked > 300
    assert found["exact"] == asked
    assert found["rewritten"] >= 0.99 * asked
    assert found["spoilt"] <= 0.01 * asked
    assert found["paraphrased"] <= 0.01 * asked
    assert recall >= 0.995
    assert precision >= 0.995
