"""Charts as figures: pictures with words, captions and data; masked, escaped, the same each time, without a network."""

from __future__ import annotations

import base64
import re
import sys
from contextlib import closing
from dataclasses import fields
from html.parser import HTMLParser
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree as ET

import nbformat
import pandas as pd
import pytest

import triage
from tests.envelopes import exception, lines
from tests.streams import DAY, HOUR, MINUTE, SECOND, START, burst, case_of, steady
from triage_widgets.charts import layers, palette, spikes, words
from triage_widgets.charts.brush import Selection

ROOT = Path(__file__).resolve().parents[1]
NAMES = ("spikes", "regressions", "timeline", "releases")
HOSTILE = "<script>alert(1)</script>\"&'\x1b]]>"
SVG = "{http://www.w3.org/2000/svg}"


class Page(HTMLParser):
    """The tags of a figure, the alt of its picture, and its cells."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.alt, self.src, self.cells = [], "", "", []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "img":
            found = dict(attrs)
            self.alt, self.src = found["alt"], found["src"]
        if tag in {"td", "th"}:
            self.cells.append("")

    def handle_data(self, data):
        if self.cells:
            self.cells[-1] += data


def told(*, release="1.4.2", function="parse", **more):
    """Four days of one incident with a spike that begins with a release, and one that is new with it."""
    return case_of(
        steady(3, release="1.4.1", function=function, **more),
        burst(3 * DAY, 60, release=release, function=function, **more),
        steady(1, start=3 * DAY + HOUR, release=release, function=function, **more),
        steady(0.5, every=HOUR, start=3 * DAY + 2 * HOUR, release=release, function="checkout", **more),
    )


@pytest.fixture(scope="module")
def case():
    return told()


def page_of(figure):
    return Page(figure._repr_mimebundle_()["text/html"])


def picture_of(figure):
    return base64.b64decode(page_of(figure).src.removeprefix("data:image/svg+xml;base64,"))


@pytest.mark.parametrize("name", NAMES)
def test_a_chart_is_a_figure_with_a_picture_words_a_caption_and_its_data(case, name):
    figure = getattr(case.charts, name)()
    page = page_of(figure)
    assert page.tags[:3] == ["figure", "img", "figcaption"]
    assert {"details", "summary", "table", "caption", "thead"} <= set(page.tags)
    assert page.alt == figure.alt
    assert len(figure.data) > 0
    root = ET.fromstring(picture_of(figure))
    assert root.tag == f"{SVG}svg"
    assert b"<script" not in picture_of(figure)
    assert b"href=" not in picture_of(figure)


def test_the_words_of_spikes_are_those_of_the_rows(case):
    [spike] = case.spikes().to_dict("records")
    alt = case.charts.spikes().alt
    assert alt.startswith("1 spike in 1 incident; the spike is in SIGSEGV in parse, from 2023-11-17 22:")
    assert f"{spike['count']} events in {words.length(spike['minutes'] * MINUTE)} where" in alt
    assert f"where {words.number(spike['expected'])} were expected, first with release 1.4.2." in alt
    assert "1 deploy: 1.4.2 at 2023-11-17 22:13 UTC." in alt


def test_spikes_are_marked_in_shape_and_words_beside_what_was_expected(case):
    figure = case.charts.spikes()
    texts = [node.text for node in ET.fromstring(picture_of(figure)).iter(f"{SVG}text")]
    count = case.spikes()["count"].iloc[0]
    assert any(text.startswith(f"#1: {count} in ") and "1.4.2" in text for text in texts if text)
    assert "1.4.2" in texts  # the deploy, by its name
    for colour in (palette.LIGHT.band, palette.LIGHT.edge, palette.LIGHT.alarm):
        assert colour.encode() in picture_of(figure)
    row = dict(zip(figure.data.columns, figure.data.iloc[0], strict=True))
    assert (row["#"], row["incident"], row["release"]) == ("1", "SIGSEGV in parse", "1.4.2")
    assert row["events"] == f"{count}"


def test_no_spike_is_said_and_the_counts_are_drawn(case):
    figure = case.charts.spikes(until=START + pd.Timedelta("2D"))
    assert figure.alt.startswith("No spike in 1 incident with 289 events, 2023-11-14 22:10 to 2023-11-16 22:20 UTC.")
    assert picture_of(figure)
    assert figure.data.columns.tolist() == ["from (UTC)", "1. SIGSEGV in parse"]


def test_regressions_name_their_kind_and_deploy(case):
    kinds = case.regressions()["kind"].value_counts()
    figure = case.charts.regressions()
    assert kinds["new"] == 1
    assert re.match(rf"{kinds.sum()} regressions? in \d incidents? \(", figure.alt)
    texts = [node.text or "" for node in ET.fromstring(picture_of(figure)).iter(f"{SVG}text")]
    assert any(re.match(r"#\d new · 1\.4\.2", text) for text in texts)
    assert figure.data["kind"].value_counts().to_dict() == kinds.to_dict()


def test_the_timeline_shows_every_event_in_its_data(case):
    figure = case.charts.timeline()
    events = case.incidents()["count"].sum()
    assert figure.alt.startswith(f"{events} events of 2 incidents, 2023-11-14 22:")
    numbers = figure.data.iloc[:, 1:].map(lambda text: int(text.replace(",", "")))
    assert numbers.to_numpy().sum() == events


def test_buckets_of_seconds_are_told_apart():
    figure = case_of(steady(0.001, every=SECOND)).charts.timeline()
    assert figure.data["from (UTC)"].is_unique
    assert figure.data["from (UTC)"].iloc[1] == "2023-11-14 22:13:21"


def test_releases_say_what_was_new_with_them(case):
    figure = case.charts.releases()
    assert figure.data.iloc[:, [0, 1, 6]].to_numpy().tolist() == [["1.4.1", "api", "1"], ["1.4.2", "api", "1"]]
    assert "2 releases; the newest, 1.4.2 of api, first seen 2023-11-17 22:13 UTC" in figure.alt


@pytest.fixture(scope="module")
def week():
    folder = ROOT / "sample_bundles" / "debugbundle"
    return triage.load(folder / "week.tar.gz", journal=folder / "week.journal.ndjson")


def test_names_of_releases_have_room_in_a_wide_font_too(week):
    picture = ET.fromstring(picture_of(week.charts.releases()))
    left = float(re.match(r"translate\(([\d.]+),", picture.find(f"{SVG}g").attrib["transform"])[1])
    names = [
        node.text for node in picture.iter(f"{SVG}text") if node.text in {"checkout-api 2.3.0", "mail-worker 2.4.0"}
    ]
    assert len(names) == 2
    # DejaVu Sans bold, which stands in on many machines, is 7.6 pixels wide on average at this size.
    assert left >= 12 + 7.6 * max(map(len, names))


def test_deploys_of_several_services_are_told_apart_in_words(week, case):
    assert (
        "2.4.0 of checkout-api at 2026-03-05 10:00 and 2.4.0 of mail-worker at 2026-03-05 12:"
        in week.charts.timeline().alt
    )
    assert "1.4.2 at 2023-11-17 22:13" in case.charts.timeline().alt


def test_marks_of_two_rules_say_whose_they_are(week):
    both = week.charts.spikes(rule="all")
    texts = [node.text or "" for node in ET.fromstring(picture_of(both)).iter(f"{SVG}text")]
    assert any(re.match(r"#\d by tested: ", text) for text in texts)
    assert any(re.match(r"#\d by 5m/1h: ", text) for text in texts)
    assert set(both.data["rule"]) == {"tested", "5m/1h"}
    alone = [node.text or "" for node in ET.fromstring(picture_of(week.charts.spikes())).iter(f"{SVG}text")]
    assert any(re.match(r"#1: ", text) for text in alone)


def test_a_bracket_is_the_spike_from_where_it_began(week):
    found = week.spikes()
    (spike,) = found.to_dict("records")
    (mark,) = spikes._marks(found, spike["incident_id"])
    assert (mark.start, mark.end) == (layers.milli(spike["began"]), layers.milli(spike["end"]))
    assert mark.start < layers.milli(spike["start"]) < mark.at <= mark.end
    assert spike["began"] <= spike["peak"] - pd.Timedelta(minutes=spike["minutes"])


@pytest.mark.parametrize("name", NAMES)
def test_nothing_to_draw_is_said(name):
    figure = getattr(case_of().charts, name)()
    assert "nothing to draw" in figure.alt
    assert page_of(figure).tags[:2] == ["figure", "p"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("days", [0, 0.5, 3.01, 3.5, 9])
def test_a_chart_up_to_a_time_knows_nothing_of_later(name, days):
    until = round(days * DAY)
    events = [
        *steady(3, release="1.4.1"),
        *burst(3 * DAY, 60, release="1.4.2"),
        *steady(1, start=3 * DAY + HOUR, release="1.4.2"),
        *steady(0.5, every=HOUR, start=3 * DAY + 2 * HOUR, release="1.4.2", function="checkout"),
    ]
    whole, then = case_of(events), case_of([each for each in events if each["at"] <= until])
    moment = START + pd.Timedelta(until, unit="us")
    one, two = (getattr(each.charts, name)(until=moment) for each in (whole, then))
    assert one._repr_mimebundle_() == two._repr_mimebundle_()


def test_events_without_a_time_are_said():
    text = "panic: boom\n\ngoroutine 1 [running]:\nmain.f()\n\t/src/main.go:5 +0x1\n"
    assert "1 event without a time is not drawn." in triage.loads(text).charts.timeline().alt


@pytest.mark.parametrize("name", NAMES)
def test_one_event_can_be_drawn(name):
    assert picture_of(getattr(case_of([{"at": 0, "release": "1"}]).charts, name)())


@pytest.mark.parametrize("name", NAMES)
def test_hostile_titles_and_releases_are_text(name):
    case = told(release=HOSTILE, error_type=HOSTILE)
    figure = getattr(case.charts, name)()
    page = page_of(figure)
    assert "script" not in page.tags
    assert page.tags.count("img") == 1
    root = ET.fromstring(picture_of(figure))
    assert not [node for node in root.iter() if node.tag.endswith("script")]
    assert b"\x1b" not in picture_of(figure)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shown_is_masked(name):
    case = told(release="1.4-ada@example.org", error_type="Error of ada@example.org")
    figure = getattr(case.charts, name)()
    shown = figure._repr_mimebundle_()
    live = figure.interactive()
    for text in (shown["text/html"], shown["text/plain"], picture_of(figure).decode(), repr(live), str(ask(live))):
        assert "ada@example.org" not in text
    assert "[email:" in shown["text/html"] + picture_of(figure).decode()


def test_a_whole_redaction_has_the_same_charts():
    case = triage.load(ROOT / "sample_bundles" / "debugbundle")
    with closing(case.redact()) as redacted:
        for name in NAMES:
            assert getattr(redacted.charts, name)().alt == getattr(case.charts, name)().alt


@pytest.mark.parametrize("name", NAMES)
def test_the_same_case_gives_the_same_bytes(name):
    one, other = (getattr(told().charts, name)()._repr_mimebundle_() for _ in range(2))
    assert one == other


def test_a_theme_of_the_notebook_changes_nothing(case):
    import altair as alt

    before = case.charts.timeline()._repr_mimebundle_()
    with alt.theme.enable("dark"):
        assert case.charts.timeline()._repr_mimebundle_() == before


def test_without_vl_convert_the_words_and_the_data_stay(case, monkeypatch):
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    figure = case.charts.spikes()
    page = page_of(figure)
    assert "img" not in page.tags
    assert figure.alt in figure.html()
    assert "pip install" in figure.html()
    assert "table" in page.tags


@pytest.mark.parametrize("colours", [palette.LIGHT, palette.DARK])
def test_colours_can_be_told_from_the_ground(colours):
    against = {
        field.name: palette.contrast(getattr(colours, field.name), colours.ground) for field in fields(palette.Palette)
    }
    assert min(against[name] for name in ("ink", "quiet", "alarm")) >= 4.5  # words
    assert min(against[name] for name in ("bar", "edge")) >= 3  # what is drawn
    assert palette.contrast(colours.bar, colours.band) >= 3
    values = [getattr(colours, field.name) for field in fields(palette.Palette)]
    assert all(one != other for one, other in combinations(values, 2))


def test_a_dark_scheme_changes_every_colour_of_a_picture(case):
    picture = picture_of(case.charts.spikes()).decode()
    head, body = picture.split("</style>")
    assert "prefers-color-scheme:dark" in head
    used = set(re.findall(r'(?:fill|stroke)="(#[0-9a-f]{3,6})"', body))
    assert used <= {getattr(palette.LIGHT, field.name) for field in fields(palette.Palette)}


def test_deploys_without_room_for_their_name_are_said():
    parts = [steady(0.01, every=MINUTE, start=n * 15 * MINUTE, release=f"1.{n}-of-many") for n in range(1, 60)]
    figure = case_of(steady(9, every=HOUR, release="0"), *parts).charts.timeline()
    drawn = [node.text or "" for node in ET.fromstring(picture_of(figure)).iter(f"{SVG}text")]
    named = sum(text.endswith("-of-many") for text in drawn)
    assert 3 <= named < 59
    assert figure.caption.endswith(f"; {59 - named} of them without room for their name")
    assert "59 deploys, the last three: 1.57-of-many at" in figure.alt


def ask(brush, name="incidents", **arguments):
    answer, _ = brush.call({"name": name, "arguments": arguments}, [])
    return answer.get("value", answer.get("error"))


def test_a_brush_returns_time_and_incidents_to_python(case):
    brush = case.charts.spikes().interactive()
    seen = []
    brush.observe(lambda change: seen.append(change["new"]), "selection")
    listed = ask(brush, since="2023-11-17 22:14", until="2023-11-17 23:59")["rows"]
    assert [row["title"] for row in listed] == ["SIGSEGV in parse"]
    said = ask(brush, "select", since="2023-11-17 22:14", until="2023-11-18 02:00")
    assert re.fullmatch(r"Selected: 2 incidents with \d+ events, 2023-11-17 22:14 to 2023-11-18 02:00 UTC.", said)
    ids = dict(zip(case.incidents()["title"], case.incidents()["incident_id"], strict=True))
    assert set(brush.selection.incidents) == set(ids.values())
    ask(brush, "select", since="2023-11-17 22:14", until="2023-11-18 02:00", incidents=[ids["SIGSEGV in checkout"]])
    assert brush.selection == Selection(
        pd.Timestamp("2023-11-17 22:14", tz="UTC"),
        pd.Timestamp("2023-11-18 02:00", tz="UTC"),
        (ids["SIGSEGV in checkout"],),
    )
    assert seen[-1] == brush.selection
    assert brush.selected()["title"].tolist() == ["SIGSEGV in checkout"]
    assert repr(brush) == "<triage.Brush: 2023-11-17 22:14 to 2023-11-18 02:00 UTC, 1 incident>"


def test_a_brush_says_what_is_wrong_with_a_time(case):
    brush = case.charts.timeline().interactive()
    assert ask(brush, "select", since="yesterday-ish") == "From is no time: write it as 2026-01-31 14:05, in UTC"
    assert ask(brush, "select", since="2024-01-02", until="2024-01-01") == "From is later than To: exchange them"
    assert brush.selection == Selection()


def test_the_axis_of_a_picture_is_where_the_brush_takes_it_to_be(case):
    for name in NAMES:
        shown = ask(getattr(case.charts, name)().interactive(), "chart")
        picture = shown["picture"]
        assert picture["axis"] == layers.AXIS
        assert picture["left"] >= 10
        assert picture["left"] + picture["axis"] <= picture["width"]
        assert shown["end"] - shown["start"] >= 4 * 24 * 3_600_000


def test_a_brush_has_the_static_form_beside_it(case):
    figure = case.charts.timeline()
    data, _ = figure.interactive()._repr_mimebundle_()
    assert data["text/html"] == figure.html()
    assert "widget-view" in " ".join(data)


def test_nbconvert_keeps_the_figure(case):
    nbconvert = pytest.importorskip("nbconvert")
    data = case.charts.spikes()._repr_mimebundle_()
    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", data=data)])
    shown, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[cell]))
    begin = shown.index("<figure>")
    kept, made = Page(shown[begin : shown.index("</figure>")]), Page(data["text/html"])
    assert (kept.tags, kept.alt, kept.src, kept.cells) == (made.tags, made.alt, made.src, made.cells)


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00Z", "0001-06-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"])
def test_a_time_at_the_end_of_the_calendar_is_drawn(moment):
    usual = [exception(number) for number in range(1, 21)]
    case = triage.loads(lines([*usual, exception(21) | {"occurred_at": moment}]))
    counts = case.series().counts
    assert len(list(counts["start"])) == len(list(counts["end"])) > 0
    assert counts["count"].sum() == 21
    for name in NAMES:
        assert getattr(case.charts, name)().html()
