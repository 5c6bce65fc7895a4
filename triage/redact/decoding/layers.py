"""A text and everything that it decodes to, each with the way back to where it stands in the text.

Views keep a byte-exact map; what is found in a decoded run stands for the whole of the run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final, NamedTuple

from triage.redact.ahead import Ahead, Pass
from triage.redact.decoding.arrays import lines_joined
from triage.redact.decoding.attached import attached, places
from triage.redact.decoding.continued import rejoined_cells
from triage.redact.decoding.directories import decoded_entries
from triage.redact.decoding.doubled import undoubled
from triage.redact.decoding.dumps import columns
from triage.redact.decoding.folded import folds, unfolded
from triage.redact.decoding.listed import spelt
from triage.redact.decoding.octets import written_out
from triage.redact.decoding.origins import View
from triage.redact.decoding.prefixes import unprefixed
from triage.redact.decoding.runs import Run, beginnings, decoded_runs
from triage.redact.decoding.shields import unshielded
from triage.redact.decoding.views import ENCODED, views
from triage.redact.decoding.wraps import rejoined
from triage.redact.hits import DECODED, Hit
from triage.redact.lines import Lines, Wanted
from triage.redact.text import Span
from triage.sources.returns import ended_bytes

__all__ = ("Layer", "read_layers")

_DEPTH: Final = 3
_RUN_DEPTH: Final = 2
# A run that a view cut away from its text has no place there.
_NOWHERE: Final[Run] = (0, 0, b"")


class Layer(NamedTuple):
    """A text as it stands or decoded, the lines of it to look at, what was begun on it, and the way back.

    Back lead the views over it from the innermost, and the run that it lay in.
    """

    data: bytes
    lines: Lines
    ahead: Ahead
    views: tuple[View, ...]
    run: Run | None

    def under(self, view: View) -> Layer:
        """The layer as one of the text that a view was made of."""
        if self.run is None:
            return self._replace(views=(*self.views, view))
        start, end, text = self.run
        place = view.back(start, end)
        return self._replace(run=(*place, text) if place else _NOWHERE)

    def inside(self, run: Run) -> Layer:
        """The layer as one of the text that a run lies in."""
        return Layer(self.data, self.lines, self.ahead, (), run)

    @property
    def is_text(self) -> bool:
        """Whether it is the text itself."""
        return self.run is None and not self.views

    def placed(self, hits: list[Hit]) -> Iterable[Hit]:
        """The hits in the data of this layer, where they stand in the text; one for the whole of a run."""
        if not hits:
            return hits
        if self.run is not None:
            return _whole_run(*self.run, hits)
        return self._moved(hits) if self.views else hits

    def _moved(self, hits: list[Hit]) -> Iterator[Hit]:
        """The hits in a view, where they stand in the text."""
        for hit in hits:
            for start, end in self._back((hit.start, hit.end)):
                yield hit.but(start=start, end=end)

    def _back(self, place: Span) -> list[Span]:
        """The ranges of the text behind a range of this layer."""
        found = [place]
        for view in self.views:
            found = [part for start, end in found for part in view.parts(start, end)]
        return found

    def __repr__(self) -> str:
        """Its size, nothing of it."""
        return f"<Layer of {len(self.data):,} bytes>"


def read_layers(
    data: bytes, wanted: Wanted | None = None, passes: tuple[Pass, ...] = (), *, depth: int = _DEPTH
) -> list[Layer]:
    """A text, and everything that it decodes to: so many views deep, runs one level less.

    `wanted` gives the expressions of the lines that are looked at; `passes` will be asked for of every layer.
    """
    # Every rule knows one line end; a return that is one stands for it, in what was decoded too.
    data = ended_bytes(data)
    decodes = depth > _DEPTH - _RUN_DEPTH
    ahead = Ahead(data, (beginnings, folds, places, *passes) if decodes else passes)
    lines = Lines(data, wanted)
    layers = [Layer(data, lines, ahead, (), None)]
    if depth == 0:
        return layers
    encoded = [*lines.spans(ENCODED)]
    once = [rejoined(data), unshielded(data, lines)] if depth == _DEPTH else []
    once += [spelt(data, encoded), lines_joined(data)]
    apart = chain(
        columns(data, encoded),
        unprefixed(data),
        undoubled(data, encoded),
        decoded_entries(data, encoded),
        rejoined_cells(data, encoded),
        unfolded(data, ahead.of(folds)) if decodes else (),
        filter(None, once),
    )
    for view in chain(views(data, encoded), apart):
        inner = read_layers(view.data, wanted, passes, depth=0 if view.last else depth - 1)
        layers += [layer.under(view) for layer in inner if not (view.guessed and layer.run)]
    if decodes:
        for run in chain(
            decoded_runs(data, ahead.of(beginnings)), written_out(data, encoded), attached(data, ahead.of(places))
        ):
            layers += [layer.inside(run) for layer in read_layers(run[2], wanted, passes, depth=depth - 1)]
    return layers


def _whole_run(start: int, end: int, text: bytes, found: list[Hit]) -> Iterator[Hit]:
    """The run itself, if anything was found in what it decodes to."""
    if start == end:
        return
    first = max(found, key=lambda hit: (hit.end - hit.start, hit.rank))
    alone = first.end - first.start >= len(text.strip())
    kind = first.kind if alone or len({hit.kind for hit in found}) == 1 else "encoded"
    yield Hit(start, end, kind, DECODED, first.rank, first.value if alone else text)
