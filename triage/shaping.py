"""The verbs of a case that show the shape of an incident: its variants, its merged call tree, and the view of both."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from triage.errors import TriageError
from triage.relating import Relating
from triage.tables import to_pandas

if TYPE_CHECKING:
    import pandas as pd

    from triage.share.redacted import RedactedCase

__all__ = ("Shaping",)


class Shaping(Relating):
    """What `Case` inherits: variants, the call tree and the stack view."""

    if TYPE_CHECKING:  # what `Case` has of its own

        def events(self, incident: str | None = None) -> pd.DataFrame: ...  # noqa: D102 - `Case.events` says it
        @cached_property
        def _masked(self) -> RedactedCase: ...

    def call_tree(self, incident: str, *, share: float = 0.01) -> pd.DataFrame:
        """The crashing stacks of an incident merged into one tree, outermost call first: where they part.

        Parameters
        ----------
        incident
            As in `incidents()`.
        share
            Nodes with a smaller share of the events become one node of kind `others` under their parent.

        Returns
        -------
        DataFrame
            One row per node in preorder: node, parent, depth, kind (call, others, deeper), name, role, counted,
            events, stacks, ends, share. Recursion is folded.

        Examples
        --------
        >>> import triage
        >>> case = triage.loads("panic: boom\\n\\ngoroutine 1 [running]:\\nmain.f()\\n\\t/src/main.go:5 +0x1\\n")
        >>> case.call_tree(case.incidents()["incident_id"].iloc[0])["name"].tolist()
        ['main.f']
        """
        from triage.incidents import shapes

        return to_pandas(shapes.call_tree(self._tables, self._events_of(incident), share=share))

    def variants(self, incident: str) -> pd.DataFrame:
        """One row per variant of an incident, the most frequent first; see `triage.incidents.shapes.variants`."""
        from triage.incidents import shapes

        return to_pandas(shapes.variants(self._tables, self._events_of(incident)))

    def stack_view(self, incident: str | None = None) -> Any:
        """Show the stacks of an incident in JupyterLab, masked: what counted for its key, variants, where they part.

        Parameters
        ----------
        incident
            As in `incidents()`; default: the one seen last.

        Raises
        ------
        TriageError
            No incident has that id, or the extra `lab` is not installed.
        """
        try:
            from triage_widgets.stack_view import StackView
        except ImportError:
            raise TriageError("stack_view() needs the widgets: pip install 'crash-triage[lab]'") from None
        return StackView(self._masked, incident, decides=self)
