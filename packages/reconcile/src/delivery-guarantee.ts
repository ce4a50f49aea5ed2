import type { TenantCount } from "./tenant-counts.ts";

/** The delivery guarantee (docs/concepts/delivery-guarantees.md) over facts that were gathered: pure. */

export interface OpenRow {
  readonly state: string;
  readonly hasWaitingRow: boolean;
  readonly hasLiveLease: boolean;
  readonly raw: At | null;
  readonly normalized: At | null;
}

export interface At {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/** Where a partition's log begins and ends, and where the group that reads it stands: from `committed` (or `low` where nothing is) on it has still to read. */
export interface Backlog {
  readonly low: number;
  readonly high: number;
  readonly committed: number | null;
}

/** By `topic/partition`. */
export type Positions = ReadonlyMap<string, Backlog>;

export type Evidence = "unread record" | "waiting row" | "live lease";

/** The record that would move a row on which has not ended. */
export function getNextRecord(row: OpenRow): At | null {
  if (row.state === "waiting") return null;
  return row.state === "accepted" ? row.raw : row.normalized;
}

/**
 * What proves that a row which has not ended is in flight: its record is still to be read by the service that moves it on, it waits, or
 * somebody holds a lease for it. Null: nothing does, it is lost (docs/concepts/protocol.md, section 7).
 */
export function findEvidence(row: OpenRow, positions: Positions): Evidence | null {
  if (row.hasWaitingRow) return "waiting row";
  const at = getNextRecord(row);
  if (at !== null && isUnread(at, positions.get(toPlace(at)))) return "unread record";
  return row.hasLiveLease ? "live lease" : null;
}

/** Whether a group has still to read a record that is still there. */
export function isUnread(at: At, backlog: Backlog | undefined): boolean {
  return (
    backlog !== undefined &&
    at.offset >= backlog.low &&
    at.offset < backlog.high &&
    at.offset >= (backlog.committed ?? backlog.low)
  );
}

export function isInLog(at: At, backlog: Backlog | undefined): boolean {
  return backlog !== undefined && at.offset >= backlog.low && at.offset < backlog.high;
}

/** `topic/partition`. */
export function toPlace(at: Pick<At, "topic" | "partition">): string {
  return `${at.topic}/${at.partition}`;
}

export interface GuaranteeReport {
  readonly accepted: number;
  readonly written: number;
  readonly suppressed: number;
  readonly deadLettered: number;
  /** Of these, how many an operator gave up. */
  readonly discarded: number;
  readonly inFlight: number;
  /** Records on raw-events that the parser has not read: accepted, not yet rows. */
  readonly unread: number;
  /** Records that each group of Inlet's consumers has still to read. */
  readonly lag: Readonly<Record<string, number>>;
  /** The same of each tenant. */
  readonly tenants: Readonly<Record<string, TenantCount>>;
  /** The first thousand. */
  readonly lost: readonly Lost[];
  /** What does not fit together without an email being lost. The first thousand. */
  readonly faults: readonly string[];
  /** Findings beyond the lists. */
  readonly notListed: number;
  /** What to look at, and no finding: lanes without a reader whose mail has been read so far, gaps that were acknowledged. */
  readonly notes: readonly string[];
  readonly holds: boolean;
  readonly deep: boolean;
  /** How much was looked at. */
  readonly checked: Readonly<Record<string, number>>;
}

export interface Lost {
  readonly tenant: string;
  readonly eventId: string;
  readonly state: string;
  readonly why: string;
}
