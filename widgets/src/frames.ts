// The crashing stack: three frames, all by a button. Whose code a frame is stands there as a word.

import { disclosure } from "./disclosure";
import { breakable, element, fill, heading, plural, uniqueId } from "./dom";
import type { FrameRow, View } from "./types";

const FIRST_FRAMES = 3;
const ROLES = new Set(["application", "library", "noise"]);

/** Where the three frames begin: at the first of the application, else at the innermost. */
function firstShown(frames: FrameRow[]): number {
  const own = frames.findIndex((frame) => frame.kind === "frame" && frame.role === "application");
  return own < FIRST_FRAMES ? 0 : own;
}

export function stackSection(view: View, level: number): HTMLElement | null {
  if (view.frames.length === 0) return null;
  const id = uniqueId();
  const begin = firstShown(view.frames);
  const items = view.frames.map(frameItem);
  const away = items.filter((_, index) => index < begin || index >= begin + FIRST_FRAMES);
  const list = element("ol", { class: "triage-frames", role: "list", "aria-labelledby": id }, ...items);
  return element(
    "div",
    { class: "triage-section", "aria-labelledby": id, role: "group" },
    heading(level, { class: "triage-heading", id }, view.stack_title || "Crashing stack"),
    list,
    away.length === 0 ? null : foot(view, list, away, begin),
  );
}

/** The button that shows the frames that are away, and how many there are in all. */
function foot(view: View, list: HTMLElement, away: HTMLElement[], begin: number): HTMLElement {
  const beyond = view.frames_in_all - view.frames.length;
  const collapsed = begin === 0 ? "" : `From the first frame of the application; the ${plural(begin, "frame")} that it called are hidden`;
  const expanded = beyond === 0 ? "" : `${plural(beyond, "further frame")} in case.frames()`;
  const remark = element("span", { class: "triage-remark" });
  const toggle = disclosure(
    list,
    { closed: `Show all ${plural(view.frames.length, "frame")}`, open: `Show ${FIRST_FRAMES} frames only` },
    (open) => {
      for (const item of away) item.hidden = !open;
      fill(remark, open ? expanded : collapsed);
    },
  );
  return element("div", { class: "triage-frames-foot" }, toggle, remark);
}

function frameItem(frame: FrameRow): HTMLElement {
  const call = frame.kind === "frame";
  const role = call && ROLES.has(frame.role) ? frame.role : "other";
  const word = call ? frame.role || "unknown" : frame.kind.replaceAll("_", " ");
  return element(
    "li",
    { class: `triage-frame triage-frame-${role}` },
    element("span", { class: "triage-frame-number" }, `${frame.number}`),
    element("span", { class: "triage-frame-mark", "aria-hidden": "true" }),
    element("span", { class: "triage-frame-role" }, word),
    element("code", { class: "triage-frame-function" }, ...breakable(frame.function || (call ? "?" : word))),
    element("span", { class: "triage-frame-where" }, ...breakable(frame.where)),
  );
}
