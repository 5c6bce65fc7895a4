"""Takes another version of gitleaks' rules: says what it changes, and puts it in triage/redact/tokens/gitleaks.toml.

    python -m tests.tools.gitleaks_rules PATH

PATH is `config/gitleaks.toml` of a release of https://github.com/gitleaks/gitleaks. Nothing is replaced unless RE2
compiles every expression in it. Afterwards: version and commit in triage/redact/tokens/rules.py and NOTICE, and
tests/test_gitleaks_rules.py.
"""

from __future__ import annotations

import argparse
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import re2

from triage.redact.text import expression

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).resolve().parents[2] / "triage" / "redact" / "tokens" / "gitleaks.toml"


def by_name(text: str) -> dict[str, dict[str, Any]]:
    """The rules of a file by their ids, and what is allowed everywhere as one more."""
    told = tomllib.loads(text)
    return {rule["id"]: rule for rule in told["rules"]} | {"(allowed everywhere)": told.get("allowlist", {})}


def changes(old: str, new: str) -> Iterator[str]:
    """One line for every rule that was added (+), removed (-) or changed (~, with the names of what changed)."""
    before, after = by_name(old), by_name(new)
    for name in sorted(before.keys() | after.keys()):
        if name not in before:
            yield f"+ {name}"
        elif name not in after:
            yield f"- {name}"
        elif before[name] != after[name]:
            fields = sorted(before[name].keys() | after[name].keys())
            changed = [field for field in fields if before[name].get(field) != after[name].get(field)]
            yield f"~ {name}: {', '.join(changed)}"


def expressions(rule: dict[str, Any]) -> Iterator[str]:
    """Every expression of a rule that is tried on text."""
    for holder in (rule, *rule.get("allowlists", ())):
        yield from holder.get("regexes", ())
    if "regex" in rule:
        yield rule["regex"]


def broken(text: str) -> Iterator[str]:
    """One line for every expression that RE2 does not compile."""
    for name, rule in by_name(text).items():
        for pattern in expressions(rule):
            try:
                expression(pattern)
            except re2.error as error:
                yield f"! {name}: {error}"


def replace(path: Path, rules: Path = RULES) -> list[str]:
    """Put another file in place of the rules unless something in it is broken; what changed, or what is broken."""
    new = path.read_bytes()
    text = new.decode("utf-8")
    if wrong := [*broken(text)]:
        return wrong
    said = [*changes(rules.read_text("utf-8"), text)]
    rules.write_bytes(new)
    return said


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("path", type=Path, metavar="PATH")
    said = replace(parser.parse_args().path)
    print("\n".join(said) or "nothing changed")
    if any(line.startswith("!") for line in said):
        raise SystemExit("RE2 does not compile what is marked; the rules are as they were")


if __name__ == "__main__":
    main()
