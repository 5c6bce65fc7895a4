"""Write `debugbundle/events.ndjson`: envelopes of services in seven languages, old shapes, and lines that are wrong.

Real stacks: Python (in the form of the debugbundle-python package and as the interpreter prints it), JavaScript (V8), Java and
Rust, each from a program in this folder that is run. Written by hand after the languages' real formats, since no interpreter was
at hand: PHP, Ruby, Go. The envelopes are of this script's making; the names of SDKs other than Python's and JavaScript's are
placeholders.
"""

from __future__ import annotations

import json
import traceback
import uuid
from typing import Any

import stacks
from common import put
from debugbundle.exception_snapshot import exception_details
from debugbundle_state import PROJECT
from debugbundle_store import neutral
from shop.checkout import checkout

SCHEMA = "2026-03-01"
ORDER = {"lines": [{"price": 8.0, "currency": "XTS"}]}

PHP = """\
PDOException: SQLSTATE[HY000] [2002] Connection refused in /var/www/shop/src/Database.php:41
Stack trace:
#0 /var/www/shop/src/Database.php(41): PDO->__construct('mysql:host=db.e...', 'shop', 'hunter2-not-rea...')
#1 /var/www/shop/src/OrderRepository.php(27): Shop\\Database->connect()
#2 [internal function]: Shop\\OrderRepository->find(48213)
#3 /var/www/shop/vendor/acme/router/src/Router.php(112): call_user_func_array(Array, Array)
#4 /var/www/shop/public/index.php(19): Acme\\Router\\Router->dispatch('/orders/48213')
#5 {main}"""
RUBY = """\
app/models/order.rb:88:in `total': undefined method `price' for nil:NilClass (NoMethodError)
\tfrom app/models/order.rb:87:in `sum'
\tfrom app/models/order.rb:87:in `total'
\tfrom app/controllers/orders_controller.rb:31:in `show'
\tfrom /usr/lib/ruby/gems/3.2.0/gems/actionpack-7.1.3/lib/action_controller/metal/basic_implicit_render.rb:6:in `send_action'
\tfrom /usr/lib/ruby/gems/3.2.0/gems/puma-6.4.2/lib/puma/thread_pool.rb:155:in `block in spawn_thread'"""
GO = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x18 pc=0x6a1f24]

goroutine 42 [running]:
example.com/shop/stock.(*Ledger).Take(0x0, {0xc0000182a0, 0x4}, 0x2)
\t/build/shop/stock/ledger.go:57 +0x24
example.com/shop/stock.Reserve(0xc00011e000)
\t/build/shop/stock/reserve.go:31 +0x8c
main.(*server).pay(0xc00009c0f0, {0x7d1b60, 0xc0001a8000}, 0xc000146000)
\t/build/shop/cmd/shop/main.go:104 +0x1d6
net/http.HandlerFunc.ServeHTTP(0xc000146000?, {0x7d1b60?, 0xc0001a8000?}, 0x0?)
\t/usr/local/go/src/net/http/server.go:2136 +0x29
created by net/http.(*Server).Serve in goroutine 1
\t/usr/local/go/src/net/http/server.go:3086 +0x5cb"""

Event = dict[str, Any]


def envelope(number: int, kind: str, payload: Event, *, language: str, sdk: str, **more: object) -> Event:
    """Return one envelope; the minute is its number."""
    return {
        "schema_version": SCHEMA,
        "event_id": str(uuid.uuid5(uuid.UUID(PROJECT), f"ndjson-{number}")),
        "project_id": PROJECT,
        "event_type": kind,
        "occurred_at": f"2026-02-11T10:{number:02d}:07Z",
        "sdk_name": sdk,
        "sdk_version": "1.0.0",
        "service": {"name": f"shop-{language}", "environment": "production", "runtime": language, "framework": None},
        "correlation": {"request_id": f"req-{number:04d}", "trace_id": None, "session_id": None, "user_id_hash": None},
        "payload": payload,
        **more,
    }


def failure(name: str, message: str, stack: str, *, path: str = "/orders/48213") -> Event:
    """Return the payload of an exception that ended a request."""
    request = {"method": "GET", "path": path, "query": {}, "headers": {"host": "shop.example.com"}}
    answer = {"status_code": 500}
    return {"name": name, "message": message, "stack": stack, "handled": False, "request": request, "response": answer}


def python_errors() -> list[Event]:
    """Return the same error as the package writes its stack and as the interpreter prints it."""
    try:
        checkout(ORDER)
    except Exception as error:  # noqa: BLE001 - whatever the shop raises is the sample
        name, message, stack = exception_details(error)
        printed = "".join(traceback.format_exception(error)).rstrip("\n")
    both = [failure(name, message, neutral(text)) for text in (stack, printed)]
    return [
        envelope(n, "backend_exception", p, language="python", sdk="debugbundle-python") for n, p in enumerate(both)
    ]


def other_errors() -> list[Event]:
    """Return the errors of the other languages."""
    text, script = stacks.javascript(stacks.HERE / "storefront.js", "file:///srv/shop/dist/cart.js")
    java = stacks.java()
    panic, _, rust = stacks.rust()
    found = [
        ("node", "@debugbundle/sdk-node", failure("TypeError", text.split(": ", 1)[1], script)),
        ("java", "example-java", failure("java.lang.IllegalStateException", "cannot reserve order 48213", java)),
        ("rust", "example-rust", failure("panic", panic, rust)),
        ("php", "example-php", failure("PDOException", "SQLSTATE[HY000] [2002] Connection refused", PHP)),
        ("ruby", "example-ruby", failure("NoMethodError", "undefined method `price' for nil:NilClass", RUBY)),
        ("go", "example-go", failure("runtime.Error", "invalid memory address or nil pointer dereference", GO)),
    ]
    return [envelope(2 + n, "backend_exception", p, language=lang, sdk=sdk) for n, (lang, sdk, p) in enumerate(found)]


def old_shapes() -> list[Event]:
    """Return envelopes that need the compatibility pass, and one whose message no pass can save."""
    node = {"language": "node", "sdk": "@debugbundle/sdk-node"}
    slow = {
        "method": "GET",
        "path": "/search?q=lamp",
        "query": {"q": "lamp"},
        "headers": {},
        "attributes": {"shard": 3},
    }
    slow |= {"response_status": "504", "duration_ms": "30000"}
    bare = {**failure("Error", "socket hang up", "Error: socket hang up"), "request": None, "context": {"region": "eu"}}
    log = {"level": "error", "message": "mail bounced", "attributes": {}, "extra_field": True}
    broken = {"level": "error", "message": 123, "attributes": {}}
    scalar = {"request_id": 17, "trace_id": 4711, "session_id": None, "user_id_hash": None}
    return [
        envelope(20, "request_event", slow, **node, sdk_language="javascript"),
        envelope(21, "backend_exception", bare, **node, correlation=scalar),
        envelope(22, "log_event", log, **node),
        envelope(23, "log_event", broken, **node),
        envelope(24, "analytics_event", {"page": "/cart", "visits": 3}, **node),
        envelope(
            25,
            "log_event",
            {"level": "warning", "message": "offset time", "attributes": {}},
            **node,
            occurred_at="2026-02-11T11:25:07.123456+01:00",
        ),
    ]


def main() -> None:
    """Write the lines; the one before the last is cut off in the middle, as after a full disk."""
    lines = [json.dumps(event, separators=(",", ":")) for event in [*python_errors(), *other_errors(), *old_shapes()]]
    lines.insert(len(lines) - 1, lines[-1][:211])
    lines.append("")
    put("debugbundle/events.ndjson", "\n".join(lines))


if __name__ == "__main__":
    main()
