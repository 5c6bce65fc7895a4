// Where the stacks of an incident part: the merged call tree as a chart, and as a table that opens and closes.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { disclosure } from "./disclosure";
import { box, type Child, element, fill, heading, plural, uniqueId, words } from "./dom";
import { failure, waiting } from "./failure";
import { Icicle } from "./icicle";
import { chevron, type Row, Rows } from "./rows";
import type { CallRow, StackCalls } from "./stack_types";
import { callName, percent, roleClass } from "./stack_words";

const COLUMNS = ["Call", "Whose", "Share", "Events", "End here"];

export class CallTree {
  readonly node: HTMLElement;
  readonly #body = box("triage-calls");
  readonly #titleId = uniqueId();
  #rows: CallRow[] | null = null;
  #closed = new Set<number>();
  #table: Rows | null = null;
  #chart: Icicle | null = null;
  readonly #through = element("p", { class: "triage-calls-through" });

  constructor(
    level: number,
    open: boolean,
    private readonly call: Call<StackCalls>,
    private readonly announcer: Announcer,
  ) {
    const labels = { closed: "Show the call tree", open: "Hide the call tree" };
    const toggle = disclosure(this.#body, labels, (shown) => {
      this.#body.hidden = !shown;
      if (shown && this.#rows === null) void this.#load();
    });
    const title = heading(level, { class: "triage-heading", id: this.#titleId }, "Where the stacks part");
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": this.#titleId }, title, toggle, this.#body);
    if (open) toggle.click();
  }

  async #load(): Promise<void> {
    fill(this.#body, waiting("Merging the stacks…"));
    try {
      this.#rows = await this.call("tree", {});
      this.#build(this.#rows);
    } catch (error) {
      fill(
        this.#body,
        failure(reason(error), () => {
          this.#body.tabIndex = -1;
          this.#body.focus();
          void this.#load();
        }),
      );
    }
  }

  #build(rows: CallRow[]): void {
    const only = rows[0];
    if (only === undefined) return fill(this.#body, element("p", { class: "triage-remark" }, "No crashing stack has a frame."));
    const parts = rows.some((row) => row.level > 1) || rows.length > 1;
    this.#chart = new Icicle(rows, (index) => this.#table?.go(`c${index}`));
    const head = element("div", { class: "triage-item-head", role: "row", "aria-rowindex": "1" });
    head.append(...COLUMNS.map((name) => element("span", { role: "columnheader", class: `triage-call-${name.toLowerCase().replace(" ", "-")}` }, name)));
    this.#table = new Rows(
      "treegrid",
      this.#titleId,
      {
        toggle: (row, open) => this.#toggle(row, open),
        enter: (row) => this.announcer.say(throughWords(this.#of(row))),
        moved: (row) => this.#tell(row),
      },
      head,
    );
    const said = parts
      ? `${plural(rows.filter((row) => row.kind === "call").length, "run")} of calls, outermost first; a row opens into what it calls.`
      : only.events === 1
        ? `Nothing parts: there is one event, of ${plural(only.names.length, "call")}.`
        : `Nothing parts: all ${plural(only.events, "event")} run through the same ${plural(only.names.length, "call")}.`;
    fill(this.#body, element("p", { class: "triage-remark triage-remark-first" }, said), parts ? this.#chart.node : null, this.#table.node, this.#through);
    this.#draw();
    this.#tell(this.#table.current);
    this.announcer.say(said);
  }

  #draw(): void {
    const rows = this.#rows ?? [];
    const made: Row[] = [];
    const counts = siblings(rows);
    let hidden = Infinity;
    rows.forEach((row, index) => {
      if (row.level > hidden) return;
      hidden = Infinity;
      const inside = (rows[index + 1]?.level ?? 0) > row.level;
      const open = inside ? !this.#closed.has(index) : null;
      if (open === false) hidden = row.level;
      const { size, place } = counts[index] ?? { size: 1, place: 1 };
      made.push({
        key: `c${index}`,
        level: row.level,
        size,
        place,
        open,
        kind: `triage-item-call ${roleClass(row)}`,
        label: () => spokenCall(row),
        text: () => callName(row),
        draw: () => cells(row, open),
      });
    });
    this.#table?.show(made);
  }

  #toggle(row: Row, open: boolean): void {
    const index = Number(row.key.slice(1));
    if (open) this.#closed.delete(index);
    else this.#closed.add(index);
    this.#draw();
    this.#table?.focus();
  }

  #of(row: Row | undefined): CallRow | undefined {
    return row === undefined ? undefined : this.#rows?.[Number(row.key.slice(1))];
  }

  #tell(row: Row | undefined): void {
    const found = this.#of(row);
    if (row !== undefined) this.#chart?.mark(Number(row.key.slice(1)));
    fill(this.#through, found === undefined ? "" : throughWords(found));
  }
}

/** How many rows stand under the same one, and which of them each is. */
function siblings(rows: CallRow[]): { size: number; place: number }[] {
  const open: number[][] = [];
  const groups = rows.map((row, index) => {
    open.length = row.level;
    const group = (open[row.level - 1] ??= []);
    group.push(index);
    return group;
  });
  return groups.map((group, index) => ({ size: group.length, place: group.indexOf(index) + 1 }));
}

function cells(row: CallRow, open: boolean | null): Child[] {
  const cell = (name: string, ...children: Child[]): HTMLElement => element("span", { role: "gridcell", class: `triage-call-${name}` }, ...children);
  const run = row.names.length > 1 ? words("triage-item-about", `run of ${row.names.length} calls`) : null;
  const share = words("triage-share");
  share.style.setProperty("--triage-share", `${row.share * 100}%`);
  return [
    cell("call", chevron(open), words("triage-frame-mark"), element("code", { class: "triage-frame-function" }, callName(row)), row.counted ? words("triage-tag", "counts") : null, run),
    cell("whose", row.role),
    cell("share", share, words("triage-call-percent", percent(row.share))),
    cell("events", row.events.toLocaleString("en")),
    cell("end-here", row.ends === 0 ? "" : row.ends.toLocaleString("en")),
  ];
}

function spokenCall(row: CallRow): string {
  const ends = row.ends === 0 ? "" : `${row.ends.toLocaleString("en")} end here`;
  const parts = [callName(row), row.role, row.counted ? "counts for the key" : "", percent(row.share), plural(row.events, "event"), ends];
  return parts.filter((part) => part !== "").join(", ");
}

function throughWords(row: CallRow | undefined): string {
  if (row === undefined) return "";
  if (row.names.length < 2) return `${callName(row)}: ${percent(row.share)} of the events.`;
  return `${row.names.length} calls, outermost first: ${row.names.join(" → ")}`;
}
