import { asRows, type Database } from "../database.ts";
import { epochMs } from "../milliseconds.ts";

/** Notes that emails are found by the hashes of a key from now on; what was noted first stays. */
export async function noteSearchKey(database: Database, name: string): Promise<void> {
  await database.query("insert into search_keys (name) values ($1) on conflict do nothing", [name]);
}

/** Since when emails are found by the hashes of a key, epoch ms; null: none is. */
export async function readSearchSince(database: Database, name: string): Promise<number | null> {
  const [row] = await database.query<{ since: number }>(
    `select ${epochMs("since")} as since from search_keys where name = $1`,
    [name],
  );
  return row?.since ?? null;
}

/** Tenants that have emails to be found, by walking from one to the next. */
export async function listSearchedTenants(database: Database): Promise<string[]> {
  const rows = await database.query<{ tenant: string }>(
    `with recursive t as (
       (select tenant from search_terms order by tenant limit 1)
       union all
       select (select s.tenant from search_terms s where s.tenant > t.tenant order by s.tenant limit 1) from t where t.tenant is not null)
     select tenant from t where tenant is not null`,
  );
  return rows.map(({ tenant }) => tenant);
}

/** Whose terms are deleted: hashes of an erased person, or all terms of emails. */
export async function forgetTerms(database: Database, tenant: string, hashes: readonly string[]): Promise<number> {
  const rows = await database.query(
    "delete from search_terms where tenant = $1 and hash in (select decode(h, 'hex') from unnest($2::text[]) h) returning 1",
    [tenant, hashes],
  );
  return rows.length;
}

/** Deletes all terms of emails, by the index of their time of receipt. */
export async function forgetEmails(
  database: Database,
  emails: readonly { readonly tenant: string; readonly eventId: string; readonly receivedAt: number }[],
): Promise<number> {
  const rows = await database.query(
    `delete from search_terms s using jsonb_to_recordset($1::jsonb) as r(tenant text, event_id text, received_at bigint)
      where s.received_at = r.received_at and s.tenant = r.tenant and s.event_id = r.event_id returning 1`,
    [asRows(emails.map((each) => ({ tenant: each.tenant, event_id: each.eventId, received_at: each.receivedAt })))],
  );
  return rows.length;
}

/** Deletes terms of emails that were received before a moment (epoch ms), at most so many; answers how many there were. */
export async function sweepTerms(database: Database, before: number, limit: number): Promise<number> {
  const rows = await database.query(
    `delete from search_terms where (tenant, hash, received_at, event_id) in (
       select tenant, hash, received_at, event_id from search_terms where received_at < $1 order by received_at limit $2)
     returning 1`,
    [before, limit],
  );
  return rows.length;
}
