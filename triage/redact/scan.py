"""One text to the places in it that must not leave: rules, structure, personal data, and all of it decoded.

Nothing here keeps a value longer than the scan of one text.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from triage.redact.decoding import disguises, views, wraps
from triage.redact.decoding.layers import Layer, read_layers
from triage.redact.hits import KEY, PERSONAL, Hit, outside_masks, union, whole_characters
from triage.redact.lines import any_of
from triage.redact.masks import MASK
from triage.redact.named import credentials, extents, keys, pairs
from triage.redact.named.joints import assignment
from triage.redact.named.own_keys import OwnKeys
from triage.redact.phrases import prose
from triage.redact.pii import hosts, network, personal
from triage.redact.text import Allowance, Expression, Found, Span
from triage.redact.tokens import matches

if TYPE_CHECKING:
    from triage.redact.known import Known
    from triage.redact.named.keys import Names
    from triage.redact.policy import Policy

__all__ = ("Scanner", "forget")

_START: Final = attrgetter("start")
_END: Final = attrgetter("end")
_RANK: Final = attrgetter("rank")
# Texts from so many bytes on are known again, so many of them with so many places.
_LEAST: Final = 64
_MOST_TEXTS: Final = 65_536
_MOST_HITS: Final = 262_144
_MARKS: Final = 3
_BRACKETS: Final = b" \t\r\n\"'`,:;[]{}()<>"
_ENDS: Final = frozenset(b"\r\n\\\"'")
_QUOTE: Final = ord('"')
# Behind the quote of a string that ends there.
_BEHIND: Final = frozenset({b",", b"}", b"]", b":", b")"})


class Scanner:
    """Finds under one policy."""

    def __init__(self, policy: Policy) -> None:
        # What rules found in a text, without the values, by its digest: the passes over a case hand each over again.
        self._found: dict[bytes, tuple[Hit, ...]] = {}
        self._hits = 0
        self._keys = policy.keys
        self._own = OwnKeys(policy.keys) if policy.keys else None
        self._wanted = partial(_wanted, policy.keys)
        self._disabled = policy.disabled
        self._allow = frozenset(value.encode("utf-8", "surrogatepass") for value in policy.allow)
        self._allowed = tuple(Expression(regex) for regex in policy.allow_patterns)
        self._weakened = bool(self._disabled or self._allow or self._allowed)
        self._patterns = tuple((pattern.kind, Expression(pattern.regex)) for pattern in policy.patterns)

    def layers(self, data: bytes) -> list[Layer]:
        """A text and everything that it decodes to, as `find` reads them."""
        return read_layers(data, self._wanted, (personal.candidates,))

    def find(self, data: bytes, known: Known | None = None) -> list[Hit]:
        """Every place, sorted and disjoint; what is masked already is none."""
        digest = _digest(data) if len(data) >= _LEAST else b""
        before = self._found.get(digest)
        if before == () and known is None:
            return []
        layers = self.layers(data)
        try:
            if before is None:
                told = self._told(layers)
                self._keep(digest, data, told)
            else:
                told = [hit.but(value=data[hit.start : hit.end]) for hit in before]
            return self._settled(layers, chain(told, _named_again(layers, known)) if known is not None else told)
        finally:
            forget()

    def _keep(self, digest: bytes, data: bytes, told: list[Hit]) -> None:
        """Keep where the hits of a text are, if it holds their values as they are."""
        if not digest or len(self._found) >= _MOST_TEXTS or self._hits + len(told) > _MOST_HITS:
            return
        if all(hit.value == data[hit.start : hit.end] for hit in told):
            self._found[digest] = tuple(hit.but(value=b"") for hit in told)
            self._hits += len(told)

    def found(self, layers: Sequence[Layer]) -> list[Hit]:
        """As `find`, of a text that is handed over once; what was looked up is kept until `forget`."""
        return self._settled(layers, self._told(layers))

    def find_known(self, known: Known, layers: Sequence[Layer], found: list[Hit]) -> list[Hit]:
        """The places of known values only, decoded too; without those that are found as they are."""
        places = {hit.start: hit.end for hit in found}
        hits = _named_again(layers, known, places)
        return self._settled(layers, (hit for hit in hits if places.get(hit.start) != hit.end))

    def _told(self, layers: Sequence[Layer]) -> list[Hit]:
        """What rules and names find in a text and in everything decoded from it."""
        found: list[Hit] = []
        guessed: list[Hit] = []
        for layer in layers:
            into = guessed if layer.views and layer.views[-1].guessed else found
            into += layer.placed(self._plain(layer))
            if layer.run is not None:
                into += layer.placed([_hit(layer.data, one) for one in credentials.account(layer.data)])
            if layer.views and layer.run is None:
                into += layer.placed([_hit(layer.data, one) for one in disguises.disguised(layer.views[0])])
        ends = {hit.end for hit in found} if guessed else ()
        return found + [hit for hit in guessed if wraps.holds(layers[0].data, hit, ends)]

    def _plain(self, layer: Layer) -> list[Hit]:
        """The hits in a text as it stands."""
        data, lines = layer.data, layer.lines
        hits = [*matches.by_rules(data, self._disabled, lines)]
        size, nothing = len(data), set[bytes]()
        for start, until, kind, rule in chain(
            pairs.assignments(data, self._keys, lines, _confirmed), prose.said(data, lines)
        ):
            if not kind:
                hits += matches.generic(data, start, until, nothing)
                continue
            stop = end = credentials.unscoped(data, start, until)
            # The quote of a string that ends there tells at once that nothing runs on.
            if end < size and data[end] in _ENDS and (data[end] != _QUOTE or data[end + 1 : end + 2] not in _BEHIND):
                stop = _its_end(data, start, end)
            hits.append(Hit(start, stop, kind, rule, KEY, data[start:stop]))
        hits += [_hit(data, found) for found in personal.personal(data, layer.ahead.of(personal.candidates))]
        if self._own:
            hits += [
                Hit(start, end, kind, rule, KEY, data[start:end]) for start, end, kind, rule in self._own.found(data)
            ]
        if self._patterns:
            hits += self._by_patterns(data)
        return hits

    def _by_patterns(self, data: bytes) -> Iterator[Hit]:
        """The matches of the policy's own patterns."""
        for kind, pattern in self._patterns:
            for whole, *groups in pattern.groups(data):
                start, end = groups[0] if groups and groups[0][0] >= 0 else whole
                if start < end:
                    yield Hit(start, end, kind, "pattern", KEY, data[start:end])

    def _settled(self, layers: Sequence[Layer], hits: Iterable[Hit]) -> list[Hit]:
        """Overlapping hits joined, what is allowed or masked taken out, in order."""
        data = layers[0].data
        whole = [hit for hit in hits if self._counts(hit)] if self._weakened else [*hits]
        gaps = [gap for layer in layers if len(layer.views) == 1 and not layer.run for gap in layer.views[0].gaps]
        if gaps:
            whole = [part for hit in whole for part in _outside(hit, gaps)]
        if not data.isascii():
            whole = [whole_characters(data, hit) for hit in whole]
        # By their starts; of those that start together the longest first, then the surest.
        if len({hit.start for hit in whole}) < len(whole):
            whole.sort(key=_RANK, reverse=True)
            whole.sort(key=_END, reverse=True)
        whole.sort(key=_START)
        telling = [
            hit
            for hit in _disjoint(data, whole)
            if len(hit.value.strip(_BRACKETS)) > _MARKS or _says_something(hit.value)
        ]
        if not telling or not MASK.search(data):
            return telling
        return [part for hit in telling for part in outside_masks(data, hit)]

    def _counts(self, hit: Hit) -> bool:
        """Whether the policy neither switches a hit's rule off nor allows its value."""
        if hit.kind in self._disabled or hit.rule in self._disabled or hit.value in self._allow:
            return False
        return not any(allowed.fullmatch(hit.value) for allowed in self._allowed)


def forget() -> None:
    """Keep nothing of a text that was looked up in it: after each."""
    keys.forget()
    extents.forget()
    network.forget()
    hosts.forget()
    Allowance.forget()


def _outside(hit: Hit, gaps: Sequence[Span]) -> Iterator[Hit]:
    """A hit without what of the document stands between the parts of its value."""
    for start, end in gaps:
        if hit.start < start < hit.end:
            yield hit.but(end=start)
            if hit.end <= end:
                return
            hit = hit.but(start=end)
    yield hit


def _disjoint(data: bytes, hits: list[Hit]) -> list[Hit]:
    """Those of sorted hits that overlap joined, each with its value."""
    settled: list[Hit] = []
    last = 0
    for hit in hits:
        settled.append(hit if hit.start >= last else union(settled.pop(), hit))
        last = settled[-1].end
    return [hit if hit.value else hit.but(value=data[hit.start : hit.end]) for hit in settled]


@lru_cache(maxsize=16)
def _wanted(extra: Names) -> tuple[Expression, ...]:
    """What a line holds that is worth looking at; what makes few states together is looked for together."""
    named = any_of((assignment(extra).pattern, matches.words()))
    return named, any_of((prose.SAID.pattern, views.ENCODED.pattern)), matches.places().head


def _named_again(layers: Sequence[Layer], known: Known, places: Mapping[int, int] | None = None) -> Iterator[Hit]:
    """Where known values stand in a text and in everything decoded from it; those at `places` need not be given."""
    for layer in layers:
        yield from layer.placed(known.hits(layer.data, places if places and layer.is_text else {}))


def _hit(data: bytes, found: Found) -> Hit:
    """What the form of a value shows."""
    start, end, kind, rule = found
    return Hit(start, end, kind, rule, PERSONAL, data[start:end])


def _confirmed(data: bytes, start: int, end: int) -> bool:
    """Whether the generic rule finds anything at a name."""
    return any(True for _ in matches.generic(data, start, end))


def _says_something(value: bytes) -> bool:
    """Whether a value is more than a few marks, or brackets and quotes of its document, which say nothing."""
    marks = value.strip(_BRACKETS)
    return len(marks) > _MARKS or any(chr(byte).isalnum() or byte >= 0x80 for byte in marks)


def _its_end(data: bytes, start: int, end: int) -> int:
    """Where a value ends that a name or a sentence gave, and that may run on: at the end of a line or a string."""
    if not wraps.BREAK.match(data, end) or MASK.fullmatch(data, start, end):
        return end
    return max(wraps.closed(data, start, end), wraps.continued(data, start, end))


def _digest(data: bytes) -> bytes:
    """What stands for a block."""
    return hashlib.blake2b(data, digest_size=16).digest()
