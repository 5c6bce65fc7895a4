"""The story of one stack: names, reasons, the parts of a key, and two stacks side by side."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.records import Frame, Records, Trace
from triage.stacks import keys
from triage.stacks.explanation import (
    COLUMNS,
    align,
    cycle_of,
    key_parts,
    names_of,
    places_of,
    reasons,
    titled,
)

LIBRARY = "library: frames of libraries count only where no application frame is"
PREFIX = "prefix: what everything calls counts only where nothing else does"


def columns(*frames):
    """The annotated columns of one stack."""
    records = Records()
    number = records.event(event_class="incident_signal", event_kind="crash", error_type="SIGSEGV")
    records.stacks(number, [Trace(frames=tuple(frames))])
    table = keys.annotate(records.finish())["frames"]
    return table.select(list(COLUMNS)).to_pydict()


def frame(function, file="src/app.c", **more):
    return Frame(function=function, file=file, **more)


def told(*frames, overflow=False):
    stack = columns(*frames)
    cycle = cycle_of(names_of(stack), stack["frame_kind"]) if overflow else ()
    return reasons(stack, cycle)


def test_the_first_three_application_frames_count():
    calls = [frame(name) for name in ("memcpy", "inflate", "parse", "read", "run", "serve")]
    calls[1] = frame("inflate", "/usr/lib/libz.so", in_app=False)
    assert told(*calls) == [
        PREFIX,
        LIBRARY,
        "counts: 1st of 3 application frames",
        "counts: 2nd of 3 application frames",
        "counts: 3rd of 3 application frames",
        "application, but only the first three count",
    ]


def test_without_application_frames_those_of_libraries_count_and_it_says_so():
    library = [frame(name, in_app=False) for name in ("inflate", "crc32")]
    assert told(frame("memcpy"), *library) == [
        PREFIX,
        "counts: 1st of 2 library frames; no application frame is there",
        "counts: 2nd of 2 library frames; no application frame is there",
    ]
    assert told(frame("memcpy")) == [
        "counts: the only prefix frame; no application frame is there; no library frame is there"
    ]


def test_what_handles_a_crash_is_passed_over():
    assert told(
        frame("app::hook"),
        frame("core::panicking::panic_fmt"),
        frame("core::panicking::panic_fmt"),
        frame("app::parse"),
        frame("__asan_report_load4"),
    ) == [
        "inside of a crash handler",
        "inside of a crash handler: the search starts further out",
        "sentinel: the search starts here",
        "counts: the only application frame",
        "noise: rule 'sanitizer runtimes'",
    ]


def test_scanned_frames_say_so():
    scanned = frame("ghost", trust="scan")
    assert told(frame("parse", trust="context"), scanned)[1] == "scanned: counts only where nothing else is known"
    assert told(frame("crc32", trust="cfi", in_app=False), scanned) == [
        "counts: the only library frame; application frames were only found by a scan",
        "scanned: counts only where nothing else is known",
    ]
    assert told(scanned) == ["counts: the only application frame; found by a scan, where nothing else is known"]


def test_a_recursion_counts_once():
    walk = [frame("leaf"), frame("walk"), frame("walk"), frame("main")]
    assert told(*walk)[2] == "repeats the frames above"


def test_a_stack_overflow_counts_its_cycle_only():
    calls = [frame("parse"), frame("expr"), frame("term"), frame("atom")]
    sentences = told(frame("alloc"), *calls * 4, frame("main"), overflow=True)
    assert sentences[0] == "would count, but the key of a stack overflow is its cycle"
    assert sentences[1:5] == ["counts: part of the cycle of 4 that this stack overflow repeats"] * 4
    assert set(sentences[5:17]) == {"repeats the frames above"}


def test_rows_that_are_no_call_say_what_they_are():
    assert told(frame("", file=None, frame_kind="async_gap"), frame("f"))[0] == "not a call: async gap"


@pytest.mark.parametrize(
    ("kind", "role", "rule", "sentence"),
    [
        ("frame", "prefix", None, "does not count"),
        ("frame", "noise", None, "noise"),
        ("frame", "application", "mine", "does not count: rule 'mine'"),
        ("frame", None, None, "does not count"),
    ],
)
def test_other_columns_have_a_sentence_too(kind, role, rule, sentence):
    stack = {
        "frame_kind": [kind],
        "role": [role],
        "rule": [rule],
        "trust": [None],
        "counted": [False],
        "function": ["f"],
    }
    assert reasons(stack) == [sentence]


def test_frames_that_tell_less_say_why():
    sentences = told(frame("parse"), Frame(module="zone", module_offset=9), frame("main"))
    assert sentences[1:] == [
        "application, but it has no name: counts only where no other function of the program does",
        "application, but everything runs through it: counts only where no other function of the program does",
    ]


def test_what_a_fuzz_target_tests_counts_before_it():
    names = ("java.lang.Long.parseLong", "org.apache.tika.Png.read", "ImageFuzzer.fuzzerTestOneInput")
    sentences = told(*(frame(name, file="A.java", language="java") for name in names))
    assert sentences[::2] == [
        "library: frames of the platform count only where no package does",
        "application, but everything runs through it: counts only where nothing that it tests does",
    ]


def test_names_and_places_are_those_of_keys():
    stack = columns(
        frame("void ns::f<int>(int)", "/src/a/f.cpp", line=7),
        Frame(module="/opt/zone", module_offset=4660, address=1),
        Frame(module="/opt/zone"),
        Frame(file="C:\\x\\lib.js"),
        Frame(),
    )
    assert names_of(stack) == ["ns::f", "zone+0x1234", "zone", "lib.js", ""]
    assert places_of(stack) == ["f.cpp:7", "zone+0x1234", "zone", "lib.js", ""]


def test_a_cycle_starts_where_its_names_come_first_wherever_the_stack_ended():
    calls = ["parse", "expr", "term"]
    for start in range(3):
        names = ["alloc", *(calls[start:] + calls[:start]) * 5]
        assert [names[row] for row in cycle_of(names, ["frame"] * len(names))] == ["expr", "term", "parse"]
    twice = ["a", "b", "a", "b"]  # are a cycle where they are a third of what is shown
    assert cycle_of([*twice, *map(str, range(12))], ["frame"] * 16) == []
    assert cycle_of(twice, ["frame"] * 4) == [0, 1]
    assert cycle_of(["", "", "", ""], ["frame"] * 4) == []
    assert cycle_of([], []) == []


@pytest.mark.parametrize(
    ("kind", "event", "names", "title"),
    [
        ("memory", {"error_type": "SIGSEGV"}, ["f", "g"], "memory | f | g"),
        ("exception", {"error_type": "KeyError", "error_value": "7"}, ["f"], "exception: KeyError | f"),
        ("assertion", {"error_value": "a < 7"}, ["f"], "assertion: a < {} | f"),
        ("exception", {"error_type": "E", "error_value": "order 7"}, [], "exception: E: order {}"),
        ("request", {"http_method": "GET", "route": "/a", "http_status": 503}, [], "request: GET /a 503"),
        (
            "request",
            {"event_kind": "request", "error_value": "request PUT /a/{id}", "http_method": "PUT", "route": "/a/{id}"},
            [],
            "request: PUT /a/{}",
        ),
        ("hang", {}, [], "hang"),
    ],
)
def test_titles(kind, event, names, title):
    assert titled(key_parts(kind, event, names)) == title


def test_equal_frames_stand_beside_each_other():
    left, right = ["abort", "parse", "read", "main"], ["parse", "scan", "skip", "main"]
    assert align(left, right) == [(0, None), (1, 0), (2, 1), (None, 2), (3, 3)]
    assert align([], ["a"]) == [(None, 0)]
    assert align([""], [""]) == [(0, 0)]  # in one place, but not the same


@given(st.lists(st.sampled_from("abcd"), max_size=12), st.lists(st.sampled_from("abcd"), max_size=12))
def test_an_alignment_holds_each_row_once_in_order_and_as_many_equal_ones_as_can_be(left, right):
    pairs = align(left, right)
    assert [a for a, _ in pairs if a is not None] == list(range(len(left)))
    assert [b for _, b in pairs if b is not None] == list(range(len(right)))
    same = sum(a is not None and b is not None and left[a] == right[b] for a, b in pairs)
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for a, one in enumerate(left, 1):
        for b, two in enumerate(right, 1):
            best[a][b] = best[a - 1][b - 1] + 1 if one == two else max(best[a - 1][b], best[a][b - 1])
    assert same >= best[-1][-1]


def test_deep_stacks_are_aligned_at_their_ends_and_as_far_as_the_cap():
    left = ["top", *(f"a{n}" for n in range(5_000)), "main"]
    right = ["top", *(f"b{n}" for n in range(5_000)), "main"]
    pairs = align(left, right)
    assert pairs[0] == (0, 0)
    assert pairs[-1] == (5_001, 5_001)
    assert len(pairs) == 5_002
