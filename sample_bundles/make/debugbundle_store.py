"""Write the DebugBundle store `debugbundle/store/.debugbundle/` with the real debugbundle-python 2.0.1.

Real: the events (captured by the package from errors of `shop/`, suppressed by its own storm guard, redacted by its own
rules), the browser events (accepted and written by its relay) and the event files (written by the relay's file writer, the
only one that the package has). A clock of ours drives the package, and its own `before_send` hook fixes what would differ
from run to run (event ids, process facts, this folder's name) and adds the project id, which the package leaves out. The
files are then renamed, because the writer takes the machine's clock for their names.

Written by this script to the documented layout, not by the product: deploy events, the `ingest` and the batch file naming,
the file with a damaged entry, the left-over temporary file, profile, connection, state, bundle and reproduction.
"""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import sysconfig
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import stacks
from common import SAMPLES, put
from debugbundle.core import DebugBundleSdk
from debugbundle.relay import BrowserRelayHandler
from debugbundle.relay_delivery import AtomicRelayFileTransport
from debugbundle.transport import Transport, TransportResponse
from debugbundle_state import PROJECT, write_state
from shop.checkout import checkout, coupon, reserve

HERE = Path(__file__).resolve().parent
ROOT = "debugbundle/store/.debugbundle"
EVENTS = SAMPLES / ROOT / "local/events"
ACTIVATION = "11111111-1111-4111-8111-111111111111"
START = datetime(2026, 2, 10, 9, 0, tzinfo=UTC).timestamp()
SCHEMA = "2026-03-01"
RUNTIME = {"version": "3.11.9", "platform": "linux", "arch": "x86_64", "pid": 4120, "cwd": "/srv/shop"}
RUNTIME |= {"uptime_sec": 512.25, "hostname": "shop-web-3", "thread_id": 139872220, "memory": {"peak": 61341696}}

Event = dict[str, Any]


class Clock:
    """The package's time: stands still until it is moved."""

    def __init__(self) -> None:
        """Begin at the start of the story."""
        self.now = START

    def __call__(self) -> float:
        """Return seconds since 1970."""
        return self.now


def neutral(stack: str) -> str:
    """Rename this script's folder and the interpreter's library in a stack."""
    library = sysconfig.get_paths()["stdlib"]
    return stack.replace(str(HERE), "/srv/shop").replace(library, "/usr/lib/python3.11")


def steady() -> Callable[[Event], Event]:
    """Return the `before_send` hook, which counts the events for their ids."""
    seen = iter(range(1, 10_000))

    def hook(event: Event) -> Event:
        event["event_id"] = str(uuid.uuid5(uuid.UUID(PROJECT), f"python-{next(seen)}"))
        event["project_id"] = PROJECT
        payload = event["payload"]
        if "stack" in payload:
            payload["stack"] = neutral(payload["stack"])
        if "runtime" in payload:
            memory = payload["runtime"]["memory"] | RUNTIME["memory"]
            payload["runtime"] |= {**RUNTIME, "memory": memory}
        return event

    return hook


def file_transport(service: str, clock: Clock) -> Transport:
    """Return a transport that hands a batch to the relay's file writer and renames the file to our clock's time."""
    writer = AtomicRelayFileTransport(str(EVENTS), service)

    def send(request: Mapping[str, object]) -> TransportResponse:
        result = writer.write(cast("list[Event]", request["events"]))
        if result.written_file_path:
            renamed(Path(result.written_file_path), clock)
        return TransportResponse(result.status_code)

    return send


def renamed(path: Path, clock: Clock) -> None:
    """Give a written event file the clock's time in place of the machine's."""
    rest = path.name.split("-", 1)[1]
    target = path.rename(path.with_name(f"{int(clock.now * 1000)}-{rest}"))
    print(f"{target.stat().st_size:>9}  {target.relative_to(SAMPLES)}")


def remote_config(_url: str, _request: Mapping[str, Any]) -> SimpleNamespace:
    """Answer the package's question for its configuration: one active probe, everything captured."""
    policy = {"preset": "investigative", "capture_logs": "info", "capture_request_events": "all"}
    policy |= {"capture_breadcrumbs": "standalone", "capture_probe_events": "standalone_when_activated"}
    probe = {"id": ACTIVATION, "label_pattern": "cart.*", "service": "*", "environment": "*"}
    probe["expires_at"] = "2026-03-01T00:00:00Z"
    body = {"probes_enabled": True, "remote_probes_enabled": True, "active_probes": [probe], "capture_policy": policy}
    return SimpleNamespace(status_code=200, headers={}, json=lambda: body)


def request_of(order: int, path: str = "/orders/{}/pay") -> dict[str, Any]:
    """Return what a web framework would give as the request."""
    return {
        "method": "POST",
        "path": path.format(order),
        "query": {"step": "pay"},
        "headers": {
            "host": "shop.example.com",
            "content-type": "application/json",
            "authorization": "Bearer not-a-real-0006",
        },
        "body": {"order": order, "card_number": "0000 0000 0000 0000", "email": "ana@example.com"},
    }


def context_of(number: int) -> dict[str, Any]:
    """Return the correlation of one request."""
    return {"request_id": f"req-{number:04d}", "trace_id": f"{number:032x}", "user_id_hash": f"user-{number % 5}"}


def failing(sdk: DebugBundleSdk, work: Callable[[], object], number: int, order: int) -> None:
    """Run one piece of work that fails and report the error with its request."""
    try:
        work()
    except Exception as error:  # noqa: BLE001 - whatever the shop raises is the sample
        context = {**context_of(number), "request": request_of(order), "response": {"status_code": 500}}
        sdk.capture_exception(error, context)


def payments(sdk: DebugBundleSdk, clock: Clock) -> None:
    """Fail five payments, a minute apart, each with a probe, a log line and the request itself."""
    for number in range(1, 6):
        clock.now += 60.25
        order = 48210 + number
        lines = [{"price": 12.5, "currency": "EUR"}, {"price": 8.0, "currency": "XTS"}]
        sdk.probe("cart.state", {"items": 2, "order": order, "token": "not-a-real-token-0007"})
        failing(sdk, lambda lines=lines: checkout({"lines": lines}), number, order)  # type: ignore[misc]
        clock.now += 0.5
        sdk.capture_log(f"payment of order {order} failed", "error", {"order_id": order, **context_of(number)})
        request = {**request_of(order), "route_template": "/orders/{id}/pay", "duration_ms": 240 + number}
        sdk.capture_request(
            request, {"status_code": 500, "headers": {"content-type": "text/plain"}}, context_of(number)
        )
    sdk.flush()


def stock(sdk: DebugBundleSdk, clock: Clock) -> None:
    """Run out of stock three times, and have a gateway answer 503 and 429, and one request that is fine."""
    for number in range(6, 9):
        clock.now += 127.125
        line = {"sku": "lamp", "count": 2}
        failing(sdk, lambda line=line: reserve({"lines": [line]}, {"lamp": 1}), number, 48300 + number)  # type: ignore[misc]
    for number, status in ((9, 503), (10, 429), (11, 200)):
        clock.now += 1.0
        request = {"method": "GET", "path": f"/orders/{48300 + number}?x=1", "query": {"x": "1"}, "duration_ms": 812.5}
        request |= {"headers": {"cookie": "sid=not-a-real-session", "accept": "*/*"}, "route_template": "/orders/{id}"}
        sdk.capture_request(request, {"status_code": status}, context_of(number))
    sdk.capture_log("rates are 26 h old", "warning", {"source": "rates.example.com"})
    sdk.capture_log("worker restarted", "info")
    sdk.flush()


def storm(sdk: DebugBundleSdk, clock: Clock) -> None:
    """Send forty broken coupons within two seconds; the package keeps three and counts the rest."""
    for _ in range(40):
        clock.now += 0.04
        failing(sdk, lambda: coupon('{"code": LAMP10}'), 12, 48400)
    clock.now += 61.0
    sdk.flush()


def browser(clock: Clock) -> None:
    """Let the relay accept a page's exception and breadcrumbs; the stack is real V8 output."""
    message, stack = stacks.javascript(HERE / "stacks/storefront.js", "https://shop.example.com/assets/cart.js")
    crumb = {"breadcrumb_type": "click", "route": "/cart", "data": {"target": "button#pay", "text": "Pay"}}
    error: Event = {"name": "TypeError", "message": message.split(": ", 1)[1], "stack": stack, "route": "/cart"}
    error |= {"browser": {"name": "Chrome", "version": "132.0"}, "breadcrumbs": [crumb]}
    batch = []
    for number in range(4):
        clock.now += 33.0
        time = datetime.fromtimestamp(clock.now, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        for kind, payload in (("frontend_breadcrumb", crumb), ("frontend_exception", error)):
            identity = str(uuid.uuid5(uuid.UUID(PROJECT), f"browser-{kind}-{number}"))
            head: Event = {"schema_version": SCHEMA, "event_id": identity, "event_type": kind, "occurred_at": time}
            head |= {"sdk_version": "1.4.0", "service": {"name": "shop-page", "environment": "production"}}
            # the fourth click led to the first failed payment: the same trace
            same = context_of(1 if number == 3 else 20 + number)
            batch.append({**head, "correlation": {**same, "session_id": "s-7"}, "payload": payload})
    relay = BrowserRelayHandler(project_mode="local-only", local_events_dir=str(EVENTS))
    headers = {"origin": "https://shop.example.com", "host": "shop.example.com", "content-type": "application/json"}
    answer = relay.handle({"method": "POST", "headers": headers, "body": json.dumps({"batch": batch})})
    if answer.status != 202:
        raise SystemExit(answer)
    (written,) = EVENTS.glob("*-shop-page.events.json")
    renamed(written, clock)


def written_event(kind: str, identity: str, time: str, payload: Event) -> Event:
    """Return an envelope of our own making."""
    return {
        "schema_version": SCHEMA,
        "event_id": str(uuid.uuid5(uuid.UUID(PROJECT), identity)),
        "project_id": PROJECT,
        "event_type": kind,
        "occurred_at": time,
        "sdk_name": "debugbundle-cli",
        "sdk_version": "1.9.0",
        "service": {"name": "checkout-api", "runtime": "python", "framework": None, "environment": "production"},
        "payload": payload,
    }


def extras() -> None:
    """Write the other namings, a file with a damaged entry and a left-over temporary file."""
    deploy = {"commit_sha": "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c", "version": "1.4.2", "branch": "main"}
    deploy |= {"environment": "production", "deployed_at": "2026-02-10T08:55:00Z"}
    event = written_event("deploy_metadata", "deploy-1", "2026-02-10T08:55:00Z", deploy)
    stamp = int(datetime(2026, 2, 10, 8, 55, tzinfo=UTC).timestamp() * 1000)
    digest = hashlib.sha256(f"deploys.ndjson{event['event_id']}".encode()).hexdigest()[:8]
    name = f"{ROOT}/local/events/{stamp}-{digest}-checkout-api.events.json"
    put(name, json.dumps([event], separators=(",", ":")))

    logs = [
        written_event(
            "log_event", f"batch-{n}", f"2026-02-10T09:4{n}:00Z", {"level": level, "message": text, "attributes": {}}
        )
        for n, (level, text) in enumerate(
            [
                ("error", "mail to order 48213 bounced"),
                ("warning", "mail queue holds 112"),
                ("fatal", "mail worker gave up"),
            ]
        )
    ]
    put(f"{ROOT}/local/events/{stamp}_batch_1.ndjson", "".join(f"{json.dumps(log)}\n" for log in logs))

    good = [
        written_event(
            "log_event",
            f"damaged-{n}",
            f"2026-02-10T09:50:0{n}Z",
            {"level": "error", "message": f"disk {n} is full", "attributes": {"disk": n}},
        )
        for n in range(3)
    ]
    whole = json.dumps(good, separators=(",", ":"))
    # the middle entry loses a value: the array no longer parses as one piece
    put(f"{ROOT}/local/events/1770717010000-1-checkout-api.events.json", whole.replace('"disk 1 is full"', "", 1))
    put(f"{ROOT}/local/events/1770717011000-2-checkout-api.events.json.tmp-00112233445566ff", whole[:180])


def main() -> None:
    """Write the store anew."""
    shutil.rmtree(SAMPLES / "debugbundle/store", ignore_errors=True)
    clock = Clock()
    sdk = DebugBundleSdk(transport=file_transport("checkout-api", clock), time_provider=clock)
    options: dict[str, Any] = {"service": "checkout-api", "environment": "production", "batch_size": 500}
    sdk.init("not-a-real-project-token", flush_interval=3600, fetch_impl=remote_config, before_send=steady(), **options)
    sdk._initial_config_ready.wait(10)  # noqa: SLF001 - the package offers no other way to know
    sdk.set_context("release", "1.4.2")
    payments(sdk, clock)
    stock(sdk, clock)
    storm(sdk, clock)
    sdk.dispose()
    browser(clock)
    extras()
    events = [event for path in sorted(EVENTS.glob("17*.events.json")) for event in whole_events(path)]
    last = max(path.name for path in EVENTS.glob("1770714*.events.json"))
    write_state(ROOT, copy.deepcopy(events), last)


def whole_events(path: Path) -> list[Event]:
    """Return the events of one file, none where it is damaged."""
    try:
        events: list[Event] = json.loads(path.read_text())
    except ValueError:
        return []
    return events


if __name__ == "__main__":
    main()
