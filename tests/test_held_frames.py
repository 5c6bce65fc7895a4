"""Frames as objects, in the documented payloads of the trackers of errors; each language as it prints them itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

import triage
from triage.formats import held_error
from triage.stacks import signature

Error = tuple[str, str, list[tuple[str, str, str, int]]]
JAVA: Error = ("java.lang.IllegalStateException", "no rate", [
    ("org.shop.Cart", "total", "Cart.java", 12), ("org.shop.Cart", "pay", "Cart.java", 20),
    ("org.shop.Main", "run", "Main.java", 3),
])  # fmt: skip
CAUSE: Error = (
    "org.shop.NoRate",
    "XTS",
    [("org.shop.Rates", "find", "Rates.java", 7), ("org.shop.Cart", "total", "Cart.java", 11)],
)
PLAIN = [("total", "cart", 12), ("pay", "cart", 20), ("run", "main", 3)]
TEXTS = {
    "rb": "/srv/cart.rb:12:in `total': no rate (KeyError)\n\tfrom /srv/cart.rb:20:in `pay'\n"
    "\tfrom /srv/main.rb:3:in `run'",
    "py": "Traceback (most recent call last):\n"
    '  File "/srv/main.py", line 3, in run\n  File "/srv/cart.py", line 20, in pay\n'
    '  File "/srv/cart.py", line 12, in total\nKeyError: no rate',
    "js": "KeyError: no rate\n    at total (/srv/cart.js:12:1)\n    at pay (/srv/cart.js:20:1)\n"
    "    at run (/srv/main.js:3:1)",
    "php": "PHP Fatal error:  Uncaught KeyError: no rate in /srv/cart.php:12\nStack trace:\n"
    "#0 /srv/cart.php(20): total()\n"
    "#1 /srv/main.php(3): pay()\n#2 /srv/index.php(1): run()\n#3 {main}\n  thrown in /srv/cart.php on line 12",
}
BY_CLASS = (
    "java.lang.IllegalStateException: no rate\n\tat org.shop.Cart.total(Cart.java:12)\n"
    "\tat org.shop.Cart.pay(Cart.java:20)\n"
    "\tat org.shop.Main.run(Main.java:3)\n"
)
CAUSED = (
    "Caused by: org.shop.NoRate: XTS\n\tat org.shop.Rates.find(Rates.java:7)\n"
    "\tat org.shop.Cart.total(Cart.java:11)\n\t... 2 more\n"
)


def rollbar(errors: list[Error]) -> dict[str, Any]:
    chain = [
        {
            "frames": [
                {"filename": file, "lineno": line, "method": name, **({"class_name": owner} if owner else {})}
                for owner, name, file, line in reversed(frames)
            ],
            "exception": {"class": kind, "message": said},
        }
        for kind, said, frames in errors
    ]
    body = {"trace": chain[0]} if len(chain) == 1 else {"trace_chain": chain}
    return {"data": {"environment": "production", "level": "error", "timestamp": 1705821851, "uuid": "x", "body": body}}


def bugsnag(errors: list[Error]) -> dict[str, Any]:
    made = [
        {
            "errorClass": kind,
            "message": said,
            "stacktrace": [
                {"file": file, "lineNumber": line, "method": f"{owner}.{name}" if owner else name, "inProject": True}
                for owner, name, file, line in frames
            ],
        }
        for kind, said, frames in errors
    ]
    return {"apiKey": "x", "notifier": {"name": "x"}, "events": [{"exceptions": made, "severity": "error"}]}


def raygun(errors: list[Error]) -> dict[str, Any]:
    error: dict[str, Any] = {}
    for kind, said, frames in reversed(errors):
        rows = [
            {"className": owner, "methodName": name, "fileName": file, "lineNumber": line}
            for owner, name, file, line in frames
        ]
        error = {"className": kind, "message": said, "stackTrace": rows, **({"innerError": error} if error else {})}
    return {"occurredOn": "2024-01-21T09:17:31Z", "details": {"machineName": "x", "error": error}}


def elastic(errors: list[Error]) -> dict[str, Any]:
    made = [
        {
            "type": kind,
            "message": said,
            "stacktrace": [
                {
                    "filename": file,
                    "line": {"number": line},
                    "function": name,
                    **({"classname": owner} if owner else {}),
                }
                for owner, name, file, line in frames
            ],
        }
        for kind, said, frames in errors
    ]
    return {
        "@timestamp": "2024-01-21T09:17:31Z",
        "processor": {"event": "error"},
        "error": {"id": "x", "exception": made},
    }


def honeybadger(errors: list[Error]) -> dict[str, Any]:
    ((kind, said, frames),) = errors
    rows = [
        {"number": str(line), "file": file, "method": f"{owner}.{name}" if owner else name}
        for owner, name, file, line in frames
    ]
    return {"notifier": {"name": "x"}, "error": {"class": kind, "message": said, "backtrace": rows}}


def airbrake(errors: list[Error]) -> dict[str, Any]:
    made = [
        {
            "type": kind,
            "message": said,
            "backtrace": [
                {"file": file, "line": line, "function": f"{owner}.{name}" if owner else name}
                for owner, name, file, line in frames
            ],
        }
        for kind, said, frames in errors
    ]
    return {"errors": made, "context": {"severity": "error"}, "params": {}}


TRACKERS = [rollbar, bugsnag, raygun, elastic, honeybadger, airbrake]
Tracker = Callable[[list[Error]], dict[str, Any]]


@pytest.mark.parametrize("tracker", TRACKERS)
@pytest.mark.parametrize("ending", TEXTS)
def test_each_language_has_the_key_of_its_own_text(tracker: Tracker, ending: str) -> None:
    frames = [("", name, f"lib/{file}.{ending}", line) for name, file, line in PLAIN]
    written = json.dumps(tracker([("KeyError", "no rate", frames)]))
    assert signature(written) == signature(TEXTS[ending]) != ""
    (event,) = triage.loads(written).events().to_dict("records")
    assert (event["error_type"], event["error_value"], event["event_class"]) == (
        "KeyError",
        "no rate",
        "incident_signal",
    )
    assert event["culprit"].startswith("total (cart.")
    assert signature(written.replace('"total"', '"count"')) not in {"", signature(written)}


@pytest.mark.parametrize("tracker", TRACKERS)
def test_a_class_is_part_of_the_name(tracker: Tracker) -> None:
    written = json.dumps(tracker([JAVA]), indent=1)
    assert signature(written) == signature(BY_CLASS) != ""
    assert signature(written.replace("org.shop.Cart", "org.shop.Bill")) not in {"", signature(written)}


@pytest.mark.parametrize("tracker", TRACKERS)
def test_python_names_a_function_without_its_module(tracker: Tracker) -> None:
    frames = [("shop.cart", name, f"lib/{file}.py", line) for name, file, line in PLAIN]
    written = json.dumps(tracker([("KeyError", "no rate", frames)]))
    assert signature(written) == signature(TEXTS["py"]) != ""
    assert signature(written.replace("total", "count")) not in {"", signature(TEXTS["py"])}


@pytest.mark.parametrize("tracker", [rollbar, bugsnag, raygun, elastic])
def test_what_an_error_came_from(tracker: Tracker) -> None:
    written = json.dumps(tracker([JAVA, CAUSE]))
    assert signature(written) == signature(BY_CLASS + CAUSED) != signature(BY_CLASS)
    assert triage.loads(written).stacks()["role"].tolist() == ["crash", "cause"]


def chained(errors: list[Error]) -> dict[str, Any]:
    """Honeybadger's item, where what an error came from stands beside its frames."""
    first, *rest = [honeybadger([one])["error"] for one in errors]
    return {"notifier": {"name": "x"}, "error": {**first, "causes": rest}}


TOLD: Error = ("PayError", "failed", [("", "pay", "lib/pay.js", 9), ("", "run", "lib/run.js", 4)])
BEGAN: Error = ("KeyError", "no rate", [("", "total", "lib/cart.js", 3), ("", "pay", "lib/pay.js", 8)])
NODE = """\
PayError: failed
    at pay (/srv/lib/pay.js:9:1)
    at run (/srv/lib/run.js:4:1) {
  [cause]: KeyError: no rate
      at total (/srv/lib/cart.js:3:1)
      at pay (/srv/lib/pay.js:8:1)
}
"""


def spoken(error: Error, ending: str) -> Error:
    """An error of another language."""
    kind, said, frames = error
    return kind, said, [(owner, name, file.replace(".js", ending), line) for owner, name, file, line in frames]


@pytest.mark.parametrize("tracker", [rollbar, bugsnag, raygun, elastic, airbrake, chained])
@pytest.mark.parametrize("ending", [".js", ".rb", ".php"])
def test_what_an_error_came_from_in_languages_without_classes(tracker: Tracker, ending: str) -> None:
    written = json.dumps(tracker([spoken(one, ending) for one in (TOLD, BEGAN)]))
    case = triage.loads(written)
    stacks = case.stacks()
    assert list(zip(stacks["role"], stacks["error_type"], strict=True)) == [
        ("crash", "PayError"),
        ("cause", "KeyError"),
    ]
    assert len(case.events()) == 1
    if ending == ".js":
        assert signature(written) == signature(NODE) != ""
    assert signature(written.replace('"total"', '"count"')) not in {"", signature(written)}


def test_errors_that_no_tracker_holds_are_none_of_one() -> None:
    errors = airbrake([TOLD, BEGAN])["errors"]
    assert len(triage.loads(json.dumps({"errors": errors})).events()) == 2


def test_a_module_is_the_class_where_the_language_has_classes() -> None:
    kind, said, frames = JAVA
    rows = [{"filename": file, "function": name, "module": owner, "lineno": line} for owner, name, file, line in frames]
    rows.append({"filename": "<generated>", "function": "run", "module": "org.shop.Main$$Proxy"})
    written = json.dumps({"error": {"id": "x", "exception": {"type": kind, "message": said, "stacktrace": rows}}})
    assert signature(written) == signature(BY_CLASS) != ""
    python = [{"filename": "lib/cart.py", "function": "total", "module": "shop.cart", "lineno": 3}]
    written = json.dumps({"error": {"exception": {"type": "KeyError", "message": "a", "stacktrace": python}}})
    assert triage.loads(written).frames()["function"].tolist() == ["total"]


def test_an_item_without_what_is_around_it() -> None:
    frames = [("", name, f"lib/{file}.rb", line) for name, file, line in PLAIN]
    item = rollbar([("KeyError", "no rate", frames)])
    assert (
        signature(json.dumps(item["data"]))
        == signature(json.dumps({"err": 0, "result": item}))
        == signature(TEXTS["rb"])
    )


def test_an_error_of_go() -> None:
    rows = [(f"example.org/shop/cart.{name}", "", f"/src/{file}.go", line) for name, file, line in PLAIN]
    bare = [("", owner, file, line) for owner, _, file, line in rows]
    stack = "\n".join(f"{name}\n\t{file}:{line}" for _, name, file, line in bare)
    value = "runtime error: index out of range [5] with length 3"
    record = {"level": "error", "ts": 1769390759.1, "msg": "panic recovered", "error": value, "stacktrace": stack}
    written = json.dumps(rollbar([("runtime.boundsError", value, bare)]))
    assert signature(written) == signature(json.dumps(record)) != ""


def test_a_nested_error_of_dotnet() -> None:
    inner: Error = ("Shop.NoRate", "XTS", [("Shop.Rates", "Find", "Rates.cs", 7)])
    outer: Error = (
        "System.Exception",
        "no rate",
        [("Shop.Cart", "Total", "Cart.cs", 12), ("Shop.Main", "Run", "Main.cs", 3)],
    )
    text = (
        "Unhandled exception. System.Exception: no rate\n ---> Shop.NoRate: XTS\n"
        "   at Shop.Rates.Find() in Rates.cs:line 7\n"
        "   --- End of inner exception stack trace ---\n   at Shop.Cart.Total() in Cart.cs:line 12\n"
        "   at Shop.Main.Run() in Main.cs:line 3"
    )
    assert signature(json.dumps(raygun([outer, inner]))) == signature(text) != ""


@pytest.mark.parametrize(
    "value",
    [
        {"frames": [{"method": "f", "lineno": 3}], "exception": {"class": "E"}},
        {"backtrace": [{"file": "a.xyz", "line": 3}]},
        {"stacktrace": [{"method": "GET", "filename": "report.pdf"}]},
        {"exceptions": [{"name": "holidays"}]},
        {"frames": [{"method": 1, "filename": 2}], "exception": {"class": 3}},
    ],
)
def test_look_alikes_are_none(value: dict[str, Any]) -> None:
    assert held_error.find(value) is None


def insights(errors: list[Error]) -> dict[str, Any]:
    made = [
        {
            "id": number,
            "outerId": number - 1,
            "typeName": kind,
            "message": said,
            "hasFullStack": True,
            "parsedStack": [
                {"level": level, "method": f"{owner}.{name}", "assembly": "Shop", "fileName": file, "line": line}
                for level, (owner, name, file, line) in enumerate(frames)
            ],
        }
        for number, (kind, said, frames) in enumerate(errors)
    ]
    data = {"baseType": "ExceptionData", "baseData": {"ver": 2, "exceptions": made}}
    return {"name": "Microsoft.ApplicationInsights.Exception", "time": "2024-01-21T09:17:31Z", "data": data}


NEST: list[Error] = [
    ("System.Exception", "no rate", [("Shop.Cart", "Total", "Cart.cs", 12), ("Shop.Main", "Run", "Main.cs", 3)]),
    ("Shop.NoRate", "XTS", [("Shop.Rates", "Find", "Rates.cs", 7)]),
]


def test_application_insights() -> None:
    alone = (
        "System.Exception: no rate\n   at Shop.Cart.Total() in Cart.cs:line 12\n   at Shop.Main.Run() in Main.cs:line 3"
    )
    written = json.dumps(insights(NEST[:1]))
    assert signature(written) == signature(alone) != ""
    assert signature(written.replace("Shop.Cart.", "Shop.Bill.")) not in {"", signature(written)}
    assert signature(json.dumps(insights(NEST))) == signature(json.dumps(raygun(NEST))) != signature(written)


OUTER = "   at Shop.Cart.Total() in Cart.cs:line 12\n   at Shop.Main.Run() in Main.cs:line 3"
INNER = "   at Shop.Rates.Find() in Rates.cs:line 7"
END = "   --- End of inner exception stack trace ---"
NESTED = f"System.Exception: no rate\n ---> Shop.NoRate: XTS\n{INNER}\n{END}\n{OUTER}"
ROWS = [
    {"className": owner, "methodName": name, "fileName": file, "lineNumber": line}
    for owner, name, file, line in NEST[0][2]
]
CAME = {
    "serilog": {"@t": "2026-01-26T01:25:59Z", "@mt": "failed", "@l": "Error", "ExceptionDetail": {
        "Type": "System.Exception", "Message": "no rate", "StackTrace": OUTER,
        "InnerException": {"Type": "Shop.NoRate", "Message": "XTS", "StackTrace": INNER}}},
    "nlog": {"time": "2026-01-26T01:25:59Z", "level": "ERROR", "message": "failed", "exception": {
        "type": "System.Exception", "message": "no rate", "stackTrace": OUTER,
        "innerException": {"type": "Shop.NoRate", "message": "XTS", "stackTrace": INNER}}},
    "app center": {"type": "managedError", "exception": {
        "type": "System.Exception", "message": "no rate", "frames": ROWS, "innerExceptions": [
            {"type": "Shop.NoRate", "message": "XTS", "frames": [
                {"className": "Shop.Rates", "methodName": "Find", "fileName": "Rates.cs", "lineNumber": 7}]}]}},
    "the console in one line": {"Timestamp": "2026-01-26T01:25:59Z", "LogLevel": "Error", "Category": "a",
                                "Message": "failed", "Exception": NESTED.replace("\n", " ")},
    "an export": {"timestamp": "2026-01-26T01:25:59Z", "outerMessage": "no rate",
                  "details": json.dumps(insights(NEST)["data"]["baseData"]["exceptions"])},
}  # fmt: skip


@pytest.mark.parametrize("name", CAME)
def test_what_an_error_of_dotnet_came_from(name: str) -> None:
    written = json.dumps(CAME[name])
    assert signature(written) == signature(NESTED) != signature(f"System.Exception: no rate\n{OUTER}")
    assert signature(written.replace("Shop.Rates", "Shop.Prices")) not in {"", signature(written)}


def test_words_with_wide_gaps_are_no_frames() -> None:
    record = {"LogLevel": "Error", "Message": "failed", "Exception": "met   at noon (again)   at home (twice)"}
    assert signature(json.dumps({"Timestamp": "2026-01-26T01:25:59Z", **record})) == ""


def test_a_cause_of_log4j() -> None:
    thrown: dict[str, Any] = {}
    for kind, said, frames in (CAUSE, JAVA):
        rows = [{"class": owner, "method": name, "file": file, "line": line} for owner, name, file, line in frames]
        thrown = {"message": said, "name": kind, "extendedStackTrace": rows, **({"cause": thrown} if thrown else {})}
    written = json.dumps({"level": "ERROR", "loggerName": "a", "message": "failed", "thrown": thrown})
    assert signature(written) == signature(BY_CLASS + CAUSED) != signature(BY_CLASS)


def told_by_platform(platform: str, kind: str, rows: list[dict[str, Any]]) -> str:
    error = {"errorClass": kind, "message": "no rate", "type": platform, "stacktrace": rows}
    return json.dumps({"apiKey": "x", "events": [{"exceptions": [error], "severity": "error"}]})


@pytest.mark.parametrize("file", ["index.android.bundle", "app:///main.jsbundle", "address at 7.hbc", "cart"])
def test_what_an_error_says_of_its_platform_tells_the_language(file: str) -> None:
    rows = [{"file": file, "lineNumber": 1, "columnNumber": 90, "method": name} for name, _, _ in PLAIN]
    written = told_by_platform("reactnativejs", "KeyError", rows)
    assert signature(written) == signature(TEXTS["js"]) != ""
    assert signature(written.replace('"total"', '"count"')) not in {"", signature(written)}


COCOA = ["__exceptionPreprocess", "objc_exception_throw", "-[NSObject(NSObject) doesNotRecognizeSelector:]",
         "___forwarding___", "_CF_forwarding_prep_0", "-[SHCart total:]", "-[SHCart pay]", "-[SHMain run]"]  # fmt: skip


def test_an_exception_of_apple_without_files() -> None:
    rows = [{"file": "", "lineNumber": 0, "method": name, "inProject": False} for name in COCOA]
    written = told_by_platform("cocoa", "NSInvalidArgumentException", rows)
    listed = "".join(f"\t{nth}   Shop   0x0000000180202655 {name} + 164\n" for nth, name in enumerate(COCOA))
    head = "*** Terminating app due to uncaught exception 'NSInvalidArgumentException', reason: 'no rate'\n"
    assert signature(written) == signature(f"{head}*** First throw call stack:\n(\n{listed})\n") != ""
    assert signature(written.replace("SHCart pay", "SHCart buy")) not in {"", signature(written)}
    images = [row | {"machoFile": "/System/Library/Frameworks/CoreFoundation.framework/CoreFoundation"} for row in rows]
    assert triage.loads(told_by_platform("cocoa", "E", images)).frames()["module"][0] == "CoreFoundation"


@pytest.mark.parametrize(("platform", "kind"), [("c", "SIGSEGV"), ("cocoa", "EXC_BAD_ACCESS")])
def test_a_signal_is_one_of_memory(platform: str, kind: str) -> None:
    rows = [{"file": "libshop.so", "lineNumber": 0, "method": f"shop::{name}(int)"} for name, _, _ in PLAIN]
    text = "Program received signal SIGSEGV, Segmentation fault.\n" + "".join(
        f"#{nth}  0x000055c1598d7b4{nth} in shop::{name} (n=7) at cart.cpp:{nth + 1}\n"
        for nth, (name, _, _) in enumerate(PLAIN)
    )
    written = told_by_platform(platform, kind, rows)
    assert signature(written) == signature(text) != ""
    assert signature(written.replace("shop::pay", "shop::buy")) not in {"", signature(written)}


def test_methods_without_a_platform_are_no_stack() -> None:
    rows = [{"file": "", "method": name} for name in COCOA]
    assert held_error.find({"exceptions": [{"errorClass": "E", "stacktrace": rows}]}) is None


@pytest.mark.parametrize("ending", ["js", "php"])
def test_what_an_error_of_a_script_came_from(ending: str) -> None:
    frames = [("", name, f"/srv/{file}.{ending}", line) for name, file, line in PLAIN]
    cause = [("", "find", f"/srv/rates.{ending}", 7), *frames[1:]]
    (event,) = (
        triage.loads(json.dumps(rollbar([("CartError", "x", frames), ("KeyError", "y", cause)])))
        .events()
        .to_dict("records")
    )
    assert event["error_type"] == "CartError"
    keys = {
        signature(json.dumps(rollbar([("CartError", "x", frames), *causes])))
        for causes in ([], [("KeyError", "y", cause)], [("KeyError", "y", frames)], [("KeyError", "z", cause)])
    }
    assert len(keys) == 3


def test_all_that_an_error_came_from_in_a_list() -> None:
    def row(method: str) -> dict[str, str]:
        return {"number": "3", "file": "/srv/cart.rb", "method": method}

    def error(*methods: str) -> str:
        kind = {"class": "CartError", "message": "x", "backtrace": [row("pay"), row("run")]}
        causes = [{"class": f"E{method}", "message": "y", "backtrace": [row(method)]} for method in methods]
        return json.dumps({"notifier": {"name": "honeybadger-ruby"}, "error": {**kind, "causes": causes}})

    assert len({signature(error(*methods)) for methods in ((), ("a",), ("a", "b"))}) == 3


def test_frames_whose_module_is_a_class() -> None:
    def error(module: str) -> str:
        frame = {"filename": "Cart.java", "function": "total", "lineno": 12, "module": module, "library_frame": False}
        return json.dumps({"error": {"exception": {"type": "a.E", "message": "x", "stacktrace": [frame, frame]}}})

    assert triage.loads(error("org.shop.Cart")).events()["culprit"].tolist() == ["org.shop.Cart.total (Cart.java:12)"]
    assert signature(error("org.shop.Cart")) != signature(error("org.shop.Rates"))


def test_frames_of_zerolog() -> None:
    def error(closure: str, top: str = "(*Rates).Parse") -> str:
        rows = [(top, "rates.go"), (closure, "cart.go"), ("main", "main.go")]
        stack = [{"func": name, "line": "12", "source": file} for name, file in rows]
        return json.dumps({"level": "error", "stack": stack, "error": "no rate", "message": "failed"})

    assert triage.loads(error("Total.func1")).events()["culprit"].tolist() == ["(*Rates).Parse (rates.go:12)"]
    assert signature(error("Total.func1")) == signature(error("Total.func2.1")) != signature(error("Total"))
    assert signature(error("Total.func1")) != signature(error("Total.func1", "(*Rates).Scan"))


def test_a_panic_that_tracing_wrote() -> None:
    def line(name: str) -> str:
        stack = f"   0: rust_begin_unwind\n     at /rustc/a/p.rs:5:5\n   1: shop::{name}\n     at ./a.rs:7:3"
        fields = {"message": "A panic occurred", "panic.payload": "no rate", "panic.backtrace": stack}
        return json.dumps(
            {"timestamp": "2026-01-26T01:25:59Z", "level": "ERROR", "fields": fields, "target": "tracing_panic"},
            separators=(",", ":"),
        )

    assert triage.loads(line("parse")).events()["culprit"].tolist() == ["shop::parse (a.rs:7)"]
    assert signature(line("parse")) != signature(line("scan"))


def test_threads_of_a_core_file_as_abrt_keeps_them() -> None:
    def report(name: str, offset: int = 7) -> str:
        names = [name, "shop::{lambda(int)#5}::operator()(int) const", "shop::pay(bool) [clone .constprop.3]", "main"]
        frames = [
            {
                "address": 5,
                "build_id": "ab",
                "build_id_offset": offset,
                "function_name": one,
                "file_name": "/usr/bin/shop",
            }
            for one in names
        ]
        threads = [{"frames": frames[1:]}, {"crash_thread": True, "frames": frames}]
        return json.dumps({"signal": 11, "executable": "/usr/bin/shop", "stacktrace": threads})

    (event,) = triage.loads(report("shop::parse(int)")).events().to_dict("records")
    assert (event["error_type"], event["culprit"]) == ("SIGSEGV", "shop::parse")
    assert signature(report("shop::parse(int)")) == signature(report("shop::parse(int)", 9))
    assert signature(report("shop::parse(int)")) != signature(report("shop::scan(int)"))


def test_a_notice_of_airbrake_is_one_error() -> None:
    def notice(cause: str, **beside: Any) -> str:
        def error(name: str) -> dict[str, Any]:
            return {"type": "E", "message": "x", "backtrace": [{"file": "/srv/a.js", "line": 3, "function": name}]}

        return json.dumps({"errors": [error("pay"), error(cause)], **beside})

    context = {"context": {"notifier": {"name": "airbrake-js"}}}
    assert len(triage.loads(notice("find", **context)).events()) == 1
    assert signature(notice("find", **context)) != signature(notice("scan", **context))
    assert len(triage.loads(notice("find")).events()) == 2


def test_an_event_of_sentry_in_a_line_of_a_log() -> None:
    def line(name: str) -> str:
        def frame(function: str) -> dict[str, Any]:
            return {"filename": "Cart.java", "function": function, "module": "org.shop.Cart", "lineno": 7}

        values = [{"type": "a.E", "value": "x", "stacktrace": {"frames": [frame("run"), frame(name)]}}]
        event = {"event_id": "ab", "level": "error", "timestamp": 1769390759, "exception": {"values": values}}
        return "2026-01-26T01:25:59.123456789Z stderr F " + json.dumps(event)

    assert triage.loads(line("total")).events()["culprit"].tolist() == ["org.shop.Cart.total (Cart.java:7)"]
    assert signature(line("total")) not in {"", signature(line("pay"))}
