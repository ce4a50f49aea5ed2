import type { Database } from "../database.ts";
import type { ReadFrom as Coordinates } from "../operate/recover.ts";
import { OPEN_DEAD_LETTER, whereDeadLetter, type DeadLetterCursor, type DeadLetterSet } from "./dead-letter-set.ts";
import { groupDeadLetters, measureDeadLetters } from "./group-dead-letters.ts";
import { listDeadLetterPage, type DeadLetterPage } from "./list-dead-letters.ts";

export interface DeadLetter extends DeadLetterCursor {
  readonly reason: string | null;
  readonly pass: number;
  readonly traceId: string | null;
  readonly at: Coordinates | null;
}

/** How many dead letters of the set there are, by lane. */
export async function countDeadLetters(
  database: Database,
  set: DeadLetterSet,
): Promise<{ readonly lane: string; readonly emails: number }[]> {
  const values: unknown[] = [];
  return database.query(
    `select d.lane, count(*) as emails from deliveries d where ${whereDeadLetter(set, values)} group by 1 order by 1`,
    values,
  );
}

/** Dead letters of a lane, the oldest first. */
export async function listDeadLetterSet(
  database: Database,
  set: DeadLetterSet,
  { lane, after, limit }: { readonly lane: string; readonly after: DeadLetterCursor | null; readonly limit: number },
): Promise<DeadLetter[]> {
  const values: unknown[] = [lane, after?.endedAt ?? -1, after?.tenant ?? "", after?.eventId ?? "", limit];
  const rows = await database.query<
    Omit<DeadLetter, "at"> & { topic: string | null; partition: number; offset: number }
  >(
    `select d.tenant, d.event_id as "eventId", d.reason, d.pass, d.trace_id as "traceId", d.ended_at as "endedAt", d.dlq_topic as topic,
            d.dlq_partition as partition, d.dlq_offset as "offset"
       from deliveries d where d.lane = $1 and (d.ended_at, d.tenant, d.event_id) > ($2, $3, $4) and ${whereDeadLetter(set, values)}
      order by d.ended_at, d.tenant, d.event_id limit $5`,
    values,
  );
  return rows.map(({ topic, partition, offset, ...row }) => ({
    ...row,
    at: topic === null ? null : { topic, partition, offset },
  }));
}

/** When the newest dead letter ended, epoch ms: by the services' clock, whatever the one who asks thinks it is. Null: there is none. */
export async function getNewestDeadLetter(database: Database): Promise<number | null> {
  const [row] = await database.query<{ at: number | null }>(
    `select max(d.ended_at) as at from deliveries d where ${OPEN_DEAD_LETTER}`,
  );
  return row?.at ?? null;
}

/** Gives dead letters up, as far as they are still the ones that were looked at. Answers how many. Told in each journey. */
export async function discardDeadLetters(
  database: Database,
  letters: readonly Pick<DeadLetter, "tenant" | "eventId" | "pass">[],
  by: { readonly actor: string; readonly why: string },
): Promise<number> {
  if (letters.length === 0) return 0;
  const rows = await database.query(
    `with r as (select * from unnest($1::text[], $2::text[], $3::int[]) as r(tenant, event_id, pass)),
      discarded as (
        update deliveries d set discarded_pass = d.pass, discarded_by = $4, discarded_why = $5, discarded_since = clock_timestamp()
          from r where d.tenant = r.tenant and d.event_id = r.event_id and d.pass = r.pass and ${OPEN_DEAD_LETTER}
        returning d.tenant, d.event_id, d.pass)
     insert into journey (tenant, event_id, service, what, detail)
       select tenant, event_id, 'cli', 'discarded', jsonb_build_object('by', $4::text, 'why', $5::text, 'pass', pass) from discarded returning id`,
    [
      letters.map(({ tenant }) => tenant),
      letters.map(({ eventId }) => eventId),
      letters.map(({ pass }) => pass),
      by.actor,
      by.why,
    ],
  );
  return rows.length;
}

/** Dead letters in bulk. */
export function deadLettersOn(database: Database) {
  return {
    count: async (set: DeadLetterSet) => countDeadLetters(database, set),
    list: async (set: DeadLetterSet, page: Parameters<typeof listDeadLetterSet>[2]) =>
      listDeadLetterSet(database, set, page),
    newest: async (): Promise<number | null> => getNewestDeadLetter(database),
    group: async (set: DeadLetterSet, limit: number | null = null) => groupDeadLetters(database, set, limit),
    /** What the set comes to for each tenant. */
    measure: async (set: DeadLetterSet, keptSince: number) => measureDeadLetters(database, set, keptSince),
    /** A page for people: the newest first. */
    page: async (set: DeadLetterSet, page: DeadLetterPage) => listDeadLetterPage(database, set, page),
    discard: async (letters: Parameters<typeof discardDeadLetters>[1], by: Parameters<typeof discardDeadLetters>[2]) =>
      discardDeadLetters(database, letters, by),
  };
}
