"""The two passes over the files of a case: learn what must be masked, in the order of the paths; then mask.

Files are streamed. Members of an archive come in the order of the archive, and ordinals are given in the order of the
paths: where the two differ, members are held in memory by batches, and the archive is read once for each batch.
"""

from __future__ import annotations

import hashlib
import re
from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, NoReturn

from triage.redact.around import NOTHING, Around, framed
from triage.redact.blocks import iter_blocks
from triage.redact.documents import kind_of
from triage.redact.redactor import Redactor
from triage.share import leaving as leave
from triage.share.derived import Rows, wrapped

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    import pyarrow as pa

    from triage.redact.policy import Policy
    from triage.share.leaving import Leaving
    from triage.sources.inputs import Inputs
    from triage.sources.limits import Limits
    from triage.sources.source import Source
    from triage.stacks.settings import Rules

__all__ = (
    "Raw",
    "batches",
    "blocks",
    "each",
    "hashed",
    "learn",
    "learn_everything",
    "learn_name",
    "learn_rows",
    "mask",
    "masked_path",
    "masked_rows",
    "masked_text",
    "parts",
    "sniffed",
    "spellings",
)

_HELD: Final = 64 << 20
# A JSON document is masked as a whole up to this size, and line by line beyond it.
_DOCUMENT: Final = 64 << 20
# A whole document that is one.
_NUMBER: Final = re.compile(rb"\s{0,64}-?[0-9.eE+-]{1,400}\s{0,64}")
_HEAD: Final = 65_536
# Contexts are not nested deeper where people made them, and an address has dots of its own.
_MOST_PARTS: Final = 8
_BOM: Final = b"\xef\xbb\xbf"


class Raw(NamedTuple):
    """What a case was made of."""

    tables: dict[str, pa.Table]
    inputs: Inputs
    limits: Limits
    reader: str | None = None
    rules: Rules | None = None
    config: str | os.PathLike[str] | None = None

    def __repr__(self) -> str:
        return "<Raw>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("what a case was made of is not pickled or copied; load it where it is used")


def media_of(head: bytes, size: int, name: str = "") -> str | None:
    """What kind of text a file is to the rules, by its head and its name."""
    media = kind_of(head, name)
    return None if media in {"json", "xml"} and size > _DOCUMENT else media


def blocks(chunks: Iterable[bytes], media: str | None) -> Iterator[tuple[bytes, Around]]:
    """The chunks in blocks that end at line ends, and what stands around each; a document in one block."""
    if media in {"json", "xml"}:
        data = b"".join(chunks)
        if data:
            yield data, NOTHING
        return
    yield from framed(iter_blocks(chunks), bytes)


def each(
    raw: Raw,
    texts: Sequence[Leaving],
    handle: Callable[[Leaving, Iterator[bytes]], None],
    *,
    passed: Collection[str] = (),
) -> None:
    """Hand over the chunks of text files, in the order of their paths; without any, the input is not read."""
    if not texts:
        return
    place = {source: at for at, source in enumerate(raw.tables["files"]["source_id"].to_pylist())}
    order = [place[text.source_id] for text in texts]
    if order == sorted(order):
        _walk(raw, texts, handle, passed)
        return
    for batch in batches(texts):
        held: dict[str, list[bytes]] = {}
        if len(batch) == 1:
            _walk(raw, batch, handle, passed)
            continue
        hold = partial(_hold, held)
        _walk(raw, batch, hold, passed)
        for text in batch:
            if text.source_id in held:
                handle(text, iter(held.pop(text.source_id)))


def batches(texts: Sequence[Leaving], *, most: int = _HELD) -> Iterator[list[Leaving]]:
    """Neighbours that are small enough to be in memory together."""
    batch: list[Leaving] = []
    for text in texts:
        if batch and sum(each.bytes for each in batch) + text.bytes > most:
            yield batch
            batch = []
        batch.append(text)
    if batch:
        yield batch


def _hold(held: dict[str, list[bytes]], text: Leaving, chunks: Iterator[bytes]) -> None:
    held[text.source_id] = list(chunks)


def _walk(
    raw: Raw,
    texts: Iterable[Leaving],
    handle: Callable[[Leaving, Iterator[bytes]], None],
    passed: Collection[str],
) -> None:
    wanted = {text.source_id: text for text in texts}

    def visit(source: Source) -> None:
        text = wanted.get(source.source_id)
        if text is not None:
            handle(text, _without_mark(source.chunks()))

    leave.walk(raw.inputs, raw.limits, visit, passed=passed)


def _without_mark(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The chunks without a byte order mark, which no JSON may begin with."""
    first = True
    for chunk in chunks:
        yield chunk.removeprefix(_BOM) if first else chunk
        first = False


def learn_everything(
    raw: Raw, policy: Policy, *, key: bytes | None = None, without: Collection[str] = (), again: bool = True
) -> Redactor:
    """Pass 1 over a case: a redactor that knows what is found in it, whatever of it leaves, and has numbered nothing.

    Its heirs number what they mask. Files whose ids are in `without` are left out. Where the inputs are not read
    `again`, what is in the rows that were read of them is found.
    """
    redactor = Redactor(policy, key=key)
    textual = leave.texts(raw.inputs, raw.limits, strict=False, passed=without) if again else ()
    plan = [file for file in leave.plan(raw.tables, textual, apart=True) if file.source_id not in without]
    learn(redactor, raw, plan, Rows(raw.tables, plan, process=policy.minidump_memory), passed=without)
    for name in leave.names(raw.tables, {file.source_id for file in plan}.union(without)):
        learn_name(redactor, name)
    return redactor


def learn_rows(redactor: Redactor, plan: Iterable[Leaving], rows: Rows) -> None:
    """Learn the names of the files of a plan, and those that leave as rows, with the parts of the keys in these."""
    for file in plan:
        learn_name(redactor, file.path)
        if file.derived:
            for block in iter_blocks(rows.lines(file, {})):
                redactor.learn(block, place=file.path, media="ndjson")
            for part in sorted({part for key in rows.keys(file) for part in parts(key)}):
                redactor.learn_text(part)


def learn(redactor: Redactor, raw: Raw, plan: Sequence[Leaving], rows: Rows, *, passed: Collection[str] = ()) -> None:
    """Learn every value of the files of a plan, in the order of the paths and, within a file, of its bytes."""
    waiting = list(reversed(plan))

    def derived(until: Leaving | None) -> None:
        while waiting and waiting[-1] is not until:
            learn_rows(redactor, [waiting.pop()], rows)

    def text(file: Leaving, chunks: Iterator[bytes]) -> None:
        derived(file)
        waiting.pop()
        learn_name(redactor, file.path)
        media, chunks = sniffed(chunks, file.bytes, file.path)
        for block, around in blocks(chunks, media):
            redactor.learn(block, place=file.path, media=media, around=around)

    each(raw, [file for file in plan if not file.derived], text, passed=passed)
    derived(None)


def learn_name(redactor: Redactor, path: str) -> None:
    """Learn a path in all its spellings."""
    for spelled in spellings(path):
        redactor.learn_text(spelled)


def spellings(path: str) -> Iterator[str]:
    """A path, and its parts without their suffixes: `ada@example.org.log` is no address, but holds one.

    >>> list(spellings("a/b.tar.gz"))
    ['a/b.tar.gz', 'b.tar', 'b']
    """
    yield path
    for part in path.split("/"):
        while "." in part[1:]:
            part = part.rpartition(".")[0]  # noqa: PLW2901 - it is taken off piece by piece
            yield part


def parts(key: str) -> Iterator[str]:
    """What stands behind the dots of a key: those of nested contexts are joined, and one of them may be a value.

    >>> list(parts("peers.10.20"))
    ['10.20', '20']
    """
    for _ in range(_MOST_PARTS):
        _, dot, key = key.partition(".")
        if not dot:
            return
        yield key


def masked_path(redactor: Redactor, path: str) -> str:
    """A path as it is masked in what leaves, where it lies in a folder: `home/ada/app.log` names a person."""
    return redactor.text(f"{leave.ROOT}/{path}").removeprefix(f"{leave.ROOT}/")


def mask(
    redactor: Redactor,
    raw: Raw,
    plan: Sequence[Leaving],
    rows: Rows,
    write: Callable[[str, Leaving, Iterator[bytes]], None],
    read: dict[str, str] | None = None,
) -> dict[str, str]:
    """Pass 2: hand over every file under its masked name, in the order of the paths; gives the name by source.

    `read` takes in, by source, the SHA-256 of what was read of each text.
    """
    names = leave.Names()
    place: dict[str, str] = {}
    for file in plan:
        path = f"{leave.DERIVED}/{file.path}.json" if file.derived else file.path
        place[file.source_id] = names(redactor.text(path))
    everywhere = {source: place[file.source_id] for file in plan for source in file.covers}
    waiting = list(reversed(plan))

    def derived(until: Leaving | None) -> None:
        while waiting and waiting[-1] is not until:
            file = waiting.pop()
            if file.derived:
                name = place[file.source_id]
                write(name, file, masked_rows(redactor, rows.lines(file, everywhere), name))

    def text(file: Leaving, chunks: Iterator[bytes]) -> None:
        derived(file)
        waiting.pop()
        name, digest = place[file.source_id], hashlib.sha256()
        write(name, file, masked_text(redactor, hashed(chunks, digest), file.bytes, name))
        if read is not None:
            read[file.source_id] = digest.hexdigest()

    each(raw, [file for file in plan if not file.derived], text)
    derived(None)
    return everywhere


def hashed(chunks: Iterable[bytes], digest: hashlib._Hash) -> Iterator[bytes]:
    """The chunks, each taken into a digest as it goes by."""
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def masked_text(redactor: Redactor, chunks: Iterator[bytes], size: int, place: str) -> Iterator[bytes]:
    """One text file, masked."""
    media, chunks = sniffed(chunks, size, place)
    for block, around in blocks(chunks, media):
        yield redactor.mask(block, place=place, media=media, around=around).data


def masked_rows(redactor: Redactor, lines: Iterable[bytes], place: str) -> Iterator[bytes]:
    """The rows that were read of a file, masked, as one JSON document."""
    return wrapped(redactor.mask(block, place=place, media="ndjson").data for block in iter_blocks(lines))


def sniffed(chunks: Iterator[bytes], size: int, name: str) -> tuple[str | None, Iterator[bytes]]:
    """The kind of a text by its head, and its chunks again; a number is a document of JSON only by its name."""
    head: list[bytes] = []
    while sum(map(len, head)) < _HEAD:
        chunk = next(chunks, None)
        if chunk is None:
            break
        head.append(chunk)

    def again() -> Iterator[bytes]:
        yield from head
        head.clear()
        yield from chunks

    begun = b"".join(head)[:_HEAD]
    if name.endswith(".json") and _NUMBER.fullmatch(begun):
        return "json", again()
    return media_of(begun, size, name), again()
