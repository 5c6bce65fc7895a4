// One polite live region per widget: says what changed to who cannot see it change.

import { element, printable } from "./dom";

export class Announcer {
  readonly node = element("div", { role: "status", class: "triage-announcer" });
  #timer = 0;

  /** Say it, also when it is what was said last. */
  say(text: string): void {
    clearTimeout(this.#timer);
    this.node.textContent = "";
    this.#timer = window.setTimeout(() => {
      this.node.textContent = printable(text);
    }, 50);
  }
}
