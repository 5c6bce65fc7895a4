// Rows of one height that open and close, as a tree or a treegrid: one of them has the focus, and few are in the page.

import { box, type Child, element, fill, printable, words } from "./dom";

export const ROW = 26;
/** So many rows are seen at once, and so many more are kept on either side. */
const SEEN = 16;
const BEYOND = 12;
const TYPED_MS = 700;

export interface Row {
  key: string;
  level: number;
  /** How many rows stand beside it under the same one, and which of them it is. */
  size: number;
  place: number;
  /** Null where there is nothing inside. */
  open: boolean | null;
  kind: string;
  /** How it is told, and by what it is found when a person types. */
  label: () => string;
  text: () => string;
  draw: () => Child[];
}

export interface Acts {
  toggle: (row: Row, open: boolean) => void;
  /** Enter on a row with nothing inside. */
  enter: (row: Row) => void;
  moved: (row: Row) => void;
  /** Open all that stand beside a row. */
  all?: (row: Row) => void;
}

export class Rows {
  readonly node: HTMLElement;
  readonly #scroller = box("triage-rows");
  readonly #inner = box("triage-rows-inner");
  readonly #drawn = new Map<string, HTMLElement>();
  #rows: Row[] = [];
  #at = 0;
  #typed = "";
  #timer = 0;

  constructor(
    private readonly role: "tree" | "treegrid",
    labelledBy: string,
    private readonly acts: Acts,
    head: HTMLElement | null = null,
  ) {
    this.#inner.setAttribute("role", "none");
    this.#scroller.setAttribute("role", role === "tree" ? "none" : "rowgroup");
    this.#scroller.append(this.#inner);
    this.node = element("div", { role, class: "triage-tree", "aria-labelledby": labelledBy });
    if (head !== null) this.node.append(head);
    this.node.append(this.#scroller);
    this.#scroller.addEventListener("scroll", () => this.#render(false));
    this.node.addEventListener("keydown", (event) => this.#press(event));
    this.#inner.addEventListener("click", (event) => this.#click(event));
  }

  get current(): Row | undefined {
    return this.#rows[this.#at];
  }

  /** Show other rows; the focus stays on the row of the same key, and moves to the nearest where it is gone. */
  show(rows: Row[]): void {
    const key = this.current?.key;
    this.#rows = rows;
    const found = key === undefined ? 0 : rows.findIndex((row) => row.key === key);
    this.#at = found >= 0 ? found : Math.max(Math.min(this.#at, rows.length - 1), 0);
    this.#scroller.style.height = `${Math.min(rows.length, SEEN) * ROW}px`;
    this.#inner.style.height = `${rows.length * ROW}px`;
    if (this.role === "treegrid") this.node.setAttribute("aria-rowcount", String(rows.length + 1));
    this.#render(true);
  }

  /** Draw anew what is in the page: more is known of it. */
  repaint(): void {
    this.#render(true);
  }

  /** Make the row of a key the current one, as if by keyboard; the focus goes there where it is asked for. */
  go(key: string, focus = true): void {
    const index = this.#rows.findIndex((row) => row.key === key);
    if (index >= 0) this.#move(index, focus);
  }

  focus(): void {
    this.#move(this.#at);
  }

  #move(index: number, focus = true): void {
    const row = this.#rows[index];
    if (row === undefined) return;
    const changed = index !== this.#at;
    this.#at = index;
    const top = index * ROW;
    const { scrollTop } = this.#scroller;
    const height = Math.min(this.#rows.length, SEEN) * ROW;
    if (top < scrollTop) this.#scroller.scrollTop = top;
    else if (top + ROW > scrollTop + height) this.#scroller.scrollTop = top + ROW - height;
    this.#render(false);
    if (focus) this.#drawn.get(row.key)?.focus({ preventScroll: true });
    if (changed) this.acts.moved(row);
  }

  /** Have those rows in the page that are seen, some around them, and the one with the focus. */
  #render(anew: boolean): void {
    const top = Math.floor(this.#scroller.scrollTop / ROW);
    const wanted: number[] = [];
    for (let index = Math.max(top - BEYOND, 0); index < Math.min(top + SEEN + 1 + BEYOND, this.#rows.length); index += 1) wanted.push(index);
    if (!wanted.includes(this.#at) && this.#rows.length > 0) wanted.push(this.#at);
    wanted.sort((a, b) => a - b);
    const keys = new Set(wanted.map((index) => this.#rows[index]?.key));
    for (const [key, node] of this.#drawn) {
      if (keys.has(key)) continue;
      // What goes with the focus in it leaves it to the row that is current now.
      if (node === document.activeElement) setTimeout(() => this.focus());
      node.remove();
      this.#drawn.delete(key);
    }
    let before: Element | null = null;
    for (const index of wanted) {
      const row = this.#rows[index];
      if (row === undefined) continue;
      let node = this.#drawn.get(row.key);
      if (node === undefined || anew) {
        node ??= element("div", { role: this.role === "tree" ? "treeitem" : "row" });
        this.#drawn.set(row.key, node);
        this.#paint(node, row, index);
      }
      node.tabIndex = index === this.#at ? 0 : -1;
      node.classList.toggle("triage-item-current", index === this.#at);
      const place: ChildNode | null = before === null ? this.#inner.firstChild : before.nextSibling;
      if (place !== node) this.#inner.insertBefore(node, place);
      before = node;
    }
  }

  #paint(node: HTMLElement, row: Row, index: number): void {
    node.className = `triage-item ${row.kind}`;
    node.dataset["key"] = row.key;
    node.style.top = `${index * ROW}px`;
    node.style.setProperty("--triage-level", String(Math.min(row.level, 12) - 1));
    const told: Record<string, string | null> = {
      "aria-level": String(row.level),
      "aria-setsize": String(row.size),
      "aria-posinset": String(row.place),
      "aria-expanded": row.open === null ? null : String(row.open),
      "aria-rowindex": this.role === "treegrid" ? String(index + 2) : null,
      "aria-label": printable(row.label()),
    };
    for (const [name, value] of Object.entries(told)) {
      if (value === null) node.removeAttribute(name);
      else node.setAttribute(name, value);
    }
    fill(node, ...row.draw());
  }

  #press(event: KeyboardEvent): void {
    const row = this.current;
    if (row === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const moves: Record<string, number> = {
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      PageDown: Math.min(this.#at + SEEN - 1, this.#rows.length - 1),
      PageUp: Math.max(this.#at - SEEN + 1, 0),
      Home: 0,
      End: this.#rows.length - 1,
    };
    if (Object.hasOwn(moves, event.key)) this.#move(moves[event.key] ?? 0);
    else if (event.key === "ArrowRight") this.#right(row);
    else if (event.key === "ArrowLeft") this.#left(row);
    else if (event.key === "Enter" || (event.key === " " && this.#typed === "")) this.#enter(row);
    else if (event.key === "*" && this.acts.all !== undefined) this.acts.all(row);
    else if (event.key.length === 1) this.#type(event.key);
    else return;
    event.preventDefault();
  }

  #right(row: Row): void {
    if (row.open === false) this.acts.toggle(row, true);
    else if (row.open === true && (this.#rows[this.#at + 1]?.level ?? 0) > row.level) this.#move(this.#at + 1);
  }

  #left(row: Row): void {
    if (row.open === true) return this.acts.toggle(row, false);
    for (let index = this.#at - 1; index >= 0; index -= 1) if ((this.#rows[index]?.level ?? 0) < row.level) return this.#move(index);
  }

  #enter(row: Row): void {
    if (row.open === null) this.acts.enter(row);
    else this.acts.toggle(row, !row.open);
  }

  /** Go to the next row that begins with what is typed, or has it in its name. */
  #type(char: string): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      this.#typed = "";
    }, TYPED_MS);
    const first = this.#typed === "" ? 1 : 0;
    this.#typed += char.toLowerCase();
    const order = this.#rows.map((_, index) => (this.#at + first + index) % this.#rows.length);
    const text = (index: number): string => this.#rows[index]?.text().toLowerCase() ?? "";
    const found = order.find((index) => text(index).startsWith(this.#typed)) ?? order.find((index) => text(index).includes(this.#typed));
    if (found !== undefined) this.#move(found);
  }

  #click(event: MouseEvent): void {
    const key = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-key]")?.dataset["key"] : undefined;
    const index = this.#rows.findIndex((row) => row.key === key);
    if (index < 0) return;
    this.#move(index);
    const row = this.current;
    // A text that is being selected is no click.
    if (row !== undefined && row.open !== null && document.getSelection()?.isCollapsed !== false) this.acts.toggle(row, !row.open);
  }
}

/** The mark of a row that opens; a space of its width before one that does not. */
export function chevron(open: boolean | null): HTMLElement {
  return words(`triage-chevron triage-chevron-${open === null ? "none" : open ? "open" : "closed"}`);
}
