// One question at a time, above the foot of the dialog: a reason, a name, a path, or a confirmation.

import type { Announcer } from "./announce";
import { reason } from "./calls";
import { bar, box, button, type Child, element, fill, uniqueId } from "./dom";
import { textField } from "./field";

export interface Question {
  title: string;
  about: Child[];
  /** The label of the text that is asked for; without it only a yes or no. */
  label?: string;
  value?: string;
  submit: string;
  cancel?: string;
  answer: (text: string) => Promise<unknown>;
}

export class Ask {
  readonly node = box("triage-asks");
  /** Where the focus goes when it is put away. */
  back: Element | null = null;

  constructor(private readonly announcer: Announcer) {}

  get open(): boolean {
    return this.node.firstChild !== null;
  }

  /** Put a question; the focus goes to its field, or to the button that changes nothing. */
  put(question: Question): void {
    if (!this.open) this.back = document.activeElement;
    const [title, about, wrong] = [uniqueId(), uniqueId(), uniqueId()];
    const error = element("p", { id: wrong });
    const field = textField({ "aria-required": "true", "aria-describedby": `${about} ${wrong}` });
    field.value = question.value ?? "";
    const keep = button(question.cancel ?? "Back", () => this.close(), { "aria-describedby": about });
    const form = element(
      "form",
      { class: "triage-ask", "aria-labelledby": title, novalidate: true },
      element("p", { class: "triage-ask-title", id: title }, question.title),
      element("div", { class: "triage-ask-about", id: about }, ...question.about),
      question.label === undefined ? null : element("label", { class: "triage-ask-label", for: field.id }, `${question.label} (required)`),
      question.label === undefined ? null : field,
      error,
      bar(keep, element("button", { type: "submit", class: "triage-button triage-strong" }, question.submit)),
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.#answer(form, question, field, error);
    });
    fill(this.node, form);
    (question.label === undefined ? keep : field).focus();
    field.select();
  }

  /** Put it away; the focus goes back to where it was, as far as that is still there. */
  close(): void {
    this.node.replaceChildren();
    if (this.back instanceof HTMLElement && this.back.isConnected) this.back.focus();
    if (!this.node.parentElement?.contains(document.activeElement)) this.node.parentElement?.focus();
  }

  /** Answer the question of a title with what is in its field; no other question is answered so. */
  submit(title: string): void {
    if (this.node.querySelector(".triage-ask-title")?.textContent === title) this.node.querySelector("form")?.requestSubmit();
  }

  async #answer(form: HTMLElement, question: Question, field: HTMLInputElement, error: HTMLElement): Promise<void> {
    if (form.ariaBusy === "true") return;
    const text = field.value.trim();
    let message = "";
    if (question.label !== undefined && text === "") message = `${question.label}: fill this in.`;
    else {
      form.ariaBusy = "true";
      error.className = "triage-remark";
      fill(error, "Waiting for the kernel…");
      this.announcer.say("Waiting for the kernel");
      try {
        await question.answer(text);
        if (form.isConnected) this.close();
        return;
      } catch (failed) {
        message = reason(failed);
      }
      form.ariaBusy = "false";
    }
    field.setAttribute("aria-invalid", "true");
    error.className = "triage-failure-text";
    fill(error, message);
    this.announcer.say(message);
    field.focus();
  }
}
