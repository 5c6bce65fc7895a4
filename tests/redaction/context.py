"""Ordinary lines of crash files, with nothing in them to mask, and the heads that log lines have."""

from __future__ import annotations

from tests.redaction.sample import Sample, fill
from tests.redaction.values import Fake

ORDINARY: tuple[str, ...] = (
    "thread 'main' panicked at src/«word»/«noun».rs:«number»:«small»:",
    "index out of bounds: the len is «small» but the index is «number»",
    "note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace",
    "   «small»: core::panicking::panic_fmt",
    "             at /rustc/«hex40»/library/core/src/panicking.rs:75:14",
    "   «small»: «word»::«noun»::run::{{closure}}",
    "«time»  INFO shell::«word»: «noun» flushed in «small» ms",
    "«time» DEBUG app::«word»: queue depth «number», retry «small»",
    '{"timestamp":"«time»","level":"INFO","fields":{"message":"«word» opened","id":«number»},"target":"shell::«noun»"}',
    '{"event_id":"«hex32»","platform":"python","level":"error","logger":"shop.«word»"}',
    '{"schema_version":"2026-03-01","event_id":"«uuid»","event_type":"backend_exception","occurred_at":"«time»"}',
    '{"function":"convert_«noun»","module":"shop.«word»","lineno":«small»,"in_app":true}',
    "══╡ EXCEPTION CAUGHT BY RENDERING LIBRARY ╞═══════════════════",
    "A RenderFlex overflowed by «small» pixels on the right.",
    "I/flutter ( «number»): The relevant error-causing widget was:",
    "#«small»      _«word»State.build (package:shop_app/«word»/«noun».dart:«small»:14)",
    "[01-26-2026 «clock»] [Zone] [Crash] EXCEPTION_ACCESS_VIOLATION",
    "[01-26-2026 «clock»] [World] [Info] Zone booted: «word» («small» clients)",
    "#«small»  «address» in EQ::Net::«word»::Process() () from ./libcommon.so",
    "[Thread debugging using libthread_db enabled]",
    '«word»_requests_total{method="GET",code="200"} «number»',
    "# TYPE «word»_«noun»_seconds histogram",
    'process_resident_memory_bytes{job="«word»"} «number»000',
    '  File "/srv/shop/«word»/«noun».py", line «small», in «word»_rate',
    "\tat com.acme.«word».OrderService.submit(OrderService.java:«small»)",
    "    at «word» (/srv/app/dist/«noun».js:«small»:17)",
    "goroutine «small» [running]:",
    "main.(*«word»Server).handle(«address», 0x«hex8»)",
    "Stack trace:",
    "GET /orders/«number» 200 «small»ms",
    "Loaded plugin «word» «version»",
)

HEADS: tuple[str, ...] = (
    "",
    "",
    "«time»  INFO app::«word»: ",
    "«time» ERROR «word»::«noun»: ",
    "[01-26-2026 «clock»] [Zone] [Error] ",
    "[«clock»] [«word»] ",
    "I/flutter ( «number»): ",
    "E/AndroidRuntime( «number»): ",
    "Jan 26 «clock» «box!hostname_syslog» «word»[«number»]: ",
    "<34>1 «time» «internal!hostname_syslog» «word» «number» - - ",
    "«day» «clock»,«number» [WARN] (pool-«small»-thread-«small») ",
    "WARNING:«word»:",
    "level=warn ts=«time» msg=",
)

PLAIN_HEADS = tuple(head for head in HEADS if "!" not in head)

JSON_LINES: tuple[tuple[str, str], ...] = (
    ('{"timestamp":"«time»","level":"WARN","fields":{"message":"', '"},"target":"shell::«word»"}'),
    ('{"event_type":"log","occurred_at":"«time»","payload":{"line":"', '","count":«small»}}'),
    ('{"level":"error","msg":"', '","ts":«number».«small»}'),
    ('{"breadcrumbs":{"values":[{"type":"default","category":"console","message":"', '"}]},"level":"info"}'),
)


def values(fake: Fake):
    """Values by the names of the fake's methods."""
    return lambda name: getattr(fake, name)()


def ordinary(fake: Fake, count: int) -> list[str]:
    """Some ordinary lines."""
    return [fill(fake.pick(ORDINARY), values(fake), "", "").text for _ in range(count)]


def headed(fake: Fake, sample: Sample) -> Sample:
    """A line as a logger writes it: with a head, or inside a JSON line, or as it is."""
    way = fake.chance.random()
    if way < 0.25 or "\n" in sample.text:
        return sample
    if way < 0.45:
        before, after = (fill(part, values(fake), "", "").text for part in fake.pick(JSON_LINES))
        return sample.escaped().around(before, after)
    heads = HEADS if way < 0.6 else PLAIN_HEADS
    head = fill(fake.pick(heads), values(fake), "", "pii")
    both = sample.around(head.text, "")
    if head.text.endswith("msg="):
        both = sample.escaped().around(head.text + '"', '"')
    return Sample(both.text, head.labels + both.labels, both.negatives, both.neutral, sample.kind)


def surrounded(fake: Fake, sample: Sample) -> Sample:
    """A sample among ordinary lines."""
    if sample.whole:
        return sample
    before = "".join(f"{line}\n" for line in ordinary(fake, fake.chance.randint(0, 3)))
    after = "".join(f"\n{line}" for line in ordinary(fake, fake.chance.randint(0, 3)))
    return sample.around(before, after)
