import random

import pandas as pd
import pytest

import triage
from triage.records import Frame, Records, Trace
from triage.stacks import keys


def frame(function, file="src/app.c", **more):
    return Frame(function=function, file=file, **more)


def annotated(*events):
    """The annotated tables of some events, each as (columns, frames)."""
    records = Records()
    for columns, frames in events:
        number = records.event(**({"event_class": "incident_signal", "event_kind": "crash"} | columns))
        if frames:
            records.stacks(number, [Trace(frames=tuple(frames))])
    return {name: table.to_pylist() for name, table in keys.annotate(records.finish()).items()}


def group(columns, frames=()):
    return annotated((columns, frames))["events"][0]["group_key"]


CRASH = {"error_type": "SIGSEGV"}
STACK = [frame("memcpy"), frame("parse"), frame("read"), frame("run"), frame("main")]


def test_the_top_three_application_frames_count():
    counted = {row["function"]: row["counted"] for row in annotated((CRASH, STACK))["frames"]}
    assert counted == {"memcpy": False, "parse": True, "read": True, "run": True, "main": False}


def test_the_culprit_is_the_first_of_them():
    (event,) = annotated((CRASH, [frame("memcpy"), frame("parse", "src/in/parse.c", line=12)]))["events"]
    assert event["culprit"] == "parse (parse.c:12)"


def test_the_culprit_tells_the_namespace_that_counts_in_no_key():
    inner = frame("inv::(anonymous namespace)::parse(int)", "src/in/parse.c", line=12)
    (event,) = annotated((CRASH, [inner]))["events"]
    assert event["culprit"] == "inv::(anonymous namespace)::parse (parse.c:12)"


@pytest.mark.parametrize(
    "rebuilt",
    [
        [frame("memcpy", line=9), *STACK[1:]],
        [frame("parse", "/other/checkout/src/app.c", line=77), *STACK[2:]],
        [frame("parse(int) [clone .cold]"), *STACK[2:]],
        [*STACK[:4], frame("other_main")],
        [Frame(function="memcpy", address=4096), *STACK[1:]],
    ],
)
def test_a_rebuild_stays_together(rebuilt):
    assert group(CRASH, rebuilt) == group(CRASH, STACK)


def test_another_function_or_type_splits():
    assert group(CRASH, [frame("other"), *STACK[2:]]) != group(CRASH, STACK)
    assert group({"error_type": "SIGABRT"}, STACK) != group(CRASH, STACK)


def test_without_application_frames_library_frames_count():
    stack = [frame("memcpy"), frame("std::vector::push_back")]
    assert [row["counted"] for row in annotated((CRASH, stack))["frames"]] == [False, True]
    assert [row["counted"] for row in annotated((CRASH, stack[:1]))["frames"]] == [True]


def test_what_lies_inside_of_a_crash_handler_does_not_count():
    stack = [
        frame("app::hook::{{closure}}"),
        frame("core::panicking::panic_fmt"),
        frame("app::parse"),
        frame("app::run"),
    ]
    rows = annotated((CRASH, stack))["frames"]
    assert [row["role"] for row in rows] == ["noise", "sentinel", "application", "application"]
    assert [row["counted"] for row in rows] == [False, False, True, True]
    assert rows[0]["rule"] == "inside of a crash handler"


def test_scanned_frames_count_only_where_nothing_else_is():
    walked = [frame("parse", trust="context"), frame("ghost", trust="scan")]
    assert [row["counted"] for row in annotated((CRASH, walked))["frames"]] == [True, False]
    assert [row["counted"] for row in annotated((CRASH, [frame("ghost", trust="scan")]))["frames"]] == [True]


def test_frames_without_names_and_main_count_where_nothing_of_ones_own_does():
    place, library = Frame(module="zone", module_offset=9), frame("std::sort")
    parse, main, start = frame("parse"), frame("main"), frame("LLVMFuzzerTestOneInput")

    def counted(*stack):
        return [row["counted"] for row in annotated((CRASH, stack))["frames"]]

    assert counted(place, library, parse, main) == [False, False, True, False]
    assert counted(place, library, main) == [True, False, False]
    assert counted(library, start, main) == [False, True, False]


def test_packages_count_where_a_fuzz_target_calls_them_and_the_platform_does_not():
    def java(*names, in_app=None):
        return [frame(name, "A.java", language="java", in_app=in_app) for name in names]

    target, package, platform = "ImageFuzzer.fuzzerTestOneInput", "org.apache.tika.Png.read", "java.lang.Long.parseLong"

    def counted(stack):
        return [row["counted"] for row in annotated((CRASH, stack))["frames"]]

    assert counted(java(platform, package, target)) == [False, True, False]
    assert counted(java(platform, target)) == [False, True]
    assert counted(java(package, "shop.Cart.total", target)) == [False, True, False]
    # a writer that knows what is its own knows that of libraries also
    assert counted(java(package, "net.lib.Png.read", in_app=False)) == [True, True]


def test_frames_without_functions_go_by_their_place_in_the_image():
    stack = [
        Frame(module="/opt/game/zone", module_offset=4660, address=1),
        Frame(module="/opt/game/zone", module_offset=2),
    ]
    moved = [
        Frame(module="/srv/game/zone", module_offset=4660, address=9),
        Frame(module="/srv/game/zone", module_offset=2),
    ]
    other = [
        Frame(module="/opt/game/zone", module_offset=4661, address=1),
        Frame(module="/opt/game/zone", module_offset=2),
    ]
    assert group(CRASH, stack) == group(CRASH, moved) != group(CRASH, other)
    assert annotated((CRASH, stack))["events"][0]["culprit"] == "zone+0x1234"


def test_without_a_stack_the_parameterised_message_is_the_key():
    first = group({"error_type": "ValueError", "error_value": "order 48213 failed"})
    assert first == group({"error_type": "ValueError", "error_value": "order 7 failed"})
    assert first != group({"error_type": "ValueError", "error_value": "order 7 refused"})
    assert first != group({"error_type": "KeyError", "error_value": "order 7 failed"})


def request(status=503, route="/orders/{id}", method="GET", **more):
    said = {"error_value": f"request {method} {route}"} | more
    return {"event_kind": "request", "http_method": method, "route": route, "http_status": status} | said


def test_a_request_goes_by_method_route_and_status_whatever_its_message():
    assert group(request()) == group(request(error_value=None)) == group(request(error_value="no answer"))
    others = [request(500), request(method="PUT"), request(route="/orders"), request(route="/carts/{id}")]
    assert len({group(each) for each in (request(), *others)}) == 5


def test_a_template_and_a_path_and_a_masked_path_are_one_route():
    routes = ["/users/{id}/card", "/users/{param}/card", "/users/bob@example.com/card", "/users/[email:1:8-15]/card"]
    assert len({group(request(route=route)) for route in routes}) == 1


def test_a_request_of_which_nothing_is_known_goes_by_its_message_and_so_does_all_else():
    bare = {"event_kind": "request", "error_value": "worker 7 gave up"}
    assert group(bare) == group(bare | {"error_value": "worker 8 gave up", "http_status": 500})
    assert group(bare) != group(bare | {"error_value": "worker 8 went on"})
    log = request() | {"event_kind": "log", "error_value": "cannot pay"}
    assert group(log) == group(log | {"http_status": 500, "route": "/carts"})


def test_only_incident_signals_have_a_key():
    rows = annotated(({"event_class": "context", "error_type": "x"}, STACK))["events"]
    assert rows[0]["group_key"] is None


def test_keys_do_not_depend_on_what_else_is_loaded():
    events = [({"error_type": f"E{n % 3}", "error_value": f"m{n}"}, STACK if n % 2 else ()) for n in range(20)]
    expected = {(e["error_type"], e["error_value"]): e["group_key"] for e in annotated(*events)["events"]}
    random.Random(5).shuffle(events)
    found = {(e["error_type"], e["error_value"]): e["group_key"] for e in annotated(*events[:9])["events"]}
    assert found.items() <= expected.items()


def test_the_key_is_golden():
    # Keys are stored and shared: they may change only together with ALGO_VERSION.
    assert keys.ALGO_VERSION == 5
    assert group(CRASH, STACK) == "a52658f929d1baaa"


def test_recursion_counts_once_however_deep():
    deep = [frame("leaf"), *[frame("walk"), frame("visit")] * 11, frame("main")]
    shallow = [frame("leaf"), *[frame("walk"), frame("visit")] * 3, frame("main")]
    assert group(CRASH, deep) == group(CRASH, shallow)
    rows = annotated((CRASH, shallow))["frames"]
    assert [row["counted"] for row in rows] == [True] * 3 + [False] * 5
    assert rows[3]["rule"] == "repeats the frames above"


def test_rows_that_are_no_calls_repeat_none():
    told = frame("walk", frame_kind="repeated", repeat=990)
    rows = annotated((CRASH, [told, frame("walk"), frame("walk"), frame("run")]))["frames"]
    assert [row["counted"] for row in rows] == [False, True, False, True]


def test_a_stack_overflow_goes_by_its_cycle_wherever_it_ended():
    overflow = {"error_type": "stack-overflow"}
    calls = [frame("parse"), frame("expr"), frame("term")]
    first = group(overflow, [frame("alloc"), *calls * 30, frame("main")])
    assert first == group(overflow, [*calls[1:], *calls * 20, frame("run")])
    assert first == group({"error_type": "EXCEPTION_STACK_OVERFLOW"}, [*calls[2:], *calls * 20])
    assert first != group(overflow, [frame("alloc"), *[frame("parse"), frame("expr")] * 30])
    # A debugger sees a signal only; in few rounds it may be anything, and a sanitizer knows better.
    assert first == group(CRASH, [frame("alloc"), *calls * 30, frame("main")])
    assert first != group(CRASH, [frame("alloc"), *calls * 7, frame("main")])
    assert first != group(CRASH | {"error_type": "heap-use-after-free"}, [frame("alloc"), *calls * 30])


@pytest.mark.parametrize(
    ("inside", "kind", "sanitizer"),
    [
        (["gsignal", "abort", "malloc_printerr", "_int_free", "__libc_free"], "crash", "double-free"),
        (["abort", "__fortify_fail", "__stack_chk_fail"], "crash", "stack-buffer-overflow"),
        (["abort", "scudo::die", "scudo::reportInvalidChunkState"], "abort", "heap-use-after-free"),
    ],
)
def test_the_frames_between_say_what_an_abort_was(inside, kind, sanitizer):
    seen = {"event_kind": kind, "error_type": "SIGABRT", "signal": "SIGABRT"}
    found = group(seen, [*map(frame, inside), *STACK])
    assert found == group({"error_type": sanitizer}, STACK)
    assert found != group(seen, [frame("gsignal"), frame("abort"), *STACK])


@pytest.mark.parametrize(
    ("handler", "error"), [("std::terminate", "std::out_of_range"), ("core::panicking::panic_fmt", "panic")]
)
def test_what_nobody_caught_is_one_with_its_core_file(handler, error):
    stack = [frame("abort"), frame(handler), *STACK]
    said = {"event_kind": "exception", "error_type": error, "error_value": "n is 12"}
    core = {"error_type": "SIGABRT", "signal": "SIGABRT"}
    assert group(said, stack) == group(core, stack) != group(core, [frame("abort"), *STACK])
    assert group(said | {"error_type": "KeyError"}, STACK) != group(said, STACK)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (frame("inv::(anonymous namespace)::sum"), frame("sum")),
        (frame("inv::each<run()::<lambda(int)> >"), frame("each<run()::{lambda(int)#1}>")),
        (frame("run", "/usr/include/c++/12/bits/stl_vector.h"), frame("run")),
        (frame("Shop.Cart.pay(of: Swift.Int) -> ()", module="Shop"), frame("Cart.pay(of:)", module="Shop")),
        (frame("shop::run::__l2::<lambda_1>::operator()"), frame("shop::run()::$_0::operator()() const")),
    ],
)
def test_one_function_as_two_tools_write_it(one, other):
    assert group(CRASH, [one, *STACK[2:]]) == group(CRASH, [other, *STACK[2:]]) != group(CRASH, STACK[2:])


def test_what_came_of_a_group_of_exceptions_is_in_its_key():
    def key(*members):
        records = Records()
        event = records.event(source_id="a", event_class="incident_signal", event_kind="exception", error_type="Group")
        told = [
            Trace(frames=(frame(name),), role="member", chain_no=n, error_type=error) for n, (error, name) in members
        ]
        records.stacks(event, [Trace(frames=tuple(STACK)), *told])
        return keys.annotate(records.finish())["events"]["group_key"][0].as_py()

    one, other = ("KeyError", "fetch"), ("OSError", "send")
    assert key((1, one)) == key((1, one), (2, one)) != key((1, other))
    assert key((1, one), (2, other)) == key((1, other), (2, one)) != key((1, one))


def test_two_tools_agree_on_a_group_and_differ_in_the_variant():
    seen = annotated(({"error_type": "heap-use-after-free"}, STACK), (CRASH, STACK))["events"]
    assert len({event["group_key"] for event in seen}) == 1
    assert len({event["family_key"] for event in seen}) == 1
    assert len({event["variant_key"] for event in seen}) == 2


def test_exceptions_go_by_their_type_and_assertions_by_their_text():
    exception, assertion = {"event_kind": "exception"}, {"event_kind": "assertion", "error_type": "CHECK"}
    assert group(exception | {"error_type": "KeyError"}, STACK) != group(exception | {"error_type": "OSError"}, STACK)
    assert group(assertion | {"error_value": "a < 7"}, STACK) == group(assertion | {"error_value": "a < 9"}, STACK)
    assert group(assertion | {"error_value": "a < 7"}, STACK) != group(assertion | {"error_value": "b < 7"}, STACK)


def test_an_exception_is_the_same_with_and_without_its_module():
    kinds = (
        "requests.exceptions.ConnectionError",
        "ConnectionError",
        r"App\Http\ConnectionError",
        "a::b::ConnectionError",
    )
    assert len({group({"event_kind": "exception", "error_type": kind}, STACK) for kind in kinds}) == 1


def test_a_bundle_without_names_goes_by_its_file_without_the_hash_of_the_build():
    error = {"event_kind": "exception", "error_type": "TypeError"}
    files = (
        "https://cdn.example/app-1a2b3c4d.js",
        "https://cdn.example/app-99887766.js",
        "https://cdn.example/other.js",
    )
    first, same, other = (group(error, [Frame(file=file, language="javascript")]) for file in files)
    assert first == same != other
    for ways, other in (
        (("index-BX1f9aZk.js", "index-Cq7WvT2d.js", "index.js"), "index-Settings.js"),
        (("main-7X3KQ2LZ.js", "main.QW5ZP3RT.js", "main~a1b2c3d4.js"), "main-DASHBOARD.js"),
        (("cart.js?v=12", "cart.js?v=13&t=a/b", "cart.js"), "cart-version2.js"),
    ):
        keys = {group(error, [Frame(file=f"https://cdn.example/{file}", language="javascript")]) for file in ways}
        assert len(keys) == 1
        assert group(error, [Frame(file=f"https://cdn.example/{other}", language="javascript")]) not in keys


def chained(*exceptions):
    """The group key of a chain of exceptions, each as (type, frames), the one that surfaced first."""
    records = Records()
    kind, frames = exceptions[0]
    number = records.event(event_class="incident_signal", event_kind="exception", error_type=kind)
    traces = [Trace(frames=tuple(frames), error_type=kind)]
    traces += [
        Trace(frames=tuple(frames), role="cause", chain_no=place, error_type=kind)
        for place, (kind, frames) in enumerate(exceptions[1:], 1)
    ]
    records.stacks(number, traces)
    return keys.annotate(records.finish())["events"]["group_key"][0].as_py()


def test_the_root_of_a_chain_counts_by_its_type_and_two_frames():
    surfaced = ("ServletError", [frame("java.util.Map.get", language="java")])
    between, root = ("IOError", [frame("wrap")]), ("KeyError", [frame("price"), frame("total"), frame("main")])
    found = chained(surfaced, between, root)
    assert found == chained(surfaced, ("OtherError", [frame("rewrap")]), root)
    assert found == chained(surfaced, between, ("KeyError", [frame("price"), frame("total"), frame("run")]))
    assert found != chained(surfaced, between, ("KeyError", [frame("price"), frame("sum")]))
    assert found != chained(surfaced, between, ("KeyError", [frame("name"), frame("total")]))
    assert found != chained(surfaced, between, ("TypeError", root[1]))
    assert found != chained(surfaced)


def test_of_what_surfaced_the_first_frame_counts_where_two_of_the_root_do():
    whole, part = [frame("price"), frame("total")], [frame("price")]
    outer = ("E", [frame("pay"), frame("checkout"), frame("main")])
    for root in (whole, part):
        assert chained(outer, ("KeyError", root)) != chained(("E", [frame("refund")]), ("KeyError", root))
    cut = ("E", [frame("pay"), frame("route")])
    assert chained(outer, ("KeyError", whole)) == chained(cut, ("KeyError", whole))
    assert chained(outer, ("KeyError", part)) != chained(cut, ("KeyError", part))


def test_frames_of_libraries_alone_lead_to_no_root():
    outer, cut = ("E", [frame("pay"), frame("checkout")]), ("E", [frame("pay")])
    library = [frame("java.util.Map.get", language="java"), frame("java.util.Map.put", language="java")]
    assert chained(outer, ("KeyError", library)) != chained(cut, ("KeyError", library))


def told(*traces):
    """The culprit of an event with these stacks, the one that surfaced first."""
    records = Records()
    number = records.event(event_class="incident_signal", event_kind="exception", error_type="E")
    records.stacks(number, list(traces))
    return keys.annotate(records.finish())["events"]["culprit"][0].as_py()


def test_the_culprit_names_what_surfaced_and_what_it_came_from():
    own = Trace(frames=(frame("pay", "pay.c", line=3),))
    between, root, platform = (
        Trace(frames=(frame(name, file, line=9, language=language),), role="cause", chain_no=number, error_type="E")
        for number, (name, file, language) in enumerate(
            [("wrap", "wrap.c", "c"), ("price", "rate.c", "c"), ("java.util.Map.get", "Map.java", "java")], 1
        )
    )
    assert told(own) == "pay (pay.c:3)"
    assert told(own, between, root) == "pay (pay.c:3) from price (rate.c:9)"
    # the furthest that names a function of the program
    assert told(own, between, platform) == "pay (pay.c:3) from wrap (wrap.c:9)"
    assert told(own, platform) == "pay (pay.c:3)"
    assert told(own, Trace(frames=own.frames, role="cause", chain_no=1)) == "pay (pay.c:3)"
    assert told(Trace(error_type="E"), root) == "price (rate.c:9)"


def test_the_culprit_of_a_group_of_exceptions_names_its_first_member():
    own = Trace(frames=(frame("gather", "gather.c", line=3),))
    members = [Trace(frames=(frame(name, "a.c", line=1),), role="member", chain_no=1) for name in ("fetch", "send")]
    assert told(own, *members) == "gather (gather.c:3) from fetch (a.c:1)"


def test_a_frame_that_was_guessed_is_not_repeated_by_one_that_was_walked_to():
    guessed = frame("push", trust="unreliable")
    walked = [frame("push"), frame("read"), frame("run"), frame("loop")]
    assert group(CRASH, [guessed, *walked]) == group(CRASH, walked) != group(CRASH, walked[1:])
    assert group(CRASH, [walked[0], guessed, *walked]) == group(CRASH, walked)
    # where nothing was walked to, a guess may repeat another
    scanned = [frame(name, trust="unreliable") for name in ("push", "read", "run", "loop")]
    assert group(CRASH, [scanned[0], *scanned]) == group(CRASH, scanned)


def test_the_letters_of_a_bundle_before_a_method_are_those_of_one_build():
    error = {"event_kind": "exception", "error_type": "TypeError"}

    def key(*names, file="https://cdn.example/app.1a2b3c4d.js"):
        return group(error, [Frame(function=name, file=file, language="javascript") for name in names])

    assert key("z.refill", "k.take") == key("w.refill", "aB.take", file="https://cdn.example/app.99887766.js")
    assert key("z.refill", "k.take") != key("z.refill", "k.give")
    assert key("z.refill", "k.take") != key("Tank.refill", "k.take")
    # a person names what is in no bundle
    assert key("db.refill", file="/srv/app.js") != key("ui.refill", file="/srv/app.js")


def test_the_message_of_an_exception_counts_where_no_function_of_the_program_is_named():
    said, other = ({"event_kind": "exception", "error_type": "Error", "error_value": text} for text in ("a", "b"))
    for stack in ([frame("std::sort")], [frame("main")], [Frame(file="main.swift", line=3)]):
        assert group(said, stack) != group(other, stack)
    assert group(said, STACK) == group(other, STACK)
    assert group(CRASH | {"error_value": "a"}, [frame("main")]) == group(CRASH | {"error_value": "b"}, [frame("main")])


def test_a_masked_message_groups_with_its_original():
    said = {"error_type": "ValueError", "error_value": "no mail for bob@example.com"}
    assert group(said) == group(said | {"error_value": "no mail for [email:3:8-15]"})


def test_no_events_at_all():
    tables = keys.annotate(Records().finish())
    assert tables["events"].num_rows == tables["frames"].num_rows == 0


def test_frames_of_which_nothing_is_known_count_for_no_key_whatever_is_said_of_them():
    frames = pd.DataFrame({"stack_key": ["a", "a"], "function": [None, None], "in_app": [False, False]})
    events = pd.DataFrame({"stack_key": ["a"] * 2, "event_kind": "assertion", "error_value": ["no rate", "no cart"]})
    keys = triage.stacks.signatures(frames, events)
    assert keys["group_key"].nunique() == 2
    assert keys.equals(triage.stacks.signatures(frames.drop(columns="in_app"), events))


def test_keys_of_stacks_may_be_numbers():
    frames = pd.DataFrame({"stack_key": [1, 1, 2], "function": ["memcpy", "parse", "parse"]})
    events = pd.DataFrame({"stack_key": [2, 1]})
    assert len(set(triage.stacks.signatures(frames)["group_key"])) == 1
    assert triage.stacks.signatures(frames, events)["stack_key"].tolist() == ["2", "1"]
