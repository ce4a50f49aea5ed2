import type { Database } from "../database.ts";
import { buildOrder } from "../deliveries/record-order.ts";
import { headersJson } from "./parking.ts";
import type { StoredRecord } from "./stored-record.ts";

/** Puts a newer record of the same event in the place of the one that waits; its due time stays, and so does whether its bytes stand here. */
export async function replaceWaiting(
  database: Database,
  event: { readonly tenant: string; readonly eventId: string; readonly parsedAt: number; readonly pass: number },
  record: StoredRecord,
): Promise<void> {
  await database.query(
    `with newer as (
       update deliveries d set order_parsed_at = $3, order_pass = $4, pass = greatest(d.pass, $4)
        where tenant = $1 and event_id = $2 and state = 'waiting' and stage = 'deliver' and ${buildOrder("d")} < ($4, $3) returning pass)
     update waiting set topic = $5, partition = $6, "offset" = $7, record_timestamp = $8,
            key = case when value is null then null else $9::bytea end, value = case when value is null then null else $10::bytea end,
            bytes = case when value is null then 0 else octet_length($10::bytea) end,
            headers = case when value is null then '[]' else $11::jsonb end, starts = 0, order_parsed_at = $3, pass = newer.pass
       from newer where tenant = $1 and event_id = $2`,
    [
      event.tenant,
      event.eventId,
      event.parsedAt,
      event.pass,
      record.topic,
      record.partition,
      record.offset.toString(),
      record.timestamp,
      record.key,
      record.value,
      JSON.stringify(headersJson(record.headers)),
    ],
  );
}
