"""Functions and errors of a Sentry event as the language itself names them in its own traces.

Facts: what sentry-java, -dotnet, -go and -ruby put into `module`, `function` and `type`, against what their
runtimes print. Java, .NET, Go and Ruby name a function by its class or package, which the clients write beside it; so
does Java an error. Go's runtime says "runtime error" of what has types of its own, and of an access to memory
also which signal it was.
"""

from __future__ import annotations

import re
from typing import Any, Final

from triage.formats.sentry_json import mapping, text
from triage.formats.traces.dotnet_enhanced import method
from triage.formats.traces.go_head import Head, thrown

__all__ = ("declared", "error_of", "fault", "function_of", "in_app", "is_managed", "is_native")

_JOINED: Final = {
    "java": ".", "kotlin": ".", "groovy": ".", "scala": ".", "clojure": ".", "csharp": ".", "dotnet": ".", "go": ".",
    "ruby": "#",
}  # fmt: skip
# Whose runtime throws what ended a program, as their own traces tell it: a class of exceptions, and no signal.
_MANAGED: Final = frozenset(
    {"java", "kotlin", "groovy", "scala", "clojure", "csharp", "dotnet", "python", "javascript", "ruby", "php", "dart"}
)
_TYPED: Final = frozenset({"java", "kotlin", "groovy", "scala", "clojure"})
# Of .NET a module may be the assembly, which names its version.
_NAMESPACE: Final = re.compile(r"[\w.]{1,300}")
# The library that comes with Python, below which packages are: older clients call all of it the program's.
_LIBRARY: Final = re.compile(
    r"/(?:lib(?:64)?/python\d\.\d{1,2}|python\d{2,3}/lib)/(?!(?:site|dist)-packages/)", re.IGNORECASE
)
_GO: Final = "runtime error: "
_NATIVE: Final = re.compile(r"SIG[A-Z]{2,6}|EXC_[A-Z_]{3,30}|EXCEPTION_[A-Z_]{3,40}")


def function_of(function: str, module: str | None, platform: str | None) -> str:
    """A function with its class or package.

    Examples
    --------
    >>> function_of("total", "shop.Cart", "java"), function_of("(*Cart).Total", "example.org/shop", "go")
    ('shop.Cart.total', 'example.org/shop.(*Cart).Total')
    >>> function_of("total", "shop.cart", "python")
    'total'
    """
    mark = _JOINED.get(platform or "")
    if (
        mark is None
        or not module
        or "/" in function
        or function.startswith((f"{module}{mark}", f"{module}::", "block "))
    ):
        return function
    return f"{module}{mark}{function}"


def declared(function: str | None, module: str | None, platform: str | None) -> tuple[str, str | None] | None:
    """A method and its parameters, where the client of .NET writes it as it is declared; None of any other name.

    Examples
    --------
    >>> declared("Order? Cart.Load(int id)", "Shop.Cart", "csharp")
    ('Shop.Cart.Load', 'int id')
    """
    told = method(function) if function and platform == "csharp" else None
    return (f"{module or told.owner}.{told.name}", told.args or None) if told else None


def in_app(frame: dict[str, Any]) -> bool | None:
    """Whether a frame is the program's, as its client says; what comes with Python is not, whatever it says.

    Examples
    --------
    >>> in_app({"in_app": True, "abs_path": "/srv/cart.py"})
    True
    >>> in_app({"in_app": True, "abs_path": "/usr/lib/python3.11/threading.py"})
    False
    """
    said = frame.get("in_app")
    path = text(frame.get("abs_path")) if said is True else None
    if path and _LIBRARY.search(path.replace("\\", "/")):
        return False
    return said if isinstance(said, bool) else None


def error_of(link: dict[str, Any], platform: str | None) -> dict[str, Any]:
    """An exception with its type and value as the language prints them.

    Examples
    --------
    >>> error_of({"type": "NoRate", "module": "shop.errors", "value": "a"}, "java")["type"]
    'shop.errors.NoRate'
    >>> error_of({"type": "runtime.boundsError", "value": "runtime error: index out of range [5] with length 3"}, "go")
    {'type': 'runtime error', 'value': 'index out of range [5] with length 3'}
    """
    kind, value, module = text(link.get("type")), text(link.get("value")), text(link.get("module"))
    if platform == "go" and value and value.startswith(_GO):
        return link | {"type": _GO[:-2], "value": value[len(_GO) :]}
    named = platform in _TYPED or (platform == "csharp" and module and _NAMESPACE.fullmatch(module))
    if named and kind and module and "." not in kind:
        return link | {"type": f"{module}.{kind}"}
    return link


def fault(kind: str | None, value: str | None) -> Head | None:
    """What an error of Go's runtime was, where it was a signal; None of any other.

    Examples
    --------
    >>> fault("runtime error", "invalid memory address or nil pointer dereference").signal
    'SIGSEGV'
    """
    said = thrown(f"{_GO}{value}") if kind == _GO[:-2] else None
    return said if said and said.signal else None


def is_native(link: dict[str, Any]) -> bool:
    """Whether an error is a signal or an exception of the system that nobody handled: it ended the program.

    Examples
    --------
    >>> unhandled = {"mechanism": {"handled": False}}
    >>> is_native({"type": "EXC_BAD_ACCESS"} | unhandled), is_native({"type": "KeyError"} | unhandled)
    (True, False)
    """
    handled = mapping(link.get("mechanism")).get("handled")
    return handled is False and _NATIVE.fullmatch(text(link.get("type")) or "") is not None


def is_managed(link: dict[str, Any], platform: str | None) -> bool:
    """Whether an error that ended the program is an exception of its language, whatever words are in its name.

    Examples
    --------
    >>> is_managed({"type": "IllegalStateException"}, "java"), is_managed({"type": "SIGILL"}, "java")
    (True, False)
    >>> is_managed({"type": "std::out_of_range"}, "native"), is_managed({}, "java")
    (False, False)
    """
    kind = text(link.get("type"))
    return platform in _MANAGED and kind is not None and _NATIVE.fullmatch(kind) is None
