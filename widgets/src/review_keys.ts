// The keys of the review, which work inside the dialog alone, and its help.

import { bar, box, button, element, fill } from "./dom";

const KEYS: [string, string][] = [
  ["n, p", "Next, previous finding"],
  ["m", "Unmask the finding, with a reason; mask it again"],
  ["f", "Next file"],
  ["d", "Drop the file, with a reason; keep it again"],
  ["/", "Search"],
  ["Ctrl+Enter", "Approve"],
  ["Esc", "Back; at last close the dialog, without saving"],
  ["?", "This help"],
];

/** Give a button its label with its key beside it. */
export function keyed(made: HTMLButtonElement, key: string, label = made.textContent): HTMLButtonElement {
  made.setAttribute("aria-keyshortcuts", key);
  fill(made, label, element("kbd", { class: "triage-key", "aria-hidden": "true" }, key));
  return made;
}

export class Keys {
  readonly help = element("div", { class: "triage-help", role: "group", "aria-label": "Keys", tabindex: -1, hidden: true });
  readonly toggle: HTMLButtonElement;
  #single = true;
  #back: Element | null = null;

  constructor(private readonly act: Record<string, () => void>) {
    this.toggle = keyed(button("Help", () => this.show(this.help.hidden === true), { "aria-expanded": "false" }), "?");
    const single = button("Single keys are on", () => {
      this.#single = !this.#single;
      fill(single, `Single keys are ${this.#single ? "on" : "off"}`);
    });
    const pairs = KEYS.map(([key, does]) => box("triage-fact", element("dt", { class: "triage-label" }, element("kbd", {}, key)), element("dd", { class: "triage-fact-value" }, does)));
    fill(this.help, element("dl", { class: "triage-facts" }, ...pairs), bar(single, button("Close help", () => this.show(false))));
  }

  show(open: boolean): void {
    if (open) this.#back = document.activeElement;
    this.help.hidden = !open;
    this.toggle.setAttribute("aria-expanded", String(open));
    if (open) this.help.focus();
    else (this.#back instanceof HTMLElement && this.#back.isConnected ? this.#back : this.toggle).focus();
  }

  /** A key that was pressed in the dialog. */
  press(event: KeyboardEvent): void {
    if (event.isComposing || event.altKey || event.metaKey) return;
    const writing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select");
    const name = event.ctrlKey ? `Ctrl+${event.key}` : event.key;
    if (name.length === 1 && (writing || !this.#single)) return;
    const act = Object.hasOwn(this.act, name) ? this.act[name] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
  }
}
