"""Masked texts are read as their originals: the same events in the same groups; nothing leaves as rows needlessly."""

import pytest

import triage
from tests.reading import SAMPLES

TEXTS = sorted(path for folder in ("logs", "traces") for path in (SAMPLES / folder).iterdir())
UBSAN = """\
/home/carlos/garnet/src/pool.cpp:448:13: runtime error: index 45 out of bounds for type 'int [16]'
    #0 0x552279e4d73a in Pool::rotate(char const*) /home/carlos/garnet/src/pool.cpp:448:13
    #1 0x552279e4489d in Pool::settle(int) /home/carlos/garnet/src/pool.cpp:490:34

SUMMARY: UndefinedBehaviorSanitizer: undefined-behavior /home/carlos/garnet/src/pool.cpp:448:13 in
"""
LUA = """\
lua: /home/jonas/mesh/plike.lua:191: attempt to index a nil value (local 'berth')
stack traceback:
\t/home/jonas/mesh/plike.lua:191: in upvalue 'fetch'
\t/home/jonas/mesh/plike.lua:109: in function 'plike.rebase'
\t/home/jonas/mesh/main.lua:339: in main chunk
\t[C]: in ?
"""
APACHE = """\
[Tue Feb 10 09:17:12.000002 2026] [wsgi:error] [pid 817:tid 140221] [client 203.0.113.9:50118] Traceback (most recent call last):
[Tue Feb 10 09:17:12.000003 2026] [wsgi:error] [pid 817:tid 140221] [client 203.0.113.9:50118]   File "/srv/a.py", line 3, in take
[Tue Feb 10 09:17:12.000004 2026] [wsgi:error] [pid 817:tid 140221] [client 203.0.113.9:50118] ValueError: no
[Tue Feb 10 09:17:13.000004 2026] [core:error] [pid 817] [client 203.0.113.9] AH00036: access to /x failed
"""  # noqa: E501
SYSLOG = """\
Feb 10 09:15:28 db-03.corp.acme.net ledger[4712]: panic: runtime error: index out of range [7] with length 7
Feb 10 09:15:28 db-03.corp.acme.net ledger[4712]:
Feb 10 09:15:28 db-03.corp.acme.net ledger[4712]: goroutine 1 [running]:
Feb 10 09:15:28 db-03.corp.acme.net ledger[4712]: main.take(...)
Feb 10 09:15:28 db-03.corp.acme.net ledger[4712]: \t/srv/ledger.go:31
Feb 10 09:15:29 db-03.corp.acme.net systemd[1]: ledger.service: Main process exited
"""


def told(case):
    events = case.events().sort_values(["group_key", "offset"])
    logs = case.logs()
    return events[["group_key", "format", "level"]].to_numpy().tolist(), logs[["logger", "level"]].to_numpy().tolist()


@pytest.mark.parametrize("text", [UBSAN, LUA, APACHE, SYSLOG], ids=["ubsan", "lua", "apache", "syslog"])
def test_a_masked_text_is_read_as_its_original(text):
    masked = triage.redact.mask(text)
    assert masked != text
    assert told(triage.loads(masked)) == told(triage.loads(text))


def test_texts_leave_as_texts():
    redacted = triage.load(TEXTS).redact()
    derived = {name for name, member in redacted.working.members.items() if member.derived}
    redacted.close()
    assert not derived
