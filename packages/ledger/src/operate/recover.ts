import { asRows, type Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";

/** A recovery after a restore from a backup. Times are epoch ms. */
export interface Recovery {
  readonly id: number;
  readonly before: number;
  readonly actor: string;
  readonly begunAt: number;
  readonly caughtUpAt: number | null;
  /** Next offset of each partition when it began, by topic. */
  readonly ends: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const COLUMNS = `id, before_at as before, actor, ${epochMs("begun_at")} as "begunAt", ${epochMs("caught_up_at")} as "caughtUpAt", ends`;

/** The recovery that has not ended; null: none. */
export async function getOpenRecovery(database: Database): Promise<Recovery | null> {
  const [row] = await database.query<Recovery>(`select ${COLUMNS} from recoveries where ended_at is null`);
  return row ?? null;
}

/** Begins a recovery, or goes on with the one that is open: then as it was asked for. Audited. */
export async function beginRecovery(
  database: Database,
  { before, actor, why, ends }: Pick<Recovery, "before" | "actor" | "ends"> & { readonly why: string | null },
): Promise<Recovery> {
  const open = await getOpenRecovery(database);
  if (open !== null) return open;
  const [row] = await database.query<Recovery>(
    `with begun as (insert into recoveries (before_at, actor, why, ends) values ($1, $2, $3, $4::jsonb) returning *),
      told as (insert into audit (actor, action, detail)
        select actor, 'ledger.recover', jsonb_build_object('recovery', id, 'before', before_at, 'why', why) from begun)
     select ${COLUMNS} from begun`,
    [before, actor, why, JSON.stringify(ends)],
  );
  if (row === undefined) throw new Error("the recovery was not kept");
  return row;
}

/** What was written down is caught up: sinks may work. */
export async function markCaughtUp(database: Database, id: number): Promise<void> {
  await database.query(
    "update recoveries set caught_up_at = clock_timestamp() where id = $1 and caught_up_at is null",
    [id],
  );
}

/** Effects without a row are first ones again. Audited. */
export async function endRecovery(database: Database, id: number, actor: string): Promise<void> {
  await database.query(
    `with ended as (update recoveries set ended_at = clock_timestamp(), ended_by = $2 where id = $1 and ended_at is null returning id)
     insert into audit (actor, action, detail) select $2, 'ledger.recovered', jsonb_build_object('recovery', id) from ended`,
    [id, actor],
  );
}

/** The last moment of which the ledger knows, epoch ms; null where it is empty. */
export async function getLastMoment(database: Database): Promise<number | null> {
  const [row] = await database.query<{ at: number | null }>(
    "select greatest(max(accepted_at), max(parsed_at), max(ended_at)) as at from deliveries",
  );
  return row?.at ?? null;
}

/** Where a group goes on reading: the first record of a partition that may have no row, or whose row shows it as not ended. */
export interface ReadFrom {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

/**
 * Of raw records all up to the last one that has a row have one, since rows are made in the order of a partition; of normalized ones only those of
 * open rows are asked for.
 */
export async function listReadFrom(
  database: Database,
): Promise<{ readonly raw: ReadFrom[]; readonly normalized: ReadFrom[] }> {
  const raw = await database.query<ReadFrom>(
    `select raw_topic as topic, raw_partition as partition,
            least(max(raw_offset) + 1, min(raw_offset) filter (where state = 'accepted')) as "offset"
       from deliveries where raw_offset is not null group by 1, 2 order by 1, 2`,
  );
  const normalized = await database.query<ReadFrom>(
    `select normalized_topic as topic, normalized_partition as partition, min(normalized_offset) as "offset"
       from deliveries where state in ('parsed', 'delivering') and normalized_offset is not null group by 1, 2 order by 1, 2`,
  );
  return { raw, normalized };
}

/** What `outcomes` says of a delivery, as far as the ledger has to know it. */
export interface KnownOutcome {
  readonly tenant: string;
  readonly eventId: string;
  readonly emailKey: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly warnings: readonly string[];
  readonly duplicateOf: string | null;
  readonly crm: string | null;
  readonly effects: readonly { readonly effect: string; readonly key: string; readonly recordId: string | null }[];
  readonly pass: number;
  readonly endedAt: number;
}

/**
 * Catches up with outcomes: the records that they name are confirmed effects, and deliveries that still stand open are ended as they ended. An
 * email without a row gets none: its record is read again, finds what it wrote, and ends anew. A contact's key is a digest there: contacts are
 * looked for. Of one event the last outcome only.
 */
export async function takeOutcomes(
  database: Database,
  outcomes: readonly KnownOutcome[],
): Promise<{ readonly effects: number; readonly ended: number }> {
  if (outcomes.length === 0) return { effects: 0, ended: 0 };
  const [row] = await database.query<{ effects: number; ended: number }>(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, email_key text, state text, reason text, warnings jsonb,
          duplicate_of text, crm text, effects jsonb, pass int, ended_at bigint)),
      named as (
        select distinct on (1, 2, 3, 4) r.tenant, coalesce(a.crm, r.crm) as crm, x.effect, x.key, x."recordId" as record_id, r.event_id
          from r cross join lateral jsonb_to_recordset(r.effects) as x(effect text, key text, "recordId" text)
               left join crm_accounts a on a.tenant = r.tenant and a.kind = r.crm and a.current
         where r.crm is not null and x.effect in ('company', 'deal', 'activity', 'file', 'task', 'stage')
           and (x."recordId" is not null or x.effect in ('task', 'stage'))
           -- an email's own records are those of the delivery that wrote it
           and (r.state = 'written' or x.effect in ('company', 'deal'))
         order by 1, 2, 3, 4, r.ended_at),
      kept as (
        insert into effects as e (tenant, crm, effect, key, state, record_id, event_id)
          select tenant, crm, effect, key, 'confirmed', record_id, event_id from named order by 1, 2, 3, 4
        on conflict (tenant, crm, effect, key) do update set state = 'confirmed', record_id = excluded.record_id, owner = null, lease_until = null,
            settle_after = null, updated_at = now()
          where e.state in ('claimed', 'unknown')
        returning 1),
      ended as (
        update deliveries d set state = r.state, stage = case when r.email_key is null then 'parse' else 'deliver' end, reason = r.reason,
            warnings = r.warnings, duplicate_of = r.duplicate_of, effects = r.effects, pass = r.pass, ended_at = r.ended_at,
            detail = 'caught up from outcomes after a restore'
          from r
         where d.tenant = r.tenant and d.event_id = r.event_id and r.pass >= d.pass
           and (d.state in ('accepted', 'parsed', 'delivering', 'waiting') or (d.state = 'dead_lettered' and r.pass > d.pass))
        returning d.tenant, d.event_id, d.state),
      unwaited as (delete from waiting w using ended e where w.tenant = e.tenant and w.event_id = e.event_id),
      told as (insert into journey (tenant, event_id, service, what, detail)
        select tenant, event_id, 'cli', 'caught up', jsonb_build_object('state', state) from ended)
     select (select count(*) from kept) as effects, (select count(*) from ended) as ended`,
    [
      asRows(
        outcomes.map((each) => ({
          tenant: each.tenant,
          event_id: each.eventId,
          email_key: each.emailKey,
          state: each.state,
          reason: each.reason,
          warnings: each.warnings,
          duplicate_of: each.duplicateOf,
          crm: each.crm,
          effects: each.effects,
          pass: each.pass,
          ended_at: each.endedAt,
        })),
      ),
    ],
  );
  return row ?? { effects: 0, ended: 0 };
}

/** Where the dead letters of deliveries lie that were caught up as dead-lettered. */
export async function takeDeadLetterPlaces(
  database: Database,
  places: readonly (ReadFrom & { readonly tenant: string; readonly eventId: string })[],
): Promise<number> {
  if (places.length === 0) return 0;
  const rows = await database.query(
    `update deliveries d set dlq_topic = r.topic, dlq_partition = r.partition, dlq_offset = r."offset"
       from unnest($1::text[], $2::text[], $3::text[], $4::int[], $5::bigint[]) as r(tenant, event_id, topic, partition, "offset")
      where d.tenant = r.tenant and d.event_id = r.event_id and d.state = 'dead_lettered' and d.dlq_offset is null
     returning d.event_id`,
    [
      places.map(({ tenant }) => tenant),
      places.map(({ eventId }) => eventId),
      places.map(({ topic }) => topic),
      places.map(({ partition }) => partition),
      places.map(({ offset }) => offset),
    ],
  );
  return rows.length;
}

/** Deliveries received before a moment that neither ended nor wait. */
export async function countOpenBefore(database: Database, before: number): Promise<number> {
  const [row] = await database.query<{ n: number }>(
    "select count(*) as n from deliveries where state in ('accepted', 'parsed', 'delivering') and received_at < $1",
    [before],
  );
  return row?.n ?? 0;
}

/** What `inlet ledger recover` asks of the ledger. */
export function recoveryOn(database: Database) {
  return {
    open: async () => getOpenRecovery(database),
    begin: async (asked: Parameters<typeof beginRecovery>[1]) => beginRecovery(database, asked),
    markCaughtUp: async (id: number) => markCaughtUp(database, id),
    end: async (id: number, actor: string) => endRecovery(database, id, actor),
    getLastMoment: async () => getLastMoment(database),
    listReadFrom: async () => listReadFrom(database),
    takeOutcomes: async (outcomes: readonly KnownOutcome[]) => takeOutcomes(database, outcomes),
    takeDeadLetterPlaces: async (places: Parameters<typeof takeDeadLetterPlaces>[1]) =>
      takeDeadLetterPlaces(database, places),
    countOpenBefore: async (before: number) => countOpenBefore(database, before),
  };
}

export type RecoveryLedger = ReturnType<typeof recoveryOn>;
