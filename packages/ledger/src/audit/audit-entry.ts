/** What somebody did, as the audit keeps it: ids and filters, never content. */
export interface AuditEntry {
  readonly id: number;
  /** Empty where it concerns none, or several. */
  readonly tenant: string;
  /** Of the tenant's chain, from 1 on, without a gap. */
  readonly seq: number;
  /** ISO 8601 in UTC, to the microsecond. */
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  /** Where from: address and session in the console; null for the command line. */
  readonly origin: string | null;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Hex. */
  readonly hash: string;
}

/** The end of a tenant's chain. Kept elsewhere, it shows later whether the chain before it was written anew. */
export interface AuditHead {
  readonly tenant: string;
  readonly seq: number;
  /** Hex. */
  readonly hash: string;
}

/** SQL of an entry's time as it is hashed. */
export const AUDIT_TIME = `to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
