"""What a finder gives as values and kinds, and tokens that are put together when they are needed."""

from __future__ import annotations

import base64
import json
import re
from typing import TYPE_CHECKING

from triage.redact import mask, spans

if TYPE_CHECKING:
    from collections.abc import Iterable

# Cut in two, so that no committed file holds what a scanner looks for.
GITHUB = "gh" + "p_" + "R7bQ2xT9mK4vL1nZ8cW3" + "yD6fH0jS5gPa"[:16] + "Ab3d"
AWS = "AK" + "IA" + "QYLPMN5HFIQR7XY2"
SLACK = "xo" + "xb-" + "123456789012-123456789012-" + "Ab3dE6gH9jK2mN5pQ8sT1vW4"
STRIPE = "sk" + "_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


def jwt() -> str:
    """A token of three parts that is signed by nobody."""
    parts = ({"alg": "HS256", "typ": "JWT"}, {"sub": "4711", "name": "plum", "iat": 1516239022})
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
    return f"{head}.{body}.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"


def pem(rows: int = 6, newline: str = "\n") -> str:
    """A block of a key that opens nothing."""
    body = base64.b64encode(bytes(range(48)) * rows).decode()
    lines = [body[at : at + 64] for at in range(0, 64 * rows, 64)]
    return newline.join(["-----BEGIN " + "RSA PRIVATE KEY-----", *lines, "-----END " + "RSA PRIVATE KEY-----"])


def told(found: Iterable[tuple[int, int, str, str]], data: bytes) -> list[tuple[str, str]]:
    """Every value with its kind, in order."""
    return [(data[start:end].decode(), kind) for start, end, kind, _ in found]


def only_what_is_marked(text: str) -> None:
    """Assert that of a text what stands in «» is masked, and no other letter or digit."""
    plain = re.sub("[«»]", "", text)
    wanted: set[int] = set()
    at = 0
    for part in re.findall("«[^»]*»|[^«]+", text):
        size = len(part.strip("«»"))
        wanted |= {*range(at, at + size)} if part[0] == "«" else set()
        at += size
    found = {place for start, end, _ in spans(plain) for place in range(start, end)}
    assert not [plain[place] for place in sorted(wanted - found) if plain[place].isalnum()]
    assert not [plain[place] for place in sorted(found - wanted) if plain[place].isalnum()]
    assert mask(mask(plain)) == mask(plain)
