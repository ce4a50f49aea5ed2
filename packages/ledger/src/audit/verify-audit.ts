import type { Database } from "../database.ts";
import { AUDIT_TIME, type AuditHead } from "./audit-entry.ts";
import { hashEntry, type HashedEntry } from "./audit-chain.ts";
import { listAuditHeads } from "./list-audit.ts";

const PAGE = 1000;

/** A place where a chain does not hold. */
export interface AuditFault {
  readonly tenant: string;
  readonly seq: number;
  readonly problem: "missing" | "changed" | "head_differs";
}

export interface AuditVerdict {
  readonly entries: number;
  readonly heads: AuditHead[];
  /** The first one of each chain. */
  readonly faults: AuditFault[];
}

/**
 * Reads every chain from its first entry and computes the hashes anew.
 * @param known heads that were noted down earlier: each must stand in its chain still
 */
export async function verifyAudit(database: Database, known: readonly AuditHead[] = []): Promise<AuditVerdict> {
  const heads = await listAuditHeads(database);
  const faults: AuditFault[] = [];
  let entries = 0;
  const tenants = new Set([...heads, ...known].map(({ tenant }) => tenant));
  for (const tenant of tenants) {
    const head = heads.find((each) => each.tenant === tenant);
    const result = await verifyChain(
      database,
      tenant,
      head,
      known.filter((each) => each.tenant === tenant),
    );
    entries += result.entries;
    if (result.fault !== null) faults.push(result.fault);
  }
  return { entries, heads, faults };
}

type Row = HashedEntry & { readonly hash: string };

async function verifyChain(
  database: Database,
  tenant: string,
  head: AuditHead | undefined,
  known: readonly AuditHead[],
): Promise<{ entries: number; fault: AuditFault | null }> {
  const expected = new Map(known.map(({ seq, hash }) => [seq, hash]));
  let last = { seq: 0, hash: "" };
  for (;;) {
    const rows = await database.query<Row>(
      `select tenant, seq, ${AUDIT_TIME} as at, actor, action, origin, detail::text as "detailText", encode(hash, 'hex') as hash
         from audit where tenant = $1 and seq > $2 order by seq limit ${PAGE}`,
      [tenant, last.seq],
    );
    for (const row of rows) {
      const at = (problem: AuditFault["problem"], seq: number) => ({
        entries: last.seq,
        fault: { tenant, seq, problem },
      });
      if (row.seq !== last.seq + 1) return at("missing", last.seq + 1);
      if (hashEntry(last.hash, row) !== row.hash) return at("changed", row.seq);
      if ((expected.get(row.seq) ?? row.hash) !== row.hash) return at("head_differs", row.seq);
      last = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < PAGE) break;
  }
  // What is cut off at the end shows by the head alone, or by one that was noted down.
  const end = Math.max(head?.seq ?? 0, ...expected.keys());
  if (end > last.seq) return { entries: last.seq, fault: { tenant, seq: last.seq + 1, problem: "missing" } };
  const differs = head === undefined ? last.seq > 0 : head.hash !== last.hash;
  return { entries: last.seq, fault: differs ? { tenant, seq: last.seq, problem: "head_differs" } : null };
}
