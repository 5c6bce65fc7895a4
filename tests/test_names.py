import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.stacks.names import basename, normalise

SAME = {
    "ns::Map::insert": [
        "void ns::Map<int, std::string>::insert(int, std::string const&)",
        "ns::Map<char, std::vector<std::pair<int, int>>>::insert(char) const",
        "ns::Map<int>::insert(int) [clone .cold.3]",
        "ns::Map<int>::insert(int) [clone .isra.0] [clone .part.12]",
        "ns::Map::insert.llvm.8234234",
        "ns::Map::insert[abi:cxx11]",
    ],
    "core::panicking::panic_fmt": ["core::panicking::panic_fmt::h0123456789abcdef", "core::panicking::panic_fmt"],
    "app::Foo::fmt": [
        "<app::Foo<T> as core::fmt::Debug>::fmt",
        "<&app::Foo as core::fmt::Debug>::fmt::h0123456789abcdef",
    ],
    "anonymous::f": ["(anonymous namespace)::f(int)", "`anonymous namespace'::f", "{anonymous}::f(char)"],
    "app::run::lambda": [
        "app::run::{{closure}}",
        "app::run::{closure#0}",
        "app::run::$_12",
        "app::run::{lambda(int)#2}",
    ],
    "foo::operator<<": ["foo::operator<<(std::ostream&, Foo const&)"],
    "std::vector::operator[]": ["std::vector<int>::operator[](unsigned long)"],
    "operator new": ["operator new(unsigned long)"],
    "Zone::GetInstanceVersion": ["Zone::GetInstanceVersion (this=0x0)"],
    "main.(*Server).Serve": ["main.(*Server).Serve(0xc000112340, {0x1, 0x2})", "main.(*Server).Serve(...)"],
    "-[NSArray objectAtIndex:]": ["-[NSArray objectAtIndex:]"],
    "Object.<anonymous>": ["Object.<anonymous>"],
    "<module>": ["<module>"],
}


@pytest.mark.parametrize(("name", "spelling"), [(name, spelling) for name, all_ in SAME.items() for spelling in all_])
def test_spellings_of_one_function_are_one_name(name, spelling):
    assert normalise(spelling) == name


def test_generated_numbers_go_and_written_ones_stay():
    assert normalise("com.shop.Cart$1.run") == normalise("com.shop.Cart$2.run")
    assert normalise("sha256_update") == "sha256_update"
    assert normalise("parse_v2") != normalise("parse_v3")


@pytest.mark.parametrize(
    ("path", "last"),
    [(r"C:\app\bin\app.exe", "app.exe"), ("/usr/lib/libc.so.6", "libc.so.6"), ("x", "x"), ("a/b/", "b")],
)
def test_basename(path, last):
    assert basename(path) == last


@given(st.text())
def test_any_name_gives_a_name_and_gives_it_again(name):
    once = normalise(name)
    assert isinstance(once, str)
    assert bool(once) == bool(name.strip())


@pytest.mark.parametrize("char", ["<", "(", "operator<", "$_", "::h", " as ", "{lambda("])
def test_a_hostile_name_ends_soon(char):
    # 100,000 characters are cut before anything looks at them twice.
    assert normalise(char * 100_000)
