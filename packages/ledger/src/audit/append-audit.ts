import type { Database } from "../database.ts";

export interface AuditedAct {
  readonly actor: string;
  readonly action: string;
  readonly tenant?: string;
  readonly origin?: string | null;
  /** What exactly: ids and filters, no content. */
  readonly detail: object;
}

/** Appends to the audit; number and hash are the database's (0050). */
export async function appendAudit(database: Database, act: AuditedAct): Promise<void> {
  await database.query("insert into audit (actor, action, tenant, origin, detail) values ($1, $2, $3, $4, $5)", [
    act.actor,
    act.action,
    act.tenant ?? "",
    act.origin ?? null,
    JSON.stringify(act.detail),
  ]);
}
