// The findings of one file: fetched in chunks, one by one for the keys, and as a table.

import type { Call } from "./calls";
import { bar, box, button, element, fill } from "./dom";
import { Paging } from "./paging";
import type { FindingRow, ReviewCalls, ReviewFile } from "./review_types";
import { kind, long } from "./review_words";

const CHUNK = 100;

export class Findings {
  #chunks = new Map<number, FindingRow[]>();

  constructor(
    readonly file: ReviewFile,
    private readonly call: Call<ReviewCalls>,
  ) {}

  async chunk(number: number): Promise<FindingRow[]> {
    const known = this.#chunks.get(number);
    if (known !== undefined) return known;
    const { rows } = await this.call("findings", { number: this.file.number, start: number * CHUNK, count: CHUNK });
    this.#chunks.set(number, rows);
    return rows;
  }

  /** A finding by its number in the file. */
  async row(number: number): Promise<FindingRow | undefined> {
    return (await this.chunk(Math.floor(number / CHUNK)))[number % CHUNK];
  }
}

interface Actions {
  go: (finding: number) => void;
  toggle: (row: FindingRow) => void;
  attempt: (work: () => Promise<unknown>) => Promise<void>;
}

const HEAD = ["File and line", "Kind", "Length", "Replaced by", "Action"];

export class FindingTable {
  readonly node = box("triage-found");
  readonly #rows = element("tbody");
  readonly #paging = new Paging((page) => void this.show(page), "findings");

  constructor(
    private readonly findings: () => Findings | null,
    private readonly actions: Actions,
  ) {
    const head = element("tr", {}, ...HEAD.map((name) => element("th", { scope: "col" }, name)));
    const table = element("table", { class: "triage-table", "aria-label": "Findings of this file" }, element("thead", {}, head), this.#rows);
    this.node.append(
      element("div", { class: "triage-scroll", role: "group", "aria-label": "Findings", tabindex: 0 }, table),
      bar(...this.#paging.turns, this.#paging.place),
    );
  }

  async show(page = this.#paging.page): Promise<void> {
    const findings = this.findings();
    if (findings === null || this.node.hidden) return;
    await this.actions.attempt(async () => {
      const { file } = findings;
      const pages = Math.max(1, Math.ceil(file.finding_count / CHUNK));
      const shown = Math.min(page, pages - 1);
      const rows = await findings.chunk(shown);
      fill(this.#rows, ...rows.map((row) => this.#row(row, file)));
      this.#paging.show(shown, pages, pages > 1 ? `findings, page ${shown + 1} of ${pages}` : "");
    });
  }

  #row(row: FindingRow, file: ReviewFile): HTMLElement {
    const place = `${file.path.split("/").pop() ?? file.path}:${row.line}`;
    const masked = row.action === "masked";
    const label = masked ? "Unmask…" : "Mask again";
    const toggle = button(label, () => this.actions.toggle(row), { "aria-label": `${label} ${row.mask}` });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, button(place, () => this.actions.go(row.finding), { class: "triage-button triage-link" })),
      element("td", {}, kind(row.kind)),
      element("td", {}, long(row)),
      element("td", {}, masked ? element("code", {}, row.mask) : "nothing"),
      element("td", {}, masked ? "✓ masked " : `! not masked: ${row.reason} `, toggle),
    );
  }
}
