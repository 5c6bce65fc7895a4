"""Names of the usual shapes, told by one expression each: most names need no more than `triage.stacks.names` costs.

What is said here of a name is what all rewrites and the scanner of brackets would say of it, in a tenth of the time.
"""

from __future__ import annotations

import re
from typing import Final

__all__ = ("is_plain", "shaped")

# What may be generated in an identifier, in a path of words, and where a class stands in another: each pattern of
# `names.toml` that can match there is hinted at.
_IN_IDENTIFIERS: Final = re.compile(
    r"_(?:_lambda|[0-9a-f]{32}|m[0-9A-F]{40}|invoke|R[A-Z]|ZN|cgoexp|0x|_ANON__|(?:erb|haml|slim|j?builder|ruby|axlsx|prawn)__+\d+_\d+$"
    r"|_(?:anon|struct|enum|union|opaque|bind)_\d)|^_(?:callee|loop|default)\d+$"
    r"|(?:caml[A-Z]|recompiled_)\w*_\d+$"
)
_PATH: Final = re.compile(r"[^\W\d]\w*+(?:(?:::~?|\.|\$(?=[A-Z]))[^\W\d]\w*+)++")
_IN_PATHS: Final = re.compile(
    r"(?<!\w)(?:A0x[0-9a-f]|_GLOBAL__N_)|__(?:lambda|l\d|\d+::|Cr::|ndk1::|cxx11::|debug::|cxx1998::|profile::|ANON__|_*\d+_\d+$|uniq|dgliteral"
    r"|funcliteral|foreachbody|(?:anon|struct|enum|union|opaque|bind)_\d)"
    r"|lambda::_(?:FUN|_invoke)|_0x|_block_invoke|_cgoexp|_R[A-Z]|17h|::h[0-9a-f]{16}|lambda_[0-9a-f]|deleting_|operator|caml|recompiled_"
    r"|std::(?:string|.{0,2}stream)::|lts_\d|fmt::v\d|icu_\d|json_abi|Accessor\d|Object\.|Elixir\.|init\.i|\.js$"
    r"|\.(?:func|gowrap|deferwrap|fun_)\d|\.(?:cold|isra|part|constprop|llvm|lto_priv|uncached|cfi|localalias|resolver|ifunc"
    r"|arch_|specialized|outlined_part|warm|hot|omp_outlined)"
)
_IN_CLASSES: Final = re.compile(
    r"__|\$(?:Proxy|HibernateProxy|MockitoMock|ByteBuddy|HibernateInstantiator|(?:LT|GT|RF|BP|C)\$)"
    r"|(?:LambdaForm|CGLIB|access|VB)\$"
)
# The usual shapes of long names without their template arguments: a function with its arguments, in an anonymous
# namespace, of a type and its trait, a closure. What is in groups is left of them.
_STEP: Final = r"[^\W\d]\w*+"
_WAY: Final = rf"{_STEP}(?:::~?{_STEP})*+"
_LATER: Final = r"(?!(?:const|volatile|noexcept|mutable|restrict|override)(?:\s|::)|throws|requires)"
_PLAIN: Final = r"\([\w:, *&]*\)(?: const)?"
_SHAPES: Final = re.compile(
    rf"(?:{_WAY}[*&]* (?:{_LATER}{_WAY}[*&]* )*{_LATER}[*&]*)?({_WAY}){_PLAIN}"
    rf"|(?:({_WAY})::)?\((anonymous) namespace\)::({_WAY})(?:{_PLAIN})?"
    rf"|<(?!lambda|unnamed|anonymous|dyn |impl )({_WAY})(?: as {_WAY})?>::({_WAY})"
    rf"|({_WAY})::\{{(?:\{{closure\}}|closure#\d+)\}}"
)


def is_plain(name: str) -> bool:
    """Whether a name is a word or a path of words in which nothing can be generated.

    Examples
    --------
    >>> is_plain("shop.Cart.total"), is_plain("shop::Cart::total"), is_plain("shop.Cart.lambda$total$0")
    (True, True, False)
    """
    if name.isidentifier():
        return "_" not in name or not _IN_IDENTIFIERS.search(name)
    if not _PATH.fullmatch(name) or _IN_PATHS.search(name):
        return False
    return "$" not in name or not _IN_CLASSES.search(name)


def shaped(name: str) -> str:
    """What is left of a name of a usual shape in which nothing can be generated; "" of any other.

    Parameters
    ----------
    name
        Without template arguments, parted by single spaces, and not begun by words that say what it was made from.

    Examples
    --------
    >>> shaped("void shop::Cart::add(Item const&) const"), shaped("<shop::Cart as shop::Total>::total")
    ('shop::Cart::add', 'shop::Cart::total')
    """
    found = _SHAPES.fullmatch(name)
    if found is None or _IN_PATHS.search(name) or " in _" in name:
        return ""
    return "::".join([part for part in found.groups() if part]) + "::lambda" * name.endswith("}")
