// Elements from data: text becomes text nodes, never markup.

export type Child = Node | string | null;
type Attribute = string | number | boolean | null | ((event: Event) => void);

/** Control and direction characters as symbols, as in `triage.share.printable`; line ends and tabs stay. */
export function printable(text: string): string {
  return text.replace(/(?![ \n\t])[\p{C}\p{Z}]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : `\\u{${code.toString(16)}}`;
  });
}

/** One element. Functions are listeners of the event they are named by; `true` sets an attribute, `false` and null leave it out. */
export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Record<string, Attribute> = {},
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, printable(String(value)));
  }
  fill(made, ...children);
  return made;
}

/** A button; `class` may tell its kind. */
export function button(label: string, press: () => void, attributes: Record<string, Attribute> = {}): HTMLButtonElement {
  return element("button", { type: "button", class: "triage-button", click: press, ...attributes }, label);
}

/** A div of a class. */
export function box(name: string, ...children: Child[]): HTMLDivElement {
  return element("div", { class: name }, ...children);
}

/** Controls and remarks in a row. */
export function bar(...children: Child[]): HTMLDivElement {
  return box("triage-bar", ...children);
}

/** A span of a class. */
export function words(name: string, ...children: Child[]): HTMLSpanElement {
  return element("span", { class: name }, ...children);
}

/** Replace what is inside an element. */
export function fill(parent: HTMLElement, ...children: Child[]): void {
  const nodes = children.filter((child) => child !== null);
  parent.replaceChildren(...nodes.map((child) => (typeof child === "string" ? document.createTextNode(printable(child)) : child)));
}

/** A path or qualified name that may break after its separators rather than anywhere. */
export function breakable(text: string): Child[] {
  const parts = text.split(/(?<=[/\\]|::)(?=[^/\\:])/u);
  return parts.flatMap((part, index) => (index === 0 ? [part] : [document.createElement("wbr"), part]));
}

/** A heading of any level; there is none below six. */
export function heading(level: number, attributes: Record<string, Attribute>, ...children: Child[]): HTMLHeadingElement {
  return element(`h${Math.min(level, 6)}` as "h6", attributes, ...children);
}

/** The level for a title at `place`: at most one below the heading before it in the page, and never over 3. */
export function titleLevel(place: HTMLElement): number {
  let before = 2;
  for (const other of document.querySelectorAll("h1, h2, h3, h4, h5, h6")) {
    if (place.contains(other) || !(other.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING)) continue;
    before = Number(other.tagName[1]);
  }
  return Math.min(before + 1, 3);
}

let ids = 0;
const page = Math.random().toString(36).slice(2, 10);

/** An id that no other widget in the page has: each widget loads this module anew. */
export function uniqueId(): string {
  ids += 1;
  return `triage-${page}-${ids}`;
}

/** `1 file`, `2 files`. */
export function plural(count: number, word: string): string {
  return `${count.toLocaleString("en")} ${word}${count === 1 ? "" : "s"}`;
}
