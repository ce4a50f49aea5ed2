import type { Database } from "../database.ts";
import { AUDIT_TIME, type AuditEntry, type AuditHead } from "./audit-entry.ts";

/** Which entries; what is not said does not matter. */
export interface AuditFilter {
  readonly tenant?: string | undefined;
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** At that time or later, epoch ms. */
  readonly since?: number | undefined;
  /** Only entries before this one. */
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

/** The newest first. */
export async function listAudit(database: Database, filter: AuditFilter): Promise<AuditEntry[]> {
  const { tenant, actor, action, since, beforeId, limit } = filter;
  return database.query<AuditEntry>(
    `select id, tenant, seq, ${AUDIT_TIME} as at, actor, action, origin, detail, encode(hash, 'hex') as hash from audit
      where ($1::text is null or tenant = $1) and ($2::text is null or actor = $2) and ($3::text is null or action = $3)
        and ($4::double precision is null or at >= to_timestamp($4 / 1000)) and ($5::bigint is null or id < $5)
      order by id desc limit $6`,
    [tenant ?? null, actor ?? null, action ?? null, since ?? null, beforeId ?? null, limit],
  );
}

/** The end of each tenant's chain. */
export async function listAuditHeads(database: Database): Promise<AuditHead[]> {
  return database.query<AuditHead>(
    "select tenant, seq, encode(hash, 'hex') as hash from audit_heads where seq > 0 order by tenant",
  );
}
