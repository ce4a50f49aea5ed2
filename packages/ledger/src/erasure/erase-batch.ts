import type { Database } from "../database.ts";
import { isHeld } from "../lifecycle/held.ts";
import { FORGET_BLOB_USES } from "../lifecycle/blob-uses.ts";

type Query = Database["query"];

/** What one batch took away, by table. */
export type ErasedCounts = Record<string, number>;

export interface ErasureRow {
  readonly id: string;
  readonly tenant: string;
  readonly person: string;
  readonly address: string | null;
  readonly accepted_at: number;
}

/** Emails of the person that were accepted before the erasure and are not erased yet: `$1` tenant, `$2` digest, `$3` address, `$4` epoch ms. */
export const OF_PERSON = `
  select d.* from (
      select w.event_id from email_writers w where w.tenant = $1 and w.person = $2
      union select e.event_id from deliveries e
             where e.tenant = $1 and e.effects @> jsonb_build_array(jsonb_build_object('effect', 'contact', 'key', $3::text))) mine
    join deliveries d on d.tenant = $1 and d.event_id = mine.event_id
   where d.erased_at is null and d.received_at <= $4::bigint`;

/**
 * SQL for the keys of what the deliveries in `gone` alone wrote, as `own_keys`: exact, so that effects are found by index in any collation. What is
 * not in the summary (a write whose result is unknown) has nothing of the email but its name.
 */
export const OWN_KEYS = `own_keys as materialized (
     select distinct gone.tenant, gone.email_key, k.effect, k.key from gone cross join lateral (
       select x ->> 'effect' as effect, x ->> 'key' as key from jsonb_array_elements(gone.effects) x
        where x ->> 'effect' in ('activity', 'file', 'task', 'stage') and starts_with(x ->> 'key', gone.email_key)
       union select 'activity', gone.email_key) k where gone.email_key is not null)`;

/** The names of a tenant's CRMs in `effects`, which stand in front of the keys there. */
export const CRMS = "(select distinct a.tenant, a.crm from crm_accounts a)";

const ENDED = "('written', 'suppressed', 'dead_lettered')";

/**
 * Blanks some emails of the person, in the transaction that `query` runs in; answers how many. Their rows stay, as `suppressed: erased`: their
 * records are in Kafka still, and a record without a row is a lost email. Emails under way are left for the next round.
 */
export async function eraseBatch(query: Query, erasure: ErasureRow, limit: number): Promise<ErasedCounts> {
  const { tenant, person, address, accepted_at: acceptedAt } = erasure;
  const rows = await query<{ event_id: string }>(
    `select d.event_id from (${OF_PERSON}) mine join deliveries d using (tenant, event_id)
      where d.state in ${ENDED} and not ${isHeld("d")} order by d.event_id limit $5 for update of d skip locked`,
    [tenant, person, address, acceptedAt, limit],
  );
  const ids = rows.map((row) => row.event_id);
  if (ids.length === 0) return {};
  await noteRecords(query, erasure, ids);
  const [counts] = await query<ErasedCounts>(ERASE, [tenant, ids]);
  await query(BLANK, [tenant, ids]);
  return counts ?? {};
}

/** What the CRM has of these emails, before the ledger forgets it. A deal or a company is other people's as well where their emails use it. */
async function noteRecords(query: Query, { id, tenant }: ErasureRow, ids: readonly string[]): Promise<void> {
  await query(
    `with gone as (select * from deliveries where tenant = $2 and event_id = any ($3)),
      named as (select distinct x ->> 'effect' as effect, x ->> 'key' as key, x ->> 'recordId' as record_id
                  from gone, jsonb_array_elements(gone.effects) x where x ->> 'recordId' is not null)
     insert into erased_records (erasure_id, crm, effect, record_id, shared)
     select distinct $1, coalesce(e.crm, ''), n.effect, n.record_id, n.effect in ('deal', 'company')
       from named n left join (${CRMS} c join effects e on e.tenant = c.tenant and e.crm = c.crm)
         on e.tenant = $2 and e.effect = n.effect and e.key = n.key
     on conflict do nothing`,
    [id, tenant, ids],
  );
}

const GONE = `gone as (select * from deliveries where tenant = $1 and event_id = any ($2))`;
/** No other email that is not erased goes by the same name. */
const LAST_OF_NAME = `not exists (select from deliveries o where o.tenant = gone.tenant and o.email_key = gone.email_key and o.erased_at is null
                                    and o.event_id <> all ($2))`;
const LAST_OF_CONVERSATION = `not exists (select from deliveries o where o.tenant = gone.tenant and o.conversation_id = gone.conversation_id
                                    and o.erased_at is null and o.event_id <> all ($2))`;

const ERASE = `
  with ${GONE}, ${FORGET_BLOB_USES},
   ${OWN_KEYS},
   own as (delete from effects e using own_keys gone, ${CRMS} c
            where c.tenant = gone.tenant and e.tenant = gone.tenant and e.crm = c.crm and e.effect = gone.effect and e.key = gone.key and ${LAST_OF_NAME}
              and (e.state <> 'claimed' or e.settle_after < clock_timestamp()) returning 1),
   deals as (update effects e set desired = '{}' from gone, ${CRMS} c
              where c.tenant = gone.tenant and e.crm = c.crm and e.tenant = gone.tenant and e.effect = 'deal' and e.state = 'confirmed'
                and e.key in (gone.conversation_id, (select s.canonical_id from conversations s
                               where s.tenant = gone.tenant and s.conversation_id = gone.conversation_id)) returning 1),
   subjects as (delete from recent_subjects s using gone where s.tenant = gone.tenant and s.email_key = gone.email_key and ${LAST_OF_NAME} returning 1),
   named as (delete from email_names n using gone where n.tenant = gone.tenant and n.source = gone.source and n.email_key = gone.email_key
              and ${LAST_OF_NAME} returning 1),
   mentions as (delete from message_mentions m using gone where m.tenant = gone.tenant and m.email_key = gone.email_key and ${LAST_OF_NAME} returning 1),
   again as (delete from rematches r using gone where r.tenant = gone.tenant and r.email_key = gone.email_key and ${LAST_OF_NAME} returning 1),
   told as (update notices n set body = null, ended_at = coalesce(n.ended_at, clock_timestamp()) from gone
             where n.tenant = gone.tenant and n.ended_at is null and starts_with(n.key, gone.email_key || '/')
               and ${LAST_OF_NAME} returning 1),
   heard as (delete from messages m using gone where m.tenant = gone.tenant and m.message_id = gone.message_id
              and not exists (select from deliveries o where o.tenant = gone.tenant and o.message_id = gone.message_id and o.event_id <> all ($2)) returning 1),
   joined as (delete from conversations s using gone where s.tenant = gone.tenant and s.conversation_id = gone.conversation_id
               and s.canonical_id = s.conversation_id and ${LAST_OF_CONVERSATION}
               and not exists (select from conversations o where o.tenant = s.tenant and o.canonical_id = s.canonical_id and o.conversation_id <> s.conversation_id)
               and not exists (select from effects e join ${CRMS} c on c.tenant = e.tenant and c.crm = e.crm
                                where e.tenant = s.tenant and e.effect = 'deal' and e.key = s.conversation_id)
              returning 1),
   steps as (update journey j set detail = '{}' from gone where j.tenant = gone.tenant and j.event_id = gone.event_id and j.detail <> '{}' returning 1),
   looked as (delete from job_emails l using gone where l.tenant = gone.tenant and l.event_id = gone.event_id returning 1),
   terms as (delete from search_terms t using gone where t.received_at = gone.received_at and t.event_id = gone.event_id and t.tenant = gone.tenant returning 1),
   signed as (delete from email_writers w using gone where w.tenant = gone.tenant and w.event_id = gone.event_id returning 1)
  select (select count(*)::int from gone) as deliveries, (select count(*)::int from own) as effects, (select count(*)::int from deals) as deals,
         (select count(*)::int from subjects) as recent_subjects, (select count(*)::int from named) as email_names,
         (select count(*)::int from mentions) as message_mentions, (select count(*)::int from again) as rematches,
         (select count(*)::int from told) as notices, (select count(*)::int from heard) as messages,
         (select count(*)::int from joined) as conversations, (select count(*)::int from steps) as journey,
         (select count(*)::int from terms) as search_terms, (select count(*)::int from signed) as email_writers, (select count(*)::int from due) as blobs`;

const BLANK = `
  with blank as (
    update deliveries set state = 'suppressed', reason = 'erased', detail = null, duplicate_of = null, warnings = '[]', evidence = '{}', effects = '[]',
           content_hash = null, message_id = null, sender_domain = null, starts = 0, alone_starts = 0, erased_at = clock_timestamp()
     where tenant = $1 and event_id = any ($2) returning tenant, event_id)
  insert into journey (tenant, event_id, service, what, detail) select tenant, event_id, 'crm-sink', 'erased', '{}' from blank`;
