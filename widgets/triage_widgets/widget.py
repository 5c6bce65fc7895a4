"""The base of the widgets: one bundle of JavaScript, one command channel, and a static figure for every other viewer.

anywidget sends no reply when a command raises, so that the page could only time out. Here every call is answered: with
the value, or with a message for the person. Traits hold no data of a case; pages of it are asked for by calls.
"""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import anywidget
import traitlets
from anywidget.experimental import command

from triage.errors import TriageError

if TYPE_CHECKING:
    from triage_widgets.figure import Figure

__all__ = ("Widget",)

_STATIC: Final = Path(__file__).parent / "static"
_LOG: Final = logging.getLogger(__name__)
_FAILED: Final = "The kernel could not answer ({}); its log says where. Nothing in the case was changed."
_UNKNOWN: Final = "The kernel does not know this call: the page and the kernel run different versions. Reload the page."


class Widget(anywidget.AnyWidget):
    """A widget that answers every call and has a static form.

    Subclasses set `kind`, which picks the view in the bundle, and give `calls` and `figure`.
    """

    _esm = _STATIC / "triage.js"
    _css = _STATIC / "triage.css"
    kind = traitlets.Unicode("").tag(sync=True)

    def calls(self) -> Mapping[str, Callable[..., Any]]:
        """What the page may ask for, by name; arguments come as keywords, values go out as JSON."""
        return {}

    def figure(self) -> Figure:
        """The static form; every widget has its own."""
        raise TypeError(f"{type(self).__name__} has no static form")

    @command
    def call(self, message: Any, _buffers: list[bytes]) -> tuple[dict[str, Any], list[bytes]]:
        """Answer one call of the page: `{"ok": true, "value": ...}` or `{"ok": false, "error": "..."}`."""
        try:
            function = self.calls().get(message["name"])
            if function is None:
                return {"ok": False, "error": _UNKNOWN}, []
            value = function(**message.get("arguments", {}))
            # What cannot be sent would raise after this returned, and leave the page without an answer.
            json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
        except TriageError as error:
            return {"ok": False, "error": str(error).encode("utf-8", "replace").decode()}, []
        except Exception as error:  # noqa: BLE001 - an unanswered call would hang the page
            kind = type(error).__name__
            # Its text could hold content of the case; the lines of code that led there do not.
            _LOG.error("a call of the page failed (%s):\n%s", kind, "".join(traceback.format_tb(error.__traceback__)))
            return {"ok": False, "error": _FAILED.format(kind)}, []
        return {"ok": True, "value": value}, []

    def __repr__(self) -> str:
        """Say what it is; no address, so that a notebook gives the same bytes each time."""
        return f"<triage.{type(self).__name__}>"

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The live view, and for viewers without a kernel the static figure."""
        live = super()._repr_mimebundle_(**kwargs)
        static = {**self.figure()._repr_mimebundle_(), "text/plain": repr(self)}
        if live is None:
            return static
        data, metadata = live
        return {**data, **static}, metadata
