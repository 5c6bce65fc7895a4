// A button that opens and closes what follows it.

import { button, fill, printable, uniqueId } from "./dom";

interface Labels {
  closed: string;
  open: string;
  /** What the button is about, where its words alone do not say. */
  name?: string;
}

/** The button of what is in `place`; it starts closed. `change` hides or shows, at once and with each press. */
export function disclosure(place: HTMLElement, labels: Labels, change: (open: boolean) => void): HTMLButtonElement {
  place.id ||= uniqueId();
  let open = false;
  const show = (): void => {
    const label = open ? labels.open : labels.closed;
    made.setAttribute("aria-expanded", String(open));
    if (labels.name !== undefined) made.setAttribute("aria-label", printable(`${label} ${labels.name}`));
    fill(made, label);
    change(open);
  };
  const press = (): void => {
    open = !open;
    show();
  };
  const made = button(labels.closed, press, { class: "triage-button triage-disclosure", "aria-controls": place.id });
  show();
  return made;
}
