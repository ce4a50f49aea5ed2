import { TOPICS } from "@inlet/schemas";
import type { Database } from "../database.ts";
import type { StoredRecord } from "./stored-record.ts";

/** Most bytes of waiting records that the ledger keeps for a lane where nothing else is said. */
export const DEFAULT_PARKED_MAX_BYTES = 2 * 1024 ** 3;

/**
 * Age of a record from which on its bytes stand in the ledger whatever the share: Kafka deletes it soon. 80 % of the shorter retention of the
 * topics whose records wait, ms.
 */
export const KEEP_FROM_AGE_MS = 0.8 * Math.min(TOPICS.rawEvents.retentionMs, TOPICS.normalizedEvents.retentionMs);

/** A waiting row without its record's bytes. */
export interface WaitingReference {
  readonly tenant: string;
  readonly eventId: string;
  readonly lane: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Its place in the order of the sweep. */
  readonly after: ReferenceCursor;
}

export interface ReferenceCursor {
  readonly timestamp: number;
  readonly seq: number;
}

/** Rows by reference whose records Kafka deletes before long, the oldest first, from `after` on. */
export async function listAgingReferences(
  database: Database,
  ask: {
    readonly stage: "parse" | "deliver";
    readonly lanes: readonly string[];
    readonly olderThan: number;
    readonly after: ReferenceCursor | null;
    readonly limit: number;
  },
): Promise<WaitingReference[]> {
  const rows = await database.query<{
    tenant: string;
    event_id: string;
    lane: string;
    topic: string;
    partition: number;
    offset: number;
    record_timestamp: number;
    seq: number;
  }>(
    `select tenant, event_id, lane, topic, partition, "offset", record_timestamp, seq from waiting
      where value is null and stage = $1 and lane = any ($2) and record_timestamp < $3 and (record_timestamp, seq) > ($4, $5)
      order by record_timestamp, seq limit $6`,
    [ask.stage, ask.lanes, ask.olderThan, ask.after?.timestamp ?? -1, ask.after?.seq ?? -1, ask.limit],
  );
  return rows.map(({ tenant, event_id, lane, topic, partition, offset, record_timestamp, seq }) => ({
    tenant,
    eventId: event_id,
    lane,
    topic,
    partition,
    offset: BigInt(offset),
    after: { timestamp: record_timestamp, seq },
  }));
}

/** Moves the bytes of records into their rows; a row that meanwhile waits with another record, or no more, is left. */
export async function keepReferenced(
  database: Database,
  kept: readonly { readonly tenant: string; readonly eventId: string; readonly record: StoredRecord }[],
): Promise<void> {
  if (kept.length === 0) return;
  await database.query(
    `update waiting w set value = r.value, bytes = octet_length(r.value), key = r.key, headers = r.headers::jsonb
       from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::bytea[], $7::bytea[], $8::text[])
            as r(tenant, event_id, topic, partition, "offset", key, value, headers)
      where w.tenant = r.tenant and w.event_id = r.event_id and w.value is null
        and w.topic = r.topic and w.partition = r.partition and w."offset" = r."offset"`,
    [
      kept.map(({ tenant }) => tenant),
      kept.map(({ eventId }) => eventId),
      kept.map(({ record }) => record.topic),
      kept.map(({ record }) => record.partition),
      kept.map(({ record }) => record.offset.toString()),
      kept.map(({ record }) => record.key),
      kept.map(({ record }) => record.value),
      kept.map(({ record }) => JSON.stringify(headersJson(record.headers))),
    ],
  );
}

/** Sums up the changes of what waits, its bytes and its counts, so that asking for them stays cheap. */
export async function sumParkedBytes(database: Database): Promise<void> {
  await database.query(
    `with old as (delete from parked_bytes returning lane, tenant, bytes)
     insert into parked_bytes (lane, tenant, bytes) select lane, tenant, sum(bytes) from old group by lane, tenant having sum(bytes) <> 0`,
  );
  await database.query(
    `with old as (delete from waiting_counts returning tenant, stage, kind, code, email_count)
     insert into waiting_counts (tenant, stage, kind, code, email_count)
       select tenant, stage, kind, code, sum(email_count) from old group by 1, 2, 3, 4 having sum(email_count) <> 0`,
  );
}

/** Bytes that wait in the ledger by lane and tenant. */
export async function listParkedBytes(
  database: Database,
  lanes: readonly string[],
): Promise<{ lane: string; tenant: string; bytes: number }[]> {
  return database.query(
    `select lane, tenant, sum(bytes)::bigint as bytes from parked_bytes where lane = any ($1) group by lane, tenant having sum(bytes) <> 0`,
    [lanes],
  );
}

/** Headers as the ledger keeps them: `[[name, base64], …]`. */
export function headersJson(headers: readonly (readonly [string, Buffer])[]): string[][] {
  return headers.map(([name, value]) => [name, value.toString("base64")]);
}
