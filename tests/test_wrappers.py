"""Exceptions that only carry another: the key and the title are those of what they carry."""

from __future__ import annotations

import pytest

import triage
from triage.formats.traces.wrappers import unwrapped
from triage.records import Trace

THROWN = "a.RateException: no rate\n\tat a.Rates.convert(Rates.java:31)\n\tat a.Cart.total(Cart.java:4)\n"
INNER = "A.RateException: no rate\n   at A.Rates.Convert(String c)\n   at A.Cart.Total()\n"


FUTURE = f"""java.util.concurrent.ExecutionException: a.RateException: no rate
\tat java.base/java.util.concurrent.FutureTask.get(FutureTask.java:191)
Caused by: {THROWN}\t... 3 more
"""
REFLECTED = f"""java.lang.reflect.InvocationTargetException
\tat x.Main.main(Main.java:3)
Caused by: java.util.concurrent.CompletionException: x
\tat x.Main.run(Main.java:9)
Caused by: {THROWN}\t... 3 more
"""
AGGREGATE = f"""System.AggregateException: One or more errors occurred. (no rate)
 ---> {INNER}   --- End of inner exception stack trace ---
   at System.Threading.Tasks.Task.Wait()
"""


@pytest.mark.parametrize(
    ("alone", "wrapped"), [(THROWN, FUTURE), (THROWN, REFLECTED), (f"Unhandled exception. {INNER}", AGGREGATE)]
)
def test_a_wrapped_exception_is_the_one_that_it_carries(alone, wrapped):
    keys = [triage.loads(text).events()[["group_key", "error_type"]].to_numpy().tolist() for text in (alone, wrapped)]
    assert keys[0] == keys[1]
    roles = triage.loads(wrapped).stacks()["role"].tolist()
    assert roles == ["crash"] + ["wrapper"] * (len(roles) - 1)
    assert len(roles) > 1


def test_the_chain_behind_stays():
    chain = [
        Trace(error_type="java.util.concurrent.ExecutionException", thread_name="main", crashed=True),
        Trace(error_type="a.B", role="cause", chain_no=1),
        Trace(error_type="a.C", role="cause", chain_no=2),
    ]
    found = unwrapped(chain, "java")
    assert [(trace.error_type, trace.role, trace.chain_no) for trace in found] == [
        ("a.B", "crash", 0),
        ("a.C", "cause", 1),
        ("java.util.concurrent.ExecutionException", "wrapper", 2),
    ]
    assert (found[0].thread_name, found[0].crashed, found[2].crashed) == ("main", True, None)
    # nothing is left where nothing is carried
    assert unwrapped(chain[:1], "java") == (chain[0],)
    assert unwrapped(chain[1:], "java") == tuple(chain[1:])
