// What rows of stacks say.

import { plural } from "./dom";
import type { CallRow, FrameCell } from "./stack_types";

const ROLES = new Set(["application", "library", "noise"]);

/** Whose code it is, or what the row is where it is no call. */
export function word(cell: FrameCell): string {
  return cell.kind === "frame" ? cell.role || "unknown" : cell.kind.replaceAll("_", " ");
}

/** The class by which a frame or call is drawn. */
export function roleClass(cell: { kind: string; role: string } | undefined): string {
  const known = cell !== undefined && (cell.kind === "frame" || cell.kind === "call") && ROLES.has(cell.role);
  return `triage-frame-${known ? cell.role : "other"}`;
}

/** A frame as it is told. */
export function spoken(number: number, cell: FrameCell | undefined): string {
  if (cell === undefined) return `Frame ${number}, loading`;
  const parts = [`Frame ${number}: ${cell.function || word(cell)}`, word(cell), cell.counted ? "counts for the key" : "", cell.where];
  return parts.filter((part) => part !== "").join(", ");
}

/** A run of calls: where it begins, which is what tells it from those beside it, and what it is known by. */
export function callName(row: CallRow): string {
  if (row.kind === "others") return `others: ${plural(row.stacks, "rare stack")}`;
  if (row.kind === "deeper") return "deeper calls";
  const first = row.names[0] ?? row.name;
  return first === row.name ? first : `${first} → ${row.names.length > 2 ? "… → " : ""}${row.name}`;
}

/** The end of a long path, which tells it from others; the frame in full has all of it. */
export function near(where: string): string {
  const parts = where.split(/(?<=[/\\])/u);
  return where.length > 40 && parts.length > 2 ? `…/${parts.slice(-2).join("")}` : where;
}

/** A share in percent: two digits of it where it is small, and never 100 where it is not all. */
export function percent(share: number): string {
  const hundred = share * 100;
  if (share === 1) return "100 %";
  return `${hundred < 10 ? hundred.toFixed(1) : Math.min(Math.round(hundred), 99)} %`;
}
