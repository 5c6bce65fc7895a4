"""What may not change the key of a trace, and what must: over every sample, and over the corpus where it is.

The bars are those of the key; `python -m tests.benchmarks.grouping` tells more, and of a held-out set too.
"""

from __future__ import annotations

import json
import re
from functools import cache
from itertools import pairwise

import pytest

from tests.benchmarks import grouping
from tests.benchmarks.grouping_scores import confusion, score
from tests.grouping import builds, cuts, material
from tests.grouping.cuts import leaf
from tests.grouping.frames import crash_stacks, frames, is_noise, stacks
from tests.grouping.material import Trace
from tests.grouping.mutations import SPLIT, STAY
from tests.reading import corpus
from triage.stacks import signature

ALL_SAME, GENERATED, INLINED, ANOTHER, TOOLS = 0.98, 0.97, 0.95, 0.98, 0.97
BARS = dict.fromkeys(STAY, ALL_SAME) | {
    "generated": GENERATED,
    "clones": GENERATED,
    "inline deep": INLINED,
    "replaced": ANOTHER,
}


@cache
def traces(where: str) -> tuple[Trace, ...]:
    return tuple(material.samples() if where == "samples" else material.corpus())


@cache
def key(text: str) -> str:
    return grouping.key(text)


def chosen(where: str) -> tuple[Trace, ...]:
    if where == "corpus":
        corpus("stacks", "labels.jsonl")
    return traces(where)


@pytest.mark.parametrize("where", ["samples", "corpus"])
@pytest.mark.parametrize("name", [*STAY, *SPLIT])
def test_key_stays_or_changes_as_it_should(name, where):
    cases, wrong = 0, []
    for trace in chosen(where):
        new = STAY[name](trace.text, 1) if name in STAY else cuts.replaced(trace.text, 1, trace.state)
        if new is None:
            continue
        cases += 1
        old = key(trace.text)
        if not old or (key(new) == old) == (name in SPLIT):
            wrong.append(trace.name)
    assert cases
    assert len(wrong) <= (1 - BARS[name]) * cases, f"{len(wrong)} of {cases}: {', '.join(wrong)}"


def test_same_input_has_one_key_under_asan_and_gdb():
    found = [trace for trace in chosen("corpus") if trace.input]
    rate = grouping.across_tools(found, [key(trace.text) for trace in found])
    assert rate.done >= 3
    assert rate.share >= TOOLS, rate.failures


def test_every_labelled_report_has_a_key_and_those_of_one_state_share_it():
    found = chosen("corpus")
    keys = [key(trace.text) for trace in found]
    agreement = score([trace.group for trace in found], keys)
    assert agreement.coverage >= 0.99
    assert score(grouping.relaxed(found), keys).f1 >= 0.9


# -- the measure itself -------------------------------------------------------------------------------------------

ASAN = """==42==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000010 (pc 0x55d0c0a01234 T0)
    #0 0x55d0c0a01234 in shop::(anonymous namespace)::Cart::total(int) const /w/shop/cart.cc:12:7
    #1 0x55d0c0a02234 in shop::pay()::$_1::operator()() const /w/shop/pay.cc:40:3
    #2 0x55d0c0a03234 in shop::pay() /w/shop/pay.cc:44:3
    #3 0x55d0c0a04234 in shop::run() /w/shop/run.cc:9:3
    #4 0x55d0c0a05234 in main /w/shop/main.cc:3:3
    #5 0x7f1200a05234 in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x27234)
SUMMARY: AddressSanitizer: SEGV /w/shop/cart.cc:12:7 in shop::(anonymous namespace)::Cart::total(int) const
==42==ABORTING
"""


def test_frames_are_found_where_they_stand():
    (stack,) = stacks(ASAN)
    assert [leaf_of(frame.part(ASAN, "function")) for frame in stack] == [
        "total", "pay", "pay", "run", "main", "__libc_start_main",
    ]  # fmt: skip
    assert [frame.part(ASAN, "line") for frame in stack] == ["12", "40", "44", "9", "3", ""]
    assert stack[5].part(ASAN, "module") == "/lib/x86_64-linux-gnu/libc.so.6"
    assert [is_noise(frame, ASAN) for frame in stack] == [False, False, False, False, True, True]


def leaf_of(name):
    start, end = leaf(name)
    return name[start:end]


def test_every_mutation_is_the_same_for_a_seed_and_gives_none_where_nothing_changes():
    for mutation in (*STAY.values(), *SPLIT.values()):
        assert mutation(ASAN, 1) == mutation(ASAN, 1) != ASAN
        assert mutation("nothing happened here", 1) is None


def test_addresses_slide_together_and_offsets_in_modules_stay():
    new = builds.addresses(ASAN, 1)
    assert "0x000000000010" in new
    assert "libc.so.6+0x27234" in new
    assert "55d0c0a01234" not in new
    moved = [int(frame.split()[1], 16) for frame in new.splitlines()[1:6]]
    assert {after - before for before, after in pairwise(moved)} == {0x1000}


def test_pids_lines_and_checkouts_change_everywhere():
    assert "==42==" not in builds.pids(ASAN, 1)
    assert builds.lines(ASAN, 1).count("cart.cc:12:7") == 0
    assert "/w/shop/" not in builds.checkout(ASAN, 1)


def test_names_of_compilers_change():
    new = builds.generated(ASAN, 1)
    assert "$_1" not in new
    assert "(anonymous namespace)" not in new
    assert re.fullmatch(
        r"\tat a\.B\.lambda\$go\$[^3]\(B\.java:1\)", builds.generated("\tat a.B.lambda$go$3(B.java:1)", 1)
    )
    assert builds.generated("  at x (https://h/assets/main-0a1b2c3d.js:1:2)", 1) is not None


def test_deep_frame_goes_and_the_others_are_numbered_anew():
    new = cuts.inline_deep(ASAN, 1)
    (stack,) = stacks(new)
    assert [frame.part(new, "number") for frame in stack] == ["0", "1", "2", "3", "4"]
    assert [leaf_of(frame.part(new, "function")) for frame in stack][:3] == ["total", "pay", "pay"]


def test_tail_leaves_three_frames_that_count():
    assert len(frames(cuts.tail(ASAN, 1))) == 4
    short = "\n".join(ASAN.splitlines()[:1] + ASAN.splitlines()[3:7])
    assert len(frames(cuts.tail_strict(short, 1))) == 3


def test_first_meaningful_function_is_replaced_wherever_it_is_named():
    new = cuts.replaced(ASAN, 1)
    assert "total" not in new
    assert new.count("shop::(anonymous namespace)::Cart::") == 2


def test_each_link_of_a_chain_is_another():
    chain = "a.E: x\n\tat a.B.outer(B.java:1)\nCaused by: a.F: y\n\tat a.B.inner(B.java:2)\n\tat a.B.outer(B.java:1)\n"
    assert len(crash_stacks(chain)) == 2
    new = cuts.replaced(chain, 1)
    assert "inner" not in new
    assert "outer" not in new


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("a::b<int, (c)0>::d(char const*) const", "d"),
        ("(anonymous namespace)::Foo::bar(int)", "bar"),
        ("main.(*Cart).Total", "Total"),
        ("closure #1 in Shop.pay()", "pay"),
        ("-[Editor insert:at:]", "insert"),
        ("shop::pay()::$_1::operator()() const", "pay"),
        ("<T as a::B>::c", "c"),
    ],
)
def test_last_word_of_a_name(name, where):
    assert leaf_of(name) == where


def test_score_takes_an_empty_key_for_a_group_of_its_own():
    same = score(["a", "a", "b"], ["k", "k", "m"])
    assert (same.precision, same.recall, same.f1, same.ari, same.macro_f) == (1, 1, 1, 1, 1)
    assert score(["a", "a", "b"], ["", "", ""]).recall == 0
    one = score(["a", "a", "b", "b"], ["k"] * 4)
    assert (one.recall, round(one.precision, 3), one.ari) == (1, 0.333, 0)
    assert confusion("xyz", ["a", "a", "b"], ["k", "m", "k"]) == ([["x", "z"]], [["x", "y"]])


@pytest.mark.parametrize(
    "prefix", ["2026-01-26T01:25:59.1234567Z ", "2026-01-26T01:25:59.123456+02:00 ", "Jan 26 01:25:59 ", "web-1  | "]
)
def test_what_stands_before_every_line_changes_no_key(prefix):
    traces = [*material.samples(), *material.held_out()]
    # The Flutter console is read as a whole, by its own times.
    texts = [trace.text for trace in traces if trace.text[:1] not in "{[" and trace.format != "flutter"]
    behind = ["\n".join(prefix + line for line in text.split("\n")) for text in texts]
    assert list(map(signature, behind)) == list(map(signature, texts))


def test_held_out_traces_are_all_labelled_and_many():
    names = {path.name for path in material.HELD_OUT.glob("*.txt")}
    labels = [json.loads(line) for line in (material.HELD_OUT / "labels.jsonl").read_text("utf-8").splitlines()]
    assert {label["file"] for label in labels} == names
    assert len(names) >= 150
    assert len({label["format"] for label in labels}) >= 25
