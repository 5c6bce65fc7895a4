"""What names a secret and what joins a name to its value, as one RE2 alternation.

The names are the words that sensitive ones hold; `keys` says what a whole name means.
"""

from __future__ import annotations

import tomllib
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from triage.redact.named.keys import Names, parts, vocabulary
from triage.redact.text import Expression, Headed, alternatives, expression

__all__ = ("assignment", "foreign", "joint", "pairing")

_FILE: Final = Path(__file__).with_name("joints.toml")
_JOIN: Final = (
    r"[*_]{1,2}:[ \t]{1,4}|:[*_]{1,2}[ \t]{1,4}"  # a name in bold
    r"|:[ ]?<(?:b|strong|code|i|em|span|tt|kbd|samp|var)(?:[ ][^<>\n]{0,80})?>"  # a value that is set off
    r"|(?:\\{0,15}[\"'])?[)\]}]?[ ](?:\|\||\?\?|\?:|or)[ ][\"'\x60]"  # what holds where it is not set
    r"|[ ]?(?:&nbsp;)?=[ ]?</(?:td|pre|span|code)>\s{0,40}(?:</td>\s{0,40})?<(?:td|span|code)(?:[ ][^<>\n]{0,80})?>"
    r"(?:[\"']?<(?:code|tt|span|pre|i|b|font)(?:[ ][^<>\n]{0,60})?>(?:<small>[a-z]{3,10}</small>[ ]?)?){0,2}"
    r"|\\{0,15}[\"'][ ]value[ ]\\{0,15}[\"']"
    r"|(?:[\"']\])?\r?\n(?:=>[ ]|\$[0-9]{1,4}[ ]={1,2}>?[ ](?:\([^()\n]{1,40}\)[ ])?(?:0x[0-9a-f]{1,16}[ ])?"
    r"(?:<[^<>\n]{1,80}>[ ])?|Out\[[0-9]{1,4}\]:[ ])?[\"']"  # what a console answers
    r"|[\"']?[)\]}]{0,2}[ ]{1,4}(?:#|//|--)[ ]?(?:=>|->)[ ][\"']"  # what a comment answers
    # a sign of assignment
    r"|(?:\\{0,15}[\"'\x60][\]}]?|\*\*)?(?::(?:(?:\"?[\w\\]{1,120}\"?:)?private|protected)\]?)?[ \t]{0,32}\\{0,2}"
    r"(?:=>|->|<<<|::[ \t]|:=|[!=]==?|(?:\|\||\?\?|[?+.])=|[:=]|\|{1,2}|\.{4,60}"
    r"|\xe2(?:\x86\x92|\x87\x92|\x9e[\x94\x9c\x9d\x9e\xa1])|\xef\xbc[\x9a\x9d])"  # arrows, signs of full width
    r"|[ \t]{0,4}<-[ \t]{0,4}[\"']"  # an assignment of R
    r"|</[\w:-]{0,20}(?:name|key)>\s{0,40}<[\w:-]{0,20}(?:value|string)[^<>]{0,60}>(?:<string>)?"  # one beside it
    r"|(?:\\?[\"']\])?[ ]?:?[ ]?</(?:t[hd]|dt|b|strong|label|span|code)>[ ]?:?\s{0,40}"  # the next cell, a term
    r"(?:</t[hd]>\s{0,40})?<(?:t[hd]|dd|span|code|samp|tt|pre)(?:[ ][^<>\n]{0,80})?>(?:<(?:code|tt|span|pre)>)?"
    r"|\[[0-9]{0,4}\][ \t]*=[ \t]*|[ \t]+(?:As[ \t]+)?\*?(?:&'static str|string|str)[ \t]*=[ \t]*"  # a type behind it
    r"|[ \t]*\{ ?get; ?(?:private |protected )?(?:(?:set|init); ?)?\}[ \t]*=[ \t]*"
    r"|[ \t]*\([a-z0-9_ /,-]{2,20}\)[ \t]*[:=]"
    r"|(?:\(\))?\)?(?:\.[a-z_]{2,24})?!?(?:\(|\{[ ]?|,[ ]?)(?:<<|[bu])?[\"']"  # what stands beside it
    r"|[ \t]+(?:str|string|std::string|bytes|char ?\*)[ \t]+(?:[\"'])"
    r"|\\{0,15}[\"'\x60][ \t]{0,4},\s{0,24}(?:b|0x[0-9a-f]{1,16}[ ])?(?:\\{0,15}[\"'\x60])"  # the next item of a list
    r"|[\"'\x60][ \t]?\{[^{}\"]{0,300}(?:default|value)[ \t]*=[ \t]*[\"']"  # a variable or an output of Terraform
    r"|\\{0,15}[\"'],[ ](?:[a-z_]{1,20}=[^,()\"'\n]{0,40},[ ]){0,4}default="  # an option of a command line
    r"|\\{0,15}\";s:[0-9]{1,4}:"  # a pair as PHP writes arrays
    r"|[\"']\r?\n[0-9]{0,3}[02468]\)[ ][\"']"  # what Redis answers: a value stands below a name
    r"|\"\t{2,8}\""  # what Valve's tools keep
    r"|[ \t]+REG_(?:EXPAND_)?SZ[ \t]+"  # the registry of Windows
    r"|[ ]<==\r?\n"  # a file as tail heads it
    r"|\]{1,2}[ \t]{0,8}(?:[#;][^\n]{0,200})?\r?\n"  # a section of a file of settings
    r"|</(?:key|string)>(?:\s|\\{1,4}[nrt]){0,40}"  # a property list
    r"(?:<(?:string|real|integer)>|<data>(?:\s|\\{1,4}[nrt]){0,40})"
    r"|[ \t]+[A-Za-z]{2,20}(?:\([0-9, ]{1,9}\))?[ \t]*=[ \t]*N?'"  # a variable of SQL
    r"|[ \t]+\.[ \t]+\""  # a pair of Lisp
    r"|(?:[ \t]+[\w:.-]{1,40}=\\{0,15}[\"'][^\"'<>\n]{0,160}\\{0,15}[\"']){0,4}>"  # an XML element
)


# A string of JSON up to where the next name opens, or its object closes: what is joined inside is told from it alone.
_STRING: Final = r"\": ?\"[^\"\\\r\n\x00]+\"(?:[ \t]{0,4},\s{0,24}\"|\}[\n,}])"


@lru_cache(maxsize=16)
def assignment(extra: Names) -> Expression:
    """A sensitive name, or one of a policy, with what joins it to a value."""
    return _named(extra, rf"[\]}}]?(?:{_JOIN})")


@lru_cache(maxsize=16)
def pairing(extra: Names) -> Expression:
    """As `assignment`; of a name of JSON whose value is a string all of both, and what is joined in it."""
    return _named(extra, rf"(?:{_STRING}|[\]}}]?(?:{_JOIN}))")


@cache
def joint() -> Expression:
    """What joins a name, which ends before it, to a value."""
    return expression(rf"(?i)[\]}}]?(?:{_JOIN})")


@cache
def foreign() -> Expression:
    """A word for a password or a key that is not in ASCII, with what a longer name has behind it."""
    words = alternatives(word for word in vocabulary().foreign | vocabulary().foreign_keys if not word.isascii())
    return Expression(rf"(?i)(?:{words})(?:[_.-][\w\x80-\xff-]{{1,40}})?[\w.-]{{0,40}}")


def _named(extra: Names, joint: str) -> Headed:
    """A sensitive name with a joint behind it."""
    names = rf"(?i)(?:{_names(extra)})"
    return Headed(expression(names), rf"{names}[\w.\-]{{0,40}}{joint}")


@lru_cache(maxsize=16)
def _names(extra: Names) -> str:
    """An expression of what sensitive names hold."""
    names: list[str] = tomllib.loads(_FILE.read_text("utf-8"))["names"]
    own = {"[_. -]?".join(words) for words in map(parts, extra) if words}
    return "|".join(sorted({*names, *own, foreign().pattern.removeprefix("(?i)")}))
