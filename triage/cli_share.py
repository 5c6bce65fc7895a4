"""The commands about what leaves: `triage redact`, `verify`, `audit`, `notebook clean`.

They print masked text only: file names, kinds and counts, never a value. Exit codes are those of `triage.cli`.
"""

from __future__ import annotations

import os
import re
import stat
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from triage import upward
from triage.console import (
    Exit,
    Input,
    Printed,
    Reader,
    Style,
    Zone,
    complain,
    load,
    print_frame,
    print_rows,
    progress,
    say,
    source,
    worded,
)
from triage.errors import SourceError, TriageError
from triage.share.printable import plural, printable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from triage.redact.policy import Policy
    from triage.share.decisions import Decisions
    from triage.share.notebooks import Hit

__all__ = ("PolicyFile", "app", "chosen_policy")

app = typer.Typer()
notebook = typer.Typer(help="Notebooks on their way into git.", no_args_is_help=True)
app.add_typer(notebook, name="notebook")

KEY_BYTES: Final = 16
_STDIN: Final = "standard input"
PolicyFile = Annotated[
    Path | None,
    typer.Option(
        "--policy",
        help="A TOML file with the policy (as triage.toml); only one that is named may weaken a rule, and what "
        "a triage.toml adds holds beside it.",
    ),
]


@app.command()
def redact(  # noqa: PLR0913, PLR0917 - one option each for what a reviewer may decide
    path: Input,
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The archive to write (tar.gz).")] = None,
    approve_as: Annotated[str | None, typer.Option(help="Your name: you reviewed it, and it may leave.")] = None,
    skip: Annotated[list[str] | None, typer.Option(help="A file that you did not look at; recorded.")] = None,
    unmask: Annotated[
        list[str] | None, typer.Option(help="A mask whose value leaves as it is, and why.", metavar="MASK=REASON")
    ] = None,
    drop: Annotated[
        list[str] | None, typer.Option(help="A file that stays here, and why.", metavar="FILE=REASON")
    ] = None,
    original: Annotated[
        list[str] | None, typer.Option(help="A binary file that leaves as it is, and why.", metavar="FILE=REASON")
    ] = None,
    policy: PolicyFile = None,
    key_file: Annotated[
        Path | None, typer.Option(help="A key of your own: masks of one key can be linked across archives.")
    ] = None,
    incident: Annotated[str | None, typer.Option(help="Only this incident; ids: `triage incidents`.")] = None,
    reader: Reader = None,
    zone: Zone = None,
    show: Annotated[
        list[str] | None, typer.Option(help="Print a file of the list as it would leave, and save nothing.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would leave.")] = False,
) -> None:
    """Mask secrets and personal data, and save what you approve as one archive.

    Without --approve-as it lists the files that would leave and what was masked in them, and saves nothing; with
    --show it prints their masked text.
    """
    if show and approve_as is not None:
        raise TriageError("--show prints and saves nothing; look at the files first, then say --approve-as NAME")
    from triage.share.approval import OWN
    from triage.share.decisions import Decisions, check

    def decisions(names: Collection[str] = ()) -> Decisions:
        return Decisions(
            skip=frozenset(skip or ()),
            unmask=_reasons(unmask, "--unmask"),
            drop=_reasons(drop, "--drop", names),
            originals=_reasons(original, "--original", names),
        )

    decisions()  # what is wrong by itself is told before the work
    target = None if approve_as is None or dry_run else _target(out, path, approve_as)
    chosen, key = chosen_policy(policy, [path]), _key(key_file, path)
    redacted = load(path, reader, zone=zone).redact(policy=chosen, incident=incident, key=key)
    try:
        if show:
            _print_texts(redacted, show)
            return
        decided = decisions(redacted.working.members)
        if redacted.working.members:
            check(redacted.working, decided)
        _print_files(redacted, decided)
        if target is None or approve_as is None:
            say(
                "\nnothing was saved"
                + ("" if dry_run else "; look at it (--show FILE), then say --approve-as NAME -o OUT")
            )
            return
        archive = redacted.approve(
            by=approve_as, skip=decided.skip, unmask=decided.unmask, drop=decided.drop, originals=decided.originals
        )
        written = archive.save(target)
        files = plural(len(archive.files) - len(OWN), "file")
        say(f"\nsaved {written}: {files}, {archive.size:,} bytes, sha256 {archive.digest}")
    finally:
        redacted.close()


@app.command()
def verify(path: Annotated[Path, typer.Argument(help="An archive that triage saved.", metavar="OUT")]) -> None:
    """Check an archive that triage saved: its digests, and the record of its review.

    Digests prove that nothing has changed since, not who approved it.
    """
    from triage.share.archive import verify as check

    checked = check(path)
    for problem in checked.problems:
        complain(problem)
    if not checked.ok:
        raise typer.Exit(Exit.bad_input)
    say(f"what was reviewed: {plural(checked.files, 'file')}, approved by {checked.by} at {checked.when}")
    say(f"sha256 {checked.digest}")


@app.command()
def audit(path: Input, policy: PolicyFile = None, style: Printed = Style.table) -> None:
    """Look for secrets and personal data in what is on disk already: a store, notebook, folder, archive, journal.

    Says where and of which kind, never what. Exit code 5 when something is found, 4 when something could not be looked
    into, 0 when all is clean.
    """
    from triage.share.audit import scan

    chosen = chosen_policy(policy, [path])
    with progress() as advance:
        report = scan(source(path), policy=chosen, progress=advance)
    if len(report.findings) or style is not Style.table:
        print_frame(report.findings, style, None)
    for name, reason in report.unread:
        complain(f"not looked into: {name}: {reason}")
    looked = f"{plural(report.files, 'file')}, {report.bytes:,} bytes"
    if len(report.findings):
        complain(f"{plural(len(report.findings), 'finding')} in {looked}")
        raise typer.Exit(Exit.secrets)
    if report.unread:
        complain(f"nothing found in {looked}, but {plural(len(report.unread), 'piece')} could not be looked into")
        raise typer.Exit(Exit.bad_input)
    if style is Style.table:
        say(f"clean: {looked}")


@notebook.command()
def clean(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Notebooks to rewrite; without one, standard input to output.")
    ] = None,
    policy: PolicyFile = None,
) -> None:
    """Drop widget state and timing, make ids stable, and refuse notebooks in which something secret stands.

    A git filter (git config filter.triage-notebook.clean "triage notebook clean"; in .gitattributes: *.ipynb
    filter=triage-notebook) and a pre-commit hook. With a finding nothing is written and the exit code is 5, which goes
    before that of a file that is no notebook; the other files are cleaned.
    """
    chosen = chosen_policy(policy, [])
    found, wrong = False, 0
    names: list[Path | None] = list(files) if files else [None]
    for name in names:
        try:
            found = _cleaned(name, chosen) or found
        except TriageError as error:  # the others are cleaned all the same
            complain(worded(str(error)))
            wrong = wrong or (Exit.not_found if isinstance(error, SourceError) else Exit.bad_input)
    if found or wrong:
        raise typer.Exit(Exit.secrets if found else wrong)


def _cleaned(name: Path | None, policy: Policy) -> bool:
    """Clean one notebook; whether it was not written for what was found in it."""
    from triage.share.notebooks import clean as cleaned

    shown = _STDIN if name is None else str(name)
    data = sys.stdin.buffer.read() if name is None else _bytes(name)
    try:
        result = cleaned(data, policy=policy)
    except TriageError as error:
        raise type(error)(f"{shown}: {error}") from None
    if result.unread:
        places = "; ".join(result.unread[:3]) + " ..." * (len(result.unread) > 3)
        complain(f"{shown}: not looked into: {plural(len(result.unread), 'picture or file')} in base64 ({places})")
    if result.hits:
        _print_hits(shown, result.hits)
    elif name is None:
        sys.stdout.buffer.write(result.data)
        sys.stdout.buffer.flush()
    elif result.data != data:
        _replace(name, result.data)
        say(f"cleaned {name}")
    return bool(result.hits)


def chosen_policy(file: Path | None, inputs: Sequence[str]) -> Policy:
    """The policy that was named, which settings found upward only strengthen, else that of these.

    Settings in an input are told of.
    """
    from triage import config
    from triage.redact.policy import Policy

    if file is not None:
        return Policy.from_file(file)
    places = [place for place in inputs if place != "-"]
    if passed := config.inside(places):
        complain(f"{passed} lies inside the input and was not applied; to apply it: --policy {passed}")
    return config.load_policy(outside=places)


def _key(file: Path | None, path: str) -> bytes | None:
    """The key in a file, without the line end that editors put there; refused where the file itself would leave."""
    if file is None:
        return None
    if path != "-" and any(upward.is_inside(place, [path]) for place in (file, file.resolve())):
        raise TriageError(f"the key {file} lies inside of what is to leave; move it out, and redact again")
    key = _bytes(file).strip(b"\r\n")
    if len(key) < KEY_BYTES:
        raise TriageError(f"the key in {file} is shorter than {KEY_BYTES} bytes; make one: openssl rand -hex 32")
    return key


def _reasons(pairs: Iterable[str] | None, option: str, names: Collection[str] = ()) -> dict[str, str]:
    """`WHAT=REASON` as a mapping; a reason has to be there. A name may hold an equals sign: the longest one decides."""
    found = {}
    for number, pair in enumerate(pairs or (), 1):
        begun = [pair[: each.start()] for each in re.finditer("=", pair)]
        known = [name for name in begun if name in names]
        what = known[-1] if known else pair.partition("=")[0]
        equals, reason = pair[len(what) :][:1], pair[len(what) + 1 :]
        if not (what.strip() and equals and reason.strip()):
            raise TriageError(f"{option} number {number} has no reason; write {option} WHAT=REASON")
        found[what] = reason.strip()
    return found


def _target(out: Path | None, path: str, approve_as: str) -> Path:
    """Where the archive goes; refused, before the work, where it cannot or should not go."""
    if not approve_as.strip():
        raise TriageError("--approve-as is empty; say who reviewed it")
    if out is None:
        raise TriageError("there is no place to save it to; name one: -o OUT.tar.gz")
    from triage.share import saving

    if str(out) == "-":
        raise TriageError("an archive is not printed; name a file: -o OUT.tar.gz")
    saving.target(out, lambda chosen: path != "-" and Path(path).exists() and chosen.samefile(path))
    if not out.resolve().parent.is_dir():
        raise SourceError(f"there is no folder {out.parent}; make it, or name another place")
    return out


def _print_files(redacted: Any, decided: Decisions) -> None:
    """What would leave as it was decided, the masks by kind, and what does not leave and why."""
    from triage.share.marks import kind_of
    from triage.share.printable import size_of

    totals: Counter[str] = Counter()
    rows = []
    for name, member in sorted(redacted.working.members.items()):
        if name in decided.drop:
            continue
        kinds: Counter[str] = Counter()
        for mask, count in member.marks.counts().items():
            kinds[kind_of(mask)] += count if mask not in decided.unmask else 0
        told = [f"{count} {kind}" for kind, count in sorted((+kinds).items())]
        told += ["its original as well"] if name in decided.originals else []
        rows.append((name, size_of(member.piece.bytes), ", ".join(told) or member.left_out or "nothing found"))
        totals += kinds
    print_rows(["file", "size", "masked"], rows)
    say("masked in all: " + (", ".join(f"{count:,} {kind}" for kind, count in sorted(totals.items())) or "nothing"))
    absent = [(name, f"dropped: {reason}") for name, reason in sorted(decided.drop.items())]
    for name, reason in [*absent, *redacted.working.missing]:
        say(f"does not leave: {name}: {reason}")
    if told := redacted.working.kept_ids:
        say(told)


def _print_texts(redacted: Any, names: Sequence[str]) -> None:
    """The masked text of files of the list, page by page, with the name of each above it where there are several."""
    from triage.share.review import Review

    review = Review(redacted)
    paths = [str(file["path"]) for file in review.summary()["files"]]
    numbers = [_number(paths, name) for name in names]
    shown: Callable[[str], str] = printable if sys.stdout.isatty() else str
    for number in numbers:
        if len(numbers) > 1:
            say(f"==> {paths[number]} <==")
        text, page, pages = "", 0, 1
        while page < pages:
            told = review.page(number, page)
            text, page, pages = told["text"], page + 1, told["pages"]
            sys.stdout.write(shown(text))
        sys.stdout.write("" if text.endswith("\n") or not text else "\n")


def _number(paths: Sequence[str], name: str) -> int:
    """Which file has that name; what was given is not said again, as the name of a file may be masked."""
    found = [number for number, path in enumerate(paths) if path == name]
    found = found or [number for number, path in enumerate(paths) if path.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    told = "several files end" if found else "no file that would leave ends"
    raise TriageError(f"--show: {told} in that name; there are {', '.join(paths[:20])}{', ...' * (len(paths) > 20)}")


def _print_hits(name: str, hits: Iterable[Hit]) -> None:
    """The findings of a notebook, and what to do."""
    for hit in hits:
        complain(f"{name}: {hit.place}, line {hit.line}: {hit.kind} ({hit.bucket} characters, {hit.rule})")
    complain(f"{name}: not written; take these out, or name a policy that allows them: --policy FILE")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror}; check the name") from None


def _replace(path: Path, data: bytes) -> None:
    """Write a file anew as a whole: a temporary name beside it, then a rename; its mode stays."""
    target = path.resolve()  # a link stays a link
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", suffix=".part", dir=target.parent)
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(stat.S_IMODE(target.stat().st_mode))
        temporary.replace(target)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise TriageError(f"cannot write {path}: {error.strerror}; it was left as it was") from None
