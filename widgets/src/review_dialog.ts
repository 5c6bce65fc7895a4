// The dialog of the review: a native modal, titled, described, left by Escape.

import { copyButton, copyRow } from "./copy";
import { bar, box, element, fill, heading, uniqueId } from "./dom";
import { keepPointer } from "./keys";
import { Approval } from "./review_approval";
import { Ask } from "./review_ask";
import { FilePane } from "./review_file";
import { FileActions, FileList } from "./review_files";
import { Keys } from "./review_keys";
import { SearchBox } from "./review_search";
import type { Session } from "./review_session";
import type { Summary } from "./review_types";
import { counts, kinds, left } from "./review_words";

const ABOUT = "This is what the archive would hold. Originals stay in the kernel; what was masked never comes to this page. Nothing leaves before you approve and save it.";
/** So long the focus waits for what it was on to be shown again. */
const REFOCUS_FRAMES = 60;

export class ReviewDialog {
  readonly node: HTMLDialogElement;
  readonly #title: HTMLElement;
  readonly #ids = box("triage-ids");
  readonly #kinds = box("triage-all");
  readonly #absent = box("triage-absent");
  readonly #counts = element("p", { role: "status", class: "triage-counts" });
  readonly #main: HTMLElement;
  readonly #ask: Ask;
  readonly #keys: Keys;
  readonly #search: SearchBox;
  readonly #pane: FilePane;

  constructor(
    private readonly session: Session,
    level: number,
  ) {
    this.#ask = new Ask(session.announcer);
    const actions = new FileActions(session, this.#ask);
    this.#pane = new FilePane(session, this.#ask, actions, level + 1, (number) => files.mark(number));
    const files = new FileList(session, actions, (number) => void this.#pane.open(number));
    const foot = new Approval(session, this.#ask, actions, () => this.node.close());
    this.#search = new SearchBox(session, (hit) => void this.#pane.open(hit.number, hit.page, hit.line));
    this.#keys = this.#shortcuts(foot);
    const [title, about] = [uniqueId(), uniqueId()];
    this.#title = heading(level, { class: "triage-title", id: title, tabindex: -1 }, "Review before sharing");
    this.#main = box("triage-main", box("triage-side", this.#search.node, files.node), this.#pane.node);
    this.#main.hidden = true;
    const says = element("p", { class: "triage-about", id: about }, ABOUT);
    const head = box("triage-head", bar(this.#title, this.#keys.toggle), says, this.#counts, this.#ids, this.#kinds, this.#absent);
    this.node = element("dialog", { class: "triage-dialog", "aria-labelledby": title, "aria-describedby": about, tabindex: -1 });
    this.node.append(head, this.#keys.help, this.#main, this.#ask.node, foot.node);
    this.#listen();
    session.listen((summary) => this.#draw(summary));
  }

  /** Open it on its heading, and ask for how things stand. What is told, is told in here: all else is inert now. */
  open(): void {
    this.node.prepend(this.session.announcer.node);
    this.#ask.node.before(this.session.alerts);
    this.node.showModal();
    this.#title.focus();
    if (this.session.summary === null) fill(this.#counts, "Waiting for the kernel…");
    void this.session.try("summary", {});
  }

  #shortcuts(foot: Approval): Keys {
    return new Keys({
      n: () => void this.#pane.step(1),
      p: () => void this.#pane.step(-1),
      m: () => void this.#pane.toggleCurrent(),
      f: () => this.#pane.nextFile(),
      d: () => this.#pane.dropCurrent(),
      "/": () => this.#search.field.focus(),
      "?": () => this.#keys.show(this.#keys.help.hidden === true),
      "Ctrl+Enter": () => foot.approve(),
      Escape: () => this.#escape(),
    });
  }

  #escape(): void {
    if (this.#ask.open) this.#ask.close();
    else if (!this.#keys.help.hidden) this.#keys.show(false);
    else if (!(this.#search.node.contains(document.activeElement) && this.#search.clear())) this.node.close();
    else this.#search.field.focus();
  }

  #listen(): void {
    keepPointer(this.node);
    this.node.addEventListener("keydown", (event) => {
      // All but saving the notebook: the palette of Lab would open behind the dialog.
      if (!(event.ctrlKey && event.key === "s")) event.stopPropagation();
      this.#keys.press(event);
    });
    this.node.addEventListener("focusout", ({ target }) => {
      // Not where a person left for the browser's own bar: what is left is still shown.
      if (target instanceof HTMLElement && !target.checkVisibility()) this.#refocus(target, REFOCUS_FRAMES);
    });
    this.node.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#escape();
    });
  }

  /** Lab hides itself for a moment when its theme changes, and what is hidden has no focus: put it back. */
  #refocus(lost: HTMLElement, frames: number): void {
    requestAnimationFrame(() => {
      if (frames === 0 || !this.node.open || document.activeElement !== document.body) return;
      (lost.isConnected ? lost : this.node).focus();
      this.#refocus(lost, frames - 1);
    });
  }

  #draw(summary: Summary): void {
    this.#main.hidden = summary.files.length === 0;
    fill(this.#counts, counts(summary));
    fill(this.#kinds, kinds(summary.totals));
    if (this.#absent.firstChild === null) fill(this.#absent, ...left(summary));
    if (this.#ids.firstChild !== null) return;
    const { announcer, call } = this.session;
    const { crash_id, bundle } = summary;
    const crash = crash_id === "" ? null : copyRow("Crash id", crash_id, copyButton("Copy id", "the crash id", () => crash_id, announcer));
    fill(this.#ids, crash, copyRow("Bundle", bundle, copyButton("Copy bundle path", "the bundle path", () => call("path", {}), announcer)));
  }
}
