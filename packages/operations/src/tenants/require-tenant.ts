import type { OperationDeps } from "../operation.ts";
import { notFound } from "../problem.ts";

/** A mistyped id would mean no tenant, and look as if it did. One whose file has faults counts: its last good version is in force. */
export function requireTenant({ listTenants }: Pick<OperationDeps, "listTenants">, tenant: string): void {
  if (listTenants().some(({ id }) => id === tenant)) return;
  throw notFound(`tenant file ${tenant}`, "npx inlet tenants check lists them.");
}
