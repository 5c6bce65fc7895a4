"""What stands in place of a secret: an example's own words, a token filled up or cut short, its name in a vault.

Whole values only, as they stand behind their names.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("is_example", "is_of_code", "is_test", "without_algorithm")

_FILLINGS: Final = frozenset({b"x", b"X", b"*", b"."})
_FILLED: Final = 8
# As the documents of a provider write its keys.
_WORD: Final = b"EXAMPLE"
_YOURS: Final = re.compile(
    rb"(?i)your(?:secret|token|key|pass|api|access|client|account|own|app|domain|name|user|email|project|org|company|server"
    rb"|host|db|database|bucket|value|credential|private|login|real|actual)"
)
_EXAMPLE: Final = re.compile(
    rb"""(?x)
    [\w-]{0,12}\.{3}
    | (?i:(?:[a-z]{2,8}[-_])?(?:your|replace|insert|put|enter|paste|change|please|todo|fill|supply|provide)[-_ ]?
        (?:your|me|this|with|real|actual|secret|token|key|password|in|here|it|the|an?|change|api|value|before|own|some
        |client|access)(?:[-_ ][a-z]{1,20}){0,7})
    | (?i:(?:[a-z]{2,20}[-_ ]){1,6}(?:goes[-_ ])?here)
    | [$\#]?\{\{[^\r\n]{0,400}\}\} | \$\[ ?[A-Za-z_][\w. ]{0,120}\] | \(\([\w./:-]{1,80}\)\) | \[\[[^\[\]]{1,200}\]\]
    | \#(?:[0-9a-fA-F]{3,4}){1,2} | (?:None|True|False|true|false|null|nil|undefined)[)\],:;}]{1,4}
    | (?:[A-Za-z_:./-]{0,40}\$?\{[A-Za-z_][A-Za-z_.]{0,60}\}){1,8}[A-Za-z_:./-]{0,40}
    | \$__[a-z]{2,12}(?:\{[^{}]{0,200}\})?
    | (?:json|ya?ml|xml|bson|db|gorm|form|mapstructure|env|toml|validate|binding):
        (?:[\\"]{1,4}|&quot;)[^"&\r\n]{1,80}(?:[\\"]{1,4}|&quot;)
    | &lt;/?\|?[A-Za-z_]{1,20}\|?&gt; | </?\|?[A-Za-z_]{1,20}\|?>
    | \)+(?:</?[A-Za-z][^\s]{0,200}|&[a-z_]{1,40}=[^\s]{0,200})
    | @Microsoft\.KeyVault\([^\s]{1,200} | (?:secrets?|env|keychain)://[^\s]{1,200}
    | (?:vault|ssm|awssm|secretsmanager|gcpsm|azurekv|conjur|doppler):[\w./\#-]{1,200}
    | (?:/(?:home|root|[uU]sers|path|app|data|secrets?|keys|certs|config|workspace|vault|private|Library|Volumes|builds
        |github)|~|\$HOME)/[\w.@/-]{1,200}
    """
)

# A file of a project, a switch, a size.
_OF_CODE: Final = re.compile(
    rb"(?:[\w.@-]{1,60}/){1,12}[\w.@-]{1,80}\.(?:[jt]sx?|py|rb|go|rs|java|kt|php|cs|cpp|c|h|md|json|ya?ml|toml|html|css|txt)"
    rb"|[A-Za-z_]{2,40}=(?:True|False|None|true|false|null)|[0-9]{1,4}-bit"
)
# The name of a test, and the time that it took.
_TEST: Final = re.compile(
    rb"(?i)(?:tests?|specs?|should|it)[_.-]\w[\w.:-]{2,120}|Test[A-Z]\w{2,120}|[\w.:-]{2,120}[_.-](?:tests?|specs?)"
)
_TIMED: Final = re.compile(
    rb"[ \t]{1,8}(?:\(|\[|in[ ])?[0-9]{1,9}(?:\.[0-9]{1,6})?[ ]?(?:(?:[mun]|\xc2\xb5)?s|seconds)\b"
)
_MARKS_OF_CODE: Final = frozenset(b"/=-")
# Numbers in the names of algorithms.
_ALGORITHM: Final = re.compile(rb"(?<=[A-Za-z])(?:25519|256|384|512|2048|4096|448|128)(?![0-9])")


def is_example(value: bytes) -> bool:
    """Whether a value is an example, or says where the value is kept.

    Examples
    --------
    >>> is_example(b"sk_live_xxxxxxxxxxxxxxxx"), is_example(b"put-your-token-here"), is_example(b"hunter2")
    (True, True, False)
    """
    if value[-1:] in _FILLINGS and value.endswith(value[-1:] * _FILLED):
        return True
    if value.isalnum():  # no example is one word but such
        return _WORD in value or _YOURS.match(value) is not None
    return _WORD in value or _EXAMPLE.fullmatch(value) is not None


def is_of_code(value: bytes) -> bool:
    """Whether a value is a file of a project, a switch that is set or a size in bits."""
    return not _MARKS_OF_CODE.isdisjoint(value) and _OF_CODE.fullmatch(value) is not None


def is_test(data: bytes, span: tuple[int, int]) -> bool:
    """Whether what stands behind the word PASS is a test that passed: a file, its name, or anything with a time."""
    value = data[slice(*span)]
    return b"/" in value or _TEST.fullmatch(value) is not None or _TIMED.match(data, span[1]) is not None


def without_algorithm(name: bytes) -> bytes:
    """A name without the number of the algorithm that it says."""
    return _ALGORITHM.sub(b"", name)
