"""Where gitleaks' rules and ours match: each is tried near its keywords, or where its form begins.

One Aho-Corasick pass finds the keywords of all rules and the names of programs. A rule that knows the form of a token
is tried on the text without blanks around its keyword, and on the lines that a wrapped token runs over; one that knows
its vendor's name is tried on the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final, NamedTuple

import ahocorasick_rs

from triage.redact.decoding import wraps
from triage.redact.hits import FORM, GENERIC, KEY, VENDOR, Hit
from triage.redact.lines import Lines, any_of
from triage.redact.named import examples, reports, values
from triage.redact.phrases import command_lines, commands
from triage.redact.phrases.starters import FIRST
from triage.redact.text import DIGITS, LETTERS, WORD, Headed, Span, digits_in, expression, line_of
from triage.redact.tokens import sums
from triage.redact.tokens.rules import GENERIC_RULE, Rule, beginnings, entropy, globally_allowed, led, rules

__all__ = ("by_rules", "generic", "places", "words")

# What identifies anything, under a name that says no more than "key".
_UUID: Final = re.compile(rb"(?i)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# What a public key is known by, and whose it is.
_FINGERPRINT: Final = re.compile(rb"(?i)(?:0x)?(?:[0-9a-f]{8}|[0-9a-f]{16}|[0-9a-f]{32}|[0-9a-f]{40})")
_OF_PUBLIC_KEYS: Final = re.compile(rb"(?i)gpg|pgp|fingerprint|fpr|key_?id|keyring")
# What runs on at the end of a form; where it begins tells as much.
_RUN_AT_END: Final = re.compile(r"(\[(?:\\.|[^\]\\])+\])\{[0-9,]+\}$")
# The name of a cookie with its sign, which is a part of some forms.
_OWN_NAME: Final = re.compile(rb"_?[a-z]{2,20}(?:_[a-z]{2,20}){1,4}=(?!=)")
# Two items in a row of several: neither is the name of the other.
_IN_A_ROW: Final = re.compile(rb",[ ]?['\"]\Z")
_HEXADECIMAL: Final = re.compile(rb"(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})")
# What the characters of base64 go on with.
_SIGNS: Final = frozenset({b"+", b"/"})
_OF_BASE64: Final = re.compile(rb"[A-Za-z0-9+/]{1,200}={0,2}(?=[\"'`])")
# What a build keeps its work under: what it is of, and a digest of what it was made from.
_OF_A_CACHE: Final = re.compile(
    rb"(?i)(?:[a-z0-9.]{1,16}[-_/]){0,4}(?:deps?|dependencies|caches?|npm|pnpm|yarn|node|modules|pip|venv|poetry|gradle|maven|m2|cargo"
    rb"|target|go|golang|mod|build|buildx?|docker|layers?|gems?|bundle|composer|nuget|pods|ccache|sccache|turbo|nx|assets?|lock"
    rb"|lockfile|linux|macos|windows|ubuntu|x64|x86|arm64|amd64)[-_/](?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})"
)
_PROGRAM: Final = -1
_STARTER: Final = -2
"""Stand for the reader of command lines among the numbers of rules."""
_LETTERS_BEFORE: Final = frozenset(bytes([byte]) for byte in WORD)
_LETTERS: Final = frozenset(LETTERS + DIGITS)
_IN_WORD: Final = frozenset(bytes([byte]) for byte in WORD + b"-.")
_ESCAPED: Final = frozenset({b"\\n", b"\\r", b"\\t"})
_LINE_ENDS: Final = frozenset(b"\r\n\\")
_SHORTEST: Final = 4
_UNDERSCORE: Final = ord("_")
_VENDOR_REACH: Final = 400
_GENERIC_REACH: Final = 200
_FORM_REACH: Final = 1_200
_BLOCK_REACH: Final = 16_384
# Some expressions look at what stands before; no token needs more of it.
_BEFORE: Final = 120


class _Keywords(NamedTuple):
    """The automaton over all keywords and names of programs, and the numbers of the rules of each."""

    automaton: ahocorasick_rs.BytesAhoCorasick
    rules: tuple[tuple[int, ...], ...]
    words: tuple[bytes, ...]


@cache
def _keywords() -> _Keywords:
    """Make the automaton, once."""
    of: dict[bytes, list[int]] = {}
    for index, rule in enumerate(rules()):
        if rule.name != GENERIC_RULE:
            for word in rule.keywords:
                of.setdefault(word, []).append(index)
    for number, words in ((_STARTER, commands.STARTERS), (_PROGRAM, commands.keywords())):
        for word in words:
            of.setdefault(word, []).append(number)
    keywords = sorted(of)
    # Tables of a DFA would take 50 ms more to make, and a megabyte one less to be read.
    automaton = ahocorasick_rs.BytesAhoCorasick(
        keywords,
        matchkind=ahocorasick_rs.MatchKind.Standard,
        implementation=ahocorasick_rs.Implementation.ContiguousNFA,
    )
    return _Keywords(automaton, tuple(tuple(of[word]) for word in keywords), tuple(keywords))


@cache
def _generic() -> Rule:
    """The rule that asks for a name, a sign of assignment and entropy."""
    return next(rule for rule in rules() if rule.name == GENERIC_RULE)


# Behind what is the path of a file, in quotes.
_ENDING_OF_FILES: Final = re.compile(rb"(?:\.[a-z][a-z0-9]{1,5}){1,3}[\"']")


def by_rules(data: bytes, disabled: frozenset[str] = frozenset(), lines: Lines | None = None) -> Iterator[Hit]:
    """The matches of every rule but the generic one; `disabled` are names and kinds of rules that are off."""
    lines = lines or Lines(data)
    if lines.data:
        yield from _at_keywords(data, lines, disabled)
        yield from _at_leads(data, lines, disabled)


@cache
def places() -> Headed:
    """Where the form of a rule without keywords begins; its head is what is looked for in every line."""
    leads, every = led()
    return Headed(any_of(sorted(_RUN_AT_END.sub(r"\1", rule.lead) for rule in every)), leads.pattern)


def words() -> str:
    """An expression of where the other rules and command lines are looked for."""
    automaton, _, keywords = _keywords()
    # A word that holds another needs no place of its own.
    least = [
        word
        for number, word in enumerate(keywords)
        if all(
            found == number or keywords[found] in FIRST
            for found, _, _ in automaton.find_matches_as_indexes(word, overlapping=True)
        )
    ]
    looked_for = sorted(
        (r"\b" if word in FIRST and word[:1].isalnum() else "") + re.escape(word.decode("latin-1")) for word in least
    )
    return "(?i)" + "|".join(looked_for)


def generic(data: bytes, start: int, end: int, nothing: set[bytes] | None = None) -> Iterator[Hit]:
    """The match of the generic rule right at a name and the sign behind it.

    `nothing` are texts that a match at their second byte says nothing in, whatever stands around them.
    """
    rule, stop = _generic(), min(end + _GENERIC_REACH, len(data))
    around = data[start - 1 : stop + 1] if nothing is not None and start else b""
    if nothing and around in nothing:
        return
    groups = rule.expression.match(data, start, stop)
    if around and nothing is not None and (groups is None or not _varied(data, rule, groups)):
        nothing.add(around)
        return
    for hit in _accepted(data, rule, [groups], GENERIC) if groups else ():
        public = _FINGERPRINT.fullmatch(hit.value) and (
            _OF_PUBLIC_KEYS.search(data, start, end) or reports.in_certificate(data, start)
        )
        in_row = _IN_A_ROW.search(data, max(start - 3, 0), start) and _IN_A_ROW.search(data, start, hit.start)
        if (
            not (in_row and _HEXADECIMAL.fullmatch(hit.value))
            and not values.is_name(hit.value)
            and not values.is_plain(hit.value)
            and not _UUID.fullmatch(hit.value)
            and not (data[start:end].rstrip(b" ").endswith(b":") and values.is_setting(hit.value))
            and not (b"/" in hit.value and _ENDING_OF_FILES.match(data, hit.end))
            and not public
            and not _OF_A_CACHE.fullmatch(hit.value)
        ):
            yield _whole(data, hit)


def _whole(data: bytes, hit: Hit) -> Hit:
    """A hit with the rest of a string of base64, whose signs the rule does not know."""
    tail = _OF_BASE64.match(data, hit.end) if data[hit.end : hit.end + 1] in _SIGNS else None
    string = tail is not None and data[hit.start - 1 : hit.start] == data[tail.end() : tail.end() + 1]
    value = data[hit.start : tail.end()] if tail and string else b""
    mixed = not value.islower() and not value.isupper() and digits_in(value) > 1
    if value and len(value) % 4 == 0 and mixed and hit.value.isalnum():
        return hit.but(end=hit.start + len(value), value=value)
    return hit


def _at_keywords(data: bytes, lines: Lines, disabled: frozenset[str]) -> Iterator[Hit]:
    """The matches near keywords, and the secrets on command lines."""
    automaton, numbers, _ = _keywords()
    every = rules()
    searched: dict[int, int] = {}
    covered = commanded = 0
    broken = -1
    for word, at, _ in automaton.find_matches_as_indexes(lines.data.lower(), overlapping=True):
        start = lines.place(at)
        for index in numbers[word]:
            if index < 0:
                programs = index == _PROGRAM and start >= commanded and not _is_in(_IN_WORD, data, start)
                yield from _on_command_line(data, start, programs=programs)
                if programs:
                    commanded = command_lines.read_to(data, start)
                continue
            rule = every[index]
            if (
                start < searched.get(index, 0)
                or _is_off(rule, disabled)
                or (start < covered and rule.by_form and start != broken)
            ):
                continue
            begin, end = _window(data, rule, start)
            # A block that begins in the second half may be cut short by the end of what is searched.
            searched[index] = end - _BLOCK_REACH // 2 if rule.of_blocks else end
            for hit in _near(data, rule, start, begin, end):
                if start == broken and hit.start <= start and not _has_digits_below(data, hit):
                    continue
                if rule.by_form and hit.start <= start:
                    covered = max(covered, hit.end)
                    # What a line end breaks may be more of another rule's form.
                    broken = start if _is_broken(data, hit) else broken
                yield hit


def _is_broken(data: bytes, hit: Hit) -> bool:
    """Whether a hit is of one line, whose end it reaches."""
    return b"\n" not in data[hit.start : hit.end] and wraps.BREAK.match(data, hit.end) is not None


def _has_digits_below(data: bytes, hit: Hit) -> bool:
    """Whether a hit is of one line, or what of it is in the last one is no word."""
    _, newline, below = data[hit.start : hit.end].rpartition(b"\n")
    return not newline or digits_in(below) > 0


def _at_leads(data: bytes, lines: Lines, disabled: frozenset[str]) -> Iterator[Hit]:
    """The matches of rules that have no telling keyword, where their form begins."""
    _, every = led()
    searched: dict[int, int] = {}
    for start, end in lines.spans(places()):
        begin, stop = _token(data, start, end)
        for number in beginnings().of(data[start:stop]):
            rule = every[number]
            if start >= searched.get(number, 0) and not _is_off(rule, disabled):
                # What begins in the second half may be cut short by the end of what is searched.
                searched[number] = stop - _FORM_REACH // 2
                hits = [*_accepted(data, rule, rule.expression.groups(data, begin, stop), FORM)]
                yield from hits
                if not hits or any(wraps.BREAK.match(data, hit.end) for hit in hits):
                    # A token may hold colons, but what is broken is the run behind the last.
                    run = max(start, data.rfind(b":", start, stop) + 1)
                    yield from _over_breaks(data, rule, run, complete=bool(hits))


def _on_command_line(data: bytes, start: int, *, programs: bool) -> Iterator[Hit]:
    """What a line holds behind the name of a program or a lead, where a word begins; a prompt or a mark is anywhere."""
    inside = data[start] not in _LETTERS or data[start : start + len(commands.PROMPT)].lower() == commands.PROMPT
    if inside or not _is_in(_LETTERS_BEFORE, data, start):
        found = commands.commands(data, start, programs=programs)
    elif data[start - 1] == _UNDERSCORE or (data[start : start + 1].isupper() and data[start - 1 : start].islower()):
        found = commands.in_name(data, start)
    elif data[start : start + 3].lower() in commands.ENDS_OF_WORDS:
        found = commands.in_word(data, start)
    else:
        return
    for begin, end, kind, name in found:
        yield Hit(begin, end, kind, name, KEY, data[begin:end])


def _is_in(before: frozenset[bytes], data: bytes, start: int) -> bool:
    """Whether a word goes on at a place; a line end or a tab that is written out before it ends one."""
    return data[start - 1 : start] in before and data[start - 2 : start] not in _ESCAPED


def _is_off(rule: Rule, disabled: frozenset[str]) -> bool:
    """Whether a policy switched a rule off, by its name or by its kind."""
    return rule.name in disabled or rule.kind in disabled


def _window(data: bytes, rule: Rule, at: int) -> Span:
    """Where a rule is tried around one of its keywords."""
    if rule.of_blocks:
        return max(at - _BEFORE, 0), min(at + _BLOCK_REACH, len(data))
    if rule.by_form:
        return _token(data, at, at)
    start, end = line_of(data, at, most=_VENDOR_REACH)
    return max(start, at - _BEFORE), min(end + 1, len(data))


def _token(data: bytes, start: int, end: int) -> Span:
    """The text around a place without blanks, with the byte behind it: forms hold none, and look at what follows."""
    line, stop = line_of(data, start, end, most=_FORM_REACH)
    # The end of the line before is a boundary too.
    begin = max(data.rfind(b" ", line, start), data.rfind(b"\t", line, start), line - 1, 0)
    blank = data.find(b" ", end, stop)
    return max(begin, start - _BEFORE), min((blank if blank >= 0 else stop) + 1, len(data))


def _near(data: bytes, rule: Rule, at: int, begin: int, end: int) -> Iterator[Hit]:
    """The matches of a rule in its window, and in the lines after it joined, where a token runs over their ends."""
    inside = found = False
    rank = FORM if rule.by_form else VENDOR
    for hit in _accepted(data, rule, rule.expression.groups(data, begin, end), rank):
        found = True
        ends = hit.end == end or data[hit.end] in _LINE_ENDS or wraps.BREAK.match(data, hit.end)
        inside = inside or not ends
        yield hit
    if rule.by_form and not inside:
        yield from _over_breaks(data, rule, at, complete=found)


def _over_breaks(data: bytes, rule: Rule, at: int, *, complete: bool) -> Iterator[Hit]:
    """The match of a rule in the lines from a place on, joined."""
    for view, line in wraps.unwrapped(data, at, complete=complete):
        for hit in _accepted(view.data, rule, rule.expression.groups(view.data), FORM):
            place = view.back(hit.start, hit.end)
            if place is not None:
                yield hit.but(start=place[0] + line, end=place[1] + line)
                return


def _accepted(data: bytes, rule: Rule, found: Iterable[list[Span]], rank: int) -> Iterator[Hit]:
    """Those matches of a rule that its entropy, stop words and allow-lists let through."""
    for groups in found:
        start, stop = _place(rule, groups)
        value = data[start:stop].rstrip()  # forms without a group take what ends them
        stop = start + len(value)
        if rule.by_form and (named := _OWN_NAME.match(value)):
            start, value = start + named.end(), value[named.end() :]
        if not _varied(data, rule, groups):
            continue
        if data[stop : stop + 1] == b"(" and value[-1:].isalpha() and not rule.of_blocks:
            continue  # a name that is called
        if examples.is_example(value) or rule.has_stopword(value.lower()) or _allowed(data, rule, groups[0], value):
            continue
        if not rule.by_form and any(allowed.search(value) for allowed in globally_allowed()):
            continue
        yield Hit(start, stop, rule.kind, rule.name, rank, value, rule.exact)


def _place(rule: Rule, groups: list[Span]) -> Span:
    """Where the secret of a match stands."""
    group = rule.group
    return groups[group] if groups[group][0] >= 0 else groups[0]


def _varied(data: bytes, rule: Rule, groups: list[Span]) -> bool:
    """Whether the secret of a match is as long and as varied as the rule asks."""
    start, stop = _place(rule, groups)
    value = data[start:stop]
    if len(value) < _SHORTEST or (rule.entropy and entropy(value) < rule.entropy):
        return False
    return not rule.check or sums.SUMS[rule.check](value)


def _allowed(data: bytes, rule: Rule, whole: Span, value: bytes) -> bool:
    """Whether an allow-list of the rule speaks for the value, its match or its line."""
    for target, pattern in rule.allowed:
        if target == "secret":
            text = value
        else:
            start, end = whole if target == "match" else line_of(data, *whole)
            text = data[start:end]
        if expression(pattern).search(text):
            return True
    return False
