// What the kernel answers about stacks: the dataclasses of `triage.share.stack_rows` as JSON.

export interface Part {
  start: number;
  length: number;
  shown: boolean;
  title: string;
  about: string;
}

export interface StackRow {
  number: number;
  title: string;
  about: string;
  frames: number;
  parts: Part[];
}

export interface FrameCell {
  number: number;
  function: string;
  where: string;
  role: string;
  kind: string;
  counted: boolean;
  why: string;
  facts: [string, string][];
}

export interface VariantRow {
  number: number;
  events: number;
  share: number;
  about: string;
  event_id: string;
  /** Name, role, and whether the first variant has it too. */
  frames: [string, string, boolean][];
}

export interface CallRow {
  level: number;
  kind: "call" | "others" | "deeper";
  names: string[];
  name: string;
  role: string;
  counted: boolean;
  events: number;
  stacks: number;
  ends: number;
  share: number;
}

export interface Split {
  by: string;
  words: string;
  sides: number;
}

export interface Head {
  title: string;
  incident_id: string;
  event_id: string;
  facts: [string, string][];
  stacks: StackRow[];
  stacks_in_all: number;
  cells: FrameCell[];
  variants: VariantRow[];
  variants_in_all: number;
  decides: boolean;
}

export interface Other {
  incident_id: string;
  title: string;
  about: string;
}

/** The calls of `StackView`, by name: what goes in, what comes out. A decision answers what was done, in words. */
export interface StackCalls {
  head: [{ event: string | null }, Head];
  frames: [{ event: string; stack: number; start: number }, FrameCell[]];
  tree: [Record<string, never>, CallRow[]];
  others: [{ text: string }, { rows: Other[]; in_all: number }];
  splits: [Record<string, never>, Split[]];
  merge: [{ ids: string[]; reason: string }, string];
  split: [{ by: string; reason: string }, string];
  pin: [{ event: string; incident: string; reason: string }, string];
}
