"""What is scored: functions from a text to spans."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

Span = tuple[int, int, str]


@dataclass(frozen=True, slots=True)
class Peer:
    """Something that finds what must not leave; `slow` is measured on less."""

    name: str
    spans: Callable[[str], list[Span]]
    slow: bool = False


def gitleaks() -> Peer:
    """gitleaks' rules alone."""
    from tests.redaction.gitleaks_rules import Gitleaks

    return Peer("gitleaks rules", Gitleaks().spans)


def detect_secrets() -> Peer:
    """detect-secrets with all of its plugins and its default filters; what it names is looked up in the text."""
    from detect_secrets.core import scan
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
    from detect_secrets.settings import configure_settings_from_baseline

    logging.getLogger("detect_secrets").setLevel(logging.CRITICAL)
    plugins = get_mapping_from_secret_type_to_class().values()
    configure_settings_from_baseline({"plugins_used": [{"name": plugin.__name__} for plugin in plugins]})

    def spans(text: str) -> list[Span]:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "text.txt"
            path.write_text(text, newline="")
            found = list(scan.scan_file(str(path)))
        return sorted({place for secret in found for place in _places(secret.secret_value, secret.type, text)})

    return Peer("detect-secrets", spans, slow=True)


def _places(value: str | None, kind: str, text: str) -> set[Span]:
    """Every place of a value in the text."""
    out: set[Span] = set()
    at = text.find(value) if value else -1
    while at >= 0 and value:
        out.add((at, at + len(value), kind))
        at = text.find(value, at + len(value))
    return out


def ours() -> Peer | None:
    """This project, once it can be imported."""
    try:
        from triage.redact import spans

        spans("")  # parts of it are imported when they are wanted
    except ImportError:
        return None
    return Peer("triage", spans)


def all_peers() -> list[Peer]:
    """Those that are here."""
    peers = []
    for make in (gitleaks, detect_secrets, ours):
        try:
            peer = make()
        except ImportError:
            peer = None
        if peer is None:
            print(f"{make.__name__}: cannot be imported, left out")
        else:
            peers.append(peer)
    return peers
