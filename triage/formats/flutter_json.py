r"""One JSON message of Flutter's tools, read with patience: what machine mode and the VM service share.

Facts: a Dart string may hold half of a surrogate pair, which JSON text can only escape and strict readers refuse; a
diagnostics tree may be nested more deeply than readers go.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from triage.formats.broken_json import lenient, shallow

__all__ = ("decode",)

_REPAIRED: Final = "messages that are not strict JSON were repaired"
_TOO_DEEP: Final = "messages that are nested too deeply were read without their depths"


def decode(data: bytes) -> tuple[Any, str | None]:
    r"""Decode a message, and say how where it is not strict JSON; the value is None where it is none (or null).

    Examples
    --------
    >>> decode(b'{"log": "half a face: \\ud83d"}')
    ({'log': 'half a face: ?'}, 'messages that are not strict JSON were repaired')
    """
    try:
        return msgspec.json.decode(data), None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    written = data.decode("utf-8", "replace")
    content = shallow(written)
    try:
        return lenient(content), _REPAIRED if content == written else _TOO_DEEP
    except (ValueError, RecursionError):
        return None, None
