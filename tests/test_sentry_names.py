"""Crashes as Sentry's clients write them and as the language itself prints them: one key."""

from __future__ import annotations

import json
from typing import Any

import pytest

import triage
from triage.formats.sentry_names import error_of, in_app
from triage.stacks import signature


def event(platform: str, error: dict[str, Any], *frames: dict[str, Any]) -> str:
    """An event with one error, its frames innermost first."""
    error = error | {"stacktrace": {"frames": [*reversed(frames)]}}
    return json.dumps({"event_id": "a" * 32, "platform": platform, "level": "error", "exception": {"values": [error]}})


JAVA = """\
Exception in thread "main" java.lang.IllegalStateException: no rate
\tat org.shop.Cart.total(Cart.kt:12)
\tat org.shop.Cart.pay$lambda$2(Cart.kt:20)
\tat java.base/java.util.ArrayList.forEach(ArrayList.java:1511)
\tat org.shop.Cart$Companion.pay(Cart.kt:19)
\tat org.shop.MainKt.main(Main.kt:4)
"""
JAVA_EVENT = event(
    "java",
    {"type": "IllegalStateException", "module": "java.lang", "value": "no rate"},
    {"module": "org.shop.Cart", "function": "total", "filename": "Cart.kt", "in_app": True},
    {"module": "org.shop.Cart", "function": "pay$lambda$3", "filename": "Cart.kt", "in_app": True},
    {"module": "java.util.ArrayList", "function": "forEach", "filename": "ArrayList.java", "in_app": False},
    {"module": "org.shop.Cart$Companion", "function": "pay", "filename": "Cart.kt", "in_app": True},
)
DOTNET = """\
Unhandled exception. System.InvalidOperationException: no rate
   at Shop.Cart.Total(Int32 id, String name) in /src/Cart.cs:line 12
   at Shop.Cart.<>c__DisplayClass5_0.<Pay>b__0(Int32 x) in /src/Cart.cs:line 20
   at Shop.Cart.Pay(List`1 items) in /src/Cart.cs:line 19
   at Shop.Program.Main(String[] args) in /src/Program.cs:line 4
"""
DOTNET_EVENT = event(
    "csharp",
    {
        "type": "System.InvalidOperationException",
        "module": "System.Private.CoreLib, Version=8.0.0.0",
        "value": "no rate",
    },
    {"module": "Shop.Cart", "function": "Total(Int32 id, String name)", "package": "Shop, Version=1.0.0.0"},
    {"module": "Shop.Cart+<>c__DisplayClass5_0", "function": "<Pay>b__0", "in_app": True},
    {"module": "Shop.Cart", "function": "Pay(List`1 items)", "in_app": True},
    {"module": "Shop.Program", "function": "Main(String[] args)", "in_app": True},
)
GO = """\
panic: runtime error: index out of range [5] with length 3

goroutine 1 [running]:
example.org/shop/cart.(*Cart).Total(0xc000010000)
\t/src/cart/cart.go:12 +0x1d
example.org/shop/cart.Pay[...](0x1)
\t/src/cart/cart.go:20 +0x1d
main.main()
\t/src/main.go:4 +0x1d
exit status 2
"""
GO_EVENT = event(
    "go",
    {"type": "runtime.boundsError", "value": "runtime error: index out of range [6] with length 4"},
    {"module": "example.org/shop/cart", "function": "(*Cart).Total", "abs_path": "/x/cart/cart.go", "in_app": True},
    {"module": "example.org/shop/cart", "function": "Pay[...]", "abs_path": "/x/cart/cart.go", "in_app": True},
    {"module": "main", "function": "main", "abs_path": "/x/main.go", "in_app": True},
)
NIL = "invalid memory address or nil pointer dereference"
GO_NIL = GO.replace(
    "index out of range [5] with length 3", f"{NIL}\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x1]"
)
GO_NIL_EVENT = GO_EVENT.replace("index out of range [6] with length 4", NIL).replace("boundsError", "errorString")
PHP = """\
PHP Fatal error:  Uncaught RuntimeException: no rate in /srv/lib/Cart.php:12
Stack trace:
#0 /srv/lib/Cart.php(20): App\\Cart->total()
#1 /srv/lib/Cart.php(30): App\\Cart->App\\{closure}('x')
#2 /srv/lib/Cart.php(40): App\\Cart::make()
#3 /srv/index.php(3): App\\Cart->pay(Array)
#4 {main}
  thrown in /srv/lib/Cart.php on line 12
"""
PHP_EVENT = event(
    "php",
    {"type": "RuntimeException", "value": "no rate"},
    {"function": "App\\Cart::total", "filename": "/lib/Cart.php", "in_app": True},
    {"function": "App\\Cart::App\\{closure}", "filename": "/lib/Cart.php", "in_app": True},
    {"function": "App\\Cart::make", "filename": "/lib/Cart.php", "in_app": True},
)
RUBY = """\
/srv/lib/cart.rb:12:in 'Shop::Cart#total': no rate (KeyError)
\tfrom /srv/lib/cart.rb:20:in 'block in Shop::Cart#pay'
\tfrom /srv/lib/cart.rb:19:in 'Shop::Cart#pay'
\tfrom /srv/bin/shop:3:in '<main>'
"""
RUBY_EVENT = event(
    "ruby",
    {"type": "KeyError", "value": "no rate"},
    {"module": "Shop::Cart", "function": "total", "filename": "lib/cart.rb", "in_app": True},
    {"function": "block in Shop::Cart#pay", "filename": "lib/cart.rb", "in_app": True},
    {"module": "Shop::Cart", "function": "pay", "filename": "lib/cart.rb", "in_app": True},
)
PAIRS = {
    "java": (JAVA, JAVA_EVENT, "total"),
    "dotnet": (DOTNET, DOTNET_EVENT, "Total"),
    "go": (GO, GO_EVENT, "Total"),
    "go-nil": (GO_NIL, GO_NIL_EVENT, "Total"),
    "php": (PHP, PHP_EVENT, "total"),
    "ruby": (RUBY, RUBY_EVENT, "total"),
}


@pytest.mark.parametrize("name", PAIRS)
def test_an_event_has_the_key_of_the_text(name: str) -> None:
    text, written, function = PAIRS[name]
    assert signature(written) == signature(text) == triage.loads(written).events()["group_key"].iloc[0] != ""
    assert signature(written.replace(function, "count")) not in {"", signature(text)}


@pytest.mark.parametrize("name", [name for name in PAIRS if name not in {"php", "ruby"}])
def test_another_class_is_another_function(name: str) -> None:
    text, written, _ = PAIRS[name]
    assert signature(written.replace("Cart", "Bill")) not in {"", signature(text)}


def test_the_columns_tell_the_whole_name() -> None:
    case = triage.loads(DOTNET_EVENT)
    frames = case.frames()
    assert frames["function"].iloc[0] == "Shop.Cart.Total"
    assert frames["args"].iloc[0] == "Int32 id, String name"
    assert triage.loads(JAVA_EVENT).events()["error_type"].iloc[0] == "java.lang.IllegalStateException"
    nil = triage.loads(GO_NIL_EVENT).events().iloc[0]
    assert (nil["event_kind"], nil["signal"], nil["error_type"]) == ("crash", "SIGSEGV", "runtime error")


def test_a_module_that_no_trace_has_is_left_out() -> None:
    python = event("python", {"type": "KeyError", "value": "a"}, {"module": "shop.cart", "function": "total"})
    assert triage.loads(python).frames()["function"].tolist() == ["total"]
    node = event("node", {"type": "Error", "value": "a"}, {"module": "cart", "function": "Cart.total"})
    assert triage.loads(node).frames()["function"].tolist() == ["Cart.total"]


def test_a_cause_is_the_same_with_and_without_its_package() -> None:
    cause = "Caused by: org.shop.NoRate: XTS\n\tat org.shop.Rates.find(Rates.kt:3)\n\t... 2 more\n"
    assert signature(JAVA + cause) == signature(JAVA + cause.replace("org.shop.NoRate", "NoRate")) != signature(JAVA)
    assert signature(JAVA + cause.replace("NoRate", "NoCart")) != signature(JAVA + cause)


def test_what_zap_writes_of_a_panic_of_the_runtime() -> None:
    lines = [line.partition("(0x")[0].removesuffix("()").removesuffix(" +0x1d") for line in GO.split("\n")[3:-2]]
    record = {"level": "error", "ts": 1769390759.1, "caller": "recover.go:3", "msg": "panic recovered"}
    stack = {"stacktrace": "\n".join(lines)}
    written = json.dumps(record | {"error": "runtime error: index out of range [7] with length 4"} | stack)
    assert signature(written) == signature(GO)
    assert signature(json.dumps(record | {"error": f"runtime error: {NIL}"} | stack)) == signature(GO_NIL)
    assert signature(json.dumps(record | {"error": "no rate"} | stack)) not in {"", signature(GO)}


LIBRARY = "/usr/lib/python3.11/threading.py"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (LIBRARY, False),
        ("C:\\Python311\\Lib\\threading.py", False),
        ("C:\\Python311\\Lib\\site-packages\\shop\\cart.py", True),
        ("/srv/venv/lib64/python3.9/asyncio/events.py", False),
        ("/srv/venv/lib/python3.9/site-packages/shop/cart.py", True),
        ("/usr/lib/python3.9/dist-packages/shop/cart.py", True),
        ("/srv/lib/python/cart.py", True),
        ("/srv/cart.py", True),
        (None, True),
    ],
)
def test_what_comes_with_python_is_not_the_program_s(path: str | None, told: bool) -> None:
    assert in_app({"in_app": True, "abs_path": path}) is told
    assert in_app({"in_app": False, "abs_path": path}) is False
    assert in_app({"abs_path": path}) is None


def test_a_thread_of_python_has_the_key_of_its_text() -> None:
    frames = [
        {"function": "_run", "filename": "threading.py", "abs_path": LIBRARY, "lineno": 9, "in_app": True},
        {"function": "total", "filename": "cart.py", "abs_path": "/srv/cart.py", "lineno": 3, "in_app": True},
    ]
    error = {"type": "KeyError", "value": "'XTS'", "stacktrace": {"frames": frames}}
    written = json.dumps({"platform": "python", "exception": {"values": [error]}})
    rows = "".join(
        f'  File "{one["abs_path"]}", line {one["lineno"]}, in {one["function"]}\n    f()\n' for one in frames
    )
    text = f"Traceback (most recent call last):\n{rows}KeyError: 'XTS'\n"
    assert signature(written) == signature(text) != ""
    assert signature(written.replace("total", "count")) not in {"", signature(text)}


def _thrown(*types: str, platform: str = "csharp") -> str:
    values = [
        {"type": name, "value": "a", "stacktrace": {"frames": [{"module": "Shop.Cart", "function": f"At{nth}"}]}}
        for nth, name in enumerate(types)
    ]
    return json.dumps({"platform": platform, "exception": {"values": values[::-1]}})


@pytest.mark.parametrize(
    ("platform", "wrapper"),
    [
        ("csharp", "System.AggregateException"),
        ("csharp", "System.Reflection.TargetInvocationException"),
        ("java", "java.util.concurrent.ExecutionException"),
    ],
)
def test_an_event_is_of_what_a_wrapper_carries(platform: str, wrapper: str) -> None:
    case = triage.loads(_thrown(wrapper, "shop.NoRate", "shop.NoKey", platform=platform))
    stacks = case.stacks()
    rows = list(zip(stacks["role"], stacks["error_type"], stacks["chain_no"], strict=True))
    assert rows == [("crash", "shop.NoRate", 0), ("cause", "shop.NoKey", 1), ("wrapper", wrapper, 2)]
    assert case.events()["error_type"].tolist() == ["shop.NoRate"]


def test_a_wrapper_that_carries_nothing_and_an_error_of_its_name_stay() -> None:
    alone = triage.loads(_thrown("System.AggregateException")).stacks()
    assert list(zip(alone["role"], alone["error_type"], strict=True)) == [("crash", "System.AggregateException")]
    own = triage.loads(_thrown("Shop.AggregateException", "shop.NoRate")).stacks()
    assert list(zip(own["role"], own["error_type"], strict=True)) == [
        ("crash", "Shop.AggregateException"),
        ("cause", "shop.NoRate"),
    ]


def test_an_aggregate_of_several_has_the_first_as_what_surfaced() -> None:
    values = [
        {"type": "Shop.NoKey", "mechanism": {"exception_id": 2, "parent_id": 0}},
        {"type": "Shop.NoRate", "mechanism": {"exception_id": 1, "parent_id": 0}},
        {"type": "System.AggregateException", "mechanism": {"exception_id": 0, "handled": False}},
    ]
    stack = {"stacktrace": {"frames": [{"module": "Shop.Cart", "function": "Pay"}]}}
    values = [one | stack for one in values]
    case = triage.loads(json.dumps({"platform": "csharp", "exception": {"values": values}}))
    stacks = case.stacks()
    assert list(zip(stacks["role"], stacks["error_type"], stacks["chain_no"], strict=True)) == [
        ("crash", "Shop.NoRate", 0),
        ("cause", "Shop.NoKey", 1),
        ("wrapper", "System.AggregateException", 2),
    ]
    assert case.events()["handled"].tolist() == [False]


def test_a_namespace_of_dotnet_is_part_of_the_type_and_an_assembly_is_not() -> None:
    assert error_of({"type": "NoRate", "module": "Shop.Errors"}, "csharp")["type"] == "Shop.Errors.NoRate"
    assembly = "Shop, Version=1.0.0.0, Culture=neutral"
    assert error_of({"type": "NoRate", "module": assembly}, "csharp")["type"] == "NoRate"
    assert error_of({"type": "Shop.NoRate", "module": "Shop"}, "csharp")["type"] == "Shop.NoRate"


def test_an_error_that_zap_writes_as_json_and_for_the_console() -> None:
    stack = "shop/cart.(*Cart).Total\n\t/srv/shop/cart/cart.go:7\nmain.main\n\t/srv/shop/main.go:3"
    record = {"level": "error", "ts": 1769390759.1, "caller": "cart/cart.go:7", "msg": "failed", "stacktrace": stack}
    console = f'2026-01-26T01:25:59.100Z\tERROR\tcart/cart.go:7\tfailed\t{{"error": "no rate"}}\n{stack}'
    assert signature(json.dumps(record | {"error": "no rate"})) == signature(console) != ""
    assert signature(json.dumps(record | {"error": "no rate"}).replace("Total", "Count")) != signature(console)


@pytest.mark.parametrize("level", ["error", "fatal"])
@pytest.mark.parametrize(
    ("package", "kind"),
    [
        ("java.lang", "IllegalStateException"),
        ("java.lang", "IndexOutOfBoundsException"),
        ("java.lang", "NullPointerException"),
        ("org.shop", "BusinessException"),
        ("org.shop", "NoRateException"),
    ],
)
def test_no_word_in_the_name_of_an_exception_makes_a_fault_of_it(level: str, package: str, kind: str) -> None:
    frames = [{"module": "org.shop.Cart", "function": name, "lineno": 3, "in_app": True} for name in ("total", "pay")]
    said = event("java", {"type": kind, "module": package, "value": "no"}, *frames).replace('"error"', f'"{level}"')
    rows = "\n\tat org.shop.Cart.total(Cart.java:3)\n\tat org.shop.Cart.pay(Cart.java:9)"
    text = f'Exception in thread "main" {package}.{kind}: no{rows}'
    assert signature(said) == signature(text) != ""
    assert triage.loads(said).events()["event_kind"].tolist() == ["exception"]


@pytest.mark.parametrize(
    ("platform", "kind"), [("native", "SIGILL"), ("java", "SIGSEGV"), ("cocoa", "EXC_BAD_ACCESS"), ("native", "Error")]
)
def test_a_signal_that_ends_a_program_is_a_crash(platform: str, kind: str) -> None:
    said = event(platform, {"type": kind, "value": "x"}, {"function": "pay"}).replace('"error"', '"fatal"')
    assert triage.loads(said).events()["event_kind"].tolist() == ["crash"]
