"""Java stacks. `CHAIN` and `REFLECTED` are real output of OpenJDK 17; the others are made by hand."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.reading import CORPUS, corpus
from tests.scanned import scan_grows
from triage.formats.traces import java, java_frames
from triage.formats.traces import parse as parse_any
from triage.formats.traces.scanning import scan
from triage.records import Trace
from triage.stacks import signature

CHAIN = r"""Exception in thread "main" com.example.shop.App$PaymentException: order 7
is not paid
	at com.example.shop.App.main(App.java:18)
Caused by: java.lang.NullPointerException: Cannot invoke "java.lang.Integer.intValue()" because the return value of "java.util.Map.get(Object)" is null
	at com.example.shop.App.rate(App.java:10)
	at com.example.shop.App.lambda$pay$0(App.java:13)
	at java.base/java.lang.Iterable.forEach(Iterable.java:75)
	at com.example.shop.App.pay(App.java:13)
	at com.example.shop.App.main(App.java:17)
	Suppressed: java.lang.IllegalStateException: gate did not close
		at com.example.shop.App$Gate.close(App.java:8)
		at com.example.shop.App.pay(App.java:12)
		... 1 more
"""  # noqa: E501 - as the JVM printed it

REFLECTED = r"""Exception in thread "main" java.lang.reflect.InvocationTargetException
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0(Native Method)
	at java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke(NativeMethodAccessorImpl.java:77)
	at java.base/jdk.internal.reflect.DelegatingMethodAccessorImpl.invoke(DelegatingMethodAccessorImpl.java:43)
	at java.base/java.lang.reflect.Method.invoke(Method.java:569)
	at R.main(R.java:1)
Caused by: java.lang.ArrayStoreException: java.lang.String
	at R.f(R.java:1)
	... 5 more
"""

LOGBACK = """12:00:01.123 ERROR c.e.Shop - payment failed
com.example.PayException: no rate
\tat com.example.Shop.pay(Shop.kt:31) ~[shop-1.4.jar:1.4]
\tat app//com.example.Shop$Companion.start(Shop.kt) [classes/:na]
\tat java.base@17.0.1/java.lang.Thread.run(Unknown Source) ~[na:na]
\t... 12 common frames omitted
12:00:02.000 INFO c.e.Shop - still here
"""

ROOT_FIRST = """java.io.IOException: disk
\tat a.B.read(B.java:3)
Wrapped by: java.lang.IllegalStateException: cannot load
\tat a.C.load(C.java:7)
"""

DUMP = """"main" #1 prio=5 os_prio=0 cpu=71.29ms tid=0x00007f nid=0x1 waiting on condition  [0x0001]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
\tat java.lang.Thread.sleep(java.base@17.0.15/Native Method)
\tat a.B.main(B.java:3)
\t- locked <0x00000007> (a a.B)

"worker" #2 daemon prio=5 tid=0x00008f nid=0x2 runnable
   java.lang.Thread.State: RUNNABLE
\tat a.C.run(C.java:4)
"""


def heads(traces: list[Trace]) -> list[tuple[str, int, str | None, str | None]]:
    return [(trace.role, trace.chain_no, trace.error_type, trace.error_value) for trace in traces]


def test_causes_and_suppressed_exceptions():
    traces = java.parse(CHAIN)
    said = (
        'Cannot invoke "java.lang.Integer.intValue()" because the return value of "java.util.Map.get(Object)" is null'
    )
    assert heads(traces) == [
        ("crash", 0, "com.example.shop.App$PaymentException", "order 7\nis not paid"),
        ("cause", 1, "java.lang.NullPointerException", said),
        ("suppressed", 2, "java.lang.IllegalStateException", "gate did not close"),
    ]
    assert traces[0].thread_name == "main"
    assert [(frame.function, frame.module, frame.file, frame.line) for frame in traces[1].frames] == [
        ("com.example.shop.App.rate", None, "App.java", 10),
        ("com.example.shop.App.lambda$pay$0", None, "App.java", 13),
        ("java.lang.Iterable.forEach", "java.base", "Iterable.java", 75),
        ("com.example.shop.App.pay", None, "App.java", 13),
        ("com.example.shop.App.main", None, "App.java", 17),
    ]
    assert [(frame.frame_kind, frame.repeat) for frame in traces[2].frames] == [
        ("frame", 1),
        ("frame", 1),
        ("elided", 1),
    ]


def test_native_frames_and_a_class_without_a_message():
    cause, around = java.parse(REFLECTED)
    assert (around.error_type, around.error_value, around.role) == (
        "java.lang.reflect.InvocationTargetException",
        None,
        "wrapper",
    )
    native = around.frames[0]
    assert (native.function, native.module, native.file, native.line) == (
        "jdk.internal.reflect.NativeMethodAccessorImpl.invoke0",
        "java.base",
        None,
        None,
    )
    assert native.function_raw == "java.base/jdk.internal.reflect.NativeMethodAccessorImpl.invoke0"
    assert (cause.error_value, cause.frames[-1].frame_kind, cause.frames[-1].repeat) == (
        "java.lang.String",
        "elided",
        5,
    )


def test_jars_loaders_and_the_log_around_them():
    (crash,) = java.parse(LOGBACK)
    assert (crash.error_type, crash.error_value) == ("com.example.PayException", "no rate")
    assert [(frame.function, frame.module, frame.file, frame.line, frame.repeat) for frame in crash.frames] == [
        ("com.example.Shop.pay", "shop-1.4.jar", "Shop.kt", 31, 1),
        ("com.example.Shop$Companion.start", "app", "Shop.kt", None, 1),
        ("java.lang.Thread.run", "java.base", None, None, 1),
        (None, None, None, None, 12),
    ]


def test_root_cause_first_is_turned_around():
    assert heads(java.parse(ROOT_FIRST)) == [
        ("crash", 0, "java.lang.IllegalStateException", "cannot load"),
        ("cause", 1, "java.io.IOException", "disk"),
    ]


def test_thread_dump():
    main, worker = java.parse(DUMP)
    assert (main.role, main.thread_name, main.state) == ("thread", "main", "TIMED_WAITING (sleeping)")
    assert [frame.function for frame in main.frames] == ["java.lang.Thread.sleep", "a.B.main"]
    assert (worker.thread_name, worker.state, worker.frames[0].line) == ("worker", "RUNNABLE", 4)


def test_language_or_looks_choose_this_parser():
    assert parse_any(CHAIN, "kotlin")[0].role == "crash"
    assert parse_any(REFLECTED)[0].error_type == "java.lang.ArrayStoreException"
    assert not java.probe("Error: x\n    at f (a.js:1:2)\n    at new G (b.js:3:4)")


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.sampled_from([*(CHAIN + REFLECTED + LOGBACK + ROOT_FIRST + DUMP).splitlines(), "", "x"]), max_size=40)
)
def test_lines_in_any_order_never_raise(lines):
    for number, trace in enumerate(java.parse("\n".join(lines))):
        assert trace.chain_no == number


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_never_raises(text):
    java.probe(text)
    java.parse(text + "\n\tat a.B.c(B.java:3)\n" + text)


SERVER = """2026-01-26 10:00:00,123 INFO  [main] c.e.App - starting
2026-01-26 10:00:01,123 ERROR [http-1] c.e.App - request failed: com.e.NestedException: Request failed
\tat com.e.Servlet.process(Servlet.java:1014) ~[web-5.3.jar!/:5.3]
\tat app//com.e.Foo$$Lambda$12/0x0000000800c.run(Unknown Source)
\tat com.e.Foo$$EnhancerBySpringCGLIB$$1.bar(<generated>)
Caused by: java.sql.SQLException: bad

query was: select
\tat com.e.Db.run(Db.java:3)
\t... 12 common frames omitted
\tSuppressed: java.io.IOException: x
\t\tat com.e.X.c(X.java:1)
2026-01-26 10:00:02,123 INFO  [main] c.e.App - done
"""

LOGCAT = """01-26 01:25:59.123  1200  1200 E AndroidRuntime: FATAL EXCEPTION: main
01-26 01:25:59.123  1200  1200 E AndroidRuntime: Process: com.ex.app, PID: 1200
01-26 01:25:59.123  1200  1200 E AndroidRuntime: java.lang.RuntimeException: Unable to start
01-26 01:25:59.123  1200  1200 E AndroidRuntime: \tat a.b.c(Unknown Source:12)
01-26 01:25:59.123  1200  1300 I Other   : hi
01-26 01:25:59.123  1200  1200 E AndroidRuntime: \tat d.run(:com.google.android.gms@2018@20.18.17 (120400-311416286):5)
01-26 01:25:59.123  1200  1200 E AndroidRuntime: Caused by: kotlin.UninitializedPropertyAccessException: lateinit
01-26 01:25:59.123  1200  1200 E AndroidRuntime: \tat x.y.z(SourceFile:9)
01-26 01:25:59.123  1200  1200 I AndroidRuntime: VM exiting
"""

FUZZED = """INFO: Seed: 1
== Java Exception: com.code_intelligence.jazzer.api.FuzzerSecurityIssueHigh: OS Command Injection
Executing commands with data of an attacker.
\tat com.code_intelligence.jazzer.sanitizers.OsCommandInjection.hook(OsCommandInjection.kt:47)
\tat com.example.Fuzz.fuzzerTestOneInput(Fuzz.java:20)
DEDUP_TOKEN: 12ab34
== libFuzzer crashing input ==
"""

DEADLOCK = """Full thread dump OpenJDK 64-Bit Server VM (17.0.1+12 mixed mode, sharing):

"main" #1 prio=5 os_prio=0 cpu=71.29ms tid=0x00007f nid=0x1 waiting on condition  [0x0001]
   java.lang.Thread.State: TIMED_WAITING (sleeping)
\tat java.lang.Thread.sleep(java.base@17.0.15/Native Method)
\tat a.B.main(B.java:3)
\t- locked <0x00000007> (a a.B)

   Locked ownable synchronizers:
\t- None

"Thread-0" #12 prio=5 tid=0x00008f nid=0x2 waiting for monitor entry  [0x00007]
   java.lang.Thread.State: BLOCKED (on object monitor)
\tat a.C.run(C.java:4)
\t- waiting to lock <0x1> (a java.lang.Object)

JNI global refs: 15, weak refs: 0


Found one Java-level deadlock:
=============================
"Thread-0":
  waiting to lock monitor 0x00007f (object 0x1, a java.lang.Object),
  which is held by "main"

Java stack information for the threads listed above:
===================================================
"Thread-0":
\tat a.C.run(C.java:4)
\t- waiting to lock <0x1> (a java.lang.Object)

Found 1 deadlock.

Heap
 garbage-first heap   total 1000K, used 12K [0x1, 0x2)
  region size 1024K, 2 young (2048K), 0 survivors (0K)

application goes on
"""

KINDS = """java.lang.IllegalStateException: boom
    at com.Foo.my spaced test(FooTest.kt:3)
    (Coroutine boundary)
    at com.Foo$bar$1.invokeSuspend(Foo.kt:12)

    at user$eval1.invokeStatic(NO_SOURCE_FILE:1)
    at rs$line$1$.<init>(rs$line$1:1)
    at RUBY.foo(/srv/a.rb:3)
    at sun.reflect.GeneratedMethodAccessor12.invoke(Unknown Source)
"""


def found(text):
    return list(scan(enumerate(text.split("\n")), only="java"))


def test_exception_in_a_server_log():
    (one,) = found(SERVER)
    assert (one.first, one.last, one.report.error_type) == (2, 12, "com.e.NestedException")
    assert heads(list(one.report.traces)) == [
        ("crash", 0, "com.e.NestedException", "Request failed"),
        ("cause", 1, "java.sql.SQLException", "bad\n\nquery was: select"),
        ("suppressed", 2, "java.io.IOException", "x"),
    ]
    crash = one.report.traces[0]
    assert [(f.function, f.module, f.text_line) for f in crash.frames] == [
        ("com.e.Servlet.process", "web-5.3.jar", 3),
        ("com.e.Foo$$Lambda$12/0x0000000800c.run", "app", 4),
        ("com.e.Foo$$EnhancerBySpringCGLIB$$1.bar", None, 5),
    ]
    assert (one.report.kind, one.report.complete, one.report.leads) == ("exception", True, False)


def test_android_writes_every_line_with_a_prefix():
    (one,) = found(LOGCAT)
    assert (one.first, one.last, one.report.level) == (1, 8, "fatal")
    assert (one.report.process, one.report.process_id) == ("com.ex.app", 1200)
    crash, cause = one.report.traces
    assert (crash.thread_name, [frame.line for frame in crash.frames]) == ("main", [12, 5])
    assert (cause.error_type, cause.frames[0].file) == ("kotlin.UninitializedPropertyAccessException", "SourceFile")


def test_fuzzer_finding():
    (one,) = found(FUZZED)
    assert (one.first, one.last, one.report.level, one.report.leads) == (2, 6, "fatal", True)
    assert one.report.error_type == "com.code_intelligence.jazzer.api.FuzzerSecurityIssueHigh"
    assert one.report.error_value == "OS Command Injection\nExecuting commands with data of an attacker."
    assert dict(one.report.facts) == {"dedup_token": "12ab34"}


def test_dump_with_a_deadlock():
    (one,) = found("2024-01-01 12:00:00\n" + DEADLOCK)
    assert (one.first, one.last) == (2, DEADLOCK.split("\n").index("application goes on"))
    assert (one.report.kind, one.report.error_type, one.report.error_value) == ("hang", "deadlock", "Thread-0")
    assert [(t.role, t.thread_name, t.crashed, t.state) for t in one.report.traces] == [
        ("crash", "Thread-0", True, "BLOCKED (on object monitor)"),
        ("thread", "main", False, "TIMED_WAITING (sleeping)"),
    ]
    sleep = one.report.traces[1].frames[0]
    assert (sleep.function, sleep.module, sleep.file) == ("java.lang.Thread.sleep", "java.base", None)
    (dump,) = found(DEADLOCK[: DEADLOCK.index("JNI global")])
    assert (dump.report.kind, dump.report.error_type) == ("dump", None)


def test_languages_of_the_jvm():
    (one,) = found(KINDS + "Some text at foo(x.java:12) in prose\n")
    assert (one.first, one.last) == (1, 9)
    assert [(f.frame_kind, f.function, f.line) for f in one.report.traces[0].frames] == [
        ("frame", "com.Foo.my spaced test", 3),
        ("async_gap", None, None),
        ("frame", "com.Foo$bar$1.invokeSuspend", 12),
        ("frame", "user$eval1.invokeStatic", 1),
        ("frame", "rs$line$1$.<init>", 1),
        ("frame", "RUBY.foo", 3),
        ("frame", "sun.reflect.GeneratedMethodAccessor12.invoke", None),
    ]


def test_heads_without_frames_and_frames_without_a_head():
    text = 'Exception in thread "main" java.lang.OutOfMemoryError: Java heap space\ndone\n' + KINDS
    alone, other = found(text)
    assert (alone.first, alone.last, alone.report.kind) == (1, 1, "oom")
    assert (other.first, other.report.error_type) == (3, "java.lang.IllegalStateException")
    (thrown,) = found('Exception: java.lang.OutOfMemoryError thrown from the UncaughtExceptionHandler in thread "main"')
    assert (thrown.report.kind, thrown.report.traces[0].thread_name) == ("oom", "main")
    (cut,) = found("\n".join(CHAIN.split("\n")[2:5]))
    assert (cut.first, cut.report.error_type, cut.report.complete) == (1, None, False)


@pytest.mark.parametrize("change", [lambda t: t.replace("\n", "\r\n"), lambda t: t.replace("\t", "    ")])
def test_line_ends_and_tabs(change):
    (one,) = found(change("x\n" + CHAIN + "y\n"))
    assert (one.first, one.last, len(one.report.traces)) == (2, 14, 3)


@pytest.mark.parametrize(
    "text",
    [
        "    at f (a.js:1:2)\n    at g (b.js:3:4)",
        "   at Shop.Api.Pay(String id) in C:\\a.cs:line 3",
        "             at /rustc/abc/library/std/src/panicking.rs:578:5",
        "App.java:12: error: ';' expected\n    at the end",
        "Exception in thread pools are handled elsewhere",
    ],
)
def test_what_is_no_report(text):
    assert found(text) == []


def labels():
    path = CORPUS / "stacks" / "labels.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [row for row in rows if row["file"].startswith("cf/java")]


@pytest.mark.parametrize("label", labels(), ids=lambda label: label["file"])
def test_corpus(label):
    ones = found(corpus("stacks", label["file"]).read_text(errors="replace"))
    names = iter(frame.function or "" for one in ones for trace in one.report.traces for frame in trace.frames)
    assert all(any(name in full for full in names) for name in label["state"].split())


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from([*(CHAIN + SERVER + LOGCAT + FUZZED + DEADLOCK + KINDS).split("\n"), "x"]), max_size=40)
)
def test_lines_in_any_order_are_read(lines):
    for one in found("\n".join(lines)):
        assert 1 <= one.first <= one.last <= len(lines)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_scanned(text):
    found(f"{text}\n\tat a.B.c(B.java:3)\n{text}\nCaused by: {text}\n\tat a.B.c({text})")


@pytest.mark.parametrize(
    "line", ["\tat a.B.c(B.java:3)", "Caused by: a.B: c", 'Exception in thread "a" b.C: d', "\tat " + "a." * 200]
)
def test_time_grows_with_the_text(line):
    scan_grows(line, "java")


@given(
    st.sampled_from(["\tat ", "at ", "  at", "\t|- at ", "at <a> "]),
    st.sampled_from(
        ["a.B.c", "B", "a.b.C$D.<init>", "RUBY.x", "m/a.B.c", "a.B.c d", "a.B.$$Lambda/0x1.run", "é.ü", "a..b"]
    ),
    st.sampled_from(
        ["B.java:3", "B.kt:3", "B.kts:3", "B.java", "B.java:-2", "B.java:1234567890", "Native Method", ":3"]
    ),
    st.sampled_from([")", ") ", ") [x.jar:1]", ") ~[?:?]", ")\n", ") x", ""]),
)
def test_what_most_frames_are_is_read_as_any_other(head: str, name: str, source: str, end: str) -> None:
    line = f"{head}{name}({source}{end}"
    assert java_frames._frame(line) == java_frames._whole(line)


def test_frames_of_languages_that_graalvm_runs():
    text = (
        'Exception in thread "main" TypeError: Cannot read property\n\tat <js> pay(cart.js:31:39-56)\n'
        "\tat <python> total(Unnamed:3)\n\tat org.graalvm.polyglot.Context.eval(Context.java:399)"
    )
    (trace,) = java.parse(text)
    assert trace.error_value == "Cannot read property"
    assert [(frame.function, frame.file, frame.line, frame.language) for frame in trace.frames[:2]] == [
        ("pay", "cart.js", 31, "javascript"),
        ("total", "Unnamed", 3, "python"),
    ]
    assert java_frames.frame("\tat <b>pay(cart)") is None


def test_the_driver_of_spark_says_where_it_was_when_a_task_failed():
    text = (
        "a.b.SparkException: Job aborted: java.lang.E: x\n\tat a.shop.Price.parse(Price.java:3)\n\n"
        "Driver stacktrace:\n\tat a.b.Scheduler.fail(Scheduler.scala:26)"
    )
    (found,) = scan(enumerate(text.split("\n")), only="java")
    assert [trace.role for trace in found.report.traces] == ["crash", "other"]
    assert found.report.traces[0].frames[0].function == "a.shop.Price.parse"
    apart = text.replace("Driver stacktrace:", "Driver restarted")
    assert len(list(scan(enumerate(apart.split("\n")), only="java"))) == 2


@pytest.mark.parametrize(
    "made",
    ["{}", "{re:classloading}", "{re:mixin,pl:accesstransformer:B,xf:fml:shop:pay,pl:mixin:APP:a.mixins.json:B}"],
)
def test_what_transformed_a_class_stands_behind_its_jar(made: str) -> None:
    text = (
        "java.lang.IllegalStateException: no cart\n"
        "\tat com.shop.Cart.total(Cart.java:31) ~[shop-1.2.jar%23147!/:1.2] {made}\n"
        "\tat TRANSFORMER/game@1.20.1/game.Server.tick(Server.java:9) ~[server-1.20.1.jar%23200!/:?] {made}\n"
        "\tat java.lang.Thread.run(Thread.java:833) ~[?:?] {made}"
    ).replace("{made}", made)
    (found,) = scan(enumerate(text.split("\n")), only="java")
    assert [(frame.function, frame.module) for frame in found.report.traces[0].frames] == [
        ("com.shop.Cart.total", "shop-1.2.jar"),
        ("game.Server.tick", "game"),
        ("java.lang.Thread.run", None),
    ]
    assert signature(text) == signature(text.replace(f" {made}", "")) != ""
    assert java_frames.frame(f"\tat a.B.c(B.java:3) {made} {made}") is None
    assert java_frames.frame("\tat a.B.c(B.java:3) {x}") is None


@pytest.mark.parametrize("fatal", ["Fatal", "Non-fatal"])
def test_a_crash_that_crashlytics_exports(fatal: str) -> None:
    text = (
        "java.lang.IllegalStateException: no cart\n\tat com.shop.Cart.total(Cart.java:31)\n"
        "\tat com.shop.App.main(App.java:9)\nCaused by: com.shop.PayError: late\n\tat com.shop.Pay.sum(Pay.java:3)"
    )
    told = f"{fatal} Exception: {text}".replace("\t", "       ").replace("by: ", "by ")
    (found,) = scan(enumerate(told.split("\n")), only="java")
    assert (found.first, found.last, found.report.error_type) == (1, 5, "java.lang.IllegalStateException")
    assert [trace.error_type for trace in found.report.traces] == [
        "java.lang.IllegalStateException",
        "com.shop.PayError",
    ]
    assert signature(told) == signature(text) != ""
    # an exception of another name, and words
    assert java.parse("Fatal Exception: x\n\tat a.B.c(B.java:3)")[0].error_value == "Fatal Exception: x"
    assert len(java.parse("a.B: c\n\tat a.B.c(B.java:3)\nCaused by nobody: x\n\tat a.B.c(B.java:3)")) == 2
