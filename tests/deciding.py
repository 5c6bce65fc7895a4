"""What the tests of decisions share: an event store made by hand, and journals with a clock of their own."""

import itertools
import json

import triage
from triage import journal as journals
from triage.journal import Journal, Side, Subject


def event(number, *, function="parse", error="ValueError", message="bad input", at="2026-02-10T09:00:00Z", **more):
    """One exception event of a DebugBundle store."""
    service = {"name": more.pop("service", "api"), "runtime": "python", "environment": "production"}
    stack = (
        f'Traceback (most recent call last):\n  File "app.py", line 7, in main\n  File "app.py", line 9, in {function}'
    )
    for inner in more.pop("inner", ()):
        stack += f'\n  File "app.py", line 11, in {inner}'
    payload = {"name": error, "message": message, "stack": f"{stack}\n{error}: {message}", "handled": False}
    request = {"method": "GET", "path": "/", "query": {}, "headers": {}}
    runtime = {"version": "3.11"}
    return {
        "schema_version": "2026-03-01",
        "event_id": f"00000000-0000-4000-8000-{number:012d}",
        "event_type": "backend_exception",
        "sdk_name": "debugbundle-python",
        "sdk_version": "2.0.1",
        "service": service,
        "occurred_at": at,
        "payload": payload | {"request": request, "response": {"status_code": 500}, "runtime": runtime},
        **more,
    }


def name(number):
    """The id of the event of that number."""
    return event(number)["event_id"]


def store(folder, events):
    """Write an event store; gives its folder."""
    place = folder / ".debugbundle" / "local" / "events"
    place.mkdir(parents=True, exist_ok=True)
    (place / "1770714000000-1-api.events.json").write_text(json.dumps(list(events)), "utf-8")
    return folder


def clock(start=0):
    """A clock that goes on by a minute at each look, from noon of 2026-03-01."""
    minutes = itertools.count(start)
    return lambda: f"2026-03-01T{12 + (minute := next(minutes)) // 60:02d}:{minute % 60:02d}:00Z"


def journal(folder, who="Ada", start=0):
    """A journal in a folder, with a clock of its own."""
    return Journal(folder / "journal.ndjson", who=who, when=clock(start))


def held(case):
    """The event numbers by incident id."""
    ids = case.incidents()["incident_id"]
    return {each: sorted(int(event[-6:]) for event in case.events(each)["event_id"]) for each in ids}


def incident_of(case, number):
    """The incident that an event is in."""
    return next(each for each, numbers in held(case).items() if number in numbers)


def load(folder, decisions):
    """A case of a store with its journal."""
    return triage.load(folder, journal=decisions)


EVENTS = [
    event(1),
    event(2, at="2026-02-10T09:05:00Z"),
    event(3, function="render", at="2026-02-10T10:00:00Z"),
    event(4, function="render", service="web", at="2026-02-10T11:00:00Z"),
]


class Desk:
    def __init__(self, folder, events=EVENTS):
        self.folder = folder
        self.store = store(folder / "in", events)
        self.journal = journal(folder)
        self.case = load(self.store, self.journal)

    def of(self, number):
        return incident_of(self.case, number)

    def again(self, events=None, folder="in"):
        """The case loaded anew, from other events or another place."""
        place = self.folder / folder
        if events is not None:
            store(place, events)
        self.case = triage.load(place, journal=Journal(self.journal.path, who="Ada", when=clock(60)))
        return self.case

    def status(self, number):
        frame = self.case.incidents().set_index("incident_id")
        return frame.loc[self.of(number), "status"]

    def effects(self):
        return dict(self.case.journal()[["what", "effect"]].itertuples(index=False))


def numbers(case):
    return sorted(held(case).values())


def aged(entry, version=1):
    """An entry as an earlier version of the grouping would have left it: other keys, other ids, the same anchors."""

    def old(incident):
        return f"inc_{'0' * 8}{incident[-8:]}"

    subjects = tuple(
        Subject(incident_id=old(each.incident_id), group_key="0" * 16, algo_version=version, events=each.events)
        for each in entry.subjects
    )
    sides = tuple(
        Side(incident_id=old(each.incident_id), values=("val_0" + each.values[0][-8:],), events=each.events)
        for each in entry.sides
    )
    fields = {key: getattr(entry, key) for key in entry.__struct_fields__} | {"subjects": subjects, "sides": sides}
    fields |= {"into": old(entry.into) if entry.into else "", "id": "", "parents": ()}
    return journals._sealed(fields)


def write(path, entries):
    path.write_bytes(b"".join(journals._line(entry) for entry in entries))


def regrouped(desk, *rules):
    """The case loaded with other keys: what another version of the grouping would give."""
    lines = []
    for number, when in enumerate(rules):
        fields = ", ".join(f"{field} = {json.dumps(pattern)}" for field, pattern in when.items())
        lines += ["[[stacks.fingerprint]]", f"when = {{ {fields} }}", f'fingerprint = ["other {number}"]']
    (desk.folder / "other.toml").write_text("\n".join(lines))
    desk.case = triage.load(desk.store, journal=desk.journal, config=desk.folder / "other.toml")
    return desk.case
