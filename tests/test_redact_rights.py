"""Who may do what on a machine: sudoers, its aliases and settings, doas.conf, servers of SSH, groups, accounts.

In each text «...» must be masked, and nothing else; the others are left as they are.
"""

from __future__ import annotations

import re

import pytest

from tests.growth import grows_evenly
from triage.redact import spans
from triage.redact.phrases import privileges

PEOPLE = (
    "«jelena.lindner» ALL=(root) NOPASSWD: /usr/bin/systemctl\n",
    "  «jlindner» ALL = (ALL:ALL) ALL",
    "«jlindner» ALL = NOPASSWD: /bin/kill",
    "«jlindner» ALL=/sbin/shutdown -h now",
    "«jlindner» ALL = /sbin/reboot",
    "«jlindner»,«mfern79» ALL=(ALL) PASSWD: SHUTDOWN_CMDS",
    "«jlindner», %wheel, «mfern79» ALL=(root) NOEXEC: NOPASSWD: !/bin/su",
    'echo "«jlindner» ALL=(ALL) NOPASSWD:ALL" >> /etc/sudoers.d/x',
    '{"content": "«jlindner» ALL=(ALL) NOPASSWD: ALL\\n"}',
    "/etc/sudoers:27: «jlindner» ALL=(ALL) NOPASSWD: ALL",
    "ACME\\\\«jlindner» ALL=(ALL) ALL",
    "User_Alias ADMINS = «jlindner», «mfern79»\nADMINS ALL=(ALL) ALL",
    "Defaults:«jlindner» !requiretty",
    "permit nopass «jlindner» as root cmd /usr/bin/x",
    "permit persist keepenv «jlindner»\n",
    "AllowUsers «jlindner» «mfern79»@10.*",
    "DenyUsers «jlindner»\nMatch User «mfern79»\n",
    "render:x:999:«jlindner»,«mfern79»\n",
    "«jelena.lindner»:x:1000:1000:«Jelena Lindner»,,,:/var/empty:/bin/bash",
)
NOBODY = (
    "root ALL=(ALL:ALL) ALL",
    "%wheel ALL=(ALL) NOPASSWD: ALL",
    "%sudo\tALL=(ALL:ALL) ALL",
    "#1001 ALL=(root) /bin/x",
    "ADMINS ALL=(ALL) ALL",
    "deploy ALL=(root) NOPASSWD: /usr/bin/systemctl",
    "make ALL=/usr/bin/x",
    "export ALL=/usr/bin/x",
    "x = f(rows, ALL=(root))",
    "build all = all targets",
    "total all=(3) of 4",
    "Defaults:%wheel !requiretty",
    "Defaults: none given",
    "the defaults:some text",
    "permit persist :wheel",
    "we permit persist connections to stay",
    "AllowUsers *",
    "match user input against the list",
    "www-data:x:33:\naudio:*:29:pulse\n",
    "User_Alias ADMINS = %wheel",
    "tag NOPASSWD: is not known",
)


@pytest.mark.parametrize("text", PEOPLE)
def test_who_is_named_is_masked_and_nothing_else(text):
    plain = text.replace("«", "").replace("»", "")
    assert [plain[start:end] for start, end, _ in spans(plain)] == re.findall("«([^»]+)»", text)


@pytest.mark.parametrize("text", NOBODY)
def test_groups_aliases_and_services_are_left(text):
    assert spans(text) == []


def test_every_list_of_words_has_its_reader():
    assert all(map(callable, privileges.READERS.values()))


@pytest.mark.parametrize(
    "piece",
    ["\nab ALL=(root) NOPASSWD: /b", "ALL=(", "a,b ALL=(ALL) ", "nopasswd:", "User_Alias A = a,b\n", "Defaults:a !b\n",
     "permit nopass a ", "AllowUsers a b c ", ":x:1:a,b"],
)  # fmt: skip
def test_work_grows_with_the_text(piece):
    grows_evenly(spans, lambda size: piece * (size // len(piece)), 16_384, enlarged=0)
