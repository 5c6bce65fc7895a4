"""Checks of predictions on what stands beside the stacks: log lines, metrics, memory, modules, annotations."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa
import pyarrow.compute as pc

from triage.hypotheses.checks_scene import Checked, Row, Scene, among, by_share, event_ids, matches, rows_of

if TYPE_CHECKING:
    from triage.hypotheses import vocabulary as v

__all__ = ("annotation", "compared", "log", "memory", "metric", "module_state", "module_version", "several_versions")

_LEVELS: Final = ("debug", "info", "warning", "error", "fatal")
_NO_SYMBOLS: Final = frozenset({"-nosymbols-", "none", "-exported-"})
_NUMBER: Final = re.compile(r"[0-9]{1,18}|[A-Za-z]{1,40}")
# How often memory may be told in the values of one incident before only the newest are read.
_VALUES: Final = 20_000


def log(scene: Scene, asked: v.LogBefore) -> Checked:
    """A line was written shortly before the crash."""
    lines = scene.logs
    if not lines.num_rows:
        return Checked("cannot tell", "no log lines were read with these events")
    wanted = lines.filter(matches(lines["message"], asked.text))
    if asked.level is not None:
        worse = pa.array(_LEVELS[_LEVELS.index(asked.level) :], pa.string())
        wanted = wanted.filter(pc.fill_null(pc.is_in(wanted["level"], value_set=worse), fill_value=False))
    if not wanted.num_rows:
        said = "no log line of these events has that text" + (" at that level" if asked.level else "")
        return Checked("refuted", said)
    ends = scene.events.select(["event_id", "ts"]).rename_columns(["event_id", "crash"])
    timed = wanted.join(ends, "event_id", join_type="inner")
    timed = timed.filter(pc.and_(pc.is_valid(timed["ts"]), pc.is_valid(timed["crash"])))
    if not timed.num_rows:
        return Checked(
            "cannot tell", "a log line has that text, but when it was written is not known", rows_of("logs", wanted)
        )
    gap = pc.subtract(timed["crash"].cast(pa.int64()), timed["ts"].cast(pa.int64()))
    micros = min(int(asked.within_seconds * 1_000_000), 1 << 62)
    near = timed.filter(pc.and_(pc.greater_equal(gap, 0), pc.less_equal(gap, micros)))
    near = near.sort_by([("event_id", "ascending"), ("offset", "ascending")])
    said = f"a log line has that text within {asked.within_seconds:g} seconds before the crash"
    known = event_ids(among(lines, "event_id", ends["event_id"]))
    return by_share(
        len(event_ids(near)), len(known), said, rows_of("logs", near) or rows_of("logs", wanted), nothing=""
    )


def metric(scene: Scene, asked: v.MetricValue) -> Checked:
    """The last sample of a metric is above or below a value."""
    samples = scene.metrics.filter(matches(scene.metrics["name"], asked.name))
    if asked.labels is not None:
        samples = samples.filter(matches(samples["labels"], asked.labels))
    samples = samples.filter(pc.is_valid(samples["value"]))
    if not samples.num_rows:
        return Checked("cannot tell", "no sample of such a metric was read with these events")
    last = _last(samples)
    beyond = pc.greater if asked.is_ == "above" else pc.less
    hits = last.filter(pc.fill_null(beyond(last["value"], asked.value), fill_value=False))
    said = f"the last sample is {asked.is_} {asked.value:g}"
    rows = rows_of("metrics", hits) or rows_of("metrics", last)
    return by_share(len(event_ids(hits)), len(event_ids(last)), said, rows, nothing="no sample belongs to an event")


def _last(samples: pa.Table) -> pa.Table:
    """Of each series of each event the last sample."""
    ordered = samples.append_column("row", pa.array(range(samples.num_rows), pa.int64()))
    ordered = ordered.sort_by([("ts", "ascending"), ("row", "ascending")])
    ordered = ordered.set_column(ordered.num_columns - 1, "row", pa.array(range(ordered.num_rows), pa.int64()))
    rows = ordered.group_by(["event_id", "name", "labels"]).aggregate([("row", "max")])["row_max"]
    return ordered.take(pc.take(rows, pc.array_sort_indices(rows.combine_chunks())))


@cache
def _pairs() -> tuple[dict[str, str], ...]:
    """The entries of `checks_memory.toml`."""
    table = tomllib.loads(files("triage.hypotheses").joinpath("checks_memory.toml").read_text("utf-8"))
    return tuple(table["memory"])


def memory(scene: Scene, asked: v.MemoryNearLimit) -> Checked:
    """Memory in use is near what there is."""
    shares, rows = memory_shares(scene)
    near = {event for event, share in shares.items() if share >= asked.share}
    most = max(shares.values(), default=0.0)
    said = f"at least {asked.share:.0%} of the memory is in use (at most {most:.0%} is)"
    kept = [row for row in rows if row.key.get("event_id") in (near or shares)]
    return by_share(len(near), len(shares), said, kept, nothing="the events do not tell how much memory there is")


def memory_shares(scene: Scene, event: str | None = None) -> tuple[dict[str, float], list[Row]]:
    """The share of memory in use of each event that tells it, or of one, and the rows that do."""
    names = {name.lower() for pair in _pairs() for name in pair.values()}
    told: dict[str, dict[str, float]] = defaultdict(dict)
    rows: list[Row] = []
    short = pa.array(sorted(names), pa.string())
    for table, name, column in ((scene.annotations, "annotations", "key"), (scene.metrics, "metrics", "name")):
        if event is not None:
            table = among(table, "event_id", {event})  # noqa: PLW2901 - narrowed
        lower = pc.utf8_lower(table[column])
        ends = pc.is_in(lower, value_set=short)
        for dotted in sorted(names):
            ends = pc.or_(ends, pc.ends_with(lower, "." + dotted))
        held = table.filter(pc.fill_null(ends, fill_value=False))
        held = held.slice(max(held.num_rows - _VALUES, 0))
        rows += rows_of(name, held)
        for one, key, value in zip(*(held[name].to_pylist() for name in ("event_id", column, "value")), strict=True):
            number = _float(value)
            if one is not None and number is not None:
                for known in names:
                    if key.lower() == known or key.lower().endswith("." + known):
                        told[one][known] = number
    shares = {event: share for event, values in told.items() if (share := _share(values)) is not None}
    return shares, rows


def _share(values: dict[str, float]) -> float | None:
    """The share that the first pair that is whole tells."""
    for pair in _pairs():
        limit = values.get(pair["limit"].lower(), 0.0)
        if limit <= 0:
            continue
        if (used := values.get(pair.get("used", "").lower())) is not None and 0 <= used <= limit * 2:
            return used / limit
        if (left := values.get(pair.get("left", "").lower())) is not None and 0 <= left <= limit:
            return 1 - left / limit
    return None


def _float(value: object) -> float | None:
    """A number that is finite, of a cell."""
    try:
        number = float(value)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if abs(number) < 1e300 else None


def compared(left: str, right: str) -> int | None:
    """Compare two versions part by part: -1, 0 or 1; None where one holds no number.

    Examples
    --------
    >>> compared("1.10.0", "1.9"), compared("2.0", "2"), compared("2.0-rc1", "2.0"), compared("unknown", "1")
    (1, 0, -1, None)
    """
    parts = [_NUMBER.findall(version) for version in (left, right)]
    if not all(any(part.isdigit() for part in found) for found in parts):
        return None
    for ours, theirs in zip_longest(*parts, fillvalue=""):
        # A number is above nothing and above a word; a word (rc, beta) is below nothing.
        a, b = (_weight(part) for part in (ours, theirs))
        if a != b:
            return -1 if a < b else 1
    return 0


def _weight(part: str) -> tuple[int, int, str]:
    if part.isdigit():
        return (1, int(part), "")
    return (1, 0, "") if not part else (0, 0, part.lower())


def module_version(scene: Scene, asked: v.ModuleVersion) -> Checked:
    """The version of a module compared with another."""
    found = _modules(scene, asked.module)
    found = found.filter(pc.is_valid(found["version"]))
    if not found.num_rows:
        return Checked("cannot tell", "no module of that name with a version was read with these events")
    fits: dict[str, bool | None] = {}
    for version in found["version"].unique().to_pylist():
        order = compared(version, asked.version)
        fits[version] = None if order is None else _SIGNS[asked.is_](order)
    known = among(found, "version", {version for version, fit in fits.items() if fit is not None})
    hits = among(found, "version", {version for version, fit in fits.items() if fit})
    said = f"the version is {asked.is_} the given one (there {'is' if len(fits) == 1 else 'are'} {_listed(fits)})"
    rows = rows_of("modules", hits) or rows_of("modules", known)
    nothing = "the versions of that module hold no numbers to compare"
    return by_share(len(event_ids(hits)), len(event_ids(known)), said, rows, nothing=nothing)


_SIGNS: Final[dict[str, Any]] = {
    "=": lambda order: order == 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def _listed(values: Any) -> str:
    """Some values, bounded."""
    kept = [str(value)[:40] for value in list(values)[:5]]
    return ", ".join(kept) + (" ..." if len(values) > len(kept) else "")


def module_state(scene: Scene, asked: v.ModuleState) -> Checked:
    """A module is loaded, missing, unloaded or without symbols."""
    if not scene.modules.num_rows:
        return Checked("cannot tell", "no list of modules was read with these events")
    listed = event_ids(scene.modules)
    found = _modules(scene, asked.module)
    gone = pc.fill_null(found["unloaded"], fill_value=False)
    loaded = found.filter(pc.invert(gone))
    if asked.state == "missing":
        absent = listed - event_ids(loaded)
        rows = rows_of("modules", loaded) or tuple(Row("events", {"event_id": one}) for one in sorted(absent)[:10])
        return by_share(len(absent), len(listed), "no loaded module has that name", rows, nothing="")
    if asked.state == "without symbols":
        named = _of_frames(scene, asked)
        if named is not None:
            return named
        bare, known = _without_symbols(loaded)
        said, nothing = "the module is loaded without symbols", "whether that module has symbols is not told"
        return by_share(len(event_ids(bare)), len(event_ids(known)), said, rows_of("modules", bare), nothing=nothing)
    hits = loaded if asked.state == "loaded" else found.filter(gone)
    return by_share(
        len(event_ids(hits)), len(listed), f"the module is {asked.state}", rows_of("modules", hits), nothing=""
    )


def _of_frames(scene: Scene, asked: v.ModuleState) -> Checked | None:
    """Whether the frames of a module have names: the best that tells of its symbols; None where it has no frames."""
    frames = scene.frames.filter(pc.equal(scene.frames["frame_kind"], "frame"))
    frames = frames.filter(matches(frames["module"], asked.module))
    if not frames.num_rows:
        return None
    named = frames.filter(pc.is_valid(frames["function"]))
    said = f"{named.num_rows:,} of {frames.num_rows:,} frames of that module have a name"
    return Checked(
        "refuted" if named.num_rows else "supported", said, rows_of("frames", named if named.num_rows else frames)
    )


def _without_symbols(modules: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The modules without symbols, and those that say whether they have some."""
    kind = pc.utf8_lower(modules["symbol_type"])
    known = pc.is_valid(kind)
    bare = pc.fill_null(pc.is_in(kind, value_set=pa.array(sorted(_NO_SYMBOLS), pa.string())), fill_value=False)
    return modules.filter(pc.and_(known, bare)), modules.filter(known)


def several_versions(scene: Scene, asked: v.SeveralVersions) -> Checked:
    """One module in several versions."""
    found = _modules(scene, asked.module)
    found = found.filter(pc.is_valid(found["version"]))
    if not found.num_rows:
        return Checked("cannot tell", "no module of that name with a version was read with these events")
    by_name: dict[str, set[str]] = defaultdict(set)
    for name, version in zip(*(found[one].to_pylist() for one in ("name", "version")), strict=True):
        by_name[(name or "").lower()].add(version)
    name, versions = max(sorted(by_name.items()), key=lambda item: len(item[1]))
    if len(versions) > 1:
        rows = among(found, "version", versions)
        each = rows.group_by(["version"], use_threads=False).aggregate([("event_id", "first")])
        shown = tuple(
            row
            for version, event in zip(each["version"].to_pylist(), each["event_id_first"].to_pylist(), strict=True)
            for row in rows_of("modules", rows.filter(_both(rows, version, event)))[:1]
        )
        return Checked(
            "supported", f"it is loaded in {len(versions)} versions: {_listed(sorted(versions))}", shown[:10]
        )
    if len(event_ids(found)) == 1:
        return Checked("cannot tell", "it has one version, but there is one event only", rows_of("modules", found))
    return Checked("refuted", f"it has one version in all events: {_listed(versions)}", rows_of("modules", found))


def _both(rows: pa.Table, version: str, event: str) -> Any:
    return pc.and_(pc.equal(rows["version"], version), pc.equal(rows["event_id"], event))


def _modules(scene: Scene, name: str) -> pa.Table:
    """The modules of that name: by file name, or its stem."""
    return scene.modules.filter(matches(scene.modules["name"], name))


def annotation(scene: Scene, asked: v.Annotation) -> Checked:
    """A tag or the like has a value."""
    key = asked.key.lower()
    lower = pc.utf8_lower(scene.annotations["key"])
    named = pc.or_(pc.equal(lower, key), pc.ends_with(lower, "." + key))
    found = scene.annotations.filter(pc.fill_null(named, fill_value=False))
    found = found.filter(pc.is_valid(found["value"]))
    hits = found.filter(matches(found["value"], asked.value))
    rows = rows_of("annotations", hits) or rows_of("annotations", found)
    nothing = "no annotation of these events has that key"
    return by_share(len(event_ids(hits)), len(event_ids(found)), "the annotation has that value", rows, nothing=nothing)
