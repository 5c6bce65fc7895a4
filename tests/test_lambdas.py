import pytest

from tests.growth import grows_evenly
from triage.formats.traces import gdb, lambdas
from triage.records import Frame
from triage.stacks import signature
from triage.stacks.names import normalise


def first(*functions, file=None):
    named = lambdas.named([Frame(function=function, file=file) for function in functions])
    return normalise(named[0].function)


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        ("std::__invoke_impl<void, game::Loop::start(int)::<lambda()> >", "game::Loop::start::lambda"),
        ("each<serve(Store&, const std::map<int, int>&)::{lambda(int)#2}>", "serve::lambda"),
        ("each<Box<int>::open(int) const::<lambda(int)> >", "Box::open::lambda"),
        ("operator<", "operator()"),
    ],
)
def test_who_calls_a_lambda_tells_where_it_stands(caller, name):
    assert first("operator()", "call", caller) == name
    assert first("operator() [clone .cold]", caller) == name


def test_a_lambda_that_nothing_stands_between_is_called_where_it_stands():
    assert first("operator()", "serve", file="a.cc") == "serve::lambda"
    assert first("operator()", "operator()", "serve", file="a.cc") == "serve::lambda::lambda"
    assert first("operator()", "serve") == first("operator()") == "operator()"
    assert first("Walker::operator()", "serve", file="a.cc") == "Walker::operator()"


GDB = """Program received signal SIGSEGV, Segmentation fault.
0x0000555555556603 in operator() (i=0x0, __closure=0x7ffc0) at bugs.cc:75
#0  0x0000555555556603 in operator() (i=0x0, __closure=0x7ffc0) at bugs.cc:75
#1  inv::each<serve(inv::Store&)::<lambda(inv::Item*)> >(struct {...} &&) (f=...) at bugs.cc:43
#2  0x0000555555556cf9 in serve (store=...) at bugs.cc:67
#3  0x000055555555778a in main () at bugs.cc:90
"""
ASAN = """==519==ERROR: AddressSanitizer: SEGV on unknown address 0x000000000028 (pc 0x5615e1 bp 0x7ffc sp 0x7ffc T0)
    #0 0x5615e141b795 in operator() /w/bugs.cc:67
    #1 0x5615e141b795 in each<serve(inv::Store&)::<lambda(inv::Item*)> > /w/bugs.cc:43
    #2 0x5615e141e02d in serve(inv::Store&) /w/bugs.cc:67
    #3 0x5615e142048f in main /w/bugs.cc:90

SUMMARY: AddressSanitizer: SEGV /w/bugs.cc:67 in operator()
==519==ABORTING
"""


def test_a_lambda_of_gcc_is_one_under_two_tools():
    assert gdb.parse(GDB)[0].frames[0].function == "serve::<lambda()>::operator()"
    assert signature(ASAN) == signature(GDB) != signature(GDB.replace("serve", "drain"))


def test_brackets_without_end_are_read_in_linear_time():
    def read(count):
        assert first("operator()", "<" * count + "f(" * count + ")::<lambda()>") == "f::lambda"

    grows_evenly(read, int, 2_000)
