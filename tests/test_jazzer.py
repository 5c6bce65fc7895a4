"""Findings of Jazzer and Jazzer.js; the texts are made by hand after those that fuzzers collected."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from triage.formats.traces.scanning import Found, scan
from triage.stacks import signature

TAIL = """\
MS: 0 ; base unit: 0000000000000000000000000000000000000000
0x6a,
j
artifact_prefix='./'; Test unit written to ./crash-5c2dd944dde9e08881bef0894fe7b22a5c9c4b06
Base64: ag==
"""
JAVA = (
    """\
INFO: Seed: 1
== Java Exception: com.code_intelligence.jazzer.api.FuzzerSecurityIssueHigh: Remote Code Execution
Unrestricted class loading based on externally controlled data may allow
remote code execution depending on the classpath.
\tat com.example.Hooks.loadClassHook(Hooks.kt:60)
\tat com.example.Fuzzer.fuzzerTestOneInput(Fuzzer.java:21)
Caused by: java.lang.ClassNotFoundException: jaz.Ter
\tat java.base/java.lang.Class.forName0(Native Method)
\t... 1 more
DEDUP_TOKEN: 5b4d2b1c0e
== libFuzzer crashing input ==
"""
    + TAIL
    + """\
reproducer_path='.'; Java reproducer written to ./Crash_5c2dd944.java
after
"""
)
SCRIPT = (
    """\
INFO: Seed: 1
==14== Uncaught Exception: Jazzer.js: Welcome
Error: Welcome
    at check (/out/compare.js:27:9)
    at module.exports.fuzz (/out/compare.js:36:2)
"""
    + TAIL
    + "after\n"
)
INJECTED = """\
==15== Command Injection in execSync(): called with 'jaz_zer'
    at run (/out/run.js:3:1)
"""


def reports(text: str, only: str | None) -> list[Found]:
    return list(scan(enumerate(text.split("\n")), only=only))


def test_a_java_exception_with_its_cause_and_what_the_engine_says():
    (found,) = reports(JAVA, None)
    report = found.report
    assert (found.module.NAME, found.first, found.last) == ("jazzer", 2, 17)
    assert report.error_type == "com.code_intelligence.jazzer.api.FuzzerSecurityIssueHigh"
    assert report.error_value.startswith("Remote Code Execution\nUnrestricted")
    assert [(trace.role, len(trace.frames)) for trace in report.traces] == [("crash", 2), ("cause", 2)]
    assert report.traces[0].frames[0].text_line == 5
    facts = dict(report.facts)
    assert (facts["dedup_token"], facts["reproducer"]) == ("5b4d2b1c0e", "./Crash_5c2dd944.java")
    assert facts["test_unit"].startswith("./crash-5c2d")


def test_a_cut_java_exception():
    (found,) = reports("\n".join(JAVA.split("\n")[:5]), "jazzer")
    assert (len(found.report.traces[0].frames), found.last) == (1, 5)
    (found,) = reports("\n".join(JAVA.split("\n")[:2]), "jazzer")
    assert (found.report.error_value, found.report.complete) == ("Remote Code Execution", False)


def test_a_stack_that_ran_out_is_no_finding_of_its_own_kind():
    turns = "".join(f"\tat a.Reader.{name}(Reader.java:{line})\n" for name, line in (("read", 3), ("next", 7)))
    wrapper = "com.code_intelligence.jazzer.api.FuzzerSecurityIssueLow: Stack overflow (use '-Xss921k' to reproduce)"
    text = f"== Java Exception: {wrapper}\n{turns * 20}Caused by: java.lang.StackOverflowError\n{turns}\t... 38 more\n"
    (found,) = reports(text, "jazzer")
    assert found.report.error_type == "java.lang.StackOverflowError"
    entered = text.replace("Caused", "\tat a.Main.run(Main.java:2)\nCaused", 1)
    assert signature(text) == signature(entered) != signature(text.replace("next", "skip"))
    (kept,) = reports(text.replace("java.lang.StackOverflowError", "java.lang.IllegalStateException"), "jazzer")
    assert kept.report.error_type.endswith("FuzzerSecurityIssueLow")


def test_a_javascript_exception():
    (found,) = reports(SCRIPT, None)
    report = found.report
    assert (found.module.NAME, found.first, found.last) == ("jazzer_js", 2, 10)
    assert (report.error_type, report.error_value, report.process_id) == ("Error", "Welcome", 14)
    assert [frame.function for frame in report.traces[0].frames] == ["check", "module.exports.fuzz"]
    assert report.traces[0].frames[0].text_line == 4


def test_words_of_a_bug_detector():
    (found,) = reports(INJECTED, "jazzer_js")
    assert (found.report.error_type, found.report.traces[0].frames[0].function) == ("Command Injection", "run")
    assert found.report.error_value.startswith("Command Injection in execSync()")


def test_other_texts_are_no_findings():
    assert reports("the words == Java Exception: x", "jazzer") == []
    assert reports("== Uncaught Exception: x", "jazzer_js") == []


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    reports(f"== Java Exception: {text}\n{text}\n\tat a.b(c.java:3)\n{text}", "jazzer")
    reports(f"==1== Uncaught Exception: {text}\n{text}\n    at {text}\n", "jazzer_js")
