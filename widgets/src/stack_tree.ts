// The stacks of an event as a tree: stacks, their frames that stand out, and the runs between, which open.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { bar, box, button, type Child, element, fill, heading, plural, uniqueId, words } from "./dom";
import { failure } from "./failure";
import { chevron, type Row, Rows } from "./rows";
import { FrameDetail } from "./stack_detail";
import type { FrameCell, Head, Part, StackCalls, StackRow } from "./stack_types";
import { near, roleClass, spoken, word } from "./stack_words";

const PAGE = 200;

export class StackTree {
  readonly node: HTMLElement;
  readonly #title: HTMLElement;
  readonly #alerts = box("triage-alerts");
  readonly #every = button("", () => this.#all(!this.#whole()));
  readonly #remark = words("triage-remark");
  readonly #rows: Rows;
  readonly #detail: FrameDetail;
  #head: Head | null = null;
  #cells = new Map<string, FrameCell>();
  #asked = new Set<string>();
  #open = new Set<string>();

  constructor(
    level: number,
    private readonly call: Call<StackCalls>,
    private readonly announcer: Announcer,
  ) {
    const id = uniqueId();
    this.#title = heading(level, { class: "triage-heading", id, tabindex: -1 });
    this.#rows = new Rows("tree", id, {
      toggle: (row, open) => this.#toggle([row.key], open),
      enter: (row) => {
        if (row.key.startsWith("f")) this.#detail.node.focus();
      },
      moved: (row) => this.#tell(row),
      all: (row) => this.#beside(row),
    });
    this.#detail = new FrameDetail(() => this.#rows.focus());
    const foot = bar(this.#every, this.#remark);
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, this.#title, this.#alerts, this.#rows.node, foot, this.#detail.node);
  }

  show(head: Head, title: string): void {
    this.#head = head;
    this.#cells.clear();
    this.#asked.clear();
    const first = head.stacks[0];
    if (first !== undefined) for (const cell of head.cells) this.#cells.set(key(first, cell.number), cell);
    this.#open = new Set(first === undefined ? [] : [`s${first.number}`]);
    fill(this.#title, title);
    this.#alerts.replaceChildren();
    this.#draw();
    const shown = first?.parts.find((part) => part.shown);
    if (first !== undefined && shown !== undefined) this.#rows.go(key(first, shown.start), false);
    this.#tell(this.#rows.current);
  }

  focusTitle(): void {
    this.#title.focus();
  }

  #draw(): void {
    const head = this.#head;
    if (head === null) return;
    this.#rows.show(head.stacks.flatMap((stack, index) => this.#stack(stack, index)));
    const first = head.stacks[0];
    const more = first !== undefined && first.parts.some((part) => !part.shown);
    this.#every.hidden = !more;
    if (more) fill(this.#every, this.#whole() ? "Show only what stands out" : `Show all ${plural(first.frames, "frame")}`);
    const beyond = head.stacks_in_all - head.stacks.length;
    fill(this.#remark, beyond > 0 ? `${plural(beyond, "further stack")} in case.stacks().` : "");
  }

  #stack(stack: StackRow, index: number): Row[] {
    const open = stack.frames === 0 ? null : this.#open.has(`s${stack.number}`);
    const made: Row = {
      key: `s${stack.number}`,
      level: 1,
      size: this.#head?.stacks.length ?? 1,
      place: index + 1,
      open,
      kind: "triage-item-stack",
      label: () => `${stack.title}, ${stack.about}`,
      text: () => stack.title,
      draw: () => [chevron(open), words("triage-item-title", stack.title), words("triage-item-about", stack.about)],
    };
    if (open !== true) return [made];
    const size = stack.parts.reduce((sum, part) => sum + (part.shown ? part.length : 1), 0);
    let place = 0;
    const inside = stack.parts.flatMap((part) => {
      const rows = part.shown ? this.#frames(stack, part, 2, size, place) : this.#gap(stack, part, size, place);
      place += part.shown ? part.length : 1;
      return rows;
    });
    return [made, ...inside];
  }

  /** A run of frames that do not stand out: one row, with the frames inside. */
  #gap(stack: StackRow, part: Part, size: number, place: number): Row[] {
    const name = `g${stack.number}:${part.start}`;
    const open = this.#open.has(name);
    const made: Row = {
      key: name,
      level: 2,
      size,
      place: place + 1,
      open,
      kind: "triage-item-gap",
      label: () => `${part.title}: ${part.about}`,
      text: () => part.title,
      draw: () => [chevron(open), words("triage-item-title", part.title), words("triage-item-about", part.about)],
    };
    return open ? [made, ...this.#frames(stack, part, 3, part.length, 0)] : [made];
  }

  #frames(stack: StackRow, part: Part, level: number, size: number, before: number): Row[] {
    return Array.from({ length: part.length }, (_, index): Row => {
      const number = part.start + index;
      const name = key(stack, number);
      const cell = (): FrameCell | undefined => this.#cells.get(name);
      return {
        key: name,
        level,
        size,
        place: before + index + 1,
        open: null,
        kind: `triage-item-frame triage-frame ${roleClass(cell())}`,
        label: () => spoken(number, cell()),
        text: () => cell()?.function ?? "",
        draw: () => this.#frame(stack, number, cell()),
      };
    });
  }

  #frame(stack: StackRow, number: number, cell: FrameCell | undefined): Child[] {
    const shown = words("triage-frame-number", `${number}`);
    if (cell === undefined) {
      void this.#load(stack, Math.floor(number / PAGE) * PAGE);
      return [shown, words("triage-frame-mark"), words("triage-item-about", "Loading…")];
    }
    return [
      shown,
      words("triage-frame-mark"),
      words("triage-frame-role", word(cell)),
      element("code", { class: "triage-frame-function" }, cell.function || word(cell)),
      words("triage-frame-where", near(cell.where)),
      words("triage-frame-counts", cell.counted ? words("triage-tag", "counts") : null),
    ];
  }

  /** Ask for a page of frames, once. */
  async #load(stack: StackRow, start: number): Promise<void> {
    const head = this.#head;
    const page = `${stack.number}:${start}`;
    if (head === null || this.#asked.has(page)) return;
    this.#asked.add(page);
    try {
      const cells = await this.call("frames", { event: head.event_id, stack: stack.number, start });
      if (this.#head !== head) return;
      for (const cell of cells) this.#cells.set(key(stack, cell.number), cell);
      this.#draw();
      this.#tell(this.#rows.current);
    } catch (error) {
      if (this.#head !== head) return;
      fill(this.#alerts, failure(reason(error), () => this.#again()));
    }
  }

  #again(): void {
    this.#alerts.replaceChildren();
    this.#asked.clear();
    this.#rows.focus();
    this.#rows.repaint();
  }

  #toggle(keys: string[], open: boolean): void {
    for (const name of keys) {
      if (open) this.#open.add(name);
      else this.#open.delete(name);
    }
    this.#draw();
    this.#rows.focus();
    this.#tell(this.#rows.current);
  }

  /** Whether the first stack shows all its frames. */
  #whole(): boolean {
    const first = this.#head?.stacks[0];
    return first !== undefined && gaps(first).every((name) => this.#open.has(name)) && this.#open.has(`s${first.number}`);
  }

  #all(open: boolean): void {
    const first = this.#head?.stacks[0];
    if (first === undefined) return;
    for (const name of gaps(first)) this.#open[open ? "add" : "delete"](name);
    this.#open.add(`s${first.number}`);
    this.#draw();
    this.announcer.say(open ? `${plural(first.frames, "frame")} shown` : "Only what stands out is shown");
  }

  /** Open all that stand beside a row: all stacks, or all runs of a stack. */
  #beside(row: Row): void {
    const stacks = this.#head?.stacks ?? [];
    if (row.level === 1) return this.#toggle(stacks.filter((stack) => stack.frames > 0).map((stack) => `s${stack.number}`), true);
    const stack = stacks.find((one) => row.key.slice(1).startsWith(`${one.number}:`));
    if (stack !== undefined) this.#toggle(gaps(stack), true);
  }

  #tell(row: Row | undefined): void {
    this.#detail.show(row === undefined ? undefined : this.#cells.get(row.key));
  }
}

function key(stack: StackRow, number: number): string {
  return `f${stack.number}:${number}`;
}

function gaps(stack: StackRow): string[] {
  return stack.parts.filter((part) => !part.shown).map((part) => `g${stack.number}:${part.start}`);
}
