"""What looks like a secret or a person and is neither stays; a mask takes no more than the value.

`redaction/harmless.txt` has a situation in each line, with its line ends and tabs written out, and marks around what
must not leave.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from triage.redact import mask, spans
from triage.redact.named.examples import is_example, is_of_code, without_algorithm

LINES = Path(__file__).with_name("redaction").joinpath("harmless.txt").read_text("utf-8").splitlines()
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\x1b": "\x1b"}


def situation(line: str) -> tuple[str, list[tuple[int, int]]]:
    """A text without its marks, and what they were around."""
    text, places = "", []
    for part in re.split("([«»])", re.sub(r"\\(?:n|t|x1b)", lambda match: ESCAPES[match.group()], line)):
        if part == "«":
            places.append((len(text), 0))
        elif part == "»":
            places[-1] = places[-1][0], len(text)
        else:
            text += part
    return text, places


@pytest.mark.parametrize("line", [line for line in LINES if not line.startswith("# ")])
def test_only_what_is_marked_is_masked(line: str) -> None:
    text, places = situation(line)
    assert [span[:2] for span in spans(text)] == places


@pytest.mark.parametrize(
    "at_end", ['password="', "token='", "secret=\"'", 'password="&quot;', "key=hex:", "pin='&#x27;"]
)
def test_a_quote_that_opens_at_the_end_is_read(at_end: str) -> None:
    assert mask(mask(at_end)) == mask(at_end)


def test_examples_and_code_are_told_from_values() -> None:
    assert all(map(is_example, (b"ghp_xxxxxxxxxxxxxxxx", b"sk-...", b"((db-password))", b"/home/app/.ssh/id_rsa")))
    assert not any(map(is_example, (b"here", b"hunter2-not-real", b"xxl8", b"tundra.pepper41")))
    assert all(map(is_of_code, (b"src/auth/token.spec.ts", b"shell=True", b"64-bit")))
    assert not any(map(is_of_code, (b"a/b+c=", b"tundra-41", b"x=1")))
    assert without_algorithm(b"testEd25519PrivateKey") == b"testEdPrivateKey"


@pytest.mark.parametrize("repeated", [b"your-", b"{{", b"a/", b"please_change-", b"secret://x"])
def test_long_values_are_asked_in_linear_time(repeated: bytes) -> None:
    assert not is_of_code(repeated * 4_000)
    assert isinstance(is_example(repeated * 4_000), bool)


@pytest.mark.parametrize("logger", ["auth-gateway", "billing-api", "token.auth", "license-api", "key-auth"])
@pytest.mark.parametrize(
    "said",
    ["request_id=e2115355-ba95-4582-a535-9c2abe2600bc took 824.93ms",
     "trace_id=289dbb0edaf31538035089d3b1388ec4 span_id=9b",
     "std::unordered_map<std::string, Token>::find + 0x1", "epoch_ms=1722291590298 lag=661ms"],
)  # fmt: skip
def test_what_a_logger_says_is_none_of_its_value(logger: str, said: str) -> None:
    assert spans(f"2025-09-09 05:32:31,708 DEBUG {logger}: {said}\n") == []


@pytest.mark.parametrize("mask_of_another", ["<redacted>", "<hidden>", "<secret>"])
def test_the_line_behind_a_mask_is_none_of_it(mask_of_another: str) -> None:
    assert spans(f'password={mask_of_another}\n"retries": "many more of them"\n') == []
