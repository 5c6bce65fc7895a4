"""A table of a case by its name: all of it, or some columns, or the rows of one incident."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from triage.errors import TriageError, demand, is_one_of, nothing_named
from triage.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

__all__ = ("checked", "named", "selected")

# One row of these is of the whole case, and of no incident.
_OF_ALL: Final = ("files", "quarantine")


def checked(name: str, incident: str | None = None) -> str:
    """The name of a table where there is one, and one by incident where that is asked for.

    Raises
    ------
    TriageError
        There is no such table, or its rows belong to no incident.
    """
    if not is_one_of(name, TABLES):
        raise TriageError(nothing_named("table", name, TABLES))
    if incident is not None and name in _OF_ALL:
        raise TriageError(f"the rows of {name} belong to no incident; ask for all of them, or for another table")
    return name


def named(case: Any, name: str, incident: str | None = None) -> pd.DataFrame:
    """The table of that name, as the method of the case of the same name gives it."""
    method = getattr(case, checked(name, incident))
    if incident is None or name not in {"incidents", "hypotheses"}:
        found: pd.DataFrame = method() if incident is None else method(incident)
        return found
    case.events(incident)  # says what is wrong with an id that no incident has
    frame: pd.DataFrame = method()
    return frame[frame["incident_id"] == incident].reset_index(drop=True)


def selected(frame: pd.DataFrame, name: str, columns: Iterable[str] | None) -> pd.DataFrame:
    """These columns of a table, in this order; all without any.

    Raises
    ------
    TriageError
        It has no column of that name; the message lists them.

    Examples
    --------
    >>> import triage
    >>> selected(triage.loads("a").files(), "files", ["bytes", "path"]).columns.tolist()
    ['bytes', 'path']
    """
    if columns is None:
        return frame
    demand(columns, Iterable, "columns are a list of names")
    wanted = [columns] if isinstance(columns, str) else list(columns)
    missing = [str(column) for column in wanted if column not in frame.columns]
    if missing:
        raise TriageError(f"{name} has no column {', '.join(missing)}; there are {', '.join(map(str, frame.columns))}")
    return frame[wanted]
