/** Of one tenant's emails, or of all: every accepted one is in one of the others. */
export interface TenantCount {
  readonly accepted: number;
  readonly written: number;
  readonly suppressed: number;
  readonly deadLettered: number;
  /** Of these, how many an operator gave up. */
  readonly discarded: number;
  readonly inFlight: number;
}

export const NOTHING: TenantCount = {
  accepted: 0,
  written: 0,
  suppressed: 0,
  deadLettered: 0,
  discarded: 0,
  inFlight: 0,
};

const FIELDS: Readonly<Record<string, "written" | "suppressed" | "deadLettered">> = {
  written: "written",
  suppressed: "suppressed",
  dead_lettered: "deadLettered",
};

/** With so many more in a state of the ledger. */
export function addCount(count: TenantCount, state: string, emails: number): TenantCount {
  const field = FIELDS[state] ?? "inFlight";
  return { ...count, accepted: count.accepted + emails, [field]: count[field] + emails };
}
