"""Operating systems and architectures: the words of writers as the words of the columns `os_name` and `arch`."""

from __future__ import annotations

from typing import Final

__all__ = ("architecture", "system")

_SYSTEMS: Final = {
    "android": "Android",
    "darwin": "macOS",
    "freebsd": "FreeBSD",
    "ios": "iOS",
    "linux": "Linux",
    "macos": "macOS",
    "win32": "Windows",
    "windows": "Windows",
    "windows_nt": "Windows",
}
_ARCHITECTURES: Final = {
    "aarch64": "arm64",
    "amd64": "x86_64",
    "i386": "x86",
    "i586": "x86",
    "i686": "x86",
    "ia32": "x86",
    "x64": "x86_64",
}


def system(word: str | None) -> str | None:
    """The system's name where the word is known, else the word.

    Examples
    --------
    >>> system("darwin"), system("Haiku")
    ('macOS', 'Haiku')
    """
    return _SYSTEMS.get(word.lower(), word) if word else None


def architecture(word: str | None) -> str | None:
    """The architecture's name where the word is known, else the word.

    Examples
    --------
    >>> architecture("AMD64"), architecture("riscv64")
    ('x86_64', 'riscv64')
    """
    return _ARCHITECTURES.get(word.lower(), word) if word else None
