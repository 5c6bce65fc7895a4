"""What is already on disk, looked through for what earlier redaction missed: a store, a notebook, a folder, a journal.

Every file, and every member of every archive, is read where it lies (nothing is extracted, `Limits` hold) and scanned
by the engine as it is: text in blocks, binary files by their printable runs, names, and what stands in the headers of
archives. It is read twice: the first time to learn the values, so that one which is plainly a secret in one place is
found in all the others. What is reported is where and of which kind; a value is in no column, name or message.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyarrow as pa

from triage.records import Records
from triage.redact.around import NOTHING, Around, framed
from triage.redact.blocks import iter_blocks
from triage.redact.decoding.attached import ATTACHMENT, what_begins
from triage.redact.masks import MASK, bucket
from triage.redact.redactor import Redactor
from triage.share import headers, packs
from triage.share.passes import learn_name, masked_path
from triage.share.runs import Piece, pieces
from triage.sources import archives
from triage.sources.compression import has_zstd
from triage.sources.context import Context
from triage.sources.inputs import Inputs
from triage.sources.limits import Limits
from triage.sources.reader import Feed
from triage.sources.source import OverLimitError, Source
from triage.tables import to_pandas

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

    import pandas as pd

    from triage.redact.findings import Finding
    from triage.redact.policy import Policy

__all__ = ("COLUMNS", "Report", "audit", "scan")

COLUMNS: Final = pa.schema(
    [
        ("path", pa.string()),
        ("line", pa.int64()),
        ("offset", pa.int64()),
        ("length", pa.int64()),
        ("kind", pa.string()),
        ("rule", pa.string()),
        ("bucket", pa.string()),
        ("where", pa.string()),
    ]
)
TEXT: Final = "text"
NAME: Final = "file name"
HEADER: Final = "archive metadata"
_LIMITS: Final = Limits()
# Owners that name nobody; every other owner of a member is a person or a machine.
_NOBODY: Final = frozenset(
    b"root wheel staff users user nobody nogroup daemon bin adm sys runner docker admin administrators none".split()
)
_IN: Final = "!/"  # between a container and its member
_PASSED: Final = ("a symbolic link", "a hard link", "a device", "a FIFO", "a device, FIFO or socket")


@dataclass(frozen=True, slots=True)
class Report:
    """What an audit found, and what it could not look into.

    Attributes
    ----------
    findings : DataFrame
        As `audit` gives it.
    unread : tuple of (str, str)
        The path (masked) of what could not be looked into, and why.
    files, bytes : int
        Files at depth 0 and their bytes.
    """

    findings: pd.DataFrame
    unread: tuple[tuple[str, str], ...]
    files: int
    bytes: int


def audit(
    path: Any,
    *,
    policy: Policy | None = None,
    config: str | os.PathLike[str] | None = None,
    limits: Limits = _LIMITS,
    progress: Callable[[str, int], None] | None = None,
) -> pd.DataFrame:
    """Scan what is on disk for secrets and personal data.

    Parameters
    ----------
    path
        What `triage.load` takes: a file, folder, archive, pattern, bytes, or a list of them.
    policy
        What to look for, beside what `triage.toml` adds, found upward from the working directory and outside the input.
    config
        Another settings file than the one that is found.
    limits
        Bounds on what is read; what is over them is in ``attrs["unread"]``.
    progress
        Called after each input with its path and the bytes read so far in all.

    Returns
    -------
    DataFrame
        One row per finding, in the order of paths and offsets; empty where everything is clean. path (string; masked
        itself, a member stands behind ``!/``), line (int64, 1-based, NA where there are no lines), offset and length
        (int64, bytes in the file, for names in the name, for headers in the unpacked archive), kind, rule, bucket (of
        the length of the value), where ("text", "file name" or "archive metadata"). ``attrs["unread"]`` lists path and
        reason of what could not be looked into.

    Raises
    ------
    SourceError
        There is nothing at that path, or a stream is too long to be read twice.

    Examples
    --------
    >>> found = audit(b"start\\nlogin with password=orchard-9-plums\\n")
    >>> found[["line", "kind", "where"]].to_numpy().tolist()
    [[2, 'password', 'text']]
    """
    report = scan(path, policy=policy, config=config, limits=limits, progress=progress)
    report.findings.attrs["unread"] = [list(pair) for pair in report.unread]
    return report.findings


def scan(
    path: Any,
    *,
    policy: Policy | None = None,
    config: str | os.PathLike[str] | None = None,
    limits: Limits = _LIMITS,
    progress: Callable[[str, int], None] | None = None,
) -> Report:
    """See `audit`; with what could not be looked into."""
    from triage.config import load_policy, strengthened

    inputs = Inputs(path)
    outside = inputs.location.splitlines()
    policy = load_policy(config, outside=outside) if policy is None else strengthened(policy, config, outside=outside)
    redactor = Redactor(policy)
    first = _Walk(redactor, learn=True, progress=progress)
    first.walk(inputs, limits)
    second = _Walk(redactor, learn=False, progress=progress, total=first.total)
    files = second.walk(inputs, limits)
    unread = (*_unread(files, redactor), *second.unread)
    top = [row["bytes"] for row in files if row["depth"] == 0]
    found = to_pandas(pa.table(second.columns, COLUMNS))
    return Report(findings=found, unread=unread, files=len(top), bytes=sum(top))


@dataclass(slots=True)
class _Walk:
    """One way through an input: to learn its values, or to find what is left of them."""

    redactor: Redactor
    learn: bool
    progress: Callable[[str, int], None] | None = None
    columns: dict[str, list[Any]] = field(default_factory=lambda: {name: [] for name in COLUMNS.names})
    total: int = 0
    unread: list[tuple[str, str]] = field(default_factory=list)
    _paths: dict[str, str] = field(default_factory=dict)
    _histories: dict[str, None] = field(default_factory=dict)

    def walk(self, inputs: Inputs, limits: Limits) -> list[dict[str, Any]]:
        """Go through all of it; the rows of `files`."""
        records = Records()
        context = Context(records=records, limits=limits, read=self)
        for source in inputs.walk(context):
            self(source)
        # A history is one thing that nobody looked into, however many objects it has.
        self.unread += [(home, packs.HISTORY) for home in self._histories]
        rows: list[dict[str, Any]] = records.finish()["files"].to_pylist()
        return rows

    def __call__(self, source: Source) -> None:
        """Look at one file and at what is in it; what is refused elsewhere for its name is looked at all the same."""
        outer = self._paths.get(source.container_id or "")
        path = source.path if self.learn else masked_path(self.redactor, source.path)
        path = f"{outer}{_IN}{path}" if outer else path
        if self.learn:
            learn_name(self.redactor, source.path)
        self._look(Piece(source.path.encode("utf-8", "surrogatepass")), path, NAME)
        try:
            self._paths[source.source_id] = path
            if not self._container(source, path):
                self._content(source, path)
            source.drain()
        except OverLimitError as error:
            source.parse_status = "quarantined"
            source.note(str(error))
        finally:
            del self._paths[source.source_id]
        source.close()
        if self.progress and source.depth == 0:
            self.total += source.taken
            # While it learns, the redactor itself would have to be made anew for each name.
            shown = Redactor(self.redactor.policy) if self.learn else self.redactor
            self.progress(masked_path(shown, source.path), self.total)

    def _container(self, source: Source, path: str) -> bool:
        """Read the members of a container, and its headers; False where the source is none."""
        kind = archives.is_archive(source.head)
        if kind == "zip":
            for header in headers.zip_comments(source.data()):
                self._header(header, path)
        if kind in {None, "zip"} or (kind == "zst" and not has_zstd()) or source.depth >= source.limits.nesting:
            return archives.read(source)
        if kind == "gz":
            for header in headers.gzip_headers(source.head):
                self._header(header, path)
        container = headers.Told(source, lambda header: self._header(header, path))
        if kind == "tar":
            container.read_tar(Feed(source.chunks(), container.gauge))
        else:
            container.read_compressed(str(kind))
        return True

    def _content(self, source: Source, path: str) -> None:
        """Look at the content of what is no container, and say of what is packed that it was not looked into."""
        behind = packs.Behind(source.head)
        if (home := packs.history(path, source.head)) is not None:
            self._histories.setdefault(home)
        elif packs.is_stream(source.head):
            source.parse_status = "unknown"
            source.note(packs.STREAM)
        elif source.head.startswith(b"PAR1"):
            source.parse_status = "unknown"
            source.note("a Parquet file: its compressed columns are not looked into; export it as NDJSON for that")
        elif what := what_begins(source.head):
            source.parse_status = "unknown"
            source.note(f"{what}: only its printable strings were read; look at it yourself")
        found = pieces(behind.watch(source.chunks()), source.encoding, iter_blocks)
        for piece, around in framed(found, lambda piece: piece.data):
            self._look(piece, path, TEXT, around)
        if reason := behind.reason:
            source.parse_status = "unknown"
            source.note(reason)

    def _header(self, header: headers.Header, path: str) -> None:
        """Look at a field of a header; an owner's name is one by where it stands."""
        if header.name not in {"uname", "gname"}:
            self._look(Piece(header.value, header.offset), path, HEADER)
        elif header.value.lower() not in _NOBODY and not MASK.fullmatch(header.value):
            if self.learn:
                return
            size = bucket(len(header.value.decode("utf-8", "replace")))
            self._row(path, None, header.offset, len(header.value), "username", f"tar:{header.name}", size, HEADER)

    def _look(self, piece: Piece, path: str, where: str, around: Around = NOTHING) -> None:
        if not piece.data:
            return
        if self.learn:
            self.redactor.learn(piece.data, place=path, around=around)
            return
        for finding in self.redactor.residue(piece.data, place=path, around=around):
            self._found(finding, piece, path, where)

    def _found(self, finding: Finding, piece: Piece, path: str, where: str) -> None:
        line = None if piece.line is None else piece.line + finding.line - 1
        offset, length = piece.spot(finding.offset, finding.length)
        if finding.kind == ATTACHMENT:
            at = f"offset {offset:,}" if line is None else f"line {line:,}"
            self.unread.append((path, f"{at}: a file of {length:,} letters in base64; look at it yourself"))
            return
        self._row(path, line, offset, length, finding.kind, finding.rule, finding.bucket, where)

    def _row(self, path: str, *values: Any) -> None:
        for name, value in zip(COLUMNS.names, (path, *values), strict=True):
            self.columns[name].append(value)


def _unread(files: list[dict[str, Any]], redactor: Redactor) -> Iterator[tuple[str, str]]:
    """What could not be looked into, with the reason. Links and devices hold nothing of their own."""
    rows = {row["source_id"]: row for row in files}
    for row in files:
        status, reason = row["parse_status"], row["reason"] or ""
        passed = status == "refused" and (row["bytes"] or reason.startswith(_PASSED))
        if status not in {"quarantined", "unknown", "partial", "refused"} or passed:
            continue
        path, outer = masked_path(redactor, row["path"]), rows.get(row["container_id"])
        while outer:
            path, outer = f"{masked_path(redactor, outer['path'])}{_IN}{path}", rows.get(outer["container_id"])
        yield path, redactor.text(reason)
