import type { Database } from "../database.ts";

/** The code under which mail waits for its tenant's quota. */
export const QUOTA_CODE = "quota";

/** A draw from the bucket of a tenant's connection to its CRM. */
export interface TokenDraw {
  readonly tenant: string;
  readonly crm: string;
  readonly perSecond: number;
  readonly burst: number;
  /** Tokens without which nothing is taken, and as many as would be taken. */
  readonly need: number;
  readonly want: number;
  readonly maxWaitMs: number;
  /** Epoch ms in place of Postgres' clock; for tests. */
  readonly now?: number;
}

/** Tokens to be used in `waitMs`; or 0, and when there will be as many as needed. */
export async function drawTokens(
  database: Database,
  { tenant, crm, perSecond, burst, need, want, maxWaitMs, now }: TokenDraw,
): Promise<{ granted: number; waitMs: number }> {
  const [row] = await database.query<{ granted: number; waitMs: number }>(
    `select granted, wait_ms as "waitMs"
       from draw_tokens($1, $2, $3, $4, $5, $6, $7, to_timestamp($8::double precision / 1000))`,
    [tenant, crm, perSecond, burst, need, want, maxWaitMs, now ?? null],
  );
  return row ?? { granted: 0, waitMs: 0 };
}

/**
 * Nothing is drawn for so long: the CRM asked for it. The bucket goes so far below zero that it is at zero then; what one instance holds in
 * advance, a tenth of a second's quota, may still be used.
 */
export async function pauseBucket(database: Database, tenant: string, crm: string, ms: number): Promise<void> {
  await database.query(
    `update rate_buckets set tokens = least(tokens + extract(epoch from clock_timestamp() - at) * per_second, burst, - $3::double precision / 1000 * per_second),
            at = clock_timestamp()
      where tenant = $1 and crm = $2 and at <= clock_timestamp()`,
    [tenant, crm, ms],
  );
}
