import type { Database } from "../database.ts";
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

/** Deletes terms wherever they stand: hashes of an erased person. */
export async function forgetTerms(database: Database, tenant: string, hashes: readonly string[]): Promise<number> {
  const rows = await database.query(
    "delete from search_terms where tenant = $1 and hash in (select decode(h, 'hex') from unnest($2::text[]) h) returning 1",
    [tenant, hashes],
  );
  return rows.length;
}
