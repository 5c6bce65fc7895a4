// Elapsed time, once a second: it runs in the page, so that it goes on while the kernel is busy.

import { element } from "./dom";

/** `00:07`, and from an hour on `01:00:07`. */
export function clockText(seconds: number): string {
  const whole = Math.max(Math.floor(seconds), 0);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  if (whole >= 3600) parts.unshift(Math.floor(whole / 3600));
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

export class Clock {
  readonly node = element("span", { class: "triage-clock", role: "timer", "aria-live": "off", "aria-label": "Elapsed time" });
  #zero = 0;
  #timer = 0;

  /** Run from so many seconds on; what the kernel says sets it right again. */
  start(elapsed: number): void {
    this.#zero = performance.now() - elapsed * 1000;
    if (this.#timer === 0) this.#timer = window.setInterval(() => this.#tick(), 1000);
    this.#tick();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = 0;
  }

  #tick(): void {
    this.node.textContent = clockText((performance.now() - this.#zero) / 1000);
  }
}
