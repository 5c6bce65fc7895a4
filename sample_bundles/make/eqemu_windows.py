"""Write the EQEmu Windows samples: a server's crash log, the Spire report and two webhook bodies.

Written by hand after the line forms that the server's StackWalker prints (each line ends in a space, a buffer holds 1,024
bytes, so longer lines are cut). Server, user, paths and addresses are invented.
"""

from __future__ import annotations

from common import pretty, put

BUFFER = 1023
SOURCE = r"D:\builds\eqemu\server"

EXCEPTION = "EXCEPTION_ACCESS_VIOLATION"
SEARCH = ".;C:\\eqemu\\server\\bin;C:\\Windows;C:\\Windows\\system32"
LONG_SEARCH = SEARCH + "".join(rf";C:\Program Files\Toolchain\component-{i:02d}\bin" for i in range(26))

HEAD = [
    (
        f"SymInit: Symbol-SearchPath: '{SEARCH};SRV*C:\\symbols*https://symbols.example.com/download;', "
        "symOptions: 530, UserName: 'raidhost'"
    ),
    "OS-Version: 10.0.19045 () 0x100-0x1",
]
BARE_HEAD = [f"SymInit: Symbol-SearchPath: '{SEARCH}'", "OS-Version: 10.0.19045"]
MODULES = [
    (
        r"C:\eqemu\server\bin\zone.exe:zone.exe (00007FF6A1D20000), size: 21962752 (result: 0), SymType: 'PDB', "
        r"PDB: 'C:\eqemu\server\bin\zone.pdb'"
    ),
    (
        r"C:\Windows\SYSTEM32\ntdll.dll:ntdll.dll (00007FFC4F6D0000), size: 2064384 (result: 0), SymType: '-exported-', "
        r"PDB: 'C:\Windows\SYSTEM32\ntdll.dll', fileVersion: 10.0.19041.3996"
    ),
    (
        r"C:\Windows\System32\KERNEL32.DLL:KERNEL32.DLL (00007FFC4E2B0000), size: 794624 (result: 0), "
        r"SymType: '-exported-', PDB: 'C:\Windows\System32\KERNEL32.DLL', fileVersion: 10.0.19041.3996"
    ),
    (
        r"C:\Windows\System32\KERNELBASE.dll:KERNELBASE.dll (00007FFC4CF10000), size: 3104768 (result: 0), "
        r"SymType: '-deferred-', PDB: '', fileVersion: 10.0.19041.3996"
    ),
    (
        r"C:\eqemu\server\bin\lua51.dll:lua51.dll (00007FFC2A110000), size: 745472 (result: 0), "
        r"SymType: '-nosymbols-', PDB: 'C:\eqemu\server\bin\lua51.dll'"
    ),
    (
        r"C:\eqemu\server\bin\libmysql.dll:libmysql.dll (0000000180000000), size: 5017600 (result: 487), "
        r"SymType: 'CV', PDB: 'C:\eqemu\server\bin\libmysql.dll', fileVersion: 6.1.11.0"
    ),
]
FRAMES = [
    rf"{SOURCE}\common\StackWalker\StackWalker.cpp (924): StackWalker::ShowCallstack",
    rf"{SOURCE}\common\crash.cpp (143): windows_exception_handler",
    "00007FFC4D038C77 (KERNELBASE): (filename not available): UnhandledExceptionFilter",
    "00007FFC4F7792F1 (ntdll): (filename not available): KiUserExceptionDispatcher",
    rf"{SOURCE}\zone\entity.cpp (2944): EntityList::ScanCloseMobs",
    rf"{SOURCE}\zone\npc.cpp (871): NPC::Process",
    (
        rf"{SOURCE}\zone\lua_parser.cpp (1187): LuaParser::_EventNPC<std::basic_string<char,std::char_traits<char>,"
        "std::allocator<char> > >"
    ),
    "ERROR: SymGetSymFromAddr64, GetLastError: 487 (Address: 00007FFC2A1184D0)",
    "ERROR: SymGetLineFromAddr64, GetLastError: 'Attempt to access invalid address.' (Address: 00007FFC2A1184D0)",
    "00007FFC2A1184D0 (lua51): (filename not available): (function-name not available)",
    "00007FFC2A1193A2 ((module-name not available)): (filename not available): (function-name not available)",
    "0x00007FF6A2F1C0B8 (zone.exe) EQ::Event::Timer::Execute",
    rf"00007FF6A2F1C0B8 (zone): {SOURCE}\common\event\timer.h: EQ::Timer::Start",
    rf"{SOURCE}\zone\main.cpp (628): `main'::`2'::<lambda_1>::operator()",
    rf"{SOURCE}\zone\main.cpp (641): main",
    r"D:\a\_work\1\s\src\vctools\crt\vcstartup\src\startup\exe_common.inl (288): __scrt_common_main_seh",
    "00007FFC4E2C7374 (KERNEL32): (filename not available): BaseThreadInitThunk",
    "00007FFC4F71CC91 (ntdll): (filename not available): RtlUserThreadStart",
]


def cut(line: str) -> str:
    """Return a line as the server logs it: at most the buffer's characters, then a space."""
    return f"{line[:BUFFER]} "


def crash_log() -> str:
    """Return the zone's crash log: exception line, search path (cut), system, modules, frames, unwind errors."""
    long_line = f"SymInit: Symbol-SearchPath: '{LONG_SEARCH}', symOptions: 530, UserName: 'raidhost'"
    body = [EXCEPTION, long_line, HEAD[1], *MODULES, *FRAMES]
    return "".join(f"[01-26-2026 22:14:{5 + i // 40:02d}] [Zone] [Crash] {cut(line)}\n" for i, line in enumerate(body))


def old_log() -> str:
    """Return an older log: the other time form, a single exception line, and nothing after it."""
    return "[01-19-2026 :: 03:02:44] [World] [Crash] EXCEPTION_STACK_OVERFLOW \n"


def spire_report() -> str:
    """Return the crash report that a server posts: its text starts at SymInit and has no exception line."""
    return (
        pretty(
            {
                "platform_name": "Zone",
                "crash_report": "".join(f"{cut(line)}\n" for line in [*HEAD, *MODULES, *FRAMES]),
                "server_version": "22.60.0",
                "compile_date": "Jan 12 2026",
                "compile_time": "18:40:31",
                "server_name": "Halls of Example",
                "server_short_name": "example",
                "uptime": 86423,
                "os_machine": "x86_64",
                "os_release": "10.0.19045",
                "os_version": "Windows 10 Pro",
                "os_sysname": "Windows",
                "process_id": 9412,
                "rss_memory": 731.52,
                "cpus": 16,
                "origination_info": "zone [qeynos2] instance [0]",
            }
        )
        + "\n"
    )


def webhook() -> str:
    """Return a webhook body with `crashReportText`: another crash, the exception line first."""
    text = [
        "EXCEPTION_INT_DIVIDE_BY_ZERO",
        *BARE_HEAD,
        MODULES[0].replace("zone", "world"),
        MODULES[1],
        *FRAMES[:4],
        rf"{SOURCE}\world\launcher_list.cpp (207): LauncherList::Balance",
        rf"{SOURCE}\world\main.cpp (512): main",
        *FRAMES[-2:],
    ]
    return (
        pretty(
            {
                "id": "wh-example-0001",
                "source": "eqemu",
                "receivedAt": "2026-01-27T03:40:12Z",
                "server": {"name": "Halls of Example", "version": "22.60.0"},
                "process": "world",
                "crashReportText": "".join(f"{cut(line)}\n" for line in text),
            }
        )
        + "\n"
    )


def webhook_nested() -> str:
    """Return a webhook body with `crash.stacktrace` instead."""
    text = [FRAMES[2], *FRAMES[4:7], FRAMES[-4], FRAMES[-1]]
    return (
        pretty(
            {
                "id": "wh-example-0002",
                "receivedAt": "2026-01-27T04:11:55Z",
                "crash": {
                    "exception": EXCEPTION,
                    "process": "zone",
                    "stacktrace": "".join(f"{cut(x)}\n" for x in text),
                },
            }
        )
        + "\n"
    )


def main() -> None:
    """Write every Windows sample of the system."""
    put("eqemu/crash_zone_9412.log", crash_log())
    put("eqemu/crash_world_2210.log", old_log())
    put("eqemu/spire-report.json", spire_report())
    put("eqemu/webhook.json", webhook())
    put("eqemu/webhook-stacktrace.json", webhook_nested())


if __name__ == "__main__":
    main()
