// The call tree as an icicle chart: outermost calls on top, as wide as their share. The table below it says the same.

import { box, element, printable } from "./dom";
import type { CallRow } from "./stack_types";
import { callName, roleClass } from "./stack_words";

const CELLS = 120;
const LEVELS = 12;
const HEIGHT = 22;
/** What is narrower cannot be seen. */
const NARROW = 0.004;

export class Icicle {
  readonly node: HTMLElement;
  readonly #cells = new Map<number, HTMLElement>();

  constructor(rows: CallRow[], choose: (index: number) => void) {
    const levels = Math.min(Math.max(...rows.map((row) => row.level)), LEVELS);
    const label = `Icicle chart of ${levels} levels of calls; the table below says the same.`;
    this.node = element("div", { class: "triage-icicle", role: "img", "aria-label": label });
    this.node.style.height = `${levels * HEIGHT}px`;
    for (const { index, row, left } of places(rows)) {
      const cell = box(`triage-cell ${roleClass(row)}`, row.kind === "call" ? callName(row) : "…");
      cell.title = printable(callName(row));
      cell.style.left = `${left * 100}%`;
      cell.style.width = `${row.share * 100}%`;
      cell.style.top = `${(row.level - 1) * HEIGHT}px`;
      cell.addEventListener("click", () => choose(index));
      this.#cells.set(index, cell);
      this.node.append(cell);
    }
  }

  /** Mark the cell of the row that is current in the table. */
  mark(index: number): void {
    for (const [own, cell] of this.#cells) cell.classList.toggle("triage-cell-current", own === index);
  }
}

/** The rows that are drawn, each with the share that lies left of it. */
function places(rows: CallRow[]): { index: number; row: CallRow; left: number }[] {
  const next: number[] = [0];
  const made = rows.map((row, index) => {
    const left = next[row.level - 1] ?? 0;
    next[row.level - 1] = left + row.share;
    next[row.level] = left;
    return { index, row, left };
  });
  const seen = made.filter(({ row }) => row.level <= LEVELS && row.share >= NARROW);
  return seen.sort((a, b) => b.row.share - a.row.share || a.index - b.index).slice(0, CELLS);
}
