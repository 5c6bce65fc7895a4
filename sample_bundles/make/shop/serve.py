"""The shop's front door: runs one piece of work for one request and reports what went wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def serve(
    work: Callable[..., object], given: tuple[Any, ...], report: Callable[..., None], told: Mapping[str, Any]
) -> None:
    """Run the work; an error is reported with its request and goes no further."""
    try:
        work(*given)
    except Exception as error:  # noqa: BLE001 - whatever the shop raises is the sample
        report(error, told)
