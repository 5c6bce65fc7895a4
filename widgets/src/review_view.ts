// The view of `case.review()`: how the review stands, and the button that opens it.

import type { RenderProps } from "@anywidget/types";
import { Announcer } from "./announce";
import { Caller } from "./calls";
import { box, button, element, fill, heading, titleLevel } from "./dom";
import { waiting } from "./failure";
import { keepKeys } from "./keys";
import { nameRoot } from "./landmark";
import { ReviewDialog } from "./review_dialog";
import { Session } from "./review_session";
import type { ReviewCalls, Summary } from "./review_types";
import { counts, kinds } from "./review_words";

const LOST = "The kernel was restarted or stopped, and the working copy is gone with it. Run the cell again.";

export function reviewView({ model, el, experimental }: RenderProps): () => void {
  const root = element("section", { class: "triage-root triage-review", tabindex: -1 });
  const announcer = new Announcer();
  const caller = new Caller<ReviewCalls>(experimental, model, () => session.fail(LOST, null));
  const session = new Session(caller.call, announcer);
  const body = box("triage-head", waiting("Waiting for the kernel…"));
  keepKeys(root);
  nameRoot(root, "Review before sharing");
  root.append(announcer.node, session.alerts, body);
  el.append(root);
  void session.try("summary", {}).then(() => build(root, body, session));
  return () => caller.dispose();
}

/** The card and its dialog. They come after the first answer: only then the page around them, with its headings, is there. */
function build(root: HTMLElement, body: HTMLElement, session: Session): void {
  const level = titleLevel(root);
  const dialog = new ReviewDialog(session, level);
  const title = heading(level, { class: "triage-title", tabindex: -1 }, "Review before sharing");
  const says = box("triage-card");
  const opener = button("Open the review", () => dialog.open(), { class: "triage-button triage-strong", "aria-haspopup": "dialog" });
  fill(body, title, says, opener);
  root.append(dialog.node);
  dialog.node.addEventListener("close", () => {
    root.prepend(session.announcer.node, session.alerts);
    (opener.hidden ? title : opener).focus();
  });
  session.listen((summary) => {
    fill(says, ...card(summary, session));
    opener.hidden = summary.state === "discarded";
  });
}

function card(summary: Summary, session: Session): (HTMLElement | null)[] {
  const line = (text: string): HTMLElement => element("p", { class: "triage-remark" }, text);
  if (summary.state === "discarded") return [line("✕ Discarded. Nothing was left behind; run the cell again for a new review.")];
  const saved = session.saved === null ? "Saved." : `Saved to ${session.saved.path}.`;
  const state = { open: "Not approved. Nothing has left.", approved: "✓ Approved, not saved.", saved: `✓ ${saved}` }[summary.state];
  const digest = summary.digest === null ? null : element("code", {}, `SHA-256 ${summary.digest}`);
  return [line(counts(summary)), kinds(summary.totals), line(state), digest];
}
