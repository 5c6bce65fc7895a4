// The head of a case: title, crash id, bundle, facts and the notes of the reader.

import type { Announcer } from "./announce";
import type { Call } from "./calls";
import { copyButton, copyRow } from "./copy";
import { disclosure } from "./disclosure";
import { element, heading, plural } from "./dom";
import type { CaseCalls, View } from "./types";

const LONG_FACT = 48;

export function caseHead(view: View, level: number, call: Call<CaseCalls>, announcer: Announcer): HTMLElement {
  return element(
    "div",
    { class: view.crash_id === "" ? "triage-head" : "triage-head triage-crash" },
    heading(level, { class: "triage-title", tabindex: -1 }, view.title),
    element("div", { class: "triage-ids" }, crashId(view, announcer), bundle(view, call, announcer)),
    facts(view),
    notes(view),
  );
}

function crashId(view: View, announcer: Announcer): HTMLElement | null {
  if (view.crash_id === "") return null;
  return copyRow("Crash id", view.crash_id, copyButton("Copy id", "the crash id", () => view.crash_id, announcer));
}

/** The input by its name. Its path tells of a machine, so that it is asked for only when it is copied. */
function bundle(view: View, call: Call<CaseCalls>, announcer: Announcer): HTMLElement | null {
  return copyRow("Bundle", view.bundle, copyButton("Copy bundle path", "the bundle path", () => call("path", {}), announcer));
}

function facts(view: View): HTMLElement | null {
  if (view.facts.length === 0) return null;
  const pairs = view.facts.map(([label, value]) => {
    const long = value.length > LONG_FACT || label === "What" || label === "Where";
    const kind = long ? "triage-fact triage-fact-long" : "triage-fact";
    return element(
      "div",
      { class: kind },
      element("dt", { class: "triage-label" }, label),
      element("dd", { class: "triage-fact-value" }, value),
    );
  });
  return element("dl", { class: "triage-facts" }, ...pairs);
}

/** What the reader noted: one note as it is, more behind a button. */
function notes(view: View): HTMLElement | null {
  if (view.notes.length === 0) return null;
  const list = element("ul", { class: "triage-notes-list" }, ...view.notes.map((note) => element("li", {}, note)));
  if (view.notes.length === 1) return element("div", { class: "triage-notes" }, list);
  const label = plural(view.notes.length, "note");
  const labels = { closed: `Show ${label} of the reader`, open: `Hide ${label} of the reader` };
  const toggle = disclosure(list, labels, (open) => {
    list.hidden = !open;
  });
  return element("div", { class: "triage-notes" }, toggle, list);
}
