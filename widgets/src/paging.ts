// What stands above a long text or table: the buttons that turn its pages, and where it is.

import { button, element, fill } from "./dom";

export class Paging {
  readonly place = element("span", { class: "triage-remark" });
  readonly turns: HTMLButtonElement[];
  page = 0;
  pages = 1;

  constructor(turn: (page: number) => void, what = "page") {
    this.turns = [-1, 1].map((by) =>
      button(`${by < 0 ? "Previous" : "Next"} ${what}`, () => {
        const page = this.page + by;
        if (page >= 0 && page < this.pages) turn(page);
      }),
    );
  }

  show(page: number, pages: number, remark: string): void {
    this.page = page;
    this.pages = Math.max(pages, page + 1);
    fill(this.place, remark);
    for (const [index, end] of [0, this.pages - 1].entries()) {
      const turn = this.turns[index];
      if (turn === undefined) continue;
      turn.hidden = this.pages === 1;
      // Not `disabled`: the focus stays on a button that came to its end.
      turn.setAttribute("aria-disabled", String(this.page === end));
    }
  }

  get where(): string {
    return `page ${this.page + 1} of ${this.pages}`;
  }
}

/** A button that turns a class of `on` on and off; it is pressed where that is there already. */
export function toggleButton(label: string, on: HTMLElement, name: string): HTMLButtonElement {
  const made = button(label, () => made.setAttribute("aria-pressed", String(on.classList.toggle(name))), {
    "aria-pressed": String(on.classList.contains(name)),
  });
  return made;
}
