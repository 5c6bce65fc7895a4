"""What the tests of watching share: a watch that is looked at round by round, and counts to compare with `load`."""

import os

import triage
from triage.incidents import groups
from triage.watching import Watcher

LONG_AGO = 1_770_000_000
NEVER = 1e6
TRACE = 'Traceback (most recent call last):\n  File "app.py", line 3, in {name}\nValueError: no\n'
AFTER = "12:00:00 went on\n" * 12


class Watch:
    """A watch of a folder whose files settle when a test says so, and that can be left and begun again."""

    def __init__(self, folder, path=None, **options):
        self.path = path or folder / "in"
        if path is None:
            self.path.mkdir(exist_ok=True)
        self._options = {"state": folder / "state.watch", "settle": NEVER} | options
        self.watcher = Watcher(self.path, **self._options)

    def told(self):
        """Look once; what is told."""
        self.watcher.round()
        return list(self.watcher.notices())

    def again(self, **options):
        """End, and begin again."""
        self.watcher.close()
        self._options |= options
        self.watcher = Watcher(self.path, **self._options)
        return self

    def settled(self):
        """What is told when nothing has changed for long."""
        return self.again(settle=0.0).told()

    def counts(self):
        """How many events each incident has."""
        return {row["incident_id"]: row["count"] for row in groups.build(self.watcher._ledger.tables()).to_pylist()}


def loaded(path):
    """The same of a case."""
    return triage.load(path).incidents().set_index("incident_id")["count"].to_dict()


def add(path, text):
    """Write at the end of a file."""
    with path.open("ab") as file:
        file.write(text if isinstance(text, bytes) else text.encode())


def put(path, data):
    """A file that is whole when it is there, and that nobody has to wait for."""
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    os.utime(path, (LONG_AGO, LONG_AGO))
    return path


def titles(notices):
    return [notice.title for notice in notices]
