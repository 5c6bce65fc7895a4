"""Java stacks. `CHAIN` and `REFLECTED` are real output of OpenJDK 17."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from triage.formats.traces import java
from triage.formats.traces import parse as parse_any
from triage.records import Trace

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
    crash, cause = java.parse(REFLECTED)
    assert (crash.error_type, crash.error_value) == ("java.lang.reflect.InvocationTargetException", None)
    native = crash.frames[0]
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
    assert parse_any(REFLECTED)[1].error_type == "java.lang.ArrayStoreException"
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
