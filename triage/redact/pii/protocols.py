"""What looks like an address of e-mail and names a part of a protocol: algorithms and requests of SSH (RFC 4251).

`chacha20-poly1305@openssh.com`, `curve25519-sha256@libssh.org`: whoever made one names it under a domain of theirs.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("is_of_ssh",)

_MAKERS: Final = re.compile(
    rb"(?i)(?:openssh\.com|libssh\.org|ssh\.com|lysator\.liu\.se|tinyssh\.org|putty\.projects\.tartarus\.org"
    rb"|matt\.ucc\.asn\.au|cryptonector\.com|asyncssh\.com|bitvise\.com|vandyke\.com|winscp\.net|roumenpetrov\.info)"
)
# Words for ciphers, digests and exchanges of keys, one of which an algorithm holds.
_ALGORITHM: Final = re.compile(
    rb"(?i)(?:.*-)?(?:aes|chacha|poly|arcfour|blowfish|twofish|serpent|rijndael|cast|seed|des|3des|idea|camellia|crypticore"
    rb"|hmac|umac|sha|md|ripemd|rmd|curve|sntrup|mlkem|kyber|frodo|ntruprime|ecdh|ecdsa|nistp|dsa|dss|rsa|ed|dh|gss"
    rb"|diffie|kex|kexguess|kexinit|ext|cert|sk|zlib|gcm|ctr|cbc|etm|webauthn|group|none|x509v)[0-9]{0,5}(?:x[0-9]+)?(?:-.*)?"
)
# What agents, channels and file transfer ask for, of which no word is one of those.
_REQUEST: Final = re.compile(
    rb"(?:auth-agent(?:-req)?|hostkeys(?:-prove)?-[0-9]{2}|no-more-sessions|posix-rename|copy-data|users-groups-by-id"
    rb"|expand-path|publickey-hostbound(?:-v[0-9]{2})?|session-bind|home-directory|restrict-destination(?:-v[0-9]{2})?"
    rb"|(?:forwarded-|direct-|cancel-)?streamlocal(?:-forward)?|associated-certs(?:-v[0-9]{2})?|privkey-exit-status"
    rb"|eow|f?statvfs|hardlink|fsync|lsetstat|limits|tun|keepalive|ping|pong|simple|force-command|source-address"
    rb"|permit-[a-z-]{3,20}|no-touch-required|verify-required)"
)
_OPENSSH: Final = b"openssh.com"


def is_of_ssh(local: bytes, domain: bytes) -> bool:
    """Whether an account at a domain is what a maker of SSH calls something.

    Examples
    --------
    >>> [is_of_ssh(*name.split(b"@")) for name in (b"aes256-gcm@openssh.com", b"eow@openssh.com", b"mara@openssh.com")]
    [True, True, False]
    """
    if not _MAKERS.fullmatch(domain):
        return False
    requested = domain.lower() == _OPENSSH and _REQUEST.fullmatch(local) is not None
    return requested or _ALGORITHM.fullmatch(local) is not None
