// The text of one file, asked for when it is opened and page by page.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { button, element, fill } from "./dom";
import { failure, waiting } from "./failure";
import type { CaseCalls, FileRow, Preview } from "./types";

type State = "idle" | "loading" | "ready" | "error";

export class PreviewPanel {
  #state: State = "idle";
  #page = 0;
  #pages = 1;
  readonly #text: HTMLPreElement;
  readonly #place = element("span", { class: "triage-remark" });
  readonly #previous = button("Previous page", () => this.#turn(-1));
  readonly #next = button("Next page", () => this.#turn(1));
  readonly #wrap: HTMLButtonElement;
  readonly #bar: HTMLElement;

  constructor(
    private readonly panel: HTMLElement,
    private readonly file: FileRow,
    private readonly call: Call<CaseCalls>,
    private readonly announcer: Announcer,
  ) {
    this.#text = element("pre", { class: "triage-text", tabindex: 0, role: "region" });
    this.#wrap = button("Wrap lines", () => this.#toggleWrap(), { "aria-pressed": "false" });
    this.#bar = element("div", { class: "triage-bar" }, this.#previous, this.#next, this.#place, this.#wrap);
  }

  /** The panel was opened: load the first page, unless it is there. */
  open(): void {
    if (this.#state === "idle" || this.#state === "error") void this.#load(this.#page, false);
  }

  #turn(by: number): void {
    const page = this.#page + by;
    if (page >= 0 && page < this.#pages) void this.#load(page, true);
  }

  async #load(page: number, turned: boolean): Promise<void> {
    if (this.#state === "loading") return;
    const first = this.#state !== "ready";
    this.#state = "loading";
    this.#text.setAttribute("aria-busy", "true");
    if (first) fill(this.panel, waiting("Loading…"));
    try {
      this.#show(await this.call("preview", { source_id: this.file.source_id, page }));
      this.#state = "ready";
      if (first) fill(this.panel, this.#bar, this.#text);
      this.announcer.say(turned ? this.#where() : `${this.file.path} loaded, ${this.#where()}`);
    } catch (error) {
      this.#state = "error";
      fill(this.panel, failure(reason(error), () => this.#retry(page)));
    }
    this.#text.removeAttribute("aria-busy");
  }

  /** Try again; the Retry button goes away, so that the focus moves to the panel. */
  #retry(page: number): void {
    this.panel.tabIndex = -1;
    this.panel.focus();
    void this.#load(page, true);
  }

  #show(preview: Preview): void {
    this.#page = preview.page;
    this.#pages = Math.max(preview.pages, preview.page + 1);
    fill(this.#text, preview.text.replaceAll("\r\n", "\n") || this.#nothing());
    this.#text.setAttribute("aria-label", regionLabel(this.panel, `Text of ${this.file.path}`));
    this.#text.scrollTop = 0;
    fill(this.#place, this.#pages === 1 ? preview.note : `${this.#where()} · ${this.file.size} in all`);
    for (const [turn, end] of [[this.#previous, 0], [this.#next, this.#pages - 1]] as const) {
      turn.hidden = this.#pages === 1;
      // Not `disabled`: the focus stays on a button that came to its end.
      turn.setAttribute("aria-disabled", String(this.#page === end));
    }
  }

  #nothing(): string {
    return this.file.bytes === 0 ? "The file is empty." : "No line begins here: the page before shows the text to its end.";
  }

  #where(): string {
    return `page ${this.#page + 1} of ${this.#pages}`;
  }

  #toggleWrap(): void {
    const wrapped = this.#text.classList.toggle("triage-text-wrapped");
    this.#wrap.setAttribute("aria-pressed", String(wrapped));
  }
}

/** The name of a text as a landmark: two widgets in one page may show the same file. */
function regionLabel(panel: HTMLElement, label: string): string {
  const view = panel.closest<HTMLElement>(".triage-root")?.dataset["view"];
  return view === undefined || view === "1" ? label : `${label}, view ${view}`;
}
