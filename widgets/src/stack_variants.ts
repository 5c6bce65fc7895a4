// The variants of an incident side by side: how often each is, and in which frames it differs from the first.

import { box, button, element, heading, plural, uniqueId, words } from "./dom";
import type { Head, VariantRow } from "./stack_types";
import { percent } from "./stack_words";

export function variantSection(head: Head, level: number, choose: (variant: VariantRow) => void): HTMLElement | null {
  if (head.variants_in_all < 2) return null;
  const id = uniqueId();
  const columns = head.variants.map((variant) => column(variant, variant.event_id === head.event_id, choose));
  const longest = Math.max(...head.variants.map((variant) => variant.frames.length));
  const rows = Array.from({ length: longest }, (_, place) =>
    element("tr", {}, element("th", { scope: "row" }, `${place + 1}`), ...head.variants.map((variant) => cell(variant, place))),
  );
  const corner = element("th", { scope: "col" }, "Frame");
  const table = element(
    "table",
    { class: "triage-table triage-variants", "aria-labelledby": id },
    element("thead", {}, element("tr", {}, corner, ...columns)),
    element("tbody", {}, ...rows),
  );
  const beyond = head.variants_in_all - head.variants.length;
  const said = "The frames that make each variant, innermost first; those that the first variant does not have are marked.";
  return element(
    "div",
    { class: "triage-section", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-heading", id }, `${plural(head.variants_in_all, "variant")} side by side`),
    element("p", { class: "triage-remark triage-remark-first" }, said + (beyond > 0 ? ` ${plural(beyond, "rarer variant")} in case.variants().` : "")),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Variants", tabindex: 0 }, table),
  );
}

function column(variant: VariantRow, current: boolean, choose: (variant: VariantRow) => void): HTMLElement {
  const name = `Variant ${variant.number}`;
  const show = button(name, () => choose(variant), {
    class: "triage-button triage-link",
    "aria-current": current ? "true" : null,
    "aria-label": `Show the stacks of variant ${variant.number}`,
    "data-variant": variant.number,
  });
  const often = `${plural(variant.events, "event")} · ${percent(variant.share)}`;
  return element("th", { scope: "col" }, box("triage-variant", box("triage-bar", show, current ? words("triage-tag", "shown") : null), words("triage-variant-often", often), words("triage-variant-about", variant.about)));
}

function cell(variant: VariantRow, place: number): HTMLElement {
  const found = variant.frames[place];
  if (found === undefined) return element("td", {}, "");
  const [name, role, same] = found;
  const code = element("code", { class: role === "application" ? "triage-variant-own" : null }, name);
  return element("td", { class: same ? null : "triage-variant-differs" }, code, same ? null : words("triage-tag", "differs"));
}
