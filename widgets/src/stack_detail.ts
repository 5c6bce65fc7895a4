// One frame in full: its whole name, why it counts or not, and what else is known of it.

import { breakable, element, fill, uniqueId, words } from "./dom";
import type { FrameCell } from "./stack_types";
import { word } from "./stack_words";

export class FrameDetail {
  readonly node: HTMLElement;
  readonly #name = element("p", { class: "triage-detail-name", id: uniqueId() });
  readonly #facts = element("dl", { class: "triage-facts" });

  constructor(back: () => void) {
    this.node = element("div", { class: "triage-detail", role: "group", tabindex: -1, "aria-labelledby": this.#name.id }, this.#name, this.#facts);
    this.node.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" && event.key !== "ArrowLeft") return;
      event.preventDefault();
      back();
    });
  }

  show(cell: FrameCell | undefined): void {
    this.node.hidden = cell === undefined;
    if (cell === undefined) return;
    fill(this.#name, words("triage-label", `Frame ${cell.number} `), element("code", {}, ...breakable(cell.function || word(cell))));
    const pairs: [string, string][] = [["Why", cell.why], ["Whose", word(cell)], ["Where", cell.where], ...cell.facts];
    const shown = pairs.filter(([, value]) => value !== "").map(([label, value]) => {
      const long = value.length > 32 || label === "Why";
      return element(
        "div",
        { class: long ? "triage-fact triage-fact-long" : "triage-fact" },
        element("dt", { class: "triage-label" }, label),
        element("dd", { class: "triage-fact-value" }, value),
      );
    });
    fill(this.#facts, ...shown);
  }
}
