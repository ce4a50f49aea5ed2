import { asRows, type Database } from "../database.ts";
import type { ClaimRequest } from "./claim.ts";

/** A claim to give back. */
export type Release = Pick<ClaimRequest, "tenant" | "crm" | "effect" | "key" | "owner"> & {
  /** As the claim said: an earlier owner may have written it, so the question stays open for the next. */
  readonly settle: boolean;
};

/** Gives back claims under which no call was started. */
export async function release(database: Database, claims: readonly Release[]): Promise<void> {
  if (claims.length === 0) return;
  const match = `e.tenant = r.tenant and e.crm = r.crm and e.effect = r.effect and e.key = r.key and e.owner = r.owner and e.state = 'claimed'`;
  await database.query(
    `with r as (select * from jsonb_to_recordset($1::jsonb) as r(tenant text, crm text, effect text, key text, owner text, settle boolean)),
      kept as (update effects e set state = 'unknown', owner = null, lease_until = null, settle_after = clock_timestamp() from r where r.settle and ${match})
     delete from effects e using r where not r.settle and ${match}`,
    [asRows(claims)],
  );
}
