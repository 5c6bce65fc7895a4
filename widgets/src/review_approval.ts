// The foot of the dialog: what approval still waits for, approving, saving, discarding. Closing without any is the default.

import { reason, Refused } from "./calls";
import { copyButton, copyRow } from "./copy";
import { bar, box, button, element, fill, plural, uniqueId } from "./dom";
import type { Ask } from "./review_ask";
import type { FileActions } from "./review_files";
import { keyed } from "./review_keys";
import type { Session } from "./review_session";
import type { Summary } from "./review_types";
import { named, paths } from "./review_words";

const TITLE = "Approve what leaves";

export class Approval {
  readonly node = box("triage-foot");
  readonly #says = element("div", { class: "triage-says", id: uniqueId() });
  readonly #skip = button("", () => this.#skipRest(), { hidden: true });
  readonly #discard = button("Discard…", () => this.#askDiscard());
  readonly #approve = keyed(button("Approve…", () => this.approve(), { class: "triage-button triage-strong", "aria-describedby": this.#says.id }), "Ctrl+Enter");
  readonly #save = button("Save…", () => this.#askSave(), { hidden: true, class: "triage-button triage-strong", "aria-describedby": this.#says.id });
  readonly #cancel: HTMLButtonElement;
  #name = "";
  #notice = "";

  constructor(
    private readonly session: Session,
    private readonly ask: Ask,
    private readonly actions: FileActions,
    private readonly close: () => void,
  ) {
    this.#cancel = button("Cancel", close);
    this.node.append(this.#says, bar(this.#cancel, this.#discard, this.#skip, this.#save, this.#approve));
    session.listen((summary) => this.#draw(summary));
  }

  /** Ask for the name, where nothing stands in the way. */
  approve(): void {
    const { summary, frozen, announcer } = this.session;
    if (this.ask.open) return this.ask.submit(TITLE);
    if (summary === null) return;
    if (frozen || summary.unopened > 0) return announcer.say(this.#says.textContent ?? "");
    const lines = [
      named("Skipped, so that nobody read them:", paths(summary, "skipped")),
      this.#partly(summary),
      named("Not masked:", Object.entries(summary.unmasked).map(([mask, why]) => `${mask}: ${why}`)),
      named("Included as originals, unmasked:", summary.files.filter((file) => file.original).map((file) => file.path)),
      named("Dropped, so that they do not leave:", paths(summary, "dropped")),
      "Approving freezes these bytes: what is saved is what was reviewed. Your name is recorded in the archive.",
    ];
    this.ask.put({ title: TITLE, about: lines, label: "Your name", value: this.#name, submit: "Approve", answer: (by) => this.#approved(by) });
  }

  /** Of how many files not every page was shown; which, the list of files says. */
  #partly(summary: Summary): string | null {
    const count = summary.files.filter((file) => file.state === "opened" && file.seen < file.pages).length;
    return count === 0 ? null : `Of ${plural(count, "file")} not every page was shown; the archive will say so.`;
  }

  async #approved(by: string): Promise<void> {
    try {
      await this.session.change("approve", { by });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.ask.close();
      return this.session.fail(`Not approved: ${reason(error)}`, null, true);
    }
    this.#name = by;
    this.ask.back = this.#save;
    this.session.announcer.say("Approved and frozen");
  }

  #draw(summary: Summary): void {
    const { frozen, announcer } = this.session;
    const left = summary.unopened;
    this.#approve.hidden = frozen;
    this.#save.hidden = !frozen;
    this.#approve.setAttribute("aria-disabled", String(left > 0));
    this.#skip.hidden = left === 0;
    fill(this.#skip, `Skip the ${left} not opened`);
    fill(this.#cancel, frozen ? "Close" : "Cancel");
    fill(this.#save, summary.state === "saved" ? "Save again…" : "Save…");
    if (summary.notice !== "" && summary.notice !== this.#notice) announcer.say(summary.notice);
    this.#notice = summary.notice;
    const back = summary.notice === "" ? null : element("strong", { class: "triage-taken" }, `! ${summary.notice} `);
    const waits = left > 0 ? `Approval waits until every file was opened or skipped: ${plural(left, "file")} left.` : "Every file was opened, skipped or dropped. Nothing has left yet.";
    fill(this.#says, back, ...(frozen ? this.#frozen(summary) : [waits]));
  }

  #frozen(summary: Summary): (Node | string | null)[] {
    const { saved, announcer } = this.session;
    const done = saved === null ? "✓ Approved and frozen; not saved yet." : `✓ Saved ${saved.bytes.toLocaleString("en")} bytes to `;
    const digest = summary.digest ?? "";
    return [
      element("p", { class: "triage-done" }, done, saved === null ? null : element("code", {}, saved.path)),
      copyRow("SHA-256", digest, copyButton("Copy digest", "the digest", () => digest, announcer)),
    ];
  }

  #skipRest(): void {
    this.actions.skip(this.session.summary?.files.filter((file) => file.state === "unseen") ?? []);
    this.#approve.focus();
  }

  #askSave(): void {
    this.ask.put({
      title: "Save the archive",
      about: ["A path is taken from the folder that the notebook works in."],
      label: "Path",
      value: this.session.summary?.suggested ?? "",
      submit: "Save",
      answer: async (path) => {
        this.session.saved = await this.session.call("save", { path });
        await this.session.change("summary", {});
        this.session.announcer.say(`Saved to ${this.session.saved.path}`);
      },
    });
  }

  #askDiscard(): void {
    this.ask.put({
      title: "Discard the review?",
      about: ["The working copy, what was decided in it and an approval are deleted. The input and what was saved stay."],
      submit: "Discard",
      cancel: "Keep the review",
      answer: async () => {
        await this.session.change("discard", {});
        this.close();
      },
    });
  }
}
