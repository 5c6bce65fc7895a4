// Copy buttons: the clipboard where the page may use it, else the browser's old command.

import type { Announcer } from "./announce";
import { reason } from "./calls";
import { box, button, element, fill, words } from "./dom";

const SHOWN_MS = 2_000;

/** A button that copies what `value` gives; `name` is what is copied, in words. */
export function copyButton(
  label: string,
  name: string,
  value: () => string | Promise<string>,
  announcer: Announcer,
): HTMLButtonElement {
  let timer = 0;
  const show = (text: string, spoken: string): void => {
    fill(made, text);
    announcer.say(spoken);
    clearTimeout(timer);
    timer = window.setTimeout(() => fill(made, label), SHOWN_MS);
  };
  const press = async (): Promise<void> => {
    try {
      await write(await value());
      show("Copied", `Copied ${name}`);
    } catch (error) {
      show("Not copied", `Could not copy ${name}: ${reason(error)}`);
    }
  };
  const made = button(label, () => void press(), { class: "triage-button triage-copy" });
  return made;
}

/** A value with its label and the button that copies it. */
export function copyRow(label: string, value: string, copy: HTMLElement): HTMLElement {
  return box("triage-id", words("triage-label", label), value === "" ? null : element("code", { class: "triage-id-value" }, value), copy);
}

async function write(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard outside secure pages, or not allowed.
    if (!writeBySelection(text)) throw new Error("the browser does not allow it");
  }
}

/** Copy by selecting a text in a field that is out of sight; whether it worked. */
function writeBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "triage-offscreen";
  // Outside an open dialog nothing can be selected.
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}
