"""Write `debugbundle/week.tar.gz`, five days of a shop's DebugBundle store, with the real debugbundle-python 2.0.1.

Real: the events of checkout-api and mail-worker (captured by the package from errors that code of `shop/` really raises,
suppressed by its own storm guard, redacted by its own rules), the page's events (accepted and written by its relay; the
stack is V8's) and the event files (written by the relay's file writer, the only one that the package has).

Simulated: the clock, which the package is given, and with it when who does what (from a seeded generator); where the
shop's code lies and its two releases (the same code, nine lines further down in 2.4.0); that a batch is written when its
first event has waited for ten minutes, or when it holds twenty. A `before_send` hook fixes ids and process facts and
adds the project id, as in `debugbundle_store.py`; that of mail-worker also takes addresses out of messages, so that its
suppressed events cannot be given back to their incident. Files are renamed from the machine's clock to ours.

Written by this script to the documented layout, not by the product: the two deploy events, profile, connection and
`state.json` (a run on Tuesday at 10:05, the coupon's incident resolved), one file with a damaged entry, a left-over
temporary file. `week.journal.ndjson` is written by triage: on Tuesday at 10:00 somebody resolves the coupon's incident,
with what the store held then.

Two runs give the same bytes: nothing of the machine gets in but node's stack and the version of debugbundle-python.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
import types
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, cast

import stacks
from common import put, tar_gz
from debugbundle.core import DebugBundleSdk
from debugbundle.relay import BrowserRelayHandler
from debugbundle.relay_delivery import AtomicRelayFileTransport
from debugbundle.transport import TransportResponse
from debugbundle_state import PROJECT, incident
from debugbundle_store import RUNTIME, SCHEMA, Clock, Event, remote_config, request_of, written_event

HERE = Path(__file__).resolve().parent
ROOT = ".debugbundle"
MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 5
RELEASES = (("2.3.0", MONDAY + timedelta(hours=6)), ("2.4.0", MONDAY + timedelta(days=3, hours=10)))
RESOLVED = MONDAY + timedelta(days=1, hours=10)
CLOSED = (MONDAY + timedelta(days=2, hours=20), MONDAY + timedelta(days=3, hours=8))
WAIT = 600.0
BATCH = 20

Act = Callable[[], None]


def seconds(day: int, hour: float = 0.0) -> float:
    """Return a time of the week, Monday being day 0, as seconds since 1970."""
    return (MONDAY + timedelta(days=day, hours=hour)).timestamp()


def shop(release: str) -> types.SimpleNamespace:
    """Return the shop's code of a release as it lies on the shop's machine."""
    header = "#\n" * 9 if release == "2.4.0" else ""
    made = {}
    for name in ("rates", "checkout", "coupons", "serve"):
        module = types.ModuleType(f"shop.{name}")
        sys.modules[f"shop.{name}"] = made[name] = module
        text = header + (HERE / f"shop/{name}.py").read_text("utf-8")
        exec(compile(text, f"/srv/shop/shop/{name}.py", "exec", dont_inherit=True), module.__dict__)
    return types.SimpleNamespace(**made)


class Service:
    """One service of the shop: its SDK, and the files that its events go to."""

    def __init__(self, name: str, clock: Clock, events: Path, *, masked: bool = False) -> None:
        """Begin with the first release."""
        self.name, self.clock, self.events = name, clock, events
        self.release = ""
        self.due: float | None = None
        self.waiting = 0
        self.writer = AtomicRelayFileTransport(str(events), name)
        self.sdk = DebugBundleSdk(transport=self.send, time_provider=clock)
        options: dict[str, Any] = {"service": name, "environment": "production", "batch_size": 900}
        options |= {"flush_interval": 3600, "fetch_impl": remote_config, "before_send": self.hook(masked)}
        self.sdk.init("not-a-real-project-token", **options)
        self.sdk._initial_config_ready.wait(10)  # noqa: SLF001 - the package offers no other way to know
        self.follow()

    def hook(self, masked: bool) -> Callable[[Event], Event]:
        """Return the `before_send` hook, which counts the events for their ids."""
        seen = iter(range(1, 100_000))

        def fixed(event: Event) -> Event:
            event["event_id"] = str(uuid.uuid5(uuid.UUID(PROJECT), f"week-{self.name}-{next(seen)}"))
            event["project_id"] = PROJECT
            payload = event["payload"]
            if "runtime" in payload:
                payload["runtime"] |= {**RUNTIME, "memory": payload["runtime"]["memory"] | RUNTIME["memory"]}
            for key in ("message", "stack") if masked else ():
                if key in payload:
                    payload[key] = re.sub(r"\S+@\S+", "[address]", payload[key])
            return event

        return fixed

    def send(self, request: Any) -> TransportResponse:
        """Hand a batch to the relay's file writer and rename the file to our clock's time."""
        result = self.writer.write(cast("list[Event]", request["events"]))
        if result.written_file_path:
            renamed(Path(result.written_file_path), self.clock)
        return TransportResponse(result.status_code)

    def follow(self) -> None:
        """Run the release that is deployed at this time."""
        release = [name for name, at in RELEASES if at.timestamp() <= self.clock.now][-1]
        if release != self.release:
            self.release, self.code = release, shop(release)
            self.sdk.set_context("release", release)

    def tick(self, until: float) -> None:
        """Write what has waited long enough before a time."""
        if self.due is not None and (self.due <= until or self.waiting >= BATCH):
            self.clock.now = min(self.due, until)
            self.sdk.flush()
            self.due, self.waiting = None, 0

    def told(self) -> None:
        """Note that an event waits."""
        self.due = self.clock.now + WAIT if self.due is None else self.due
        self.waiting += 1

    def fail(self, work: str, *given: Any, about: Event) -> None:
        """Have the shop do a piece of work that fails."""
        self.follow()
        module, _, function = work.partition(".")
        self.code.serve.serve(getattr(getattr(self.code, module), function), given, self.sdk.capture_exception, about)
        self.told()

    def log(self, message: str, level: str, about: Event | None = None) -> None:
        """Log a line."""
        self.follow()
        self.sdk.capture_log(message, level, about)
        self.told()

    def answer(self, method: str, template: str, status: int, duration: float, about: Event) -> None:
        """Answer a request."""
        self.follow()
        path = template.replace("{id}", str(48000 + int(duration)))
        request = {
            "method": method,
            "path": path,
            "query": {},
            "headers": {"accept": "*/*"},
            "route_template": template,
        }
        self.sdk.capture_request(request, {"status_code": status, "duration_ms": duration}, about)
        self.told()


def renamed(path: Path, clock: Clock) -> None:
    """Give a written event file the clock's time in place of the machine's."""
    path.rename(path.with_name(f"{int(clock.now * 1000)}-{path.name.split('-', 1)[1]}"))


def correlated(kind: str, number: int, user: int) -> Event:
    """Return the correlation of one request."""
    trace = uuid.uuid5(uuid.UUID(PROJECT), f"trace-{kind}-{number}").hex
    return {"request_id": f"req-{trace[:10]}", "trace_id": trace, "user_id_hash": f"user-{user:03d}"}


def about(kind: str, number: int, user: int, path: str, status: int = 500) -> Event:
    """Return what is known of a request that fails."""
    told: Event = correlated(kind, number, user)
    return told | {"request": request_of(48000 + number, path), "response": {"status_code": status}}


def open_hours(random_: random.Random, day: float, night: float, *, since: float, until: float) -> Iterator[float]:
    """Give random times, so many an hour by day and by night, none while the shop is closed."""
    at = since
    while True:
        hour = datetime.fromtimestamp(at, tz=UTC).hour
        at += random_.expovariate((day if 7 <= hour < 21 else night) / 3600)
        if at >= until:
            return
        if not CLOSED[0].timestamp() <= at < CLOSED[1].timestamp():
            yield round(at, 3)


def payments(api: Service, page: Page, dice: random.Random) -> Iterator[tuple[float, Act]]:
    """Fail payments all week, and within half an hour of Wednesday as many as in three days; some leave a log line."""
    lines = [{"price": 12.5, "currency": "EUR"}, {"price": 8.0, "currency": "XTS"}]
    times = list(open_hours(dice, 3.0, 0.5, since=seconds(0, 6.1), until=seconds(DAYS)))
    outage = [seconds(2, 13.66) + 4.05 * n + round(dice.random(), 3) for n in range(440)]
    for number, at in enumerate(sorted(times + outage)):
        user = dice.randrange(160)
        told, same = about("pay", number, user, "/orders/{}/pay"), correlated("pay", number, user)
        yield at, partial(api.fail, "checkout.checkout", {"lines": lines}, about=told)
        if number % 5 == 0 and at in times:
            line = f"payment of order {48000 + number} failed"
            yield at + 0.2, partial(api.log, line, "error", same | {"order_id": 48000 + number})
        if number % 20 == 0 and at in times:
            yield at + 1.5, partial(page.fail, same)


def crashes(api: Service, dice: random.Random) -> Iterator[tuple[float, Act]]:
    """Fail in the stock, in coupons (until Tuesday, and again with 2.4.0) and, new with 2.4.0, in delivery."""
    for number, at in enumerate(open_hours(dice, 0.6, 0.1, since=seconds(0, 7), until=seconds(DAYS))):
        told = about("stock", number, dice.randrange(160), "/orders/{}/reserve")
        yield (
            at,
            partial(api.fail, "checkout.reserve", {"lines": [{"sku": "lamp", "count": 2}]}, {"lamp": 1}, about=told),
        )
    # One customer, who tries again and again.
    for number in range(14):
        told = about("again", number, 7, "/orders/{}/reserve")
        work = ({"lines": [{"sku": "lamp", "count": 2}]}, {"lamp": 1})
        yield seconds(4, 8.5) + 11.0 * number, partial(api.fail, "checkout.reserve", *work, about=told)
    early = list(open_hours(dice, 0.7, 0.1, since=seconds(0, 9), until=seconds(1, 9)))
    later = [seconds(3, 10.4), *open_hours(dice, 0.8, 0.2, since=seconds(3, 10.4), until=seconds(DAYS))]
    storm = [seconds(3, 15.2) + 0.05 * n for n in range(40)]
    for number, at in enumerate(early + sorted(later + storm)):
        told = about("coupon", number, dice.randrange(160), "/orders/{}/coupon")
        yield at, partial(api.fail, "coupons.redeem", "LAMP-TEN", about=told)
    for number, at in enumerate(open_hours(dice, 2.5, 0.4, since=seconds(3, 10.1), until=seconds(DAYS))):
        told = about("fee", number, dice.randrange(160), "/orders/{}/delivery")
        yield at, partial(api.fail, "coupons.fee", 3.2, 0, about=told)


def mails(worker: Service) -> Iterator[tuple[float, Act]]:
    """Fail to send one mail six hundred times in half a minute of Tuesday's night, in a loop that nobody stops."""
    told = correlated("mail", 0, 12)
    for number in range(600):
        yield seconds(1, 2.22) + 0.05 * number, partial(worker.fail, "coupons.receipt", "ana@example.com", about=told)


def warnings(api: Service, worker: Service) -> Iterator[tuple[float, Act]]:
    """Warn."""
    for number in range(18):
        yield seconds(3, 11 + number), partial(api.log, f"rates are {26 + number} h old", "warning")
    for number in range(7):
        yield seconds(number % 5, 9.2 + number), partial(worker.log, f"mail queue holds {112 + 9 * number}", "warning")
    for number in range(4):
        yield seconds(number, 12.4), partial(api.log, f"cache is {91 + number} % full", "warning")


def requests(api: Service, dice: random.Random) -> Iterator[tuple[float, Act]]:
    """Answer requests: most are fine, some slow, some fail; a scanner asks for what nobody has."""
    for number, at in enumerate(open_hours(dice, 1.6, 0.3, since=seconds(0, 6.2), until=seconds(DAYS))):
        told = correlated("get", number, dice.randrange(160))
        yield at, partial(api.answer, "GET", "/orders/{id}", 200, float(dice.randrange(40, 320)), told)
    slow = (("/search", 2600, 5200, 12), ("/orders/{id}", 1600, 2400, 7), ("/cart", 1050, 1400, 4))
    for route, least, most, count in slow:
        for number in range(count):
            at = seconds(number % DAYS, 10 + dice.random() * 8)
            told = correlated(f"slow{route}", number, dice.randrange(160))
            yield at, partial(api.answer, "GET", route, 200, float(dice.randrange(least, most)), told)
    for number in range(6):
        told = correlated("rates", number, number)
        yield seconds(2, 13.7) + 240 * number, partial(api.answer, "PUT", "/rates", 503, 30_000.0, told)
    for number in range(12):
        told = correlated("scan", number, 999)
        yield seconds(1, 4.05) + 2 * number, partial(api.answer, "GET", "/wp-login.php", 404, 3.0, told)


class Page:
    """The shop's page, whose events the package's relay takes."""

    def __init__(self, clock: Clock, events: Path) -> None:
        """Have V8 throw the page's error once."""
        self.clock, self.events, self.seen = clock, events, 0
        self.relay = BrowserRelayHandler(project_mode="local-only", local_events_dir=str(events))
        message, stack = stacks.javascript(HERE / "stacks/storefront.js", "https://shop.example.com/assets/cart.js")
        self.error = {"name": "TypeError", "message": message.split(": ", 1)[1], "stack": stack, "route": "/cart"}

    def fail(self, told: Event) -> None:
        """Send a click and the error that it led to."""
        self.seen += 1
        time = datetime.fromtimestamp(self.clock.now, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        crumb = {"breadcrumb_type": "click", "route": "/cart", "data": {"target": "button#pay", "text": "Pay"}}
        error = self.error | {"browser": {"name": "Chrome", "version": "132.0"}, "breadcrumbs": [crumb]}
        batch = []
        for kind, payload in (("frontend_breadcrumb", crumb), ("frontend_exception", error)):
            identity = str(uuid.uuid5(uuid.UUID(PROJECT), f"week-{kind}-{self.seen}"))
            head: Event = {"schema_version": SCHEMA, "event_id": identity, "event_type": kind, "occurred_at": time}
            head |= {"sdk_version": "1.4.0", "service": {"name": "shop-page", "environment": "production"}}
            batch.append({**head, "correlation": {**told, "session_id": f"s-{self.seen}"}, "payload": payload})
        headers = {"origin": "https://shop.example.com", "host": "shop.example.com", "content-type": "application/json"}
        before = set(self.events.glob("*-shop-page.events.json"))
        answer = self.relay.handle({"method": "POST", "headers": headers, "body": json.dumps({"batch": batch})})
        if answer.status != 202:
            raise SystemExit(answer)
        (written,) = set(self.events.glob("*-shop-page.events.json")) - before
        renamed(written, self.clock)


def deploys(events: Path) -> None:
    """Write the deploy events, as the product's `ingest` names their files."""
    for number, (release, at) in enumerate(RELEASES, 1):
        time = at.isoformat().replace("+00:00", "Z")
        facts = {"commit_sha": f"{number}" * 40, "version": release, "branch": "main"}
        facts |= {"environment": "production", "deployed_at": time}
        event = written_event("deploy_metadata", f"week-deploy-{number}", time, facts)
        name = f"{int(at.timestamp() * 1000)}-{number:08x}-checkout-api.events.json"
        (events / name).write_text(json.dumps([event], separators=(",", ":")))


def state(events: Path, until: datetime) -> str:
    """Return `state.json` as of a time: what is in the coupon's and the stock's incidents, the first resolved."""
    names = sorted(path.name for path in events.glob("*.events.json"))
    names = [name for name in names if int(name.split("-")[0]) <= until.timestamp() * 1000]
    held = [event for name in names for event in json.loads((events / name).read_text())]
    found = {}
    for error, message, route, status in (
        ("ValueError", "invalid literal for int() with base {dynamic}: 'TEN'", "/orders/{param}/coupon", "resolved"),
        ("RuntimeError", "order needs 2 of lamp, stock holds 1", "/orders/{param}/reserve", "open"),
    ):
        own = [event for event in held if event["payload"].get("name") == error]
        each = incident(own, message, route, status)
        found[each["incident_id"]] = each
    told = {"version": 1, "last_processed_event_file": names[-1], "incidents": dict(sorted(found.items()))}
    return json.dumps(told, indent=2, ensure_ascii=False) + "\n"


def run(events: Path) -> None:
    """Live through the week."""
    clock = Clock()
    clock.now = seconds(0, 6)
    api, worker = Service("checkout-api", clock, events), Service("mail-worker", clock, events, masked=True)
    page, dice = Page(clock, events), random.Random(20260302)
    schedule = [*payments(api, page, dice), *crashes(api, dice), *mails(worker), *warnings(api, worker)]
    schedule += requests(api, dice)
    schedule = [each for each in schedule if not CLOSED[0].timestamp() <= each[0] < CLOSED[1].timestamp()]
    for at, act in sorted(schedule, key=lambda each: each[0]):
        for service in (api, worker):
            service.tick(at)
        clock.now = at
        act()
    for service in (api, worker):
        service.tick(seconds(DAYS, 1))
        service.sdk.dispose()
    deploys(events)


def decide(root: Path) -> str:
    """Return the journal of somebody who resolves the coupon's incident on Tuesday, with the store of that time."""
    import triage
    from triage.journal import Journal

    limit = RESOLVED.timestamp() * 1000
    files = [path for path in root.rglob("*.events.json") if int(path.name.split("-")[0]) <= limit]
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder) / "journal.ndjson", who="Ada", when=RESOLVED.isoformat().replace("+00:00", "Z"))
        case = triage.load(files, journal=journal)
        (coupon,) = case.incidents().query("error_type == 'ValueError'")["incident_id"]
        case.resolve(coupon, "coupons without a number are refused in the form now")
        return (Path(folder) / "journal.ndjson").read_text("utf-8")


def damage(events: Path) -> None:
    """Spoil one entry of a file of Friday, and leave half of another as a temporary file."""
    late = sorted(
        path for path in events.glob("*-checkout-api.events.json") if path.name >= str(int(seconds(4, 12) * 1000))
    )
    chosen = next(path for path in late if path.read_text().count('"event_id"') >= 3)
    whole = chosen.read_text()
    middle = whole.index('"occurred_at":', whole.index('"occurred_at":') + 1)
    chosen.write_text(whole[: middle + 14] + whole[middle + 14 :].split(",", 1)[1])
    (events / f"{late[-1].name}.tmp-00112233445566ff").write_text(whole[:700])


def main() -> None:
    """Write the store and the journal anew."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / ROOT
        events = root / "local/events"
        events.mkdir(parents=True)
        run(events)
        journal = decide(root)
        (root / "local/state.json").write_text(state(events, RESOLVED + timedelta(minutes=5)))
        damage(events)
        profile = {"version": 1, "project": {"id": PROJECT, "slug": "shop"}}
        (root / "profile.json").write_text(json.dumps(profile, indent=2) + "\n")
        (root / "local/connection.json").write_text(json.dumps({"version": 1, "mode": "local-only"}, indent=2) + "\n")
        files = sorted(path for path in root.rglob("*") if path.is_file())
        put(
            "debugbundle/week.tar.gz",
            tar_gz({path.relative_to(folder).as_posix(): path.read_bytes() for path in files}),
        )
    put("debugbundle/week.journal.ndjson", journal)


if __name__ == "__main__":
    main()
