// What the kernel answers: the dataclasses of `triage.share.view` as JSON.

export interface IncidentRow {
  incident_id: string;
  title: string;
  status: string;
  count: number;
  first_seen: string;
  last_seen: string;
}

export interface FrameRow {
  number: number;
  function: string;
  where: string;
  role: string;
  kind: string;
}

export interface FileRow {
  source_id: string;
  path: string;
  depth: number;
  bytes: number;
  size: string;
  description: string;
  status: string;
  reason: string;
}

export interface View {
  title: string;
  crash_id: string;
  bundle: string;
  incident_id: string;
  facts: [string, string][];
  stack_title: string;
  frames: FrameRow[];
  frames_in_all: number;
  incidents: IncidentRow[];
  incidents_in_all: number;
  files: FileRow[];
  files_in_all: number;
  quarantined: number;
  notes: string[];
}

export interface Preview {
  text: string;
  page: number;
  pages: number;
  note: string;
}

/** The calls of `CaseView`, by name: what goes in, what comes out. */
export interface CaseCalls {
  view: [{ incident: string | null }, View];
  files: [{ start: number }, FileRow[]];
  preview: [{ source_id: string; page: number }, Preview];
  path: [Record<string, never>, string];
}
