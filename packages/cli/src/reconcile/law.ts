/** The law of DESIGN.md over facts that were gathered: pure. */

export interface OpenRow {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
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

/** What a consumer group has still to read of a topic, by `topic/partition`: from `committed` (or `low` where nothing is) on. */
export interface Backlog {
  readonly low: number;
  readonly high: number;
  readonly committed: number | null;
}

export type Evidence = "unread record" | "waiting row" | "live lease";

/**
 * What proves that a row which has not ended is in flight: its record is still to be read by the service that moves it on, it waits, or
 * somebody holds a lease for it. Null: nothing does, it is lost (PROTOCOL.md 7).
 */
export function evidenceOf(row: OpenRow, backlog: ReadonlyMap<string, Backlog>): Evidence | null {
  if (row.hasWaitingRow) return "waiting row";
  if (row.state !== "waiting") {
    const at = row.state === "accepted" ? row.raw : row.normalized;
    if (at !== null && isUnread(at, backlog.get(`${at.topic}/${at.partition}`))) return "unread record";
  }
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

export interface LawReport {
  readonly accepted: number;
  readonly written: number;
  readonly suppressed: number;
  readonly deadLettered: number;
  readonly inFlight: number;
  /** Records on raw-events that the parser has not read: accepted, not yet rows. */
  readonly unread: number;
  readonly lost: readonly Lost[];
  /** `--deep` or not, what does not fit together without being lost. */
  readonly faults: readonly string[];
  readonly holds: boolean;
  readonly deep: boolean;
  /** How much `--deep` looked at. */
  readonly checked: Readonly<Record<string, number>>;
}

export interface Lost {
  readonly tenant: string;
  readonly eventId: string;
  readonly state: string;
  readonly why: string;
}
