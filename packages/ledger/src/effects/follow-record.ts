import type { Database } from "../database.ts";
import type { ClaimRequest } from "./claim.ts";

/** The record of a confirmed effect was merged into another, which is the effect's from now on. Nothing where it is another one already. */
export async function follow(
  database: Database,
  moved: Pick<ClaimRequest, "tenant" | "crm" | "effect" | "key"> & { readonly from: string; readonly to: string },
): Promise<void> {
  await database.query(
    `update effects set record_id = $6, updated_at = now()
      where tenant = $1 and crm = $2 and effect = $3 and key = $4 and state = 'confirmed' and record_id = $5`,
    [moved.tenant, moved.crm, moved.effect, moved.key, moved.from, moved.to],
  );
}
