from __future__ import annotations

import json

import pytest

import triage
from tests.deciding import event
from triage.stacks import documents
from triage.stacks.settings import Rules, parse

TRACE = """Traceback (most recent call last):
  File "/srv/app/main.py", line 9, in main
    serve()
  File "/srv/app/acme/db/pool.py", line {line}, in take
    wait()
  File "/usr/lib/python3.11/site-packages/acmelib/core.py", line 3, in wait
    raise {error}
{error}: pool of {name} is empty
"""


def text(error="TimeoutError", name="a", line=4):
    return TRACE.format(error=error, name=name, line=line)


@pytest.fixture
def settings(tmp_path, monkeypatch):
    def write(content):
        (tmp_path / "triage.toml").write_text(content, "utf-8")
        return tmp_path / "triage.toml"

    monkeypatch.chdir(tmp_path)
    return write


def frames(case):
    return case.frames().set_index("function")


def test_a_library_can_be_ones_own(settings):
    before = frames(triage.loads(text()))
    settings('[stacks]\nin_app = ["/site-packages/acmelib/"]')
    after = frames(triage.loads(text()))
    assert before.loc["wait", "role"] == "library"
    assert after.loc["wait", "role"] == "application"
    assert after.loc["wait", "rule"] == "in_app of triage.toml"
    assert after["counted"].all()


@pytest.mark.parametrize(("key", "role"), [("ignore", "noise"), ("prefix", "prefix"), ("library", "library")])
def test_frames_that_do_not_count(settings, key, role):
    settings(f'[stacks]\n{key} = ["take"]')
    found = frames(triage.loads(text()))
    assert found.loc["take", "role"] == role
    assert not found.loc["take", "counted"]
    assert found.loc["main", "counted"]


def test_what_lies_inside_of_a_sentinel_handles_the_crash(settings):
    settings('[stacks]\nsentinel = ["take"]\nin_app = ["wait"]')
    found = frames(triage.loads(text()))
    assert found["role"].to_dict() == {"wait": "noise", "take": "sentinel", "main": "application"}


def test_a_name_stands_for_what_is_inside_of_it_and_for_nothing_else():
    known = parse({"ignore": ["acme", "Zed*"]}).table.known

    def role(name):
        return known(("frame", name, None, None, None, "c++", None)).rule

    assert all(role(name) for name in ("acme", "acme::f", "acme.f", "Zed", "Zedd::f"))
    assert not any(role(name) for name in ("acmes", "acmes::f", "b::acme"))


NESTED = {
    "in_app": ["com.acme", "acme::", "/srv/acme/"],
    "library": ["vendored::"],
    "ignore": ["acme::log::"],
    "prefix": ["acme::alloc::"],
    "sentinel": ["acme::on_fatal"],
}


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("acme::log::write", "ignore"),
        ("acme::alloc::take", "prefix"),
        ("acme::on_fatal", "sentinel"),
        ("acme::cart", "in_app"),
        ("vendored::zip", "library"),  # as long as /srv/acme/
    ],
)
def test_the_longest_entry_decides_whatever_list_it_is_in(name, rule):
    for lists in (NESTED, dict(reversed(NESTED.items()))):
        known = parse(lists).table.known
        found = known(("frame", f"{name}(int)", None, None, "/srv/acme/a.cc", "c++", None))
        assert found.rule == f"{rule} of triage.toml"


@pytest.mark.parametrize(
    ("lists", "rule"),
    [
        ({"in_app": ["com.acme"], "library": ["com.acme"]}, "library"),
        ({"library": ["com.acme"], "prefix": ["com.*me"]}, "library"),
        ({"library": ["com.acme"], "prefix": ["com.acme"]}, "prefix"),
        ({"ignore": ["com.acme"], "prefix": ["com.acme.*"]}, "prefix"),
        ({"ignore": ["com.acme"], "sentinel": ["com.acme*"]}, "sentinel"),
        ({"in_app": ["*"], "ignore": ["com"]}, "ignore"),
    ],
)
def test_of_entries_as_long_as_each_other_the_order_of_the_lists_decides(lists, rule):
    known = parse(lists).table.known
    assert (
        known(("frame", "com.acme.Cart.total", None, None, "Cart.java", "java", None)).rule == f"{rule} of triage.toml"
    )


def test_an_explanation_names_the_list_that_decided(settings):
    settings('[stacks]\nin_app = ["main"]\nignore = ["take"]\nlibrary = ["wait"]')
    case = triage.loads(text())
    why = case.explain(case.incidents()["incident_id"][0]).frame.set_index("name")["reason"]
    assert why.filter(like="main").tolist() == ["counts: the only application frame; rule 'in_app of triage.toml'"]
    assert why["take"] == "noise: rule 'ignore of triage.toml'"
    assert why["wait"].endswith("; rule 'library of triage.toml'")


def key(case):
    (found,) = case.events()["group_key"]
    return found


RULE = """
[[stacks.fingerprint]]
when = { type = "Timeout*", function = "take" }
fingerprint = ["pool is empty", "{{ %s }}"]
"""


def test_a_fingerprint_of_ones_own(settings):
    other = text(error="TimeoutException").replace("in main", "in start")
    assert key(triage.loads(text())) != key(triage.loads(other))
    settings(RULE % "service")
    assert key(triage.loads(text())) == key(triage.loads(other))
    assert key(triage.loads(text("OSError"))) != key(triage.loads(text()))


@pytest.mark.parametrize(
    ("variable", "same", "differs"),
    [
        ("default", text(line=77), text().replace("in main", "in start")),
        ("type", text(line=5), text("TimeoutException")),
        ("message", text(line=5), text().replace("is empty", "is full")),
        ("function", text(line=5).replace("in main", "in start"), None),
    ],
)
def test_variables_in_a_fingerprint(settings, variable, same, differs):
    settings(RULE % variable)
    assert key(triage.loads(text())) == key(triage.loads(same))
    if differs:
        assert key(triage.loads(text())) != key(triage.loads(differs))


@pytest.mark.parametrize("written", ["{{service}}", "{{  type  }}", "{{\\ttype }}", "of {{ type   }}"])
def test_blanks_in_a_variable_mean_nothing(settings, written):
    settings(RULE.replace("{{ %s }}", " ".join(written.replace("\\t", " ").split())))
    plain = key(triage.loads(text()))
    settings(RULE.replace("{{ %s }}", written))
    assert key(triage.loads(text())) == plain


ASAN = """==1==ERROR: AddressSanitizer: heap-use-after-free on address 0x602000000010 at pc 0x1 bp 0x2 sp 0x3
READ of size 4 at 0x602000000010 thread T0
    #0 0x55d1 in acme::cart{types}(int) {place}/cart.cc:{line}:1
    #1 0x55d2 in main {place}/a.cc:3:1
"""


@pytest.mark.parametrize("variable", ["function", "file", "module"])
def test_a_frame_in_a_fingerprint_is_the_same_in_every_build(settings, variable):
    settings(f'[[stacks.fingerprint]]\nwhen = {{ function = "acme*" }}\nfingerprint = ["{{{{ {variable} }}}}"]')
    one = triage.loads(ASAN.format(types="<int>", place="/home/ada/src", line=3))
    other = triage.loads(ASAN.format(types="<long>", place="/builds/ci/77/src", line=9))
    assert key(one) == key(other)
    told = one.explain(one.incidents()["incident_id"][0]).text
    assert "/home/ada" not in told.split("Frames, innermost first")[0].replace("file = ", "")
    if variable != "module":
        plain = triage.loads(ASAN.format(types="<int>", place="/home/ada/src", line=3).replace("cart", "shop"))
        assert key(plain) != key(one)


def test_a_generated_name_is_none_in_a_fingerprint(settings):
    settings('[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["{{ function }}"]')
    trace = "com.acme.X: m\n\tat com.acme.Cart.lambda$total${0}(Cart.java:3)\n\tat com.acme.Main.run(Main.java:3)\n"
    assert key(triage.loads(trace.replace("{0}", "1"))) == key(triage.loads(trace.replace("{0}", "7")))


def test_a_fingerprint_of_the_default_alone_is_the_default(settings):
    plain = key(triage.loads(text()))
    settings('[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = [" {{ default }} "]\n' + RULE % "type")
    assert key(triage.loads(text())) == plain


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ('type = "!Timeout*"', ["OSError"]),
        ('type = "!OSError", function = "take"', ["TimeoutError"]),
        ('service = "!billing"', ["TimeoutError", "OSError"]),
        ('function = "!take"', []),
        ('function = "!take", file = "!*none*"', []),
        ('function = "!take", file = "*/main.py"', ["TimeoutError", "OSError"]),
        ('function = "!absent"', ["TimeoutError", "OSError"]),
    ],
)
def test_what_must_not_fit(settings, when, taken):
    plain = {error: key(triage.loads(text(error))) for error in ("TimeoutError", "OSError")}
    settings(f'[[stacks.fingerprint]]\nwhen = {{ {when} }}\nfingerprint = ["mine"]')
    assert [error for error in plain if key(triage.loads(text(error))) != plain[error]] == taken


@pytest.mark.parametrize(
    ("entry", "noise"),
    [
        ("t*e", ["take"]),
        ("?a??", ["take", "main", "wait"]),
        ("*ai*", ["main", "wait"]),
        ("*ke", ["take"]),
        ("T*e", []),
        ("/srv/*/pool.py", ["take"]),
        ("/srv/app/acme/*", ["take"]),
        ("*/MAIN.p?", ["main"]),
        ("*", ["wait", "take", "main"]),
        ("m.*", []),
    ],
)
def test_patterns_in_lists(settings, entry, noise):
    settings(f"[stacks]\nignore = ['{entry}']")
    found = frames(triage.loads(text()))
    assert sorted(found.index[found["rule"] == "ignore of triage.toml"]) == sorted(noise)


def test_a_pattern_in_a_list_stands_for_what_is_inside_of_it_and_for_modules():
    known = parse({"ignore": ["ac*e", "lib?x.so"]}).table.known

    def role(name, module=None):
        return known(("frame", name, module, None, None, "c++", None)).rule

    assert all(role(name) for name in ("acme", "acme::f", "ace.g"))
    assert not any(role(name) for name in ("acmes", "b::acme"))
    assert role("f", "/usr/lib/LibAx.so.6")
    assert not role("f", "/usr/lib/java.so")


def test_settings_inside_of_an_input_do_not_hold(settings, tmp_path):
    settings('[stacks]\nignore = ["take"]')
    (tmp_path / "a.txt").write_text(text(), "utf-8")
    assert frames(triage.load(tmp_path)).loc["take", "counted"]
    assert not frames(triage.load(tmp_path, config=tmp_path / "triage.toml")).loc["take", "counted"]


def test_a_redacted_copy_obeys_the_same_rules(settings):
    settings('[stacks]\nignore = ["take"]')
    case = triage.loads(text())
    masked = case.redact()
    assert masked.events()["group_key"].tolist() == case.events()["group_key"].tolist()
    assert masked.frames()["role"].tolist() == case.frames()["role"].tolist()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[stacks]\nin_ap = ["a"]', "in_app"),
        ('[stacks]\nin_app = "a"', "no list of texts"),
        ('[stacks]\nin_app = ["!com.acme"]', "without the !"),
        ('[stacks]\nignore = ["a", " com.acme "]', "without blanks"),
        ('stacks = "a"', "write it as the table"),
        ('[[stacks.fingerprint]]\nwhen = { typ = "a" }\nfingerprint = ["x"]', "type"),
        ('[[stacks.fingerprint]]\nwhen = { type = "a" }', "what the key is made of"),
        ('[[stacks.fingerprint]]\nfingerprint = ["x"]', "needs when"),
        ('[[stacks.fingerprint]]\nwhen = { type = "a" }\nfingerprint = ["{{ defalt }}"]', "default"),
        ("[stacks]\nfingerprint = 3", "no list of tables"),
        ('[[stacks.fingerprint]]\nwhen = { "!type" = "a" }\nfingerprint = ["x"]', "type = '!...'"),
        ('[[stacks.fingerprint]]\nwhen = { type = "!" }\nfingerprint = ["x"]', "what must not fit"),
        ('[[stacks.fingerprint]]\nwhen = { Type = "a" }\nfingerprint = ["x"]', "without capitals: type"),
        *(
            (f'[[stacks.fingerprint]]\nwhen = {{ type = "a" }}\nfingerprint = ["{part}"]', said)
            for part, said in (
                ("{{ Service }}", "without capitals: service"),
                ("{ service }", "write {{ NAME }}"),
                ("in {service}", "write {{ NAME }}"),
                ("{{service}", "write {{ NAME }}"),
                ("service }}", "write {{ NAME }}"),
                ("{{ }}", "write {{ NAME }}"),
                ("{{ tags.user }}", "is not known"),
            )
        ),
    ],
)
def test_what_is_not_known_is_an_error_that_says_what_to_write(settings, content, said):
    path = settings(content)
    with pytest.raises(triage.TriageError, match=said) as caught:
        triage.loads("x")
    assert str(path) in str(caught.value)


def test_without_settings_there_are_those_that_triage_brings():
    assert parse({}).table is Rules.default().table


@pytest.mark.parametrize(
    "content",
    [
        '[stacks]\nignore = ["take"]',
        '[stacks]\nin_app = ["/site-packages/acmelib/"]',
        '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["{{ type }}", "{{ function }}"]',
    ],
)
def test_a_signature_under_settings_is_the_key_of_a_case_under_them(settings, content):
    plain = triage.stacks.signature(text())
    path = settings(content)
    given = triage.stacks.signature(text(), config=path)
    assert given == key(triage.loads(text())) == key(triage.load(text().encode(), config=path)) != plain
    # Nothing is looked for where nothing is named, for documents neither.
    assert triage.stacks.signature(text()) == plain
    assert triage.stacks.signature("nothing", config=path) == ""
    case = triage.loads(text())
    events = case.events()[["stack_key", "event_kind", "error_type", "error_value"]]
    frames = case.frames(columns=["stack_key", "function", "module", "file", "line", "language"])
    assert triage.stacks.signatures(frames, events, config=path)["group_key"].tolist() == [given]
    assert triage.stacks.signatures(frames, events)["group_key"].tolist() == [plain]
    # A file that changed is read again, and what was remembered belongs to what it said.
    settings(
        content
        + "\n[redact]\nkeys = ['tenant']\n"
        + '[[stacks.fingerprint]]\nwhen = { type = "*" }\nfingerprint = ["new"]'
    )
    assert (triage.stacks.signature(text(), config=path) == given) == ("fingerprint" in content)


def test_a_document_has_the_same_signature_wherever_it_is_read(settings):
    envelope = json.dumps(event(1, message=""))
    assert documents.told(envelope) is True  # a case is asked
    plain = triage.stacks.signature(envelope)
    assert plain
    settings('[[stacks.fingerprint]]\nwhen = { kind = "*" }\nfingerprint = ["one"]')
    triage.stacks._reader.cache_clear()
    assert triage.stacks.signature(envelope) == plain


def test_settings_that_are_not_there_are_told_of(tmp_path):
    with pytest.raises(triage.SourceError, match="cannot read"):
        triage.stacks.signature("x", config=tmp_path / "none.toml")
    with pytest.raises(triage.TriageError, match="config= is a path"):
        triage.stacks.signature("x", config=3)
