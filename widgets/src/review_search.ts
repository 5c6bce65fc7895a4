// Search in all that would leave, after masking; a hit opens its file at its line.

import { bar, button, element, fill, plural } from "./dom";
import { textField } from "./field";
import type { Session } from "./review_session";
import type { Hit } from "./review_types";

export class SearchBox {
  readonly field = textField({ type: "search", "aria-keyshortcuts": "/" });
  readonly node = element("search", { class: "triage-search" });
  readonly #hits = element("ul", { class: "triage-leaves", role: "list", "aria-label": "Hits" });
  readonly #count = element("p", { class: "triage-remark" });
  readonly #more = button("Show more hits", () => void this.#find(this.#hits.children.length));
  #text = "";

  constructor(
    private readonly session: Session,
    private readonly go: (hit: Hit) => void,
  ) {
    const form = element("form", {}, element("label", { class: "triage-label", for: this.field.id }, "Search what would leave"));
    form.append(bar(this.field, element("button", { type: "submit", class: "triage-button" }, "Search")));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#text = this.field.value;
      void this.#find(0);
    });
    this.#more.hidden = true;
    this.node.append(form, this.#count, this.#hits, this.#more);
  }

  /** Put the hits away; whether there were any. */
  clear(): boolean {
    const any = this.#text + this.field.value !== "";
    this.#text = this.field.value = "";
    void this.#find(0);
    return any;
  }

  async #find(start: number): Promise<void> {
    if (start === 0) {
      this.#hits.replaceChildren();
      fill(this.#count, "");
      this.#more.hidden = true;
    }
    if (this.#text === "") return;
    await this.session.attempt(async () => {
      const { rows, total, more } = await this.session.call("search", { text: this.#text, start });
      this.#hits.append(...rows.map((hit) => this.#hit(hit)));
      this.#more.hidden = !more;
      fill(this.#count, `${plural(total, "hit")}${more ? ` · ${this.#hits.children.length} shown` : ""}`);
      this.session.announcer.say(plural(total, "hit"));
      if (start > 0) this.#hits.children[start]?.querySelector("button")?.focus();
    });
  }

  #hit(hit: Hit): HTMLElement {
    const link = button(`${hit.path}:${hit.line}`, () => this.go(hit), { class: "triage-button triage-link" });
    return element("li", { class: "triage-leaf" }, link, element("code", {}, hit.excerpt));
  }
}
