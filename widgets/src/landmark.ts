// Names of regions: landmarks of one page need different names, and a view may be shown twice.

import { printable } from "./dom";

/** Name the root of a view; the second of the same name in the page is told as such. */
export function nameRoot(root: HTMLElement, label: string): void {
  const taken = new Set<string>();
  for (const other of document.querySelectorAll<HTMLElement>(".triage-root")) {
    if (other !== root && other.dataset["label"] === label) taken.add(other.dataset["view"] ?? "1");
  }
  let view = 1;
  while (taken.has(String(view))) view += 1;
  root.dataset["label"] = label;
  root.dataset["view"] = String(view);
  root.setAttribute("aria-label", printable(view === 1 ? label : `${label} (view ${view})`));
}

/** The name of a text as a landmark: two widgets in one page may show the same file. */
export function regionLabel(inside: HTMLElement, label: string): string {
  const view = inside.closest<HTMLElement>(".triage-root")?.dataset["view"];
  return view === undefined || view === "1" ? label : `${label}, view ${view}`;
}
