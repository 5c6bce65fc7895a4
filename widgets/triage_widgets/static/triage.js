// src/dom.ts
function printable(text) {
  return text.replace(/(?![ \n\t])[\p{C}\p{Z}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 32 ? String.fromCharCode(9216 + code) : `\\u{${code.toString(16)}}`;
  });
}
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, printable(String(value)));
  }
  fill(made, ...children);
  return made;
}
function button(label, press, attributes = {}) {
  return element("button", { type: "button", class: "triage-button", click: press, ...attributes }, label);
}
function box(name, ...children) {
  return element("div", { class: name }, ...children);
}
function words(name, ...children) {
  return element("span", { class: name }, ...children);
}
function fill(parent, ...children) {
  const nodes = children.filter((child) => child !== null);
  parent.replaceChildren(...nodes.map((child) => typeof child === "string" ? document.createTextNode(printable(child)) : child));
}
function breakable(text) {
  const parts = text.split(/(?<=[/\\]|::)(?=[^/\\:])/u);
  return parts.flatMap((part, index) => index === 0 ? [part] : [document.createElement("wbr"), part]);
}
function heading(level, attributes, ...children) {
  return element(`h${Math.min(level, 6)}`, attributes, ...children);
}
function titleLevel(place) {
  let before = 2;
  for (const other of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (place.contains(other) || !(other.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    before = Number(other.tagName[1]);
  }
  return Math.min(before + 1, 3);
}
var ids = 0;
var page = Math.random().toString(36).slice(2, 10);
function uniqueId() {
  ids += 1;
  return `triage-${page}-${ids}`;
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
    clearTimeout(this.#timer);
    this.node.textContent = "";
    this.#timer = window.setTimeout(() => {
      this.node.textContent = printable(text);
    }, 50);
  }
};

// src/calls.ts
var ANSWER_MS = 3e4;
var LOST_ANSWER_MS = 4e3;
var LOST = "The kernel was restarted or stopped. Run the cell again.";
var CallError = class extends Error {
};
var Refused = class extends CallError {
};
var Caller = class {
  constructor(experimental, model, onLost) {
    this.experimental = experimental;
    this.onLost = onLost;
    model.on("comm_live_update", () => {
      this.#lost = true;
      this.#end(LOST);
      this.onLost();
    });
  }
  experimental;
  onLost;
  #pending = /* @__PURE__ */ new Set();
  #lost = false;
  /** Ask the kernel. */
  call = async (name, input) => {
    const limit = this.#lost ? LOST_ANSWER_MS : ANSWER_MS;
    const controller = new AbortController();
    const timer = setTimeout(() => controller.abort(new CallError(this.#silence(limit))), limit);
    this.#pending.add(controller);
    try {
      const message = { name, arguments: input };
      const [answer] = await this.experimental.invoke("call", message, { signal: controller.signal });
      this.#lost = false;
      if (!answer.ok) throw new Refused(answer.error);
      return answer.value;
    } catch (error) {
      if (error instanceof CallError) throw error;
      throw new CallError(this.#lost ? LOST : `The kernel cannot be reached: ${reason(error)}`);
    } finally {
      clearTimeout(timer);
      this.#pending.delete(controller);
    }
  };
  /** The view goes away: end what is under way. */
  dispose() {
    this.#end("The view was closed.");
  }
  #end(message) {
    for (const controller of this.#pending) controller.abort(new CallError(message));
  }
  #silence(limit) {
    if (this.#lost) return LOST;
    return `The kernel did not answer within ${limit / 1e3} seconds. It may be busy with another cell, or stopped.`;
  }
};
function reason(error) {
  return error instanceof Error && error.message ? error.message : "it gave no reason";
}

// src/failure.ts
function failure(message, retry, alert = true) {
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

// src/disclosure.ts
function disclosure(place, labels, change) {
  place.id ||= uniqueId();
  let open = false;
  const show = () => {
    const label = open ? labels.open : labels.closed;
    made.setAttribute("aria-expanded", String(open));
    if (labels.name !== void 0) made.setAttribute("aria-label", printable(`${label} ${labels.name}`));
    fill(made, label);
    change(open);
  };
  const press = () => {
    open = !open;
    show();
  };
  const made = button(labels.closed, press, { class: "triage-button triage-disclosure", "aria-controls": place.id });
  show();
  return made;
}

// src/landmark.ts
function nameRoot(root, label) {
  const taken = /* @__PURE__ */ new Set();
  for (const other of document.querySelectorAll(".triage-root")) {
    if (other !== root && other.dataset["label"] === label) taken.add(other.dataset["view"] ?? "1");
  }
  let view = 1;
  while (taken.has(String(view))) view += 1;
  root.dataset["label"] = label;
  root.dataset["view"] = String(view);
  root.setAttribute("aria-label", printable(view === 1 ? label : `${label} (view ${view})`));
}
function regionLabel(inside, label) {
  const view = inside.closest(".triage-root")?.dataset["view"];
  return view === void 0 || view === "1" ? label : `${label}, view ${view}`;
}

// src/paging.ts
var Paging = class {
  place = element("span", { class: "triage-remark" });
  turns;
  page = 0;
  pages = 1;
  constructor(turn, what = "page") {
    this.turns = [-1, 1].map(
      (by) => button(`${by < 0 ? "Previous" : "Next"} ${what}`, () => {
        const page2 = this.page + by;
        if (page2 >= 0 && page2 < this.pages) turn(page2);
      })
    );
  }
  show(page2, pages, remark) {
    this.page = page2;
    this.pages = Math.max(pages, page2 + 1);
    fill(this.place, remark);
    for (const [index, end] of [0, this.pages - 1].entries()) {
      const turn = this.turns[index];
      if (turn === void 0) continue;
      turn.hidden = this.pages === 1;
      turn.setAttribute("aria-disabled", String(this.page === end));
    }
  }
  get where() {
    return `page ${this.page + 1} of ${this.pages}`;
  }
};
function toggleButton(label, on, name) {
  const made = button(label, () => made.setAttribute("aria-pressed", String(on.classList.toggle(name))), {
    "aria-pressed": String(on.classList.contains(name))
  });
  return made;
}

// src/preview.ts
var PreviewPanel = class {
  constructor(panel, file, call, announcer) {
    this.panel = panel;
    this.file = file;
    this.call = call;
    this.announcer = announcer;
    this.#text = element("pre", { class: "triage-text", tabindex: 0, role: "region" });
    const wrap = toggleButton("Wrap lines", this.#text, "triage-text-wrapped");
    this.#bar = element("div", { class: "triage-bar" }, ...this.#paging.turns, this.#paging.place, wrap);
  }
  panel;
  file;
  call;
  announcer;
  #state = "idle";
  #text;
  #paging = new Paging((page2) => void this.#load(page2, true));
  #bar;
  /** The panel was opened: load the first page, unless it is there. */
  open() {
    if (this.#state === "idle" || this.#state === "error") void this.#load(this.#paging.page, false);
  }
  async #load(page2, turned) {
    if (this.#state === "loading") return;
    const first = this.#state !== "ready";
    this.#state = "loading";
    this.#text.setAttribute("aria-busy", "true");
    if (first) fill(this.panel, waiting("Loading…"));
    try {
      this.#show(await this.call("preview", { source_id: this.file.source_id, page: page2 }));
      this.#state = "ready";
      if (first) fill(this.panel, this.#bar, this.#text);
      this.announcer.say(turned ? this.#paging.where : `${this.file.path} loaded, ${this.#paging.where}`);
    } catch (error) {
      this.#state = "error";
      fill(this.panel, failure(reason(error), () => this.#retry(page2)));
    }
    this.#text.removeAttribute("aria-busy");
  }
  /** Try again; the Retry button goes away, so that the focus moves to the panel. */
  #retry(page2) {
    this.panel.tabIndex = -1;
    this.panel.focus();
    void this.#load(page2, true);
  }
  #show(preview) {
    fill(this.#text, preview.text.replaceAll("\r\n", "\n") || this.#nothing());
    this.#text.setAttribute("aria-label", regionLabel(this.panel, `Text of ${this.file.path}`));
    this.#text.scrollTop = 0;
    const { page: page2, pages } = preview;
    const where = `page ${page2 + 1} of ${pages} · ${this.file.size} in all`;
    this.#paging.show(page2, pages, pages > 1 ? where : preview.note);
  }
  #nothing() {
    return this.file.bytes === 0 ? "The file is empty." : "No line begins here: the page before shows the text to its end.";
  }
};

// src/files.ts
var FIRST_FILES = 12;
var FEW = 4;
var STATUS = { ok: "read", partial: "read in part", unknown: "not recognised" };
var FileSection = class {
  constructor(view, level, call, announcer) {
    this.view = view;
    this.call = call;
    this.announcer = announcer;
    this.#known = [...view.files];
    this.#more = button("Show more files", () => void this.#next());
    const id = uniqueId();
    this.node = element(
      "div",
      { class: "triage-section", "aria-labelledby": id, role: "group" },
      heading(level, { class: "triage-heading", id }, plural(view.files_in_all, "file")),
      this.#list,
      this.#foot,
      quarantineRemark(view.quarantined)
    );
    this.#show(view.files_in_all <= FIRST_FILES + FEW ? view.files_in_all : FIRST_FILES);
  }
  view;
  call;
  announcer;
  node;
  #list = element("ul", { class: "triage-files", role: "list" });
  #foot = element("div", { class: "triage-files-foot" });
  #more;
  #known;
  #shown = 0;
  #loading = false;
  /** Show up to `count` more of the files that are known, and say what is left. */
  #show(count) {
    const rows = this.#known.slice(this.#shown, this.#shown + count).map((file) => this.#item(file));
    this.#list.append(...rows);
    this.#shown += rows.length;
    const left = this.view.files_in_all - this.#shown;
    this.#foot.replaceChildren();
    if (left > 0) {
      this.#foot.append(this.#more, element("span", { class: "triage-remark" }, `${this.#shown.toLocaleString("en")} of ${plural(this.view.files_in_all, "file")} shown`));
    }
    return rows[0] ?? null;
  }
  /** The next files: those that are known, else the next page of the kernel. */
  async #next() {
    if (this.#loading) return;
    this.#loading = true;
    const before = this.#shown;
    try {
      if (this.#known.length === this.#shown) {
        this.announcer.say("Loading more files");
        this.#known.push(...await this.call("files", { start: this.#shown }));
      }
      const first = this.#show(this.#known.length - this.#shown);
      this.announcer.say(`${plural(this.#shown - before, "more file")} shown`);
      first?.querySelector("button")?.focus();
    } catch (error) {
      this.#foot.replaceChildren(failure(reason(error), () => void this.#next()));
    } finally {
      this.#loading = false;
    }
  }
  #item(file) {
    const panel = element("div", { class: "triage-preview" });
    const preview = new PreviewPanel(panel, file, this.call, this.announcer);
    const labels = { closed: "Preview", open: "Hide", name: file.path };
    const toggle = disclosure(panel, labels, (open) => {
      panel.hidden = !open;
      if (open) preview.open();
    });
    const indent = `triage-file-name triage-depth-${Math.min(file.depth, 4)}`;
    return element(
      "li",
      { class: "triage-file" },
      element("span", { class: indent }, element("code", { class: "triage-file-path" }, ...breakable(file.path))),
      element("span", { class: "triage-file-size" }, file.size),
      element(
        "span",
        { class: "triage-file-about" },
        element("span", { class: "triage-file-description" }, file.description),
        file.status === "ok" ? null : element("span", { class: "triage-tag" }, STATUS[file.status] ?? file.status),
        file.reason ? element("span", { class: "triage-file-reason" }, file.reason) : null
      ),
      toggle,
      panel
    );
  }
};
function quarantineRemark(count) {
  if (count === 0) return null;
  const text = `${plural(count, "piece")} could not be read; case.quarantine() says where and why.`;
  return element("p", { class: "triage-remark triage-quarantine" }, text);
}

// src/frames.ts
var FIRST_FRAMES = 3;
var ROLES = /* @__PURE__ */ new Set(["application", "library", "noise"]);
function firstShown(frames) {
  const own = frames.findIndex((frame) => frame.kind === "frame" && frame.role === "application");
  return own < FIRST_FRAMES ? 0 : own;
}
function stackSection(view, level) {
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
    away.length === 0 ? null : foot(view, list, away, begin)
  );
}
function foot(view, list, away, begin) {
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
    }
  );
  return element("div", { class: "triage-frames-foot" }, toggle, remark);
}
function frameItem(frame) {
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
    element("span", { class: "triage-frame-where" }, ...breakable(frame.where))
  );
}

// src/copy.ts
var SHOWN_MS = 2e3;
function copyButton(label, name, value, announcer) {
  let timer = 0;
  const show = (text, spoken) => {
    fill(made, text);
    announcer.say(spoken);
    clearTimeout(timer);
    timer = window.setTimeout(() => fill(made, label), SHOWN_MS);
  };
  const press = async () => {
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
function copyRow(label, value, copy) {
  return box("triage-id", words("triage-label", label), value === "" ? null : element("code", { class: "triage-id-value" }, value), copy);
}
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    if (!writeBySelection(text)) throw new Error("the browser does not allow it");
  }
}
function writeBySelection(text) {
  const focused = document.activeElement;
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "triage-offscreen";
  (focused?.closest("dialog") ?? document.body).append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  return done;
}

// src/head.ts
var LONG_FACT = 48;
function caseHead(view, level, call, announcer) {
  return element(
    "div",
    { class: view.crash_id === "" ? "triage-head" : "triage-head triage-crash" },
    heading(level, { class: "triage-title", tabindex: -1 }, view.title),
    element("div", { class: "triage-ids" }, crashId(view, announcer), bundle(view, call, announcer)),
    facts(view),
    notes(view)
  );
}
function crashId(view, announcer) {
  if (view.crash_id === "") return null;
  return copyRow("Crash id", view.crash_id, copyButton("Copy id", "the crash id", () => view.crash_id, announcer));
}
function bundle(view, call, announcer) {
  return copyRow("Bundle", view.bundle, copyButton("Copy bundle path", "the bundle path", () => call("path", {}), announcer));
}
function facts(view) {
  if (view.facts.length === 0) return null;
  const pairs = view.facts.map(([label, value]) => {
    const long = value.length > LONG_FACT || label === "What" || label === "Where";
    const kind = long ? "triage-fact triage-fact-long" : "triage-fact";
    return element(
      "div",
      { class: kind },
      element("dt", { class: "triage-label" }, label),
      element("dd", { class: "triage-fact-value" }, value)
    );
  });
  return element("dl", { class: "triage-facts" }, ...pairs);
}
function notes(view) {
  if (view.notes.length === 0) return null;
  const list = element("ul", { class: "triage-notes-list" }, ...view.notes.map((note) => element("li", {}, note)));
  if (view.notes.length === 1) return element("div", { class: "triage-notes" }, list);
  const label = plural(view.notes.length, "note");
  const labels = { closed: `Show ${label} of the reader`, open: `Hide ${label} of the reader` };
  const toggle = disclosure(list, labels, (open) => {
    list.hidden = !open;
  });
  return element("div", { class: "triage-notes" }, toggle, list);
}

// src/incidents.ts
function incidentSection(view, level, choose) {
  if (view.incidents_in_all < 2) return null;
  const id = uniqueId();
  const head = ["Incident", "Status", "Events", "First seen", "Last seen"].map(
    (name) => element("th", { scope: "col", class: name === "Events" ? "triage-amount" : null }, name)
  );
  const beyond = view.incidents_in_all - view.incidents.length;
  const table = element(
    "table",
    { class: "triage-table", "aria-labelledby": id },
    element("thead", {}, element("tr", {}, ...head)),
    element("tbody", {}, ...view.incidents.map((row) => incidentRow(row, row.incident_id === view.incident_id, choose)))
  );
  return element(
    "div",
    { class: "triage-section", "aria-labelledby": id, role: "group" },
    heading(level, { class: "triage-heading", id }, `${plural(view.incidents_in_all, "incident")}, newest first`),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Incidents", tabindex: 0 }, table),
    beyond > 0 ? element("p", { class: "triage-remark" }, `${plural(beyond, "older incident")} in case.incidents().`) : null
  );
}
function incidentRow(row, current, choose) {
  const open = button(row.title, () => choose(row.incident_id), {
    class: "triage-button triage-link",
    "aria-current": current ? "true" : null
  });
  return element(
    "tr",
    { class: current ? "triage-row-current" : "triage-row" },
    element("th", { scope: "row" }, open, current ? element("span", { class: "triage-tag" }, "shown") : null),
    element("td", {}, row.status),
    element("td", { class: "triage-amount" }, row.count.toLocaleString("en")),
    element("td", { class: "triage-time" }, row.first_seen),
    element("td", { class: "triage-time" }, row.last_seen)
  );
}

// src/keys.ts
function isGlobal(event) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return false;
  const key = event.key.toLowerCase();
  return key === "s" || event.shiftKey && key === "c";
}
function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    if (!isGlobal(event)) event.stopPropagation();
  });
}

// src/case_view.ts
function caseView({ model, el, experimental }) {
  const view = new CaseView(el);
  const caller = new Caller(experimental, model, () => view.lost());
  view.start(caller);
  return () => caller.dispose();
}
var CaseView = class {
  #root = element("section", { class: "triage-root" });
  #body = element("div", { class: "triage-body" });
  #alerts = element("div", { class: "triage-alerts" });
  #announcer = new Announcer();
  #caller = null;
  #shown = null;
  #asked = 0;
  constructor(el) {
    keepKeys(this.#root);
    this.#root.append(this.#announcer.node, this.#alerts, this.#body);
    nameRoot(this.#root, "Crash case");
    el.append(this.#root);
  }
  start(caller) {
    this.#caller = caller;
    void this.#load(null);
  }
  /** The connection broke: what is shown stays, and a person knows why nothing more comes. */
  lost() {
    if (this.#shown === null) return;
    fill(this.#alerts, failure("The kernel was restarted or stopped. What is shown here stays; run the cell again for more.", null));
  }
  /** Show an incident, or the one seen last. */
  async #load(incident) {
    if (this.#caller === null) return;
    this.#asked += 1;
    const asked = this.#asked;
    const first = this.#shown === null;
    this.#root.setAttribute("aria-busy", "true");
    this.#alerts.replaceChildren();
    if (first) fill(this.#body, waiting("Waiting for the kernel…"));
    else this.#announcer.say("Loading the incident");
    try {
      const view = await this.#caller.call("view", { incident });
      if (asked === this.#asked) this.#show(view, !first);
    } catch (error) {
      if (asked === this.#asked) this.#fail(reason(error), () => void this.#load(incident));
    }
    if (asked === this.#asked) this.#root.removeAttribute("aria-busy");
  }
  #fail(message, retry) {
    if (this.#shown === null) this.#body.replaceChildren();
    fill(
      this.#alerts,
      failure(message, () => {
        this.#root.tabIndex = -1;
        this.#root.focus();
        retry();
      })
    );
  }
  #show(view, focus) {
    if (this.#caller === null) return;
    this.#shown = view;
    nameRoot(this.#root, `Crash case: ${view.title}`);
    const call = this.#caller.call;
    const level = titleLevel(this.#root);
    const parts = [
      caseHead(view, level, call, this.#announcer),
      stackSection(view, level + 1),
      incidentSection(view, level + 1, (incident) => void this.#load(incident)),
      new FileSection(view, level + 1, call, this.#announcer).node
    ];
    fill(this.#body, ...parts);
    if (focus) this.#body.querySelector(".triage-title")?.focus();
  }
};

// src/triage.ts
var VIEWS = { case: caseView };
function render(props) {
  const kind = props.model.get("kind");
  const view = typeof kind === "string" && Object.hasOwn(VIEWS, kind) ? VIEWS[kind] : void 0;
  if (view !== void 0) return view(props);
  props.el.textContent = "This version of the page does not know this widget: reload the page.";
  return void 0;
}
var triage_default = { render };
export {
  triage_default as default
};
