// The files of a case: what each is, how it was read, and its text on demand.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { disclosure } from "./disclosure";
import { breakable, button, element, heading, plural, uniqueId } from "./dom";
import { failure } from "./failure";
import { PreviewPanel } from "./preview";
import type { CaseCalls, FileRow, View } from "./types";

const FIRST_FILES = 12;
/** So few more are not worth a button. */
const FEW = 4;
const STATUS: Record<string, string> = { ok: "read", partial: "read in part", unknown: "not recognised" };

export class FileSection {
  readonly node: HTMLElement;
  readonly #list = element("ul", { class: "triage-files", role: "list" });
  readonly #foot = element("div", { class: "triage-files-foot" });
  readonly #more: HTMLButtonElement;
  readonly #known: FileRow[];
  #shown = 0;
  #loading = false;

  constructor(
    private readonly view: View,
    level: number,
    private readonly call: Call<CaseCalls>,
    private readonly announcer: Announcer,
  ) {
    this.#known = [...view.files];
    this.#more = button("Show more files", () => void this.#next());
    const id = uniqueId();
    this.node = element(
      "div",
      { class: "triage-section", "aria-labelledby": id, role: "group" },
      heading(level, { class: "triage-heading", id }, plural(view.files_in_all, "file")),
      this.#list,
      this.#foot,
      quarantineRemark(view.quarantined),
    );
    this.#show(view.files_in_all <= FIRST_FILES + FEW ? view.files_in_all : FIRST_FILES);
  }

  /** Show up to `count` more of the files that are known, and say what is left. */
  #show(count: number): HTMLElement | null {
    const rows = this.#known.slice(this.#shown, this.#shown + count).map((file) => this.#item(file));
    this.#list.append(...rows);
    this.#shown += rows.length;
    const left = this.view.files_in_all - this.#shown;
    this.#foot.replaceChildren();
    if (left > 0) {
      this.#foot.append(this.#more, element("span", { class: "triage-remark" }, `${this.#shown.toLocaleString("en")} of ${plural(this.view.files_in_all, "file")} shown`));
    }
    return rows[0] ?? null;
  }

  /** The next files: those that are known, else the next page of the kernel. */
  async #next(): Promise<void> {
    if (this.#loading) return;
    this.#loading = true;
    const before = this.#shown;
    try {
      if (this.#known.length === this.#shown) {
        this.announcer.say("Loading more files");
        this.#known.push(...(await this.call("files", { start: this.#shown })));
      }
      const first = this.#show(this.#known.length - this.#shown);
      this.announcer.say(`${plural(this.#shown - before, "more file")} shown`);
      // The button moved down or went away: reading goes on at the first new file.
      first?.querySelector("button")?.focus();
    } catch (error) {
      this.#foot.replaceChildren(failure(reason(error), () => void this.#next()));
    } finally {
      this.#loading = false;
    }
  }

  #item(file: FileRow): HTMLElement {
    const panel = element("div", { class: "triage-preview" });
    const preview = new PreviewPanel(panel, file, this.call, this.announcer);
    const labels = { closed: "Preview", open: "Hide", name: file.path };
    const toggle = disclosure(panel, labels, (open) => {
      panel.hidden = !open;
      if (open) preview.open();
    });
    const indent = `triage-file-name triage-depth-${Math.min(file.depth, 4)}`;
    return element(
      "li",
      { class: "triage-file" },
      element("span", { class: indent }, element("code", { class: "triage-file-path" }, ...breakable(file.path))),
      element("span", { class: "triage-file-size" }, file.size),
      element(
        "span",
        { class: "triage-file-about" },
        element("span", { class: "triage-file-description" }, file.description),
        file.status === "ok" ? null : element("span", { class: "triage-tag" }, STATUS[file.status] ?? file.status),
        file.reason ? element("span", { class: "triage-file-reason" }, file.reason) : null,
      ),
      toggle,
      panel,
    );
  }
}

function quarantineRemark(count: number): HTMLElement | null {
  if (count === 0) return null;
  const text = `${plural(count, "piece")} could not be read; case.quarantine() says where and why.`;
  return element("p", { class: "triage-remark triage-quarantine" }, text);
}
