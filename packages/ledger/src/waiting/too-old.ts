import type { Database } from "../database.ts";
import { epochMs, spanMs } from "../milliseconds.ts";
import { toStoredRecord, type WaitingEmail } from "./take-waiting.ts";

export interface TooOldTake {
  readonly owner: string;
  readonly leaseMs: number;
  readonly limit: number;
  /** The tenants that are looked after, each with how long its mail may wait. */
  readonly tenants: readonly { readonly tenant: string; readonly maxAgeMs: number }[];
}

/**
 * Emails that have waited beyond their tenant's maxAge, oldest first, under a lease: whenever they are due, whatever waits before them. Mail
 * that an operator holds back is not among them.
 */
export async function takeTooOld(
  database: Database,
  { owner, leaseMs, limit, tenants }: TooOldTake,
): Promise<WaitingEmail[]> {
  if (tenants.length === 0) return [];
  const rows = await database.query<Parameters<typeof toStoredRecord>[0] & Record<string, unknown>>(
    `with old as (
       select w.tenant, w.event_id
         from unnest($1::text[], $2::bigint[]) as t(tenant, max_age_ms)
         join waiting w on w.tenant = t.tenant and w.since < clock_timestamp() - t.max_age_ms * interval '1 ms'
        where w.stage = 'deliver' and w.kind <> 'held' and (w.lease_until is null or w.lease_until < clock_timestamp())
          and not exists (select 1 from buffers b where b.tenant = w.tenant)
        order by w.since limit $3 for update of w skip locked)
     update waiting w set owner = $4, lease_until = clock_timestamp() + $5 * interval '1 ms'
       from old where w.tenant = old.tenant and w.event_id = old.event_id
     returning w.starts, w.tenant, w.event_id, w.lane, w.kind, w.code, w.pass, w.attempt, w.attempts, w.order_parsed_at, w.topic, w.partition, w."offset",
               ${epochMs("w.since")} as since_ms, w.record_timestamp, w.key, w.value, w.headers,
               (select d.email_key from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as email_key,
               (select d.received_at from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as received_at`,
    [
      tenants.map(({ tenant }) => tenant),
      tenants.map(({ maxAgeMs }) => spanMs(maxAgeMs)),
      limit,
      owner,
      spanMs(leaseMs),
    ],
  );
  return rows.map((row) => ({
    tenant: row["tenant"] as string,
    eventId: row["event_id"] as string,
    lane: row["lane"] as string,
    kind: row["kind"] as string,
    code: row["code"] as string,
    pass: row["pass"] as number,
    attempt: row["attempt"] as number,
    attempts: row["attempts"] as Record<string, number>,
    parsedAt: row["order_parsed_at"] as number,
    since: row["since_ms"] as number,
    starts: row["starts"] as number,
    emailKey: row["email_key"] as string | null,
    receivedAt: (row["received_at"] ?? row["record_timestamp"]) as number,
    record: toStoredRecord(row),
  }));
}
