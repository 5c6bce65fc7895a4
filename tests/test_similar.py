"""Which incidents look alike, and which merges are suggested: on samples, and on stacks written by hand."""

import random

import numpy as np
import pandas as pd
import pytest

import triage
from tests.reading import SAMPLES
from triage.incidents import groups, similar
from triage.incidents.links import Relations
from triage.incidents.prototypes import LIBRARY, apart, prototypes
from triage.records import Frame, Records, Trace
from triage.stacks import keys
from triage.tables import to_pandas

DEEP = ("parse_value", "parse_object", "parse", "read_config", "load", "startup", "run_all")
CRASH = {"event_kind": "crash", "error_type": "SIGSEGV"}


def tables(*crashes):
    """Annotated tables of events given as (columns, functions from the innermost); `lib:` marks a library."""
    records = Records()
    for number, (columns, names) in enumerate(crashes):
        given = {"event_class": "incident_signal", "native_id": f"e{number}", **CRASH, **columns}
        event = records.event(**given)
        frames = [
            Frame(function=name.removeprefix("lib:"), file="app.c", in_app=not name.startswith("lib:"))
            for name in names
        ]
        records.stacks(event, [Trace(frames=tuple(frames))] if frames else [])
    return keys.annotate(records.finish())


def likeness(*crashes):
    made = tables(*crashes)
    return Relations(made, groups.members(made)).likeness


def judged(one, other, left=DEEP, right=("new_top", *DEEP)):
    """Score and what speaks against a merge, of two crashes."""
    found = likeness((one, left), (other, right))
    assert len(found.known.ids) == 2, "the keys of the two crashes must differ"
    rows = to_pandas(found.similar(found.known.ids[0], limit=5, titles={}))
    return rows.iloc[0], found.pair(0, 1).against, to_pandas(found.suggestions(least=None, titles={}))


def test_a_frame_more_on_top_is_a_merge_to_consider():
    row, against, suggested = judged({}, {})
    assert against == ""
    assert similar.MERGE < row["score"] < 1
    assert row["suggested"]
    assert list(row["shared"]) == list(DEEP)
    assert (list(row["only_here"]), list(row["only_there"])) == ([], ["new_top"])
    assert row["why"] == ("7 of 8 frames shared, first parse_value, parse_object, parse and 4 more; only there new_top")
    (group,) = suggested.to_dict("records")
    assert len(group["incident_ids"]) == 2
    assert group["score"] == row["score"]
    assert group["why"].startswith("7 of 8 frames shared")


@pytest.mark.parametrize(
    ("one", "other", "against"),
    [
        ({"service": "api"}, {"service": "web"}, "another service"),
        ({"error_type": "SIGSEGV"}, {"error_type": "SIGABRT"}, "another class of crash, memory and abort"),
        (
            {"event_kind": "exception", "error_type": "KeyError"},
            {"event_kind": "exception", "error_type": "TypeError"},
            "another exception type",
        ),
        (
            {"event_kind": "assertion", "error_value": "size > 0"},
            {"event_kind": "assertion", "error_value": "name != nullptr"},
            "another assertion",
        ),
    ],
)
def test_never_across_services_classes_types_and_assertions(one, other, against):
    row, said, suggested = judged(one, other, right=DEEP)
    assert row["score"] == 1.0
    assert said == against
    assert not row["suggested"]
    assert row["why"].endswith(f"no merge: {against}")
    assert suggested.empty


def test_never_across_platforms():
    row, against, _ = judged({"platform": "python"}, {"platform": "javascript"})
    assert row["score"] > similar.MERGE
    assert against == "another platform, python and javascript"


def test_never_across_ways_of_failing():
    one = ("core::panicking::panic_bounds_check", "a0", "b0", *DEEP)
    other = ("core::option::unwrap_failed", "b0", *DEEP)
    rust = {"event_kind": "exception", "error_type": "panic"}
    found = likeness((rust, one), (rust, other))
    assert found.known.sentinels == [frozenset({one[0]}), frozenset({other[0]})]
    assert found.pair(0, 1).against == f"failed in another way, {one[0]} and {other[0]}"
    assert found.suggestions(least=None, titles={}).num_rows == 0


def test_two_functions_called_from_one_place_are_two_bugs():
    _, against, suggested = judged({}, {}, left=("parse_string", *DEEP[1:]), right=("parse_number", *DEEP[1:]))
    assert against == "another function crashes, parse_string and parse_number"
    assert suggested.empty


def test_one_shared_frame_tells_nothing():
    row, against, _ = judged({}, {}, left=("pay", "main"), right=("pay", "start"))
    assert row["score"] > similar.ALIKE
    assert against == "too few frames are shared to tell"


def test_noise_and_sentinels_take_no_part_and_libraries_weigh_less():
    found = likeness(({}, ("abort", "core::panicking::panic_fmt", "lib:vendor_copy", *DEEP)))
    names, own = found.known.frames(0)
    assert names == ["vendor_copy", *DEEP]
    assert own == [False, *[True] * len(DEEP)]
    weight = dict(zip(found.known.stacks.positions.tolist(), found.known.stacks.weights.tolist(), strict=True))
    assert weight[0] < weight[1] * 2 * LIBRARY * 1.01  # twice as near, a quarter of the weight


def test_repeated_calls_count_once():
    found = likeness(({}, (*["walk"] * 50, *DEEP)), ({}, (*["walk"] * 4, *DEEP)))
    assert found.known.frames(0)[0] == ["walk", *DEEP]


def test_frames_without_a_name_are_told_by_their_place():
    records = Records()
    event = records.event(event_class="incident_signal", **CRASH)
    frames = (
        Frame(module=r"C:\app\game.exe", module_offset=0x1A2B),
        Frame(module="/usr/lib/libx.so"),
        Frame(file="/srv/app/run.rb"),
        Frame(),
    )
    records.stacks(event, [Trace(frames=frames)])
    made = keys.annotate(records.finish())
    known = prototypes(made, groups.members(made))
    assert known.frames(0)[0] == ["game.exe+0x1a2b", "libx.so", "run.rb"]


def test_the_stack_of_an_incident_is_that_of_most_of_its_events():
    rare, common = (*DEEP[:3], "once"), (*DEEP[:3], "often", "main_loop")
    found = likeness(({}, rare), ({}, common), ({}, common))
    assert found.known.frames(0)[0] == list(common)


def test_an_incident_without_frames_is_like_none():
    found = likeness(({"event_kind": "exception", "error_type": "KeyError", "error_value": "a"}, ()), ({}, DEEP))
    for incident in found.known.ids:
        assert found.similar(incident, limit=5, titles={}).num_rows == 0


def test_groups_are_complete_and_a_hub_links_nothing():
    # A chain: each like the next, the ends unlike.
    assert similar.linked([(0.9, 0, 1), (0.8, 1, 2)], 9) == [([0, 1], 0.9)]
    star = [(0.9, 0, other) for other in range(1, 12)]
    assert similar.linked(star, 100) == []
    clique = [(0.9, one, other) for other in range(12) for one in range(other)]
    assert similar.linked(clique, 100) == [(list(range(12)), 0.9)]


def test_groups_are_capped():
    many = [(0.9, one, other) for other in range(60) for one in range(other)]
    sizes = sorted(len(group) for group, _ in similar.linked(many, 100))
    assert max(sizes) <= similar.GROUP
    assert sum(sizes) == 60


def crashes():
    """Bugs in several builds each: a frame more, a frame less, the tail cut."""
    chance = random.Random(4)
    made = []
    for bug in range(12):
        names = [f"bug{bug}_f{n}" for n in range(9)] + list(DEEP[-3:])
        made += [(CRASH, names), (CRASH, [f"wrap{bug}", *names]), (CRASH, names[1:]), (CRASH, [*names[:8], "z"])]
    chance.shuffle(made)
    return made


def test_the_order_of_the_input_changes_nothing():
    told = []
    for seed in range(4):
        shuffled = crashes()
        random.Random(seed).shuffle(shuffled)
        # The ids of events are of the records, not of their place.
        found = likeness(*[(columns | {"native_id": "|".join(names)}, names) for columns, names in shuffled])
        rows = found.suggestions(least=None, titles={}).to_pylist()
        best = {
            incident: found.similar(incident, limit=9, titles={}).to_pylist() for incident in sorted(found.known.ids)
        }
        told.append((rows, best))
    assert len(told[0][0]) == 12
    assert all(one == told[0] for one in told)


def test_suggestions_find_the_builds_of_each_bug():
    found = likeness(*crashes())
    rows = found.suggestions(least=None, titles={}).to_pylist()
    assert len(rows) == 12
    for row in rows:
        assert len(row["incident_ids"]) >= 3
        assert len({name.partition("_")[0] for name in row["shared"] if name.startswith("bug")}) == 1


@pytest.mark.parametrize("least", [0.4, 1.1, float("nan"), True, "0.6"])
def test_a_score_that_is_none_is_told_with_nothing_to_suggest_either(least):
    with pytest.raises(triage.TriageError, match=r"a number from 0\.5 to 1"):
        triage.load(b"").suggestions(least=least)


def test_apart_counts_what_comes_twice():
    assert apart(["a", "b", "a"], ["a", "c"]) == (["a"], ["b", "a"], ["c"])


def test_what_is_shared_is_in_one_order_from_both_sides():
    one, other = ["m", "r", "i", "c", "e"], ["m", "r", "c", "i"]
    assert apart(one, other) == (["m", "r", "c", "i"], ["e"], [])
    assert apart(other, one) == (["m", "r", "c", "i"], [], ["e"])


def test_the_verbs_of_a_case():
    case = triage.load(SAMPLES / "traces")
    known = set(case.incidents()["incident_id"])
    for incident in sorted(known)[:10]:
        found = case.similar(incident, limit=3)
        assert len(found) <= 3
        assert set(found["other_id"]) <= known - {incident}
        assert found["score"].is_monotonic_decreasing
        assert found["title"].notna().all()
    suggested = case.suggestions()
    for ids in suggested["incident_ids"]:
        assert set(ids) <= known
        services = case.incidents().set_index("incident_id").loc[list(ids), "services"].map(list)
        assert all(one == services.iloc[0] for one in services)
    with pytest.raises(triage.TriageError, match="no incident has the id 'inc_0'"):
        case.similar("inc_0")


SAME = ["other_id", "score", "suggested"]


def test_what_is_masked_on_demand_has_the_same_scores():
    case = triage.load(SAMPLES / "traces")
    for incident in case.incidents()["incident_id"]:
        pd.testing.assert_frame_equal(case._masked.similar(incident)[SAME], case.similar(incident)[SAME])
    assert case._masked.suggestions()["incident_ids"].map(list).tolist() == (
        case.suggestions()["incident_ids"].map(list).tolist()
    )
    assert len(case._masked.related()) == len(case.related())


def test_a_whole_redaction_has_the_same_scores_where_no_mask_took_a_frame():
    case = triage.load(SAMPLES / "traces")
    redacted = case.redact()

    def frames(of):
        known = of._relations.likeness.known
        return {incident: known.frames(number) for number, incident in enumerate(known.ids)}

    before, after = frames(case), frames(redacted._case)
    taken = {incident for incident in before if before[incident] != after[incident]}
    compared = 0
    for incident in before.keys() - taken:
        one, other = case.similar(incident), redacted.similar(incident)
        if not taken & {*one["other_id"], *other["other_id"]}:
            pd.testing.assert_frame_equal(one[SAME], other[SAME])
            compared += 1
    assert compared > len(before) * 0.8


def test_secrets_in_names_and_request_ids_are_masked():
    secret = "AKIA" + "QYLPMN5HHHFPZAM2"
    event = (
        '{{"event_id": "{0:032x}", "platform": "python", "request": {{"headers": {{"x-request-id": "{1}"}}}}, '
        '"exception": {{"values": [{{"type": "{2}", "value": "x", "stacktrace": {{"frames": ['
        '{{"function": "run"}}, {{"function": "load"}}, {{"function": "{1}"}}, {{"function": "parse"}}]}}}}]}}}}'
    )
    case = triage.load([event.format(n, secret, kind).encode() for n, kind in enumerate(("KeyError", "TypeError"))])
    incident = case.incidents()["incident_id"].iloc[0]
    for masked in (case._masked, case.redact()):
        tables = (masked.similar(incident), masked.related(), masked.suggestions())
        assert len(tables[0]) == 1
        assert "similar" in set(tables[1]["kind"])
        assert secret not in "".join(table.to_csv() for table in tables)
        assert masked.similar(incident)["score"].tolist() == case.similar(incident)["score"].tolist() == [1.0]
    assert secret in case.similar(incident).to_csv()


def test_an_empty_case_is_asked_in_vain():
    case = triage.load(b"")
    assert case.suggestions().empty
    assert case.related().empty


def test_what_is_compared_is_held_until_incidents_change():
    case = triage.load(SAMPLES / "debugbundle" / "store")
    held = case._relations
    assert case._relations is held
    events, codes, ids = groups.members(case.raw.tables)
    assert held.is_of((events, codes.copy(), list(ids)))
    moved = codes.copy()
    moved[0] = np.roll(np.unique(codes), 1)[moved[0]]
    assert not held.is_of((events, moved, ids))
