import itertools
import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.stacks import names
from triage.stacks.names import basename, normalise

FAMILIES = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
SPELLINGS = [
    pytest.param(name, spelling, id=f"{language}: {spelling!r}")
    for language, families in FAMILIES.items()
    for name, spellings in families.items()
    for spelling in spellings
]
# What the scanner and the patterns react to, so that hypothesis finds their combinations.
PIECES = [
    *"()<>[]{}`'\" .:$#@!+-*&~/_01aZ\0\u00e9",
    *(
        "operator",
        "operator<<",
        "operator()",
        "lambda",
        "{lambda(",
        "$_0",
        "<lambda_",
        "::",
        "->",
        " as ",
        "<impl ",
        " for ",
        "const",
    ),
    *(
        "$$Lambda$",
        "lambda$f$1",
        "$1",
        ".func1",
        "(*T)",
        "<>c",
        ">b__",
        ">d__",
        ".cold",
        ".isra.0",
        "[clone",
        "::h0123456789abcdef",
    ),
    *(
        "closure #1 in ",
        "block in ",
        "eval at ",
        "new ",
        "anonymous fn/1 in ",
        "static ",
        "_block_invoke",
        "{closure:",
        'var"#',
        "Object.",
    ),
    *(
        "(anonymous namespace)",
        "anonymous",
        "std::__1::",
        "0x1234",
        "/<",
        "!",
        "`2'",
        "deleting destructor'",
        "foo",
        "Bar",
        " -> ",
        " : ",
    ),
]
NAMES = st.one_of(st.text(), st.lists(st.sampled_from(PIECES), max_size=14).map("".join))


@pytest.mark.parametrize(("name", "spelling"), SPELLINGS)
def test_spellings_of_one_function_are_one_name(name, spelling):
    assert normalise(spelling) == name
    assert normalise(name) == name


def test_there_are_many_spellings_and_no_name_stands_for_two_families():
    families = [name for group in FAMILIES.values() for name in group]
    assert len(SPELLINGS) > 500
    assert len(families) == len(set(families))


@pytest.mark.parametrize("language", FAMILIES)
def test_different_functions_of_a_language_stay_different(language):
    found = {name: {normalise(spelling) for spelling in spellings} for name, spellings in FAMILIES[language].items()}
    for one, other in itertools.combinations(found, 2):
        assert not found[one] & found[other], (one, other)


def test_generated_numbers_go_and_written_ones_stay():
    assert normalise("com.shop.Cart$1.run") == normalise("com.shop.Cart$2.run")
    for written in (
        "sha256_update",
        "utf8_decode",
        "http2",
        "x86_64_syscall",
        "parse_v2",
        "md5::f1",
        "Cart.f2",
        "crc32c",
    ):
        assert normalise(written) == written


@pytest.mark.parametrize(
    ("path", "last"),
    [(r"C:\app\bin\app.exe", "app.exe"), ("/usr/lib/libc.so.6", "libc.so.6"), ("x", "x"), ("a/b/", "b")],
)
def test_basename(path, last):
    assert basename(path) == last


@given(NAMES)
@example("__0")
@example("<<<<<<<<<<a::b>::c")
def test_any_name_gives_a_name_that_stays_as_it_is(name):
    once = normalise(name)
    assert normalise(once) == once
    assert bool(once) == bool(name.strip())
    assert len(once) <= 2_000
    if re.search(r"\w", name[:2_000]):
        assert re.search(r"\w", once)


@given(NAMES.filter(str.strip))
def test_the_short_ways_give_what_the_long_one_gives(name):
    name = name.strip()
    if names._shorter(name) == name and re.search(r"\w", name):
        assert names._once(name).strip() in {name, ""}


@pytest.mark.parametrize("piece", [*PIECES, "$1", ".1", ".1a", "/0", "_1", "a <", "<(", "#1", "~", "?"])
@pytest.mark.parametrize("before", ["", "a", "f(", "$", "a.b"])
def test_a_hostile_name_takes_no_more_than_its_length(piece, before):
    # Names are cut at 2,000 characters; one round on ten times as many shows a quadratic pattern.
    grows_evenly(names._once, lambda size: before + piece * (size // len(piece)) + ";", 5_000, enlarged=0)
    assert bool(normalise(before + piece * (100_000 // len(piece)))) == bool((before + piece).strip())


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("pack", "bool pack<true>"),
        ("pack", "unsigned char const* pack<int>"),
        ("pack", "std::vector<int, std::allocator<int> > pack<(Kind)3>"),
        ("Cart::pack", "void Cart::pack<int>"),
        ("operator==", "bool operator==<int>"),
        ("main chunk", "main chunk"),
    ],
)
def test_what_a_template_returns_goes_though_its_arguments_went_before(name, spelling):
    assert normalise(spelling) == name


def test_a_conversion_is_named_by_its_type():
    assert normalise("Cart::operator Map<int>") != normalise("Cart::operator List<int>")


def test_closures_of_mangled_swift_have_no_number():
    one, two = "$s4shop4CartV3pay4fromySi_tFySiXEfU3_", "$s4shop4CartV3pay4fromySi_tFySiXEfU_"
    assert normalise(one) == normalise(two) != normalise("$s4shop4CartV4load4fromySi_tFySiXEfU3_")
    assert normalise("$s4shop4CartV3payyyYaFTY0_") == normalise("$s4shop4CartV3payyyYaF")
    assert normalise("wolfU3_") == "wolfU3_"
