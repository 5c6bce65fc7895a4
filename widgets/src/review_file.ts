// One file as it would leave: its masked text page by page, each change marked, and the way from finding to finding.

import { bar, box, breakable, button, element, fill, heading, printable, words } from "./dom";
import { Paging, toggleButton } from "./paging";
import { disclosure } from "./disclosure";
import type { Ask } from "./review_ask";
import type { FileActions } from "./review_files";
import { Findings, FindingTable } from "./review_findings";
import { keyed } from "./review_keys";
import { marked } from "./review_marks";
import type { Session } from "./review_session";
import type { FindingRow, ReviewFile, ReviewPage } from "./review_types";
import { found, was } from "./review_words";

export class FilePane {
  readonly node = box("triage-pane");
  readonly #title: HTMLElement;
  readonly #where = words("triage-remark");
  readonly #text = element("pre", { class: "triage-text", tabindex: 0, role: "region" });
  readonly #paging = new Paging((page) => void this.open(this.#number, page, null, false));
  readonly #unmask = keyed(button("Unmask…", () => void this.toggleCurrent()), "m");
  readonly #drop = keyed(button("Drop…", () => this.dropCurrent()), "d");
  readonly #original = button("", () => this.#with((file) => this.actions.original(file)));
  readonly #table: FindingTable;
  #number = -1;
  #page: ReviewPage | null = null;
  #findings: Findings | null = null;
  #at: number | null = null;
  #line = 0;
  #asked = 0;

  constructor(
    private readonly session: Session,
    private readonly ask: Ask,
    private readonly actions: FileActions,
    level: number,
    private readonly opened: (number: number) => void,
  ) {
    this.#title = heading(level, { class: "triage-heading", tabindex: -1 });
    this.#table = new FindingTable(() => this.#findings, {
      go: (at) => void session.attempt(() => this.#go(at)),
      toggle: (row) => this.#toggle(row),
      attempt: (work) => session.attempt(work),
    });
    fill(this.node, element("p", { class: "triage-waiting" }, "Open a file to read what would leave of it."));
    session.listen(() => this.#with((file) => this.#label(file)));
  }

  /** Read a page of a file, at a line that a search found or from its top. */
  async open(number: number, page = 0, hit: number | null = null, focus = true): Promise<void> {
    await this.session.attempt(async () => {
      if (!(await this.#read(number, page, hit))) return;
      if (focus) (this.#text.querySelector<HTMLElement>(".triage-here") ?? this.#title).focus();
      this.session.announcer.say(hit === null ? this.#paging.where : `Line ${hit}`);
    });
  }

  /** The next file that would leave, in the order of the list. */
  nextFile(): void {
    const files = this.session.summary?.files ?? [];
    const at = files.findIndex((file) => file.number === this.#number);
    const next = [...files.slice(at + 1), ...files.slice(0, at + 1)].find((file) => file.state !== "dropped");
    if (next !== undefined) void this.open(next.number);
  }

  async step(by: number): Promise<void> {
    const findings = this.#findings;
    if (findings === null || this.#page === null) return this.session.announcer.say("Open a file first");
    const near = this.#page.changes.find((change) => change.line >= this.#line);
    await this.session.attempt(async () => {
      const at = this.#at === null ? (near?.finding ?? 0) - (by < 0 ? 1 : 0) : this.#at + by;
      if (at >= 0 && at < findings.file.finding_count) return this.#go(at);
      const end = by < 0 ? "No finding of this file is before here" : "No finding of this file is after here; f opens the next file";
      fill(this.#where, `${end}.`);
      this.session.announcer.say(end);
    });
  }

  async toggleCurrent(): Promise<void> {
    const at = this.#at;
    if (this.#findings === null || at === null) return this.session.announcer.say("Go to a finding first: n goes to the next");
    await this.session.attempt(async () => {
      const row = await this.#findings?.row(at);
      if (row !== undefined) this.#toggle(row);
    });
  }

  dropCurrent(): void {
    this.#with((file) => this.actions.drop(file));
  }

  #with(act: (file: ReviewFile) => void): void {
    const file = this.session.file(this.#number);
    if (file !== undefined) act(file);
  }

  /** Whether the page came and is still the one that is wanted. */
  async #read(number: number, page: number, hit: number | null): Promise<boolean> {
    this.#asked += 1;
    const asked = this.#asked;
    const shown = await this.session.call("page", { number, page });
    const other = number !== this.#number;
    if (other || shown.pages > 1) await this.session.change("summary", {});
    const file = this.session.file(number);
    if (asked !== this.#asked || file === undefined) return false;
    this.#number = number;
    if (other || this.#findings?.file.finding_count !== file.finding_count) this.#findings = new Findings(file, this.session.call);
    // A page without findings does not lose the place in the list.
    if (other || shown.changes.length > 0) this.#at = null;
    this.#line = hit ?? 0;
    this.#page = shown;
    if (other) this.#frame(file);
    this.#show(shown, file, hit);
    if (other) this.opened(number);
    return true;
  }

  #frame(file: ReviewFile): void {
    fill(this.#title, ...breakable(file.path));
    const step = (label: string, key: string, by: number): HTMLElement => keyed(button(label, () => void this.step(by)), key);
    const table = this.#table.node;
    const list = disclosure(table, { closed: "List findings", open: "Hide list" }, (open) => {
      table.hidden = !open;
      void this.#table.show(0);
    });
    const tools = [step("Previous finding", "p", -1), step("Next finding", "n", 1), this.#unmask, list];
    this.#text.className = "triage-text triage-text-wrapped";
    const marks = toggleButton("Hide marks", this.#text, "triage-unmarked");
    const wrap = toggleButton("Wrap lines", this.#text, "triage-text-wrapped");
    fill(
      this.node,
      box("triage-bar triage-pane-head", this.#title, keyed(button("Next file", () => this.nextFile()), "f"), this.#drop, file.binary ? this.#original : null),
      bar(...(file.finding_count > 0 ? tools : []), this.#where),
      table,
      this.#text,
      bar(...this.#paging.turns, this.#paging.place, wrap, marks),
    );
  }

  #show(shown: ReviewPage, file: ReviewFile, hit: number | null): void {
    const text = marked(shown.text, shown.first_line, shown.changes, hit);
    fill(this.#text, ...(text.length === 0 ? ["Nothing: this page is empty."] : text));
    this.#text.setAttribute("aria-label", printable(`Text of ${file.path}`));
    this.#text.scrollTop = 0;
    this.#text.querySelector(".triage-here")?.scrollIntoView({ block: "center" });
    this.#paging.show(shown.page, shown.pages, shown.note);
    fill(this.#where, found(file.finding_count));
    this.#label(file);
  }

  #label(file: ReviewFile): void {
    keyed(this.#drop, "d", file.state === "dropped" ? "Keep" : "Drop…");
    fill(this.#original, file.original ? "Leave the original out" : "Include the original…");
  }

  /** Go to a finding of the list, on whatever page it is. */
  async #go(at: number): Promise<void> {
    const row = await this.#findings?.row(at);
    if (row === undefined) return;
    if (row.page !== this.#page?.page && !(await this.#read(this.#number, row.page, null))) return;
    this.#at = at;
    const marks = [...this.#text.querySelectorAll<HTMLElement>(".triage-change")];
    for (const mark of marks) mark.classList.toggle("triage-current", mark.dataset["finding"] === String(row.finding));
    const mark = marks.find((one) => one.classList.contains("triage-current"));
    mark?.focus({ preventScroll: true });
    mark?.scrollIntoView({ block: "center" });
    const state = row.action === "masked" ? "masked" : "not masked";
    const said = `Finding ${at + 1} of ${this.#findings?.file.finding_count ?? 0}: ${was(row)}, line ${row.line}, ${state}`;
    fill(this.#where, said);
    keyed(this.#unmask, "m", row.action === "masked" ? "Unmask…" : "Mask again");
    this.session.announcer.say(said);
  }

  #toggle(row: FindingRow): void {
    const { mask } = row;
    const masked = row.action === "masked";
    const change = async (ask: () => Promise<unknown>): Promise<void> => {
      const at = this.#at;
      await ask();
      this.#findings = null;
      await this.#read(this.#number, this.#page?.page ?? 0, null);
      await this.#table.show();
      if (at !== null) await this.#go(at);
    };
    if (!masked) return void this.session.attempt(() => change(() => this.session.change("mask", { mask })));
    this.ask.put({
      title: `Unmask ${mask}`,
      about: [`What this mask stands for (${was(row)}) would leave as it is, in every file. Your reason will be recorded.`],
      label: "Reason for unmasking it",
      submit: "Unmask",
      cancel: "Keep it masked",
      answer: (reason) => change(() => this.session.change("unmask", { mask, reason })),
    });
  }
}
