// The view of `case.show()`: waits for the kernel, then shows one incident at a time.

import type { RenderProps } from "@anywidget/types";
import { Announcer } from "./announce";
import { Caller, reason } from "./calls";
import { element, fill, titleLevel } from "./dom";
import { failure, waiting } from "./failure";
import { FileSection } from "./files";
import { stackSection } from "./frames";
import { caseHead } from "./head";
import { incidentSection } from "./incidents";
import { keepKeys } from "./keys";
import { nameRoot } from "./landmark";
import type { CaseCalls, View } from "./types";

export function caseView({ model, el, experimental }: RenderProps): () => void {
  const view = new CaseView(el);
  const caller = new Caller<CaseCalls>(experimental, model, () => view.lost());
  view.start(caller);
  return () => caller.dispose();
}

class CaseView {
  readonly #root = element("section", { class: "triage-root" });
  readonly #body = element("div", { class: "triage-body" });
  readonly #alerts = element("div", { class: "triage-alerts" });
  readonly #announcer = new Announcer();
  #caller: Caller<CaseCalls> | null = null;
  #shown: View | null = null;
  #asked = 0;

  constructor(el: HTMLElement) {
    keepKeys(this.#root);
    this.#root.append(this.#announcer.node, this.#alerts, this.#body);
    nameRoot(this.#root, "Crash case");
    el.append(this.#root);
  }

  start(caller: Caller<CaseCalls>): void {
    this.#caller = caller;
    void this.#load(null);
  }

  /** The connection broke: what is shown stays, and a person knows why nothing more comes. */
  lost(): void {
    if (this.#shown === null) return;
    fill(this.#alerts, failure("The kernel was restarted or stopped. What is shown here stays; run the cell again for more.", null));
  }

  /** Show an incident, or the one seen last. */
  async #load(incident: string | null): Promise<void> {
    if (this.#caller === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    const first = this.#shown === null;
    this.#root.setAttribute("aria-busy", "true");
    this.#alerts.replaceChildren();
    if (first) fill(this.#body, waiting("Waiting for the kernel…"));
    else this.#announcer.say("Loading the incident");
    try {
      const view = await this.#caller.call("view", { incident });
      if (asked === this.#asked) this.#show(view, !first);
    } catch (error) {
      if (asked === this.#asked) this.#fail(reason(error), () => void this.#load(incident));
    }
    if (asked === this.#asked) this.#root.removeAttribute("aria-busy");
  }

  #fail(message: string, retry: () => void): void {
    if (this.#shown === null) this.#body.replaceChildren();
    fill(
      this.#alerts,
      failure(message, () => {
        this.#root.tabIndex = -1;
        this.#root.focus();
        retry();
      }),
    );
  }

  #show(view: View, focus: boolean): void {
    if (this.#caller === null) return;
    this.#shown = view;
    nameRoot(this.#root, `Crash case: ${view.title}`);
    const call = this.#caller.call;
    const level = titleLevel(this.#root);
    const parts = [
      caseHead(view, level, call, this.#announcer),
      stackSection(view, level + 1),
      incidentSection(view, level + 1, (incident) => void this.#load(incident)),
      new FileSection(view, level + 1, call, this.#announcer).node,
    ];
    fill(this.#body, ...parts);
    if (focus) this.#body.querySelector<HTMLElement>(".triage-title")?.focus();
  }
}
