// The module of a chart: the picture, a time chosen on it by pointer or in two fields, and the incidents in that time.

import type { RenderProps } from "@anywidget/types";
import { Announcer } from "./announce";
import { Caller, reason } from "./calls";
import { bar, box, button, element, fill, plural, uniqueId } from "./dom";
import { failure, waiting } from "./failure";
import { textField } from "./field";
import { keepKeys, keepPointer } from "./keys";
import { nameRoot } from "./landmark";

interface Picture {
  svg: string;
  width: number;
  height: number;
  left: number;
  axis: number;
}
interface Chart {
  alt: string;
  caption: string;
  picture: Picture | null;
  start: number;
  end: number;
}
interface Incident {
  id: string;
  title: string;
  events: number;
}
interface Time {
  since: string;
  until: string;
}
interface ChartCalls {
  chart: [Record<string, never>, Chart];
  incidents: [Time, { rows: Incident[]; in_all: number }];
  select: [Time & { incidents: string[] }, string];
}

const LOST = "The kernel was restarted or stopped. What is shown here stays; run the cell again for more.";
/** A press without a drag chooses nothing. */
const LEAST_PIXELS = 4;

function render({ model, el, experimental }: RenderProps): () => void {
  const view = new ChartView(el);
  const caller = new Caller<ChartCalls>(experimental, model, () => view.lost());
  void view.start(caller);
  return () => caller.dispose();
}

class ChartView {
  readonly #root = element("section", { class: "triage-root triage-chart", tabindex: -1 });
  readonly #alerts = box("triage-alerts");
  readonly #body = box("triage-body");
  readonly #announcer = new Announcer();
  readonly #since = textField({ placeholder: "2026-01-31 14:05" });
  readonly #until = textField({ placeholder: "2026-01-31 15:05" });
  readonly #list = element("ul", { class: "triage-incidents-list" });
  readonly #said = element("p", { class: "triage-selected" });
  readonly #mark = box("triage-brushed");
  #caller: Caller<ChartCalls> | null = null;
  #chart: Chart | null = null;
  #asked = 0;

  constructor(el: HTMLElement) {
    keepKeys(this.#root);
    this.#root.append(this.#announcer.node, this.#alerts, this.#body);
    nameRoot(this.#root, "Chart");
    el.append(this.#root);
  }

  lost(): void {
    if (this.#chart !== null) fill(this.#alerts, failure(LOST, null));
  }

  async start(caller: Caller<ChartCalls>): Promise<void> {
    this.#caller = caller;
    fill(this.#body, waiting("Waiting for the kernel…"));
    try {
      this.#chart = await caller.call("chart", {});
      this.#show(this.#chart);
      await this.#update([]);
    } catch (error) {
      fill(this.#body);
      fill(this.#alerts, failure(reason(error), () => void this.start(caller)));
    }
  }

  #show(chart: Chart): void {
    const form = element(
      "form",
      {
        class: "triage-choose",
        "aria-label": "Choose a time and incidents",
        submit: (event) => {
          event.preventDefault();
          void this.#update(this.#chosen());
        },
      },
      bar(
        labelled("From (UTC)", this.#since),
        labelled("To (UTC)", this.#until),
        element("button", { type: "submit", class: "triage-button" }, "Select"),
        button("Clear", () => {
          this.#since.value = this.#until.value = "";
          void this.#update([]);
        }),
      ),
      element("fieldset", { class: "triage-incidents" }, element("legend", { class: "triage-label" }, "Incidents in this time; none ticked means all"), this.#list),
    );
    const figure = element("figure", { class: "triage-figure" }, this.#drawn(chart), element("figcaption", { class: "triage-label" }, chart.caption));
    fill(this.#body, figure, form, this.#said);
  }

  /** The picture, on which a pointer chooses a time. */
  #drawn(chart: Chart): HTMLElement {
    const picture = chart.picture;
    if (picture === null) return element("p", {}, chart.alt);
    const image = element("img", { alt: chart.alt, width: picture.width, height: picture.height, draggable: "false" });
    image.src = picture.svg;
    this.#mark.hidden = true;
    const plot = box("triage-plot", image, this.#mark);
    keepPointer(plot);
    const at = (event: PointerEvent): number => {
      const frame = image.getBoundingClientRect();
      const x = ((event.clientX - frame.left) / frame.width) * picture.width - picture.left;
      return Math.min(Math.max(x / picture.axis, 0), 1);
    };
    let from: number | null = null;
    plot.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      from = at(event);
      plot.setPointerCapture(event.pointerId);
    });
    plot.addEventListener("pointermove", (event) => {
      if (from !== null) this.#brushed(from, at(event));
    });
    plot.addEventListener("pointerup", (event) => {
      if (from === null) return;
      const ends = [from, at(event)].sort((one, other) => one - other) as [number, number];
      from = null;
      if ((ends[1] - ends[0]) * picture.axis < LEAST_PIXELS) return this.#placed();
      [this.#since.value, this.#until.value] = ends.map((end) => written(chart.start + end * (chart.end - chart.start))) as [string, string];
      void this.#update(this.#chosen());
    });
    plot.addEventListener("pointercancel", () => {
      from = null;
      this.#placed();
    });
    return plot;
  }

  /** Draw the chosen time over the picture; both ends are parts of the axis. */
  #brushed(one: number, other: number): void {
    const picture = this.#chart?.picture ?? null;
    if (picture === null) return;
    const [low, high] = one < other ? [one, other] : [other, one];
    this.#mark.hidden = false;
    this.#mark.style.left = `${((picture.left + low * picture.axis) / picture.width) * 100}%`;
    this.#mark.style.width = `${(((high - low) * picture.axis) / picture.width) * 100}%`;
  }

  /** Draw what the fields say. */
  #placed(): void {
    const chart = this.#chart;
    if (chart === null) return;
    const place = (text: string, none: number): number => {
      const at = text.trim() === "" ? Number.NaN : Date.parse(`${text.trim().replace(" ", "T")}Z`);
      return Number.isNaN(at) ? none : Math.min(Math.max((at - chart.start) / (chart.end - chart.start), 0), 1);
    };
    if (this.#since.value.trim() === "" && this.#until.value.trim() === "") this.#mark.hidden = true;
    else this.#brushed(place(this.#since.value, 0), place(this.#until.value, 1));
  }

  #chosen(): string[] {
    return [...this.#list.querySelectorAll("input")].filter((input) => input.checked).map((input) => input.value);
  }

  /** Tell the kernel what is chosen, and list the incidents of that time. */
  async #update(incidents: string[]): Promise<void> {
    if (this.#caller === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    const time = { since: this.#since.value, until: this.#until.value };
    try {
      const said = await this.#caller.call("select", { ...time, incidents });
      const found = await this.#caller.call("incidents", time);
      if (asked !== this.#asked) return;
      this.#alerts.replaceChildren();
      this.#placed();
      this.#listed(found.rows, found.in_all, incidents);
      fill(this.#said, said);
      this.#announcer.say(said);
    } catch (error) {
      if (asked === this.#asked) fill(this.#alerts, failure(reason(error), null));
    }
  }

  #listed(rows: Incident[], inAll: number, chosen: string[]): void {
    const focused = this.#list.contains(document.activeElement) ? (document.activeElement as HTMLInputElement).value : null;
    const items = rows.map((row) => {
      const id = uniqueId();
      const input = element("input", { type: "checkbox", id, value: row.id, change: () => void this.#update(this.#chosen()) });
      input.checked = chosen.includes(row.id);
      return element("li", {}, input, element("label", { for: id }, `${row.title} · ${plural(row.events, "event")}`));
    });
    const rest = inAll > rows.length ? element("li", { class: "triage-label" }, `and ${plural(inAll - rows.length, "incident")} more`) : null;
    fill(this.#list, ...items, rest);
    if (focused !== null) [...this.#list.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
  }
}

function labelled(label: string, input: HTMLInputElement): HTMLElement {
  return element("span", { class: "triage-bound" }, element("label", { class: "triage-label", for: input.id }, label), input);
}

/** A time as the fields have it, in UTC. */
function written(at: number): string {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}

export default { render };
