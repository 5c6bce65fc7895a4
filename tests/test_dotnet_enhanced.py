"""Methods of .NET as they are declared are the same as the runtime writes them, in a text and in Sentry's events."""

from __future__ import annotations

import json

import pytest

import triage
from tests.growth import grows_evenly
from triage.formats.traces.dotnet_enhanced import method
from triage.stacks import signature

# As the runtime writes it, and what it may be declared as.
WAYS = {
    "Shop.Orders.Load(Int32 id)": (
        "void Shop.Orders.Load(int id)",
        "Order? Shop.Orders.Load(int id)",
        "Order[] Shop.Orders.Load<T>(T id)",
        "async Task<List<Order>> Shop.Orders.Load(int id, Dictionary<string, int> more)",
        "static ref readonly Order Shop.Orders.Load()",
    ),
    "Shop.Orders..ctor(Int32 id)": ("new Shop.Orders(int id)",),
    "Shop.Orders..cctor()": ("static Shop.Orders()",),
    "Shop.Orders.<>c.<Load>b__0_1(Item x)": (
        "void Shop.Orders.Load(int id)+(Item x) => { }",
        "async Task Shop.Orders.Load()+(Item x) => { ... }",
    ),
    "Shop.Orders.<Load>g__Add|0_0(Int32 x)": ("void Shop.Orders.Load()+Add(int x)",),
}


def key(line):
    return signature(
        f"System.InvalidOperationException: no\n   at {line} in C:\\src\\Orders.cs:line 12\n"
        "   at Shop.Program.Main(String[] args) in C:\\src\\Program.cs:line 3\n"
    )


def sent(function):
    frames = [
        {"function": name, "module": module, "filename": "a.cs", "lineno": 3, "in_app": True}
        for name, module in (("Main", "Shop.Program"), (function, "Shop.Orders"))
    ]
    error = {"type": "InvalidOperationException", "module": "System", "value": "no", "stacktrace": {"frames": frames}}
    event = {"event_id": "d" * 32, "platform": "csharp", "exception": {"values": [error]}}
    return triage.loads(json.dumps(event), name="e.json").events()["group_key"].iloc[0]


@pytest.mark.parametrize("plain", WAYS)
def test_a_declared_method_is_the_one_of_the_runtime(plain):
    keys = {key(plain), *map(key, WAYS[plain])}
    assert len(keys) == 1
    assert "" not in keys


@pytest.mark.parametrize("plain", WAYS)
def test_a_client_that_declares_methods_tells_the_same(plain):
    declared = [way.replace("Shop.Orders", "Orders") for way in WAYS[plain]]
    assert {*map(sent, declared)} == {sent(plain.removeprefix("Shop.Orders.").partition("(")[0])} == {key(plain)}


def test_other_methods_have_other_keys():
    assert key("void Shop.Orders.Load(int id)") != key("void Shop.Orders.Save(int id)")
    assert key("void Shop.Orders.Load(int id)") != key("void Shop.Orders.Load(int id)+(Item x) => { }")


def test_the_parameters_and_what_was_written_are_kept():
    line = "async Task<Order?> Shop.Orders.Load(int id, (string, int) no)"
    assert method(line) is None
    case = triage.loads(f"System.Exception: no\n   at {line.replace(', (string, int) no', '')} in a.cs:line 1\n")
    frame = case.frames().iloc[0]
    assert (frame["function"], frame["args"]) == ("Shop.Orders.Load", "int id")
    assert frame["function_raw"] == "async Task<Order?> Shop.Orders.Load(int id)"


@pytest.mark.parametrize(
    "text",
    [
        "Load",
        "Shop.Orders.Load(Int32 id)",
        "it failed at the door of Mr.Smith (no)",
        "void Load(int id)",
        "a b.c(d)",
        "",
    ],
)
def test_what_declares_nothing_is_none(text):
    assert method(text) is None


@pytest.mark.parametrize("unit", ["<", "a<", "a ", "a.", "+(", "(", "[", "async ", "a<b> c.d(", "x y, "])
def test_work_grows_as_the_text(unit):
    grows_evenly(method, lambda size: f"void a.b({unit * (size // len(unit))})", 4_000)
    grows_evenly(method, lambda size: f"{unit * (size // len(unit))} a.b()", 4_000)
