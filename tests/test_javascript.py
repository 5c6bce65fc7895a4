"""JavaScript stacks: what Node 20 and the corpus' browsers printed, WebKit's and Gecko's forms, and damage."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import corpus
from triage.formats import traces
from triage.formats.traces import javascript

NODE_CAUSE = """\
Error: outer
second line
    at Object.<anonymous> (/srv/a (x86).js:1:9)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)
    ... 4 lines matching cause stack trace ...
    at node:internal/main/run_main_module:28:49 {
  code: 'E_OUTER',
  [cause]: TypeError: inner
      at Object.<anonymous> (/srv/a (x86).js:1:47)
      ... 4 lines matching cause stack trace ...
      at node:internal/main/run_main_module:28:49 {
    [cause]: RangeError: root
        at Object.<anonymous> (/srv/a (x86).js:1:76)
        at Function.executeUserEntryPoint [as runMain] (node:internal/modules/run_main:164:12)
  }
}
"""

NODE_AGGREGATE = """\
AggregateError: many
    at Object.<anonymous> (/srv/a.js:4:13)
    at node:internal/main/run_main_module:28:49 {
  [errors]: [
    Error: a
        at Object.<anonymous> (/srv/a.js:4:33)
        at node:internal/main/run_main_module:28:49,
    SyntaxError: b
        at Object.<anonymous> (/srv/a.js:4:48)
        at node:internal/main/run_main_module:28:49
  ]
}
"""

NODE_UNCAUGHT = """\
/srv/a.js:16
(async()=>{ throw new Error("uncaught one") })();
            ^

Error: uncaught one
    at /srv/a.js:16:135
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
    at async Promise.all (index 0)
    at async /srv/a.js:16:19

Node.js v20.20.2
"""


def rows(text):
    return [(f.function, f.file, f.line, f.column) for f in javascript.parse(text)[0].frames]


def test_causes_of_node():
    outer, inner, root = javascript.parse(NODE_CAUSE)
    assert (outer.role, outer.chain_no, outer.error_type, outer.error_value) == (
        "crash",
        0,
        "Error",
        "outer\nsecond line",
    )
    assert [(f.frame_kind, f.repeat, f.line) for f in outer.frames] == [
        ("frame", 1, 1),
        ("frame", 1, 1521),
        ("elided", 4, None),
        ("frame", 1, 28),
    ]
    assert outer.frames[0].file == "/srv/a (x86).js"
    assert (inner.role, inner.chain_no, inner.error_type, inner.error_value) == ("cause", 1, "TypeError", "inner")
    assert (root.role, root.chain_no, root.error_type, root.error_value) == ("cause", 2, "RangeError", "root")
    assert (root.frames[1].function, root.frames[1].function_raw) == (
        "Function.executeUserEntryPoint",
        "Function.executeUserEntryPoint [as runMain]",
    )


def test_members_of_an_aggregate_error_are_causes():
    found = [
        (trace.role, trace.chain_no, trace.error_type, trace.error_value) for trace in javascript.parse(NODE_AGGREGATE)
    ]
    assert found == [
        ("crash", 0, "AggregateError", "many"),
        ("cause", 1, "Error", "a"),
        ("cause", 1, "SyntaxError", "b"),
    ]


def test_uncaught_in_node():
    (trace,) = javascript.parse(NODE_UNCAUGHT)
    assert (trace.error_type, trace.error_value) == ("Error", "uncaught one")
    assert [(f.function, f.file, f.line) for f in trace.frames] == [
        (None, "/srv/a.js", 16),
        ("process.processTicksAndRejections", "node:internal/process/task_queues", 95),
        ("Promise.all", None, None),
        (None, "/srv/a.js", 16),
    ]
    assert trace.frames[2].function_raw == "async Promise.all (index 0)"


@pytest.mark.parametrize(
    ("line", "function", "file", "number", "column"),
    [
        ("at f (http://localhost:3000/app.js:10:5)", "f", "http://localhost:3000/app.js", 10, 5),
        ("at f (http://localhost:3000)", "f", "http://localhost:3000", None, None),
        ("at f (C:\\app dir\\main.js:1:2)", "f", "C:\\app dir\\main.js", 1, 2),
        ("at C:\\app\\main.js:7:3", None, "C:\\app\\main.js", 7, 3),
        ("at f (a.js:7)", "f", "a.js", 7, None),
        ("at f (file:///app/a.mjs)", "f", "file:///app/a.mjs", None, None),
        ("at async f (webpack:///./src/a.js?5c1f:12:3)", "f", "webpack:///./src/a.js?5c1f", 12, 3),
        ("at new Klass (simple.js:14:25)", "new Klass", "simple.js", 14, 25),
        ("at Klass.#secret (simple.js:1:2)", "Klass.#secret", "simple.js", 1, 2),
        ("at Array.map (<anonymous>)", "Array.map", "<anonymous>", None, None),
        ("at Array.forEach (native)", "Array.forEach", "native", None, None),
        ("at <anonymous>", None, "<anonymous>", None, None),
        ("at <anonymous>:1:5", None, "<anonymous>", 1, 5),
        ("at q (eval at <anonymous> (/srv/a (x86).js:10:6), <anonymous>:1:16)", "q", "/srv/a (x86).js", 10, 6),
        (
            "at eval (eval at q (eval at <anonymous> (/srv/a.js:10:6)), <anonymous>:1:7)",
            "eval",
            "/srv/a.js",
            10,
            6,
        ),
        ("at f (address at index.android.bundle:1:1234)", "f", "index.android.bundle", 1, 1234),
        (
            "at f (wasm://wasm/0012ab:wasm-function[12]:0x1a2b)",
            "f",
            "wasm://wasm/0012ab",
            None,
            None,
        ),
        ("fn@http://host/a.js:1:2", "fn", "http://host/a.js", 1, 2),
        ("@file:///a/b.js:60:5", None, "file:///a/b.js", 60, 5),
        ("async*fn@http://host/a.js:1:2", "fn", "http://host/a.js", 1, 2),
        ("promise callback*fn@http://host/a.js:1:2", "fn", "http://host/a.js", 1, 2),
        ("fn/<@http://host/a.js:1:2", "fn/<", "http://host/a.js", 1, 2),
        ("global code@tauri://localhost/a.js:8:29", "global code", "tauri://localhost/a.js", 8, 29),
        ("map@[native code]", "map", "[native code]", None, None),
        ("[native code]", None, "[native code]", None, None),
        ("fn@http://host/a.js:7", "fn", "http://host/a.js", 7, None),
        ("fn@https://cdn/react@18.2.0/index.js:1:2", "fn", "https://cdn/react@18.2.0/index.js", 1, 2),
        ("./node_modules/@x/y.js/fn@https://h/b.js:1:2", "./node_modules/@x/y.js/fn", "https://h/b.js", 1, 2),
        ("fn@http://host/a.js line 12 > eval:1:9", "fn", "http://host/a.js", 12, None),
        ("http://path/to/file.js:47:22", None, "http://path/to/file.js", 47, 22),
        ("#privateMethod@simple.js:18:28", "#privateMethod", "simple.js", 18, 28),
    ],
)
def test_forms_of_frames(line, function, file, number, column):
    assert rows(f"Error: x\n    {line}\n") == [(function, file, number, column)]


@pytest.mark.parametrize(
    "line",
    [
        "\tat com.example.Main.run(Main.java:12)",
        "   at Shop.Cart.Add(String item) in C:\\src\\Cart.cs:line 12",
        "write to someone@example.com: today at 10:20:30",
        "meet at 12:30:15",
        "/srv/a.js:16",
        "file:///srv/a.mjs:3",
        "git@example.com:22",
    ],
)
def test_lines_that_are_no_frames(line):
    assert not javascript.probe(f"x\n{line}\n")


@pytest.mark.parametrize(
    ("head", "error_type", "error_value"),
    [
        ("TypeError: x is null", "TypeError", "x is null"),
        ("Uncaught TypeError: x is null", "TypeError", "x is null"),
        ("Uncaught (in promise) RangeError: deep", "RangeError", "deep"),
        ("TypeError [ERR_INVALID_ARG_TYPE]: bad", "TypeError", "[ERR_INVALID_ARG_TYPE] bad"),
        ("DOMException: aborted", "DOMException", "aborted"),
        ("my.ns.CustomError: a: b", "my.ns.CustomError", "a: b"),
        ("Error", "Error", None),
        ("Timeout: 30 s", "Timeout", "30 s"),
        ("Error: first\n\n  third", "Error", "first\n\n  third"),
        ("INFO: running\nTypeError: y", "TypeError", "y"),
    ],
)
def test_heads(head, error_type, error_value):
    (trace,) = javascript.parse(f"{head}\n    at f (a.js:1:2)\n")
    assert (trace.error_type, trace.error_value) == (error_type, error_value)


def test_a_head_alone_and_a_frame_alone():
    (trace,) = javascript.parse("ReferenceError: y is not defined\n")
    assert (trace.error_type, trace.error_value, trace.frames) == ("ReferenceError", "y is not defined", ())
    (trace,) = javascript.parse("    at f (a.js:1:2)\n")
    assert (trace.error_type, len(trace.frames)) == (None, 1)


def test_what_stands_between_frames_is_kept_as_a_note():
    (trace,) = javascript.parse("Error: x\n    at f (a.js:1:2)\n  ???\n    at g (a.js:3:4)\n")
    assert [f.function or f.function_raw for f in trace.frames] == ["f", "???", "g"]
    assert trace.frames[1].frame_kind == "note"


def test_corpus_chrome():
    sync, other = javascript.parse(corpus("js", "simple.chrome.log").read_text())
    assert [len(trace.frames) for trace in (sync, other)] == [13, 10]
    assert (sync.error_type, sync.error_value) == ("Error", None)
    assert (sync.frames[6].function, sync.frames[6].line, sync.frames[6].column) == ("new Klass", 14, 25)
    assert (sync.frames[12].function, sync.frames[12].file, sync.frames[12].line) == (None, "simple.js", 60)
    assert other.frames[0].function == "Object.asyncObjectLiteralAnon"


def test_corpus_firefox_has_the_same_places():
    chrome = javascript.parse(corpus("js", "simple.chrome.log").read_text())
    firefox = javascript.parse(corpus("js", "simple.firefox.log").read_text())
    for ours, theirs in zip(chrome, firefox, strict=True):
        assert [(f.line, f.column) for f in ours.frames] == [(f.line, f.column) for f in theirs.frames]
    assert firefox[0].frames[3].function == "Klass.prototype.prototypeMethod"


def test_corpus_jazzer():
    (trace,) = javascript.parse(corpus("stacks", "cf", "jazzer_js_javascript.txt").read_text())
    assert (trace.error_type, trace.error_value) == ("Error", "Welcome to Awesome Fuzzing!")
    assert [f.function for f in trace.frames] == ["check", "module.exports.fuzz", None]


def test_webassembly():
    text = (
        "RuntimeError: unreachable\n    at wasm://wasm/0123abcd:wasm-function[3]:0x1b2\n"
        "    at draw (https://example.com/y.wasm:wasm-function[12]:0xabc)"
    )
    frames = javascript.parse(text)[0].frames
    assert [(f.function, f.file, f.module_offset, f.line) for f in frames] == [
        ("wasm-function[3]", "wasm://wasm/0123abcd", 0x1B2, None),
        ("draw", "https://example.com/y.wasm", 0xABC, None),
    ]
    (frame, _) = javascript.parse("<?>.wasm-function[draw]@[wasm code]\nf@https://example.com/a.js:1:2")[0].frames
    assert (frame.function, frame.file) == ("<?>.wasm-function[draw]", "[wasm code]")


def test_rust_is_left_to_rust():
    text = "   0: a::b\n             at /build/a.rs:1:2\n   1: c\n             at /build/a.rs:3:4\n"
    assert not javascript.probe(text)
    assert [f.function for f in traces.parse(text)[0].frames] == ["a::b", "c"]


@settings(max_examples=100, deadline=None)
@given(
    st.text()
    | st.lists(st.sampled_from((NODE_CAUSE + NODE_AGGREGATE + NODE_UNCAUGHT).splitlines()), max_size=30).map("\n".join)
    | st.text("at fn@(:)1 [/.>,{]\n<eval ", max_size=80)
)
def test_any_text(text):
    javascript.probe(text)
    for trace in javascript.parse(text):
        assert trace.frames or trace.error_type


def test_every_cut():
    whole = NODE_CAUSE + NODE_AGGREGATE + NODE_UNCAUGHT
    for end in range(0, len(whole), 7):
        javascript.parse(whole[:end])
