// The files that would leave, each with its size, findings and state, and what can be done with it.

import type { Ask } from "./review_ask";
import { bar, box, breakable, button, type Child, element, fill, words } from "./dom";
import type { Session } from "./review_session";
import type { ReviewFile, Summary } from "./review_types";
import { found, kinds, stateOf } from "./review_words";

const STEP = 100;

/** What can be done with a whole file. The counts at the head of the dialog say what became of it. */
export class FileActions {
  constructor(
    private readonly session: Session,
    private readonly ask: Ask,
  ) {}

  /** Leave it out, or take it in again. */
  drop({ number, path, state }: ReviewFile): void {
    if (state === "dropped") return void this.session.try("keep", { number });
    this.ask.put({
      title: `Drop ${path}`,
      about: ["It will not be in the archive; its name and your reason will be recorded."],
      label: "Reason for dropping it",
      submit: "Drop the file",
      answer: (reason) => this.session.change("drop", { number, reason }),
    });
  }

  /** Put the original of a binary file in, unmasked, or take it out again. */
  original({ number, path, original }: ReviewFile): void {
    if (original) return void this.session.try("exclude_original", { number });
    this.ask.put({
      title: `Include the original of ${path}`,
      about: ["Nothing in it is masked: memory and pictures may hold passwords and personal data."],
      label: "Reason for including it",
      submit: "Include the original",
      answer: (reason) => this.session.change("include_original", { number, reason }),
    });
  }

  skip(files: ReviewFile[]): void {
    void this.session.attempt(async () => {
      for (const { number } of files) await this.session.change("skip", { number });
    });
  }
}

export class FileList {
  readonly node = box("triage-leaving");
  readonly #list = element("ol", { class: "triage-leaves", role: "list", "aria-label": "Files that would leave" });
  readonly #more = button("Show more files", () => this.#showMore());
  #shown = STEP;
  #current: number | null = null;

  constructor(
    private readonly session: Session,
    private readonly actions: FileActions,
    private readonly open: (number: number) => void,
  ) {
    this.node.append(this.#list, this.#more);
    session.listen((summary) => this.#draw(summary));
  }

  /** Say which file is open. */
  mark(number: number): void {
    this.#current = number;
    const index = this.session.summary?.files.findIndex((file) => file.number === number) ?? 0;
    this.#shown = Math.max(this.#shown, index + 1);
    if (this.session.summary !== null) this.#draw(this.session.summary);
    this.#list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }

  #showMore(): void {
    const first = this.#shown;
    this.#shown += STEP;
    if (this.session.summary !== null) this.#draw(this.session.summary);
    this.#list.children[first]?.querySelector("button")?.focus();
  }

  /** Draw it anew; the focus stays on the button that it was on, or on the name of the same file. */
  #draw(summary: Summary): void {
    const focused = document.activeElement;
    const key = focused instanceof HTMLElement && this.#list.contains(focused) ? focused.dataset["key"] : undefined;
    fill(this.#list, ...summary.files.slice(0, this.#shown).map((file) => this.#item(file)));
    this.#more.hidden = this.#shown >= summary.files.length;
    if (key === undefined) return;
    const find = (name: string): HTMLElement | null => this.#list.querySelector(`[data-key="${name}"]`);
    (find(key) ?? find(key.replace(/^\w+/, "open")))?.focus();
  }

  #item(file: ReviewFile): HTMLElement {
    const { number, path, state } = file;
    const act = (label: string, key: string, press: () => void): Child =>
      button(label, press, { class: "triage-button", "data-key": `${key}-${number}`, "aria-label": `${label} ${path}` });
    const name = button("", () => this.open(number), {
      class: "triage-button triage-link",
      "data-key": `open-${number}`,
      "aria-current": number === this.#current ? "true" : null,
    });
    fill(name, ...breakable(path));
    return element(
      "li",
      { class: `triage-leaf triage-leaf-${state}` },
      name,
      words("triage-leaf-about", [file.size, file.description, found(file.finding_count)].filter(Boolean).join(" · ")),
      kinds(file.findings),
      bar(
        words("triage-leaf-state", stateOf(file) + (file.original ? " · ! with its original" : "")),
        state === "unseen" ? act("Skip", "skip", () => this.actions.skip([file])) : null,
        act(state === "dropped" ? "Keep" : "Drop…", "drop", () => this.actions.drop(file)),
      ),
      file.reason === "" ? null : words("triage-leaf-about", `Reason: ${file.reason}`),
    );
  }
}
