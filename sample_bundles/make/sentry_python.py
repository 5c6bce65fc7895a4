"""Write `sentry/python-crash.envelope` with the real sentry-sdk: a chained exception with breadcrumbs, tags and contexts.

The envelope is what the package serialises. So that a second run gives the same file, what differs from run to run (ids,
times, versions of the interpreter and of installed modules, addresses in reprs) gets fixed values, and the folder of this
script becomes `/home/user/shop`, before the package counts the lengths. Needs the package `sentry-sdk`.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any, cast

import sentry_sdk
from common import put
from sentry_sdk.envelope import Envelope, Item, PayloadRef
from sentry_sdk.transport import Transport
from shop.checkout import checkout
from shop.rates import PaymentError

EVENT_ID = "0f3c2d9a7b6e4c51a8d24e6f90b1c3d5"
TRACE_ID = "7e1d0c5b9a384f26b0c3d2e1f4a59687"
TIMES = [f"2026-01-30T11:05:{second:02d}.{second * 7919:06d}Z" for second in range(60)]
DSN = "https://00000000000000000000000000000000@errors.example.com/42"


class Writer(Transport):
    """Keeps the envelopes that the SDK hands over."""

    def __init__(self, options: dict[str, Any]) -> None:
        """Begin with nothing kept."""
        super().__init__(options)
        self.kept: list[Envelope] = []

    def capture_envelope(self, envelope: Envelope) -> None:
        """Keep one envelope."""
        self.kept.append(envelope)


def set_scope() -> None:
    """Describe the user and the order as an application would."""
    scope = sentry_sdk.get_isolation_scope()
    scope.set_user({"id": "4711", "email": "ana@example.com", "ip_address": "203.0.113.9", "username": "ana"})
    scope.set_tag("payment.provider", "examplepay")
    scope.set_tag("region", "eu-west")
    scope.set_context("order", {"id": 48213, "lines": [{"sku": "A-1"}, {"sku": "B-2"}], "flags": ["gift", "express"]})
    scope.set_extra("cart", {"coupon": None, "note": "api_key=not-a-real-secret-0005"})
    rates = {"url": "https://rates.example.com/v1", "status_code": 503}
    sentry_sdk.add_breadcrumb(category="navigation", message="/cart -> /checkout", level="info")
    sentry_sdk.add_breadcrumb(type="http", category="httplib", data=rates, level="warning")
    sentry_sdk.add_breadcrumb(category="auth", message="token renewed for ana@example.com", level="debug")
    logging.getLogger("shop.rates").warning("using the rates of yesterday")


def crash() -> Envelope:
    """Let the checkout fail, report the error, and return the one envelope."""
    options: dict[str, Any] = {"release": "shop@2.4.1", "environment": "production", "server_name": "shop-web-3"}
    options |= {"auto_session_tracking": False, "auto_enabling_integrations": False, "send_default_pii": True}
    sentry_sdk.init(dsn=DSN, transport=Writer, **options)
    set_scope()
    order = {"id": 48213, "lines": [{"price": 12.5, "currency": "EUR"}, {"price": 8.0, "currency": "XTS"}]}
    try:
        checkout(order)
    except PaymentError as error:
        sentry_sdk.capture_exception(error)
    transport = sentry_sdk.get_client().transport
    if not isinstance(transport, Writer):
        raise TypeError(transport)
    (envelope,) = transport.kept
    return envelope


def without_addresses(value: Any) -> Any:
    """Replace the addresses in the reprs of local variables."""
    if isinstance(value, dict):
        return {key: without_addresses(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_addresses(item) for item in value]
    return re.sub(r"0x[0-9a-f]{6,}", "0x7f0000000000", value) if isinstance(value, str) else value


def steady(event: dict[str, Any]) -> None:
    """Replace what changes from run to run in one event, in place."""
    event |= {
        "event_id": EVENT_ID,
        "timestamp": TIMES[40],
        "modules": {"shop": "2.4.1", "sentry-sdk": sentry_sdk.VERSION},
    }
    for number, crumb in enumerate(event["breadcrumbs"]["values"]):
        crumb["timestamp"] = TIMES[10 + number]
    contexts = event["contexts"]
    contexts["trace"] |= {"trace_id": TRACE_ID, "span_id": TRACE_ID[16:]}
    contexts["runtime"] |= {"version": "3.11.9", "build": "3.11.9 (main, Apr  2 2024, 08:25:04) [GCC 12.2.0]"}
    event["extra"]["sys.argv"] = ["shop.py", "serve"]
    for error in event["exception"]["values"]:
        for frame in error["stacktrace"]["frames"]:
            frame["vars"] = without_addresses(frame.get("vars", {}))


def main() -> None:
    """Write the envelope."""
    envelope = crash()
    event = envelope.get_event()
    if event is None:
        raise TypeError(envelope)
    steady(cast("dict[str, Any]", event))
    headers = {**envelope.headers, "event_id": EVENT_ID, "sent_at": TIMES[41]}
    headers["trace"] = {key: value for key, value in headers["trace"].items() if key != "sample_rand"}
    headers["trace"]["trace_id"] = TRACE_ID
    fresh = Envelope(headers=headers)
    here = str(Path(__file__).resolve().parent).encode()
    for item in envelope.items:
        kept = {key: value for key, value in item.headers.items() if key != "length"}
        payload = item.get_bytes().replace(here, b"/home/user/shop")
        fresh.add_item(Item(PayloadRef(bytes=payload), headers=kept))
    put("sentry/python-crash.envelope", fresh.serialize())


if __name__ == "__main__":
    main()
