"""What programs call a signal, and the numbers of signals on a system that is not known."""

from __future__ import annotations

import pytest

from triage.formats.traces.signal_names import number, numbered, spoken, words


@pytest.mark.parametrize("said", ["Segmentation fault", "SEGMENTATION FAULT", "Segfault", "memory fault"])
def test_case_and_wording_do_not_count(said: str) -> None:
    assert spoken(said) == "SIGSEGV"


def test_what_the_c_library_says_of_a_signal_is_known() -> None:
    import signal

    crashes = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGSYS")
    told = {name: signal.strsignal(getattr(signal, name)) for name in crashes if hasattr(signal, name)}
    assert {name: spoken((text or "").partition(":")[0]) for name, text in told.items()} == {
        name: name for name in told
    }


@pytest.mark.parametrize("said", [None, "", "Segmentation", "a segmentation fault", "Out of memory"])
def test_other_words_are_no_signal(said: str | None) -> None:
    assert spoken(said) is None


def test_every_phrase_is_written_as_it_is_looked_up() -> None:
    assert all(spoken(phrase) == signal for phrase, signal in words().items())


def test_numbers_go_both_ways() -> None:
    assert {at: numbered(at) for at in (4, 6, 7, 8, 10, 11)} == {
        4: "SIGILL", 6: "SIGABRT", 7: "SIGBUS", 8: "SIGFPE", 10: "SIGBUS", 11: "SIGSEGV",
    }  # fmt: skip
    assert [number(name) for name in ("SIGBUS", "SIGKILL", "SIGXFSZ", None)] == [7, 9, 25, None]
