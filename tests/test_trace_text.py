import pytest
from hypothesis import given
from hypothesis import strategies as st

import triage
from tests.reading import SAMPLES, corpus, read
from triage import formats
from triage.formats.trace_text import readers

# Written by hand in the words of CPython 3.11, node 20, OpenJDK 17, Go, Rust and gdb 13.
PYTHON = """\
Traceback (most recent call last):
  File "rates.py", line 14, in read_rate
    return RATES[code]
           ~~~~~^^^^^^
KeyError: 'XTS'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "shop.py", line 9, in <module>
    pay(cart)
  File "shop.py", line 5, in pay
    raise PaymentError("no exchange rate for XTS") from error
PaymentError: no exchange rate for XTS
"""
NODE = """\
TypeError: Cannot read properties of undefined (reading 'price')
    at formatPrice (/srv/shop/cart.js:3:20)
    at Object.<anonymous> (/srv/shop/cart.js:12:1)
    at node:internal/main/run_main_module:28:49
"""
JAVA = 'Exception in thread "main" java.lang.IllegalStateException: empty\n\tat com.shop.Cart.total(Cart.java:7)\n'
GO = "panic: no rate\n\ngoroutine 1 [running]:\nmain.pay(0x2)\n\t/srv/shop/shop.go:7 +0x1d\n"
RUST = """\
thread 'main' panicked at src/main.rs:4:5:
no rate
stack backtrace:
   0: shop::pay
             at ./src/main.rs:4:5
"""
GDB = """\
Program received signal SIGSEGV, Segmentation fault.
#0  0x00000000004005 in pay (cart=0x0) at shop.c:3
#1  0x0000004006 in main () at shop.c:9
"""


@pytest.mark.parametrize(
    ("text", "title", "platform", "name"),
    [
        (PYTHON, "PaymentError in pay", "python", "python"),
        (NODE, "TypeError in formatPrice", "javascript", "javascript"),
        (JAVA, "java.lang.IllegalStateException in com.shop.Cart.total", "java", "java"),
        (GO, "panic in main.pay", "go", "go"),
        (RUST, "panic in shop::pay", "rust", "rust"),
        (GDB, "SIGSEGV in pay", "native", "gdb"),
    ],
)
def test_a_pasted_trace_is_an_incident(text, title, platform, name):
    case = triage.loads(text)
    (row,) = case.incidents().to_dict("records")
    assert (row["title"], list(row["platforms"]), list(row["formats"])) == (title, [platform], [name])


def test_a_chain_is_one_event_with_its_cause():
    case = triage.loads(PYTHON)
    stacks = case.stacks()
    assert stacks["error_type"].tolist() == ["PaymentError", "KeyError"]
    assert stacks["role"].tolist() == ["crash", "cause"]
    assert case.events()["length"].tolist() == [len(PYTHON)]


def test_two_traces_are_two_events():
    events = triage.loads(NODE + "\n" + NODE.replace("price", "name")).events()
    assert [value[-6:] for value in events["error_value"]] == ["rice')", "name')"]


def test_traces_of_several_languages_in_one_log():
    case = triage.loads("a log\n" + JAVA + "goes on\n" + PYTHON + "and on\n" + GO)
    assert case.events()["format"].tolist() == ["java", "python", "go"]
    assert case.files()["description"].tolist()[0].endswith("(3 in all)")
    hits = formats.detect(("a log\n" + JAVA + PYTHON).encode())
    assert [(hit.format, hit.score) for hit in hits] == [("java", 45), ("python", 35)]
    assert hits[1].reason.endswith("line 4")


def test_a_trace_without_frames_is_partial_or_unknown():
    (event,) = triage.loads("thread 'main' panicked at src/main.rs:4:5:\nno rate\n").events().to_dict("records")
    assert event["error_type"] == "panic"
    assert triage.loads("Traceback (most recent call last):\n").incidents().empty


@pytest.mark.parametrize(
    "text",
    [
        "# Notes\n\nmail a@b.example\n",
        "a line of a log\n" * 900,
        "the payment failed, see at the end of the panic about an exception in thread pools\n" * 9,
        "def f():\n    raise ValueError('Traceback')\n\n\nclass Exception: ...\n",
    ],
)
def test_texts_without_a_crash_are_not_claimed(text):
    assert formats.detect(text.encode()) == []
    assert triage.loads(text).events().empty


def test_no_sample_of_another_format_is_claimed():
    ours = set(readers())
    for path in sorted(SAMPLES.rglob("*")):
        if path.is_file() and "make" not in path.parts and not {"traces", "grouping"} & set(path.parts):
            hits = formats.detect(path)
            assert not hits or hits[0].format not in ours, path.name


def test_real_traces_of_the_corpus():
    case = triage.load(
        [corpus("js", "simple.chrome.log"), corpus("stacks", "cf", "golang_panic_with_type_assertions_in_frames.txt")]
    )
    assert set(case.events()["platform"]) >= {"go"}


@given(
    st.text()
    | st.sampled_from([PYTHON, NODE, JAVA, GO, RUST, GDB]).flatmap(
        lambda text: st.integers(0, len(text)).map(lambda cut: text[:cut])
    )
)
def test_any_text(text):
    tables = read(text.encode("utf-8", "replace"))
    assert len(tables["files"]) == 1


def test_a_time_without_a_zone_says_so():
    fault = "server[4242]: segfault at 10 ip 0000555555555b2a sp 00007ffff77fdd50 error 4 in server[555555555000+2000]"
    (event,) = read(f"[Mon Jan 26 01:25:59 2026] {fault}\n".encode())["events"]
    assert (str(event["ts"]), event["ts_source"]) == ("2026-01-26 01:25:59+00:00", "log line without zone")
    assert "the time has no zone; taken as UTC" in event["notes"]
