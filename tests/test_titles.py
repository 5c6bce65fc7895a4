import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.deciding import event
from tests.growth import grows_evenly
from triage.incidents.titles import bounded, first_line, native_title, title

FRAMES = [
    "at shop.cart.Pay.charge(Pay.java:81)",
    "at {dynamic}//org.acme.web.Chain$Link.next(Chain.java:{dynamic})",
    "at shop.war//shop.Filter.doFilter(Filter.java:44)",
    "at shop.cart.Pay.open(Unknown Source)",
    "at java.lang.reflect.Method.invoke(Native Method)",
    "at pay (lib/cart.ts:8:14)",
    "at async pay (lib/cart.ts:{dynamic}:{dynamic})",
    "at new Cart (lib/cart.ts:8)",
    "at https://shop.example/js/app.js:1:20331",
    "at /opt/shop/cart.js:8:14",
    "at node:internal/timers:581:11",
    "at <anonymous> (native)",
]


@pytest.mark.parametrize("frame", FRAMES)
def test_a_title_ends_before_the_first_frame(frame):
    text = f"PayError: card was declined {frame} {frame}"
    assert native_title("backend_exception", text) == "PayError: card was declined"
    assert native_title("backend_exception", frame) == "Backend exception"


@pytest.mark.parametrize("between", ["\n\t", "\r\n  ", "\\n    ", "\\r\\n\\t", " "])
def test_however_the_stack_is_parted_from_the_message(between):
    assert first_line(f"cart is gone{between}at shop.Cart.get(Cart.java:5)") == "cart is gone"


@pytest.mark.parametrize(
    "text",
    [
        "no seat at table (left)",
        "late at noon (meeting:12)",
        "stopped at checkout",
        "cannot open C:\\new\\at\\report.txt",
        "flat (roof.js:1:2) is no frame",
        "at at the door",
        "at x.js:1:2y",
    ],
)
def test_a_sentence_that_only_says_at_is_kept(text):
    assert first_line(text) == text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("backend_exception", "Backend exception"),
        ("frontend_exception", "Frontend exception"),
        ("request_event", "Request failure"),
        ("log_event", "Application log error"),
        ("deploy_metadata", "Deploy Metadata"),
    ],
)
@pytest.mark.parametrize("text", [None, "", " \n", '{"ok":false}', "[1, 2]", "kind"])
def test_what_is_no_sentence_gives_way_to_words(kind, words, text):
    assert native_title(kind, kind if text == "kind" else text) == words


def test_long_titles_break_at_a_space_that_is_far_enough():
    assert bounded("x" * 180) == "x" * 180
    assert bounded("x" * 181) == "x" * 179 + "…"
    assert bounded("x" * 79 + " " + "y" * 200) == "x" * 79 + " " + "y" * 99 + "…"
    assert bounded("x" * 80 + " " + "y" * 200) == "x" * 80 + "…"
    assert bounded("\N{FACE WITH TEARS OF JOY}" * 200) == "\N{FACE WITH TEARS OF JOY}" * 179 + "…"
    assert native_title("log_event", "the cart is gone " * 30).endswith("cart…")


def test_database_errors_are_called_by_their_summary():
    text = "no session: connection to server at 10.0.0.1 failed: Connection refused"
    assert native_title("log_event", text) == "PostgreSQL connection refused"


def row(**columns):
    names = ("error_type", "event_kind", "culprit", "http_method", "route", "http_status", "error_value")
    return dict.fromkeys(names) | columns


def test_our_own_titles():
    assert title(row(error_type="KeyError", culprit="take (cart.py:7)")) == "KeyError in take"
    assert title(row(error_type="KeyError", culprit="take (cart.py:7) from find (index.py:2)")) == "KeyError in take"
    assert title(row(error_type="KeyError", culprit="take from find (index.py:2)")) == "KeyError in take"
    assert title(row(event_kind="request", http_method="GET", route="/a", http_status=503)) == "GET /a 503"
    assert title(row(event_kind="log", error_value="cart 77 gone\n\tat a.B.c(B.java:3)")) == "log: cart {number} gone"
    assert title(row(event_kind="log", error_value='{"error": 1}')) == "Application log error"
    assert title(row(error_type="Odd", error_value="[1]")) == "Odd: [{number}]"
    assert title(row()) == "event"
    assert len(title(row(error_type="E", error_value="many words " * 50))) <= 180


def test_a_title_holds_no_stack_in_a_case():
    text = "upload failed\n    at send (/srv/app/send.js:4:2)\n    at run (/srv/app/run.js:9:1)"
    log = event(1) | {"event_type": "log_event", "payload": {"level": "error", "message": text, "attributes": {}}}
    case = triage.loads(json.dumps([log]), name="1-1-api.events.json")
    assert case.incidents()["title"].tolist() == ["log: upload failed"]


@given(st.text(alphabet="at (.:)1xj\\n/{}", max_size=80))
def test_any_text_has_a_title_in_one_line(text):
    found = native_title("log_event", text)
    assert found
    assert "\n" not in found
    assert len(found) <= 180


@pytest.mark.parametrize("piece", ["at ", "at x(", "at x.js:1", " at (a.b", ".a", "\\n", "at https:"])
def test_the_cost_is_linear(piece):
    grows_evenly(first_line, lambda size: piece * (size // len(piece)), 5_000)


@pytest.mark.parametrize(
    ("kind", "said", "words"),
    [
        ("RangeError", "RangeError (index): 3 is over 2", "RangeError (index): {number} is over {number}"),
        ("Out of memory", "Out of memory: Killed process", "Out of memory: Killed process"),
        ("Error", "Errors are many", "Error: Errors are many"),
        ("Error", "Error at start", "Error: Error at start"),
    ],
)
def test_a_message_that_says_its_type_itself_is_not_told_twice(kind, said, words):
    row = dict.fromkeys(("event_kind", "culprit", "http_method", "route", "http_status"))
    assert title({**row, "error_type": kind, "error_value": said}) == words
