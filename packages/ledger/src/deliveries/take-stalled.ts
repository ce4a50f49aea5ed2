import type { Database } from "../database.ts";
import { spanMs } from "../milliseconds.ts";

/**
 * Deliveries that a sink took more than `forMs` ago and that since then neither ended nor wait, with no one holding a lease for them. Postgres'
 * clock counts, whichever sink took them and whichever asks. Each is given out once per taking, and its record counts again whatever order it has.
 */
export async function takeStalled(
  database: Database,
  lanes: readonly string[],
  forMs: number,
): Promise<{ tenant: string; eventId: string; at: { topic: string; partition: number; offset: number } }[]> {
  const rows = await database.query<{
    tenant: string;
    event_id: string;
    topic: string;
    partition: number;
    offset: number;
  }>(
    `with stalled as (
       select d.tenant, d.event_id from deliveries d
        where d.state = 'delivering' and d.lane = any ($1) and coalesce(d.taken_at, to_timestamp(d.delivering_at / 1000.0)) < clock_timestamp() - $2 * interval '1 ms' and d.normalized_offset is not null
          and not exists (select 1 from waiting w where w.tenant = d.tenant and w.event_id = d.event_id)
          and not exists (select 1 from effects e where e.tenant = d.tenant and e.event_id = d.event_id and e.state = 'claimed'
                             and e.lease_until > clock_timestamp())
        order by d.taken_at nulls first limit 20 for update of d skip locked)
     update deliveries d set taken_at = clock_timestamp(), order_pass = 0, order_parsed_at = 0 from stalled s where d.tenant = s.tenant and d.event_id = s.event_id
     returning d.tenant, d.event_id, d.normalized_topic as topic, d.normalized_partition as partition, d.normalized_offset as "offset"`,
    [lanes, spanMs(forMs)],
  );
  return rows.map(({ tenant, event_id, ...at }) => ({ tenant, eventId: event_id, at }));
}
