// Who is asked: the rules or a model, which one, and whether anew.

import { box, element, heading, uniqueId } from "./dom";
import { textField } from "./field";
import type { Engine, Head, Question } from "./hypothesis_types";

export class Asking {
  readonly node: HTMLElement;
  readonly #run = element("button", { type: "submit", class: "triage-button triage-strong" }, "Run");
  readonly #model: HTMLInputElement;
  readonly #fresh = element("input", { type: "checkbox", id: uniqueId() });
  #engine: string;
  #held = false;

  constructor(level: number, head: Head, run: (question: Question) => void) {
    const id = uniqueId();
    const name = uniqueId();
    this.#engine = head.engines.find((engine) => engine.why === "")?.name ?? "";
    this.#model = textField({ maxlength: "200" });
    this.#model.value = head.model;
    const form = element(
      "form",
      { class: "triage-ask", novalidate: true },
      element("fieldset", { class: "triage-options" }, element("legend", {}, "Who is asked"), ...head.engines.map((engine) => this.#option(engine, name))),
      box("triage-ask-model", element("label", { for: this.#model.id }, "Model"), this.#model),
      box("triage-option", this.#fresh, element("label", { for: this.#fresh.id }, "Ask anew, though the same question may have been answered before")),
      this.#run,
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.#held && this.#engine !== "") run({ engine: this.#engine, model: this.#model.value, fresh: this.#fresh.checked });
    });
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, heading(level, { class: "triage-heading", id }, "Ask"), form);
    this.hold(false);
  }

  /** While a run goes on, no other is begun. */
  hold(held: boolean): void {
    this.#held = held;
    this.#run.setAttribute("aria-disabled", String(held || this.#engine === ""));
    this.#model.parentElement?.toggleAttribute("hidden", this.#engine !== "gemini");
  }

  #option(engine: Engine, name: string): HTMLElement {
    const [id, aboutId] = [uniqueId(), uniqueId()];
    const input = element("input", { type: "radio", name, value: engine.name, id, "aria-describedby": aboutId, disabled: engine.why !== "" });
    input.checked = engine.name === this.#engine;
    input.addEventListener("change", () => {
      this.#engine = engine.name;
      this.hold(this.#held);
    });
    const about = element("p", { class: "triage-remark", id: aboutId }, engine.why === "" ? engine.about : `Cannot be asked. ${engine.why}`);
    return box("triage-option", input, box("triage-option-text", element("label", { for: id }, engine.label), about));
  }
}
