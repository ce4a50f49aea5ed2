import type { Statements } from "../statements.ts";
import { noteCrmCosts, type CrmCost } from "./crm-costs.ts";
import { drawTokens, pauseBucket, type TokenDraw } from "./rate-buckets.ts";

/** What a tenant may still ask of its CRM, shared by all instances. */
export type Quota = ReturnType<typeof quotaOn>;

export function quotaOn({ database }: Statements) {
  return {
    draw: async (draw: TokenDraw): Promise<{ granted: number; waitMs: number }> => drawTokens(database, draw),
    /** What emails cost their CRM, measured in between. */
    noteCosts: async (costs: readonly CrmCost[]): Promise<void> => noteCrmCosts(database, costs),
    pause: async (tenant: string, crm: string, ms: number): Promise<void> => pauseBucket(database, tenant, crm, ms),
  };
}
