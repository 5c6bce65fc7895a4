"""One text to the places in it that must not leave: rules, structure, personal data, and all of it decoded.

Nothing here keeps a value longer than the scan of one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache, partial
from itertools import chain
from operator import itemgetter
from typing import TYPE_CHECKING, Final

from triage.redact import keys, matches, network, pairs, personal, prose, views, wraps
from triage.redact.hits import KEY, PERSONAL, Hit, outside_masks, union, whole_characters
from triage.redact.joints import assignment
from triage.redact.layers import Layer, read_layers
from triage.redact.lines import Lines, any_of
from triage.redact.masks import MASK
from triage.redact.text import Expression

if TYPE_CHECKING:
    from triage.redact.keys import Names
    from triage.redact.known import Known
    from triage.redact.policy import Policy

__all__ = ("Scanner",)

_START: Final = itemgetter(0)
_END: Final = itemgetter(1)
_RANK: Final = itemgetter(4)
_BLOCK: Final = 4_096
_MOST_SILENT: Final = 65_536
_MARKS: Final = 3
_BRACKETS: Final = b" \t\r\n\"'`,:;[]{}()<>"
_ENDS: Final = frozenset(b"\r\n\\\"'")
# Behind the quote of a string that ends there.
_BEHIND: Final = frozenset({b",", b"}", b"]", b":", b")"})


class Scanner:
    """Finds under one policy."""

    def __init__(self, policy: Policy) -> None:
        # Digests of blocks in which no rule found anything: the passes over a case hand each over three times.
        self._silent: set[bytes] = set()
        self._keys = policy.keys
        self._wanted = partial(_wanted, policy.keys)
        self._disabled = policy.disabled
        self._allow = frozenset(value.encode("utf-8", "surrogatepass") for value in policy.allow)
        self._allowed = tuple(Expression(regex) for regex in policy.allow_patterns)
        self._weakened = bool(self._disabled or self._allow or self._allowed)
        self._patterns = tuple((pattern.kind, Expression(pattern.regex)) for pattern in policy.patterns)

    def layers(self, data: bytes) -> list[Layer]:
        """A text and everything that it decodes to, as `find` reads them."""
        return read_layers(data, self._wanted)

    def find(self, data: bytes, known: Known | None = None, layers: Sequence[Layer] | None = None) -> list[Hit]:
        """Every place, sorted and disjoint; what is masked already is none. `layers` are those of the text, if read."""
        block = hashlib.blake2b(data, digest_size=16).digest() if len(data) >= _BLOCK else b""
        silent = block in self._silent
        if silent and known is None:
            return []
        layers = layers or self.layers(data)
        try:
            told = [] if silent else [*self._told(layers)]
            if block and not told and len(self._silent) < _MOST_SILENT:
                self._silent.add(block)
            return self._settled(data, chain(told, _named_again(layers, known) if known is not None else ()))
        finally:
            keys.forget()
            network.forget()

    def find_known(self, data: bytes, known: Known, layers: Sequence[Layer], found: list[Hit]) -> list[Hit]:
        """The places of known values only, decoded too; without those that are found as they are."""
        places = {(hit.start, hit.end) for hit in found}
        hits = _named_again(layers, known)
        return self._settled(data, (hit for hit in hits if (hit.start, hit.end) not in places))

    def _told(self, layers: Sequence[Layer]) -> Iterator[Hit]:
        """What rules and names find in a text and in everything decoded from it."""
        for layer in layers:
            yield from layer.placed(self._plain(layer.data, layer.lines))

    def _plain(self, data: bytes, lines: Lines) -> Iterator[Hit]:
        """The hits in a text as it stands."""
        yield from matches.by_rules(data, self._disabled, lines)
        told = chain(pairs.assignments(data, self._keys, lines, _confirmed), prose.said(data, lines))
        for start, end, kind, rule in told:
            if kind:
                yield _to_its_end(data, start, end, kind, rule)
            else:
                yield from matches.generic(data, start, end)
        for start, end, kind, rule in personal.personal(data):
            yield Hit(start, end, kind, rule, PERSONAL, data[start:end])
        yield from self._by_patterns(data)

    def _by_patterns(self, data: bytes) -> Iterator[Hit]:
        """The matches of the policy's own patterns."""
        for kind, pattern in self._patterns:
            for whole, *groups in pattern.groups(data):
                start, end = groups[0] if groups and groups[0][0] >= 0 else whole
                if start < end:
                    yield Hit(start, end, kind, "pattern", KEY, data[start:end])

    def _settled(self, data: bytes, hits: Iterable[Hit]) -> list[Hit]:
        """Overlapping hits joined, what is allowed or masked taken out, in order."""
        settled: list[Hit] = []
        whole = [hit for hit in hits if self._counts(hit)] if self._weakened else [*hits]
        if not data.isascii():
            whole = [whole_characters(data, hit) for hit in whole]
        # By their starts; of those that start together the longest first, then the surest.
        whole.sort(key=_RANK, reverse=True)
        whole.sort(key=_END, reverse=True)
        for hit in sorted(whole, key=_START):
            if settled and hit.start < settled[-1].end:
                settled[-1] = union(settled[-1], hit)
            else:
                settled.append(hit)
        read = (hit if hit.value else hit._replace(value=data[hit.start : hit.end]) for hit in settled)
        telling = [hit for hit in read if _says_something(hit.value)]
        if not telling or not MASK.search(data):
            return telling
        return [part for hit in telling for part in outside_masks(data, hit)]

    def _counts(self, hit: Hit) -> bool:
        """Whether the policy neither switches a hit's rule off nor allows its value."""
        if hit.kind in self._disabled or hit.rule in self._disabled or hit.value in self._allow:
            return False
        return not any(allowed.fullmatch(hit.value) for allowed in self._allowed)


@lru_cache(maxsize=16)
def _wanted(extra: Names) -> Expression:
    """What a line holds that is worth looking at."""
    return any_of((assignment(extra).pattern, prose.SAID.pattern, *matches.places(), views.ENCODED.pattern))


def _named_again(layers: Sequence[Layer], known: Known) -> Iterator[Hit]:
    """Where known values stand in a text and in everything decoded from it."""
    for layer in layers:
        yield from layer.placed(known.hits(layer.data))


def _confirmed(data: bytes, start: int, end: int) -> bool:
    """Whether the generic rule finds anything at a name."""
    return any(True for _ in matches.generic(data, start, end))


def _says_something(value: bytes) -> bool:
    """Whether a value is more than a few marks, or brackets and quotes of its document, which say nothing."""
    marks = value.strip(_BRACKETS)
    return len(marks) > _MARKS or any(chr(byte).isalnum() or byte >= 0x80 for byte in marks)


def _to_its_end(data: bytes, start: int, end: int, kind: str, rule: str) -> Hit:
    """The hit of what a name or a sentence gave; a value at the end of a line or a string may run on."""
    ended = data[end : end + 1] == b'"' and data[end + 1 : end + 2] in _BEHIND
    if (
        not ended
        and end < len(data)
        and data[end] in _ENDS
        and wraps.BREAK.match(data, end)
        and not MASK.fullmatch(data, start, end)
    ):
        end = wraps.continued(data, start, end)
    return Hit(start, end, kind, rule, KEY, data[start:end])
