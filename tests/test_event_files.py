"""Event files: where they lie, who may read them, what is refused, that nobody sees half of one."""

import os
import stat

import pytest

from triage.capture.event_files import array, file_name, folder_of, write
from triage.errors import SourceError

NAME = "1769390759123-5e20890e-shop.events.json"


def mode(path):
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.mark.parametrize(
    ("given", "folder"),
    [
        ("store", "store/.debugbundle/local/events"),
        ("store/.debugbundle", "store/.debugbundle/local/events"),
        ("store/.debugbundle/local", "store/.debugbundle/local/events"),
        ("store/.debugbundle/local/events", "store/.debugbundle/local/events"),
        ("deep/er/store", "deep/er/store/.debugbundle/local/events"),
    ],
)
def test_the_folder_of_the_events(tmp_path, given, folder):
    made = folder_of(tmp_path / given)
    assert made == tmp_path / folder
    assert mode(made) == 0o700
    assert folder_of(tmp_path / given) == made


def test_a_folder_that_holds_event_files_is_taken_as_it_is(tmp_path):
    (tmp_path / NAME).write_text("[]")
    assert folder_of(tmp_path) == tmp_path


def test_files_are_private_and_whole(tmp_path):
    old = os.umask(0)
    try:
        folder = folder_of(tmp_path)
        written = write(folder, NAME, array([b"{}", b"{}"]), events=2)
    finally:
        os.umask(old)
    assert (mode(written.path), mode(folder), mode(folder.parent)) == (0o600, 0o700, 0o700)
    assert written.path.read_bytes() == b"[{},\n{}]\n"
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_the_same_again_is_kept(tmp_path):
    folder = folder_of(tmp_path)
    assert write(folder, NAME, b"[]\n", events=0).is_new
    before = (folder / NAME).stat()
    assert not write(folder, NAME, b"[]\n", events=0).is_new
    assert (folder / NAME).stat().st_mtime_ns == before.st_mtime_ns
    assert write(folder, NAME, b"[1]\n", events=1).is_new


@pytest.mark.parametrize("place", ["", ".debugbundle", ".debugbundle/local", ".debugbundle/local/events"])
def test_links_in_the_place_of_folders_are_refused(tmp_path, place):
    store, elsewhere = tmp_path / "store", tmp_path / "elsewhere"
    elsewhere.mkdir()
    if not place:
        store.symlink_to(elsewhere)
        # the store itself may be reached by a link: the user named it
        assert folder_of(store).is_dir()
        return
    (store / place).parent.mkdir(parents=True)
    (store / place).symlink_to(elsewhere)
    with pytest.raises(SourceError, match="link or no folder"):
        folder_of(store)
    assert not list(elsewhere.iterdir())


def test_a_link_in_the_place_of_a_file_is_refused(tmp_path):
    folder = folder_of(tmp_path / "store")
    victim = tmp_path / "victim"
    victim.write_text("mine")
    (folder / NAME).symlink_to(victim)
    with pytest.raises(SourceError, match="nothing is written through it"):
        write(folder, NAME, b"[]\n", events=0)
    assert victim.read_text() == "mine"
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_store_that_cannot_be_made_says_so(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError):
        folder_of(tmp_path / "file")
    with pytest.raises(SourceError):
        folder_of(tmp_path / "file" / "below")


def test_names():
    assert file_name("a.log", ["x"], 0, "ä b/c..d") == file_name("a.log", ["x"], -5, "ä b/c..d")
    assert file_name("a.log", ["x"], 1_999, "../../etc").endswith("-..-..-etc.events.json")
    assert file_name("a.log", ["x"], 1_999, "").startswith("1-")
    assert len(file_name("a.log", ["x"], 0, "s" * 5_000)) < 140
    assert file_name("a.log", ["x"], 0, "s") != file_name("b.log", ["x"], 0, "s")
