"""pyproject.toml and constraints.txt agree, and neither leads anywhere but to versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent


def pinned() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    return dict(line.split("==") for line in lines if not line.startswith("#"))


def test_every_line_pins_one_version_and_holds_no_address() -> None:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        assert line.startswith("#") or re.fullmatch(r"[a-z0-9-]+==[A-Za-z0-9.!+]+", line), line


def test_every_requirement_is_pinned_at_a_version_that_it_allows() -> None:
    table = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extras = table["project"]["optional-dependencies"].values()
    versions = pinned()
    for text in [
        *table["build-system"]["requires"],
        *table["project"]["dependencies"],
        *(r for e in extras for r in e),
    ]:
        requirement = Requirement(text)
        assert requirement.url is None
        if requirement.name == table["project"]["name"]:
            assert requirement.extras <= set(table["project"]["optional-dependencies"])
            continue
        assert versions[canonicalize_name(requirement.name)] in requirement.specifier, text


def test_other_platforms_are_pinned_too() -> None:
    assert {"appnope", "colorama", "pywinpty"} <= set(pinned())
