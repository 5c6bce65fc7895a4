"""Methods of .NET as they are declared: what Ben.Demystifier makes of a stack, and Sentry's client by default.

Facts: general knowledge of Ben.Demystifier 0.4 and of sentry-dotnet's enhanced stack traces. Grammar::

    method  = words* type " " class "." name [ "<" types ">" ] "(" parameters ")" inner*
            | ( "new " | "static " ) class "(" parameters ")" inner*
    words   = "async " | "static " | "ref " | "readonly "
    inner   = "+(" parameters ") => { }" | "+" name "(" parameters ")"

The types are left: the names come out as the runtime writes them, `..ctor` of `new`, `<Load>b__0` of an expression
within `Load`, `<Load>g__Add|0` of a function within it.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from triage.formats.traces.patterns import lazy

__all__ = ("INNER", "Method", "method")

_GENERIC: Final = r"(?:<[^()]{1,400}?>)?"
_CLASS: Final = rf"[A-Za-z_][\w`]{{0,200}}{_GENERIC}(?:[.+][A-Za-z_][\w`]{{0,200}}{_GENERIC}){{0,30}}"
INNER: Final = r"(?:\+(?:[A-Za-z_]\w{0,200})?\([^()]{0,1000}\)(?: => \{ ?(?:\.\.\.)? ?\})?)"
"""A function or an expression within a method."""
_METHOD: Final = lazy(
    rf"(?:(?:async|static|ref|readonly|unsafe|virtual) )*"
    rf"(?:(?P<made>new|static) (?P<type>{_CLASS})"
    rf"|[A-Za-z_][\w.]{{0,300}}{_GENERIC}[\[\]?,*&]{{0,12}} "
    rf"(?P<owner>{_CLASS})[.](?P<name>[A-Za-z_]\w{{0,200}}){_GENERIC})"
    rf"\((?P<args>[^()]{{0,2000}})\)(?P<inner>{INNER}{{0,8}})$"
)
_INNER: Final = lazy(r"\+(?P<name>\w*)\(")
_PARAMETER: Final = lazy(r"\s*(?:\S.{0,400}\s\S{1,200}|\.\.\.)?\s*$")


class Method(NamedTuple):
    """A method: its class as it is written, its name as the runtime has it, its parameters."""

    owner: str
    name: str
    args: str


def method(text: str) -> Method | None:
    """The method that a declaration names; None of any other text.

    Examples
    --------
    >>> method("async Task<Order?> Shop.Orders.LoadAsync(int id)")
    Method(owner='Shop.Orders', name='LoadAsync', args='int id')
    >>> method("void Orders.Load(int id)+(Item x) => { }").name, method("new Orders(int id)").name, method("Load")
    ('<Load>b__0', '.ctor', None)
    """
    found = _METHOD.match(text.strip()) if "(" in text and " " in text else None
    if found is None or not all(_PARAMETER.match(part) for part in _parts(found["args"])):
        return None
    name = {"new": ".ctor", "static": ".cctor"}.get(found["made"] or "") or found["name"]
    for inner in _INNER.finditer(found["inner"]):
        name = f"<{name}>g__{inner['name']}|0" if inner["name"] else f"<{name}>b__0"
    return Method(found["type"] or found["owner"], name, found["args"])


def _parts(args: str) -> list[str]:
    """The parameters, parted by the commas that stand in no type."""
    parts, depth, begin = list[str](), 0, 0
    for at, sign in enumerate(args):
        depth += (sign in "<[") - (sign in ">]")
        if sign == "," and depth <= 0:
            parts.append(args[begin:at])
            begin = at + 1
    return [*parts, args[begin:]]
