// What a person sees when a call failed: the message, and a way to try again.

import { button, element } from "./dom";

/** The message, as an alert or for who announces it in another way; a Retry button where there is something to try. */
export function failure(message: string, retry: (() => void) | null, alert = true): HTMLElement {
  return element(
    "div",
    { role: alert ? "alert" : null, class: "triage-failure" },
    element("p", { class: "triage-failure-text" }, message),
    retry === null ? null : button("Retry", retry),
  );
}

/** A state of waiting, in words. */
export function waiting(text: string): HTMLElement {
  return element("p", { role: "status", class: "triage-waiting" }, text);
}
