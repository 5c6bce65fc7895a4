import pytest

from triage.formats import platforms


@pytest.mark.parametrize(
    ("word", "name"),
    [("darwin", "macOS"), ("Windows_NT", "Windows"), ("LINUX", "Linux"), ("Haiku", "Haiku"), ("", None), (None, None)],
)
def test_systems(word, name):
    assert platforms.system(word) == name


@pytest.mark.parametrize(
    ("word", "name"), [("AMD64", "x86_64"), ("aarch64", "arm64"), ("i686", "x86"), ("arm", "arm"), (None, None)]
)
def test_architectures(word, name):
    assert platforms.architecture(word) == name
