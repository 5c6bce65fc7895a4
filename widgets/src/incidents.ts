// The incidents of a case with several, newest first; each can be loaded.

import { button, element, heading, plural, uniqueId } from "./dom";
import type { IncidentRow, View } from "./types";

export function incidentSection(view: View, level: number, choose: (incident: string) => void): HTMLElement | null {
  if (view.incidents_in_all < 2) return null;
  const id = uniqueId();
  const head = ["Incident", "Status", "Events", "First seen", "Last seen"].map((name) =>
    element("th", { scope: "col", class: name === "Events" ? "triage-amount" : null }, name),
  );
  const beyond = view.incidents_in_all - view.incidents.length;
  const table = element(
    "table",
    { class: "triage-table", "aria-labelledby": id },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...view.incidents.map((row) => incidentRow(row, row.incident_id === view.incident_id, choose))),
  );
  return element(
    "div",
    { class: "triage-section", "aria-labelledby": id, role: "group" },
    heading(level, { class: "triage-heading", id }, `${plural(view.incidents_in_all, "incident")}, newest first`),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Incidents", tabindex: 0 }, table),
    beyond > 0 ? element("p", { class: "triage-remark" }, `${plural(beyond, "older incident")} in case.incidents().`) : null,
  );
}

function incidentRow(row: IncidentRow, current: boolean, choose: (incident: string) => void): HTMLElement {
  const open = button(row.title, () => choose(row.incident_id), {
    class: "triage-button triage-link",
    "aria-current": current ? "true" : null,
  });
  return element(
    "tr",
    { class: current ? "triage-row-current" : "triage-row" },
    element("th", { scope: "row" }, open, current ? element("span", { class: "triage-tag" }, "shown") : null),
    element("td", {}, row.status),
    element("td", { class: "triage-amount" }, row.count.toLocaleString("en")),
    element("td", { class: "triage-time" }, row.first_seen),
    element("td", { class: "triage-time" }, row.last_seen),
  );
}
