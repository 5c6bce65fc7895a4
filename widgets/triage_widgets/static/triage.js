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
function words(name, ...children) {
  return element("span", { class: name }, ...children);
}
function fill(parent, ...children) {
  let nodes = children.filter((child) => child !== null);
  parent.replaceChildren(...nodes.map((child) => typeof child == "string" ? document.createTextNode(printable(child)) : child));
}
function breakable(text) {
  return text.split(/(?<=[/\\]|::)(?=[^/\\:])/u).flatMap((part, index) => index === 0 ? [part] : [document.createElement("wbr"), part]);
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

// src/landmark.ts
function nameRoot(root, label) {
  let taken = /* @__PURE__ */ new Set();
  for (let other of document.querySelectorAll(".triage-root"))
    other !== root && other.dataset.label === label && taken.add(other.dataset.view ?? "1");
  let view = 1;
  for (; taken.has(String(view)); ) view += 1;
  root.dataset.label = label, root.dataset.view = String(view), root.setAttribute("aria-label", printable(view === 1 ? label : `${label} (view ${view})`));
}
function regionLabel(inside, label) {
  let view = inside.closest(".triage-root")?.dataset.view;
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
        let page2 = this.page + by;
        page2 >= 0 && page2 < this.pages && turn(page2);
      })
    );
  }
  show(page2, pages, remark) {
    this.page = page2, this.pages = Math.max(pages, page2 + 1), fill(this.place, remark);
    for (let [index, end] of [0, this.pages - 1].entries()) {
      let turn = this.turns[index];
      turn !== void 0 && (turn.hidden = this.pages === 1, turn.setAttribute("aria-disabled", String(this.page === end)));
    }
  }
  get where() {
    return `page ${this.page + 1} of ${this.pages}`;
  }
};
function toggleButton(label, on, name) {
  let made = button(label, () => made.setAttribute("aria-pressed", String(on.classList.toggle(name))), {
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
    let wrap = toggleButton("Wrap lines", this.#text, "triage-text-wrapped");
    this.#bar = element("div", { class: "triage-bar" }, ...this.#paging.turns, this.#paging.place, wrap);
  }
  panel;
  file;
  call;
  announcer;
  #state = "idle";
  #text;
  #paging = new Paging((page2) => {
    this.#load(page2, !0);
  });
  #bar;
  /** The panel was opened: load the first page, unless it is there. */
  open() {
    (this.#state === "idle" || this.#state === "error") && this.#load(this.#paging.page, !1);
  }
  async #load(page2, turned) {
    if (this.#state === "loading") return;
    let first = this.#state !== "ready";
    this.#state = "loading", this.#text.setAttribute("aria-busy", "true"), first && fill(this.panel, waiting("Loading…"));
    try {
      this.#show(await this.call("preview", { source_id: this.file.source_id, page: page2 })), this.#state = "ready", first && fill(this.panel, this.#bar, this.#text), this.announcer.say(turned ? this.#paging.where : `${this.file.path} loaded, ${this.#paging.where}`);
    } catch (error) {
      this.#state = "error", fill(this.panel, failure(reason(error), () => this.#retry(page2)));
    }
    this.#text.removeAttribute("aria-busy");
  }
  /** Try again; the Retry button goes away, so that the focus moves to the panel. */
  #retry(page2) {
    this.panel.tabIndex = -1, this.panel.focus(), this.#load(page2, !0);
  }
  #show(preview) {
    fill(this.#text, preview.text.replaceAll(`\r
`, `
`) || this.#nothing()), this.#text.setAttribute("aria-label", regionLabel(this.panel, `Text of ${this.file.path}`)), this.#text.scrollTop = 0;
    let { page: page2, pages } = preview, where = `page ${page2 + 1} of ${pages} · ${this.file.size} in all`;
    this.#paging.show(page2, pages, pages > 1 ? where : preview.note);
  }
  #nothing() {
    return this.file.bytes === 0 ? "The file is empty." : "No line begins here: the page before shows the text to its end.";
  }
};

// src/files.ts
var FIRST_FILES = 12, FEW = 4, STATUS = { ok: "read", partial: "read in part", unknown: "not recognised" }, FileSection = class {
  constructor(view, level, call, announcer) {
    this.view = view;
    this.call = call;
    this.announcer = announcer;
    this.#known = [...view.files], this.#more = button("Show more files", () => {
      this.#next();
    });
    let id = uniqueId();
    this.node = element(
      "div",
      { class: "triage-section", "aria-labelledby": id, role: "group" },
      heading(level, { class: "triage-heading", id }, plural(view.files_in_all, "file")),
      this.#list,
      this.#foot,
      quarantineRemark(view.quarantined)
    ), this.#show(view.files_in_all <= FIRST_FILES + FEW ? view.files_in_all : FIRST_FILES);
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
  #loading = !1;
  /** Show up to `count` more of the files that are known, and say what is left. */
  #show(count) {
    let rows = this.#known.slice(this.#shown, this.#shown + count).map((file) => this.#item(file));
    this.#list.append(...rows), this.#shown += rows.length;
    let left = this.view.files_in_all - this.#shown;
    return this.#foot.replaceChildren(), left > 0 && this.#foot.append(this.#more, element("span", { class: "triage-remark" }, `${this.#shown.toLocaleString("en")} of ${plural(this.view.files_in_all, "file")} shown`)), rows[0] ?? null;
  }
  /** The next files: those that are known, else the next page of the kernel. */
  async #next() {
    if (this.#loading) return;
    this.#loading = !0;
    let before = this.#shown;
    try {
      this.#known.length === this.#shown && (this.announcer.say("Loading more files"), this.#known.push(...await this.call("files", { start: this.#shown })));
      let first = this.#show(this.#known.length - this.#shown);
      this.announcer.say(`${plural(this.#shown - before, "more file")} shown`), first?.querySelector("button")?.focus();
    } catch (error) {
      this.#foot.replaceChildren(failure(reason(error), () => {
        this.#next();
      }));
    } finally {
      this.#loading = !1;
    }
  }
  #item(file) {
    let panel = element("div", { class: "triage-preview" }), preview = new PreviewPanel(panel, file, this.call, this.announcer), labels = { closed: "Preview", open: "Hide", name: file.path }, toggle = disclosure(panel, labels, (open) => {
      panel.hidden = !open, open && preview.open();
    }), indent = `triage-file-name triage-depth-${Math.min(file.depth, 4)}`;
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
  let text = `${plural(count, "piece")} could not be read; case.quarantine() says where and why.`;
  return element("p", { class: "triage-remark triage-quarantine" }, text);
}

// src/frames.ts
var FIRST_FRAMES = 3, ROLES = /* @__PURE__ */ new Set(["application", "library", "noise"]);
function firstShown(frames) {
  let own = frames.findIndex((frame) => frame.kind === "frame" && frame.role === "application");
  return own < FIRST_FRAMES ? 0 : own;
}
function stackSection(view, level) {
  if (view.frames.length === 0) return null;
  let id = uniqueId(), begin = firstShown(view.frames), items = view.frames.map(frameItem), away = items.filter((_, index) => index < begin || index >= begin + FIRST_FRAMES), list = element("ol", { class: "triage-frames", role: "list", "aria-labelledby": id }, ...items);
  return element(
    "div",
    { class: "triage-section", "aria-labelledby": id, role: "group" },
    heading(level, { class: "triage-heading", id }, view.stack_title || "Crashing stack"),
    list,
    away.length === 0 ? null : foot(view, list, away, begin)
  );
}
function foot(view, list, away, begin) {
  let beyond = view.frames_in_all - view.frames.length, collapsed = begin === 0 ? "" : `From the first frame of the application; the ${plural(begin, "frame")} that it called are hidden`, expanded = beyond === 0 ? "" : `${plural(beyond, "further frame")} in case.frames()`, remark = element("span", { class: "triage-remark" }), toggle = disclosure(
    list,
    { closed: `Show all ${plural(view.frames.length, "frame")}`, open: `Show ${FIRST_FRAMES} frames only` },
    (open) => {
      for (let item of away) item.hidden = !open;
      fill(remark, open ? expanded : collapsed);
    }
  );
  return element("div", { class: "triage-frames-foot" }, toggle, remark);
}
function frameItem(frame) {
  let call = frame.kind === "frame", role = call && ROLES.has(frame.role) ? frame.role : "other", word = call ? frame.role || "unknown" : frame.kind.replaceAll("_", " ");
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
  let focused = document.activeElement, field = document.createElement("textarea");
  field.value = text, field.className = "triage-offscreen", (focused?.closest("dialog") ?? document.body).append(field), field.select();
  let done = document.execCommand("copy");
  return field.remove(), focused instanceof HTMLElement && focused.focus(), done;
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
  return view.crash_id === "" ? null : copyRow("Crash id", view.crash_id, copyButton("Copy id", "the crash id", () => view.crash_id, announcer));
}
function bundle(view, call, announcer) {
  return copyRow("Bundle", view.bundle, copyButton("Copy bundle path", "the bundle path", () => call("path", {}), announcer));
}
function facts(view) {
  if (view.facts.length === 0) return null;
  let pairs = view.facts.map(([label, value]) => {
    let kind = value.length > LONG_FACT || label === "What" || label === "Where" ? "triage-fact triage-fact-long" : "triage-fact";
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
  let list = element("ul", { class: "triage-notes-list" }, ...view.notes.map((note) => element("li", {}, note)));
  if (view.notes.length === 1) return element("div", { class: "triage-notes" }, list);
  let label = plural(view.notes.length, "note"), labels = { closed: `Show ${label} of the reader`, open: `Hide ${label} of the reader` }, toggle = disclosure(list, labels, (open) => {
    list.hidden = !open;
  });
  return element("div", { class: "triage-notes" }, toggle, list);
}

// src/incidents.ts
function incidentSection(view, level, choose) {
  if (view.incidents_in_all < 2) return null;
  let id = uniqueId(), head = ["Incident", "Status", "Events", "First seen", "Last seen"].map(
    (name) => element("th", { scope: "col", class: name === "Events" ? "triage-amount" : null }, name)
  ), beyond = view.incidents_in_all - view.incidents.length, table = element(
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
  let open = button(row.title, () => choose(row.incident_id), {
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
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return !1;
  let key = event.key.toLowerCase();
  return key === "s" || event.shiftKey && key === "c";
}
function keepKeys(root) {
  root.addEventListener("keydown", (event) => {
    isGlobal(event) || event.stopPropagation();
  });
}

// src/case_view.ts
function caseView({ model, el, experimental }) {
  let view = new CaseView(el), caller = new Caller(experimental, model, () => view.lost());
  return view.start(caller), () => caller.dispose();
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
    keepKeys(this.#root), this.#root.append(this.#announcer.node, this.#alerts, this.#body), nameRoot(this.#root, "Crash case"), el.append(this.#root);
  }
  start(caller) {
    this.#caller = caller, this.#load(null);
  }
  /** The connection broke: what is shown stays, and a person knows why nothing more comes. */
  lost() {
    this.#shown !== null && fill(this.#alerts, failure("The kernel was restarted or stopped. What is shown here stays; run the cell again for more.", null));
  }
  /** Show an incident, or the one seen last. */
  async #load(incident) {
    if (this.#caller === null) return;
    this.#asked += 1;
    let asked = this.#asked, first = this.#shown === null;
    this.#root.setAttribute("aria-busy", "true"), this.#alerts.replaceChildren(), first ? fill(this.#body, waiting("Waiting for the kernel…")) : this.#announcer.say("Loading the incident");
    try {
      let view = await this.#caller.call("view", { incident });
      asked === this.#asked && this.#show(view, !first);
    } catch (error) {
      asked === this.#asked && this.#fail(reason(error), () => {
        this.#load(incident);
      });
    }
    asked === this.#asked && this.#root.removeAttribute("aria-busy");
  }
  #fail(message, retry) {
    this.#shown === null && this.#body.replaceChildren(), fill(
      this.#alerts,
      failure(message, () => {
        this.#root.tabIndex = -1, this.#root.focus(), retry();
      })
    );
  }
  #show(view, focus) {
    if (this.#caller === null) return;
    this.#shown = view, nameRoot(this.#root, `Crash case: ${view.title}`);
    let call = this.#caller.call, level = titleLevel(this.#root), parts = [
      caseHead(view, level, call, this.#announcer),
      stackSection(view, level + 1),
      incidentSection(view, level + 1, (incident) => {
        this.#load(incident);
      }),
      new FileSection(view, level + 1, call, this.#announcer).node
    ];
    fill(this.#body, ...parts), focus && this.#body.querySelector(".triage-title")?.focus();
  }
};

// src/triage.ts
var VIEWS = { case: caseView };
function render(props) {
  let kind = props.model.get("kind"), view = typeof kind == "string" && Object.hasOwn(VIEWS, kind) ? VIEWS[kind] : void 0;
  if (view !== void 0) return view(props);
  props.el.textContent = "This version of the page does not know this widget: reload the page.";
}
var triage_default = { render };
export {
  triage_default as default
};
