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
function plural(count, word2) {
  return `${count.toLocaleString("en")} ${word2}${count === 1 ? "" : "s"}`;
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
  let key2 = event.key.toLowerCase();
  return key2 === "s" || event.shiftKey && key2 === "c";
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

// src/stack_words.ts
var ROLES = /* @__PURE__ */ new Set(["application", "library", "noise"]);
function word(cell2) {
  return cell2.kind === "frame" ? cell2.role || "unknown" : cell2.kind.replaceAll("_", " ");
}
function roleClass(cell2) {
  return `triage-frame-${cell2 !== void 0 && (cell2.kind === "frame" || cell2.kind === "call") && ROLES.has(cell2.role) ? cell2.role : "other"}`;
}
function spoken(number, cell2) {
  return cell2 === void 0 ? `Frame ${number}, loading` : [`Frame ${number}: ${cell2.function || word(cell2)}`, word(cell2), cell2.counted ? "counts for the key" : "", cell2.where].filter((part) => part !== "").join(", ");
}
function callName(row) {
  if (row.kind === "others") return `others: ${plural(row.stacks, "rare stack")}`;
  if (row.kind === "deeper") return "deeper calls";
  let first = row.names[0] ?? row.name;
  return first === row.name ? first : `${first} → ${row.names.length > 2 ? "… → " : ""}${row.name}`;
}
function near(where) {
  let parts = where.split(/(?<=[/\\])/u);
  return where.length > 40 && parts.length > 2 ? `…/${parts.slice(-2).join("")}` : where;
}
function percent(share) {
  let hundred = share * 100;
  return share === 1 ? "100 %" : `${hundred < 10 ? hundred.toFixed(1) : Math.min(Math.round(hundred), 99)} %`;
}

// src/icicle.ts
var CELLS = 120, LEVELS = 12, HEIGHT = 22, NARROW = 4e-3, Icicle = class {
  node;
  #cells = /* @__PURE__ */ new Map();
  constructor(rows, choose) {
    let levels = Math.min(Math.max(...rows.map((row) => row.level)), LEVELS), label = `Icicle chart of ${levels} levels of calls; the table below says the same.`;
    this.node = element("div", { class: "triage-icicle", role: "img", "aria-label": label }), this.node.style.height = `${levels * HEIGHT}px`;
    for (let { index, row, left } of places(rows)) {
      let cell2 = box(`triage-cell ${roleClass(row)}`, row.kind === "call" ? callName(row) : "…");
      cell2.title = printable(callName(row)), cell2.style.left = `${left * 100}%`, cell2.style.width = `${row.share * 100}%`, cell2.style.top = `${(row.level - 1) * HEIGHT}px`, cell2.addEventListener("click", () => choose(index)), this.#cells.set(index, cell2), this.node.append(cell2);
    }
  }
  /** Mark the cell of the row that is current in the table. */
  mark(index) {
    for (let [own, cell2] of this.#cells) cell2.classList.toggle("triage-cell-current", own === index);
  }
};
function places(rows) {
  let next = [0];
  return rows.map((row, index) => {
    let left = next[row.level - 1] ?? 0;
    return next[row.level - 1] = left + row.share, next[row.level] = left, { index, row, left };
  }).filter(({ row }) => row.level <= LEVELS && row.share >= NARROW).sort((a, b) => b.row.share - a.row.share || a.index - b.index).slice(0, CELLS);
}

// src/rows.ts
var ROW = 26, SEEN = 16, BEYOND = 12, TYPED_MS = 700, Rows = class {
  constructor(role, labelledBy, acts, head = null) {
    this.role = role;
    this.acts = acts;
    this.#inner.setAttribute("role", "none"), this.#scroller.setAttribute("role", role === "tree" ? "none" : "rowgroup"), this.#scroller.append(this.#inner), this.node = element("div", { role, class: "triage-tree", "aria-labelledby": labelledBy }), head !== null && this.node.append(head), this.node.append(this.#scroller), this.#scroller.addEventListener("scroll", () => this.#render(!1)), this.node.addEventListener("keydown", (event) => this.#press(event)), this.#inner.addEventListener("click", (event) => this.#click(event));
  }
  role;
  acts;
  node;
  #scroller = box("triage-rows");
  #inner = box("triage-rows-inner");
  #drawn = /* @__PURE__ */ new Map();
  #rows = [];
  #at = 0;
  #typed = "";
  #timer = 0;
  get current() {
    return this.#rows[this.#at];
  }
  /** Show other rows; the focus stays on the row of the same key, and moves to the nearest where it is gone. */
  show(rows) {
    let key2 = this.current?.key;
    this.#rows = rows;
    let found = key2 === void 0 ? 0 : rows.findIndex((row) => row.key === key2);
    this.#at = found >= 0 ? found : Math.max(Math.min(this.#at, rows.length - 1), 0), this.#scroller.style.height = `${Math.min(rows.length, SEEN) * ROW}px`, this.#inner.style.height = `${rows.length * ROW}px`, this.role === "treegrid" && this.node.setAttribute("aria-rowcount", String(rows.length + 1)), this.#render(!0);
  }
  /** Draw anew what is in the page: more is known of it. */
  repaint() {
    this.#render(!0);
  }
  /** Make the row of a key the current one, as if by keyboard; the focus goes there where it is asked for. */
  go(key2, focus = !0) {
    let index = this.#rows.findIndex((row) => row.key === key2);
    index >= 0 && this.#move(index, focus);
  }
  focus() {
    this.#move(this.#at);
  }
  #move(index, focus = !0) {
    let row = this.#rows[index];
    if (row === void 0) return;
    let changed = index !== this.#at;
    this.#at = index;
    let top = index * ROW, { scrollTop } = this.#scroller, height = Math.min(this.#rows.length, SEEN) * ROW;
    top < scrollTop ? this.#scroller.scrollTop = top : top + ROW > scrollTop + height && (this.#scroller.scrollTop = top + ROW - height), this.#render(!1), focus && this.#drawn.get(row.key)?.focus({ preventScroll: !0 }), changed && this.acts.moved(row);
  }
  /** Have those rows in the page that are seen, some around them, and the one with the focus. */
  #render(anew) {
    let top = Math.floor(this.#scroller.scrollTop / ROW), wanted = [];
    for (let index = Math.max(top - BEYOND, 0); index < Math.min(top + SEEN + 1 + BEYOND, this.#rows.length); index += 1) wanted.push(index);
    !wanted.includes(this.#at) && this.#rows.length > 0 && wanted.push(this.#at), wanted.sort((a, b) => a - b);
    let keys = new Set(wanted.map((index) => this.#rows[index]?.key));
    for (let [key2, node] of this.#drawn)
      keys.has(key2) || (node === document.activeElement && setTimeout(() => this.focus()), node.remove(), this.#drawn.delete(key2));
    let before = null;
    for (let index of wanted) {
      let row = this.#rows[index];
      if (row === void 0) continue;
      let node = this.#drawn.get(row.key);
      (node === void 0 || anew) && (node ??= element("div", { role: this.role === "tree" ? "treeitem" : "row" }), this.#drawn.set(row.key, node), this.#paint(node, row, index)), node.tabIndex = index === this.#at ? 0 : -1, node.classList.toggle("triage-item-current", index === this.#at);
      let place = before === null ? this.#inner.firstChild : before.nextSibling;
      place !== node && this.#inner.insertBefore(node, place), before = node;
    }
  }
  #paint(node, row, index) {
    node.className = `triage-item ${row.kind}`, node.dataset.key = row.key, node.style.top = `${index * ROW}px`, node.style.setProperty("--triage-level", String(Math.min(row.level, 12) - 1));
    let told = {
      "aria-level": String(row.level),
      "aria-setsize": String(row.size),
      "aria-posinset": String(row.place),
      "aria-expanded": row.open === null ? null : String(row.open),
      "aria-rowindex": this.role === "treegrid" ? String(index + 2) : null,
      "aria-label": printable(row.label())
    };
    for (let [name, value] of Object.entries(told))
      value === null ? node.removeAttribute(name) : node.setAttribute(name, value);
    fill(node, ...row.draw());
  }
  #press(event) {
    let row = this.current;
    if (row === void 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    let moves = {
      ArrowDown: this.#at + 1,
      ArrowUp: this.#at - 1,
      PageDown: Math.min(this.#at + SEEN - 1, this.#rows.length - 1),
      PageUp: Math.max(this.#at - SEEN + 1, 0),
      Home: 0,
      End: this.#rows.length - 1
    };
    if (Object.hasOwn(moves, event.key)) this.#move(moves[event.key] ?? 0);
    else if (event.key === "ArrowRight") this.#right(row);
    else if (event.key === "ArrowLeft") this.#left(row);
    else if (event.key === "Enter" || event.key === " " && this.#typed === "") this.#enter(row);
    else if (event.key === "*" && this.acts.all !== void 0) this.acts.all(row);
    else if (event.key.length === 1) this.#type(event.key);
    else return;
    event.preventDefault();
  }
  #right(row) {
    row.open === !1 ? this.acts.toggle(row, !0) : row.open === !0 && (this.#rows[this.#at + 1]?.level ?? 0) > row.level && this.#move(this.#at + 1);
  }
  #left(row) {
    if (row.open === !0) return this.acts.toggle(row, !1);
    for (let index = this.#at - 1; index >= 0; index -= 1) if ((this.#rows[index]?.level ?? 0) < row.level) return this.#move(index);
  }
  #enter(row) {
    row.open === null ? this.acts.enter(row) : this.acts.toggle(row, !row.open);
  }
  /** Go to the next row that begins with what is typed, or has it in its name. */
  #type(char) {
    clearTimeout(this.#timer), this.#timer = window.setTimeout(() => {
      this.#typed = "";
    }, TYPED_MS);
    let first = this.#typed === "" ? 1 : 0;
    this.#typed += char.toLowerCase();
    let order = this.#rows.map((_, index) => (this.#at + first + index) % this.#rows.length), text = (index) => this.#rows[index]?.text().toLowerCase() ?? "", found = order.find((index) => text(index).startsWith(this.#typed)) ?? order.find((index) => text(index).includes(this.#typed));
    found !== void 0 && this.#move(found);
  }
  #click(event) {
    let key2 = event.target instanceof Element ? event.target.closest("[data-key]")?.dataset.key : void 0, index = this.#rows.findIndex((row2) => row2.key === key2);
    if (index < 0) return;
    this.#move(index);
    let row = this.current;
    row !== void 0 && row.open !== null && document.getSelection()?.isCollapsed !== !1 && this.acts.toggle(row, !row.open);
  }
};
function chevron(open) {
  return words(`triage-chevron triage-chevron-${open === null ? "none" : open ? "open" : "closed"}`);
}

// src/stack_calls.ts
var COLUMNS = ["Call", "Whose", "Share", "Events", "End here"], CallTree = class {
  constructor(level, open, call, announcer) {
    this.call = call;
    this.announcer = announcer;
    let labels = { closed: "Show the call tree", open: "Hide the call tree" }, toggle = disclosure(this.#body, labels, (shown) => {
      this.#body.hidden = !shown, shown && this.#rows === null && this.#load();
    }), title = heading(level, { class: "triage-heading", id: this.#titleId }, "Where the stacks part");
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": this.#titleId }, title, toggle, this.#body), open && toggle.click();
  }
  call;
  announcer;
  node;
  #body = box("triage-calls");
  #titleId = uniqueId();
  #rows = null;
  #closed = /* @__PURE__ */ new Set();
  #table = null;
  #chart = null;
  #through = element("p", { class: "triage-calls-through" });
  async #load() {
    fill(this.#body, waiting("Merging the stacks…"));
    try {
      this.#rows = await this.call("tree", {}), this.#build(this.#rows);
    } catch (error) {
      fill(
        this.#body,
        failure(reason(error), () => {
          this.#body.tabIndex = -1, this.#body.focus(), this.#load();
        })
      );
    }
  }
  #build(rows) {
    let only = rows[0];
    if (only === void 0) return fill(this.#body, element("p", { class: "triage-remark" }, "No crashing stack has a frame."));
    let parts = rows.some((row) => row.level > 1) || rows.length > 1;
    this.#chart = new Icicle(rows, (index) => this.#table?.go(`c${index}`));
    let head = element("div", { class: "triage-item-head", role: "row", "aria-rowindex": "1" });
    head.append(...COLUMNS.map((name) => element("span", { role: "columnheader", class: `triage-call-${name.toLowerCase().replace(" ", "-")}` }, name))), this.#table = new Rows(
      "treegrid",
      this.#titleId,
      {
        toggle: (row, open) => this.#toggle(row, open),
        enter: (row) => this.announcer.say(throughWords(this.#of(row))),
        moved: (row) => this.#tell(row)
      },
      head
    );
    let said = parts ? `${plural(rows.filter((row) => row.kind === "call").length, "run")} of calls, outermost first; a row opens into what it calls.` : only.events === 1 ? `Nothing parts: there is one event, of ${plural(only.names.length, "call")}.` : `Nothing parts: all ${plural(only.events, "event")} run through the same ${plural(only.names.length, "call")}.`;
    fill(this.#body, element("p", { class: "triage-remark triage-remark-first" }, said), parts ? this.#chart.node : null, this.#table.node, this.#through), this.#draw(), this.#tell(this.#table.current), this.announcer.say(said);
  }
  #draw() {
    let rows = this.#rows ?? [], made = [], counts = siblings(rows), hidden = 1 / 0;
    rows.forEach((row, index) => {
      if (row.level > hidden) return;
      hidden = 1 / 0;
      let open = (rows[index + 1]?.level ?? 0) > row.level ? !this.#closed.has(index) : null;
      open === !1 && (hidden = row.level);
      let { size, place } = counts[index] ?? { size: 1, place: 1 };
      made.push({
        key: `c${index}`,
        level: row.level,
        size,
        place,
        open,
        kind: `triage-item-call ${roleClass(row)}`,
        label: () => spokenCall(row),
        text: () => callName(row),
        draw: () => cells(row, open)
      });
    }), this.#table?.show(made);
  }
  #toggle(row, open) {
    let index = Number(row.key.slice(1));
    open ? this.#closed.delete(index) : this.#closed.add(index), this.#draw(), this.#table?.focus();
  }
  #of(row) {
    return row === void 0 ? void 0 : this.#rows?.[Number(row.key.slice(1))];
  }
  #tell(row) {
    let found = this.#of(row);
    row !== void 0 && this.#chart?.mark(Number(row.key.slice(1))), fill(this.#through, found === void 0 ? "" : throughWords(found));
  }
};
function siblings(rows) {
  let open = [];
  return rows.map((row, index) => {
    open.length = row.level;
    let group = open[row.level - 1] ??= [];
    return group.push(index), group;
  }).map((group, index) => ({ size: group.length, place: group.indexOf(index) + 1 }));
}
function cells(row, open) {
  let cell2 = (name, ...children) => element("span", { role: "gridcell", class: `triage-call-${name}` }, ...children), run = row.names.length > 1 ? words("triage-item-about", `run of ${row.names.length} calls`) : null, share = words("triage-share");
  return share.style.setProperty("--triage-share", `${row.share * 100}%`), [
    cell2("call", chevron(open), words("triage-frame-mark"), element("code", { class: "triage-frame-function" }, callName(row)), row.counted ? words("triage-tag", "counts") : null, run),
    cell2("whose", row.role),
    cell2("share", share, words("triage-call-percent", percent(row.share))),
    cell2("events", row.events.toLocaleString("en")),
    cell2("end-here", row.ends === 0 ? "" : row.ends.toLocaleString("en"))
  ];
}
function spokenCall(row) {
  let ends = row.ends === 0 ? "" : `${row.ends.toLocaleString("en")} end here`;
  return [callName(row), row.role, row.counted ? "counts for the key" : "", percent(row.share), plural(row.events, "event"), ends].filter((part) => part !== "").join(", ");
}
function throughWords(row) {
  return row === void 0 ? "" : row.names.length < 2 ? `${callName(row)}: ${percent(row.share)} of the events.` : `${row.names.length} calls, outermost first: ${row.names.join(" → ")}`;
}

// src/field.ts
function textField(attributes) {
  return element("input", { class: "triage-field", id: uniqueId(), autocomplete: "off", spellcheck: "false", ...attributes });
}

// src/stack_decide.ts
var TYPING_MS = 250, TEXTS = {
  merge: {
    title: "Merge with other incidents",
    about: "They become one incident, also for events that come later.",
    submit: "Merge"
  },
  split: {
    title: "Split this incident",
    about: "Each side becomes an incident of its own, and later events go to the side that they fit.",
    submit: "Split"
  },
  pin: {
    title: "Pin the event shown to another incident",
    about: "This one event belongs there from now on, whatever its stack says.",
    submit: "Pin"
  }
}, Decision = class {
  constructor(call, done) {
    this.call = call;
    this.done = done;
    this.node = element("dialog", { class: "triage-dialog triage-decision", tabindex: -1 }), keepPointer(this.node);
  }
  call;
  done;
  node;
  #chosen = /* @__PURE__ */ new Set();
  /** Ask for a decision about the incident shown; the browser gives the focus back when it closes. */
  open(verb, head) {
    let { title, about, submit } = TEXTS[verb], [titleId, aboutId, wrongId] = [uniqueId(), uniqueId(), uniqueId()];
    this.#chosen.clear();
    let field = textField({ "aria-required": "true", "aria-describedby": wrongId, maxlength: "2000" }), error = element("p", { class: "triage-failure-text", id: wrongId, role: "alert" }), back = button("Cancel", () => this.node.close()), choice = verb === "split" ? this.#ways() : this.#incidents(verb), form = element(
      "form",
      { class: "triage-decide", novalidate: !0 },
      heading(3, { class: "triage-title", id: titleId }, title),
      element("p", { class: "triage-about", id: aboutId }, about),
      element("p", { class: "triage-decide-this" }, words("triage-label", "Shown: "), head.title),
      choice,
      element("label", { class: "triage-decide-label", for: field.id }, "Reason (required; it goes into the journal)"),
      field,
      error,
      bar(back, element("button", { type: "submit", class: "triage-button triage-strong" }, submit))
    );
    form.addEventListener("submit", (event) => {
      event.preventDefault(), this.#submit(verb, head, form, field, error);
    }), this.node.setAttribute("aria-labelledby", titleId), this.node.setAttribute("aria-describedby", aboutId), fill(this.node, form), this.node.showModal(), verb === "split" ? this.node.focus() : this.#first();
  }
  #first() {
    this.node.querySelector("input:enabled")?.focus();
  }
  async #submit(verb, head, form, field, error) {
    if (form.ariaBusy === "true") return;
    let why = field.value.trim(), ids2 = [...this.#chosen], fail = (message, at) => {
      fill(error, message), field.setAttribute("aria-invalid", String(at === field)), at?.focus();
    };
    if (ids2.length === 0) return fail("Choose one first.", form.querySelector("fieldset input:enabled"));
    if (why === "") return fail("Give a reason: whoever reads the journal later will want to know.", field);
    form.ariaBusy = "true", fill(error, "");
    try {
      let said = await this.#send(verb, head, ids2, why);
      this.node.close(), this.done(said);
    } catch (failed) {
      fail(reason(failed), field);
    }
    form.ariaBusy = "false";
  }
  #send(verb, head, ids2, why) {
    let first = ids2[0] ?? "";
    return verb === "merge" ? this.call("merge", { ids: ids2, reason: why }) : verb === "split" ? this.call("split", { by: first, reason: why }) : this.call("pin", { event: head.event_id, incident: first, reason: why });
  }
  #option(kind, name, value, ...label) {
    let id = uniqueId(), input = element("input", { type: kind, name, value, id });
    return input.checked = this.#chosen.has(value), input.addEventListener("change", () => {
      kind === "radio" && this.#chosen.clear(), input.checked ? this.#chosen.add(value) : this.#chosen.delete(value);
    }), box("triage-option", input, element("label", { for: id }, ...label));
  }
  /** The ways to split; one by which nothing differs cannot be chosen. */
  #ways() {
    let name = uniqueId(), list = box("triage-options-list", element("p", { class: "triage-remark" }, "Looking for what differs…")), show = (ways) => {
      let options = ways.map(({ by, words: told, sides }) => {
        let says = sides < 2 ? " nothing differs so far" : ` ${sides} incidents`, made = this.#option("radio", name, by, told, words("triage-option-about", says)), input = made.querySelector("input");
        return input !== null && (input.disabled = sides < 2), made;
      }), waits = list.contains(document.activeElement) || document.activeElement === this.node;
      fill(list, ...options), waits && this.#first();
    };
    return this.call("splits", {}).then(show, (error) => fill(list, reason(error))), element("fieldset", { class: "triage-options" }, element("legend", {}, "How the incidents are told apart"), list);
  }
  /** The incidents to choose from, found by a part of their title. */
  #incidents(verb) {
    let name = uniqueId(), search = textField({ type: "search" }), list = box("triage-options-list"), found = element("p", { class: "triage-remark", role: "status" }), asked = 0, show = (rows, inAll) => {
      let kind = verb === "merge" ? "checkbox" : "radio";
      fill(list, ...rows.map((row) => this.#option(kind, name, row.incident_id, row.title, words("triage-option-about", ` ${row.about}`))));
      let beyond = inAll > rows.length ? `, the first ${rows.length} shown` : "";
      fill(found, inAll === 0 ? "No other incident has that in its title." : `${plural(inAll, "incident")}${beyond}`);
    }, load = async () => {
      asked += 1;
      let own = asked;
      try {
        let { rows, in_all } = await this.call("others", { text: search.value });
        own === asked && show(rows, in_all);
      } catch (error) {
        own === asked && fill(found, reason(error));
      }
    }, timer = 0;
    search.addEventListener("input", () => {
      clearTimeout(timer), timer = window.setTimeout(() => {
        load();
      }, TYPING_MS);
    }), search.addEventListener("keydown", (event) => {
      event.key === "Enter" && event.preventDefault();
    }), load();
    let legend = element("legend", {}, verb === "merge" ? "Which incidents are the same crash" : "Where it belongs");
    return box("triage-options-found", element("label", { for: search.id }, "Find incidents by title"), search, element("fieldset", { class: "triage-options" }, legend, list), found);
  }
};

// src/stack_detail.ts
var FrameDetail = class {
  node;
  #name = element("p", { class: "triage-detail-name", id: uniqueId() });
  #facts = element("dl", { class: "triage-facts" });
  constructor(back) {
    this.node = element("div", { class: "triage-detail", role: "group", tabindex: -1, "aria-labelledby": this.#name.id }, this.#name, this.#facts), this.node.addEventListener("keydown", (event) => {
      event.key !== "Escape" && event.key !== "ArrowLeft" || (event.preventDefault(), back());
    });
  }
  show(cell2) {
    if (this.node.hidden = cell2 === void 0, cell2 === void 0) return;
    fill(this.#name, words("triage-label", `Frame ${cell2.number} `), element("code", {}, ...breakable(cell2.function || word(cell2))));
    let shown = [["Why", cell2.why], ["Whose", word(cell2)], ["Where", cell2.where], ...cell2.facts].filter(([, value]) => value !== "").map(([label, value]) => {
      let long = value.length > 32 || label === "Why";
      return element(
        "div",
        { class: long ? "triage-fact triage-fact-long" : "triage-fact" },
        element("dt", { class: "triage-label" }, label),
        element("dd", { class: "triage-fact-value" }, value)
      );
    });
    fill(this.#facts, ...shown);
  }
};

// src/stack_tree.ts
var PAGE = 200, StackTree = class {
  constructor(level, call, announcer) {
    this.call = call;
    this.announcer = announcer;
    let id = uniqueId();
    this.#title = heading(level, { class: "triage-heading", id, tabindex: -1 }), this.#rows = new Rows("tree", id, {
      toggle: (row, open) => this.#toggle([row.key], open),
      enter: (row) => {
        row.key.startsWith("f") && this.#detail.node.focus();
      },
      moved: (row) => this.#tell(row),
      all: (row) => this.#beside(row)
    }), this.#detail = new FrameDetail(() => this.#rows.focus());
    let foot = bar(this.#every, this.#remark);
    this.node = element("div", { class: "triage-section", role: "group", "aria-labelledby": id }, this.#title, this.#alerts, this.#rows.node, foot, this.#detail.node);
  }
  call;
  announcer;
  node;
  #title;
  #alerts = box("triage-alerts");
  #every = button("", () => this.#all(!this.#whole()));
  #remark = words("triage-remark");
  #rows;
  #detail;
  #head = null;
  #cells = /* @__PURE__ */ new Map();
  #asked = /* @__PURE__ */ new Set();
  #open = /* @__PURE__ */ new Set();
  show(head, title) {
    this.#head = head, this.#cells.clear(), this.#asked.clear();
    let first = head.stacks[0];
    if (first !== void 0) for (let cell2 of head.cells) this.#cells.set(key(first, cell2.number), cell2);
    this.#open = new Set(first === void 0 ? [] : [`s${first.number}`]), fill(this.#title, title), this.#alerts.replaceChildren(), this.#draw();
    let shown = first?.parts.find((part) => part.shown);
    first !== void 0 && shown !== void 0 && this.#rows.go(key(first, shown.start), !1), this.#tell(this.#rows.current);
  }
  focusTitle() {
    this.#title.focus();
  }
  #draw() {
    let head = this.#head;
    if (head === null) return;
    this.#rows.show(head.stacks.flatMap((stack, index) => this.#stack(stack, index)));
    let first = head.stacks[0], more = first !== void 0 && first.parts.some((part) => !part.shown);
    this.#every.hidden = !more, more && fill(this.#every, this.#whole() ? "Show only what stands out" : `Show all ${plural(first.frames, "frame")}`);
    let beyond = head.stacks_in_all - head.stacks.length;
    fill(this.#remark, beyond > 0 ? `${plural(beyond, "further stack")} in case.stacks().` : "");
  }
  #stack(stack, index) {
    let open = stack.frames === 0 ? null : this.#open.has(`s${stack.number}`), made = {
      key: `s${stack.number}`,
      level: 1,
      size: this.#head?.stacks.length ?? 1,
      place: index + 1,
      open,
      kind: "triage-item-stack",
      label: () => `${stack.title}, ${stack.about}`,
      text: () => stack.title,
      draw: () => [chevron(open), words("triage-item-title", stack.title), words("triage-item-about", stack.about)]
    };
    if (open !== !0) return [made];
    let size = stack.parts.reduce((sum, part) => sum + (part.shown ? part.length : 1), 0), place = 0, inside = stack.parts.flatMap((part) => {
      let rows = part.shown ? this.#frames(stack, part, 2, size, place) : this.#gap(stack, part, size, place);
      return place += part.shown ? part.length : 1, rows;
    });
    return [made, ...inside];
  }
  /** A run of frames that do not stand out: one row, with the frames inside. */
  #gap(stack, part, size, place) {
    let name = `g${stack.number}:${part.start}`, open = this.#open.has(name), made = {
      key: name,
      level: 2,
      size,
      place: place + 1,
      open,
      kind: "triage-item-gap",
      label: () => `${part.title}: ${part.about}`,
      text: () => part.title,
      draw: () => [chevron(open), words("triage-item-title", part.title), words("triage-item-about", part.about)]
    };
    return open ? [made, ...this.#frames(stack, part, 3, part.length, 0)] : [made];
  }
  #frames(stack, part, level, size, before) {
    return Array.from({ length: part.length }, (_, index) => {
      let number = part.start + index, name = key(stack, number), cell2 = () => this.#cells.get(name);
      return {
        key: name,
        level,
        size,
        place: before + index + 1,
        open: null,
        kind: `triage-item-frame triage-frame ${roleClass(cell2())}`,
        label: () => spoken(number, cell2()),
        text: () => cell2()?.function ?? "",
        draw: () => this.#frame(stack, number, cell2())
      };
    });
  }
  #frame(stack, number, cell2) {
    let shown = words("triage-frame-number", `${number}`);
    return cell2 === void 0 ? (this.#load(stack, Math.floor(number / PAGE) * PAGE), [shown, words("triage-frame-mark"), words("triage-item-about", "Loading…")]) : [
      shown,
      words("triage-frame-mark"),
      words("triage-frame-role", word(cell2)),
      element("code", { class: "triage-frame-function" }, cell2.function || word(cell2)),
      words("triage-frame-where", near(cell2.where)),
      words("triage-frame-counts", cell2.counted ? words("triage-tag", "counts") : null)
    ];
  }
  /** Ask for a page of frames, once. */
  async #load(stack, start) {
    let head = this.#head, page2 = `${stack.number}:${start}`;
    if (!(head === null || this.#asked.has(page2))) {
      this.#asked.add(page2);
      try {
        let cells2 = await this.call("frames", { event: head.event_id, stack: stack.number, start });
        if (this.#head !== head) return;
        for (let cell2 of cells2) this.#cells.set(key(stack, cell2.number), cell2);
        this.#draw(), this.#tell(this.#rows.current);
      } catch (error) {
        if (this.#head !== head) return;
        fill(this.#alerts, failure(reason(error), () => this.#again()));
      }
    }
  }
  #again() {
    this.#alerts.replaceChildren(), this.#asked.clear(), this.#rows.focus(), this.#rows.repaint();
  }
  #toggle(keys, open) {
    for (let name of keys)
      open ? this.#open.add(name) : this.#open.delete(name);
    this.#draw(), this.#rows.focus(), this.#tell(this.#rows.current);
  }
  /** Whether the first stack shows all its frames. */
  #whole() {
    let first = this.#head?.stacks[0];
    return first !== void 0 && gaps(first).every((name) => this.#open.has(name)) && this.#open.has(`s${first.number}`);
  }
  #all(open) {
    let first = this.#head?.stacks[0];
    if (first !== void 0) {
      for (let name of gaps(first)) this.#open[open ? "add" : "delete"](name);
      this.#open.add(`s${first.number}`), this.#draw(), this.announcer.say(open ? `${plural(first.frames, "frame")} shown` : "Only what stands out is shown");
    }
  }
  /** Open all that stand beside a row: all stacks, or all runs of a stack. */
  #beside(row) {
    let stacks = this.#head?.stacks ?? [];
    if (row.level === 1) return this.#toggle(stacks.filter((stack2) => stack2.frames > 0).map((stack2) => `s${stack2.number}`), !0);
    let stack = stacks.find((one) => row.key.slice(1).startsWith(`${one.number}:`));
    stack !== void 0 && this.#toggle(gaps(stack), !0);
  }
  #tell(row) {
    this.#detail.show(row === void 0 ? void 0 : this.#cells.get(row.key));
  }
};
function key(stack, number) {
  return `f${stack.number}:${number}`;
}
function gaps(stack) {
  return stack.parts.filter((part) => !part.shown).map((part) => `g${stack.number}:${part.start}`);
}

// src/stack_variants.ts
function variantSection(head, level, choose) {
  if (head.variants_in_all < 2) return null;
  let id = uniqueId(), columns = head.variants.map((variant) => column(variant, variant.event_id === head.event_id, choose)), longest = Math.max(...head.variants.map((variant) => variant.frames.length)), rows = Array.from(
    { length: longest },
    (_, place) => element("tr", {}, element("th", { scope: "row" }, `${place + 1}`), ...head.variants.map((variant) => cell(variant, place)))
  ), corner = element("th", { scope: "col" }, "Frame"), table = element(
    "table",
    { class: "triage-table triage-variants", "aria-labelledby": id },
    element("thead", {}, element("tr", {}, corner, ...columns)),
    element("tbody", {}, ...rows)
  ), beyond = head.variants_in_all - head.variants.length;
  return element(
    "div",
    { class: "triage-section", role: "group", "aria-labelledby": id },
    heading(level, { class: "triage-heading", id }, `${plural(head.variants_in_all, "variant")} side by side`),
    element("p", { class: "triage-remark triage-remark-first" }, "The frames that make each variant, innermost first; those that the first variant does not have are marked." + (beyond > 0 ? ` ${plural(beyond, "rarer variant")} in case.variants().` : "")),
    element("div", { class: "triage-scroll", role: "group", "aria-label": "Variants", tabindex: 0 }, table)
  );
}
function column(variant, current, choose) {
  let name = `Variant ${variant.number}`, show = button(name, () => choose(variant), {
    class: "triage-button triage-link",
    "aria-current": current ? "true" : null,
    "aria-label": `Show the stacks of variant ${variant.number}`,
    "data-variant": variant.number
  }), often = `${plural(variant.events, "event")} · ${percent(variant.share)}`;
  return element("th", { scope: "col" }, box("triage-variant", box("triage-bar", show, current ? words("triage-tag", "shown") : null), words("triage-variant-often", often), words("triage-variant-about", variant.about)));
}
function cell(variant, place) {
  let found = variant.frames[place];
  if (found === void 0) return element("td", {}, "");
  let [name, role, same] = found, code = element("code", { class: role === "application" ? "triage-variant-own" : null }, name);
  return element("td", { class: same ? null : "triage-variant-differs" }, code, same ? null : words("triage-tag", "differs"));
}

// src/stack_view.ts
var LOST2 = "The kernel was restarted or stopped. What is shown here stays; run the cell again for more.", VERBS = [
  ["merge", "Merge…"],
  ["split", "Split…"],
  ["pin", "Pin…"]
];
function render({ model, el, experimental }) {
  let view = new StackView(el), caller = new Caller(experimental, model, () => view.lost());
  return view.start(caller), () => caller.dispose();
}
var StackView = class {
  #root = element("section", { class: "triage-root triage-stacks", tabindex: -1 });
  #body = box("triage-body");
  #alerts = box("triage-alerts");
  #announcer = new Announcer();
  #caller = null;
  #decision = null;
  #tree = null;
  #variants = null;
  #level = 3;
  #shown = null;
  #asked = 0;
  constructor(el) {
    keepKeys(this.#root), this.#root.append(this.#announcer.node, this.#alerts, this.#body), nameRoot(this.#root, "Stacks"), el.append(this.#root);
  }
  start(caller) {
    this.#caller = caller, this.#decision = new Decision(caller.call, (said) => {
      this.#load(null, said);
    }), this.#root.append(this.#decision.node), this.#load(null, null);
  }
  lost() {
    this.#shown !== null && fill(this.#alerts, failure(LOST2, null));
  }
  /** Ask for the incident as it is now, or after a decision, which is told then. */
  async #load(event, said) {
    if (this.#caller === null) return;
    this.#asked += 1;
    let asked = this.#asked;
    this.#root.setAttribute("aria-busy", "true"), this.#alerts.replaceChildren(), this.#shown === null && fill(this.#body, waiting("Waiting for the kernel…"));
    try {
      let head = await this.#caller.call("head", { event });
      asked === this.#asked && this.#show(head, said);
    } catch (error) {
      asked === this.#asked && this.#fail(reason(error), () => {
        this.#load(event, said);
      });
    }
    asked === this.#asked && this.#root.removeAttribute("aria-busy");
  }
  #fail(message, retry) {
    this.#shown === null && this.#body.replaceChildren();
    let again = () => {
      this.#root.focus(), retry();
    };
    fill(this.#alerts, failure(message, again));
  }
  #show(head, said) {
    if (this.#caller === null) return;
    this.#shown = head, nameRoot(this.#root, `Stacks: ${head.title}`), this.#level = titleLevel(this.#root), this.#tree = new StackTree(this.#level + 1, this.#caller.call, this.#announcer);
    let calls = head.stacks.length === 0 && head.variants_in_all < 2 ? null : new CallTree(this.#level + 1, head.variants_in_all > 1, this.#caller.call, this.#announcer);
    this.#variants = this.#side(head), fill(this.#body, this.#title(head), head.stacks.length === 0 ? null : this.#tree.node, this.#variants, calls?.node ?? null), this.#tree.show(head, treeTitle(head)), said !== null && (fill(this.#alerts, element("p", { class: "triage-decided" }, said)), this.#announcer.say(said), this.#body.querySelector(".triage-title")?.focus());
  }
  #side(head) {
    return variantSection(head, this.#level + 1, (variant) => {
      this.#choose(variant);
    });
  }
  /** Show the stacks of a variant; the rest of the page stays as it is. */
  async #choose(variant) {
    try {
      let head = await this.#caller?.call("head", { event: variant.event_id });
      if (head === void 0) return;
      this.#shown = head;
      let side = this.#side(head);
      side !== null && this.#variants?.replaceWith(side), this.#variants = side, this.#tree?.show(head, treeTitle(head)), this.#tree?.focusTitle(), this.#announcer.say(`The stacks of variant ${variant.number} are shown`);
    } catch (error) {
      fill(this.#alerts, failure(reason(error), null));
    }
  }
  #title(head) {
    let facts = head.facts.map(([label, value]) => {
      let long = value.length > 48 || label === "What counted";
      return element("div", { class: long ? "triage-fact triage-fact-long" : "triage-fact" }, element("dt", { class: "triage-label" }, label), element("dd", { class: "triage-fact-value" }, value));
    }), verbs = VERBS.map(
      ([verb, label]) => button(label, () => this.#shown !== null && this.#decision?.open(verb, this.#shown), { "aria-haspopup": "dialog" })
    );
    return box(
      head.stacks.length === 0 ? "triage-head" : "triage-head triage-crash",
      heading(this.#level, { class: "triage-title", tabindex: -1 }, head.title),
      facts.length === 0 ? null : element("dl", { class: "triage-facts" }, ...facts),
      head.decides && head.incident_id !== "" ? element("div", { class: "triage-bar triage-verbs", role: "group", "aria-label": "Decide what belongs together" }, ...verbs) : null
    );
  }
};
function treeTitle(head) {
  let variant = head.variants.find((one) => one.event_id === head.event_id), of = head.variants_in_all > 1 && variant !== void 0 ? `the newest event of variant ${variant.number}` : "the newest event";
  return `${plural(head.stacks_in_all, "stack")} of ${of}`;
}
var stack_view_default = { render };
export {
  stack_view_default as default
};
