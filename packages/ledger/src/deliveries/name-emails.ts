import { asRows, type Database } from "../database.ts";

/** A parsed email whose name is to be settled, before anything else hears of it. */
export interface Naming {
  readonly tenant: string;
  readonly eventId: string;
  readonly source: string;
  /** As its own header makes it. */
  readonly emailKey: string;
  /** As releases before made it; null where that is no other. */
  readonly formerKey: string | null;
  readonly contentHash: string;
}

/**
 * The emailKeys under which the emails of a micro-batch go on, in their order, in one statement; kept on the delivery rows, so that every later parse
 * of the same delivery answers alike.
 * - A delivery that has a key keeps it: what is in the CRM is found again, whatever release named it.
 * - An email that is known by its former key goes on under that.
 * - The first content of a source under a key has it; another content of the same source is another email. Two at once wait for each other on the
 *   primary key of `email_names`. The key of the second is `buildSecondEmailKey` in schemas.
 */
export async function nameEmails(database: Database, namings: readonly Naming[]): Promise<string[]> {
  const rows = await database.query<{ tenant: string; event_id: string; email_key: string }>(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(n int, tenant text, event_id text, source text, email_key text, former_key text,
          content_hash text)),
      known as (select r.*, d.email_key as kept,
                       r.former_key is not null and exists (select 1 from deliveries f where f.email_key = r.former_key and f.tenant = r.tenant) as former
                  from r left join deliveries d using (tenant, event_id)),
      based as (select k.*, case when k.former then k.former_key else k.email_key end as base from known k),
      first as (
        insert into email_names as e (tenant, source, email_key, content_hash)
        select distinct on (b.tenant, b.source, b.base) b.tenant, b.source, b.base,
               coalesce((select o.content_hash from deliveries o
                          where b.former and o.email_key = b.base and o.tenant = b.tenant and o.source = b.source and o.content_hash is not null
                          order by o.accepted_at, o.event_id limit 1), b.content_hash)
          from based b where b.kept is null
         order by b.tenant, b.source, b.base, b.n
        on conflict (tenant, source, email_key) do update set content_hash = e.content_hash
        returning e.tenant, e.source, e.email_key, e.content_hash),
      named as (select b.tenant, b.event_id, coalesce(b.kept, case when f.content_hash = b.content_hash then b.base
                  else 'eml_' || left(encode(sha256(convert_to(b.base, 'UTF8') || '\\x00'::bytea || convert_to(b.content_hash, 'UTF8')), 'hex'), 32) end) as email_key
                  from based b left join first f on f.tenant = b.tenant and f.source = b.source and f.email_key = b.base),
      settled as (update deliveries d set email_key = coalesce(d.email_key, n.email_key) from named n
                   where d.tenant = n.tenant and d.event_id = n.event_id returning d.tenant, d.event_id, d.email_key)
     select n.tenant, n.event_id, coalesce(s.email_key, n.email_key) as email_key from named n left join settled s using (tenant, event_id)`,
    [
      asRows(
        namings.map((naming, n) => ({
          n,
          tenant: naming.tenant,
          event_id: naming.eventId,
          source: naming.source,
          email_key: naming.emailKey,
          former_key: naming.formerKey === naming.emailKey ? null : naming.formerKey,
          content_hash: naming.contentHash,
        })),
      ),
    ],
  );
  const named = new Map(rows.map((row) => [`${row.tenant}/${row.event_id}`, row.email_key]));
  return namings.map(({ tenant, eventId, emailKey }) => named.get(`${tenant}/${eventId}`) ?? emailKey);
}
