"""Orders: adding up, reserving stock, reading coupons."""

from __future__ import annotations

import json
from typing import Any

from shop.rates import convert


def checkout(order: dict[str, Any]) -> float:
    """Add up an order."""
    return sum(convert(line["price"], line["currency"]) for line in order["lines"])


def reserve(order: dict[str, Any], stock: dict[str, int]) -> None:
    """Take an order's lines from the stock."""
    for line in order["lines"]:
        take(stock, line["sku"], line.get("count", 1))


def take(stock: dict[str, int], sku: str, count: int) -> None:
    """Take one line from the stock."""
    if stock.get(sku, 0) < count:
        message = f"order needs {count} of {sku}, stock holds {stock.get(sku, 0)}"
        raise RuntimeError(message)
    stock[sku] -= count


def coupon(text: str) -> dict[str, Any]:
    """Read a coupon that a client sent."""
    decoded: dict[str, Any] = json.loads(text)
    return decoded
