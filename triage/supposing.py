"""The verbs of a case that ask what may be the cause: what would be sent, the question, its runs, and their panel."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from triage.shaping import Shaping
from triage.tables import to_pandas

if TYPE_CHECKING:
    import os

    import pandas as pd

    from triage.case import Case
    from triage.hypotheses.client import Client
    from triage.hypotheses.extract import Extract
    from triage.hypotheses.runs import Run, Runs
    from triage.hypotheses.settings import Settings
    from triage.journal import Journal
    from triage.share.notify import Sent
    from triage.share.notify_payload import Target
    from triage.share.redacted import RedactedCase
    from triage.sources.inputs import Inputs

__all__ = ("Supposing",)


class Supposing(Shaping):
    """What `Case` inherits: the extract, hypotheses, and their panel."""

    _origin: Case | None = None

    if TYPE_CHECKING:  # what `Case` has of its own
        _config: str | os.PathLike[str] | None
        _inputs: Inputs
        _journal: Journal

        @cached_property
        def _masked(self) -> RedactedCase: ...

    def extract(self, incident_id: str) -> Extract:
        """What of an incident would be sent to a model: masked text, to read before anything is sent.

        Raises
        ------
        TriageError
            No incident has that id.
        RedactionError
            Something secret is still in it.

        Examples
        --------
        >>> import triage
        >>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nKeyError: 1\\n")
        >>> case.extract(case.incidents()["incident_id"][0]).table["section"].tolist()
        ['exception', 'frames', 'incident', 'annotations', 'head']
        """
        return self._masked.extract(incident_id)

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
        """Ask what may be the cause of an incident, on its masked extract, and wait for the answer.

        Parameters
        ----------
        incident_id
            As in `incidents()`.
        engine
            gemini (the key is read from `GEMINI_API_KEY`), or rules, which ask nobody.
        model
            Of the engine gemini; default: gemini-2.5-pro.
        client
            Another provider, in the place of Gemini; its run bears the name of its engine.
        fresh
            Ask again, though the same question has been answered. `triage.hypotheses.asking.start` does not wait.
        settings
            What is sent; default: as the settings file says.

        Returns
        -------
        Run
            A hypothesis, unverified: what was answered, which evidence was found in the report, which predictions hold.
            One that failed says why; it is kept, as all are, in the investigation folder.

        Raises
        ------
        TriageError
            No incident, engine or model has that name.
        RedactionError
            Something secret is in what would be sent.

        Examples
        --------
        >>> import tempfile, triage
        >>> text = b'Traceback (most recent call last):\\n  File "a.py", line 1, in f\\nKeyError: 1\\n'
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     case = triage.load(text, journal=folder)
        ...     run = case.hypothesize(case.incidents()["incident_id"][0], engine="rules")
        ...     run.status, case.hypotheses()["engine"].tolist()
        ('SUCCESS', ['rules'])
        """
        return self._masked.hypothesize(incident_id, engine, model=model, client=client, fresh=fresh, settings=settings)

    def forward(self, run: Run | str, to: Target, *, where: str = "", dry_run: bool = False) -> Sent:
        """Forward an answer, masked: its summary, one to three hypotheses and the next steps.

        Parameters
        ----------
        run
            A run of this case that has answered, or its id.
        to
            discord, slack or webhook; the addresses stand in the environment, see `triage.share.notify`.
        where
            Where the rest can be read: an https:// address or a few words.
        dry_run
            Send nothing; `text` of what comes back says what would be sent.

        Raises
        ------
        TriageError
            There is no such run, it has no answer, no address is set, or nobody took it.
        RedactionError
            Something secret is left in it; nothing is sent.

        Examples
        --------
        >>> import triage
        >>> case = triage.loads("Traceback (most recent call last):\\n  File \\"a.py\\", line 1, in f\\nKeyError: 1\\n")
        >>> run = case.hypothesize(case.incidents()["incident_id"][0], engine="rules")
        >>> case.forward(run, "discord", dry_run=True).attempts
        0
        """
        from triage.share import notify

        name = run if isinstance(run, str) else getattr(run, "run_id", None)
        ids = set(self.members()[2])
        found = next((each for each in self.runs.all() if each.run_id == name and each.incident_id in ids), None)
        if found is None:
            raise TriageError("this case has no such run; hypotheses() lists those that it has")
        return notify.forward(found, to, self._masked.policy, where=where, dry_run=dry_run)

    def hypotheses(self) -> pd.DataFrame:
        """One row per hypothesis run about an incident of this case, newest first."""
        from triage.hypotheses.runs import table

        ids = set(self.members()[2])
        return to_pandas(table(run for run in self.runs.all() if run.incident_id in ids))

    @cached_property
    def runs(self) -> Runs:
        """Where the runs of hypotheses are kept: beside the journal."""
        from triage.hypotheses import runs, settings

        if self._origin is not None:
            return self._origin.runs
        outside = [place for place in self._inputs.location.split("\n") if place]
        found = settings.found(self._config, outside=outside)
        folder = self._journal.path.parent / runs.FOLDER if self._journal.path else None
        return runs.Runs(folder, days=found.retention_days, most=found.retention_runs)

    def hypothesis_panel(self, incident_id: str | None = None, *, model: str | None = None) -> Any:
        """Ask in JupyterLab what may be the cause of an incident: what would be sent, the run, what came of it.

        Parameters
        ----------
        incident_id
            As in `incidents()`; default: the one seen last.
        model
            What the field for the model says at first; default: gemini-2.5-pro.

        Raises
        ------
        TriageError
            No incident has that id, there is none, or the extra `lab` is not installed.
        """
        try:
            from triage_widgets.hypothesis_panel import HypothesisPanel
        except ImportError:
            raise TriageError("hypothesis_panel() needs the widgets: pip install 'crash-triage[lab]'") from None
        return HypothesisPanel(self._masked, incident_id, model=model)
