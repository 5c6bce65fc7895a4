// The words and symbols of the review: kinds, lengths, states.

import { disclosure } from "./disclosure";
import { box, type Child, element, plural } from "./dom";
import type { Finding, ReviewFile, Summary } from "./review_types";

export const STATES = {
  unseen: "○ not opened",
  opened: "✓ opened",
  skipped: "↷ skipped unseen",
  dropped: "✕ dropped",
};

/** The state of a file, and how much of it was seen where that is not all. */
export function stateOf(file: ReviewFile): string {
  const partly = file.state === "opened" && file.seen < file.pages;
  return partly ? `${STATES.opened}, ${file.seen.toLocaleString("en")} of ${file.pages.toLocaleString("en")} pages` : STATES[file.state];
}

/** `password, 8 to 15 characters`. */
export function was(finding: Finding): string {
  return `${kind(finding.kind)}, ${long(finding)} characters`;
}

export function long(finding: Finding): string {
  return `${finding.length}`.replace("-", " to ");
}

export function kind(name: string): string {
  return name.replaceAll("_", " ");
}

/** The findings by kind, most first. */
export function kinds(counts: Record<string, number>): HTMLElement | null {
  const sorted = Object.entries(counts).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (sorted.length === 0) return null;
  const items = sorted.map(([name, count]) => element("li", { class: "triage-kind" }, `${count.toLocaleString("en")} ${kind(name)}`));
  return element("ul", { class: "triage-kinds", role: "list", "aria-label": "Findings by kind" }, ...items);
}

export function found(count: number): string {
  return count === 0 ? "nothing found to mask" : plural(count, "finding");
}

/** What would leave, in a sentence. */
export function counts(summary: Summary): string {
  const leaving = summary.files.filter((file) => file.state !== "dropped");
  const findings = leaving.reduce((sum, file) => sum + file.finding_count, 0);
  const seen = summary.files.length - summary.unopened;
  const dropped = summary.files.length - leaving.length;
  const parts = [`${plural(leaving.length, "file")} would leave`, found(findings)];
  if (dropped > 0) parts.push(`${dropped} dropped`);
  return `${parts.join(" · ")} · ${seen} of ${summary.files.length} opened or skipped`;
}

/** The paths of the files in a state. */
export function paths(summary: Summary, state: ReviewFile["state"]): string[] {
  return summary.files.filter((file) => file.state === state).map((file) => file.path);
}

/** What a reviewer has to know of ids that leave; and what does not leave though it was there, behind a button that says how many. */
export function left(summary: Summary): Child[] {
  const { absent, absent_count: count, kept_ids: told } = summary;
  const ids = told === "" ? [] : [element("p", { class: "triage-ids" }, told)];
  if (count === 0) return ids;
  const items = absent.map(({ path, reason }) => element("li", {}, element("code", {}, path), `: ${reason}`));
  if (count > absent.length) items.push(element("li", {}, `and ${(count - absent.length).toLocaleString("en")} more; REVIEW.json names all`));
  const list = element("ul", { class: "triage-notes-list" }, ...items);
  const label = `${plural(count, "file")} not in here, and why`;
  return [...ids, disclosure(list, { closed: `Show ${label}`, open: `Hide ${label}` }, (open) => (list.hidden = !open)), list];
}

/** Names as a list below a line, or nothing. */
export function named(line: string, names: string[]): Child {
  if (names.length === 0) return null;
  const items = names.map((name) => element("li", {}, element("code", {}, name)));
  return box("triage-named", line, element("ul", { class: "triage-notes-list" }, ...items));
}
