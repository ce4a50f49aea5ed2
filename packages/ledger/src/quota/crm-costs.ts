import type { Database } from "../database.ts";

/** Requests to a tenant's CRM, and the emails that ended by them. */
export interface CrmCost {
  readonly tenant: string;
  readonly emails: number;
  readonly calls: number;
}

/** So many of the last emails count: what they cost changes with the tenant's mail and its mapping. */
const KEPT_EMAILS = 1_000;

/** Adds what was measured to what is known; what is older weighs less and less. */
export async function noteCrmCosts(database: Database, costs: readonly CrmCost[]): Promise<void> {
  if (costs.length === 0) return;
  await database.query(
    `insert into crm_costs as c (tenant, emails, calls)
       select tenant, emails, calls from unnest($1::text[], $2::double precision[], $3::double precision[]) as r (tenant, emails, calls)
        order by tenant
     on conflict (tenant) do update set
       emails = least(c.emails + excluded.emails, $4),
       calls = (c.calls + excluded.calls) * least(1, $4 / nullif(c.emails + excluded.emails, 0))`,
    [
      costs.map(({ tenant }) => tenant),
      costs.map(({ emails }) => emails),
      costs.map(({ calls }) => calls),
      KEPT_EMAILS,
    ],
  );
}
