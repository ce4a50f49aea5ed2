import { asRows, type Database } from "../database.ts";
import { CRMS, OWN_KEYS } from "../erasure/erase-batch.ts";
import { FORGET_BLOB_USES } from "./blob-uses.ts";
import { isHeld } from "./held.ts";

/** How long what of a tenant is kept, ms. */
export interface TenantRetention {
  readonly tenant: string;
  /** Ended deliveries with all that is theirs. */
  readonly deliveriesMs: number;
  readonly sentMessagesMs: number;
  /** Bodies and attachments. */
  readonly blobsMs: number;
}

/** Where a run goes on. */
export interface SweepPlace {
  /** Epoch ms. */
  readonly receivedAt: number;
  readonly eventId: string;
}

export type SweptCounts = Record<string, number>;

export interface SweptBatch {
  readonly counts: SweptCounts;
  /** Null at the end. */
  readonly next: SweepPlace | null;
}

const ENDED = "('written', 'suppressed', 'dead_lettered')";
/** No delivery that stays goes by the same name, conversation or message. */
const NONE_LEFT = (column: string): string =>
  `not exists (select from deliveries o where o.tenant = gone.tenant and o.${column} = gone.${column} and (o.tenant, o.event_id) not in (select g.tenant, g.event_id from gone g))`;

/**
 * Deletes ended deliveries that are older than their tenant keeps them, with everything that is theirs alone: one page of the index by time, in one
 * transaction. What waits, is under way or is held stays, and so does the deal of a conversation that goes on.
 */
export async function sweepDeliveries(
  database: Database,
  policies: readonly TenantRetention[],
  { place, now, limit }: { readonly place: SweepPlace; readonly now: number; readonly limit: number },
): Promise<SweptBatch> {
  const longest = Math.min(...policies.map(({ deliveriesMs }) => deliveriesMs));
  const [row] = await database.query<SweptCounts & { last_at: number | null; last_id: string | null; seen: number }>(
    SWEEP,
    [
      asRows(policies.map(({ tenant, deliveriesMs }) => ({ tenant, before_at: now - deliveriesMs }))),
      place.receivedAt,
      place.eventId,
      now - longest,
      limit,
    ],
  );
  if (row === undefined) return { counts: {}, next: null };
  const { last_at: receivedAt, last_id: eventId, seen, ...counts } = row;
  const next = seen < limit || receivedAt === null || eventId === null ? null : { receivedAt, eventId };
  return { counts, next };
}

const SWEEP = `
  with policy as (select * from jsonb_to_recordset($1::jsonb) as p(tenant text, before_at bigint)),
   page as materialized (select received_at, event_id, tenant from deliveries
             where (received_at, event_id) > ($2::bigint, $3::text) and received_at < $4::bigint
             order by received_at, event_id limit $5),
   gone as materialized (
     select d.tenant, d.event_id, d.email_key, d.source, d.conversation_id, d.message_id, d.received_at, d.effects
       from page join policy p using (tenant) join deliveries d on d.tenant = page.tenant and d.event_id = page.event_id
      where page.received_at < p.before_at and d.state in ${ENDED} and coalesce(d.ended_at, d.received_at) < p.before_at
        and coalesce(d.erased_at < clock_timestamp() - interval '97 days', true)
        and not exists (select from waiting w where w.tenant = d.tenant and w.event_id = d.event_id) and not ${isHeld("d")}
      for update of d skip locked),
   ${FORGET_BLOB_USES},
   rows as (delete from deliveries d using gone where d.tenant = gone.tenant and d.event_id = gone.event_id returning 1),
   steps as (delete from journey j using gone where j.tenant = gone.tenant and j.event_id = gone.event_id returning 1),
   looked as (delete from job_emails l using gone where l.tenant = gone.tenant and l.event_id = gone.event_id returning 1),
   terms as (delete from search_terms t using gone where t.received_at = gone.received_at and t.event_id = gone.event_id and t.tenant = gone.tenant returning 1),
   signed as (delete from email_writers w using gone where w.tenant = gone.tenant and w.event_id = gone.event_id returning 1),
   copies as (delete from held_records c using gone where c.tenant = gone.tenant and c.event_id = gone.event_id returning 1),
   named as (delete from email_names n using gone where n.tenant = gone.tenant and n.source = gone.source and n.email_key = gone.email_key
              and ${NONE_LEFT("email_key")} returning 1),
   ${OWN_KEYS},
   own as (delete from effects e using own_keys k, ${CRMS} c
            where c.tenant = k.tenant and e.tenant = k.tenant and e.crm = c.crm and e.effect = k.effect and e.key = k.key
              and not exists (select from deliveries o where o.tenant = k.tenant and o.email_key = k.email_key
                                 and (o.tenant, o.event_id) not in (select g.tenant, g.event_id from gone g))
              and (e.state <> 'claimed' or e.settle_after < clock_timestamp()) returning 1),
   subjects as (delete from recent_subjects s using gone where s.tenant = gone.tenant and s.email_key = gone.email_key and ${NONE_LEFT("email_key")} returning 1),
   mentions as (delete from message_mentions m using gone where m.tenant = gone.tenant and m.email_key = gone.email_key and ${NONE_LEFT("email_key")} returning 1),
   told as (delete from notices n using gone where n.tenant = gone.tenant and n.key > gone.email_key || '/' and n.key < gone.email_key || '0'
             and n.ended_at is not null and ${NONE_LEFT("email_key")} returning 1),
   heard as (delete from messages m using gone where m.tenant = gone.tenant and m.message_id = gone.message_id and ${NONE_LEFT("message_id")} returning 1),
   ended as (select distinct gone.tenant, gone.conversation_id from gone
              where gone.conversation_id is not null and ${NONE_LEFT("conversation_id")}
                -- joined conversations go when the last of them is swept: until then the others find their deal by this one
                and not exists (select from conversations o where o.tenant = gone.tenant and o.canonical_id = gone.conversation_id
                                   and o.conversation_id <> gone.conversation_id)),
   joined as (delete from conversations s using ended where s.tenant = ended.tenant and s.conversation_id = ended.conversation_id returning 1),
   deals as (delete from effects e using ended, ${CRMS} c
              where c.tenant = ended.tenant and e.tenant = ended.tenant and e.crm = c.crm and e.effect = 'deal' and e.key = ended.conversation_id
                and e.state in ('confirmed', 'gone') returning 1)
  select (select received_at from page order by received_at desc, event_id desc limit 1) as last_at,
         (select event_id from page order by received_at desc, event_id desc limit 1) as last_id, (select count(*)::int from page) as seen,
         (select count(*)::int from rows) as deliveries, (select count(*)::int from steps) as journey, (select count(*)::int from signed) as email_writers,
         (select count(*)::int from terms) as search_terms,
         (select count(*)::int from copies) as held_records, (select count(*)::int from named) as email_names,
         (select count(*)::int from own) + (select count(*)::int from deals) as effects, (select count(*)::int from subjects) as recent_subjects,
         (select count(*)::int from mentions) as message_mentions, (select count(*)::int from told) as notices,
         (select count(*)::int from heard) as messages, (select count(*)::int from joined) as conversations`;

/** Deletes registrations of sent messages that are older than their tenant keeps them; answers how many. */
export async function sweepSentMessages(
  database: Database,
  policies: readonly TenantRetention[],
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  let swept = 0;
  for (const { tenant, sentMessagesMs } of policies) {
    const rows = await database.query(
      `delete from sent_messages where (tenant, message_id) in (
         select tenant, message_id from sent_messages where tenant = $1 and received_at < $2 order by received_at limit $3) returning 1`,
      [tenant, now - sentMessagesMs, limit],
    );
    swept += rows.length;
  }
  return swept;
}

/** Lets go of bodies and attachments that are older than their tenant keeps them, of emails that have ended and are not held; answers how many uses went. */
export async function sweepBlobs(
  database: Database,
  policies: readonly TenantRetention[],
  { now, limit }: { readonly now: number; readonly limit: number },
): Promise<number> {
  let swept = 0;
  for (const { tenant, blobsMs } of policies) {
    const before = new Date(now - blobsMs).toISOString().slice(0, 10);
    const [row] = await database.query<{ uses: number }>(
      `with old as (
         -- keys begin with tenant and day, so that the oldest come first
         select u.tenant, u.event_id, u.key, u.kind from blob_uses u join deliveries d using (tenant, event_id)
          where u.tenant = $1 and u.key < $1 || '/' || $2 and u.kind <> 'copy'
            and d.state in ${ENDED} and coalesce(d.ended_at, d.received_at) < $3 and not ${isHeld("d")}
          order by u.key limit $4),
        unused as (delete from blob_uses u using old where u.tenant = old.tenant and u.event_id = old.event_id and u.key = old.key returning u.key, u.event_id),
        due as (update stored_blobs b set due_at = clock_timestamp() where b.tenant = $1 and b.key in (select key from unused)
                  and not exists (select from blob_uses o where o.tenant = b.tenant and o.key = b.key
                                     and (o.key, o.event_id) not in (select key, event_id from unused)) returning 1)
       select count(*)::int as uses from unused`,
      [tenant, before, now - blobsMs, limit],
    );
    swept += row?.uses ?? 0;
  }
  return swept;
}

/** Rows that no tenant's file speaks of: what ended long ago and no one asks for. */
export async function sweepOperation(database: Database, { limit }: { readonly limit: number }): Promise<SweptCounts> {
  const [row] = await database.query<SweptCounts>(
    `with old_jobs as (delete from jobs where id in (
        select id from jobs where asked_at < clock_timestamp() - interval '400 days' and ended_at is not null order by asked_at limit $1) returning 1),
      old_sessions as (delete from console_sessions where id in (
        select id from console_sessions where expires_at < clock_timestamp() - interval '30 days' limit $1) returning 1)
     select (select count(*)::int from old_jobs) as jobs, (select count(*)::int from old_sessions) as console_sessions`,
    [limit],
  );
  return row ?? {};
}

/** When the oldest delivery that the ledger keeps was received, epoch ms; null where there is none. */
export async function findOldestDelivery(database: Database): Promise<number | null> {
  const [row] = await database.query<{ received_at: number }>(
    "select received_at from deliveries order by received_at limit 1",
  );
  return row?.received_at ?? null;
}
