"""The closed vocabulary of predictions: what a hypothesis may claim that the kit can check on the tables of a case.

A prediction is data: a kind and a few bounded fields. What a model writes is read by `understand` and by nothing else;
what is not of this vocabulary becomes `NotUnderstood`, which no check ever supports. The docstring of each kind is what
the model is told of it, and `schema()` is what it must keep to. Names and texts are patterns: a piece of text without
regard to case, in which `*` stands for any text and `?` for one character. Nothing that a model writes is compiled as
an expression or run.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Annotated, Any, ClassVar, Final, Literal, TypeAlias, cast, get_args

import msgspec
from msgspec import Meta

__all__ = (
    "KINDS",
    "Annotation",
    "CountChange",
    "ExceptionInChain",
    "FaultAddress",
    "FirstSeen",
    "FramePresent",
    "LogBefore",
    "MemoryNearLimit",
    "MetricValue",
    "ModuleState",
    "ModuleVersion",
    "NotUnderstood",
    "Prediction",
    "Recursion",
    "RegisterValue",
    "SeenWhere",
    "SeveralVersions",
    "ThreadState",
    "TopFrame",
    "describe",
    "schema",
    "understand",
    "written",
)

Text = Annotated[str, Meta(min_length=1, max_length=200)]
Finite = Annotated[float, Meta(ge=-1e300, le=1e300)]
Zone = Literal["null", "near null", "non-canonical", "poison", "near the stack pointer", "other"]
Where = Literal["crashing", "any", "other", "cause", "alloc", "free"]
Field = Literal[
    "environment", "release", "service", "platform", "os_name", "os_version", "arch", "device", "error_type",
    "error_code_name", "signal", "level", "event_kind", "http_method", "route",
]  # fmt: skip


class _Base(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind", omit_defaults=True
):
    """What all predictions have."""

    expected: bool = True


class FramePresent(_Base, tag="frame_present", frozen=True):
    """A frame of that function is on a stack: of the crashing thread, of any or another one, or of a cause."""

    function: Text
    where: Where = "crashing"
    module: Text | None = None
    thread: Text | None = None


class TopFrame(_Base, tag="top_frame", frozen=True):
    """The crashing stack begins with that function: physically (innermost), or among frames of the application."""

    function: Text
    of: Literal["innermost", "application"] = "innermost"
    module: Text | None = None


class ThreadState(_Base, tag="thread_state", frozen=True):
    """At least so many threads are in that state, as printed (BLOCKED, waiting, semacquire ...)."""

    state: Text
    thread: Text | None = None
    at_least: Annotated[int, Meta(ge=1, le=100_000)] = 1


class Recursion(_Base, tag="recursion", frozen=True):
    """The crashing stack repeats itself at least so many times; where a function is given, it is part of the cycle."""

    function: Text | None = None
    at_least: Annotated[int, Meta(ge=2, le=1_000_000)] = 10


class LogBefore(_Base, tag="log_before", frozen=True):
    """A log line with that text was written at most so many seconds before the crash, at that level or a worse one."""

    text: Text
    within_seconds: Annotated[float, Meta(gt=0, le=31_536_000)] = 60.0
    level: Literal["debug", "info", "warning", "error", "fatal"] | None = None


class MetricValue(_Base, tag="metric", frozen=True):
    """The last sample of that metric is above or below a value."""

    name: Text
    is_: Literal["above", "below"] = msgspec.field(name="is")
    value: Finite
    labels: Text | None = None


class MemoryNearLimit(_Base, tag="memory_near_limit", frozen=True):
    """Memory in use is at least this share of what there is (0.9 is nine tenths)."""

    share: Annotated[float, Meta(gt=0, le=1)] = 0.9


class FaultAddress(_Base, tag="fault_address", frozen=True):
    """The accessed address is null, near null, non-canonical, a poison pattern, near the stack pointer, or other."""

    zone: Zone
    access: Literal["read", "write", "execute"] | None = None


class RegisterValue(_Base, tag="register", frozen=True):
    """A register of the crashing thread holds such a value."""

    register: Annotated[str, Meta(min_length=1, max_length=12)]
    zone: Zone


class ModuleVersion(_Base, tag="module_version", frozen=True):
    """The version of a loaded module compared with another: 1.10 is above 1.9."""

    module: Text
    is_: Literal["=", "<", ">", "<=", ">="] = msgspec.field(name="is")
    version: Annotated[str, Meta(min_length=1, max_length=64)]


class ModuleState(_Base, tag="module_state", frozen=True):
    """A module is loaded, not loaded (missing), was unloaded, or is loaded without symbols."""

    module: Text
    state: Literal["loaded", "missing", "unloaded", "without symbols"]


class SeveralVersions(_Base, tag="several_versions", frozen=True):
    """One module is loaded in several versions, in one event or over the events of the incident."""

    module: Text


class FirstSeen(_Base, tag="first_seen_with", frozen=True):
    """The incident was first seen with that release (earlier releases that are in the data do not have it)."""

    release: Text


class CountChange(_Base, tag="count_change", frozen=True):
    """How often the incident happened after a release first appeared, or after a time (ISO 8601), versus before.

    Counted are as many hours after as before; `more` and `fewer` mean at least twice and at most half.
    """

    to: Literal["more", "fewer", "about the same", "appears", "disappears"]
    release: Text | None = None
    at: Annotated[str, Meta(min_length=4, max_length=40)] | None = None
    hours: Annotated[float, Meta(gt=0, le=8_784)] = 24.0


class SeenWhere(_Base, tag="seen_where", frozen=True):
    """The incident has events (or, with only, nothing but events) with that value: another environment, platform ..."""

    field: Field
    value: Text
    only: bool = False


class Annotation(_Base, tag="annotation", frozen=True):
    """A tag, context, setting or header has that value; the key is the last part of its path or all of it."""

    key: Text
    value: Text


class ExceptionInChain(_Base, tag="exception_in_chain", frozen=True):
    """An exception of that type (and message) is in the chain: what surfaced, its causes, members of a group."""

    type: Text
    message: Text | None = None


Prediction: TypeAlias = (
    FramePresent
    | TopFrame
    | ThreadState
    | Recursion
    | LogBefore
    | MetricValue
    | MemoryNearLimit
    | FaultAddress
    | RegisterValue
    | ModuleVersion
    | ModuleState
    | SeveralVersions
    | FirstSeen
    | CountChange
    | SeenWhere
    | Annotation
    | ExceptionInChain
)


def _tag(kind: type) -> str:
    """The word by which a kind is called."""
    return str(kind.__struct_config__.tag)  # type: ignore[attr-defined]


KINDS: Final[dict[str, type]] = {_tag(kind): kind for kind in get_args(Prediction)}
"""The kinds by the words that stand for them."""


class NotUnderstood(msgspec.Struct, frozen=True):
    """What was written where a prediction should stand, and why it is none. `kind` is bounded, and text only."""

    kind: str
    reason: str
    expected: ClassVar[bool] = True


def understand(value: object) -> Prediction | NotUnderstood:
    """Read what a model wrote where a prediction should stand. Never raises.

    Parameters
    ----------
    value
        Decoded JSON, whatever it is; fields that are null count as absent.

    Examples
    --------
    >>> understand({"kind": "top_frame", "function": "cart_total"}).function
    'cart_total'
    >>> understand({"kind": "run", "code": "..."})
    NotUnderstood(kind='run', reason='there is no such kind of prediction')
    >>> understand({"kind": "recursion", "at_least": 1}).reason
    'Expected `int` >= 2 - at `$.at_least`'
    """
    if isinstance(value, _Base):
        return cast("Prediction", value)
    if not isinstance(value, dict):
        return NotUnderstood("", "a prediction is an object with the field kind")
    kind = value.get("kind")
    if not isinstance(kind, str):
        return NotUnderstood("", "a prediction is an object with the field kind")
    if kind not in KINDS:
        return NotUnderstood(kind[:40], "there is no such kind of prediction")
    given = {key: item for key, item in value.items() if item is not None}
    if any(isinstance(item, float) and not math.isfinite(item) for item in given.values()):
        return NotUnderstood(kind, "a number is not finite")
    if not all(item.isprintable() for item in given.values() if isinstance(item, str)):
        return NotUnderstood(kind, "a text holds characters that cannot be printed")
    try:
        found: Prediction = msgspec.convert(given, Prediction)
    except msgspec.ValidationError as error:
        return NotUnderstood(kind, _without_content(str(error)))
    except (TypeError, ValueError, OverflowError, RecursionError):
        return NotUnderstood(kind, "a field is of no known type")
    if isinstance(found, CountChange) and (found.release is None) == (found.at is None):
        return NotUnderstood(kind, "either release or at must be given")
    return found


def _without_content(reason: str) -> str:
    """The words of msgspec, which quotes unknown fields and values: these do not belong into a message."""
    for known in ("Object contains unknown field", "Invalid enum value"):
        if reason.startswith(known):
            return known[0].lower() + known[1:]
    return reason[:200]


def written(prediction: Prediction) -> dict[str, Any]:
    """A prediction as JSON; `understand` of it gives the same prediction.

    Examples
    --------
    >>> written(TopFrame("cart_total"))
    {'kind': 'top_frame', 'function': 'cart_total'}
    """
    made: dict[str, Any] = msgspec.to_builtins(prediction)
    return made


@cache
def _schemas() -> tuple[dict[str, Any], ...]:
    """The schema of each kind, without references: what providers take differs, this all of them do."""
    _, parts = msgspec.json.schema_components(KINDS.values())
    return tuple(_plain(parts[kind.__name__], _about(kind)) for kind in KINDS.values())


def _about(kind: type) -> str:
    """The first paragraph of the docstring of a kind, and what follows it."""
    return " ".join((kind.__doc__ or "").split())


def _plain(part: dict[str, Any], about: str) -> dict[str, Any]:
    """A schema of msgspec without titles and defaults, each constant as an enumeration of one."""
    properties = {}
    for name, told in part["properties"].items():
        kept = {key: item for key, item in told.items() if key not in {"title", "default", "anyOf"}}
        options = [option for option in told.get("anyOf", ()) if option != {"type": "null"}]
        kept |= options[0] if options else {}
        if "const" in kept:
            kept["enum"] = [kept.pop("const")]
        if "enum" in kept:
            kept["type"] = "string"
        for exclusive, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
            if exclusive in kept:
                kept[bound] = kept.pop(exclusive)
        properties[name] = kept
    properties["expected"]["description"] = "false where the hypothesis predicts that this does not hold"
    return {
        "type": "object",
        "description": about,
        "properties": properties,
        "required": part["required"],
        "additionalProperties": False,
    }


def schema() -> dict[str, Any]:
    """The JSON schema of one prediction, a choice between the kinds; without references, so that it can stand anywhere.

    Examples
    --------
    >>> schema()["anyOf"][0]["properties"]["kind"]
    {'enum': ['frame_present'], 'type': 'string'}
    """
    return {"anyOf": [dict(part) for part in _schemas()]}


@cache
def describe() -> str:
    """What a model is told of the vocabulary: one line for each kind, with its fields.

    Examples
    --------
    >>> describe().splitlines()[3][:50]
    '- recursion(function?, at_least?): The crashing st'
    """
    lines = []
    for kind, part in zip(KINDS, _schemas(), strict=True):
        optional = [f"{name}?" for name in part["properties"] if name not in {"kind", "expected", *part["required"]}]
        needed = [name for name in part["required"] if name != "kind"]
        lines.append(f"- {kind}({', '.join([*needed, *optional])}): {part['description']}")
    return "\n".join(lines)
