"""Whether what stands under a name is a value of it: a secret, and not code, prose, a measure or a word for nothing.

Positions only: nothing here keeps a value. Every expression is one class repeated, or bounded: linear.
"""

from __future__ import annotations

import base64
import binascii
import re
from itertools import pairwise
from typing import Final

from triage.redact import masks
from triage.redact.named import declared, examples, labels, remarks, reports
from triage.redact.named.keys import parts, sense, vocabulary
from triage.redact.plain_words import is_plain_word
from triage.redact.text import LETTERS, Span, digits_in, is_word

__all__ = (
    "heads_message", "holds_secret", "in_code", "is_digest", "is_joined", "is_name", "is_of_letters",
    "is_of_words", "is_passphrase", "is_plain",
    "is_setting", "is_shuffled", "is_slug", "looks_random", "mixed", "mnemonic", "names_user_and_password",
    "placeholder",
)  # fmt: skip

_KEY_LENGTH: Final = 24
_WORDS_JOINED: Final = re.compile(rb"[a-z]{3,12}(?:-[a-z]{3,12}){3,7}")
_PASSPHRASE: Final = re.compile(rb"[a-z]{3,12}([._-])[a-z]{3,12}(?:\1[a-z]{3,12}){1,6}")
_INDEXED: Final = re.compile(rb"[A-Za-z_$][\w.$]{0,60}\[[ ]?[A-Za-z_]\w{0,40}(?:[ ]?[-+*/%][ ]?\w{1,40})?[ ]?\]")
_MNEMONIC: Final = re.compile(rb"[a-z]{3,8}(?: [a-z]{3,8}){11,23}(?![\w-])")
_REFERENCE: Final = re.compile(
    rb"""(?x)
    \$ (?: \{ [^{}]{0,200} \} | \( [^()]{0,200} \)? | [A-Z_][A-Z0-9_]{0,60}
        | \$? [a-z]{1,4} | [0-9@*] | env: \w{1,60}
        | [A-Za-z_]\w{0,40} (?: (?:->)? (?: \{ [\w$"'-]{1,60} \} | \[ [\w$"'-]{1,60} \] ) | -> [A-Za-z_]\w{0,60} ){1,4}
        | [a-z_]{0,20} (?:pass|pw|pwd|word|secret|token|key|cred|creds)
        | [A-Za-z_]{0,24} (?:Pass|Pw|Pwd|[Ww]ord|Secret|Token|Key|Creds?|Credentials?|Auth|Pat|String|Text
            |Value|Plain) )
    | @?(?:env|keychain|file|fd|prompt) : [\w./~-]{1,120}
    | (?:[@~]|\.{1,2})? / (?:[\w.-]{1,60}/){0,12} [\w-]{1,60} \. [a-z]{2,5}
    | /(?:[\w.-]{1,60}/){0,12} [\w-]{1,60} \.[0-9a-f]{6,40} (?:\.(?:min|chunk|bundle|module))? \.[a-z]{2,5} (?:\.map)?
    | (?:ENV|(?:os\.)?environ|process\.env|\$_(?:ENV|SERVER)|System\.env) \[ ["'][A-Za-z_]\w{0,80}(?:["']\]?)?
    | (?:(?:os|Sys|System|std::env|process)(?:\.|::))? (?:getenv|environ\.get|var) \( ["'][A-Za-z_]\w{0,80}(?:["']\)?)?
    | /(?:run|etc|var|usr|opt|tmp|dev|srv|mnt|lib(?:32|64|x32)?|s?bin|proc|sys|nix|snap|boot|media)/ [\w./-]{1,200}
    | %[A-Za-z_]{1,60}%
    | ENC\[ [^\]]{1,200} \] | \$[A-Za-z_]\w{0,40}- | arn:aws[\w-]{0,12}:[\w:/.*-]{1,200}
    | (?:op|vault|ref\+\w{1,20}|secretsmanager|ssm|awssm|gcpsm|azurekv|keyring|k8s|sops):// [^\s]{1,200}
    | \{\{ [^{}]{0,200} \}\} | \{ [A-Za-z_.]{0,60} \} | \{\$ [^{}]{1,200} \}
    | %\(? [\w]{0,40} \)? [sdr]? | \#\{ [^{}]{0,200} \} \#?
    | %env \( [\w:]{1,60} \) % | ![a-z]{2,20} | @[A-Za-z_]{1,60}@ | < \|? [A-Za-z _.-]{1,60} \|? > | :\w{1,30}
    | \( [A-Za-z]{2,20} (?:[ ][a-z]{2,20}){0,6} \) | @@ \w{1,60} @@ | __ [A-Z_]{1,60} __
    | \[[A-Za-z][A-Za-z _.-]{1,40}\] | (?i:your|my|some|example|dummy|sample|the)[-_ ][A-Za-z_ -]{1,40}
    | (?:self|this|cls|var|local|data|module|each|config|settings|request|req|env|os|process|args|options|params|user
        |ctx|props|state) \. [\w.\[\]]{1,80}
    | (?:X|[A-Z][a-z]{2,12}|Convert(?:To|From))(?:-[A-Z][A-Za-z]{2,20}){1,3} | \$ANSIBLE_VAULT;[\w.;-]{1,60}
    """
)
# What stands under such a name and is none: a pointer, a measure, a version or what names a package with one, a type,
# the identifier of an account of Windows, which `principals` reads.
_NOT_SECRET: Final = re.compile(
    rb"""(?x)[-@&]?0x[0-9a-fA-F]{1,16}[uUlL]{0,3} | (?:rgb|hsl)a?\([0-9., %]{3,40}\) | \*{1,2}[A-Za-z_]{2,60}
    | [-+]?[0-9]{1,12}\.[0-9]{1,17}(?:[eE][-+]?[0-9]{1,3})?
        (?:%|[mun]?s|[mhdx]|[KMG]i?B?)?(?:/s)? | [0-9]{1,3}(?:[ ]?%|[KMGT](?:i?B)?)
    | [0-9]{1,12}[ ](?:bytes?|octets?|characters?|chars?|bits?|[kKMGT]?i?B)
    | (?:(?:\^|~>?|[<>=!]=?)[ ]?v?|v[ ]?)[0-9]{1,5}(?:\.[0-9x*]{1,6}){0,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
        (?:[ ,|]{1,4}[<>=^~]{1,2}[ ]?[0-9.x*]{1,20})?
    | [0-9]{1,2}(?:\.[0-9]{1,6}){4,14} | (?:TLS|SSL)(?:_[A-Z0-9]{1,10}){2,10}
    | v?[0-9]{1,5}(?:\.[0-9]{1,6}){2,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
    | [A-Za-z@][\w./:@-]{0,80}[:@]v?[0-9]{1,5}(?:\.[0-9]{1,6}){1,3}(?:[-+.][A-Za-z][\w.-]{0,30})?
    | <[A-Za-z_][\w.:]{0,60}(?:[ ][a-z][a-z ]{0,40})?>? | workspace:[*^~]
    | (?:[A-Za-z][\w$]{0,40}\.){1,8}[A-Z][\w$]{0,60}@[0-9a-f]{4,8}
    | (?:n?(?:var)?(?:char2?|binary)|bit|decimal|numeric)\([0-9, ]{1,9}\) | 0000[0-9a-f]{4}(?:`[0-9a-f]{8})?
    | [A-Z][A-Za-z]{1,20}(?:<[A-Za-z<>, ]{1,40}>|\[[A-Za-z_\[\]., |]{1,60}\])
    | <<[-~]?["']?[A-Z_]{2,20}["']? | [0-9]{1,2}:[0-9]{2}(?::[0-9.]{2,10})?
    | [0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T ][0-9:.,]{4,18}(?:Z|[+-][0-9:]{4,6})?)?
    | projects/[\w.:-]{1,80}/(?:locations/[\w-]{1,40}/)?secrets/[\w.-]{1,255}(?:/versions/[\w-]{1,20})?
    | S-1-[0-9]{1,2}(?:-[0-9]{1,10}){1,14} | \?[A-Za-z_\\]{2,60} | (?:try|await|as|return|throw)[?!]
    | (?:u?int|float|char|[iuf])(?:8|16|32|64|128)(?:_t)? | n?varchar2"""
)
# What begins as a version does and is made in groups, as passwords are.
_IN_GROUPS: Final = re.compile(
    rb"v[0-9]{1,5}(?=[\w-]{0,40}(?:[0-9][a-z]|[a-z]{2}[0-9](?![0-9])))"
    rb"(?:-(?!alpha|beta|rc|pre|dev|build)[A-Za-z0-9]{3,8}){2,6}"
)
# What content is known by: that of an image, a certificate, a file of a package.
_DIGEST: Final = re.compile(rb"sha(?:1|224|256|384|512)(?::[0-9a-f]{40,128}|-[A-Za-z0-9+/]{27,88}={0,2})")
# What begins and goes on like this is neither reference nor mask.
_NO_REFERENCE: Final = re.compile(
    rb"(?!(?i:[rfhmx]|your|some|example|dummy|sample|the))(?:[a-z0-9][^:.]*|[A-Z][^:.\[-]*)"
)
_MASKED_WORDS: Final = frozenset({b"redacted", b"filtered", b"masked"})
_ERROR: Final = re.compile(rb"[A-Z]{1,10}[-_]?[0-9]{2,7}[A-Z]?")
_IDENTIFIER: Final = re.compile(rb"[A-Za-z_$][A-Za-z_$]*(?:(?:\.|::|->|\?\.|!!\.)[A-Za-z_$]+)*")
_MARKS_OF_NAMES: Final = re.compile(rb"[ _.-]")
# A phrase of several words without quotes has no marks of a sentence or of code.
_NOT_A_PHRASE: Final = re.compile(rb"[?!;:(){}|<>=]|, ")
_CODE_MARKS: Final = frozenset(b"([")
_BRACE: Final = ord("{")
_LESS: Final = ord("<")
# A place in a source file, as frames have them.
_SOURCE: Final = re.compile(
    rb"(?:[a-z]{1,20}:)?[\w./\\$@~-]{1,200}\.(?:c|cc|cjs|clj|coffee|cpp|cr|cs|cxx|dart|erl|ex|exs|fs|go|groovy|h|hh|hpp|hs|java|jl|js|jsx|kt|kts"
    rb"|lua|m|mjs|ml|mm|nim|php|pl|pm|py|pyx|r|rb|rs|scala|svelte|swift|ts|tsx|vb|vue|zig):[0-9]{1,7}(?::[0-9]{1,7})?\)?"
)
_CALL: Final = re.compile(
    rb"[A-Za-z_][\w.:]{0,60}(?:\([^()]{0,80}\)(?:\?\.|\.|->|::)[A-Za-z_]\w{0,60}){1,6}(?:[\[(]|$)"
    rb"|[A-Za-z_][\w.]{0,60}\([^)]{0,200}\){0,4}$|(?:[A-Za-z_]\w*(?:\.|::|->))+\w+[\[(]|[A-Za-z_][\w.]{0,60}\[[\w\"':-]{0,40}\](?:$|\[|\.)"
)
# What is said of a value that is not there.
_NONE: Final = re.compile(
    rb"@p[0-9]{1,3}|[\w.:-]{0,10}\*{4,40}[\w.-]{0,4}"
    rb"|(?:none|nothing|not|no|never|nil|null)(?: (?:was|were|is|are|been|yet))? (?:supplied|provided|given"
    rb"|set|found|configured|available|present|specified|defined|required|needed|used|stored|saved|sent|received|entered)"
)
# A part begins and ends with a letter: with more than one way to read a name, a value took a million steps.
_JOINED: Final = re.compile(rb"[a-z]{1,20}(?:[_.:/-]_{0,2}[a-z]{1,20}){1,12}_{0,2}|[A-Z]{1,20}(?:_[A-Z]{1,20}){1,6}")
_SLUG: Final = re.compile(rb"[A-Za-z]{2,20}[0-9]{0,12}(?:[_.-](?:[A-Za-z]{1,20}[0-9]{0,12}|[0-9]{1,20})){1,8}")
_LETTERS: Final = re.compile(rb"[A-Za-z]+")
# A name has few digits and few words.
_NAME_DIGITS: Final = 2
_NAME_PARTS: Final = 6
_NAME_WORD: Final = 3
# A phrase has more words than so many.
_MORE: Final = 3
_SHUFFLED: Final = 12
_WORD_IN: Final = re.compile(rb"[a-z]{5}")
_HARD: Final = re.compile(rb"[b-df-hj-np-tv-xzB-DF-HJ-NP-TV-XZ]{5}")
_LEAST_HARD: Final = 10
# The longer words of a name as code joins them.
_HUMPS: Final = re.compile(rb"[A-Z]?[a-z]{3,}|[A-Z]{4,}(?![a-z])")
# What can be said as a word of a name, if it is a short one.
_SAID: Final = re.compile(rb"[A-Z]?[a-z]?[aeiouy][a-z]{1,4}|[A-Z][a-z][aeiouy]{1,2}")
_WORD_OF_SIX: Final = re.compile(rb"[a-z]{0,6}?[aeiou][a-z]{0,6}(?<=[a-z]{6})")
# No more of a value is looked at for it.
_LONGEST_SHUFFLED: Final = 128
_HEXADECIMAL: Final = re.compile(rb"(?=[a-f]{0,16}[0-9])[0-9a-f]{16,128}")
_CAPITALS: Final = re.compile(rb"[A-Z]+")
_SETTING: Final = re.compile(rb"[A-Za-z_][A-Za-z_.]{0,30}=(?:[^=]|$)")
_LETTER_BYTES: Final = frozenset(LETTERS)
_MARKS: Final = frozenset(b"!@#$%^&*+~?_")
_SENTENCE: Final = re.compile(
    rb"(?i)\b(?:must|should|cannot|required?|invalid|incorrect|wrong|missing|expired?|not|does|least|characters?|enter|"
    rb"please|failed|was|were|is|are|has|been|too|contains?|change|reset|forgot|field|the|your|for)\b"
)


def mixed(value: bytes, *, least: int) -> bool:
    """Whether a word mixes letters with digits or marks, as a secret does and no word of a language."""
    mixes = digits_in(value) > 0 or (least < 8 and not _MARKS.isdisjoint(value))
    if value.endswith((b"()", b"(")) or b"::" in value or _SETTING.match(value) or value.startswith(b"HTTP/"):
        return False
    if b":" in value and _SOURCE.fullmatch(value):
        return False
    if b"." in value and not digits_in(value) and _IDENTIFIER.fullmatch(value):
        return False
    if value.startswith(b"/") and not (value.endswith(b"=") and len(value) >= _KEY_LENGTH):
        return False  # a path, and no key in base64
    return len(value) >= least and mixes and not _LETTER_BYTES.isdisjoint(value)


def is_joined(value: bytes) -> bool:
    """Whether a value is of four words or more in small letters, as managers of passwords join them."""
    return _WORDS_JOINED.fullmatch(value) is not None


def is_passphrase(value: bytes) -> bool:
    """Whether a value is of three words or more that one mark joins, few of them words of the trade."""
    if _PASSPHRASE.fullmatch(value) is None or is_name(value) or placeholder(value):
        return False
    words = _LETTERS.findall(value)
    return 2 * sum(map(is_plain_word, words)) < len(words)


def placeholder(value: bytes) -> bool:
    """Whether a text stands for a value and holds none: null, a mask of any tool, a reference, an example's word."""
    stripped = value.strip()
    small = stripped.lower()
    if small in vocabulary().empty or small == small[:1] * len(small):
        return True
    if examples.is_example(stripped) or _NONE.fullmatch(small):
        return True
    if small.isalnum():  # without a mark only these are a mask, and nothing is a reference
        return small in _MASKED_WORDS
    if _NO_REFERENCE.fullmatch(stripped):
        return False
    if masks.FOREIGN.fullmatch(small) or (_REFERENCE.fullmatch(stripped) and not is_shuffled(stripped)):
        return True
    return stripped[:1] == b"[" and masks.MASK.fullmatch(stripped) is not None


def is_plain(value: bytes) -> bool:
    """Whether a value is a pointer, a measure, a version or a type, and so no secret."""
    return _NOT_SECRET.fullmatch(value) is not None and not _IN_GROUPS.fullmatch(value)


def is_digest(value: bytes) -> bool:
    """Whether a value is what an image, a certificate or a package is known by."""
    return value.startswith(b"sha") and _DIGEST.fullmatch(value) is not None


def heads_message(data: bytes, span: Span) -> bool:
    """Whether what stands without quotes is the code of an error or a function, with what it says behind a colon."""
    value = data[slice(*span)]
    if reports.heads_message(data, span[1], value):
        return True
    colon = value.endswith(b":") or data[span[1] : span[1] + 2] == b": "
    return colon and _ERROR.fullmatch(value.rstrip(b":")) is not None


def holds_secret(value: bytes, *, in_quotes: bool, assigned: bool, after: int, name: bytes) -> bool:
    """Whether what stands under a secret's name is one, and not code, prose, or a word for nothing.

    `after` is the byte behind it (-1 at the end), `assigned` whether an equals sign stands between name and value.
    """
    if value.lower().strip(b"_").lstrip(b"@:") in {
        name.lower().strip(b"_-"),
        name.lower().rpartition(b".")[2].strip(b"_"),
    }:
        return False
    if placeholder(value) or is_plain(value) or (is_digest(value) and b"pass" not in name.lower()):
        return False
    if _MARKS_OF_NAMES.sub(b"", value).lower() == _MARKS_OF_NAMES.sub(b"", name).lower():
        return False
    if _is_mnemonic(value):
        return True
    if remarks.is_remark(value):
        return False
    return _in_quotes(value) if in_quotes else _without_quotes(value, assigned=assigned, after=after)


def mnemonic(data: bytes, at: int) -> Span | None:
    """The words at a place if they are as many as those that wallets are restored from."""
    words = _MNEMONIC.match(data, at)
    return words.span() if words and _is_mnemonic(words.group()) else None


def _is_mnemonic(value: bytes) -> bool:
    """Whether a value is as many short words as the phrases that wallets are restored from, and no sentence.

    Examples
    --------
    >>> _is_mnemonic(b"able acid " * 5 + b"wrong access"), _is_mnemonic(b"able access to it was wrong for all of us")
    (True, False)
    """
    return _MNEMONIC.fullmatch(value) is not None and (value.count(b" ") + 1) % 3 == 0


def _in_quotes(value: bytes) -> bool:
    """Whether a string is a secret: no rest of an expression whose quote closed a string, no word, no sentence."""
    if value.startswith((b" ", b"+ ", b", ", b',"', b"; ", b") ", b")\\", b");", b"),", b"} ")):
        return False
    if value.lower() in vocabulary().words and len(value) > 3:
        return False
    if _JOINED.fullmatch(value) and is_name(value):
        return False  # the name under which something else keeps it
    if labels.is_label(value):
        return False
    blanks = value.count(b" ")
    if blanks >= 2 and _SENTENCE.search(value):
        return False
    return not (blanks and value.endswith((b".", b"!", b"?", b":")) and not value[-2:-1].isdigit())


def _without_quotes(value: bytes, *, assigned: bool, after: int) -> bool:
    """Whether a word or phrase is a secret: no prose, no call or index, no comparison or pointer, no name."""
    if b"(" not in value and (bare := value.rstrip(b",:;").removesuffix(b")")) != value and not digits_in(bare):
        value = bare  # what closes a call around it
    first, _, rest = value.partition(b" ")
    if rest and (
        first.lower().strip(b".,;?!") in vocabulary().words
        or is_name(first)
        or _SENTENCE.search(value)
        or _NOT_A_PHRASE.search(value)
        or (rest.count(b" ") and (value.endswith(b".") or b". " in value) and not digits_in(value))
    ):
        return False
    if (
        after in _CODE_MARKS
        or (after == _LESS and value.isalpha())
        or (after == _BRACE and value.isalpha() and value[:1].isupper())
        or value[:1] in b"=!*&"
        or in_code(value.lstrip(b"("))
        or (value.islower() and b"-" in value and _JOINED.fullmatch(value) and is_name(value))
    ):
        return False
    if _LETTERS.fullmatch(value.rstrip(b"?!")):
        return (
            value.rstrip(b"?!").lower() not in vocabulary().words
            and len(value) >= (4 if assigned else 6)
            and not is_name(value)
            and not declared.is_class(value)
        )
    if _IDENTIFIER.fullmatch(value) and not is_shuffled(value):
        if declared.is_class(value):
            return False
        joined = any(mark in value for mark in (b".", b":", b"->"))
        if not assigned and b"_" in value and not value.islower() and not value.isupper() and not joined:
            return len(value) >= 8 and not is_name(value)
        return assigned and not joined and len(value) >= 6 and not is_name(value)
    return len(value) >= (4 if value.isdigit() else 3)


def is_shuffled(value: bytes) -> bool:
    """Whether small letters and capitals change more often than in names of code."""
    text = value[:_LONGEST_SHUFFLED].decode("latin-1")
    changes = sum(one.islower() != two.islower() for one, two in pairwise(text) if two.isalpha())
    return (len(text) >= _SHUFFLED and changes * 3 >= len(text)) or _is_without_words(value[:_LONGEST_SHUFFLED])


def _is_without_words(value: bytes) -> bool:
    """Whether letters have so many consonants in a row, small ones and capitals, as no words of a name have.

    Examples
    --------
    >>> _is_without_words(b"NbRzvTTKWQoma"), _is_without_words(b"sslXMLHttpRequest"), _is_without_words(b"HTTPSProxy")
    (True, False, False)
    """
    hard = _HARD.search(value) if value.isalpha() and len(value) >= _LEAST_HARD else None
    if hard is None or value.isupper() or value.islower() or value.istitle() or _is_said(value):
        return False
    return not any(is_plain_word(part) or _WORD_OF_SIX.search(part) for part in _HUMPS.findall(value))


def is_of_words(value: bytes) -> bool:
    """Whether letters are a word, or words of the trade as names of code join them, and not made at random."""
    if is_shuffled(value):
        return False
    return is_word(value) or all(is_plain_word(word.encode()) for word in parts(value.decode("latin-1")))


def is_of_letters(value: bytes) -> bool:
    """Whether letters alone are shuffled, and no words are in them as in names of code."""
    if not is_shuffled(value) or _is_said(value):
        return False
    return _WORD_IN.search(value) is None or _is_without_words(value)


def _is_said(value: bytes) -> bool:
    """Whether most of some letters can be said as the short words of a name."""
    return 4 * sum(map(len, _SAID.findall(value[:_LONGEST_SHUFFLED]))) >= 3 * len(value)


def in_code(value: bytes) -> bool:
    """Whether a word is a call or a place in a source file."""
    return bool(_CALL.match(value) or _SOURCE.match(value) or _INDEXED.fullmatch(value) or examples.is_of_code(value))


def is_name(value: bytes) -> bool:
    """Whether a word is itself the name of a secret: a variable, or what stands for a value in a manual."""
    meaning = sense(value.decode("latin-1"))
    if meaning is None or (meaning.weak and (is_shuffled(value) or _HEXADECIMAL.fullmatch(value))):
        return False  # two letters of what was made at random are no word of a name
    value = examples.without_algorithm(value)
    digits = digits_in(value)
    words = [word for word in parts(value.decode("latin-1")) if not word.isdigit()]
    if "pepper" in words and (digits or len(words) == 1 or not (value.islower() or value.isupper())):
        return False  # a word of passphrases too
    if words[_MORE:] and _is_of_words(value, words):
        return False
    if digits and sum(map(len, words)) < _NAME_WORD * len(words):
        return False
    return value.islower() or (digits <= _NAME_DIGITS and len(_CAPITALS.findall(value)) <= _NAME_PARTS)


def _is_of_words(value: bytes, words: list[str]) -> bool:
    """Whether a name is one by a word within a passphrase: its last word names nothing, and few are of the trade."""
    if not is_joined(value) or (sense(words[-1]) is not None and words[-1] != "pepper"):
        return False
    return 2 * sum(is_plain_word(word.encode()) for word in words) <= len(words)


def is_setting(value: bytes) -> bool:
    """Whether a word is a name and a value of its own."""
    name, _, rest = value.partition(b"=")
    return rest.strip(b"=") != b"" and _IDENTIFIER.fullmatch(name) is not None


def is_slug(value: bytes) -> bool:
    """Whether words and numbers are joined by marks, as in names of things: no key."""
    return _SLUG.fullmatch(value) is not None


def looks_random(value: bytes, *, least: int = 8) -> bool:
    """Whether a value is long enough and mixed enough to be an identifier made by a program."""
    if len(value) < least or b" " in value:
        return False
    digits = digits_in(value)
    if b":" in value and _SOURCE.fullmatch(value):
        return False
    return digits > 0 and (len(value) >= 16 or digits < len(value) or len(value) >= 12)


def names_user_and_password(value: bytes) -> bool:
    """Whether a text is base64 of `user:password`, as clients keep it in their settings."""
    if not 8 <= len(value) <= 512 or len(value) % 4 == 1:
        return False
    try:
        decoded = base64.b64decode(value + b"=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return b":" in decoded and all(32 <= byte < 127 for byte in decoded)
