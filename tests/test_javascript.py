"""JavaScript stacks: what Node 20 and the corpus' browsers printed, WebKit's and Gecko's forms, and damage."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import CORPUS, corpus
from tests.scanned import scan_grows
from triage.formats import traces
from triage.formats.traces import javascript, javascript_frames
from triage.formats.traces.scanning import scan
from triage.stacks import signature

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
        ("fn/found<@http://host/a.js:1:2", "fn/<", "http://host/a.js", 1, 2),
        ("fn/found@http://host/a.js:1:2", "found", "http://host/a.js", 1, 2),
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
    assert firefox[0].frames[3].function == "Klass.prototypeMethod"


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


HEAP = """\
<--- Last few GCs --->

[12345:0x5f2]    12345 ms: Mark-sweep 2048.0 (2083.1) -> 2047.9 (2083.1) MB, 1.2 / 0.0 ms
[12345:0x5f2]    12346 ms: Mark-sweep 2048.0

<--- JS stacktrace --->

==== JS stack trace =========================================

    0: ExitFrame [pc: 0x1374fe9]
Security context: 0x0b9ab1fc08d1 <JSObject>
    1: leak [0x3ab] [/srv/a.js:12] [bytecode=0x1 offset=71](this=0x..,0x2)

FATAL ERROR: Ineffective mark-compacts near heap limit Allocation failed - JavaScript heap out of memory
----- Native stack trace -----

 1: 0xa17c40 node::Abort() [node]
 2: 0xb9c1e1  [node]
 3: 0xa1804c node::OnFatalError(char const*, char const*) [node]
 4: 00007FF7A1B2 node_api_throw_syntax_error+174319
Aborted (core dumped)
"""

EMITTED = """\
node:events:491
      throw er; // Unhandled 'error' event
      ^

Error: read ECONNRESET
    at TLSWrap.onStreamRead (node:internal/stream_base_commons:217:20)
Emitted 'error' event on ClientRequest instance at:
    at ClientRequest.emit (node:events:513:28)
    at processTicksAndRejections (node:internal/process/task_queues:83:21) {
  errno: -104,
  code: 'ECONNRESET',
  syscall: 'read'
}

Node.js v20.20.2
"""

JAZZER = """\
INFO: Seed: 1
==14== Uncaught Exception: Jazzer.js: Welcome!
Error: Welcome!
    at check (/out/fuzz.js:27:9)
    at module.exports.fuzz (/out/fuzz.js:36:2)
MS: 1 ChangeByte-; base unit: 24b3
"""


def found(text):
    return list(scan(enumerate(text.split("\n")), only="javascript"))


def places(text):
    return [(one.first, one.last, one.report.error_type, one.report.error_value) for one in found(text)]


def test_uncaught_error_with_its_source_and_runtime():
    (one,) = found("starting\n" + NODE_UNCAUGHT + "next log\n")
    assert (one.first, one.last, one.report.error_value) == (2, 12, "uncaught one")
    assert (one.report.level, one.report.handled, one.report.leads) == ("fatal", False, True)
    assert dict(one.report.facts)["thrown_at"] == "/srv/a.js:16"
    assert dict(one.report.facts)["runtime"] == "Node.js v20.20.2"
    assert [frame.text_line for frame in one.report.traces[0].frames] == [7, 8, 9, 10]


def test_causes_and_properties_belong_to_the_error():
    (one,) = found("x\n" + NODE_CAUSE + "y\n")
    assert (one.first, one.last) == (2, NODE_CAUSE.count("\n") + 1)
    assert [trace.role for trace in one.report.traces] == ["crash", "cause", "cause"]
    assert one.report.error_code_name == "E_OUTER"
    (one,) = found(NODE_AGGREGATE + "y\n")
    assert (one.last, len(one.report.traces)) == (NODE_AGGREGATE.count("\n"), 3)


def test_second_stack_of_an_emitted_error():
    (one,) = found(EMITTED)
    assert [(t.role, len(t.frames)) for t in one.report.traces] == [("crash", 1), ("other", 2)]
    assert (one.first, one.last, one.report.error_code, one.report.error_code_name) == (1, 15, -104, "ECONNRESET")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            (
                "2026-01-26T10:00:00Z ERROR request failed: TypeError: x is null\n"
                "    at Panel.draw (http://localhost/app.js:3:14)\n2026-01-26T10:00:01Z INFO ok"
            ),
            (1, 2, "TypeError", "x is null"),
        ),
        (
            "log\napp.js:12 Uncaught (in promise) RangeError: deep\n    at f (webpack://x/./src/a.js:3:4)\n",
            (2, 3, "RangeError", "deep"),
        ),
        (
            (
                'error: Uncaught (in promise) Error: boom\n    throw new Error("boom");\n          ^\n'
                "    at file:///a.ts:3:9\n    at g (file:///b.ts:3:9)\n"
            ),
            (1, 5, "Error", "boom"),
        ),
        (
            (
                '1 | throw new Error("boom");\n          ^\nerror: boom\n      at /x/a.ts:1:7\n'
                "      at loadAndEvaluateModule (2:1)\n\nBun v1.0.1 (Linux x64)\n"
            ),
            (1, 7, "error", "boom"),
        ),
        (
            (
                "x\nTypeError: undefined is not an object\nfoo@http://localhost/a.js:1:2\n[native code]\n"
                "global code@http://localhost/a.js:3:4\ndone"
            ),
            (2, 5, "TypeError", "undefined is not an object"),
        ),
        (
            "(node:9) UnhandledPromiseRejectionWarning: Error: late\r\n    at C:\\srv\\a.js:1:2\r\n",
            (1, 2, "Error", "late"),
        ),
    ],
)
def test_runtimes_and_logs(text, expected):
    assert places(text) == [expected]


def test_memory_used_up():
    (one,) = found("x\n" + HEAP)
    assert (one.first, one.last, one.report.kind) == (2, 21, "oom")
    assert one.report.process_id == 12345
    crash, script = one.report.traces
    assert [(f.function, f.module, f.symbol_offset) for f in crash.frames] == [
        ("node::Abort", "node", None),
        (None, "node", None),
        ("node::OnFatalError", "node", None),
        ("node_api_throw_syntax_error", None, 174319),
    ]
    assert [(f.function, f.file, f.line) for f in script.frames] == [(None, None, None), ("leak", "/srv/a.js", 12)]


def test_fuzzer_finding():
    (one,) = found(JAZZER)
    assert (one.first, one.last, one.report.process_id, one.report.leads) == (2, 5, 14, True)
    assert (one.report.error_type, one.report.error_value) == ("Error", "Welcome!")


def test_damaged():
    (one,) = found("\n".join(NODE_CAUSE.split("\n")[2:12]))
    assert (one.first, one.last, one.report.error_type, one.report.complete) == (1, 10, None, False)


@pytest.mark.parametrize(
    "text",
    [
        "    at f (a.js:1:2)",
        "mail me@http://x.org/ now",
        "   0: f\n             at ./src/main.rs:2:5\n   1: g\n             at ./src/main.rs:4:5",
        "  at Foo.Bar (System.String s) [0x00012] in <af23>:0\n  at Foo.M () [0x00012] in <af23>:0",
        "#0  f (x=1)\n    at a.c:12\n#1  g ()\n    at a.c:14",
        "\tat a.b.C.d(D.java:1)\n\tat a.b.C.e(D.java:2)",
        "FATAL ERROR: could not open the file",
    ],
)
def test_what_is_no_report(text):
    assert found(text) == []


def labels():
    path = CORPUS / "stacks" / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [row for row in rows if row["file"].startswith("cf/jazzer_js")]


@pytest.mark.parametrize("label", labels(), ids=lambda label: label["file"])
def test_corpus_labels(label):
    (one,) = found(corpus("stacks", label["file"]).read_text(errors="replace"))
    assert [frame.function for frame in one.report.traces[0].frames][:2] == label["state"].split()[:2]
    assert one.report.kind == "exception"


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*(NODE_CAUSE + NODE_UNCAUGHT + HEAP + EMITTED + JAZZER).split("\n"), "x"]), max_size=40)
)
def test_lines_in_any_order_are_read(lines):
    for one in found("\n".join(lines)):
        assert 1 <= one.first <= one.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    found(f"{text}\n    at f (a.js:1:2)\n{text}\n[cause]: {text}\n    at {text} (a.js:1:2)")


@pytest.mark.parametrize(
    "line", ["    at f (a.js:1:2)", "[cause]: Error: x", "    at " + "(" * 900, "x@" * 400 + "http://a"]
)
def test_time_grows_with_the_text(line):
    scan_grows(line, "javascript")


def test_jest_quotes_the_source_apart():
    text = (
        "  \u25cf cart \u203a total\n\n    TypeError: x is undefined\n\n      10 | class Cart {\n"
        "    > 12 |     return x.length;\n         |              ^\n\n"
        "      at Cart.total (src/cart.js:12:23)\n      at Object.<anonymous> (test/cart.test.js:5:3)\n"
    )
    assert places(text)[0][2:] == ("TypeError", "x is undefined")


NAMES = st.sampled_from(["f", "new F", "async f", "A.b", "<anonymous>", "f [as g]", "a b", "kfun:x", "x in <y>", "$"])
PLACES = st.sampled_from(
    [
        "/srv/a.js",
        "file:///srv/a.mjs",
        "node:fs",
        "http://h:80/a.js",
        "http://h",
        "kfun:a",
        "a.wasm",
        "<anonymous>",
        "a",
    ]
)
ENDS = st.sampled_from([":1:2", ":1", ":1234567890:2", ":1:2:3", "", ":wasm-function[3]:0x1f", ":\u0661:2", ".rs:1:2"])


@given(NAMES, PLACES, ENDS, st.sampled_from([")", "),", ") {", ")  ", "", "))"]))
def test_what_most_frames_are_is_read_as_any_other(name: str, place: str, end: str, closing: str) -> None:
    text = f"at {name} ({place}{end}{closing}".strip()
    assert javascript_frames.frame(text) == javascript_frames._v8(text)


def test_deno_names_what_nobody_caught_above_the_source():
    text = (
        "error: Uncaught (in promise) NotFound: No such file (os error 2)\n"
        "  const x = await Deno.open(p);\n            ^\n"
        "    at Object.open (ext:deno_fs/30_fs.js:8:4)\n    at readTheme (file:///home/a/theme.ts:22:27)\n"
    )
    trace = javascript.parse(text)[0]
    assert (trace.error_type, trace.error_value) == ("NotFound", "No such file (os error 2)")
    assert signature(text) != signature(text.replace("NotFound", "PermissionDenied"))


def test_firefox_and_chrome_see_one_crash():
    firefox = """TypeError: can't access property "length", x is undefined
drawLegend@https://a/js/main.8b1f.js:1:20418
renderAll/<@https://a/js/main.8b1f.js:1:22090
Chart.prototype.render@https://a/js/main.8b1f.js:1:22041
setTimeout handler*debounce/later@https://a/js/main.8b1f.js:1:1877
"""
    chrome = """Uncaught TypeError: Cannot read properties of undefined (reading 'length')
    at drawLegend (https://a/js/main.77aa.js:1:20418)
    at https://a/js/main.77aa.js:1:22090
    at Array.forEach (<anonymous>)
    at Chart.render (https://a/js/main.77aa.js:1:22041)
    at later (https://a/js/main.77aa.js:1:1877)
"""
    assert signature(firefox) == signature(chrome) != ""


def test_native_frames_in_anonymous_namespaces_keep_their_names():
    text = (
        "FATAL ERROR: Shop::Call Error::ThrowAsJavaScriptException napi_throw\n----- Native stack trace -----\n\n"
        " 1: 0x55dff9d504d3 node::DumpNativeBacktrace(_IO_FILE*) [node]\n 2: 0x55dff9d5901c napi_fatal_error [node]\n"
        " 3: 0x7f04c456185e shop::(anonymous namespace)::pay(int) [/srv/shop.node]\n"
    )
    (found,) = scan(enumerate(text.split("\n")))
    assert [frame.function for frame in found.report.traces[0].frames][1:] == [
        "napi_fatal_error",
        "shop::(anonymous namespace)::pay",
    ]


def test_functions_of_contracts_have_no_column():
    text = (
        "Error: VM Exception: reverted\n    at Shop.pay (contracts/Shop.sol:3)\n    at Cart.sum (contracts/Cart.sol:9)"
    )
    (found,) = scan(enumerate(text.split("\n")), only="javascript")
    assert [frame.function for frame in found.report.traces[0].frames] == ["Shop.pay", "Cart.sum"]
    assert not list(scan(enumerate(text.replace(".sol", ".txt").split("\n")), only="javascript"))


def test_frames_of_a_map_of_lines_have_no_column():
    text = (
        "TypeError: x is null\n    at VueComponent.pay (Cart.vue?8c4e:12)\n"
        "    at HTMLButtonElement.invoker (vue.runtime.esm.js?2b0e:1863)"
    )
    (found,) = scan(enumerate(text.split("\n")), only="javascript")
    frames = found.report.traces[0].frames
    assert [(frame.function, frame.line) for frame in frames] == [
        ("VueComponent.pay", 12),
        ("HTMLButtonElement.invoker", 1863),
    ]
    assert signature(text) == signature(text.replace("8c4e", "77aa").replace(":12", ":31")) != ""
    assert signature(text) != signature(text.replace("t.pay", "t.add"))
    text = text.replace("vue?8c4e", "txt?8c4e").replace("js?2b0e", "txt")
    assert not list(scan(enumerate(text.split("\n")), only="javascript"))
    # without a function it may be of any runtime
    assert not list(scan(enumerate(["x is null", "    at Cart.vue:12", "    at Shop.vue:3"]), only="javascript"))
