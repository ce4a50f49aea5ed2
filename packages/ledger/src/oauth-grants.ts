import type { Database } from "./database.ts";
import { spanMs } from "./milliseconds.ts";

/** An OAuth grant of a tenant's connection to its CRM. */
export interface OAuthGrant {
  readonly tenant: string;
  readonly crm: string;
  readonly grant: string;
}

export interface SealedTokens {
  /** 1 for the first that were kept, raised by 1 each time. */
  readonly generation: number;
  readonly sealed: Buffer;
}

const FORGET_AFTER = "30 days";

/** The grants' questions to the ledger, as the CRM adapters ask them. */
export function oauthGrants(database: Database) {
  return {
    read: async (grant: OAuthGrant) => readTokens(database, grant),
    lease: async (grant: OAuthGrant, generation: number, owner: string, ms: number) =>
      leaseGrant(database, grant, generation, owner, ms),
    keep: async (grant: OAuthGrant, generation: number, sealed: Buffer) =>
      keepTokens(database, grant, generation, sealed),
    release: async (grant: OAuthGrant, owner: string) => releaseGrant(database, grant, owner),
  };
}

/** Null where nothing was kept yet. */
async function readTokens(database: Database, grant: OAuthGrant): Promise<SealedTokens | null> {
  const [row] = await database.query<{ generation: number; sealed: Buffer }>(
    `select generation, sealed from oauth_tokens
      where tenant = $1 and crm = $2 and grant_id = $3 and sealed is not null`,
    values(grant),
  );
  return row ?? null;
}

/** Takes the lease of a grant for `ms`; false where another owner has it, or where `generation` (0: nothing kept) is not the newest. */
async function leaseGrant(
  database: Database,
  grant: OAuthGrant,
  generation: number,
  owner: string,
  ms: number,
): Promise<boolean> {
  const rows = await database.query(
    `insert into oauth_tokens as held (tenant, crm, grant_id, owner, lease_until)
       select $1, $2, $3, $5, clock_timestamp() + $6::double precision * interval '1 ms' where $4::bigint = 0 or exists (
         select from oauth_tokens where tenant = $1 and crm = $2 and grant_id = $3)
     on conflict (tenant, crm, grant_id) do update set owner = excluded.owner, lease_until = excluded.lease_until
       where held.generation = $4::bigint and (held.owner is null or held.owner = $5 or held.lease_until < clock_timestamp())
     returning generation`,
    [...values(grant), generation, owner, spanMs(ms)],
  );
  return rows.length > 0;
}

/**
 * Keeps what follows `generation` and ends its lease, no matter who holds it by now. False where something else follows it already. Tokens of older
 * grants of the connection that no one renewed in 30 days are forgotten.
 */
async function keepTokens(database: Database, grant: OAuthGrant, generation: number, sealed: Buffer): Promise<boolean> {
  const rows = await database.query(
    `with forgotten as (
       delete from oauth_tokens
        where tenant = $1 and crm = $2 and grant_id <> $3 and kept_at < clock_timestamp() - $6::interval)
     update oauth_tokens
        set generation = generation + 1, sealed = $5, kept_at = clock_timestamp(), owner = null, lease_until = null
      where tenant = $1 and crm = $2 and grant_id = $3 and generation = $4
     returning generation`,
    [...values(grant), generation, sealed, FORGET_AFTER],
  );
  return rows.length > 0;
}

/** Gives the owner's lease back; another's stays. */
async function releaseGrant(database: Database, grant: OAuthGrant, owner: string): Promise<void> {
  await database.query(
    `update oauth_tokens set owner = null, lease_until = null
      where tenant = $1 and crm = $2 and grant_id = $3 and owner = $4`,
    [...values(grant), owner],
  );
}

function values({ tenant, crm, grant }: OAuthGrant): string[] {
  return [tenant, crm, grant];
}
