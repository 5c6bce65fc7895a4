// What the kernel answers to the review: the JSON of `triage.share.review`. No text in it is an original, but of what a person unmasked.

export interface ReviewFile {
  number: number;
  path: string;
  description: string;
  bytes: number;
  size: string;
  binary: boolean;
  findings: Record<string, number>;
  finding_count: number;
  state: "unseen" | "opened" | "skipped" | "dropped";
  pages: number;
  /** How many of the pages were shown. */
  seen: number;
  original: boolean;
  reason: string;
}

export interface Summary {
  crash_id: string;
  title: string;
  bundle: string;
  files: ReviewFile[];
  totals: Record<string, number>;
  state: "open" | "approved" | "saved" | "discarded";
  unopened: number;
  /** Each mask that was undone, with the reason. */
  unmasked: Record<string, string>;
  /** What was there and does not leave, and why: the first of them, and how many there are. */
  absent: { path: string; reason: string }[];
  absent_count: number;
  /** That ids leave which a guess can be tested against, or nothing. */
  kept_ids: string;
  digest: string | null;
  suggested: string;
  /** What just happened: that an approval was taken back. */
  notice: string;
}

/** A finding by its number in the file: its kind, its length (exact or as a bucket), what replaces it, and whether that stands. */
export interface Finding {
  finding: number;
  line: number;
  kind: string;
  length: string | number;
  mask: string;
  action: "masked" | "unmasked";
}

/** A finding in the text of a page; `start` and `end` count code points. */
export interface Change extends Finding {
  start: number;
  end: number;
}

export interface ReviewPage {
  text: string;
  page: number;
  pages: number;
  first_line: number;
  changes: Change[];
  note: string;
}

export interface FindingRow extends Finding {
  page: number;
  reason: string;
}

export interface Hit {
  number: number;
  path: string;
  line: number;
  page: number;
  excerpt: string;
}

export interface Saved {
  path: string;
  bytes: number;
  digest: string;
}

type Nothing = Record<string, never>;

/** The calls that change the review; each gives its new summary. */
export interface Verbs {
  summary: [Nothing, Summary];
  unmask: [{ mask: string; reason: string }, Summary];
  mask: [{ mask: string }, Summary];
  drop: [{ number: number; reason: string }, Summary];
  keep: [{ number: number }, Summary];
  skip: [{ number: number }, Summary];
  include_original: [{ number: number; reason: string }, Summary];
  exclude_original: [{ number: number }, Summary];
  approve: [{ by: string }, Summary];
  discard: [Nothing, Summary];
}

export interface ReviewCalls extends Verbs {
  page: [{ number: number; page: number }, ReviewPage];
  findings: [{ number: number; start: number; count: number }, { rows: FindingRow[]; total: number }];
  search: [{ text: string; start: number }, { rows: Hit[]; total: number; more: boolean }];
  save: [{ path: string }, Saved];
  path: [Nothing, string];
}
