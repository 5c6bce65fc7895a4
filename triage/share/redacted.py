"""The redacted case: the tables and verbs of a case, masked. Everything that shows itself takes this, never the case.

There are two ways to one:

- `RedactedCase.lazy` masks what is asked for, when it is asked for: what is on screen takes it. Where all files
  together are small they are learned first, so that the masks are those of the archive; in a large case each view has
  its own numbering, so that it has the same masks whatever was looked at before it;
- `case.redact()` masks every file in two passes into a working copy and reads its tables back from there. Only this one
  can be approved.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final, NoReturn

from triage.errors import JournalError, RedactionError, TriageError, demand
from triage.share.masked_tables import MaskedTables
from triage.share.printable import plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import pandas as pd

    from triage.case import Case
    from triage.hypotheses.client import Client
    from triage.hypotheses.extract import Extract
    from triage.hypotheses.runs import Run, Runs
    from triage.hypotheses.settings import Settings
    from triage.incidents.comparing import Comparison
    from triage.incidents.explaining import Explanation
    from triage.redact.policy import Policy
    from triage.redact.redactor import Redactor
    from triage.share.archive import ReviewedArchive
    from triage.share.cells import Masker
    from triage.share.passes import Raw
    from triage.share.preview import Preview
    from triage.share.working import Working

__all__ = ("RedactedCase", "redact")

# The verbs that decide; they are of the case alone.
_DECIDES: Final = frozenset({"merge", "split", "pin", "resolve", "reopen", "ignore", "note", "undo"})


class _OnlyShownError(JournalError, AttributeError):
    """A verb that decides was asked of what only shows."""


def redact(
    case: Case,
    *,
    policy: Policy | None = None,
    events: list[str] | None = None,
    key: bytes | None = None,
    learned: Redactor | None = None,
) -> RedactedCase:
    """The whole case, or some events of it, masked into a working copy; see `Case.redact`.

    `learned` knows what is found in the whole case, where that is known already.
    """
    from triage.redact.policy import Policy
    from triage.share.working import Working

    if policy is not None and not isinstance(policy, Policy):
        raise TriageError(
            "a policy is a triage.Policy: Policy.from_file(...) reads one; an incident is incident='inc_...'"
        )
    raw = case.raw
    working = Working(raw, policy=found(raw, policy), events=events, key=key, learned=learned)
    masked = case.masked_copy(working.tables, inputs=working.inputs, name=working.redactor.text)
    return RedactedCase(masked, working=working)


def found(raw: Raw, policy: Policy | None = None) -> Policy:
    """The policy that was given, else the defaults, and what a `triage.toml` above the working directory adds."""
    from triage.config import load_policy, strengthened

    outside = [path for path in raw.inputs.location.split("\n") if path]
    return (
        load_policy(raw.config, outside=outside)
        if policy is None
        else strengthened(policy, raw.config, outside=outside)
    )


class RedactedCase(MaskedTables):
    """The same tables and verbs as `Case`, with every secret and personal datum masked.

    Examples
    --------
    >>> import triage
    >>> redacted = triage.loads("login of ada@example.com failed").redact()
    >>> redacted
    <triage.RedactedCase: 0 incidents, 0 events, 1 file>
    """

    __slots__ = ("__weakref__", "_working")

    def __init__(self, case: Case, *, masker: Masker | None = None, working: Working | None = None) -> None:
        self._case = case
        self._masker = masker
        self._working = working

    @classmethod
    def lazy(cls, case: Case, policy: Policy | None = None) -> RedactedCase:
        """A redacted case that masks on demand; what `show()`, pages and charts take."""
        from triage.share.cells import Masker

        return cls(case, masker=Masker(case.raw, policy=found(case.raw, policy)))

    @contextmanager
    def about(self, incident: str) -> Iterator[tuple[RedactedCase, str]]:
        """The newest event of an incident: a case in which one value has one mask in all tables, and its id there.

        That is this case, but for a large one that masks on demand: there it is a working copy of that event, masked by
        what is found anywhere in the case.
        """
        newest = self._case.events(incident).sort_values(["ts", "event_id"], na_position="first")
        event = str(newest["event_id"].iloc[-1])
        if self._masker is None or self._masker.is_small:
            yield self, event
            return
        whole = redact(self._case, policy=self.policy, events=[event], learned=self._masker.everything())
        try:
            events = whole.events()
            yield whole, str(events.loc[events["event_class"] == "incident_signal", "event_id"].iloc[0])
        finally:
            whole.close()

    @property
    def charts(self) -> Any:
        """Charts of spikes, regressions, releases, and of all incidents over time.

        Raises
        ------
        TriageError
            The extra `lab` is not installed.
        """
        try:
            from triage_widgets.charts import Charts
        except ImportError:
            raise TriageError("charts need the widgets: pip install 'crash-triage[lab]'") from None
        return Charts(self)

    def stack_view(self, incident: str | None = None) -> Any:
        """Show the stacks of an incident in JupyterLab, masked; see `Case.stack_view`. No decisions are made from here.

        Raises
        ------
        TriageError
            No incident has that id, or the extra `lab` is not installed.
        """
        try:
            from triage_widgets.stack_view import StackView
        except ImportError:
            raise TriageError("stack_view() needs the widgets: pip install 'crash-triage[lab]'") from None
        return StackView(self, incident)

    def became(self, id: str) -> list[str]:
        """The incidents that have the events of one now; see `Case.became`."""
        return self._case.became(id)

    def journal(self) -> pd.DataFrame:
        """What was decided, and what became of it; see `Case.journal`."""
        told = self._case.journal()
        if self._working is not None:
            mask = self._working.redactor.text
            for column in ("who", "why", "told"):
                told[column] = told[column].map(mask, na_action="ignore").astype(told[column].dtype)
            sides = told["sides"].map(lambda each: [mask(side) for side in each], na_action="ignore")
            told["sides"] = sides.astype(told["sides"].dtype)
        return self.masked("journal", told)

    def extract(self, incident_id: str) -> Extract:
        """What of an incident would be sent to a model; see `Case.extract`."""
        from triage.hypotheses import extract

        return extract.extract(self, incident_id, self.hypothesis_settings)

    def hypothesize(
        self,
        incident_id: str,
        engine: str = "gemini",
        *,
        model: str | None = None,
        client: Client | None = None,
        fresh: bool = False,
        settings: Settings | None = None,
    ) -> Run:
        """Ask what may be the cause of an incident, and wait for the answer; see `Case.hypothesize`."""
        from triage.hypotheses.asking import start

        return start(
            self, incident_id, engine=engine, model=model, client=client, fresh=fresh, settings=settings
        ).result()

    @property
    def hypothesis_settings(self) -> Settings:
        """What a `triage.toml` outside of the input says of hypotheses."""
        from triage.hypotheses import settings

        return settings.found(self._case.raw.config, outside=[path for path in self.path.split("\n") if path])

    @property
    def runs(self) -> Runs:
        """Where the runs of hypotheses are kept."""
        return self._case.runs

    def explain(self, incident_id: str) -> Explanation:
        """Say why the events of an incident are one, in masked words; see `Case.explain`."""
        return self._case.explain(incident_id).masked(self._told, self.journal())

    def compare(self, first: str, second: str) -> Comparison:
        """Lay two incidents side by side, in masked words; see `Case.compare`."""
        return self._case.compare(first, second).masked(self._told, self.journal())

    def _told(self, name: str, frame: pd.DataFrame) -> pd.DataFrame:
        """Rows as `masked` gives them; words that come from no table of the case are masked for a working copy too."""
        if self._working is None or name != "settings":
            return self.masked(name, frame)
        mask = self._working.redactor.text
        return frame.assign(text=frame["text"].map(mask, na_action="ignore").astype(frame["text"].dtype))

    @property
    def path(self) -> str:
        """Where the input lies on this machine: for copying, not for notebooks that others will read."""
        return self._working.location if self._working else self._case.path

    def text(self, source_id: str, *, offset: int = 0, length: int = 65_536) -> str:
        """A piece of a file as masked text; the lines that it touches are masked as a whole.

        Raises
        ------
        SourceError
            No file has that id, or the input has moved.
        """
        from triage.share.preview import piece

        return piece(self._case, self._mask, source_id, offset=offset, length=length)

    def preview(self, source_id: str, page: int = 0) -> Preview:
        """One page of the masked text of a file, or a few bytes in hex where it is none."""
        from triage.share.preview import preview

        return preview(self._case, self._mask, source_id, page)

    def approve(
        self,
        *,
        by: str,
        skip: Iterable[str] = (),
        unmask: Mapping[str, str] | None = None,
        drop: Mapping[str, str] | None = None,
        originals: Mapping[str, str] | None = None,
        when: datetime | str | None = None,
    ) -> ReviewedArchive:
        """Say that this may leave, and freeze it.

        Parameters
        ----------
        by
            Who reviewed it; stands in the archive.
        skip
            Files of the archive that were not looked at; recorded as such.
        unmask
            Masks whose values leave as they are, each with a reason.
        drop
            Files that do not leave, each with a reason.
        originals
            Binary files that leave as they are, each with a reason.
        when
            The time of the approval; default: now.

        Raises
        ------
        RedactionError
            Something that must be masked is still in a file; the message says where and what kind.
        TriageError
            `by` is empty, a reason is missing, or a name is not that of a file or mask in here.
        """
        from triage.share.approval import Decisions, approve

        demand(by, str, "who reviewed it is a text")
        for name, given, kind in (
            ("skip", skip, Iterable),
            ("unmask", unmask or {}, Mapping),
            ("drop", drop or {}, Mapping),
            ("originals", originals or {}, Mapping),
        ):
            demand(given, kind, f"{name}= is a {'list of files' if kind is Iterable else 'mapping to reasons'}")
        decisions = Decisions(
            skip=frozenset([skip] if isinstance(skip, str) else skip),
            unmask=dict(unmask or {}),
            drop=dict(drop or {}),
            originals=dict(originals or {}),
        )
        return approve(self.working, decisions, by=by, when=when)

    def spans(self, text: str, events: Sequence[str] = ()) -> list[tuple[int, int, str]]:
        """Where a text holds something that is masked here, by characters, and of what kind; see `triage.redact.spans`.

        Of a large case that masks on demand, what is in these events is known beside what is learned first.
        """
        return self.working.redactor.spans(text) if self._masker is None else self._masker.spans(text, events)

    @property
    def policy(self) -> Policy:
        """What is masked by; what leaves is scanned again by it."""
        if self._working is not None:
            return self._working.policy
        return self._masker.policy if self._masker is not None else found(self._case.raw)

    @property
    def working(self) -> Working:
        """The working copy of a whole redaction.

        Raises
        ------
        RedactionError
            This redacted case masks on demand, and has none.
        """
        if self._working is None:
            raise RedactionError("this only masks what is shown; call case.redact(), which masks every file")
        return self._working

    def close(self) -> None:
        """Delete the working copy."""
        if self._working is not None:
            self._working.close()

    def __repr__(self) -> str:
        """Counts, and the capture policy."""
        from triage.incidents.outlying import remarks
        from triage.incidents.policies import described

        told = repr(self._case).removeprefix("<triage.Case: ").removesuffix(">").split(", ")[:2]
        files = len(self._case.files()) if self._working is None else len(self._working.members)
        tables = self._case.raw.tables
        more = [*self._case.journal_told, *described(tables), *remarks(tables)]
        return f"<triage.RedactedCase: {', '.join([*told, plural(files, 'file'), *more])}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Text, and static HTML that needs neither a kernel nor a script."""
        from triage.share.view import shown
        from triage_widgets.page import case_page

        return {"text/plain": repr(self), "text/html": case_page(shown(self))}

    def __getattr__(self, name: str) -> NoReturn:
        """Say of a verb that decides where it is."""
        if name in _DECIDES:
            raise _OnlyShownError(f"a redacted case only shows; call {name}() on the case that it was made from")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __reduce__(self) -> NoReturn:
        raise TypeError("a RedactedCase is not pickled or copied; approve() it and save the archive")

    def _mask(self, text: str, head: bytes, name: str) -> str:
        return text if self._masker is None else self._masker.text(text, head, name)
