// The dialog in which a person decides: merge, split or pin, each with a reason that goes into the journal.

import { type Call, reason } from "./calls";
import { bar, box, button, type Child, element, fill, heading, plural, uniqueId, words } from "./dom";
import { textField } from "./field";
import { keepPointer } from "./keys";
import type { Head, Other, Split, StackCalls } from "./stack_types";

export type Verb = "merge" | "split" | "pin";

const TYPING_MS = 250;
const TEXTS: Record<Verb, { title: string; about: string; submit: string }> = {
  merge: {
    title: "Merge with other incidents",
    about: "They become one incident, also for events that come later.",
    submit: "Merge",
  },
  split: {
    title: "Split this incident",
    about: "Each side becomes an incident of its own, and later events go to the side that they fit.",
    submit: "Split",
  },
  pin: {
    title: "Pin the event shown to another incident",
    about: "This one event belongs there from now on, whatever its stack says.",
    submit: "Pin",
  },
};

export class Decision {
  readonly node: HTMLDialogElement;
  #chosen = new Set<string>();

  constructor(
    private readonly call: Call<StackCalls>,
    private readonly done: (said: string) => void,
  ) {
    this.node = element("dialog", { class: "triage-dialog triage-decision", tabindex: -1 });
    keepPointer(this.node);
  }

  /** Ask for a decision about the incident shown; the browser gives the focus back when it closes. */
  open(verb: Verb, head: Head): void {
    const { title, about, submit } = TEXTS[verb];
    const [titleId, aboutId, wrongId] = [uniqueId(), uniqueId(), uniqueId()];
    this.#chosen.clear();
    const field = textField({ "aria-required": "true", "aria-describedby": wrongId, maxlength: "2000" });
    const error = element("p", { class: "triage-failure-text", id: wrongId, role: "alert" });
    const back = button("Cancel", () => this.node.close());
    const choice = verb === "split" ? this.#ways() : this.#incidents(verb);
    const form = element(
      "form",
      { class: "triage-decide", novalidate: true },
      heading(3, { class: "triage-title", id: titleId }, title),
      element("p", { class: "triage-about", id: aboutId }, about),
      element("p", { class: "triage-decide-this" }, words("triage-label", "Shown: "), head.title),
      choice,
      element("label", { class: "triage-decide-label", for: field.id }, "Reason (required; it goes into the journal)"),
      field,
      error,
      bar(back, element("button", { type: "submit", class: "triage-button triage-strong" }, submit)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#submit(verb, head, form, field, error);
    });
    this.node.setAttribute("aria-labelledby", titleId);
    this.node.setAttribute("aria-describedby", aboutId);
    fill(this.node, form);
    this.node.showModal();
    if (verb === "split") this.node.focus();
    else this.#first();
  }

  #first(): void {
    this.node.querySelector<HTMLElement>("input:enabled")?.focus();
  }

  async #submit(verb: Verb, head: Head, form: HTMLFormElement, field: HTMLInputElement, error: HTMLElement): Promise<void> {
    if (form.ariaBusy === "true") return;
    const why = field.value.trim();
    const ids = [...this.#chosen];
    const fail = (message: string, at: HTMLElement | null): void => {
      fill(error, message);
      field.setAttribute("aria-invalid", String(at === field));
      at?.focus();
    };
    if (ids.length === 0) return fail("Choose one first.", form.querySelector<HTMLElement>("fieldset input:enabled"));
    if (why === "") return fail("Give a reason: whoever reads the journal later will want to know.", field);
    form.ariaBusy = "true";
    fill(error, "");
    try {
      const said = await this.#send(verb, head, ids, why);
      this.node.close();
      this.done(said);
    } catch (failed) {
      fail(reason(failed), field);
    }
    form.ariaBusy = "false";
  }

  #send(verb: Verb, head: Head, ids: string[], why: string): Promise<string> {
    const first = ids[0] ?? "";
    if (verb === "merge") return this.call("merge", { ids, reason: why });
    if (verb === "split") return this.call("split", { by: first, reason: why });
    return this.call("pin", { event: head.event_id, incident: first, reason: why });
  }

  #option(kind: "radio" | "checkbox", name: string, value: string, ...label: Child[]): HTMLElement {
    const id = uniqueId();
    const input = element("input", { type: kind, name, value, id });
    input.checked = this.#chosen.has(value);
    input.addEventListener("change", () => {
      if (kind === "radio") this.#chosen.clear();
      if (input.checked) this.#chosen.add(value);
      else this.#chosen.delete(value);
    });
    return box("triage-option", input, element("label", { for: id }, ...label));
  }

  /** The ways to split; one by which nothing differs cannot be chosen. */
  #ways(): HTMLElement {
    const name = uniqueId();
    const list = box("triage-options-list", element("p", { class: "triage-remark" }, "Looking for what differs…"));
    const show = (ways: Split[]): void => {
      const options = ways.map(({ by, words: told, sides }) => {
        const says = sides < 2 ? " nothing differs so far" : ` ${sides} incidents`;
        const made = this.#option("radio", name, by, told, words("triage-option-about", says));
        const input = made.querySelector("input");
        if (input !== null) input.disabled = sides < 2;
        return made;
      });
      const waits = list.contains(document.activeElement) || document.activeElement === this.node;
      fill(list, ...options);
      if (waits) this.#first();
    };
    this.call("splits", {}).then(show, (error: unknown) => fill(list, reason(error)));
    return element("fieldset", { class: "triage-options" }, element("legend", {}, "How the incidents are told apart"), list);
  }

  /** The incidents to choose from, found by a part of their title. */
  #incidents(verb: Verb): HTMLElement {
    const name = uniqueId();
    const search = textField({ type: "search" });
    const list = box("triage-options-list");
    const found = element("p", { class: "triage-remark", role: "status" });
    let asked = 0;
    const show = (rows: Other[], inAll: number): void => {
      const kind = verb === "merge" ? "checkbox" : "radio";
      fill(list, ...rows.map((row) => this.#option(kind, name, row.incident_id, row.title, words("triage-option-about", ` ${row.about}`))));
      const beyond = inAll > rows.length ? `, the first ${rows.length} shown` : "";
      fill(found, inAll === 0 ? "No other incident has that in its title." : `${plural(inAll, "incident")}${beyond}`);
    };
    const load = async (): Promise<void> => {
      asked += 1;
      const own = asked;
      try {
        const { rows, in_all } = await this.call("others", { text: search.value });
        if (own === asked) show(rows, in_all);
      } catch (error) {
        if (own === asked) fill(found, reason(error));
      }
    };
    let timer = 0;
    search.addEventListener("input", () => {
      clearTimeout(timer);
      timer = window.setTimeout(() => void load(), TYPING_MS);
    });
    search.addEventListener("keydown", (event) => {
      // Enter in here would decide.
      if (event.key === "Enter") event.preventDefault();
    });
    void load();
    const legend = element("legend", {}, verb === "merge" ? "Which incidents are the same crash" : "Where it belongs");
    return box("triage-options-found", element("label", { for: search.id }, "Find incidents by title"), search, element("fieldset", { class: "triage-options" }, legend, list), found);
  }
}
