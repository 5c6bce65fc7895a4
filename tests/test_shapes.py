import tomllib
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.growth import grows_evenly
from triage.stacks import names
from triage.stacks.shapes import is_plain, shaped

FAMILIES = tomllib.loads(Path(__file__).with_name("names.toml").read_text("utf-8"))
SPELLINGS = [spelling for family in FAMILIES.values() for found in family.values() for spelling in found]
# Words that mean something to compilers, to the rewrites of `names.toml` or to the scanner, and some that do not.
WORDS = st.sampled_from(
    """
    const volatile noexcept mutable override throws throws_x requires operator static block new async virtual eval
    lambda lambda_ab lambda_0123456789abcdef0123456789abcdef _FUN __invoke deleting_destructor decltype alignas
    anonymous unnamed dyn impl as for in f Foo a1 _x main std string ostream iostream h0123456789abcdef __1 __Cr
    __cxx11 filesystem fmt v9 absl lts_2023 nlohmann json_abi_v3 icu_58 _RNv _ZN3foo17h0123456789abcdefE x_0x1234
    camlA__b_12 camlA recompiled_x_1 __lambda3_ __l3 f_block_invoke f_block_invoke_2 _erb__1_2 _jbuilder__12_3 x__1
    a__1__auto__ foo_3 __ANON__ Accessor12 GeneratedMethodAccessor12 func1 gowrap2 cold isra js Object keys Elixir
    init ializers Proxy Proxy12 HibernateProxy MockitoMock ByteBuddy LT GT C LambdaForm CGLIB access G__12 Cs12_3 é
    """.split()  # noqa: SIM905 - a list of them is a page
)
STEPS = st.sampled_from(["::", "::", "::~", ".", ".", "$", "$", "$$", "()::", "<>::", "-", "/"])
WAYS = st.lists(st.one_of(WORDS, st.tuples(STEPS, WORDS).map("".join)), min_size=1, max_size=4).map("".join)
SCOPES = st.lists(WORDS, min_size=1, max_size=4).map("::".join)
TYPES = st.tuples(SCOPES, st.sampled_from(["", "*", "&", " const&", " *"])).map("".join)
ARGUMENTS = st.tuples(
    st.lists(st.one_of(TYPES, st.sampled_from(["x in _ABCDEF01", "0x1234", "eval 3", "(*)(int)"])), max_size=3),
    st.sampled_from(["", " const", " volatile", " &", "::f"]),
).map(lambda parts: f"({', '.join(parts[0])}){parts[1]}")
SHAPES = st.one_of(
    WAYS,
    st.tuples(st.lists(TYPES, max_size=3).map(" ".join), st.sampled_from(["", " ", " *"]), SCOPES, ARGUMENTS).map(
        "".join
    ),
    st.tuples(SCOPES, st.just("::(anonymous namespace)::"), SCOPES, st.one_of(st.just(""), ARGUMENTS)).map("".join),
    st.tuples(st.just("<"), SCOPES, st.just(" as "), SCOPES, st.just(">::"), SCOPES).map("".join),
    st.tuples(
        st.sampled_from(["<", "<&", "<dyn ", "<impl ", "(anonymous namespace)::"]),
        SCOPES,
        st.sampled_from([">::", "::"]),
        SCOPES,
    ).map("".join),
    st.tuples(SCOPES, st.sampled_from(["::{{closure}}", "::{closure#3}", "::{closure}", "::{shim:f#0}"])).map("".join),
)


@given(SHAPES)
@example("Foo$Bar.x__12")
@example("a$LT$B")
@example("access$Foo")
def test_the_whole_way_leaves_a_plain_name(name):
    if is_plain(name):
        assert names._rewritten(name) == name


@given(SHAPES)
@example("f(x in _ABCDEF01)")
@example("int const f()")
@example("void throws_x(int)")
@example("void const::f(int)")
@example("<lambda0>::f")
@example("<dyn as std::Any>::f")
def test_the_whole_way_leaves_of_a_shape_what_the_short_one_does(name):
    name = " ".join(name.split())
    if shaped(name) and not names._rules().wrapper.match(name):
        assert names._rewritten(name) == shaped(name)


def test_spellings_of_a_usual_shape():
    told = [name for name in SPELLINGS if is_plain(name) or (shaped(name) and not names._rules().wrapper.match(name))]
    assert len(told) > 30
    for name in told:
        assert names._rewritten(name) == (name if is_plain(name) else shaped(name))


@pytest.mark.parametrize(
    ("name", "left"),
    [
        ("std::string const& shop::Cart::name(int, char const*) const", "shop::Cart::name"),
        ("unsigned long shop::Cart::~Cart(void)", "shop::Cart::~Cart"),
        ("shop::(anonymous namespace)::add(int)", "shop::anonymous::add"),
        ("(anonymous namespace)::Cart::add", "anonymous::Cart::add"),
        ("<shop::Cart as core::fmt::Display>::fmt", "shop::Cart::fmt"),
        ("shop::run::{{closure}}", "shop::run::lambda"),
        ("shop::run::{closure#0}", "shop::run::lambda"),
        ("shop::Cart::operator()(int)", ""),
        ("main", ""),
    ],
)
def test_shapes(name, left):
    assert shaped(name) == left


def test_what_is_looked_for_at_the_beginning_is_nowhere_else():
    beginning = [rewrite for _, group in names._rules().rewrites for rewrite in group if rewrite.begins]
    assert len(beginning) > 15
    for name in [*SPELLINGS, *(f"({name}" for name in SPELLINGS), *(f"a.{name}" for name in SPELLINGS)]:
        for rewrite in beginning:
            assert bool(rewrite.pattern.search(name)) == bool(rewrite.pattern.match(name))


@pytest.mark.parametrize(
    "piece", ["a ", "a::", "a::~", "a* ", "f(", "f(a", "<a", "a.", "a$A", "(anonymous namespace)::", "&"]
)
def test_a_hostile_name_takes_no_more_than_its_length(piece):
    grows_evenly(lambda name: (is_plain(name), shaped(name)), lambda size: piece * (size // len(piece)) + ";", 10_000)
