"""Event stores at scale: what is left where it lies, partitions, the cache, many events on one machine or several."""

from __future__ import annotations

from typing import Final

__all__ = ("DEFERRED", "TABLES_LEFT")

# The key, among the tables of a case, of that of the events of which something is left where it lies; and what.
DEFERRED: Final = "_deferred"
TABLES_LEFT: Final = frozenset({"annotations", "logs"})
