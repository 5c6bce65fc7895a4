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
function words(name, ...children) {
  return element("span", { class: name }, ...children);
}
function fill(parent, ...children) {
  let nodes = children.filter((child) => child !== null);
  parent.replaceChildren(...nodes.map((child) => typeof child == "string" ? document.createTextNode(printable(child)) : child));
}
function heading(level, attributes, ...children) {
  return element(`h${Math.min(level, 6)}`, attributes, ...children);
}
function titleLevel(place) {
  let before = 2;
  for (let other of document.querySelectorAll("h1, h2, h3, h4, h5, h6"))
    place.contains(other) || !(other.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) || (before = Number(other.tagName[1]));
  return Math.min(before + 1, 3);
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

// src/clock.ts
function clockText(seconds) {
  let whole = Math.max(Math.floor(seconds), 0), parts = [Math.floor(whole / 60) % 60, whole % 60];
  return whole >= 3600 && parts.unshift(Math.floor(whole / 3600)), parts.map((part2) => String(part2).padStart(2, "0")).join(":");
}
var Clock = class {
  node = element("span", { class: "triage-clock", role: "timer", "aria-live": "off", "aria-label": "Elapsed time" });
  #zero = 0;
  #timer = 0;
  /** Run from so many seconds on; what the kernel says sets it right again. */
  start(elapsed) {
    this.#zero = performance.now() - elapsed * 1e3, this.#timer === 0 && (this.#timer = window.setInterval(() => this.#tick(), 1e3)), this.#tick();
  }
  stop() {
    clearInterval(this.#timer), this.#timer = 0;
  }
  #tick() {
    this.node.textContent = clockText((performance.now() - this.#zero) / 1e3);
  }
};

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

// src/hypothesis_ask.ts
var Asking = class {
  node;
  #run = element("button", { type: "submit", class: "triage-button triage-strong" }, "Run");
  #model;
  #fresh = element("input", { type: "checkbox", id: uniqueId() });
  #engine;
  #held = !1;
  constructor(level, head, run) {
    let id = uniqueId(), name = uniqueId();
    this.#engine = head.engines.find((engine) => engine.why === "")?.name ?? "", this.#model = textField({ maxlength: "200" }), this.#model.value = head.model;
    let form = element(
      "form",
      { class: "triage-ask", novalidate: !0 },
      element("fieldset", { class: "triage-options" }, element("legend", {}, "Who is asked"), ...head.engines.map((engine) => this.#option(engine, name))),
      box("triage-ask-model", element("label", { for: this.#model.id }, "Model"), this.#model),
      box("triage-option", this.#fresh, element("label", { for: this.#fresh.id }, "Ask anew, though the same question may have been answered before")),
      this.#run
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault(), !this.#held && this.#engine !== "" && run({ engine: this.#engine, model: this.#model.value, fresh: this.#fresh.checked });
    }), this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, heading(level, { class: "triage-heading", id }, "Ask"), form), this.hold(!1);
  }
  /** While a run goes on, no other is begun. */
  hold(held) {
    this.#held = held, this.#run.setAttribute("aria-disabled", String(held || this.#engine === "")), this.#model.parentElement?.toggleAttribute("hidden", this.#engine !== "gemini");
  }
  #option(engine, name) {
    let [id, aboutId] = [uniqueId(), uniqueId()], input = element("input", { type: "radio", name, value: engine.name, id, "aria-describedby": aboutId, disabled: engine.why !== "" });
    input.checked = engine.name === this.#engine, input.addEventListener("change", () => {
      this.#engine = engine.name, this.hold(this.#held);
    });
    let about = element("p", { class: "triage-remark", id: aboutId }, engine.why === "" ? engine.about : `Cannot be asked. ${engine.why}`);
    return box("triage-option", input, box("triage-option-text", element("label", { for: id }, engine.label), about));
  }
};

// src/copy.ts
var SHOWN_MS = 2e3;
function copyButton(label, name, value, announcer) {
  let timer = 0, show = (text, spoken) => {
    fill(made, text), announcer.say(spoken), clearTimeout(timer), timer = window.setTimeout(() => fill(made, label), SHOWN_MS);
  }, press = async () => {
    try {
      await write(await value()), show("Copied", `Copied ${name}`);
    } catch (error) {
      show("Not copied", `Could not copy ${name}: ${reason(error)}`);
    }
  }, made = button(label, () => {
    press();
  }, { class: "triage-button triage-copy" });
  return made;
}
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!writeBySelection(text)) throw new Error("the browser does not allow it");
  }
}
function writeBySelection(text) {
  let focused = document.activeElement, field = document.createElement("textarea");
  field.value = text, field.className = "triage-offscreen", (focused?.closest("dialog") ?? document.body).append(field), field.select();
  let done = document.execCommand("copy");
  return field.remove(), focused instanceof HTMLElement && focused.focus(), done;
}

// src/disclosure.ts
function disclosure(place, labels, change) {
  place.id ||= uniqueId();
  let open = !1, show = () => {
    let label = open ? labels.open : labels.closed;
    made.setAttribute("aria-expanded", String(open)), labels.name !== void 0 && made.setAttribute("aria-label", printable(`${label} ${labels.name}`)), fill(made, label), change(open);
  }, press = () => {
    open = !open, show();
  }, made = button(labels.closed, press, { class: "triage-button triage-disclosure", "aria-controls": place.id });
  return show(), made;
}

// src/hypothesis_run.ts
var UNVERIFIED = "hypothesis, unverified";
function unverified() {
  return words("triage-tag triage-unverified", UNVERIFIED);
}
var Pending = class {
  node;
  clock = new Clock();
  constructor(level, name, cancel, said) {
    let id = uniqueId(), title = heading(level, { class: "triage-heading triage-run-title", id, tabindex: -1 }, `${name}: pending`), stop = cancel === null ? null : button("Cancel", cancel), remark = said === "" ? null : element("p", { class: "triage-remark" }, said);
    this.node = element("div", { class: "triage-run", role: "group", "aria-labelledby": id, "aria-busy": "true" }, title, bar(words("triage-run-waits", "Waiting for the answer"), this.clock.node, stop), remark);
  }
};
function runCard(level, page2, doing) {
  let { run } = page2, id = uniqueId(), args = { run: run.run_id }, take = bar(
    copyButton("Copy findings", "the findings", () => doing.call("text", args), doing.announcer),
    button("Download JSON", () => {
      download(run, doing);
    }, {})
  ), answered = page2.summary !== "", parts = [
    heading(level, { class: "triage-heading triage-run-title", id, tabindex: -1 }, `${run.name}: ${run.status}`),
    bar(answered ? unverified() : null, words("triage-label", [run.created, ...page2.facts.map(([label, value]) => `${label.toLowerCase()} ${value}`)].join(" · "))),
    page2.error === "" ? null : failure(page2.error, null, !1),
    ...page2.remarks.map((remark) => element("p", { class: "triage-remark" }, remark)),
    answered ? element("p", { class: "triage-run-summary" }, page2.summary) : null,
    page2.signature === "" ? null : element("p", { class: "triage-remark" }, words("triage-label", "Signature: "), element("code", {}, page2.signature)),
    page2.severity === "" ? null : element("p", { class: "triage-remark" }, words("triage-label", "Severity: "), page2.severity),
    ...page2.hypotheses.map((card, number) => hypothesis(level + 1, number + 1, card, doing)),
    ...list(level + 1, "What is missing", page2.missing),
    ...list(level + 1, "Next steps", page2.steps),
    ...list(level + 1, "Named in the answer, but not in the report", page2.flags.map(([text, why]) => `${text}: ${why}`)),
    answered ? take : null
  ];
  return element("div", { class: "triage-run", role: "group", "aria-labelledby": id }, ...parts);
}
function hypothesis(level, number, card, doing) {
  let id = uniqueId(), percent = Math.round(card.confidence * 100), meter = words("triage-meter");
  return meter.setAttribute("aria-hidden", "true"), meter.style.setProperty("--triage-share", `${percent}%`), element(
    "div",
    { class: "triage-hypothesis", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-hypothesis-title", id }, `${number}. ${card.title}`),
    bar(unverified(), words("triage-confidence", `confidence ${percent} %`), meter),
    ...part("Evidence", card.evidence.map((one) => evidence(one, doing))),
    ...part("Checks on the data", card.checks.map((one) => check(one, doing))),
    ...part("Next steps", card.next_steps.map((step) => element("li", {}, step)))
  );
}
function evidence(one, doing) {
  let mark = one.found === "" ? words("triage-tag triage-verdict-refuted", "not found in the report") : words("triage-tag triage-verdict-supported", one.found);
  return element("li", {}, element("q", { class: "triage-quote" }, one.text), " ", mark, ...places(one.places, "place", one.text, doing));
}
function check(one, doing) {
  let mark = words(`triage-tag triage-verdict-${one.verdict.replace(" ", "-")}`, one.verdict);
  return element("li", {}, mark, " ", words("triage-predicts", one.predicts), words("triage-label", ` (${one.why})`), ...places(one.rows, "row", one.predicts, doing));
}
function places(rows, what, of, doing) {
  let items = rows.map((row) => {
    let told = row.text === "" ? row.words : `${row.words}: ${row.text}`;
    return row.line < 0 ? element("code", {}, told) : button(told, () => doing.go(row.line), { class: "triage-button triage-link triage-place" });
  }), only = items[0];
  if (only === void 0) return [];
  if (items.length === 1) return [box("triage-places", only)];
  let all = element("ul", { class: "triage-places" }, ...items.map((item) => element("li", {}, item))), count = plural(items.length, what), labels = { closed: `Show ${count}`, open: `Hide ${count}`, name: `of “${short(of)}”` };
  return [" ", disclosure(all, labels, (open) => {
    all.hidden = !open;
  }), all];
}
function part(name, items) {
  if (items.length === 0) return [];
  let id = uniqueId();
  return [element("p", { class: "triage-label triage-part", id }, name), element("ul", { class: "triage-findings", "aria-labelledby": id }, ...items)];
}
function list(level, name, texts) {
  if (texts.length === 0) return [];
  let id = uniqueId();
  return [heading(level, { class: "triage-hypothesis-title", id }, name), element("ul", { class: "triage-findings", "aria-labelledby": id }, ...texts.map((text) => element("li", {}, text)))];
}
function short(text) {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
async function download(run, doing) {
  try {
    let text = await doing.call("file", { run: run.run_id }), url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
    element("a", { href: url, download: `${run.run_id}.json` }).click(), setTimeout(() => URL.revokeObjectURL(url), 1e4), doing.announcer.say(`Saved ${plural(text.length, "character")} of JSON`);
  } catch (error) {
    doing.announcer.say(`Could not save the JSON: ${reason(error)}`);
  }
}

// src/hypothesis_runs.ts
function runsSection(level, runs, choice, choose) {
  if (runs.length < 2) return null;
  let id = uniqueId(), head = ["Begun", "Asked", "Status", "Likeliest", "Show"].map((name) => element("th", { scope: "col" }, name)), rows = runs.map((run) => {
    let name = `${run.name}, ${run.created}`, show = button("Show", () => choose({ shown: run.run_id, beside: choice.beside === run.run_id ? null : choice.beside }), {
      "aria-label": `Show ${name}`,
      "aria-pressed": String(run.run_id === choice.shown),
      "data-by": `show ${run.run_id}`
    }), beside = button("Beside", () => choose({ ...choice, beside: run.run_id === choice.beside ? null : run.run_id }), {
      "aria-label": `Show ${name} beside the other`,
      "aria-pressed": String(run.run_id === choice.beside),
      "data-by": `beside ${run.run_id}`
    }), took = run.took === null ? "" : ` after ${clockText(run.took)}`;
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, run.created),
      element("td", {}, run.name),
      element("td", {}, run.status + took),
      element("td", { class: "triage-run-about" }, run.about),
      element("td", {}, show, " ", run.run_id === choice.shown ? null : beside)
    );
  }), table = element("table", { class: "triage-table triage-runs" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
  return element(
    "div",
    { class: "triage-section", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-heading", id }, plural(runs.length, "run")),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Runs", tabindex: 0 }, table)
  );
}

// src/hypothesis_sent.ts
var Sending = class {
  constructor(level, sent, call, announcer) {
    this.call = call;
    this.announcer = announcer;
    let id = uniqueId(), cut = sent.sections.filter((section) => section.chars_cut > 0).map((section) => section.name), told = `${plural(sent.chars, "character")}, masked, in ${plural(sent.sections.length, "section")}; ${cut.length === 0 ? "nothing is cut." : `cut: ${cut.join(", ")}.`}`;
    this.#toggle = disclosure(this.#body, { closed: "Read it before it is sent", open: "Hide the text" }, (open) => {
      this.#body.hidden = !open, open && this.#load();
    });
    let title = heading(level, { class: "triage-heading", id }, "What would be sent"), whole = sent.error === "" ? [element("p", { class: "triage-remark triage-remark-first" }, told), this.#table(sent.sections), this.#toggle, this.#body] : [failure(`Nothing can be sent: ${sent.error}`, null, !1)];
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, title, ...whole);
  }
  call;
  announcer;
  node;
  #body = box("triage-sent-body");
  #toggle;
  #lines = null;
  #loading = null;
  #found = null;
  #back = null;
  /** Show a line of the text; Escape leads back to where the focus was. */
  async go(line) {
    let from = document.activeElement;
    this.#toggle.getAttribute("aria-expanded") === "false" && this.#toggle.click(), await this.#load();
    let place = this.#lines?.[line];
    place !== void 0 && (this.#found?.classList.remove("triage-line-found"), this.#found = place, from instanceof HTMLElement && !this.#body.contains(from) && (this.#back = from), place.classList.add("triage-line-found"), place.scrollIntoView({ block: "center" }), place.focus(), this.announcer.say(`Line ${line + 1} of what would be sent. Escape leads back.`));
  }
  /** The text is loaded once, whoever asks for it first. */
  #load() {
    return this.#loading ??= this.#read(), this.#loading;
  }
  async #read() {
    fill(this.#body, waiting("Loading the text…"));
    try {
      this.#show(await this.call("reading", {}));
    } catch (error) {
      this.#loading = null, fill(this.#body, failure(reason(error), () => {
        this.#load();
      }));
    }
  }
  #show(reading) {
    this.#lines = reading.lines.map((line, number) => element("div", { class: reading.data[number] === !0 ? "triage-line" : "triage-line triage-line-heading", tabindex: -1 }, line === "" ? `
` : line));
    let text = element("div", { class: "triage-reading", role: "group", tabindex: 0, "aria-label": "The text that would be sent" }, ...this.#lines);
    text.addEventListener("keydown", (event) => {
      event.key !== "Escape" || this.#back === null || (event.preventDefault(), this.#back.focus());
    }), fill(this.#body, text);
  }
  #table(sections) {
    let head = ["Section", "Lines", "Characters", "Cut"].map((name) => element("th", { scope: "col" }, name)), rows = sections.map((section) => {
      let jump = button(section.name, () => {
        this.go(section.line);
      }, { class: "triage-button triage-link", "aria-label": `Read the section ${section.name}` }), cut = section.chars_cut === 0 ? "" : `${plural(section.lines_cut, "line")}, ${plural(section.chars_cut, "character")}`, name = element("th", { scope: "row" }, jump, `: ${section.title}`);
      return element("tr", {}, name, ...[section.lines.toLocaleString("en"), section.chars.toLocaleString("en"), cut].map((cell) => element("td", {}, cell)));
    }), table = element("table", { class: "triage-table" }, element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...rows));
    return element("div", { class: "triage-scroll", role: "group", "aria-label": "Sections", tabindex: 0 }, table);
  }
};

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

// src/landmark.ts
function nameRoot(root, label) {
  let taken = /* @__PURE__ */ new Set();
  for (let other of document.querySelectorAll(".triage-root"))
    other !== root && other.dataset.label === label && taken.add(other.dataset.view ?? "1");
  let view = 1;
  for (; taken.has(String(view)); ) view += 1;
  root.dataset.label = label, root.dataset.view = String(view), root.setAttribute("aria-label", printable(view === 1 ? label : `${label} (view ${view})`));
}

// src/hypothesis_panel.ts
var LOST2 = "The kernel was restarted or stopped. Run the cell again for more.", INTERRUPTED = "The kernel was restarted or stopped, and the run with it: it counts as interrupted. Run the cell again.", POLL_MS = 1e3;
function render({ model, el, experimental }) {
  let panel = new Panel(el), caller = new Caller(experimental, model, () => panel.lost());
  return panel.start(caller), () => {
    panel.stop(), caller.dispose();
  };
}
var Panel = class {
  #root = element("section", { class: "triage-root triage-hypotheses", tabindex: -1 });
  #body = box("triage-body");
  #alerts = box("triage-alerts");
  #results = box("triage-results");
  #others = box("triage-others");
  #announcer = new Announcer();
  #pages = /* @__PURE__ */ new Map();
  #caller = null;
  #doing = null;
  #asking = null;
  #pending = null;
  #runs = [];
  #choice = { shown: null, beside: null };
  #level = 3;
  #timer = 0;
  #drawn = 0;
  #stopped = !1;
  #lost = !1;
  constructor(el) {
    keepKeys(this.#root), this.#root.append(this.#announcer.node, this.#alerts, this.#body), nameRoot(this.#root, "Hypotheses"), el.append(this.#root);
  }
  start(caller) {
    this.#caller = caller, this.#load();
  }
  /** The view goes away; a run goes on in the kernel. */
  stop() {
    this.#stopped = !0, clearTimeout(this.#timer), this.#pending?.clock.stop();
  }
  lost() {
    this.#lost = !0, clearTimeout(this.#timer), this.#pending?.clock.stop(), this.#doing !== null && (fill(this.#alerts, failure(this.#pending === null ? LOST2 : INTERRUPTED, null)), this.#pending !== null && fill(this.#results, element("p", { class: "triage-waiting" }, `Interrupted after ${this.#pending.clock.node.textContent}.`)), this.#pending = null, this.#asking?.hold(!0));
  }
  async #load() {
    if (this.#caller !== null) {
      this.#alerts.replaceChildren(), this.#doing === null && fill(this.#body, waiting("Waiting for the kernel…"));
      try {
        this.#show(await this.#caller.call("head", {}), this.#caller);
      } catch (error) {
        this.#doing === null && this.#body.replaceChildren();
        let again = () => {
          this.#root.focus(), this.#load();
        };
        fill(this.#alerts, failure(reason(error), again));
      }
    }
  }
  #show(head, caller) {
    this.#lost = !1, nameRoot(this.#root, `Hypotheses: ${head.title}`), this.#level = titleLevel(this.#root);
    let sending = new Sending(this.#level + 1, head.sent, caller.call, this.#announcer);
    this.#doing = { call: caller.call, announcer: this.#announcer, go: (line) => {
      sending.go(line);
    }, cancel: (run) => {
      this.#cancel(run);
    } }, this.#asking = new Asking(this.#level + 1, head, (question) => {
      this.#ask(question);
    });
    let title = box("triage-head", heading(this.#level, { class: "triage-title", tabindex: -1 }, head.title), element("p", { class: "triage-remark" }, unverified(), " What a model or rules say here is text about a report; nothing of it is run."));
    fill(this.#body, title, sending.node, this.#asking.node, this.#results, this.#others), this.#take(head.runs), this.#choice = { shown: head.runs[0]?.run_id ?? null, beside: null }, this.#draw();
  }
  /** Know how the runs stand, and look again while one goes on. */
  #take(runs) {
    this.#runs = runs, clearTimeout(this.#timer);
    let waits = runs.some((run) => run.status === "pending");
    this.#asking?.hold(waits), waits && !this.#stopped && (this.#timer = window.setTimeout(() => {
      this.#poll();
    }, POLL_MS));
  }
  async #poll() {
    let before = this.#runs.filter((run) => run.status === "pending").map((run) => run.run_id), ended;
    try {
      let standing = await this.#doing?.call("standing", { runs: before }) ?? [];
      ended = standing.find((run) => run.status !== "pending");
      let shown = standing.find((run) => run.run_id === this.#choice.shown);
      shown?.elapsed != null && this.#pending?.clock.start(shown.elapsed);
      let all = ended === void 0 && standing.length === before.length ? this.#runs : await this.#doing?.call("runs", {});
      all !== void 0 && !this.#stopped && this.#take(all);
    } catch {
      !this.#stopped && !this.#lost && this.#take(this.#runs);
      return;
    }
    if (ended === void 0 || this.#stopped) return;
    this.#announcer.say(`${ended.name}: ${ended.status}${ended.took === null ? "" : ` after ${clockText(ended.took)}`}. ${ended.about}`);
    let within = this.#results.contains(document.activeElement);
    await this.#draw(), within && this.#focus();
  }
  async #ask(question) {
    if (this.#doing === null) return;
    let name = question.engine === "rules" ? "rules, no model" : question.model;
    this.#alerts.replaceChildren(), this.#asking?.hold(!0), this.#wait(new Pending(this.#level + 1, name, null, ""), 0), this.#announcer.say(`Asking ${name}`);
    try {
      let { run, cached, runs } = await this.#doing.call("ask", question);
      this.#take(runs), this.#choice = { shown: run, beside: null };
      let said = cached ? "The same question was answered before: shown is that answer. To ask again, tick “Ask anew”." : "";
      said !== "" && fill(this.#alerts, element("p", { class: "triage-decided" }, said)), await this.#draw();
      let row = runs.find((one) => one.run_id === run);
      row !== void 0 && row.status !== "pending" && this.#announcer.say(`${said} ${row.name}: ${row.status}. ${row.about}`);
    } catch (error) {
      if (this.#lost) return;
      this.#take(this.#runs), fill(this.#alerts, failure(reason(error), error instanceof Refused ? null : () => {
        this.#load();
      })), this.#draw();
    }
  }
  async #cancel(run) {
    try {
      await this.#doing?.call("cancel", { run: run.run_id }), this.#announcer.say("Cancelling");
    } catch (error) {
      fill(this.#alerts, failure(reason(error), null));
    }
  }
  /** Draw the runs that are shown, and the list of all. */
  async #draw() {
    let { shown, beside } = this.#choice;
    this.#drawn += 1;
    let drawn = this.#drawn;
    this.#list();
    let cards = await Promise.all([shown, beside].map((id) => id === null ? null : this.#card(id)));
    if (drawn !== this.#drawn || this.#stopped) return;
    this.#results.classList.toggle("triage-results-two", beside !== null);
    let pending = cards.find((card) => card instanceof Pending) ?? null, nodes = cards.map((card) => card instanceof Pending ? card.node : card);
    this.#pending !== null && this.#pending !== pending && this.#pending.clock.stop(), this.#pending = pending, fill(this.#results, ...shown === null ? [element("p", { class: "triage-remark triage-none" }, "Nobody was asked yet.")] : nodes);
  }
  async #card(id) {
    let run = this.#runs.find((one) => one.run_id === id);
    if (run === void 0 || this.#doing === null) return null;
    if (run.status === "pending") {
      let said = run.mine ? "It goes on in the kernel, also while this page is closed." : "It goes on in another kernel or program.", made = new Pending(this.#level + 1, run.name, run.mine ? () => this.#doing?.cancel(run) : null, said);
      return made.clock.start(run.elapsed ?? 0), made;
    }
    try {
      let page2 = this.#pages.get(id) ?? await this.#doing.call("run", { run: id });
      return this.#pages.set(id, page2), runCard(this.#level + 1, page2, this.#doing);
    } catch (error) {
      return failure(reason(error), () => {
        this.#draw();
      });
    }
  }
  #wait(pending, elapsed) {
    this.#drawn += 1, this.#pending?.clock.stop(), this.#pending = pending, pending.clock.start(elapsed), this.#results.classList.remove("triage-results-two"), fill(this.#results, pending.node);
  }
  #list() {
    let section = runsSection(this.#level + 1, this.#runs, this.#choice, (choice) => {
      this.#choice = choice, this.#draw().then(() => {
        let count = this.#results.querySelectorAll(".triage-run").length;
        this.#announcer.say(count > 1 ? `${plural(count, "run")} side by side` : "One run is shown");
      });
    }), focused = document.activeElement, held = focused instanceof HTMLElement && this.#others.contains(focused) ? focused.dataset.by : void 0;
    fill(this.#others, section), held !== void 0 && this.#others.querySelector(`[data-by="${CSS.escape(held)}"]`)?.focus();
  }
  #focus() {
    this.#results.querySelector(".triage-run-title")?.focus();
  }
}, hypothesis_panel_default = { render };
export {
  hypothesis_panel_default as default
};
