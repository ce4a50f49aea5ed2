import type { Database } from "../database.ts";

export type CrmAccount =
  /** `crm` is what effects in this account are kept under. */
  | { readonly state: "ours"; readonly crm: string }
  /** The tenant's effects are in another account, `known`: nothing may be written until an operator says so. */
  | { readonly state: "changed"; readonly known: string };

/**
 * The account that a tenant's connection leads to. The first one that is seen is the tenant's, with what was written before accounts were
 * known; after a switch the next one that is seen, which begins anew or goes on where it was left.
 */
export async function crmAccount(
  database: Database,
  { tenant, kind, account }: { readonly tenant: string; readonly kind: string; readonly account: string },
): Promise<CrmAccount> {
  return database.transaction(async (query) => {
    await query("select pg_advisory_xact_lock(hashtextextended($1 || ' ' || $2, 9))", [tenant, kind]);
    const rows = await query<{ account: string; crm: string; current: boolean }>(
      "select account, crm, current from crm_accounts where tenant = $1 and kind = $2",
      [tenant, kind],
    );
    const current = rows.find((row) => row.current);
    if (current !== undefined)
      return current.account === account
        ? { state: "ours", crm: current.crm }
        : { state: "changed", known: current.account };
    const before = rows.find((row) => row.account === account);
    const crm = before?.crm ?? (rows.length === 0 ? kind : `${kind}: ${account}`);
    await query(
      `insert into crm_accounts (tenant, kind, account, crm) values ($1, $2, $3, $4)
       on conflict (tenant, kind, account) do update set current = true, since = clock_timestamp()`,
      [tenant, kind, account, crm],
    );
    return { state: "ours", crm };
  });
}

/**
 * The tenant leaves the accounts that it has: the next one that a sink sees is its own. Circuit and quota were the old account's; mail that
 * waited for this is due. Answers what was left.
 */
export async function switchCrm(database: Database, tenant: string, actor: string): Promise<string[]> {
  return database.transaction(async (query) => {
    const left = await query<{ account: string }>(
      "update crm_accounts set current = false where tenant = $1 and current returning kind || ' ' || account as account",
      [tenant],
    );
    if (left.length === 0) return [];
    await query("delete from circuits where tenant = $1", [tenant]);
    await query("delete from rate_buckets where tenant = $1", [tenant]);
    await query(
      "update waiting set due_at = clock_timestamp() where tenant = $1 and stage = 'deliver' and kind = 'parked'",
      [tenant],
    );
    const accounts = left.map(({ account }) => account);
    await query("insert into audit (actor, action, detail) values ($1, 'crm_switched', $2)", [
      actor,
      JSON.stringify({ tenant, left: accounts }),
    ]);
    return accounts;
  });
}
