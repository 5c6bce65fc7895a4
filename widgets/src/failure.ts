// What a person sees when a call failed: the message, and a way to try again.

import { button, element } from "./dom";

/** The message as an alert, with a Retry button where there is something to try. */
export function failure(message: string, retry: (() => void) | null): HTMLElement {
  return element(
    "div",
    { role: "alert", class: "triage-failure" },
    element("p", { class: "triage-failure-text" }, message),
    retry === null ? null : button("Retry", retry),
  );
}

/** A state of waiting, in words. */
export function waiting(text: string): HTMLElement {
  return element("p", { role: "status", class: "triage-waiting" }, text);
}
