import type { Database } from "../database.ts";
import type { ClaimRequest } from "./claim.ts";

/** Of several keys that an effect may be known by, the one that it is, the oldest first; null for none. */
export async function knownKey(
  database: Database,
  { tenant, crm, effect, keys }: Pick<ClaimRequest, "tenant" | "crm" | "effect"> & { readonly keys: readonly string[] },
): Promise<string | null> {
  const [row] = await database.query<{ key: string }>(
    `select key from effects where tenant = $1 and crm = $2 and effect = $3 and key = any ($4::text[]) and state = 'confirmed'
      order by created_at limit 1`,
    [tenant, crm, effect, keys],
  );
  return row?.key ?? null;
}

/** The newest activities that were written at a deal, by their ids in the CRM. */
export async function activitiesAt(database: Database, tenant: string, dealId: string): Promise<string[]> {
  const rows = await database.query<{ id: string }>(
    `select a ->> 'recordId' as id from deliveries d, jsonb_array_elements(d.effects) a
      where d.tenant = $1 and d.effects @> $2::jsonb and a ->> 'effect' = 'activity' and a ->> 'recordId' is not null
      order by d.ended_at desc nulls last limit 10`,
    [tenant, JSON.stringify([{ effect: "deal", recordId: dealId }])],
  );
  return rows.map(({ id }) => id);
}
