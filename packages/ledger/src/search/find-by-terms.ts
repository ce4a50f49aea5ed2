import { asRows, type Database } from "../database.ts";
import { toView, type DeliveryView } from "../inspect/read-deliveries.ts";

/** All of these an email of the tenant has to have. */
export interface TermQuestion {
  readonly tenant: string;
  readonly hashes: readonly string[];
}

/** Emails that have the rarest of the words, of which the newest are held against the others: more would take seconds. */
export const MOST_CANDIDATES = 5_000;
const MOST_FOUND = 100;

/** Emails with every term, the newest first, at most 100. The rarest term leads; the others are asked of its emails by primary key. */
export async function findByTerms(database: Database, questions: readonly TermQuestion[]): Promise<DeliveryView[]> {
  const asked = questions.filter(({ hashes }) => hashes.length > 0);
  if (asked.length === 0) return [];
  const rows = await database.query<Record<string, unknown>>(
    `with terms as materialized (
       select a.tenant, h.hash, case when jsonb_array_length(a.hashes) = 1 then 1 else (
                select count(*) from (select from search_terms s where s.tenant = a.tenant and s.hash = h.hash
                                       limit ${MOST_CANDIDATES + 1}) c) end as emails
         from jsonb_to_recordset($1::jsonb) as a(tenant text, hashes jsonb)
         cross join lateral (select decode(j, 'hex') as hash from jsonb_array_elements_text(a.hashes) j) h),
      rarest as materialized (select distinct on (tenant) tenant, hash, emails from terms order by tenant, emails),
      found as materialized (
       select r.tenant, f.event_id, f.received_at from rarest r cross join lateral (
         select c.event_id, c.received_at from (
             select event_id, received_at from search_terms where tenant = r.tenant and hash = r.hash
              order by received_at desc, event_id desc limit ${MOST_CANDIDATES}) c
          where not exists (
             select from terms o where o.tenant = r.tenant and o.hash <> r.hash and not exists (
               select from search_terms x where x.tenant = r.tenant and x.hash = o.hash and x.received_at = c.received_at
                  and x.event_id = c.event_id))
          limit ${MOST_FOUND}) f
        where r.emails > 0 order by f.received_at desc, f.event_id desc limit ${MOST_FOUND})
     select d.* from found join deliveries d using (tenant, event_id) order by d.received_at desc, d.event_id desc limit ${MOST_FOUND}`,
    [asRows(asked)],
  );
  return rows.map(toView);
}
