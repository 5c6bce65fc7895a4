"""Names of exception codes: what a number means on Windows, on Linux and Android, on macOS and iOS.

The names stand in `exception_codes.toml`, with their origin. How a dump stores them is public knowledge of Breakpad and
Crashpad: on Linux the exception code is the signal and the flags are `si_code`; on macOS the code is the Mach exception
and the flags are its first code; on Windows the parameters of the exception record tell kind and address of an access.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Final, NamedTuple

__all__ = ("DUMP_REQUESTED", "SIMULATED", "Described", "describe", "family", "name")

DUMP_REQUESTED: Final = "DUMP_REQUESTED"
SIMULATED: Final = "SIMULATED"

# Operating systems, as SystemInfo numbers them and as writers spell them in lower case, to the table of names.
_FAMILIES: Final[dict[int | str, str]] = {
    1: "windows",
    2: "windows",
    3: "windows",
    0x8101: "macos",
    0x8102: "macos",
    0x8201: "linux",
    0x8203: "linux",
    "windows": "windows",
    "macos": "macos",
    "mac os": "macos",
    "mac os x": "macos",
    "os x": "macos",
    "darwin": "macos",
    "ios": "macos",
    "ipados": "macos",
    "linux": "linux",
    "android": "linux",
}
_ACCESS_CODES: Final = frozenset({0xC0000005, 0xC0000006})
_GUARD_CODES: Final = frozenset({0x80000001, 0xC00000FD})
_FAST_FAIL: Final = 0xC0000409
_SI_KERNEL: Final = 0x80


class Described(NamedTuple):
    """What an exception is called: `error_type`, the code in full, the signal, a sentence, the address accessed."""

    type: str
    code_name: str | None = None
    signal: str | None = None
    value: str | None = None
    fault_address: int | None = None


def family(platform: int | str | None) -> str | None:
    """The table of names for a platform: windows, linux or macos; None where there is none.

    Parameters
    ----------
    platform
        The platform number of a minidump's SystemInfo, or the name of an operating system.

    Examples
    --------
    >>> family(0x8203), family("Windows"), family("Plan 9")
    ('linux', 'windows', None)
    """
    if platform is None:
        return None
    return _FAMILIES.get(platform.strip().lower() if isinstance(platform, str) else platform)


def name(platform: int | str | None, code: int) -> str | None:
    """The name of an exception code or signal on that platform, None where it has none.

    Examples
    --------
    >>> name("windows", 0xC0000005), name("linux", 11), name("macos", 1)
    ('EXCEPTION_ACCESS_VIOLATION', 'SIGSEGV', 'EXC_BAD_ACCESS')
    """
    system = family(platform)
    entry = _names(system)["exceptions"].get(code) if system else None
    return entry[0] if entry else None


def describe(
    platform: int | str | None,
    code: int,
    *,
    flags: int = 0,
    address: int = 0,
    parameters: tuple[int, ...] = (),
    arch: str | None = None,
    exact: bool = False,
) -> Described:
    """Name an exception record: type, code, signal, a plain sentence, and the address that was accessed.

    Parameters
    ----------
    platform
        The platform number of SystemInfo, or the name of an operating system.
    code, flags, address, parameters
        The exception record as the dump holds it.
    arch
        x86, x86_64, arm or arm64: some Mach codes depend on it.
    exact
        Whether a `si_code` of 0 means kill(): Crashpad stores it always, Breakpad and others not.

    Examples
    --------
    >>> described = describe(2, 0xC0000005, parameters=(1, 0x45))
    >>> described.code_name, described.value
    ('EXCEPTION_ACCESS_VIOLATION / WRITE', 'write to address 0x45')
    >>> describe("linux", 11, flags=1, address=0x10)[:4]
    ('SIGSEGV', 'SIGSEGV / SEGV_MAPERR', 'SIGSEGV', 'access to address 0x10')
    """
    system = family(platform)
    entry = _names(system)["exceptions"].get(code) if system else None
    if entry is None or system is None:
        return Described(f"0x{code:08x}")
    if system == "windows":
        return _windows(entry, code, parameters)
    if system == "linux":
        return _linux(entry, flags, address, exact=exact)
    return _macos(entry, flags, address, parameters, arch or "")


def _windows(entry: list[str], code: int, parameters: tuple[int, ...]) -> Described:
    """The parameters of an access violation are kind and address, that of a fast fail is its reason."""
    names = _names("windows")
    title, meaning = entry
    if code in _ACCESS_CODES | _GUARD_CODES and len(parameters) >= 2:
        address = parameters[1]
        access = names["access"].get(parameters[0], ("", "access to"))
        value = f"{access[1]} address 0x{address:x}"
        if code not in _ACCESS_CODES:
            return Described(title, title, None, f"{meaning}: {value}", address)
        detail = f"{title} / {access[0]}" if access[0] else title
        if code == 0xC0000006:
            value += f", the page could not be read (0x{parameters[2]:08x})" if len(parameters) > 2 else ""
        return Described(title, detail, None, value, address)
    if code == _FAST_FAIL and parameters:
        reason = names["fast_fail"].get(parameters[0], f"FAST_FAIL 0x{parameters[0]:x}")
        return Described(title, f"{title} / {reason}", None, f"fast fail: {reason}")
    return Described(title, title, None, meaning)


def _linux(entry: list[str], flags: int, address: int, *, exact: bool) -> Described:
    """A signal that a process sent (`si_code` 0 or negative) has the sender's number where others have an address."""
    title, meaning = entry
    if title == DUMP_REQUESTED:
        return Described(title, title, None, meaning)
    codes = _names("linux")["codes"]
    code = codes.get(title, {}).get(flags) or codes["any"].get(flags)
    sent = flags >= 1 << 31
    if flags == 0 and exact:
        code, sent = "SI_USER", True
    detail = f"{title} / {code}" if code else title
    if title not in {"SIGSEGV", "SIGBUS"}:
        return Described(title, detail, title, meaning)
    if sent:
        return Described(title, detail, title, f"sent by process {address & 0xFFFFFFFF}")
    if flags >= _SI_KERNEL and not address:
        return Described(title, detail, title, f"{meaning}, address not known")
    return Described(title, detail, title, f"access to address 0x{address:x}", address)


def _macos(entry: list[str], flags: int, address: int, parameters: tuple[int, ...], arch: str) -> Described:
    """The flags are the first code of the Mach exception; resource, guard and crash codes are bit fields."""
    names = _names("macos")
    title, meaning = entry
    processor = "codes_arm" if arch.startswith("arm") else "codes_x86"
    code = names[processor].get(title, {}).get(flags) or names["codes"].get(title, {}).get(flags)
    signals = names["signals"].get(title, {})
    signal = signals.get(code or "", signals.get("any"))
    if title == "EXC_RESOURCE":
        code = names["resource"].get(flags >> 29)
    elif title == "EXC_GUARD":
        code = names["guard"].get(flags >> 29)
    elif title == "EXC_CRASH":
        signal = names["signal_numbers"].get(flags >> 24 & 0xFF)
    elif code == "EXC_SOFT_SIGNAL" and parameters:
        signal = names["signal_numbers"].get(parameters[-1])
    detail = f"{title} / {code}" if code else title
    if title != "EXC_BAD_ACCESS":
        return Described(title, detail, signal, meaning)
    if code == "EXC_I386_GPFLT":
        return Described(title, detail, signal, f"{meaning}, address not known")
    return Described(title, detail, signal, f"access to address 0x{address:x}", address)


@cache
def _names(system: str) -> dict[str, Any]:
    """One platform of the data file, hexadecimal keys as numbers."""
    text = files("triage.formats").joinpath("exception_codes.toml").read_text("utf-8")
    found = _numbered(tomllib.loads(text)[system])
    assert isinstance(found, dict)
    return found


def _numbered(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {int(key, 16) if key.startswith("0x") else key: _numbered(item) for key, item in value.items()}
