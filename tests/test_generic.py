"""Functions that are called alike in many files: keys tell them apart, and stay when a checkout moves."""

from __future__ import annotations

import pytest

from triage.stacks import signature
from triage.stacks.frame_table import FrameTable
from triage.stacks.generic import LANGUAGES, place

PYTHON = """Traceback (most recent call last):
  File "{folder}/{file}", line {line}, in <module>
    main()
  File "{folder}/{file}", line 3, in main
    raise KeyError("total")
KeyError: 'total'
"""
VIEW = """Traceback (most recent call last):
  File "/usr/lib/python3/site-packages/django/views/generic/base.py", line 143, in dispatch
    return handler(request, *args, **kwargs)
  File "{file}", line 8, in get
    raise ValueError("no total")
ValueError: no total
"""
NODE = """TypeError: Cannot read properties of undefined (reading 'id')
    at handler ({file}:12:7)
    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)
"""


def test_scripts_with_the_same_names_are_other_incidents():
    one = signature(PYTHON.format(folder="/srv/app", file="import_orders.py", line=9))
    assert one == signature(PYTHON.format(folder="/home/ada/r17/checkout", file="import_orders.py", line=90))
    assert one != signature(PYTHON.format(folder="/srv/app", file="export_orders.py", line=9))


def test_views_of_two_applications_are_other_incidents():
    one = signature(VIEW.format(file="/srv/shop/orders/views.py"))
    assert one == signature(VIEW.format(file="C:\\build\\shop\\orders\\views.py")) != ""
    assert one != signature(VIEW.format(file="/srv/shop/users/views.py"))


def test_handlers_are_told_apart_by_their_bundles_and_not_by_their_builds():
    one = signature(NODE.format(file="/var/task/checkout.js"))
    assert one == signature(NODE.format(file="/opt/build/checkout.4f1c09ab.js"))
    assert one == signature(NODE.format(file="/opt/build/checkout.min.js"))
    assert one != signature(NODE.format(file="/var/task/refund.js"))


def test_a_name_that_tells_enough_needs_no_file():
    first = FrameTable.default().known(("frame", "import_orders", None, None, "/a/one.py", "python", None))
    other = FrameTable.default().known(("frame", "import_orders", None, None, "/a/two.py", "python", None))
    assert (first.word, first.placed) == (other.word, "")


@pytest.mark.parametrize(
    "file",
    [
        "/tmp/ipykernel_71/2194.py", "<ipython-input-4-0a1b2c>", "<string>", "/tmp/tmpab12cd_9.py", "", "main",
        "https://shop.example/orders/17", "/a/0123456789abcdef.py",
    ],
)  # fmt: skip
def test_a_file_of_a_passing_name_is_no_place(file):
    assert place("main", file, "python") == ""


def test_the_event_and_the_text_of_it_have_one_key():
    known = FrameTable.default().known
    relative = known(("frame", "get", "orders.views", None, "orders/views.py", "python", True))
    absolute = known(("frame", "get", None, None, "/srv/shop/orders/views.py", "python", None))
    assert relative.placed_word == absolute.placed_word
    assert (relative.name, relative.placed, relative.shown) == ("get", "orders.views.get", "get")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_has_names(language):
    ends = {"python": "py", "javascript": "ts", "ruby": "rb", "php": "php", "lua": "lua", "julia": "jl", "r": "R"}
    name = {"lua": "init", "r": "FUN"}.get(language, "run")
    assert place(name, f"/a/b/invoices.{ends[language]}", language) == "invoices"


def test_only_the_first_frame_of_a_key_is_taken_with_its_file():
    trace = PYTHON.replace("in main", "in import_orders")
    one, other = (signature(trace.format(folder="/a", file=file, line=1)) for file in ("one.py", "two.py"))
    assert one == other != ""


def test_native_functions_need_no_file():
    known = FrameTable.default().known
    assert known(("frame", "main", None, None, "/a/x.c", "c", None)).placed == ""
