/** Dead letters that were not given up. */
export const OPEN_DEAD_LETTER = "d.state = 'dead_lettered' and d.discarded_pass is distinct from d.pass";

/** What the CRM said; null where it was none of its faults. */
export const CRM_CODE =
  "case when d.reason in ('crm_rejected', 'retries_exhausted') then substring(d.detail from '^[a-z0-9-]+:[^ ]*[^ :]') end";

/** Which dead letters an operator means; what is not said does not matter. Times are epoch ms. */
export interface DeadLetterSet {
  readonly tenant?: string | undefined;
  readonly reason?: string | undefined;
  /** What the CRM said; null: those with which it had nothing to do. */
  readonly code?: string | null | undefined;
  /** The release that ended them; null: one that did not say so. */
  readonly release?: string | null | undefined;
  /** Ended then or later. */
  readonly since?: number | undefined;
  /** Ended before or then: what dies again afterwards is none of the set. */
  readonly until: number;
}

/** A place in the order of their ends. */
export interface DeadLetterCursor {
  readonly endedAt: number;
  readonly tenant: string;
  readonly eventId: string;
}

/** Only what is asked for stands in the statement, so that Postgres chooses the index for it. */
export function whereDeadLetter({ tenant, reason, code, release, since, until }: DeadLetterSet, values: unknown[]) {
  const value = (given: unknown): string => `$${values.push(given)}`;
  const is = (column: string, given: string | null): string =>
    given === null ? `${column} is null` : `${column} = ${value(given)}`;
  return [
    OPEN_DEAD_LETTER,
    `d.ended_at <= ${value(until)}`,
    ...(tenant === undefined ? [] : [`d.tenant = ${value(tenant)}`]),
    ...(reason === undefined ? [] : [`d.reason = ${value(reason)}`]),
    ...(code === undefined ? [] : [is(CRM_CODE, code)]),
    ...(release === undefined ? [] : [is("d.ended_release", release)]),
    ...(since === undefined ? [] : [`d.ended_at >= ${value(since)}`]),
  ].join(" and ");
}
