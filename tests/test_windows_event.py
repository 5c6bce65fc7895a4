"""Messages of the Windows event log as text, in several languages and as several tools print them; made by hand."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import triage
from tests.scanned import one, reports, scan_grows, surrounded

CRASH = """Faulting application name: shop.exe, version: 1.2.3.4, time stamp: 0x60b5f3a1
Faulting module name: cart.dll, version: 1.2.0.0, time stamp: 0x60b5f3a2
Exception code: 0xc0000005
Fault offset: 0x0000000000012345
Faulting process id: 0x1a2c
Faulting application start time: 0x01d7123456789abc
Faulting application path: C:\\Program Files\\Shop\\shop.exe
Faulting module path: C:\\Program Files\\Shop\\cart.dll
Report Id: 6b1a1e3f-0000-4444-8888-aaaaaaaaaaaa"""
OTHERS = {
    "german": """Name der fehlerhaften Anwendung: shop.exe, Version: 1.2.3.4, Zeitstempel: 0x60b5f3a1
Name des fehlerhaften Moduls: cart.dll, Version: 1.2.0.0, Zeitstempel: 0x60b5f3a2
Ausnahmecode: 0xc0000005
Fehleroffset: 0x0000000000012345
ID des fehlerhaften Prozesses: 0x1a2c""",
    "french": """Nom de l'application défaillante shop.exe, version : 1.2.3.4, horodatage : 0x60b5f3a1
Nom du module défaillant : cart.dll, version : 1.2.0.0, horodatage : 0x60b5f3a2
Code d'exception : 0xc0000005
Décalage d'erreur : 0x0000000000012345
ID du processus défaillant : 0x1a2c""",
    "spanish": """Nombre de la aplicación con errores: shop.exe, versión: 1.2.3.4, marca de tiempo: 0x60b5f3a1
Nombre del módulo con errores: cart.dll, versión: 1.2.0.0, marca de tiempo: 0x60b5f3a2
Código de excepción: 0xc0000005
Desplazamiento de errores: 0x0000000000012345
Identificador del proceso con errores: 0x1A2C""",
    "decimal": CRASH.replace("0x1a2c", "6700"),
    "old": "Faulting application shop.exe, version 1.2.3.4, time stamp 0x60b5f3a1, faulting module cart.dll, "
    "version 1.2.0.0, time stamp 0x60b5f3a2, exception code 0xc0000005, fault offset 0x00012345, process id 0x1a2c, "
    "application start time 0x01d7123456789abc.",
}
HANG = """The program shop.exe version 1.2.3.4 stopped interacting with Windows and was closed. To see more, look there.
 Process ID: 1a2c
 Start Time: 01d7123456789abc
 Termination Time: 4
 Application Path: C:\\Program Files\\Shop\\shop.exe
 Report Id: 6b1a1e3f"""


@pytest.mark.parametrize("text", [CRASH, *OTHERS.values()], ids=["english", *OTHERS])
def test_a_crash_in_every_language(text):
    report = one(f"x\n{text}\n", "windows-event").report
    assert (report.error_type, report.error_code) == ("EXCEPTION_ACCESS_VIOLATION", 0xC0000005)
    assert (report.process, report.release, report.process_id) == ("shop.exe", "1.2.3.4", 0x1A2C)
    places = [(frame.module, frame.module_offset) for frame in report.traces[0].frames]
    assert places == [("cart.dll", 0x12345), ("shop.exe", None)]
    assert [module["name"] for module in report.modules] == ["shop.exe", "cart.dll"]


def test_a_crash_between_log_lines_takes_its_own():
    found = surrounded(CRASH, "windows-event").report
    assert dict(found.facts)["report_id"].startswith("6b1a")


def test_a_program_that_hangs():
    report = one(HANG, "windows-event").report
    assert (report.kind, report.process, report.process_id, report.end) == ("hang", "shop.exe", 0x1A2C, 6)


def test_each_tool_dates_it():
    listed = f"TimeCreated  : 1/26/2026 1:25:59 PM\nId           : 1000\nMessage      : {CRASH}"
    table = (
        "Level,Date and Time,Source,Event ID,Task Category\n"
        f'Error,1/26/2026 1:25:59 PM,Application Error,1000,(100),"{CRASH}"\n'
    )
    query = f"Event[0]:\n  Source: Application Error\n  Date: 2026-01-26T13:25:59.1230000Z\n  Description: \n{CRASH}\n"
    for text in (listed, table, query):
        (event,) = triage.loads(text).events().to_dict("records")
        assert (str(event["ts"]), event["release"]) == ("2026-01-26 13:25:59+00:00", "1.2.3.4")


def test_the_exception_of_another_runtime_is_the_program_s():
    text = CRASH.replace("cart.dll", "KERNELBASE.dll").replace("c0000005", "e0434352")
    (event,) = triage.loads(text).events().to_dict("records")
    assert event["culprit"] == "shop.exe"


@pytest.mark.parametrize("text", [
    CRASH.split("\n", maxsplit=1)[0], "the Faulting application was closed", "\n".join(CRASH.split("\n")[1:]),
    "The program stopped interacting with Windows", "Faulting application name: a, version: b, time stamp: 0x1\nx",
])  # fmt: skip
def test_what_is_no_crash(text):
    assert not reports(text, "windows-event")


@settings(max_examples=80, deadline=None)
@given(st.lists(st.sampled_from([*CRASH.split("\n"), *HANG.split("\n"), ""]) | st.text(max_size=60), max_size=30))
def test_any_lines_are_scanned(lines):
    lines = [line.replace("\n", " ") for line in lines]
    for found in reports("\n".join(lines), "windows-event"):
        assert 1 <= found.first <= found.last <= len(lines)


@pytest.mark.parametrize("text", [
    CRASH, HANG, "Faulting application name: " + "a, b: " * 80, "x: " * 100 + ", time stamp: 0x1",
])  # fmt: skip
def test_time_is_linear(text):
    scan_grows(text, "windows-event")
