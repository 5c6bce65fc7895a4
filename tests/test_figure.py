"""The static figure: complete, safe, and the same each time."""

from __future__ import annotations

import base64

import pandas as pd

from triage_widgets.figure import Figure
from triage_widgets.html import element

DATA = pd.DataFrame({"hour": ["09", "10"], "count": pd.array([3, None], dtype="int64[pyarrow]")})


def test_a_picture_has_words_a_caption_and_its_data() -> None:
    figure = Figure(alt="rising & falling", caption="Crashes an hour", data=DATA, svg=b"<svg/>")
    picture = base64.b64encode(b"<svg/>").decode()
    assert figure.html() == (
        f'<figure><img alt="rising &amp; falling" src="data:image/svg+xml;base64,{picture}">'
        "<figcaption>Crashes an hour</figcaption><details><summary>Data</summary>"
        "<table><caption>Crashes an hour</caption>"
        '<thead><tr><th scope="col">hour</th><th scope="col">count</th></tr></thead>'
        '<tbody><tr><th scope="row">09</th><td>3</td></tr><tr><th scope="row">10</th><td></td></tr></tbody></table>'
        "</details></figure>"
    )


def test_a_body_stands_in_place_of_a_picture_and_no_rows_make_no_table() -> None:
    figure = Figure(alt="none", caption="Nothing", data=DATA.head(0), body=element("p", "<nothing>"))
    assert figure.html() == "<figure><p>&lt;nothing&gt;</p><figcaption>Nothing</figcaption></figure>"


def test_the_bundle_is_the_same_each_time() -> None:
    figure = Figure(alt="a", caption="c", data=DATA)
    again = Figure(alt="a", caption="c", data=DATA.copy())
    assert figure._repr_mimebundle_() == again._repr_mimebundle_()
    assert figure._repr_mimebundle_(include=["text/html"], exclude=None)["text/plain"] == "Figure: c. a"
    assert sorted(figure._repr_mimebundle_()) == ["text/html", "text/plain"]


def test_the_interactive_form_is_made_when_it_is_asked_for() -> None:
    figure = Figure(alt="a", caption="c", data=DATA)
    assert figure.interactive() is figure
    assert Figure(alt="a", caption="c", data=DATA, interactive=lambda: "live").interactive() == "live"
