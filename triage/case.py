"""The case: every table and every verb of an investigation over one or many inputs.

`triage.load` gives a `Case`. Each table is a method that gives a plain, typed DataFrame (Arrow-backed dtypes, see
`triage/TABLES.md`); the plain tables are raw: nothing in them is masked. What the case shows of itself (`show()`, its
HTML) goes through `triage.share.view`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from triage.errors import SourceError, TriageError
from triage.share.printable import plural
from triage.sources.limits import Limits
from triage.tables import TABLES, to_pandas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from triage.sources.inputs import Inputs

__all__ = ("Case", "load", "loads")

_LIMITS: Final = Limits()


def load(
    path: Any,
    *,
    format: str | None = None,
    limits: Limits = _LIMITS,
    strict: bool = False,
    progress: Callable[[str, int], None] | None = None,
) -> Case:
    """Open crash files of any known kind as one case.

    Parameters
    ----------
    path
        A file, a directory, a glob pattern, an open binary file, bytes, or a list of these. Archives (tar, tar.gz,
        tar.xz, tar.zst, zip, gz) are read where they lie, to a depth; nothing is extracted to disk.
    format
        Read every file by this reader instead of by detection; see `triage.formats.registry`.
    limits
        Bounds on what is read. What is over them inside an archive, or in one of many inputs, is quarantined.
    strict
        Raise at the first input that meets a limit, even if it is one of many.
    progress
        Called after each input with its path and the bytes read so far in all.

    Returns
    -------
    Case
        Content never raises: what is damaged or unknown is in `case.files()` and `case.quarantine()`, with the reason.

    Raises
    ------
    SourceError
        There is nothing at that path, or it is not something that can be opened.
    FormatError
        `format` names no reader.
    LimitError
        A single input is over one of the limits.

    Examples
    --------
    >>> import triage
    >>> triage.load(b"not a crash").files()["parse_status"].tolist()
    ['unknown']
    """
    from triage.sources.inputs import Inputs

    return _open(Inputs(path), format=format, limits=limits, strict=strict, progress=progress)


def loads(text: str | bytes, name: str = "pasted") -> Case:
    """Open pasted text, such as a report or a log, as a case.

    Parameters
    ----------
    text
        The text, or its bytes.
    name
        What to call it in `case.files()`.

    Examples
    --------
    >>> import triage
    >>> triage.loads("nothing in particular").incidents().shape[0]
    0
    """
    from triage.sources.inputs import Inputs

    data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else bytes(text)
    return _open(Inputs(data, name=name), format=None, limits=_LIMITS, strict=False, progress=None)


def _open(
    inputs: Inputs,
    *,
    format: str | None,
    limits: Limits,
    strict: bool,
    progress: Callable[[str, int], None] | None,
) -> Case:
    from triage import formats, loading
    from triage.stacks import keys

    reader = formats.by_name(format) if format else None
    tables = loading.read_tables(inputs, reader=reader, limits=limits, strict=strict, progress=progress)
    return Case(keys.annotate(tables), inputs=inputs, limits=limits)


class Case:
    """One investigation: the tables of what was read, and what can be asked of them.

    Made by `triage.load` and `triage.loads`. Every method that gives a table gives a new DataFrame with a RangeIndex,
    the columns of `triage/TABLES.md` in their order, and Arrow-backed dtypes.
    """

    def __init__(self, tables: dict[str, pa.Table], *, inputs: Inputs, limits: Limits = _LIMITS) -> None:
        self._tables = tables
        self._inputs = inputs
        self._limits = limits

    def incidents(self, as_of: datetime | str | None = None) -> pd.DataFrame:
        """One row per incident, newest last_seen first.

        Parameters
        ----------
        as_of
            A time, or its ISO text: events after it do not count, and the counters look back from it. Default: the
            newest event of the case.

        Examples
        --------
        >>> import triage
        >>> triage.load(b"").incidents().columns[:3].tolist()
        ['incident_id', 'title', 'group_key']
        """
        from triage.incidents import groups

        return to_pandas(groups.build(self._tables, as_of=_micros(as_of)))

    def events(
        self, incident: str | None = None, *, event_class: str | None = None, event_kind: str | None = None
    ) -> pd.DataFrame:
        """One row per occurrence; of one incident, class or kind where asked."""
        table = self._tables["events"]
        if incident is not None:
            table = _isin(table, "event_id", self._events_of(incident))
        for column, value in (("event_class", event_class), ("event_kind", event_kind)):
            if value is not None:
                table = _isin(table, column, [value])
        return to_pandas(table)

    def stacks(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per stack of an event; `stack_no` 0 is the crashing stack."""
        return to_pandas(self._of("stacks", incident, event))

    def frames(
        self, incident: str | None = None, event: str | None = None, columns: Iterable[str] | None = None
    ) -> pd.DataFrame:
        """Frames, innermost first.

        Parameters
        ----------
        incident, event
            Without either: one row per frame of each *distinct* stack. With one: the frames of its stacks, with
            `event_id`, `stack_no` and `address` (uint64) in front.
        columns
            Only these columns, in this order.

        Raises
        ------
        TriageError
            No incident or event has that id, or no column that name.
        """
        if incident is None and event is None:
            table = self._tables["frames"]
        else:
            table = self._joined(self._of("stacks", incident, event))
        if columns is not None:
            wanted = list(columns)
            missing = [name for name in wanted if name not in table.column_names]
            if missing:
                raise TriageError(
                    f"frames have no column {', '.join(missing)}; there are {', '.join(table.column_names)}"
                )
            table = table.select(wanted)
        return to_pandas(table)

    def modules(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per loaded image."""
        return to_pandas(self._of("modules", incident, event))

    def logs(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per log line or breadcrumb."""
        return to_pandas(self._of("logs", incident, event))

    def metrics(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per metric sample."""
        return to_pandas(self._of("metrics", incident, event))

    def annotations(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per key and value: tags, contexts, extra, sdk, user, device ..."""
        return to_pandas(self._of("annotations", incident, event))

    def feedback(self, incident: str | None = None, event: str | None = None) -> pd.DataFrame:
        """One row per thing that a person said; contacts are masked."""
        return to_pandas(self._of("feedback", incident, event))

    def files(self) -> pd.DataFrame:
        """One row per input and per member of one, with what became of it. At depth 0 the bytes add up to the input."""
        return to_pandas(self._tables["files"])

    def quarantine(self) -> pd.DataFrame:
        """One row per piece that could not be read: where, and why."""
        return to_pandas(self._tables["quarantine"])

    def related(self) -> pd.DataFrame:
        """One row per link between incidents."""
        return to_pandas(self._tables["related"])

    def hypotheses(self) -> pd.DataFrame:
        """One row per hypothesis run."""
        return to_pandas(self._tables["hypotheses"])

    def table(self, name: str) -> pd.DataFrame:
        """A table by its name.

        Raises
        ------
        TriageError
            There is no such table; the message lists the names.
        """
        if name == "incidents":
            return self.incidents()
        if name not in TABLES:
            raise TriageError(f"there is no table {name!r}; there are {', '.join(TABLES)}")
        return to_pandas(self._tables[name])

    @property
    def path(self) -> str:
        """Where the input lies on this machine: for copying, not for notebooks that others will read."""
        return self._inputs.location

    def summary(self) -> pd.DataFrame:
        """One row per format: its events, incidents, first and last time.

        Returns
        -------
        DataFrame
            format (string), events and incidents (int64), first_seen and last_seen (timestamp[us, UTC]).
        """
        events = to_pandas(self._tables["events"].select(["format", "event_class", "group_key", "service", "ts"]))
        events["incident"] = (events["service"].fillna("") + "\0" + events["group_key"]).where(
            events["event_class"] == "incident_signal"
        )
        grouped = events.groupby("format", dropna=False).agg(
            events=("format", "size"),
            incidents=("incident", "nunique"),
            first_seen=("ts", "min"),
            last_seen=("ts", "max"),
        )
        return grouped.reset_index().astype({"events": "int64[pyarrow]", "incidents": "int64[pyarrow]"})

    def text(self, source_id: str, *, offset: int = 0, length: int = 65_536) -> str:
        """Read a piece of an input or member again, as text.

        Parameters
        ----------
        source_id
            As in `files()`.
        offset, length
            Bytes. Invalid UTF-8, and characters cut at the edges, are replaced.

        Raises
        ------
        SourceError
            No file has that id, or the input has moved or was a stream that cannot be read twice.
        """
        return self.read(source_id, offset=offset, length=length).decode("utf-8", "replace")

    def read(self, source_id: str, *, offset: int = 0, length: int = 65_536) -> bytes:
        """Read a piece of an input or member again, as bytes; see `text`."""
        from triage import loading

        return loading.read_back(
            self._inputs, self._chain(source_id), offset=offset, length=length, limits=self._limits
        )

    def show(self) -> Any:
        """Show the case in JupyterLab: what crashed and where, the stack, the files with their text.

        Raises
        ------
        TriageError
            The extra `lab` is not installed.
        """
        try:
            from triage_widgets.case_view import CaseView
        except ImportError:
            raise TriageError("show() needs the widgets: pip install 'crash-triage[lab]'") from None
        return CaseView(self)

    def __repr__(self) -> str:
        """Say in one line what is in the case; no content."""
        files = self._tables["files"]
        inputs = pc.sum(pc.equal(files["depth"], 0)).as_py() or 0
        parts = [
            plural(self._incident_count(), "incident"),
            plural(self._tables["events"].num_rows, "event"),
            plural(files.num_rows, "file") + f" in {plural(inputs, 'input')}",
        ]
        if self._tables["quarantine"].num_rows:
            parts.append(f"{self._tables['quarantine'].num_rows:,} quarantined")
        return f"<triage.Case: {', '.join(parts)}>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """Text, and static HTML that needs neither a kernel nor a script."""
        from triage.share.view import shown
        from triage_widgets.page import case_page

        return {"text/plain": repr(self), "text/html": case_page(shown(self))}

    def _incident_count(self) -> int:
        from triage.incidents import groups

        return len(groups.members(self._tables)[2])

    def _events_of(self, incident: str) -> list[str]:
        """The ids of the events of an incident."""
        from triage.incidents import groups

        events, codes, ids = groups.members(self._tables)
        if incident not in ids:
            raise TriageError(f"no incident has the id {incident!r}; case.incidents()['incident_id'] lists them")
        chosen: list[str] = events.filter(pa.array(codes == ids.index(incident)))["event_id"].to_pylist()
        return chosen

    def _of(self, name: str, incident: str | None, event: str | None) -> pa.Table:
        """The rows of a table that hang on an incident or an event; all without either."""
        table = self._tables[name]
        if incident is not None:
            table = _isin(table, "event_id", self._events_of(incident))
        if event is not None:
            if not _isin(self._tables["events"], "event_id", [event]).num_rows:
                raise TriageError(f"no event has the id {event!r}; case.events()['event_id'] lists them")
            table = _isin(table, "event_id", [event])
        return table

    def _joined(self, stacks: pa.Table) -> pa.Table:
        """The frames of some stacks, each with its event, stack number and address."""
        frames = _isin(self._tables["frames"], "stack_key", stacks["stack_key"].drop_null().unique().to_pylist())
        place = stacks.select(["event_id", "stack_no", "stack_key"]).append_column(
            "row", pa.array(range(stacks.num_rows), pa.int64())
        )
        joined = place.join(frames, "stack_key", join_type="inner").sort_by(
            [("row", "ascending"), ("idx", "ascending")]
        )
        addresses = stacks["addresses"].combine_chunks()
        starts = addresses.offsets.to_numpy()[:-1] if len(addresses) else []
        absent = pc.is_null(addresses).to_numpy(zero_copy_only=False)
        values = addresses.values  # noqa: PD011 - an Arrow list array, not a frame
        index = [
            None if absent[row] else int(starts[row]) + idx
            for row, idx in zip(joined["row"].to_pylist(), joined["idx"].to_pylist(), strict=True)
        ]
        joined = joined.append_column("address", values.take(pa.array(index, pa.int64())))
        return joined.select(["event_id", "stack_no", "address", *TABLES["frames"].names])

    def _chain(self, source_id: str) -> tuple[str, ...]:
        """The ids from the input down to a file."""
        files = self._tables["files"]
        parents = dict(zip(files["source_id"].to_pylist(), files["container_id"].to_pylist(), strict=True))
        if source_id not in parents:
            raise SourceError(f"no file has the id {source_id!r}; case.files()['source_id'] lists them")
        chain = [source_id]
        while parents[chain[-1]] is not None:
            chain.append(parents[chain[-1]])
        return tuple(reversed(chain))


def _isin(table: pa.Table, column: str, values: list[str]) -> pa.Table:
    return table.filter(pc.is_in(table[column], value_set=pa.array(values, pa.string())))


def _micros(moment: datetime | str | None) -> int | None:
    """Microseconds since 1970 of a time or its text; a time without a zone is UTC."""
    if moment is None:
        return None
    stamp = pd.Timestamp(moment)
    stamp = stamp.tz_localize("UTC") if stamp.tzinfo is None else stamp
    return int(stamp.value // 1_000)  # nanoseconds, whatever the unit of the stamp
