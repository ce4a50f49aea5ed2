import type { Database } from "../database.ts";
import { appendAudit, type AuditedAct } from "./append-audit.ts";
import type { AuditEntry, AuditHead } from "./audit-entry.ts";
import { listAudit, listAuditHeads, type AuditFilter } from "./list-audit.ts";
import { verifyAudit, type AuditVerdict } from "./verify-audit.ts";

/** Who did what: append-only, a hash chain for each tenant. */
export type Audit = ReturnType<typeof auditOn>;

export function auditOn(database: Database) {
  return {
    append: async (act: AuditedAct): Promise<void> => appendAudit(database, act),
    list: async (filter: AuditFilter): Promise<AuditEntry[]> => listAudit(database, filter),
    heads: async (): Promise<AuditHead[]> => listAuditHeads(database),
    verify: async (known?: readonly AuditHead[]): Promise<AuditVerdict> => verifyAudit(database, known),
  };
}
