// The module of the stack view: the stacks of an incident, its variants, its call tree, and what a person decides.

import type { RenderProps } from "@anywidget/types";
import { Announcer } from "./announce";
import { Caller, reason } from "./calls";
import { box, button, element, fill, heading, plural, titleLevel } from "./dom";
import { failure, waiting } from "./failure";
import { keepKeys } from "./keys";
import { nameRoot } from "./landmark";
import { CallTree } from "./stack_calls";
import { Decision, type Verb } from "./stack_decide";
import { StackTree } from "./stack_tree";
import type { Head, StackCalls, VariantRow } from "./stack_types";
import { variantSection } from "./stack_variants";

const LOST = "The kernel was restarted or stopped. What is shown here stays; run the cell again for more.";
const VERBS: [Verb, string][] = [
  ["merge", "Merge…"],
  ["split", "Split…"],
  ["pin", "Pin…"],
];

function render({ model, el, experimental }: RenderProps): () => void {
  const view = new StackView(el);
  const caller = new Caller<StackCalls>(experimental, model, () => view.lost());
  view.start(caller);
  return () => caller.dispose();
}

class StackView {
  readonly #root = element("section", { class: "triage-root triage-stacks", tabindex: -1 });
  readonly #body = box("triage-body");
  readonly #alerts = box("triage-alerts");
  readonly #announcer = new Announcer();
  #caller: Caller<StackCalls> | null = null;
  #decision: Decision | null = null;
  #tree: StackTree | null = null;
  #variants: HTMLElement | null = null;
  #level = 3;
  #shown: Head | null = null;
  #asked = 0;

  constructor(el: HTMLElement) {
    keepKeys(this.#root);
    this.#root.append(this.#announcer.node, this.#alerts, this.#body);
    nameRoot(this.#root, "Stacks");
    el.append(this.#root);
  }

  start(caller: Caller<StackCalls>): void {
    this.#caller = caller;
    this.#decision = new Decision(caller.call, (said) => void this.#load(null, said));
    this.#root.append(this.#decision.node);
    void this.#load(null, null);
  }

  lost(): void {
    if (this.#shown !== null) fill(this.#alerts, failure(LOST, null));
  }

  /** Ask for the incident as it is now, or after a decision, which is told then. */
  async #load(event: string | null, said: string | null): Promise<void> {
    if (this.#caller === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    this.#root.setAttribute("aria-busy", "true");
    this.#alerts.replaceChildren();
    if (this.#shown === null) fill(this.#body, waiting("Waiting for the kernel…"));
    try {
      const head = await this.#caller.call("head", { event });
      if (asked === this.#asked) this.#show(head, said);
    } catch (error) {
      if (asked === this.#asked) this.#fail(reason(error), () => void this.#load(event, said));
    }
    if (asked === this.#asked) this.#root.removeAttribute("aria-busy");
  }

  #fail(message: string, retry: () => void): void {
    if (this.#shown === null) this.#body.replaceChildren();
    const again = (): void => {
      this.#root.focus();
      retry();
    };
    fill(this.#alerts, failure(message, again));
  }

  #show(head: Head, said: string | null): void {
    if (this.#caller === null) return;
    this.#shown = head;
    nameRoot(this.#root, `Stacks: ${head.title}`);
    this.#level = titleLevel(this.#root);
    this.#tree = new StackTree(this.#level + 1, this.#caller.call, this.#announcer);
    const stackless = head.stacks.length === 0 && head.variants_in_all < 2;
    const calls = stackless ? null : new CallTree(this.#level + 1, head.variants_in_all > 1, this.#caller.call, this.#announcer);
    this.#variants = this.#side(head);
    fill(this.#body, this.#title(head), head.stacks.length === 0 ? null : this.#tree.node, this.#variants, calls?.node ?? null);
    this.#tree.show(head, treeTitle(head));
    if (said === null) return;
    fill(this.#alerts, element("p", { class: "triage-decided" }, said));
    this.#announcer.say(said);
    this.#body.querySelector<HTMLElement>(".triage-title")?.focus();
  }

  #side(head: Head): HTMLElement | null {
    return variantSection(head, this.#level + 1, (variant) => void this.#choose(variant));
  }

  /** Show the stacks of a variant; the rest of the page stays as it is. */
  async #choose(variant: VariantRow): Promise<void> {
    try {
      const head = await this.#caller?.call("head", { event: variant.event_id });
      if (head === undefined) return;
      this.#shown = head;
      const side = this.#side(head);
      if (side !== null) this.#variants?.replaceWith(side);
      this.#variants = side;
      this.#tree?.show(head, treeTitle(head));
      this.#tree?.focusTitle();
      this.#announcer.say(`The stacks of variant ${variant.number} are shown`);
    } catch (error) {
      fill(this.#alerts, failure(reason(error), null));
    }
  }

  #title(head: Head): HTMLElement {
    const facts = head.facts.map(([label, value]) => {
      const long = value.length > 48 || label === "What counted";
      return element("div", { class: long ? "triage-fact triage-fact-long" : "triage-fact" }, element("dt", { class: "triage-label" }, label), element("dd", { class: "triage-fact-value" }, value));
    });
    const verbs = VERBS.map(([verb, label]) =>
      button(label, () => this.#shown !== null && this.#decision?.open(verb, this.#shown), { "aria-haspopup": "dialog" }),
    );
    return box(
      head.stacks.length === 0 ? "triage-head" : "triage-head triage-crash",
      heading(this.#level, { class: "triage-title", tabindex: -1 }, head.title),
      facts.length === 0 ? null : element("dl", { class: "triage-facts" }, ...facts),
      head.decides && head.incident_id !== "" ? element("div", { class: "triage-bar triage-verbs", role: "group", "aria-label": "Decide what belongs together" }, ...verbs) : null,
    );
  }
}

/** `3 stacks of the newest event`, or of the variant whose event is shown. */
function treeTitle(head: Head): string {
  const variant = head.variants.find((one) => one.event_id === head.event_id);
  const of = head.variants_in_all > 1 && variant !== undefined ? `the newest event of variant ${variant.number}` : "the newest event";
  return `${plural(head.stacks_in_all, "stack")} of ${of}`;
}

export default { render };
