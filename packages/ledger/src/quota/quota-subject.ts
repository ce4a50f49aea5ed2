import type { Statements } from "../statements.ts";
import { drawTokens, pauseBucket, type TokenDraw } from "./rate-buckets.ts";

/** What a tenant may still ask of its CRM, shared by all instances. */
export type Quota = ReturnType<typeof quotaOn>;

export function quotaOn({ database }: Statements) {
  return {
    draw: async (draw: TokenDraw): Promise<{ granted: number; waitMs: number }> => drawTokens(database, draw),
    pause: async (tenant: string, crm: string, ms: number): Promise<void> => pauseBucket(database, tenant, crm, ms),
  };
}
