"""Write what the trace modules say of themselves to `modules.json`: `python -m tests.tools.trace_modules`."""

from __future__ import annotations

import json
import pkgutil
from pathlib import Path

from triage.formats import traces

TABLE = Path(traces.__file__).parent / "modules.json"


def table() -> str:
    """The table as it should be."""
    stems = sorted(info.name for info in pkgutil.iter_modules(traces.__path__))
    return json.dumps({stem: traces.described(stem) for stem in stems}, indent=1) + "\n"


def main() -> None:
    """Write it."""
    TABLE.write_text(table(), "utf-8")


if __name__ == "__main__":
    main()
