// The module of the panel of hypotheses: what would be sent, who is asked, the run, its answer, and the runs before.

import type { RenderProps } from "@anywidget/types";
import { Announcer } from "./announce";
import { Caller, Refused, reason } from "./calls";
import { clockText } from "./clock";
import { box, element, fill, heading, plural, titleLevel } from "./dom";
import { failure, waiting } from "./failure";
import { Asking } from "./hypothesis_ask";
import { type Doing, Pending, runCard, unverified } from "./hypothesis_run";
import { type Choice, runsSection } from "./hypothesis_runs";
import { Sending } from "./hypothesis_sent";
import type { Head, HypothesisCalls, Question, RunPage, RunRow } from "./hypothesis_types";
import { keepKeys } from "./keys";
import { nameRoot } from "./landmark";

const LOST = "The kernel was restarted or stopped. Run the cell again for more.";
const INTERRUPTED = "The kernel was restarted or stopped, and the run with it: it counts as interrupted. Run the cell again.";
const POLL_MS = 1_000;

function render({ model, el, experimental }: RenderProps): () => void {
  const panel = new Panel(el);
  const caller = new Caller<HypothesisCalls>(experimental, model, () => panel.lost());
  panel.start(caller);
  return () => {
    panel.stop();
    caller.dispose();
  };
}

class Panel {
  readonly #root = element("section", { class: "triage-root triage-hypotheses", tabindex: -1 });
  readonly #body = box("triage-body");
  readonly #alerts = box("triage-alerts");
  readonly #results = box("triage-results");
  readonly #others = box("triage-others");
  readonly #announcer = new Announcer();
  readonly #pages = new Map<string, RunPage>();
  #caller: Caller<HypothesisCalls> | null = null;
  #doing: Doing | null = null;
  #asking: Asking | null = null;
  #pending: Pending | null = null;
  #runs: RunRow[] = [];
  #choice: Choice = { shown: null, beside: null };
  #level = 3;
  #timer = 0;
  #drawn = 0;
  #stopped = false;
  #lost = false;

  constructor(el: HTMLElement) {
    keepKeys(this.#root);
    this.#root.append(this.#announcer.node, this.#alerts, this.#body);
    nameRoot(this.#root, "Hypotheses");
    el.append(this.#root);
  }

  start(caller: Caller<HypothesisCalls>): void {
    this.#caller = caller;
    void this.#load();
  }

  /** The view goes away; a run goes on in the kernel. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    this.#pending?.clock.stop();
  }

  lost(): void {
    this.#lost = true;
    clearTimeout(this.#timer);
    this.#pending?.clock.stop();
    if (this.#doing === null) return;
    fill(this.#alerts, failure(this.#pending === null ? LOST : INTERRUPTED, null));
    if (this.#pending !== null) fill(this.#results, element("p", { class: "triage-waiting" }, `Interrupted after ${this.#pending.clock.node.textContent}.`));
    this.#pending = null;
    this.#asking?.hold(true);
  }

  async #load(): Promise<void> {
    if (this.#caller === null) return;
    this.#alerts.replaceChildren();
    if (this.#doing === null) fill(this.#body, waiting("Waiting for the kernel…"));
    try {
      this.#show(await this.#caller.call("head", {}), this.#caller);
    } catch (error) {
      if (this.#doing === null) this.#body.replaceChildren();
      const again = (): void => {
        this.#root.focus();
        void this.#load();
      };
      fill(this.#alerts, failure(reason(error), again));
    }
  }

  #show(head: Head, caller: Caller<HypothesisCalls>): void {
    this.#lost = false;
    nameRoot(this.#root, `Hypotheses: ${head.title}`);
    this.#level = titleLevel(this.#root);
    const sending = new Sending(this.#level + 1, head.sent, caller.call, this.#announcer);
    this.#doing = { call: caller.call, announcer: this.#announcer, go: (line) => void sending.go(line), cancel: (run) => void this.#cancel(run) };
    this.#asking = new Asking(this.#level + 1, head, (question) => void this.#ask(question));
    const title = box("triage-head", heading(this.#level, { class: "triage-title", tabindex: -1 }, head.title), element("p", { class: "triage-remark" }, unverified(), " What a model or rules say here is text about a report; nothing of it is run."));
    fill(this.#body, title, sending.node, this.#asking.node, this.#results, this.#others);
    this.#take(head.runs);
    this.#choice = { shown: head.runs[0]?.run_id ?? null, beside: null };
    void this.#draw();
  }

  /** Know how the runs stand, and look again while one goes on. */
  #take(runs: RunRow[]): void {
    this.#runs = runs;
    clearTimeout(this.#timer);
    const waits = runs.some((run) => run.status === "pending");
    this.#asking?.hold(waits);
    if (waits && !this.#stopped) this.#timer = window.setTimeout(() => void this.#poll(), POLL_MS);
  }

  async #poll(): Promise<void> {
    const before = this.#runs.filter((run) => run.status === "pending").map((run) => run.run_id);
    let ended: RunRow | undefined;
    try {
      const standing = (await this.#doing?.call("standing", { runs: before })) ?? [];
      ended = standing.find((run) => run.status !== "pending");
      const shown = standing.find((run) => run.run_id === this.#choice.shown);
      if (shown?.elapsed != null) this.#pending?.clock.start(shown.elapsed);
      // What the folder lost meanwhile is no longer pending either.
      const all = ended === undefined && standing.length === before.length ? this.#runs : await this.#doing?.call("runs", {});
      if (all !== undefined && !this.#stopped) this.#take(all);
    } catch {
      // A kernel that is busy answers later; the time goes on without it.
      if (!this.#stopped && !this.#lost) this.#take(this.#runs);
      return;
    }
    if (ended === undefined || this.#stopped) return;
    this.#announcer.say(`${ended.name}: ${ended.status}${ended.took === null ? "" : ` after ${clockText(ended.took)}`}. ${ended.about}`);
    const within = this.#results.contains(document.activeElement);
    await this.#draw();
    if (within) this.#focus();
  }

  async #ask(question: Question): Promise<void> {
    if (this.#doing === null) return;
    const name = question.engine === "rules" ? "rules, no model" : question.model;
    this.#alerts.replaceChildren();
    this.#asking?.hold(true);
    this.#wait(new Pending(this.#level + 1, name, null, ""), 0);
    this.#announcer.say(`Asking ${name}`);
    try {
      const { run, cached, runs } = await this.#doing.call("ask", question);
      this.#take(runs);
      this.#choice = { shown: run, beside: null };
      const said = cached ? "The same question was answered before: shown is that answer. To ask again, tick “Ask anew”." : "";
      if (said !== "") fill(this.#alerts, element("p", { class: "triage-decided" }, said));
      await this.#draw();
      const row = runs.find((one) => one.run_id === run);
      if (row !== undefined && row.status !== "pending") this.#announcer.say(`${said} ${row.name}: ${row.status}. ${row.about}`);
    } catch (error) {
      if (this.#lost) return;
      this.#take(this.#runs);
      // What the kernel did not refuse it may still begin.
      fill(this.#alerts, failure(reason(error), error instanceof Refused ? null : () => void this.#load()));
      void this.#draw();
    }
  }

  async #cancel(run: RunRow): Promise<void> {
    try {
      await this.#doing?.call("cancel", { run: run.run_id });
      this.#announcer.say("Cancelling");
    } catch (error) {
      fill(this.#alerts, failure(reason(error), null));
    }
  }

  /** Draw the runs that are shown, and the list of all. */
  async #draw(): Promise<void> {
    const { shown, beside } = this.#choice;
    this.#drawn += 1;
    const drawn = this.#drawn;
    this.#list();
    const cards = await Promise.all([shown, beside].map((id) => (id === null ? null : this.#card(id))));
    if (drawn !== this.#drawn || this.#stopped) return;
    this.#results.classList.toggle("triage-results-two", beside !== null);
    const pending = cards.find((card) => card instanceof Pending) ?? null;
    const nodes = cards.map((card) => (card instanceof Pending ? card.node : card));
    if (this.#pending !== null && this.#pending !== pending) this.#pending.clock.stop();
    this.#pending = pending;
    fill(this.#results, ...(shown === null ? [element("p", { class: "triage-remark triage-none" }, "Nobody was asked yet.")] : nodes));
  }

  async #card(id: string): Promise<HTMLElement | Pending | null> {
    const run = this.#runs.find((one) => one.run_id === id);
    if (run === undefined || this.#doing === null) return null;
    if (run.status === "pending") {
      const said = run.mine ? "It goes on in the kernel, also while this page is closed." : "It goes on in another kernel or program.";
      const made = new Pending(this.#level + 1, run.name, run.mine ? () => this.#doing?.cancel(run) : null, said);
      made.clock.start(run.elapsed ?? 0);
      return made;
    }
    try {
      const page = this.#pages.get(id) ?? (await this.#doing.call("run", { run: id }));
      this.#pages.set(id, page);
      return runCard(this.#level + 1, page, this.#doing);
    } catch (error) {
      return failure(reason(error), () => void this.#draw());
    }
  }

  #wait(pending: Pending, elapsed: number): void {
    this.#drawn += 1;
    this.#pending?.clock.stop();
    this.#pending = pending;
    pending.clock.start(elapsed);
    this.#results.classList.remove("triage-results-two");
    fill(this.#results, pending.node);
  }

  #list(): void {
    const section = runsSection(this.#level + 1, this.#runs, this.#choice, (choice) => {
      this.#choice = choice;
      void this.#draw().then(() => {
        const count = this.#results.querySelectorAll(".triage-run").length;
        this.#announcer.say(count > 1 ? `${plural(count, "run")} side by side` : "One run is shown");
      });
    });
    const focused = document.activeElement;
    const held = focused instanceof HTMLElement && this.#others.contains(focused) ? focused.dataset["by"] : undefined;
    fill(this.#others, section);
    if (held !== undefined) this.#others.querySelector<HTMLElement>(`[data-by="${CSS.escape(held)}"]`)?.focus();
  }

  #focus(): void {
    this.#results.querySelector<HTMLElement>(".triage-run-title")?.focus();
  }
}

export default { render };
