"""Errors of procedures, written by hand in the forms of PostgreSQL 16, Oracle 19 and sqlcmd."""

from __future__ import annotations

import pytest

from tests.scanned import functions, one, reports, scan_grows, surrounded
from triage.stacks import signature

PGSQL = """\
ERROR:  division by zero
CONTEXT:  PL/pgSQL function shop.pay(integer) line 59 at assignment
SQL statement "SELECT pay(x)
  FROM cart"
PL/pgSQL function checkout(integer) line 52 at PERFORM
STATEMENT:  SELECT checkout(511);"""
LOGGED = """\
2026-04-21 04:44:10.739 UTC [7890] ERROR:  division by zero
2026-04-21 04:44:10.739 UTC [7890] CONTEXT:  PL/pgSQL function shop.pay(integer) line 59 at assignment
\tSQL statement "SELECT pay(x)
\t  FROM cart"
\tPL/pgSQL function checkout(integer) line 52 at PERFORM
2026-04-21 04:44:10.739 UTC [7890] STATEMENT:  SELECT checkout(511);
2026-04-21 04:44:11.739 UTC [7890] LOG:  checkpoint complete"""
ORACLE = """\
ORA-01403: no data found
ORA-06512: at "SHOP.PAY", line 264
ORA-06512: at "SHOP.CHECKOUT", line 821
ORA-06512: at line 1"""
SERVER = """\
Msg 8134, Level 16, State 1, Server NODE-8, Procedure pay, Line 75
Divide by zero error encountered."""


def test_an_error_of_postgresql() -> None:
    found = one(PGSQL, "sql")
    assert (found.report.error_value, functions(found)) == ("division by zero", ["shop.pay", "checkout"])
    assert (found.first, found.last, found.report.traces[0].frames[0].line) == (1, 6, 59)
    logged = one(LOGGED, "sql")
    assert (logged.report.error_value, functions(logged)) == ("division by zero", ["shop.pay", "checkout"])
    assert signature(LOGGED) == signature(PGSQL) != signature(PGSQL.replace("shop.pay", "shop.add"))


def test_what_a_container_puts_before_each_line_is_no_record_of_its_own() -> None:
    told = "\n".join(f"db-1  | {line}" for line in LOGGED.split("\n"))
    assert signature(told) == signature(LOGGED)
    # another container's lines are another's
    assert functions(one(told.replace("db-1  | \t", "db-2  | \t"), "sql")) == ["shop.pay"]


def test_an_error_of_oracle() -> None:
    found = surrounded(ORACLE, "sql")
    assert (found.report.error_type, functions(found)) == ("ORA-01403", ["SHOP.PAY", "SHOP.CHECKOUT", None])
    assert signature(ORACLE) != signature(ORACLE.replace("SHOP.PAY", "SHOP.ADD")) != ""


def test_an_error_of_sql_server() -> None:
    found = surrounded(SERVER, "sql")
    assert (found.report.error_type, found.report.error_value) == ("Msg 8134", "Divide by zero error encountered.")
    assert functions(found) == ["pay"]


@pytest.mark.parametrize(
    "text",
    [
        PGSQL.replace("ERROR: ", "NOTICE:"),
        ORACLE.partition("\n")[2],
        SERVER.replace("Level 16", "Level 10"),
        "Idaho, State 1",
    ],
)
def test_look_alikes_are_none(text: str) -> None:
    assert not reports(text, "sql")


@pytest.mark.parametrize(
    "text", [PGSQL, LOGGED, ORACLE, SERVER, 'PL/pgSQL function f\nSQL statement "a', "ORA-06512: at line 1"]
)
def test_time_is_linear(text: str) -> None:
    scan_grows(text, "sql")


@pytest.mark.parametrize("place", ["pay, Line 75 [Batch Start Line 0]", "pay [Batch Start Line 12], Line 75"])
def test_where_the_batch_of_sql_server_began_may_stand_at_either_place(place: str) -> None:
    text = f"Msg 8134, Level 16, State 1, Procedure {place}\nDivide by zero error encountered."
    found = surrounded(text, "sql")
    assert (functions(found), found.report.traces[0].frames[0].line) == (["pay"], 75)
    assert not reports(text.replace("Line 75", "Line 75 [of 80]").replace("Line 0]", "Row 0]"), "sql")
