"""People in what people write: who signs a letter, who says something in a chat, who calls, where somebody lives."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named import users
from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.pii import dotted, geography, given, people, scripts, spoken, towns
from triage.redact.pii.neighbours import fields_of_people
from triage.redact.pii.persons import is_person
from triage.redact.text import Found, expression, line_of

__all__ = ("READERS",)

_SIGNED: Final = re.compile(
    rb"[^\n\\:=]{0,24}?[ \t,.!]{0,4}(?:\r?\n|(?:\\r)?\\n|<br ?/?>){1,3}(?:[>| \t]{0,8})"
    rb"(?:--? ?)?((?:(?:Dr|Mr|Mrs|Ms|Prof|Herr|Frau)\.? )?[A-Z\x80-\xff][A-Za-z'.\x80-\xff-]{1,30}"
    rb"(?: [A-Z\x80-\xff][A-Za-z'.\x80-\xff-]{0,30}){1,3})[ \t]{0,4}(?=\r?\n|\\[rn]|<|\"|,|\||\Z| \()"
)
_LIVES: Final = re.compile(rb"[ \t]{0,2}:?[ \t]{0,2}([0-9A-Z\x80-\xff][^\r\n\"<>;|]{5,80})")
# Behind these a number and words are where somebody lives, whatever streets are called there.
_LIVING: Final = re.compile(rb"(?i)i live|lives at|living at|i reside|ich wohne|j'habite|vivo en|abito in|moro na")
_SENTENCE_END: Final = re.compile(
    rb"(?<![Ss]tr)(?<!Nr)(?<!Av)(?<!St)[.!?](?:\s|\Z)|\\n| and | since | but | with | my | phone| tel"
)
_CALLER: Final = re.compile(
    rb"""(?:id)?(?:name|num)?[\"']?[ \t]{0,2}[:=(][ \t]{0,2}\\{0,3}["']?([A-Z\x80-\xff][\w.'\x80-\xff -]{2,40}?)"""
    rb"""\\{0,3}["']? ?<([+0-9]{5,16})>"""
)
_SURNAME: Final = re.compile(
    rb" ?([A-Z\x80-\xff][\w'\x80-\xff-]{2,30}(?: [A-Z\x80-\xff][\w'\x80-\xff-]{1,30}){0,2})"
    rb"(?![\w\x80-\xff'-])(?![(=:/.]\w)"
)
_SPOKEN: Final = re.compile(
    rb"[ \t]{0,40}([A-Z\x80-\xff][\w.'\x80-\xff-]{1,40}(?: [A-Z\x80-\xff][\w.'\x80-\xff-]{0,40}){1,3}"
    # one that no blank parts, before a sign or the verb behind it
    rb"|(?:[\xe3-\xed][\x80-\xbf]{2}){2,5}?"
    rb"(?=[^\x80-\xff]|\xef|\xe3\x80|\xe3\x81\xa7\xe3\x81\x99|\xec\x9e\x85\xeb\x8b\x88\xeb\x8b\xa4|\Z))"
)
_SPEAKER: Final = re.compile(
    rb"(?:\A|[\n\">:,.!\]] ?|[0-9] (?:[AP]M )?)"
    rb"([A-Z\x80-\xff][a-z\x80-\xff'-]{1,24}(?: [A-Z\x80-\xff][A-Za-z\x80-\xff'.-]{0,24}){1,2})\Z"
)
# When somebody wrote what follows.
_DAY: Final = re.compile(rb"[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}\b")
# The end of the sentence, and no letter or title that is cut short.
_ENDED: Final = re.compile(rb"(?<=[a-z\x80-\xff]{3})\.(?= |\Z)(?<!Prof\.)(?<!Mrs\.)(?<!Frau\.)")
# One name alone below the closing words, on a line of its own as those are.
_SIGNED_SHORT: Final = re.compile(
    rb"[ \t]{0,2}[,.!]?[ \t]{0,4}(?:\r?\n|(?:\\r)?\\n){1,2}[> \t]{0,8}(?:--? ?)?([A-Z\x80-\xff][a-z\x80-\xff]{2,20}"
    rb"(?:-[A-Z\x80-\xff][a-z\x80-\xff]{2,20})?)[ \t]{0,4}(?=\r?\n|\\[rn]|\"|\Z)"
)
# A full name behind the closing words, the last of its line.
_SIGNED_BESIDE: Final = re.compile(
    rb"[,!]?[ \t]{1,3}(?:--? ?)?([A-Z\x80-\xff][a-z'\x80-\xff-]{1,40}"
    rb"(?: [A-Z\x80-\xff][A-Za-z.'\x80-\xff-]{0,40}){1,3}|(?:[\xe3-\xed][\x80-\xbf]{2}){2,5})"
    rb"[ \t]{0,4}(?=\.?(?:\r?\n|\\[rn]|\\{0,3}\"|[<|]|\Z))"
)
_GREETED: Final = re.compile(
    rb"([A-Z\x80-\xff][a-z\x80-\xff]{1,20}(?:-[A-Z][a-z\x80-\xff]{1,20})?)(?=[,!:]|[ ]?[-\xe2]| and [A-Z])"
)
_SECRET: Final = expression(
    r"(?i)passw|passc|passp|\bpwd?\b|\bpin\b|\btoken\b|secret|credential|api.?key|\botp\b|\bcode\b|kennwort"
    r"|mot de passe|contrase|senha|wachtwoord|has\xc5\x82o|l\xc3\xb6senord|clave"
)
_NEAR: Final = 300
# The last header of a mail, and the blank line between it and who is greeted.
_MAIL: Final = re.compile(
    rb"(?:\A|\n)(?:Subject|From|To|Cc|Date|Message-ID|X-[\w-]{1,40}|MIME-Version|Content-[\w-]{1,40}|In-Reply-To"
    rb"|User-Agent|Betreff|Von|An|Objet|De|Asunto|Assunto|Oggetto): [^\n]{1,200}\n\s{1,8}\Z"
)
_HEADERS: Final = 280
_WRITER: Final = re.compile(
    rb"[<(@]?([A-Z\x80-\xff][a-z\x80-\xff]{1,20}|[a-z]{2,20}(?:[._][a-z]{2,20})?[0-9]{0,4})[>)]?"
    rb"(?::| ?>|,? (?:says|said|wrote):?) "
)
_CLOSING: Final = re.compile(rb"(?:\A|\n|\\n)[> \t]{0,8}(?:[A-Za-z\x80-\xff]{2,12},? ){0,3}\Z")
# A full name in a sentence: words in small letters, or the end of it, behind.
_PARTY: Final = re.compile(
    rb"[\"'*_]{0,2}((?:(?:Dr|Prof|Mr|Mrs|Ms)\.? )?[A-Z\x80-\xff](?:[a-z\x80-\xff'-]|(?<=[-'])[A-Z]){1,20}"
    rb"(?: [A-Z]\.|(?: (?:de|da|do|dos|di|del|della|de la|van|von|van der|van den|bin|al|el|la)) |(?= )){1}"
    rb" ?[A-Z\x80-\xff](?:[a-z\x80-\xff'-]|(?<=[-'a-z])[A-Z]){1,25}"
    rb"(?: [A-Z\x80-\xff](?:[a-z\x80-\xff'-]|(?<=[-'])[A-Z]){1,25})?)"
    rb"(?=[\"'*_]{0,2}(?:[.,;!?)\]<]|:\s|\s{0,2}(?:\r?\n|\\[rn]|\Z)| [a-z(<\[#-]))"
)


def _signature(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name below the closing words of a letter."""
    match = _SIGNED.match(data, at + size)
    if match is None and _CLOSING.search(data, max(at - 48, 0), at):
        match = _SIGNED_SHORT.match(data, at + size)
    if match is None and (beside := _SIGNED_BESIDE.match(data, at + size)) and given.is_name_of_somebody(beside[1]):
        match = beside
    if match and is_person(match[1]) and scripts.is_written_as_a_name(match[1]):
        yield *match.span(1), "person", "signature"


def _home(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Where somebody says to live."""
    match = _LIVES.match(data, at + size)
    if match is None:
        return
    start, stop = match.span(1)
    if ended := _SENTENCE_END.search(data, start, stop):
        stop = ended.start()
    house = data[start:stop]
    told = people.is_numbered(house) and _LIVING.match(data, at, at + size) is not None
    if told or people.is_street(house) or towns.has_town(house) or towns.is_whole(house):
        yield from judged(
            data, (start, stop), Sense("street_address", "street"), in_quotes=True, assigned=True, name=(at, at)
        )


def _calling(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who calls, by name and number."""
    if match := _CALLER.match(data, at + size):
        yield *match.span(1), "person", "caller"
        yield *match.span(2), "phone", "caller"


def _introduced(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The full name of somebody behind words that say whose it is."""
    match = _SPOKEN.match(data, at + size)
    if match is None or (data[at : at + 1].isalpha() and data[max(at - 1, 0) : at].isalnum()):  # the end of a word
        return
    start, end = match.span(1)
    if ended := _ENDED.search(data, start, end):
        end = ended.start()
    name = scripts.first_words(data[start:end])
    end = start + len(name)
    if (people.full_name(name) or given.is_of_the_east(name)) and is_person(name) and b"'s" not in name:
        yield start, end, "person", "said"


def _presented(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The full name of somebody behind words that may say anything, told by a given name."""
    for found in _introduced(size, data, at):
        if given.is_name_of_somebody(data[found[0] : found[1]]):
            yield found


def _speaking(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The full name of somebody who writes, before the word for that."""
    match = _SPEAKER.search(data, max(at - 64, 0), at)
    if match is None or not is_person(match[1]):
        return
    dated = _DAY.match(data, at + size) is not None and people.full_name(match[1]) and not _is_of_things(match[1])
    if dated or given.is_name_of_somebody(match[1]):
        yield *match.span(1), "person", "said"


def _party(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The full name of somebody in a sentence, behind what somebody is or what is sent to one."""
    match = _PARTY.match(data, at + size)
    if match and people.full_name(match[1]) and is_person(match[1]) and not _is_of_things(match[1]):
        yield *match.span(1), "person", "said"


def _is_of_things(name: bytes) -> bool:
    """Whether a word of a name is one that things are called by, or that a sentence of a program begins with."""
    return not fields_of_people().things.isdisjoint(name.lower().replace(b"-", b" ").split())


def _addressed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The name behind the title of a person: a full one, or a surname."""
    match = _SURNAME.match(data, at + size)
    if match and is_person(match[1]):
        yield *match.span(1), "person", "said"


def _greeted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The given name of who is greeted, where a secret follows."""
    match = _GREETED.match(data, at + size)
    begin = at + size - len(data[at : at + size].lstrip(b' \n">'))
    begins = not data[max(begin - 1, 0) : begin].strip(b"\n\r\t \"'>:`([|") or data[begin - 2 : begin] == b"\\n"
    if (
        match
        and begins
        and given.is_given_name(match[1])
        and (
            _SECRET.search(data[match.end() : match.end() + _NEAR]) is not None
            or _MAIL.search(data, max(at - _HEADERS, 0), begin) is not None
        )
    ):
        yield *match.span(1), "person", "greeting"


def _chatting(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Who writes in a chat, behind what says that it is one: a given name, or an account that begins with one."""
    match = _WRITER.match(data, at + size)
    if match is None:
        return
    known = given.is_given_name(match[1].replace(b"_", b".").partition(b".")[0])
    # Somebody all the same who tells another one a secret there.
    told = match[1][:1].isupper() and users.is_free(match[1]) and is_person(match[1])
    told = told and b"chat" in data[at : at + size].lower()
    if known or (told and _SECRET.search(data[match.end() : line_of(data, match.end(), most=_NEAR)[1]])):
        yield *match.span(1), "person" if match[1].istitle() else "username", "chat"


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "closings": _signature,
    "introductions": _introduced,
    "dwellings": _home,
    "presented": _presented,
    "speaking": _speaking,
    "parties": _party,
    "callers": _calling,
    "degrees": geography.pair,
    "angles": geography.angle,
    **dotted.READERS,
    "titles": _addressed,
    "greetings": _greeted,
    "chats": _chatting,
    "dialled": spoken.dialled,
    "born": spoken.born,
}
"""What reads the values behind the words of leads.toml, by their lists."""
