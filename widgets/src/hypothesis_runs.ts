// The runs about an incident: which one is shown, and which one beside it.

import { button, element, heading, plural, uniqueId } from "./dom";
import { clockText } from "./clock";
import type { RunRow } from "./hypothesis_types";

export interface Choice {
  shown: string | null;
  beside: string | null;
}

export function runsSection(level: number, runs: RunRow[], choice: Choice, choose: (choice: Choice) => void): HTMLElement | null {
  if (runs.length < 2) return null;
  const id = uniqueId();
  const head = ["Begun", "Asked", "Status", "Likeliest", "Show"].map((name) => element("th", { scope: "col" }, name));
  const rows = runs.map((run) => {
    const name = `${run.name}, ${run.created}`;
    const show = button("Show", () => choose({ shown: run.run_id, beside: choice.beside === run.run_id ? null : choice.beside }), {
      "aria-label": `Show ${name}`,
      "aria-pressed": String(run.run_id === choice.shown),
      "data-by": `show ${run.run_id}`,
    });
    const beside = button("Beside", () => choose({ ...choice, beside: run.run_id === choice.beside ? null : run.run_id }), {
      "aria-label": `Show ${name} beside the other`,
      "aria-pressed": String(run.run_id === choice.beside),
      "data-by": `beside ${run.run_id}`,
    });
    const took = run.took === null ? "" : ` after ${clockText(run.took)}`;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, run.created),
      element("td", {}, run.name),
      element("td", {}, run.status + took),
      element("td", { class: "triage-run-about" }, run.about),
      element("td", {}, show, " ", run.run_id === choice.shown ? null : beside),
    );
  });
  const table = element("table", { class: "triage-table triage-runs" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  return element(
    "div",
    { class: "triage-section", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-heading", id }, plural(runs.length, "run")),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Runs", tabindex: 0 }, table),
  );
}
