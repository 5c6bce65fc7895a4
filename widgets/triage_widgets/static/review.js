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

// src/review_keys.ts
var KEYS = [
  ["n, p", "Next, previous finding"],
  ["m", "Unmask the finding, with a reason; mask it again"],
  ["f", "Next file"],
  ["d", "Drop the file, with a reason; keep it again"],
  ["/", "Search"],
  ["Ctrl+Enter", "Approve"],
  ["Esc", "Back; at last close the dialog, without saving"],
  ["?", "This help"]
];
function keyed(made, key, label = made.textContent) {
  return made.setAttribute("aria-keyshortcuts", key), fill(made, label, element("kbd", { class: "triage-key", "aria-hidden": "true" }, key)), made;
}
var Keys = class {
  constructor(act) {
    this.act = act;
    this.toggle = keyed(button("Help", () => this.show(this.help.hidden === !0), { "aria-expanded": "false" }), "?");
    let single = button("Single keys are on", () => {
      this.#single = !this.#single, fill(single, `Single keys are ${this.#single ? "on" : "off"}`);
    }), pairs = KEYS.map(([key, does]) => box("triage-fact", element("dt", { class: "triage-label" }, element("kbd", {}, key)), element("dd", { class: "triage-fact-value" }, does)));
    fill(this.help, element("dl", { class: "triage-facts" }, ...pairs), bar(single, button("Close help", () => this.show(!1))));
  }
  act;
  help = element("div", { class: "triage-help", role: "group", "aria-label": "Keys", tabindex: -1, hidden: !0 });
  toggle;
  #single = !0;
  #back = null;
  show(open) {
    open && (this.#back = document.activeElement), this.help.hidden = !open, this.toggle.setAttribute("aria-expanded", String(open)), open ? this.help.focus() : (this.#back instanceof HTMLElement && this.#back.isConnected ? this.#back : this.toggle).focus();
  }
  /** A key that was pressed in the dialog. */
  press(event) {
    if (event.isComposing || event.altKey || event.metaKey) return;
    let writing = event.target instanceof HTMLElement && event.target.matches("input, textarea, select"), name = event.ctrlKey ? `Ctrl+${event.key}` : event.key;
    if (name.length === 1 && (writing || !this.#single)) return;
    let act = Object.hasOwn(this.act, name) ? this.act[name] : void 0;
    act !== void 0 && (event.preventDefault(), act());
  }
};

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

// src/review_words.ts
var STATES = {
  unseen: "○ not opened",
  opened: "✓ opened",
  skipped: "↷ skipped unseen",
  dropped: "✕ dropped"
};
function stateOf(file) {
  return file.state === "opened" && file.seen < file.pages ? `${STATES.opened}, ${file.seen.toLocaleString("en")} of ${file.pages.toLocaleString("en")} pages` : STATES[file.state];
}
function was(finding) {
  return `${kind(finding.kind)}, ${long(finding)} characters`;
}
function long(finding) {
  return `${finding.length}`.replace("-", " to ");
}
function kind(name) {
  return name.replaceAll("_", " ");
}
function kinds(counts2) {
  let sorted = Object.entries(counts2).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  if (sorted.length === 0) return null;
  let items = sorted.map(([name, count]) => element("li", { class: "triage-kind" }, `${count.toLocaleString("en")} ${kind(name)}`));
  return element("ul", { class: "triage-kinds", role: "list", "aria-label": "Findings by kind" }, ...items);
}
function found(count) {
  return count === 0 ? "nothing found to mask" : plural(count, "finding");
}
function counts(summary) {
  let leaving = summary.files.filter((file) => file.state !== "dropped"), findings = leaving.reduce((sum, file) => sum + file.finding_count, 0), seen = summary.files.length - summary.unopened, dropped = summary.files.length - leaving.length, parts = [`${plural(leaving.length, "file")} would leave`, found(findings)];
  return dropped > 0 && parts.push(`${dropped} dropped`), `${parts.join(" · ")} · ${seen} of ${summary.files.length} opened or skipped`;
}
function paths(summary, state) {
  return summary.files.filter((file) => file.state === state).map((file) => file.path);
}
function left(summary) {
  let { absent, absent_count: count, kept_ids: told } = summary, ids2 = told === "" ? [] : [element("p", { class: "triage-ids" }, told)];
  if (count === 0) return ids2;
  let items = absent.map(({ path, reason: reason2 }) => element("li", {}, element("code", {}, path), `: ${reason2}`));
  count > absent.length && items.push(element("li", {}, `and ${(count - absent.length).toLocaleString("en")} more; REVIEW.json names all`));
  let list = element("ul", { class: "triage-notes-list" }, ...items), label = `${plural(count, "file")} not in here, and why`;
  return [...ids2, disclosure(list, { closed: `Show ${label}`, open: `Hide ${label}` }, (open) => list.hidden = !open), list];
}
function named(line, names) {
  if (names.length === 0) return null;
  let items = names.map((name) => element("li", {}, element("code", {}, name)));
  return box("triage-named", line, element("ul", { class: "triage-notes-list" }, ...items));
}

// src/review_approval.ts
var TITLE = "Approve what leaves", Approval = class {
  constructor(session, ask, actions, close) {
    this.session = session;
    this.ask = ask;
    this.actions = actions;
    this.close = close;
    this.#cancel = button("Cancel", close), this.node.append(this.#says, bar(this.#cancel, this.#discard, this.#skip, this.#save, this.#approve)), session.listen((summary) => this.#draw(summary));
  }
  session;
  ask;
  actions;
  close;
  node = box("triage-foot");
  #says = element("div", { class: "triage-says", id: uniqueId() });
  #skip = button("", () => this.#skipRest(), { hidden: !0 });
  #discard = button("Discard…", () => this.#askDiscard());
  #approve = keyed(button("Approve…", () => this.approve(), { class: "triage-button triage-strong", "aria-describedby": this.#says.id }), "Ctrl+Enter");
  #save = button("Save…", () => this.#askSave(), { hidden: !0, class: "triage-button triage-strong", "aria-describedby": this.#says.id });
  #cancel;
  #name = "";
  #notice = "";
  /** Ask for the name, where nothing stands in the way. */
  approve() {
    let { summary, frozen, announcer } = this.session;
    if (this.ask.open) return this.ask.submit(TITLE);
    if (summary === null) return;
    if (frozen || summary.unopened > 0) return announcer.say(this.#says.textContent ?? "");
    let lines = [
      named("Skipped, so that nobody read them:", paths(summary, "skipped")),
      this.#partly(summary),
      named("Not masked:", Object.entries(summary.unmasked).map(([mask, why]) => `${mask}: ${why}`)),
      named("Included as originals, unmasked:", summary.files.filter((file) => file.original).map((file) => file.path)),
      named("Dropped, so that they do not leave:", paths(summary, "dropped")),
      "Approving freezes these bytes: what is saved is what was reviewed. Your name is recorded in the archive."
    ];
    this.ask.put({ title: TITLE, about: lines, label: "Your name", value: this.#name, submit: "Approve", answer: (by) => this.#approved(by) });
  }
  /** Of how many files not every page was shown; which, the list of files says. */
  #partly(summary) {
    let count = summary.files.filter((file) => file.state === "opened" && file.seen < file.pages).length;
    return count === 0 ? null : `Of ${plural(count, "file")} not every page was shown; the archive will say so.`;
  }
  async #approved(by) {
    try {
      await this.session.change("approve", { by });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      return this.ask.close(), this.session.fail(`Not approved: ${reason(error)}`, null, !0);
    }
    this.#name = by, this.ask.back = this.#save, this.session.announcer.say("Approved and frozen");
  }
  #draw(summary) {
    let { frozen, announcer } = this.session, left2 = summary.unopened;
    this.#approve.hidden = frozen, this.#save.hidden = !frozen, this.#approve.setAttribute("aria-disabled", String(left2 > 0)), this.#skip.hidden = left2 === 0, fill(this.#skip, `Skip the ${left2} not opened`), fill(this.#cancel, frozen ? "Close" : "Cancel"), fill(this.#save, summary.state === "saved" ? "Save again…" : "Save…"), summary.notice !== "" && summary.notice !== this.#notice && announcer.say(summary.notice), this.#notice = summary.notice;
    let back = summary.notice === "" ? null : element("strong", { class: "triage-taken" }, `! ${summary.notice} `), waits = left2 > 0 ? `Approval waits until every file was opened or skipped: ${plural(left2, "file")} left.` : "Every file was opened, skipped or dropped. Nothing has left yet.";
    fill(this.#says, back, ...frozen ? this.#frozen(summary) : [waits]);
  }
  #frozen(summary) {
    let { saved, announcer } = this.session, done = saved === null ? "✓ Approved and frozen; not saved yet." : `✓ Saved ${saved.bytes.toLocaleString("en")} bytes to `, digest = summary.digest ?? "";
    return [
      element("p", { class: "triage-done" }, done, saved === null ? null : element("code", {}, saved.path)),
      copyRow("SHA-256", digest, copyButton("Copy digest", "the digest", () => digest, announcer))
    ];
  }
  #skipRest() {
    this.actions.skip(this.session.summary?.files.filter((file) => file.state === "unseen") ?? []), this.#approve.focus();
  }
  #askSave() {
    this.ask.put({
      title: "Save the archive",
      about: ["A path is taken from the folder that the notebook works in."],
      label: "Path",
      value: this.session.summary?.suggested ?? "",
      submit: "Save",
      answer: async (path) => {
        this.session.saved = await this.session.call("save", { path }), await this.session.change("summary", {}), this.session.announcer.say(`Saved to ${this.session.saved.path}`);
      }
    });
  }
  #askDiscard() {
    this.ask.put({
      title: "Discard the review?",
      about: ["The working copy, what was decided in it and an approval are deleted. The input and what was saved stay."],
      submit: "Discard",
      cancel: "Keep the review",
      answer: async () => {
        await this.session.change("discard", {}), this.close();
      }
    });
  }
};

// src/field.ts
function textField(attributes) {
  return element("input", { class: "triage-field", id: uniqueId(), autocomplete: "off", spellcheck: "false", ...attributes });
}

// src/review_ask.ts
var Ask = class {
  constructor(announcer) {
    this.announcer = announcer;
  }
  announcer;
  node = box("triage-asks");
  /** Where the focus goes when it is put away. */
  back = null;
  get open() {
    return this.node.firstChild !== null;
  }
  /** Put a question; the focus goes to its field, or to the button that changes nothing. */
  put(question) {
    this.open || (this.back = document.activeElement);
    let [title, about, wrong] = [uniqueId(), uniqueId(), uniqueId()], error = element("p", { id: wrong }), field = textField({ "aria-required": "true", "aria-describedby": `${about} ${wrong}` });
    field.value = question.value ?? "";
    let keep = button(question.cancel ?? "Back", () => this.close(), { "aria-describedby": about }), form = element(
      "form",
      { class: "triage-ask", "aria-labelledby": title, novalidate: !0 },
      element("p", { class: "triage-ask-title", id: title }, question.title),
      element("div", { class: "triage-ask-about", id: about }, ...question.about),
      question.label === void 0 ? null : element("label", { class: "triage-ask-label", for: field.id }, `${question.label} (required)`),
      question.label === void 0 ? null : field,
      error,
      bar(keep, element("button", { type: "submit", class: "triage-button triage-strong" }, question.submit))
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault(), this.#answer(form, question, field, error);
    }), fill(this.node, form), (question.label === void 0 ? keep : field).focus(), field.select();
  }
  /** Put it away; the focus goes back to where it was, as far as that is still there. */
  close() {
    this.node.replaceChildren(), this.back instanceof HTMLElement && this.back.isConnected && this.back.focus(), this.node.parentElement?.contains(document.activeElement) || this.node.parentElement?.focus();
  }
  /** Answer the question of a title with what is in its field; no other question is answered so. */
  submit(title) {
    this.node.querySelector(".triage-ask-title")?.textContent === title && this.node.querySelector("form")?.requestSubmit();
  }
  async #answer(form, question, field, error) {
    if (form.ariaBusy === "true") return;
    let text = field.value.trim(), message = "";
    if (question.label !== void 0 && text === "") message = `${question.label}: fill this in.`;
    else {
      form.ariaBusy = "true", error.className = "triage-remark", fill(error, "Waiting for the kernel…"), this.announcer.say("Waiting for the kernel");
      try {
        await question.answer(text), form.isConnected && this.close();
        return;
      } catch (failed) {
        message = reason(failed);
      }
      form.ariaBusy = "false";
    }
    field.setAttribute("aria-invalid", "true"), error.className = "triage-failure-text", fill(error, message), this.announcer.say(message), field.focus();
  }
};

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

// src/review_findings.ts
var CHUNK = 100, Findings = class {
  constructor(file, call) {
    this.file = file;
    this.call = call;
  }
  file;
  call;
  #chunks = /* @__PURE__ */ new Map();
  async chunk(number) {
    let known = this.#chunks.get(number);
    if (known !== void 0) return known;
    let { rows } = await this.call("findings", { number: this.file.number, start: number * CHUNK, count: CHUNK });
    return this.#chunks.set(number, rows), rows;
  }
  /** A finding by its number in the file. */
  async row(number) {
    return (await this.chunk(Math.floor(number / CHUNK)))[number % CHUNK];
  }
}, HEAD = ["File and line", "Kind", "Length", "Replaced by", "Action"], FindingTable = class {
  constructor(findings, actions) {
    this.findings = findings;
    this.actions = actions;
    let head = element("tr", {}, ...HEAD.map((name) => element("th", { scope: "col" }, name))), table = element("table", { class: "triage-table", "aria-label": "Findings of this file" }, element("thead", {}, head), this.#rows);
    this.node.append(
      element("div", { class: "triage-scroll", role: "group", "aria-label": "Findings", tabindex: 0 }, table),
      bar(...this.#paging.turns, this.#paging.place)
    );
  }
  findings;
  actions;
  node = box("triage-found");
  #rows = element("tbody");
  #paging = new Paging((page2) => {
    this.show(page2);
  }, "findings");
  async show(page2 = this.#paging.page) {
    let findings = this.findings();
    findings === null || this.node.hidden || await this.actions.attempt(async () => {
      let { file } = findings, pages = Math.max(1, Math.ceil(file.finding_count / CHUNK)), shown = Math.min(page2, pages - 1), rows = await findings.chunk(shown);
      fill(this.#rows, ...rows.map((row) => this.#row(row, file))), this.#paging.show(shown, pages, pages > 1 ? `findings, page ${shown + 1} of ${pages}` : "");
    });
  }
  #row(row, file) {
    let place = `${file.path.split("/").pop() ?? file.path}:${row.line}`, masked = row.action === "masked", label = masked ? "Unmask…" : "Mask again", toggle = button(label, () => this.actions.toggle(row), { "aria-label": `${label} ${row.mask}` });
    return element(
      "tr",
      {},
      element("th", { scope: "row" }, button(place, () => this.actions.go(row.finding), { class: "triage-button triage-link" })),
      element("td", {}, kind(row.kind)),
      element("td", {}, long(row)),
      element("td", {}, masked ? element("code", {}, row.mask) : "nothing"),
      element("td", {}, masked ? "✓ masked " : `! not masked: ${row.reason} `, toggle)
    );
  }
};

// src/review_marks.ts
function marked(text, first, changes, hit) {
  let chars = Array.from(text), nodes = [], at = 0, upto = (end) => {
    end > at && nodes.push(element("span", {}, chars.slice(at, end).join("").replaceAll(`\r
`, `
`))), at = Math.max(at, end);
  }, stops = changes.map((change) => ({ start: change.start, make: () => mark(change, chars) }));
  hit !== null && stops.push({ start: lineStart(chars, hit - first), make: here }), stops.sort((a, b) => a.start - b.start);
  for (let stop of stops) {
    upto(stop.start);
    let { node, end } = stop.make();
    nodes.push(node), at = Math.max(at, end);
  }
  return upto(chars.length), nodes;
  function here() {
    return { node: element("span", { class: "triage-here", tabindex: -1 }, "▶ "), end: at };
  }
}
function lineStart(chars, lines) {
  let start = 0;
  for (let line = 0; line < lines; line += 1) {
    let end = chars.indexOf(`
`, start);
    if (end < 0) break;
    start = end + 1;
  }
  return start;
}
function mark(change, chars) {
  let mask = chars.slice(change.start, change.end).join(""), parts = change.action === "unmasked" ? [element("ins", { class: "triage-stays" }, words("triage-sign", "! leaves unmasked: "), mask)] : [element("del", { class: "triage-was" }, `− ${was(change)} `), element("ins", { class: "triage-now" }, words("triage-sign", "+ "), mask)];
  return { node: element("span", { class: "triage-change", tabindex: -1, "data-finding": change.finding }, ...parts), end: change.end };
}

// src/review_file.ts
var FilePane = class {
  constructor(session, ask, actions, level, opened) {
    this.session = session;
    this.ask = ask;
    this.actions = actions;
    this.opened = opened;
    this.#title = heading(level, { class: "triage-heading", tabindex: -1 }), this.#table = new FindingTable(() => this.#findings, {
      go: (at) => {
        session.attempt(() => this.#go(at));
      },
      toggle: (row) => this.#toggle(row),
      attempt: (work) => session.attempt(work)
    }), fill(this.node, element("p", { class: "triage-waiting" }, "Open a file to read what would leave of it.")), session.listen(() => this.#with((file) => this.#label(file)));
  }
  session;
  ask;
  actions;
  opened;
  node = box("triage-pane");
  #title;
  #where = words("triage-remark");
  #text = element("pre", { class: "triage-text", tabindex: 0, role: "region" });
  #paging = new Paging((page2) => {
    this.open(this.#number, page2, null, !1);
  });
  #unmask = keyed(button("Unmask…", () => {
    this.toggleCurrent();
  }), "m");
  #drop = keyed(button("Drop…", () => this.dropCurrent()), "d");
  #original = button("", () => this.#with((file) => this.actions.original(file)));
  #table;
  #number = -1;
  #page = null;
  #findings = null;
  #at = null;
  #line = 0;
  #asked = 0;
  /** Read a page of a file, at a line that a search found or from its top. */
  async open(number, page2 = 0, hit = null, focus = !0) {
    await this.session.attempt(async () => {
      await this.#read(number, page2, hit) && (focus && (this.#text.querySelector(".triage-here") ?? this.#title).focus(), this.session.announcer.say(hit === null ? this.#paging.where : `Line ${hit}`));
    });
  }
  /** The next file that would leave, in the order of the list. */
  nextFile() {
    let files = this.session.summary?.files ?? [], at = files.findIndex((file) => file.number === this.#number), next = [...files.slice(at + 1), ...files.slice(0, at + 1)].find((file) => file.state !== "dropped");
    next !== void 0 && this.open(next.number);
  }
  async step(by) {
    let findings = this.#findings;
    if (findings === null || this.#page === null) return this.session.announcer.say("Open a file first");
    let near = this.#page.changes.find((change) => change.line >= this.#line);
    await this.session.attempt(async () => {
      let at = this.#at === null ? (near?.finding ?? 0) - (by < 0 ? 1 : 0) : this.#at + by;
      if (at >= 0 && at < findings.file.finding_count) return this.#go(at);
      let end = by < 0 ? "No finding of this file is before here" : "No finding of this file is after here; f opens the next file";
      fill(this.#where, `${end}.`), this.session.announcer.say(end);
    });
  }
  async toggleCurrent() {
    let at = this.#at;
    if (this.#findings === null || at === null) return this.session.announcer.say("Go to a finding first: n goes to the next");
    await this.session.attempt(async () => {
      let row = await this.#findings?.row(at);
      row !== void 0 && this.#toggle(row);
    });
  }
  dropCurrent() {
    this.#with((file) => this.actions.drop(file));
  }
  #with(act) {
    let file = this.session.file(this.#number);
    file !== void 0 && act(file);
  }
  /** Whether the page came and is still the one that is wanted. */
  async #read(number, page2, hit) {
    this.#asked += 1;
    let asked = this.#asked, shown = await this.session.call("page", { number, page: page2 }), other = number !== this.#number;
    (other || shown.pages > 1) && await this.session.change("summary", {});
    let file = this.session.file(number);
    return asked !== this.#asked || file === void 0 ? !1 : (this.#number = number, (other || this.#findings?.file.finding_count !== file.finding_count) && (this.#findings = new Findings(file, this.session.call)), (other || shown.changes.length > 0) && (this.#at = null), this.#line = hit ?? 0, this.#page = shown, other && this.#frame(file), this.#show(shown, file, hit), other && this.opened(number), !0);
  }
  #frame(file) {
    fill(this.#title, ...breakable(file.path));
    let step = (label, key, by) => keyed(button(label, () => {
      this.step(by);
    }), key), table = this.#table.node, list = disclosure(table, { closed: "List findings", open: "Hide list" }, (open) => {
      table.hidden = !open, this.#table.show(0);
    }), tools = [step("Previous finding", "p", -1), step("Next finding", "n", 1), this.#unmask, list];
    this.#text.className = "triage-text triage-text-wrapped";
    let marks = toggleButton("Hide marks", this.#text, "triage-unmarked"), wrap = toggleButton("Wrap lines", this.#text, "triage-text-wrapped");
    fill(
      this.node,
      box("triage-bar triage-pane-head", this.#title, keyed(button("Next file", () => this.nextFile()), "f"), this.#drop, file.binary ? this.#original : null),
      bar(...file.finding_count > 0 ? tools : [], this.#where),
      table,
      this.#text,
      bar(...this.#paging.turns, this.#paging.place, wrap, marks)
    );
  }
  #show(shown, file, hit) {
    let text = marked(shown.text, shown.first_line, shown.changes, hit);
    fill(this.#text, ...text.length === 0 ? ["Nothing: this page is empty."] : text), this.#text.setAttribute("aria-label", printable(`Text of ${file.path}`)), this.#text.scrollTop = 0, this.#text.querySelector(".triage-here")?.scrollIntoView({ block: "center" }), this.#paging.show(shown.page, shown.pages, shown.note), fill(this.#where, found(file.finding_count)), this.#label(file);
  }
  #label(file) {
    keyed(this.#drop, "d", file.state === "dropped" ? "Keep" : "Drop…"), fill(this.#original, file.original ? "Leave the original out" : "Include the original…");
  }
  /** Go to a finding of the list, on whatever page it is. */
  async #go(at) {
    let row = await this.#findings?.row(at);
    if (row === void 0 || row.page !== this.#page?.page && !await this.#read(this.#number, row.page, null)) return;
    this.#at = at;
    let marks = [...this.#text.querySelectorAll(".triage-change")];
    for (let mark3 of marks) mark3.classList.toggle("triage-current", mark3.dataset.finding === String(row.finding));
    let mark2 = marks.find((one) => one.classList.contains("triage-current"));
    mark2?.focus({ preventScroll: !0 }), mark2?.scrollIntoView({ block: "center" });
    let state = row.action === "masked" ? "masked" : "not masked", said = `Finding ${at + 1} of ${this.#findings?.file.finding_count ?? 0}: ${was(row)}, line ${row.line}, ${state}`;
    fill(this.#where, said), keyed(this.#unmask, "m", row.action === "masked" ? "Unmask…" : "Mask again"), this.session.announcer.say(said);
  }
  #toggle(row) {
    let { mask } = row, masked = row.action === "masked", change = async (ask) => {
      let at = this.#at;
      await ask(), this.#findings = null, await this.#read(this.#number, this.#page?.page ?? 0, null), await this.#table.show(), at !== null && await this.#go(at);
    };
    if (!masked) return void this.session.attempt(() => change(() => this.session.change("mask", { mask })));
    this.ask.put({
      title: `Unmask ${mask}`,
      about: [`What this mask stands for (${was(row)}) would leave as it is, in every file. Your reason will be recorded.`],
      label: "Reason for unmasking it",
      submit: "Unmask",
      cancel: "Keep it masked",
      answer: (reason2) => change(() => this.session.change("unmask", { mask, reason: reason2 }))
    });
  }
};

// src/review_files.ts
var STEP = 100, FileActions = class {
  constructor(session, ask) {
    this.session = session;
    this.ask = ask;
  }
  session;
  ask;
  /** Leave it out, or take it in again. */
  drop({ number, path, state }) {
    if (state === "dropped") return void this.session.try("keep", { number });
    this.ask.put({
      title: `Drop ${path}`,
      about: ["It will not be in the archive; its name and your reason will be recorded."],
      label: "Reason for dropping it",
      submit: "Drop the file",
      answer: (reason2) => this.session.change("drop", { number, reason: reason2 })
    });
  }
  /** Put the original of a binary file in, unmasked, or take it out again. */
  original({ number, path, original }) {
    if (original) return void this.session.try("exclude_original", { number });
    this.ask.put({
      title: `Include the original of ${path}`,
      about: ["Nothing in it is masked: memory and pictures may hold passwords and personal data."],
      label: "Reason for including it",
      submit: "Include the original",
      answer: (reason2) => this.session.change("include_original", { number, reason: reason2 })
    });
  }
  skip(files) {
    this.session.attempt(async () => {
      for (let { number } of files) await this.session.change("skip", { number });
    });
  }
}, FileList = class {
  constructor(session, actions, open) {
    this.session = session;
    this.actions = actions;
    this.open = open;
    this.node.append(this.#list, this.#more), session.listen((summary) => this.#draw(summary));
  }
  session;
  actions;
  open;
  node = box("triage-leaving");
  #list = element("ol", { class: "triage-leaves", role: "list", "aria-label": "Files that would leave" });
  #more = button("Show more files", () => this.#showMore());
  #shown = STEP;
  #current = null;
  /** Say which file is open. */
  mark(number) {
    this.#current = number;
    let index = this.session.summary?.files.findIndex((file) => file.number === number) ?? 0;
    this.#shown = Math.max(this.#shown, index + 1), this.session.summary !== null && this.#draw(this.session.summary), this.#list.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
  }
  #showMore() {
    let first = this.#shown;
    this.#shown += STEP, this.session.summary !== null && this.#draw(this.session.summary), this.#list.children[first]?.querySelector("button")?.focus();
  }
  /** Draw it anew; the focus stays on the button that it was on, or on the name of the same file. */
  #draw(summary) {
    let focused = document.activeElement, key = focused instanceof HTMLElement && this.#list.contains(focused) ? focused.dataset.key : void 0;
    if (fill(this.#list, ...summary.files.slice(0, this.#shown).map((file) => this.#item(file))), this.#more.hidden = this.#shown >= summary.files.length, key === void 0) return;
    let find = (name) => this.#list.querySelector(`[data-key="${name}"]`);
    (find(key) ?? find(key.replace(/^\w+/, "open")))?.focus();
  }
  #item(file) {
    let { number, path, state } = file, act = (label, key, press) => button(label, press, { class: "triage-button", "data-key": `${key}-${number}`, "aria-label": `${label} ${path}` }), name = button("", () => this.open(number), {
      class: "triage-button triage-link",
      "data-key": `open-${number}`,
      "aria-current": number === this.#current ? "true" : null
    });
    return fill(name, ...breakable(path)), element(
      "li",
      { class: `triage-leaf triage-leaf-${state}` },
      name,
      words("triage-leaf-about", [file.size, file.description, found(file.finding_count)].filter(Boolean).join(" · ")),
      kinds(file.findings),
      bar(
        words("triage-leaf-state", stateOf(file) + (file.original ? " · ! with its original" : "")),
        state === "unseen" ? act("Skip", "skip", () => this.actions.skip([file])) : null,
        act(state === "dropped" ? "Keep" : "Drop…", "drop", () => this.actions.drop(file))
      ),
      file.reason === "" ? null : words("triage-leaf-about", `Reason: ${file.reason}`)
    );
  }
};

// src/review_search.ts
var SearchBox = class {
  constructor(session, go) {
    this.session = session;
    this.go = go;
    let form = element("form", {}, element("label", { class: "triage-label", for: this.field.id }, "Search what would leave"));
    form.append(bar(this.field, element("button", { type: "submit", class: "triage-button" }, "Search"))), form.addEventListener("submit", (event) => {
      event.preventDefault(), this.#text = this.field.value, this.#find(0);
    }), this.#more.hidden = !0, this.node.append(form, this.#count, this.#hits, this.#more);
  }
  session;
  go;
  field = textField({ type: "search", "aria-keyshortcuts": "/" });
  node = element("search", { class: "triage-search" });
  #hits = element("ul", { class: "triage-leaves", role: "list", "aria-label": "Hits" });
  #count = element("p", { class: "triage-remark" });
  #more = button("Show more hits", () => {
    this.#find(this.#hits.children.length);
  });
  #text = "";
  /** Put the hits away; whether there were any. */
  clear() {
    let any = this.#text + this.field.value !== "";
    return this.#text = this.field.value = "", this.#find(0), any;
  }
  async #find(start) {
    start === 0 && (this.#hits.replaceChildren(), fill(this.#count, ""), this.#more.hidden = !0), this.#text !== "" && await this.session.attempt(async () => {
      let { rows, total, more } = await this.session.call("search", { text: this.#text, start });
      this.#hits.append(...rows.map((hit) => this.#hit(hit))), this.#more.hidden = !more, fill(this.#count, `${plural(total, "hit")}${more ? ` · ${this.#hits.children.length} shown` : ""}`), this.session.announcer.say(plural(total, "hit")), start > 0 && this.#hits.children[start]?.querySelector("button")?.focus();
    });
  }
  #hit(hit) {
    let link = button(`${hit.path}:${hit.line}`, () => this.go(hit), { class: "triage-button triage-link" });
    return element("li", { class: "triage-leaf" }, link, element("code", {}, hit.excerpt));
  }
};

// src/review_dialog.ts
var ABOUT = "This is what the archive would hold. Originals stay in the kernel; what was masked never comes to this page. Nothing leaves before you approve and save it.", REFOCUS_FRAMES = 60, ReviewDialog = class {
  constructor(session, level) {
    this.session = session;
    this.#ask = new Ask(session.announcer);
    let actions = new FileActions(session, this.#ask);
    this.#pane = new FilePane(session, this.#ask, actions, level + 1, (number) => files.mark(number));
    let files = new FileList(session, actions, (number) => {
      this.#pane.open(number);
    }), foot = new Approval(session, this.#ask, actions, () => this.node.close());
    this.#search = new SearchBox(session, (hit) => {
      this.#pane.open(hit.number, hit.page, hit.line);
    }), this.#keys = this.#shortcuts(foot);
    let [title, about] = [uniqueId(), uniqueId()];
    this.#title = heading(level, { class: "triage-title", id: title, tabindex: -1 }, "Review before sharing"), this.#main = box("triage-main", box("triage-side", this.#search.node, files.node), this.#pane.node), this.#main.hidden = !0;
    let says = element("p", { class: "triage-about", id: about }, ABOUT), head = box("triage-head", bar(this.#title, this.#keys.toggle), says, this.#counts, this.#ids, this.#kinds, this.#absent);
    this.node = element("dialog", { class: "triage-dialog", "aria-labelledby": title, "aria-describedby": about, tabindex: -1 }), this.node.append(head, this.#keys.help, this.#main, this.#ask.node, foot.node), this.#listen(), session.listen((summary) => this.#draw(summary));
  }
  session;
  node;
  #title;
  #ids = box("triage-ids");
  #kinds = box("triage-all");
  #absent = box("triage-absent");
  #counts = element("p", { role: "status", class: "triage-counts" });
  #main;
  #ask;
  #keys;
  #search;
  #pane;
  /** Open it on its heading, and ask for how things stand. What is told, is told in here: all else is inert now. */
  open() {
    this.node.prepend(this.session.announcer.node), this.#ask.node.before(this.session.alerts), this.node.showModal(), this.#title.focus(), this.session.summary === null && fill(this.#counts, "Waiting for the kernel…"), this.session.try("summary", {});
  }
  #shortcuts(foot) {
    return new Keys({
      n: () => {
        this.#pane.step(1);
      },
      p: () => {
        this.#pane.step(-1);
      },
      m: () => {
        this.#pane.toggleCurrent();
      },
      f: () => this.#pane.nextFile(),
      d: () => this.#pane.dropCurrent(),
      "/": () => this.#search.field.focus(),
      "?": () => this.#keys.show(this.#keys.help.hidden === !0),
      "Ctrl+Enter": () => foot.approve(),
      Escape: () => this.#escape()
    });
  }
  #escape() {
    this.#ask.open ? this.#ask.close() : this.#keys.help.hidden ? this.#search.node.contains(document.activeElement) && this.#search.clear() ? this.#search.field.focus() : this.node.close() : this.#keys.show(!1);
  }
  #listen() {
    keepPointer(this.node), this.node.addEventListener("keydown", (event) => {
      event.ctrlKey && event.key === "s" || event.stopPropagation(), this.#keys.press(event);
    }), this.node.addEventListener("focusout", ({ target }) => {
      target instanceof HTMLElement && !target.checkVisibility() && this.#refocus(target, REFOCUS_FRAMES);
    }), this.node.addEventListener("cancel", (event) => {
      event.preventDefault(), this.#escape();
    });
  }
  /** Lab hides itself for a moment when its theme changes, and what is hidden has no focus: put it back. */
  #refocus(lost, frames) {
    requestAnimationFrame(() => {
      frames === 0 || !this.node.open || document.activeElement !== document.body || ((lost.isConnected ? lost : this.node).focus(), this.#refocus(lost, frames - 1));
    });
  }
  #draw(summary) {
    if (this.#main.hidden = summary.files.length === 0, fill(this.#counts, counts(summary)), fill(this.#kinds, kinds(summary.totals)), this.#absent.firstChild === null && fill(this.#absent, ...left(summary)), this.#ids.firstChild !== null) return;
    let { announcer, call } = this.session, { crash_id, bundle } = summary, crash = crash_id === "" ? null : copyRow("Crash id", crash_id, copyButton("Copy id", "the crash id", () => crash_id, announcer));
    fill(this.#ids, crash, copyRow("Bundle", bundle, copyButton("Copy bundle path", "the bundle path", () => call("path", {}), announcer)));
  }
};

// src/review_session.ts
var SLOW_MS = 600, Session = class {
  constructor(call, announcer) {
    this.call = call;
    this.announcer = announcer;
  }
  call;
  announcer;
  alerts = box("triage-alerts");
  summary = null;
  saved = null;
  #listeners = [];
  listen(listener) {
    this.#listeners.push(listener), this.summary !== null && listener(this.summary);
  }
  /** Ask for a change that needs no answer of its own; where it fails, that is shown. */
  async try(name, input) {
    await this.attempt(() => this.change(name, input));
  }
  /** Ask for a change, or for nothing but the summary. */
  async change(name, input) {
    let next = await this.call(name, input);
    this.summary = next, this.alerts.replaceChildren(), next.state === "open" && (this.saved = null);
    for (let listener of this.#listeners) listener(next);
    return next;
  }
  get frozen() {
    return this.summary?.state === "approved" || this.summary?.state === "saved";
  }
  file(number) {
    return this.summary?.files.find((file) => file.number === number);
  }
  /** Do it, or show why it failed and a way to try again. An alert is for a gate that did not open alone. */
  async attempt(work) {
    let waits = waiting("Waiting for the kernel…"), timer = setTimeout(() => fill(this.alerts, waits), SLOW_MS);
    this.alerts.replaceChildren();
    try {
      await work();
    } catch (error) {
      this.fail(reason(error), work);
    }
    clearTimeout(timer), waits.remove();
  }
  fail(message, work, gate = !1) {
    let again = () => {
      this.alerts.parentElement?.focus(), work !== null && this.attempt(work);
    };
    fill(this.alerts, failure(message, work === null ? null : again, gate)), gate || this.announcer.say(message);
  }
};

// src/review_view.ts
var LOST2 = "The kernel was restarted or stopped, and the working copy is gone with it. Run the cell again.";
function reviewView({ model, el, experimental }) {
  let root = element("section", { class: "triage-root triage-review", tabindex: -1 }), announcer = new Announcer(), caller = new Caller(experimental, model, () => session.fail(LOST2, null)), session = new Session(caller.call, announcer), body = box("triage-head", waiting("Waiting for the kernel…"));
  return keepKeys(root), nameRoot(root, "Review before sharing"), root.append(announcer.node, session.alerts, body), el.append(root), session.try("summary", {}).then(() => build(root, body, session)), () => caller.dispose();
}
function build(root, body, session) {
  let level = titleLevel(root), dialog = new ReviewDialog(session, level), title = heading(level, { class: "triage-title", tabindex: -1 }, "Review before sharing"), says = box("triage-card"), opener = button("Open the review", () => dialog.open(), { class: "triage-button triage-strong", "aria-haspopup": "dialog" });
  fill(body, title, says, opener), root.append(dialog.node), dialog.node.addEventListener("close", () => {
    root.prepend(session.announcer.node, session.alerts), (opener.hidden ? title : opener).focus();
  }), session.listen((summary) => {
    fill(says, ...card(summary, session)), opener.hidden = summary.state === "discarded";
  });
}
function card(summary, session) {
  let line = (text) => element("p", { class: "triage-remark" }, text);
  if (summary.state === "discarded") return [line("✕ Discarded. Nothing was left behind; run the cell again for a new review.")];
  let state = { open: "Not approved. Nothing has left.", approved: "✓ Approved, not saved.", saved: `✓ ${session.saved === null ? "Saved." : `Saved to ${session.saved.path}.`}` }[summary.state], digest = summary.digest === null ? null : element("code", {}, `SHA-256 ${summary.digest}`);
  return [line(counts(summary)), kinds(summary.totals), line(state), digest];
}

// src/review.ts
var review_default = { render: reviewView };
export {
  review_default as default
};
