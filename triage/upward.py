"""What belongs to a project, found as git finds `.git`: upward from the working directory, never inside an input."""

from __future__ import annotations

import glob
import os
from collections.abc import Callable, Iterable
from pathlib import Path

__all__ = ("find", "inside", "is_inside", "is_there")

Places = Iterable[str | os.PathLike[str]]


def find(
    name: str,
    start: str | os.PathLike[str] | None = None,
    *,
    outside: Places = (),
    is_it: Callable[[Path], bool] = Path.is_file,
) -> Path | None:
    """The nearest file (or what `is_it` says) of that name from a folder upward, None where there is none.

    Parameters
    ----------
    name
        What it is called.
    start
        Default: the working directory.
    outside
        The inputs: what lies inside one of them is passed over.
    is_it
        Whether a path is what is looked for.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     below = Path(folder, "a", "b")
    ...     below.mkdir(parents=True)
    ...     _ = Path(folder, "it.toml").write_text("")
    ...     find("it.toml", below).name, find("it.toml", below, outside=[folder])
    ('it.toml', None)
    """
    folder = Path(start if start is not None else Path.cwd()).resolve()
    inputs = _folders(outside)
    for place in (folder, *folder.parents):
        candidate = place / name
        if _is(candidate, is_it) and not _within(candidate, inputs):
            return candidate
    return None


def inside(
    name: str,
    outside: Places,
    start: str | os.PathLike[str] | None = None,
    *,
    is_it: Callable[[Path], bool] = Path.is_file,
) -> Path | None:
    """The nearest one that `find` passes over because it lies inside an input, to tell people of it."""
    folder = Path(start if start is not None else Path.cwd()).resolve()
    inputs = _folders(outside)
    candidates = [place / name for place in (folder, *folder.parents)] + [place / name for place in inputs]
    return next((each for each in candidates if _is(each, is_it) and _within(each, inputs)), None)


def is_inside(path: Path, outside: Places) -> bool:
    """Whether a path lies inside an input."""
    return _within(path, _folders(outside))


def is_there(path: Path) -> bool:
    """Whether a path is there, as far as whoever asks may know."""
    return _is(path, Path.exists)


def _is(path: Path, is_it: Callable[[Path], bool]) -> bool:
    """Whether it is what is looked for; a folder that nobody may look into holds nothing."""
    try:
        return is_it(path)
    except (OSError, ValueError):
        return False


def _folders(places: Places) -> list[Path]:
    """The inputs as `triage.load` takes them: paths, and patterns where no such path is."""
    found: list[Path] = []
    for place in (os.fspath(place) for place in places):
        path = Path(place) if _is(Path(place), Path.exists) else Path(place).expanduser()
        is_pattern = glob.has_magic(place) and not _is(path, Path.exists)
        matches = glob.glob(place, recursive=True) if is_pattern else [path]  # noqa: PTH207
        found += [Path(match).resolve() for match in matches if place]
    return found


def _within(path: Path, folders: list[Path]) -> bool:
    # The link decides, not what it leads to: whoever wrote the input wrote the link.
    place = path.parent.resolve() / path.name
    return any(place.is_relative_to(folder) for folder in folders)
