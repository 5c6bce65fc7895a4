// The review as the kernel has it. Every part of the view draws what stands here, and asks for changes here.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { box, fill } from "./dom";
import { failure, waiting } from "./failure";
import type { ReviewCalls, ReviewFile, Saved, Summary, Verbs } from "./review_types";

/** So long an answer may take before that is said. */
const SLOW_MS = 600;

export class Session {
  readonly alerts = box("triage-alerts");
  summary: Summary | null = null;
  saved: Saved | null = null;
  #listeners: ((summary: Summary) => void)[] = [];

  constructor(
    readonly call: Call<ReviewCalls>,
    readonly announcer: Announcer,
  ) {}

  listen(listener: (summary: Summary) => void): void {
    this.#listeners.push(listener);
    if (this.summary !== null) listener(this.summary);
  }

  /** Ask for a change that needs no answer of its own; where it fails, that is shown. */
  async try<Name extends keyof Verbs>(name: Name, input: Verbs[Name][0]): Promise<void> {
    await this.attempt(() => this.change(name, input));
  }

  /** Ask for a change, or for nothing but the summary. */
  async change<Name extends keyof Verbs>(name: Name, input: Verbs[Name][0]): Promise<Summary> {
    const next = (await (this.call as (name: string, input: unknown) => Promise<unknown>)(name, input)) as Summary;
    this.summary = next;
    this.alerts.replaceChildren();
    if (next.state === "open") this.saved = null;
    for (const listener of this.#listeners) listener(next);
    return next;
  }

  get frozen(): boolean {
    return this.summary?.state === "approved" || this.summary?.state === "saved";
  }

  file(number: number): ReviewFile | undefined {
    return this.summary?.files.find((file) => file.number === number);
  }

  /** Do it, or show why it failed and a way to try again. An alert is for a gate that did not open alone. */
  async attempt(work: () => Promise<unknown>): Promise<void> {
    const waits = waiting("Waiting for the kernel…");
    const timer = setTimeout(() => fill(this.alerts, waits), SLOW_MS);
    this.alerts.replaceChildren();
    try {
      await work();
    } catch (error) {
      this.fail(reason(error), work);
    }
    clearTimeout(timer);
    waits.remove();
  }

  fail(message: string, work: (() => Promise<unknown>) | null, gate = false): void {
    const again = (): void => {
      this.alerts.parentElement?.focus();
      if (work !== null) void this.attempt(work);
    };
    fill(this.alerts, failure(message, work === null ? null : again, gate));
    if (!gate) this.announcer.say(message);
  }
}
