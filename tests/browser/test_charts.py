"""Charts in a real JupyterLab: the static figure in every theme, and choosing a time by keyboard and by pointer."""

from __future__ import annotations

import os
import textwrap
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
import pytest

from tests.browser.desk import HOSTILE, THEMES, Desk
from tests.browser.test_lab import CELLS
from tests.streams import DAY, HOUR, burst, case_of, steady

if TYPE_CHECKING:
    from triage.case import Case
    from tests.browser.conftest import Axe

STORE = f"""
import json, triage
lines = []
def crash(at, name, release):
    trace = 'Traceback (most recent call last):\\n  File "shop.py", line 7, in %s\\n    go()\\nValueError: no' % name
    lines.append(json.dumps({{"timestamp": at, "level": "error", "message": trace, "release": release}}))
"""


def events() -> Case:
    """Four days with a spike that begins with a release."""
    return case_of(
        steady(3, release="1.4.1"),
        burst(3 * DAY, 60, release="1.4.2"),
        steady(1, start=3 * DAY + HOUR, release="1.4.2"),
        steady(0.5, every=HOUR, start=3 * DAY + 2 * HOUR, release="1.4.2", function="checkout", error_type=HOSTILE),
    )
