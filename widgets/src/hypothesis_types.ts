// What the kernel answers about hypotheses: the dataclasses of `triage.share.hypothesis_rows` as JSON.

export interface SectionRow {
  name: string;
  title: string;
  lines: number;
  lines_cut: number;
  chars: number;
  chars_cut: number;
  line: number;
}

export interface Sent {
  chars: number;
  sections: SectionRow[];
  error: string;
}

export interface Reading {
  lines: string[];
  data: boolean[];
}

export interface Engine {
  name: "gemini" | "rules";
  label: string;
  about: string;
  why: string;
}

export interface RunRow {
  run_id: string;
  name: string;
  status: "pending" | "answered" | "failed";
  created: string;
  took: number | null;
  elapsed: number | null;
  mine: boolean;
  about: string;
}

export interface PlaceRow {
  words: string;
  text: string;
  line: number;
}

export interface EvidenceRow {
  text: string;
  found: string;
  places: PlaceRow[];
}

export interface CheckRow {
  predicts: string;
  verdict: "supported" | "refuted" | "cannot tell";
  why: string;
  rows: PlaceRow[];
}

export interface HypothesisCard {
  title: string;
  confidence: number;
  evidence: EvidenceRow[];
  checks: CheckRow[];
  next_steps: string[];
}

export interface RunPage {
  run: RunRow;
  facts: [string, string][];
  remarks: string[];
  error: string;
  summary: string;
  signature: string;
  severity: string;
  hypotheses: HypothesisCard[];
  flags: [string, string][];
  missing: string[];
  steps: string[];
}

export interface Head {
  title: string;
  sent: Sent;
  engines: Engine[];
  model: string;
  runs: RunRow[];
}

export interface Question {
  engine: string;
  model: string;
  fresh: boolean;
}

type Nothing = Record<string, never>;
type One = { run: string };

/** The calls of `HypothesisPanel`, by name: what goes in, what comes out. */
export interface HypothesisCalls {
  head: [Nothing, Head];
  reading: [Nothing, Reading];
  ask: [Question, { run: string; cached: boolean; runs: RunRow[] }];
  cancel: [One, null];
  runs: [Nothing, RunRow[]];
  standing: [{ runs: string[] }, RunRow[]];
  run: [One, RunPage];
  text: [One, string];
  file: [One, string];
}
