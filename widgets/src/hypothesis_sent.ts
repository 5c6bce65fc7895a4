// What would be sent: its sections with what was cut of them, and the whole text, to read and to jump into.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { disclosure } from "./disclosure";
import { box, button, element, fill, heading, plural, uniqueId } from "./dom";
import { failure, waiting } from "./failure";
import type { HypothesisCalls, Reading, SectionRow, Sent } from "./hypothesis_types";

export class Sending {
  readonly node: HTMLElement;
  readonly #body = box("triage-sent-body");
  readonly #toggle: HTMLButtonElement;
  #lines: HTMLElement[] | null = null;
  #loading: Promise<void> | null = null;
  #found: HTMLElement | null = null;
  #back: HTMLElement | null = null;

  constructor(
    level: number,
    sent: Sent,
    private readonly call: Call<HypothesisCalls>,
    private readonly announcer: Announcer,
  ) {
    const id = uniqueId();
    const cut = sent.sections.filter((section) => section.chars_cut > 0).map((section) => section.name);
    const told = `${plural(sent.chars, "character")}, masked, in ${plural(sent.sections.length, "section")}; ${cut.length === 0 ? "nothing is cut." : `cut: ${cut.join(", ")}.`}`;
    this.#toggle = disclosure(this.#body, { closed: "Read it before it is sent", open: "Hide the text" }, (open) => {
      this.#body.hidden = !open;
      if (open) void this.#load();
    });
    const title = heading(level, { class: "triage-heading", id }, "What would be sent");
    const whole =
      sent.error === ""
        ? [element("p", { class: "triage-remark triage-remark-first" }, told), this.#table(sent.sections), this.#toggle, this.#body]
        : [failure(`Nothing can be sent: ${sent.error}`, null, false)];
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, title, ...whole);
  }

  /** Show a line of the text; Escape leads back to where the focus was. */
  async go(line: number): Promise<void> {
    const from = document.activeElement;
    if (this.#toggle.getAttribute("aria-expanded") === "false") this.#toggle.click();
    await this.#load();
    const place = this.#lines?.[line];
    if (place === undefined) return;
    this.#found?.classList.remove("triage-line-found");
    this.#found = place;
    if (from instanceof HTMLElement && !this.#body.contains(from)) this.#back = from;
    place.classList.add("triage-line-found");
    place.scrollIntoView({ block: "center" });
    place.focus();
    this.announcer.say(`Line ${line + 1} of what would be sent. Escape leads back.`);
  }

  /** The text is loaded once, whoever asks for it first. */
  #load(): Promise<void> {
    this.#loading ??= this.#read();
    return this.#loading;
  }

  async #read(): Promise<void> {
    fill(this.#body, waiting("Loading the text…"));
    try {
      this.#show(await this.call("reading", {}));
    } catch (error) {
      this.#loading = null;
      fill(this.#body, failure(reason(error), () => void this.#load()));
    }
  }

  #show(reading: Reading): void {
    this.#lines = reading.lines.map((line, number) => element("div", { class: reading.data[number] === true ? "triage-line" : "triage-line triage-line-heading", tabindex: -1 }, line === "" ? "\n" : line));
    const text = element("div", { class: "triage-reading", role: "group", tabindex: 0, "aria-label": "The text that would be sent" }, ...this.#lines);
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || this.#back === null) return;
      event.preventDefault();
      this.#back.focus();
    });
    fill(this.#body, text);
  }

  #table(sections: SectionRow[]): HTMLElement {
    const head = ["Section", "Lines", "Characters", "Cut"].map((name) => element("th", { scope: "col" }, name));
    const rows = sections.map((section) => {
      const jump = button(section.name, () => void this.go(section.line), { class: "triage-button triage-link", "aria-label": `Read the section ${section.name}` });
      const cut = section.chars_cut === 0 ? "" : `${plural(section.lines_cut, "line")}, ${plural(section.chars_cut, "character")}`;
      const name = element("th", { scope: "row" }, jump, `: ${section.title}`);
      return element("tr", {}, name, ...[section.lines.toLocaleString("en"), section.chars.toLocaleString("en"), cut].map((cell) => element("td", {}, cell)));
    });
    const table = element("table", { class: "triage-table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
    return element("div", { class: "triage-scroll", role: "group", "aria-label": "Sections", tabindex: 0 }, table);
  }
}
