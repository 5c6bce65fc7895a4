"""The schema of every table of a case, and the one way from Arrow to pandas.

Each table exists for every case, empty if need be, with the same columns in the same order and Arrow-backed dtypes.
`python -m triage.tables` prints the page `triage/TABLES.md` from what stands here; a test holds the two equal.

A column is declared in one line as ``name: type | unit | meaning``. The types are those of `TYPES`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

import pandas as pd
import pyarrow as pa

__all__ = ("SCHEMA_VERSION", "TABLES", "TYPES", "Column", "Table", "empty", "markdown", "to_pandas")

SCHEMA_VERSION: Final = 3

TYPES: Final[dict[str, pa.DataType]] = {
    "string": pa.string(),
    "int64": pa.int64(),
    "uint64": pa.uint64(),
    "double": pa.float64(),
    "bool": pa.bool_(),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "list<string>": pa.list_(pa.string()),
    "list<uint64>": pa.list_(pa.uint64()),
    "list<int64>": pa.list_(pa.int64()),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, a key of `TYPES`, its unit ("" where it has none) and what it means."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its name, what one row is, and its columns in order."""

    name: str
    row: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pa.Schema:
        """The Arrow schema: the columns in order, every one nullable."""
        return pa.schema([(column.name, TYPES[column.type]) for column in self.columns])

    @property
    def names(self) -> tuple[str, ...]:
        """The column names in order."""
        return tuple(column.name for column in self.columns)


def _table(name: str, row: str, declaration: str) -> Table:
    """Read the one-line-per-column declaration of a table."""
    columns = []
    for line in declaration.strip().splitlines():
        head, unit, meaning = (part.strip() for part in line.split("|", 2))
        column, _, kind = (part.strip() for part in head.partition(":"))
        columns.append(Column(column, kind, unit, meaning))
    return Table(name, row, tuple(columns))


_EVENTS = _table(
    "events",
    "an occurrence",
    """
    event_id: string | | the native id where there is one, else a digest of the record; never of the path
    native_id: string | | the id as the writer spelled it
    source_id: string | | the file that the event was read from
    offset: int64 | bytes | where the event begins in that file
    length: int64 | bytes | how long it is there
    format: string | | the reader that found it
    event_class: string | | incident_signal, context or operational
    event_kind: string | | crash, exception, assertion, hang, leak, race, oom, timeout, abort, log, request ...
    ts: timestamp | UTC | when it happened
    ts_source: string | | where ts was read: event, bundle, file name, log line, ...
    level: string | | debug, info, warning, error or fatal
    handled: bool | | whether the program caught it
    platform: string | | language or runtime: native, python, javascript, dart, rust, ...
    service: string | | the program or service
    release: string | | version of the program
    environment: string | | production, staging, ...
    os_name: string | | Windows, Linux, macOS, Android, iOS, ...
    os_version: string | |
    arch: string | | x86, x86_64, arm, arm64, ...
    device: string | | model or browser
    error_type: string | | exception class, signal or exception-code name
    error_value: string | | the message
    error_code: uint64 | | numeric exception code or signal number
    error_code_name: string | | its name on that platform
    signal: string | | POSIX signal name
    fault_address: uint64 | address | the address that was accessed
    thread_id: int64 | | the crashed thread
    culprit: string | | first application frame of the crashing stack, as `function (file:line)`
    stack_key: string | | the crashing stack, a key of stacks and frames
    variant_key: string | | finest deterministic signature
    group_key: string | | the signature that makes an incident
    family_key: string | | coarsest signature
    native_fingerprint: string | | the writer's own grouping hash
    debugbundle_v1_7: string | hex | what DebugBundle's fingerprint v1 of seven fields would be; of its own events only
    debugbundle_v1_10: string | hex | its v1 of ten fields
    debugbundle_v2: string | hex | its v2
    debugbundle_v3: string | hex | its v3, of opaque browser resources only
    http_method: string | |
    route: string | | path or route template, screen, page
    http_status: int64 | |
    duration_ms: double | ms | duration of the request
    request_id: string | |
    trace_id: string | |
    session_id: string | |
    user_hash: string | | the writer's pseudonym for the user
    suppressed_count: int64 | events | occurrences that this row stands for beside itself
    parse_status: string | | ok, repaired, partial or raw
    notes: list<string> | | what the reader has to say of this row
    """,
)

_STACKS = _table(
    "stacks",
    "one stack of one event",
    """
    event_id: string | |
    stack_no: int64 | | 0 is the crashing stack
    role: string | | crash, cause, wrapper, thread, member, suppressed, goroutine, alloc, free, access, signal, other
    chain_no: int64 | | 0 is the exception that surfaced, 1 its cause, and so on
    thread_id: int64 | |
    thread_name: string | |
    crashed: bool | | whether this is the crashed thread
    state: string | | thread state as printed
    error_type: string | | the exception of this link of the chain
    error_value: string | |
    stack_key: string | | digest of the frames without absolute addresses
    addresses: list<uint64> | address | one per frame row, null where not known
    text_lines: list<int64> | line | the line of the file that each frame row was read from, from 1
    registers: string | JSON | register name to hex value
    unwinder: string | | how the frames were found: event, text, sentry_stream, context, frame_pointer, scan
    """,
)

_FRAMES = _table(
    "frames",
    "one frame of one distinct stack",
    """
    stack_key: string | |
    idx: int64 | | 0 is the innermost row
    inline_depth: int64 | | 0 is a physical frame, 1 the function inlined into it, and so on
    frame_kind: string | | frame, elided, repeated, async_gap, unwind_error, signal, note
    repeat: int64 | frames | how many frames the row stands for
    function: string | | function without arguments, demangled where possible
    function_raw: string | | as written
    args: string | | arguments as written
    module: string | | image, package or module
    module_offset: uint64 | bytes | offset in the image
    symbol_offset: uint64 | bytes | offset in the function
    file: string | | source file
    line: int64 | | 1-based
    column: int64 | | 1-based
    language: string | |
    trust: string | | context, sentry_stream, cfi, frame_pointer, scan, location, ...
    context_line: string | | the source line
    written: string | | the lines as written that DebugBundle's fingerprint takes of a stack, in its first row
    variables: string | JSON | local variables
    in_app: bool | | application code
    role: string | | application, library, noise, prefix or sentinel
    rule: string | | the rule that gave the role
    counted: bool | | whether the frame is part of the group key
    """,
)

_INCIDENTS = _table(
    "incidents",
    "a group",
    """
    incident_id: string | | digest of service and group key
    title: string | |
    group_key: string | |
    family_key: string | |
    error_type: string | |
    culprit: string | |
    level: string | | the worst of its events
    status: string | | open, resolved, regressed or ignored
    count: int64 | events | stored and suppressed
    stored: int64 | events | events in the input
    suppressed: int64 | events | known to have happened, not in the input
    users: int64 | users | distinct user hashes, NA where none is known
    first_seen: timestamp | UTC |
    last_seen: timestamp | UTC |
    count_1m: int64 | events | in the minute up to as_of
    count_5m: int64 | events |
    count_1h: int64 | events |
    count_24h: int64 | events |
    ratio_5m_1h: double | | count_5m / max(count_1h / 12, 1)
    is_spiking: bool | | count_1h >= 12 and ratio_5m_1h >= 3.0
    spike_p: double | | p-value of the spike that it is in by the tested rule, at its peak; NA where it is in none
    spike_expected: double | events | expected in the window of that peak
    spike_since: timestamp | UTC | when the alarm of that spike was raised
    regressed_at: timestamp | UTC |
    first_release: string | |
    last_release: string | |
    releases: list<string> | |
    environments: list<string> | |
    services: list<string> | |
    platforms: list<string> | |
    formats: list<string> | |
    native_ids: list<string> | | ids under which the writer knows this incident
    algo_version: int64 | | version of the grouping
    """,
)

_LOGS = _table(
    "logs",
    "a log line or breadcrumb",
    """
    event_id: string | | the event that it belongs to, where known
    source_id: string | |
    offset: int64 | bytes |
    ts: timestamp | UTC |
    level: string | |
    logger: string | |
    message: string | |
    fields: string | JSON |
    thread: string | |
    origin: string | | log, breadcrumb, console, ...
    parse_status: string | | ok, repaired, partial or raw
    """,
)

_METRICS = _table(
    "metrics",
    "a sample",
    """
    event_id: string | |
    source_id: string | |
    ts: timestamp | UTC |
    name: string | |
    labels: string | JSON |
    type: string | | counter, gauge, histogram, summary or unknown
    value: double | |
    """,
)

_MODULES = _table(
    "modules",
    "a loaded image",
    """
    event_id: string | |
    name: string | |
    path: string | |
    base: uint64 | address |
    size: uint64 | bytes |
    version: string | |
    code_id: string | |
    debug_id: string | |
    debug_file: string | |
    symbol_type: string | |
    unloaded: bool | |
    """,
)

_ANNOTATIONS = _table(
    "annotations",
    "a key and value",
    """
    event_id: string | |
    scope: string | | tag, context, extra, sdk, user, device, crashpad, ...
    key: string | | dotted path
    value: string | |
    """,
)

_FEEDBACK = _table(
    "feedback",
    "what a person said",
    """
    event_id: string | |
    ts: timestamp | UTC |
    name: string | |
    contact_masked: string | | the contact as written where its writer had masked it, else masked by us
    message: string | |
    origin: string | | the form that it came in
    """,
)

_FILES = _table(
    "files",
    "an input or a member of one",
    """
    source_id: string | |
    container_id: string | | the source_id of the archive or envelope around it, NA at depth 0
    depth: int64 | | 0 is an input
    path: string | | as named by its container, relative to the input
    bytes: int64 | bytes | its size; at depth 0 these add up to the input
    overhead_bytes: int64 | bytes | its bytes less its members': headers and padding; negative where it is compressed
    sha256: string | hex |
    media: string | |
    role: string | | what it is to its bundle
    description: string | |
    parse_status: string | | ok, partial, unknown, skipped, refused or quarantined
    reason: string | | why, where it is not ok, and what was noticed
    """,
)

_QUARANTINE = _table(
    "quarantine",
    "a piece that could not be read",
    """
    source_id: string | |
    offset: int64 | bytes |
    length: int64 | bytes |
    line: int64 | | 1-based, NA where the file has no lines
    reason: string | |
    """,
)

_RELATED = _table(
    "related",
    "a link between incidents",
    """
    incident_id: string | |
    other_id: string | |
    kind: string | | same trace, same request, similar or cause
    score: double | |
    why: string | |
    """,
)

_HYPOTHESES = _table(
    "hypotheses",
    "a run",
    """
    run_id: string | |
    incident_id: string | |
    engine: string | |
    model: string | |
    status: string | |
    created: timestamp | UTC |
    duration_ms: double | ms |
    attempts: int64 | |
    input_chars: int64 | characters |
    output_chars: int64 | characters |
    answer: string | JSON |
    error: string | |
    """,
)

TABLES: Final[dict[str, Table]] = {
    table.name: table
    for table in (
        _EVENTS,
        _STACKS,
        _FRAMES,
        _INCIDENTS,
        _LOGS,
        _METRICS,
        _MODULES,
        _ANNOTATIONS,
        _FEEDBACK,
        _FILES,
        _QUARANTINE,
        _RELATED,
        _HYPOTHESES,
    )
}


@cache
def empty(name: str) -> pa.Table:
    """The table of that name without rows."""
    return TABLES[name].schema.empty_table()


def to_pandas(table: pa.Table) -> pd.DataFrame:
    """Give an Arrow table as a DataFrame with Arrow-backed dtypes and a RangeIndex.

    Examples
    --------
    >>> str(to_pandas(empty("files"))["bytes"].dtype)
    'int64[pyarrow]'
    """
    frame: pd.DataFrame = table.to_pandas(types_mapper=pd.ArrowDtype)
    return frame


def markdown() -> str:
    """The page `triage/TABLES.md`."""
    lines = [
        "# The tables of a case",
        "",
        f"Schema version {SCHEMA_VERSION}. Made by `python -m triage.tables > triage/TABLES.md`; do not edit by hand.",
        "Every dtype is Arrow-backed (`string[pyarrow]` and so on). Every table exists for every case.",
    ]
    for table in TABLES.values():
        lines += ["", f"## {table.name}", "", f"One row is {table.row}.", "", "| column | dtype | unit | meaning |"]
        lines.append("|---|---|---|---|")
        for column in table.columns:
            dtype = str(TYPES[column.type]).replace("item: ", "")
            lines.append(f"| {column.name} | `{dtype}` | {column.unit} | {column.meaning} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(markdown(), end="")  # noqa: T201 - this is what the module prints when run
