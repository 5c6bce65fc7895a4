from triage.records import Frame, Records, Trace, json_text

MAIN = Frame(function="main", file="main.c", line=3)


def rows(records, name):
    return records.finish()[name].to_pylist()


def test_equal_stacks_are_stored_once_and_addresses_apart():
    records = Records()
    for address in (0x1000, 0x2000):
        event = records.event(source_id="a", event_kind="crash", native_id=str(address))
        records.stacks(event, [Trace(frames=(Frame(function="main", file="main.c", line=3, address=address),))])
    tables = {name: table.to_pylist() for name, table in records.finish().items()}
    assert len(tables["frames"]) == 1
    assert [row["addresses"] for row in tables["stacks"]] == [[0x1000], [0x2000]]
    assert {row["stack_key"] for row in tables["stacks"]} == {tables["frames"][0]["stack_key"]}


def test_a_frame_that_differs_in_any_content_is_another_stack():
    records = Records()
    keys = {
        records.intern([frame])
        for frame in (MAIN, Frame(function="main", file="main.c", line=4), Frame(function="main"))
    }
    assert len(keys) == 3


def test_the_stack_key_is_stable():
    # A golden value: a change of the key would part everything that was stored under it.
    assert Records().intern([MAIN]) == "b918eb7f4b1f84c050b0c59db237136f"


def test_the_higher_rank_wins_whatever_the_order():
    for first, second in (((1, "low"), (2, "high")), ((2, "high"), (1, "low"))):
        records = Records()
        for rank, value in (first, second):
            records.draft("bundle").fill(rank=rank, error_type=value, event_kind="crash")
        assert [row["error_type"] for row in rows(records, "events")] == ["high"]


def test_the_first_wins_among_equals_and_nulls_are_ignored():
    records = Records()
    draft = records.draft("bundle")
    draft.fill(error_type=None, service="one")
    draft.fill(error_type="later", service="two")
    (row,) = rows(records, "events")
    assert (row["error_type"], row["service"]) == ("later", "one")


def test_stacks_of_the_highest_rank_stand():
    records = Records()
    draft = records.draft("bundle")
    draft.fill(event_kind="crash")
    draft.stacks([Trace(frames=(Frame(function="scanned"),))], rank=1)
    draft.stacks([Trace(frames=(MAIN,))], rank=2)
    draft.stacks([Trace(frames=(Frame(function="other"),), role="thread")], rank=2)
    draft.stacks([Trace(frames=(Frame(function="late scan"),))], rank=1)
    tables = records.finish()
    assert tables["stacks"]["role"].to_pylist() == ["crash", "thread"]
    assert tables["frames"]["function"].to_pylist() == ["main", "other"]


def test_a_draft_nobody_filled_is_no_event():
    records = Records()
    event = records.draft("bundle").event
    records.log(event, message="an orphan")
    tables = records.finish()
    assert tables["events"].num_rows == 0
    assert tables["logs"]["event_id"].to_pylist() == [None]


def test_notes_of_a_draft_are_kept_once():
    records = Records()
    draft = records.draft("bundle")
    draft.note("a")
    draft.note("a")
    draft.fill(event_kind="crash", notes=["b"])
    assert rows(records, "events")[0]["notes"] == ["b", "a"]


def test_each_distinct_text_is_parsed_once():
    records = Records()
    calls = []

    def parse(text):
        calls.append(text)
        return [Trace(frames=(MAIN,))]

    for _ in range(3):
        assert records.parsed("python", "same", parse)[0].frames == (MAIN,)
    assert calls == ["same"]


def test_annotations_hold_text_or_json_and_no_nulls():
    records = Records()
    event = records.event(event_kind="crash")
    records.annotation(event, "tag", "a", "text")
    records.annotation(event, "tag", "b", {"k": [1, None]})
    records.annotation(event, "tag", "c", None)
    assert [(row["key"], row["value"]) for row in rows(records, "annotations")] == [
        ("a", "text"),
        ("b", '{"k":[1,null]}'),
    ]


def test_files_that_an_event_claims_are_linked_whatever_the_order():
    records = Records()
    draft = records.draft("bundle")
    draft.fill(event_kind="crash", native_id="n-1")
    for order, path in enumerate(("cache/n-1-service.log", "cache/n-2-other.log", "other/n-1-x.log", "cache/n-1.json")):
        records.file(order=order, source_id=f"s{order}", path=path)
    records.claim("\0cache", "n-1-", draft.event)
    tables = records.finish()
    assert tables["files"]["role"].to_pylist() == ["attachment", None, None, None]
    assert tables["annotations"].to_pylist() == [
        {"event_id": "n-1", "scope": "attachment", "key": "cache/n-1-service.log", "value": "s0"}
    ]


def test_json_text_never_raises():
    loop = []
    loop.append(loop)
    assert json_text(loop) == "'list'"
    assert json_text({"a": "\ud800"})
