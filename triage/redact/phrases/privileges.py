r"""Who may do what on a machine, as its files of rights name people: sudoers, doas.conf, sshd_config, /etc/group.

`account ALL=(root) NOPASSWD: /bin/x`, `User_Alias ADMINS = a, b`, `Defaults:account !requiretty`,
`permit nopass account as root`, `AllowUsers a b`, `docker:x:999:a,b`. Groups and aliases are nobody.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from triage.redact.named.judging import judged
from triage.redact.named.keys import Sense
from triage.redact.text import Found, Span

__all__ = ("READERS",)

_ACCOUNT: Final = Sense("username", "user")
_NAME: Final = rb"[\"%#+!]{0,2}[A-Za-z_][\w.@\\-]{0,60}\"?"
_NAMES: Final = rb"(" + _NAME + rb"(?:[ ]?,[ ]?" + _NAME + rb"){0,16})"
_BEFORE: Final = re.compile(
    rb"(?:\A|[\r\n\"'`|>:]|\\n)[ \t]{0,20}(?:echo[ \t]+[\"']?|-[ \t]+)?"
    + _NAMES
    + rb"[ \t]{1,40}(?:[\w.*/-]{1,60},[ ]?){0,8}[\w.*/-]{1,60}[ \t]{0,8}\Z"
)
# The account that it may be done as, or blanks around the sign; what needs no password; and a program.
_RUN_AS: Final = rb"[ \t]{0,8}\([\w%#+, :!@.-]{0,80}\)[ \t]{0,8}"
_BEHIND: Final = re.compile(
    rb"(?:" + _RUN_AS + rb"(?:[A-Z_]{4,12}:[ \t]{0,8}){0,4}|[ \t]{0,8}(?:[A-Z_]{4,12}:[ \t]{0,8}){1,4}"
    rb"|[ \t]{1,8}|(?=\\?/(?:usr/|usr/local/|opt/\w{1,20}/)?s?bin/))"
    rb"(?:[!\"\\]{0,2}/|!?ALL(?![\w])|!?[A-Z][A-Z0-9_]{2,40}(?![\w=])|sudoedit )"
)
_REACH: Final = 200
_TO_SIGN: Final = 100
# What shells and make are told, and is nobody.
_COMMANDS: Final = frozenset(b"export make set setenv env declare typeset local readonly override define unset".split())
_ALIASED: Final = re.compile(
    rb"[ \t]{0,8}[A-Z][A-Z0-9_]{0,40}[ \t]{0,8}=[ \t]{0,8}" + _NAMES + rb"(?=[ \t]*(?:[\r\n:#\\]|\Z))"
)
_DEFAULT: Final = re.compile(_NAMES + rb"[ \t]{1,20}!?[a-z_]{4,30}(?=[ \t,=+\r\n]|\Z)")
_PERMITTED: Final = re.compile(
    rb"(?:(?:nopass|persist|keepenv|nolog|setenv[ ]?\{[^{}\n]{0,120}\})[ \t]{1,8}){0,4}"
    rb"([a-z_][\w.-]{1,31})(?=[ \t]{1,8}(?:as|cmd)[ \t]|[ \t]{0,8}(?:[\r\n#]|\Z))"
)
_LISTED: Final = re.compile(
    rb"([a-z_][\w.@*?!-]{1,80}(?:[ \t]{1,4}[a-z_][\w.@*?!-]{1,80}){0,16})(?=[ \t]{0,8}(?:[\r\n#\"'\\]|\Z))"
)
_MATCHED: Final = re.compile(
    _NAMES + rb"(?=[ \t]{0,8}(?:[\r\n#\"'\\]|\Z)|[ \t]{1,8}(?:Address|Host|Group|Local)\w{0,10} )"
)
_MEMBERS: Final = re.compile(rb"[0-9]{1,10}:([a-z_][\w.-]{1,31}(?:,[a-z_][\w.-]{1,31}){0,40})(?=\r?\n|\\n|\"|\Z)")
_PARTS: Final = re.compile(rb"[^\s,]+")
_MARKS: Final = (b"%", b"#", b"+", b"!", b"-")


def _people(data: bytes, span: Span) -> Iterator[Found]:
    """Those of a list who are neither groups nor aliases."""
    for part in _PARTS.finditer(data, *span):
        start, end = part.span()
        quotes = data[start:end].count(b'"')
        start += quotes > 0 and data.startswith(b'"', start)
        end -= data.endswith(b'"', start, end)
        machine = data.find(b"@", start, end)
        end = machine if machine > start else end
        name = data[start:end]
        if not (name.startswith(_MARKS) or name.isupper() or name in _COMMANDS or b"*" in name):
            yield from judged(data, (start, end), _ACCOUNT, in_quotes=True, assigned=True, name=(start, start))


def _granted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those who a line of sudoers is about, by its sign or by what is behind it."""
    sign = data.find(b"=", at, at + size)
    sign = sign if sign >= 0 else data.rfind(b"=", max(at - _TO_SIGN, 0), at)
    if sign < 0 or not _BEHIND.match(data, sign + 1):
        return
    first = max(sign - _REACH, data.rfind(b"\n", 0, sign), 0)
    if before := _BEFORE.search(data, first, sign):
        yield from _people(data, before.span(1))


def _behind(form: re.Pattern[bytes], size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those who are listed behind a word of such a file."""
    if found := form.match(data, at + size):
        yield from _people(data, found.span(1))


def _defaults(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those whose settings of sudo differ."""
    if data.startswith(b"Defaults", at):
        yield from _behind(_DEFAULT, size, data, at)


def _permitted(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Whom doas permits something."""
    return _behind(_PERMITTED, size, data, at)


def _aliased(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those whom an alias of sudoers stands for."""
    return _behind(_ALIASED, size, data, at)


def _listed(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those whom a server of SSH lets in, or not."""
    return _behind(_LISTED, size, data, at)


def _matched(size: int, data: bytes, at: int) -> Iterator[Found]:
    """Those for whom a server of SSH has settings of its own."""
    if data.startswith(b"Match User", at):
        yield from _behind(_MATCHED, size, data, at)


def _members(size: int, data: bytes, at: int) -> Iterator[Found]:
    """The members of a group."""
    return _behind(_MEMBERS, size, data, at)


READERS: Final[dict[str, Callable[[int, bytes, int], Iterator[Found]]]] = {
    "granted": _granted,
    "aliased": _aliased,
    "defaulted": _defaults,
    "permitted": _permitted,
    "allowed": _listed,
    "matched": _matched,
    "grouped": _members,
}
"""What reads the accounts at the words of leads.toml, by their lists."""
