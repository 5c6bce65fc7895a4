"""Symbol files for frames without names. The .sym files, mappings and source maps here are made by hand in the forms of
Breakpad, R8 and the source map specification; `test.dmp` with its symbols is real.
"""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest

import triage
from tests.reading import SAMPLES, corpus
from triage.errors import SourceError
from triage.symbols.demangling import demangle, is_mangled
from triage.symbols.folder import SymbolFolder
from triage.symbols.unwinding import Rules

pytest.importorskip("symbolic", reason="symbolic is not installed: it is in the extra symbols, for Linux and macOS")

DEBUG_ID = "C0BCC3F19827FE653058404B2831D9E60"
SYM = f"""\
MODULE Linux x86_64 {DEBUG_ID} shop
FILE 0 /srv/shop/cart.c
FILE 1 /srv/shop/rates.h
INLINE_ORIGIN 0 rate
FUNC 1000 40 0 pay
INLINE 0 31 0 0 1010 8
1000 10 30 0
1010 8 7 1
1018 28 32 0
FUNC 2000 20 0 main
2000 20 9 0
"""
BASE = 0x400000


def event(*offsets: int, debug_id: str = "c0bcc3f1-9827-fe65-3058-404b2831d9e6") -> bytes:
    """A Sentry event with a native stack, the caller first, and the image that it is in."""
    frames = [{"instruction_addr": hex(BASE + offset), "package": "/srv/shop/shop"} for offset in reversed(offsets)]
    image = {
        "type": "elf",
        "code_file": "/srv/shop/shop",
        "debug_id": debug_id,
        "image_addr": hex(BASE),
        "image_size": 65536,
    }
    return json.dumps(
        {
            "event_id": "0" * 32,
            "platform": "native",
            "exception": {"values": [{"type": "SIGSEGV", "stacktrace": {"frames": frames}}]},
            "debug_meta": {"images": [image]},
        }
    ).encode()


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "symbols" / "any" / "where").mkdir(parents=True)
    (tmp_path / "symbols" / "any" / "where" / "shop.sym").write_text(SYM)
    (tmp_path / "symbols" / "README").write_text("nothing")
    return tmp_path / "symbols"


def rows(case, *columns):
    return case.frames(event=case.events()["event_id"][0])[list(columns)].to_dict("records")


def test_offsets_become_functions_lines_and_inlined_calls(folder):
    case = triage.load(event(0x1011, 0x2005), symbols=folder)
    assert [
        (r["function"], r["file"], r["line"], r["inline_depth"])
        for r in rows(case, "function", "file", "line", "inline_depth")
    ] == [
        ("rate", "/srv/shop/rates.h", 7, 1),
        ("pay", "/srv/shop/cart.c", 31, 0),
        ("main", "/srv/shop/cart.c", 9, 0),
    ]
    assert case.incidents()["title"].tolist() == ["SIGSEGV in rate"]
    addresses = [row["address"] for row in rows(case, "address")]
    assert addresses == [BASE + 0x1011, BASE + 0x1011, BASE + 0x2005]


def test_a_return_address_belongs_to_the_call_before_it(folder):
    case = triage.load(event(0x1020, 0x1018), symbols=folder)
    assert [row["line"] for row in rows(case, "line")][1:] == [7, 31]


def test_another_build_gets_nothing_and_says_so(folder):
    plain, other = event(0x1011), event(0x1011, debug_id="00000000-0000-0000-0000-00000000000a")
    case = triage.load(other, symbols=folder)
    assert [row["function"] for row in rows(case, "function")] == [
        row["function"] for row in rows(triage.load(plain), "function")
    ]
    assert "no file for the modules" in case.events()["notes"][0][0]


def test_two_builds_of_one_module_in_one_case_stay_apart(folder, tmp_path):
    for name, data in (
        ("a.json", event(0x1011)),
        ("b.json", event(0x1011, debug_id="00000000-0000-0000-0000-00000000000a").replace(b"0" * 32, b"1" * 32)),
    ):
        (tmp_path / name).write_bytes(data)
    case = triage.load([tmp_path / "a.json", tmp_path / "b.json"], symbols=folder)
    assert case.frames()["function"].fillna("").tolist().count("rate") == 1
    assert case.stacks()["stack_key"].nunique() == 2


def test_a_real_dump_is_unwound_by_its_rules():
    dump = corpus("minidumps", "test.dmp")
    case = triage.load(dump, symbols=dump.parent)
    crash = [row for row in rows(case, "stack_no", "function", "trust", "file", "line") if row["stack_no"] == 0]
    assert [(row["function"], row["trust"], row["line"]) for row in crash[:3]] == [
        ("`anonymous namespace'::CrashFunction", "context", 58),
        ("main", "cfi", 65),
        ("__tmainCRTStartup", "cfi", 327),
    ]
    assert "scan" not in {row["trust"] for row in crash}


def test_what_was_decided_of_a_dump_holds_when_its_symbols_are_found(tmp_path):
    dump = corpus("minidumps", "test.dmp")
    before = triage.load(dump, journal=tmp_path / "here/")
    before.resolve(before.incidents()["incident_id"][0], "fixed")
    after = triage.load(dump, journal=tmp_path / "here", symbols=dump.parent)
    assert before.events()["event_id"].tolist() == after.events()["event_id"].tolist()
    assert before.incidents()["incident_id"].tolist() != after.incidents()["incident_id"].tolist()
    assert after.incidents()["status"].tolist() == ["resolved"]
    assert after.journal()["effect"].tolist() == ["applied"]
    archive = before.redact().approve(by="Ada", when="2026-02-10").bytes
    back = triage.load(archive, journal=tmp_path / "here")
    assert back.events()["event_id"].tolist() == before.events()["event_id"].tolist()
    assert back.incidents()["status"].tolist() == ["resolved"]


UNSYMBOLISED = """\
==7==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000000 (pc 0x401011 bp 0x7ff0 sp 0x7fe0 T0)
    #0 0x401011  (/srv/shop/shop+0x1011)
    #1 0x402005  (/srv/shop/shop+0x2005)
"""


def test_without_an_id_the_name_of_the_module_tells_and_the_event_says_so(folder):
    case = triage.loads(UNSYMBOLISED)
    assert case.incidents()["title"].tolist() == ["SEGV in shop+0x1011"]
    case = triage.load(UNSYMBOLISED.encode(), symbols=folder)
    assert case.incidents()["title"].tolist() == ["SEGV in rate"]
    assert any("by the name of a module" in note for note in case.events()["notes"][0])
    assert [row["text_line"] for row in rows(case, "text_line")] == [2, 2, 3]
    (folder / "shop.sym").write_text(SYM.replace(DEBUG_ID, DEBUG_ID.replace("C0", "C1")))
    assert triage.load(UNSYMBOLISED.encode(), symbols=folder).incidents()["title"].tolist() == ["SEGV in shop+0x1011"]


@pytest.mark.skipif(shutil.which("gcc") is None, reason="gcc is not here: it builds the program that is symbolised")
def test_a_program_with_debug_information_names_its_frames_and_what_was_inlined(tmp_path):
    source = SAMPLES / "make" / "programs" / "cart.c"
    subprocess.run(["gcc", "-g", "-O1", str(source), "-o", str(tmp_path / "cart"), "-lpthread"], check=True)
    names = subprocess.run(["nm", str(tmp_path / "cart")], check=True, capture_output=True, text=True).stdout
    main = next(int(line.split()[0], 16) for line in names.splitlines() if line.endswith(" T main"))
    text = UNSYMBOLISED.replace("/shop+0x1011", f"/cart+{main + 1:#x}")
    (first, *_) = rows(triage.load(text.encode(), symbols=tmp_path), "function", "file", "line", "language")
    assert (first["function"], first["file"], first["language"]) == ("main", str(source), "c")
    assert first["line"] > 60


def test_no_folder_is_an_error_for_the_person(tmp_path):
    with pytest.raises(SourceError, match="no folder of symbols"):
        triage.load(event(0x1011), symbols=tmp_path / "nowhere")


@pytest.mark.parametrize(
    "data", [b"MODULE ", b"\x7fELF" + b"\0" * 600, b"MZ", SYM.encode()[:150], b"MODULE Linux x86_64 x y\nFUNC z"]
)
def test_damaged_symbol_files_are_passed_over(tmp_path, data):
    (tmp_path / "bad.sym").write_bytes(data)
    case = triage.load(event(0x1011), symbols=tmp_path)
    assert len(case.frames()) == 1


MAPPING = """\
com.shop.Cart -> a.a:
    1:3:int total():17:19 -> b
    4:4:int rate(java.lang.String):40 -> b
"""


def test_java_by_a_mapping(tmp_path):
    (tmp_path / "mapping.txt").write_text(MAPPING)
    case = triage.load(
        b"java.lang.IllegalStateException: x\n\tat a.a.b(SourceFile:2)\n\tat c.d.e(SourceFile:1)\n", symbols=tmp_path
    )
    first, second = rows(case, "function", "function_raw", "file", "line")
    assert (first["function"], first["function_raw"], first["file"], first["line"]) == (
        "com.shop.Cart.total",
        "a.a.b",
        "Cart.java",
        18,
    )
    assert second["function"] == "c.d.e"


# One mapping: line 1, column 11 of shop.js is line 3, column 9 of cart.ts, in a function `total`.
MAP = {"version": 3, "sources": ["cart.ts"], "names": ["total"], "mappings": "UAEQA"}


def test_javascript_by_a_source_map(tmp_path):
    (tmp_path / "shop.js.map").write_text(json.dumps(MAP))
    (tmp_path / "shop.js").write_text("function a(){x}")
    case = triage.load(
        b"TypeError: x\n    at a (https://shop.test/static/shop.js?v=3:1:11)\n    at b (other.js:1:2)\n",
        symbols=tmp_path,
    )
    first, second = rows(case, "file", "line", "column")
    assert (first["file"], first["line"], first["column"]) == ("cart.ts", 3, 9)
    assert (second["file"], second["line"]) == ("other.js", 1)


@pytest.mark.parametrize(
    ("mangled", "readable"),
    [
        ("_ZN4shop4Cart3payEi", "shop::Cart::pay(int)"),
        ("__ZN4shop3payEv", "shop::pay()"),
        ("_ZN4shop3payEv.isra.0", "shop::pay() [clone .isra.0]"),
        ("_ZN4shop3pay17h0123456789abcdefE", "shop::pay::h0123456789abcdef"),
        ("_RNvNtCs1234_4shop4cart3pay", "shop::cart::pay"),
        ("_Zbroken", None),
        ("?pay@shop@@YAXXZ", None),
        ("$s4shop3payyyF", None),
        ("_Z" + "N" * 5_000, None),
    ],
)
def test_names_are_demangled(mangled, readable):
    assert is_mangled(mangled)
    assert demangle(mangled) == readable


def test_mangled_frames_of_a_report_are_demangled_and_the_rest_is_said():
    text = (
        "Program received signal SIGSEGV, Segmentation fault.\n"
        "#0  0x01 in _ZN4shop4Cart3payEi () from a.so\n"
        "#1  0x02 in ?pay@shop@@YAXXZ () from b.dll\n"
    )
    case = triage.loads(text)
    first, second = rows(case, "function", "function_raw", "args")
    assert (first["function"], first["function_raw"], first["args"]) == (
        "shop::Cart::pay",
        "_ZN4shop4Cart3payEi",
        "int",
    )
    assert second["function"] == "?pay@shop@@YAXXZ"
    assert any("mangled" in note for note in case.events()["notes"][0])


def test_without_the_extra_the_event_says_what_symbols_would_give(monkeypatch):
    from triage import symbols

    assert triage.load(event(0x1011)).events()["notes"].isna().all()
    monkeypatch.setattr(symbols, "find_spec", lambda _: None)
    (note,) = triage.load(event(0x1011)).events()["notes"][0]
    assert "crash-triage[symbols]" in note
    assert triage.loads("a.E: b\n\tat c.D.e(D.java:1)\n").events()["notes"].isna().all()


def test_rules_of_code():
    text = (
        "STACK CFI INIT 10 20 .cfa: $rsp 8 + .ra: .cfa 8 - ^\n"
        "STACK CFI 14 .cfa: $rsp 16 + $rbp: .cfa 16 - ^\nnonsense\nSTACK CFI INIT zz"
    )
    rules = Rules(text)
    words = {0x1000: 0x77, 0x1008: 0x4343}
    assert rules.caller(0x15, {"rsp": 0x1000, "rbp": 1}, words.get, width=8) == {
        "pc": 0x4343,
        "rsp": 0x1010,
        "rbp": 0x77,
    }
    assert rules.caller(0x31, {"rsp": 0x1000}, words.get, width=8) is None
    assert rules.caller(0x15, {"rsp": 0x9000}, words.get, width=8) is None
    assert not Rules("STACK CFI INIT 10")


@pytest.mark.parametrize("rule", ["+", "^", "$rsp 0 /", "$rsp 0 @", "$nothing 8 +", "1 2", ""])
def test_a_rule_that_cannot_be_computed_gives_nothing(rule):
    rules = Rules(f"STACK CFI INIT 10 20 .cfa: {rule} .ra: .cfa ^")
    assert rules.caller(0x15, {"rsp": 0x1000}, {}.get, width=8) is None


def test_a_folder_of_one_file(folder):
    symbols = SymbolFolder(folder / "any" / "where" / "shop.sym")
    image = symbols.image(DEBUG_ID)
    assert image is not None
    assert [symbol.function for symbol in symbols.lookup(image, 0x1010)] == ["rate", "pay"]
    assert symbols.lookup(image, 0x9000) == ()
    assert symbols.image(None) is None
    assert symbols.image("nonsense") is None
