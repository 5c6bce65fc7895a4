"""The masked text of files, by pages."""

import base64

import pytest

import triage
from tests.reading import SAMPLES
from triage.share.redacted import RedactedCase

SECRET = "quartz-otter-77"


def masked(what):
    return RedactedCase.lazy(triage.loads(what) if isinstance(what, str) else triage.load(what))


def only(case):
    return case.files()["source_id"].iloc[0]


def pages(case, source_id):
    first = case.preview(source_id)
    return [first] + [case.preview(source_id, number) for number in range(1, first.pages)]


@pytest.mark.parametrize("line", ["short line é\n", "a much longer line of text with 漢字 in it " * 20 + "\n"])
def test_pages_of_a_preview_join_to_the_whole_text(line):
    text = "".join(f"{number} {line}" for number in range(200_000 // len(line.encode())))
    case = masked(text)
    shown = pages(case, only(case))
    assert len(shown) > 2
    assert "".join(page.text for page in shown) == text
    assert all(page.text.endswith("\n") for page in shown)


def test_a_line_longer_than_a_page_loses_nothing():
    text = "x" * 300_000 + "\nend\n"
    case = masked(text)
    assert "".join(page.text for page in pages(case, only(case))) == text


def test_of_what_is_no_text_its_first_bytes_are_shown_and_no_more():
    page = masked(SAMPLES / "minidump" / "windows-access-violation.dmp")
    shown = page.preview(only(page))
    assert (shown.text, shown.page, shown.pages) == ("4d 44 4d 50 93 a7 00 00", 0, 1)
    assert shown.note == "no text: the first of 9,057 bytes; the tables hold what was read of it"


def test_a_nul_deep_in_a_log_does_not_make_it_binary():
    case = masked("line\n" * 30_000 + "nul \0 here\n")
    shown = pages(case, only(case))
    assert "".join(page.text for page in shown).endswith("nul \0 here\n")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_wide_text_is_text(encoding):
    text = "line with 漢字\n" * 9_000
    case = masked(("\ufeff" + text).encode(encoding))
    shown = pages(case, only(case))
    assert len(shown) > 2
    assert "".join(page.text for page in shown) == text


def test_a_page_that_is_not_there_is_the_last_one():
    case = masked("one line\n")
    assert case.preview(only(case), 99).text == "one line\n"
    with pytest.raises(triage.SourceError):
        case.preview("nobody")


def test_a_secret_is_masked_on_every_page_and_the_rest_stands():
    line = "2026-02-10 09:26:07 retry with password=%s now\n"
    text = "".join(line % SECRET if number % 900 == 0 else f"line {number} of it\n" for number in range(20_000))
    case = masked(text)
    whole = "".join(page.text for page in pages(case, only(case)))
    assert SECRET not in whole
    assert whole.count("password=[") == text.count(SECRET)
    assert whole.replace("[password:1:8-15]", SECRET) == text


@pytest.mark.parametrize("before", [600, 601, 602, 603, 62_003])
@pytest.mark.parametrize("form", ["data: %s\nend\n", '{"a":"qqq","b":"%s"}\n', "GET /x?state=%s HTTP/1.1\n"])
def test_what_a_long_run_decodes_to_is_masked_on_the_page_in_its_middle(form, before):
    text = "a line without anything\n" * 2_500 + f"\npassword={SECRET} so\n" + "more lines here\n" * 3_000
    run = base64.b64encode(text.encode()).decode()
    inside = run[text.index(SECRET) // 3 * 4 + 4 :][:12]
    run = run.replace("+", "%2B") if "?" in form else run
    case = masked("x" * (before % 4) + " " * before + "\n" + form % run)
    place = case.files()["bytes"].iloc[0] - len(form % run) + run.index(inside)
    shown = [page.text for page in pages(case, only(case))]
    shown += [case.text(only(case), offset=place + more, length=3_000) for more in (-2_000, 0, 7)]
    assert inside not in "".join(shown)


def test_a_page_of_yaml_is_that_of_the_archive():
    text = "note: 10.20.30.40 was down\n"
    case = triage.loads(text, name="a.yaml")
    shown = RedactedCase.lazy(case)
    (member,) = (whole := case.redact()).working.members.values()
    assert whole.working.spool.read(member.piece).decode() == "note: '[ipv4:1:8-15] was down'\n"
    assert shown.preview(only(shown)).text == shown.text(only(shown)) == "note: '[ipv4:1:8-15] was down'\n"


def test_a_key_over_the_edge_of_two_pages_is_masked_on_both():
    body = "".join(f"{number:02}" + "kQ7zPd0vXw2" * 5 + "\n" for number in range(60))
    marks = "-----BEGIN RSA " + "PRIVATE KEY-----\n", "-----END RSA " + "PRIVATE KEY-----\n"
    before = "a line of some log, number 12\n" * 2_130
    case = masked(before + marks[0] + body + marks[1] + "after\n" * 9_000)
    shown = pages(case, only(case))
    assert "kQ7zPd0vXw2" not in "".join(page.text for page in shown)
    assert shown[0].text.startswith("a line")
    assert shown[-1].text.endswith("after\n")


def test_a_piece_is_widened_to_the_lines_of_what_is_masked_in_it():
    text = f"one\nuser said password={SECRET} and left\nthree\n"
    case = masked(text)
    assert case.text(only(case), offset=1, length=2) == "ne"
    inside = text.index(SECRET) + 3
    assert case.text(only(case), offset=inside, length=4) == "user said password=[password:1:8-15] and left\n"
