"""Requests of scanners and browsers that ask every host for the same paths: that these are not found is nobody's fault.

A GET that was not found (404) is one where its path is listed (`scanners.toml`); where it names a script of a language
that the service is not written in; or where it asks for a login or an administration at a bare address instead of a
host. Facts: `packages/shared-types/src/request-failure-noise.ts` of debugbundle/debugbundle at 2aeae8d, and more of the
same kind; the scripts of other languages are ours.
"""

from __future__ import annotations

import ipaddress
import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

import pyarrow.compute as pc

from triage.stacks.joining import isin

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ("is_probe", "probes")

_BACKUP: Final = re.compile(r"\.(?:bak|backup|dump|old|orig|save|sql|swp|tar|tar\.gz|zip)\Z")
_WORTH: Final = re.compile(r"(?:\A|[/.])(?:backup|config|database|db|dump|env|secret|site|www|wp-config)(?:[/._-]|\Z)")
_HOSTS: Final = ("headers.x-forwarded-host", "headers.host")


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(files("triage.incidents").joinpath("scanners.toml").read_text("utf-8"))


def is_probe(path: str, *, platform: str | None = None, host: str | None = None) -> bool:
    """Whether a path is one that scanners and browsers ask every host for.

    Parameters
    ----------
    path
        As it was asked for, or its route.
    platform
        The language of the service.
    host
        The host that was asked, from the headers of the request.

    Examples
    --------
    >>> is_probe("/wp-login.php"), is_probe("/orders/{id}"), is_probe("/cart.php", platform="php")
    (True, False, False)
    >>> is_probe("/login"), is_probe("/login", host="203.0.113.7:8080")
    (False, True)
    """
    data, path = _data(), path.partition("?")[0].lower().rstrip("/") or "/"
    if path in data["exact"] or path.endswith(tuple(data["end"])) or any(part in path for part in data["part"]):
        return True
    # A slash again, so that what begins with a folder is the folder as well.
    if (path + "/").startswith(tuple(data["begin"])) or (_BACKUP.search(path) and _WORTH.search(path)):
        return True
    language = data["scripts"].get(path.rpartition("/")[2].rpartition(".")[2])
    if language is not None and platform is not None and platform != language:
        return True
    return path in data["at_an_address"] and host is not None and _is_address(host)


def _is_address(host: str) -> bool:
    """Whether a host is an IP address, with a port or without."""
    host = host.strip()
    for text in (host, host.rpartition(":")[0]):
        try:
            ipaddress.ip_address(text.removeprefix("[").removesuffix("]"))
        except ValueError:
            continue
        return True
    return False


def probes(events: pa.Table, notes: pa.Table) -> set[str]:
    """The ids of the events that are such requests.

    Parameters
    ----------
    events, notes
        The tables `events` and `annotations`.
    """
    chosen = pc.and_(pc.equal(events["event_kind"], "request"), pc.equal(events["http_status"], 404))
    chosen = pc.and_(chosen, pc.equal(pc.utf8_upper(events["http_method"]), "GET"))
    missing = events.filter(pc.fill_null(chosen, fill_value=False)).select(["event_id", "route", "platform"])
    notes = isin(isin(notes, "scope", ["request"]), "key", ["path", *_HOSTS])
    notes = isin(notes, "event_id", missing["event_id"].to_pylist())
    told: dict[str, dict[str, str]] = {}
    for event, key, value in zip(*(notes[name].to_pylist() for name in ("event_id", "key", "value")), strict=True):
        told.setdefault(event, {})[key] = value
    found: set[str] = set()
    known: dict[tuple[Any, ...], bool] = {}
    for event, route, platform in zip(*missing.to_pydict().values(), strict=True):
        facts = told.get(event, {})
        host = next((facts[key] for key in _HOSTS if key in facts), None)
        asked = (route or "/", facts.get("path", "/"), platform, host)
        if asked not in known:
            known[asked] = any(is_probe(path, platform=platform, host=host) for path in asked[:2])
        if known[asked]:
            found.add(event)
    return found
