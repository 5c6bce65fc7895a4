"""Coupons, delivery and receipts: what the week's store fails in beside the payments."""

from __future__ import annotations


class MailError(Exception):
    """The mail server took no mail."""


def redeem(code: str) -> float:
    """Give the discount of a coupon such as `LAMP-10`."""
    _, _, percent = code.partition("-")
    return int(percent) / 100


def fee(weight: float, parcels: int) -> float:
    """Spread the fee over the parcels of an order."""
    return 4.5 + weight / parcels


def receipt(address: str) -> None:
    """Send a receipt; the server is not there tonight."""
    message = f"the mail server refused {address}"
    raise MailError(message)
