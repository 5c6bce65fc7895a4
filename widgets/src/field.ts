// A field for a line of text.

import { element, uniqueId } from "./dom";

/** A field for a line of text; the browser keeps nothing of it. */
export function textField(attributes: Record<string, string>): HTMLInputElement {
  return element("input", { class: "triage-field", id: uniqueId(), autocomplete: "off", spellcheck: "false", ...attributes });
}
