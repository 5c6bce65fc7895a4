"""Why the events of an incident are one: real samples, secrets, hostile names."""

from __future__ import annotations

import random
import re

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.explained import SECRETS, Page, case, held, planted, trace
from tests.reading import SAMPLES
from triage.incidents import comparing, explaining, groups
from triage.records import Frame, Records, Trace
from triage.share.redacted import RedactedCase
from triage.stacks import keys
from triage.stacks.explanation import names_of

TAGS = {"section", "p", "strong", "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li"}
HOSTILE = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def everything():
    return triage.load(SAMPLES)


@pytest.fixture(scope="module")
def explanations(everything):
    return {one: everything.explain(one) for one in everything.incidents()["incident_id"]}


def frames_of(explanation):
    return (explanation.frame, explanation.key, explanation.variants, explanation.messages, explanation.nearest)


def test_two_incidents_have_the_same_parts_of_the_key_if_and_only_if_they_have_the_same_key(everything, explanations):
    groups = everything.incidents().set_index("incident_id")["group_key"]
    parts = {one: tuple(why.key["value"]) for one, why in explanations.items()}
    by_parts = pd.Series(parts).groupby(groups).nunique()
    assert (by_parts == 1).all()
    assert len(set(parts.values())) == groups.nunique()


def test_the_key_is_made_of_just_these_parts(explanations):
    for why in explanations.values():
        assert why._facts.side.exact
        assert "triage.toml" not in why.text


def test_every_frame_has_a_reason_and_those_in_the_key_say_that_they_count(explanations):
    for why in explanations.values():
        frame = why.frame
        assert frame["reason"].notna().all()
        assert (frame["reason"].str.startswith("counts: ") == frame["in_key"]).all()
        assert frame["idx"].tolist() == list(range(len(frame)))


def test_the_frames_are_those_of_the_case(everything, explanations):
    for why in explanations.values():
        if why.frame.empty:
            continue
        frames = everything.frames(event=why.frame["event_id"].iloc[0])
        frames = frames[frames["stack_no"] == 0]
        assert why.frame["counted"].tolist() == frames["counted"].tolist()
        columns = {name: none(frames[name]) for name in ("function", "module", "module_offset", "file", "language")}
        assert none(why.frame["name"].fillna("")) == names_of(columns)


def none(column):
    """The values of a column, None for null."""
    return [None if value is pd.NA else value for value in column]


def test_every_explanation_has_typed_frames_and_a_text_and_a_page(explanations):
    for one, why in explanations.items():
        for frame in frames_of(why):
            assert all(isinstance(dtype, pd.ArrowDtype) for dtype in frame.dtypes)
            assert isinstance(frame.index, pd.RangeIndex)
        assert f"incident {one}\n" in why.text
        assert repr(why) == f"<triage.Explanation of {one}>"
        assert str(why) == why.text
        assert why._repr_mimebundle_() == {"text/plain": repr(why), "text/html": why._repr_html_()}
        assert len(why._repr_html_()) < 60_000


def test_a_panic_of_a_real_bundle():
    found = triage.load(SAMPLES / "0xgen" / "crash-20260126T012559123Z.tar.gz")
    why = found.explain(found.incidents()["incident_id"][0])
    assert why.key["value"].tolist()[:3] == [
        "panic",
        "oxgen_shell::app::pipeline::slice_body",
        "oxgen_shell::app::pipeline::parse_packet",
    ]
    by_name = why.frame.set_index("name")["reason"]
    assert by_name["core::panicking::panic_fmt"] == "sentinel: the search starts here"
    assert by_name["oxgen_shell::install_hook::lambda"] == "inside of a crash handler"
    assert why.frame.set_index("name")["function_raw"]["oxgen_shell::main::lambda"] == "oxgen_shell::main::{{closure}}"
    assert "The stack is that of event crash-20260126T012559123Z, the only one.\n" in why.text


def test_a_recursion_error_goes_by_its_cycle():
    found = triage.load(SAMPLES / "traces" / "python-deep.txt")
    why = found.explain(found.incidents()["incident_id"][0])
    assert why.key["value"].tolist() == ["stack overflow", "count_down"]
    assert "counts: part of the cycle of 1 that this stack overflow repeats" in why.frame["reason"].tolist()


def test_a_request_has_no_stack_and_says_so(everything, explanations):
    title = "GET /orders/{id} 503"  # its words are those of the explanation
    one = everything.incidents().set_index("title")["incident_id"][title]
    assert explanations[one].text.startswith("request: GET /orders/{id} 503\n")
    assert "\nNo stack; this is event " in explanations[one].text
    assert "Frames" not in explanations[one].text


def test_variants_are_counted_and_the_commonest_is_shown():
    deep = trace("convert", "total", "pay", "main")
    other = trace("convert", "total", "pay", "retry", "main")
    found = case(*[deep] * 2, *[other] * 3)
    why = found.explain(found.incidents()["incident_id"][0])
    assert why.variants["events"].tolist() == [3, 2]
    assert why.variants["shown"].tolist() == [True, False]
    assert why.variants["differs"].tolist() == [pd.NA, "frame 4 of those that count is main instead of retry"]
    assert why.frame["name"].tolist() == ["convert", "total", "pay", "retry", "main"]
    assert ", the newest of the commonest variant (3 events; 2 variants in all).\n" in why.text


def test_messages_have_slots_with_numbers_of_values_and_no_value():
    said = [f"order {48_000 + n % 3} of bob@example.com failed" for n in range(5)]
    found = case(*(trace("pay", "main", message=message) for message in said))
    why = found.explain(found.incidents()["incident_id"][0])
    assert why.messages[["template", "kind", "distinct_values"]].to_numpy().tolist() == [
        ["order {number} of {email} failed", "number", 3],
        ["order {number} of {email} failed", "email", 1],
    ]
    assert "  order {number} of {email} failed  (5 events; number: 3 values; email: 1 value)\n" in why.text
    assert "48" not in why.text.split("\nMessage\n")[1].split("\nVariants\n")[0]


def test_many_messages_are_counted_not_listed():
    words = ["alpha", "beta", "gamma", "delta", "kappa", "sigma", "omega"]
    found = case(*(trace("pay", "main", message=f"lost {word}") for word in words))
    why = found.explain(found.incidents()["incident_id"][0])
    assert len(why.messages) == 7
    assert why.text.count("  lost ") == 5
    assert "  and 2 further messages\n" in why.text


def test_the_nearest_say_what_parts_them():
    found = case(
        trace("parse", "read", "main"),
        trace("parse", "scan", "main"),
        trace("parse", "read", "main", error="KeyError"),
        trace("other", "elsewhere"),
    )
    titles = {found.explain(one).key["value"].str.cat(sep=" "): one for one in found.incidents()["incident_id"]}
    why = found.explain(titles["exception ValueError parse.parse read main"])
    assert why.nearest["near"].tolist() == [
        "the same family, 3 frames of the key in common (parse.parse, read, main)",
        "the same family, 2 frames of the key in common (parse.parse, main)",
    ]
    assert why.nearest["shared"].tolist() == [3, 2]
    assert why.nearest["why"].tolist() == [
        "the type is ValueError here and KeyError there",
        "frame 2 is read here instead of scan there",
    ]
    scan = titles["exception ValueError parse.parse scan main"]
    assert f"    split from {scan} because frame 2 is read here instead of scan there\n" in why.text
    alone = found.explain(titles["exception ValueError other elsewhere"])
    assert alone.nearest.empty
    assert "none shares its key, its family or a frame of its key" in alone.text


def test_the_same_crash_in_another_service_is_nearest(everything, explanations):
    rows = everything.incidents()
    one = rows.loc[rows["title"] == "PaymentError in convert", "incident_id"].iloc[0]
    first = explanations[one].nearest.iloc[0]
    assert first["near"] == "the same key"
    assert first["why"].startswith("the service is ")


def test_decisions_are_told_and_masked(tmp_path):
    source = (trace("pay", "main") + trace("scan", "serve")).encode()
    found = triage.load(source, journal=tmp_path / "journal.ndjson")
    one, two = sorted(found.incidents()["incident_id"])
    found.merge([one, two], "one cause")
    (left,) = found.incidents()["incident_id"]
    whole = found.redact()
    for why in (found.explain(left), RedactedCase.lazy(found).explain(left), whole.explain(left)):
        assert why.decisions[["what", "effect", "why"]].to_numpy().tolist() == [["merge", "applied", "one cause"]]
        assert re.search(r"\n  \S+ \S+ UTC  .+  merge  applied  one cause\n", why.text)
        assert Page(why._repr_html_()).tables[-1]["caption"] == "Decisions"
        assert why.variants["events"].tolist() == [1, 1]


def test_secrets_in_a_journal_are_masked():
    found = case(trace("pay", "main"))
    one = found.incidents()["incident_id"][0]
    told = {"when": None, "who": SECRETS["file"], "what": "note", "effect": "applied", "why": SECRETS["function"]}
    journal = pd.DataFrame(
        [told | {"incident_ids": [one], "subjects": None}, told | {"incident_ids": [], "subjects": []}]
    )
    why = explaining.explain(found.raw.tables, one, mask=RedactedCase.lazy(found).masked, journal=journal)
    assert held(why.decisions.to_csv()) == ["function", "file"]
    assert len(why.decisions) == 1
    assert held(why.text + why._repr_html_()) == []


@pytest.mark.parametrize("large", [False, True], ids=["learned whole", "learned by view"])
def test_what_shows_itself_holds_no_secret_while_the_frames_of_the_raw_case_do(large):
    found = planted(large=large)
    one = found.incidents()["incident_id"].iloc[0]
    why = found.explain(one)
    raw = "".join(frame.to_csv() for frame in frames_of(why))
    assert {"function", "type", "file"} <= set(held(raw))
    shown = [why.text, str(why), repr(why), why._repr_html_(), *why._repr_mimebundle_().values()]
    assert held("".join(shown)) == []
    masked = RedactedCase.lazy(found).explain(one)
    assert held("".join(frame.to_csv() for frame in frames_of(masked)) + masked.text + masked._repr_html_()) == []
    assert masked.text == why.text
    assert "[email:" in why.text


def test_a_whole_redaction_and_what_was_loaded_back_from_it_are_explained_alike():
    found = planted()
    one = found.incidents()["incident_id"].iloc[0]
    redacted = found.redact()
    assert held(redacted.explain(one).frame.to_csv()) == []
    back = triage.load(redacted.approve(by="Ada", when="2026-02-10").bytes)
    assert back.explain(one).frame["reason"].tolist() == found.explain(one).frame["reason"].tolist()


def test_hostile_names_stay_text():
    found = case(
        trace("f", "g").replace(", in f\n", f", in {HOSTILE}\n"), trace("g", error="ValueError", message=HOSTILE)
    )
    for one in found.incidents()["incident_id"]:
        why = found.explain(one)
        page = Page(why._repr_html_())
        assert "img" not in page.tags
        assert page.attributes <= {"scope"}
        assert "\x1b" not in why.text
    assert any(HOSTILE in Page(found.explain(one)._repr_html_()).text for one in found.incidents()["incident_id"])


def test_the_page_is_tables_with_captions_and_headers(explanations):
    for why in explanations.values():
        page = Page(why._repr_html_())
        assert page.tags <= TAGS
        assert page.tables
        for shown in page.tables:
            assert shown["caption"]
            assert all(shown["columns"])
            assert all(len(row) == len(shown["columns"]) and row[0] for row in shown["rows"])
            assert shown["headed"] == ["col"] * len(shown["columns"]) + ["row"] * len(shown["rows"])


def test_deep_stacks_stay_small_and_show_what_is_in_the_key():
    names = [f"f{n}" for n in range(3_000)]
    found = case(trace(*names))
    why = found.explain(found.incidents()["incident_id"][0])
    assert len(why.frame) >= 900  # readers cap the depth
    assert len(why._repr_html_()) < 30_000
    assert "further frames" in why.text


def test_nothing_depends_on_the_order_of_the_input():
    traces = [trace("a", "b", message=f"m {n % 4}") for n in range(6)]
    traces += [trace("a", "c", message=f"m {n}") for n in range(3)] + [trace("b", error="KeyError")]
    first = case(*traces)
    random.Random(7).shuffle(traces)
    second = case(*traces)
    for one in first.incidents()["incident_id"]:
        assert first.explain(one).text == second.explain(one).text
        assert first.explain(one)._repr_html_() == second.explain(one)._repr_html_()


words = st.text(max_size=12) | st.sampled_from(
    ["parse", "main", "std::panicking::begin_panic", "memcpy", HOSTILE, "\x1b[2J"]
)
texts = st.none() | words
calls = st.builds(
    Frame, function=texts, module=texts, module_offset=st.none() | st.integers(0, 2**64 - 1), file=texts,
    frame_kind=st.sampled_from(["frame", "elided", "signal", "note"]), trust=st.sampled_from([None, "scan"]),
)  # fmt: skip
kinds = st.sampled_from(["crash", "exception", "assertion", "hang", "request"])
routes = st.lists(words | st.sampled_from(["{id}", "7"]), max_size=4).map("/".join)
asked = st.fixed_dictionaries({}, optional={"http_method": texts, "route": routes, "http_status": st.integers(0, 599)})


@settings(max_examples=30)
@given(st.lists(st.tuples(kinds, texts, texts, asked, st.lists(calls, max_size=8)), min_size=1, max_size=4))
def test_any_content_is_explained_and_compared(events):
    records = Records()
    for kind, error_type, message, request, frames in events:
        number = records.event(
            event_class="incident_signal", event_kind=kind, error_type=error_type, error_value=message, **request
        )
        records.stacks(number, [Trace(frames=tuple(frames))])
    tables = keys.annotate(records.finish())
    ids = sorted(groups.members(tables)[2])
    made = [explaining.explain(tables, one, mask=lambda _, frame: frame) for one in ids]
    made += [comparing.compare(tables, ids[0], one, mask=lambda _, frame: frame) for one in ids]
    for one in made:
        page = Page(one._repr_html_())
        assert page.tags <= TAGS
        assert page.attributes <= {"scope"}
        assert one.text.replace("\n", "").isprintable()
    assert all(why._facts.side.exact for why in made[: len(ids)])
    assert len({tuple(why.key["value"]) for why in made[: len(ids)]}) == len(ids)


def test_an_id_that_is_not_there_is_an_error_that_says_so():
    for found in (triage.load(b""), RedactedCase.lazy(triage.load(b""))):
        with pytest.raises(triage.TriageError, match="incident_id"):
            found.explain("inc_0")


def in_files(*files):
    return triage.loads(
        "".join(
            f"2026-01-{day:02} 10:00:00 ERROR app: no\nTraceback (most recent call last):\n"
            f'  File "{file}", line {day}, in show_total\n    x()\nPermissionError: no\n'
            for day, file in enumerate(files, 1)
        )
    )


def test_functions_that_are_called_alike_in_several_files_are_told_of():
    found = in_files("/srv/shop/a.py", "/srv/shop/b.py", "/home/ada/b.py")
    (incident,) = found.incidents()["incident_id"]
    why = found.explain(incident)
    assert why.spots.to_numpy().tolist() == [[1, "b.py", 2], [1, "a.py", 1]]
    told = "\nFrame 1 of the key is in 2 files\n  b.py  (2 events)\n  a.py  (1 event)\n"
    assert told in why.text
    assert f'part them: case.split("{incident}", by="file")\n' in why.text
    assert "<li>b.py  (2 events)</li>" in why._repr_html_()


def test_folders_of_such_files_are_told_of_and_one_file_is_not():
    found = in_files("/srv/shop/orders/totals.py", "/srv/shop/users/totals.py")
    why = found.explain(found.incidents()["incident_id"][0])
    assert why.spots["file"].tolist() == ["orders/totals.py", "users/totals.py"]
    found = in_files("/srv/shop/orders/totals.py", "C:\\r17\\orders\\totals.py")
    why = found.explain(found.incidents()["incident_id"][0])
    assert (len(why.spots), "of the key is in" in why.text) == (0, False)


def test_the_names_of_such_files_are_masked():
    found = in_files("/srv/ada.lovelace@firma.de/totals.py", "/srv/shop/totals.py")
    why = found.explain(found.incidents()["incident_id"][0])
    assert "ada.lovelace@firma.de/totals.py" in why.spots["file"].tolist()
    assert "/totals.py  (1 event)" in why.text
    assert "lovelace" not in why.text + why._repr_html_()
