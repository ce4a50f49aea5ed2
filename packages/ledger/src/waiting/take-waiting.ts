import { buildTenantMatch } from "./tenant-match.ts";
import type { StoredRecord } from "./stored-record.ts";
import type { Database } from "../database.ts";
import { epochMs, spanMs } from "../milliseconds.ts";

/** A waiting email taken under a lease, to be tried again. */
export interface WaitingEmail {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly kind: string;
  readonly code: string;
  readonly pass: number;
  readonly attempt: number;
  /** By family of fault. */
  readonly attempts: Readonly<Record<string, number>>;
  readonly parsedAt: number;
  /** The name that its delivery row has; null before it was parsed. */
  readonly emailKey: string | null;
  /** Epoch ms: when the gateway took it. */
  readonly receivedAt: number;
  /** Epoch ms since when it waits, over all its retries of this pass. */
  readonly since: number;
  /** Tries without an end, this one counted. */
  readonly starts: number;
  readonly record: StoredRecord;
}

export interface TakeOptions {
  readonly stage: "parse" | "deliver";
  readonly lanes: readonly string[];
  readonly owner: string;
  readonly leaseMs: number;
  /** Most emails of one tenant in one take. */
  readonly perTenant: number;
  readonly limit: number;
  /** Tenants of which nothing is taken. */
  readonly except?: readonly string[];
  /** Kinds of CRM that take many emails in one request: with so many tokens so many emails of a tenant may be taken. */
  readonly together?: { readonly crms: readonly string[]; readonly tokens: number; readonly emails: number };
}

interface Row {
  seq: number;
  tenant: string;
  event_id: string;
  lane: string;
  kind: string;
  code: string;
  pass: number;
  attempt: number;
  attempts: Record<string, number>;
  order_parsed_at: number;
  since_ms: number;
  starts: number;
  email_key: string | null;
  received_at: number | null;
  topic: string;
  partition: number;
  offset: number;
  record_timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: [string, string][];
}

/** What is parked for these goes on as soon as they let it, whatever its own due time: no one has to write to each row then. */
const GATED = "w.kind = 'parked' and w.code in ('circuit_open', 'buffer_mode', 'quota')";

/**
 * Takes what is due, oldest first per tenant, under a lease: of a conversation only its head, of a tenant whose circuit is open
 * nothing (a ping closes it), nor of a tenant in buffer mode; of one with a quota no more than it has tokens (where emails go together: than
 * go together). Another instance never gets the same row while the lease lives. However much waits, each tenant's first rows are read by
 * index, and no more: neither what is not due yet nor what stands behind another of its conversation.
 */
export async function takeWaiting(database: Database, options: TakeOptions): Promise<WaitingEmail[]> {
  // By their places, since Postgres cannot know how few are due and would read the whole table for them.
  // `clock_timestamp()` would keep Postgres from looking a due time up in an index.
  const free = `w.stage = $1 and w.tenant = o.tenant and w.lane = any ($2) and not w.behind
          and (w.lease_until is null or w.lease_until < statement_timestamp())
          and not exists (select 1 from waiting b where b.conversation_id = w.conversation_id and b.seq < w.seq
                             and ${buildTenantMatch("b", "w")} and b.stage = w.stage)`;
  const rows = await database.query<Row>(
    `with recursive tenants (tenant) as (
       (select w.tenant from waiting w where w.stage = $1 order by w.tenant limit 1)
       union all
       select (select w.tenant from waiting w where w.stage = $1 and w.tenant > t.tenant order by w.tenant limit 1)
         from tenants t where t.tenant is not null),
      open as materialized (
       select t.tenant, greatest(0, coalesce(
                (select min(case when crm <> all ($8) then least($5, floor(tokens)) when tokens >= least($9, burst) then $10 else 0 end)
                   from (select r.crm, r.burst, least(burst, tokens + greatest(extract(epoch from clock_timestamp() - at), 0) * per_second) as tokens
                           from rate_buckets r where r.tenant = t.tenant and $1 = 'deliver') now), $5))::int as room
         from tenants t
        where t.tenant is not null and t.tenant <> all ($7)
          and not ($1 = 'deliver' and exists (select 1 from circuits c where c.tenant = t.tenant and c.state = 'open'))
          and not ($1 = 'deliver' and exists (select 1 from buffers h where h.tenant = t.tenant))),
      due as (
       select o.tenant, o.room, f.event_id, f.at, f.seq, row_number() over (partition by o.tenant order by f.seq) as place
         from open o cross join lateral (
           (select w.event_id, w.ctid as at, w.seq from waiting w where ${free} and ${GATED} order by w.seq limit o.room)
           union all
           (select w.event_id, w.ctid as at, w.seq from waiting w
             where ${free} and w.kind <> 'held' and not (${GATED}) and w.due_at <= statement_timestamp()
             order by w.due_at, w.seq limit o.room)) f),
      picked as (
       select w.tenant, w.event_id from waiting w join due d using (tenant, event_id)
        where w.ctid = any (array(select at from due where place <= room)) and d.place <= d.room
          and (w.lease_until is null or w.lease_until < clock_timestamp())
        order by d.place, w.seq limit $6 for update of w skip locked)
     update waiting w set owner = $3, starts = w.starts + 1, lease_until = clock_timestamp() + $4 * interval '1 ms'
       from picked p where w.tenant = p.tenant and w.event_id = p.event_id
     returning w.seq, w.starts, w.tenant, w.event_id, w.lane, w.kind, w.code, w.pass, w.attempt, w.attempts, w.order_parsed_at, w.topic, w.partition, w."offset",
               ${epochMs("w.since")} as since_ms, w.record_timestamp, w.key, w.value, w.headers,
               (select d.email_key from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as email_key,
               (select d.received_at from deliveries d where d.tenant = w.tenant and d.event_id = w.event_id) as received_at`,
    [
      options.stage,
      options.lanes,
      options.owner,
      spanMs(options.leaseMs),
      options.perTenant,
      options.limit,
      options.except ?? [],
      options.together?.crms ?? [],
      options.together?.tokens ?? 0,
      options.together?.emails ?? 0,
    ],
  );
  // An update answers in no order.
  const oldestFirst = rows.toSorted((left, right) => left.seq - right.seq);
  return oldestFirst.map((row) => ({
    tenant: row.tenant,
    eventId: row.event_id,
    lane: row.lane,
    kind: row.kind,
    code: row.code,
    pass: row.pass,
    attempt: row.attempt,
    attempts: row.attempts,
    parsedAt: row.order_parsed_at,
    since: row.since_ms,
    starts: row.starts,
    emailKey: row.email_key,
    receivedAt: row.received_at ?? row.record_timestamp,
    record: toStoredRecord(row),
  }));
}

export function toStoredRecord(
  row: Pick<Row, "topic" | "partition" | "offset" | "record_timestamp" | "key" | "value" | "headers">,
): StoredRecord {
  return {
    topic: row.topic,
    partition: row.partition,
    offset: BigInt(row.offset),
    timestamp: row.record_timestamp,
    key: row.key,
    value: row.value,
    headers: row.headers.map(([name, value]) => [name, Buffer.from(value, "base64")] as const),
  };
}
