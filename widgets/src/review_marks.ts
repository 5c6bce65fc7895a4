// The text of a page with its changes marked: what was there and what replaces it, in words and signs.

import { element, words } from "./dom";
import type { Change } from "./review_types";
import { was } from "./review_words";

/** The nodes of a text; `hit` is the line that a search found. */
export function marked(text: string, first: number, changes: Change[], hit: number | null): Node[] {
  // Python counts code points, the page UTF-16 units.
  const chars = Array.from(text);
  const nodes: Node[] = [];
  let at = 0;
  const upto = (end: number): void => {
    if (end > at) nodes.push(element("span", {}, chars.slice(at, end).join("").replaceAll("\r\n", "\n")));
    at = Math.max(at, end);
  };
  const stops = changes.map((change) => ({ start: change.start, make: () => mark(change, chars) }));
  if (hit !== null) stops.push({ start: lineStart(chars, hit - first), make: here });
  stops.sort((a, b) => a.start - b.start);
  for (const stop of stops) {
    upto(stop.start);
    const { node, end } = stop.make();
    nodes.push(node);
    at = Math.max(at, end);
  }
  upto(chars.length);
  return nodes;

  function here(): { node: Node; end: number } {
    return { node: element("span", { class: "triage-here", tabindex: -1 }, "▶ "), end: at };
  }
}

function lineStart(chars: string[], lines: number): number {
  let start = 0;
  for (let line = 0; line < lines; line += 1) {
    const end = chars.indexOf("\n", start);
    if (end < 0) break;
    start = end + 1;
  }
  return start;
}

function mark(change: Change, chars: string[]): { node: Node; end: number } {
  // A mask that was undone is still shown as a mask: no value comes to this page.
  const mask = chars.slice(change.start, change.end).join("");
  const parts =
    change.action === "unmasked"
      ? [element("ins", { class: "triage-stays" }, words("triage-sign", "! leaves unmasked: "), mask)]
      : [element("del", { class: "triage-was" }, `− ${was(change)} `), element("ins", { class: "triage-now" }, words("triage-sign", "+ "), mask)];
  const node = element("span", { class: "triage-change", tabindex: -1, "data-finding": change.finding }, ...parts);
  return { node, end: change.end };
}
