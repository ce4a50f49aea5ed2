import { tenantLanes } from "@inlet/config";
import { operatorEnvironment, type CliContext } from "./context.ts";

/** A mistyped id would hold back no tenant, and look as if it did. A tenant whose file has faults counts: its last good version is in force. */
export function isTenant(context: CliContext, tenant: string): boolean {
  const env = operatorEnvironment(context);
  return tenantLanes(env["TENANTS_DIR"] ?? "").some(({ id }) => id === tenant);
}
