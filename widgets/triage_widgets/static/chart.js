// src/dom.ts
function printable(text) {
  return text.replace(/(?![ \n\t])[\p{C}\p{Z}]/gu, (char) => {
    let code = char.codePointAt(0) ?? 0;
    return code < 32 ? String.fromCharCode(9216 + code) : `\\u{${code.toString(16)}}`;
  });
}
function element(tag, attributes = {}, ...children) {
  let made = document.createElement(tag);
  for (let [name, value] of Object.entries(attributes))
    typeof value == "function" ? made.addEventListener(name, value) : value === !0 ? made.setAttribute(name, "") : value !== !1 && value !== null && made.setAttribute(name, printable(String(value)));
  return fill(made, ...children), made;
}
function button(label, press, attributes = {}) {
  return element("button", { type: "button", class: "triage-button", click: press, ...attributes }, label);
}
function box(name, ...children) {
  return element("div", { class: name }, ...children);
}
function bar(...children) {
  return box("triage-bar", ...children);
}
function fill(parent, ...children) {
  let nodes = children.filter((child) => child !== null);
  parent.replaceChildren(...nodes.map((child) => typeof child == "string" ? document.createTextNode(printable(child)) : child));
}
var ids = 0, page = Math.random().toString(36).slice(2, 10);
function uniqueId() {
  return ids += 1, `triage-${page}-${ids}`;
}
function plural(count, word) {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}

// src/announce.ts
var Announcer = class {
  node = element("div", { role: "status", class: "triage-announcer" });
  #timer = 0;
  /** Say it, also when it is what was said last. */
  say(text) {
    clearTimeout(this.#timer), this.node.textContent = "", this.#timer = window.setTimeout(() => {
      this.node.textContent = printable(text);
    }, 50);
  }
};

// src/calls.ts
var LOST = "The kernel was restarted or stopped. Run the cell again.", CallError = class extends Error {
}, Refused = class extends CallError {
}, Caller = class {
  constructor(experimental, model, onLost) {
    this.experimental = experimental;
    this.onLost = onLost;
    model.on("comm_live_update", () => {
      this.#lost = !0, this.#end(LOST), this.onLost();
    });
  }
  experimental;
  onLost;
  #pending = /* @__PURE__ */ new Set();
  #lost = !1;
  /** Ask the kernel. */
  call = async (name, input) => {
    let limit = this.#lost ? 4e3 : 3e4, controller = new AbortController(), timer = setTimeout(() => controller.abort(new CallError(this.#silence(limit))), limit);
    this.#pending.add(controller);
    try {
      let message = { name, arguments: input }, [answer] = await this.experimental.invoke("call", message, { signal: controller.signal });
      if (this.#lost = !1, !answer.ok) throw new Refused(answer.error);
      return answer.value;
    } catch (error) {
      throw error instanceof CallError ? error : new CallError(this.#lost ? LOST : `The kernel cannot be reached: ${reason(error)}`);
    } finally {
      clearTimeout(timer), this.#pending.delete(controller);
    }
  };
  /** The view goes away: end what is under way. */
  dispose() {
    this.#end("The view was closed.");
  }
  #end(message) {
    for (let controller of this.#pending) controller.abort(new CallError(message));
  }
  #silence(limit) {
    return this.#lost ? LOST : `The kernel did not answer within ${limit / 1e3} seconds. It may be busy with another cell, or stopped.`;
  }
};
function reason(error) {
  return error instanceof Error && error.message ? error.message : "it gave no reason";
}

// src/failure.ts
function failure(message, retry, alert = !0) {
  return element(
    "div",
    { role: alert ? "alert" : null, class: "triage-failure" },
    element("p", { class: "triage-failure-text" }, message),
    retry === null ? null : button("Retry", retry)
  );
}
function waiting(text) {
  return element("p", { role: "status", class: "triage-waiting" }, text);
}

// src/field.ts
function textField(attributes) {
  return element("input", { class: "triage-field", id: uniqueId(), autocomplete: "off", spellcheck: "false", ...attributes });
}

// src/keys.ts
function isGlobal(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return !1;
  let key = event.key.toLowerCase();
  return key === "s" || event.shiftKey && key === "c";
}
function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    isGlobal(event) || event.stopPropagation();
  });
}
var POINTER = ["mousedown", "pointerdown", "dblclick", "contextmenu", "dragover", "drop"];
function keepPointer(dialog) {
  for (let name of POINTER) dialog.addEventListener(name, (event) => event.stopPropagation());
}

// src/landmark.ts
function nameRoot(root, label) {
  let taken = /* @__PURE__ */ new Set();
  for (let other of document.querySelectorAll(".triage-root"))
    other !== root && other.dataset.label === label && taken.add(other.dataset.view ?? "1");
  let view = 1;
  for (; taken.has(String(view)); ) view += 1;
  root.dataset.label = label, root.dataset.view = String(view), root.setAttribute("aria-label", printable(view === 1 ? label : `${label} (view ${view})`));
}

// src/chart.ts
var LOST2 = "The kernel was restarted or stopped. What is shown here stays; run the cell again for more.", LEAST_PIXELS = 4;
function render({ model, el, experimental }) {
  let view = new ChartView(el), caller = new Caller(experimental, model, () => view.lost());
  return view.start(caller), () => caller.dispose();
}
var ChartView = class {
  #root = element("section", { class: "triage-root triage-chart", tabindex: -1 });
  #alerts = box("triage-alerts");
  #body = box("triage-body");
  #announcer = new Announcer();
  #since = textField({ placeholder: "2026-01-31 14:05" });
  #until = textField({ placeholder: "2026-01-31 15:05" });
  #list = element("ul", { class: "triage-incidents-list" });
  #said = element("p", { class: "triage-selected" });
  #mark = box("triage-brushed");
  #caller = null;
  #chart = null;
  #asked = 0;
  constructor(el) {
    keepKeys(this.#root), this.#root.append(this.#announcer.node, this.#alerts, this.#body), nameRoot(this.#root, "Chart"), el.append(this.#root);
  }
  lost() {
    this.#chart !== null && fill(this.#alerts, failure(LOST2, null));
  }
  async start(caller) {
    this.#caller = caller, fill(this.#body, waiting("Waiting for the kernel…"));
    try {
      this.#chart = await caller.call("chart", {}), this.#show(this.#chart), await this.#update([]);
    } catch (error) {
      fill(this.#body), fill(this.#alerts, failure(reason(error), () => {
        this.start(caller);
      }));
    }
  }
  #show(chart) {
    let form = element(
      "form",
      {
        class: "triage-choose",
        "aria-label": "Choose a time and incidents",
        submit: (event) => {
          event.preventDefault(), this.#update(this.#chosen());
        }
      },
      bar(
        labelled("From (UTC)", this.#since),
        labelled("To (UTC)", this.#until),
        element("button", { type: "submit", class: "triage-button" }, "Select"),
        button("Clear", () => {
          this.#since.value = this.#until.value = "", this.#update([]);
        })
      ),
      element("fieldset", { class: "triage-incidents" }, element("legend", { class: "triage-label" }, "Incidents in this time; none ticked means all"), this.#list)
    ), figure = element("figure", { class: "triage-figure" }, this.#drawn(chart), element("figcaption", { class: "triage-label" }, chart.caption));
    fill(this.#body, figure, form, this.#said);
  }
  /** The picture, on which a pointer chooses a time. */
  #drawn(chart) {
    let picture = chart.picture;
    if (picture === null) return element("p", {}, chart.alt);
    let image = element("img", { alt: chart.alt, width: picture.width, height: picture.height, draggable: "false" });
    image.src = picture.svg, this.#mark.hidden = !0;
    let plot = box("triage-plot", image, this.#mark);
    keepPointer(plot);
    let at = (event) => {
      let frame = image.getBoundingClientRect(), x = (event.clientX - frame.left) / frame.width * picture.width - picture.left;
      return Math.min(Math.max(x / picture.axis, 0), 1);
    }, from = null;
    return plot.addEventListener("pointerdown", (event) => {
      event.button === 0 && (from = at(event), plot.setPointerCapture(event.pointerId));
    }), plot.addEventListener("pointermove", (event) => {
      from !== null && this.#brushed(from, at(event));
    }), plot.addEventListener("pointerup", (event) => {
      if (from === null) return;
      let ends = [from, at(event)].sort((one, other) => one - other);
      if (from = null, (ends[1] - ends[0]) * picture.axis < LEAST_PIXELS) return this.#placed();
      [this.#since.value, this.#until.value] = ends.map((end) => written(chart.start + end * (chart.end - chart.start))), this.#update(this.#chosen());
    }), plot.addEventListener("pointercancel", () => {
      from = null, this.#placed();
    }), plot;
  }
  /** Draw the chosen time over the picture; both ends are parts of the axis. */
  #brushed(one, other) {
    let picture = this.#chart?.picture ?? null;
    if (picture === null) return;
    let [low, high] = one < other ? [one, other] : [other, one];
    this.#mark.hidden = !1, this.#mark.style.left = `${(picture.left + low * picture.axis) / picture.width * 100}%`, this.#mark.style.width = `${(high - low) * picture.axis / picture.width * 100}%`;
  }
  /** Draw what the fields say. */
  #placed() {
    let chart = this.#chart;
    if (chart === null) return;
    let place = (text, none) => {
      let at = text.trim() === "" ? Number.NaN : Date.parse(`${text.trim().replace(" ", "T")}Z`);
      return Number.isNaN(at) ? none : Math.min(Math.max((at - chart.start) / (chart.end - chart.start), 0), 1);
    };
    this.#since.value.trim() === "" && this.#until.value.trim() === "" ? this.#mark.hidden = !0 : this.#brushed(place(this.#since.value, 0), place(this.#until.value, 1));
  }
  #chosen() {
    return [...this.#list.querySelectorAll("input")].filter((input) => input.checked).map((input) => input.value);
  }
  /** Tell the kernel what is chosen, and list the incidents of that time. */
  async #update(incidents) {
    if (this.#caller === null) return;
    this.#asked += 1;
    let asked = this.#asked, time = { since: this.#since.value, until: this.#until.value };
    try {
      let said = await this.#caller.call("select", { ...time, incidents }), found = await this.#caller.call("incidents", time);
      if (asked !== this.#asked) return;
      this.#alerts.replaceChildren(), this.#placed(), this.#listed(found.rows, found.in_all, incidents), fill(this.#said, said), this.#announcer.say(said);
    } catch (error) {
      asked === this.#asked && fill(this.#alerts, failure(reason(error), null));
    }
  }
  #listed(rows, inAll, chosen) {
    let focused = this.#list.contains(document.activeElement) ? document.activeElement.value : null, items = rows.map((row) => {
      let id = uniqueId(), input = element("input", { type: "checkbox", id, value: row.id, change: () => {
        this.#update(this.#chosen());
      } });
      return input.checked = chosen.includes(row.id), element("li", {}, input, element("label", { for: id }, `${row.title} · ${plural(row.events, "event")}`));
    }), rest = inAll > rows.length ? element("li", { class: "triage-label" }, `and ${plural(inAll - rows.length, "incident")} more`) : null;
    fill(this.#list, ...items, rest), focused !== null && [...this.#list.querySelectorAll("input")].find((input) => input.value === focused)?.focus();
  }
};
function labelled(label, input) {
  return element("span", { class: "triage-bound" }, element("label", { class: "triage-label", for: input.id }, label), input);
}
function written(at) {
  return new Date(at).toISOString().slice(0, 19).replace("T", " ");
}
var chart_default = { render };
export {
  chart_default as default
};
