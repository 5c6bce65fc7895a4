"""A value as it is compared with others: the same number or address in another spelling has the same mask."""

from __future__ import annotations

import ipaddress
from typing import Final

from triage.redact.spellings import unescaped

__all__ = ("normal",)

_SEPARATED: Final = frozenset({"card", "iban", "bank_account", "phone", "ssn", "mac"})
_CASELESS: Final = frozenset({"email", "hostname", "mac", "iban", "bank_account"})


def normal(kind: str, value: bytes) -> bytes:
    """A value unescaped, a number without its grouping, in small letters where case is nothing.

    Examples
    --------
    >>> normal("phone", b"+43 664 1234567") == normal("phone", b"0043-664-1234567")
    True
    >>> normal("ipv6", b"2001:0DB8::0001")
    b'2001:db8::1'
    """
    value = unescaped(value) or value
    if kind == "ipv6":
        return _address(value)
    if kind in _SEPARATED:
        value = value.translate(None, b" -.()/:")
    if kind == "phone":
        return value.removeprefix(b"+") if value[:1] == b"+" else value.removeprefix(b"00")
    return value.lower() if kind in _CASELESS else value


def _address(value: bytes) -> bytes:
    """An address as RFC 5952 writes it."""
    try:
        return str(ipaddress.IPv6Address(value.decode("latin-1"))).encode()
    except ValueError:
        return value.lower()
