"""What tools print beside names of secrets and is no value of them: frames, listings, declarations, objects.

`TokenResolver.php(30): Acme\\Auth\\...`, `libsecret-1.so.0 => /lib/...`, `> Task :token:compileJava`,
`TASK [token : Create directory]`, `interface TokenBroker : IDispatch`, `| passwd | CVE-2023-1234 |`,
`pod/web-5jp7h`. Every expression is bounded: linear.
"""

from __future__ import annotations

import re
from typing import Final

from triage.redact.named.keys import parts, vocabulary

__all__ = ("CODE_ENDINGS", "heads_message", "in_certificate", "is_key_of_certificate", "is_of_a_thing", "names_a_thing")

CODE_ENDINGS: Final = frozenset(
    b"c cc cpp cs dart go h hpp html java js json jsx kt lua md mjs php pl py rb rs scala swift toml ts tsx txt vue xml"
    b" yaml yml zig".split()
)
"""What the names of files of a project end in."""
# The place in a file, between its name and the colon.
_PLACE: Final = re.compile(rb"[ ]?\([0-9]{1,7}(?:,[ ]?[0-9]{1,7}){0,3}\)[ ]?:")
_LIBRARY: Final = re.compile(rb"\.(?:so(?:\.[0-9]{1,4}){0,4}|dll|dylib|sys)\Z")
_ROLE: Final = re.compile(rb"(?:TASK|HANDLER) \[(?:[\w.-]{1,60}(?:/|[ ]:[ ])){0,4}\Z")
# What stands before a part of the path of a task or a project that is no first one.
_OF_TASKS: Final = re.compile(
    rb"(?i)(?:\b(?:tasks?|projects?)[ ]['\"]?|\bgradlew?(?:\.bat)?[ ][^\r\n]{0,80}?[ ]?)(?::[\w.-]{1,60}){0,6}:\Z"
)
_TASK: Final = re.compile(rb"[a-z]{2,40}(?:[A-Z][A-Za-z]{1,60})?(?![\w!@#$%^&*+=/-])")
_DECLARED: Final = re.compile(
    rb"\b(?:interface|class|coclass|dispinterface|struct|enum|record|protocol|trait|extension|object|module)[ ]{1,4}\Z"
)
# Another class, which a list or an opening brace may follow.
_PARENT: Final = re.compile(
    rb"[ \t]{0,4}(?:(?:public|private|protected|virtual)[ ])?[A-Z][A-Za-z]{1,60}[ \t]{0,4}[,{<(\r\n]"
)
# To what a class is renamed that is made small.
_RENAMED: Final = re.compile(rb"[ ][\w.$]{1,120}:[ \t]*(?:\r?\n|\Z)")
_REACH: Final = 200
# The key that a certificate holds, by its digest, and the certificate that its line names.
_KEY_ID: Final = re.compile(rb"[ ]?[0-9a-f]{40}(?![0-9A-Za-z])")
# What befalls a file.
_REFUSED: Final = re.compile(
    rb"(?i)[ ](?:permission|access|operation|no such|not (?:a|found|readable)|is (?:a|not)|file |cannot|can't|could not"
    rb"|couldn't|bad |unable|invalid|failed|too |input/output|read-only|unexpected)"
)
# What the C library says of an error, whatever it says it of.
_ERRNO: Final = re.compile(
    rb"(?i)[ ](?:permission denied|operation (?:not |now in|already|would|timed|cancell?ed)"
    rb"|no such (?:file|device|process)"
    rb"|resource (?:temporarily|deadlock|busy)|broken pipe|network is |read-only file|input/output error|is a directory"
    rb"|not a directory|file (?:exists|too large|name too)|device or resource|too many |stale file|bad (?:file|address)"
    rb"|connection (?:refused|reset|timed|aborted)|no (?:space|route|buffer|data|locks)|host is |transport endpoint"
    rb"|text file busy|protocol (?:error|not)|address already|cannot allocate|invalid (?:argument|cross)|disk quota"
    rb"|function not|interrupted system|value too large|remote i/o|key (?:was rejected|has expired|has been revoked))"
)
_CERTIFICATE: Final = re.compile(rb"(?i)\bx\.?509\b|\bcert(?:ificate)?s? ['\"\x60][^'\"\x60\r\n]{0,80}\Z")
# A constant for an error, and its number.
_ERROR: Final = re.compile(
    rb"(?:\w{1,20}_)?(?:e|err|error|errno|status|nt_?status|exit|rc|code|fault|reason|result)_\w{1,80}"
    rb"|\w{0,60}(?:invalid|wrong|bad|missing|expired|incorrect|weak|no|not)_\w{1,60}"
)
_CODE: Final = re.compile(rb"[ \t]{0,16}-?[0-9]{1,5}[uUlL]{0,2}[ \t]{0,8}(?:[,;/#\r\n]|\Z)")
_VULNERABILITY: Final = re.compile(
    rb"(?:CVE|CAN)-[0-9]{4}-[0-9]{4,7}|GHSA(?:-[0-9a-z]{4}){3}|C[WV]E-[0-9]{1,5}|CAPEC-[0-9]{1,4}"
    rb"|(?:PYSEC|RUSTSEC|GO|OSV|GSD|MAL|RSEC|HSEC|BIT|ALPINE|TEMP|VU|EUVD|JVNDB|ZDI|BDU|CNVD)-[0-9]{2,7}-[0-9A-F]{1,7}(?:-[0-9A-F]{6})?"
    rb"|(?:DSA|DLA|USN|GLSA|ASA|ALAS2?|ELSA|FEDORA|MGASA|openSUSE-SU|SUSE-SU|VMSA|SSA|ICSA)-[0-9]{2,6}(?:[-:][0-9a-z]{1,6}){1,3}"
    rb"|(?:RH[SBE]A|ALSA|RLSA|CESA)-[0-9]{4}:[0-9]{3,6}|SNYK-[A-Z]{2,12}-[A-Z0-9_-]{1,60}-[0-9]{3,9}|sonatype-[0-9]{4}-[0-9]{3,5}"
)
_OBJECT: Final = re.compile(rb"([a-z]{2,40})(?:\.[a-z0-9-]{1,40}){0,6}/[a-z0-9](?:[a-z0-9.-]{0,250}[a-z0-9])?")
# A version of a package with its epoch or its revision.
_PACKAGED: Final = re.compile(
    rb"[0-9]{1,3}:[0-9]{1,8}(?:\.[0-9A-Za-z]{1,12}){1,5}(?:[-+~][0-9A-Za-z.+~]{1,40}){0,4}"
    rb"|[0-9]{1,4}(?:\.[0-9A-Za-z]{1,12}){1,5}(?:[-+~][0-9A-Za-z.+~]{1,40}){0,3}-(?:r?[0-9]{1,3})"
    rb"(?:ubuntu|deb|build|\+|\.el|\.fc|\.amzn|\.mga|~)[0-9A-Za-z.+~]{0,40}"
)
# A function as compilers of C++ and Rust write it, in small letters.
_MANGLED: Final = re.compile(rb"_{1,3}z(?:nk?|[0-9]|s[tabsiod]|t[vtish]|gv)|_rn[a-z]{1,4}[0-9]|_rnv")
_FUNCTION: Final = re.compile(rb"[a-z]{2,20}(?:[A-Z][a-z]{1,20}){1,6}")
_HEADED: Final = re.compile(rb":[ ][\"'(]?[A-Za-z]")


def names_a_thing(data: bytes, begin: int, name: bytes, at: int) -> bool:
    """Whether a name in small letters is one of a file, a task, a class or a role, whatever stands behind its sign.

    It begins at a place, and what it is joined to stands at another.
    """
    if _LIBRARY.search(name) or _MANGLED.match(name):
        return True
    sign = data[at - 1 : at]
    if sign == b":":
        if _ERRNO.match(data, at):
            return True
        before = data[max(begin - _REACH, 0) : begin]
        if before.endswith(b":"):
            return _TASK.match(data, at) is not None and _OF_TASKS.search(before) is not None
        if before.endswith((b"[", b"/", b": ")) and _ROLE.search(before):
            return True
        if before.endswith(b" ") and _PARENT.match(data, at) and _DECLARED.search(before):
            return True
        if is_key_of_certificate(data, begin, at):
            return True
        if before.endswith((b"/", b".")) and name.endswith(b"key") and _REFUSED.match(data, at):
            return True
        in_source = data[at - 2 : at - 1] in {b")", b" "} and name.rpartition(b".")[2] in CODE_ENDINGS
        return in_source and _PLACE.fullmatch(data, begin + len(name), at) is not None
    if sign == b"=" and _CODE.match(data, at) and _ERROR.fullmatch(name) and data[begin : begin + len(name)].isupper():
        return True
    return data[at - 2 : at] == b"->" and b"." in name and _RENAMED.match(data, at) is not None


def is_of_a_thing(value: bytes) -> bool:
    """Whether a value is what a vulnerability, an object of a cluster or a version of a package is known by.

    Examples
    --------
    >>> is_of_a_thing(b"CVE-2023-12345"), is_of_a_thing(b"pod/web-5jp7h"), is_of_a_thing(b"hunter2/web")
    (True, True, False)
    """
    if value[:1].isdigit():
        return _PACKAGED.fullmatch(value) is not None
    if b"/" in value:
        found = _OBJECT.fullmatch(value)
        return found is not None and found[1] in vocabulary().kinds
    return b"-" in value and _VULNERABILITY.fullmatch(value) is not None


def is_key_of_certificate(data: bytes, begin: int, at: int) -> bool:
    """Whether what stands behind a name is the digest by which the public key of a certificate is known."""
    return _KEY_ID.match(data, at) is not None and in_certificate(data, begin)


def in_certificate(data: bytes, at: int) -> bool:
    """Whether a line speaks of a certificate before a place: a digest there is that of a key which is public."""
    first = max(at - _REACH, 0)
    return _CERTIFICATE.search(data, max(data.rfind(b"\n", first, at), first), at) is not None


def heads_message(data: bytes, end: int, value: bytes) -> bool:
    """Whether a value that ends at a place is the name of a function, with a colon and what it says behind it."""
    if not _HEADED.match(data, end) or not _FUNCTION.fullmatch(value):
        return False
    return parts(value.decode("latin-1"))[0] in vocabulary().asking
