"""The findings: what an answer must say, as a JSON schema for the model and as a check of our own.

No provider is trusted to have kept to the schema: an answer that was cut off, or in which a confidence is 7, comes back
from an SDK as if all were well. Messages say where an answer breaks the schema and never quote it.

    {summary, signature: {exception, topFrame} | null, hypotheses: [{title, confidence, evidence, nextSteps, checks}],
     missingInfo, recommendedNextSteps}
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from triage.errors import ModelError
from triage.hypotheses import vocabulary

__all__ = ("Findings", "Hypothesis", "Signature", "parse", "read", "schema")

_MOST: Final = {"hypotheses": 10, "evidence": 20, "nextSteps": 20, "checks": 12, "missingInfo": 20}
_STEPS: Final = 20
_LONGEST: Final = {"summary": 4_000, "title": 300}
_TEXT: Final = 2_000
_BOUNDS: Final = frozenset({"minLength", "maxLength", "minItems", "maxItems"})
# Two keys that the plan's example has beside the findings; they are read over.
_PASSED_OVER: Final = frozenset({"hash", "rawModelNotes"})


@dataclass(frozen=True, slots=True)
class Signature:
    """The exception and the innermost frame of the program, "" where the answer names none."""

    exception: str
    top_frame: str


@dataclass(frozen=True, slots=True)
class Hypothesis:
    """One hypothesis; `checks` are the predictions as they were written."""

    title: str
    confidence: float
    evidence: tuple[str, ...]
    next_steps: tuple[str, ...]
    checks: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class Findings:
    """A whole answer."""

    summary: str
    signature: Signature | None
    hypotheses: tuple[Hypothesis, ...]
    missing_info: tuple[str, ...]
    recommended_next_steps: tuple[str, ...]

    def written(self) -> dict[str, Any]:
        """The findings as JSON; `read` of it gives the same findings."""
        mark = self.signature
        return {
            "summary": self.summary,
            "signature": mark and {"exception": mark.exception, "topFrame": mark.top_frame},
            "hypotheses": [
                {
                    "title": each.title,
                    "confidence": each.confidence,
                    "evidence": list(each.evidence),
                    "nextSteps": list(each.next_steps),
                    "checks": [dict(check) for check in each.checks],
                }
                for each in self.hypotheses
            ],
            "missingInfo": list(self.missing_info),
            "recommendedNextSteps": list(self.recommended_next_steps),
        }

    def mapped(self, change: Callable[[str], str]) -> Findings:
        """The findings with every text changed, those of the checks included."""
        mark = self.signature
        return Findings(
            summary=change(self.summary),
            signature=mark and Signature(change(mark.exception), change(mark.top_frame)),
            hypotheses=tuple(
                Hypothesis(
                    title=change(each.title),
                    confidence=each.confidence,
                    evidence=tuple(map(change, each.evidence)),
                    next_steps=tuple(map(change, each.next_steps)),
                    checks=tuple(_mapped(check, change) for check in each.checks),
                )
                for each in self.hypotheses
            ),
            missing_info=tuple(map(change, self.missing_info)),
            recommended_next_steps=tuple(map(change, self.recommended_next_steps)),
        )


def parse(text: str) -> Findings:
    """Read the text of an answer.

    Raises
    ------
    ModelError
        It is empty, cut off, no JSON, or not in the form of the schema; the message says where.

    Examples
    --------
    >>> parse('{"summary": "It cra')
    Traceback (most recent call last):
    triage.errors.ModelError: the answer breaks off in the middle of its JSON; ask again, or allow more output
    """
    if not text.strip():
        raise ModelError("the answer is empty; ask again")
    try:
        value = msgspec.json.decode(text.strip())
    except msgspec.DecodeError as error:
        if "truncated" in str(error):
            raise ModelError(
                "the answer breaks off in the middle of its JSON; ask again, or allow more output"
            ) from None
        raise ModelError("the answer is no JSON; ask again, or another model") from None
    except (UnicodeError, RecursionError):
        raise ModelError("the answer is no JSON that can be read; ask again, or another model") from None
    return read(value)


def read(value: Any) -> Findings:
    """Read findings from decoded JSON.

    Raises
    ------
    ModelError
        It is not in the form of the schema; the message says where.

    Examples
    --------
    >>> read({"summary": "s", "hypotheses": [], "missingInfo": [], "recommendedNextSteps": []}).summary
    's'
    """
    top = _object(value, "the answer", ("summary", "hypotheses", "missingInfo", "recommendedNextSteps"), ("signature",))
    return Findings(
        summary=_text(top["summary"], "summary", _LONGEST["summary"]),
        signature=_signature(top.get("signature")),
        hypotheses=tuple(
            _hypothesis(each, f"hypotheses[{number}]")
            for number, each in enumerate(_list(top["hypotheses"], "hypotheses", _MOST["hypotheses"]))
        ),
        missing_info=_texts(top["missingInfo"], "missingInfo", _MOST["missingInfo"]),
        recommended_next_steps=_texts(top["recommendedNextSteps"], "recommendedNextSteps", _STEPS),
    )


def schema() -> dict[str, Any]:
    """The JSON schema of an answer: no references, and none of the bounds that make a provider's grammar too large.

    Examples
    --------
    >>> schema()["required"]
    ['summary', 'hypotheses', 'missingInfo', 'recommendedNextSteps']
    """
    text = {"type": "string"}
    hypothesis = {
        "title": {**text, "description": "what is wrong in the program, in one sentence"},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "evidence": _array(text, "copied from the report, character by character"),
        "nextSteps": _array(text, "what would confirm or refute it"),
        "checks": _array(vocabulary.schema(), "predictions that follow from it"),
    }
    signature = {"exception": text, "topFrame": text}
    top = {
        "summary": {**text, "description": "what happened, in two to four sentences"},
        "signature": {**_shape(signature, list(signature)), "type": ["object", "null"]},
        "hypotheses": _array(_shape(hypothesis, list(hypothesis)), "the likeliest first"),
        "missingInfo": _array(text, "what would decide and is not in the report"),
        "recommendedNextSteps": _array(text, "three to six, the most useful first"),
    }
    bare: dict[str, Any] = _bare(_shape(top, [name for name in top if name != "signature"]))
    return bare


def _bare(value: Any) -> Any:
    """A schema without bounds of texts and lists: our own check knows them."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in value.items() if key not in _BOUNDS or isinstance(item, dict)}
    return [_bare(item) for item in value] if isinstance(value, list) else value


def _shape(properties: dict[str, Any], required: list[str]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _array(items: dict[str, Any], about: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "description": about}


def _signature(value: Any) -> Signature | None:
    if value is None:
        return None
    found = _object(value, "signature", (), ("exception", "topFrame"))
    parts = [found.get(name) for name in ("exception", "topFrame")]
    return Signature(*("" if part is None else _text(part, "signature", _TEXT, least=0) for part in parts))


def _hypothesis(value: Any, where: str) -> Hypothesis:
    found = _object(value, where, ("title", "confidence", "evidence", "nextSteps"), ("checks",))
    confidence = found["confidence"]
    if isinstance(confidence, bool) or not isinstance(confidence, int | float) or not 0 <= confidence <= 1:
        raise _breach(f"{where}.confidence is no number from 0 to 1")
    checks = _list(found.get("checks") or [], f"{where}.checks", _MOST["checks"])
    for number, check in enumerate(checks):
        if not isinstance(check, dict) or len(msgspec.json.encode(check)) > _TEXT:
            raise _breach(f"{where}.checks[{number}] is no object of the vocabulary")
    return Hypothesis(
        title=_text(found["title"], f"{where}.title", _LONGEST["title"]),
        confidence=float(confidence),
        evidence=_texts(found["evidence"], f"{where}.evidence", _MOST["evidence"]),
        next_steps=_texts(found["nextSteps"], f"{where}.nextSteps", _MOST["nextSteps"]),
        checks=tuple(checks),
    )


def _object(value: Any, where: str, needed: tuple[str, ...], others: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise _breach(f"{where} is no object")
    for name in needed:
        if name not in value:
            raise _breach(f"{where} has no {name}")
    if any(name not in {*needed, *others} | _PASSED_OVER for name in value):
        raise _breach(f"{where} has a key that is not in the schema")
    return value


def _list(value: Any, where: str, most: int) -> list[Any]:
    if not isinstance(value, list):
        raise _breach(f"{where} is no list")
    if len(value) > most:
        raise _breach(f"{where} has more than {most} entries")
    return value


def _texts(value: Any, where: str, most: int) -> tuple[str, ...]:
    return tuple(_text(each, f"{where}[{n}]", _TEXT) for n, each in enumerate(_list(value, where, most)))


def _text(value: Any, where: str, most: int, *, least: int = 1) -> str:
    if not isinstance(value, str):
        raise _breach(f"{where} is no text")
    if len(value.strip()) < least:
        raise _breach(f"{where} is empty")
    if len(value) > most:
        raise _breach(f"{where} is longer than {most:,} characters")
    return value.strip()


def _breach(told: str) -> ModelError:
    return ModelError(f"the answer breaks the schema: {told}; ask again, or another model")


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_mapped(item, change) for item in value]
    if isinstance(value, dict):
        return {key: _mapped(item, change) for key, item in value.items()}
    return value
