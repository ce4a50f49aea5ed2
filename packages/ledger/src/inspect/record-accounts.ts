import type { Database } from "../database.ts";

/** In which account of which kind of CRM an effect's record is. */
export interface RecordAccount {
  readonly effect: string;
  readonly key: string;
  readonly kind: string;
  readonly account: string;
}

/** Of effects as a delivery lists them. An effect is absent whose account the ledger does not know: written before accounts were kept. */
export async function listRecordAccounts(
  database: Database,
  tenant: string,
  effects: readonly { readonly effect: string; readonly key: string }[],
): Promise<RecordAccount[]> {
  return database.query<RecordAccount>(
    `select distinct on (e.effect, e.key) e.effect, e.key, a.kind, a.account
       from unnest($2::text[], $3::text[]) as asked(effect, key)
       join effects e on e.tenant = $1 and e.effect = asked.effect and e.key = asked.key
       join crm_accounts a on a.tenant = e.tenant and a.crm = e.crm
      order by e.effect, e.key, a.current desc`,
    [tenant, effects.map(({ effect }) => effect), effects.map(({ key }) => key)],
  );
}
