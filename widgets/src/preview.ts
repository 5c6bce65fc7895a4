// The text of one file, asked for when it is opened and page by page.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { element, fill } from "./dom";
import { failure, waiting } from "./failure";
import { regionLabel } from "./landmark";
import { Paging, toggleButton } from "./paging";
import type { CaseCalls, FileRow, Preview } from "./types";

type State = "idle" | "loading" | "ready" | "error";

export class PreviewPanel {
  #state: State = "idle";
  readonly #text: HTMLPreElement;
  readonly #paging = new Paging((page) => void this.#load(page, true));
  readonly #bar: HTMLElement;

  constructor(
    private readonly panel: HTMLElement,
    private readonly file: FileRow,
    private readonly call: Call<CaseCalls>,
    private readonly announcer: Announcer,
  ) {
    this.#text = element("pre", { class: "triage-text", tabindex: 0, role: "region" });
    const wrap = toggleButton("Wrap lines", this.#text, "triage-text-wrapped");
    this.#bar = element("div", { class: "triage-bar" }, ...this.#paging.turns, this.#paging.place, wrap);
  }

  /** The panel was opened: load the first page, unless it is there. */
  open(): void {
    if (this.#state === "idle" || this.#state === "error") void this.#load(this.#paging.page, false);
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
      this.announcer.say(turned ? this.#paging.where : `${this.file.path} loaded, ${this.#paging.where}`);
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
    fill(this.#text, preview.text.replaceAll("\r\n", "\n") || this.#nothing());
    this.#text.setAttribute("aria-label", regionLabel(this.panel, `Text of ${this.file.path}`));
    this.#text.scrollTop = 0;
    const { page, pages } = preview;
    const where = `page ${page + 1} of ${pages} · ${this.file.size} in all`;
    this.#paging.show(page, pages, pages > 1 ? where : preview.note);
  }

  #nothing(): string {
    return this.file.bytes === 0 ? "The file is empty." : "No line begins here: the page before shows the text to its end.";
  }
}
