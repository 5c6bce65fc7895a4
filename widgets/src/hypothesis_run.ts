// One run: pending with its time, failed with its reason, or answered with all that became of the answer.

import type { Announcer } from "./announce";
import { type Call, reason } from "./calls";
import { Clock } from "./clock";
import { copyButton } from "./copy";
import { disclosure } from "./disclosure";
import { bar, box, button, type Child, element, heading, plural, uniqueId, words } from "./dom";
import { failure } from "./failure";
import type { CheckRow, EvidenceRow, HypothesisCalls, HypothesisCard, PlaceRow, RunPage, RunRow } from "./hypothesis_types";

export const UNVERIFIED = "hypothesis, unverified";

/** The tag that stands wherever something of an answer does. */
export function unverified(): HTMLElement {
  return words("triage-tag triage-unverified", UNVERIFIED);
}

export interface Doing {
  call: Call<HypothesisCalls>;
  announcer: Announcer;
  /** Show a line of what would be sent. */
  go: (line: number) => void;
  cancel: (run: RunRow) => void;
}

/** A run that goes on. */
export class Pending {
  readonly node: HTMLElement;
  readonly clock = new Clock();

  constructor(level: number, name: string, cancel: (() => void) | null, said: string) {
    const id = uniqueId();
    const title = heading(level, { class: "triage-heading triage-run-title", id, tabindex: -1 }, `${name}: pending`);
    const stop = cancel === null ? null : button("Cancel", cancel);
    const remark = said === "" ? null : element("p", { class: "triage-remark" }, said);
    this.node = element("div", { class: "triage-run", role: "group", "aria-labelledby": id, "aria-busy": "true" }, title, bar(words("triage-run-waits", "Waiting for the answer"), this.clock.node, stop), remark);
  }
}

/** A run that is over. */
export function runCard(level: number, page: RunPage, doing: Doing): HTMLElement {
  const { run } = page;
  const id = uniqueId();
  const args = { run: run.run_id };
  const take = bar(
    copyButton("Copy findings", "the findings", () => doing.call("text", args), doing.announcer),
    button("Download JSON", () => void download(run, doing), {}),
  );
  const answered = page.summary !== "";
  const parts: Child[] = [
    heading(level, { class: "triage-heading triage-run-title", id, tabindex: -1 }, `${run.name}: ${run.status}`),
    bar(answered ? unverified() : null, words("triage-label", [run.created, ...page.facts.map(([label, value]) => `${label.toLowerCase()} ${value}`)].join(" · "))),
    page.error === "" ? null : failure(page.error, null, false),
    ...page.remarks.map((remark) => element("p", { class: "triage-remark" }, remark)),
    answered ? element("p", { class: "triage-run-summary" }, page.summary) : null,
    page.signature === "" ? null : element("p", { class: "triage-remark" }, words("triage-label", "Signature: "), element("code", {}, page.signature)),
    page.severity === "" ? null : element("p", { class: "triage-remark" }, words("triage-label", "Severity: "), page.severity),
    ...page.hypotheses.map((card, number) => hypothesis(level + 1, number + 1, card, doing)),
    ...list(level + 1, "What is missing", page.missing),
    ...list(level + 1, "Next steps", page.steps),
    ...list(level + 1, "Named in the answer, but not in the report", page.flags.map(([text, why]) => `${text}: ${why}`)),
    answered ? take : null,
  ];
  return element("div", { class: "triage-run", role: "group", "aria-labelledby": id }, ...parts);
}

function hypothesis(level: number, number: number, card: HypothesisCard, doing: Doing): HTMLElement {
  const id = uniqueId();
  const percent = Math.round(card.confidence * 100);
  const meter = words("triage-meter");
  meter.setAttribute("aria-hidden", "true");
  meter.style.setProperty("--triage-share", `${percent}%`);
  return element(
    "div",
    { class: "triage-hypothesis", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-hypothesis-title", id }, `${number}. ${card.title}`),
    bar(unverified(), words("triage-confidence", `confidence ${percent} %`), meter),
    ...part("Evidence", card.evidence.map((one) => evidence(one, doing))),
    ...part("Checks on the data", card.checks.map((one) => check(one, doing))),
    ...part("Next steps", card.next_steps.map((step) => element("li", {}, step))),
  );
}

function evidence(one: EvidenceRow, doing: Doing): HTMLElement {
  const mark = one.found === "" ? words("triage-tag triage-verdict-refuted", "not found in the report") : words("triage-tag triage-verdict-supported", one.found);
  return element("li", {}, element("q", { class: "triage-quote" }, one.text), " ", mark, ...places(one.places, "place", one.text, doing));
}

function check(one: CheckRow, doing: Doing): HTMLElement {
  const mark = words(`triage-tag triage-verdict-${one.verdict.replace(" ", "-")}`, one.verdict);
  return element("li", {}, mark, " ", words("triage-predicts", one.predicts), words("triage-label", ` (${one.why})`), ...places(one.rows, "row", one.predicts, doing));
}

/** Rows that something rests on: one as a link, several behind a disclosure. */
function places(rows: PlaceRow[], what: string, of: string, doing: Doing): Child[] {
  const items = rows.map((row) => {
    const told = row.text === "" ? row.words : `${row.words}: ${row.text}`;
    return row.line < 0 ? element("code", {}, told) : button(told, () => doing.go(row.line), { class: "triage-button triage-link triage-place" });
  });
  const only = items[0];
  if (only === undefined) return [];
  if (items.length === 1) return [box("triage-places", only)];
  const all = element("ul", { class: "triage-places" }, ...items.map((item) => element("li", {}, item)));
  const count = plural(items.length, what);
  const labels = { closed: `Show ${count}`, open: `Hide ${count}`, name: `of “${short(of)}”` };
  const toggle = disclosure(all, labels, (open) => {
    all.hidden = !open;
  });
  return [" ", toggle, all];
}

function part(name: string, items: HTMLElement[]): Child[] {
  if (items.length === 0) return [];
  const id = uniqueId();
  return [element("p", { class: "triage-label triage-part", id }, name), element("ul", { class: "triage-findings", "aria-labelledby": id }, ...items)];
}

function list(level: number, name: string, texts: string[]): Child[] {
  if (texts.length === 0) return [];
  const id = uniqueId();
  return [heading(level, { class: "triage-hypothesis-title", id }, name), element("ul", { class: "triage-findings", "aria-labelledby": id }, ...texts.map((text) => element("li", {}, text)))];
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

async function download(run: RunRow, doing: Doing): Promise<void> {
  try {
    const text = await doing.call("file", { run: run.run_id });
    const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    element("a", { href: url, download: `${run.run_id}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
    doing.announcer.say(`Saved ${plural(text.length, "character")} of JSON`);
  } catch (error) {
    doing.announcer.say(`Could not save the JSON: ${reason(error)}`);
  }
}
