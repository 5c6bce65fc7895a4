"""What all tests share: where the samples and the corpus are, and how hard hypothesis tries."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.deciding import Desk

ROOT = Path(__file__).resolve().parent.parent

# No deadline: tests assert no clock. The same examples each time, so that `make test` means the same for everyone;
# HYPOTHESIS_PROFILE=soak looks for new ones.
settings.register_profile("default", deadline=None, max_examples=40, derandomize=True)
settings.register_profile("soak", deadline=None, max_examples=5_000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.fixture(autouse=True, scope="session")
def _cache_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Keep the tests out of the user's cache."""
    os.environ["TRIAGE_CACHE"] = str(tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder `sample_bundles/`."""
    return ROOT / "sample_bundles"


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The folder of real crash files beside the checkout; tests that need it are skipped where it is not."""
    folder = ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip("no ../shared/corpus beside this checkout: real crash files that cannot be published")
    return folder


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A store of three incidents (1 and 2; 3; 4) and its journal."""
    return Desk(tmp_path)


def pytest_collection_finish() -> None:
    """Leave what was imported and collected to no later collection of garbage: it would run inside of timed tests."""
    gc.collect()
    gc.freeze()
