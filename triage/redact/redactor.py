"""One numbering over many texts: learn them all, then mask them.

The first pass finds, in the order of the calls; the second gives each value the same mask in every text and encoding,
and finds again everywhere what was found anywhere. What is asked for without having been learned gets the next numbers.
"""

from __future__ import annotations

import hashlib
import secrets
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NoReturn

import numpy as np

from triage.redact import documents, masks
from triage.redact.around import NOTHING, Around
from triage.redact.decoding import attached
from triage.redact.decoding.attached import ATTACHMENT
from triage.redact.findings import Finding, Masked, findings, residues
from triage.redact.hits import DECODED, GENERIC, KEY, Hit, joined, outside_masks
from triage.redact.known import Known, worth_finding
from triage.redact.named import judging
from triage.redact.normal import normal
from triage.redact.policy import Policy
from triage.redact.scan import Scanner, forget
from triage.redact.text import Found
from triage.sources.returns import ended_bytes

__all__ = ("Redactor", "text_spans")

_MEMO: Final = 262_144
_VALUES: Final = 8
# How often a text is masked again where a mask brought something to light.
_ROUNDS: Final = 6
# Numbers go on behind those of masks in the texts up to here; greater ones, which a text may make up, are stepped over.
_MOST_RESERVED: Final = 999_999
_KEYS: Final = "secret"


class _Entry:
    """One value: its kind and number, and whether a reviewer lets it leave."""

    __slots__ = ("exact", "held", "kind", "label", "length", "rank", "values")

    def __init__(self, elder: _Entry | None = None) -> None:
        self.rank: int = elder.rank if elder else -1
        self.kind: str = elder.kind if elder else ""
        self.length: int = elder.length if elder else 0
        self.exact: bool = elder.exact if elder else False
        self.label = ""
        self.values: set[bytes] = set()
        # What is looked for by the redactor that this one is an heir of.
        self.held: frozenset[bytes] = elder.held | elder.values if elder else frozenset()

    def __repr__(self) -> str:
        return "<_Entry>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("what holds a value is not pickled or copied")


class Redactor:
    """Masks texts of one investigation.

    Parameters
    ----------
    policy
        Which rules hold; default: all of them.
    key
        A key of the user: masks then hold pseudonyms that are the same in every bundle masked under it. It is a secret
        that is found wherever it stands.

    Examples
    --------
    >>> redactor = Redactor()
    >>> redactor.learn(b"password=hunter2-not-real", place="a.log")
    >>> redactor.mask(b"it was hunter2-not-real").data
    b'it was [password:1:16-31]'
    """

    def __init__(self, policy: Policy | None = None, *, key: bytes | None = None) -> None:
        self.policy = policy if policy is not None else Policy.default()
        self._scanner = Scanner(self.policy)
        self._elder: Redactor | None = None
        self._key = key
        self._salt = secrets.token_bytes(16)
        self._entries: dict[bytes, _Entry] = {}
        self._numbers: Counter[str] = Counter()
        self._taken: set[tuple[str, int]] = set()
        self._left: set[bytes] = set()
        self._holds_none: dict[tuple[bytes, int], bool] = {}
        self._identities: dict[str, bytes] = {}
        self._known: Known | None = None
        self._memo: dict[tuple[str, str | None], str] = {}
        self._given = [(known.kind, known.value.encode("utf-8", "surrogatepass")) for known in self.policy.known]
        # Whoever has the key can try values until the pseudonym is the same.
        self._given += [(_KEYS, one) for one in dict.fromkeys((key, key.strip())) if one] if key else []

    def heir(self) -> Redactor:
        """A redactor with a numbering of its own that finds what was found here too; this one learns no more."""
        made = Redactor(self.policy, key=self._key)
        made._elder, made._scanner, made._salt = self, self._scanner, self._salt
        made._numbers, made._taken, made._given = self._numbers.copy(), self._taken.copy(), []
        return made

    def learn(
        self,
        data: bytes,
        *,
        place: str,  # noqa: ARG002 - as `mask` is called
        media: str | None = None,  # noqa: ARG002
        around: Around = NOTHING,
    ) -> None:
        """First pass over a text, or over a block of one that ends at a line end; in the order of their paths."""
        self._reserve(data)
        self._register(around.within(data, None, self._scanner.find))

    def learn_text(self, text: str) -> None:
        """First pass over a cell of a table, a name, a message."""
        self._register(self._scanner.find(text.encode("utf-8", "surrogatepass")))

    def mask(self, data: bytes, *, place: str = "", media: str | None = None, around: Around = NOTHING) -> Masked:
        """Second pass: the text with masks, and what was masked. JSON, YAML and Prometheus text stay parsable."""
        return self._masked(data, self._found(data, around), place, media, around)

    def mask_alone(self, data: bytes) -> Masked:
        """Both passes over a text that is all there is, read once for both."""
        self._reserve(data)
        hits = _in_one(self._scanner, data, self._given)
        self._register(hits)
        return self._masked(data, hits, "", None)

    def text(self, text: str, *, key: str | None = None) -> str:
        """A cell of a table with masks; `key` is the name that it stands under. Memoised."""
        asked = (text, key)
        found = self._memo.get(asked)
        if found is None:
            if len(self._memo) >= _MEMO:
                self._memo.clear()
            found = self._memo[asked] = self._cell(text, key)
        return found

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """What `triage.redact.spans` gives, and where what was found in other texts stands in this one."""
        data = text.encode("utf-8", "surrogatepass")
        hits = self._scanner.find(data, self._everything())
        forget()
        return _by_character(text, data, hits)

    def residue(
        self,
        data: bytes,
        *,
        place: str,
        media: str | None = None,  # noqa: ARG002 - as `mask`
        around: Around = NOTHING,
    ) -> list[Finding]:
        """What would still be masked in a text: empty where it may leave."""
        hits = self._remaining(self._found(data, around))
        if not hits:
            return []
        # Marks of the document's own, which no mask would replace, are nothing that could leave.
        _, places = documents.apply(data, _edits(hits, ["?"] * len(hits)), documents.kind_of(data))
        kept = {index for index, _, _ in places}
        return list(residues(data, [hit for index, hit in enumerate(hits) if index in kept], place))

    def allow_mask(self, mask: str) -> None:
        """Let the value behind a mask leave as it is, everywhere, from now on: a reviewer's decision.

        Raises
        ------
        KeyError
            No mask of this numbering reads so.
        """
        self._left.add(self._identities[mask])
        self._forget_cells()

    def deny_mask(self, mask: str) -> None:
        """Take `allow_mask` back."""
        self._left.discard(self._identities[mask])
        self._forget_cells()

    def _forget_cells(self) -> None:
        """What was worked out holds no more: another value may leave, or may not."""
        self._memo.clear()
        self._holds_none.clear()

    def _found(self, data: bytes, around: Around = NOTHING) -> list[Hit]:
        """Every place in a text that leaves, those among them that cannot be looked into."""
        hits = around.within(data, self._everything(), self._scanner.find)
        if ATTACHMENT in self.policy.disabled:
            return hits
        more = [
            Hit(start, end, ATTACHMENT, ATTACHMENT, GENERIC, data[start:end])
            for start, end in attached.places(ended_bytes(data))
        ]
        return joined(hits, more) if more else hits

    def _masked(self, data: bytes, hits: list[Hit], place: str, media: str | None, around: Around = NOTHING) -> Masked:
        """A text with masks over what was found in it, and over what is found once they stand there."""
        media = media or documents.kind_of(data)
        rules: dict[str, str] = {}
        for _ in range(_ROUNDS):  # a mask may end what hid something beside it
            hits = self._remaining(hits)
            labels = self._labels(hits)
            rules |= dict(zip(labels, (hit.rule for hit in hits), strict=True))
            data, places = documents.apply(data, _edits(hits, labels), media) if hits else (data, [])
            if not places:
                break
            hits = self._found(data, around)
        forget()
        return Masked(data, tuple(findings(data, rules, place)))

    def _cell(self, text: str, key: str | None) -> str:
        """A cell with masks, worked out."""
        data = text.encode("utf-8", "surrogatepass")
        hits = self._found(data)
        if key:
            hits = _with_named(hits, judging.named(ended_bytes(data), key, self.policy.keys), data)
        media = documents.kind_of(data)
        for _ in range(_ROUNDS):
            hits = self._remaining(hits)
            if not hits:
                break
            data, _ = documents.apply(data, _edits(hits, self._labels(hits)), media)
            hits = self._found(data)
        forget()
        return data.decode("utf-8", "replace")

    def _reserve(self, data: bytes) -> None:
        """Give no number that a mask in the text has already: it stands for another value."""
        if self._key is None and b"[" in data:
            for kind, number in masks.numbered(data):
                if number <= _MOST_RESERVED:
                    self._numbers[kind] = max(self._numbers[kind], number)
                else:
                    self._taken.add((kind, number))

    def _register(self, hits: Iterable[Hit]) -> None:
        """Take note of the values that were found."""
        for hit in {_entered(hit): hit for hit in hits}.values():
            self._entry(hit)
            self._known = None
        forget()

    def _entry(self, hit: Hit) -> _Entry:
        """The entry of a value, made at its first sight; the strongest rule names its kind until it has a mask."""
        value = normal(hit.kind, hit.value)
        identity = self._identity(value)
        entry = self._entries.get(identity)
        if entry is None:
            entry = self._entries[identity] = _Entry(self._inherited(identity))
        if not entry.label and hit.rank > entry.rank:
            entry.rank, entry.kind, entry.exact = hit.rank, hit.kind, hit.exact
            entry.length = len(value)
        if (
            len(entry.values) + len(entry.held) < _VALUES
            and hit.value not in entry.values
            and hit.value not in entry.held
            and worth_finding(hit.kind, hit.value, hit.rule)
        ):
            entry.values.add(hit.value)
        return entry

    def _inherited(self, identity: bytes) -> _Entry | None:
        """What those that this one is an heir of know of a value."""
        elder = self._elder
        if elder is None:
            return None
        return elder._entries.get(identity) or elder._inherited(identity)  # noqa: SLF001 - of its own class

    def _labels(self, hits: Iterable[Hit]) -> list[str]:
        """The masks of hits, looked up once for each value."""
        known: dict[tuple[object, ...], str] = {}
        labels = []
        for hit in hits:
            entered = _entered(hit)
            label = known.get(entered)
            if label is None:
                label = known[entered] = self._label(hit)
            labels.append(label)
        return labels

    def _label(self, hit: Hit) -> str:
        """The mask of a hit."""
        entry = self._entry(hit)
        if not entry.label:
            self._number(entry, normal(hit.kind, hit.value))
        return entry.label

    def _number(self, entry: _Entry, value: bytes) -> None:
        """Give an entry its mask: the next number of its kind, or the pseudonym of its value."""
        self._numbers[entry.kind] += 1
        while (entry.kind, self._numbers[entry.kind]) in self._taken:
            self._numbers[entry.kind] += 1
        number = masks.pseudonym(self._key, value) if self._key else str(self._numbers[entry.kind])
        entry.label = masks.label(entry.kind, number, entry.length, exact=entry.exact)
        self._identities[entry.label] = self._identity(value)

    def _identity(self, value: bytes) -> bytes:
        """What stands for a value among the entries."""
        return hashlib.blake2b(value, key=self._salt, digest_size=16).digest()

    def _everything(self) -> Known | None:
        """All values worth finding, those of the policy too; made anew when something was learned."""
        if self._known is None:
            found = [(entry.kind, value) for entry in self._entries.values() for value in entry.values]
            beside = self._elder._everything() if self._elder is not None else None  # noqa: SLF001
            self._known = Known(found, self._given, beside=beside)
        return self._known or None

    def _remaining(self, hits: list[Hit]) -> list[Hit]:
        """The hits without those that a reviewer lets leave."""
        if not self._left:
            return hits
        return [hit for hit in hits if not self._may_leave(hit)]

    def _may_leave(self, hit: Hit) -> bool:
        """Whether a reviewer lets a value leave, and it holds nothing that stays masked elsewhere, decoded or not."""
        if self._identity(normal(hit.kind, hit.value)) not in self._left:
            return False
        # Looked into once for each value, as long as no other is known.
        asked = self._identity(hit.value), len(self._entries)
        if asked not in self._holds_none:
            self._holds_none[asked] = self._nothing_stays_in(hit.value)
        return self._holds_none[asked]

    def _nothing_stays_in(self, value: bytes) -> bool:
        """Whether nothing is found in a value, or in what is decoded in it, but what may leave."""
        others = Known(self._values_but(self._left))
        inside = [value]
        for text in inside:  # what is decoded in it is looked into as well, and is shorter each time
            for one in self._scanner.find(text, others):
                if self._identity(normal(one.kind, one.value)) not in self._left:
                    if one.rule != DECODED or len(one.value) >= len(text):
                        return False
                    inside.append(one.value)
        return True

    def _values_but(self, left: set[bytes]) -> Iterator[tuple[str, bytes]]:
        """The values worth finding, without those that may leave."""
        for identity, entry in self._entries.items():
            if identity not in left:
                yield from ((entry.kind, value) for value in entry.values)
        yield from self._given
        if self._elder is not None:
            yield from self._elder._values_but(left)  # noqa: SLF001 - of its own class

    def __repr__(self) -> str:
        """Constant: nothing of what was found."""
        return "<triage.Redactor>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be pickled or copied."""
        raise TypeError("a Redactor holds values that must not leave; make one where it is used, under the same key")


def _entered(hit: Hit) -> tuple[object, ...]:
    """What of a hit is looked at to enter its value."""
    return hit.kind, hit.value, hit.rank, hit.exact


def _edits(hits: Sequence[Hit], labels: Sequence[str]) -> list[documents.Edit]:
    """The edits that put masks in place of hits."""
    return [documents.Edit(hit.start, hit.end, label.encode()) for hit, label in zip(hits, labels, strict=True)]


def text_spans(text: str, policy: Policy | None) -> list[tuple[int, int, str]]:
    """`triage.redact.spans`."""
    scanner = Scanner(policy if policy is not None else Policy.default())
    data = text.encode("utf-8", "surrogatepass")
    given = [(known.kind, known.value.encode("utf-8", "surrogatepass")) for known in policy.known] if policy else []
    return _by_character(text, data, _in_one(scanner, data, given))


def _by_character(text: str, data: bytes, hits: list[Hit]) -> list[tuple[int, int, str]]:
    """Where hits in the bytes of a text are among its characters, and of what kind."""
    if len(data) == len(text):
        return [(hit.start, hit.end, hit.kind) for hit in hits]
    # Every byte of a character but its first is one that the text does not count.
    behind = np.flatnonzero((np.frombuffer(data, np.uint8) & 0xC0) == 0x80)
    starts, ends = (np.array(places, np.int64) for places in ([hit.start for hit in hits], [hit.end for hit in hits]))
    counted = zip(*((places - np.searchsorted(behind, places)).tolist() for places in (starts, ends)), strict=True)
    return [(start, end, hit.kind) for (start, end), hit in zip(counted, hits, strict=True)]


def _in_one(scanner: Scanner, data: bytes, given: list[tuple[str, bytes]]) -> list[Hit]:
    """The places in a text that is all there is, those where a value is named again too."""
    layers = scanner.layers(data)
    try:
        hits = scanner.found(layers)
        distinct = dict.fromkeys([(hit.kind, hit.value, hit.rule) for hit in hits])
        again = Known(dict.fromkeys(one[:2] for one in distinct if worth_finding(*one)), given)
    finally:
        forget()
    more = scanner.find_known(again, layers, hits) if again else []
    return joined(hits, more) if more else hits


def _with_named(hits: list[Hit], named: Iterable[Found], data: bytes) -> list[Hit]:
    """The hits in a cell and what its name says of it, without what is masked already."""
    more = [Hit(start, end, kind, rule, KEY, data[start:end]) for start, end, kind, rule in named]
    more = [part for hit in more for part in outside_masks(data, hit)]
    return joined(hits, more) if more else hits
